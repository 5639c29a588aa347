"""Where statements quote the desk's reference texts: kept per document, in place of what was found before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from sayso.store._part import Part
from sayso.store.schema import quoted_places


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """A place of a reference text: the work, its section or chapter:verse, how it was quoted, and its own words."""

    work: str
    section: str
    verdict: str
    start: int
    end: int
    text: str


class QuotedPlaces(Part):
    """The table `quoted_places`."""

    def put(self, document_id: str, places: Mapping[str, Sequence[QuotedPlace]]) -> None:
        """Keep the places that a document's statements quote, by statement."""
        rows = [
            {
                "statement_id": key,
                "number": number,
                "document_id": document_id,
                "work": each.work,
                "section": each.section,
                "verdict": each.verdict,
                "start": each.start,
                "end": each.end,
                "text": each.text,
            }
            for key, found in places.items()
            for number, each in enumerate(found)
        ]
        with self.store.transaction() as connection:
            connection.execute(delete(quoted_places).where(quoted_places.c.document_id == document_id))
            if rows:
                connection.execute(insert(quoted_places), rows)

    def of(self, statement_ids: Iterable[str]) -> dict[str, tuple[QuotedPlace, ...]]:
        """The places that these statements quote; statements that quote none are left out."""
        query = select(quoted_places).where(quoted_places.c.statement_id.in_(sorted(set(statement_ids))))
        found: dict[str, tuple[QuotedPlace, ...]] = {}
        with self.store.reading() as connection:
            ordered = query.order_by(quoted_places.c.statement_id, quoted_places.c.number)
            for r in connection.execute(ordered):
                place = QuotedPlace(r.work, r.section, r.verdict, r.start, r.end, r.text)
                found[r.statement_id] = (*found.get(r.statement_id, ()), place)
        return found

    def count(self) -> int:
        """How many places are quoted."""
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(quoted_places)).scalar_one()
