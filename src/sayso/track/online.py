"""Has the line changed since? The alert after each run, and what it costs.

In: points, and the line as it stood. Out: the probability that a new period has begun since the last one did, and, by
simulation on the line's own rhythm, how long a real change waits for its alert and how often a false one comes.

Method: Bayesian online change-point detection (Adams & MacKay 2007, arXiv:0710.3742) with the Dirichlet-multinomial
likelihood and the effective counts of the segmentation. The chance of a new period between two items grows with the
days between them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sayso.records import Point
from sayso.track._lattice import Clock, prior_counts
from sayso.track._single import marginal
from sayso.track._units import Floats, units_of_points
from sayso.track.line import Line
from sayso.track.power import SIZE, changed, draw_items

THRESHOLD = 0.9
RUNS = 150  # runs that are followed at once; the least probable are dropped beyond
REPLICATES = 60
MOST_DATES = 2000  # of the known period; what it said before them counts as one
STEPS = 250  # items of a simulated future at most


@dataclass(frozen=True, slots=True)
class Alert:
    """The state of a line after its newest item.

    `probability` that a period later than the last one of the line has begun by `date`; `raised` whether it passes the
    `threshold`. `first_passed`: the date of the item at which it first did so, if it has stayed above since.
    """

    date: dt.date
    probability: float
    threshold: float
    first_passed: dt.date | None

    @property
    def raised(self) -> bool:
        """Whether the desk should be told."""
        return self.probability >= self.threshold


@dataclass(frozen=True, slots=True)
class Cost:
    """What alerts at `threshold` cost on this line.

    A change of `size` (total variation) is seen with probability `seen` within a year, then after `delay_days` days and
    `delay_items` items (medians, None where hardly any is seen); false alarms come `false_a_year` times a year.
    """

    threshold: float
    size: float
    seen: float
    delay_days: float | None
    delay_items: float | None
    false_a_year: float


class Runs:
    """The run-length posterior of R parallel series: effective counts (R, runs, k) and log weights (R, runs)."""

    def __init__(self, replicates: int, alpha: Floats) -> None:
        self.alpha = alpha
        self.sums = np.zeros((replicates, 1, len(alpha)))
        self.logs = np.zeros((replicates, 1))
        self.began = np.zeros((replicates, 1), dtype=np.int64)
        self.step = 0

    def see(self, counts: Floats, hazard: float) -> None:
        """Take in the next date's effective counts (R, k), a new period having begun before it with chance `hazard`."""
        if self.step:
            total = np.logaddexp.reduce(self.logs, axis=1, keepdims=True)
            self.logs = np.concatenate([self.logs + np.log1p(-hazard), total + np.log(hazard)], axis=1)
            fresh = np.zeros((len(self.sums), 1, len(self.alpha)))
            self.sums = np.concatenate([self.sums, fresh], axis=1)
            self.began = np.concatenate([self.began, np.full((len(self.sums), 1), self.step)], axis=1)
        with_new = self.sums + counts[:, None, :]
        self.logs = self.logs + marginal(with_new, self.alpha) - marginal(self.sums, self.alpha)
        self.sums = with_new
        self.logs -= np.logaddexp.reduce(self.logs, axis=1, keepdims=True)
        self.step += 1
        if self.logs.shape[1] > RUNS:
            keep = np.sort(np.argpartition(-self.logs, RUNS - 1, axis=1)[:, :RUNS], axis=1)
            self.logs = np.take_along_axis(self.logs, keep, axis=1)
            self.began = np.take_along_axis(self.began, keep, axis=1)
            self.sums = np.take_along_axis(self.sums, keep[:, :, None], axis=1)

    def began_after(self, step: int) -> Floats:
        """Probability (R,) that the current run began after `step`."""
        return np.asarray(np.where(self.began > step, np.exp(self.logs), 0.0).sum(axis=1))


def hazard_scale(line: Line) -> float:
    """Mean length of a period in days: the line's own, counting the present one as half as long again."""
    days = (line.periods[-1].end - line.periods[0].start).days + 1
    return max(days / (len(line.shifts) + 0.5), 2.0)


def hazard(days: float, scale: float) -> float:
    """Chance that a new period begins within `days`."""
    return float(np.clip(-np.expm1(-max(days, 0.5) / scale), 1e-6, 0.5))


