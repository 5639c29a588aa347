"""Candidate boundaries of a line, and the posterior over segmentations on them.

In: units and an over-dispersion. Out: `Fit`, the summed lattice with its prior. Short lines are solved exactly, with
every gap between dates a candidate. Long ones are solved coarse to fine: a few hundred evenly spaced candidates
first, each standing for the cell of gaps about it, then cells that hold posterior mass are split, level by level,
until boundaries are known to the item. The cost of a pass depends on the number of candidates alone, the preparation
is linear.

Prior: the number of boundaries is geometric with ratio 1/2 (no shift: probability 1/2). Given the number, boundaries
lie as the even-numbered order statistics of uniform points (Green, Biometrika 82, 1995), which keeps periods from
being vanishingly short. The clock on which they are uniform runs half by the calendar and half by the items, as a
shift may come with time or with what is said. A period has at least two items: one item's own mood is no period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sayso.track._dynamic import Lattice, solve, stretch_scores
from sayso.track._units import Floats, Ints, Units

EXACT = 400  # up to this many gaps between dates every one is a candidate from the start
COARSE = 200  # candidates of the first pass over a longer line
FINE = 700  # candidates at most
FEWEST_ITEMS = 2
STAY = 0.5  # ratio of the geometric prior of the number of shifts


def prior_counts(units: Units) -> Floats:
    """The Dirichlet prior of a period's code distribution, (k,): uniform, one pseudo-statement a code."""
    return np.ones(len(units.codes))


@dataclass(frozen=True)
class Clock:
    """The dates of a line: `first` (p+1,) index of the first unit of each distinct date, ending with n.

    `gaps` (p-1,) prior weight of a boundary in each gap between dates, summing to one; `edges` (p+1,) the clock's time
    at the start, at the middle of each gap and at the end.
    """

    first: Ints
    gaps: Floats
    edges: Floats

    @classmethod
    def of(cls, units: Units) -> Clock:
        middle = (units.start + units.end) / 2.0
        first = np.flatnonzero(np.concatenate([[True], np.diff(middle) > 0]))
        times = middle[first]
        gaps = np.ones(max(len(first) - 1, 0))
        if len(first) > 1:
            gaps = 0.5 * np.diff(times) / (times[-1] - times[0]) + 0.5 / (len(first) - 1)
        time = np.concatenate([[0.0], np.cumsum(gaps)])
        margin = 0.5 / max(len(gaps), 1)
        edges = np.concatenate([[-margin], (time[1:] + time[:-1]) / 2, [time[-1] + margin]])
        return cls(np.append(first, len(units)), gaps, edges)


@dataclass(frozen=True)
class Frame:
    """Candidate boundaries and their prior, the same for every over-dispersion.

    `cells` (m-1, 2): the first and last gap that each candidate stands for; `at` (m-1,) the gap at which it cuts; `bounds`
    (m+1,) the first unit after each edge; `stretch` (m+1, m+1) and `boundary` (m+1,) log prior weights of stretches and
    boundaries; `weight` (most+1,) log prior of a segmentation of so many boundaries, over the weights that it has by them.
    """

    cells: Ints
    at: Ints
    bounds: Ints
    stretch: Floats
    boundary: Floats
    weight: Floats

    @classmethod
    def of(cls, clock: Clock, cells: Ints, most: int) -> Frame:
        """The frame of candidates that cut at the middle gap of each cell, for up to `most` boundaries."""
        at = (cells[:, 0] + cells[:, 1] + 1) // 2
        bounds = np.concatenate([[0], clock.first[at + 1], clock.first[-1:]])
        mass = np.concatenate([[0.0], np.cumsum(clock.gaps)])
        boundary = np.full(len(at) + 2, -np.inf)
        boundary[1:-1] = np.log(mass[cells[:, 1] + 1] - mass[cells[:, 0]])
        time = clock.edges[np.concatenate([[0], at + 1, [len(clock.edges) - 1]])]
        allowed = (bounds[None, :] - bounds[:, None]) >= FEWEST_ITEMS
        allowed[0, -1] = True
        with np.errstate(invalid="ignore", divide="ignore"):
            stretch = np.where(allowed, np.log(np.maximum(time[None, :] - time[:, None], 1e-12)), -np.inf)
        most = min(most, len(at))
        number = np.arange(most + 1) * np.log(STAY)
        empty = solve(stretch, boundary, most)
        with np.errstate(divide="ignore"):
            free = np.log(empty.number) + empty.log_total
        possible = np.isfinite(free)
        weight = np.where(possible, number - np.where(possible, free, 0.0), -np.inf)
        return cls(cells, at, bounds, stretch, boundary, weight - np.logaddexp.reduce(number[possible]))


@dataclass(frozen=True)
class Fit:
    """The posterior over segmentations at one over-dispersion.

    `weight` (most+1,) reweights the lattice's segmentations by their number of boundaries; `number` (most+1,) is the
    posterior of that number; `log_evidence` is that of the quasi-likelihood.
    """

    frame: Frame
    lattice: Lattice
    weight: Floats
    number: Floats
    log_evidence: float
    rho: float

    @property
    def likeliest(self) -> int:
        """The most probable number of boundaries."""
        return int(self.number.argmax())

    def cuts(self, number: int) -> tuple[int, ...]:
        """First units of the new periods in the best segmentation with `number` boundaries."""
        return tuple(int(self.frame.bounds[edge]) for edge in self.lattice.best(number))


def even_cells(gaps: int, most: int) -> Ints:
    """Cut gaps 0 … gaps-1 into at most `most` runs of about equal length: (m, 2) first and last."""
    bounds = np.unique(np.linspace(0, gaps, min(gaps, most) + 1).round().astype(np.int64))
    return np.column_stack([bounds[:-1], bounds[1:] - 1])


def fit(units: Units, frame: Frame, rho: float, alpha: Floats) -> Fit:
    """The posterior over segmentations that cut only at the frame's candidates."""
    sums = np.concatenate([np.zeros((1, len(units.codes))), np.cumsum(units.weighted(rho), axis=0)])[frame.bounds]
    scores = stretch_scores(sums, alpha) + frame.stretch
    lattice = solve(scores, frame.boundary, len(frame.weight) - 1)
    with np.errstate(divide="ignore"):
        joint = np.log(lattice.number) + frame.weight
    total = float(np.logaddexp.reduce(joint))
    weight = np.exp(frame.weight - frame.weight.max())
    return Fit(frame, lattice, weight, np.exp(joint - total), total + lattice.log_total, rho)


def refine(units: Units, clock: Clock, found: Fit, alpha: Floats, most: int) -> Fit:
    """Split the cells that hold posterior mass until every one that matters is a single gap."""
    while True:
        cells = found.frame.cells
        wide = cells[:, 1] > cells[:, 0]
        mass = found.lattice.boundaries(found.weight)[1:-1]
        # neighbours of a cell with mass too: the cut inside a cell is only its middle
        near = np.maximum(mass, 0.2 * np.maximum(np.append(mass[1:], 0.0), np.append(0.0, mass[:-1])))
        near = np.where(wide, near, 0.0)
        room = (FINE - len(cells)) // 3
        chosen = np.argsort(-near, kind="stable")[: max(room, 0)]
        chosen = chosen[near[chosen] > 0.005]
        if not len(chosen):
            return found
        split = np.zeros(len(cells), dtype=bool)
        split[chosen] = True
        parts = [
            even_cells(int(b - a + 1), 4) + a if s else np.array([[a, b]])
            for (a, b), s in zip(cells, split, strict=True)
        ]
        found = fit(units, Frame.of(clock, np.concatenate(parts), most), found.rho, alpha)
