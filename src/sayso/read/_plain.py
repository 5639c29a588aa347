"""Plain text and Markdown: the text is the file's own, decoded and otherwise untouched.

Page furniture and quoted blocks are marked by spans, never cut out; line ends stay as they are. A Markdown file keeps
its signs for the same reason: whoever opens the file finds each span where we say it is. Its front matter, link targets
and images are marked as boilerplate, its block quotes as quoted blocks.
"""

from __future__ import annotations

import re
from itertools import islice

from sayso.errors import Unreadable
from sayso.read._boilerplate import boilerplate_spans
from sayso.read._dates import DateRefused, accept, find_dates, parse_date
from sayso.read._decode import decode
from sayso.read._medium import medium_of
from sayso.read._reading import MAX_TEXT, Job, Reading, too_long
from sayso.records import DateValue

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.{0,10000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(
    r"^(title|date|published|updated|lastmod|author|language|lang)\s*:\s*(.+?)\s*$", re.IGNORECASE | re.M
)
_QUOTE_LINES = re.compile(r"^[ \t]{0,3}>[^\r\n]*(?:\r?\n[ \t]{0,3}>[^\r\n]*)*", re.MULTILINE)
_IMAGE_OR_TARGET = re.compile(
    r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)|^\[[^\]\n]{1,100}\]:[ \t]*\S+[^\r\n]*", re.MULTILINE
)
_HEADING = re.compile(r"^#{1,3}[ \t]+(.{1,200}?)[ \t]*#*[ \t]*\r?$", re.MULTILINE)
_DATELINE = re.compile(r"^[\w .,'’/()-]{0,60}?$")
_KINDS = r"(?:(?:press|official|joint) )?(?:statement|communiqu[eé]|release|message|declaration|letter)"
_SIGNED = re.compile(
    rf"(?:(?i:(?:written |issued |released |published )?by|author|{_KINDS} (?:by|from))\s*:?|(?i:{_KINDS} of):)\s+"
    r"(?i:the\s+)?(?P<who>[^\W\d_a-z][^.!?:;\n]{2,80})"
)
_HEAD_LINES = 8


def read_text(job: Job) -> Reading:
    """A .txt file. Raises Unreadable where it is no text or an empty one."""
    return plain(job, *_decoded(job))


def plain(job: Job, text: str, notes: list[str]) -> Reading:
    """What a plain text says of itself."""
    reading = Reading(text, "text", notes=notes, boilerplate=boilerplate_spans(text))
    reading.quoted_blocks = [m.span() for m in _QUOTE_LINES.finditer(text)]
    reading.title = _headline(text, reading.boilerplate)
    reading.medium = medium_of(title=reading.title)
    reading.author = _author(text)
    _date(reading, job)
    return reading


def read_markdown(job: Job) -> Reading:
    """A Markdown file: the raw text, with block quotes, front matter and link targets marked."""
    text, notes = _decoded(job)
    reading = Reading(text, "markdown", notes=notes)
    spans = boilerplate_spans(text)
    fields: dict[str, str] = {}
    if front := _FRONT_MATTER.match(text):
        spans = [(0, len(front[0].rstrip())), *(s for s in spans if s[0] >= front.end())]
        fields = {m[1].lower(): m[2].strip("\"'") for m in _FIELD.finditer(front[1])}
    for match in _IMAGE_OR_TARGET.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in spans):
            spans.append(match.span())
    reading.boilerplate = sorted(spans)
    reading.quoted_blocks = [m.span() for m in _QUOTE_LINES.finditer(text)]
    heading = _HEADING.search(text)
    reading.title = fields.get("title") or (heading[1].strip() if heading else "")
    reading.title = reading.title or _headline(text, reading.boilerplate)
    reading.medium = medium_of(title=reading.title)
    reading.author = fields.get("author", "") or _author(text)
    reading.language = fields.get("language") or fields.get("lang", "")
    reading.published = _field_date(reading, job, fields.get("date") or fields.get("published", ""), "published")
    reading.updated = _field_date(reading, job, fields.get("updated") or fields.get("lastmod", ""), "updated")
    if reading.published is None:
        _date(reading, job)
    return reading


