"""Word sequences of texts and where one lies in another: what copies, witnesses, comparisons and references share.

In come texts; out go normalised words with their offsets, shingles of words as 64-bit numbers, and alignments.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2b
from typing import Literal

_WORD = re.compile(r"[^\W_]+(?:['’‘ʼ-][^\W_]+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ-")

DifferenceKind = Literal["left out", "added", "changed"]


@dataclass(frozen=True, slots=True)
class Word:
    """A normalised word and the code points [start, end) where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two wordings differ: what stands in the one and in the other."""

    kind: DifferenceKind
    original: str
    other: str


def normal(word: str) -> str:
    """A word without case, accents, vowel points, apostrophes and hyphens."""
    if word.isascii():
        return word.lower().translate(_APOSTROPHES)
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in folded if not unicodedata.combining(c)).translate(_APOSTROPHES)


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """The words of text[start:end]; scripts without spaces give one word a character."""
    found: list[Word] = []
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        if _CJK.search(match[0]):
            found.extend(Word(normal(c), match.start() + i, match.start() + i + 1) for i, c in enumerate(match[0]))
        else:
            found.append(Word(normal(match[0]), match.start(), match.end()))
    return [w for w in found if w.text]


def shingles(sequence: Sequence[Word], size: int) -> list[int]:
    """Every run of `size` words as a 64-bit number, in order; a shorter text is one shingle."""
    texts = [w.text for w in sequence]
    if not texts:
        return []
    runs = [" ".join(texts[i : i + size]) for i in range(max(1, len(texts) - size + 1))]
    return [int.from_bytes(blake2b(run.encode(), digest_size=8).digest(), "little") for run in runs]


def differences(original: Sequence[str], other: Sequence[str]) -> tuple[Difference, ...]:
    """Where two sequences of words differ, in order."""
    found = []
    matcher = SequenceMatcher(None, original, other, autojunk=False)
    for tag, low, high, start, stop in matcher.get_opcodes():
        if tag == "equal":
            continue
        kind: DifferenceKind = "left out" if tag == "delete" else "added" if tag == "insert" else "changed"
        found.append(Difference(kind, " ".join(original[low:high]), " ".join(other[start:stop])))
    return tuple(found)


def connected(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The connected parts of a graph of pairs, each sorted; the result does not depend on the order of the pairs."""
    above: dict[str, str] = {}

    def top(key: str) -> str:
        while above.setdefault(key, key) != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for one, other in pairs:
        a, b = sorted((top(one), top(other)))
        above[b] = a
    members: dict[str, list[str]] = {}
    for key in sorted(above):
        members.setdefault(top(key), []).append(key)
    return sorted(map(tuple, members.values()))
