"""Where people's work stands after a machine has worked again, or a page has a new version.

Nothing is moved in silence: where the same words stand elsewhere the work "needs confirmation", else it is "not found".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, delete, select, update

from sayso.errors import UsageError
from sayso.store._corrected import SPANS, base_of, words_of
from sayso.store._effects import EXACT, LOST, OFFERED, WORK, Effects, Row, row_of
from sayso.store._progress import TRACK
from sayso.store.schema import corrections, documents, hand_statements, human_codings, statements


class Anchors(Effects):
    """The columns `anchor`, `proposal`, `declined` and `moves` of codings, corrections and statements by hand."""

    def reanchor(self, sha256: str) -> None:
        """After a capture's statements were made anew: put people's work on again, offer what lost its statement."""
        with self.store.transaction() as connection:
            pages = connection.execute(select(documents).where(documents.c.sha256 == sha256)).mappings().all()
            mine = connection.execute(
                select(hand_statements).where(hand_statements.c.sha256 == sha256, hand_statements.c.undone_at.is_(None))
            ).mappings()
            for row in mine.all():
                self._anchor_by_hand(connection, dict(row), pages)
            for table in (human_codings, corrections):
                held = connection.execute(select(table).where(table.c.sha256 == sha256, table.c.undone_at.is_(None)))
                for each in held.mappings().all():
                    anchor, proposal = self._anchor(connection, dict(each))
                    if (anchor, proposal) != (each["anchor"], each["proposal"]):
                        connection.execute(
                            update(table).where(table.c.id == each["id"]).values(anchor=anchor, proposal=proposal)
                        )
            for page in pages:
                self.refresh(page["id"])

    def _anchor(self, connection: Connection, row: Row) -> tuple[str, str | None]:
        """Whether the statement is still the one that the person saw; else the one with the same words, if any."""
        there = row_of(connection, statements, row["statement_id"])
        if there is not None and base_of(there)["text"] == row["text"]:
            if row.get("field") not in SPANS:
                return EXACT, None
            text = connection.execute(select(documents.c.text).where(documents.c.id == there["document_id"])).scalar()
            if _stand(row["value"][row["field"]], text or ""):
                return EXACT, None
        same = connection.execute(
            select(statements.c.id)
            .join(documents, documents.c.id == statements.c.document_id)
            .where(
                documents.c.sha256 == row["sha256"],
                statements.c.text == row["text"],
                statements.c.attributed_by != "person",
            )
            .order_by(statements.c.start, statements.c.id)
        ).scalar()
        return (OFFERED, same) if same else (LOST, None)

    def _anchor_by_hand(self, connection: Connection, row: Row, pages: Sequence[RowMapping]) -> None:
        anchor, proposal, on = LOST, None, row["document_id"]
        for page in pages:
            if words_of(row["spans"], page["text"]) == row["text"]:
                anchor, proposal, on = EXACT, None, page["id"]
                break
            shift = shift_of(row["spans"], row["text"], page["text"])
            if shift is not None:
                anchor, proposal, on = OFFERED, shift, page["id"]
        values = {"anchor": anchor, "proposal": proposal, "document_id": on}
        connection.execute(update(hand_statements).where(hand_statements.c.id == row["id"]).values(values))
        if anchor == EXACT and row_of(connection, statements, row["id"]) is None:
            text = next(page["text"] for page in pages if page["id"] == on)
            self._insert_by_hand(connection, row | values, text)

    def unconfirmed(self) -> list[Row]:
        """The work that lost its statement: what the person saw, and the place that is offered if there is one."""
        with self.store.reading() as connection:
            return [
                {"table": table.name, **row}
                for table in WORK
                for row in connection.execute(
                    select(table).where(table.c.anchor != EXACT, table.c.undone_at.is_(None)).order_by(table.c.id)
                ).mappings()
            ]

    def superseded(self) -> list[Row]:
        """The work on earlier versions of pages, with `current`, the id of the version that is current, and `proposal`,
        the statement (or shift) with the same words there; what a person declined for that version is left out."""
        newer = documents.alias("newer")
        found: list[Row] = []
        with self.store.reading() as connection:
            for table in WORK:
                query = select(table, newer.c.id.label("current")).where(
                    table.c.anchor == EXACT, table.c.undone_at.is_(None)
                )
                if table is hand_statements:
                    query = query.join(documents, documents.c.id == table.c.document_id)
                else:
                    query = query.join(statements, statements.c.id == table.c.statement_id)
                    query = query.join(documents, documents.c.id == statements.c.document_id)
                query = query.join(newer, (newer.c.item_id == documents.c.item_id) & newer.c.current)
                query = query.where(
                    documents.c.current.is_(False),
                    table.c.declined.is_(None) | (table.c.declined != newer.c.id),
                )
                for row in connection.execute(query.order_by(table.c.id)).mappings().all():
                    proposal = self._proposal_in(connection, table, dict(row), row["current"])
                    found.append({"table": table.name, **row, "proposal": proposal})
        return found

    def _proposal_in(self, connection: Connection, table: Table, row: Row, document: str) -> Any:
        if table is hand_statements:
            text = connection.execute(select(documents.c.text).where(documents.c.id == document)).scalar()
            return shift_of(row["spans"], row["text"], text or "")
        same = select(statements.c.id).where(
            statements.c.document_id == document,
            statements.c.text == row["text"],
            statements.c.attributed_by != "person",
        )
        return connection.execute(same.order_by(statements.c.start, statements.c.id)).scalar()

    def confirm(self, key: str) -> str:
        """Accept the place that was offered for a coding, a correction or a statement by hand; gives the statement."""
        with self.store.transaction() as connection:
            for table in WORK:
                row = row_of(connection, table, key)
                if row is None:
                    continue
                offered = row["proposal"] if row["anchor"] != EXACT else None
                on = row.get("document_id")
                if row["anchor"] == EXACT:
                    later = next((each for each in self.superseded() if each["id"] == key), None)
                    offered, on = (later["proposal"], later["current"]) if later else (None, None)
                if offered is None or row["undone_at"] is not None:
                    break
                moved = {
                    "moves": [
                        *(row["moves"] or []),
                        {
                            name: row[name]
                            for name in ("statement_id", "document_id", "sha256", "spans", "text", "value")
                            if name in row
                        },
                    ],
                    "declined": None,
                }
                if table is hand_statements:
                    return self._move_by_hand(connection, row, str(on), int(offered), moved)
                before = row["statement_id"]
                seen = self._seen(offered)
                values = {**seen, **moved}
                if table is corrections and row["field"] in SPANS:
                    values["value"] = self._moved_spans(connection, row, offered)
                connection.execute(update(table).where(table.c.id == key).values(**values))
                if table is corrections:
                    self._after(connection, before, row["field"])
                    self._after(connection, offered, row["field"])
                self.store.progress.changed(TRACK)
                return str(offered)
        raise UsageError(f"nothing is offered for {key!r}")

    def decline(self, key: str) -> None:
        """Leave the work where it is: on the earlier version of its page, or, where it has no place left, as undone."""
        with self.store.transaction() as connection:
            for table in WORK:
                row = row_of(connection, table, key)
                if row is None:
                    continue
                if row["anchor"] != EXACT:
                    self.undo(key)
                    return
                later = next((each for each in self.superseded() if each["id"] == key), None)
                if later is not None:
                    values = {"declined": later["current"]}
                    connection.execute(update(table).where(table.c.id == key).values(values))
                    return
        raise UsageError(f"nothing is offered for {key!r}")

    def _moved_spans(self, connection: Connection, row: Row, statement_id: str) -> Row:
        there = row_of(connection, statements, statement_id)
        assert there is not None
        text = connection.execute(select(documents.c.text).where(documents.c.id == there["document_id"])).scalar_one()
        shift = base_of(there)["start"] - min(start for start, *_ in row["spans"])
        spans = [[start + shift, end + shift, words] for start, end, words in row["value"][row["field"]]]
        if not _stand(spans, text):
            raise UsageError(f"the corrected {row['field']} does not stand there; correct the statement itself")
        return {row["field"]: spans}

    def _move_by_hand(self, connection: Connection, row: Row, document: str, shift: int, moved: Row) -> str:
        page = row_of(connection, documents, document)
        assert page is not None
        value = {**row["value"]}
        for name in SPANS:
            value[name] = [[start + shift, end + shift] for start, end in value[name]]
        if value["via"] and value["via"].get("end"):
            value["via"] = {**value["via"], "start": 0, "end": 0}
        new = {
            **moved,
            "document_id": document,
            "sha256": page["sha256"],
            "spans": value["content"],
            "text": words_of(value["content"], page["text"]),
            "value": value,
            "anchor": EXACT,
            "proposal": None,
        }
        connection.execute(update(hand_statements).where(hand_statements.c.id == row["id"]).values(**new))
        connection.execute(delete(statements).where(statements.c.id == row["id"]))
        self._insert_by_hand(connection, row | new, page["text"])
        for each in {row["document_id"], document}:
            self.refresh(each)
            self._redo(each, "content")
        return str(row["id"])


def shift_of(spans: Sequence[Sequence[int]], words: str, text: str) -> int | None:
    """By how many characters all the words lie further on in another text (nearest place); None where they do not."""
    parts, first = words.split(" … "), min(start for start, *_ in spans)
    if len(parts) != len(spans):
        parts = [words]
    best: int | None = None
    at = text.find(parts[0])
    while at >= 0:
        shift = at - first
        if words_of([[s + shift, e + shift] for s, e, *_ in spans], text) == words and (
            best is None or abs(shift) < abs(best)
        ):
            best = shift
        at = text.find(parts[0], at + 1)
    return best


def _stand(spans: Sequence[Sequence[Any]], text: str) -> bool:
    return all(text[start:end] == words for start, end, words in spans)
