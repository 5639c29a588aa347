"""Items, held and mentioned, as a brief or a page lists them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, Select, select

from sayso.records import DateValue
from sayso.store._part import Part
from sayso.store._rows import date_of
from sayso.store.schema import documents, items

ASKED = 500  # ids in one question


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item. `document_id` is the current version of a held one, and of a mentioned one the document that names it."""

    id: str
    held: bool
    document_id: str
    url: str
    medium: str
    title: str | None
    outlet: str | None
    outlet_id: str | None
    date: DateValue | None
    joined: str | None


class Items(Part):
    """The table `items`, for reading."""

    def get(self, ids: Iterable[str]) -> dict[str, KeptItem]:
        """The items with these ids; those that are not there are left out."""
        wanted = sorted(set(ids))
        found: dict[str, KeptItem] = {}
        with self.store.reading() as connection:
            for start in range(0, len(wanted), ASKED):
                query = _with_document().where(items.c.id.in_(wanted[start : start + ASKED]))
                found |= {row["id"]: _kept(row) for row in connection.execute(query).mappings()}
        return found

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Item -> its title; its medium where it has none."""
        wanted = sorted(set(ids))
        found: dict[str, str] = {}
        with self.store.reading() as connection:
            for start in range(0, len(wanted), ASKED):
                part = items.c.id.in_(wanted[start : start + ASKED])
                query = select(items.c.id, items.c.title, items.c.medium).where(part)
                found |= {row.id: row.title or row.medium for row in connection.execute(query)}
        return found

    def held(self) -> list[KeptItem]:
        """All items of which the desk has the bytes."""
        query = _with_document().where(items.c.held).order_by(items.c.id)
        with self.store.reading() as connection:
            return [_kept(row) for row in connection.execute(query).mappings()]

    def mentioned(self) -> list[KeptItem]:
        """All items that the desk knows from others, each as one document names it."""
        query = _with_document().where(~items.c.held).order_by(items.c.id)
        with self.store.reading() as connection:
            return [_kept(row) for row in connection.execute(query).mappings()]

    def of_documents(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Document -> the held item that it is a version of."""
        query = select(documents.c.id, documents.c.item_id).where(documents.c.id.in_(sorted(set(document_ids))))
        with self.store.reading() as connection:
            return {row.id: row.item_id for row in connection.execute(query)}


def _with_document() -> Select[Any]:
    current = (documents.c.item_id == items.c.id) & documents.c.current
    return select(items, documents.c.id.label("version")).outerjoin(documents, current)


def _kept(row: RowMapping) -> KeptItem:
    return KeptItem(
        id=row["id"],
        held=row["held"],
        document_id=row["version"] if row["held"] else row["document_id"],
        url=row["url"],
        medium=row["medium"],
        title=row["title"],
        outlet=row["outlet"],
        outlet_id=row["outlet_id"],
        date=date_of("date", row),
        joined=row["joined"],
    )
