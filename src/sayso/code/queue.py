"""Which statements people should code next. Candidates and what is coded come in, an order with reasons goes out.

A share is drawn at random, and only that share may be used to estimate anything: the random order of statements is that of
their ids, which are hashes, and `random_sample` gives those that stand first in it and are coded without a gap.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Literal

import numpy as np

Why = Literal["random", "uncertain", "disagreement", "diverse", "coverage"]
SHARES: Mapping[Why, float] = {
    "random": 0.3, "uncertain": 0.25, "disagreement": 0.15, "diverse": 0.15, "coverage": 0.15,
}  # fmt: skip
_POOL = 400  # of the most uncertain statements, among which unlike ones are sought


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement that might be coded: the model's probabilities, and where it stands in the collection."""

    id: str
    probabilities: Mapping[str, float] = field(default_factory=dict)
    embedding: Sequence[float] = ()
    period: str = ""  # the month of its date, say
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Queued:
    """A statement to code and why it was chosen."""

    id: str
    why: Why


def queue(
    candidates: Sequence[Candidate],
    *,
    codes: Mapping[str, Mapping[str, str]],
    coder: str,
    size: int = 50,
    shares: Mapping[Why, float] = SHARES,
) -> list[Queued]:
    """The next `size` statements for `coder`.

    `codes` gives the people's codes of each statement by coder; what `coder` has coded does not come again. The reasons
    take turns in proportion to their shares, so the queue may be left at any point.
    """
    open_ones = [c for c in candidates if coder not in codes.get(c.id, {})]
    orders: dict[Why, list[str]] = {
        "random": random_order(c.id for c in open_ones),
        "uncertain": [c.id for c in sorted(open_ones, key=lambda c: (-entropy(c.probabilities), c.id))],
        "disagreement": _disputed(open_ones, codes),
        "coverage": _uncovered(candidates, open_ones, codes),
        "diverse": _unlike(open_ones, [c for c in candidates if codes.get(c.id)], size),
    }
    taken: set[str] = set()
    out: list[Queued] = []
    spent = dict.fromkeys(shares, 0.0)
    places = {why: iter(order) for why, order in orders.items() if shares.get(why, 0) > 0}
    while places and len(out) < size:
        why = min(places, key=lambda w: (spent[w] + 1) / shares[w])
        found = next((s for s in places[why] if s not in taken), None)
        if found is None:
            del places[why]
            continue
        spent[why] += 1
        taken.add(found)
        out.append(Queued(found, why))
    return out


def random_order(ids: Iterable[str]) -> list[str]:
    """Ids in an order that is random and always the same; a new id never changes the order of the others.

    It is the order of the ids themselves: they are hashes, and a store can give the first ones without listing all.
    """
    return sorted(ids)


def random_sample(ids: Iterable[str], coded: set[str]) -> list[str]:
    """The coded statements that make a random sample of `ids`: the first ones of the random order, up to the first
    gap.
    """
    sample = []
    for identity in random_order(ids):
        if identity not in coded:
            break
        sample.append(identity)
    return sample


def entropy(probabilities: Mapping[str, float]) -> float:
    """In nats, of the probabilities scaled to sum to 1; 0 for none."""
    total = sum(probabilities.values())
    return -sum(p / total * math.log(p / total) for p in probabilities.values() if p > 0) if total > 0 else 0.0


def _disputed(open_ones: Sequence[Candidate], codes: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Where coders differ among themselves, then where the model is surest that a person's code is wrong."""

    def dispute(candidate: Candidate) -> float:
        given = set(codes.get(candidate.id, {}).values())
        if len(given) > 1:
            return 2.0
        return max((1 - candidate.probabilities.get(code, 0.0) for code in given), default=0.0)

    rated = [(dispute(c), c.id) for c in open_ones]
    return [identity for value, identity in sorted(rated, key=lambda r: (-r[0], r[1])) if value > 0.5]


def _uncovered(
    candidates: Sequence[Candidate], open_ones: Sequence[Candidate], codes: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """One statement after the other from the period and outlet with the smallest coded share."""
    total = Counter((c.period, c.outlet) for c in candidates)
    done = Counter((c.period, c.outlet) for c in candidates if codes.get(c.id))
    waiting: dict[tuple[str, str], list[str]] = {}
    for c in open_ones:
        waiting.setdefault((c.period, c.outlet), []).append(c.id)
    cells = {cell: random_order(ids)[::-1] for cell, ids in waiting.items()}
    order = [(done[cell] / total[cell], -total[cell], cell) for cell in cells]
    heapify(order)
    out = []
    while order:
        _, size, cell = heappop(order)
        out.append(cells[cell].pop())
        done[cell] += 1
        if cells[cell]:
            heappush(order, (done[cell] / total[cell], size, cell))
    return out


def _unlike(open_ones: Sequence[Candidate], coded: Sequence[Candidate], size: int) -> list[str]:
    """Farthest-first among the uncertain: each as unlike as can be to all that is coded or chosen (Sener & Savarese
    2018).
    """
    pool = sorted((c for c in open_ones if len(c.embedding)), key=lambda c: (-entropy(c.probabilities), c.id))[:_POOL]
    if not pool:
        return []
    vectors = np.array([c.embedding for c in pool])
    known = [c.embedding for c in coded if len(c.embedding) == vectors.shape[1]]
    nearest = (vectors @ np.array(known).T).max(axis=1) if known else np.full(len(pool), -1.0)
    out = []
    for _ in range(min(size, len(pool))):
        best = int(nearest.argmin())
        out.append(pool[best].id)
        nearest = np.maximum(nearest, vectors @ vectors[best])
        nearest[best] = np.inf
    return out
