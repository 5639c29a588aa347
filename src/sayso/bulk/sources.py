"""What a bulk run reads: INPUT… becomes a list of sources, and each source is cut into partitions.

In: paths and fsspec URLs. Out: `Source`s in a fixed order, and `Partition`s: the unit of work, of output and of resuming.
A partition says where its pages lie and holds none of them. Cutting is lazy and goes on from any partition's end.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import stat
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

from sayso.bulk._needs import needs
from sayso.bulk._warc import entries
from sayso.errors import UsageError

Form = Literal["files", "warc", "jsonl", "parquet"]
PAGES = 200  # in a partition, where nothing else is asked for
PAGE_RECORDS = ("response", "resource")  # the WARC records that may hold a page
_FORMS: dict[str, Form] = {
    ".warc": "warc",
    ".warc.gz": "warc",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file: as the user named it, the address to open it by, its bytes, and what changes when it does."""

    label: str
    url: str
    size: int
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One container; or, with `form` "files", all the files that are each an item themselves.

    `member` names the WARC within a WACZ; `base` is where it begins in that file, or -1 where it is compressed there.
    """

    number: int
    form: Form
    files: tuple[File, ...]
    member: str = ""
    base: int = 0
    length: int = 0  # of the member

    @property
    def size(self) -> int:
        """Bytes to read."""
        return self.length or sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Partition:
    """Where a partition's pages lie: `count` entries from `start` on; `following` is where the next partition starts.

    Places are lists of integers: in a WARC (offset, offset within a gzip member), in JSONL (line, byte), in Parquet a row,
    among files the place in their order. `bytes` is its share of the source, for progress.
    """

    id: str
    source: int
    number: int
    form: Form
    files: tuple[File, ...]
    start: tuple[int, ...]
    count: int
    following: tuple[int, ...] | None = None
    bytes: int = 0
    member: str = ""
    base: int = 0
    length: int = 0
    options: dict[str, Any] = field(default_factory=dict, compare=False)


def filesystem(url: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it. Raises `UsageError` for one that there is no driver for."""
    fsspec = needs("fsspec")
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
        return found
    except (ImportError, ValueError) as error:
        raise UsageError(f"{url}: {' '.join(str(error).split())}") from None


def open_source(url: str) -> BinaryIO:
    """A file for reading, seekable. Raises `OSError`."""
    if "://" not in url:
        if not stat.S_ISREG(Path(url).stat().st_mode):  # opening a pipe would wait for whoever writes into it
            raise OSError("not a regular file")
        return Path(url).open("rb")
    fs, path = filesystem(url)
    stream: BinaryIO = fs.open(path, "rb")
    return stream


def sources(inputs: Sequence[str]) -> list[Source]:
    """The containers and files behind the inputs, in their order; folders with all below them but hidden files.

    Addresses may have `*`, `?` and `[…]`, which a shell replaces in paths alone. Raises `UsageError` for an input that is
    not there.
    """
    found: list[Source] = []
    loose: list[File] = []
    for text in inputs:
        for file in _remote(text) if "://" in text else _local(text):
            name = file.label.lower()
            form = next((form for suffix, form in _FORMS.items() if name.endswith(suffix)), None)
            if name.endswith(".wacz"):
                found += _wacz(file, len(found))
            elif form:
                found.append(Source(len(found), form, (file,)))
            else:
                loose.append(file)
    if loose:
        found.append(Source(len(found), "files", tuple(loose)))
    return found


def listing(found: Sequence[Source]) -> str:
    """A hash of what there is to read: other files, sizes or versions give another."""
    digest = hashlib.sha256()
    for source in found:
        digest.update(json.dumps(asdict(source), sort_keys=True).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:24]


def cut(source: Source, pages: int, start: tuple[int, ...], number: int) -> Partition | None:
    """The partition of `source` that starts at `start`; None where nothing is left. Raises `OSError`."""
    cutter = {"files": _cut_files, "warc": _cut_warc, "jsonl": _cut_lines, "parquet": _cut_rows}[source.form]
    found = cutter(source, pages, start)
    if found is None:
        return None
    count, following, size = found
    files = source.files[start[0] : start[0] + count] if source.form == "files" else source.files
    return Partition(
        partition_id(source.number, number),
        source.number,
        number,
        source.form,
        files,
        start,
        count,
        following,
        size,
        source.member,
        source.base,
        source.length,
    )


def first_place(source: Source) -> tuple[int, ...]:
    """Where a source's first partition starts."""
    return (0, 0) if source.form in ("warc", "jsonl") else (0,)


def partition_id(source: int, number: int) -> str:
    """The name of a partition, in the order of the input."""
    return f"{source:05}-{number:06}"


def warc_stream(files: Sequence[File], member: str, base: int, length: int) -> BinaryIO:
    """The bytes of a WARC, also of one within a WACZ."""
    stream = open_source(files[0].url)
    if not member:
        return stream
    if base >= 0:
        return _Window(stream, base, length)  # type: ignore[return-value]
    return zipfile.ZipFile(stream).open(member)  # type: ignore[return-value]


