"""The queue and a coder's sitting, driven as a terminal or web page would."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.code import Code, Codebook, Family
from sayso.code.queue import Candidate, queue, random_order, random_sample
from sayso.code.review import Card, Review, adjudicate, disputed, keys_of, settled, settled_codes
from sayso.records import Coding

FAMILY = Family(name="tone", codes=(Code(name="warm"), Code(name="cold"), Code(name="wry")))
NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


class Book:
    """What a desk does with codings."""

    def __init__(self):
        self.kept: dict[str, Coding] = {}

    def save(self, coding: Coding) -> str:
        key = f"k{len(self.kept)}-{coding.code}"
        self.kept[key] = coding
        return key

    def undo(self, key: str) -> None:
        del self.kept[key]


def sitting(book: Book, n: int = 3, **options) -> Review:
    cards = [Card(f"s{i}", f"text {i}", others={"ann": "warm"}, model={"cold": 0.9}) for i in range(n)]
    return Review(FAMILY, cards, "bob", save=book.save, undo_saved=book.undo, clock=lambda: NOW, **options)


def test_a_sitting_with_memo_skip_and_undo():
    book = Book()
    review = sitting(book)
    review.note("not sure whom he means")
    (coding,) = review.choose("warm")
    assert coding == Coding("s0", "tone", "warm", "bob", 1.0, FAMILY.version, NOW, "not sure whom he means")
    review.skip()
    review.choose("cold")
    assert review.current is None and review.coded == 2
    assert {c.statement for c in book.kept.values()} == {"s0", "s2"}
    assert review.undo().statement == "s2" and len(book.kept) == 1
    assert review.undo().statement == "s1"
    assert review.undo().statement == "s0" and not book.kept and review.memo == "not sure whom he means"
    assert review.undo() is None and review.left == 3


def test_a_blind_coder_sees_nobody_else():
    assert sitting(Book()).current.others == {} and sitting(Book()).current.model == {}
    assert sitting(Book(), blind=False).current.others == {"ann": "warm"}


def test_wrong_choices_change_nothing():
    book = Book()
    review = sitting(book, 1)
    for codes in (("hot",), ("warm", "cold"), ()):
        with pytest.raises(ValueError):
            review.choose(*codes)
    assert not book.kept and review.left == 1
    review.skip()
    with pytest.raises(ValueError, match="nothing is left"):
        review.choose("warm")


def test_several_codes_where_the_family_allows_them():
    book = Book()
    family = FAMILY.model_copy(update={"multiple": True})
    review = Review(family, [Card("s", "t")], "bob", save=book.save, undo_saved=book.undo)
    assert [c.code for c in review.choose("warm", "cold", "warm")] == ["warm", "cold"]
    review.undo()
    assert not book.kept


@pytest.mark.parametrize("family", [FAMILY, Codebook.default().family("approach")])
def test_every_code_has_a_key_of_its_own(family):
    keys = keys_of(family)
    assert sorted(keys.values()) == sorted(family.names) and all(len(k) == 1 for k in keys)
    assert keys["w"] == "warm" or family.name == "approach"


def test_disputes_are_found_and_settled_on_record():
    codings = [
        Coding("s1", "tone", "warm", "ann"),
        Coding("s1", "tone", "cold", "bob"),
        Coding("s2", "tone", "wry", "ann"),
    ]
    codings.append(Coding("s2", "tone", "cold", "model:fast", 0.9))
    (over,) = disputed(codings, FAMILY).values()
    assert over == {"ann": "warm", "bob": "cold"}
    ruling = adjudicate(FAMILY, "s1", "wry", "eva", over, memo="irony", at=NOW)
    assert ruling.coder == "adjudicator:eva" and ruling.memo == "[ann: warm; bob: cold] irony"
    assert disputed([*codings, ruling], FAMILY) == {}
    final = settled([*codings, ruling])
    assert final["s1"].code == "wry" and final["s2"].code == "wry"  # a person's before a model's


def test_majority_wins_where_nobody_ruled():
    votes = [
        Coding("s", "tone", code, who, coded_at=NOW) for who, code in zip("abc", ("cold", "warm", "cold"), strict=True)
    ]
    assert settled(votes)["s"].code == "cold"


def candidate(n: int) -> Candidate:
    sure = 0.5 if n % 7 == 0 else 0.95
    outlet = "daily" if n % 5 else "rare"
    return Candidate(f"s{n}", {"warm": sure, "cold": 1 - sure}, (float(n % 3), 1.0), f"2026-{n % 4:02}", outlet)


CANDIDATES = [candidate(n) for n in range(100)]


def test_queue_mixes_reasons_and_never_repeats():
    codes = {"s90": {"ann": "cold"}, "s91": {"ann": "warm"}, "s3": {"bob": "warm"}}  # late in the random order
    found = queue(CANDIDATES, codes=codes, coder="bob", size=40)
    assert len(found) == 40 == len({q.id for q in found})
    assert "s3" not in {q.id for q in found}
    why = [q.why for q in found]
    assert set(why) == {"random", "uncertain", "disagreement", "diverse", "coverage"}
    assert 10 <= why.count("random") <= 20
    assert next(q.id for q in found if q.why == "disagreement") == "s90"  # the model is sure that ann is wrong
    assert int(next(q.id for q in found if q.why == "uncertain")[1:]) % 7 == 0


def test_queue_ends_with_the_statements():
    assert len(queue(CANDIDATES[:5], codes={}, coder="bob")) == 5
    assert queue([], codes={}, coder="bob") == []


@given(st.sets(st.text(min_size=1, max_size=8), max_size=30), st.sets(st.text(min_size=1, max_size=8), max_size=5))
def test_random_order_does_not_move_with_new_statements(old, new):
    assert [s for s in random_order(old | new) if s in old] == random_order(old)


def test_random_sample_ends_at_the_first_gap():
    order = random_order(f"s{n}" for n in range(10))
    assert random_sample(order, {*order[:4], *order[6:]}) == order[:4]


def test_a_blind_coder_is_not_told_that_others_differ_or_the_model_wavers():
    told = {why: Card("s", "text", why=why).blind().why for why in ("random", "diverse", "uncertain", "disagreement")}
    assert told == {"random": "random", "diverse": "diverse", "uncertain": "", "disagreement": ""}


def test_a_ruling_in_a_sitting_records_what_was_said_and_undo_forgets_it():
    book, family = Book(), FAMILY.model_copy(update={"multiple": True})
    card = Card("s1", "text", others={"bob": "cold", "ann": "warm + wry"})
    review = Review(family, [card], "adjudicator:eva", save=book.save, undo_saved=book.undo, blind=False)
    review.note("both")
    review.choose("warm", "cold")
    assert {c.memo for c in book.kept.values()} == {"[ann: warm + wry; bob: cold] both"} and len(book.kept) == 2
    review.undo()
    assert not book.kept and review.memo == "both"


def test_of_several_codes_those_that_half_of_the_coders_gave_count():
    family = FAMILY.model_copy(update={"multiple": True})
    given = [
        Coding("s", "tone", code, who)
        for who, code in (("ann", "warm"), ("ann", "wry"), ("bob", "warm"), ("cy", "cold"))
    ]
    assert settled_codes(given, family) == {"s": {"warm"}}
    assert settled_codes([*given, Coding("s", "tone", "cold", "adjudicator:eva")], family) == {"s": {"cold"}}
    assert settled_codes([Coding("s", "tone", "wry", "model:fast", 0.9), given[0]], family) == {"s": {"warm"}}
