"""Originals and their translations: as the translations themselves say, and as people join them.

Pairs join items, not documents, so that a new version of a page stays with its original. What an item says of itself is
read from its current document each time; what a person said is kept, and wins.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urljoin

from sqlalchemy import insert, or_, select, update

from sayso.address import address_key
from sayso.store._part import Part
from sayso.store._progress import now
from sayso.store.schema import documents, items, pairs


@dataclass(frozen=True, slots=True)
class Pair:
    """An original and its translation, both by the id of the item; `person` is "" where the translation says so itself."""

    original: str
    translation: str
    translator: str
    person: str = ""


class Pairs(Part):
    """The table `pairs`, and what documents say of their originals."""

    def join(self, original: str, translation: str, translator: str, person: str) -> None:
        """Keep that a person joined two items; it replaces what was said of this translation before."""
        with self.store.transaction() as connection:
            self.part(translation)
            connection.execute(
                insert(pairs).values(
                    id=uuid.uuid4().hex[:24],
                    original=original,
                    translation=translation,
                    translator=translator,
                    person=person,
                    made_at=now(),
                )
            )

    def part(self, translation: str) -> bool:
        """Take back what people said of this translation; False where nobody did."""
        mine = (pairs.c.translation == translation) & pairs.c.undone_at.is_(None)
        with self.store.transaction() as connection:
            return connection.execute(update(pairs).where(mine).values(undone_at=now())).rowcount > 0

    def of(self, item: str) -> list[Pair]:
        """The pairs that an item belongs to, as original or as translation; people's first."""
        with self.store.reading() as connection:
            query = select(pairs.c.original, pairs.c.translation, pairs.c.translator, pairs.c.person)
            said = query.where(or_(pairs.c.original == item, pairs.c.translation == item), pairs.c.undone_at.is_(None))
            out = [Pair(*row) for row in connection.execute(said.order_by(pairs.c.made_at))]
        joined = {pair.translation for pair in out}
        mine = [p for p in self.declared() if item in (p.original, p.translation) and p.translation not in joined]
        return out + [pair for pair in mine if not self._said(pair.translation)]

    def each(self) -> list[Pair]:
        """All pairs: people's, then those that translations declare and no person said otherwise of."""
        with self.store.reading() as connection:
            query = select(pairs.c.original, pairs.c.translation, pairs.c.translator, pairs.c.person)
            rows = connection.execute(query.where(pairs.c.undone_at.is_(None)).order_by(pairs.c.made_at))
            out = [Pair(*row) for row in rows]
        joined = {pair.translation for pair in out}
        return out + [pair for pair in self.declared() if pair.translation not in joined]

    def item_of(self, document: str) -> str | None:
        """The item that a document is a version of."""
        with self.store.reading() as connection:
            return connection.execute(select(documents.c.item_id).where(documents.c.id == document)).scalar()

    def current(self, item: str) -> str | None:
        """The id of an item's current document."""
        query = select(documents.c.id).where(documents.c.item_id == item, documents.c.current)
        with self.store.reading() as connection:
            return connection.execute(query).scalar()

    def document(self, name: str) -> str | None:
        """The id of the document with this id, SHA-256 or path; of several, the current one."""
        named = or_(documents.c.id == name, documents.c.sha256 == name, documents.c.path == name)
        query = select(documents.c.id).where(named).order_by(documents.c.current.desc(), documents.c.id)
        with self.store.reading() as connection:
            return connection.execute(query.limit(1)).scalar()

    def declared(self) -> Iterator[Pair]:
        """What current documents say of their originals, where the desk holds these."""
        with self.store.reading() as connection:
            query = select(
                documents.c.item_id,
                documents.c.path,
                documents.c.translation_of,
                documents.c.translator,
                documents.c.current,
            )
            # Few name an original and nearly all are current: a planner that knows neither would look at all current ones.
            said = connection.execute(query.where(documents.c.translation_of > ""))
            rows = [(item, path, original, by) for item, path, original, by, current in said if current]
            if not rows:
                return
            held = select(items.c.id, items.c.url, documents.c.path).join(documents, documents.c.item_id == items.c.id)
            places: dict[str, str] = {}
            for item, url, path in connection.execute(held.where(items.c.held).order_by(items.c.id)):
                places.setdefault(address_key(url), item)
                places.setdefault(address_key(path), item)
        for item, path, original, translator in rows:
            found = places.get(address_key(_resolved(original, path)))
            if found and found != item:
                yield Pair(found, item, translator)

    def _said(self, translation: str) -> bool:
        query = select(pairs.c.id).where(pairs.c.translation == translation, pairs.c.undone_at.is_(None))
        with self.store.reading() as connection:
            return connection.execute(query).first() is not None


def _resolved(original: str, path: str) -> str:
    """The address or path of the original, as the translation at `path` names it."""
    if "://" in original or "://" in path:
        return urljoin(path, original)
    return str(PurePosixPath(path).parent / original)
