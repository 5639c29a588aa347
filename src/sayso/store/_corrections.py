"""People's corrections of statements, and statements that people attribute by hand, kept with what the person saw.

No run overwrites them. When a new producer or page version no longer has the statement, nothing is moved in silence:
where the same words stand elsewhere the work "needs confirmation", else it is "not found". Every correction is a row of
its own, so that each can be undone and two people who correct the same lose nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, delete, insert, select, update

from sayso.errors import SaysoError, UsageError
from sayso.store._corrected import ALL, CORRECTABLE, SPANS, base_of, corrected, plain, typed, words_of
from sayso.store._part import Part
from sayso.store._progress import JOIN, TRACK, now
from sayso.store.schema import (
    corrections,
    documents,
    hand_statements,
    human_codings,
    statement_topics,
    statements,
    transcripts,
)

Row = dict[str, Any]
WORK = (human_codings, corrections, hand_statements)
EXACT, OFFERED, LOST = "exact", "needs confirmation", "not found"


class Corrections(Part):
    """The tables `corrections`, `hand_statements` and `transcripts`, and their effect on `statements`."""

    # --- making -------------------------------------------------------------------------------------------------

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
            row = _row(connection, statements, statement_id)
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
            page = _row(connection, documents, document_id)
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

    def transcribe(self, sha256: str, text: str, about: Mapping[str, str], person: str) -> str:
        """Keep what a person reads in bytes; it stands for what a machine would read there. Gives its id."""
        key = uuid.uuid4().hex[:24]
        with self.store.transaction() as connection:
            row = {"id": key, "sha256": sha256, "text": text, "about": dict(about), "person": person}
            connection.execute(insert(transcripts).values(row | {"made_at": now()}))
            self.store.progress.forget([sha256])
        return key

    def transcript(self, sha256: str) -> Row | None:
        """The newest transcript of these bytes that holds."""
        query = (
            select(transcripts)
            .where(transcripts.c.sha256 == sha256, transcripts.c.undone_at.is_(None))
            .order_by(transcripts.c.made_at.desc(), transcripts.c.id)
        )
        with self.store.reading() as connection:
            row = connection.execute(query).mappings().first()
        return dict(row) if row is not None else None

    # --- undoing ------------------------------------------------------------------------------------------------

    def undo(self, key: str) -> None:
        """Take back a coding, a correction, a statement by hand or a transcript; it stays on record as undone."""
        with self.store.transaction() as connection:
            for table in (*WORK, transcripts):
                row = _row(connection, table, key)
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

    def work(self, key: str) -> Row | None:
        """A coding, correction or statement by hand, with the name of its `table`."""
        with self.store.reading() as connection:
            for table in WORK:
                row = _row(connection, table, key)
                if row is not None:
                    return {"table": table.name, **row}
        return None

    # --- when a machine has worked again ------------------------------------------------------------------------

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
        there = _row(connection, statements, row["statement_id"])
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
        if anchor == EXACT and _row(connection, statements, row["id"]) is None:
            text = next(page["text"] for page in pages if page["id"] == on)
            self._insert_by_hand(connection, row | values, text)

    # --- what waits for a person --------------------------------------------------------------------------------

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
                row = _row(connection, table, key)
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
                row = _row(connection, table, key)
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
        there = _row(connection, statements, statement_id)
        assert there is not None
        text = connection.execute(select(documents.c.text).where(documents.c.id == there["document_id"])).scalar_one()
        shift = base_of(there)["start"] - min(start for start, *_ in row["spans"])
        spans = [[start + shift, end + shift, words] for start, end, words in row["value"][row["field"]]]
        if not _stand(spans, text):
            raise UsageError(f"the corrected {row['field']} does not stand there; correct the statement itself")
        return {row["field"]: spans}

    def _move_by_hand(self, connection: Connection, row: Row, document: str, shift: int, moved: Row) -> str:
        page = _row(connection, documents, document)
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

    # --- reading ------------------------------------------------------------------------------------------------

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

    def state_of(self, statement_id: str) -> Row | None:
        """The statement's columns as they stand, corrections and all."""
        with self.store.reading() as connection:
            row = _row(connection, statements, statement_id)
        return row

    # --- the effect ---------------------------------------------------------------------------------------------

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
                return
            changes: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
            for each in held:
                changes.setdefault(each.statement_id, []).append((each.field, each.value))
            text = connection.execute(select(documents.c.text).where(documents.c.id == document_id)).scalar_one()
            bases = {key: base_of(row) for key, row in rows.items()}
            for key, values in corrected(bases, changes, text, by_hand).items():
                new = {name: value for name, value in values.items() if rows[key][name] != value}
                if new:
                    connection.execute(update(statements).where(statements.c.id == key).values(**new))

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
        row = _row(connection, statements, statement_id)
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
            row = _row(connection, statements, statement_id)
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


def _row(connection: Connection, table: Table, key: str) -> Row | None:
    row = connection.execute(select(table).where(table.c.id == key)).mappings().first()
    return dict(row) if row is not None else None
