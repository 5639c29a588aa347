"""People's corrections of statements, and statements that people attribute by hand, kept with what the person saw.

No run overwrites them (see `_anchors`). Every correction is a row of its own, so that each can be undone and two people
who correct the same lose nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Table, insert, or_, select

from sayso.errors import SaysoError
from sayso.store._anchors import Anchors
from sayso.store._corrected import ALL, CORRECTABLE, plain, words_of
from sayso.store._effects import EXACT, WORK, Row, row_of
from sayso.store._progress import now
from sayso.store._transcripts import Transcripts
from sayso.store.schema import corrections, documents, hand_statements, statements


class Corrections(Anchors, Transcripts):
    """The tables `corrections` and `hand_statements`; how they come to stand in `statements` is `Effects`."""

    def correct(self, statement_id: str, field: str, value: Mapping[str, Any], person: str) -> str:
        """Correct a field of a statement; gives the correction's id.

        `value` maps the field's columns (see `CORRECTABLE`) to what they should be; dates as ISO strings, spans as
        [[start, end, words], …]. The machine's values stay in `statements.machine`.
        """
        if field not in CORRECTABLE or set(value) != set(CORRECTABLE[field]):
            raise SaysoError(
                f"a correction of {field!r} needs {', '.join(CORRECTABLE.get(field, ())) or 'a known field'}"
            )
        key = uuid.uuid4().hex[:24]
        with self.store.transaction() as connection:
            row = row_of(connection, statements, statement_id)
            if row is None:
                raise SaysoError(f"there is no statement {statement_id!r}")
            seen = {name: plain(row[name]) for name in ALL}
            connection.execute(
                insert(corrections).values(
                    id=key,
                    field=field,
                    value=dict(value),
                    person=person,
                    made_at=now(),
                    seen=seen,
                    **self._seen(statement_id),
                )
            )
            self.refresh(row["document_id"])
            self._redo(row["document_id"], field)
        return key

    def attribute(self, document_id: str, value: Mapping[str, Any], person: str) -> str:
        """Keep a statement that a person attributed by hand; gives its id.

        `value` has the statement's columns: source, cue, content ([[start, end], …]), kind, speaker_…, target_…, via,
        item_id, date_…, and `page`, the first link of its chain.
        """
        key = uuid.uuid4().hex[:24]
        with self.store.transaction() as connection:
            page = row_of(connection, documents, document_id)
            if page is None:
                raise SaysoError(f"there is no document {document_id!r}")
            row = {
                "id": key,
                "document_id": document_id,
                "sha256": page["sha256"],
                "spans": value["content"],
                "text": words_of(value["content"], page["text"]),
                "value": {name: plain(each) for name, each in value.items()},
                "person": person,
                "made_at": now(),
                "anchor": EXACT,
            }
            connection.execute(insert(hand_statements).values(row))
            self._insert_by_hand(connection, row, page["text"])
            self.refresh(document_id)
            self._redo(document_id, "content")
        return key

    def work(self, key: str) -> Row | None:
        """A coding, correction or statement by hand, with the name of its `table`."""
        with self.store.reading() as connection:
            for table in WORK:
                row = row_of(connection, table, key)
                if row is not None:
                    return {"table": table.name, **row}
        return None

    def corrections(self, statement_id: str) -> list[Row]:
        """The corrections of a statement, oldest first, undone ones too."""
        query = select(corrections).where(corrections.c.statement_id == statement_id)
        with self.store.reading() as connection:
            rows = connection.execute(query.order_by(corrections.c.made_at, corrections.c.id))
            return [dict(row) for row in rows.mappings()]

    def correctors(self, statement_ids: Iterable[str]) -> dict[str, list[tuple[str, str, Any]]]:
        """statement -> (field, person, when) of the corrections that hold, and ("attribution", …) for one by hand."""
        ids = list(statement_ids)
        found: dict[str, list[tuple[str, str, Any]]] = {}
        holds = (corrections.c.undone_at.is_(None), corrections.c.anchor == EXACT)
        with self.store.reading() as connection:
            by_hand = select(hand_statements).where(
                hand_statements.c.id.in_(ids), hand_statements.c.undone_at.is_(None)
            )
            for row in connection.execute(by_hand):
                found.setdefault(row.id, []).append(("attribution", row.person, row.made_at))
            query = select(corrections).where(corrections.c.statement_id.in_(ids), *holds)
            for row in connection.execute(query.order_by(corrections.c.made_at, corrections.c.id)):
                found.setdefault(row.statement_id, []).append((row.field, row.person, row.made_at))
        return found

    def made(self, about: str = "") -> Iterator[Row]:
        """Corrections and statements by hand, oldest first, undone ones too, with their `table`: all, or those of a
        statement or of a document."""
        spoken = select(statements.c.id).where(statements.c.document_id == about)
        with self.store.reading() as connection:
            found: list[tuple[Any, str, Table]] = []
            for table, statement in (
                (corrections, corrections.c.statement_id),
                (hand_statements, hand_statements.c.id),
            ):
                query = select(table.c.made_at, table.c.id)
                if about:
                    here = or_(statement == about, statement.in_(spoken))
                    if table is hand_statements:
                        here = or_(here, hand_statements.c.document_id == about)
                    query = query.where(here)
                found += [(at, key, table) for at, key in connection.execute(query)]
            for _, key, table in sorted(found, key=lambda each: each[:2]):
                row = row_of(connection, table, key)
                if row is not None:
                    yield {"table": table.name, **row}

    def of_document(self, document_id: str, limit: int = 50) -> list[Row]:
        """The newest corrections and statements by hand in a document, undone ones too, with their `table`."""
        mine = select(statements.c.id).where(statements.c.document_id == document_id)
        asked = (
            (corrections, corrections.c.statement_id.in_(mine)),
            (hand_statements, hand_statements.c.document_id == document_id),
        )
        with self.store.reading() as connection:
            found = [
                {"table": table.name, **row}
                for table, where in asked
                for row in connection.execute(
                    select(table).where(where).order_by(table.c.made_at.desc()).limit(limit)
                ).mappings()
            ]
        return sorted(found, key=lambda row: (row["made_at"], row["id"]), reverse=True)[:limit]
