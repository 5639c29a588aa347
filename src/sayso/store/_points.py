"""The statements of a line: what actors said on a topic, with its codes.

In: actors, a topic, a family of codes. Out: `LinePoint`s. Where the desk's statements are in memory (`_columns`), they say
which rows a line has, and only those are read: a few thousand of ten million. Else the database looks for them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Connection, Row, Select, bindparam, case, func, not_, null, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType

from sayso.store._codings import current_human
from sayso.store._image import CURRENT, HUMAN, NONE, REJECTED, REPEATS, Image
from sayso.store.schema import documents, human_codings, items, machine_codings, statement_topics, statements

if TYPE_CHECKING:
    from sayso.store.store import Store

ASKED = 500  # keys in one question


@dataclass(frozen=True, slots=True)
class LinePoint:
    """A statement as a line needs it: `human` are people's codes, `machine` the model's distribution if it is sure."""

    statement: str
    start: dt.date | None
    end: dt.date | None
    item: str
    outlet: str
    reporter: str
    depth: int
    repeated: bool  # a copy has it already
    human: tuple[str, ...]
    machine: dict[str, float]


def line_points(store: Store, actors: Sequence[str], topic: str, family: str) -> Iterator[LinePoint]:
    """What the actors said on the topic, with its codes of the family; in no particular order."""
    image = store.columns.loaded()
    if image is not None:
        yield from _in_memory(store, image, actors, topic, family)
        return
    with store.reading() as connection:
        rows = connection.execute(_looked_up(actors, topic)).all()
        for start in range(0, len(rows), ASKED):
            yield from _coded(connection, rows[start : start + ASKED], family)


def _in_memory(store: Store, image: Image, actors: Sequence[str], topic: str, family: str) -> Iterator[LinePoint]:
    """The same where columns say most of it: asked of the database are ids, items, who retells, and codes."""
    numbers = [image.names["actor"].known(each) for each in actors]
    on_topic = image.topic_row[image.topic == image.names["topic"].known(topic)]
    here = np.isin(image["actor"][on_topic], numbers)
    here &= (image["flags"][on_topic] & (CURRENT | REJECTED)) == CURRENT
    rows = on_topic[here]
    outlets = [*image.names["outlet"].names, ""]  # the last: of none, which is -1
    days: dict[int, dt.date | None] = {NONE: None}
    for start in range(0, len(rows), ASKED):
        part = rows[start : start + ASKED]
        columns = (image[name][part].tolist() for name in ("key", "since", "until", "outlet", "depth", "flags"))
        about = {key: rest for key, *rest in zip(*columns, strict=True)}
        people = [key for key, rest in about.items() if rest[-1] & HUMAN]
        with store.reading() as connection:
            human = _human(connection, statements.c.key.in_(people), family) if people else {}
            found: dict[int, tuple[str, str, str, dict[str, float]]] = {}
            query = _SPOKEN.where(statements.c.key.in_(list(about)))
            for key, id_, item, chain, code, probability, others in connection.execute(query, {"family": family}):
                known = found.get(key)
                if known is None:
                    known = found[key] = (id_, item, _parsed(chain)[-2][0] if chain else "", {})
                if code is not None:
                    # One row a statement where codes exclude each other; with several codes, `others` repeats them.
                    known[3].update({**_parsed(others), code: probability})
        for key, (id_, item, reporter, machine) in found.items():
            since, until, outlet, depth, flags = about[key]
            for day in (since, until):
                if day not in days:
                    days[day] = dt.date.fromordinal(day)
            said = outlets[outlet], reporter, depth, bool(flags & REPEATS), tuple(human.get(id_, ())), machine
            yield LinePoint(id_, days[since], days[until], item, *said)


_RETOLD = case((statements.c.depth > 1, statements.c.chain), else_=null())  # who retells; few need it
_ITEM = func.coalesce(items.c.joined, statements.c.item_id)
_SPOKEN = (
    select(
        statements.c.key,
        statements.c.id,
        _ITEM,
        type_coerce(_RETOLD, NullType()),  # as the driver gives it, like `others`: thousands of rows
        machine_codings.c.code,
        machine_codings.c.probability,
        type_coerce(machine_codings.c.others, NullType()),
    )
    .outerjoin(items, items.c.id == statements.c.item_id)
    .outerjoin(
        machine_codings,
        (machine_codings.c.statement_id == statements.c.id)
        & (machine_codings.c.family == bindparam("family"))
        & not_(machine_codings.c.unsure),
    )
)


def _looked_up(actors: Sequence[str], topic: str) -> Select[Any]:
    held = items.alias("held")
    return (
        select(
            statements.c.id,
            statements.c.date_start,
            statements.c.date_end,
            _ITEM.label("item"),
            _RETOLD.label("chain"),
            statements.c.depth,
            statements.c.witness_of,
            func.coalesce(held.c.outlet, "").label("outlet"),
        )
        .outerjoin(items, items.c.id == statements.c.item_id)
        .join(statement_topics, statement_topics.c.statement_id == statements.c.id)
        .join(documents, documents.c.id == statements.c.document_id)
        .join(held, held.c.id == documents.c.item_id)
        .where(
            statement_topics.c.topic_id == topic,
            statements.c.speaker_actor.in_(actors),
            documents.c.current,
            not_(statements.c.rejected),
        )
    )


def _coded(connection: Connection, rows: Sequence[Row[Any]], family: str) -> list[LinePoint]:
    """The points of some rows."""
    ids = [row.id for row in rows]
    human = _human(connection, statements.c.id.in_(ids), family)
    coding = machine_codings.c
    sure = select(coding.statement_id, coding.code, coding.probability, coding.others).where(
        coding.statement_id.in_(ids), coding.family == family, not_(coding.unsure)
    )
    machine: dict[str, dict[str, float]] = {}
    for statement, code, probability, others in connection.execute(sure):
        machine.setdefault(statement, {}).update({**others, code: probability})
    return [
        LinePoint(
            row.id,
            row.date_start,
            row.date_end,
            row.item,
            row.outlet,
            row.chain[-2][0] if row.depth > 1 else "",
            row.depth,
            row.witness_of is not None,
            tuple(human.get(row.id, ())),
            machine.get(row.id, {}),
        )
        for row in rows
    ]


def _human(connection: Connection, which: ColumnElement[bool], family: str) -> dict[str, list[str]]:
    """Statement -> people's codes of the family, in the order in which they were given."""
    codings = (
        select(human_codings.c.statement_id, human_codings.c.code)
        .join(statements, statements.c.id == human_codings.c.statement_id)
        .where(which, current_human(human_codings.c.family == family))
        .order_by(human_codings.c.coded_at, human_codings.c.id)
    )
    found: dict[str, list[str]] = {}
    for statement, code in connection.execute(codings):
        found.setdefault(statement, []).append(code)
    return found


def _parsed(value: Any) -> Any:
    """JSON as the driver gives it: PostgreSQL's parses it, SQLite's leaves it as text."""
    return json.loads(value) if isinstance(value, str) else value
