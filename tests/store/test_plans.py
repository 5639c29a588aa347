"""Query plans: what a page asks for costs what it shows, not what the table holds. On both engines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from test_search import filled as filled  # a fixture
from test_search import generate

from sayso.store import Store
from sayso.store.browse import Browse
from sayso.store.search import Search, Searches

LARGE = ("statements", "documents", "attributions", "machine_codings", "statement_topics", "captures", "items")
Asked = list[tuple[str, Any]]


@contextmanager
def listening(store: Store) -> Iterator[Asked]:
    """What is asked of the database meanwhile."""
    asked: Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    yield asked
    event.remove(store.engine, "before_cursor_execute", note)


def read_whole(store: Store, asked: Asked) -> list[tuple[str, str]]:
    """The questions that read a large table itself from end to end; a covering index may be counted."""
    found = []
    with store.reading() as connection:
        if store.dialect == "postgresql":
            # Tables as small as a test's are read whole whatever indexes there are, unless that is forbidden.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, parameters in asked:
            if "pg_" in statement:
                continue
            if store.dialect == "sqlite":
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                steps = [str(row[3]) for row in plan]
                found += [(statement, s) for s in steps if re.match(rf"SCAN ({'|'.join(LARGE)})\b(?!.*USING)", s)]
            else:
                plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
                nodes = list(_nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))
                found += [
                    (statement, json.dumps(node)[:300])
                    for node in nodes
                    if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE
                ]
    return found


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


@pytest.fixture(params=["as it is", "analyzed"], autouse=True)
def statistics(request: pytest.FixtureRequest, filled: Store) -> None:
    """The planner's statistics must not lead it astray: many columns of a young desk are all empty."""
    if request.param == "analyzed":
        filled.analyze()


def test_pages_read_no_large_table_from_end_to_end(filled: Store) -> None:
    filled.columns.image()  # which reads everything, once
    searches, browse = Searches(filled), Browse(filled)
    document = generate.key("document", 7)
    with listening(filled) as asked:
        found = searches.page(Search(words="word3", actors=("actor-1",)), 0, 25)
        searches.facets(Search(words="word3", actors=("actor-1",)))
        searches.page(Search(item=generate.key("item", 7), order="newest"), 0, 25)
        filled.statements.load(found)
        filled.documents.get(document)
        filled.captures.of(filled.documents.get(document).sha256)
        browse.documents(limit=25)
        browse.document_row(document)
        browse.statement_ids(document)
        browse.outline(document)
        browse.standing(found)
        browse.versions(generate.key("item", 7))
        browse.nested(found[0])
        browse.witnesses(found[0])
        browse.latest_captures()
        filled.state()
        browse.item(generate.key("item", 7))
    assert len(asked) > 20
    assert read_whole(filled, asked) == []


def test_a_line_reads_its_own_statements_alone(filled: Store) -> None:
    with listening(filled) as from_tables:
        assert list(filled.statements.line(["actor-1"], "topic-1", "approach"))
    filled.columns.image()
    with listening(filled) as from_memory:
        points = list(filled.statements.line(["actor-1"], "topic-1", "approach"))
        filled.items.names(point.item for point in points)
    assert len(points) > 5
    assert read_whole(filled, [*from_tables, *from_memory]) == []
    # From memory it is known which rows they are: nothing is searched by topic or actor.
    assert not any(re.search(r"(topic_id|speaker_actor) (=|IN)", statement) for statement, _ in from_memory)


def test_the_overviews_counts_are_counted_in_indexes(filled: Store) -> None:
    filled.columns.image()
    browse = Browse(filled)
    with listening(filled) as asked:
        filled.documents.undone("attribute")
        filled.captures.count()
        filled.captures.newest()
        filled.documents.newest()
        filled.joins.counts()
        filled.lines.newest(10)
        browse.outlets()
        filled.statements.counts(quickly=True)
    assert read_whole(filled, asked) == []


def test_translations_are_found_by_what_they_name_and_not_among_all_current_pages(filled: Store) -> None:
    if filled.dialect == "sqlite":
        with listening(filled) as asked, filled.reading() as connection:
            assert list(filled.pairs.declared()) == []
            ((statement, parameters),) = asked
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        assert "ix_documents_translation_of" in str(plan)
    else:
        with listening(filled) as asked:
            assert list(filled.pairs.declared()) == []
        assert read_whole(filled, asked) == []


def test_the_newest_captures_are_read_from_their_end(filled: Store) -> None:
    with listening(filled) as asked:
        assert len(Browse(filled).latest_captures()) == 8
    assert read_whole(filled, asked) == []
    if filled.dialect == "sqlite":
        ((statement, parameters),) = asked
        with filled.reading() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        assert "ix_captures_fetched_at" in str(plan)
