"""When a page was published and last changed: from its metadata, else from what it shows, else from its address.

In come a parsed page and its metadata; out come the two dates, and notes that say where each came from and which were
refused. A date that the page shows is found by where it stands and what stands around it: a line that is only a date,
next to the title, before the first long paragraph. This replaces htmldate's search of the whole text, which takes
dates of footnotes and references for the page's own.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from sayso.read._dates import DateRefused, FoundDate, accept, date_in_path, find_dates, parse_date
from sayso.read._lines import Line, page_lines
from sayso.read._pagemeta import PageMeta
from sayso.records import DateOrigin, DateValue

_PUBLISHED = re.compile(
    r"\b(?:first published|published|posted|issued|released?|publi[ée]e?|publicad[oa]|pubblicato|veröffentlicht|erschienen"
    r"|for (?:immediate )?release|date)\b|^on$", re.IGNORECASE
)  # fmt: skip
_UPDATED = re.compile(
    r"\b(?:last (?:update|updated|modified|changed|reviewed|edited)|updated|modified|revised|aktualisiert|zuletzt|stand"
    r"|mis à jour|actualizado|aggiornato|modifié)\b", re.IGNORECASE
)  # fmt: skip
_CLASS = re.compile(r"date|time|publish|posted|byline|dateline|stamp|meta", re.IGNORECASE)
_LONG = 200
_ENOUGH = 3


def page_dates(
    tree: Any, meta: PageMeta, path: str, today: dt.date
) -> tuple[DateValue | None, DateValue | None, list[str]]:
    """(published, updated, notes)."""
    notes: list[str] = []
    published = _from_metadata("published", meta, today, notes)
    updated = _from_metadata("updated", meta, today, notes)
    if published is None or updated is None:
        shown, changed = _shown(tree, meta, today, notes)
        published = published or shown
        updated = updated or changed
    if published is None:
        published = _from_title(tree, today, notes)
    if published is None:
        for where, address in (("canonical address", meta.canonical), ("path", path)):
            if found := date_in_path(address, today):
                published = found
                notes.append(f"published: {found.value}, from the {where}")
                break
    if published is not None and updated is not None and updated.end < published.start:
        notes.append(f"updated date refused: {updated.value} is before the publication")
        updated = None
    notes = [note for note in notes if updated is not None or not note.startswith("updated: ")]
    if published is None:
        notes.append("published: no date found on the page")
    return published, updated, notes


def _from_metadata(kind: str, meta: PageMeta, today: dt.date, notes: list[str]) -> DateValue | None:
    for claimed, where, value in meta.dates:
        if claimed != kind:
            continue
        found = _accept(value, "metadata", today, f"{kind} date refused ({where})", notes)
        if found is not None:
            notes.append(f"{kind}: {found.value}, from {where}")
            return found
    return None


def _accept(value: str, origin: DateOrigin, today: dt.date, refused: str, notes: list[str]) -> DateValue | None:
    try:
        return parse_date(value, origin, today)
    except DateRefused as refusal:
        note = f"{refused}: {refusal}"
        if note not in notes and len(notes) < 12:
            notes.append(note)
        return None


def _from_title(tree: Any, today: dt.date, notes: list[str]) -> DateValue | None:
    title = " ".join(tree.xpath("string((//title)[1])").split())
    for found in reversed(find_dates(title[:500])):
        if found.day:
            try:
                value = accept(found, "text", today)
            except DateRefused:
                continue
            notes.append(f"published: {value.value}, from the page's title")
            return value
    return None


def _shown(tree: Any, meta: PageMeta, today: dt.date, notes: list[str]) -> tuple[DateValue | None, DateValue | None]:
    """The dates that the page shows: the best-placed line for each of the two."""
    lines = page_lines(tree)
    titles = {_key(meta.title), *(_key(h) for h in meta.headings)} - {""}
    title_at = [n for n, line in enumerate(lines) if len(line.text) > 8 and _key(line.text) in titles]
    first_long = next((n for n, line in enumerate(lines) if len(line.text) > _LONG and not line.aside), len(lines))
    in_title = _dates_in_title(tree)
    best: dict[str, tuple[float, DateValue, str]] = {}
    for number, line in enumerate(lines):
        if len(line.text) > _LONG and not line.stamp:
            continue
        found = _first_date(line)
        if found is None or not found.day:
            continue
        before = lines[number - 1].text if number else ""
        kind, score = _score(line, found, before)
        near = min((abs(number - t) for t in title_at), default=99)
        score += 2 if near <= 6 else 1 if near <= 15 else 0
        score += 1 if number < first_long else 0.5 if number == first_long + 1 else -1
        score += in_title.get((found.year, found.month, found.day), 0)
        if (
            title_at
            and number < title_at[0] - 6
            and (found.year, found.month, found.day) == (today.year, today.month, today.day)
        ):
            score -= 3  # today's date in the head of a site
        if kind == "published" and score < _ENOUGH:
            continue
        try:
            value = accept(found, "text", today)
        except DateRefused as refusal:
            note = f"{kind} date refused (shown on the page): {refusal}"
            if note not in notes and len(notes) < 12:
                notes.append(note)
            continue
        if kind not in best or score > best[kind][0]:
            best[kind] = (score, value, line.text[:60].strip())
    for kind, (_, value, text) in best.items():
        if not any(note.startswith(f"{kind}: ") for note in notes):
            notes.append(f"{kind}: {value.value}, from the line “{text}”")
    return tuple(best[kind][1] if kind in best else None for kind in ("published", "updated"))  # type: ignore[return-value]


def _dates_in_title(tree: Any) -> dict[tuple[int, int, int], int]:
    """Dates in the page's title and their weight: one set apart at its end is the page's own ("Speech -- May 4, 1998")."""
    title = " ".join(tree.xpath("string((//title)[1])").split())[:500]
    weights = {}
    for found in find_dates(title):
        apart = re.search(r"[-–—:|,(]\s*$", title[: found.start]) and len(title) - found.end <= 1
        weights[(found.year, found.month, found.day)] = 4 if apart else 1
    return weights


def _first_date(line: Line) -> FoundDate | None:
    dates = find_dates(line.stamp) if line.stamp else []
    dates = dates or find_dates(line.text[:300])
    return dates[0] if dates else None


def _score(line: Line, found: FoundDate, before: str) -> tuple[str, float]:
    """Which of the two dates a line gives, and how much speaks for it by its own look."""
    lead = line.text[: found.start] if not line.stamp else line.text
    label = lead if lead.strip() else before[-30:] if len(before) < 30 else ""
    kind = "published"
    score = 0.0
    updated, published = _UPDATED.search(label), _PUBLISHED.search(label)
    if updated and not (published and published.start() < updated.start() and not line.stamp):
        kind, score = "updated", 3.0
    elif published:
        score += 3
    rest = len(line.text) - (found.end - found.start) if not line.stamp else 0
    score += 2 if rest <= 25 else 1 if rest <= 60 else 0 if rest <= 110 else -2
    score += 1 if line.tag == "time" or line.stamp else 0
    score += 1 if _CLASS.search(line.hints) else 0
    score -= 3 if line.aside else 0
    return kind, score


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