def _decoded(job: Job) -> tuple[str, list[str]]:
    if not job.data.strip():
        raise Unreadable("empty: no text but white space" if job.data else "empty file")
    text, notes = decode(job.data, declared=charset_of(job.media_type))
    if not text.strip():
        raise Unreadable("empty: no text but white space")
    if len(text) > MAX_TEXT:
        raise too_long(len(text))
    return text, notes


def charset_of(media_type: str) -> str:
    """The charset parameter of a media type, "" without one."""
    match = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", media_type, re.IGNORECASE)
    return match[1] if match else ""


def _headline(text: str, boilerplate: list[tuple[int, int]]) -> str:
    """The first line, if it looks like a headline: short, no sentence, and a blank line or a longer line after it."""
    marked = {start for start, _ in boilerplate}
    lines = list(re.finditer(r"[^\r\n]*\S[^\r\n]*", text[:5000]))
    lines = [m for m in lines if m.start() + len(m[0]) - len(m[0].lstrip()) not in marked]
    if len(lines) < 2:
        return ""
    line = lines[0][0].strip()
    if not 8 <= len(line) <= 150 or len(line.split()) < 2 or line.endswith((".", ",", ";", ":", "-", "”", '"')):
        return ""
    if not line[0].isalnum() and line[0] not in "‘“\"'«¿¡":
        return ""
    apart = text.count("\n", lines[0].end(), lines[1].start()) > 1
    if apart or len(lines[1][0]) > 1.5 * len(line):
        return line
    # A head of a few short lines: title, place and date, author.
    head = re.split(r"\r?\n[ \t]*\r?\n", text[lines[0].start() : 5000], maxsplit=1)[0].splitlines()
    return (
        line if len(head) <= 4 and all(len(h) <= 100 and not h.rstrip().endswith((".", ",", "-")) for h in head) else ""
    )


def _author(text: str) -> str:
    """Who signs at the top: "By Mira Oldham, 5 April 2024", "STATEMENT BY THE NORTHERN BRIGADES", "Issued by: …"."""
    for line in islice(re.finditer(r"[^\r\n]*\S[^\r\n]*", text[:4000]), _HEAD_LINES):
        signed = _SIGNED.fullmatch(line[0].strip(" \t*_#"))
        if signed:
            dates = find_dates(signed["who"])
            who = signed["who"][: dates[0].start] if dates else signed["who"]
            return re.sub(r"\s(?:on|dated)$", "", who.strip(" ,;|–—-*_")).strip()
    return ""


def _date(reading: Reading, job: Job) -> None:
    """The date of a file that says nothing about itself: a date line at its top."""
    for match in islice(re.finditer(r"[^\r\n]*\S[^\r\n]*", reading.text[:4000]), _HEAD_LINES):
        found = _date_line(match[0], job, reading)
        if found is not None:
            reading.published = found
            reading.notes.append(f"published: {found.value}, from a date line at the top of the text")
            return


def _date_line(line: str, job: Job, reading: Reading) -> DateValue | None:
    """The date of a line that holds little else, or that opens a dispatch: "LONDON, July 10, 2017 (Reuters) - ..."."""
    for found in find_dates(line[:200])[:1]:
        before, after = line[: found.start].strip(), line[found.end :].strip()
        alone = len(before) + len(after) <= 45 and not re.search(r"[.!?]\s|[.!?]$", after)
        opens = len(before) <= 40 and before.endswith(",") and re.match(r"[(–—-]", after)
        denied = re.search(r"\b(?:updated|modified|since|until|by|before|after)\b", before.lower()[-30:])
        byline = re.match(r"(?i)by\s", before)
        if not (alone or opens) or (denied and not byline):
            return None
        try:
            return accept(found, "text", job.today)
        except DateRefused as refusal:
            reading.notes.append(f"date refused: {refusal}")
    return None


def _field_date(reading: Reading, job: Job, value: str, name: str) -> DateValue | None:
    try:
        found = parse_date(value, "metadata", job.today) if value else None
    except DateRefused as refusal:
        reading.notes.append(f"{name} date refused: {refusal}")
        return None
    if found is not None:
        reading.notes.append(f"{name}: {found.value}, from the front matter")
    return found
