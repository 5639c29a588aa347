"""Bulk load and copying a store: faster than row by row, and the same in the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_store import document, keep, statement

from postgres_server import Server
from sayso.records import Analysis, Coding, Document, Linked, MentionedItem, Statement
from sayso.store import Query, Store, copy_store
from sayso.store.search import Search, Searches

Place = Callable[[], Path | str]


def pages() -> list[tuple[Document, Analysis, Linked]]:
    found = []
    for number in range(30):
        text = f"The union said that ship {number} will wait. In a weekly, the board said that it will not.\n"
        page = replace(document(text), sha256=f"{number:064x}", path=f"{number}.txt", language="en")
        said: list[Statement] = [statement(page, f"ship {number} will wait"), statement(page, "it will not", "board")]
        start = text.index("a weekly")
        item = MentionedItem("i1", "magazine", None, "Weekly", None, (page_span(page, start, start + 8),))
        analysis = Analysis(tuple(s.attribution for s in said[:1] if s.attribution))
        found.append((page, analysis, Linked(tuple(said), (item,))))
    return found


def page_span(page: Document, start: int, end: int):  # type: ignore[no-untyped-def]
    from sayso.records import Span

    return Span(start, end, page.text[start:end])


def codings(linked: Linked) -> list[Coding]:
    return [Coding(each.id, "tone", "promise", "model:fast", 0.8, "1") for each in linked.statements]


def one_by_one(store: Store) -> None:
    for page, analysis, linked in pages():
        with store.transaction():
            key = store.documents.put(page, outlet_id="hook", signature=b"123")
            store.analyses.put(key, analysis)
            store.statements.put(key, page, linked, outlet_ids={"Weekly": "weekly"})
            store.codings.put(key, codings(linked))
            store.codings.put_topics(key, [(each.id, "waiting") for each in linked.statements])
            store.progress.mark("read", page.sha256, "read 1")
            store.progress.mark("link", key, "link 1")


def at_once(store: Store, advance: Callable[[int], None] = lambda more: None) -> None:
    with store.bulk_load(advance) as load:
        for page, analysis, linked in pages():
            load.document(
                page,
                analysis,
                linked,
                outlet_id="hook",
                outlet_ids={"Weekly": "weekly"},
                signature=b"123",
                codings=codings(linked),
                topics=[(each.id, "waiting") for each in linked.statements],
                marks={"read": "read 1", "link": "link 1"},
            )


def test_a_bulk_load_gives_what_putting_one_by_one_gives(new_place: Place) -> None:
    slow, fast = Store(new_place()), Store(new_place())
    one_by_one(slow)
    told: list[int] = []
    at_once(fast, told.append)
    assert fast.fingerprint() == slow.fingerprint()
    assert sum(told) == 30 * (1 + 1 + 1 + 1 + 2 + 2 + 2 + 1 + 2)  # item, page, analysis, attribution, … marks
    for words, number in (("ship", 30), ('"ship 7"', 1), ("board", 30)):
        assert Searches(fast).count(Search(words=words)) == Searches(slow).count(Search(words=words)) == number
    assert len(Searches(fast).passages('"ship 3"')) == 1
    slow.close()
    fast.close()


def test_after_a_bulk_load_single_changes_are_followed_again(store: Store) -> None:
    at_once(store)
    before = store.state()
    page = document()
    keep(store, page, statement(page, "it will wait"))
    assert store.state() != before
    assert Searches(store).count(Search(words='"it will wait"')) == 1
    store.documents.discard(page.sha256)
    assert Searches(store).count(Search(words='"it will wait"')) == 0
    assert Searches(store).count(Search(words="ship")) == 30


def test_loading_the_same_again_changes_nothing(store: Store) -> None:
    at_once(store)
    before = store.fingerprint()
    at_once(store)
    assert store.fingerprint() == before


def test_a_load_that_fails_keeps_nothing_of_its_chunk(store: Store) -> None:
    before = store.fingerprint()
    page, analysis, linked = pages()[0]
    with pytest.raises(ZeroDivisionError), store.bulk_load() as load:
        load.document(page, analysis, linked)
        load.rows("state", [{"name": "x", "value": "y"}])
        raise ZeroDivisionError
    assert store.fingerprint() == before
    assert store.progress.recall("x") == ""
    at_once(store)  # and triggers are where they were
    store.documents.discard(page.sha256)
    assert Searches(store).count(Search(words="ship")) == 29


def test_a_persons_work_on_the_same_bytes_is_put_on_again(store: Store) -> None:
    page, analysis, linked = pages()[0]
    keep(store, page, *linked.statements)
    store.people.code(Coding(linked.statements[0].id, "tone", "threaten", "ana"))
    store.documents.discard(page.sha256)
    assert store.statements.ids(Query(code="threaten")) == []
    with store.bulk_load() as load:
        load.document(page, analysis, linked)
    assert store.statements.ids(Query(code="threaten")) == [linked.statements[0].id]


@contextlib.contextmanager
def silent(table: str, total: int) -> Iterator[Callable[[int], None]]:
    yield lambda more: None


def test_a_store_goes_to_postgresql_and_back_without_loss(postgresql: Server, tmp_path: Path) -> None:
    first, there, back = (
        Store(where) for where in (tmp_path / "first.sqlite", postgresql.migrated(), tmp_path / "back.sqlite")
    )
    one_by_one(first)
    keep(first, replace(document("A path, C:\\u0000 as somebody wrote it.\n"), path="path.txt", sha256="f" * 64))
    _, _, linked = pages()[3]
    first.people.code(Coding(linked.statements[0].id, "tone", "promise", "ana", memo="“so”\n\tit is"))
    first.people.correct(linked.statements[1].id, "rejected", {"rejected": True}, "ana")
    first.progress.end_run(first.progress.begin_run(), {"read": 30})
    counts = copy_store(first, there, silent)
    assert (counts["documents"], counts["statements"], counts["human_codings"], counts["runs"]) == (31, 60, 1, 1)
    assert copy_store(there, back, silent) == counts
    assert first.fingerprint() == there.fingerprint() == back.fingerprint()
    for store in (there, back):
        assert Searches(store).count(Search(words="ship")) == 30
        assert store.progress.begin_run() == 2  # numbers go on
        keep(store, replace(document(), path="new.txt"))
        assert store.documents.count() == 32
    for store in (first, there, back):
        store.close()
