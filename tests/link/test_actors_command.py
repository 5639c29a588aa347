"""`sayso actors`: what changes the desk's actors, and takes it back."""

import json
from pathlib import Path

import pytest

from sayso.cli import run

ENTITIES = """{"id": "quell", "schema": "Person", "properties": {"name": ["Martha Quell"], "alias": ["Quell"]}}
{"id": "lang", "schema": "Person", "properties": {"name": ["Peter Lang"]}}
"""


def exported(desk: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    capsys.readouterr()
    assert run(["actors", "export", "--desk", str(desk)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {row["id"]: [*row["properties"]["name"], *row["properties"].get("alias", [])] for row in rows}


def test_import_merge_undo_split(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk, file = tmp_path / "desk", tmp_path / "entities.jsonl"
    file.write_text(ENTITIES, encoding="utf-8")
    assert run(["new", str(desk)]) == 0
    assert run(["actors", "import", str(file), "--desk", str(desk)]) == 0
    before = exported(desk, capsys)
    assert before["quell"] == ["Martha Quell", "Quell"]
    assert run(["actors", "merge", "quell", "lang", "--desk", str(desk)]) == 0
    assert exported(desk, capsys)["quell"] == ["Martha Quell", "Quell", "Peter Lang"]
    assert run(["actors", "undo", "--desk", str(desk)]) == 0
    assert exported(desk, capsys) == before
    assert run(["actors", "split", "quell", "q2", "--alias", "Quell", "--desk", str(desk)]) == 0
    assert exported(desk, capsys)["q2"] == ["Quell"]


@pytest.mark.parametrize("words", [["merge", "nobody", "else"], ["undo"], ["import", "missing.jsonl"]])
def test_misuse_is_one_line_and_status_two(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = tmp_path / "desk"
    assert run(["new", str(desk)]) == 0
    capsys.readouterr()
    assert run(["actors", *words, "--desk", str(desk)]) == 2
    assert capsys.readouterr().err.strip().count("\n") == 0


def test_a_circle_in_an_import_is_named_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk, file = tmp_path / "desk", tmp_path / "entities.jsonl"
    links = [
        {"id": f"{a}{b}", "schema": "UnknownLink", "properties": {"subject": [a], "object": [b]}}
        for a, b in (("quell", "lang"), ("lang", "quell"))
    ]
    file.write_text(ENTITIES + "".join(json.dumps(link) + "\n" for link in links), encoding="utf-8")
    run(["new", str(desk)])
    capsys.readouterr()
    assert run(["actors", "import", str(file), "--desk", str(desk)]) != 0
    message = capsys.readouterr().err.strip().splitlines()[-1]
    assert "entities.jsonl:1" in message
    assert "circle" in message
    assert exported(desk, capsys) == {}


def test_where_nobody_is_to_be_suggested_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", str(tmp_path / "desk")]) == 0
    capsys.readouterr()
    assert run(["actors", "suggest", "--desk", str(tmp_path / "desk")]) == 0
    out, err = capsys.readouterr()
    assert out == "" and "--least" in err
