"""A desk works in its own database and in no other's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from postgres_server import Server
from sayso.cli import run
from sayso.desk import Desk


@pytest.fixture
def new(tmp_path: Path) -> Callable[[str, str], Path]:
    def make(name: str, place: str) -> Path:
        Desk.create(tmp_path / name).close()
        settings = tmp_path / name / "sayso.toml"
        settings.write_text(settings.read_text().replace('store = ""', f'store = "{place}"'))
        return tmp_path / name

    return make


def test_another_desks_database_is_refused_and_stays_as_it_was(
    new: Callable[[str, str], Path], postgresql: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    place = postgresql.migrated()
    first, second = new("first", place), new("second", place)
    (first / "actors.yaml").write_text("actors:\n- {id: union, name: Harbour Union, kind: organization}\n")
    with Desk.open(first) as desk:
        before = desk.store.fingerprint()
    for command in (["statements"], ["run"], ["settings", "import", "--force"]):
        assert run([*command, "--desk", str(second)]) == 2
        said = capsys.readouterr()
        assert said.out == "" and said.err.count("\n") == 1
        assert "holds the records of another desk: name a database of its own" in said.err
    with Desk.open(first) as desk:
        assert desk.store.fingerprint() == before


def test_a_desk_that_was_copied_moved_or_restored_is_the_same(
    new: Callable[[str, str], Path], postgresql: Server, tmp_path: Path
) -> None:
    first = new("first", postgresql.migrated())
    (tmp_path / "a.txt").write_text("The union said that it will wait.\n")
    assert run(["add", str(tmp_path / "a.txt"), "--desk", str(first)]) == 0
    shutil.copytree(first, tmp_path / "copied")
    (tmp_path / "copied" / "desk.id").unlink()  # it is known by its archive
    for folder in (first, tmp_path / "copied", first):
        assert run(["statements", "--desk", str(folder)]) == 0


def test_a_folder_that_lost_all_can_be_given_its_id(
    new: Callable[[str, str], Path], postgresql: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    first = new("first", postgresql.migrated())
    Desk.open(first).close()
    (first / "desk.id").unlink()
    assert run(["statements", "--desk", str(first)]) == 2
    its = capsys.readouterr().err.split(" write ")[1].split()[0]
    (first / "desk.id").write_text(its)
    assert run(["statements", "--desk", str(first)]) == 0


def test_an_id_that_is_none_is_one_line(
    new: Callable[[str, str], Path], postgresql: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    first = new("first", postgresql.migrated())
    (first / "desk.id").write_bytes(b"\xff\xfe")
    assert run(["statements", "--desk", str(first)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
