"""Queries as an analyst writes them, the ranker, and what a random sample says of a topic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.code import Unit
from sayso.code.topics import Passage, Query, TopicRanker, doubtful, quality
from sayso.errors import SettingsError

PASSAGE = Passage(
    "Deserters who left the ranks will be forgiven, Al-Noor’s weekly said.", ("a7", "The Movement"), ("b1", "Deserters")
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("desert*", True),
        ("desert", False),
        ("DESERTERS", True),
        ('"left the ranks"', True),
        ('"ranks the left"', False),
        ('"left the rank*"', True),
        ("deserters forgiven", True),
        ("deserters traitors", False),
        ("deserters OR traitors", True),
        ("deserters AND NOT forgiven", False),
        ("NOT traitors", True),
        ("ranks NEAR/3 forgiven", True),
        ("forgiven NEAR/3 ranks", True),
        ("deserters NEAR/3 forgiven", False),
        ('"left the ranks" NEAR/3 forgiv*', True),
        ("speaker:movement", True),
        ("speaker:a7", True),
        ("speaker:move", False),
        ("target:movement", False),
        ('speaker:"the movement" AND target:deserters', True),
        ("(traitors OR desert*) (ranks OR files)", True),
        ("traitors OR desert* AND files", False),
        ("al-noor’s", True),
        ("andes", False),
    ],
)
def test_queries(query, found):
    assert Query(query).matches(PASSAGE) is found


@pytest.mark.parametrize(
    "query", ["", "  ", "(a", "a)", "a AND", "OR a", '"open', "a NEAR/3 (b OR c)", "NOT", '""', "*", "(" * 200 + "a"]
)
def test_what_is_no_query_is_refused_in_one_line(query):
    with pytest.raises(SettingsError) as caught:
        Query(query)
    assert "\n" not in str(caught.value)


@given(st.text(alphabet='ab*"() NEARORDT/3:', max_size=40))
def test_any_text_is_a_query_or_refused(text):
    try:
        assert Query(text).matches(Passage("a b")) in (True, False)
    except SettingsError as error:
        assert str(error)


def test_examples_rank_what_the_query_misses(embed):
    taught = [(Unit(f"the runaways came home {n}"), True) for n in range(8)]
    taught += [(Unit(f"the cake was sweet {n}"), False) for n in range(8)]
    ranker = TopicRanker("deserters", "Those who left the armed group", taught, embed)
    near, far = ranker.probabilities([Unit("runaways at home"), Unit("sweet cake")])
    assert near > 0.5 > far
    assert doubtful({"a": True, "b": False, "c": True}, {"a": 0.1, "b": 0.3, "c": 0.9}) == ["a", "b", "c"]


def test_quality_from_a_random_sample():
    found = {f"s{n}": n < 100 for n in range(1000)}
    judged = {f"s{n}": n < 80 for n in range(0, 1000, 2)}  # of those taken 80% belong; of those left none
    measured = quality(found, judged)
    precision, low, high = measured.precision
    assert precision == pytest.approx(0.8) and low < 0.8 < high
    assert measured.recall[0] == pytest.approx(1) and measured.recall[1] < 1
    assert (measured.sampled_found, measured.sampled_missed) == (50, 450)


def test_quality_of_nothing_is_not_made_up():
    assert quality({"a": True}, {}).precision is None
    assert quality({"a": False, "b": True}, {"a": True}).recall is None
