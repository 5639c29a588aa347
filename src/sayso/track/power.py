"""What a line could have shown: the chance of seeing a change that is not there.

In: the counted units of a line without shift. Out: the probability that a change of a given size half-way would have
been listed, by simulation on the line's own dates, items and over-dispersion.
"""

from __future__ import annotations

import numpy as np

from sayso.track._lattice import STAY, Clock, prior_counts
from sayso.track._single import allowed_gaps, one_shift
from sayso.track._units import Floats, Units
from sayso.track.line import Power

SIZE = 0.3
LEVEL = 0.5  # of the posterior, at the prior odds of the segmentation: where a shift begins to be listed
ENOUGH = 0.8  # below this chance of seeing a change of SIZE, silence says nothing (Cohen 1988)
WORK = 400_000  # items times replicates


def changed(share: Floats, size: float) -> Floats:
    """`share` with `size` of the statements moved from the commonest codes to the rarest one."""
    after = share.copy()
    left = min(size, 1.0 - float(share.min()))
    rare = int(share.argmin())
    gained = 0.0
    for code in np.argsort(-share):
        if code == rare:
            continue
        take = min(float(after[code]), left - gained)
        after[code] -= take
        gained += take
    after[rare] += gained
    return np.asarray(after)


def draw_items(share: Floats, totals: Floats, rho: float, random: np.random.Generator) -> Floats:
    """Counts of items with `totals` (…,) statements each about `share` (…, k), Dirichlet-multinomial."""
    if rho > 0:
        s = (1.0 - rho) / rho
        theta = random.standard_gamma(np.maximum(s * share, 1e-4))
        theta = theta + 1e-300
        theta = theta / theta.sum(axis=-1, keepdims=True)
    else:
        theta = share
    return np.asarray(random.multinomial(totals.round().astype(np.int64), theta), dtype=np.float64)


def power(units: Units, rho: float, *, size: float = SIZE, level: float = LEVEL, seed: int = 0) -> Power:
    """Chance that a change of `size` (total variation) half-way through `units` would be listed as a shift."""
    clock = Clock.of(units)
    gaps = allowed_gaps(clock)
    k = len(units.codes)
    if k < 2 or not len(gaps) or gaps.sum() <= 0:
        return Power(size, 0.0, level)
    random = np.random.default_rng(seed)
    replicates = int(np.clip(WORK // len(units), 20, 200))
    share = (units.counts.sum(axis=0) + 0.5) / (units.counts.sum() + 0.5 * k)
    late = np.cumsum(units.statements) > units.statements.sum() / 2
    shares = np.where(late[:, None], changed(share, size), share)
    weight = 1.0 / (1.0 + np.maximum(units.totals - 1.0, 0.0) * rho)
    last = clock.first[1:] - 1
    seen = 0
    for _ in range(replicates):
        counts = draw_items(shares, units.statements.astype(float), rho, random)
        cumulative = np.cumsum(counts * weight[:, None], axis=0)[last]
        seen += bool(one_shift(cumulative, gaps, prior_counts(units), STAY) >= level)
    return Power(size, seen / replicates, level)


def verdict(units: Units, found: Power) -> str:
    """The sentence for a line in which no shift was found."""
    have = f"{count(int(units.statements.sum()), 'statement')} in {count(units.items, 'item')}"
    if len(units.codes) == 1:
        return f"{have}, all of them {units.codes[0]!r}: no shift to find"
    answer = "too few to tell" if found.probability < ENOUGH else "no shift found"
    change = f"a change of {found.size:.0%} of the statements half-way"
    return f"{have}: {answer}; {change} would be seen with probability {found.probability:.2f}"


def count(number: int, noun: str) -> str:
    """ "1 item", "1,200 items"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
