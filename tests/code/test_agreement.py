"""Coefficients against published worked examples, and properties that must hold of any table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.code import Code, Family
from sayso.code.agreement import agreement, alpha, cohen, fleiss, gwet_ac1, table_of
from sayso.code.prevalence import corrected
from sayso.records import Coding

# Krippendorff (2011): four observers, twelve units, missing data.
_ = None
KRIPPENDORFF = list(
    zip(
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
        strict=True,
    )
)
# Fleiss (1971) as worked in the literature: ten subjects, fourteen raters, five categories.
FLEISS = [
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
]  # fmt: skip


@pytest.mark.parametrize(("metric", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_the_published_example(metric, value):
    measure = alpha(KRIPPENDORFF, metric, rounds=300)
    assert measure.value == pytest.approx(value, abs=0.001)
    assert measure.low < measure.value < measure.high <= 1
    assert measure.units == 11  # one unit was seen by one observer only


def test_fleiss_of_the_published_example():
    table = [[code for code, count in enumerate(row) for _ in range(count)] for row in FLEISS]
    assert fleiss(table) == pytest.approx(0.210, abs=0.001)


def test_cohen_and_gwet_of_published_examples():
    table = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen(table) == pytest.approx(0.4)
    skewed = [("+", "+")] * 118 + [("+", "-")] * 5 + [("-", "+")] * 2
    assert gwet_ac1(skewed, ["+", "-"]) == pytest.approx(0.9408, abs=0.0005)
    assert cohen(skewed) < 0  # the paradox that AC1 was made for


def test_nothing_is_made_up_where_nothing_is_defined():
    assert alpha([("a", "a"), ("a", "a")]).value is None
    assert alpha([]).value is None and cohen([]) is None and fleiss([]) is None
    assert alpha([("a", None), (None, "b")]).units == 0


tables = st.lists(st.tuples(*[st.sampled_from(["a", "b", "c", None])] * 3), min_size=3, max_size=20)


@given(tables)
@settings(max_examples=60)
def test_alpha_does_not_know_names_or_order(table):
    value = alpha(table).value
    renamed = [tuple(None if v is None else {"a": "z", "b": "y", "c": "x"}[v] for v in row) for row in table]
    turned = [row[::-1] for row in reversed(table)]
    for other in (renamed, turned):
        assert alpha(other).value == (None if value is None else pytest.approx(value))
    assert value is None or value <= 1


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=20).filter(lambda v: len(set(v)) > 1))
def test_full_agreement_is_one(codes):
    table = [(code, code) for code in codes]
    assert alpha(table).value == pytest.approx(1) and cohen(table) == pytest.approx(1)
    assert fleiss(table) == pytest.approx(1) and gwet_ac1(table, sorted(set(codes))) == pytest.approx(1)


FAMILY = Family(
    name="tone", codes=(Code(name="warm", value=1), Code(name="cold", value=-1), Code(name="none", value=0))
)


def codings(coder: str, codes: str) -> list[Coding]:
    names = {"w": "warm", "c": "cold", "n": "none"}
    return [Coding(f"s{n}", "tone", names[c], coder) for n, c in enumerate(codes) if c != "."]


def test_agreement_of_people_and_model():
    given = codings("ann", "wwccnnw.") + codings("bob", "wwccnwwc") + codings("model:fast", "wwcc....")
    result = agreement(given, FAMILY, rounds=50)
    assert result.coders == ("ann", "bob", "model:fast") and result.units == 7
    pair = {p.coders: p for p in result.pairs}
    assert pair["ann", "bob"].units == 7 and pair["ann", "bob"].observed == pytest.approx(6 / 7)
    assert pair["ann", "model:fast"].units == 4 and pair["ann", "model:fast"].kappa == pytest.approx(1)
    assert result.confusion["none"]["warm"] == 1
    assert set(result.codes) == {"warm", "cold", "none"} and result.codes["cold"].value == pytest.approx(1)
    assert result.alpha_interval.value < 1


def test_of_several_codes_by_one_coder_the_surest_counts():
    given = [Coding("s", "tone", "warm", "model:x", 0.3), Coding("s", "tone", "cold", "model:x", 0.6)]
    assert table_of(given, "tone") == (["s"], ["model:x"], [["cold"]])


def test_prevalence_undoes_the_models_errors():
    """A model that misses half of the threats: its own count is off, the corrected interval holds the truth."""
    rng = np.random.default_rng(5)
    hits, lengths = 0, []
    for _round in range(60):
        truth = rng.random(1500) < 0.3
        seen = np.where(truth, rng.random(1500) < 0.5, rng.random(1500) < 0.05)
        model = {f"s{n}": {"threat": float(v)} for n, v in enumerate(seen)}
        human = {f"s{n}": "threat" if truth[n] else "other" for n in range(150)}
        (row,) = corrected(["threat"], model, human)
        hits += row.low <= truth.mean() <= row.high
        lengths.append(row.high - row.low)
        assert row.model < 0.25
    assert hits >= 52
    assert np.mean(lengths) < 0.14  # narrower than the sample alone would be


def test_prevalence_says_nothing_from_a_tiny_sample():
    (row,) = corrected(["a"], {f"s{n}": {"a": 1.0} for n in range(50)}, {"s1": "a"})
    assert row.model == 1 and row.corrected is None and row.sampled == 1


def test_prevalence_is_exact_when_people_coded_everything():
    human = {f"s{n}": "a" if n < 5 else "b" for n in range(20)}
    (row,) = corrected(["a"], {s: {"a": 0.9} for s in human}, human)
    assert (row.low, row.corrected, row.high) == (0.25, 0.25, 0.25)


def test_people_among_themselves_and_with_the_model_rulings_aside():
    given = codings("ann", "wwccww") + codings("bob", "wwccnn") + codings("model:fast", "wwccwn")
    plain = agreement(given, FAMILY, rounds=0)
    ruled = agreement([*given, *codings("adjudicator:eva", "....ww")], FAMILY, rounds=0)
    assert ruled.coders == plain.coders and ruled.alpha == plain.alpha and ruled.people == plain.people
    assert plain.people.value == pytest.approx(
        alpha([["warm"] * 2] * 2 + [["cold"] * 2] * 2 + [["warm", "none"]] * 2).value
    )
    assert plain.people.units == plain.model.units == 6
    five_of_six = alpha([["warm"] * 2] * 3 + [["cold"] * 2] * 2 + [["warm", "none"]]).value
    assert ruled.model.value == pytest.approx(five_of_six)  # with what was ruled, not with what was said before


def test_families_of_several_codes_are_compared_as_sets():
    family = FAMILY.model_copy(update={"multiple": True})
    given = [
        Coding("s1", "tone", "warm", "ann"), Coding("s1", "tone", "cold", "ann"), Coding("s1", "tone", "warm", "bob"),
        Coding("s2", "tone", "cold", "ann"), Coding("s2", "tone", "cold", "bob"),
        Coding("s3", "tone", "none", "ann"), Coding("s3", "tone", "none", "bob"),
    ]  # fmt: skip
    found = agreement(given, family, rounds=20)
    assert found.units == 3 and found.codes["warm"].value == 1 and found.codes["cold"].value < 1
    assert found.pairs[0].observed == pytest.approx(2 / 3)
    apart = agreement([c for c in given if (c.statement, c.code) != ("s1", "cold")] + [given[1]][:0], family, rounds=0)
    assert apart.alpha.value == 1
    unlike = [c if (c.statement, c.coder) != ("s1", "bob") else Coding("s1", "tone", "none", "bob") for c in given]
    assert agreement(unlike, family, rounds=0).alpha.value < found.alpha.value < 1  # half right is more than all wrong
    assert found.confusion["cold + warm"]["warm"] == 1


def test_what_the_model_learned_from_is_counted_as_people_coded_it():
    model = {f"s{n}": {"a": 0.5} for n in range(80)}
    human = {f"s{n}": "a" if n % 2 else "b" for n in range(20)}
    (row,) = corrected(["a"], model, human, known={f"k{n}": "a" for n in range(80)})
    (rest,) = corrected(["a"], model, human)
    assert row.statements == 160 and row.corrected == pytest.approx(0.5 + rest.corrected / 2)
    assert row.high - row.low == pytest.approx((rest.high - rest.low) / 2)
    (both,) = corrected(["a"], model, {s: frozenset({c, "c"}) for s, c in human.items()})
    assert both == rest
