"""From label probabilities to spans: the best sequence of BIO labels for each anchor (Viterbi), and its pieces.

Labels: 0 outside, 1-2 source, 3-4 cue, 5-6 content (begin, inside).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sayso.encoder.model import LABELS, Floats

Ints = npt.NDArray[np.int64]
Range = tuple[int, int]

_ALLOWED = np.full((LABELS, LABELS), -1e4, dtype=np.float32)
for _a in range(LABELS):
    for _b in range(LABELS):
        begins = _b == 0 or _b % 2 == 1
        if begins or _a in (_b, _b - 1):
            _ALLOWED[_a, _b] = 0.0


def best_labels(probabilities: Floats) -> Ints:
    """(a, n, 7) probabilities -> (a, n) labels of the most probable well-formed sequences."""
    labels: Ints = probabilities.argmax(2)
    # Where the likeliest labels of all tokens make a well-formed sequence, nothing can be likelier.
    formed = _ALLOWED[labels[:, :-1], labels[:, 1:]] == 0.0
    wrong = np.flatnonzero(~formed.all(1))
    if len(wrong):
        labels[wrong] = _viterbi(probabilities[wrong])
    return labels


def _viterbi(probabilities: Floats) -> Ints:
    a, n, _ = probabilities.shape
    logs = np.log(np.maximum(probabilities, 1e-9))
    score = logs[:, 0].copy()
    back = np.zeros((n, a, LABELS), dtype=np.int8)
    for t in range(1, n):
        through = score[:, :, None] + _ALLOWED
        back[t] = through.argmax(1)
        score = through.max(1) + logs[:, t]
    out = np.zeros((a, n), dtype=np.int64)
    out[:, -1] = score.argmax(1)
    rows = np.arange(a)
    for t in range(n - 1, 0, -1):
        out[:, t - 1] = back[t, rows, out[:, t]]
    return out


def pieces(labels: Ints, first: int) -> list[Range]:
    """Token ranges of the label pair (first, first + 1) in one sequence; a new "begin" ends the piece before it."""
    inside = (labels == first) | (labels == first + 1)
    out: list[Range] = []
    for i in np.flatnonzero(inside).tolist():
        if out and out[-1][1] == i and labels[i] != first:
            out[-1] = (out[-1][0], i + 1)
        else:
            out.append((i, i + 1))
    return out
