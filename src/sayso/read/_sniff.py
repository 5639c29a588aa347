"""Which format an item is in: told by its first bytes, then by its name, and only last by its declared media type.

Servers lie about types more often than files lie about themselves.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from sayso.errors import Unreadable

_REFUSED = (
    (b"\x1f\x8b", "gzip-compressed data: unpack it first"),
    (b"BZh", "bzip2-compressed data: unpack it first"),
    (b"\xfd7zXZ\x00", "xz-compressed data: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstandard-compressed data: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it first"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.doc, .xls, .msg): save it as .docx or PDF"),
    (b"\x7fELF", "a program, not a text"),
    (b"MZ\x90\x00", "a program, not a text"),
    (b"SQLite format 3\x00", "a database, not a text"),
    (b"OggS", "a sound recording: add its transcript (SRT, VTT)"),
    (b"ID3", "a sound recording: add its transcript (SRT, VTT)"),
    (b"fLaC", "a sound recording: add its transcript (SRT, VTT)"),
    (b"\x1aE\xdf\xa3", "a video: add its transcript (SRT, VTT)"),
    (b"{\\rtf", "an RTF file: save it as .docx or PDF"),
)
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a", b"BM")
_SUFFIXES = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".shtml": "html",
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".mkd": "markdown",
    ".srt": "srt", ".vtt": "vtt", ".ttml": "ttml", ".dfxp": "ttml", ".eml": "email",
}  # fmt: skip
_TYPES = {
    "text/html": "html", "application/xhtml+xml": "html", "text/plain": "text", "text/markdown": "markdown",
    "text/vtt": "vtt", "application/x-subrip": "srt", "text/srt": "srt", "application/ttml+xml": "ttml",
    "message/rfc822": "email",
}  # fmt: skip
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|article|main|div|table|p|h1|script|link|font|center|frameset)"
    rb"(?=[\s/>])",
    re.IGNORECASE,
)
_SRT = re.compile(rb"\s*\d{1,6}\s*\r?\n\s*\d{1,3}:\d\d:\d\d[,.]\d{1,3}\s*-->")
_EMAIL = re.compile(
    rb"(?:From |(?:Return-Path|Received|Delivered-To|MIME-Version|Message-ID|From|Date|Subject|To):)", re.I
)
_EMAIL_FIELDS = re.compile(rb"^(?:Received|MIME-Version|Message-ID|From|Date|Subject|To|Content-Type):", re.I | re.M)


def suffix(path: str) -> str:
    """The lower-case suffix of a file path or an address."""
    name = urlsplit(path).path if re.match(r"[a-z][a-z0-9+.-]+://", path, re.IGNORECASE) else path
    return PurePosixPath(unquote(name).replace("\n", " ")).suffix.lower()


def sniff(data: bytes, path: str, media_type: str = "") -> str:
    """One of html, text, markdown, pdf, docx, epub, srt, vtt, ttml, email, image.

    Raises:
        Unreadable: the bytes are of a kind that holds no text, or none that can be read here.
    """
    head = data[:4096]
    for magic, reason in _REFUSED:
        if head.startswith(magic):
            raise Unreadable(reason)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zipped(data)
    if head.startswith(_IMAGES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return "image"
    if head.startswith(b"RIFF") or head[4:8] == b"ftyp":
        raise Unreadable("a recording: add its transcript (SRT, VTT)")
    kind = media_type.partition(";")[0].strip().lower()
    by_name = _SUFFIXES.get(suffix(path), "")
    plain = head.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    start = plain.lstrip()
    if start.startswith(b"WEBVTT"):
        return "vtt"
    if by_name in ("text", "markdown"):
        return by_name  # a text file about HTML, or one that begins with a subtitle number, is still a text file
    if re.search(rb"<(?:tt|tt:tt)[\s>]", start[:2000]) and b"ns/ttml" in start:
        return "ttml"
    if _SRT.match(start):
        return "srt"
    if by_name:
        return by_name
    if _HTML.search(start[:2048]):
        return "html"
    if kind in _TYPES:
        return _TYPES[kind]
    if _EMAIL.match(start) and len(set(_EMAIL_FIELDS.findall(start))) >= 3:
        return "email"
    return "text"


def _zipped(data: bytes) -> str:
    """Office files and e-books are ZIP archives; their first entries tell which."""
    if b"mimetypeapplication/epub+zip" in data[:200]:
        return "epub"
    if b"word/document.xml" in data or b"word/" in data[:100_000]:
        return "docx"
    if b"META-INF/container.xml" in data:
        return "epub"
    if b"xl/workbook" in data or b"ppt/presentation" in data:
        raise Unreadable("a spreadsheet or slides: save it as PDF")
    if b"opendocument.text" in data[:200]:
        raise Unreadable("an OpenDocument text: save it as .docx or PDF")
    raise Unreadable("a ZIP archive: unpack it and add the files")
