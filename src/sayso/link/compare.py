"""A quotation held against the text it is quoted from: is it the same, shortened, edited, altered or not there?

In come the quoted words and the original's text; out goes a `Comparison` with the place in the original and every
difference. Ellipses may leave words out, square brackets may put some in; anything else that differs is an alteration.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

from sayso.link._align import Difference, Word, differences, words

Verdict = Literal["identical", "shortened", "edited", "altered", "not found"]

_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:\.{3,}|…|\.\s\.\s\.)\s*\]|\(\s*(?:\.{3,}|…)\s*\)|\.{3,}|…|\.\s\.\s\.)\s*")
_BRACKET = re.compile(r"\[[^\[\]]{0,200}\]")
_WITHIN = re.compile(r"\[([^\W\d_]{1,2})\](?=[^\W\d_])")  # "[T]he", "un[a]ble": the word as it was, but for its case
_NEAR = 0.7  # share of common words from which an altered wording counts as found
_REACH = 400  # words of the original that an ellipsis may leave out
_LEAST = 3  # words that a piece must have to be looked for by likeness


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of a quotation. [start, end) is its place in the original, None where it was not found."""

    verdict: Verdict
    start: int | None = None
    end: int | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words between two ellipses; `open` are the places (word numbers) where a bracket stood."""

    words: tuple[Word, ...]
    open: tuple[int, ...]


def compare(quotation: str, original: str) -> Comparison:
    """Hold a quotation against the original's text."""
    return compare_words(quotation, words(original))


def compare_words(quotation: str, original: Sequence[Word]) -> Comparison:
    """The same, with the original's words at hand (one original, many quotations)."""
    pieces = _pieces(quotation)
    if not pieces or not original:
        return Comparison("not found")
    texts = [w.text for w in original]
    edited = any(p.open for p in pieces)
    best = _aligned(pieces, texts, exact=True) or _aligned(pieces, texts, exact=False)
    if best is None:
        return Comparison("not found")
    found: list[Difference] = []
    for piece, (low, high) in zip(pieces, best, strict=True):
        found.extend(_unbracketed(piece, texts[low:high]))
    gaps = [texts[left[1] : right[0]] for left, right in itertools.pairwise(best)]
    left_out = [Difference("left out", " ".join(gap), "…") for gap in gaps if gap]
    verdict: Verdict = "altered" if found else "edited" if edited else "shortened" if len(pieces) > 1 else "identical"
    return Comparison(verdict, original[best[0][0]].start, original[best[-1][1] - 1].end, (*found, *left_out))


def _pieces(quotation: str) -> list[_Piece]:
    found: list[_Piece] = []
    start = 0
    quotation = _WITHIN.sub(r"\1", quotation)
    for cut in [*_ELLIPSIS.finditer(quotation), None]:
        part = quotation[start : cut.start() if cut else len(quotation)]
        start = cut.end() if cut else start
        kept: list[Word] = []
        places = []
        at = 0
        for bracket in [*_BRACKET.finditer(part), None]:
            stretch = part[at : bracket.start() if bracket else len(part)]
            kept.extend(words(stretch))
            if bracket:
                places.append(len(kept))
                at = bracket.end()
        if kept:
            found.append(_Piece(tuple(kept), tuple(places)))
    return found


def _aligned(pieces: Sequence[_Piece], texts: Sequence[str], *, exact: bool) -> list[tuple[int, int]] | None:
    """Places of all pieces in order, none too far from the one before; the first that fits."""
    starts = _places(pieces[0], texts, 0, len(texts), exact)
    for place in starts:
        line = [place]
        for piece in pieces[1:]:
            low = line[-1][1]
            following = _places(piece, texts, low, min(len(texts), low + _REACH), exact)
            if not following:
                break
            line.append(following[0])
        if len(line) == len(pieces):
            return line
    return None


def _places(piece: _Piece, texts: Sequence[str], low: int, high: int, exact: bool) -> list[tuple[int, int]]:
    wanted = [w.text for w in piece.words]
    if not piece.open:
        first, size = wanted[0], len(wanted)
        same = [
            (i, i + size) for i in range(low, high - size + 1) if texts[i] == first and texts[i : i + size] == wanted
        ]
        if same or exact:
            return same[:20]
    elif exact:
        return _bracketed(piece, wanted, texts, low, high)
    if len(wanted) < _LEAST:
        return []
    found = _likest(wanted, texts, low, high)
    return [found] if found else []


def _bracketed(piece: _Piece, wanted: list[str], texts: Sequence[str], low: int, high: int) -> list[tuple[int, int]]:
    """Places where the words around the brackets follow each other, a bracket standing for nought to eight words."""
    parts = [wanted[a:b] for a, b in zip((0, *piece.open), (*piece.open, len(wanted)), strict=True)]
    parts = [p for p in parts if p]
    found = []
    for start in range(low, high - len(parts[0]) + 1) if parts else ():
        if texts[start : start + len(parts[0])] != parts[0]:
            continue
        at = start + len(parts[0])
        for part in parts[1:]:
            step = next((s for s in range(9) if texts[at + s : at + s + len(part)] == part), None)
            if step is None:
                break
            at += step + len(part)
        else:
            found.append((start, at))
    return found[:20]


def _likest(wanted: list[str], texts: Sequence[str], low: int, high: int) -> tuple[int, int] | None:
    """The stretch most like the wanted words, if at least 70% of both are common, in order."""
    size = len(wanted)
    pool = set(wanted)
    hits = [i for i in range(low, high) if texts[i] in pool]
    best: tuple[float, int, int] | None = None
    tried = set()
    for hit in hits:
        for start in {max(low, hit - wanted.index(texts[hit])), hit}:
            if start in tried:
                continue
            tried.add(start)
            window = texts[start : min(high, start + size)]
            if sum(w in pool for w in window) < 0.6 * size:
                continue
            for length in {size, size - 1, size + 1, int(size * 0.8), int(size * 1.2) + 1}:
                stretch = list(texts[start : min(high, start + max(1, length))])
                score = float(Indel.normalized_similarity(wanted, stretch))
                if best is None or score > best[0]:
                    best = (score, start, start + len(stretch))
    return (best[1], best[2]) if best and best[0] >= _NEAR else None


def _unbracketed(piece: _Piece, stretch: Sequence[str]) -> list[Difference]:
    """Differences between a piece and its place, less those that a bracket announces."""
    wanted = [w.text for w in piece.words]
    if not piece.open:
        return list(differences(stretch, wanted))
    parts = [wanted[a:b] for a, b in zip((0, *piece.open), (*piece.open, len(wanted)), strict=True)]
    at = 0
    for part in (p for p in parts if p):
        step = next((s for s in range(9) if list(stretch[at + s : at + s + len(part)]) == part), None)
        if step is None:
            return list(differences(stretch, wanted))
        at += step + len(part)
    return []
