"""The learner under the fast coder: multinomial logistic regression with calibrated probabilities.

Rows of features and their labels come in, a matrix of weights goes out. The strength of the penalty and the temperature
are chosen on rows left out in turn (Guo et al. 2017, "On calibration of modern neural networks", for the temperature).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped]
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

Array = NDArray[np.float64]
Matrix = Any  # a scipy sparse matrix or an array
PENALTIES = (3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6)
_MOST_STEPS = 100
_MANY = 500  # rows from which three folds say enough
_SMALL = 3000  # rows up to which the work is done in the space that they span


@dataclass(frozen=True)
class Model:
    """`weights` (features + 1, labels), the last row being the intercept; `temperature` divides the scores."""

    weights: Array
    temperature: float = 1.0
    penalty: float = 0.0  # that it was fitted with

    def scores(self, rows: Matrix) -> Array:
        """Logits (n, labels), before the temperature."""
        return np.asarray(rows @ self.weights[:-1] + self.weights[-1])

    def probabilities(self, rows: Matrix) -> Array:
        """(n, labels); each row sums to 1."""
        return softmax(self.scores(rows) / self.temperature)


def softmax(scores: Array) -> Array:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def fit(rows: Matrix, targets: Array, weight: Array, penalty: float, start: Array | None = None) -> Model:
    """Minimize the weighted cross-entropy against `targets` (n, labels; rows sum to 1) + penalty/2 · |W|²."""
    count, width = targets.shape[1], rows.shape[1]
    weight = weight / weight.sum()
    back = rows.T.tocsr() if sp.issparse(rows) else rows.T

    def loss(flat: Array) -> tuple[float, Array]:
        w = flat.reshape(width + 1, count)
        scores = rows @ w[:-1] + w[-1]
        scores = scores - scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        value = -float((weight[:, None] * targets * log_p).sum()) + 0.5 * penalty * float((w[:-1] ** 2).sum())
        gap = weight[:, None] * (np.exp(log_p) - targets)
        return value, np.vstack([back @ gap + penalty * w[:-1], gap.sum(axis=0)]).ravel()

    begin = np.zeros((width + 1) * count) if start is None else start.ravel()
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS})
    return Model(found.x.reshape(width + 1, count), penalty=penalty)


def learn(rows: Matrix, targets: Array, weight: Array, *, seed: int = 0) -> Model:
    """Fit with the penalty and temperature that do best on rows left out (by log-likelihood).

    Labels with a single row cannot be left out and learned; they stay in every fold's training part.
    """
    back: Matrix | None = None
    if len(targets) <= min(_SMALL, rows.shape[1]):
        rows, back = _span(rows)
    many = len(targets) > _MANY
    model = _chosen(rows, targets, weight, 3 if many else 5, PENALTIES[many:], seed)
    if back is None:
        return model
    weights = np.vstack([np.asarray(back @ model.weights[:-1]), model.weights[-1:]])
    return replace(model, weights=weights)


def unseen(rows: Matrix, targets: Array, weight: Array, model: Model, part: NDArray[np.intp]) -> Array:
    """Probabilities (n, labels) of each row by a twin of `model` that learned without the row's part.

    Rows of part -1 are learned by every twin, and get zeros.
    """
    if len(targets) <= min(_SMALL, rows.shape[1]):
        rows, _ = _span(rows)
    out = np.zeros(targets.shape)
    for k in np.unique(part[part >= 0]):
        held = part == k
        twin = fit(rows[~held], targets[~held], weight[~held], model.penalty)
        out[held] = softmax(twin.scores(rows[held]) / model.temperature)
    return out


def _span(rows: Matrix) -> tuple[Array, Matrix]:
    """Rows in the coordinates of the space they span, and the matrix that takes weights back from there.

    The penalized optimum lies in that space (the representer theorem), so nothing is lost and much time is won.
    """
    gram = rows @ rows.T
    values, vectors = np.linalg.eigh(gram.toarray() if sp.issparse(gram) else gram)
    kept = values > values.max() * 1e-9
    root = np.sqrt(values[kept])
    return vectors[:, kept] * root, np.asarray(rows.T @ (vectors[:, kept] / root))


def _chosen(rows: Matrix, targets: Array, weight: Array, folds: int, penalties: Sequence[float], seed: int) -> Model:
    labels = targets.argmax(axis=1)
    part = split(labels, folds, seed)
    part[np.bincount(labels, minlength=targets.shape[1])[labels] < 2] = -1
    held = part >= 0
    if len(np.unique(labels[held])) < 2 or held.sum() < 2 * folds:
        return fit(rows, targets, weight, PENALTIES[1])
    best: tuple[float, float, float] | None = None
    starts: list[Array | None] = [None] * folds
    for penalty in penalties:  # from strong to weak, each beginning where the last one ended
        scores = np.zeros(targets.shape)
        for k in range(folds):
            train = part != k
            if (~train).any():
                found = fit(rows[train], targets[train], weight[train], penalty, starts[k])
                starts[k], scores[~train] = found.weights, found.scores(rows[~train])
        temperature, likelihood = calibrate(scores[held], labels[held], weight[held])
        if best is not None and likelihood < best[0]:
            break
        best = likelihood, penalty, temperature
    assert best is not None
    return replace(fit(rows, targets, weight, best[1]), temperature=best[2])


def calibrate(scores: Array, labels: NDArray[np.intp], weight: Array) -> tuple[float, float]:
    """The temperature under which the labels are most likely, and their mean log-likelihood."""
    best = (1.0, -np.inf)
    for temperature in np.geomspace(0.15, 8, 60):
        p = softmax(scores / temperature)[np.arange(len(labels)), labels]
        likelihood = float((weight * np.log(np.maximum(p, 1e-12))).sum() / weight.sum())
        if likelihood > best[1]:
            best = float(temperature), likelihood
    return best


def split(labels: NDArray[np.intp], folds: int, seed: int = 0) -> NDArray[np.intp]:
    """A fold for each row, every label spread over the folds."""
    rng = np.random.default_rng(seed)
    part = np.zeros(len(labels), dtype=np.intp)
    start = 0
    for label in np.unique(labels):
        where = np.flatnonzero(labels == label)
        rng.shuffle(where)
        part[where] = (np.arange(len(where)) + start) % folds
        start += len(where)
    return part
