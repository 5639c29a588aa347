"""Copies of one dispatch among documents: syndicated, republished, with or without paragraphs of their own.

In come texts by key (sha256) with their dates; out go `Dispatch` records. Candidates by MinHash LSH over shingles of five
words (Broder 1997), then alignment paragraph by paragraph. The result is a function of the set of texts, not of its order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from datasketch import MinHash, MinHashLSH

from sayso.link._align import groups, shingles, words
from sayso.link._text import Text
from sayso.records import Span

SIZE = 5  # words in a shingle
PERMUTATIONS = 64
_LIKELY = 0.25  # Jaccard at which LSH proposes a pair: a copy may carry as much again of its own
_SAME = 0.7  # share of the shorter text's shingles that the other must hold
_LEAST = 30  # words that a dispatch must have
_COPIED = 0.5  # share of a paragraph's shingles that make it a copied one


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that may be a copy: `date` is ISO, "" where unknown."""

    key: str
    text: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One document that carries a dispatch: how much of the dispatch it has, and the paragraphs it adds."""

    key: str
    share: float
    added: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One text published several times. `original` is the earliest carrier, the shortest of several on one day."""

    original: str
    carriers: tuple[Carrier, ...]


def signature(text: str) -> bytes:
    """A text's MinHash signature (256 bytes): what a desk keeps so that old texts need not be read again."""
    sketch = _sketch(shingles(words(text), SIZE))
    return sketch.hashvalues.astype("<u4").tobytes()  # type: ignore[no-any-return]


def _sketch(values: Sequence[int]) -> MinHash:
    sketch = MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=lambda value: value & 0xFFFFFFFF)
    if values:
        sketch.update_batch(sorted(set(values)))
    return sketch


def candidates(signatures: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Pairs of keys whose texts are likely to share much, sorted."""
    lsh = MinHashLSH(threshold=_LIKELY, num_perm=PERMUTATIONS)
    sketches = {}
    for key in sorted(signatures):
        values = np.frombuffer(signatures[key], dtype="<u4").astype(np.uint64)
        sketches[key] = MinHash(num_perm=PERMUTATIONS, seed=1, hashvalues=values)
        lsh.insert(key, sketches[key])
    pairs = {tuple(sorted((key, other))) for key in sketches for other in lsh.query(sketches[key]) if other != key}
    return sorted(pairs)  # type: ignore[arg-type]


def find_copies(texts: Iterable[Piece], signatures: Mapping[str, bytes] | None = None) -> tuple[Dispatch, ...]:
    """All dispatches that two or more of the texts carry."""
    by_key = {t.key: t for t in texts}
    known = signatures or {}
    sketched = {key: known.get(key) or signature(t.text) for key, t in by_key.items() if len(t.text.split()) >= _LEAST}
    held: dict[str, frozenset[int]] = {}

    def shingled(key: str) -> frozenset[int]:
        if key not in held:
            held[key] = frozenset(shingles(words(by_key[key].text), SIZE))
        return held[key]

    pairs = []
    for one, other in candidates(sketched):
        a, b = shingled(one), shingled(other)
        if len(a & b) >= _SAME * max(1, min(len(a), len(b))):
            pairs.append((one, other))
    return tuple(_dispatch([by_key[key] for key in group]) for group in groups(sketched, pairs))


def _dispatch(members: Sequence[Piece]) -> Dispatch:
    ordered = sorted(members, key=lambda t: (t.date or "9999", len(t.text), t.key))
    original = ordered[0]
    base = frozenset(shingles(words(original.text), SIZE))
    carriers = []
    for member in ordered:
        own = frozenset(shingles(words(member.text), SIZE))
        share = len(base & own) / max(1, len(base))
        carriers.append(Carrier(member.key, round(share, 4), () if member is original else _added(member.text, base)))
    return Dispatch(original.key, tuple(carriers))


def _added(text: str, base: frozenset[int]) -> tuple[Span, ...]:
    """Paragraphs of a text that the dispatch lacks; a paragraph too short for a shingle goes with the one before."""
    added: list[Span] = []
    before = False
    for start, end in Text(text).paragraphs.spans:
        inside = words(text, start, end)
        if not inside:
            continue
        if len(inside) >= SIZE:
            run = shingles(inside, SIZE)
            before = sum(s in base for s in run) < _COPIED * len(run)
        if before:
            stop = start + len(text[start:end].rstrip())
            added.append(Span(start, stop, text[start:stop]))
    return tuple(added)
