"""WARC and WACZ files of others. In: a path. Out: the pages in them, each with its own address, date and headers."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from sayso.address import canonical
from sayso.collect._disk import file_uri, shown, too_large
from sayso.records import Failure, Fetched

# what a page needs beside its words is not an item
_FURNITURE = ("image/", "font/", "video/", "audio/", "text/css", "text/javascript", "application/javascript")
_FURNITURE_ALSO = ("application/x-javascript", "application/json", "application/font", "application/wasm")


class _Records(ArchiveIterator):  # type: ignore[misc]  # warcio has no types
    INC_RECORD = ""  # what warcio would print of a record with a wrong length: a `Failure` says it, or nothing need to


def from_warc(path: Path, max_bytes: int) -> Iterator[Fetched | Failure]:
    """The pages of a WARC file, compressed or not."""
    try:
        with path.open("rb") as handle:
            yield from _pages(handle, path, max_bytes)
    except OSError as error:
        yield Failure(shown(path), "collect", f"cannot be read: {error.strerror or error}")


def from_wacz(path: Path, max_bytes: int) -> Iterator[Fetched | Failure]:
    """The pages of all WARC files in a WACZ (the format of browsertrix and Webrecorder)."""
    try:
        with zipfile.ZipFile(path) as bundle:
            names = sorted(name for name in bundle.namelist() if name.endswith((".warc.gz", ".warc")))
            if not names:
                yield Failure(shown(path), "collect", "a WACZ without WARC files")
            for name in names:
                with bundle.open(name) as handle:
                    yield from _pages(handle, path, max_bytes)  # type: ignore[arg-type]
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        yield Failure(shown(path), "collect", f"not a readable WACZ: {' '.join(str(error).split())}")


def _pages(handle: BinaryIO, path: Path, max_bytes: int) -> Iterator[Fetched | Failure]:
    try:
        for record in _Records(handle):
            if record.rec_type in ("response", "resource"):
                page = page_of(record, file_uri(path), max_bytes)
                if page is not None:
                    yield page
    except (ArchiveLoadFailed, EOFError, ValueError, OSError, KeyError, AttributeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        yield Failure(shown(path), "collect", f"the web archive breaks off or is damaged: {reason}")


def page_of(record: object, container: str, max_bytes: int) -> Fetched | Failure | None:
    """The page in one of warcio's records, None where it holds none; `container` is the address of its file."""
    about = record.rec_headers  # type: ignore[attr-defined]
    http = record.http_headers  # type: ignore[attr-defined]
    url = (about.get_header("WARC-Target-URI") or "").strip("<>")
    if not url.isascii() and url.startswith(("http://", "https://")):
        url = canonical(url)  # some tools leave addresses unescaped; replayers look for them escaped
    status = int(http.get_statuscode() or 0) if http and (http.get_statuscode() or "").isdigit() else 200
    declared = (http.get_header("Content-Type") if http else about.get_header("Content-Type")) or ""
    media_type = declared.partition(";")[0].strip().lower()
    if not 200 <= status < 300 or media_type.startswith(_FURNITURE) or media_type.startswith(_FURNITURE_ALSO):
        return None
    # what a desk took in as files is a page of its archive, too
    if not url.startswith(("http://", "https://", "file://")) or url.endswith("/robots.txt"):
        return None
    data = record.content_stream().read(max_bytes + 1)  # type: ignore[attr-defined]
    if len(data) > max_bytes:
        return Failure(url, "collect", too_large(len(data), max_bytes))
    return Fetched(
        url=url,
        data=data,
        fetched_at=_moment(about.get_header("WARC-Date") or ""),
        path=url,
        media_type=media_type,
        status=status,
        headers=tuple((str(name), str(value)) for name, value in http.headers) if http else (),
        ip=about.get_header("WARC-IP-Address") or "",
        protocol="http/1.1" if http else "",
        origin={"container": container, "locator": about.get_header("WARC-Record-ID") or ""},
    )


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return dt.datetime.now(dt.UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
