"""Labels: the most probable well-formed sequence, however the likeliest labels of single tokens fall out."""

import math
from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.attribute._labels import best_labels, pieces

Rows = list[list[float]]
WEIGHTS = st.lists(st.floats(0.01, 1.0), min_size=7, max_size=7)


def well_formed(labels: tuple[int, ...] | list[int]) -> bool:
    """An inside label (2, 4, 6) follows its begin or itself; one at the beginning goes on with what stands before."""
    return all(b == 0 or b % 2 == 1 or a in (b, b - 1) for a, b in pairwise(labels))


def probabilities(rows: Rows) -> np.ndarray:
    p = np.array(rows, dtype=np.float32)
    return p / p.sum(1, keepdims=True)


def loglikelihood(p: np.ndarray, labels: tuple[int, ...] | list[int]) -> float:
    return sum(math.log(p[t, label]) for t, label in enumerate(labels))


@given(st.lists(WEIGHTS, min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_no_well_formed_sequence_is_likelier(rows: Rows) -> None:
    p = probabilities(rows)
    found = best_labels(p[None])[0].tolist()
    best = max(loglikelihood(p, s) for s in product(range(7), repeat=len(rows)) if well_formed(s))
    assert well_formed(found)
    assert math.isclose(loglikelihood(p, found), best, abs_tol=1e-4)


@given(st.integers(0, 2**32 - 1), st.integers(30, 90), st.sampled_from([0.1, 0.5, 2.0]))
@settings(max_examples=40, deadline=None)
def test_long_sequences_are_as_likely_as_those_of_the_plain_algorithm(seed: int, n: int, evenness: float) -> None:
    p = np.random.default_rng(seed).dirichlet([evenness] * 7, size=(2, n)).astype(np.float32) + np.float32(1e-6)
    for row, found in zip(p, best_labels(p).tolist(), strict=True):
        assert well_formed(found)
        assert math.isclose(loglikelihood(row, found), _plain(row), rel_tol=1e-4)


def _plain(p: np.ndarray) -> float:
    """The log-likelihood of the best well-formed sequence, token by token in plain Python."""
    score = [math.log(x) for x in p[0]]
    for row in p[1:]:
        score = [max(s for a, s in enumerate(score) if well_formed([a, b])) + math.log(x) for b, x in enumerate(row)]
    return max(score)


def test_pieces_end_where_a_new_one_begins() -> None:
    labels = np.array([0, 5, 6, 5, 6, 0, 1, 2, 6])
    assert pieces(labels, 5) == [(1, 3), (3, 5), (8, 9)]
    assert pieces(labels, 1) == [(6, 8)]
    assert pieces(labels, 3) == []
