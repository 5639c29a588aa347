"""The columns of a desk, kept in a file: taken up by the next process while they are this store's, else as if not there."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select, update
from test_plans import listening
from test_search import filled as filled  # a fixture

from sayso.store import Store
from sayso.store._columns import FEW
from sayso.store._image import PAIRS, SHAPE
from sayso.store.schema import statements, touched

WHOLE = "SELECT statements.key AS key, statements.document_id"  # how all statements are read

NEW_OUTLET = {
    "id": "new", "name": "New", "aliases": [], "domains": [], "actor": None, "medium": "", "notes": "", "position": 900,
}  # fmt: skip


@pytest.fixture
def beside(filled: Store, tmp_path: Path) -> Path:
    """A file in which the store's columns are kept."""
    filled.beside = tmp_path / "columns.index"
    filled.columns.keep(least=1)
    return filled.beside


@contextmanager
def another(of: Store, beside: Path) -> Iterator[tuple[Store, list[str]]]:
    """The store opened by another process, its columns, and how statements were read for them."""
    store = Store(of.where, beside=beside)
    with listening(store) as asked:
        store.columns.image()
    read = [statement.replace('"', "") for statement, _ in asked]
    yield store, [statement for statement in read if statement.startswith(WHOLE)]
    store.close()


def same(one: Store, other: Store) -> bool:
    """Whether both have the same columns, whatever numbers names have."""
    return _plain(one) == _plain(other)


def _plain(store: Store) -> list[object]:
    image = store.columns.image()
    named = {name: [*image.names[name].names, None] for name in image.names}
    rows = [[named[name][n] for n in image[name].tolist()] if name in named else image[name].tolist() for name in SHAPE]
    topics = sorted((int(r), named["topic"][t]) for r, t in zip(image.topic_row, image.topic, strict=True))
    coded = zip(image.code_row, image.code, image.by, strict=True)
    return [*rows, topics, sorted((int(r), named["code"][c], int(b)) for r, c, b in coded)]


def test_the_next_process_reads_no_statement(filled: Store, beside: Path) -> None:
    with another(filled, beside) as (store, read):
        assert read == []
        assert same(store, filled) and store.columns.image().size > 100
        assert all(len(getattr(store.columns.image(), name)) for name in PAIRS)


def test_it_reads_what_has_changed_since(filled: Store, beside: Path) -> None:
    with filled.transaction() as connection:
        key = connection.execute(select(statements.c.id).order_by(statements.c.key).limit(1)).scalar_one()
        connection.execute(update(statements).where(statements.c.id == key).values(depth=7, speaker_actor="actor-new"))
    with another(filled, beside) as (store, read):
        assert len(read) == 1 and "document_id IN" in read[0]
        assert same(store, filled)
        assert np.count_nonzero(store.columns.image()["depth"] == 7) == 1


def test_of_very_many_changes_none_is_passed_over_for_a_mark_among_them(filled: Store, tmp_path: Path) -> None:
    reader = Store(filled.where)
    before = reader.columns.image()
    pages = [f"{n:015x}" for n in range(FEW)]  # documents that changed and hold nothing
    with filled.transaction() as connection:
        at = connection.execute(select(func.max(touched.c.at))).scalar_one()
        connection.execute(touched.insert(), [{"document_id": p, "at": at + n + 1} for n, p in enumerate(pages)])
        connection.execute(touched.insert().values(document_id="columns:0123456789abcdef", at=at + FEW // 2))
    with filled.transaction() as connection:
        key = connection.execute(select(statements.c.id).order_by(statements.c.key).limit(1)).scalar_one()
        connection.execute(update(statements).where(statements.c.id == key).values(depth=7))
    assert np.count_nonzero(reader.columns.image()["depth"] == 7) == 1 and before.size == reader.columns.image().size
    assert same(reader, filled)
    reader.close()


def test_where_no_file_can_be_written_the_older_ones_stay(filled: Store, beside: Path, tmp_path: Path) -> None:
    for number in range(6):
        store = Store(filled.where, beside=tmp_path / "gone" / f"{number}.index")
        store.columns.keep(least=1)
        store.close()
    with another(filled, beside) as (_, read):
        assert read == []


def test_a_draft_of_a_killed_process_is_taken_away(filled: Store, tmp_path: Path) -> None:
    filled.beside = tmp_path / "columns.index"
    ended = subprocess.Popen(["true"])
    ended.wait()
    draft = tmp_path / f"columns.index.{ended.pid}.0123abcd.part"
    draft.write_bytes(b"half")
    filled.columns.keep(least=1)
    assert not draft.exists() and filled.beside.exists()


def test_after_a_bulk_load_everything_is_read_anew(filled: Store, beside: Path) -> None:
    with filled.bulk_load() as load:
        load.rows("outlets", [dict(NEW_OUTLET)])
    with another(filled, beside) as (store, read):
        assert len(read) == 1 and "document_id IN" not in read[0]
        assert same(store, filled)


@pytest.mark.parametrize("harm", ["cut", "empty", "noise", "array", "gone", "folder"])
def test_a_damaged_file_is_as_if_there_were_none(filled: Store, beside: Path, harm: str) -> None:
    data = beside.read_bytes()
    beside.unlink()
    if harm == "folder":
        beside.mkdir()
    elif harm == "array":
        with beside.open("wb") as file:
            np.save(file, np.arange(3))
    elif harm != "gone":
        beside.write_bytes({"cut": data[: len(data) // 2], "empty": b"", "noise": bytes(range(256)) * 40}[harm])
    with another(filled, beside) as (store, read):
        assert len(read) == 1 and same(store, filled)


def test_a_file_of_another_store_is_not_taken_up(
    filled: Store, beside: Path, new_place: Callable[[], Path | str]
) -> None:
    empty = Store(new_place())
    with another(empty, beside) as (store, read):
        assert len(read) == 1 and store.columns.image().size == 0
    empty.close()


def test_an_older_database_put_in_its_place_is_read_anew(filled: Store, tmp_path: Path) -> None:
    if filled.dialect != "sqlite":
        pytest.skip("a file is put in place of another")
    assert isinstance(filled.where, Path)
    filled.beside = beside = tmp_path / "columns.index"
    older = tmp_path / "older.sqlite"
    with sqlite3.connect(filled.where) as source, sqlite3.connect(older) as target:
        source.backup(target)
    with filled.transaction() as connection:
        connection.execute(update(statements).values(depth=3))
    filled.columns.keep(least=1)
    shutil.copy(older, tmp_path / "again.sqlite")
    restored = Store(tmp_path / "again.sqlite")
    # As many changes as the newer one had: its file would fit by its number alone.
    with restored.transaction() as connection:
        connection.execute(update(statements).values(depth=5))
    with another(restored, beside) as (store, read):
        assert len(read) == 1 and same(store, restored)
        assert set(store.columns.image()["depth"].tolist()) == {5}
    restored.close()


def test_small_desks_keep_no_file(filled: Store, tmp_path: Path) -> None:
    filled.beside = tmp_path / "columns.index"
    filled.columns.keep()
    assert not filled.beside.exists()


def test_few_marks_are_left_in_the_store(filled: Store, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.index" for n in range(6)]
    for file in files:
        store = Store(filled.where, beside=file)
        store.columns.keep(least=1)
        store.close()
    whole = []
    for file in files:
        with another(filled, file) as (_, read):
            whole.append(len(read))
    assert sum(whole) == 2  # the two oldest; which of equal ones is the oldest, nobody knows
