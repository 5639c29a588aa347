"""`sayso store migrate`: a desk's records go to PostgreSQL and back, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_store import document, keep, statement

from postgres_server import Server
from sayso.cli import run
from sayso.desk import Desk
from sayso.records import Coding
from sayso.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Desk.create(tmp_path / "desk") as desk:
        for number in range(5):
            page = replace(document(f"Ship {number}: the union said that it will wait.\n"), path=f"{number}.txt")
            page = replace(page, sha256=f"{number:064x}")
            found = statement(page, "it will wait")
            keep(desk.store, page, found)
        desk.store.people.code(Coding(found.id, "approach", "promise", "ana", memo="sure"))
        desk.store.people.undo(desk.store.people.code(Coding(found.id, "approach", "threaten", "ana")))
        return desk.folder


def test_there_and_back(folder: Path, postgresql: Server, capsys: pytest.CaptureFixture[str]) -> None:
    with Desk.open(folder) as desk:
        before = desk.store.fingerprint()
    address = postgresql.empty()
    assert run(["store", "migrate", "--to", address, "--desk", str(folder)]) == 0
    said = capsys.readouterr()
    assert said.out == "" and "5 statements among them" in said.err and "desk.sqlite" in said.err
    with Desk.open(folder) as desk:
        assert desk.store.dialect == "postgresql"
        assert desk.store.fingerprint() == before
        assert desk.conflicts == []
    (folder / "desk.sqlite").rename(folder / "old.sqlite")
    assert run(["store", "migrate", "--to", "file", "--desk", str(folder)]) == 0
    with Desk.open(folder) as desk:
        assert desk.store.dialect == "sqlite"
        assert desk.store.fingerprint() == before
        assert len(desk.store.people.codings(next(iter(desk.statements(code="promise"))).statement.id)) == 2


def test_a_store_that_holds_records_is_left_alone(
    folder: Path, postgresql: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(postgresql.migrated())
    keep(store, document())
    assert run(["store", "migrate", "--to", str(store.where), "--desk", str(folder)]) == 1
    assert "holds records already" in capsys.readouterr().err
    assert store.documents.count() == 1
    store.close()
    with Desk.open(folder) as desk:
        assert desk.store.dialect == "sqlite"


@pytest.mark.parametrize("to", ["mysql://x/y", "mysql://a:s3cret@x/y", "nowhere", "", "file"])
def test_a_place_that_cannot_be_meant(folder: Path, to: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["store", "migrate", "--to", to, "--desk", str(folder)]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1 and "s3cret" not in said


def test_a_password_is_not_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["store", "migrate", "--to", "postgresql://a:s3cret@127.0.0.1:1/x", "--desk", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "s3cret" not in said and "127.0.0.1:1" in said


def test_a_backup_says_that_the_records_are_elsewhere(
    folder: Path, postgresql: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["backup", str(folder.parent / "a.zip"), "--desk", str(folder)]) == 0
    assert "not in it" not in capsys.readouterr().err
    assert run(["store", "migrate", "--to", postgresql.empty(), "--desk", str(folder)]) == 0
    capsys.readouterr()
    assert run(["backup", str(folder.parent / "b.zip"), "--desk", str(folder)]) == 0
    assert "not in it: the desk's records, which lie in postgresql://" in capsys.readouterr().err


def test_settings_without_the_key_get_it_above_all_tables(folder: Path, postgresql: Server) -> None:
    (folder / "sayso.toml").write_text('# mine\n[desk]\nname = "store = x"\n')
    assert run(["store", "migrate", "--to", postgresql.empty(), "--desk", str(folder)]) == 0
    with Desk.open(folder) as desk:
        assert (desk.name, desk.store.dialect) == ("store = x", "postgresql")
