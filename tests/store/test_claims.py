"""Claims: what waits for a stage is shared between workers, and none of it is lost with one of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from sayso.store import JOIN, Store

SUBJECTS = [f"{number:02}" for number in range(40)]


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    made = Store(store.where)
    yield made
    made.close()


def work(store: Store, done: list[str], stop: int = 99) -> None:
    for batch in store.claims.share("link", SUBJECTS, "link 1"):
        for subject in batch:
            store.progress.mark("link", subject, "link 1")
            done.append(subject)
        if len(done) >= stop:
            return


def test_all_that_waits_comes_once(store: Store) -> None:
    done: list[str] = []
    work(store, done)
    assert sorted(done) == SUBJECTS
    work(store, done)
    assert len(done) == len(SUBJECTS)


def test_what_was_done_by_another_producer_comes_again(store: Store) -> None:
    done: list[str] = []
    work(store, done)
    again = [subject for batch in store.claims.share("link", SUBJECTS, "link 2") for subject in batch]
    assert sorted(again) == SUBJECTS


def test_two_at_once_do_all_between_them(store: Store, other: Store) -> None:
    first: list[str] = []
    second: list[str] = []
    threads = [threading.Thread(target=work, args=pair) for pair in ((store, first), (other, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted({*first, *second}) == SUBJECTS
    if store.dialect == "postgresql":
        assert not set(first) & set(second)


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_worker_passes_over_what_another_holds_and_waits_for_it_at_the_end(store: Store, other: Store) -> None:
    holding = store.claims.share("link", SUBJECTS, "link 1")
    held = list(next(holding))
    done: list[str] = []
    thread = threading.Thread(target=work, args=(other, done))
    thread.start()
    while len(done) < len(SUBJECTS) - len(held):
        assert thread.is_alive()
    assert not set(done) & set(held)
    assert thread.is_alive()  # it waits for what is held
    holding.close()  # type: ignore[attr-defined]  # as if the holder had failed: it lets go of what it has not done
    thread.join(60)
    assert sorted(done) == SUBJECTS


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_the_claims_of_a_worker_that_dies_are_free_at_once(store: Store, other: Store) -> None:
    holding = store.claims.share("link", SUBJECTS, "link 1")
    held = list(next(holding))
    with other.engine.connect() as admin:
        admin.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' "
                "AND datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    done: list[str] = []
    work(other, done)
    assert sorted(done) == SUBJECTS and set(held) <= set(done)
    with pytest.raises(Exception, match="connection was lost"):
        next(holding)


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_stage_of_the_whole_desk_is_one_workers(store: Store, other: Store) -> None:
    order: list[str] = []

    def second() -> None:
        with other.claims.alone(JOIN):
            order.append("second")

    with store.claims.alone(JOIN):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join(60)
    assert order == ["first", "second"]
