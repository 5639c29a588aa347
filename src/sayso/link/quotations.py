"""The same words quoted in several documents: one statement with its witnesses.

In come quotations by statement; out go `Witnesses`: groups of statements whose words are nearly the same, with what each
leaves out, adds or changes against the fullest of them. The result does not depend on the order of arrival.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Indel

from sayso.link._align import Difference, Word, differences, groups, shingles, words
from sayso.link.compare import compare_words

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


def find_witnesses(quotations: Iterable[Quotation]) -> tuple[Witnesses, ...]:
    """Quotations with nearly the same words in different documents, by speakers that do not contradict each other."""
    by_key = {q.statement: q for q in quotations}
    cut = {key: tuple(words(q.text)) for key, q in sorted(by_key.items())}
    long = {key: sequence for key, sequence in cut.items() if len(sequence) >= _LEAST}
    pairs = []
    for one, other in _candidates(long):
        apart = by_key[one].document != by_key[other].document and _agree(by_key[one], by_key[other])
        if apart and _alike(by_key[one], long[one], by_key[other], long[other]):
            pairs.append((one, other))
    found = []
    for group in groups(long, pairs):
        ordered = sorted(group, key=lambda key: (-len(cut[key]), by_key[key].date or "9999", key))
        fullest = [w.text for w in cut[ordered[0]]]
        witnesses = tuple(
            Witness(key, by_key[key].document, differences(fullest, [w.text for w in cut[key]])) for key in ordered
        )
        found.append(Witnesses(ordered[0], witnesses))
    return tuple(found)


def _candidates(cut: dict[str, tuple[Word, ...]]) -> list[tuple[str, str]]:
    holders: dict[int, list[str]] = {}
    for key, sequence in cut.items():
        for value in set(shingles(sequence, _SIZE)):
            holders.setdefault(value, []).append(key)
    shared: dict[tuple[str, str], int] = {}
    for keys in holders.values():
        crossed = (
            [(a, b) for i, a in enumerate(keys) for b in keys[i + 1 :]] if len(keys) <= _CROWD else list(pairwise(keys))
        )
        for pair in crossed:
            shared[pair] = shared.get(pair, 0) + 1
    return sorted(
        pair for pair, count in shared.items() if count >= 0.3 * (min(len(cut[pair[0]]), len(cut[pair[1]])) - _SIZE + 1)
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
