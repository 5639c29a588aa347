"""Dates as people write them in tables: the closed interval of days that each may mean, never a day made up.

In: one cell. Out: (first day, last day). Understood: 2017-07-10, 2017-07-10T12:30Z, 2017/07/10, 20170710, 2017-W28,
2017-07, 2017-Q3, 2017-SU (season), 2017, "10 July 2017", "July 10, 2017", "July 2017" and 2017-07-01/2017-07-14.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

MONTHS = {name.lower()[:3]: i for i, name in enumerate(calendar.month_name) if name}
# meteorological seasons of the northern hemisphere; a winter reaches into the next year
SEASONS = {"SP": (3, 5), "SU": (6, 8), "AU": (9, 11), "FA": (9, 11), "WI": (12, 2)}
WORD = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
TIME = r"(?:[T ]\d{1,2}:\d{2}.*)?"


def month(year: int, number: int) -> tuple[dt.date, dt.date]:
    """First and last day of a month."""
    return dt.date(year, number, 1), dt.date(year, number, calendar.monthrange(year, number)[1])


def one_day(year: str, number: str | int, day: str) -> tuple[dt.date, dt.date]:
    """A single day, as first and last."""
    date = dt.date(int(year), int(number), int(day))
    return date, date


def parse_date(text: str) -> tuple[dt.date, dt.date]:
    """The first and last day that `text` may mean. Raises ValueError where it is no date or an ambiguous one."""
    text = text.strip()
    if text.count("/") == 1 and text.index("/") >= 4:
        begin, end = text.split("/")
        interval = parse_date(begin)[0], parse_date(end)[1]
        if interval[1] < interval[0]:
            raise ValueError(f"{text!r} ends before it begins")
        return interval
    if match := re.fullmatch(rf"(\d{{4}})(\d{{2}})(\d{{2}}){TIME}", text):
        return one_day(match[1], match[2], match[3])
    if match := re.fullmatch(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){TIME}", text):
        return one_day(match[1], match[3], match[4])
    if match := re.fullmatch(r"(\d{4})-?W(\d{2})(?:-?([1-7]))?", text, re.I):
        year, week = int(match[1]), int(match[2])
        first, last = (int(match[3]), int(match[3])) if match[3] else (1, 7)
        return dt.date.fromisocalendar(year, week, first), dt.date.fromisocalendar(year, week, last)
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})", text):
        return month(int(match[1]), int(match[2]))
    if match := re.fullmatch(r"(\d{4})-?Q([1-4])", text, re.I):
        closing = 3 * int(match[2])
        return dt.date(int(match[1]), closing - 2, 1), month(int(match[1]), closing)[1]
    if match := re.fullmatch(r"(\d{4})-(SP|SU|AU|FA|WI)", text, re.I):
        opening, closing = SEASONS[match[2].upper()]
        year = int(match[1])
        return dt.date(year, opening, 1), month(year + (closing < opening), closing)[1]
    if re.fullmatch(r"\d{4}", text):
        return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)
    if match := re.fullmatch(rf"(\d{{1,2}})(?:st|nd|rd|th)?\.? {WORD},? (\d{{4}})", text, re.I):
        return one_day(match[3], MONTHS[match[2].lower()[:3]], match[1])
    if match := re.fullmatch(rf"{WORD} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})", text, re.I):
        return one_day(match[3], MONTHS[match[1].lower()[:3]], match[2])
    if match := re.fullmatch(rf"{WORD},? (\d{{4}})", text, re.I):
        return month(int(match[2]), MONTHS[match[1].lower()[:3]])
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", text):
        raise ValueError(f"{text!r} may be day-month or month-day; write YYYY-MM-DD")
    raise ValueError(f"{text!r} is not a date")
