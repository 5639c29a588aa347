"""What people's work does to `statements`: corrections put on what machines made, statements by hand put in, both undone.

In: the rows of `corrections` and `hand_statements` that hold. Out: the statements' columns, and what has to be done again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from sayso.errors import SaysoError, UsageError
from sayso.store._corrected import CORRECTABLE, base_of, corrected, typed, words_of
from sayso.store._part import Part
from sayso.store._progress import JOIN, TRACK, now
from sayso.store._rows import date_columns
from sayso.store.ids import BY_HAND
from sayso.store.schema import (
    corrections,
    documents,
    hand_statements,
    human_codings,
    items,
    statement_topics,
    statements,
    transcripts,
)

Row = dict[str, Any]
WORK = (human_codings, corrections, hand_statements)
EXACT, OFFERED, LOST = "exact", "needs confirmation", "not found"


class Effects(Part):
    """The effect of people's work on the table `statements`."""

    def state_of(self, statement_id: str) -> Row | None:
        """The statement's columns as they stand, corrections and all."""
        with self.store.reading() as connection:
            row = row_of(connection, statements, statement_id)
        return row

    def refresh(self, document_id: str) -> None:
        """Sets a document's statements to the machine's values and the corrections that hold."""
        with self.store.transaction() as connection:
            rows = {
                row["id"]: dict(row)
                for row in connection.execute(
                    select(statements).where(statements.c.document_id == document_id)
                ).mappings()
            }
            mine = select(statements.c.id).where(statements.c.document_id == document_id)
            held = connection.execute(
                select(corrections)
                .where(
                    corrections.c.statement_id.in_(mine),
                    corrections.c.undone_at.is_(None),
                    corrections.c.anchor == EXACT,
                )
                .order_by(corrections.c.made_at, corrections.c.id)
            ).all()
            by_hand = {key for key, row in rows.items() if row["attributed_by"] == "person"}
            if not held and not by_hand and not any(row["machine"] for row in rows.values()):
                self._items_by_hand(connection, document_id, [])
                return
            changes: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
            for each in held:
                changes.setdefault(each.statement_id, []).append((each.field, each.value))
            text = connection.execute(select(documents.c.text).where(documents.c.id == document_id)).scalar_one()
            bases = {key: base_of(row) for key, row in rows.items()}
            found = corrected(bases, changes, text, by_hand)
            self._items_by_hand(
                connection, document_id, [values for values in found.values() if not values["rejected"]]
            )
            for key, values in found.items():
                new = {name: value for name, value in values.items() if rows[key][name] != value}
                if new:
                    connection.execute(update(statements).where(statements.c.id == key).values(**new))

    def _items_by_hand(self, connection: Connection, document_id: str, spoken: Sequence[Row]) -> None:
        """Keeps a record of every item that a person named as the one in which a statement of this document was made.

        A record goes when no statement of the document needs it any more, as with those that a machine found.
        """
        wanted: dict[str, Row] = {}
        for each in spoken:
            via = each["via"]
            if via and via.get("by_hand"):
                row = wanted.setdefault(each["item_id"], item_by_hand(document_id, each["item_id"], via))
                if via["end"] and [via["start"], via["end"]] not in row["mentions"]:
                    row["mentions"].append([via["start"], via["end"]])
        mine = (items.c.document_id == document_id) & items.c.id.like(f"{BY_HAND}%")
        connection.execute(delete(items).where(mine & items.c.id.not_in(list(wanted))))
        for key, row in wanted.items():
            if row_of(connection, items, key) is None:
                connection.execute(insert(items).values(row))
            else:  # its id says what it is: only the places that name it can differ
                connection.execute(update(items).where(items.c.id == key).values(mentions=row["mentions"]))

    def undo(self, key: str) -> None:
        """Take back a coding, a correction, a statement by hand or a transcript; it stays on record as undone."""
        with self.store.transaction() as connection:
            for table in (*WORK, transcripts):
                row = row_of(connection, table, key)
                if row is None:
                    continue
                connection.execute(update(table).where(table.c.id == key).values(undone_at=now()))
                if table is transcripts:
                    self.store.progress.forget([row["sha256"]])
                elif table is hand_statements:
                    connection.execute(delete(statements).where(statements.c.id == key))
                    self.refresh(row["document_id"])
                    self._redo(row["document_id"], "content")
                elif table is corrections:
                    self._after(connection, row["statement_id"], row["field"])
                self.store.progress.changed(TRACK)
                return
        raise UsageError(f"there is no coding or correction {key!r}")

    def erase(self, sha256: str) -> None:
        """The bytes were erased: the words that people's work keeps of them go too; that there was work stays."""
        with self.store.transaction() as connection:
            connection.execute(delete(transcripts).where(transcripts.c.sha256 == sha256))
            connection.execute(delete(hand_statements).where(hand_statements.c.sha256 == sha256))
            for table in (human_codings, corrections):
                gone: Row = {"text": "", "spans": [], "moves": None, "anchor": LOST, "proposal": None}
                if table is corrections:
                    gone |= {"seen": None, "value": {}}
                connection.execute(update(table).where(table.c.sha256 == sha256).values(**gone))

    def put_topics(self, statement_ids: Iterable[str], pairs: Iterable[tuple[str, str]]) -> None:
        """Keep which topics these statements belong to: (statement, topic)."""
        ids = list(statement_ids)
        rows = [{"statement_id": statement, "topic_id": topic} for statement, topic in pairs]
        with self.store.transaction() as connection:
            connection.execute(delete(statement_topics).where(statement_topics.c.statement_id.in_(ids)))
            if rows:
                connection.execute(insert(statement_topics), rows)

    def _insert_by_hand(self, connection: Connection, row: Row, text: str) -> None:
        value = row["value"]
        links = [value["page"]]
        if value["speaker_name"]:
            links.append([value["speaker_name"], "speaker", value["speaker_actor"]])
        connection.execute(delete(statements).where(statements.c.id == row["id"]))
        connection.execute(
            insert(statements).values(
                {
                    "id": row["id"],
                    "document_id": row["document_id"],
                    "parent": None,
                    "attribution": f"h{row['id'][:12]}",
                    "text": words_of(value["content"], text),
                    "start": min(start for start, _ in value["content"]),
                    "end": max(end for _, end in value["content"]),
                    "confidence": 1.0,
                    "speaker_alias": "",
                    "chain": links,
                    "depth": value["depth"],
                    "rejected": False,
                    "machine": {},
                    "attributed_by": "person",
                    "witness_of": None,
                    **{
                        name: typed(name, value[name])
                        for field in ("source", "cue", "content", "kind", "speaker", "target", "via", "date")
                        for name in CORRECTABLE[field]
                    },
                }
            )
        )

    def _after(self, connection: Connection, statement_id: str, field: str) -> None:
        row = row_of(connection, statements, statement_id)
        if row is not None:
            self.refresh(row["document_id"])
            self._redo(row["document_id"], field)

    def _redo(self, document_id: str, field: str) -> None:
        """What rests on the statement is to be done again: its codes and topics, lines, and what joins documents."""
        self.store.progress.again(document_id, "topics", "code")
        self.store.analyses.forget_embeddings(document_id)
        self.store.progress.changed(TRACK)
        if field in ("content", "kind", "via"):
            self.store.progress.changed(JOIN)

    def _seen(self, statement_id: str) -> Row:
        """What anchors a person's work: the statement's words and places as its maker gave them."""
        with self.store.reading() as connection:
            row = row_of(connection, statements, statement_id)
            if row is None:
                raise SaysoError(f"there is no statement {statement_id!r}")
            sha256 = connection.execute(
                select(documents.c.sha256).where(documents.c.id == row["document_id"])
            ).scalar_one()
        base = base_of(row)
        return {
            "statement_id": statement_id,
            "sha256": sha256,
            "spans": base["content"],
            "text": base["text"],
            "anchor": EXACT,
            "proposal": None,
        }


def item_by_hand(document_id: str, key: str, via: Mapping[str, Any]) -> Row:
    """The record of an item that a person named."""
    return {
        "id": key,
        "held": False,
        "document_id": document_id,
        "url": "",
        "medium": via["medium"],
        "title": via["item"],
        "outlet": via["outlet"],
        "outlet_id": via.get("outlet_id"),
        "mentions": [],
        "step": None,
        **date_columns("date", None),
    }


def row_of(connection: Connection, table: Table, key: str) -> Row | None:
    row = connection.execute(select(table).where(table.c.id == key)).mappings().first()
    return dict(row) if row is not None else None
