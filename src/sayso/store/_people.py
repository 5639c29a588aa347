"""People's work: codings and corrections, kept with the spans and words that the person saw.

No run overwrites them. When a new producer or page version no longer has the statement, the work is not moved in
silence: where the same words stand in another statement of the same capture it "needs confirmation", else it is
"not found".
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, insert, select, update

from sayso.errors import SaysoError
from sayso.records import Coding
from sayso.store._part import Part
from sayso.store._progress import TRACK, now
from sayso.store.schema import corrections, documents, human_codings, statements

CORRECTABLE: Mapping[str, tuple[str, ...]] = {
    "speaker": ("speaker_name", "speaker_kind", "speaker_actor"),
    "target": ("target_name", "target_actor"),
    "date": ("date_value", "date_granularity", "date_origin", "date_start", "date_end", "date_of"),
    "rejected": ("rejected",),
}


class People(Part):
    """The tables `human_codings` and `corrections`."""

    def code(self, coding: Coding) -> str:
        """Keep a person's coding; gives its id. Raises `SaysoError` when there is no such statement."""
        key = uuid.uuid4().hex[:24]
        with self.store.transaction() as connection:
            connection.execute(
                insert(human_codings).values(
                    id=key,
                    family=coding.family,
                    code=coding.code,
                    coder=coding.coder,
                    codebook_version=coding.codebook_version,
                    coded_at=(coding.coded_at.astimezone(dt.UTC).replace(tzinfo=None) if coding.coded_at else now()),
                    memo=coding.memo,
                    **self._seen(coding.statement),
                )
            )
            self.store.progress.changed(TRACK)
        return key

    def correct(self, statement_id: str, field: str, value: Mapping[str, Any], person: str) -> str:
        """Correct a field of a statement; gives the correction's id.

        `value` maps the field's columns (see `CORRECTABLE`) to what they should be; dates as ISO strings. The machine's
        values stay in `statements.machine`.
        """
        if field not in CORRECTABLE or set(value) != set(CORRECTABLE[field]):
            raise SaysoError(
                f"a correction of {field!r} needs {', '.join(CORRECTABLE.get(field, ())) or 'a known field'}"
            )
        key = uuid.uuid4().hex[:24]
        with self.store.transaction() as connection:
            connection.execute(
                insert(corrections).values(
                    id=key, field=field, value=dict(value), person=person, made_at=now(), **self._seen(statement_id)
                )
            )
            self._apply(statement_id)
            self.store.progress.changed(TRACK)
        return key

    def undo(self, key: str) -> None:
        """Take back a coding or correction; it stays on record as undone."""
        with self.store.transaction() as connection:
            for table in (human_codings, corrections):
                row = connection.execute(select(table.c.statement_id).where(table.c.id == key)).first()
                if row is not None:
                    connection.execute(update(table).where(table.c.id == key).values(undone_at=now()))
                    if table is corrections:
                        self._apply(row.statement_id)
                    self.store.progress.changed(TRACK)
                    return
        raise SaysoError(f"there is no coding or correction {key!r}")

    def reanchor(self, sha256: str) -> None:
        """After a capture's statements were made anew: put corrections on again, offer what lost its statement."""
        with self.store.transaction() as connection:
            for table in (human_codings, corrections):
                open_work = (
                    connection.execute(select(table).where(table.c.sha256 == sha256, table.c.undone_at.is_(None)))
                    .mappings()
                    .all()
                )
                for row in open_work:
                    anchor, proposal = self._anchor(row["statement_id"], sha256, row["text"])
                    connection.execute(
                        update(table).where(table.c.id == row["id"]).values(anchor=anchor, proposal=proposal)
                    )
                    if table is corrections and anchor == "exact":
                        self._apply(row["statement_id"])

    def confirm(self, key: str) -> None:
        """Accept the statement that was offered for a coding or correction."""
        with self.store.transaction() as connection:
            for table in (human_codings, corrections):
                row = connection.execute(select(table).where(table.c.id == key)).mappings().first()
                if row is not None and row["proposal"]:
                    seen = self._seen(row["proposal"])
                    connection.execute(update(table).where(table.c.id == key).values(**seen))
                    if table is corrections:
                        self._apply(row["proposal"])
                    self.store.progress.changed(TRACK)
                    return
        raise SaysoError(f"nothing is offered for {key!r}")

    def unconfirmed(self) -> list[dict[str, Any]]:
        """The work that lost its statement: what the person saw, and the statement offered if there is one."""
        with self.store.reading() as connection:
            return [
                {"table": table.name, **row}
                for table in (human_codings, corrections)
                for row in connection.execute(
                    select(table).where(table.c.anchor != "exact", table.c.undone_at.is_(None)).order_by(table.c.id)
                ).mappings()
            ]

    def corrections(self, statement_id: str) -> list[dict[str, Any]]:
        """The corrections of a statement, oldest first, undone ones too."""
        return self._of(corrections, statement_id)

    def codings(self, statement_id: str) -> list[dict[str, Any]]:
        """The codings of a statement by people, oldest first, undone ones too."""
        return self._of(human_codings, statement_id)

    def _of(self, table: Table, statement_id: str) -> list[dict[str, Any]]:
        when = table.c.made_at if table is corrections else table.c.coded_at
        with self.store.reading() as connection:
            rows = connection.execute(select(table).where(table.c.statement_id == statement_id).order_by(when))
            return [dict(row) for row in rows.mappings()]

    def _seen(self, statement_id: str) -> dict[str, Any]:
        with self.store.reading() as connection:
            row = connection.execute(
                select(statements.c.content, statements.c.text, documents.c.sha256)
                .join(documents, documents.c.id == statements.c.document_id)
                .where(statements.c.id == statement_id)
            ).first()
        if row is None:
            raise SaysoError(f"there is no statement {statement_id!r}")
        return {
            "statement_id": statement_id,
            "sha256": row.sha256,
            "spans": row.content,
            "text": row.text,
            "anchor": "exact",
            "proposal": None,
        }

    def _anchor(self, statement_id: str, sha256: str, text: str) -> tuple[str, str | None]:
        with self.store.reading() as connection:
            same = connection.execute(select(statements.c.text).where(statements.c.id == statement_id)).scalar()
            if same == text:
                return "exact", None
            elsewhere = connection.execute(
                select(statements.c.id)
                .join(documents, documents.c.id == statements.c.document_id)
                .where(documents.c.sha256 == sha256, statements.c.text == text)
                .order_by(statements.c.start, statements.c.id)
            ).scalar()
        return ("needs confirmation", elsewhere) if elsewhere else ("not found", None)

    def _apply(self, statement_id: str) -> None:
        """Set the statement's columns to the machine's values, then to each correction that holds, oldest first."""
        with self.store.transaction() as connection:
            row = connection.execute(select(statements).where(statements.c.id == statement_id)).mappings().first()
            if row is None:
                return
            values = {name: _typed(name, value) for name, value in row["machine"].items()}
            machine: dict[str, Any] = {}
            for each in self.corrections(statement_id):
                if each["undone_at"] is None and each["anchor"] == "exact":
                    for name in CORRECTABLE[each["field"]]:
                        if name not in machine:
                            before = values.get(name, row[name])
                            machine[name] = before.isoformat() if isinstance(before, dt.date) else before
            for each in self.corrections(statement_id):
                if each["undone_at"] is None and each["anchor"] == "exact":
                    values |= {name: _typed(name, value) for name, value in each["value"].items()}
            connection.execute(
                update(statements).where(statements.c.id == statement_id).values(machine=machine, **values)
            )


def _typed(column: str, value: Any) -> Any:
    return dt.date.fromisoformat(value) if value and column in ("date_start", "date_end") else value
