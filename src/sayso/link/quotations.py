"""The same words quoted in several documents: one statement with its witnesses.

In come quotations by statement; out go `Witnesses`: groups of statements whose words are nearly the same, with what each
leaves out, adds or changes against the fullest of them. The result does not depend on the order of arrival.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from rapidfuzz.distance import Indel

from sayso.encoder.quotes import quoted_runs
from sayso.link._align import Difference, Word, connected, differences, shingles, words
from sayso.link.compare import compare_words

Shingles = np.ndarray[Any, np.dtype[np.uint64]]
_SIZE = 3  # words in a shingle
_LEAST = 6  # words below which the same words prove nothing
_SAME = 0.85  # likeness of two wordings of one quotation (2 x common words / all words)
_CROWD = 60


@dataclass(frozen=True, slots=True)
class Quotation:
    """The quoted words of one statement; `document` is the sha256, `speaker` its actor id or name, "" if unknown."""

    statement: str
    document: str
    text: str
    speaker: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """One statement's wording, against the group's fullest."""

    statement: str
    document: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Witnesses:
    """One quotation and all that carry it; `statement` is the fullest wording, the earliest of several."""

    statement: str
    witnesses: tuple[Witness, ...]


def quoted_words(text: str) -> str:
    """What stands in quotation marks in a statement that is partly a quotation, its pieces joined by ellipses; "" where
    that is too little to know the statement by: under six words, or less than half of it."""
    pieces, end = [], 0
    for run in quoted_runs(text):
        if run.start >= end:  # not a quotation in a quotation
            pieces.append(text[run.start : run.end].strip("“”„«»\"‘’‚'"))
            end = run.end
    found = sum(len(words(piece)) for piece in pieces)
    return " … ".join(pieces) if found >= _LEAST and 2 * found >= len(words(text)) else ""


def find_witnesses(quotations: Iterable[Quotation]) -> tuple[Witnesses, ...]:
    """Quotations with nearly the same words in different documents, by speakers that do not contradict each other."""
    by_key = {q.statement: q for q in quotations}
    keys = sorted(by_key)

    # Words are cut again where two quotations are compared: kept for all, they would take 50 times the room of the texts.
    @lru_cache(maxsize=1024)
    def cut(key: str) -> tuple[Word, ...]:
        return tuple(words(by_key[key].text))

    lengths, held, holders = [], array("Q"), array("Q")
    for number, key in enumerate(keys):
        sequence = words(by_key[key].text)
        lengths.append(len(sequence))
        if len(sequence) >= _LEAST:
            found_in = set(shingles(sequence, _SIZE))
            held.extend(found_in)
            holders.extend([number] * len(found_in))
    pairs = []
    for first, second in _candidates(lengths, np.array(held, np.uint64), np.array(holders, np.uint64)):
        one, other = by_key[keys[first]], by_key[keys[second]]
        apart = one.document != other.document and _agree(one, other)
        if apart and _alike(one, cut(one.statement), other, cut(other.statement)):
            pairs.append((one.statement, other.statement))
    found = []
    for group in connected(pairs):
        ordered = sorted(group, key=lambda key: (-len(cut(key)), by_key[key].date or "9999", key))
        fullest = [w.text for w in cut(ordered[0])]
        witnesses = tuple(
            Witness(key, by_key[key].document, differences(fullest, [w.text for w in cut(key)])) for key in ordered
        )
        found.append(Witnesses(ordered[0], witnesses))
    return tuple(found)


def _candidates(lengths: Sequence[int], held: Shingles, holders: Shingles) -> list[tuple[int, int]]:
    """Pairs of quotations (by number) that share enough shingles; `holders` says whose each of the shingles `held` is."""
    order = np.argsort(held, kind="stable")
    held, holders = held[order], holders[order]
    edges = [0, *(np.flatnonzero(held[1:] != held[:-1]) + 1).tolist(), len(held)]
    shared: dict[tuple[int, int], int] = {}
    for low, high in pairwise(edges):
        if high - low > 1:
            crowd = holders[low:high].tolist()
            near = high - low <= _CROWD
            for pair in combinations(crowd, 2) if near else pairwise(crowd):
                shared[pair] = shared.get(pair, 0) + 1
    return sorted(
        pair for pair, count in shared.items() if count >= 0.3 * (min(lengths[pair[0]], lengths[pair[1]]) - _SIZE + 1)
    )


def _agree(one: Quotation, other: Quotation) -> bool:
    """Whether two speakers may be one: equal, unknown, or one name the end of the other."""
    a, b = one.speaker.casefold().split(), other.speaker.casefold().split()
    if not a or not b:
        return True
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    return long[-len(short) :] == short or set(short) <= set(long)


def _alike(one: Quotation, a: tuple[Word, ...], other: Quotation, b: tuple[Word, ...]) -> bool:
    if float(Indel.normalized_similarity([w.text for w in a], [w.text for w in b])) >= _SAME:
        return True
    short, long = (one, b) if len(a) <= len(b) else (other, a)
    if min(len(a), len(b)) < 8:
        return False
    return compare_words(short.text, long).verdict in ("identical", "shortened", "edited")
