"""Codings by models. Those by people are in `_people`: no run can touch them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, delete, func, insert, select

from sayso.records import Coding
from sayso.store._part import Part
from sayso.store.schema import human_codings, machine_codings, statement_topics, statements

ASKED = 1000  # ids in one question


def current_human(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """People's codings that hold: not undone, and on the statement that the person saw."""
    return and_(condition, human_codings.c.undone_at.is_(None), human_codings.c.anchor == "exact")


def coding_row(coding: Coding) -> dict[str, object]:
    """The row of a machine's coding."""
    return {
        "statement_id": coding.statement,
        "family": coding.family,
        "code": coding.code,
        "coder": coding.coder,
        "probability": coding.probability,
        "codebook_version": coding.codebook_version,
        "unsure": coding.unsure,
        "others": dict(coding.others),
        "reasons": list(coding.reasons),
    }


class Codings(Part):
    """The tables `machine_codings` and `statement_topics`."""

    def put(self, document_id: str, codings: Iterable[Coding]) -> None:
        """Keep a document's machine codings, in place of those of an older coder."""
        mine = select(statements.c.id).where(statements.c.document_id == document_id).scalar_subquery()
        rows = [coding_row(coding) for coding in codings]
        with self.store.transaction() as connection:
            connection.execute(delete(machine_codings).where(machine_codings.c.statement_id.in_(mine)))
            if rows:
                connection.execute(insert(machine_codings), rows)

    def put_topics(self, document_id: str, topics: Iterable[tuple[str, str]]) -> None:
        """Keep which topics a document's statements belong to: (statement, topic)."""
        mine = select(statements.c.id).where(statements.c.document_id == document_id).scalar_subquery()
        rows = [{"statement_id": statement, "topic_id": topic} for statement, topic in topics]
        with self.store.transaction() as connection:
            connection.execute(delete(statement_topics).where(statement_topics.c.statement_id.in_(mine)))
            if rows:
                connection.execute(insert(statement_topics), rows)

    def machine(self, statement_ids: Iterable[str] | None = None) -> list[Coding]:
        """Machine codings of the statements, or all of them."""
        query = select(machine_codings).order_by(machine_codings.c.statement_id)
        if statement_ids is not None:
            listed = sorted(set(statement_ids))
            if len(listed) > ASKED:
                parts = (listed[start : start + ASKED] for start in range(0, len(listed), ASKED))
                return [coding for part in parts for coding in self.machine(part)]
            query = query.where(machine_codings.c.statement_id.in_(listed))
        with self.store.reading() as connection:
            return [
                Coding(
                    r.statement_id,
                    r.family,
                    r.code,
                    r.coder,
                    r.probability,
                    r.codebook_version,
                    unsure=r.unsure,
                    others=r.others,
                    reasons=tuple(r.reasons),
                )
                for r in connection.execute(query)
            ]

    def human(self, statement_ids: Iterable[str] | None = None) -> list[Coding]:
        """People's codings that hold (not undone, anchored), of the statements or all of them."""
        query = select(human_codings).where(human_codings.c.undone_at.is_(None), human_codings.c.anchor == "exact")
        if statement_ids is not None:
            query = query.where(human_codings.c.statement_id.in_(list(statement_ids)))
        with self.store.reading() as connection:
            return [
                Coding(r.statement_id, r.family, r.code, r.coder, 1.0, r.codebook_version, r.coded_at, r.memo)
                for r in connection.execute(query.order_by(human_codings.c.coded_at, human_codings.c.id))
            ]

    def coded(self) -> int:
        """How many statements have a coding by a machine or a person."""
        both = select(machine_codings.c.statement_id).union(
            select(human_codings.c.statement_id).where(
                human_codings.c.undone_at.is_(None), human_codings.c.anchor == "exact"
            )
        )
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(both.subquery())).scalar_one()
