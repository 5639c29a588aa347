"""What the readers of single formats share: the job they get, the reading they give, and how text is put together."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from sayso.errors import Unreadable
from sayso.records import DateValue, Segment

MAX_BYTES = 50_000_000
"""Files of this size or more are refused: no item is that long, and whatever reads it must stay below 1 GB."""

MAX_TEXT = 5_000_000
"""Texts longer than this many code points are refused: several long books."""


@dataclass(frozen=True, slots=True)
class Job:
    """One item to read: its bytes, the path or address it came from, its declared type and the day it was fetched."""

    data: bytes
    path: str
    media_type: str = ""
    captured: dt.date | None = None

    @property
    def name(self) -> str:
        """The last part of the path: the file's own name."""
        return re.split(r"[\\/]", self.path.rstrip("\\/"))[-1]

    @property
    def today(self) -> dt.date:
        """The day after which nothing in the item can have been published."""
        return self.captured or dt.datetime.now(dt.UTC).date()


@dataclass(slots=True)
class Reading:
    """What the reader of one format found. Spans are (start, end) in `text`."""

    text: str
    format: str
    title: str = ""
    language: str = ""  # as declared by the item: a hint, not a finding
    published: DateValue | None = None
    updated: DateValue | None = None
    author: str = ""
    outlet: str = ""
    canonical_url: str = ""
    medium: str = "article"
    translator: str = ""
    translation_of: str = ""
    alternates: list[tuple[str, str]] = field(default_factory=list)  # (language, address) of the same in others
    headings: list[str] = field(default_factory=list)  # the words of those that the format marks as such
    boilerplate: list[tuple[int, int]] = field(default_factory=list)
    quoted_blocks: list[tuple[int, int]] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class TextBuilder:
    """Puts a text together from paragraphs and remembers where each of them lies."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.length = 0

    def add(self, piece: str, separator: str = "\n\n") -> tuple[int, int]:
        """Append `piece`, apart from what stands before by `separator`; returns its (start, end)."""
        if self._parts and separator:
            self._parts.append(separator)
            self.length += len(separator)
        start = self.length
        self._parts.append(piece)
        self.length += len(piece)
        if self.length > MAX_TEXT:
            raise too_long(self.length)
        return start, self.length

    @property
    def text(self) -> str:
        return "".join(self._parts)


def too_long(length: int) -> Unreadable:
    """The refusal of a text beyond `MAX_TEXT`."""
    return Unreadable(f"text of more than {MAX_TEXT:,} characters ({length:,}): too long for one item; split it")
