"""Periods and shifts of a line: exact Bayesian segmentation of code counts.

In: points (coded statements with date, item and codes). Out: a `Line`. The formulas and references stand in
docs/shifts.md, and beside each step in `_dynamic`, `_dispersion` and `_lattice`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sayso.errors import UsageError
from sayso.records import Period, Point, Shift
from sayso.track._dispersion import GRID, correction
from sayso.track._lattice import COARSE, EXACT, Clock, Fit, Frame, even_cells, fit, prior_counts, refine
from sayso.track._special import beta_quantile
from sayso.track._units import Floats, Ints, Units, units_of_points
from sayso.track.line import Gap, Line
from sayso.track.power import power, verdict

MOST_SHIFTS = 25
COVER = 0.9
JEFFREYS = 0.5  # pseudo-statements on either side of a share
DRAWS = 8
DISPERSION_CELLS = 100
NEAR = 12.0  # log evidence


def segment(
    points: Sequence[Point],
    *,
    scale: Mapping[str, float] | None = None,
    codes: Sequence[str] | None = None,
    most: int = MOST_SHIFTS,
) -> Line:
    """Periods and shifts of one line.

    `codes` limits (and orders) the codes that count, by default all that occur; `scale` gives each code a number, so
    that periods get a mean; `most` is the largest number of shifts considered. Raises UsageError for points that cannot
    be a line (no code at all, a date that ends before it begins, a scale that lacks a code).
    """
    return segment_units(units_of_points(points, codes), scale=scale, most=most)


def segment_units(units: Units, *, scale: Mapping[str, float] | None = None, most: int = MOST_SHIFTS) -> Line:
    """As `segment`, for statements that were counted already."""
    if not len(units):
        raise UsageError("no coded statement: nothing to segment")
    if scale is not None and (missing := [code for code in units.codes if code not in scale]):
        raise UsageError(f"the scale has no value for {', '.join(map(repr, missing))}")
    alpha = prior_counts(units)
    clock = Clock.of(units)
    rhos, weights = dispersion(units, clock, alpha, most)
    base = read(units, clock, rhos, weights, alpha, most)
    number = base.number
    likeliest = int(number.argmax())
    cuts = base.fits[0].cuts(likeliest) if likeliest else ()
    readings = [base]
    if likeliest and bool((units.end > units.start).any()):
        random = np.random.default_rng(0)
        draws = DRAWS if len(clock.gaps) <= EXACT else DRAWS // 2
        readings = [redraw(units, rhos[0], alpha, most, random) for _ in range(draws)]
    rho = float(rhos @ weights)
    effective = units.weighted(rho)
    periods = tuple(
        describe(units, effective, first, last, scale)
        for first, last in zip((0, *cuts), (*cuts, len(units)), strict=True)
    )
    shifts = tuple(
        locate(units, readings, which, likeliest, cut, periods[which], periods[which + 1])
        for which, cut in enumerate(cuts)
    )
    able = None if shifts else power(units, rho)
    return Line(
        codes=units.codes,
        periods=periods,
        shifts=shifts,
        number=tuple(float(p) for p in np.trim_zeros(np.round(number, 12), "b")),
        gaps=base.gaps(),
        statements=int(units.statements.sum()),
        items=units.items,
        dispersion=rho,
        effective=float(effective.sum()),
        scale=dict(scale) if scale is not None else None,
        left_out=int((units.unit < 0).sum()),
        imprecise=int(units.statements[units.end > units.start].sum()),
        power=able,
        notes=(verdict(units, able),) if able else (),
        cuts=tuple(cuts),
    )


@dataclass(frozen=True)
class Reading:
    """The posterior for one order of the units: one fit for each plausible over-dispersion, with their weights.

    `order` (n,) are the units' numbers in the line's own order.
    """

    units: Units
    clock: Clock
    fits: tuple[Fit, ...]
    weights: Floats
    order: Ints

    @property
    def number(self) -> Floats:
        """Posterior of the number of shifts, averaged over the over-dispersion."""
        length = min(len(fit.number) for fit in self.fits)
        number = sum(w * fit.number[:length] for w, fit in zip(self.weights, self.fits, strict=True))
        return np.asarray(number)

    def place(self, which: int, number: int) -> Floats:
        """Distribution over the candidates of the boundary `which` of `number`."""
        total = np.zeros(len(self.fits[0].frame.at))
        for weight, found in zip(self.weights, self.fits, strict=True):
            if number < len(found.number):
                total += weight * found.number[number] * found.lattice.place(which, number)[1:-1]
        return np.asarray(total / max(total.sum(), 1e-300))

    def within(self, first: int, last: int) -> float:
        """Probability of at least one boundary among the candidates first … last."""
        chances = [fit.lattice.boundary_within(first + 1, last + 1, fit.weight) for fit in self.fits]
        return float(np.dot(self.weights, chances))

    def spans(self, units: Units) -> tuple[Ints, Ints]:
        """For each candidate the days (first, last) on which the new period's first item may lie, in `units`."""
        cells = self.fits[0].frame.cells
        first, last = self.clock.first[cells[:, 0] + 1], self.clock.first[cells[:, 1] + 2]
        start = np.array([units.start[self.order[a:b]].min() for a, b in zip(first, last, strict=True)], dtype=np.int64)
        end_first = self.clock.first[cells[:, 1] + 1]
        end = np.array([units.end[self.order[a:b]].max() for a, b in zip(end_first, last, strict=True)], dtype=np.int64)
        return start, end

    def gaps(self) -> tuple[Gap, ...]:
        """Posterior probability of a boundary at each candidate."""
        mass = sum(w * f.lattice.boundaries(f.weight) for w, f in zip(self.weights, self.fits, strict=True))
        dates = self.units.start[self.clock.first[self.fits[0].frame.at + 1]]
        chances = np.asarray(mass)[1:-1]
        return tuple(Gap(dt.date.fromordinal(int(d)), float(p)) for d, p in zip(dates, chances, strict=True))


