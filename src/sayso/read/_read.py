"""The stage itself: bytes in, `Document` out. It tells the format, calls its reader and finishes what all formats share."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from importlib import import_module

from sayso.errors import Unreadable
from sayso.read._dates import date_in_path
from sayso.read._headings import headings
from sayso.read._language import foreign_passages, language_of
from sayso.read._medium import medium_in_name
from sayso.read._reading import MAX_BYTES, MAX_TEXT, Job, Reading, too_long
from sayso.read._sniff import sniff
from sayso.read._translation import translator_named_in
from sayso.records import Document, Passage, Producer, Span

READER = Producer("read", "4")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Format -> module and function. A reader is loaded when its format comes: most runs meet one or two of them.
READERS = {
    "html": ("_html", "read_html"),
    "text": ("_plain", "read_text"),
    "markdown": ("_plain", "read_markdown"),
    "pdf": ("_pdf", "read_pdf"),
    "docx": ("_docx", "read_docx"),
    "srt": ("_transcript", "read_srt"),
    "vtt": ("_transcript", "read_vtt"),
    "ttml": ("_transcript", "read_ttml"),
    "email": ("_mail", "read_mail"),
    "epub": ("_epub", "read_epub"),
    "image": ("_ocr", "read_image"),
}


def reader(form: str) -> Callable[[Job], Reading]:
    """The function that reads a format."""
    module, function = READERS[form]
    found: Callable[[Job], Reading] = getattr(import_module(f"sayso.read.{module}"), function)
    return found


_LIMITS = {"email": 25_000_000, "srt": 10_000_000, "vtt": 10_000_000, "ttml": 10_000_000}
"""Formats whose parsers need many times the file's size: bytes at which they are refused."""


def read(data: bytes, path: str, *, media_type: str = "", captured: dt.date | None = None) -> Document:
    """The document that the bytes of one item hold.

    Args:
        data: the bytes, below 50 MB.
        path: the file path or address they came from; its suffix helps to tell the format, its date is a last resort.
        media_type: what the server declared, with its charset; believed only where bytes and name are silent.
        captured: the day of the fetch (UTC); dates after it are refused. Without it, today.

    Raises:
        Unreadable: the item is refused; the message is the reason in one line.
    """
    _check_size(data, MAX_BYTES, "file")
    if not data:
        raise Unreadable("empty file")
    job = Job(data, path, media_type, captured)
    form = sniff(data, path, media_type)
    _check_size(data, _LIMITS.get(form, MAX_BYTES), f"{form} file")
    try:
        reading = reader(form)(job)
    except (RecursionError, MemoryError):
        raise Unreadable(f"damaged or hostile {form} file: it cannot be read within bounds") from None
    if len(reading.text) > MAX_TEXT:
        raise too_long(len(reading.text))
    if not any(char.isalpha() for char in reading.text):
        raise Unreadable("no words in it: neither a letter nor a character of a script")
    _told_by_name(reading, job)
    return _document(reading, job)


def read_string(text: str, path: str = "text.txt") -> Document:
    """The document that a string holds, whatever it looks like: plain text, of which no code point is moved.

    Lone surrogates, which no file can hold, become U+FFFD, and a note says so. A text without words is a document, too.
    `path` is its name, as of a file; `sha256` is that of its UTF-8.

    Raises:
        Unreadable: it is too long.
    """
    from sayso.read._plain import plain

    if not isinstance(text, str):
        raise TypeError(f"a text is a str, not {type(text).__name__} (sayso.process takes the bytes of a file)")
    if len(text) > MAX_TEXT:
        raise too_long(len(text))
    whole = _SURROGATE.sub("\ufffd", text)
    lost = sum(a != b for a, b in zip(text, whole, strict=True)) if whole != text else 0
    notes = [f"{lost} lone surrogates are no characters: read as U+FFFD"] if lost else []
    job = Job(whole.encode("utf-8"), path)
    reading = plain(job, whole, notes)
    _told_by_name(reading, job)
    return _document(reading, job)


def _check_size(data: bytes, limit: int, what: str) -> None:
    if len(data) >= limit:
        raise Unreadable(f"{what} of {len(data) / 1e6:.0f} MB: over the limit of {limit // 10**6} MB for one item")


def _told_by_name(reading: Reading, job: Job) -> None:
    """What the file's name says where the item itself says nothing: its title, its date, its genre."""
    stem = re.sub(r"\.\w{1,8}$", "", job.name)
    if reading.published is None and reading.format != "html" and (day := date_in_path(job.name, job.today)):
        reading.published = day
        reading.notes.append(f"published: {day.value}, from the file name")
    if not reading.title:
        reading.title = " ".join(re.split(r"[\s_]+", stem)).strip()
    if reading.medium in ("article", "video"):
        reading.medium = medium_in_name(stem) or reading.medium


def _document(reading: Reading, job: Job) -> Document:
    text = reading.text
    language = language_of(text, declared=reading.language)

    translator = reading.translator or translator_named_in(text)

    def spans(pairs: list[tuple[int, int]]) -> tuple[Span, ...]:
        return tuple(Span(start, end, text[start:end]) for start, end in sorted(pairs))

    return Document(
        path=job.path,
        text=text,
        sha256=hashlib.sha256(job.data).hexdigest(),
        title=reading.title,
        language=language,
        published=reading.published,
        updated=reading.updated,
        author=reading.author,
        outlet=reading.outlet,
        canonical_url=reading.canonical_url,
        medium=reading.medium,
        format=reading.format,
        boilerplate=spans(reading.boilerplate),
        headings=spans(headings(text, reading.format, reading.title, reading.headings)),
        quoted_blocks=spans(reading.quoted_blocks),
        segments=tuple(reading.segments),
        passages=tuple(Passage(*passage) for passage in foreign_passages(text, language)),
        translator=translator,
        translation_of=reading.translation_of or (_original(reading, language) if translator else ""),
        notes=tuple(reading.notes),
        producer=READER,
    )


def _original(reading: Reading, language: str) -> str:
    """The address of the original of a translation that names none: the page's one variant in another language."""
    others = {address for other, address in reading.alternates if other != (language or reading.language[:2])}
    return others.pop() if len(others) == 1 else ""
