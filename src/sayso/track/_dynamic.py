"""Exact sums over all segmentations of a sequence, by dynamic programming.

In: the log score of every stretch between two candidate edges. Out: the posterior over the number of boundaries, over
the place of each, and the most probable segmentation.

Method: Fearnhead, "Exact and efficient Bayesian inference for multiple changepoint problems", Stat. Comput. 16 (2006);
Rigaill, Lebarbier & Robin, "Exact posterior distributions and model selection criteria for multiple change-point
detection problems", Stat. Comput. 22 (2012).

Edges are numbered 0 … m: edge 0 stands before the first item, edge m after the last, 1 … m-1 are the candidate
boundaries. A matrix `scores[s, t]` holds the log weight of the stretch from edge s to edge t (-inf where not allowed).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.track._special import gammaln

Floats = NDArray[np.float64]


def stretch_scores(sums: Floats, alpha: Floats) -> Floats:
    """Log Dirichlet-multinomial marginal likelihood of every stretch, shape (m+1, m+1), -inf where t <= s.

    `sums` (m+1, k) are cumulative (effective) counts of the k codes at the edges; `alpha` (k,) is the Dirichlet prior.
    The multinomial coefficients are left out: they are the same in every segmentation.
    """
    edges = len(sums)
    below, above = np.triu_indices(edges, 1)
    total = sums.sum(axis=1)
    flat = gammaln(alpha.sum()) - gammaln(alpha).sum() - gammaln(total[above] - total[below] + alpha.sum())
    for code in range(sums.shape[1]):
        column = sums[:, code]
        flat += gammaln(np.maximum(column[above] - column[below], 0.0) + alpha[code])
    scores = np.full((edges, edges), -np.inf)
    scores[below, above] = flat
    return scores


@dataclass(frozen=True)
class Lattice:
    """All segmentations, summed. `kernel[s, t]` is the probability that the last boundary before edge t is s.

    `forward[j, t]`: j boundaries strictly before edge t; `backward[j, s]`: j boundaries strictly after edge s; both
    under a working prior in which every boundary has the same extra weight. `log_total` is the log of the sum over
    all.
    """

    log_kernel: Floats
    kernel: Floats
    forward: Floats
    backward: Floats
    log_total: float

    @property
    def number(self) -> Floats:
        """Weight of 0, 1, 2 … boundaries (sums to at most one; the rest lies beyond the largest number)."""
        return np.asarray(self.forward[:, -1])

    def place(self, which: int, number: int) -> Floats:
        """Where the boundary `which` (from 0) of `number` lies: a distribution over the edges, shape (m+1,)."""
        mass = self.forward[which] * self.backward[number - 1 - which]
        mass[0] = mass[-1] = 0.0
        total = mass.sum()
        return np.asarray(mass / total if total > 0 else mass)

    def boundaries(self, weight: Floats) -> Floats:
        """Probability of a boundary at each edge, where `weight[j]` reweights segmentations of j boundaries."""
        result = np.zeros(self.kernel.shape[0])
        for before in range(len(weight)):
            for after in range(len(weight) - 1 - before):
                result += weight[before + after + 1] * self.forward[before] * self.backward[after]
        result[0] = result[-1] = 0.0
        return np.asarray(result / float(self.number @ weight))

    def boundary_within(self, first: int, last: int, weight: Floats) -> float:
        """Probability of at least one boundary among the edges first … last (inclusive)."""
        most = len(weight)
        # stretches that begin before `first` and end after `last` are those that skip the whole span
        begin = self.forward[:, :first].copy()
        start = np.zeros((most, first))
        start[1:] = begin[:-1]  # edge s > 0 is itself a boundary
        start[0, 0] = 1.0
        start[1:, 0] = 0.0
        reach = start @ self.kernel[:first, last + 1 :]
        end = np.zeros((most, self.kernel.shape[0] - last - 1))
        end[1:, :-1] = self.backward[:-1, last + 1 : -1]
        end[0, -1] = 1.0
        joint = reach @ end.T
        index = np.add.outer(np.arange(most), np.arange(most))
        skipped = float((joint * np.where(index < most, weight[np.minimum(index, most - 1)], 0.0)).sum())
        return float(np.clip(1.0 - skipped / float(self.number @ weight), 0.0, 1.0))

    def best(self, number: int) -> tuple[int, ...]:
        """The edges of the most probable segmentation with `number` boundaries (Viterbi)."""
        value = self.log_kernel[0]
        pointers = []
        for _ in range(number):
            step = value[:, None] + self.log_kernel
            step[0] = -np.inf
            pointers.append(step.argmax(axis=0))
            value = step.max(axis=0)
        edge = self.kernel.shape[0] - 1
        edges = []
        for pointer in reversed(pointers):
            edge = int(pointer[edge])
            edges.append(edge)
        return tuple(reversed(edges))


def solve(scores: Floats, boundary: Floats, most: int) -> Lattice:
    """Sum over all segmentations with up to `most` boundaries.

    `scores` (m+1, m+1): log weight of each stretch; `boundary` (m+1,): log weight of a boundary at each edge.
    """
    edges = len(scores)
    weighted = scores + boundary[:, None]
    weighted[0] = scores[0]
    log_sum = np.full(edges, -np.inf)
    log_sum[0] = 0.0
    for t in range(1, edges):
        column = log_sum[:t] + weighted[:t, t]
        top = column.max()
        if np.isfinite(top):
            log_sum[t] = top + np.log(np.exp(column - top).sum())
    reachable = np.where(np.isfinite(log_sum), log_sum, 0.0)
    with np.errstate(invalid="ignore"):
        log_kernel = log_sum[:, None] + weighted - reachable[None, :]
    log_kernel[np.isnan(log_kernel)] = -np.inf
    kernel = np.exp(log_kernel)
    forward = np.zeros((most + 1, edges))
    backward = np.zeros((most + 1, edges))
    forward[0] = kernel[0]
    backward[0] = kernel[:, -1]
    inner = kernel.copy()
    inner[0] = 0.0  # edge 0 is no boundary
    for j in range(1, most + 1):
        forward[j] = forward[j - 1] @ inner
        backward[j] = kernel[:, :-1] @ backward[j - 1, :-1]
    return Lattice(log_kernel, kernel, forward, backward, float(log_sum[-1]))
