"""Windows over a document's tokens: how a text of any length goes through an encoder of a fixed reach.

Each window has a core; the cores partition the text and every anchor is read in the one window whose core holds it, with
context on both sides. Cores end before paragraphs, else before sentences: hardly one attribution in a hundred crosses a
paragraph, so little context is needed there and few tokens are read twice. Planned from left to right and never looking
further than one window ahead, so text appended beyond that reach changes no earlier window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sayso.encoder import Tokens

WINDOW = 318  # tokens, without the two special ones
LEFT, LEFT_LEAST = 40, 16  # context before a core; it begins with a paragraph or sentence that begins between the two
RIGHT, RIGHT_LEAST = 24, 12  # context after it; the least where the next core begins with a paragraph
_ENDS = '.!?"”'


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
        start = _context(tokens, text, first)
        if n - start <= WINDOW:
            yield Window(start, n, first, n)
            return
        last, right = _cut(tokens, text, first, start + WINDOW)
        yield Window(start, last + right, first, last)
        first = last


def _context(tokens: Tokens, text: str, first: int) -> int:
    """Where the window begins whose core begins with the token `first`."""
    low, high = first - LEFT, first - LEFT_LEAST
    if low <= 0:
        return 0
    paragraphs = np.flatnonzero(tokens.features[low : high + 1, 2])
    if len(paragraphs):
        return low + int(paragraphs[0])
    return next((i for i in range(low, high + 1) if _sentence(tokens, text, i)), low)


def _cut(tokens: Tokens, text: str, first: int, end: int) -> tuple[int, int]:
    """The token to begin the next core with, in the second half of what the window [.., end) leaves, and the right context."""
    limit = end - RIGHT_LEAST
    low = first + (limit - first) // 2 + 1
    paragraphs = np.flatnonzero(tokens.features[low : limit + 1, 2])
    if len(paragraphs):
        return low + int(paragraphs[-1]), RIGHT_LEAST
    limit = end - RIGHT
    return next((i for i in range(limit, low, -1) if _sentence(tokens, text, i)), limit), RIGHT


def _sentence(tokens: Tokens, text: str, i: int) -> bool:
    """A sentence seems to begin with token i: closing punctuation and a space before it."""
    return text[int(tokens.end[i - 1]) - 1] in _ENDS and bool(tokens.start[i] > tokens.end[i - 1])
