"""What the encoder reads besides attributions, gathered window by window: sentences, entities and coreference.

Only what stands in a window's core is taken from it. Nothing as large as the hidden states is kept, so memory grows with
the number of tokens alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sayso.attribute._candidates import Candidate, Range
from sayso.attribute._windows import Window
from sayso.encoder import OPENING, Reading, Tokens
from sayso.encoder.model import ENTITY_KINDS
from sayso.encoder.tokens import tokenizer
from sayso.records import Mention, Span

_PRONOUNS = (
    "he", "him", "his", "she", "her", "hers", "it", "its", "they", "them", "their", "theirs", "who", "whose", "we", "i",
)  # fmt: skip
_ANTECEDENT = 0.3  # pairs under this probability are left out
_DEPTH = 64**-0.5
_WORD = re.compile(r"\w")


class Gathered:
    """Takes the windows of one document in order; gives records with spans of its text. No span goes over a break, which is
    a token before which the page itself says something."""

    def __init__(self, text: str, tokens: Tokens, breaks: Sequence[int] = ()) -> None:
        self.text, self._tokens, self._breaks = text, tokens, breaks
        self._pronouns = np.isin(tokens.ids, _pronoun_ids())
        self._begins: list[int] = []
        self._entities: list[tuple[int, int, int]] = []
        self._pairs: list[tuple[Range, Range, float]] = []

    def add(self, window: Window, reading: Reading, found: Sequence[Candidate]) -> None:
        """One window's reading and the candidates it gave."""
        low, high = window.first - window.start, window.last - window.start
        glued = self._tokens.continues[window.start : window.end]
        begins = (reading.sentence > 0.5) & ~glued | (self._tokens.features[window.start : window.end, 2] > 0)
        self._begins += [window.start + low + int(i) for i in np.flatnonzero(begins[low:high])]
        entities = _entities(reading, glued)
        self._entities += [(a + window.start, b + window.start, k) for a, b, k in entities if low <= a < high]
        self._corefer(window, reading, entities, found)

    def _corefer(
        self, window: Window, reading: Reading, entities: Sequence[tuple[int, int, int]], found: Sequence[Candidate]
    ) -> None:
        n = len(reading.anchor)
        spans = {(a, b) for a, b, k in entities if ENTITY_KINDS[k] != "date"}
        spans |= {(c.source[0][0] - window.start, c.source[-1][1] - window.start) for c in found if c.source}
        spans |= {(int(i), int(i) + 1) for i in np.flatnonzero(self._pronouns[window.start : window.end])}
        mentions = sorted(s for s in spans if 0 <= s[0] < s[1] <= n)
        if len(mentions) < 2:
            return
        first = np.array([a for a, _ in mentions])
        last = np.array([b - 1 for _, b in mentions])
        query = reading.coref[first, 0] + reading.coref[last, 1]
        key = reading.coref[first, 2] + reading.coref[last, 3]
        scores = query @ key.T * _DEPTH
        for i, (a, b) in enumerate(mentions):
            if not window.first <= a + window.start < window.last or i == 0:
                continue
            row = np.concatenate([[reading.coref_null[last[i]]], scores[i, :i]])
            row = np.exp(row - row.max())
            row /= row.sum()
            j = int(row[1:].argmax())
            if row[1 + j] >= _ANTECEDENT:
                c, d = mentions[j]
                at = window.start
                self._pairs.append(((a + at, b + at), (c + at, d + at), round(float(row[1 + j]), 3)))

    def begins(self) -> list[int]:
        """The tokens with which sentences begin, in order."""
        return self._begins  # windows are taken in order

    def sentences(self) -> tuple[Span, ...]:
        """The sentences, in order; together they hold every word. None is without a word, or ends with a mark that opens."""
        begins: list[int] = []
        # where a stretch without a word begins: it goes with what follows, at the end with what was before
        waiting: int | None = None
        starts: list[int] = []
        for b in sorted({*self._begins, *(i for i in self._breaks if i < len(self._tokens))}):
            starts.append(self._with_marks(b, starts[-1] if starts else 0))
        for a, b in pairwise([*starts, len(self._tokens)]):
            first = a if waiting is None else waiting
            waiting = first
            if a < b and self._has_word((a, b)):
                begins.append(first)
                waiting = None
        if waiting is not None and not begins:
            begins.append(waiting)
        ends = [*begins[1:], len(self._tokens)][: len(begins)]
        return tuple(self._span(self._worded((a, b))) for a, b in zip(begins, ends, strict=True))

    def _has_word(self, r: Range) -> bool:
        return bool(_WORD.search(self.text, int(self._tokens.start[r[0]]), int(self._tokens.end[r[1] - 1])))

    def _worded(self, r: Range) -> Range:
        """The part with words of what goes over a break, as a row of asterisks and the sentence behind it."""
        return next((part for part in parted(r, self._breaks) if self._has_word(part)), r)

    def _with_marks(self, begin: int, least: int) -> int:
        """Where a sentence begins that opens with the marks that stand right before the token `begin`."""
        start, end = self._tokens.start, self._tokens.end
        i = begin
        while i > least and end[i - 1] == start[i] and self.text[start[i - 1]] in OPENING:
            i -= 1
        return i if i == 0 or end[i - 1] < start[i] else begin

    def mentions(self) -> tuple[Mention, ...]:
        """Named entities, in order."""
        return tuple(Mention(self._span((a, b)), ENTITY_KINDS[k]) for a, b, k in self._entities)

    def somebody(self) -> list[Range]:
        """Token ranges of the entities that may say something, in order: persons and organizations."""
        return sorted((a, b) for a, b, k in self._entities if ENTITY_KINDS[k] in ("person", "organization"))

    def coreference(self) -> tuple[tuple[Span, Span, float], ...]:
        """(mention, antecedent, probability), in the order of the mentions; the antecedent stands before its mention."""
        return tuple((self._span(m), self._span(a), p) for m, a, p in self._pairs)

    def _span(self, r: Range) -> Span:
        first, last = parted(r, self._breaks)[0]
        start, end = int(self._tokens.start[first]), int(self._tokens.end[last - 1])
        return Span(start, end, self.text[start:end])


def parted(r: Range, breaks: Sequence[int]) -> list[Range]:
    """A range cut at the breaks (in order) inside it."""
    inside = breaks[bisect_right(breaks, r[0]) : bisect_left(breaks, r[1])]
    return list(pairwise([r[0], *inside, r[1]]))


@lru_cache(maxsize=1)
def _pronoun_ids() -> npt.NDArray[np.int64]:
    return np.array([tokenizer().token_to_id(word) for word in _PRONOUNS], dtype=np.int64)


def _entities(reading: Reading, glued: npt.NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """(first, end, kind) from the entity logits; an inside tag without its begin begins one, a word goes by its first piece."""
    out: list[tuple[int, int, int]] = []
    for i, tag in enumerate(reading.entity.argmax(1).tolist()):
        if glued[i]:
            if out and out[-1][1] == i:
                out[-1] = (out[-1][0], i + 1, out[-1][2])
            continue
        if tag == 0:
            continue
        kind = (tag - 1) // 2
        if tag % 2 == 0 and out and out[-1][1] == i and out[-1][2] == kind:
            out[-1] = (out[-1][0], i + 1, kind)
        else:
            out.append((i, i + 1, kind))
    return out
