"""The statements of a line: what actors said on a topic, with its codes.

In: actors, a topic, a family of codes. Out: `LinePoint`s. Where the desk's statements are in memory (`_columns`), they say
which rows a line has, and only those are read: a few thousand of ten million. Else the database looks for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Connection, Row, Select, case, func, not_, null, select

from sayso.store._codings import current_human
from sayso.store._columns import CURRENT, HUMAN, REJECTED, Image
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
    witness_of: str | None
    human: tuple[str, ...]
    machine: dict[str, float]


def line_points(store: Store, actors: Sequence[str], topic: str, family: str) -> Iterator[LinePoint]:
    """What the actors said on the topic, with its codes of the family; in no particular order."""
    image = store.columns.loaded()
    if image is None:
        with store.reading() as connection:
            rows = connection.execute(_looked_up(actors, topic)).all()
            for start in range(0, len(rows), ASKED):
                part = rows[start : start + ASKED]
                yield from _coded(connection, part, family, [row.id for row in part])
        return
    found = _in_memory(image, actors, topic)
    for start in range(0, len(found), ASKED):
        about = {key: (outlet, by_person) for key, outlet, by_person in found[start : start + ASKED]}
        with store.reading() as connection:
            rows = connection.execute(_ROWS.where(statements.c.key.in_(about))).all()
            people = [row.id for row in rows if about[row.key][1]]
            points = _coded(connection, rows, family, people, {key: outlet for key, (outlet, _) in about.items()})
        yield from points


_ROWS = select(
    statements.c.key,
    statements.c.id,
    statements.c.date_start,
    statements.c.date_end,
    func.coalesce(items.c.joined, statements.c.item_id).label("item"),
    case((statements.c.depth > 1, statements.c.chain), else_=null()).label("chain"),  # who retells; few need it
    statements.c.depth,
    statements.c.witness_of,
).outerjoin(items, items.c.id == statements.c.item_id)


def _looked_up(actors: Sequence[str], topic: str) -> Select[Any]:
    held = items.alias("held")
    return (
        _ROWS.add_columns(func.coalesce(held.c.outlet, "").label("outlet"))
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


def _in_memory(image: Image, actors: Sequence[str], topic: str) -> list[tuple[int, str, bool]]:
    """The keys of a line's statements, the outlet of each, and whether people coded it."""
    numbers = [image.names["actor"].known(each) for each in actors]
    on_topic = image.topic_row[image.topic == image.names["topic"].known(topic)]
    here = np.isin(image["actor"][on_topic], numbers)
    here &= (image["flags"][on_topic] & (CURRENT | REJECTED)) == CURRENT
    rows = on_topic[here]
    names = [*image.names["outlet"].names, ""]  # the last: of none, which is -1
    outlets = [names[each] for each in image["outlet"][rows].tolist()]
    people = ((image["flags"][rows] & HUMAN) > 0).tolist()
    return sorted(zip(image["key"][rows].tolist(), outlets, people, strict=True))


def _coded(
    connection: Connection,
    rows: Sequence[Row[Any]],
    family: str,
    people: Sequence[str],
    outlets: Mapping[int, str] | None = None,
) -> list[LinePoint]:
    """The points of some rows; of `people` it is known or possible that people coded them."""
    human: dict[str, list[str]] = {}
    if people:
        codings = (
            select(human_codings.c.statement_id, human_codings.c.code)
            .where(human_codings.c.statement_id.in_(people), current_human(human_codings.c.family == family))
            .order_by(human_codings.c.coded_at, human_codings.c.id)
        )
        for statement, code in connection.execute(codings):
            human.setdefault(statement, []).append(code)
    coding = machine_codings.c
    sure = select(coding.statement_id, coding.code, coding.probability, coding.others).where(
        coding.statement_id.in_([row.id for row in rows]), coding.family == family, not_(coding.unsure)
    )
    machine: dict[str, dict[str, float]] = {}
    for statement, code, probability, others in connection.execute(sure):
        # One row a statement where codes exclude each other; with several codes, `others` repeats them.
        machine.setdefault(statement, {}).update({**others, code: probability})
    return [
        LinePoint(
            row.id,
            row.date_start,
            row.date_end,
            row.item,
            row.outlet if outlets is None else outlets[row.key],
            row.chain[-2][0] if row.depth > 1 else "",
            row.depth,
            row.witness_of,
            tuple(human.get(row.id, ())),
            machine.get(row.id, {}),
        )
        for row in rows
    ]
