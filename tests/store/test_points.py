"""The points of a line: the same from memory as from the database, on both engines; and what is kept while nothing changes."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update
from test_search import filled as filled  # a fixture

from sayso.records import Shift
from sayso.store import LineKey, Store
from sayso.store.schema import human_codings, machine_codings, statement_topics, statements


def test_a_line_has_the_same_points_from_memory_as_from_the_database(filled: Store) -> None:
    asked = [
        (["actor-0"], "topic-0"),
        (["actor-1", "actor-2"], "topic-1"),
        (["actor-39"], "topic-4"),
        (["x"], "topic-0"),
    ]
    looked_up = [sorted(filled.statements.line(*each, "approach"), key=lambda p: p.statement) for each in asked]
    sizes = filled.statements.line_sizes()
    assert filled.columns.loaded() is None
    filled.columns.image()
    assert filled.columns.loaded() is not None
    in_memory = [sorted(filled.statements.line(*each, "approach"), key=lambda p: p.statement) for each in asked]
    assert in_memory == looked_up
    assert [len(each) > 5 for each in looked_up] == [True, True, False, False]
    assert any(point.reporter for point in looked_up[0]) and any(point.machine for point in looked_up[0])
    assert filled.statements.line_sizes() == sizes and sizes[("actor-0", "topic-0")] >= len(looked_up[0])


def test_peoples_codes_are_points_from_memory_too(filled: Store) -> None:
    filled.columns.image()
    with filled.transaction() as connection:
        key = connection.execute(
            select(statements.c.id)
            .join(statement_topics, statement_topics.c.statement_id == statements.c.id)
            .where(statements.c.speaker_actor == "actor-0", statement_topics.c.topic_id == "topic-0")
            .where(~statements.c.rejected)
            .where(statements.c.id.in_(select(machine_codings.c.statement_id)))
            .order_by(statements.c.key)
            .limit(1)
        ).scalar_one()
        values = {"id": "h", "statement_id": key, "family": "approach", "code": "promise", "coder": "ana"}
        values |= {"codebook_version": "1", "coded_at": dt.datetime(2026, 1, 1), "memo": "", "sha256": "s", "spans": []}
        connection.execute(human_codings.insert().values(**values, text="", anchor="exact"))
    found = {p.statement: p for p in filled.statements.line(["actor-0"], "topic-0", "approach")}
    assert "promise" in found[key].human


def test_what_is_computed_is_kept_until_a_statement_changes(filled: Store) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    assert [filled.kept.get("x", make), filled.kept.get("x", make), filled.kept.get("y", make)] == [0, 0, 1]
    with filled.transaction() as connection:
        connection.execute(update(statements).where(statements.c.key == 1).values(depth=3))
        assert filled.kept.get("x", make) == 2  # it may never be committed: it is not kept
    assert filled.kept.get("x", make) == 3
    assert filled.kept.get("x", make) == 3


def test_what_was_computed_of_a_line_is_found_by_the_digest_of_its_points(store: Store) -> None:
    key, other = LineKey("actor-0", "topic-0", "approach"), LineKey("actor-1", "topic-0", "approach")
    store.lines.keep([(key, "one", b"first"), (other, "one", b"other")])
    assert store.lines.computed(key, "one") == b"first" and store.lines.computed(key, "two") is None
    store.lines.keep([(key, "two", b"second")])
    assert store.lines.computed(key, "one") is None and store.lines.computed(key, "two") == b"second"
    store.lines.forget_others([key])
    assert store.lines.computed(other, "one") is None and store.lines.computed(key, "two") == b"second"


def test_the_newest_shifts_come_first(store: Store) -> None:
    days = [dt.date(2020, 1, day) for day in (5, 20, 11)]
    found = [(LineKey(f"a{n}", "t", "approach"), Shift(day, (day, day), 0.9, {}, {})) for n, day in enumerate(days)]
    store.lines.put(found)
    assert [shift.date.day for _, shift in store.lines.newest(2)] == [20, 11]
    assert store.lines.count() == 3
