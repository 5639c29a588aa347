"""A feed: a place that the desk collects from. One `[[feeds]]` table of sayso.toml.

In: the table as a mapping, or an OPML file. Out: `Feed` records, checked.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

FeedKind = Literal["auto", "feed", "sitemap", "list", "listing", "files"]

_EXPECTS = re.compile(r"^\s*(\d+)(?:\s*(?:-|–|to)\s*(\d+))?\s*(?:items?\s*)?(?:a|per|each)\s+(day|week|month)\s*$")
_PERIOD = re.compile(r"^\s*(\d+)\s*(m|h|d|w)\w*\s*$")
_DAYS = {"day": 1, "week": 7, "month": 30}
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


class Feed(BaseModel):
    """Where to look, what to take, and how much of it to expect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(
        description="address of an RSS, Atom or JSON feed, a sitemap, a list of addresses or a page that lists items; "
        "or the path of a folder to watch, or of a file that holds items (mbox, WARC, WACZ, an export)"
    )
    id: str = Field("", description="its name in reports; the url unless given")
    kind: FeedKind = Field(
        "auto",
        description="auto: told by what the address gives; feed: RSS, Atom, JSON; sitemap; list: one address a line; "
        "listing: a page whose links are items; files: a path on disk",
    )
    selector: str = Field("", description="listing pages: CSS selector of the links to items, or of what holds them")
    match: str = Field("", description="only addresses in which this regular expression is found")
    expects: str = Field("", description='what is usual ("2-15 a week"); less, or over twice as much, is reported')
    every: str = Field("6h", description="how often `sayso watch` looks (30m, 6h, 1d)")
    recheck: str = Field(
        "", description="how long after its first capture an item is looked at again for changes (3d, 2w)"
    )
    outlet: str = Field("", description="who publishes there")
    medium: str = Field("", description="what its items are, if not articles (see sayso.records.MEDIA)")

    @field_validator("expects")
    @classmethod
    def _known_expectation(cls, value: str) -> str:
        if value and not _EXPECTS.match(value):
            raise ValueError('write it like "2-15 a week" or "1 a day"')
        return value

    @field_validator("every", "recheck")
    @classmethod
    def _known_period(cls, value: str) -> str:
        if value and not _PERIOD.match(value):
            raise ValueError('write it like "30m", "6h" or "3d"')
        return value

    @field_validator("match")
    @classmethod
    def _known_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return value

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        return {**data, "id": data.get("id") or data.get("url", "")} if isinstance(data, dict) else data

    @property
    def on_disk(self) -> bool:
        """Whether the feed is a path, not an address."""
        return self.kind == "files" or not re.match(r"^[A-Za-z][A-Za-z0-9+.-]*://", self.url)

    @property
    def expected(self) -> tuple[int, int, int] | None:
        """(fewest, most, days) of `expects`; None where nothing is declared."""
        found = _EXPECTS.match(self.expects)
        if not found:
            return None
        fewest = int(found[1])
        return fewest, int(found[2] or fewest), _DAYS[found[3]]

    @property
    def every_seconds(self) -> int:
        return _seconds(self.every)

    @property
    def recheck_seconds(self) -> int:
        return _seconds(self.recheck)


def _seconds(period: str) -> int:
    found = _PERIOD.match(period)
    return int(found[1]) * _SECONDS[found[2]] if found else 0


def feeds_toml(feeds: list[Feed]) -> str:
    """The feeds as `[[feeds]]` tables to be added to a sayso.toml."""
    out = []
    for feed in feeds:
        out.append("[[feeds]]")
        for name, value in feed.model_dump(exclude_defaults=True).items():
            if value and not (name == "id" and value == feed.url):
                out.append(f"{name} = {_quoted(value)}")
        out.append("")
    return "\n".join(out)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}" for char in escaped) + '"'
