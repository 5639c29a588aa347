"""Where a content ends that lies inside somebody's words, which the encoder has seen few of: with its sentence, before the mark
that closes those words, and with its own marks where the sentence around it goes on.

In comes a candidate that lies in another's content; out goes the same candidate, its content perhaps shorter.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sayso.attribute._candidates import Candidate, Range
from sayso.encoder import CLOSING, OPENING, QuotedRuns, Tokens

_ENDS = re.compile(rf"(?<!\b[A-Z])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{{2}})[.!?…][{re.escape(CLOSING)})]*\s*\Z")
_MARKS = CLOSING + "'.,"
_SHORT = re.compile(r"\.[A-Z]\.\Z")  # "U.S."
_SPOKEN = re.compile(r"[,:;–—-]\s*\Z")  # before words that are given as they were said, without marks: they may go on
_GOES_ON = re.compile(r",?\s+(?:and|but|so)\s(?!that\b)\w")
_IS_SO = re.compile(r",?\s+(?:was|is|were|are|had|has|have)\s")
_RELATIVE = re.compile(r"\b(?:in which|where|when)\s+\Z")  # "an email in which he wrote “…” was “…”"


def inner(c: Candidate, text: str, tokens: Tokens, runs: QuotedRuns, begins: Sequence[int]) -> Candidate:
    """The candidate with its content ended; `begins` are the tokens with which sentences begin, in order."""
    first = c.content[0]
    if first[0] <= c.anchor:
        return c
    ended = _with_marks(c, first, text, tokens, runs)
    content = [ended] if ended and ended != first else list(c.content)
    if ended is None:
        content = _with_sentence(content, text, tokens, runs, begins)
    content[-1] = _before_mark(content[-1], c.anchor, text, tokens, runs)
    return replace(c, content=tuple(content))


def _with_marks(c: Candidate, r: Range, text: str, tokens: Tokens, runs: QuotedRuns) -> Range | None:
    """Up to the end of the quotation that it begins with, if the sentence around goes on (he wrote “…” was “…”); None without
    a quotation."""
    start, end = int(tokens.start[r[0]]), int(tokens.end[r[1] - 1])
    own = next((o for o in runs.touching(start, start + 1) if o.start == start and o.closed), None)
    if own is None:
        return None
    lead = int(tokens.start[min(c.source or c.cue)[0]])
    goes_on = _GOES_ON.match(text, own.end) or (
        _IS_SO.match(text, own.end) and _RELATIVE.search(text[max(0, lead - 12) : lead])
    )
    if own.end < end and goes_on:
        return r[0], int(np.searchsorted(tokens.start, own.end))
    return r


def _with_sentence(
    content: list[Range], text: str, tokens: Tokens, runs: QuotedRuns, begins: Sequence[int]
) -> list[Range]:
    """Up to the end of the sentence in which it begins, if no words are given as they were said; of what follows only
    quotations stay."""
    first, last = content[0][0], content[-1][1]
    start = int(tokens.start[first])
    if text[start] in OPENING or _SPOKEN.search(text[max(0, start - 5) : start]):
        return content
    for k in range(bisect_right(begins, first), bisect_right(begins, last)):
        stop = begins[k]
        if _ENDS.search(text[max(start, int(tokens.end[stop - 1]) - 12) : int(tokens.start[stop])]):
            *kept, (begin, end) = [(a, b) for a, b in content if a < stop]
            kept.append(_unmarked((begin, min(end, stop)), text, tokens, runs))
            return [*kept, *((a, b) for a, b in content if a >= stop and text[tokens.start[a]] in OPENING)]
    return content


def _before_mark(r: Range, anchor: int, text: str, tokens: Tokens, runs: QuotedRuns) -> Range:
    """Without the mark that closes the words in which the anchor stands, and without their stop."""
    at, end = int(tokens.start[anchor]), int(tokens.end[r[1] - 1])
    if not any(o.closed and o.start <= at and o.end == end for o in runs.touching(at, at + 1)):
        return r
    return _unmarked(r, text, tokens, runs)


def _unmarked(r: Range, text: str, tokens: Tokens, runs: QuotedRuns) -> Range:
    """Without the stop and the marks at its end, if none of them closes a quotation of its own."""
    a, b = r
    start, end = int(tokens.start[a]), int(tokens.end[b - 1])
    if any(o.start >= start and o.end == end for o in runs.touching(start, end)):
        return r
    while b - 1 > a and not text[tokens.start[b - 1] : tokens.end[b - 1]].strip(_MARKS):
        if _SHORT.search(text[max(start, int(tokens.end[b - 1]) - 5) : int(tokens.end[b - 1])]):
            break
        b -= 1
    return a, b
