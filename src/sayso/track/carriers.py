"""What carries a shift, and whether it is the line that moved or only the mix of those who report.

In: a line and the points that it was made of. Out: one `Carriers` for each shift: the codes that moved most, the
statements most typical of each side, the re-tests without each outlet, reporter, depth and item, and the composition
check.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sayso.records import Point, Shift
from sayso.track._lattice import prior_counts
from sayso.track._single import marginal, shift_probability
from sayso.track._units import Floats, Units, entries_of_points, units_of_points
from sayso.track.line import Line
from sayso.track.members import members

Part = Literal["outlet", "reporter", "depth", "item"]
PARTS: dict[Part, Callable[[Point], str]] = {
    "outlet": lambda point: point.outlet,
    "reporter": lambda point: point.reporter,
    "depth": lambda point: str(point.depth),
    "item": lambda point: point.item,
}
GONE = 0.5  # a shift that falls below this without a part rests on it
MOST_PARTS = 40  # outlets, reporters and depths that are left out in turn, those with most statements
MOST_ITEMS = 500  # items likewise
TYPICAL = 3


@dataclass(frozen=True, slots=True)
class Moved:
    """A code's share before and after."""

    code: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Without:
    """The shift's probability when one part is left out."""

    part: Part
    name: str
    probability: float
    statements: int  # of the part, in the two periods


@dataclass(frozen=True, slots=True)
class Composition:
    """Did the line change, or the mix of who reports?

    `mix` is the part of the change (0 to 1) that a different weight of the `by` strata explains (Kitagawa 1955);
    `inside` the posterior probability, at even odds, that the codes changed inside the strata; `rate_before` and
    `rate_after` are statements in 30 days.
    """

    by: Part
    mix: float
    inside: float
    rate_before: float
    rate_after: float

    @property
    def only_mix(self) -> bool:
        """Whether nothing but the mix seems to have changed."""
        return self.mix > 0.5 and self.inside < GONE


@dataclass(frozen=True, slots=True)
class Carriers:
    """What a shift rests on. Statements are ids, in the order of how typical they are.

    `probability` is that of one shift in the two periods about it, as the re-tests see it with nothing left out.
    """

    shift: Shift
    probability: float
    moved: tuple[Moved, ...]
    typical_before: tuple[str, ...]
    typical_after: tuple[str, ...]
    without: tuple[Without, ...]
    composition: tuple[Composition, ...]
    statements_before: tuple[str, ...]
    statements_after: tuple[str, ...]

    @property
    def rests_on(self) -> tuple[Without, ...]:
        """The parts without which the shift disappears."""
        return tuple(test for test in self.without if test.probability < GONE <= self.probability)


def carriers(line: Line, points: Sequence[Point]) -> tuple[Carriers, ...]:
    """What carries each shift of a line; `points` are those that it was segmented from, in the same order."""
    if not line.shifts:
        return ()
    units = units_of_points(points, line.codes)
    inside = members(line, points)
    place = np.searchsorted(line.cuts, np.arange(len(units)), side="right")
    found = []
    for i, shift in enumerate(line.shifts):
        before, after = inside[i], inside[i + 1]
        window = units.subset((place == i) | (place == i + 1))
        found.append(
            Carriers(
                shift=shift,
                probability=shift_probability(window, line.dispersion),
                moved=moved(shift),
                typical_before=typical(before, shift.before, shift.after),
                typical_after=typical(after, shift.after, shift.before),
                without=retests(window, points, line),
                composition=tuple(
                    compose(before, after, line, part)
                    for part in ("outlet", "reporter", "depth")
                    if len({PARTS[part](p) for p in (*before, *after)}) > 1
                ),
                statements_before=tuple(p.statement for p in before),
                statements_after=tuple(p.statement for p in after),
            )
        )
    return tuple(found)


def moved(shift: Shift) -> tuple[Moved, ...]:
    """Codes by how far they moved, the farthest first; those that moved less than half a percent are left out."""
    codes = (Moved(code, shift.before[code], after) for code, after in shift.after.items())
    return tuple(sorted((m for m in codes if abs(m.after - m.before) >= 0.005), key=lambda m: -abs(m.after - m.before)))


