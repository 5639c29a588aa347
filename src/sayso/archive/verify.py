"""Verification: every byte of the archive against the journal, and the journal against its own chain.

In: the archive's folder as it stands. Out: one `Problem` for everything that is not as it was written, with the capture
it touches. It reads the files alone, never the index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sayso.archive import _journal
from sayso.archive._groups import groups, payload, tombstone
from sayso.archive._journal import GENESIS, Line

_CHUNK = 1 << 20
_LOST_LINE = "its line in the journal is damaged or missing; the WARC file still has it"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written. `sha256` and `url` name the capture it touches ("" where it is none)."""

    reason: str
    file: str
    offset: int = 0
    seq: int = 0
    sha256: str = ""
    url: str = ""

    def __str__(self) -> str:
        what = f"capture {self.sha256[:16]} of {self.url}" if self.sha256 else f"entry {self.seq}" if self.seq else ""
        return f"{self.file} at byte {self.offset}: {what + ': ' if what else ''}{self.reason}"


def check(folder: Path, sizes: Mapping[str, int]) -> Iterator[Problem]:
    """Checks the files whose names and sizes are given (what is written behind those sizes meanwhile is left out)."""
    journal = folder / _journal.NAME
    journal_size = sizes.get(_journal.NAME, 0)
    erasures = dict(_erasures(journal, journal_size))
    covered: dict[str, int] = {}
    for item in _chain(folder, journal, journal_size, sizes):
        if isinstance(item, Problem):
            yield item
            continue
        yield from _stored(folder, item, erasures, covered)
    for name, size in sorted(sizes.items()):
        if name == _journal.NAME:
            continue
        if name not in covered:
            yield Problem("this file is no part of the archive", name)
        elif size > covered[name]:
            yield Problem(f"{size - covered[name]} bytes that no entry speaks of", name, covered[name])


def _erasures(journal: Path, size: int) -> Iterator[tuple[int, Line]]:
    for _, raw in _journal.lines(journal, 0, size):
        if b'"kind":"erasure"' in raw and (line := _journal.decode(raw)):
            for seq in line["replaced"]:
                yield seq, line


def _chain(folder: Path, journal: Path, size: int, sizes: Mapping[str, int]) -> Iterator[Line | Problem]:
    """The entries in order; where the journal is damaged, the problem and then the entry as the WARC file has it."""
    head, place = GENESIS, ("", 0)
    damaged: list[int] = []  # offsets of the unsound lines since the last sound one
    end = 0
    for offset, raw in _journal.lines(journal, 0, size):
        end = offset + len(raw) + 1
        line = _journal.decode(raw)
        if line is None:
            damaged.append(offset)
            continue
        if line["prev"] != head:
            for found in _from_warc(folder, place, sizes, until=line["prev"], head=head):
                yield _problem(_LOST_LINE, found, damaged[0] if damaged else offset)
                yield found
                head = found["hash"]
            if line["prev"] != head:
                yield _problem("the chain is broken: what stood before it was changed or removed", line, offset)
        elif damaged:  # what opening the archive does when the last line is damaged
            yield _problem("its line in the journal was damaged and has been written anew", line, damaged[0])
        damaged = []
        yield line
        head, place = line["hash"], (line["file"], line["offset"] + line["length"])
    if size > end:
        damaged.append(end)
    rest = list(_from_warc(folder, place, sizes, until="", head=head))
    for found in rest:
        yield _problem(_LOST_LINE, found, damaged[0] if damaged else end)
        yield found
    if damaged and not rest:
        yield Problem("a line that belongs to no entry", _journal.NAME, damaged[0])


def _problem(reason: str, line: Line, offset: int) -> Problem:
    return Problem(reason, _journal.NAME, offset, line["seq"], line.get("sha256", ""), line.get("url", ""))


def _from_warc(
    folder: Path, place: tuple[str, int], sizes: Mapping[str, int], *, until: str, head: str
) -> Iterator[Line]:
    """The entries that the WARC files have from `place` on and that follow `head`, up to the hash `until`."""
    for name in sorted(name for name in sizes if name.endswith(".warc.gz") and name >= place[0]):
        for group in groups(folder / name, place[1] if name == place[0] else 0, sizes[name]):
            if group.line is None or group.line["prev"] != head:
                return
            yield group.line
            head = group.line["hash"]
            if head == until:
                return


def _stored(folder: Path, line: Line, erasures: Mapping[int, Line], covered: dict[str, int]) -> Iterator[Problem]:
    """Whether the entry's stored bytes are those that were written (or, after an erasure, its tombstone)."""
    name, offset, length = line["file"], line["offset"], line["length"]
    touched = (line["seq"], line.get("sha256", ""), line.get("url", ""))
    if offset > covered.get(name, 0):
        yield Problem("bytes that no entry speaks of", name, covered.get(name, 0))
    covered[name] = max(covered.get(name, 0), offset + length)
    path = folder / name
    if not path.is_file():
        yield Problem("the file is missing", name, offset, *touched)
        return
    digest, size = _hash(path, offset, length)
    if size < length:
        yield Problem(f"{length - size} of its {length} bytes are missing", name, offset, *touched)
    elif line["seq"] in erasures:
        if digest != hashlib.sha256(tombstone(line)).hexdigest():
            yield Problem("erased, but its tombstone is damaged or was never written", name, offset, *touched)
    elif digest != line["stored"]:
        yield Problem("its stored bytes have changed", name, offset, *touched)
    elif line["kind"] == "capture" and "refers" not in line and payload(folder, line) is None:
        yield Problem("its bytes do not have the hash that the journal tells", name, offset, *touched)


def _hash(path: Path, offset: int, length: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as handle:
        handle.seek(offset)
        while size < length and (piece := handle.read(min(_CHUNK, length - size))):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size
