"""Which lines of a text are its title and headings: nobody's own words, whatever they say.

In: the text, its title, and the headings that the format itself marks (h1 … h6, a Word style, `#`). Out: their spans. Where
a format marks none (PDF, OCR), a short line of its own that ends no sentence and has longer text below it is one.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_LINE = re.compile(r"[^\s](?:[^\r\n]*[^\s])?")
_MARKDOWN = re.compile(r"^ {0,3}#{1,6}[ \t]|^[^\n]+\n(?:=+|-+)[ \t]*$", re.MULTILINE)
_ENDS = (".", "!", "?", "…", ":", ";", ",", "”", '"', "’", "»", ")", "。", "؟", "।")
_WORDS = 14
_MOST_WORDS = 30  # some pages set whole statements as headings
_MOST = 20_000  # lines of a text that are looked at
SET = frozenset({"pdf", "ocr"})  # formats that mark no headings


def headings(text: str, form: str, title: str, marked: Collection[str] = ()) -> list[tuple[int, int]]:
    """(start, end) of the lines that are headings, in order; none where no other line would be left."""
    known = {_key(each) for each in (title, *marked)} - {""}
    starts = {found.start() for found in _MARKDOWN.finditer(text)} if form == "markdown" else set()
    lines = [found.span() for found in _LINE.finditer(text)][:_MOST]
    out = []
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        below = lines[number + 1] if number + 1 < len(lines) else None
        set_apart = form in SET and below is not None and _looks(line) and below[1] - below[0] > 2 * len(line)
        told = _key(line) in known or _begins(text, start) in starts
        if set_apart or (told and len(line.split()) <= _MOST_WORDS):
            out.append((start, end))
    return out if len(out) < len(lines) else []


def _key(line: str) -> str:
    return " ".join(re.sub(r"^\s*#{1,6}\s+|\s+#+\s*$", "", line).split()).casefold()


def _looks(line: str) -> bool:
    """Whether a line looks like a heading: few words, the first not in small letters, no sentence's end."""
    return len(line.split()) <= _WORDS and not line[0].islower() and not line.endswith(_ENDS)


def _begins(text: str, start: int) -> int:
    return text.rfind("\n", 0, start) + 1