def line_stream(file: File) -> BinaryIO:
    """The lines of a JSONL file, unpacked."""
    stream = open_source(file.url)
    return gzip.open(stream) if file.label.lower().endswith(".gz") else stream  # type: ignore[return-value]


# --- listing ------------------------------------------------------------------------------------------------------


def _local(text: str) -> Iterator[File]:
    path = Path(text)
    if path.is_dir():
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith("."):
                    yield from _file(Path(folder, name))
    elif path.exists():
        yield from _file(path)
    else:
        raise UsageError(f"{_printable(text)}: no such file or folder")


def _file(path: Path) -> Iterator[File]:
    label = _printable(str(path))
    try:
        about = path.stat()
        yield File(label, str(path.absolute()), about.st_size, str(about.st_mtime_ns))
    except OSError:  # a link that leads nowhere: reading it says so
        yield File(label, str(path.absolute()), 0)


def _remote(text: str) -> Iterator[File]:
    fs, path = filesystem(text)
    protocol = text.partition("://")[0]
    try:
        names = sorted(fs.find(path)) or ([path] if fs.exists(path) else [])
        if not names and any(sign in path for sign in "*?["):
            names = sorted({name for found in fs.glob(path) for name in fs.find(found) or [found]})
            path = path[: min(path.find(sign) for sign in "*?[" if sign in path)].rpartition("/")[0]
    except Exception as error:  # of each driver its own
        raise UsageError(f"{text}: {' '.join(str(error).split()) or type(error).__name__}") from None
    if not names:
        raise UsageError(f"{text}: nothing there")
    for name in names:
        below = name[len(path) :] if name.startswith(path) else name
        if any(part.startswith(".") for part in below.split("/")):
            continue
        about = fs.info(name)
        stamp = next((str(about[key]) for key in ("ETag", "etag", "mtime", "LastModified") if about.get(key)), "")
        url = name if "://" in name else f"{protocol}://{name}"
        yield File(url, url, int(about.get("size") or 0), stamp)


def _wacz(file: File, number: int) -> list[Source]:
    """The WARCs in a WACZ. They are mostly stored as they are and can be read from any place."""
    found: list[Source] = []
    try:
        with open_source(file.url) as stream, zipfile.ZipFile(stream) as bundle:
            for about in sorted(bundle.infolist(), key=lambda each: each.filename):
                if about.filename.endswith((".warc", ".warc.gz")):
                    base = -1
                    if about.compress_type == zipfile.ZIP_STORED:
                        stream.seek(about.header_offset + 26)
                        sizes = stream.read(4)
                        names = int.from_bytes(sizes[:2], "little") + int.from_bytes(sizes[2:], "little")
                        base = about.header_offset + 30 + names
                    found.append(Source(number + len(found), "warc", (file,), about.filename, base, about.file_size))
    except (OSError, zipfile.BadZipFile):
        found = []
    # What is no readable WACZ is read as a file, and refused there with the reason.
    return found or [Source(number, "files", (file,))]


def _printable(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


# --- cutting --------------------------------------------------------------------------------------------------------

Cut = tuple[int, tuple[int, ...] | None, int] | None


def _cut_files(source: Source, pages: int, start: tuple[int, ...]) -> Cut:
    here = source.files[start[0] : start[0] + pages]
    if not here:
        return None
    after = start[0] + len(here)
    return len(here), (after,) if after < len(source.files) else None, sum(file.size for file in here)


def _cut_warc(source: Source, pages: int, start: tuple[int, ...]) -> Cut:
    """Records until `pages` of them may hold a page."""
    count = seen = 0
    with warc_stream(source.files, source.member, source.base, source.length) as stream:
        for entry in entries(stream, (start[0], start[1])):
            if seen >= pages:
                return count, entry.place, max(0, entry.place[0] - start[0])
            count += 1
            seen += entry.headers.get("warc-type") in PAGE_RECORDS
    return (count, None, max(0, source.size - start[0])) if count else None


def _cut_lines(source: Source, pages: int, start: tuple[int, ...]) -> Cut:
    count = size = 0
    with line_stream(source.files[0]) as stream:
        stream.seek(start[1])
        while count < pages:
            line = stream.readline()
            if not line:
                return (count, None, max(0, source.size - start[1])) if count else None
            count, size = count + 1, size + len(line)
        more = stream.read(1)
    return count, (start[0] + count, start[1] + size) if more else None, min(size, source.size)


def _cut_rows(source: Source, pages: int, start: tuple[int, ...]) -> Cut:
    parquet = needs("pyarrow.parquet")
    with open_source(source.files[0].url) as stream:
        rows = parquet.ParquetFile(stream).metadata.num_rows
    count = min(pages, rows - start[0])
    if count <= 0:
        return None
    after = start[0] + count
    return count, (after,) if after < rows else None, source.size * count // rows


class _Window:
    """A stretch of a file, as a file."""

    def __init__(self, stream: BinaryIO, base: int, length: int) -> None:
        self._stream, self._base, self._length, self._at = stream, base, length, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset if whence == 0 else (self._at if whence == 1 else self._length) + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._length - self._at)
        self._stream.seek(self._base + self._at)
        data = self._stream.read(left if size < 0 else min(size, left))
        self._at += len(data)
        return data

    def __enter__(self) -> _Window:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
