"""Which passage of an original a passage of its translation stands for.

In: two texts. Out: pairs of passages in order, by the lengths of their paragraphs alone, so that any two languages will do:
Gale and Church, "A Program for Aligning Sentences in Bilingual Corpora", Computational Linguistics 19(1), 1993.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from sayso.records import Span

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")
_VARIANCE = 6.8  # of a translation's length for each character of the original (Gale and Church)
# (paragraphs of the original, of the translation): how probable it is that so many stand for each other
_KINDS = {(1, 1): 0.89, (1, 0): 0.005, (0, 1): 0.005, (2, 1): 0.0445, (1, 2): 0.0445, (2, 2): 0.011}
_MOST = 2_000  # paragraphs; beyond that, and this many in one text more than in the other, no alignment is tried
_BAND = 60  # how far from the diagonal an alignment may stray


def align(original: str, translation: str) -> tuple[tuple[Span, Span], ...]:
    """Pairs of passages that stand for each other; those without a counterpart are left out. () for very long texts."""
    ours, theirs = _paragraphs(original), _paragraphs(translation)
    if not ours or not theirs or max(len(ours), len(theirs)) > _MOST:
        return ()
    scale = len(translation) / len(original)
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    band = max(_BAND, abs(len(ours) - len(theirs)) + 10)
    for i in range(len(ours) + 1):
        middle = round(i * len(theirs) / len(ours))
        for j in range(max(0, middle - band), min(len(theirs), middle + band) + 1):
            options = []
            for (a, b), prior in _KINDS.items():
                if (before := best.get((i - a, j - b))) is not None:
                    cost = _cost(ours[i - a : i], theirs[j - b : j], scale) - math.log(prior)
                    options.append((before[0] + cost, (a, b)))
            if options:
                best[i, j] = min(options)
    pairs = []
    i, j = len(ours), len(theirs)
    while (i or j) and (i, j) in best:
        a, b = best[i, j][1]
        if a and b:
            pairs.append((_hull(ours[i - a : i], original), _hull(theirs[j - b : j], translation)))
        i, j = i - a, j - b
    return tuple(reversed(pairs))


def counterpart(spans: Sequence[Span], pairs: Sequence[tuple[Span, Span]], *, of_translation: bool) -> tuple[Span, ...]:
    """The passages on the other side of those that hold any of the spans."""
    out = []
    for original, translation in pairs:
        here, there = (translation, original) if of_translation else (original, translation)
        if any(here.start < span.end and span.start < here.end for span in spans):
            out.append(there)
    return tuple(out)


def _paragraphs(text: str) -> list[Span]:
    return [Span(found.start(), found.end(), found.group()) for found in _PARAGRAPH.finditer(text)]


def _hull(spans: Sequence[Span], text: str) -> Span:
    return Span(spans[0].start, spans[-1].end, text[spans[0].start : spans[-1].end])


def _cost(ours: Sequence[Span], theirs: Sequence[Span], scale: float) -> float:
    """-log of the probability that paragraphs of these lengths stand for each other."""
    length = sum(span.end - span.start for span in ours)
    other = sum(span.end - span.start for span in theirs)
    if not length or not other:
        return 0.0
    mean = (length + other / scale) / 2
    deviation = abs(other - length * scale) / math.sqrt(mean * _VARIANCE)
    return -math.log(max(math.erfc(deviation / math.sqrt(2)), 1e-12))
