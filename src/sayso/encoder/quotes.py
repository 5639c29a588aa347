"""Quotation marks: text in, quoted runs out.

Marks are matched within a paragraph and no further than LONGEST, so that one odd mark spoils neither another paragraph nor
all of a long one. A run that is not closed counts only where print uses it so: the paragraph ends inside the quotation and
the next one opens with a mark.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# openers and what closes them; „…“ and “…” share “, so the closer depends on the opener
_CLOSERS = {
    "“": "”",
    "„": "“”",
    "‟": "”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "「": "」",
    "『": "』",
    "〝": "〞〟",
    "”": "”",
    '"': '"',
    "＂": "＂",
    "❝": "❞",
    ",,": "”“",
    "''": "''",
    "``": "''",
    "‘‘": "’’",
    "‘": "’",
    "‚": "‘’",
    "`": "'’",
    "'": "'",
}
OPENING = "".join(sorted(set("".join(_CLOSERS)) - {","}))  # every code point that opens (of ",," a comma) …
CLOSING = "".join(sorted(set("".join(_CLOSERS.values()))))  # … and that closes
_SINGLE = set("‘‚`'‹›")
_MIXED = {"“": '"', '"': "”"}  # pages put together from two sources open with one mark and close with the other
_WIDE = {"''", "’’"}  # closers of two code points
_SPACED = {"«": "»", "‹": "›"}  # French print leaves a space inside these
_DEEPEST = 8  # marks open at once; print has three at most, and a page of stray marks must not cost its square
_MARK = re.compile(r"''|``|‘‘|’’|,,|[“”„‟«»‹›「」『』〝〞〟\"＂❝❞‘’‚`']")
# letters left out: "rock 'n' roll", "get 'em out", typed with any single mark
_ELIDED = re.compile(
    r"(?<![\w'’‘])(?P<mark>['’‘])(?:n(?P<end>['’])?(?=\s)|(?:em|tis|twas|til)\b(?!['’]))", re.IGNORECASE
)
_BREAK = re.compile(r"\r?\n")
LONGEST = 5000  # code points of a quoted run within one paragraph; what closes later is another quotation's mark
LONGEST_FRAGMENT = 600  # … and of one that begins in lower case
_REACH = 400  # how far a single mark is looked for that would tell an apostrophe from a quotation
_SOFT_WRAP = 40  # a line shorter than this was not broken for want of room …
_WIDEST = 132  # … and one wider than this is no line of a wrapped text
_AROUND = 8  # lines on either side by which a line is judged to be wrapped
_GOING = 0.2  # share of full lines that go on in lower case: in English prose it is three of four
_FULL = 3  # so many of them are full, and half of those that others follow: the rest end paragraphs
_STOPS = (".", "!", "?", ":", ";", '"', "”", "’", "»", ")", "…")
_WORD = re.compile(r"[\s>]*([^\s>]\S*)")  # the signs of a quoted mail are none
_SIGNS = re.compile(r"[ \t]*>[> \t]*")
_BEGINS = re.compile(r"\s*(?:[•▪◦‣·●○■□*+#-]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]\s|[A-Z][A-Z .'’-]{1,40}:\s)")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted run: [start, end) includes the marks; `mark` is the opener.

    `closed` is False for a paragraph's overhang; `goes_on` is then where the next paragraph takes the quotation up.
    """

    start: int
    end: int
    mark: str
    closed: bool = True
    goes_on: int = -1

    @property
    def single(self) -> bool:
        """True for single marks, which also serve as apostrophes and for quotations inside quotations."""
        return self.mark in _SINGLE


