"""Copies of one dispatch among documents: syndicated, republished, with or without paragraphs of their own.

In come texts by key (sha256) with their dates; out go `Dispatch` records. Candidates by MinHash LSH over shingles of five
words (Broder 1997), then alignment paragraph by paragraph. The result is a function of the set of texts, not of its order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from sayso.link._align import connected, shingles, words
from sayso.link._text import Text
from sayso.records import Span

SIZE = 5  # words in a shingle
PERMUTATIONS = 64
_ROWS = 2  # of 32 bands: a pair with Jaccard 0.3 (a copy with twice as much of its own) is proposed 19 times in 20
_CROWD = 40
_FACTORS, _TERMS = (
    np.frombuffer(b"".join(blake2b(f"{name}{i}".encode(), digest_size=8).digest() for i in range(PERMUTATIONS)), "<u8")
    for name in ("factor", "term")
)
_FACTORS = _FACTORS | np.uint64(1)
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
    return _sketch(shingles(words(text), SIZE)).astype("<u4").tobytes()


def _sketch(values: Sequence[int]) -> NDArray[np.uint32]:
    """The least value of each hash (multiply-shift on 64 bits) over all shingles. Kept signatures must mean the same for
    good, so the hashing is ours and not a library's."""
    if not values:
        return np.full(PERMUTATIONS, 0xFFFFFFFF, dtype=np.uint32)
    column = np.array(sorted(set(values)), dtype=np.uint64)[:, None]
    least = np.full(PERMUTATIONS, 0xFFFFFFFF, dtype=np.uint64)
    for low in range(0, len(column), 4096):
        hashed = (column[low : low + 4096] * _FACTORS + _TERMS) >> np.uint64(32)
        least = np.minimum(least, hashed.min(axis=0))
    return least.astype(np.uint32)


def candidates(signatures: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Pairs of keys that share a band of their signatures, sorted."""
    buckets: dict[tuple[int, bytes], list[str]] = {}
    for key in sorted(signatures):
        for band in bands(signatures[key]):
            buckets.setdefault(band, []).append(key)
    return sorted({pair for members in buckets.values() for pair in paired(members)})


def bands(signature: bytes) -> Iterator[tuple[int, bytes]]:
    """The bands of a signature: two texts that share one are candidates."""
    for band in range(PERMUTATIONS // _ROWS):
        yield band, signature[4 * _ROWS * band : 4 * _ROWS * (band + 1)]


def paired(members: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The candidates among the keys that share a band, which come sorted."""
    # A crowded bucket is chained, not crossed: groups are connected parts, and what is a copy in one is looked at anew.
    return combinations(members, 2) if len(members) <= _CROWD else pairwise(members)


def counts(text: str) -> bool:
    """Whether a text is long enough to be a dispatch."""
    return len(text.split()) >= _LEAST


def find_copies(texts: Iterable[Piece], signatures: Mapping[str, bytes] | None = None) -> tuple[Dispatch, ...]:
    """All dispatches that two or more of the texts carry."""
    by_key = {t.key: t for t in texts}
    known = signatures or {}
    sketched = {key: known.get(key) or signature(t.text) for key, t in by_key.items() if counts(t.text)}
    held: dict[str, frozenset[int]] = {}

    def shingled(key: str) -> frozenset[int]:
        if key not in held:
            held[key] = frozenset(shingles(words(by_key[key].text), SIZE))
        return held[key]

    def same(one: str, other: str) -> bool:
        a, b = shingled(one), shingled(other)
        return len(a & b) >= _SAME * max(1, min(len(a), len(b)))

    groups = connected(pair for pair in candidates(sketched) if same(*pair))
    return tuple(_dispatch(part) for group in groups for part in _parted([by_key[key] for key in group], same))


def _parted(group: Iterable[Piece], same: Callable[[str, str], bool]) -> Iterator[list[Piece]]:
    """A group as its original and what shares enough with that very text. A round-up that holds two dispatches would else
    make one of them: what shares nothing with the original is parted again by itself."""
    left = sorted(group, key=lambda t: (t.date or "9999", len(t.text), t.key))
    while left:
        original = left[0]
        part = [p for p in left if p is original or same(original.key, p.key)]
        if len(part) > 1:
            yield part
        gone = {p.key for p in part}
        left = [p for p in left if p.key not in gone]


def _dispatch(ordered: Sequence[Piece]) -> Dispatch:
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
