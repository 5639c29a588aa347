"""Time expressions as intervals: anchored backwards, never later than the capture, none without an anchor."""

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.link._dates import anchored, day, expressions
from sayso.records import DateValue, Linked

WEDNESDAY = day(dt.date(2016, 10, 5))


def read(words: str, anchor: DateValue | None = WEDNESDAY, limit: dt.date | None = None) -> tuple[str, str, str] | None:
    found = [anchored(e, anchor, limit) for e in expressions(words)]
    return (found[0].value, found[0].granularity, found[0].origin) if found and found[0] else None


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("on 3 March 2014", ("2014-03-03", "day", "text")),
        ("on March 3", ("2016-03-03", "day", "relative")),
        ("on November 3", ("2015-11-03", "day", "relative")),
        ("in mid-July", ("2016-07", "month", "relative")),
        ("in July 2012", ("2012-07", "month", "text")),
        ("in 2009", ("2009", "year", "text")),
        ("on Monday", ("2016-10-03", "day", "relative")),
        ("last Wednesday", ("2016-09-28", "day", "relative")),
        ("yesterday", ("2016-10-04", "day", "relative")),
        ("two weeks ago", ("2016-09-21", "day", "relative")),
        ("three months ago", ("2016-07", "month", "relative")),
        ("last week", ("2016-W39", "week", "relative")),
        ("earlier this year", ("2016", "year", "relative")),
        ("in the spring", ("2016-SP", "season", "relative")),
        ("last winter", ("2015-WI", "season", "relative")),
        ("in August", ("2016-08", "month", "relative")),
        ("next spring", ("2017-SP", "season", "relative")),
        ("last weekend", ("2016-W39", "week", "relative")),
        ("two weeks afterwards", ("2016-10-19", "day", "relative")),
        ("on 5 APRİL 2012", ("2012-04-05", "day", "text")),  # capitals by the rules of Turkish
        ("on FRİDAY", ("2016-09-30", "day", "relative")),
        ("THİS WEEK", ("2016-W40", "week", "relative")),
    ],
)
def test_expressions(words: str, value: tuple[str, str, str]) -> None:
    assert read(words) == value


@pytest.mark.parametrize("words", ["several weeks later", "31 February 2014", "a while ago"])
def test_what_cannot_be_said_is_not_said(words: str) -> None:
    assert read(words) is None


@pytest.mark.parametrize("words", [
    "in Fallujah", "in Springfield", "this decision", "over the last decade", "this mayor", "this market", "the next daylight",
])  # fmt: skip
def test_longer_words_are_no_dates(words: str) -> None:
    assert list(expressions(words)) == []


@pytest.mark.parametrize("words", ["on Monday", "yesterday", "two weeks later", "in July"])
def test_nothing_is_dated_without_an_anchor(words: str) -> None:
    assert read(words, None) is None


@given(
    st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)),
    st.sampled_from(
        [
            "on Monday",
            "last July",
            "in May",
            "yesterday",
            "last week",
            "in the summer",
            "on 29 February",
            "two years ago",
            "next month",
        ]
    ),
)
def test_intervals_hold_together_and_stop_at_the_limit(anchor: dt.date, words: str) -> None:
    for expression in expressions(words):
        found = anchored(expression, day(anchor), anchor)
        assert found is None or found.start <= found.end <= anchor


def test_statements_take_the_date_beside_their_cue(linked: Callable[..., Linked]) -> None:
    text = "Peter Lang said on Monday that the ice of 2010 was worse. Martha Quell said it was thin."
    found = linked(
        text,
        ("Peter Lang", "said", "that the ice of 2010 was worse"),
        ("Martha Quell", "said", "it was thin"),
        published="2016-10-05",
        captured="2016-10-06",
    ).statements
    dates = [(s.date.value, s.date.origin) for s in found if s.date]
    assert dates == [("2016-10-03", "relative"), ("2016-10-05", "metadata")]


def test_two_weeks_later_counts_from_the_item_before(linked: Callable[..., Linked]) -> None:
    text = (
        "A video published on 3 March 2014 mocks the crews.\n\nAnother video, released two weeks later, praises them."
    )
    dates = [i.date.value if i.date else None for i in linked(text, published="2015-01-01").items]
    assert dates == ["2014-03-03", "2014-03-17"]


def test_without_an_anchor_the_order_is_kept(linked: Callable[..., Linked]) -> None:
    text = "At first the union threatened to strike.\n\nNow the union says it will talk.\n"
    found = linked(text, ("the union", "threatened", "to strike"), ("the union", "says", "it will talk")).statements
    assert [s.order for s in found] == [1, 2]
    assert [s.date for s in found] == [None, None]


def test_two_weeks_later_orders_its_own_item_and_not_what_is_told_after_it(linked: Callable[..., Linked]) -> None:
    text = (
        "At first a video mocked the crews.\n\nNow another video says they may come back.\n\n"
        "A third video, made two weeks later, praises them.\n\nIt calls them brothers.\n\nA song says they are welcome.\n"
    )
    found = linked(
        text,
        ("a video", "mocked", "the crews"),
        ("another video", "says", "they may come back"),
        ("A third video, made two weeks later,", "praises", "them"),
        ("It", "calls", "them brothers"),
        ("A song", "says", "they are welcome"),
    ).statements
    assert [s.order for s in found] == [1, 2, 3, 3, 2]


@pytest.mark.parametrize(
    "words",
    [
        "at a rally of 2000 workers", "won by 1950 votes to 40", "a crowd of 2000 people", "a report on Good Friday",
        "by Task Force 12 may be released", "ten of them march on the town",
    ],
)  # fmt: skip
def test_numbers_and_names_are_no_dates(words: str) -> None:
    assert list(expressions(words)) == []


def test_a_papers_name_is_no_date(linked: Callable[..., Linked]) -> None:
    text = "The Sunday Times reported that the port would close."
    row = ("The Sunday Times", "reported", "that the port would close")
    found = linked(text, row, published="2024-05-15", mentions=[("The Sunday Times", "organization")])
    assert found.statements[0].date is not None and found.statements[0].date.value == "2024-05-15"
