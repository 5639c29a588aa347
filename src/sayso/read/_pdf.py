"""PDF files with a text layer, by pypdfium2: pages to lines, lines to running text in reading order.

In come the bytes; out comes text with paragraphs parted by blank lines, without running headers, footers and page numbers,
with words mended that a line end had split. Layout is told by `_layout`; scanned pages go to `_ocr` where an engine is
installed.
"""

from __future__ import annotations

import ctypes
import re
import zlib
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from sayso.errors import Unreadable
from sayso.read import _ocr
from sayso.read._dates import DateRefused, parse_date
from sayso.read._docx import date_told
from sayso.read._layout import Fragment, paragraphs
from sayso.read._medium import medium_of
from sayso.read._reading import MAX_TEXT, Job, Reading, TextBuilder, too_long

MAX_PAGES = 3000
_MAX_STREAM = 150_000_000
_MAX_CHARS_PER_PAGE = 60_000


def read_pdf(job: Job) -> Reading:
    """A PDF.

    Raises:
        Unreadable: truncated, damaged, encrypted, or without text (a scan, where no OCR engine is installed).
    """
    if b"%%EOF" not in job.data[-2048:] and b"startxref" not in job.data[-4096:]:
        raise Unreadable("truncated PDF: its end is missing")
    _refuse_bomb(job.data)
    try:
        document = pdfium.PdfDocument(job.data)
    except pdfium.PdfiumError as error:
        reason = str(error).lower()
        if "password" in reason or "security" in reason:
            raise Unreadable("encrypted PDF: remove its password first") from None
        raise Unreadable("damaged PDF: it cannot be opened") from None
    try:
        return _read(document, job)
    except pdfium.PdfiumError:
        raise Unreadable("damaged PDF: a page cannot be read") from None
    finally:
        document.close()


def _refuse_bomb(data: bytes) -> None:
    """pdfium unpacks a stream whole: measure the large ones first (deflate packs at most about 1,000-fold)."""
    if re.search(rb"/Fl(?:ateDecode)?\s*/Fl(?:ateDecode)?\b", data):
        raise Unreadable("PDF with a stream packed twice: not opened, for it could be a bomb")
    for match in re.finditer(rb"stream\r?\n", data):
        start = match.end()
        end = data.find(b"endstream", start)
        if end - start < _MAX_STREAM // 1032 or data[start : start + 1] != b"\x78":
            continue
        unpacker = zlib.decompressobj()
        size = 0
        rest = data[start:end]
        try:
            while rest and size <= _MAX_STREAM:
                size += len(unpacker.decompress(rest, 1_000_000))
                rest = unpacker.unconsumed_tail
        except zlib.error:
            continue
        if size > _MAX_STREAM:
            raise Unreadable(f"PDF with a stream that unpacks to more than {_MAX_STREAM // 10**6} MB: a bomb")


def _read(document: Any, job: Job) -> Reading:
    count = len(document)
    if not count:
        raise Unreadable("PDF without pages")
    if count > MAX_PAGES:
        raise Unreadable(f"PDF of {count:,} pages: over the limit of {MAX_PAGES:,}; split it")
    pages: list[list[Fragment]] = []
    sizes: list[tuple[float, float]] = []
    notes: list[str] = []
    broken = total = 0
    for number in range(count):
        try:
            page = document[number]
        except pdfium.PdfiumError:
            broken += 1
            continue
        sizes.append((page.get_width(), page.get_height()))
        fragments = page_fragments(page)
        pages.append(fragments)
        total += sum(len(f.text) for f in fragments)
        page.close()
        if total > MAX_TEXT:
            raise too_long(total)
    if broken:
        notes.append(f"{broken} of {count} pages could not be read")
    scanned = sum(not page for page in pages)
    builder = TextBuilder()
    read = _ocr.read_pages(document, notes) if total < 20 * max(1, len(pages)) else []
    if read:
        for paragraph in read:
            builder.add(paragraph)
    else:
        for paragraph in paragraphs(pages, sizes):
            builder.add(paragraph)
        if builder.text.strip() and scanned:
            notes.append(f"{scanned} of {count} pages have no text layer (pictures or scans)")
    if not builder.text.strip():
        raise Unreadable("PDF without text: a scan; to read it, install tesseract (Debian: apt install tesseract-ocr)")
    reading = Reading(builder.text, "ocr" if read else "pdf", notes=notes)
    _metadata(document, reading, job)
    return reading


