"""Contents and quotation marks: a content that ends next to a mark takes it in, and a long quotation is taken whole.

The encoder sees at most one window. Where a content reaches the window's edge inside a quotation, the quotation goes on to
its closing mark, and over following paragraphs that each begin with an opening mark. A turn in a transcript has no marks: it
ends where the next speaker's begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sayso.attribute._candidates import Candidate, Range
from sayso.attribute._windows import Window
from sayso.encoder import QuotedRuns, Tokens

_NEAR = 2  # tokens between a content's edge and the mark that it is taken to


def snap(c: Candidate, tokens: Tokens, runs: QuotedRuns, window: Window) -> Candidate:
    """The candidate with its contents' edges moved to the quotation marks that they all but reach."""
    if not runs:
        return c
    content = []
    for a, b in c.content:
        start, end = int(tokens.start[a]), int(tokens.end[b - 1])
        for r in runs.touching(start, end):
            first = int(np.searchsorted(tokens.start, r.start))
            last = int(np.searchsorted(tokens.start, r.end))  # one past the run's last token
            if first <= c.anchor < last:
                continue
            inside = min(b, last) - max(a, first)
            if a > first and (a - first <= _NEAR or first < window.start) and inside > _NEAR:
                a = first
            if b < last and (last - b <= _NEAR or b >= window.end - 1) and inside > _NEAR:
                b = last
        content.append((a, b))
    return replace(c, content=_merged(content, c))


_TURN = re.compile(r"[^\S\n]*[^\W\d_][\w.'’ -]{0,40}(?:\([^()\n]{1,40}\))?:\s")


def own_turn(c: Candidate, text: str, tokens: Tokens) -> Candidate:
    """In a transcript ("SMITH: …") a speaker's turn ends where a paragraph begins with the next speaker's name."""
    if text[tokens.start[c.cue[0][0]] : tokens.end[c.cue[-1][1] - 1]] != ":" or c.content[0][0] < c.anchor:
        return c
    content = []
    for a, b in c.content:
        begins = np.flatnonzero(tokens.features[a + 1 : b, 2]) + a + 1
        end = next((int(i) for i in begins if _TURN.match(text, int(tokens.start[i]))), b)
        content.append((a, end))
        if end < b:
            break
    return replace(c, content=tuple(content))


def _merged(ranges: Sequence[Range], c: Candidate) -> tuple[Range, ...]:
    """Ranges that came to overlap are one; the cue and the source stay outside."""
    out: list[Range] = []
    for a, b in sorted(ranges):
        if out and a < out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    blocked = {i for x, y in (*c.cue, *c.source) for i in range(x, y)}
    return tuple(out) if not any(i in blocked for a, b in out for i in range(a, b)) else c.content
