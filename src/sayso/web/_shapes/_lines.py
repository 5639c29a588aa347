"""The JSON of the lines."""

from __future__ import annotations

from typing import (
    Any,
    NotRequired,  # pydantic asks for these before Python 3.12
)

from typing_extensions import TypedDict

from sayso.web._shapes._common import Named, Statement


class Share(TypedDict):
    """A code and its share."""

    code: str
    share: float


class Turn(TypedDict):
    """A shift in a list of lines."""

    date: str
    probability: float
    family: str
    before: Share | None
    after: Share | None


class LineRow(TypedDict):
    """An actor × topic with statements."""

    actor: str
    actor_name: str
    topic: str
    topic_name: str
    statements: int
    own: int
    first: str | None
    last: str | None
    shifts: list[Turn]


class LinesPage(TypedDict):
    """Every actor × topic with statements; `fewest` is how many a line needs to be watched."""

    lines: list[LineRow]
    fewest: int


class Phrase(TypedDict):
    """A piece of a sentence, and the statements that it rests on."""

    text: str
    statements: list[str]


class Period(TypedDict):
    """A stretch in which the line holds; `codes` are shares, `intervals` their 90% credible intervals."""

    start: str
    end: str
    statements: int
    items: int
    codes: dict[str, float]
    intervals: NotRequired[dict[str, list[float]]]
    mean: NotRequired[float | None]


class Line(TypedDict):
    """A line cut into periods. `power`: which change would have been seen, and how probably."""

    codes: list[str]
    statements: int
    items: int
    dispersion: float
    effective: float
    any_shift: float
    notes: list[str]
    power: dict[str, float] | None
    periods: list[Period]


class Moved(TypedDict):
    """A code's share before and after."""

    code: str
    before: float
    after: float


class Retest(TypedDict):
    """The shift without one outlet, reporter, depth or item."""

    part: str
    key: str
    name: str
    probability: float
    statements: int
    holds: bool


class Composition(TypedDict):
    """How much of a change a changed mix explains, and how much changed inside."""

    by: str
    mix: float
    inside: float
    only_mix: bool
    rate_before: float
    rate_after: float


class Shift(TypedDict):
    """A shift with what carries it."""

    date: str
    interval: list[str]
    probability: float
    before: dict[str, float]
    after: dict[str, float]


class CarriedShift(Shift):
    """A shift with what carries it."""

    moved: list[Moved]
    typical_before: list[Statement]
    typical_after: list[Statement]
    rests_on: list[str]
    retests: list[Retest]
    composition: list[Composition]


class Point(TypedDict):
    """A statement on a line."""

    statement: str
    start: str
    end: str
    codes: dict[str, float]
    item: str
    item_title: str
    outlet: str
    reporter: str
    depth: int


class LinePage(TypedDict):
    """One actor's line on one topic. `line` is None where there is nothing to make one of, or where its codes are
    `hidden` from a blind coder. `chart` is a Vega-Lite specification."""

    actor: str
    actor_name: str
    parts: list[Named]
    topic: str
    topic_name: str
    topic_description: str
    family: str
    families: list[str]
    definitions: dict[str, str]
    query: dict[str, Any]
    outlets: list[str]
    headline: list[Phrase]
    left_out: dict[str, int]
    hidden: bool
    caveats: list[str]
    line: Line | None
    shifts: list[CarriedShift]
    points: list[Point]
    chart: dict[str, Any] | None
    chart_dark: dict[str, Any] | None


class Turned(TypedDict):
    """A shift with the codes that prevailed."""

    date: str
    interval: list[str]
    probability: float
    before: str | None
    after: str | None


class OneOf(TypedDict):
    """One of two lines side by side."""

    actor: str
    actor_name: str
    topic: str
    topic_name: str
    statements: int
    left_out: dict[str, int]
    headline: str
    periods: list[Period]
    shifts: list[Turned]
    notes: list[str]


class Apart(TypedDict):
    """A code's share on either line."""

    code: str
    first: float
    second: float


class BesidePage(TypedDict):
    """Two lines side by side; `distance` is the part of the statements that would have to bear another code."""

    lines: list[OneOf]
    family: str
    families: list[str]
    query: dict[str, str | None]
    codes: list[Apart]
    distance: float | None
    chart: dict[str, Any] | None
    choices: dict[str, list[Named]]
