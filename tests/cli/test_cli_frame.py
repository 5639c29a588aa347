"""The command line as a whole: every command is explained, mistakes are one line, stdout carries data alone."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from sayso.cli import run
from sayso.cli._app import GROUPS, app
from sayso.cli.reference import commands, reference

REFERENCE = Path(__file__).parents[2] / "docs" / "cli.md"


def every_command() -> Iterator[tuple[str, object]]:
    yield from commands(typer.main.get_command(app()))


def test_every_command_and_option_is_explained() -> None:
    silent = []
    for name, command in every_command():
        if not (command.help or "").strip():  # type: ignore[attr-defined]
            silent.append(name)
        for parameter in command.params:  # type: ignore[attr-defined]
            if parameter.name not in ("help", "desk") and not getattr(parameter, "help", None):
                silent.append(f"{name} {parameter.name}")
    assert silent == []


def test_the_contract_commands_exist() -> None:
    have = {name for name, _ in every_command()}
    wanted = {
        "demo", "new", "add", "collect", "run", "statements", "code apply", "code review", "code learn",
        "code agreement", "shifts", "brief", "verify", "settings export", "settings import", "extract", "classify",
        "actors suggest",
    }  # fmt: skip
    assert wanted <= have


def test_the_reference_in_the_docs_is_that_of_the_program() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "run `python -m sayso.cli.reference > docs/cli.md`"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["nonsense"], 2, "No such command"),
        (["statements", "--format", "xml", "--desk", "DESK"], 2, "choose one of table, jsonl, csv"),
        (["statements", "--desk", "nowhere"], 2, "is no desk"),
        (["statements", "--since", "soon", "--desk", "DESK"], 2, "YYYY-MM-DD"),
        (["statements", "--topic", "weather", "--desk", "DESK"], 2, "no topic 'weather'"),
        (["shifts", "--actor", "a", "--desk", "DESK"], 2, "--topic"),
        (["shifts", "rows.csv"], 2, "--date"),
        (["brief", "--actor", "a", "--topic", "t", "-o", "b.exe", "--desk", "DESK"], 2, ".html"),
        (["new", "DESK"], 2, "is a desk already"),
        (["new", ""], 2, "the folder has no name"),
        (["collect", "--desk", "DESK"], 2, "no feeds"),
        (["add", "", "--desk", "DESK"], 2, "an empty name"),
        (["add", "DESK", "--desk", "DESK"], 2, "is a desk"),
    ],
)
def test_a_mistake_is_one_line_with_its_status(
    arguments: list[str], status: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = tmp_path / "desk"
    assert run(["new", str(desk)]) == 0
    capsys.readouterr()
    assert run([str(desk) if argument == "DESK" else argument for argument in arguments]) == status
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1 and says in printed.err and "Traceback" not in printed.err


@pytest.mark.parametrize("arguments", [[], ["archive"]])
def test_a_command_without_anything_shows_its_help_alone(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert "Usage: " in printed.out + printed.err and "sayso: " not in printed.err


def test_a_path_that_leads_to_nothing_is_told_and_not_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("The union said no.\n")
    desk = ["--desk", str(tmp_path / "desk")]
    assert run(["new", desk[1]]) == 0
    capsys.readouterr()
    gone = tmp_path / "gone.txt"
    assert run(["add", str(tmp_path / "a.txt"), str(gone), *desk]) == 2
    assert capsys.readouterr().err == f"sayso: {gone}: no such file or folder; nothing was taken in\n"
    assert run(["run", *desk]) == 0
    said = capsys.readouterr().err
    assert "gone.txt" not in said and "collected        0" in said


def test_a_fault_of_the_program_names_its_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sayso.desk import Desk

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("one\ntwo")

    monkeypatch.setattr(Desk, "create", broken)
    assert run(["new", str(tmp_path / "desk")]) == 1
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    log = Path(line.split("the details are in ")[1].split(",")[0])
    assert "ZeroDivisionError" in log.read_text()
    log.unlink()


def test_statements_of_an_empty_desk_are_data_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", str(tmp_path / "desk")]) == 0
    capsys.readouterr()
    assert run(["statements", "--format", "jsonl", "--desk", str(tmp_path / "desk")]) == 0
    assert capsys.readouterr().out == ""
    assert run(["statements", "--format", "csv", "--desk", str(tmp_path / "desk")]) == 0
    assert capsys.readouterr().out.startswith("id,date,speaker,")


def test_the_desk_is_found_from_a_folder_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["new", str(tmp_path / "desk")]) == 0
    below = tmp_path / "desk" / "notes" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert run(["statements"]) == 0
    assert "0 statements" in capsys.readouterr().out


def test_an_interrupt_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sayso.desk import Desk

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Desk, "create", interrupted)
    assert run(["new", str(tmp_path / "desk")]) == 130
    assert capsys.readouterr().err.strip() == "sayso: stopped; run it again to go on"


def test_a_database_that_others_hold_is_no_fault_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sayso.desk import Desk

    (tmp_path / "item.txt").write_text("The union said no.\n", encoding="utf-8")
    Desk.create(tmp_path / "desk").close()
    monkeypatch.setattr("sayso.store._engine.WAIT_MS", 100)
    other = sqlite3.connect(tmp_path / "desk" / "desk.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert run(["add", str(tmp_path / "item.txt"), "--desk", str(tmp_path / "desk")]) == 1
    finally:
        other.close()
    assert "the database gives no answer (database is locked); run it again to go on" in capsys.readouterr().err
    assert run(["add", str(tmp_path / "item.txt"), "--desk", str(tmp_path / "desk")]) == 0


def test_a_folder_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert run(["statements"]) == 2
    assert "is gone" in capsys.readouterr().err


def test_extract_waits_for_no_pipe_in_a_folder_and_names_addresses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "0").symlink_to("nowhere")
    (tmp_path / "a.txt").write_text("The union said on Monday that it would not sign the agreement.\n")
    assert run(["extract", str(tmp_path), "https://e.org/a"]) == 1
    out, err = capsys.readouterr()
    assert [json.loads(line)["document"]["title"] for line in out.splitlines()] == ["a"]
    assert [line.partition(": ")[2].removeprefix(str(tmp_path)) for line in sorted(err.splitlines())] == [
        "/0: No such file or directory (and 2 more, above)",
        "/pipe: not a regular file",
        "https://e.org/a: an address: take it into a desk (`sayso add`)",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["new", "LONG"],
        ["demo", "LONG"],
        ["extract", "LONG"],
        ["statements", "--desk", "LONG"],
        ["backup", "LONG", "--desk", "DESK"],
        ["restore", "BACKUP.zip", "LONG"],
        ["brief", "--actor", "a", "--topic", "t", "--desk", "DESK", "-o", "LONG.html"],
    ],
)
def test_a_name_longer_than_names_can_be_is_told(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "DESK"]) == 0
    (tmp_path / "DESK" / "actors.yaml").write_text("actors:\n  - {id: a, name: Ann}\n")
    (tmp_path / "DESK" / "topics.yaml").write_text("topics:\n  - {id: t, name: T, words: [t]}\n")
    capsys.readouterr()
    assert run([argument.replace("LONG", "n" * 300) for argument in arguments]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1 and printed.err.endswith(": File name too long\n")


def test_what_lies_in_a_folder_that_may_not_be_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.txt").write_text("The union said no.\n")
    assert run(["new", "desk"]) == 0
    capsys.readouterr()
    (tmp_path / "secret").chmod(0)
    if os.access(tmp_path / "secret", os.R_OK):
        pytest.skip("this user may open everything")
    try:
        for path in ("secret/a.txt", "secret"):
            assert run(["extract", path]) == 1
            assert capsys.readouterr().err == f"sayso: {path}: Permission denied\n"
            assert run(["add", path, "--desk", "desk"]) == 0
            assert capsys.readouterr().err.startswith(f"refused: {path}: cannot be opened: Permission denied\n")
    finally:
        (tmp_path / "secret").chmod(0o700)


def test_no_cell_of_the_statements_table_is_a_formula(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = "<title>=cmd|' /C calc'!A0</title><article><p>" + "“We will not sign it,” the union said on Monday. " * 4
    (tmp_path / "a.html").write_text(f"<html><body>{page}</p></article></body></html>")
    desk = ["--desk", str(tmp_path / "desk")]
    assert (
        run(["new", str(tmp_path / "desk")])
        == run(["add", str(tmp_path / "a.html"), *desk])
        == run(["run", *desk])
        == 0
    )
    capsys.readouterr()
    assert run(["statements", "--format", "csv", *desk]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert rows and all(row["chain"].startswith("'=cmd") for row in rows)


def test_help_loads_none_of_the_heavy_libraries() -> None:
    program = (
        "import sys; from sayso.cli import run; run(['--help']); run(['extract', '--help']); "
        "print([m for m in ('numpy', 'onnxruntime', 'sqlalchemy', 'httpx', 'trafilatura') if m in sys.modules], "
        "file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.stderr.strip() == "[]"


def test_the_public_names_of_the_package() -> None:
    import sayso

    assert sayso.__all__ == [
        "ActorIndex", "Codebook", "Desk", "SaysoError", "classify", "extract", "extract_many", "process", "read",
        "segment",
    ]  # fmt: skip
    assert all(hasattr(sayso, name) for name in sayso.__all__)


def test_extract_names_what_it_cannot_read_and_prints_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, odd = tmp_path / "good.txt", tmp_path / "odd\nname.txt"
    good.write_text("The minister said that the bridge would close in May.\n")
    odd.write_text("")
    assert run(["extract", str(odd), str(good), str(tmp_path / "absent.txt"), "--text"]) == 1
    printed = capsys.readouterr()
    objects = [json.loads(line) for line in printed.out.splitlines()]
    assert [each["document"]["path"] for each in objects] == [str(good)]
    assert objects[0]["document"]["text"] == good.read_text()
    assert "absent.txt" in printed.err and "odd\\nname.txt: empty file" in printed.err


def test_every_command_is_found_in_the_module_that_the_program_starts_with() -> None:
    """A command that is named starts with its own module alone: the table of modules must tell the truth."""
    for group, names in GROUPS.items():
        alone = typer.main.get_command(app(names[0]))
        assert set(alone.commands) == set(names), group  # type: ignore[attr-defined]
    whole = typer.main.get_command(app())
    assert set(whole.commands) == {name for names in GROUPS.values() for name in names}  # type: ignore[attr-defined]
