"""Quotation marks: text in, quoted runs out.

Marks are matched within a paragraph, so that one odd mark never spoils more than its own paragraph. A run that is not
closed counts only where print uses it so: the paragraph ends inside the quotation and the next one opens with a mark.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

# openers and what closes them; „…“ and “…” share “, so the closer depends on the opener
_CLOSERS = {
    "“": "”",
    "„": "“”",
    "‟": "”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "「": "」",
    "『": "』",
    "〝": "〞〟",
    "”": "”",
    '"': '"',
    "''": "''",
    "``": "''",
    "‘": "’",
    "‚": "‘’",
    "`": "'’",
    "'": "'",
}
_SINGLE = set("‘‚`'‹")
_MIXED = {"“": '"', '"': "”"}  # pages put together from two sources open with one mark and close with the other
_SPACED = {"«": "»", "‹": "›"}  # French print leaves a space inside these
_DEEPEST = 8  # marks open at once; print has three at most, and a page of stray marks must not cost its square
_MARK = re.compile(r"''|``|[“”„‟«»‹›「」『』〝〞〟\"‘’‚`']")
_BREAK = re.compile(r"\r?\n")
_REACH = 400  # how far a single mark is looked for that would tell an apostrophe from a quotation
_SOFT_WRAP = 40  # a line shorter than this was not broken for want of room


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted run: [start, end) includes the marks; `mark` is the opener; `closed` is False for a paragraph's overhang."""

    start: int
    end: int
    mark: str
    closed: bool = True

    @property
    def single(self) -> bool:
        """True for single marks, which also serve as apostrophes and for quotations inside quotations."""
        return self.mark in _SINGLE


class QuotedRuns(list[Quoted]):
    """The quoted runs of a text in order of their start, with a quick way to those that touch a span."""

    def __init__(self, runs: Iterable[Quoted] = ()) -> None:
        super().__init__(sorted(runs, key=lambda r: (r.start, -r.end)))
        self._starts = [r.start for r in self]
        self._reach = list(accumulate((r.end for r in self), max))  # the furthest end of a run and all before it

    def touching(self, start: int, end: int) -> list[Quoted]:
        """The runs that share a code point with [start, end), in order."""
        found = self[bisect_right(self._reach, start) : bisect_left(self._starts, end)]
        return [r for r in found if r.end > start]


def paragraphs(text: str) -> list[tuple[int, int]]:
    """[start, end) of each paragraph, without the line breaks around it.

    A line break ends a paragraph unless the line looks hard-wrapped: long enough, no closing punctuation at its end, and
    the next line goes on. The decision looks at the two lines only, so text further on never changes it.
    """
    out: list[tuple[int, int]] = []
    start = 0
    line_start = 0
    for m in _BREAK.finditer(text):
        line = text[line_start : m.start()]
        following = text[m.end() : m.end() + 1]
        wrapped = (
            len(line) >= _SOFT_WRAP
            and not line.rstrip().endswith((".", "!", "?", ":", ";", '"', "”", "’", "»", ")", "…"))
            and following.islower()
        )
        if not wrapped:
            if text[start : m.start()].strip():
                out.append((start, m.start()))
            start = m.end()
        line_start = m.end()
    if text[start:].strip():
        out.append((start, len(text)))
    return out


def _opens(text: str, at: int, end: int) -> bool:
    """A mark stands where one opens: nothing, space, a bracket, a dash or another mark before it, no space after it."""
    before = text[at - 1] if at else " "
    after = text[end] if end < len(text) else " "
    if after.isspace() and text[at:end] not in _SPACED:
        return False
    return before.isspace() or before in "([{—–-/:“‘„\"'«‹"


def _closes(text: str, at: int, end: int, opener: str, stop: int) -> bool:
    before = text[at - 1] if at else " "
    after = text[end] if end < len(text) else " "
    if before.isspace():
        return opener in _SPACED
    if opener not in _SINGLE:
        return True
    return not after.isalnum() and not (before == "s" and after == " " and _closed_later(text, end, opener, stop))


def _closed_later(text: str, end: int, opener: str, stop: int) -> bool:
    """A single quotation that is open here is closed further on, after punctuation: the s’ here is a plural's."""
    mark = _CLOSERS[opener][-1]
    rest = text[end : min(stop, end + _REACH)]
    found = re.search(rf"[,.!?…;]{mark}(?![\w{mark}])", rest)
    again = re.search(rf"(?<!\S){re.escape(opener)}\w", rest)
    return found is not None and (again is None or found.start() < again.start())


def quoted_runs(text: str) -> QuotedRuns:
    """Quoted runs in order of their start; runs of other marks inside a run (quotations in quotations) are listed too.

    Nested runs lie inside their outer run. A straight or single mark opens only where one can open and closes only where
    one can close, so apostrophes ("don't", "the workers' hall") do neither unless a single quotation is open.
    """
    runs: list[Quoted] = []
    spans = paragraphs(text)
    first_marks = [_MARK.match(text, s + _indent(text, s, e)) for s, e in spans]
    for i, (begin, end) in enumerate(spans):
        stack: list[tuple[str, int]] = []
        for m in _MARK.finditer(text, begin, end):
            mark, at, after = m.group(), m.start(), m.end()
            depth = next((d for d in range(len(stack) - 1, -1, -1) if mark in _closing(stack[d][0])), None)
            if depth is None and not _opens(text, at, after) and not text[at - 1].isdigit():  # 6" is a measure
                depth = next((d for d in range(len(stack) - 1, -1, -1) if mark == _MIXED.get(stack[d][0])), None)
            if depth is not None and _closes(text, at, after, stack[depth][0], end):
                opener, opened = stack[depth]
                del stack[depth:]
                if after - opened > len(opener) + len(mark):
                    runs.append(Quoted(opened, after, opener))
            elif mark in _CLOSERS and _opens(text, at, after) and not _apostrophe(text, mark, at):
                if stack and stack[-1][0] == mark:  # the same mark opens again: the first was an odd one
                    stack.pop()
                stack.append((mark, at))
                del stack[:-_DEEPEST]
        following = first_marks[i + 1] if i + 1 < len(spans) else None
        for opener, opened in stack:
            if following and following.group() == opener and opener not in _SINGLE:
                runs.append(Quoted(opened, end, opener, closed=False))
                break
    return QuotedRuns(runs)


def _indent(text: str, start: int, end: int) -> int:
    body = text[start:end]
    return len(body) - len(body.lstrip())


def _closing(opener: str) -> tuple[str, ...]:
    closers = _CLOSERS[opener]
    return (closers,) if closers == "''" else tuple(closers)


def _apostrophe(text: str, mark: str, at: int) -> bool:
    """’tis, '90s and the like: a single mark before a word that no later mark in reach could close."""
    if mark not in ("'", "’"):
        return False
    rest = text[at + 1 : at + _REACH].split("\n", 1)[0]
    return re.search(r"[^\s'][',.!?]?'(?!\w)" if mark == "'" else r"’(?!\w)", rest) is None
