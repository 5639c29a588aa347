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
import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sayso.address import address_key
from sayso.archive import _journal
from sayso.archive._groups import payload, records, utc
from sayso.archive._index import Index
from sayso.archive._journal import Line
from sayso.archive._log import Log
from sayso.archive.verify import Problem, check
from sayso.errors import SaysoError
from sayso.records import Capture, Fetched


class Erased(SaysoError):
    """These bytes were erased from the archive, for a reason on record, and are not kept again."""


class Archive:
    """The captures under one folder. Use as a context manager, or call `close()`."""

    def __init__(self, folder: Path | str, *, rotate_at: int = 1 << 30) -> None:
        """Opens or makes the archive; finishes what a crash left half done.

        `rotate_at`: bytes after which a new file begins.
        """
        self.folder = Path(folder)
        self._log = Log(self.folder, rotate_at)

    @property
    def index_path(self) -> Path:
        return self._log.index_path

    @property
    def journal_path(self) -> Path:
        return self._log.journal_path

    @property
    def _index(self) -> Index:
        return self._log.index

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Writes everything through to the disk and lets go of the files."""
        self._log.close()

    def sync(self) -> None:
        """Has the system write what was put to the disk."""
        self._log.sync()

    # -- putting -----------------------------------------------------------------------------------------------------

    def put(self, fetched: Fetched) -> Capture:
        """Keeps one fetch. Bytes already held are not stored again: a revisit record says that they were seen again.

        A fetch that is held already, and a local file unchanged since its last capture, give that capture and write
        nothing; a file of which something else is told now (its hints) is captured again. Raises `Erased` for bytes that
        were erased, `SaysoError` for a 304 answer about an address never captured and for a full disk.
        """
        with self._log.lock, self._log.writing():
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
        on_disk = not fetched.protocol and not fetched.headers
        if on_disk and before[0]["sha256"] == sha256 and _tells_nothing_new(fetched, _capture(*before)):
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
        line = self._log.append(entry, records(fetched, sha256, held[0] if held else None), extra)
        return _capture(line, extra)

    def erase(self, sha256: str, reason: str) -> int:
        """Removes bytes for good: every record that held or named them is overwritten by a tombstone of its length.

        What stays is the chain's own line of each (address, date, hash) and a new entry with the date and the reason.
        Gives the number of captures erased. The order is: the entry, then the overwriting, which is done again at the
        next opening if a crash comes between. Raises `SaysoError` where there is nothing to erase, or no reason given.
        """
        if not reason.strip():
            raise SaysoError("an erasure needs a reason: it stays in the archive's chain")
        with self._log.lock, self._log.writing():
            found = self._index.first("WHERE sha256 = ? AND kind = 'capture' AND erased = 0", sha256)
            if found is None:
                raise SaysoError(f"{sha256}: no capture of these bytes is in the archive {self.folder}")
            seqs = [line["seq"] for line, _ in self._index.of_sha256(sha256)]
            now = utc(dt.datetime.now(dt.UTC))
            entry = {"kind": "erasure", "at": now, "sha256": sha256, "reason": reason.strip(), "replaced": seqs}
            self._log.overwrite(self._log.append(entry, [], {}))
            return len(seqs)

    def add_timestamp(self, authority: str, head: str, token: bytes) -> None:
        """Puts an authority's RFC 3161 token over the chain's head `head` into the chain itself."""
        with self._log.lock, self._log.writing():
            now = utc(dt.datetime.now(dt.UTC))
            text = base64.b64encode(token).decode()
            self._log.append(
                {"kind": "timestamp", "at": now, "authority": authority, "of": head, "token": text}, [], {}
            )

    def timestamps(self) -> list[Line]:
        """The time stamps' lines, oldest first: `of` (the head stamped), `authority`, `at`, `token` (base64)."""
        with self._reading():
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

    def still(self) -> AbstractContextManager[dict[str, int]]:
        """Keeps all writers out for as long as it lasts; gives the files' names and sizes."""
        return self._log.still()

    # -- reading -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[Index]:
        """The index, with what other processes have put since."""
        with self._log.lock:
            self._log.current()
            yield self._log.index

    def get(self, sha256: str) -> bytes:
        """The bytes with this hash. Raises `Erased`, or `SaysoError` where they were never kept or are damaged."""
        with self._reading():
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
        with self._reading():
            return self._index.holder(str(sha256)) is not None

    def captures(self) -> Iterator[Capture]:
        """All captures in the order of the chain, but those that were erased. Feeds' own captures have role "feed"."""
        seq = 0
        while True:
            with self._reading() as index:
                page = index.after(seq, 1000)
            for line, extra in page:
                yield _capture(line, extra)
            if not page:
                return
            seq = page[-1][0]["seq"]

    def latest(self, url: str) -> Capture | None:
        """The last capture of this very address."""
        with self._reading():
            found = self._index.latest(url)
        return _capture(*found) if found else None

    def known(self, url: str) -> Capture | None:
        """The last capture of this address or a variant of it (see `sayso.address.address_key`)."""
        with self._reading():
            found = self._index.latest_of_address(address_key(url))
        return _capture(*found) if found else None

    def first_seen(self, url: str) -> dt.datetime | None:
        """When this address or a variant of it was captured for the first time (UTC)."""
        with self._reading() as index:
            found = index.first_of_address(address_key(url))
        return dt.datetime.fromisoformat(found[0]["at"]) if found else None

    def young(self, since: dt.datetime) -> Iterator[Capture]:
        """The last capture of each address that was captured for the first time after `since`, the youngest first."""
        before = utc(since)
        seq = -1
        while True:
            with self._reading() as index:
                page = index.before(seq, 500)
                first = [index.first_of_address(address_key(_address(line))) for line, _ in page]
                last = [index.latest_of_address(address_key(_address(line))) for line, _ in page]
            for (line, _), one, other in zip(page, first, last, strict=True):
                if line["at"] < before:
                    return
                if one and other and one[0]["seq"] == line["seq"]:
                    yield _capture(*other)
            if not page:
                return
            seq = page[-1][0]["seq"]

    def versions(self, url: str) -> list[Capture]:
        """All captures of this address and its variants, oldest first; those that were erased are left out."""
        with self._reading():
            found = self._index.of_address(address_key(url))
        return [_capture(line, extra) for line, extra in found if extra]

    def entries(self, sha256: str) -> list[Line]:
        """The journal's lines of every capture of these bytes, and of their erasure."""
        with self._reading():
            found = self._index.of_sha256(sha256) + self._index.of_sha256(sha256, "erasure")
        return [line for line, _ in found]

    @property
    def head(self) -> str:
        """The hash of the last entry: whoever holds it can tell later whether anything before it was changed."""
        with self._reading():
            return self._index.head

    def verify(self) -> Iterator[Problem]:
        """Re-hashes every byte and checks the chain; names each damaged capture. Nothing comes for a sound archive."""
        with self.still() as sizes:
            pass
        yield from check(self.folder, sizes)


def _tells_nothing_new(fetched: Fetched, before: Capture) -> bool:
    """Whether the hints of a local file are those of its last capture.

    A feed's own hints are not missing where a person adds the file that it watches: or both would take turns.
    """
    if not fetched.url.startswith("file:"):
        return True
    if fetched.feed == before.feed:
        return dict(fetched.hints) == dict(before.hints)
    return fetched.hints.items() <= before.hints.items()


def _address(line: Line) -> str:
    return str(line.get("final_url") or line["url"])


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
