"""A guard before any ZIP-based file (DOCX, EPUB) is opened: what it would unpack to, told from its directory.

Sizes in the directory bind: zipfile never gives more bytes of an entry than the directory says.
"""

from __future__ import annotations

import io
import zipfile

from sayso.errors import Unreadable

MAX_UNPACKED = 200_000_000
MAX_PART = 12_000_000
MAX_ENTRIES = 10_000
MAX_RATIO = 150


def open_zip(data: bytes, what: str) -> zipfile.ZipFile:
    """The archive, if it is sound and unpacks to a sane size.

    Raises:
        Unreadable: damaged, encrypted, or a bomb.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError, EOFError) as error:
        raise Unreadable(f"damaged or truncated {what}: {' '.join(str(error).split())[:80]}") from None
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(f"{what} with {len(entries):,} parts: over the limit of {MAX_ENTRIES:,}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(f"encrypted {what}: remove its password first")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_UNPACKED:
        raise Unreadable(
            f"{what} that unpacks to {total / 1e6:,.0f} MB: over the limit of {MAX_UNPACKED // 10**6} MB (a zip bomb?)"
        )
    for entry in entries:
        if entry.file_size > 1_000_000 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise Unreadable(
                f"{what} with a part that unpacks {entry.file_size // max(entry.compress_size, 1):,}-fold: a zip bomb"
            )
        if entry.file_size > MAX_PART and entry.filename.lower().endswith(
            (".xml", ".xhtml", ".html", ".htm", ".rels", ".opf", ".ncx")
        ):
            raise Unreadable(
                f"{what} with a part of {entry.file_size / 1e6:,.0f} MB: over the limit of {MAX_PART // 10**6} MB"
            )
    return archive
