"""Calendar dates as pages and files write them: found, checked and turned into `DateValue`.

In come strings and the day of capture; out come dates with granularity and origin, or the reason why one is refused.
Only complete dates are read (day, month or year granularity); a day/month order that cannot be told is not guessed.
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sayso.records import DateOrigin, DateValue, Granularity

EARLIEST = 1600
"""Before the first newspapers: a year below this is a mistake, not a date of publication."""


class DateRefused(ValueError):
    """A date that cannot be true; the message says why."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date expression in a text: where it stands and what it says (month and day are 0 where unsaid)."""

    start: int
    end: int
    year: int
    month: int = 0
    day: int = 0
    zone_day: dt.date | None = None  # the day in UTC, where a time and its zone were given


_ISO = re.compile(
    r"(?<![\w.-])(?P<y>\d{4})-(?P<m>\d{2})(?:-(?P<d>\d{2})"
    r"(?P<time>[T ]\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d{1,9})?)?\s?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?)?(?![\w-])",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?<![\w.-])(?P<y>(?:1[6-9]|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?:T\d{4,6}Z?)?(?!\w)"
)
_YEAR_FIRST = re.compile(r"(?<![\w/.])(?P<y>\d{4})([/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?![\w/])")
_YEAR_LAST = re.compile(r"(?<![\w/.])(?P<a>\d{1,2})(?P<sep>[/.-])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<y>\d{4})(?![\w/])")
_EAST_ASIAN = re.compile(r"(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월](?:\s?(?P<d>\d{1,2})\s?[日일])?")
_YEAR = re.compile(r"\d{4}")
_YEAR_ONLY = re.compile(r"\s*(?P<y>\d{4})\s*")


@cache
def _months() -> dict[str, int]:
    """Month names of the languages we meet most, in their long and short forms, folded; ambiguous ones left out.

    Taken from the Unicode CLDR through Babel (a test makes the table anew and compares); reading it from there would cost
    each process half a second.
    """
    names: dict[str, int] = json.loads(Path(__file__).with_name("months.json").read_text(encoding="utf-8"))
    return names


@cache
def _named() -> tuple[re.Pattern[str], re.Pattern[str]]:
    months = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    year = r"(?P<y>\d{4})(?![\w%])"
    day_first = r"(?:(?<![\w.])(?P<d>\d{1,2})(?:\.|st|nd|rd|th|er|ª|º)?\s*(?:[\s.-]|de\s|of\s)\s*)?"
    day_first += rf"(?P<name>(?<!\w)(?:{months}))\.?(?:\s+de|\s+of)?[\s,./-]{{1,3}}{year}"
    month_first = (
        rf"(?<!\w)(?P<name>{months})\.?\s{{1,3}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s{{0,2}}(?:,|\s|/)\s{{0,3}}{year}"
    )
    return re.compile(month_first), re.compile(day_first)


def _fold(text: str) -> str:
    """Lower case, one code point for one: offsets hold."""
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


def find_dates(text: str) -> list[FoundDate]:
    """Every complete date in `text`, in order, none overlapping; impossible ones (31 February) are among them."""
    if not _YEAR.search(text):
        return []
    found: list[FoundDate] = []
    taken: list[tuple[int, int]] = []
    folded = _fold(text)
    for one in _matches(text, folded):
        if not any(one.start < end and start < one.end for start, end in taken):
            taken.append((one.start, one.end))
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def _matches(text: str, folded: str) -> Iterator[FoundDate]:
    for match in _ISO.finditer(text):
        yield FoundDate(match.start(), match.end(), *_numbers(match), zone_day=_zone_day(match))
    month_first, day_first = _named()
    if any(c.isdigit() for c in folded):
        for pattern in (month_first, day_first):
            for match in pattern.finditer(folded):
                month = _months()[match["name"]]
                yield FoundDate(match.start(), match.end(), int(match["y"]), month, int(match["d"] or 0))
    for pattern in (_YEAR_FIRST, _EAST_ASIAN, _COMPACT):
        for match in pattern.finditer(text):
            yield FoundDate(match.start(), match.end(), *_numbers(match))
    for match in _YEAR_LAST.finditer(text):
        first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
        if match["sep"] == "." or first > 12 or first == second:
            yield FoundDate(match.start(), match.end(), year, second, first)
        elif second > 12:
            yield FoundDate(match.start(), match.end(), year, first, second)


def _numbers(match: re.Match[str]) -> tuple[int, int, int]:
    return int(match["y"]), int(match["m"]), int(match["d"] or 0)


def _zone_day(match: re.Match[str]) -> dt.date | None:
    if not match["zone"]:
        return None
    try:
        moment = dt.datetime.fromisoformat(match[0].upper().replace(" ", "T", 1).replace(" ", "").replace(",", "."))
        return moment.astimezone(dt.UTC).date()
    except (ValueError, OverflowError):
        return None


def accept(found: FoundDate, origin: DateOrigin, today: dt.date) -> DateValue:
    """The date as a record.

    Raises:
        DateRefused: no such day, a year before `EARLIEST`, or later than `today`.
    """
    year, month, day = found.year, found.month, found.day
    shown = "-".join([f"{year:04d}", *([f"{month:02d}"] if month else []), *([f"{day:02d}"] if day else [])])
    if year < EARLIEST or (year, month, day) == (1970, 1, 1):
        raise DateRefused(f"{shown} is no date of publication (a placeholder)")
    try:
        start = dt.date(year, month or 1, day or 1)
    except ValueError:
        raise DateRefused(f"{shown} is no day of the calendar") from None
    granularity: Granularity = "day" if day else "month" if month else "year"
    end = start
    if not day:
        last = month or 12
        end = dt.date(year, last, calendar.monthrange(year, last)[1])
    if (found.zone_day or start) > today:
        raise DateRefused(f"{shown} is in the future (captured {today.isoformat()})")
    return DateValue(shown, granularity, origin, start, end)


def parse_date(text: str, origin: DateOrigin, today: dt.date) -> DateValue | None:
    """The first date in a field that should hold one; None where it holds none.

    Raises:
        DateRefused: it holds one that cannot be true.
    """
    text = unicodedata.normalize("NFKC", text)[:200]
    if dates := find_dates(text):
        return accept(dates[0], origin, today)
    if match := _YEAR_ONLY.fullmatch(text):
        return accept(FoundDate(0, len(text), int(match["y"])), origin, today)
    return None


def date_in_path(path: str, today: dt.date) -> DateValue | None:
    """A day written into a file name or an address: 2017-07-10, 2017/07/10, 2017_07_10 or 20170710; else None."""
    dated = r"(?<!\d)((?:1[6-9]|20)\d\d)([-_/.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)"
    spots = list(re.finditer(dated, path))
    for match in reversed(spots):
        try:
            return accept(FoundDate(0, 0, int(match[1]), int(match[3]), int(match[4])), "metadata", today)
        except DateRefused:
            continue
    return None
