"""How alike the statements of one item are: the over-dispersion of the counts.

Statements of one item are not independent: an item's code distribution varies about its period's. With item
distributions Dirichlet(s * p) about the period's p, an item of m statements has the Dirichlet-multinomial likelihood
and its counts have 1 + (m-1) rho times the multinomial variance, rho = 1 / (1 + s) (Mosimann, Biometrika 49, 1962).
The segmentation weighs items by that factor (quasi-likelihood; Wedderburn, Biometrika 61, 1974); rho itself is judged
here by the full likelihood *given a segmentation*, so that shifts neither inflate it nor hide in it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sayso.track._special import gammaln
from sayso.track._units import Units

Floats = NDArray[np.float64]

GRID = (0.0, 0.01, 0.02, 0.04, 0.07, 0.11, 0.17, 0.25, 0.35, 0.47, 0.62, 0.8)


def item_likelihood(counts: Floats, share: Floats, rho: float) -> float:
    """Log Dirichlet-multinomial likelihood of items' counts (n, k) about one period's `share` (k,), summed."""
    if rho <= 0.0:
        return float((counts @ np.log(share)).sum())
    s = (1.0 - rho) / rho
    total = counts.sum(axis=1)
    codes = gammaln(counts + s * share) - gammaln(s * share)
    return float((gammaln(s) - gammaln(total + s) + codes.sum(axis=1)).sum())


def correction(units: Units, cuts: Sequence[int], rho: float, alpha: Floats) -> float:
    """What to add to the quasi-likelihood's log evidence for `rho` to make it comparable between values of rho.

    Given the segmentation that cuts the units at `cuts` (indices of first units), the quasi-likelihood at each period's
    own shares is exchanged for the full one; the Occam factors and the sum over segmentations stay.
    """
    weighted = units.weighted(rho)
    total = 0.0
    bounds = [0, *cuts, len(units)]
    for first, last in itertools.pairwise(bounds):
        effective = weighted[first:last].sum(axis=0)
        share = (effective + alpha) / (effective + alpha).sum()
        total += item_likelihood(units.sharp[first:last], share, rho) - float(effective @ np.log(share))
    return total
