"""The store: migrations, stable content, and people's work that no re-run can take."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from sayso.errors import SaysoError
from sayso.records import (
    Analysis,
    Attribution,
    ChainLink,
    Coding,
    DateValue,
    Document,
    Failure,
    Linked,
    Producer,
    Span,
    Speaker,
    Statement,
)
from sayso.store import Query, Store, schema
from sayso.store._engine import HEAD, MIGRATIONS
from sayso.store.ids import document_id, stable_id

TEXT = "The union said that it will wait. The board said that it will not.\n"
DAY = DateValue("2024-05-01", "day", "metadata", dt.date(2024, 5, 1), dt.date(2024, 5, 1))


def document(text: str = TEXT, version: str = "1") -> Document:
    return Document("page.txt", text, "ab" * 32, published=DAY, producer=Producer("read", version))


def statement(page: Document, words: str, speaker: str = "union", key: str = "") -> Statement:
    start = page.text.index(words)
    span = Span(start, start + len(words), words)
    cue = Span(page.text.index("said"), page.text.index("said") + 4, "said")
    return Statement(
        id=key or stable_id(page.sha256, span.start, span.end)[:20],
        content=(span,),
        speaker=Speaker(speaker.title(), "organization", speaker),
        chain=(ChainLink("page.txt", "document"), ChainLink(speaker.title(), "speaker", speaker)),
        depth=1,
        attribution=Attribution("a1", (cue,), (span,), "indirect", 0.9),
        date=DAY,
        confidence=0.9,
    )


def keep(store: Store, page: Document, *found: Statement) -> str:
    with store.transaction():
        key = store.documents.put(page)
        store.analyses.put(key, Analysis(tuple(s.attribution for s in found if s.attribution)[:1]))
        store.statements.put(key, page, Linked(found), outlet_ids={})
    return key


def test_the_newest_migration_is_the_schema(store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    with store.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    # The full-text index has tables of its own, which the migration makes by hand.
    left = [each for each in differences if not (each[0].startswith("remove_") and "_search" in each[1].name)]
    assert left == []


def test_a_database_of_a_newer_version_is_refused(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(SaysoError, match="newer sayso"):
        Store(store.where)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite"
    path.write_text("this is a text, and a long one, but no database at all\n" * 100)
    with pytest.raises(SaysoError, match="cannot be opened"):
        Store(path)


def test_an_error_leaves_nothing_of_a_transaction(store: Store) -> None:
    before = store.fingerprint()
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.documents.put(document())
        store.progress.mark("read", "x", "read 1")
        raise ZeroDivisionError
    assert store.fingerprint() == before


def test_what_is_kept_comes_back(store: Store) -> None:
    page = document("Ein „Zitat“ – 🐦 \u0645\u0631\u062d\u0628\u0627 said so.\n")
    found = statement(page, "so")
    key = keep(store, page, found)
    assert store.documents.get(key) == page
    assert store.statements.linked(key, page).statements == (found,)


def test_putting_the_same_again_changes_nothing(store: Store) -> None:
    page = document()
    keep(store, page, statement(page, "it will wait"))
    before = store.fingerprint()
    keep(store, page, statement(page, "it will wait"))
    assert store.fingerprint() == before


def test_a_new_reader_with_the_same_text_keeps_the_document(store: Store) -> None:
    assert keep(store, document()) == keep(store, document(version="2"))
    assert store.documents.count() == 1


def test_a_correction_wins_is_kept_on_re_runs_and_can_be_undone(store: Store) -> None:
    page = document()
    found = statement(page, "it will wait")
    keep(store, page, found)
    value = {"speaker_name": "Board", "speaker_kind": "group", "speaker_actor": "board"}
    correction = store.people.correct(found.id, "speaker", value, "ana")
    keep(store, page, found)  # a re-run
    assert [each.statement.speaker.actor for each in store.statements.find(Query())] == ["board"]
    corrected = set(next(store.statements.find(Query())).corrected)
    assert corrected >= {"speaker_actor", "speaker_kind", "speaker_name"}
    store.people.undo(correction)
    assert [each.statement.speaker.actor for each in store.statements.find(Query())] == ["union"]


def test_a_rejected_statement_is_not_found(store: Store) -> None:
    page = document()
    found = statement(page, "it will wait")
    keep(store, page, found)
    store.people.correct(found.id, "rejected", {"rejected": True}, "ana")
    assert store.statements.ids(Query()) == []
    keep(store, page, found)
    assert store.statements.ids(Query()) == []


def test_a_persons_coding_outlives_the_statement_and_is_only_offered_elsewhere(store: Store) -> None:
    page = document()
    found = statement(page, "it will wait")
    keep(store, page, found)
    store.people.code(Coding(found.id, "approach", "promise", "ana"))
    longer = document("A new line. " + TEXT, version="2")  # a newer reader finds the words elsewhere
    moved = statement(longer, "it will wait")
    assert moved.id != found.id
    keep(store, longer, moved)
    assert store.codings.human() == []
    (open_work,) = store.people.unconfirmed()
    assert (open_work["anchor"], open_work["proposal"]) == ("needs confirmation", moved.id)
    assert open_work["text"] == "it will wait"
    store.people.confirm(open_work["id"])
    assert [(c.statement, c.code) for c in store.codings.human()] == [(moved.id, "promise")]


def test_a_coding_whose_words_are_gone_is_kept_as_not_found(store: Store) -> None:
    page = document()
    found = statement(page, "it will wait")
    keep(store, page, found)
    store.people.code(Coding(found.id, "approach", "promise", "ana"))
    other = document("Nothing of the kind was said here.\n", version="2")
    keep(store, other)
    assert [work["anchor"] for work in store.people.unconfirmed()] == ["not found"]


def test_a_machine_replaces_its_own_codings_and_never_a_persons(store: Store) -> None:
    page = document()
    found = statement(page, "it will wait")
    key = keep(store, page, found)
    store.codings.put(key, [Coding(found.id, "approach", "threaten", "model:fast", 0.7)])
    store.people.code(Coding(found.id, "approach", "promise", "ana"))
    store.codings.put(key, [Coding(found.id, "approach", "inform", "model:fast", 0.9)])
    assert [c.code for c in store.codings.machine()] == ["inform"]
    assert [c.code for c in store.codings.human()] == ["promise"]
    assert store.statements.ids(Query(code="promise")) == [found.id]
    assert store.statements.ids(Query(code="inform")) == []  # a person coded this family: the machine's gives way


def test_a_persons_coding_of_one_statement_hides_no_machine_coding_of_another(store: Store) -> None:
    page = document()
    wait, refuse = statement(page, "it will wait"), statement(page, "it will not", "board")
    key = keep(store, page, wait, refuse)
    codings = [Coding(each.id, "approach", "promise", "model:fast", 0.9) for each in (wait, refuse)]
    store.codings.put(key, codings)
    store.people.code(Coding(wait.id, "approach", "threaten", "ana"))
    assert store.statements.ids(Query(code="promise")) == [refuse.id]
    assert store.statements.ids(Query(code="threaten")) == [wait.id]


def test_queries(store: Store) -> None:
    page = document()
    wait, refuse = statement(page, "it will wait"), statement(page, "it will not", "board")
    keep(store, page, wait, refuse)
    assert store.statements.ids(Query()) == [wait.id, refuse.id]
    assert store.statements.ids(Query(actors=["board"])) == [refuse.id]
    assert store.statements.ids(Query(speaker="BOARD")) == [refuse.id]
    assert store.statements.ids(Query(words="wait")) == [wait.id]
    assert store.statements.ids(Query(since=dt.date(2024, 5, 2))) == []
    assert store.statements.ids(Query(until=dt.date(2024, 5, 1))) == [wait.id, refuse.id]


def test_refused_items_are_listed_until_they_work(store: Store) -> None:
    store.progress.refuse(Failure("a\udcff.txt", "read", "empty file"))
    assert [(f.path, f.reason) for f in store.progress.refused()] == [("a\\udcff.txt", "empty file")]
    store.progress.accept("a\udcff.txt", "read")
    assert store.progress.refused() == []


def test_threads_see_whole_transactions(store: Store) -> None:
    import threading

    def write(number: int) -> None:
        with store.transaction():
            store.progress.mark("read", f"s{number}", "read 1")
            store.progress.mark("read", f"t{number}", "read 1")

    threads = [threading.Thread(target=write, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.progress.count("read") == 24


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text())
def test_ids_depend_on_content_alone(one: str, other: str) -> None:
    first, second = document(one), document(other)
    assert (document_id(first) == document_id(second)) == (
        one.encode(errors="replace") == other.encode(errors="replace")
    )
    assert document_id(replace(first, path="elsewhere", title="x")) == document_id(first)
