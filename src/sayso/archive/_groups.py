"""What stands in the WARC files for one entry of the journal: a group of records that ends with the entry itself.

In: a fetch, or the place of a group. Out: the group's records as bytes, the groups of a file, the payload that one
holds, the tombstone that takes an erased group's place.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sayso.archive import _journal, _warc
from sayso.archive._journal import Line
from sayso.records import Fetched

ENTRY_TYPE = "application/vnd.sayso.entry+json"
TOMBSTONE_TYPE = "application/vnd.sayso.tombstone+json"
_MEMBER = b"\x1f\x8b\x08\x00"  # what a gzip member begins with


@dataclass(frozen=True, slots=True)
class Group:
    """One entry as the WARC file has it; `line` is None where the file ends before the entry is whole."""

    offset: int
    length: int
    line: Line | None
    extra: dict[str, Any]


def groups(path: Path, offset: int, end: int | None = None) -> Iterator[Group]:
    """The groups from `offset` on; the last one has no line if it is incomplete."""
    with path.open("rb") as handle:
        handle.seek(offset)
        start, length = offset, 0
        try:
            for record in _warc.scan(handle, end):
                length += record.length
                kind = record.headers.get("content-type", "")
                if kind not in (ENTRY_TYPE, TOMBSTONE_TYPE):
                    continue
                yield _tombstone_group(record) if kind == TOMBSTONE_TYPE else _group(handle, start, length, record)
                start, length = start + length, 0
        except (_warc.Broken, ValueError, KeyError):
            yield Group(start, length, None, {})
            return
        if length:
            yield Group(start, length, None, {})


def entry_follows(path: Path, offset: int) -> bool:
    """Whether any whole entry stands somewhere behind this place: then what is broken here is no tail that a crash left."""
    with path.open("rb") as handle:
        handle.seek(offset)
        rest = handle.read()
    place = rest.find(_MEMBER)
    while place >= 0:
        try:
            found = next(_warc.scan(BytesIO(rest[place:])), None)
        except _warc.Broken:
            found = None
        if found and found.headers.get("content-type") in (ENTRY_TYPE, TOMBSTONE_TYPE):
            return True
        place = rest.find(_MEMBER, place + 1)
    return False


def _group(handle: Any, offset: int, length: int, record: _warc.Record) -> Group:
    found = json.loads(record.block)
    place = handle.tell()
    handle.seek(offset)
    digest = hashlib.sha256()
    left = length
    while left:
        piece = handle.read(min(left, 1 << 20))
        digest.update(piece)
        left -= len(piece)
    handle.seek(place)
    line = _journal.seal({**found["entry"], "length": length, "meta": record.length, "stored": digest.hexdigest()})
    return Group(offset, length, line, {key: found.get(key, {}) for key in ("headers", "hints", "origin")})


def _tombstone_group(record: _warc.Record) -> Group:
    line = json.loads(record.block.rstrip(b" "))["entry"]
    if not _journal.sound(line):
        raise ValueError("a tombstone's entry is not sound")
    return Group(record.offset, record.length, line, {})


def seal_group(entry: Line, records: list[bytes], extra: dict[str, Any]) -> tuple[Line, bytes]:
    """The journal's line for an entry, and its whole group: the records, then a metadata record with the entry itself.

    A capture's group is made as long as its tombstone would be, if it is shorter: so any can be erased in its place.
    """
    head = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", _warc.new_id()),
        ("WARC-Date", entry["at"]),
        *([("WARC-Target-URI", entry["url"])] if entry.get("url") else []),
        ("Content-Type", ENTRY_TYPE),
    ]
    block = _journal.canonical({"entry": entry, **extra}).encode()
    line, raw = _sealed(entry, records, _warc.record(head, block))
    if entry["kind"] == "capture":
        short = _tombstone_size(line) + 8 - len(raw)  # 8: digits by which the lengths in the line may grow
        if short > 0:
            return _sealed(entry, records, _padded(head, block, line["meta"] + short))
    return line, raw


def _sealed(entry: Line, records: list[bytes], meta: bytes) -> tuple[Line, bytes]:
    raw = b"".join((*records, meta))
    digest = hashlib.sha256(raw).hexdigest()
    return _journal.seal({**entry, "length": len(raw), "meta": len(meta), "stored": digest}), raw


def _padded(head: list[tuple[str, str]], block: bytes, size: int) -> bytes:
    """A record of at least `size` stored bytes: not compressed, and with spaces behind the block's JSON."""
    block = block.ljust(size)
    data = _warc.plain(head, block)
    return _warc.stored(data, len(data) + 18 + 5 * -(-len(data) // 65535))


def tombstone(line: Line) -> bytes:
    """What takes the place of an erased group: a record of exactly its length that holds the entry's line alone.

    It depends on nothing but the line, so that an erasure can be redone, and checked, at any later time.
    """
    fixed, block = _tombstone_parts(line)
    room = _warc.room(line["length"]) - len(fixed.format(0).encode()) - 4
    data = fixed.format(room).encode() + block.ljust(room) + b"\r\n\r\n"
    return _warc.stored(data, line["length"])


def _tombstone_parts(line: Line) -> tuple[str, bytes]:
    head = (
        "WARC-Type: metadata",
        f"WARC-Record-ID: <urn:sayso:tombstone:{line['hash']}>",
        f"WARC-Date: {line['at']}",
        f"Content-Type: {TOMBSTONE_TYPE}",
        "Content-Length: {:012d}",
    )
    fixed = "\r\n".join(("WARC/1.1", *head)) + "\r\n\r\n"
    return fixed, _journal.canonical({"entry": line, "erased": True}).encode()


def _tombstone_size(line: Line) -> int:
    fixed, block = _tombstone_parts(line)
    size = len(fixed.format(0).encode()) + len(block) + 4
    return size + 18 + 5 * (1 + size // 65535)


def payload(folder: Path, line: Line) -> bytes | None:
    """The bytes that the entry holds; None where they are damaged or gone."""
    try:
        with (folder / line["file"]).open("rb") as handle:
            handle.seek(line["offset"])
            raw = BytesIO(handle.read(line["length"]))
        for record in _warc.scan(raw):
            if record.type in ("response", "resource"):
                data = record.payload
                if hashlib.sha256(data).hexdigest() == line["sha256"]:
                    return data
    except (OSError, _warc.Broken):
        pass
    return None


def utc(moment: dt.datetime) -> str:
    """The moment as WARC-Date writes it."""
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def records(fetched: Fetched, sha256: str, held: Line | None) -> list[bytes]:
    """The request and response (or resource, or revisit) records of one fetch, redirects first."""
    date = utc(fetched.fetched_at)
    out: list[bytes] = []
    for hop in fetched.hops:
        out += _exchange(
            hop.url, date, hop.request_headers, _warc.http_head(hop.status, hop.headers, 0), "response", []
        )
    url = fetched.final_url or fetched.url
    details = [("WARC-Payload-Digest", f"sha256:{sha256}")]
    if fetched.ip:
        details.append(("WARC-IP-Address", fetched.ip))
    if fetched.protocol:
        details.append(("WARC-Protocol", fetched.protocol))
    kind = "response"
    if held:
        kind = "revisit"
        profile = "server-not-modified" if fetched.status == 304 else "identical-payload-digest"
        details += [
            ("WARC-Profile", f"http://netpreserve.org/warc/1.1/revisit/{profile}"),
            ("WARC-Refers-To-Target-URI", held.get("final_url") or held["url"]),
            ("WARC-Refers-To-Date", held["at"]),
        ]
    body = b"" if held else fetched.data
    if fetched.protocol or fetched.headers:
        head = _warc.http_head(fetched.status, fetched.headers, len(fetched.data))
        return out + _exchange(url, date, fetched.request_headers, head + body, kind, details)
    return [
        *out,
        _warc.record(
            [
                ("WARC-Type", "revisit" if held else "resource"),
                ("WARC-Record-ID", _warc.new_id()),
                ("WARC-Date", date),
                ("WARC-Target-URI", url),
                *details,
                ("Content-Type", fetched.media_type or "application/octet-stream"),
            ],
            body,
        ),
    ]


def _exchange(
    url: str,
    date: str,
    request_headers: tuple[tuple[str, str], ...],
    response: bytes,
    kind: str,
    details: list[tuple[str, str]],
) -> list[bytes]:
    """A request record (where we know what was asked) and the record of its answer."""
    answer, asked = _warc.new_id(), _warc.new_id()
    common = [("WARC-Date", date), ("WARC-Target-URI", url)]
    out = []
    if request_headers:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        block = _warc.http_request("GET", target, parts.netloc.rpartition("@")[2], request_headers)
        head = [("WARC-Type", "request"), ("WARC-Record-ID", asked), *common, ("WARC-Concurrent-To", answer)]
        out.append(_warc.record([*head, ("Content-Type", "application/http; msgtype=request")], block))
    head = [("WARC-Type", kind), ("WARC-Record-ID", answer), *common, *details]
    out.append(_warc.record([*head, ("Content-Type", "application/http; msgtype=response")], response))
    return out
