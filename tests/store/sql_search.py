"""The same search as `sayso.store.search`, but all in SQL and slow: what the fast one is held against.

In: a `Search`. Out: how many statements it finds, the ids of one page of them, and for each facet its values with their
numbers. A facet's numbers hold for everything that is asked but the facet itself, so that they say what another choice
would give.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    distinct,
    exists,
    false,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    union,
)

from sayso.store._codings import current_human
from sayso.store._fulltext import matching, terms
from sayso.store._part import Part
from sayso.store.schema import documents, human_codings, items, machine_codings, statement_topics, statements
from sayso.store.search import Search, Value

FACETS = ("actor", "outlet", "medium", "topic", "code", "depth", "language", "kind", "made", "by")
MOST_VALUES = 30  # of one facet
_held = items.alias("held")


class SlowSearches(Part):
    """Searching what the store keeps. Reads only."""

    def count(self, search: Search) -> int:
        """How many statements it finds."""
        with self.store.reading() as connection:
            return int(connection.execute(_from(select(func.count()), search, self.store.dialect)).scalar_one())

    def page(self, search: Search, offset: int = 0, limit: int | None = None) -> list[str]:
        """The ids of the statements it finds, in their order, from `offset` on."""
        date = func.coalesce(statements.c.date_start, documents.c.published_start)
        order = (
            [date.desc().nulls_last(), statements.c.document_id, statements.c.start]
            if search.order == "newest"
            else [date.asc().nulls_last(), statements.c.document_id, statements.c.start]
        )
        query = (
            _from(select(statements.c.id), search, self.store.dialect)
            .order_by(*order, statements.c.id)
            .offset(offset)
            .limit(limit)
        )
        with self.store.reading() as connection:
            return list(connection.execute(query).scalars())

    def facets(self, search: Search) -> dict[str, list[Value]]:
        """For each facet its values, those with most statements first."""
        with self.store.reading() as connection:
            found = {}
            for name in FACETS:
                rows = connection.execute(_facet(name, search, self.store.dialect)).all()
                found[name] = [Value(str(value), number) for value, number in rows if value not in (None, "")]
            return found


def _from(query: Select[Any], search: Search, dialect: str) -> Select[Any]:
    """The query over the statements that are asked for, with their document and item."""
    return (
        query.select_from(statements)
        .join(documents, documents.c.id == statements.c.document_id)
        .join(_held, _held.c.id == documents.c.item_id)
        .outerjoin(items, items.c.id == statements.c.item_id)
        .where(and_(*_conditions(search, dialect)))
    )


def _conditions(search: Search, dialect: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        documents.c.current,
        not_(statements.c.rejected),
        statements.c.witness_of.is_(None),
    ]
    if search.words.strip():
        asked = terms(search.words)
        found.append(statements.c.key.in_(matching(dialect, "statements_search", asked)) if asked else false())
    if search.actors:
        found.append(statements.c.speaker_actor.in_(search.actors))
    if search.outlets:
        found.append(_held.c.outlet.in_(search.outlets))
    if search.medium:
        found.append(items.c.medium == search.medium)
    if search.topic:
        found.append(
            exists().where(
                statement_topics.c.statement_id == statements.c.id, statement_topics.c.topic_id == search.topic
            )
        )
    if search.depth is not None:
        found.append(statements.c.depth == search.depth)
    if search.language:
        found.append(documents.c.language == search.language)
    if search.kind:
        found.append(statements.c.kind == search.kind)
    if search.made:
        found.append(statements.c.attributed_by == search.made)
    if search.since:
        found.append(statements.c.date_end >= search.since)
    if search.until:
        found.append(statements.c.date_start <= search.until)
    if search.document:
        found.append(statements.c.document_id == search.document)
    if search.item:
        found.append(or_(statements.c.item_id == search.item, items.c.joined == search.item))
    found += _coded(search)
    return found


def _coded(search: Search) -> list[ColumnElement[bool]]:
    """A person's coding wins: the machine's counts only where nobody coded that family, and only if it is sure."""
    if not search.code and not search.by:
        return []
    person = current_human(human_codings.c.statement_id == statements.c.id)
    by_person = exists().where(person, *([human_codings.c.code == search.code] if search.code else []))
    by_model = exists().where(
        machine_codings.c.statement_id == statements.c.id,
        not_(machine_codings.c.unsure),
        *([machine_codings.c.code == search.code] if search.code else []),
        not_(
            exists()
            .where(person, human_codings.c.family == machine_codings.c.family)
            .correlate(statements, machine_codings)
        ),
    )
    return [{"person": by_person, "model": by_model, "": or_(by_person, by_model)}[search.by]]


def _facet(name: str, search: Search, dialect: str) -> Select[Any]:
    """value, number of statements."""
    simple = {
        "actor": statements.c.speaker_actor,
        "outlet": _held.c.outlet,
        "medium": items.c.medium,
        "depth": statements.c.depth,
        "language": documents.c.language,
        "kind": statements.c.kind,
        "made": statements.c.attributed_by,
    }
    number = func.count()
    if name in simple:
        several = {"actor": "actors", "outlet": "outlets"}
        reset: dict[str, Any] = {several[name]: ()} if name in several else {name: None if name == "depth" else ""}
        query = _from(select(simple[name], number), replace(search, **reset), dialect).group_by(simple[name])
    elif name == "topic":
        query = _from(select(statement_topics.c.topic_id, number), replace(search, topic=""), dialect).join(
            statement_topics, statement_topics.c.statement_id == statements.c.id
        )
        query = query.group_by(statement_topics.c.topic_id)
    else:
        codes = _effective_codes()
        value = codes.c.code if name == "code" else codes.c.by
        number = func.count(distinct(statements.c.id))
        query = _from(
            select(value, number), replace(search, code="") if name == "code" else replace(search, by=""), dialect
        ).join(codes, codes.c.statement_id == statements.c.id)
        query = query.group_by(value)
    if name == "depth":
        return query.order_by(statements.c.depth).limit(MOST_VALUES)
    return query.order_by(number.desc(), literal_column("1")).limit(MOST_VALUES)


def _effective_codes() -> Any:
    """statement_id, code, by: the codings that count."""
    machine = select(
        machine_codings.c.statement_id, machine_codings.c.code, literal_column("'model'").label("by")
    ).where(
        not_(machine_codings.c.unsure),
        not_(
            exists().where(
                current_human(
                    and_(
                        human_codings.c.statement_id == machine_codings.c.statement_id,
                        human_codings.c.family == machine_codings.c.family,
                    )
                )
            )
        ),
    )
    person = select(human_codings.c.statement_id, human_codings.c.code, literal_column("'person'").label("by")).where(
        current_human(human_codings.c.statement_id.is_not(null()))
    )
    return union(machine, person).subquery("effective")
