"""`sayso items`: what was published is listed; two mentions become one, two again, and all of it is taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sayso.cli import run

TEXT = """The dockers' union threatened a strike on Monday.

“We will not sign,” the union wrote on Tuesday.

It warned that the port would stand still.
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("items")
    (folder / "page.txt").write_text(TEXT, encoding="utf-8")
    assert run(["new", str(folder / "desk")]) == 0
    assert run(["add", str(folder / "page.txt"), "--desk", str(folder / "desk")]) == 0
    assert run(["run", "--desk", str(folder / "desk")]) == 0
    return folder / "desk"


def asked(desk: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run([*words, "--desk", str(desk)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def letters(desk: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Two mentions of a letter, each named by a person as the item of a statement."""
    held = {each["title"] for each in asked(desk, capsys, "items", "list", "--medium", "letter")}
    for words, name in (
        ("We will not sign", "A first letter"),
        ("the port would stand still", "that letter of theirs"),
    ):
        if name not in held:
            given = f"--source|the union|--content|{words}|--item|{name}|--medium|letter|--speaker|union".split("|")
            sha256 = asked(desk, capsys, "statements", "--format", "jsonl")[0]["document"]["sha256"]
            asked(desk, capsys, "correct", "add", sha256, *given)
    found = asked(desk, capsys, "items", "list", "--show", "mentioned", "--medium", "letter")
    return [each["id"] for each in sorted(found, key=lambda each: each["title"])]


def test_listed_merged_kept_split_and_taken_back(
    desk: Path, letters: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = letters
    merged = asked(desk, capsys, "items", "merge", first, second)[0]
    assert merged["item"] == first
    assert [e["id"] for e in asked(desk, capsys, "items", "list", "--medium", "letter")] == [first]
    assert run(["run", "--desk", str(desk)]) == 0
    assert [e["id"] for e in asked(desk, capsys, "items", "list", "--medium", "letter")] == [first]
    assert asked(desk, capsys, "items", "split", second)[0]["item"] == second
    assert {e["id"] for e in asked(desk, capsys, "items", "list", "--medium", "letter")} == {first, second}
    assert asked(desk, capsys, "items", "undo") == []
    assert [e["id"] for e in asked(desk, capsys, "items", "list", "--medium", "letter")] == [first]
    assert asked(desk, capsys, "items", "undo", merged["decision"]) == []
    assert {e["id"] for e in asked(desk, capsys, "items", "list", "--medium", "letter")} == {first, second}


def test_held_items_are_listed_apart(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = asked(desk, capsys, "items", "list", "--show", "held")
    assert [each["held"] for each in held] == [True] and held[0]["document"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["merge", "nothing", "else"], "there is no item"),
        (["split", "nothing"], "there is no item"),
        (["undo", "nothing"], "no merge or split"),
        (["undo"], "to undo"),
        (["list", "--show", "all"], "held, mentioned"),
    ],
)
def test_misuse_is_one_line_and_status_two(
    desk: Path, letters: list[str], words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["items", *words, "--desk", str(desk)]) == 2
    said = capsys.readouterr()
    assert says in said.err and len(said.err.splitlines()) == 1 and said.out == ""
