"""WARC records as bytes: one gzip member a record, read back with their place in the file (WARC 1.1, ISO 28500).

In: headers and a block. Out: the bytes of one record, or the records found in a file from an offset on. The writer is
our own (warcio copies each payload several times and hashes with SHA-1; this is the hot path of `collect`); what it
writes is checked against warcio in the tests.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import BinaryIO
from uuid import uuid4

CHUNK = 1 << 16
_HEAD_LIMIT = 1 << 20  # a WARC header longer than this is no header


class Broken(Exception):
    """The bytes at this place are no complete record."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record, with where its gzip member begins and how many stored bytes it takes."""

    offset: int
    length: int
    headers: dict[str, str]  # names in lower case
    block: bytes = field(repr=False)

    @property
    def type(self) -> str:
        return self.headers.get("warc-type", "")

    @property
    def payload(self) -> bytes:
        """The block without its HTTP head, if it has one."""
        if self.headers.get("content-type", "").startswith("application/http"):
            return self.block.partition(b"\r\n\r\n")[2]
        return self.block


def new_id() -> str:
    """A fresh record id."""
    return f"<urn:uuid:{uuid4()}>"


def plain(headers: Sequence[tuple[str, str]], block: bytes) -> bytes:
    """The record's bytes before compression."""
    head = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in headers)
    return b"".join(
        (b"WARC/1.1\r\n", head.encode(), b"Content-Length: %d\r\n\r\n" % len(block), block, b"\r\n\r\n"),
    )


def record(headers: Sequence[tuple[str, str]], block: bytes) -> bytes:
    """One gzip member that holds one record."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(plain(headers, block)) + packer.flush()


def stored(data: bytes, size: int) -> bytes:
    """A gzip member of exactly `size` bytes that holds `data` uncompressed; `data` must be `room(size)` bytes long."""
    blocks = _blocks(size)
    assert len(data) == room(size)
    out = [b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"]
    for number in range(blocks):
        piece = data[number * 65535 : (number + 1) * 65535]
        out.append(bytes([number == blocks - 1]))
        out.append(len(piece).to_bytes(2, "little") + (len(piece) ^ 0xFFFF).to_bytes(2, "little"))
        out.append(piece)
    out.append(zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little"))
    return b"".join(out)


def room(size: int) -> int:
    """How many bytes of data a gzip member of `size` bytes holds uncompressed (deflate's stored blocks, RFC 1951)."""
    return size - 18 - 5 * _blocks(size)


def _blocks(size: int) -> int:
    return max(1, -(-(size - 18) // 65540))


def scan(handle: BinaryIO, end: int | None = None) -> Iterator[Record]:
    """The records from the handle's position to `end` (default: the end of the file).

    Raises `Broken` at the first place that is no complete record.
    """
    offset = handle.tell()
    pending = b""
    while True:
        unpacker = zlib.decompressobj(31)
        parts: list[bytes] = []
        start = offset
        while not unpacker.eof:
            if not pending:
                pending = handle.read(CHUNK if end is None else max(0, min(CHUNK, end - handle.tell())))
            if not pending:
                if offset == start:
                    return
                raise Broken(f"incomplete record at byte {start}")
            try:
                parts.append(unpacker.decompress(pending))
            except zlib.error as error:
                raise Broken(f"no record at byte {start}: {error}") from None
            offset += len(pending) - len(unpacker.unused_data)
            pending = unpacker.unused_data
        yield _parse(b"".join(parts), start, offset - start)


def _parse(data: bytes, offset: int, length: int) -> Record:
    head, separator, rest = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    if not separator or len(head) > _HEAD_LIMIT or not lines[0].startswith(b"WARC/"):
        raise Broken(f"no WARC record at byte {offset}")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers[name.strip().lower()] = value.strip()
    size = headers.get("content-length", "")
    if not size.isdigit() or len(rest) < int(size):
        raise Broken(f"record at byte {offset} is shorter than it says")
    return Record(offset, length, headers, rest[: int(size)])


def http_request(method: str, target: str, host: str, headers: Sequence[tuple[str, str]]) -> bytes:
    """The block of a `request` record. What proves who we are to the host is withheld."""
    lines = [f"{method} {target} HTTP/1.1"]
    if not any(name.lower() == "host" for name, _ in headers):
        lines.append(f"Host: {host}")
    for name, value in headers:
        secret = name.lower() in ("authorization", "cookie", "proxy-authorization")
        lines.append(f"{name}: {'[withheld]' if secret else value}")
    return _head(lines)


def http_head(status: int, headers: Sequence[tuple[str, str]], size: int) -> bytes:
    """The head of a `response` record's block for a body that is kept decoded.

    Transfer codings are gone from the body, so the headers that told of them are kept under the names that web archives
    use for this (X-Archive-Orig-…), and Content-Length tells the length as kept.
    """
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    lines = [f"HTTP/1.1 {status} {reason}"]
    for name, value in headers:
        coding = name.lower() in ("content-encoding", "transfer-encoding", "content-length")
        lines.append(f"{'X-Archive-Orig-' if coding else ''}{name}: {value}")
    lines.append(f"Content-Length: {size}")
    return _head(lines)


def _head(lines: Sequence[str]) -> bytes:
    return "".join(f"{_one_line(line)}\r\n" for line in lines).encode("utf-8", "surrogateescape") + b"\r\n"


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")
