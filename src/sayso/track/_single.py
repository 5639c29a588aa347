"""One shift or none: the quick test behind re-tests and power.

In: effective counts in order of time and the prior weight of each gap. Out: the posterior probability that there is one
shift among them rather than none, at even odds.
"""

from __future__ import annotations

import numpy as np

from sayso.track._lattice import FEWEST_ITEMS, Clock, prior_counts
from sayso.track._special import gammaln
from sayso.track._units import Floats, Units


def marginal(sums: Floats, alpha: Floats) -> Floats:
    """Log Dirichlet-multinomial marginal likelihood of effective counts (…, k)."""
    logs = gammaln(sums + alpha).sum(axis=-1) - gammaln(sums.sum(axis=-1) + alpha.sum())
    return np.asarray(logs + gammaln(alpha.sum()) - gammaln(alpha).sum())


def one_shift(cumulative: Floats, gaps: Floats, alpha: Floats, odds: float = 1.0) -> Floats:
    """Posterior probability of one shift rather than none, at these prior odds.

    `cumulative` (…, p, k): effective counts up to and with each of p dates; `gaps` (p-1,) prior weight of a shift at
    each gap between them. Leading axes are replicates.
    """
    total = cumulative[..., -1:, :]
    before, after = cumulative[..., :-1, :], total - cumulative[..., :-1, :]
    logs = marginal(before, alpha) + marginal(np.maximum(after, 0.0), alpha) - marginal(total, alpha)
    with np.errstate(divide="ignore"):
        logs = logs + np.log(odds * gaps / max(gaps.sum(), 1e-300))
    top = np.maximum(logs.max(axis=-1), 0.0)
    shift = np.exp(logs - top[..., None]).sum(axis=-1)
    return np.asarray(shift / (shift + np.exp(-top)))


def shift_probability(units: Units, rho: float) -> float:
    """Posterior probability of one shift in these units; 0 where there is no room for one."""
    if len(units) < 2 * FEWEST_ITEMS:
        return 0.0
    clock = Clock.of(units)
    if not len(clock.gaps):
        return 0.0
    cumulative = np.cumsum(units.weighted(rho), axis=0)[clock.first[1:] - 1]
    return float(one_shift(cumulative, allowed_gaps(clock), prior_counts(units)))


def allowed_gaps(clock: Clock) -> Floats:
    """The prior weights of the gaps, zero where a period would have too few items, by Green's prior for one shift."""
    units = clock.first[-1]
    cut = clock.first[1:-1]
    inside = clock.edges[1:-1]
    length = (inside - clock.edges[0]) * (clock.edges[-1] - inside)
    weight = clock.gaps * length
    weight[(cut < FEWEST_ITEMS) | (units - cut < FEWEST_ITEMS)] = 0.0
    return np.asarray(weight)
