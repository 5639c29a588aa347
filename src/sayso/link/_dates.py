"""Time expressions of a text, anchored as intervals of days.

In come words and an anchor date; out goes a `DateValue` with granularity and origin, or None where nothing anchors it. Our
own rules decide what an expression is and which way it looks; news look back, so a bare weekday or month is the last one.
Nothing is ever dated later than the limit (the capture).
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sayso.records import DateOrigin, DateValue, Granularity

# Written out: those of `calendar` are in the language of the process.
_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MONTHS = (
    {name: i for i, name in enumerate(_NAMES, 1)} | {name[:3]: i for i, name in enumerate(_NAMES, 1)} | {"sept": 9}
)
_DAYS = {
    name: i
    for i, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}  # fmt: skip
_NUMBERS = {
    word: i
    for i, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
        ]
    )
} | {"a": 1, "an": 1, "several": 0, "few": 0, "some": 0, "couple": 2}
_SEASONS = {"spring": (3, "SP"), "summer": (6, "SU"), "autumn": (9, "AU"), "fall": (9, "AU"), "winter": (12, "WI")}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = "|".join(_DAYS)
_NUMBER = r"\d{1,3}|" + "|".join(sorted((n for n in _NUMBERS if n not in ("a", "an")), key=len, reverse=True))
# "of 2000 workers", "by 1950 votes" are no years
_COUNTED = (
    r"\w+(?:ers|ors|ists|ians|ees)|people|(?:\w+)?(?:men|women)|troops|members|residents|students|migrants|refugees|civilians"
    r"|inhabitants|votes|seats|shares|copies|jobs|homes|houses|cases|deaths|dollars|euros|pounds|miles|feet|tons|tonnes"
    r"|(?:kilo)?met(?:re|er)s|kilometers|acres|hectares|barrels|shells|rounds|pages|words"
)
_PATTERN = re.compile(
    rf"""\b(?:
      (?P<iso>\d{{4}}-\d{{2}}-\d{{2}})
    | (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>{_MONTH})\b\.?,?(?:\s+(?P<y1>(?:1[89]|20)\d{{2}}))?
    | (?P<part>early|mid|late|the\ beginning\ of|the\ end\ of|the\ middle\ of)[-\s]
      (?P<m4>{_MONTH})\b\.?(?:,?\s+(?P<y4>(?:1[89]|20)\d{{2}}))?
    | (?P<m2>{_MONTH})\b\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<y2>(?:1[89]|20)\d{{2}}))?
    | (?P<m3>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<y3>(?:1[89]|20)\d{{2}})
    | (?P<rel>(?P<way>last|this|next|past)\s+
      (?P<unit>{_DAY}|week|month|year|spring|summer|autumn|fall|winter|{_MONTH}|weekend))\b
    | (?P<count>{_NUMBER}|an?|a\ couple\ of|a\ few)\s+
      (?P<span>day|week|month|year)s?\s+(?P<side>ago|later|earlier|afterwards|after|before)\b
    | (?P<nextday>the\ (?:next|following|same|previous)\ (?:day|week|month|year))\b
    | (?P<earlier>earlier\ this\ (?:week|month|year)|later\ this\ (?:week|month|year))\b
    | (?P<near>today|yesterday|tonight|this\ morning|this\ afternoon|this\ evening|last\ night)
    | (?P<season>in\ (?:the\ )?(?:early\ |late\ )?(?:spring|summer|autumn|fall|winter))\b
      (?:\ (?:of\ )?(?P<sy>(?:19|20)\d{{2}}))?
    | (?<!Good\ )(?<!Easter\ )(?<!Bloody\ )(?<!Black\ )(?<!Ash\ )(?<!Palm\ )(?P<day>{_DAY})\b
    | (?:in|since|during|until)\s+(?P<year>(?:19|20)\d{{2}})\b(?![-–]\d)
    | (?:by|of)\s+(?P<y6>(?:19|20)\d{{2}})\b(?![-–]\d)(?!\s+(?:{_COUNTED})\b)
    | (?:in|since|during|by|of|until|last)\s+(?P<m5>{_MONTH})\b(?!\s+\d)
    )""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A time expression at [start, end). `previous` tells that it counts from the item told before, not from the page."""

    start: int
    end: int
    match: re.Match[str]
    previous: bool


def expressions(text: str, start: int = 0, end: int | None = None) -> Iterator[Expression]:
    """Time expressions in text[start:end], in order."""
    for match in _PATTERN.finditer(text, start, len(text) if end is None else end):
        if match["m5"] in ("may", "march") or (match["m1"] in ("may", "march") and not match["y1"]):
            continue  # "Task Force 12 may …", "by march"
        side = _low(match["side"] or "")
        previous = side in ("later", "earlier", "after", "before", "afterwards") or bool(match["nextday"])
        yield Expression(match.start(), match.end(), match, previous)


def _low(word: str) -> str:
    """In lower case; "i" may have been matched as the Turkish İ or ı."""
    return word.casefold().replace("i\u0307", "i").replace("ı", "i")


def day(value: dt.date, origin: DateOrigin = "text") -> DateValue:
    """One day."""
    return DateValue(value.isoformat(), "day", origin, value, value)


def month(year: int, number: int, origin: DateOrigin, part: str = "") -> DateValue:
    """One month, or its early, middle or late third as the interval."""
    last = calendar.monthrange(year, number)[1]
    low, high = {"early": (1, 10), "mid": (11, 20), "late": (21, last)}.get(part, (1, last))
    value = f"{year:04d}-{number:02d}"
    return DateValue(value, "month", origin, dt.date(year, number, low), dt.date(year, number, high))


def year(number: int, origin: DateOrigin) -> DateValue:
    """One year."""
    return DateValue(f"{number:04d}", "year", origin, dt.date(number, 1, 1), dt.date(number, 12, 31))


def week(start: dt.date, origin: DateOrigin) -> DateValue:
    """The ISO week that holds a day."""
    monday = start - dt.timedelta(days=start.weekday())
    number = monday.isocalendar()
    return DateValue(f"{number.year:04d}-W{number.week:02d}", "week", origin, monday, monday + dt.timedelta(days=6))


def season(number: int, name: str, origin: DateOrigin) -> DateValue:
    """Three months; a winter belongs to the year in which it begins."""
    first, code = _SEASONS[name]
    start = dt.date(number, first, 1)
    end_year, end_month = (number + 1, 2) if first == 12 else (number, first + 2)
    end = dt.date(end_year, end_month, calendar.monthrange(end_year, end_month)[1])
    return DateValue(f"{number:04d}-{code}", "season", origin, start, end)


def anchored(expression: Expression, anchor: DateValue | None, limit: dt.date | None = None) -> DateValue | None:
    """What an expression means, counted from `anchor`; None if it cannot be said or lies wholly after `limit`."""
    try:
        found = _absolute(expression.match, anchor) or (_relative(expression.match, anchor) if anchor else None)
    except (ValueError, OverflowError):
        return None
    return clipped(found, limit)


def clipped(value: DateValue | None, limit: dt.date | None) -> DateValue | None:
    """A date no later than the limit: None if it begins after it, its interval cut if it ends after it."""
    if value is None or limit is None or value.end <= limit:
        return value
    if value.start > limit:
        return None
    return DateValue(value.value, value.granularity, value.origin, value.start, limit)


def _absolute(match: re.Match[str], anchor: DateValue | None) -> DateValue | None:
    if match["iso"]:
        return day(dt.date.fromisoformat(match["iso"]))
    if match["year"] or match["y6"]:
        return year(int(match["year"] or match["y6"]), "text")
    if match["m3"]:
        return month(int(match["y3"]), _MONTHS[_low(match["m3"])], "text")
    for number in ("1", "2"):
        if match["m" + number]:
            name, on, in_year = _MONTHS[_low(match["m" + number])], int(match["d" + number]), match["y" + number]
            if in_year:
                return day(dt.date(int(in_year), name, on))
            if anchor is None:
                return None
            return day(_latest(name, on, anchor.end), "relative")
    if match["m4"]:
        part = {"the beginning of": "early", "the end of": "late", "the middle of": "mid"}.get(
            _low(match["part"]), _low(match["part"])
        )
        name = _MONTHS[_low(match["m4"])]
        if match["y4"]:
            return month(int(match["y4"]), name, "text", part)
        if anchor is None:
            return None
        return month(_latest(name, 1, anchor.end).year, name, "relative", part)
    if match["season"] and match["sy"]:
        return season(int(match["sy"]), _low(match["season"]).split()[-1], "text")
    return None


def _latest(month_number: int, day_number: int, until: dt.date) -> dt.date:
    """The last such day of a year that is not after `until`."""
    for number in range(until.year, until.year - 9, -1):
        try:
            found = dt.date(number, month_number, day_number)
        except ValueError:
            continue  # 29 February
        if found <= until:
            return found
    raise ValueError("no such day")


def _relative(match: re.Match[str], anchor: DateValue) -> DateValue | None:
    base = anchor.end
    if match["near"]:
        words = _low(match["near"])
        back = 1 if words in ("yesterday", "last night") else 0
        return _shifted(anchor, -back, "day")
    if match["day"]:
        return _weekday(base, match["day"], 0) if anchor.granularity == "day" else None
    if match["m5"]:
        number = _MONTHS[_low(match["m5"])]
        return month(_latest(number, 1, base).year, number, "relative")
    if match["season"]:
        name = _low(match["season"]).split()[-1]
        first = _SEASONS[name][0]
        return season(_latest(first, 1, base).year, name, "relative")
    if match["earlier"]:
        unit = _low(match["earlier"]).split()[-1]
        whole = _unit(anchor, unit, 0)
        if whole is None:
            return None
        if _low(match["earlier"]).startswith("earlier"):
            return DateValue(whole.value, whole.granularity, "relative", whole.start, base)
        return DateValue(whole.value, whole.granularity, "relative", base, whole.end)
    if match["rel"]:
        way, unit = _low(match["way"]), _low(match["unit"])
        back = {"last": -1, "past": -1, "this": 0, "next": 1}[way]
        if unit in _DAYS:
            return (
                _weekday(base, unit, 7 if back > 0 else -1 if back < 0 else 0) if anchor.granularity == "day" else None
            )
        if unit == "weekend":
            found = _weekday(base, "saturday", 7 if back > 0 else -1 if back < 0 else 0)
            return DateValue(
                week(found.start, "relative").value, "week", "relative", found.start, found.start + dt.timedelta(1)
            )
        if unit in _MONTHS:
            latest = _latest(_MONTHS[unit], 1, base)
            return month(latest.year + (1 if back > 0 else 0), _MONTHS[unit], "relative")
        if unit in _SEASONS:
            first = _SEASONS[unit][0]
            latest = _latest(first, 1, base)
            whole = season(latest.year, unit, "relative")
            if back < 0 and whole.end >= base:
                whole = season(latest.year - 1, unit, "relative")
            if back > 0:
                whole = season(latest.year + 1, unit, "relative")
            return whole
        return _unit(anchor, unit, back)
    if match["nextday"]:
        _, way, unit = _low(match["nextday"]).split()
        return _unit(anchor, unit, {"next": 1, "following": 1, "same": 0, "previous": -1}[way])
    if match["count"]:
        counted = _low(match["count"]).removeprefix("a couple of") or "couple"
        counted = "few" if counted == "a few" else counted
        number = int(counted) if counted.isdigit() else _NUMBERS.get(counted, 0)
        if number == 0:
            return None  # "several weeks later": nobody can say when
        sign = -1 if _low(match["side"]) in ("ago", "earlier", "before") else 1
        return _counted(anchor, sign * number, _low(match["span"]))
    return None


def _weekday(base: dt.date, name: str, shift: int) -> DateValue:
    """The last such weekday not after `base`; shift -1: before it; 7: the one after it."""
    back = (base.weekday() - _DAYS[_low(name)]) % 7
    if shift < 0 and back == 0:
        back = 7
    return day(base - dt.timedelta(days=back) + dt.timedelta(days=7 if shift > 0 else 0), "relative")


def _unit(anchor: DateValue, unit: str, shift: int) -> DateValue | None:
    base = anchor.end
    if unit == "year":
        return year(base.year + shift, "relative")
    if anchor.granularity == "year":
        return None
    if unit == "month":
        number = base.year * 12 + base.month - 1 + shift
        return month(number // 12, number % 12 + 1, "relative")
    if anchor.granularity not in ("day", "week"):
        return None
    if unit == "week":
        return week(base + dt.timedelta(weeks=shift), "relative")
    return _shifted(anchor, shift, "day")


def _counted(anchor: DateValue, number: int, unit: str) -> DateValue | None:
    """A number of units from the anchor, never finer than the anchor or the unit."""
    if unit == "day":
        return _shifted(anchor, number, "day")
    if unit == "week":
        return _shifted(anchor, 7 * number, "day") if abs(number) <= 2 else _shifted(anchor, 7 * number, "week")
    base = anchor.start
    if unit == "month" and anchor.granularity != "year":
        at = base.year * 12 + base.month - 1 + number
        return month(at // 12, at % 12 + 1, "relative")
    return year(base.year + number, "relative") if unit == "year" else None


def _shifted(anchor: DateValue, days: int, grain: Granularity) -> DateValue:
    start, end = anchor.start + dt.timedelta(days=days), anchor.end + dt.timedelta(days=days)
    if anchor.granularity == "day":
        return day(start, "relative") if grain == "day" else week(start, "relative")
    middle = start + (end - start) / 2
    if anchor.granularity == "week":
        found = week(middle, "relative")
    elif anchor.granularity == "month":
        found = month(middle.year, middle.month, "relative")
    else:
        found = year(middle.year, "relative")
    return DateValue(found.value, found.granularity, "relative", start, end)
