"""The reader's text: cut into runs, so that source, cue and content of every attribution can be marked, nested ones too.

In: a text, its statements with their spans, the boilerplate. Out: paragraphs of runs; a run's marks are the same from its
first to its last character. Runs are flat, so that spans which overlap without nesting need no tricks.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")
ROLES = ("source", "cue", "content")
DEEPEST = 3  # nesting that is told apart


@dataclass(frozen=True, slots=True)
class Run:
    """Some characters with the same marks. `numbers` are the statements (1, 2 …) that mark it; `level` is the nesting."""

    text: str
    roles: tuple[str, ...] = ()
    level: int = 0
    numbers: tuple[int, ...] = ()
    boilerplate: bool = False

    @property
    def classes(self) -> str:
        """Classes for the page's style and script."""
        names = [*self.roles]
        if "content" in self.roles:
            names.append(f"level{min(self.level, DEEPEST)}")
        return " ".join(names)

    @property
    def plain(self) -> bool:
        """Whether it has no mark at all."""
        return not self.numbers


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text that is not empty; `starts` are the numbers of the statements that begin in it."""

    start: int
    runs: tuple[Run, ...]
    starts: tuple[int, ...] = ()
    boilerplate: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    role: str
    number: int


def paragraphs(
    text: str,
    statements: Sequence[Mapping[str, Any]],
    boilerplate: Sequence[Mapping[str, int]] = (),
    origin: int = 0,
    first: int = 1,
) -> list[Paragraph]:
    """The paragraphs of a text. `statements` are as in JSON; the first has the number `first`. `origin` is where `text`
    begins in the document that the spans count in."""
    marks = sorted(
        (mark for mark in _marks(statements, origin, first) if mark.start < mark.end),
        key=lambda mark: (mark.start, mark.end),
    )
    grey = [(each["start"] - origin, each["end"] - origin) for each in boilerplate]
    anchors = _anchors(marks)
    found: list[Paragraph] = []
    open_marks: list[_Mark] = []
    next_mark = next_anchor = 0
    for match in _PARAGRAPH.finditer(text):
        start, end = match.span()
        open_marks = [mark for mark in open_marks if mark.end > start]
        while next_mark < len(marks) and marks[next_mark].start < end:
            if marks[next_mark].end > start:
                open_marks.append(marks[next_mark])
            next_mark += 1
        inside = [(max(a, start), min(b, end)) for a, b in grey if a < end and b > start]
        starts = []
        while next_anchor < len(anchors) and anchors[next_anchor][0] < end:
            starts.append(anchors[next_anchor][1])
            next_anchor += 1
        found.append(
            Paragraph(
                start + origin,
                tuple(_runs(text, start, end, open_marks, inside)),
                tuple(starts),
                bool(inside) and sum(b - a for a, b in inside) >= (end - start) * 0.9,
            )
        )
    return found


def _anchors(marks: Sequence[_Mark]) -> list[tuple[int, int]]:
    first: dict[int, int] = {}
    for mark in marks:
        first.setdefault(mark.number, mark.start)
    return sorted((start, number) for number, start in first.items())


def _marks(statements: Sequence[Mapping[str, Any]], origin: int, first: int) -> Iterator[_Mark]:
    for number, statement in enumerate(statements, first):
        for role in ROLES:
            value = statement[role]
            spans = value if isinstance(value, list) else (value.get("parts") or [value]) if value else []
            for span in spans:
                yield _Mark(span["start"] - origin, span["end"] - origin, role, number)


def _runs(text: str, start: int, end: int, marks: Sequence[_Mark], grey: Sequence[tuple[int, int]]) -> Iterator[Run]:
    # A sweep from edge to edge: what is open is kept, never looked for again among all marks.
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for number, mark in enumerate(marks):
        opening.setdefault(max(start, mark.start), []).append(number)
        closing.setdefault(min(end, mark.end), []).append(number)
    edges = sorted({start, end, *opening, *closing, *(edge for pair in grey for edge in pair)})
    here: set[int] = set()
    for left, right in itertools.pairwise(edges):
        here |= set(opening.get(left, ()))
        here -= set(closing.get(left, ()))
        held = [marks[number] for number in here]
        roles = {mark.role for mark in held}
        yield Run(
            text[left:right],
            tuple(role for role in ROLES if role in roles),
            sum(mark.role == "content" for mark in held),
            tuple(sorted({mark.number for mark in held})),
            any(a <= left and right <= b for a, b in grey),
        )
