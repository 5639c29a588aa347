"""Versions of one page: what changed between the texts of two captures.

In: two texts. Out: the stretches that differ, with their place in both: a published statement that was edited in
silence is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sayso.records import Span

_WORD = re.compile(r"\S+")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_WORDS_AT_MOST = 4000  # compared word by word at once; beyond that, line by line alone


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch that differs: its words before and after. One of the two is empty where words were added or removed."""

    before: Span
    after: Span

    @property
    def kind(self) -> str:
        return "added" if not self.before.text else "removed" if not self.after.text else "replaced"


def changes(before: str, after: str) -> tuple[Change, ...]:
    """The changes from one text to the other, in order. Spacing is no change; lines are matched first, then words."""
    out: list[Change] = []
    old, new = _spans(_LINE, before, 0, len(before)), _spans(_LINE, after, 0, len(after))
    for old_part, new_part in _differing(old, new, [" ".join(s.text.split()) for s in old],
                                         [" ".join(s.text.split()) for s in new], len(before), len(after)):  # fmt: skip
        old_words = _spans(_WORD, before, *old_part)
        new_words = _spans(_WORD, after, *new_part)
        if len(old_words) + len(new_words) > _WORDS_AT_MOST:
            out.append(Change(_span(before, *old_part), _span(after, *new_part)))
            continue
        pairs = _differing(
            old_words, new_words, [s.text for s in old_words], [s.text for s in new_words], old_part[1], new_part[1]
        )
        out += [Change(_span(before, *first), _span(after, *second)) for first, second in pairs]
    return tuple(out)


def _differing(
    old: Sequence[Span], new: Sequence[Span], old_keys: list[str], new_keys: list[str], old_end: int, new_end: int
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old_keys, new_keys, autojunk=False).get_opcodes():
        if kind != "equal":
            yield _hull(old, i1, i2, old_end), _hull(new, j1, j2, new_end)


def _hull(spans: Sequence[Span], first: int, last: int, end: int) -> tuple[int, int]:
    """From the first to the last of the spans [first, last); an empty stretch stands where it would begin."""
    if first == last:
        place = spans[first].start if first < len(spans) else end
        return place, place
    return spans[first].start, spans[last - 1].end


def _spans(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[Span]:
    return [Span(found.start(), found.end(), found.group()) for found in pattern.finditer(text, start, end)]


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, end, text[start:end])
