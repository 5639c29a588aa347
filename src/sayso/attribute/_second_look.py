"""Quotations that nobody was found for, looked at once more: the encoder may pass over the verb beside a quotation (“…,” Lund
told reporters in a call) and still be sure, once asked about that verb, whose words the quotation is.

In come a window's candidates; out come the same and further ones, each with a whole quotation in its content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sayso.attribute._candidates import Candidate, Range, linked
from sayso.attribute._cues import telling
from sayso.attribute._nested import tokens_of
from sayso.attribute._windows import Window
from sayso.encoder import Encoder, QuotedRuns, Reading, Tokens

_LEAST = 4  # words of a quotation; fewer are often a title or an expression that the author himself uses
_REACH = 14  # tokens between a quotation and its verb
_HELD = 0.5  # probability of a candidate that has the quotation already
_SURE = 0.9  # probability of content and source, and share of the quotation in the content
_LIKELY = 0.95  # what stands for the anchor's own probability: of 18 in PolNeAR's texts 17 were right


def second_look(
    encoder: Encoder,
    text: str,
    tokens: Tokens,
    window: Window,
    reading: Reading,
    found: list[Candidate],
    runs: QuotedRuns,
) -> list[Candidate]:
    """The candidates, and for each quotation in the window's core that none of them has the one of a verb beside it, if that
    one surely has it."""
    low, high = int(tokens.start[window.first]), int(tokens.end[window.last - 1])
    told = tokens_of([r for c in found if max(c.top, c.any) >= _HELD for r in c.content])
    new: dict[int, Candidate] = {}  # by anchor
    before = low
    for run in runs.touching(low, high):
        if run.start < before or run.end > high or not run.closed:
            continue
        before = run.end  # what lies in it is its own
        a, b = (int(np.searchsorted(tokens.start, at)) for at in (run.start, run.end))
        if text.count(" ", run.start, run.end) < _LEAST - 1 or 2 * len(told.intersection(range(a, b))) > b - a:
            continue
        verbs = list(_beside((a, b), tokens, window, reading))
        linking = linked(encoder, text, tokens, window, reading, verbs) if verbs else []
        surely = [c for c in (*found, *linking) if _has(c, (a, b)) and not a <= c.anchor < b]
        if surely:
            best = max(surely, key=lambda c: c.top)
            best = next((c for c in found if tokens_of(c.cue) & tokens_of(best.cue) and c.source == best.source), best)
            new[best.anchor] = replace(best, top=max(best.top, _LIKELY), any=max(best.any, _LIKELY))
    return [*(c for c in found if c.anchor not in new), *new.values()] if new else found


def _beside(quoted: Range, tokens: Tokens, window: Window, reading: Reading) -> Iterator[int]:
    """Words that often report, in the sentence around a quotation: places in the window."""
    a, b = quoted
    often = telling()
    after, ahead = range(b, min(window.last, b + _REACH)), range(a - 1, max(window.first, a - _REACH) - 1, -1)
    for places in (after, ahead):
        for i in places:
            begins = reading.sentence[i - window.start] > 0.5 and not tokens.continues[i]
            if tokens.features[i, 1] > 0 or tokens.paragraph[i] != tokens.paragraph[a] or (begins and places is after):
                break
            if often[tokens.ids[i]]:
                yield i - window.start
            if begins:
                break


def _has(c: Candidate, quoted: Range) -> bool:
    """Content and source are sure, and the quotation is in the content."""
    held = len(tokens_of(c.content).intersection(range(*quoted)))
    return bool(c.source) and min(c.content_p, c.source_p) >= _SURE and held >= _SURE * (quoted[1] - quoted[0])
