"""The index: where in the archive a hash or an address is found. Made from the journal, can be deleted at any time.

In: the journal's lines with what the WARC metadata adds (headers, hints, origin). Out: rows by number, hash and
address. It lies beside the archive's folder, not in it: it is no evidence, and `verify` never asks it anything.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sayso.archive._journal import GENESIS, Line

_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    seq INTEGER PRIMARY KEY, kind TEXT, sha256 TEXT, address TEXT, asked TEXT, url TEXT, holds INTEGER,
    erased INTEGER DEFAULT 0, line TEXT, extra TEXT);
CREATE INDEX IF NOT EXISTS entry_sha256 ON entry (sha256);
CREATE INDEX IF NOT EXISTS entry_url ON entry (url);
CREATE INDEX IF NOT EXISTS entry_address ON entry (address);
CREATE INDEX IF NOT EXISTS entry_asked ON entry (asked);
CREATE TABLE IF NOT EXISTS state (
    one INTEGER PRIMARY KEY CHECK (one = 1), journal_end INTEGER, head TEXT, last_line TEXT);
"""

_AT = "WHERE (address = ? OR asked = ?) AND kind = 'capture'"


class Index:
    """Rows of (line, extra). A file that cannot be used is made anew; where none can be written it lives in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = self._connect()
        self._read_state()

    def _connect(self) -> sqlite3.Connection:
        for attempt in range(2):
            try:
                return self._open(str(self.path))
            except sqlite3.OperationalError:
                break  # a folder that may not be written
            except sqlite3.DatabaseError:
                if attempt:
                    break
                remove(self.path)
        return self._open(":memory:")

    def _open(self, name: str) -> sqlite3.Connection:
        db = sqlite3.connect(name, check_same_thread=False, timeout=60, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=OFF")  # it can always be made anew
            db.execute("PRAGMA secure_delete=ON")  # an erased item's title must not linger in free pages
            if db.execute("PRAGMA user_version").fetchone()[0] not in (0, _VERSION):
                raise sqlite3.DatabaseError("another version's index")
            db.executescript(_SCHEMA)
            db.execute(f"PRAGMA user_version={_VERSION}")
            db.execute("INSERT OR IGNORE INTO state VALUES (1, 0, ?, '')", (GENESIS,))
        except sqlite3.DatabaseError:
            db.close()
            raise
        return db

    def _read_state(self) -> None:
        row = self._db.execute("SELECT journal_end, head, last_line FROM state").fetchone()
        self.journal_end: int = row[0]
        self.head: str = row[1]
        self.last_line: str = row[2]

    def refresh(self) -> None:
        """Takes in what another process wrote to the index."""
        self._read_state()

    def begin(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._read_state()

    def commit(self) -> None:
        self._db.execute(
            "UPDATE state SET journal_end = ?, head = ?, last_line = ?", (self.journal_end, self.head, self.last_line)
        )
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        self._db.execute("ROLLBACK")
        self._read_state()

    def clear(self) -> None:
        """Forgets everything (inside a transaction)."""
        self._db.execute("DELETE FROM entry")
        self.journal_end, self.head, self.last_line = 0, GENESIS, ""

    def add(self, line: Line, raw: bytes, extra: dict[str, Any], address: str, asked: str, holds: bool) -> None:
        """Takes one journal line in (inside a transaction).

        `address`: the key of the address where redirects led, `asked`: of the one that was asked for; `holds`: this
        entry stores the bytes of its sha256.
        """
        self._db.execute(
            "INSERT OR REPLACE INTO entry (seq, kind, sha256, address, asked, url, holds, line, extra)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                line["seq"],
                line["kind"],
                line.get("sha256", ""),
                address,
                asked,
                line.get("url", ""),
                int(holds),
                raw.decode(),
                json.dumps(extra),
            ),
        )
        self.head = line["hash"]

    def erase(self, seq: int) -> None:
        self._db.execute("UPDATE entry SET erased = 1, holds = 0, extra = '{}' WHERE seq = ?", (seq,))

    def _rows(self, where: str, *values: object) -> Iterator[tuple[Line, dict[str, Any]]]:
        for line, extra in self._db.execute(f"SELECT line, extra FROM entry {where}", values):
            yield json.loads(line), json.loads(extra)

    def first(self, where: str, *values: object) -> tuple[Line, dict[str, Any]] | None:
        return next(self._rows(where + " LIMIT 1", *values), None)

    def holder(self, sha256: str) -> tuple[Line, dict[str, Any]] | None:
        """The entry that stores these bytes."""
        return self.first("WHERE sha256 = ? AND holds = 1 ORDER BY seq", sha256)

    def latest(self, url: str) -> tuple[Line, dict[str, Any]] | None:
        return self.first("WHERE url = ? AND kind = 'capture' ORDER BY seq DESC", url)

    def latest_of_address(self, address: str) -> tuple[Line, dict[str, Any]] | None:
        return self.first(f"{_AT} ORDER BY seq DESC", address, address)

    def first_of_address(self, address: str) -> tuple[Line, dict[str, Any]] | None:
        return self.first(f"{_AT} ORDER BY seq", address, address)

    def of_sha256(self, sha256: str, kind: str = "capture") -> list[tuple[Line, dict[str, Any]]]:
        return list(self._rows("WHERE sha256 = ? AND kind = ? ORDER BY seq", sha256, kind))

    def of_address(self, address: str) -> list[tuple[Line, dict[str, Any]]]:
        return list(self._rows(f"{_AT} ORDER BY seq", address, address))

    def after(self, seq: int, limit: int, kind: str = "capture") -> list[tuple[Line, dict[str, Any]]]:
        """A page of entries: those after number `seq`, in order."""
        return list(self._rows("WHERE seq > ? AND kind = ? AND erased = 0 ORDER BY seq LIMIT ?", seq, kind, limit))

    def before(self, seq: int, limit: int) -> list[tuple[Line, dict[str, Any]]]:
        """A page of captures: those before number `seq` (-1: from the end), the last first."""
        where = "WHERE (seq < ? OR ? < 0) AND kind = 'capture' AND erased = 0 ORDER BY seq DESC LIMIT ?"
        return list(self._rows(where, seq, seq, limit))

    def close(self) -> None:
        self._db.close()


def remove(path: Path) -> None:
    """Deletes an index."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
