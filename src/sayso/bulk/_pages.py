"""The pages of a partition, one at a time. In: a `Partition`. Out: `Page`s to be read, and `Failure`s.

Each has its number within the partition, which depends on the input alone: a page that is refused keeps its number.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zipfile import BadZipFile

from sayso.bulk._needs import needs
from sayso.bulk._warc import entries
from sayso.bulk.sources import PAGE_RECORDS, Partition, line_stream, open_source, warc_stream
from sayso.collect._webarchives import page_of
from sayso.records import Failure

MAX_BYTES = 50_000_000  # of one page: the reader's own limit
_HINTS = ("title", "published", "author", "outlet", "language", "medium")
_DAMAGED = (OSError, EOFError, ValueError, KeyError, AttributeError, zlib.error, BadZipFile)


@dataclass(frozen=True, slots=True)
class Page:
    """The bytes of one page. `told` is what its row says of it (see `Fetched.hints`); `bare`: the bytes are text alone."""

    path: str
    data: bytes = field(repr=False)
    media_type: str = ""
    captured: dt.date | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    bare: bool = False


def pages(partition: Partition) -> Iterator[tuple[int, Page | Failure]]:
    """What the partition holds. Nothing is raised for what is damaged or gone: it is a `Failure`."""
    found = {"files": _files, "warc": _warc, "jsonl": _lines, "parquet": _rows}[partition.form](partition)
    number = 0
    try:
        for number, each in found:
            yield number, each
    except _DAMAGED as error:
        reason = " ".join(str(getattr(error, "strerror", "") or error).split()) or type(error).__name__
        yield number + 1, Failure(partition.files[0].label, "collect", f"cannot be read: {reason}")


def _files(partition: Partition) -> Iterator[tuple[int, Page | Failure]]:
    for number, file in enumerate(partition.files):
        try:
            with open_source(file.url) as stream:
                data = stream.read(MAX_BYTES + 1)  # one byte over the limit: the reader refuses the rest itself
        except OSError as error:
            reason = " ".join(str(error.strerror or error).split())
            yield number, Failure(file.label, "collect", f"cannot be read: {reason}")
        else:
            yield number, Page(file.label, data)


def _warc(partition: Partition) -> Iterator[tuple[int, Page | Failure]]:
    container = partition.files[0]
    place = (partition.start[0], partition.start[1])
    with warc_stream(partition.files, partition.member, partition.base, partition.length) as stream:
        for number, entry in enumerate(entries(stream, place, keep=2 * MAX_BYTES)):
            if number == partition.count:
                return
            if entry.damage:
                yield number, Failure(container.label, "collect", f"the web archive is {entry.damage}")
            elif entry.headers.get("warc-type") in PAGE_RECORDS:
                page = _page_of_record(entry.data, entry.headers, entry.oversize, container.label)
                if page is not None:
                    yield number, page


def _page_of_record(data: bytes, headers: Mapping[str, str], oversize: int, container: str) -> Page | Failure | None:
    url = headers.get("warc-target-uri", "").strip("<>")
    if oversize:
        return Failure(url, "collect", f"a record of {oversize / 1e6:.0f} MB: over the limit for one item")
    archive = needs("warcio.archiveiterator")
    try:
        record = next(iter(archive.ArchiveIterator(io.BytesIO(data))))
        found = page_of(record, container, MAX_BYTES)
    except StopIteration:
        return Failure(url or container, "collect", "a damaged record of a web archive")
    except Exception as error:  # warcio raises its own and whatever its unpackers raise
        reason = " ".join(str(error).split()) or type(error).__name__
        return Failure(url or container, "collect", f"a damaged record of a web archive: {reason}")
    if found is None or isinstance(found, Failure):
        return found
    return Page(found.path, found.data, found.media_type, _day(headers.get("warc-date", "")))


def _lines(partition: Partition) -> Iterator[tuple[int, Page | Failure]]:
    file = partition.files[0]
    with line_stream(file) as stream:
        stream.seek(partition.start[1])
        for number in range(partition.count):
            line = stream.readline()
            if not line:
                return
            where = f"{file.label}#{partition.start[0] + number + 1}"
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                yield number, Failure(where, "collect", "the line is no JSON")
            else:
                yield number, _page_of_row(row, where)


def _rows(partition: Partition) -> Iterator[tuple[int, Page | Failure]]:
    parquet = needs("pyarrow.parquet")
    file, (first,) = partition.files[0], partition.start
    with open_source(file.url) as stream:
        table = parquet.ParquetFile(stream)
        begin = 0
        for group in range(table.metadata.num_row_groups):
            length = table.metadata.row_group(group).num_rows
            if begin + length > first and begin < first + partition.count:
                at = begin
                try:
                    for batch in table.iter_batches(batch_size=32, row_groups=[group]):
                        if at + batch.num_rows > first and at < first + partition.count:
                            for n, row in enumerate(batch.to_pylist()):
                                if first <= at + n < first + partition.count:
                                    yield at + n - first, _page_of_row(row, f"{file.label}#{at + n + 1}")
                        at += batch.num_rows
                except _DAMAGED as error:  # the next group may be sound
                    at, last = max(at, first), min(begin + length, first + partition.count)
                    reason = f"rows {at + 1} to {last} cannot be read: {' '.join(str(error).split())}"
                    yield at - first, Failure(file.label, "collect", reason)
            begin += length


def _page_of_row(row: Any, where: str) -> Page | Failure:
    """A row with `text`, `html` or `data` (bytes; in JSON base64), and what else it tells of the page."""
    if not isinstance(row, dict):
        return Failure(where, "collect", "the row is no object with named fields")
    path = _text(row.get("path")) or _text(row.get("url")) or where
    media_type, bare = str(row.get("media_type") or ""), False
    if isinstance(row.get("text"), str):
        data, media_type, bare = row["text"].encode("utf-8", "replace"), "text/plain", True
    elif isinstance(row.get("html"), (str, bytes)):
        html = row["html"]
        data, media_type = html if isinstance(html, bytes) else html.encode("utf-8", "replace"), "text/html"
    elif isinstance(row.get("data"), bytes):
        data = row["data"]
    elif isinstance(row.get("data"), str):
        try:
            data = base64.b64decode(row["data"], validate=True)
        except (binascii.Error, ValueError):
            return Failure(path, "collect", "its `data` is no base64")
    else:
        return Failure(path, "collect", "a row without `text`, `html` or `data`")
    told = {name: text for name in _HINTS if (text := _text(row.get(name)))}
    return Page(path, data, media_type, _day(str(row.get("captured") or "")), told, bare)


def _text(value: Any) -> str:
    """What a row names a page by; "" for what is no name."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
