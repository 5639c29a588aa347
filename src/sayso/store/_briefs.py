"""Briefs in the making and issued ones. What is issued is written once: no method changes or deletes it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from sayso.errors import SaysoError
from sayso.store._part import Part
from sayso.store._progress import now
from sayso.store.schema import drafts, issued, issued_files


@dataclass(frozen=True, slots=True)
class Draft:
    """A brief that somebody is composing. `content` is what `desk.composing` makes of it; `revision` counts its saves."""

    id: str
    actor: str
    topic: str
    family: str
    content: Mapping[str, Any]
    revision: int
    made_by: str
    made_at: dt.datetime
    changed_by: str
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued brief without its bytes. `seal` is the hash of everything else here and of the files' hashes."""

    id: str
    number: int
    draft: str
    title: str
    actor: str
    topic: str
    family: str
    person: str
    issued_at: dt.datetime  # UTC
    data_sha256: str
    previous: str  # the seal of the brief issued before, "" for the first
    seal: str


@dataclass(frozen=True, slots=True)
class IssuedFile:
    """One form of an issued brief, without its bytes."""

    form: str
    size: int
    sha256: str


_HEAD = [issued.c[name] for name in Issued.__slots__]


class Briefs(Part):
    """The tables `drafts`, `issued` and `issued_files`."""

    # --- drafts -------------------------------------------------------------------------------------------------

    def add_draft(self, actor: str, topic: str, family: str, content: Mapping[str, Any], person: str) -> str:
        """A new draft; gives its id."""
        key, moment = uuid.uuid4().hex[:24], now()
        with self.store.transaction() as connection:
            connection.execute(
                insert(drafts).values(
                    id=key,
                    actor=actor,
                    topic=topic,
                    family=family,
                    content=dict(content),
                    revision=1,
                    made_by=person,
                    made_at=moment,
                    changed_by=person,
                    changed_at=moment,
                )
            )
        return key

    def draft(self, key: str) -> Draft | None:
        """The draft with this id."""
        with self.store.reading() as connection:
            row = connection.execute(select(drafts).where(drafts.c.id == key)).first()
        return Draft(*row) if row else None

    def drafts(self) -> list[Draft]:
        """All drafts, the last changed first."""
        with self.store.reading() as connection:
            rows = connection.execute(select(drafts).order_by(drafts.c.changed_at.desc(), drafts.c.id))
            return [Draft(*row) for row in rows]

    def save_draft(self, key: str, revision: int, content: Mapping[str, Any], person: str) -> bool:
        """Keep a draft that was read at `revision`; False, and nothing kept, where somebody has saved it since."""
        with self.store.transaction() as connection:
            changed = connection.execute(
                update(drafts)
                .where(drafts.c.id == key, drafts.c.revision == revision)
                .values(content=dict(content), revision=revision + 1, changed_by=person, changed_at=now())
            )
            return changed.rowcount == 1

    def drop_draft(self, key: str) -> None:
        """Throw a draft away; what was issued of it stays."""
        with self.store.transaction() as connection:
            connection.execute(delete(drafts).where(drafts.c.id == key))

    # --- issued -------------------------------------------------------------------------------------------------

    def next_number(self) -> tuple[int, str]:
        """The number of the next brief and the seal of the last one. Ask in the transaction that issues it."""
        with self.store.reading() as connection:
            last = connection.execute(select(issued.c.number, issued.c.seal).order_by(issued.c.number.desc())).first()
        return (last.number + 1, last.seal) if last else (1, "")

    def issue(self, head: Issued, data: bytes, files: Mapping[str, tuple[bytes, str]]) -> None:
        """Keep an issued brief for good; `files` are form -> (bytes, sha256)."""
        try:
            with self.store.transaction() as connection:
                values = {name: getattr(head, name) for name in Issued.__slots__}
                connection.execute(insert(issued).values(data=data, **values))
                connection.execute(
                    insert(issued_files),
                    [
                        {"issued": head.id, "form": form, "data": made, "size": len(made), "sha256": sha256}
                        for form, (made, sha256) in files.items()
                    ],
                )
        except IntegrityError:
            raise SaysoError("another brief was issued at the same moment; issue this one again") from None

    def all_issued(self) -> list[Issued]:
        """Every issued brief, the newest first."""
        with self.store.reading() as connection:
            return [Issued(*row) for row in connection.execute(select(*_HEAD).order_by(issued.c.number.desc()))]

    def issued(self, key: str) -> Issued | None:
        """The issued brief with this id."""
        with self.store.reading() as connection:
            row = connection.execute(select(*_HEAD).where(issued.c.id == key)).first()
        return Issued(*row) if row else None

    def numbered(self, number: int) -> Issued | None:
        """The issued brief with this number."""
        with self.store.reading() as connection:
            row = connection.execute(select(*_HEAD).where(issued.c.number == number)).first()
        return Issued(*row) if row else None

    def data(self, key: str) -> bytes:
        """The data that an issued brief rests on; b"" for none."""
        with self.store.reading() as connection:
            return bytes(connection.execute(select(issued.c.data).where(issued.c.id == key)).scalar() or b"")

    def files(self, key: str) -> list[IssuedFile]:
        """The forms of an issued brief."""
        columns = issued_files.c.form, issued_files.c.size, issued_files.c.sha256
        with self.store.reading() as connection:
            rows = connection.execute(
                select(*columns).where(issued_files.c.issued == key).order_by(issued_files.c.form)
            )
            return [IssuedFile(*row) for row in rows]

    def file(self, key: str, form: str) -> bytes | None:
        """The bytes of one form of an issued brief."""
        query = select(issued_files.c.data).where(issued_files.c.issued == key, issued_files.c.form == form)
        with self.store.reading() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else bytes(found)

    def count_issued(self) -> int:
        """How many briefs were issued."""
        with self.store.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(issued)).scalar_one())
