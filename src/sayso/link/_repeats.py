"""Statements that a copy of a dispatch repeats, however it cut them.

In come two texts, each with the contents of its statements; out go, for statements of the copy, the statement of the
original that it repeats and what differs. Contents are laid over each other by aligning the words of both texts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from rapidfuzz.distance import Indel

from sayso.link._align import Difference, Word, differences, words
from sayso.records import Span

Contents = Mapping[str, Sequence[Span]]  # statement -> the spans of its content
_SAME = 0.5  # intersection over union of two contents, in words, from which they are one statement
_CUT = 0.3  # the same, where all words of the shorter one stand in the longer
_LEAST = 6  # words that it must have then
_LARGEST = 400_000_000  # product of both texts' words up to which they are aligned


def repeats(
    original: str, statements: Contents, copy: str, copied: Contents
) -> dict[str, tuple[str, tuple[Difference, ...]]]:
    """Statement of the copy -> (statement of the original, differences); each of the original at most once."""
    first, second = words(original), words(copy)
    if not first or not second or len(first) * len(second) > _LARGEST:
        return {}
    place = _aligned(first, second)
    ours = {key: _inside(first, spans) for key, spans in statements.items()}
    theirs = {key: _inside(second, spans) for key, spans in copied.items()}
    holders: dict[int, list[str]] = {}
    for key, numbers in ours.items():
        for number in numbers:
            holders.setdefault(number, []).append(key)
    scored = []
    for key, numbers in theirs.items():
        shared: dict[str, int] = {}
        for number in numbers:
            for other in holders.get(place.get(number, -1), ()):
                shared[other] = shared.get(other, 0) + 1
        for other, count in shared.items():
            likeness = count / (len(numbers) + len(ours[other]) - count)
            short = min(len(numbers), len(ours[other]))
            if likeness >= _SAME or (likeness >= _CUT and count >= max(_LEAST, 0.9 * short)):
                scored.append((-likeness, key, other))
    found: dict[str, tuple[str, tuple[Difference, ...]]] = {}
    taken: set[str] = set()
    for _, key, other in sorted(scored):
        if key not in found and other not in taken:
            taken.add(other)
            wording = [first[n].text for n in ours[other]], [second[n].text for n in theirs[key]]
            found[key] = (other, differences(*wording))
    return found


def _aligned(first: Sequence[Word], second: Sequence[Word]) -> dict[int, int]:
    """Number of a word of the second text -> number of the same word in the first."""
    place: dict[int, int] = {}
    for step in Indel.opcodes([w.text for w in first], [w.text for w in second]):
        if step.tag == "equal":
            place.update(zip(range(step.dest_start, step.dest_end), range(step.src_start, step.src_end), strict=True))
    return place


def _inside(sequence: Sequence[Word], spans: Sequence[Span]) -> list[int]:
    """Numbers of the words that begin in one of the spans, in order."""
    starts = [w.start for w in sequence]
    return sorted({n for s in spans for n in range(bisect_left(starts, s.start), bisect_left(starts, s.end))})
