"""Lists of what the desk holds, a page at a time: documents, items, outlets, speakers, versions, copies, the last run.

In: what to list. Out: plain rows (name -> value) for pages that show them. Reads only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, String, case, cast, distinct, func, not_, or_, select

from sayso.store import _figures
from sayso.store._image import Image
from sayso.store._part import Part
from sayso.store._rows import date_of
from sayso.store.schema import captures, copies, documents, items, runs, statements, witnesses
from sayso.store.search import Searches

Row = dict[str, Any]
T = TypeVar("T")


class Browse(Part):
    """Rows of the desk's tables, put together for reading."""

    def documents(
        self, *, words: str = "", outlet: str = "", language: str = "", offset: int = 0, limit: int = 50
    ) -> tuple[int, list[Row]]:
        """How many current documents there are, and a page of them, the newest first."""
        where: list[Any] = [documents.c.current]
        if outlet:
            where.append(documents.c.outlet == outlet)
        if language:
            where.append(documents.c.language == language)
        keys = Searches(self.store).documents_with(words)
        if keys is not None:
            where.append(documents.c.key.in_(keys))
        with self.store.reading() as connection:
            total = connection.execute(select(func.count()).select_from(documents).where(*where)).scalar_one()
            page = (
                select(
                    documents.c.id,
                    documents.c.item_id,
                    documents.c.title,
                    documents.c.path,
                    documents.c.outlet,
                    documents.c.author,
                    documents.c.language,
                    documents.c.medium,
                    documents.c.format,
                    documents.c.characters,
                    documents.c.sha256,
                    *(documents.c[f"published_{part}"] for part in ("value", "granularity", "origin", "start", "end")),
                    copies.c.dispatch.label("copy_of"),
                )
                .outerjoin(copies, copies.c.document_id == documents.c.id)
                .where(*where)
                .order_by(documents.c.published_start.desc().nulls_last(), documents.c.id)
                .offset(offset)
                .limit(limit)
            )
            rows = [dict(row) for row in connection.execute(page).mappings()]
            counts: dict[str, int] = _pairs(
                connection.execute(
                    select(statements.c.document_id, func.count())
                    .where(statements.c.document_id.in_([row["id"] for row in rows]), not_(statements.c.rejected))
                    .group_by(statements.c.document_id)
                )
            )
        for row in rows:
            row["published"] = date_of("published", row)
            row["statements"] = counts.get(row["id"], 0)
        return total, rows

    def items(
        self, *, held: bool | None = None, medium: str = "", outlet: str = "", offset: int = 0, limit: int = 100
    ) -> tuple[int, list[Row]]:
        """How many items there are, and a page of them, the newest first. A mention that was joined to another item is
        listed as that item."""
        where: list[Any] = [items.c.joined.is_(None)]
        if held is not None:
            where.append(items.c.held == held)
        if medium:
            where.append(items.c.medium == medium)
        if outlet:
            where.append(items.c.outlet == outlet)
        page = (
            select(items)
            .where(*where)
            .order_by(items.c.date_start.desc().nulls_last(), items.c.id)
            .offset(offset)
            .limit(limit)
        )
        with self.store.reading() as connection:
            total = connection.execute(select(func.count()).select_from(items).where(*where)).scalar_one()
            rows = [dict(row) for row in connection.execute(page).mappings()]
        return total, self._with_mentions(rows)

    def item(self, key: str) -> Row | None:
        """One item."""
        with self.store.reading() as connection:
            row = connection.execute(select(items).where(items.c.id == key)).mappings().first()
        return self._with_mentions([dict(row)])[0] if row is not None else None

    def _with_mentions(self, rows: list[Row]) -> list[Row]:
        """Adds `date`, `mentioned_in` (documents that name the item, with the places) and `statements` spoken in it."""
        keys = [row["id"] for row in rows]
        named = (
            select(items.c.id, items.c.joined, items.c.mentions, documents.c.id.label("document"), documents.c.title)
            .join(documents, documents.c.id == items.c.document_id)
            .where(documents.c.current, or_(items.c.id.in_(keys), items.c.joined.in_(keys)))
            .order_by(documents.c.published_start, documents.c.id)
        )
        spoken = (
            select(func.coalesce(items.c.joined, items.c.id), func.count())
            .join(statements, statements.c.item_id == items.c.id)
            .where(or_(items.c.id.in_(keys), items.c.joined.in_(keys)), not_(statements.c.rejected))
            .group_by(func.coalesce(items.c.joined, items.c.id))
        )
        mentions: dict[str, list[Row]] = {}
        with self.store.reading() as connection:
            for each in connection.execute(named):
                places = [list(place) for place in each.mentions]
                mentions.setdefault(each.joined or each.id, []).append(
                    {"item": each.id, "document": each.document, "title": each.title, "places": places}
                )
            numbers: dict[str, int] = _pairs(connection.execute(spoken))
            versions = _pairs(
                connection.execute(
                    select(documents.c.item_id, documents.c.id).where(
                        documents.c.item_id.in_(keys), documents.c.current
                    )
                )
            )
        for row in rows:
            row["date"] = date_of("date", row)
            row["mentioned_in"] = mentions.get(row["id"], [])
            row["statements"] = numbers.get(row["id"], 0)
            row["version"] = versions.get(row["id"])
        return rows

    def versions(self, item: str) -> list[Row]:
        """Every document of an item with when its bytes were captured, newest first."""
        query = (
            select(
                documents.c.id,
                documents.c.sha256,
                documents.c.characters,
                documents.c.current,
                func.max(captures.c.fetched_at).label("captured_at"),
            )
            .outerjoin(captures, captures.c.sha256 == documents.c.sha256)
            .where(documents.c.item_id == item)
            .group_by(documents.c.id, documents.c.sha256, documents.c.characters, documents.c.current)
            .order_by(func.max(captures.c.fetched_at).desc(), documents.c.sha256)
        )
        with self.store.reading() as connection:
            return [_timed(dict(row), "captured_at") for row in connection.execute(query).mappings()]

    def document_row(self, document: str) -> Row | None:
        """What the document's record does not say: item, whether it is current, and which document it copies."""
        query = (
            select(documents.c.item_id, documents.c.current, copies.c.dispatch, copies.c.shared)
            .outerjoin(copies, copies.c.document_id == documents.c.id)
            .where(documents.c.id == document)
        )
        with self.store.reading() as connection:
            row = connection.execute(query).mappings().first()
        return dict(row) if row is not None else None

    def documents_of_bytes(self, sha256: str) -> list[Row]:
        """The documents that were read from these bytes."""
        query = select(documents.c.id, documents.c.title, documents.c.current).where(documents.c.sha256 == sha256)
        with self.store.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def statement_ids(self, document: str) -> list[str]:
        """The ids of a document's statements in the order of the text, copies and rejected ones too."""
        query = (
            select(statements.c.id)
            .where(statements.c.document_id == document)
            .order_by(statements.c.start, statements.c.end.desc(), statements.c.id)
        )
        with self.store.reading() as connection:
            return list(connection.execute(query).scalars())

    def outline(self, document: str) -> list[tuple[str, int, int]]:
        """(statement, where it begins, its depth) of all a document's statements, in the order of the text."""
        query = (
            select(statements.c.id, statements.c.start, statements.c.depth)
            .where(statements.c.document_id == document)
            .order_by(statements.c.start, statements.c.end.desc(), statements.c.id)
        )
        with self.store.reading() as connection:
            return [(row.id, row.start, row.depth) for row in connection.execute(query)]

    def standing(self, ids: Sequence[str]) -> dict[str, tuple[str | None, bool]]:
        """statement -> (the statement that stands for it, whether a person rejected it)."""
        query = select(statements.c.id, statements.c.witness_of, statements.c.rejected).where(statements.c.id.in_(ids))
        with self.store.reading() as connection:
            return {row.id: (row.witness_of, row.rejected) for row in connection.execute(query)}

    def witnesses(self, statement: str) -> list[Row]:
        """The copies of a statement: where they stand and how they differ."""
        return self.witnesses_of([statement]).get(statement, [])

    def witnesses_of(self, ids: Iterable[str]) -> dict[str, list[Row]]:
        """Statement -> its copies."""
        query = (
            select(
                witnesses.c.of,
                witnesses.c.statement_id,
                witnesses.c.differences,
                documents.c.id.label("document"),
                documents.c.title,
                documents.c.outlet,
                documents.c.path,
            )
            .join(statements, statements.c.id == witnesses.c.statement_id)
            .join(documents, documents.c.id == statements.c.document_id)
            .where(witnesses.c.of.in_(list(ids)))
            .order_by(documents.c.published_start, documents.c.id)
        )
        found: dict[str, list[Row]] = {}
        with self.store.reading() as connection:
            for row in connection.execute(query).mappings():
                found.setdefault(row["of"], []).append(dict(row))
        return found

    def heads(self, ids: Iterable[str]) -> dict[str, Row]:
        """Document -> path, sha256, title and published (YYYY-MM-DD, where the day is known)."""
        keys = list(ids)
        if not keys:
            return {}
        query = select(
            documents.c.id, documents.c.path, documents.c.sha256, documents.c.title, documents.c.published_value,
            documents.c.published_granularity,
        )  # fmt: skip
        with self.store.reading() as connection:
            return {
                row.id: {
                    "path": row.path,
                    "sha256": row.sha256,
                    "title": row.title,
                    "published": row.published_value if row.published_granularity == "day" else None,
                }
                for row in connection.execute(query.where(documents.c.id.in_(keys)))
            }

    def nested(self, statement: str) -> list[str]:
        """The ids of the statements inside a statement's content."""
        query = select(statements.c.id).where(statements.c.parent == statement).order_by(statements.c.start)
        with self.store.reading() as connection:
            return list(connection.execute(query).scalars())

    def speakers(self) -> dict[str, Row]:
        """actor -> statements (copies once), documents, first and last date of what it says."""
        return self._counted("speakers", _figures.speakers)

    def targets(self, actors: Iterable[str]) -> list[tuple[str, int]]:
        """(name, statements) of those towards whom the actors act, the most frequent first."""
        query = (
            select(statements.c.target_name, func.count())
            .where(*_counting(), statements.c.speaker_actor.in_(sorted(actors)), statements.c.target_name.is_not(None))
            .group_by(statements.c.target_name)
            .order_by(func.count().desc(), statements.c.target_name)
            .limit(10)
        )
        with self.store.reading() as connection:
            return [(row[0], row[1]) for row in connection.execute(_current(query))]

    def strangers(self, limit: int = 40) -> list[Row]:
        """Speakers by name that are no actor of the desk, the most frequent first."""
        query = (
            select(
                statements.c.speaker_name,
                statements.c.speaker_kind,
                func.count().label("statements"),
                func.count(distinct(statements.c.document_id)).label("documents"),
            )
            .where(*_counting(), statements.c.speaker_actor.is_(None), statements.c.speaker_name.is_not(None))
            .group_by(statements.c.speaker_name, statements.c.speaker_kind)
            .order_by(func.count().desc(), statements.c.speaker_name)
            .limit(limit)
        )
        with self.store.reading() as connection:
            return [dict(row) for row in connection.execute(_current(query)).mappings()]

    def lines(self) -> dict[tuple[str, str], Row]:
        """(actor, topic) -> statements, first and last date."""
        return self._counted("lines", _figures.lines)

    def on_topics(self) -> dict[str, int]:
        """topic -> statements, whoever speaks, copies once."""
        return self._counted("on topics", _figures.on_topics)

    def speakers_on(self, topic: str) -> dict[str, int]:
        """actor -> statements on the topic, copies once."""
        return _figures.speakers_on(self.store.columns.image(), topic)

    def _counted(self, name: str, count: Callable[[Image], T]) -> T:
        image = self.store.columns.image()
        return self.store.columns.kept(image, name, lambda: count(image))

    def outlets(self) -> list[Row]:
        """Every outlet by the name its pages or mentions give: held and mentioned items, first and last date."""
        query = (
            select(
                items.c.outlet.label("name"),
                func.max(items.c.outlet_id).label("id"),
                func.sum(case((items.c.held, 1), else_=0)).label("held"),
                func.sum(case((items.c.held, 0), else_=1)).label("mentioned"),
                func.min(case((items.c.held, items.c.date_start))).label("first"),
                func.max(case((items.c.held, items.c.date_start))).label("last"),
            )
            .where(items.c.outlet.is_not(None), items.c.outlet != "")
            .group_by(items.c.outlet)
            .order_by(func.count().desc(), items.c.outlet)
        )
        with self.store.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def media(self) -> list[tuple[str, int, int]]:
        """(medium, held, mentioned), the most frequent first."""
        held = func.sum(case((items.c.held, 1), else_=0))
        query = (
            select(items.c.medium, held, func.count() - held)
            .where(items.c.joined.is_(None))
            .group_by(items.c.medium)
            .order_by(func.count().desc())
        )
        with self.store.reading() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def months(self) -> list[tuple[str, int, int]]:
        """(YYYY-MM, held items, statements) by the items' dates, oldest first."""
        month = func.substr(cast(documents.c.published_start, String), 1, 7)
        with self.store.reading() as connection:
            pages: dict[str, int] = _pairs(
                connection.execute(
                    select(month, func.count())
                    .where(documents.c.current, documents.c.published_start.is_not(None))
                    .group_by(month)
                )
            )
        said = self._counted("months", _figures.months)
        return [(key, pages[key], said.get(key, 0)) for key in sorted(pages)]

    def latest_captures(self, limit: int = 8, *, fed: bool = False) -> list[Row]:
        """The newest captures of items, with the document that was read from each; `fed`: of those that feeds named."""
        query = (
            select(
                captures.c.sha256,
                captures.c.url,
                captures.c.fetched_at,
                captures.c.size,
                captures.c.media_type,
                captures.c.feed,
                documents.c.id.label("document"),
                documents.c.title,
            )
            .outerjoin(documents, documents.c.sha256 == captures.c.sha256)
            # Nearly all are items: whoever looked for them by an index would have all of them to sort.
            .where((captures.c.role + "") == "item", *([captures.c.feed > ""] if fed else []))
            .order_by(captures.c.fetched_at.desc(), captures.c.seq.desc())
            .limit(limit)
        )
        with self.store.reading() as connection:
            return [_timed(dict(row), "fetched_at") for row in connection.execute(query).mappings()]

    def last_run(self) -> Row | None:
        """When the last run began and ended."""
        query = select(runs.c.id, runs.c.started_at, runs.c.finished_at).order_by(runs.c.id.desc()).limit(1)
        with self.store.reading() as connection:
            row = connection.execute(query).mappings().first()
        return _timed(dict(row), "started_at", "finished_at") if row is not None else None

    def languages(self) -> list[str]:
        """The languages of the desk's documents."""
        query = select(documents.c.language).distinct().where(documents.c.current, documents.c.language != "")
        with self.store.reading() as connection:
            return sorted(connection.execute(query).scalars())


def _counting() -> tuple[Any, ...]:
    """Statements that count: not rejected, copies once."""
    return not_(statements.c.rejected), statements.c.witness_of.is_(None)


def _current(query: Select[Any]) -> Select[Any]:
    return query.join(documents, documents.c.id == statements.c.document_id).where(documents.c.current)


def _pairs(found: Iterable[Any]) -> dict[str, Any]:
    """The rows of two columns as a dict."""
    return {row[0]: row[1] for row in found}


def _timed(row: Row, *names: str) -> Row:
    """The row with its times in UTC."""
    return row | {name: row[name].replace(tzinfo=dt.UTC) for name in names if isinstance(row.get(name), dt.datetime)}