def watch(line: Line, points: Sequence[Point], *, threshold: float = THRESHOLD) -> Alert:
    """The alert after the newest of `points`.

    `line` is the line as it was last reported; `points` are all its statements up to now, newer ones included. Its last
    period counts as the known one: what the line already shows as a shift raises no second alert.
    """
    units = units_of_points(points, line.codes)
    clock = Clock.of(units)
    weighted = np.add.reduceat(units.weighted(line.dispersion), clock.first[:-1], axis=0)
    days = (units.start + units.end)[clock.first[:-1]] / 2.0
    known = line.shifts[-1].date.toordinal() if line.shifts else days[0]
    begin = min(int(np.searchsorted(days, known)), len(days) - 1)
    first = max(begin, len(days) - MOST_DATES)
    runs = Runs(1, prior_counts(units))
    runs.see(weighted[begin : first + 1].sum(axis=0)[None, :], 0.5)
    scale = hazard_scale(line)
    passed: int | None = None
    chance = 0.0
    for i in range(first + 1, len(days)):
        runs.see(weighted[i][None, :], hazard(days[i] - days[i - 1], scale))
        chance = float(runs.began_after(0)[0])
        passed = (i if passed is None else passed) if chance >= threshold else None
    date = dt.date.fromordinal(int(days[-1]))
    return Alert(date, chance, threshold, None if passed is None else dt.date.fromordinal(int(days[passed])))


def alert_cost(line: Line, points: Sequence[Point], *, threshold: float = THRESHOLD, seed: int = 0) -> Cost:
    """False alarms a year and delay of a true one, simulated on the rhythm of the line's last year.

    The simulated change moves 30% of the statements, or as many as the line's smallest shift did.
    """
    units = units_of_points(points, line.codes)
    clock = Clock.of(units)
    days = (units.start + units.end)[clock.first[:-1]] / 2.0
    random = np.random.default_rng(seed)
    recent = np.diff(days)[np.searchsorted(days[1:], days[-1] - 365) :] if len(days) > 1 else np.array([30.0])
    sizes = units.totals[units.end >= units.end.max() - 365]
    last = np.array([line.periods[-1].codes[code] for code in line.codes])
    share = (last * line.periods[-1].statements + 0.5) / (line.periods[-1].statements + 0.5 * len(last))
    moves = [sum(abs(s.after[c] - s.before[c]) for c in line.codes) / 2 for s in line.shifts]
    size = float(np.clip(min(moves, default=SIZE), 0.1, 1.0))
    per_year = 365.0 / max(float(recent.mean()), 0.5)
    steps = int(np.clip(per_year, 5, STEPS))
    scale = hazard_scale(line)
    start = line.periods[-1].start.toordinal()
    held = units.weighted(line.dispersion)[units.start >= start].sum(axis=0)

    def future(of: Floats) -> tuple[Floats, Floats]:
        """First step at which the alert is raised (REPLICATES,), -1 for never, and the days gone by at each step."""
        runs = Runs(REPLICATES, prior_counts(units))
        runs.see(np.repeat(held[None, :], REPLICATES, axis=0), 0.5)
        gaps = random.choice(recent, steps)
        first = np.full(REPLICATES, -1.0)
        for step in range(steps):
            totals = random.choice(sizes, REPLICATES)
            weight = 1.0 / (1.0 + np.maximum(totals - 1.0, 0.0) * line.dispersion)
            counts = draw_items(np.tile(of, (REPLICATES, 1)), totals, line.dispersion, random)
            runs.see(counts * weight[:, None], hazard(float(gaps[step]), scale))
            first = np.where((first < 0) & (runs.began_after(0) >= threshold), step, first)
        return first, np.cumsum(gaps)

    false, elapsed = future(share)
    years = np.where(false >= 0, elapsed[false.astype(int)], elapsed[-1]).sum() / 365.0
    true, elapsed_true = future(changed(share, size))
    seen = true[true >= 0].astype(int)
    enough = len(seen) >= REPLICATES / 2
    return Cost(
        threshold=threshold,
        size=size,
        seen=len(seen) / REPLICATES,
        delay_days=float(np.median(elapsed_true[seen])) if enough else None,
        delay_items=float(np.median(seen) + 1) if enough else None,
        false_a_year=float((false >= 0).sum() / years),
    )
