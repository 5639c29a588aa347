"""What the coding pages ask of people's codings, and what each person has set for their own work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, exists, func, insert, not_, select

from sayso.store._codings import ASKED, current_human
from sayso.store._part import Part
from sayso.store.schema import codebooks, documents, human_codings, items, preferences, statement_topics, statements

ADJUDICATED = "adjudicator:%"


@dataclass(frozen=True, slots=True)
class Kept:
    """A person's coding as it is on record."""

    id: str
    statement: str
    family: str
    code: str
    coder: str
    version: str
    at: dt.datetime
    memo: str
    undone_at: dt.datetime | None
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of the codebook."""

    version: str
    current: bool
    made_at: dt.datetime


_COLUMNS = (
    human_codings.c.id, human_codings.c.statement_id, human_codings.c.family, human_codings.c.code,
    human_codings.c.coder, human_codings.c.codebook_version, human_codings.c.coded_at, human_codings.c.memo,
    human_codings.c.undone_at, human_codings.c.text, human_codings.c.anchor,
)  # fmt: skip


class Reviews(Part):
    """Reads `human_codings` and `codebooks`; the table `preferences`."""

    def of(self, family: str, statement: str, coder: str = "") -> list[Kept]:
        """The codings of a statement in a family that hold, oldest first; of one coder, if one is named."""
        query = select(*_COLUMNS).where(
            human_codings.c.statement_id == statement,
            human_codings.c.family == family,
            human_codings.c.undone_at.is_(None),
        )
        if coder:
            query = query.where(human_codings.c.coder == coder)
        with self.store.reading() as connection:
            rows = connection.execute(query.order_by(human_codings.c.coded_at, human_codings.c.id))
            return [Kept(*row) for row in rows]

    def there(self, ids: Iterable[str]) -> set[str]:
        """Those of the statements that the desk (still) has."""
        with self.store.reading() as connection:
            return set(connection.execute(select(statements.c.id).where(statements.c.id.in_(list(ids)))).scalars())

    def drawn(self, number: int, *, without: Collection[str] = (), topic: str = "") -> list[str]:
        """The first statements (of a topic) in the order of their ids, which are hashes, so that it is a random order.

        As fast with millions as with few: nothing is listed but those.
        """
        query = self._of_desk(topic).order_by(statements.c.id).limit(number + len(without))
        with self.store.reading() as connection:
            return [key for key in connection.execute(query).scalars() if key not in without][:number]

    def held(self, ids: Collection[str], topic: str = "") -> set[str]:
        """Those of the statements that the desk shows (in a topic): of a current page, not rejected, no copy of another."""
        listed, found = sorted(ids), set[str]()
        with self.store.reading() as connection:
            for start in range(0, len(listed), ASKED):
                query = self._of_desk(topic).where(statements.c.id.in_(listed[start : start + ASKED]))
                found.update(connection.execute(query).scalars())
        return found

    @staticmethod
    def _of_desk(topic: str) -> Select[str]:
        page = exists().where(documents.c.id == statements.c.document_id, documents.c.current)
        shown = (page, not_(statements.c.rejected), statements.c.witness_of.is_(None))
        query = select(statements.c.id).where(*shown)
        if not topic:
            return query
        marked = select(statement_topics.c.statement_id).where(statement_topics.c.topic_id == topic)
        return query.where(statements.c.id.in_(marked))  # not `exists`: SQLite would go through all statements

    def places(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Month of its date ("" where it has none) and outlet of each of the statements that the desk has."""
        query = (
            select(statements.c.id, statements.c.date_start, func.coalesce(items.c.outlet, documents.c.outlet))
            .join(documents, documents.c.id == statements.c.document_id)
            .outerjoin(items, items.c.id == statements.c.item_id)
            .where(statements.c.id.in_(ids))
        )
        with self.store.reading() as connection:
            return {
                key: (date.isoformat()[:7] if date else "", outlet or "")
                for key, date, outlet in connection.execute(query)
            }

    def last(self, family: str, coder: str) -> list[Kept]:
        """The coder's last coding in a family that holds; all its codes, where several were given to the statement."""
        query = (
            select(*_COLUMNS)
            .where(human_codings.c.family == family, human_codings.c.coder == coder)
            .where(human_codings.c.undone_at.is_(None))
            .order_by(human_codings.c.coded_at.desc(), human_codings.c.id)
            .limit(1)
        )
        with self.store.reading() as connection:
            row = connection.execute(query).first()
        return self.of(family, row.statement_id, coder) if row else []

    def coded_by(self, coder: str, family: str = "") -> set[tuple[str, str]]:
        """(statement, family) of everything that this coder has coded."""
        query = select(human_codings.c.statement_id, human_codings.c.family).where(
            human_codings.c.coder == coder, human_codings.c.undone_at.is_(None)
        )
        if family:
            query = query.where(human_codings.c.family == family)
        with self.store.reading() as connection:
            return {(row[0], row[1]) for row in connection.execute(query.distinct())}

    def coded_by_others(self, coder: str) -> set[tuple[str, str]]:
        """(statement, family) of everything that anybody but this coder has coded."""
        query = select(human_codings.c.statement_id, human_codings.c.family).where(
            human_codings.c.coder != coder, human_codings.c.undone_at.is_(None)
        )
        with self.store.reading() as connection:
            return {(row[0], row[1]) for row in connection.execute(query.distinct())}

    def tally(self) -> dict[str, dict[str, int]]:
        """Family -> coder -> how many statements the coder has coded; rulings under the ruler's own prefix."""
        query = (
            select(
                human_codings.c.family,
                human_codings.c.coder,
                func.count(human_codings.c.statement_id.distinct()),
            )
            .where(current_human(human_codings.c.family != ""))
            .group_by(human_codings.c.family, human_codings.c.coder)
        )
        found: dict[str, dict[str, int]] = {}
        with self.store.reading() as connection:
            for family, coder, number in connection.execute(query):
                found.setdefault(family, {})[coder] = number
        return found

    def record(
        self, family: str, *, coder: str = "", memos: bool = False, rulings: bool = False, offset: int = 0, limit: int
    ) -> tuple[list[Kept], int]:
        """Codings of a family, newest first, undone ones too, and how many there are in all."""
        held = [human_codings.c.family == family]
        if coder:
            held.append(human_codings.c.coder == coder)
        if memos:
            held.append(human_codings.c.memo != "")
        if rulings:
            held.append(human_codings.c.coder.like(ADJUDICATED))
        query = select(*_COLUMNS).where(*held).order_by(human_codings.c.coded_at.desc(), human_codings.c.id)
        with self.store.reading() as connection:
            total = connection.execute(select(func.count()).select_from(human_codings).where(*held)).scalar_one()
            return [Kept(*row) for row in connection.execute(query.offset(offset).limit(limit))], int(total)

    def coded_with(self, family: str, code: str) -> int:
        """How many statements people have coded with a code."""
        query = select(func.count(human_codings.c.statement_id.distinct())).where(
            human_codings.c.family == family, human_codings.c.code == code, human_codings.c.undone_at.is_(None)
        )
        with self.store.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def editions(self) -> list[Edition]:
        """The codebook's versions, newest first."""
        query = select(codebooks.c.version, codebooks.c.current, codebooks.c.made_at)
        with self.store.reading() as connection:
            rows = connection.execute(query.order_by(codebooks.c.made_at.desc(), codebooks.c.version))
            return [Edition(*row) for row in rows]

    def edition(self, version: str) -> str | None:
        """The text of one version of the codebook."""
        with self.store.reading() as connection:
            return connection.execute(select(codebooks.c.content).where(codebooks.c.version == version)).scalar()

    # --- what a person has set ----------------------------------------------------------------------------------

    def preference(self, person: str, name: str) -> str:
        """What the person has set under this name ("" for the whole desk); "" for nothing."""
        query = select(preferences.c.value).where(preferences.c.person == person, preferences.c.name == name)
        with self.store.reading() as connection:
            return connection.execute(query).scalar() or ""

    def prefer(self, person: str, name: str, value: str) -> None:
        """Keep what a person sets; "" takes it back."""
        with self.store.transaction() as connection:
            connection.execute(delete(preferences).where(preferences.c.person == person, preferences.c.name == name))
            if value:
                connection.execute(insert(preferences).values(person=person, name=name, value=value))
