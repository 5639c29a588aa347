"""E-books (EPUB 2 and 3): the chapters of the spine in order, as paragraphs.

In come the bytes; out comes text with a blank line between paragraphs and the book's own metadata. The archive is checked
before it is opened.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from typing import Any
from urllib.parse import unquote

from lxml import etree

from sayso.errors import Unreadable
from sayso.read._dates import DateRefused, parse_date
from sayso.read._decode import decode
from sayso.read._html import parse
from sayso.read._lines import page_lines
from sayso.read._reading import Job, Reading, TextBuilder
from sayso.read._zip import open_zip

_MAX_CHAPTERS = 5000


def read_epub(job: Job) -> Reading:
    """An e-book.

    Raises:
        Unreadable: damaged, copy-protected, a bomb, or without text.
    """
    with open_zip(job.data, "EPUB") as archive:
        names = set(archive.namelist())
        if "META-INF/encryption.xml" in names and "META-INF/rights.xml" in names:
            raise Unreadable("copy-protected EPUB: it cannot be read")
        container = _xml(_part(archive, "META-INF/container.xml"))
        packages = [_attribute(element, "full-path") for element in container.iter("{*}rootfile")]
        if not packages:
            raise Unreadable("damaged EPUB: it names no package")
        package = _xml(_part(archive, packages[0]))
        reading = _chapters(archive, package, posixpath.dirname(packages[0]))
    _metadata(package, reading, job)
    return reading


def _chapters(archive: zipfile.ZipFile, package: Any, folder: str) -> Reading:
    files = {_attribute(item, "id"): _attribute(item, "href") for item in package.iter("{*}item")}
    builder = TextBuilder()
    quotes: list[tuple[int, int]] = []
    notes = []
    headings: list[str] = []
    missing = 0
    for number, chapter in enumerate(package.iter("{*}itemref")):
        name = files.get(_attribute(chapter, "idref"), "")
        if number >= _MAX_CHAPTERS or not name:
            continue
        try:
            source, _ = decode(_part(archive, posixpath.normpath(posixpath.join(folder, unquote(name)))), markup=True)
            tree = parse(re.sub(r"^\s*<\?xml[^>]*\?>", "", source))
        except Unreadable:
            missing += 1
            continue
        last = ""
        for line in page_lines(tree):
            if line.block == "nav" or not any(c.isalnum() for c in line.text):
                continue
            span = builder.add(line.text, "\n" if line.block == last == "li" else "\n\n")
            last = line.block
            if line.quoted:
                quotes.append(span)
            if line.block in ("h1", "h2", "h3", "h4", "h5", "h6"):
                headings.append(line.text)
    if missing:
        notes.append(f"{missing} chapters could not be read")
    if not builder.text.strip():
        raise Unreadable("EPUB without text")
    return Reading(builder.text, "epub", medium="book", quoted_blocks=quotes, headings=headings, notes=notes)


def _metadata(package: Any, reading: Reading, job: Job) -> None:
    def values(name: str) -> list[str]:
        texts = (
            " ".join("".join(element.itertext()).split())
            for element in package.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}")
        )
        return [text for text in texts if text]

    reading.title = next(iter(values("title")), "")
    reading.author = "; ".join(values("creator"))
    reading.outlet = next(iter(values("publisher")), "")
    reading.language = next(iter(values("language")), "")
    for value in values("date"):
        try:
            reading.published = parse_date(value, "metadata", job.today)
        except DateRefused as refusal:
            reading.notes.append(f"published date refused (dc:date): {refusal}")
            continue
        if reading.published is not None:
            reading.notes.append(f"published: {reading.published.value}, from dc:date")
            return


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise Unreadable(f"damaged EPUB: {name[:80]} is missing or broken") from None


def _xml(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, recover=True)
    try:
        root = etree.fromstring(data, parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise Unreadable("damaged EPUB: its package is no XML")
    return root


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