def page_fragments(page: Any) -> list[Fragment]:
    """The page's characters gathered to pieces of lines, each with its box (points, origin at the lower left)."""
    textpage = page.get_textpage()
    handle = textpage.raw
    count = min(textpage.count_chars(), _MAX_CHARS_PER_PAGE)
    left, right, bottom, top, origin_x, origin_y = (ctypes.c_double() for _ in range(6))
    fragments: list[Fragment] = []
    current: Fragment | None = None
    space = False
    high = 0
    for index in range(count):
        code = raw.FPDFText_GetUnicode(handle, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        char = chr(code) if 0 < code < 0x110000 else ""
        if char in ("\ufffe", "\uffff", "\x02"):
            char = "-"  # pdfium's sign for a hyphen at a line end
        if char in ("\r", "\n"):
            current = None
            continue
        if not char or char.isspace():
            space = True
            continue
        if char < " ":
            continue
        raw.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
        raw.FPDFText_GetCharOrigin(handle, index, origin_x, origin_y)
        x0, x1, y0, y1, base = left.value, right.value, bottom.value, top.value, origin_y.value
        size = raw.FPDFText_GetFontSize(handle, index) or 10.0
        if size < 3 and y1 - y0 > 1:
            size = (y1 - y0) * 1.3  # a font of size 1, scaled by the page
        if current is not None and _is_note_mark(char, size, base, current):
            continue
        gap = x0 - current.x1 if current else 0.0
        same = current is not None and abs(base - current.base) < 0.6 * size and -1.5 * size < gap < 1.6 * size
        if current is None or not same:
            current = Fragment("", x0, x1, y0, y1, base, size)
            fragments.append(current)
        elif space or gap > 0.28 * size:
            current.text += " "
        current.text += char
        current.x1 = max(current.x1, x1)
        current.y0, current.y1 = min(current.y0, y0), max(current.y1, y1)
        current.size = max(current.size, size)
        space = False
    textpage.close()
    return [f for f in fragments if f.text.strip()]


def _is_note_mark(char: str, size: float, base: float, line: Fragment) -> bool:
    """Whether a character is a footnote's number: small and raised behind a word. Behind a digit it is an exponent."""
    raised = size < 0.8 * line.size and 0.15 * line.size < base - line.base < 0.7 * line.size
    return raised and char in "0123456789*†‡" and not line.text[-1:].isdigit()


def _metadata(document: Any, reading: Reading, job: Job) -> None:
    data = {
        key: " ".join(str(value).replace("\x00", "").split())
        for key, value in document.get_metadata_dict(skip_empty=True).items()
    }
    title = data.get("Title", "")
    if re.search(
        r"\.(?:docx?|indd|qxd|tex|dvi|pages|odt|pdf)$|^(?:microsoft word|untitled|slide \d|\(anonymous\)|unknown)",
        title,
        re.I,
    ):
        title = ""
    first = next((line for line in reading.text[:2000].split("\n") if line.strip()), "")
    reading.title = title or (first if 8 <= len(first) <= 150 and not first.endswith((".", ",", ";")) else "")
    author = data.get("Author", "")
    reading.author = "" if author.lower() in ("(anonymous)", "anonymous", "unknown", "user", "admin") else author
    reading.medium = medium_of(title=reading.title)
    reading.published = date_told(reading, job)
    for kind, key in (("published", "CreationDate"), ("updated", "ModDate")):
        match = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)", data.get(key, ""))
        if not match or (kind == "published" and reading.published):
            continue
        try:
            value = parse_date("-".join(match.groups()), "metadata", job.today)
        except DateRefused as refusal:
            reading.notes.append(f"{kind} date refused ({key}): {refusal}")
            continue
        if value is None:
            continue
        if kind == "published":
            reading.published = value
            reading.notes.append(f"published: {value.value}, from the file's creation date")
        elif reading.published is None or value.start > reading.published.end:
            reading.updated = value
            reading.notes.append(f"updated: {value.value}, from the file's ModDate")
