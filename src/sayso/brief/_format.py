"""How numbers, dates, depths and words of others are written in a brief, whatever its form.

In: values of the records. Out: plain strings, safe to show: control characters are gone and the controls that turn the
direction of writing are made visible, so that no quotation can make the rest of the page read differently.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from sayso.records import DateValue

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
# Embeddings, overrides and isolates; the plain marks (LRM, RLM, ALM) are harmless inside an isolated element.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\U000e0000-\U000e007f]")
_ANY = re.compile("|".join(each.pattern for each in (_CONTROLS, _DIRECTION, _INVISIBLE)))
_SENTENCE_END = re.compile(r"""[.!?…]["”’')\]]*(?=\s)\s*|\n+""")
_SEASONS = {"SP": "spring", "SU": "summer", "AU": "autumn", "WI": "winter"}
_DEPTHS = ("first-hand", "retold once", "retold twice")


def clean(text: str) -> str:
    """The text without control characters, with direction controls and invisible letters written out as ⟦U+202E⟧."""
    if (text.isascii() and text.isprintable()) or not _ANY.search(text):  # nearly every text, and pages clean thousands
        return text
    text = _CONTROLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _DIRECTION.sub(lambda m: f"⟦U+{ord(m[0]):04X}⟧", text)
    return _INVISIBLE.sub(lambda m: f"⟦U+{ord(m[0]):04X}⟧", text)


def one_line(text: str, limit: int = 0) -> str:
    """The text on one line, cut at a word with an ellipsis where it is longer than `limit` characters (0: never)."""
    line = " ".join(text.split())
    if not limit or len(line) <= limit:
        return line
    cut = line[:limit]
    head, space, _ = cut.rpartition(" ")
    cut = (head if space and len(head) > limit // 2 else cut).rstrip()
    while cut and unicodedata.combining(line[len(cut)]):  # never part a letter from its accent
        cut = cut[:-1]
    return cut + "…"


def said(text: str, direct: bool) -> str:
    """Words on one line, in quotation marks where they are the speaker's own and bring none of their own."""
    line = one_line(clean(text))
    return line if not direct or line[:1] in set("“”\"„«‹'‘") else f"“{line}”"


def last_sentence(text: str, limit: int = 240) -> str:
    """The unfinished sentence at the end of a text, "" if the text ends with one that is finished or it is too long."""
    start = max((m.end() for m in _SENTENCE_END.finditer(text)), default=0)
    rest = text[start:]
    return rest if len(rest) <= limit else ""


def first_sentence(text: str, limit: int = 240) -> str:
    """The rest of a sentence at the start of a text, with its full stop; "" where it is too long."""
    end = _SENTENCE_END.search(text)
    rest = (text[: end.end()] if end else text).rstrip()
    return rest if len(rest) <= limit else ""


def signed(value: float, pattern: str = ".2f") -> str:
    """A number with a true minus sign."""
    return format(value, pattern).replace("-", "−")


def day(date: dt.date) -> str:
    """7 March 2025."""
    return f"{date.day} {date:%B} {date.year}"


def stretch(start: dt.date, end: dt.date) -> str:
    """Two days as a stretch, saying once what they share: "3–24 July 2024", "3 March to 7 April 2025"."""
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    if start.year == end.year:
        return f"{start.day} {start:%B} to {day(end)}"
    return f"{day(start)} to {day(end)}"


def date_text(date: DateValue | None) -> str:
    """The date as far as it is known: a day, a month, a season, a year, a week; "undated" for none."""
    if date is None:
        return "undated"
    if date.granularity == "day":
        return day(date.start)
    if date.granularity == "week":
        return f"week of {day(date.start)}"
    if date.granularity == "month":
        return f"{date.start:%B} {date.start.year}"
    if date.granularity == "season":
        season = _SEASONS.get(date.value[-2:].upper(), "")
        return f"{season} {date.value[:4]}" if season else stretch(date.start, date.end)
    return str(date.start.year)


def percent(share: float) -> str:
    """A share as whole percent; "<1%" and ">99%" rather than a rounded 0% or 100%."""
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 <= share < 1:
        return ">99%"
    return f"{round(share * 100)}%"


def depth_text(depth: int) -> str:
    """0 first-hand, 1 retold once, 2 retold twice, 3 retold 3 times."""
    return _DEPTHS[depth] if 0 <= depth < len(_DEPTHS) else f"retold {depth} times"


def number(count: int, unit: str) -> str:
    """1 statement, 12 statements, 12,345 items, no entries; `unit` may be given in the plural."""
    if unit.endswith("ies"):
        unit = unit[:-3] + "y"
    elif unit.endswith("s"):
        unit = unit[:-1]
    plural = unit if count == 1 else (unit[:-1] + "ies" if unit.endswith("y") else unit + "s")
    return f"{count:,} {plural}" if count else f"no {plural}"


def web_address(url: str) -> str:
    """The address if a browser may follow it (http or https), else "": a file's or script's is never a link."""
    return url if re.match(r"https?://[^\s]+$", url, re.IGNORECASE) else ""
