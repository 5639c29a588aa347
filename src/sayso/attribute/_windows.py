"""Windows over a document's tokens: how a text of any length goes through an encoder of a fixed reach.

Each window has a core; the cores partition the text and every anchor is read in the one window whose core holds it, with
context on both sides. Cuts are sought at paragraphs, else after sentence ends. Planned from left to right and never
looking further than one window ahead, so text appended beyond that reach changes no earlier window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sayso.encoder import Tokens

WINDOW = 254  # tokens, without the two special ones; what the encoder was trained on
LEFT, RIGHT = 56, 36  # context in tokens
CORE = WINDOW - LEFT - RIGHT


@dataclass(frozen=True, slots=True)
class Window:
    """Token ranges: the window [start, end) and its core [first, last)."""

    start: int
    end: int
    first: int
    last: int


def plan(tokens: Tokens, text: str) -> Iterator[Window]:
    """Windows that cover all tokens, in order."""
    n = len(tokens)
    first = 0
    while first < n:
        start = max(0, first - LEFT)
        if n - start <= WINDOW:
            yield Window(start, n, first, n)
            return
        limit = start + WINDOW - RIGHT
        last = _cut(tokens, text, first + (limit - first) // 2, limit)
        yield Window(start, min(n, last + RIGHT), first, last)
        first = last


def _cut(tokens: Tokens, text: str, low: int, high: int) -> int:
    """The best token to begin the next core with, in (low, high]: a paragraph's first, else one after a full stop."""
    paragraphs = np.flatnonzero(tokens.features[low + 1 : high + 1, 2])
    if len(paragraphs):
        return low + 1 + int(paragraphs[-1])
    for i in range(high, low, -1):
        if text[int(tokens.end[i - 1]) - 1] in ".!?" and tokens.start[i] > tokens.end[i - 1]:
            return i
    return high
