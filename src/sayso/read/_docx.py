"""Word files (.docx) by python-docx: paragraphs, headings, lists, quotes and tables in their order.

In come the bytes; out comes text with a blank line between paragraphs, list items and table rows as lines. Headers, footers,
comments and deleted text are no part of it. The file's size unpacked is checked before it is opened.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from sayso.errors import Unreadable
from sayso.read._boilerplate import is_boilerplate
from sayso.read._dates import DateRefused, FoundDate, accept, date_in_path, find_dates
from sayso.read._medium import medium_of
from sayso.read._reading import Job, Reading, TextBuilder
from sayso.read._zip import open_zip
from sayso.records import DateValue

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT, _TAB, _BREAK = f"{_WORD}t", f"{_WORD}tab", f"{_WORD}br"
_TEMPLATE_DAY = dt.date(2013, 12, 23)
"""The day of python-docx's own template: files made with it claim to be created then."""


def read_docx(job: Job) -> Reading:
    """A Word file.

    Raises:
        Unreadable: damaged, encrypted, a bomb, or without text.
    """
    import docx

    open_zip(job.data, "Word file").close()
    try:
        document = docx.Document(io.BytesIO(job.data))
        builder = TextBuilder()
        quotes: list[tuple[int, int]] = []
        headings = _blocks(document, builder, quotes)
        properties = document.core_properties
        title, author, language = (
            str(v or "").strip() for v in (properties.title, properties.author, properties.language)
        )
        stamps = {"published": properties.created, "updated": properties.modified}
    except Unreadable:
        raise
    except Exception as error:  # python-docx and lxml raise whatever the damage leads to
        raise Unreadable(f"damaged Word file: {' '.join(str(error).split())[:80] or type(error).__name__}") from None
    if not builder.text.strip():
        raise Unreadable("Word file without text")
    reading = Reading(
        builder.text,
        "docx",
        title=title or next(iter(headings), ""),
        author=author if author != "python-docx" else "",
        language=language,
    )
    reading.quoted_blocks, reading.headings = quotes, headings
    reading.medium = medium_of(title=reading.title)
    _dates(reading, stamps, job)
    return reading


def _blocks(document: Any, builder: TextBuilder, quotes: list[tuple[int, int]]) -> list[str]:
    """Adds every block; returns the headings."""
    # python-docx looks a style up anew for every paragraph, which takes minutes in a long file.
    styles = {style.style_id: (style.name or "").lower() for style in document.styles}
    headings: list[str] = []
    last_kind = ""
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            for row in _rows(block):
                builder.add(row, "\n" if last_kind == "row" else "\n\n")
                last_kind = "row"
            continue
        text = " ".join(block.text.split())
        if not text or (len(text) < 200 and is_boilerplate(text)):
            continue
        style = styles.get(block._p.style, "")
        if style.startswith(("title", "heading")):
            headings.append(text)
        properties = block._p.pPr
        listed = style.startswith("list") or (properties is not None and properties.numPr is not None)
        kind = "item" if listed else "p"
        span = builder.add(text, "\n" if kind == last_kind == "item" else "\n\n")
        last_kind = kind
        if "quote" in style:
            quotes.append(span)
    return headings


def _rows(table: Any) -> list[str]:
    rows = []
    for row in table._tbl.tr_lst:
        # The cells as they stand in the file: a merged one comes once, and a wide table costs no more than its text.
        texts = (" ".join("".join(cell.itertext(_TEXT, _TAB, _BREAK)).split()) for cell in row.tc_lst)
        if cells := [text for text in texts if text]:
            rows.append(" | ".join(cells))
    return rows


def _dates(reading: Reading, stamps: dict[str, Any], job: Job) -> None:
    reading.published = date_told(reading, job)
    for kind, stamp in stamps.items():
        if not isinstance(stamp, dt.datetime) or stamp.date() == _TEMPLATE_DAY:
            continue
        day = stamp.date()
        try:
            value = accept(FoundDate(0, 0, day.year, day.month, day.day), "metadata", job.today)
        except DateRefused as refusal:
            reading.notes.append(f"{kind} date refused (file properties): {refusal}")
            continue
        if kind == "published" and reading.published is None:
            reading.published = value
            reading.notes.append(f"published: {value.value}, from the file's properties (created)")
        elif kind == "updated" and (reading.published is None or value.end >= reading.published.start):
            reading.updated = value
            reading.notes.append(f"updated: {value.value}, from the file's properties")


def date_told(reading: Reading, job: Job) -> DateValue | None:
    """The date of a short line among a document's first ones ("4 May 2021", "Brussels, 4 May 2021"), else of the file's name.

    Only then come a file's properties: they say when the file was made, which for a printed page is the day of printing.
    """
    for line in reading.text[:3000].split("\n")[:12]:
        found = [date for date in find_dates(line) if date.day] if len(line) <= 120 else []
        if found and len(line) - (found[0].end - found[0].start) <= 45:
            try:
                value = accept(found[0], "text", job.today)
            except DateRefused as refusal:
                reading.notes.append(f"date refused: {refusal}")
                continue
            reading.notes.append(f"published: {value.value}, from the line “{line.strip()[:60]}”")
            return value
    if day := date_in_path(job.name, job.today):
        reading.notes.append(f"published: {day.value}, from the file name")
    return day