def dispersion(units: Units, clock: Clock, alpha: Floats, most: int) -> tuple[Floats, Floats]:
    """The plausible over-dispersions and their posterior weights, likeliest first (at most four)."""
    if units.totals.max() <= units.softness:
        return np.array([0.0]), np.array([1.0])
    frame = Frame.of(clock, even_cells(len(clock.gaps), DISPERSION_CELLS), most)
    logs = np.full(len(GRID), -np.inf)

    def judge(i: int) -> None:
        found = fit(units, frame, GRID[i], alpha)
        cuts = found.cuts(found.likeliest) if found.likeliest else ()
        logs[i] = found.log_evidence + correction(units, cuts, GRID[i], alpha)

    for i in range(0, len(GRID), 2):
        judge(i)
    # between those that are near enough to the best to matter
    for i in range(1, len(GRID), 2):
        if max(logs[i - 1], logs[min(i + 1, len(GRID) - 1)]) > logs.max() - NEAR:
            judge(i)
    chance = np.exp(logs - logs.max())
    best = np.argsort(-chance)[:4]
    best = best[chance[best] > 0.05]
    return np.array(GRID)[best], chance[best] / chance[best].sum()


def read(units: Units, clock: Clock, rhos: Floats, weights: Floats, alpha: Floats, most: int) -> Reading:
    """Fit the line at each over-dispersion, to the single gap where it matters."""
    gaps = len(clock.gaps)
    cells = even_cells(gaps, gaps if gaps <= EXACT else COARSE)
    first = refine(units, clock, fit(units, Frame.of(clock, cells, most), float(rhos[0]), alpha), alpha, most)
    others = [fit(units, first.frame, float(rho), alpha) for rho in rhos[1:]]
    return Reading(units, clock, (first, *others), weights, np.arange(len(units)))