def typical(points: Sequence[Point], own: Mapping[str, float], other: Mapping[str, float]) -> tuple[str, ...]:
    """Statements whose codes tell their side from the other most surely, each of another item."""

    def weight(point: Point) -> float:
        parts = (p * math.log((own.get(c, 0.0) + 0.02) / (other.get(c, 0.0) + 0.02)) for c, p in point.codes.items())
        return sum(parts)

    ranked = sorted(points, key=lambda point: (-weight(point), point.depth, point.start, point.statement))
    chosen: list[Point] = []
    for point in ranked:
        if len(chosen) < TYPICAL and weight(point) > 0 and all(point.item != c.item or not c.item for c in chosen):
            chosen.append(point)
    return tuple(point.statement for point in chosen)


def retests(window: Units, points: Sequence[Point], line: Line) -> tuple[Without, ...]:
    """The probability of the shift without each outlet, reporter, depth and item, most damaging first.

    `window` are the units of the two periods, `points` the line's, numbered by `window.unit`.
    """
    inside = [point for point, unit in zip(points, window.unit, strict=True) if unit >= 0]
    entries = entries_of_points(inside, line.codes)
    tests = []
    for part, key in PARTS.items():
        keys = np.array([key(point) for point in inside], dtype=object)
        counts = Counter(keys)
        if part == "item" or len(counts) < 2:
            continue  # items are units, see below; and without the only outlet there is nothing to test
        for name, statements in counts.most_common(MOST_PARTS):
            if name:
                rest = entries.units(keys != name)
                tests.append(Without(part, name, shift_probability(rest, line.dispersion), statements))
    names = {int(window.item[unit]): p.item for p, unit in zip(points, window.unit, strict=True) if unit >= 0}
    statements_of = np.bincount(window.item, window.statements)
    for item in sorted(names, key=lambda item: -statements_of[item])[:MOST_ITEMS]:
        rest = window.subset(window.item != item)
        chance = shift_probability(rest, line.dispersion)
        tests.append(Without("item", names[item], chance, int(statements_of[item])))
    return tuple(sorted(tests, key=lambda test: (test.probability, -test.statements, test.part, test.name)))


def strata(points: Sequence[Point], line: Line, part: Part) -> dict[str, tuple[Floats, Floats]]:
    """Counts and effective counts of each stratum."""
    found = {}
    keys = np.array([PARTS[part](point) for point in points], dtype=object)
    entries = entries_of_points(points, line.codes)
    for name in set(keys):
        units = entries.units(keys == name)
        found[name] = units.counts.sum(axis=0), units.weighted(line.dispersion).sum(axis=0)
    return found


def compose(before: Sequence[Point], after: Sequence[Point], line: Line, part: Part) -> Composition:
    """Split the change into a change inside the strata and a change of their weights."""
    old, new = strata(before, line, part), strata(after, line, part)
    k = len(line.codes)
    total_old = sum((c for c, _ in old.values()), np.zeros(k))
    total_new = sum((c for c, _ in new.values()), np.zeros(k))
    change = total_new / total_new.sum() - total_old / total_old.sum()
    mix = np.zeros(k)
    evidence = 0.0
    alpha = prior_counts(units_of_points([*before, *after], line.codes))
    for name in old.keys() | new.keys():
        c_old, e_old = old.get(name, (np.zeros(k), np.zeros(k)))
        c_new, e_new = new.get(name, (np.zeros(k), np.zeros(k)))
        p_old = c_old / c_old.sum() if c_old.sum() else c_new / c_new.sum()
        p_new = c_new / c_new.sum() if c_new.sum() else p_old
        mix += (c_new.sum() / total_new.sum() - c_old.sum() / total_old.sum()) * (p_old + p_new) / 2
        evidence += float(marginal(e_old, alpha) + marginal(e_new, alpha) - marginal(e_old + e_new, alpha))
    size = float(change @ change)
    return Composition(
        by=part,
        mix=float(np.clip(mix @ change / size, 0.0, 1.0)) if size > 0 else 0.0,
        inside=float(1.0 / (1.0 + np.exp(-np.clip(evidence, -50, 50)))),
        rate_before=rate(before),
        rate_after=rate(after),
    )


def rate(points: Sequence[Point]) -> float:
    """Statements in 30 days, over the days that the points cover."""
    days = (max(p.end for p in points) - min(p.start for p in points)).days + 1
    return 30.0 * len(points) / days
