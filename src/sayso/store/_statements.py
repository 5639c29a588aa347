"""Statements and the items they mention: kept per document, read back as records, counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select

from sayso.records import (
    Attribution,
    ChainLink,
    DateValue,
    Document,
    Linked,
    MentionedItem,
    Speaker,
    Statement,
    Target,
    Via,
)
from sayso.store._analyses import vector_rows
from sayso.store._part import Part
from sayso.store._rows import date_columns, date_of, places, put_row, spans, storable
from sayso.store.ids import mentioned_item_id
from sayso.store.schema import documents, items, statements


class Statements(Part):
    """The table `statements`, and the mentioned ones among `items`."""

    def put(self, document_id: str, document: Document, linked: Linked, *, outlet_ids: Mapping[str, str]) -> None:
        """Keep what `link` made of a document, in place of what it made before.

        `outlet_ids` gives the desk's id for the name of an outlet. People's corrections are put on again; those whose
        statement is gone are offered for confirmation elsewhere.
        """
        with self.store.transaction() as connection:
            held = connection.execute(select(documents.c.item_id).where(documents.c.id == document_id)).scalar_one()
            rows = statement_rows(document_id, held, linked, outlet_ids)
            connection.execute(delete(items).where(items.c.document_id == document_id))
            for item in rows["items"]:
                put_row(connection, items, item)
            connection.execute(delete(statements).where(statements.c.document_id == document_id))
            if rows["statements"]:
                connection.execute(insert(statements), rows["statements"])
            own = {each.id: each.embedding for each in _with_vectors(linked)}
            self.store.analyses.put_embeddings(document_id, own)
            self.store.people.reanchor(document.sha256)

    def linked(self, document_id: str, document: Document) -> Linked:
        """The statements and mentioned items of a document as `link` and the people who corrected it left them."""
        text = document.text
        vectors = self.store.analyses.embeddings(document_id)
        with self.store.reading() as connection:
            found = connection.execute(
                select(statements).where(statements.c.document_id == document_id).order_by(statements.c.start)
            ).mappings()
            rows = list(found)
            mentioned = connection.execute(
                select(items).where(items.c.document_id == document_id).order_by(items.c.id)
            ).mappings()
            return Linked(
                statements=tuple(record(row, text, vectors) for row in rows),
                items=tuple(
                    MentionedItem(
                        id=row["id"],
                        medium=row["medium"],
                        title=row["title"],
                        outlet=row["outlet"],
                        date=date_of("date", row),
                        mentions=spans(row["mentions"], text),
                        order=row["step"],
                    )
                    for row in mentioned
                ),
            )

    def words(self, document_id: str) -> list[tuple[Statement, str]]:
        """The statements of a document, each with the words that were kept of it when it was made."""
        text = self.store.documents.get(document_id).text
        query = select(statements).where(statements.c.document_id == document_id).order_by(statements.c.id)
        with self.store.reading() as connection:
            return [(record(row, text, {}), row["text"]) for row in connection.execute(query).mappings()]

    def count(self) -> int:
        """How many statements there are."""
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(statements)).scalar_one()


def statement_rows(
    document_id: str, held: str, linked: Linked, outlet_ids: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """The rows of what `link` made of a document that is a version of the item `held`, by table."""
    item_ids = {item.id: mentioned_item_id(document_id, item.mentions, item.id) for item in linked.items}
    dates = {item_ids[item.id]: item.date for item in linked.items}
    mentioned = {
        item_ids[item.id]: _item_row(item, item_ids[item.id], document_id, outlet_ids) for item in linked.items
    }
    rows: dict[str, dict[str, Any]] = {}
    # Two statements in one place would be one: the surer of them stays.
    for each in sorted(linked.statements, key=lambda s: s.confidence):
        spoken_in = item_ids.get(each.via.item_id or "", held) if each.via else held
        rows[each.id] = _statement_row(document_id, each, item_id=spoken_in, item_date=dates.get(spoken_in))
    vectors = {each.id: each.embedding for each in _with_vectors(linked)}
    return {
        "items": list(mentioned.values()),
        "statements": [rows[key] for key in sorted(rows)],
        "embeddings": vector_rows(document_id, vectors),
    }


def _with_vectors(linked: Linked) -> list[Statement]:
    """An actor's own words have no attribution, so the vector is theirs."""
    return [each for each in linked.statements if each.attribution is None and each.embedding]


def _item_row(item: MentionedItem, key: str, document_id: str, outlet_ids: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": key,
        "held": False,
        "document_id": document_id,
        "url": "",
        "medium": item.medium,
        "title": item.title and storable(item.title),
        "outlet": item.outlet and storable(item.outlet),
        "outlet_id": outlet_ids.get(item.outlet or ""),
        "mentions": places(item.mentions),
        "joined": None,
        "step": item.order,
        **date_columns("date", item.date),
    }


def _statement_row(
    document_id: str, statement: Statement, *, item_id: str, item_date: DateValue | None
) -> dict[str, Any]:
    date, target, via, relation = statement.date, statement.target, statement.via, statement.attribution
    return {
        "id": statement.id,
        "document_id": document_id,
        "parent": statement.parent,
        "attribution": relation.id if relation else None,
        "source": places(relation.source) if relation else [],
        "cue": places(relation.cue) if relation else [],
        "content": places(statement.content),
        "text": " … ".join(span.text for span in statement.content).encode("utf-8", "replace").decode(),
        "start": min(span.start for span in statement.content),
        "end": max(span.end for span in statement.content),
        "kind": statement.kind,
        "confidence": statement.confidence,
        "speaker_name": statement.speaker.name,
        "speaker_kind": statement.speaker.kind,
        "speaker_actor": statement.speaker.actor,
        "speaker_alias": statement.speaker.alias,
        "target_name": target.name if target else None,
        "target_actor": target.actor if target else None,
        "via": {
            "item": via.item,
            "medium": via.medium,
            "outlet": via.outlet,
            "start": via.start,
            "end": via.end,
        }
        if via
        else None,
        "chain": [[link.name, link.role, link.actor] for link in statement.chain],
        "depth": statement.depth,
        **date_columns("date", date),
        "date_of": None if date is None else "item" if date.origin == "metadata" or date == item_date else "utterance",
        "item_id": item_id,
        "rejected": False,
        "machine": {},
        "witness_of": None,
        "step": statement.order,
    }


def record(row: RowMapping, text: str, vectors: Mapping[str, tuple[float, ...]]) -> Statement:
    """The statement of a row of the table; `text` is its document's."""
    attribution = None
    if row["attribution"] is not None:
        attribution = Attribution(
            id=row["attribution"],
            cue=spans(row["cue"], text),
            content=spans(row["content"], text),
            kind=row["kind"],
            confidence=row["confidence"],
            source=spans(row["source"], text),
        )
    via = row["via"]
    return Statement(
        id=row["id"],
        content=spans(row["content"], text),
        speaker=Speaker(row["speaker_name"], row["speaker_kind"], row["speaker_actor"], row["speaker_alias"]),
        chain=tuple(ChainLink(*link) for link in row["chain"]),
        depth=row["depth"],
        attribution=attribution,
        parent=row["parent"],
        target=Target(row["target_name"], row["target_actor"]) if row["target_name"] is not None else None,
        via=Via(via["item"], via["medium"], via["outlet"], via["start"], via["end"], row["item_id"]) if via else None,
        date=date_of("date", row),
        kind=row["kind"],
        confidence=row["confidence"],
        order=row["step"],
        embedding=vectors.get(row["attribution"] or row["id"], ()),
    )
