"""The archive of a desk: every fetch kept as WARC records, found by the SHA-256 of its bytes, chained by hashes.

In: `Fetched` records. Out: `Capture` records, and their bytes again.

    FOLDER/captures-00001.warc.gz …   records, one gzip member each; nothing in them is ever changed but by an erasure
    FOLDER/journal.jsonl              one line an entry, each with the hash of the line before
    FOLDER.index                      where to find a hash or an address; made from the journal, can be deleted

Order of writing: the records, then the journal's line, then the index. What a crash leaves of an entry whose line was
not written is taken in when it is whole and cut off when it is not, at the next opening; so no byte at which a crash
may come leaves the archive unreadable. Several processes may put at once: each takes the journal's lock for one entry.
"""

from __future__ import annotations

import base64
import datetime as dt
import fcntl
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from io import BytesIO
from pathlib import Path
from typing import Any

from sayso.address import address_key
from sayso.archive import _journal, _warc
from sayso.archive._groups import entry_follows, groups, payload, records, seal_group, tombstone, utc
from sayso.archive._index import Index
from sayso.archive._journal import Line
from sayso.archive.verify import Problem, check
from sayso.errors import SaysoError
from sayso.records import Capture, Fetched

_SYNC_EVERY = 1.0  # seconds: what a power cut (not a crash of the process) may cost at most


class Erased(SaysoError):
    """These bytes were erased from the archive, for a reason on record, and are not kept again."""


