"""WARC files in pieces: where their records begin, and the records from one place to another.

In: a seekable stream. Out: `Entry`s, one a record, and one for each stretch that is damaged. A place is the offset of a gzip
member in the file (or of a record in a file that is not compressed) and the offset within the member: so files compressed
record by record are read from any place at once, and files compressed as a whole are read too, from their beginning.
"""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

Place = tuple[int, int]

_CHUNK = 1 << 18
_HEAD = 1 << 16  # a WARC header longer than this is none
_MAGIC = b"\x1f\x8b\x08"
_VERSION = b"WARC/"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: its headers (names in lower case) and its bytes; or, with `damage`, a stretch that is none."""

    place: Place
    headers: dict[str, str] = field(default_factory=dict)
    data: bytes = field(default=b"", repr=False)  # header and block; only what `keep` asked for
    oversize: int = 0  # bytes of the block, where it is larger than what may be kept
    damage: str = ""


def entries(stream: BinaryIO, start: Place = (0, 0), *, keep: int = 0) -> Iterator[Entry]:
    """The records of a WARC file from a place on. Blocks of up to `keep` bytes come with them; with 0 they are skipped.

    What is damaged gives one entry, and reading goes on with the next record that can be found.
    """
    offset, inside = start
    while offset is not None:
        stream.seek(offset)
        head = stream.read(3)
        if not head:
            return
        packed = head == _MAGIC
        source = _Member(stream, offset) if packed else _Plain(stream, offset)
        place = (offset, 0)
        try:
            if inside:
                source.skip(inside)
            while True:
                place = (offset, source.at) if packed else (offset + source.at, 0)
                entry = _record(source, place, keep)
                if entry is None:
                    break
                yield entry
            following: int | None = source.end
        except _Broken as broken:
            following = _next(stream, (place[0] if not packed else offset) + 1)
            until = "to its end" if following is None else f"to byte {following}"
            yield Entry(place, damage=f"damaged from byte {place[0]} {until}: {broken}")
        if following is None:
            return
        offset, inside = following, 0


class _Broken(Exception):
    """No record can be read at this place."""


class _Source(ABC):
    """Bytes in order, however they are stored; `at` counts those that were taken."""

    def __init__(self) -> None:
        self.at = 0
        self._ready = bytearray()
        self._over = False

    @abstractmethod
    def more(self) -> None:
        """Take in what comes next, or note that nothing does."""

    def line(self) -> bytes:
        """Up to and with the next newline; b"" at the end."""
        seen = 0
        while (found := self._ready.find(b"\n", seen)) < 0 and not self._over:
            seen = len(self._ready)
            if seen > _HEAD:
                raise _Broken("no header of a record")
            self.more()
        return self.take(found + 1 if found >= 0 else len(self._ready))

    def take(self, size: int) -> bytes:
        while len(self._ready) < size and not self._over:
            self.more()
        out = bytes(self._ready[:size])
        del self._ready[:size]
        self.at += len(out)
        return out

    def skip(self, size: int) -> int:
        """Pass over bytes; gives how many there were."""
        left = size
        while left:
            gone = len(self.take(min(left, _CHUNK)))
            left -= gone
            if not gone:
                break
        return size - left


class _Member(_Source):
    """A gzip member. `end` is known once all of it has been taken."""

    def __init__(self, stream: BinaryIO, offset: int) -> None:
        super().__init__()
        self._stream, self._read = stream, offset
        self._packer = zlib.decompressobj(31)
        self.end: int | None = None
        stream.seek(offset)

    def more(self) -> None:
        if self._packer.unconsumed_tail:
            data = self._packer.unconsumed_tail
        else:
            self._stream.seek(self._read)
            data = self._stream.read(_CHUNK)
            self._read += len(data)
        try:
            found = self._packer.decompress(data, 4 * _CHUNK)
        except zlib.error as error:
            raise _Broken(f"gzip: {error}") from None
        if not (data or found or self._packer.eof):
            raise _Broken("the file breaks off")
        self._ready += found
        if self._packer.eof:
            self._over = True
            self.end = self._read - len(self._packer.unused_data)


class _Plain(_Source):
    """A file that is not compressed."""

    def __init__(self, stream: BinaryIO, offset: int) -> None:
        super().__init__()
        self._stream, self._start, self._read = stream, offset, offset
        self.end: int | None = None
        stream.seek(offset)

    def more(self) -> None:
        self._stream.seek(self._read)
        data = self._stream.read(_CHUNK)
        self._read += len(data)
        self._ready += data
        self._over = not data

    def skip(self, size: int) -> int:
        if size <= len(self._ready):
            return super().skip(size)
        end = self._stream.seek(0, 2)
        gone = min(size, end - (self._start + self.at))
        self.at += gone
        self._read = self._start + self.at
        self._ready.clear()
        return gone


def _record(source: _Source, place: Place, keep: int) -> Entry | None:
    """The next record; None at the end of the member or file."""
    first = source.line()
    while first in (b"\r\n", b"\n"):  # what some writers put between records
        place = (place[0], source.at) if isinstance(source, _Member) else (place[0] + len(first), 0)
        first = source.line()
    if not first:
        return None
    if not first.startswith(_VERSION):
        raise _Broken("no record begins here")
    lines = [first]
    headers: dict[str, str] = {}
    name = ""
    while (line := source.line()) not in (b"\r\n", b"\n"):
        if not line or sum(map(len, lines)) > _HEAD:
            raise _Broken("the header of a record breaks off")
        lines.append(line)
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text[:1] in " \t" and name:
            headers[name] += " " + text.strip()
        else:
            name, _, value = text.partition(":")
            name = name.strip().lower()
            headers[name] = value.strip()
    size = headers.get("content-length", "")
    if not (size.isascii() and size.isdigit()):
        raise _Broken("a record without its length")
    length = int(size)
    data, oversize = b"", 0
    if keep and length <= keep:
        block = source.take(length)
        taken = len(block)
        data = b"".join((*lines, line, block, b"\r\n\r\n"))
    else:
        taken = source.skip(length)
        oversize = length if keep else 0
    if taken < length:
        raise _Broken("the file breaks off in a record")
    tail = source.take(4)
    if tail not in (b"\r\n\r\n", b"") and not tail.startswith(b"\n"):
        raise _Broken("a record is longer than it says")
    return Entry(place, headers, data, oversize)


def _next(stream: BinaryIO, offset: int) -> int | None:
    """The offset of the next record or gzip member that begins with one, from `offset` on."""
    stream.seek(offset)
    before, at = b"", offset
    while True:
        data = stream.read(_CHUNK)
        if not data:
            return None
        window = before + data
        base = at - len(before)
        found = -1
        while True:
            spots = [p for p in (window.find(_MAGIC, found + 1), window.find(_VERSION, found + 1)) if p >= 0]
            if not spots:
                break
            found = min(spots)
            if _begins(stream, base + found):
                return base + found
        at += len(data)
        before = window[-5:]
        stream.seek(at)


def _begins(stream: BinaryIO, offset: int) -> bool:
    """Whether a whole WARC record's header begins here."""
    stream.seek(offset)
    head = stream.read(4096)
    if head.startswith(_MAGIC):
        try:
            head = zlib.decompressobj(31).decompress(head, 1024)
        except zlib.error:
            return False
    return head.startswith((b"WARC/0.", b"WARC/1.")) and b"WARC-Type" in head