class QuotedRuns(list[Quoted]):
    """The quoted runs of a text in order of their start, with a quick way to those that touch a span."""

    def __init__(self, runs: Iterable[Quoted] = ()) -> None:
        super().__init__(sorted(runs, key=lambda r: (r.start, -r.end)))
        self._starts = [r.start for r in self]
        self._around: list[int] = []  # the run that each lies in, -1 for none: runs are nested or apart
        for i, r in enumerate(self):
            outer = i - 1
            while outer >= 0 and self[outer].end < r.end:
                outer = self._around[outer]
            self._around.append(outer)

    def touching(self, start: int, end: int) -> list[Quoted]:
        """The runs that share a code point with [start, end), in order."""
        first = bisect_left(self._starts, start)
        over = []
        i = first - 1
        while i >= 0:  # the last that begins before, and what it lies in
            if self[i].end > start:
                over.append(self[i])
            i = self._around[i]
        return over[::-1] + self[first : bisect_left(self._starts, end, first)]

    def outermost(self) -> list[tuple[int, int]]:
        """[start, end) of the runs that lie in no other."""
        return [(r.start, r.end) for r, around in zip(self, self._around, strict=True) if around < 0]

    def over_paragraphs(self) -> list[list[Quoted]]:
        """Quotations that go on over paragraphs: their runs, one a paragraph, of which only the last may be closed."""
        out: list[list[Quoted]] = []
        for r in self:
            if out and r.start == out[-1][-1].goes_on:
                out[-1].append(r)
            elif not r.closed:
                out.append([r])
        return [chain for chain in out if len(chain) > 1]


def paragraphs(text: str) -> list[tuple[int, int]]:
    """[start, end) of each paragraph, without the line breaks around it.

    A line break ends a paragraph unless the line is hard-wrapped. It is where it is long enough, has no closing punctuation
    at its end and the next line goes on in lower case; and where the lines around are wrapped as programs do it: the first
    word of the next line would not have fitted on this one. The decision looks at 2 * _AROUND lines on either side at most,
    so text further on never changes it.
    """
    lines = _lines(text)
    full = _full_lines(text, lines)
    out: list[tuple[int, int]] = []
    start = 0
    for i, (a, b) in enumerate(lines):
        if (
            i + 1 == len(lines)
            or not (full[i] or _goes_on(text, a, b, lines[i + 1][0]))
            or not _joins(text, a, *lines[i + 1])
        ):
            if text[start:b].strip():
                out.append((start, b))
            start = lines[i + 1][0] if i + 1 < len(lines) else len(text)
    return out


def _lines(text: str) -> list[tuple[int, int]]:
    """[start, end) of the lines, without their breaks."""
    breaks = [m.span() for m in _BREAK.finditer(text)]
    return list(zip([0, *(b for _, b in breaks)], [*(a for a, _ in breaks), len(text)], strict=True))


def _full_lines(text: str, lines: Sequence[tuple[int, int]]) -> list[bool]:
    """For each line: it and its neighbours are wrapped, and it was broken because the next word did not fit.

    Of the lines around that others follow, half must be as full, and of these some must go on in lower case: lines of a list
    or a dialogue may be of one length, but each begins anew. A line longer than any wrapped one among them (a paragraph in one
    line) speaks against it.
    """
    widths = [len(text[a:b].rstrip()) for a, b in lines]
    words = [_WORD.match(text, a, b) for a, b in lines]
    first = [len(word[1]) if word else 0 for word in words]
    lower = [word is not None and word[1][0].islower() for word in words]
    followed = [i for i in range(len(lines) - 1) if first[i] and first[i + 1]]
    out = [False] * len(lines)
    for k, i in enumerate(followed):
        near = [j for j in followed[max(0, k - _AROUND) : k + _AROUND + 1] if abs(i - j) <= 2 * _AROUND]
        width = max(widths[j] for j in near)
        if not _SOFT_WRAP <= width <= _WIDEST or widths[i] + 1 + first[i + 1] <= width:
            continue
        full = [j for j in near if widths[j] + 1 + first[j + 1] > width]
        going = sum(lower[j + 1] for j in full)
        out[i] = (len(full) == len(near) > 1 or (len(full) >= _FULL and 2 * len(full) >= len(near))) and (
            going >= max(1, _GOING * len(full))
        )
    return out


def _goes_on(text: str, start: int, end: int, following: int) -> bool:
    """Looked at by themselves, a line and what follows it: long enough, no stop at its end, and a word in lower case next."""
    line = text[start:end]
    return len(line) >= _SOFT_WRAP and not line.rstrip().endswith(_STOPS) and text[following : following + 1].islower()