class Archive:
    """The captures under one folder. Use as a context manager, or call `close()`."""

    def __init__(self, folder: Path | str, *, rotate_at: int = 1 << 30) -> None:
        """Opens or makes the archive; finishes what a crash left half done.

        `rotate_at`: bytes after which a new file begins.
        """
        self.folder = Path(folder)
        self.rotate_at = rotate_at
        self._lock = threading.RLock()
        self._file = ""  # the WARC file being written, and how far it is known to be good
        self._end = 0
        self._warc_fd = -1
        self._synced = time.monotonic()
        self._writable = self._prepare()
        self._index = Index(self.index_path)
        if self._writable:
            with self._writing():
                pass
        else:
            self._take_in_readonly()

    @property
    def index_path(self) -> Path:
        return self.folder.with_name(self.folder.name + ".index")

    @property
    def journal_path(self) -> Path:
        return self.folder / _journal.NAME

    def _prepare(self) -> bool:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._journal_fd = os.open(self.journal_path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            if not self.journal_path.is_file():
                raise SaysoError(f"no archive can be made in {self.folder}: {error.strerror}") from None
            self._journal_fd = os.open(self.journal_path, os.O_RDONLY)
            return False
        return True

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Writes everything through to the disk and lets go of the files."""
        with self._lock:
            if self._journal_fd < 0:
                return
            if self._writable:
                self.sync()
            if self._warc_fd >= 0:
                os.close(self._warc_fd)
            os.close(self._journal_fd)
            self._warc_fd = self._journal_fd = -1
            self._index.close()

    def sync(self) -> None:
        """Has the system write what was put to the disk: the records before the lines that speak of them."""
        if self._warc_fd >= 0:
            os.fdatasync(self._warc_fd)
        os.fdatasync(self._journal_fd)
        self._synced = time.monotonic()

    # -- putting -----------------------------------------------------------------------------------------------------

    def put(self, fetched: Fetched) -> Capture:
        """Keeps one fetch. Bytes already held are not stored again: a revisit record says that they were seen again.

        A fetch that is held already, and a local file unchanged since its last capture, give that capture and write
        nothing. Raises `Erased` for bytes that were erased, `SaysoError` for a 304 answer about an address never
        captured and for a full disk.
        """
        with self._lock, self._writing():
            sha256 = hashlib.sha256(fetched.data).hexdigest()
            before = self._index.latest(fetched.url)
            if fetched.status == 304:
                if before is None:
                    raise SaysoError(f"{fetched.url}: answered 'not modified' but was never captured")
                sha256 = before[0]["sha256"]
            elif held := self._held_already(fetched, before, sha256):
                return held
            if gone := self._index.of_sha256(sha256, "erasure"):
                raise Erased(f"these bytes were erased on {gone[-1][0]['at'][:10]} ({gone[-1][0]['reason']})")
            return self._add_capture(fetched, sha256)

    def _held_already(
        self, fetched: Fetched, before: tuple[Line, dict[str, Any]] | None, sha256: str
    ) -> Capture | None:
        """The capture of this very fetch, or of a local file that has not changed since."""
        if before is None or self._index.holder(sha256) is None:
            return None
        if not fetched.protocol and not fetched.headers and before[0]["sha256"] == sha256:
            return _capture(*before)
        same = self._index.first(
            "WHERE url = ? AND sha256 = ? AND kind = 'capture' AND erased = 0 AND json_extract(line, '$.at') = ?",
            fetched.url,
            sha256,
            utc(fetched.fetched_at),
        )
        return _capture(*same) if same else None

    def _add_capture(self, fetched: Fetched, sha256: str) -> Capture:
        held = self._index.holder(sha256)
        size = held[0]["size"] if held else len(fetched.data)
        entry: Line = {
            "kind": "capture",
            "at": utc(fetched.fetched_at),
            "url": fetched.url,
            "sha256": sha256,
            "size": size,
            "media_type": fetched.media_type or (held[0]["media_type"] if held and fetched.status == 304 else ""),
            "status": fetched.status,
            "role": fetched.role,
        }
        if fetched.final_url and fetched.final_url != fetched.url:
            entry["final_url"] = fetched.final_url
        if fetched.feed:
            entry["feed"] = fetched.feed
        if held:
            entry["refers"] = held[0]["seq"]
        headers = {name.lower(): value for name, value in fetched.headers if name.lower() != "set-cookie"}
        extra = {"headers": headers, "hints": dict(fetched.hints), "origin": dict(fetched.origin)}
        line = self._append(entry, records(fetched, sha256, held[0] if held else None), extra)
        return _capture(line, extra)

    def erase(self, sha256: str, reason: str) -> int:
        """Removes bytes for good: every record that held or named them is overwritten by a tombstone of its length.

        What stays is the chain's own line of each (address, date, hash) and a new entry with the date and the reason.
        Gives the number of captures erased. The order is: the entry, then the overwriting, which is done again at the
        next opening if a crash comes between. Raises `SaysoError` where there is nothing to erase, or no reason given.
        """
        if not reason.strip():
            raise SaysoError("an erasure needs a reason: it stays in the archive's chain")
        with self._lock, self._writing():
            found = self._index.first("WHERE sha256 = ? AND kind = 'capture' AND erased = 0", sha256)
            if found is None:
                raise SaysoError(f"{sha256}: no capture of these bytes is in the archive {self.folder}")
            seqs = [line["seq"] for line, _ in self._index.of_sha256(sha256)]
            now = utc(dt.datetime.now(dt.UTC))
            entry = {"kind": "erasure", "at": now, "sha256": sha256, "reason": reason.strip(), "replaced": seqs}
            self._overwrite(self._append(entry, [], {}))
            return len(seqs)

    def add_timestamp(self, authority: str, head: str, token: bytes) -> None:
        """Puts an authority's RFC 3161 token over the chain's head `head` into the chain itself."""
        with self._lock, self._writing():
            now = utc(dt.datetime.now(dt.UTC))
            text = base64.b64encode(token).decode()
            self._append({"kind": "timestamp", "at": now, "authority": authority, "of": head, "token": text}, [], {})

    def timestamps(self) -> list[Line]:
        """The time stamps' lines, oldest first: `of` (the head stamped), `authority`, `at`, `token` (base64)."""
        with self._lock:
            self._current()
            return [line for line, _ in self._index.after(0, -1, "timestamp")]

    def lines(self) -> Iterator[Line]:
        """All sound lines of the journal as they stand."""
        for _, raw in _journal.lines(self.journal_path):
            if (line := _journal.decode(raw)) is not None:
                yield line

    def stored(self, line: Line) -> bytes:
        """The records of one entry as they lie in the WARC file (whole gzip members)."""
        with Path(self.folder, line["file"]).open("rb") as handle:
            handle.seek(line["offset"])
            return handle.read(int(line["length"]))

    @contextmanager
    def still(self) -> Iterator[dict[str, int]]:
        """Keeps all writers out for as long as it lasts; gives the files' names and sizes."""
        with self._lock, self._writing() if self._writable else nullcontext():
            yield {path.name: path.stat().st_size for path in self.folder.iterdir() if path.is_file()}

    def _begin_file(self) -> None:
        names = [path.name for path in self._files()] + [self._tail()[0]]
        number = 1 + max((int(name[9:14]) for name in names if name), default=0)
        self._switch(f"captures-{number:05d}.warc.gz", 0)
        info = _warc.record(
            [
                ("WARC-Type", "warcinfo"),
                ("WARC-Record-ID", _warc.new_id()),
                ("WARC-Date", utc(dt.datetime.now(dt.UTC))),
                ("WARC-Filename", self._file),
                ("Content-Type", "application/warc-fields"),
            ],
            b"software: Say-so (sayso)\r\nformat: WARC File Format 1.1\r\n"
            b"conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
        )
        self._append({"kind": "file", "at": utc(dt.datetime.now(dt.UTC))}, [info], {})

    def _append(self, entry: Line, records: list[bytes], extra: dict[str, Any]) -> Line:
        """Writes one entry: its records, a metadata record with the entry itself, the journal's line, the index."""
        if entry["kind"] != "file" and (not self._file or self._end >= self.rotate_at):
            self._begin_file()
        entry = {
            **entry,
            "seq": self._next_seq(),
            "prev": self._index.head,
            "file": self._file,
            "offset": self._end,
        }
        line, raw = seal_group(entry, records, extra)
        if self._warc_fd < 0:
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            self._warc_fd = os.open(self.folder / self._file, flags, 0o644)
        self._write_out(self._warc_fd, raw)
        self._end += len(raw)
        self._write_line(line, extra)
        if time.monotonic() - self._synced > _SYNC_EVERY:
            self.sync()
        return line

    def _write_out(self, fd: int, data: bytes) -> None:
        size = os.fstat(fd).st_size
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(fd, view) :]
        except OSError as error:
            os.ftruncate(fd, size)
            raise SaysoError(f"the archive in {self.folder} cannot be written: {error.strerror}") from None

    def _write_line(self, line: Line, extra: dict[str, Any]) -> None:
        raw = _journal.encode(line)
        self._write_out(self._journal_fd, raw)
        self._index.begin()
        self._index_line(line, raw[:-1], extra)
        self._index.journal_end += len(raw)
        self._index.commit()

    def _index_line(self, line: Line, raw: bytes, extra: dict[str, Any]) -> None:
        holds = line["kind"] == "capture" and "refers" not in line
        address = address_key(line.get("final_url") or line["url"]) if line.get("url") else ""
        self._index.add(line, raw, extra, address, holds)
        self._index.last_line = raw.decode()
        for seq in line.get("replaced", ()):
            self._index.erase(seq)

    def _next_seq(self) -> int:
        return int(json.loads(self._index.last_line)["seq"]) + 1 if self._index.last_line else 1

    # -- opening, other writers, crashes -----------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Holds the archive's lock, with everything that others wrote taken in and everything half-written mended."""
        if not self._writable:
            raise SaysoError(f"the archive in {self.folder} may only be read")
        fcntl.flock(self._journal_fd, fcntl.LOCK_EX)
        try:
            self._catch_up()
            yield
        finally:
            fcntl.flock(self._journal_fd, fcntl.LOCK_UN)

    def _catch_up(self) -> None:
        size = os.fstat(self._journal_fd).st_size
        if self._file and size == self._index.journal_end and self._warc_size() == self._end:
            return
        self._index.refresh()
        if size < self._index.journal_end or not self._journal_goes_on():
            self._rebuild_index()
        self._take_in()
        self._mend()

    def _warc_size(self) -> int:
        try:
            return os.fstat(self._warc_fd).st_size if self._warc_fd >= 0 else (self.folder / self._file).stat().st_size
        except FileNotFoundError:
            return -1

    def _journal_goes_on(self) -> bool:
        """Whether the last line that was indexed still stands in the journal where it stood."""
        raw = self._index.last_line.encode() + b"\n" if self._index.last_line else b""
        return os.pread(self._journal_fd, len(raw), self._index.journal_end - len(raw)) == raw

    def _rebuild_index(self) -> None:
        self._index.begin()
        self._index.clear()
        self._index.commit()

    def _take_in(self) -> None:
        """Indexes the journal's lines that are new. A damaged line is passed over; `verify` names it."""
        self._index.begin()
        try:
            for offset, raw in _journal.lines(self.journal_path, self._index.journal_end):
                line = _journal.decode(raw)
                if line is not None:
                    self._index_line(line, raw, self._extra_of(line))
                self._index.journal_end = offset + len(raw) + 1
        except BaseException:
            self._index.rollback()
            raise
        self._index.commit()

    def _take_in_readonly(self) -> None:
        if self._index.journal_end != self.journal_path.stat().st_size or not self._journal_goes_on():
            self._index.close()
            self._index = Index(Path(os.devnull) / "none")  # in memory
            self._take_in()

    def _extra_of(self, line: Line) -> dict[str, Any]:
        """What the WARC file's metadata record adds to the line; {} where it was erased or damaged."""
        if line["kind"] != "capture":
            return {}
        try:
            with (self.folder / line["file"]).open("rb") as handle:
                handle.seek(line["offset"] + line["length"] - line["meta"])
                found = next(_warc.scan(BytesIO(handle.read(line["meta"]))))
            extra = json.loads(found.block)
            return {key: extra[key] for key in ("headers", "hints", "origin")}
        except (OSError, _warc.Broken, StopIteration, ValueError, KeyError):
            return {}

    def _mend(self) -> None:
        """Takes in whole entries that lie behind the last line, cuts off what is incomplete, redoes erasures."""
        self._mend_journal()
        tail, offset = self._tail()
        for path in self._files():
            if path.name >= tail:
                end = self._mend_file(path, offset if path.name == tail else 0)
                if path.exists():
                    self._switch(path.name, end)
        if self._file and self._warc_size() != self._end:
            self._switch("", 0)  # damaged: what is new goes into a new file
        self._redo_erasures()

    def _mend_journal(self) -> None:
        """Cuts off a line that a crash left incomplete. A whole line with a damaged end stays, for `verify` to name."""
        end = self._index.journal_end
        rest = os.pread(self._journal_fd, os.fstat(self._journal_fd).st_size - end, end)
        if rest and _journal.decode(rest[:-1]) is None:
            os.ftruncate(self._journal_fd, end)
        elif rest:
            os.write(self._journal_fd, b"\n")
            self._index.begin()
            self._index.journal_end += len(rest) + 1
            self._index.commit()

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("captures-?????.warc.gz"))

    def _switch(self, name: str, end: int) -> None:
        """Makes `name` the file that is written to."""
        if self._warc_fd >= 0 and name != self._file:
            os.fdatasync(self._warc_fd)
            os.close(self._warc_fd)
            self._warc_fd = -1
        self._file, self._end = name, end

    def _tail(self) -> tuple[str, int]:
        """The file and byte where the last entry of the journal ends."""
        if not self._index.last_line:
            return "", 0
        line = json.loads(self._index.last_line)
        return line["file"], line["offset"] + line["length"]

    def _mend_file(self, path: Path, offset: int) -> int:
        """Takes in the entries from `offset` on that follow the chain, cuts off a broken tail; returns the end."""
        if 0 < path.stat().st_size <= offset:
            return offset
        for group in groups(path, offset):
            if group.line is None:  # incomplete: no line was ever written for it
                if not entry_follows(path, group.offset):  # else it is damage, and not the end that a crash left
                    os.truncate(path, group.offset)
                break
            if group.line["prev"] != self._index.head or group.line["offset"] != group.offset:
                return offset  # not the next entry of this chain: left as it is, for `verify` to name
            self._write_line(group.line, group.extra)
            offset = group.offset + group.length
        if not path.stat().st_size:
            path.unlink()  # not even its first entry was written
        return offset

    def _redo_erasures(self) -> None:
        for line, _ in self._index.after(0, -1, "erasure"):
            self._overwrite(line)

    def _overwrite(self, line: Line) -> None:
        """Puts the tombstones of an erasure in the place of the records it names (again, if need be)."""
        for seq in line["replaced"]:
            found = self._index.first("WHERE seq = ?", seq)
            if found is None:
                continue
            path = self.folder / found[0]["file"]
            new = tombstone(found[0])
            with path.open("r+b") as handle:
                handle.seek(found[0]["offset"])
                if handle.read(len(new)) != new:
                    handle.seek(found[0]["offset"])
                    handle.write(new)
                    handle.flush()
                    os.fdatasync(handle.fileno())

    # -- reading -----------------------------------------------------------------------------------------------------

    def _current(self) -> None:
        """Takes in what other processes have put since."""
        if os.fstat(self._journal_fd).st_size != self._index.journal_end and self._writable:
            with self._writing():
                pass

    def get(self, sha256: str) -> bytes:
        """The bytes with this hash. Raises `Erased`, or `SaysoError` where they were never kept or are damaged."""
        with self._lock:
            self._current()
            held = self._index.holder(sha256)
            if held is None:
                if gone := self._index.of_sha256(sha256, "erasure"):
                    raise Erased(f"{sha256}: erased on {gone[-1][0]['at'][:10]} ({gone[-1][0]['reason']})")
                raise SaysoError(f"{sha256}: not in the archive {self.folder}")
        data = payload(self.folder, held[0])
        if data is None:
            raise SaysoError(f"{sha256}: damaged in {held[0]['file']} at byte {held[0]['offset']}; see `sayso verify`")
        return data

    def __contains__(self, sha256: object) -> bool:
        with self._lock:
            self._current()
            return self._index.holder(str(sha256)) is not None

    def captures(self) -> Iterator[Capture]:
        """All captures in the order of the chain, but those that were erased. Feeds' own captures have role "feed"."""
        seq = 0
        while True:
            with self._lock:
                if seq == 0:
                    self._current()
                page = self._index.after(seq, 1000)
            for line, extra in page:
                yield _capture(line, extra)
            if not page:
                return
            seq = page[-1][0]["seq"]

    def latest(self, url: str) -> Capture | None:
        """The last capture of this very address."""
        with self._lock:
            self._current()
            found = self._index.latest(url)
        return _capture(*found) if found else None

    def known(self, url: str) -> Capture | None:
        """The last capture of this address or a variant of it (see `sayso.address.address_key`)."""
        with self._lock:
            self._current()
            found = self._index.latest_of_address(address_key(url))
        return _capture(*found) if found else None

    def versions(self, url: str) -> list[Capture]:
        """All captures of this address and its variants, oldest first; those that were erased are left out."""
        with self._lock:
            self._current()
            found = self._index.of_address(address_key(url))
        return [_capture(line, extra) for line, extra in found if extra]

    def entries(self, sha256: str) -> list[Line]:
        """The journal's lines of every capture of these bytes, and of their erasure."""
        with self._lock:
            self._current()
            found = self._index.of_sha256(sha256) + self._index.of_sha256(sha256, "erasure")
        return [line for line, _ in found]

    @property
    def head(self) -> str:
        """The hash of the last entry: whoever holds it can tell later whether anything before it was changed."""
        with self._lock:
            self._current()
            return self._index.head

    def verify(self) -> Iterator[Problem]:
        """Re-hashes every byte and checks the chain; names each damaged capture. Nothing comes for a sound archive."""
        with self.still() as sizes:
            pass
        yield from check(self.folder, sizes)


def _capture(line: Line, extra: dict[str, Any]) -> Capture:
    return Capture(
        sha256=line["sha256"],
        url=line["url"],
        fetched_at=dt.datetime.fromisoformat(line["at"]),
        size=line["size"],
        media_type=line["media_type"],
        headers=extra.get("headers", {}),
        file=line["file"],
        offset=line["offset"],
        status=line["status"],
        final_url=line.get("final_url", ""),
        seq=line["seq"],
        role=line["role"],
        feed=line.get("feed", ""),
        hints=extra.get("hints", {}),
        origin=extra.get("origin", {}),
    )
