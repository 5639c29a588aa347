"""Finding statements: by speaker, topic, time, code or words; as points of a line; as numbers.

In: what is asked for. Out: rows with everything that a reader needs to check them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    distinct,
    exists,
    false,
    func,
    not_,
    or_,
    select,
)

from sayso.link import quoted_words
from sayso.records import Coding, Document, Statement
from sayso.store import _figures
from sayso.store._codings import current_human
from sayso.store._corrected import DERIVED
from sayso.store._documents import record as document_record
from sayso.store._fulltext import matching, terms
from sayso.store._points import LinePoint, line_points
from sayso.store._statements import Statements as Kept
from sayso.store._statements import record
from sayso.store.schema import (
    documents,
    human_codings,
    items,
    machine_codings,
    statement_topics,
    statements,
    witnesses,
)

PAGE = 500


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; all parts that are given must hold."""

    actors: Sequence[str] = ()  # ids: one of them speaks
    speaker: str = ""  # or the speaker bears this name
    topic: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    code: str = ""
    words: str = ""  # as typed in a search, see `_fulltext.terms`
    copies: bool = False  # also those that repeat another


@dataclass(frozen=True, slots=True)
class Found:
    """A statement with its document, topics, codings and carriers. A person's coding stands before a machine's."""

    statement: Statement
    document_id: str
    document: Document
    item_id: str
    item_title: str | None
    item_medium: str
    item_outlet: str | None
    item_held: bool
    date_of: str | None
    topics: tuple[str, ...] = ()
    codings: tuple[Coding, ...] = ()
    carriers: tuple[str, ...] = ()  # ids of all documents that carry it, its own first
    corrected: tuple[str, ...] = field(default=())  # columns that a person corrected
    people: tuple[tuple[str, str, dt.datetime], ...] = ()  # field ("attribution": all of it), person, when (UTC)


