"""The headline of a line, each number with the statements that it counts.

In: a line and its points. Out: parts of one sentence; a part with statements is a number that links to them. So:
"From early March to mid-July threaten prevailed (61%); from between 10 and 24 July 2023 promise did (48%), probability
0.97, resting on 14 items of 5 outlets, first-hand in 6."
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sayso.figures import probability
from sayso.records import Period, Point, Shift
from sayso.track.line import Line
from sayso.track.members import members
from sayso.track.power import count


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of the headline, and the ids of the statements behind them, if they are a number."""

    text: str
    statements: tuple[str, ...] = ()


def headline(line: Line, points: Sequence[Point]) -> tuple[Part, ...]:
    """The finding of a line in one or two sentences. `points` are those that it was segmented from, in the same order.

    Of several shifts the weightiest (probability times distance moved) is told, and the others are counted.
    """
    inside = members(line, points)
    if not line.shifts:
        return steady(line, inside[0])
    which = max(range(len(line.shifts)), key=lambda i: weight(line.shifts[i]))
    shift, old, new = line.shifts[which], line.periods[which], line.periods[which + 1]
    before, after = inside[which], inside[which + 1]
    parts = [
        Part(f"From {about(old.start, old.end)} to {about(old.end)} {top(old)} prevailed ("),
        first_share(old, before),
        Part(f"); from {span(shift)} "),
    ]
    if top(new) == top(old):
        code = max(new.codes, key=lambda c: abs(new.codes[c] - old.codes[c]))
        parts += [
            Part(f"{code} went from "),
            share_of(old, before, code),
            Part(" to "),
            share_of(new, after, code),
            Part(", probability "),
        ]
    else:
        parts += [Part(f"{top(new)} did ("), first_share(new, after), Part("), probability ")]
    parts.append(Part(probability(shift.probability)))
    parts += base([*before, *after])
    if len(line.shifts) > 1:
        parts.append(Part(f" It is the largest of {len(line.shifts)} shifts."))
    return tuple(parts)


def steady(line: Line, points: Sequence[Point]) -> tuple[Part, ...]:
    """The headline where no shift was found."""
    period = line.periods[0]
    words = [
        Part(f"From {about(period.start, period.end)} to {about(period.end)} {top(period)} prevailed ("),
        first_share(period, points),
        Part(")"),
        *base(points),
    ]
    return (*words, *(Part(f" {note[0].upper()}{note[1:]}.") for note in line.notes))


def base(points: Sequence[Point]) -> list[Part]:
    """What the finding rests on: items, outlets, and how many items are first-hand (depth 0)."""
    items = {p.item or p.statement for p in points}
    outlets = {p.outlet for p in points if p.outlet}
    own = [p for p in points if p.depth == 0]
    parts = [Part(", resting on "), Part(count(len(items), "item"), ids(points))]
    if outlets:
        parts += [Part(" of "), Part(count(len(outlets), "outlet"), ids(p for p in points if p.outlet))]
    first_hand = len({p.item or p.statement for p in own})
    return [*parts, Part(", first-hand in "), Part(str(first_hand) if first_hand else "none", ids(own)), Part(".")]


def ids(points: Iterable[Point]) -> tuple[str, ...]:
    """Ids of statements, each once, in order."""
    return tuple(dict.fromkeys(p.statement for p in points if p.statement))


def top(period: Period) -> str:
    """The commonest code."""
    return max(period.codes, key=lambda code: period.codes[code])


def share_of(period: Period, points: Sequence[Point], code: str) -> Part:
    """A code's share in a period, with the statements in which it is the likeliest code."""
    chosen = [p for p in points if p.codes and max(p.codes, key=lambda c: p.codes[c]) == code]
    return Part(f"{period.codes[code]:.0%}", ids(chosen))


def first_share(period: Period, points: Sequence[Point]) -> Part:
    """The commonest code's share."""
    return share_of(period, points, top(period))


def weight(shift: Shift) -> float:
    """Probability times total variation."""
    return shift.probability * sum(abs(shift.after[c] - shift.before[c]) for c in shift.after) / 2


def about(day: dt.date, until: dt.date | None = None) -> str:
    """A day as "mid-July 2023", without the year where it begins a period that ends in the same year."""
    part = "early" if day.day <= 10 else "mid" if day.day <= 20 else "late"
    name = f"mid-{day:%B}" if part == "mid" else f"{part} {day:%B}"
    return name if until and day.year == until.year else f"{name} {day.year}"


def span(shift: Shift) -> str:
    """The shift's interval in words: "between 10 and 24 July 2023"."""
    low, high = shift.interval
    if low == high:
        return f"{low.day} {low:%B %Y}"
    start = str(low.day)
    if (low.year, low.month) != (high.year, high.month):
        start += f" {low:%B}"
    if low.year != high.year:
        start += f" {low.year}"
    return f"between {start} and {high.day} {high:%B %Y}"
