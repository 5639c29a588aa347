"""Which statements stand in which period.

In: a line and the points that it was segmented from. Out: the points of each period, in the order given.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from sayso.records import Point
from sayso.track._units import units_of_points
from sayso.track.line import Line


def members(line: Line, points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """The points of each period of `line`; points without a code are in none."""
    unit = units_of_points(points, line.codes).unit
    bounds = [0, *line.cuts, int(unit.max(initial=-1)) + 1]
    return tuple(
        tuple(point for point, number in zip(points, unit, strict=True) if first <= number < last)
        for first, last in itertools.pairwise(bounds)
    )
