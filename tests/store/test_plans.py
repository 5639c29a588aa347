"""Query plans: what a page asks for costs what it shows, not what the table holds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import event
from test_search import filled as filled  # a fixture
from test_search import generate

from sayso.store import Store
from sayso.store.browse import Browse
from sayso.store.search import Search, Searches

LARGE = ("statements", "documents", "attributions", "machine_codings", "statement_topics", "captures", "items")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_pages_read_no_large_table_from_end_to_end(filled: Store) -> None:
    filled.columns.image()  # which reads everything, once
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(filled.engine, "before_cursor_execute", note)
    searches, browse = Searches(filled), Browse(filled)
    document = generate.key("document", 7)
    found = searches.page(Search(words="word3", actors=("actor-1",)), 0, 25)
    searches.facets(Search(words="word3", actors=("actor-1",)))
    searches.page(Search(item=generate.key("item", 7), order="newest"), 0, 25)
    filled.statements.load(found)
    filled.documents.get(document)
    filled.captures.of(filled.documents.get(document).sha256)
    browse.documents(limit=25)
    browse.document_row(document)
    browse.statement_ids(document)
    browse.versions(generate.key("item", 7))
    browse.nested(found[0])
    browse.witnesses(found[0])
    browse.latest_captures()
    list(filled.statements.line(["actor-1"], "topic-1", "approach"))
    filled.state()
    event.remove(filled.engine, "before_cursor_execute", note)
    assert len(asked) > 20
    with filled.reading() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps = [str(row[3]) for row in plan]
            # A covering index is read in place of the table where a page counts or sorts by it.
            read = [step for step in steps if re.match(rf"SCAN ({'|'.join(LARGE)})\b(?!.*USING)", step)]
            assert read == [], (statement, steps)
