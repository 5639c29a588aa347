"""From coded statements to the counts that the segmentation sees.

In: points, or arrays of dates, labels and items. Out: `Units`, one row for each item (or for each date within an item,
where its statements have dates of their own), in order of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sayso.errors import UsageError
from sayso.records import Point

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_CODES = 60


@dataclass(frozen=True)
class Units:
    """Expected counts of the codes in each unit, in order of the middle of its dates.

    `counts` (n, k); `start`, `end` (n,) proleptic ordinals, closed; `item` (n,) numbers the items; `totals` (n,) is how
    many statements the unit's whole item has; `statements` (n,) how many the unit has; `unit` (rows,) says which unit
    each input row went to (-1: none). `softness` (0 to 1) is the variance of a statement's soft coding relative to that of a
    hard one: probabilities from a coder vary less from statement to statement than yes and no do.
    """

    codes: tuple[str, ...]
    counts: Floats
    start: Ints
    end: Ints
    item: Ints
    totals: Floats
    statements: Ints
    unit: Ints
    softness: float = 1.0

    def __len__(self) -> int:
        return len(self.start)

    @property
    def items(self) -> int:
        """How many different items there are."""
        return len(np.unique(self.item))

    def weighted(self, rho: float) -> Floats:
        """Effective counts: an item of m statements that correlate by rho tells as much as m / (1 + (m-1) rho)."""
        return np.asarray(self.sharp / (1.0 + np.maximum(self.totals / self.softness - 1.0, 0.0) * rho)[:, None])

    @property
    def sharp(self) -> Floats:
        """Counts (n, k) of as many hard codings as would give the shares the precision that the soft ones do."""
        return np.asarray(self.counts / self.softness)

    def subset(self, keep: NDArray[np.bool_]) -> Units:
        """The units where `keep` (n,) is true; `unit` then numbers rows by the new units."""
        renumber = np.where(keep, np.cumsum(keep) - 1, -1)
        taken = self.take(np.flatnonzero(keep))
        return replace(taken, unit=np.where(self.unit >= 0, renumber[self.unit], -1))

    def take(self, order: Ints) -> Units:
        """The units in another order; `unit` is left as it is."""
        return replace(
            self,
            counts=self.counts[order],
            start=self.start[order],
            end=self.end[order],
            item=self.item[order],
            totals=self.totals[order],
            statements=self.statements[order],
        )


def softness(counts: Floats, squares: float, statements: float) -> float:
    """Variance of soft codings relative to hard ones, from the sum of their squared probabilities.

    `counts` (k,) are the expected counts of `statements` statements. A hard coding has a squared sum of one.
    """
    share = counts / max(counts.sum(), 1e-12)
    even = float(share @ share)
    if even > 1.0 - 1e-9:
        return 1.0
    return float(np.clip((squares / max(statements, 1e-12) - even) / (1.0 - even), 0.02, 1.0))


def build_units(
    codes: tuple[str, ...], row: Ints, code: Ints, weight: Floats, start: Ints, end: Ints, item: Ints
) -> Units:
    """Count entries (`row`, `code`, `weight`) of statements (`start`, `end`, `item`, one each a row).

    A row whose weights sum to more than one is scaled down to one; what is missing from one is spread over the codes
    that the coder did not choose, by how common they are.
    """
    if len(codes) > MOST_CODES:
        raise UsageError(
            f"{len(codes):,} different codes: a line needs at most {MOST_CODES}; is this the column of codes?"
        )
    rows, k = len(start), len(codes)
    mass = np.bincount(row, weight, rows).astype(float)
    weight = weight / np.maximum(mass, 1.0)[row]
    coded = mass > 1e-9
    overall = np.bincount(code, weight, k).astype(float)
    overall /= max(overall.sum(), 1e-12)

    order = np.lexsort((item, start, start + end))
    order = order[coded[order]]
    new = np.ones(len(order), dtype=bool)
    for field in (start, end, item):
        new[1:] &= field[order][1:] == field[order][:-1]
    new[1:] = ~new[1:]
    unit = np.full(rows, -1, dtype=np.int64)
    unit[order] = np.cumsum(new) - 1
    first = order[new]
    n = len(first)

    used = unit[row] >= 0
    row, code, weight = row[used], code[used], weight[used]
    cell = unit[row] * k + code
    counts = np.bincount(cell, weight, n * k).astype(float).reshape(n, k)
    inside = np.minimum(mass, 1.0)[row]
    missing = np.bincount(cell, (1.0 - inside) * weight / np.maximum(inside, 1e-12), n * k).reshape(n, k)
    squares = float(weight @ weight)
    if missing.max(initial=0.0) > 1e-9 and k > 1:
        others = np.tile(overall, (k, 1))
        np.fill_diagonal(others, 0.0)
        others /= np.maximum(others.sum(axis=1, keepdims=True), 1e-12)
        counts = counts + missing @ others
        squares += float(((1.0 - inside) * weight / np.maximum(inside, 1e-12)) ** 2 @ (others**2).sum(axis=1)[code])
    statements = np.bincount(unit[coded], minlength=n)
    whole = np.bincount(item[coded], minlength=int(item.max(initial=-1)) + 1)
    return Units(
        codes, counts, start[first], end[first], item[first], whole[item[first]].astype(float), statements, unit,
        softness(counts.sum(axis=0), squares, float(counts.sum())),
    )  # fmt: skip


def units_of_points(points: Sequence[Point], codes: Sequence[str] | None = None) -> Units:
    """Units of points. A point without item counts as an item of its own; a point without codes is left out."""
    return entries_of_points(points, codes).units()


@dataclass(frozen=True)
class Entries:
    """Points as arrays, to make units of many choices of them: `row`, `code`, `weight` (one each a code of a point) and
    `start`, `end`, `item` (one each a point), as `build_units` takes them."""

    codes: tuple[str, ...]
    row: Ints
    code: Ints
    weight: Floats
    start: Ints
    end: Ints
    item: Ints

    def units(self, keep: NDArray[np.bool_] | None = None) -> Units:
        """The units of all points, or of those where `keep` (one each a point) is true."""
        if keep is None:
            return build_units(self.codes, self.row, self.code, self.weight, self.start, self.end, self.item)
        here = keep[self.row]
        row = (np.cumsum(keep) - 1)[self.row[here]]
        points = (self.start[keep], self.end[keep], self.item[keep])
        return build_units(self.codes, row, self.code[here], self.weight[here], *points)


def entries_of_points(points: Sequence[Point], codes: Sequence[str] | None = None) -> Entries:
    """Points taken apart; `codes` as for `units_of_points`."""
    names = tuple(codes) if codes else tuple(sorted({code for point in points for code in point.codes}))
    number = {name: i for i, name in enumerate(names)}
    row, code, weight = [], [], []
    items: dict[object, int] = {}
    item = np.empty(len(points), dtype=np.int64)
    for i, point in enumerate(points):
        for name, probability in point.codes.items():
            if name not in number:
                continue
            if not 0.0 <= probability <= 1.0 + 1e-9:
                raise UsageError(
                    f"statement {point.statement or i + 1}: {name!r} has probability {probability}, not 0 to 1"
                )
            row.append(i)
            code.append(number[name])
            weight.append(float(probability))
        item[i] = items.setdefault(point.item or i, len(items))
    start = np.array([point.start.toordinal() for point in points], dtype=np.int64)
    end = np.array([point.end.toordinal() for point in points], dtype=np.int64)
    if (end < start).any():
        bad = points[int(np.argmax(end < start))]
        raise UsageError(f"statement {bad.statement!r}: its date ends ({bad.end}) before it begins ({bad.start})")
    return Entries(
        names, np.array(row, dtype=np.int64), np.array(code, dtype=np.int64), np.array(weight, dtype=float), start, end,
        item,
    )  # fmt: skip
