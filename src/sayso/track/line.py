"""What tracking gives: the line of one actor on one topic, with its periods, shifts and their uncertainty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from sayso.records import Period, Shift


@dataclass(frozen=True, slots=True)
class Gap:
    """A place between two dates of the line: `date` is that of the item after it.

    `probability` is the posterior probability that a new period begins there, whatever else shifts.
    """

    date: dt.date
    probability: float


@dataclass(frozen=True, slots=True)
class Power:
    """What this line could have shown: a change of `size` half-way would be seen with `probability`.

    `size` is the share of statements that move from one code to others (total variation), 0 to 1; "seen" means that
    one shift gets the posterior probability `level` against none, and so is listed.
    """

    size: float
    probability: float
    level: float


@dataclass(frozen=True, slots=True)
class Line:
    """One actor's coded statements on one topic, segmented.

    `number[k]` is the posterior probability of k shifts. `dispersion` is how much the statements of one item resemble
    each other (intraclass correlation, 0 to 1); `effective` is how many independent statements they are worth.
    """

    codes: tuple[str, ...]
    periods: tuple[Period, ...]
    shifts: tuple[Shift, ...]
    number: tuple[float, ...]
    gaps: tuple[Gap, ...]
    statements: int
    items: int
    dispersion: float
    effective: float
    scale: Mapping[str, float] | None = None
    left_out: int = 0  # statements without a code
    imprecise: int = 0  # statements whose date is not a single day
    power: Power | None = None  # where no shift was found
    notes: tuple[str, ...] = ()
    cuts: tuple[int, ...] = field(default=(), repr=False)  # for each shift, how many units lie before it

    @property
    def any_shift(self) -> float:
        """Posterior probability of at least one shift."""
        return 1.0 - self.number[0] if self.number else 0.0
