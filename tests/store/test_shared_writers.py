"""Several workers write at once on PostgreSQL, each its own documents; whoever reads misses nothing that they wrote."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from test_store import document, keep, statement

from sayso.store import JOIN, Store

pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"])
TEXTS = ("The union said that it will wait.\n", "The union said that it will leave.\n")


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    made = Store(store.where)
    yield made
    made.close()


def beside(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def put(store: Store, text: str) -> str:
    page = replace(document(text), path=f"{len(text)}.txt", sha256=f"{len(text):064}")
    return keep(store, page, statement(page, text[24:-2]))


def test_two_workers_are_in_their_transactions_at_the_same_time(store: Store, other: Store) -> None:
    def work() -> None:
        with other.transaction(shared=True):
            put(other, TEXTS[1])
            other.progress.mark("link", "second", "link 1")

    with store.transaction(shared=True):
        put(store, TEXTS[0])
        thread = beside(work)
        thread.join(60)
        assert not thread.is_alive()
        assert other.progress.is_done("link", "second", "link 1")
    assert store.statements.count() == 2


def test_whoever_writes_what_is_not_his_alone_waits_for_the_workers(store: Store, other: Store) -> None:
    order: list[str] = []

    def edit() -> None:
        with other.transaction():
            order.append("edit")

    with store.transaction(shared=True):
        thread = beside(edit)
        thread.join(0.3)
        order.append("work")
    thread.join(60)
    assert order == ["work", "edit"]


def test_what_commits_later_is_seen_though_it_began_earlier(store: Store, other: Store) -> None:
    reader = Store(store.where)
    assert reader.columns.image().size == 0
    with store.transaction(shared=True):
        put(store, TEXTS[0])

        def work() -> None:
            with other.transaction(shared=True):
                put(other, TEXTS[1])

        thread = beside(work)
        thread.join(60)
        assert not thread.is_alive()
        between = reader.state()
        assert reader.columns.image().size == 1
    assert reader.state() != between
    assert reader.columns.image().size == 2
    reader.close()


def test_two_workers_say_that_the_same_has_changed(store: Store, other: Store) -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with other.transaction(shared=True):
                other.progress.changed(JOIN)
        except BaseException as error:
            failed.append(error)

    with store.transaction(shared=True):
        store.progress.changed(JOIN)
        thread = beside(work)
        thread.join(0.3)
    thread.join(60)
    assert not thread.is_alive() and not failed
    assert store.progress.basis(JOIN)