class Statements(Kept):
    """Finding what is kept."""

    def find(self, query: Query) -> Iterator[Found]:
        """The statements asked for, by date and place. Pages of them are in memory, not all."""
        ids = self.ids(query)
        for start in range(0, len(ids), PAGE):
            yield from self.load(ids[start : start + PAGE])

    def ids(self, query: Query) -> list[str]:
        """The ids of the statements asked for, by date and place."""
        wanted = (
            select(statements.c.id)
            .join(documents, documents.c.id == statements.c.document_id)
            .where(documents.c.current, not_(statements.c.rejected), *_conditions(query))
            .order_by(
                func.coalesce(statements.c.date_start, documents.c.published_start, dt.date.max),
                statements.c.document_id,
                statements.c.start,
                statements.c.id,
            )
        )
        with self.store.reading() as connection:
            if query.words:
                asked = terms(query.words)
                found = matching(self.store.dialect, "statements_search", asked)
                wanted = wanted.where(statements.c.key.in_(found) if asked else false())
            return list(connection.execute(wanted).scalars())

    def load(self, ids: Sequence[str]) -> list[Found]:
        """The statements with these ids, in this order; ids that are not there are left out."""
        with self.store.reading() as connection:
            rows = connection.execute(
                select(
                    statements,
                    items.c.title.label("item_title"),
                    items.c.medium.label("item_medium"),
                    items.c.outlet.label("item_outlet"),
                    items.c.held.label("item_held"),
                )
                .outerjoin(items, items.c.id == statements.c.item_id)
                .where(statements.c.id.in_(ids))
            ).mappings()
            by_id = {row["id"]: row for row in rows}
            wanted = {row["document_id"] for row in by_id.values()}
            pages = {
                row["id"]: document_record(row)
                for row in connection.execute(select(documents).where(documents.c.id.in_(wanted))).mappings()
            }
            topics: dict[str, list[str]] = {}
            for statement, topic in connection.execute(
                select(statement_topics).where(statement_topics.c.statement_id.in_(ids)).order_by("topic_id")
            ):
                topics.setdefault(statement, []).append(topic)
            carriers: dict[str, list[str]] = {}
            for of, document in connection.execute(
                select(witnesses.c.of, statements.c.document_id)
                .join(statements, statements.c.id == witnesses.c.statement_id)
                .where(witnesses.c.of.in_(ids))
                .order_by(statements.c.document_id)
            ):
                carriers.setdefault(of, []).append(document)
            codings: dict[str, list[Coding]] = {}
            for coding in [*self.store.codings.human(ids), *self.store.codings.machine(ids)]:
                codings.setdefault(coding.statement, []).append(coding)
            touched = [key for key, row in by_id.items() if row["attributed_by"] != "machine"]
            people = self.store.people.correctors(touched) if touched else {}
        return [
            Found(
                statement=record(row, pages[row["document_id"]].text, {}),
                document_id=row["document_id"],
                document=pages[row["document_id"]],
                item_id=row["item_id"],
                item_title=row["item_title"],
                item_medium=row["item_medium"],
                item_outlet=row["item_outlet"],
                item_held=row["item_held"],
                date_of=row["date_of"],
                topics=tuple(topics.get(key, ())),
                codings=tuple(codings.get(key, ())),
                carriers=tuple(dict.fromkeys([row["document_id"], *carriers.get(key, ())])),
                corrected=tuple(sorted(set(row["machine"]) - set(DERIVED))),
                people=tuple(people.get(key, ())),
            )
            for key in ids
            if (row := by_id.get(key)) is not None
        ]

    def line(self, actors: Sequence[str], topic: str, family: str) -> Iterator[LinePoint]:
        """What the actors said on the topic, with its codes of the family; in no particular order."""
        return line_points(self.store, actors, topic, family)

    def quotations(self) -> list[tuple[str, str, str, str, str]]:
        """(statement, document, quoted words, speaker, date) of whatever is mostly a quotation, in current documents."""
        query = (
            select(statements, documents.c.published_value)
            .join(documents, documents.c.id == statements.c.document_id)
            .where(statements.c.kind.in_(("direct", "mixed")), documents.c.current, not_(statements.c.rejected))
            .order_by(statements.c.id)
        )
        with self.store.reading() as connection:
            return [
                (
                    row.id,
                    row.document_id,
                    words,
                    row.speaker_actor or row.speaker_name or "",
                    row.published_value or "",
                )
                for row in connection.execute(query)
                if (words := row.text if row.kind == "direct" else quoted_words(row.text))
            ]

    def items_of(self, ids: Iterable[str]) -> dict[str, str]:
        """Statement -> the item that it was spoken in."""
        wanted = list(ids)
        found: dict[str, str] = {}
        with self.store.reading() as connection:
            for start in range(0, len(wanted), PAGE):
                part = statements.c.id.in_(wanted[start : start + PAGE])
                found |= {row.id: row.item_id for row in connection.execute(select(statements).where(part))}
        return found

    def line_sizes(self) -> dict[tuple[str, str], int]:
        """(actor, topic) -> how many statements there are, those too that do not count."""
        image = self.store.columns.loaded()
        if image is not None:
            return _figures.line_sizes(image)
        query = (
            select(statements.c.speaker_actor, statement_topics.c.topic_id, func.count())
            .join(statement_topics, statement_topics.c.statement_id == statements.c.id)
            .where(statements.c.speaker_actor.is_not(None))
            .group_by(statements.c.speaker_actor, statement_topics.c.topic_id)
        )
        with self.store.reading() as connection:
            return {(actor, topic): number for actor, topic, number in connection.execute(query)}

    def documents_of(self, ids: Iterable[str]) -> list[str]:
        """The ids of the documents in which these statements stand."""
        query = select(statements.c.document_id).distinct().where(statements.c.id.in_(list(ids)))
        with self.store.reading() as connection:
            return sorted(connection.execute(query).scalars())

    def counts(self, *, quickly: bool = False) -> dict[str, int]:
        """Denominators: statements, rejected, on a topic, coded, unsure codings only, undated, speaker unknown; and items
        mentioned. `quickly` from the columns in memory."""
        if quickly:
            mentioned = select(func.count()).select_from(items).where(not_(items.c.held))
            with self.store.reading() as connection:
                number = connection.execute(mentioned).scalar_one()
            return {**_figures.counts(self.store.columns.image()), "mentioned": number}
        unsure = (
            select(func.count(distinct(machine_codings.c.statement_id)))
            .where(machine_codings.c.unsure)
            .where(not_(exists().where(current_human(human_codings.c.statement_id == machine_codings.c.statement_id))))
        )
        questions: dict[str, Select[int]] = {
            "statements": select(func.count()).select_from(statements).where(not_(statements.c.rejected)),
            "rejected": select(func.count()).select_from(statements).where(statements.c.rejected),
            "mentioned": select(func.count()).select_from(items).where(not_(items.c.held)),
            "on_topic": select(func.count(distinct(statement_topics.c.statement_id))),
            "unsure": unsure,
            "undated": select(func.count()).select_from(statements).where(statements.c.date_start.is_(None)),
            "unknown_speakers": select(func.count())
            .select_from(statements)
            .where(statements.c.speaker_actor.is_(None)),
        }
        with self.store.reading() as connection:
            found = {name: connection.execute(query).scalar_one() for name, query in questions.items()}
        return {**found, "coded": self.store.codings.coded()}

    def depths(self, *, quickly: bool = False) -> dict[int, int]:
        """Depth -> number of statements."""
        if quickly:
            return _figures.depths(self.store.columns.image())
        query = select(statements.c.depth, func.count()).group_by(statements.c.depth).order_by(statements.c.depth)
        with self.store.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}


def _conditions(query: Query) -> Iterator[ColumnElement[bool]]:
    if query.actors:
        yield statements.c.speaker_actor.in_(query.actors)
    if query.speaker:
        yield func.lower(statements.c.speaker_name) == query.speaker.lower()
    if query.topic:
        yield exists().where(
            statement_topics.c.statement_id == statements.c.id, statement_topics.c.topic_id == query.topic
        )
    if query.since:
        yield statements.c.date_end >= query.since
    if query.until:
        yield statements.c.date_start <= query.until
    if not query.copies:
        yield statements.c.witness_of.is_(None)
    if query.code:
        person = current_human(human_codings.c.statement_id == statements.c.id)
        yield or_(
            exists().where(person, human_codings.c.code == query.code),
            # A person's coding wins: the machine's counts only where nobody coded that family.
            and_(
                exists().where(
                    machine_codings.c.statement_id == statements.c.id,
                    machine_codings.c.code == query.code,
                    not_(machine_codings.c.unsure),
                    not_(
                        exists()
                        .where(person, human_codings.c.family == machine_codings.c.family)
                        .correlate(statements, machine_codings)
                    ),
                ),
            ),
        )
