"""Captures: what was fetched, and where its bytes lie in the archive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from sayso.records import Capture
from sayso.store._part import Part
from sayso.store._rows import storable
from sayso.store.ids import stable_id
from sayso.store.schema import captures, done


@dataclass(frozen=True, slots=True)
class Unread:
    """Bytes to read: under which address (the first in the alphabet of those that gave them), and when captured."""

    sha256: str
    url: str
    media_type: str
    captured: dt.date
    hints: Mapping[str, str]


class Captures(Part):
    """The table `captures`."""

    def add(self, capture: Capture) -> bool:
        """Note a capture; False when it is known. Bytes that come from a new address are read again."""
        row_id = stable_id("capture", capture.url, capture.sha256, capture.fetched_at.isoformat())
        with self.store.transaction() as connection:
            if connection.execute(select(captures.c.id).where(captures.c.id == row_id)).first():
                return False
            same = select(captures.c.id).where(captures.c.sha256 == capture.sha256, captures.c.url == capture.url)
            if capture.role != "bulk" and not connection.execute(same).first():
                connection.execute(delete(done).where(done.c.stage == "read", done.c.subject == capture.sha256))
            connection.execute(
                insert(captures).values(
                    id=row_id,
                    sha256=capture.sha256,
                    url=storable(capture.url),
                    fetched_at=capture.fetched_at.astimezone(dt.UTC).replace(tzinfo=None),
                    size=capture.size,
                    media_type=capture.media_type,
                    headers=dict(capture.headers),
                    status=capture.status,
                    final_url=capture.final_url,
                    role=capture.role,
                    feed=capture.feed,
                    hints=dict(capture.hints),
                    origin=dict(capture.origin),
                    seq=capture.seq,
                    file=capture.file,
                    offset=capture.offset,
                )
            )
        return True

    def note(self, capture: Capture) -> bool:
        """Note a capture. Says whether it tells something else of a file whose bytes are held: these hints then stand for
        the file's earlier ones, and it is read again."""
        with self.store.transaction() as connection:
            if not self.add(capture) or not capture.url.startswith("file:"):
                return False
            mine = (captures.c.sha256 == capture.sha256) & (captures.c.url == storable(capture.url))
            hints = dict(capture.hints)
            if all(told == hints for told in connection.execute(select(captures.c.hints).where(mine)).scalars()):
                return False
            connection.execute(update(captures).where(mine).values(hints=hints))  # the reader asks any of them
            self.store.progress.again(capture.sha256, "read")
            return True

    def latest(self, url: str) -> str | None:
        """The sha256 of the newest capture of `url`."""
        query = select(captures.c.sha256).where(captures.c.url == storable(url))
        with self.store.reading() as connection:
            return connection.execute(query.order_by(captures.c.fetched_at.desc()).limit(1)).scalar()

    def of(self, sha256: str) -> list[Capture]:
        """Every fetch that gave these bytes, oldest first."""
        query = select(captures).where(captures.c.sha256 == sha256).order_by(captures.c.fetched_at, captures.c.url)
        with self.store.reading() as connection:
            return [
                Capture(
                    sha256=row.sha256,
                    url=row.url,
                    fetched_at=row.fetched_at.replace(tzinfo=dt.UTC),
                    size=row.size,
                    media_type=row.media_type,
                    headers=row.headers,
                    file=row.file,
                    offset=row.offset,
                    status=row.status,
                    final_url=row.final_url,
                    seq=row.seq,
                    role=row.role,
                    feed=row.feed,
                    hints=row.hints,
                    origin=row.origin,
                )
                for row in connection.execute(query)
            ]

    def addresses(self, sha256: str) -> list[str]:
        """Every address that gave these bytes as an item, in the order of the alphabet."""
        query = select(captures.c.url).where(captures.c.sha256 == sha256, captures.c.role == "item").distinct()
        with self.store.reading() as connection:
            return list(connection.execute(query.order_by(captures.c.url)).scalars())

    def contents(self) -> list[str]:
        """The SHA-256 of everything that was captured, feeds too."""
        with self.store.reading() as connection:
            return list(connection.execute(select(captures.c.sha256).distinct().order_by(captures.c.sha256)).scalars())

    def elsewhere(self) -> set[str]:
        """The SHA-256 of what only bulk runs have read: the archive does not hold the bytes."""
        query = (
            select(captures.c.sha256)
            .group_by(captures.c.sha256)
            .having(func.min(captures.c.role) == "bulk", func.max(captures.c.role) == "bulk")
        )
        with self.store.reading() as connection:
            return set(connection.execute(query).scalars())

    def count(self) -> int:
        """How many different contents were captured."""
        with self.store.reading() as connection:
            return connection.execute(
                select(func.count(func.distinct(captures.c.sha256))).where(captures.c.role == "item")
            ).scalar_one()

    def newest(self) -> object:
        """When the newest capture was made."""
        with self.store.reading() as connection:
            return connection.execute(select(func.max(captures.c.fetched_at))).scalar()

    def unread(self, producer: str) -> Iterator[Unread]:
        """What the reader `producer` has not read yet, in the order of its hashes."""
        query = (
            select(
                captures.c.sha256,
                func.min(captures.c.url).label("url"),
                func.min(captures.c.fetched_at).label("fetched_at"),
            )
            .outerjoin(done, (done.c.stage == "read") & (done.c.subject == captures.c.sha256))
            .where(captures.c.role == "item", (done.c.producer.is_(None)) | (done.c.producer != producer))
            .group_by(captures.c.sha256)
            .order_by(captures.c.sha256)
        )
        with self.store.reading() as connection:
            found = connection.execute(query).all()
        for sha256, url, fetched_at in found:
            first = select(captures.c.media_type, captures.c.hints).where(
                captures.c.sha256 == sha256, captures.c.url == url
            )
            with self.store.reading() as connection:
                media_type, hints = connection.execute(first.order_by(captures.c.fetched_at).limit(1)).one()
            yield Unread(sha256, url, media_type, fetched_at.date(), hints)