def redraw(units: Units, rho: float, alpha: Floats, most: int, random: np.random.Generator) -> Reading:
    """The line in one order that its dates allow: each unit's day is drawn from its interval."""
    day = units.start + np.floor(random.random(len(units)) * (units.end - units.start + 1)).astype(np.int64)
    order = np.lexsort((units.item, day))
    drawn = replace(units.take(order), start=day[order], end=day[order])
    found = read(drawn, Clock.of(drawn), np.array([rho]), np.array([1.0]), alpha, most)
    return Reading(drawn, found.clock, found.fits, found.weights, order)


def describe(units: Units, effective: Floats, first: int, last: int, scale: Mapping[str, float] | None) -> Period:
    """The period of the units first … last-1: shares as counted, 90% intervals by the effective counts.

    Each code against all others, with Jeffreys' prior: the segmentation's one pseudo-statement a code would draw the
    shares of a family of many codes together, away from what was counted.
    """
    counts = units.counts[first:last].sum(axis=0)
    share = counts / counts.sum()
    size = effective[first:last].sum()
    hits, misses = size * share + JEFFREYS, size * (1.0 - share) + JEFFREYS
    # at the ends of the scale the counted share is the bound (Brown, Cai & DasGupta 2001)
    low = np.minimum(beta_quantile(hits, misses, 0.05), share)
    high = np.maximum(beta_quantile(hits, misses, 0.95), share)
    mean = None
    if scale is not None:
        mean = float(sum(scale[code] * p for code, p in zip(units.codes, share, strict=True)))
    return Period(
        start=dt.date.fromordinal(int(units.start[first:last].min())),
        end=dt.date.fromordinal(int(units.end[first:last].max())),
        statements=int(units.statements[first:last].sum()),
        items=len(np.unique(units.item[first:last])),
        codes={code: float(p) for code, p in zip(units.codes, share, strict=True)},
        intervals={code: (float(a), float(b)) for code, a, b in zip(units.codes, low, high, strict=True)},
        mean=mean,
    )


def locate(
    units: Units, readings: Sequence[Reading], which: int, number: int, cut: int, before: Period, after: Period
) -> Shift:
    """The shift at `cut`: its date, the shortest span of dates with 90% of its probability, and that probability."""
    mass: dict[tuple[int, int], float] = {}
    spans = [reading.spans(units) for reading in readings]
    for reading, (start, end) in zip(readings, spans, strict=True):
        for block, p in zip(zip(start.tolist(), end.tolist(), strict=True), reading.place(which, number), strict=True):
            if p > 1e-9:
                mass[block] = mass.get(block, 0.0) + float(p) / len(readings)
    date = int(units.start[cut:][units.start[cut:] + units.end[cut:] == units.start[cut] + units.end[cut]].min())
    low, high = shortest(mass, date)
    chances = []
    for reading, (start, end) in zip(readings, spans, strict=True):
        inside = np.flatnonzero((start >= low) & (end <= high))
        chances.append(reading.within(int(inside[0]), int(inside[-1])) if len(inside) else 0.0)
    return Shift(
        date=dt.date.fromordinal(date),
        interval=(dt.date.fromordinal(low), dt.date.fromordinal(high)),
        probability=float(np.mean(chances)),
        before=before.codes,
        after=after.codes,
    )


def shortest(mass: Mapping[tuple[int, int], float], date: int) -> tuple[int, int]:
    """The shortest span of days whose blocks hold 90% of the mass and that begins no later than `date`."""
    blocks = sorted(mass)
    need = COVER * sum(mass.values())
    best: tuple[int, int] | None = None
    for i, (low, _) in enumerate(blocks):
        if low > date:
            break
        held = 0.0
        for end, p in sorted((end, mass[start, end]) for start, end in blocks[i:]):
            held += p
            if held >= need - 1e-12 and end >= date:
                if best is None or end - low < best[1] - best[0]:
                    best = (low, end)
                break
    return best or (blocks[0][0], max(end for _, end in blocks))
