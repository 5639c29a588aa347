"""The archive's files as a log that only grows: WARC records, the journal's line for them, the index of both.

In: entries with their records, one at a time and from several processes. Out: the journal's lines. Order of writing: the
records, then the journal's line, then the index; what a crash leaves half done is mended at the next opening (`_mending`).
"""

from __future__ import annotations

import datetime as dt
import fcntl
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
from sayso.archive import _journal, _mending, _warc
from sayso.archive._groups import seal_group, tombstone, utc
from sayso.archive._index import Index
from sayso.archive._journal import Line
from sayso.errors import SaysoError

_SYNC_EVERY = 1.0  # seconds: what a power cut (not a crash of the process) may cost at most


class Log:
    """The files of one archive. What changes them runs inside `writing()`, which keeps other processes out."""

    def __init__(self, folder: Path, rotate_at: int) -> None:
        self.folder = folder
        self.rotate_at = rotate_at
        self.lock = threading.RLock()
        self.file = ""  # the WARC file being written, and how far it is known to be good
        self.end = 0
        self._warc_fd = -1
        self._synced = time.monotonic()
        self.writable = self._open_journal()
        self.index = Index(self.index_path)
        if self.writable:
            with self.writing():
                pass
        else:
            self._take_in_readonly()

    @property
    def index_path(self) -> Path:
        return self.folder.with_name(self.folder.name + ".index")

    @property
    def journal_path(self) -> Path:
        return self.folder / _journal.NAME

    def _open_journal(self) -> bool:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.journal_fd = os.open(self.journal_path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            if not self.journal_path.is_file():
                raise SaysoError(f"no archive can be made in {self.folder}: {error.strerror}") from None
            self.journal_fd = os.open(self.journal_path, os.O_RDONLY)
            return False
        return True

    def close(self) -> None:
        """Writes everything through to the disk and lets go of the files."""
        with self.lock:
            if self.journal_fd < 0:
                return
            if self.writable:
                self.sync()
            if self._warc_fd >= 0:
                os.close(self._warc_fd)
            os.close(self.journal_fd)
            self._warc_fd = self.journal_fd = -1
            self.index.close()

    def sync(self) -> None:
        """Has the system write what was put to the disk: the records before the lines that speak of them."""
        if self._warc_fd >= 0:
            os.fdatasync(self._warc_fd)
        os.fdatasync(self.journal_fd)
        self._synced = time.monotonic()

    # -- who may write, and what others wrote meanwhile --------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the archive's lock, with everything that others wrote taken in and everything half-written mended."""
        if not self.writable:
            raise SaysoError(f"the archive in {self.folder} may only be read")
        fcntl.flock(self.journal_fd, fcntl.LOCK_EX)
        try:
            self._catch_up()
            yield
        finally:
            fcntl.flock(self.journal_fd, fcntl.LOCK_UN)

    @contextmanager
    def still(self) -> Iterator[dict[str, int]]:
        """Keeps all writers out for as long as it lasts; gives the files' names and sizes."""
        with self.lock, self.writing() if self.writable else nullcontext():
            yield {path.name: path.stat().st_size for path in self.folder.iterdir() if path.is_file()}

    def current(self) -> None:
        """Takes in what other processes have put since."""
        if os.fstat(self.journal_fd).st_size != self.index.journal_end and self.writable:
            with self.writing():
                pass

    def _catch_up(self) -> None:
        size = os.fstat(self.journal_fd).st_size
        if self.file and size == self.index.journal_end and self.warc_size() == self.end:
            return
        self.index.refresh()
        if size < self.index.journal_end or not self._journal_goes_on():
            self.index.begin()
            self.index.clear()
            self.index.commit()
        self._take_in()
        _mending.mend(self)

    def warc_size(self) -> int:
        """The size of the file that is written to; -1 where it is gone."""
        try:
            return os.fstat(self._warc_fd).st_size if self._warc_fd >= 0 else (self.folder / self.file).stat().st_size
        except FileNotFoundError:
            return -1

    def _journal_goes_on(self) -> bool:
        """Whether the last line that was indexed still stands in the journal where it stood."""
        raw = self.index.last_line.encode() + b"\n" if self.index.last_line else b""
        return os.pread(self.journal_fd, len(raw), self.index.journal_end - len(raw)) == raw

    def _take_in(self) -> None:
        """Indexes the journal's lines that are new. A damaged line is passed over; `verify` names it."""
        self.index.begin()
        try:
            for offset, raw in _journal.lines(self.journal_path, self.index.journal_end):
                line = _journal.decode(raw)
                if line is not None:
                    self._index_line(line, raw, self._extra_of(line))
                self.index.journal_end = offset + len(raw) + 1
        except BaseException:
            self.index.rollback()
            raise
        self.index.commit()

    def _take_in_readonly(self) -> None:
        if self.index.journal_end != self.journal_path.stat().st_size or not self._journal_goes_on():
            self.index.close()
            self.index = Index(Path(os.devnull) / "none")  # in memory
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

    # -- writing -----------------------------------------------------------------------------------------------------

    def append(self, entry: Line, records: list[bytes], extra: dict[str, Any]) -> Line:
        """Writes one entry: its records, a metadata record with the entry itself, the journal's line, the index."""
        if entry["kind"] != "file" and (not self.file or self.end >= self.rotate_at):
            self._begin_file()
        entry = {**entry, "seq": self._next_seq(), "prev": self.index.head, "file": self.file, "offset": self.end}
        line, raw = seal_group(entry, records, extra)
        if self._warc_fd < 0:
            self._warc_fd = os.open(self.folder / self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._write_out(self._warc_fd, raw)
        self.end += len(raw)
        self.write_line(line, extra)
        if time.monotonic() - self._synced > _SYNC_EVERY:
            self.sync()
        return line

    def write_line(self, line: Line, extra: dict[str, Any]) -> None:
        """Writes the journal's line of an entry whose records stand in the WARC file, and indexes it."""
        raw = _journal.encode(line)
        self._write_out(self.journal_fd, raw)
        self.index.begin()
        self._index_line(line, raw[:-1], extra)
        self.index.journal_end += len(raw)
        self.index.commit()

    def switch(self, name: str, end: int) -> None:
        """Makes `name` the file that is written to."""
        if self._warc_fd >= 0 and name != self.file:
            os.fdatasync(self._warc_fd)
            os.close(self._warc_fd)
            self._warc_fd = -1
        self.file, self.end = name, end

    def tail(self) -> tuple[str, int]:
        """The file and byte where the last entry of the journal ends."""
        if not self.index.last_line:
            return "", 0
        line = json.loads(self.index.last_line)
        return line["file"], line["offset"] + line["length"]

    def files(self) -> list[Path]:
        """The WARC files, in order."""
        return sorted(self.folder.glob("captures-?????.warc.gz"))

    def overwrite(self, erasure: Line) -> None:
        """Puts the tombstones of an erasure in the place of the records it names (again, if need be)."""
        for seq in erasure["replaced"]:
            found = self.index.first("WHERE seq = ?", seq)
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

    def _begin_file(self) -> None:
        names = [path.name for path in self.files()] + [self.tail()[0]]
        number = 1 + max((int(name[9:14]) for name in names if name), default=0)
        self.switch(f"captures-{number:05d}.warc.gz", 0)
        now = utc(dt.datetime.now(dt.UTC))
        head = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", _warc.new_id()),
            ("WARC-Date", now),
            ("WARC-Filename", self.file),
            ("Content-Type", "application/warc-fields"),
        ]
        block = (
            b"software: Say-so (sayso)\r\nformat: WARC File Format 1.1\r\n"
            b"conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
        )
        self.append({"kind": "file", "at": now}, [_warc.record(head, block)], {})

    def _write_out(self, fd: int, data: bytes) -> None:
        size = os.fstat(fd).st_size
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(fd, view) :]
        except OSError as error:
            os.ftruncate(fd, size)
            raise SaysoError(f"the archive in {self.folder} cannot be written: {error.strerror}") from None

    def _index_line(self, line: Line, raw: bytes, extra: dict[str, Any]) -> None:
        holds = line["kind"] == "capture" and "refers" not in line
        address = address_key(line.get("final_url") or line["url"]) if line.get("url") else ""
        asked = address_key(line["url"]) if line.get("url") else ""
        self.index.add(line, raw, extra, address, asked, holds)
        self.index.last_line = raw.decode()
        for seq in line.get("replaced", ()):
            self.index.erase(seq)

    def _next_seq(self) -> int:
        return int(json.loads(self.index.last_line)["seq"]) + 1 if self.index.last_line else 1
