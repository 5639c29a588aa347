"""One window's candidates: each anchor with the source, cue and content that the encoder links to it.

Token ranges are the document's. Nothing is decided here between candidates; `_assemble` does that for the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sayso.attribute._calibration import calibration
from sayso.attribute._cues import cue_odds, telling
from sayso.attribute._labels import best_labels, pieces
from sayso.attribute._windows import Window
from sayso.encoder import Encoder, Reading, Tokens
from sayso.encoder.model import Floats

Range = tuple[int, int]
_LOOK = 0.25  # anchors under this probability are not looked at: hardly one of them survives the threshold
_LOOK_TELLING = 0.1  # the same for words that often report inside contents
_FIRST_PERSON = frozenset(("i", "we", "us", "you", "my", "our", "me"))
_PIECE = 0.7  # mean probability of a further piece of a content
SOURCE, CUE, CONTENT = 1, 3, 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """An anchor and its spans as token ranges [a, b) of the document; probabilities are the encoder's own."""

    anchor: int
    top: float  # that it anchors an attribution of the text itself
    any: float  # of any level
    source: tuple[Range, ...]
    cue: tuple[Range, ...]
    content: tuple[Range, ...]
    source_p: float  # mean over the source's tokens (of the best missing-source alternative where there is none)
    content_p: float  # mean over the content's tokens
    edge_p: float  # the least of the content's boundary probabilities
    first_person: bool = False  # the source is I, we …: inside a content mostly the outer speaker's own thought
    cue_odds: float = 0.0  # log odds that a word like its cue reports something inside a content


def candidates(encoder: Encoder, text: str, tokens: Tokens, window: Window, reading: Reading) -> list[Candidate]:
    """All candidates whose anchor lies in the window's core and is likely enough."""
    low, high = window.first - window.start, window.last - window.start
    least = np.where(telling()[tokens.ids[window.start : window.end]], _LOOK_TELLING, _LOOK)
    anchors = [i for i in _peaks(reading.anchor.max(1), least) if low <= i < high]
    if not anchors:
        return []
    return linked(encoder, text, tokens, window, reading, anchors)


def linked(
    encoder: Encoder, text: str, tokens: Tokens, window: Window, reading: Reading, anchors: Sequence[int]
) -> list[Candidate]:
    """The candidates of some anchors, which are places in the window; none for an anchor without a content."""
    probabilities = encoder.pair(reading, anchors, tokens.paragraph[window.start : window.end])
    labels = best_labels(probabilities)
    sources, contents = (probabilities[:, :, k] + probabilities[:, :, k + 1] for k in (SOURCE, CONTENT))
    k = calibration()
    out = []
    for p, found, said, role, i in zip(probabilities, labels, sources, contents, anchors, strict=True):
        content = _sure_pieces(role, pieces(found, CONTENT))
        if not content:
            continue
        cue = next(([c] for c in pieces(found, CUE) if c[0] <= i < c[1]), [(i, i + 1)])
        cue = _whole_words(tokens, window.start, cue)
        source = _best_piece(said, pieces(found, SOURCE))
        last = content[-1][1]
        edges = p[content[0][0], CONTENT], 1 - p[last, CONTENT + 1] if last < len(p) else 1.0
        who, how = (_words(text, tokens, window.start, r) for r in (source, cue))
        out.append(
            Candidate(
                anchor=window.start + i,
                top=float(reading.anchor[i, 0]),
                any=float(reading.anchor[i, 1]),
                source=_shift(_whole_words(tokens, window.start, source), window.start),
                cue=_shift(cue, window.start),
                content=_shift(_whole_words(tokens, window.start, content), window.start),
                source_p=_mean(said, source) if source else float(1 - said.max()),
                content_p=_mean(role, content),
                edge_p=float(min(edges)),
                first_person=who in _FIRST_PERSON,
                cue_odds=cue_odds(how, k.cues, k.other_cue),
            )
        )
    return out


def _mean(values: Floats, found: list[Range]) -> float:
    """Over all tokens of the ranges."""
    return float(sum(values[a:b].sum() for a, b in found)) / sum(b - a for a, b in found)


def _words(text: str, tokens: Tokens, offset: int, found: list[Range]) -> str:
    if not found:
        return ""
    return text[tokens.start[found[0][0] + offset] : tokens.end[found[-1][1] - 1 + offset]].lower()


def _peaks(strength: Floats, least: Floats) -> list[int]:
    """The tokens to look at: of neighbours (the pieces of one cue) only the strongest is an anchor."""
    around = np.pad(strength, 1)
    peaks = (strength >= least) & (strength > around[:-2]) & (strength >= around[2:])
    found: list[int] = np.flatnonzero(peaks).tolist()
    return found


def _sure_pieces(role: Floats, found: list[Range]) -> list[Range]:
    """The content's main piece, and the others that are about as sure: what is only just likelier than not is left out."""
    if len(found) < 2:
        return found
    main = max(found, key=lambda r: float(role[r[0] : r[1]].sum()))
    return [r for r in found if r == main or float(role[r[0] : r[1]].mean()) >= _PIECE]


def _best_piece(said: Floats, found: list[Range]) -> list[Range]:
    """A source is one noun phrase: of several pieces the surest is kept."""
    if len(found) < 2:
        return found
    return [max(found, key=lambda r: (float(said[r[0] : r[1]].mean()), -r[0]))]


def _whole_words(tokens: Tokens, offset: int, found: list[Range]) -> list[Range]:
    """Ranges widened to whole words: no span begins or ends between two pieces of one word."""
    out: list[Range] = []
    for a, b in found:
        while a > 0 and a + offset > 0 and _glued(tokens, a + offset):
            a -= 1
        while b + offset < len(tokens) and _glued(tokens, b + offset):
            b += 1
        if out and a < out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


def _glued(tokens: Tokens, i: int) -> bool:
    """Token i goes on with the word of token i - 1: no space between and both are word pieces (##)."""
    return bool(tokens.start[i] == tokens.end[i - 1]) and bool(tokens.continues[i])


def _shift(found: list[Range], by: int) -> tuple[Range, ...]:
    return tuple((a + by, b + by) for a, b in found)
