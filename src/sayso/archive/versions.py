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
    keys = [[" ".join(span.text.split()) for span in spans] for spans in (old, new)]
    for i1, i2, j1, j2 in _opcodes(*keys):
        # As many lines for as many: each against its own, so that no change runs over from one paragraph to the next.
        steps = (
            [(i, i + 1, i - i1 + j1, i - i1 + j1 + 1) for i in range(i1, i2)]
            if i2 - i1 == j2 - j1
            else [(i1, i2, j1, j2)]
        )
        for a, b, c, d in steps:
            out += _in_part(before, after, _hull(old, a, b, len(before)), _hull(new, c, d, len(after)))
    return tuple(out)


def _in_part(before: str, after: str, old_part: tuple[int, int], new_part: tuple[int, int]) -> Iterator[Change]:
    """The changes within one stretch of each text, word by word."""
    old, new = _spans(_WORD, before, *old_part), _spans(_WORD, after, *new_part)
    if len(old) + len(new) > _WORDS_AT_MOST:
        yield Change(_span(before, *old_part), _span(after, *new_part))
        return
    for i1, i2, j1, j2 in _opcodes([span.text for span in old], [span.text for span in new]):
        yield Change(_span(before, *_hull(old, i1, i2, old_part[1])), _span(after, *_hull(new, j1, j2, new_part[1])))


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield i1, i2, j1, j2


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