def _joins(text: str, line: int, start: int, end: int) -> bool:
    """The next line is quoted as deep, begins no item of a list or turn of a transcript, and is not set in further."""
    if _depth(text, line) != _depth(text, start) or _BEGINS.match(text, start, end):
        return False
    return text[start : start + 1] not in (" ", "\t") or text[line : line + 1] in (" ", "\t")


def _depth(text: str, line: int) -> int:
    """How often a line of a mail is quoted."""
    signs = _SIGNS.match(text, line)
    return signs[0].count(">") if signs else 0


def _opens(text: str, at: int, end: int) -> bool:
    """A mark stands where one opens: nothing, space, a bracket, a dash or another mark before it, no space after it.

    A double mark also opens right after a stop, where a word follows and no quotation is open (which it would close).
    """
    before = text[at - 1] if at else " "
    after = text[end] if end < len(text) else " "
    if after.isspace() and text[at:end] not in _SPACED:
        return False
    if before in ",;.)" and after.isalnum():
        return text[at:end] not in _SINGLE
    return before.isspace() or before in "([{—–-/:“‘„\"'«‹»›＂❝"


def _closes(text: str, at: int, end: int, opener: str, stop: int) -> bool:
    before = text[at - 1] if at else " "
    after = text[end] if end < len(text) else " "
    if before.isspace():
        return opener in _SPACED
    if opener not in _SINGLE:
        return True
    return not after.isalnum() and not (before == "s" and after == " " and _closed_later(text, end, opener, stop))


def _closed_later(text: str, end: int, opener: str, stop: int) -> bool:
    """A single quotation that is open here is closed further on, beside punctuation: the s’ here is a plural's."""
    mark = _CLOSERS[opener][-1]
    rest = text[end : min(stop, end + _REACH)]
    found = re.search(rf"[,.!?…;]{mark}(?![\w{mark}])|[^\Ws]{mark}(?=[,.;:!?]|\s*\Z)", rest)
    again = re.search(rf"(?<!\S){re.escape(opener)}\w", rest)
    return found is not None and (again is None or found.start() < again.start())


def quoted_runs(text: str) -> QuotedRuns:
    """Quoted runs in order of their start; runs of other marks inside a run (quotations in quotations) are listed too.

    Nested runs lie inside their outer run. A straight or single mark opens only where one can open and closes only where
    one can close, so apostrophes ("don't", "the workers' hall") do neither unless a single quotation is open.
    """
    runs: list[Quoted] = []
    spans = paragraphs(text)
    elided = {at for m in _ELIDED.finditer(text) for at in (m.start("mark"), m.start("end"))}
    first_marks = [_MARK.match(text, s + _indent(text, s, e)) for s, e in spans]
    for i, (begin, end) in enumerate(spans):
        stack: list[tuple[str, int]] = []
        for m in _MARK.finditer(text, begin, end):
            mark, at, after = m.group(), m.start(), m.end()
            if at in elided:
                continue
            stack = [(opener, opened) for opener, opened in stack if at - opened <= _longest(text, opener, opened)]
            if mark == "’’" and all(opener != "‘‘" for opener, _ in stack):
                mark = "’"
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
            if (
                following
                and following.group() == opener
                and opener not in _SINGLE
                and end - opened <= _longest(text, opener, opened)
            ):
                runs.append(Quoted(opened, end, opener, closed=False, goes_on=following.start()))
                break
    return QuotedRuns(runs)


def _longest(text: str, opener: str, opened: int) -> int:
    """How far a mark's closing one may be; a quotation that begins in lower case is a few words of a sentence."""
    begins = opened + len(opener)
    return LONGEST_FRAGMENT if text[begins : begins + 1].islower() else LONGEST


def _indent(text: str, start: int, end: int) -> int:
    body = text[start:end]
    return len(body) - len(body.lstrip())


def _closing(opener: str) -> tuple[str, ...]:
    closers = _CLOSERS[opener]
    return (closers,) if closers in _WIDE else tuple(closers)


def _apostrophe(text: str, mark: str, at: int) -> bool:
    """'tis, '90s and the like: a single mark before a word that no later mark in reach could close."""
    if mark != "'":
        return False
    rest = text[at + 1 : at + _REACH].split("\n", 1)[0]
    return re.search(r"[^\s'][',.!?]?'(?!\w)", rest) is None
