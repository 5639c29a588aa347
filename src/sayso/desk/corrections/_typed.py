"""What people type in a correction: a statement's fields, its places in the text, a date as far as it is known."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sayso.errors import SaysoError, UsageError
from sayso.records import DateValue

PIECES = 40  # of one source, cue or content
_PLACE = re.compile(r"\s*(\d{1,9})\s*[-–—:]\s*(\d{1,9})\s*")
_SEASONS = {"SP": 3, "SU": 6, "AU": 9, "WI": 12}


class Conflict(SaysoError):
    """Somebody else changed the statement since this person looked at it; `changed` says what: field -> who."""

    def __init__(self, changed: Mapping[str, str]) -> None:
        self.changed = dict(changed)
        told = ", ".join(f"{field} by {who}" for field, who in changed.items()) or "by a newer run"
        super().__init__(f"this statement was changed meanwhile ({told}); nothing of yours was kept yet")


class Wrong(UsageError):
    """What was typed cannot be kept; `errors` says why, by field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(errors.values()))


@dataclass(frozen=True, slots=True)
class Typed:
    """A statement as a person types it. None leaves a field as it is (or, by hand, empty).

    `source`, `cue` and `content` are pieces, one a line: START-END in code points, or the words themselves. `speaker` and
    `target` are names or ids of actors. `via` is the id of an item that the document mentions, "" for none, or "typed" with
    the words, medium and outlet beside. `date` is as far as it is known: 2017, 2017-07, 2017-07-10, 2017-W28, 2017-SU.
    """

    source: str | None = None
    cue: str | None = None
    content: str | None = None
    kind: str | None = None
    speaker: str | None = None
    speaker_kind: str | None = None
    target: str | None = None
    via: str | None = None
    via_item: str = ""
    via_medium: str = ""
    via_outlet: str = ""
    date: str | None = None
    date_of: str = "utterance"
    depth: str | None = None


def typed_date(text: str) -> DateValue | None:
    """A date as far as it is known; None for "". Raises `UsageError`."""
    text = text.strip().upper()
    if not text:
        return None
    try:
        if match := re.fullmatch(r"(\d{4})", text):
            year = int(match[1])
            return DateValue(text, "year", "text", dt.date(year, 1, 1), dt.date(year, 12, 31))
        if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
            year, month = int(match[1]), int(match[2])
            last = calendar.monthrange(year, month)[1]
            return DateValue(text, "month", "text", dt.date(year, month, 1), dt.date(year, month, last))
        if match := re.fullmatch(r"(\d{4})-W(\d{2})", text):
            first = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
            return DateValue(text, "week", "text", first, first + dt.timedelta(days=6))
        if match := re.fullmatch(r"(\d{4})-(SP|SU|AU|WI)", text):
            year, month = int(match[1]), _SEASONS[match[2]]
            ends = (year + 1, 2) if month == 12 else (year, month + 2)
            until = dt.date(*ends, calendar.monthrange(*ends)[1])
            return DateValue(text, "season", "text", dt.date(year, month, 1), until)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = dt.date.fromisoformat(text)
            return DateValue(text, "day", "text", day, day)
    except (ValueError, OverflowError, calendar.IllegalMonthError):
        pass
    raise UsageError(f"{text[:40]!r} is no date; write 2017, 2017-07, 2017-07-10, 2017-W28 or 2017-SU (SP, SU, AU, WI)")


def pieces_of(typed: str, text: str, near: int = 0) -> list[tuple[int, int]]:
    """The places that are typed, one a line: START-END, or words, which are looked for nearest to `near`.

    Raises `UsageError` for what lies outside of the text or does not stand in it.
    """
    found: list[tuple[int, int]] = []
    for line in (each.strip() for each in typed.splitlines()):
        if not line:
            continue
        place = _PLACE.fullmatch(line)
        start, end = (int(place[1]), int(place[2])) if place else _nearest(line, text, near)
        if not 0 <= start < end <= len(text):
            raise UsageError(f"{line[:60]!r} lies outside of the text, which has {len(text):,} characters")
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            raise UsageError(f"at {line[:60]!r} stands nothing but white space")
        found.append((start, end))
    if len(found) > PIECES:
        raise UsageError(f"more than {PIECES} pieces")
    found.sort()
    for (_, end), (start, _) in itertools.pairwise(found):
        if start < end:
            raise UsageError("its pieces overlap")
    return found


def _nearest(words: str, text: str, near: int) -> tuple[int, int]:
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()))
    places = [match.span() for match in pattern.finditer(text)]
    if not places:
        raise UsageError(f"the words {words[:80]!r} do not stand in the text")
    return min(places, key=lambda place: (abs(place[0] - near), place[0]))
