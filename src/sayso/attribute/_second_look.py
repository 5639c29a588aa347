"""Quotations that nobody was found for, looked at once more: the encoder may pass over the verb beside a quotation (“…,” Lund
told reporters in a call) and still be sure, once asked about that verb, whose words the quotation is.

In come a window's candidates; out come the same and further ones, each with a whole quotation in its content.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sayso.attribute._candidates import Candidate, Range, linked
from sayso.attribute._cues import telling
from sayso.attribute._nested import tokens_of
from sayso.attribute._turns import tokens_from
from sayso.attribute._windows import Window
from sayso.encoder import Encoder, QuotedRuns, Reading, Tokens

_LEAST = 4  # words of a quotation; fewer are often a title or an expression that the author himself uses
_REACH, _FAR = 14, 40  # tokens between a quotation and its verb, behind and before it
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
    held = [c for c in found if max(c.top, c.any) >= _HELD]
    new: dict[int, Candidate] = {}  # by anchor
    before = low
    for run in runs.touching(low, high):
        own = run.start >= before and run.end <= high
        before = max(before, run.end)  # what lies in it is its own
        if not own:
            continue
        a, b = tokens_from(tokens, run.start, run.end)
        if a == b or text.count(" ", run.start, run.end) < _LEAST - 1:
            continue  # boilerplate, which is not read, or a word or two
        if any(_holds(c, (a, b), run.closed) > 0.5 for c in held):
            continue
        verbs = list(_beside((a, b), text, tokens, window, reading))
        linking = linked(encoder, text, tokens, window, reading, verbs) if verbs else []
        surely = [c for c in (*found, *linking) if _has(c, (a, b))]
        if surely:
            best = max(surely, key=lambda c: c.top)
            same = [c for c in found if c.source == best.source and tokens_of(c.cue) & tokens_of(best.cue)]
            best = max(same, key=lambda c: c.top, default=best)
            new[best.anchor] = replace(best, top=max(best.top, _LIKELY), any=max(best.any, _LIKELY))
    return [*(c for c in found if c.anchor not in new), *new.values()] if new else found


def _beside(quoted: Range, text: str, tokens: Tokens, window: Window, reading: Reading) -> Iterator[int]:
    """Words that often report, in the sentence around a quotation or in one that introduces it with a colon: places in the
    window."""
    a, b = quoted
    often = telling()
    after, ahead = range(b, min(window.last, b + _REACH)), range(a - 1, max(window.first, a - _FAR) - 1, -1)
    own = {int(tokens.paragraph[a])}
    if a and text[tokens.start[a - 1]] == ":":
        own.add(int(tokens.paragraph[a - 1]))
    for places in (after, ahead):
        for i in places:
            begins = reading.sentence[i - window.start] > 0.5 and not tokens.continues[i]
            if tokens.features[i, 1] > 0 or tokens.paragraph[i] not in own:
                break
            if places is after and begins and (i > b or text[tokens.start[b - 2]] == "."):  # “Who goes there?” he asks
                break
            if often[tokens.ids[i]]:
                yield i - window.start
            if begins and places is ahead:
                break


def _holds(c: Candidate, quoted: Range, closed: bool = True) -> float:
    """The share of a quotation that a candidate has. What is said in it is not it; where its mark is not closed, nothing tells
    what is in it."""
    a, b = quoted
    if closed and a <= c.anchor < b:
        return 0.0
    return sum(max(0, min(y, b) - max(x, a)) for x, y in c.content) / (b - a)


def _has(c: Candidate, quoted: Range) -> bool:
    """Content and source are sure, and the quotation is in the content."""
    return bool(c.source) and min(c.content_p, c.source_p) >= _SURE and _holds(c, quoted) >= _SURE
