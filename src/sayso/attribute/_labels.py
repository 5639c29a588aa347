"""From label probabilities to spans: the best sequence of BIO labels for each anchor (Viterbi), and its pieces.

Labels: 0 outside, 1-2 source, 3-4 cue, 5-6 content (begin, inside).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sayso.encoder.model import LABELS, Floats

Ints = npt.NDArray[np.int64]
Range = tuple[int, int]

_FORBIDDEN = -1e4
_ALLOWED = np.full((LABELS, LABELS), _FORBIDDEN, dtype=np.float32)
for _a in range(LABELS):
    for _b in range(LABELS):
        begins = _b == 0 or _b % 2 == 1
        if begins or _a in (_b, _b - 1):
            _ALLOWED[_a, _b] = 0.0
_REACH = 6  # tokens on either side of an ill-formed place that are looked at first


def best_labels(probabilities: Floats) -> Ints:
    """(a, n, 7) probabilities -> (a, n) labels of the most probable well-formed sequences."""
    labels: Ints = probabilities.argmax(2)
    # Where the likeliest labels of all tokens make a well-formed sequence, nothing can be likelier.
    rows, places = np.nonzero(_ALLOWED[labels[:, :-1], labels[:, 1:]])
    for row in np.unique(rows).tolist():
        if not _mend(labels[row], probabilities[row], places[rows == row].tolist()):
            labels[row] = _viterbi(probabilities[row])
    return labels


def _mend(labels: Ints, probabilities: Floats, places: list[int]) -> bool:
    """Mend likeliest labels around their ill-formed places, each between a token and the next; False if that is not enough.

    The best well-formed labels of a stretch, whatever stands around it, are an upper bound for that stretch, and so are
    the likeliest labels outside: where the two fit together, no sequence is likelier.
    """
    n = len(labels)
    stretches: list[Range] = []
    for place in places:
        low, high = max(0, place + 1 - _REACH), min(n, place + 1 + _REACH)
        if stretches and low <= stretches[-1][1]:
            low = stretches.pop()[0]
        stretches.append((low, high))
    for low, high in stretches:
        labels[low:high] = _viterbi(probabilities[low:high])
        if (low and _ALLOWED[labels[low - 1], labels[low]]) or (high < n and _ALLOWED[labels[high - 1], labels[high]]):
            return False
    return True


def _viterbi(probabilities: Floats) -> Ints:
    """(n, 7) probabilities -> the n labels of the most probable well-formed sequence."""
    n = len(probabilities)
    logs = np.log(np.maximum(probabilities, 1e-9))
    score = logs[0]
    back = np.zeros((n, LABELS), dtype=np.int64)
    for t in range(1, n):
        through = score[:, None] + _ALLOWED
        back[t] = through.argmax(0)
        score = through.max(0) + logs[t]
    out = np.zeros(n, dtype=np.int64)
    out[-1] = score.argmax()
    for t in range(n - 1, 0, -1):
        out[t - 1] = back[t, out[t]]
    return out


def pieces(labels: Ints, first: int) -> list[Range]:
    """Token ranges of the label pair (first, first + 1) in one sequence; a new "begin" ends the piece before it."""
    out: list[Range] = []
    for i in np.flatnonzero((labels == first) | (labels == first + 1)).tolist():
        if out and out[-1][1] == i and labels[i] != first:
            out[-1] = (out[-1][0], i + 1)
        else:
            out.append((i, i + 1))
    return out
