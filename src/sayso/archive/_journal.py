"""The journal: one line of JSON for each entry of the archive, each holding the hash of the line before.

In: an entry (what was put, where it lies in the WARC files). Out: the line, with `hash` = SHA-256 of the canonical JSON
of all its other fields, among them `prev`, the hash of the line before. So no entry can be changed, dropped or moved
without every later hash telling. The same entry stands in the WARC file, so that a lost journal is rebuilt from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

NAME = "journal.jsonl"
GENESIS = "0" * 64  # `prev` of the first entry

Line = dict[str, Any]


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys, no spaces, ASCII only: the same value gives the same bytes everywhere."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def seal(entry: Mapping[str, Any]) -> Line:
    """The entry with its `hash`."""
    return {**entry, "hash": hashlib.sha256(canonical(entry).encode()).hexdigest()}


def sound(line: Mapping[str, Any]) -> bool:
    """Whether the line's hash is that of its other fields."""
    return bool(seal({key: value for key, value in line.items() if key != "hash"})["hash"] == line.get("hash"))


def encode(line: Mapping[str, Any]) -> bytes:
    """The line as it stands in the file."""
    return canonical(line).encode() + b"\n"


def decode(raw: bytes) -> Line | None:
    """The line, or None where the bytes are no sound line written by `encode`."""
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(line, dict) or "seq" not in line or not sound(line) or encode(line) != raw + b"\n":
        return None
    return line


def lines(path: Path, start: int = 0, end: int | None = None) -> Iterator[tuple[int, bytes]]:
    """(offset, bytes without the newline) of each complete line in [start, end) of the file."""
    if not path.exists():
        return
    with path.open("rb") as handle:
        handle.seek(start)
        offset = start
        for raw in handle:
            if not raw.endswith(b"\n") or (end is not None and offset + len(raw) > end):
                return
            yield offset, raw[:-1]
            offset += len(raw)
