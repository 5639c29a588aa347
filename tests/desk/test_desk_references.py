"""Reference texts in a desk's folder: quotations get their place, follow changed texts, and appear in JSON."""

import json
from pathlib import Path

import pytest
from small_engines import ENGINES

from sayso.cli import run as sayso
from sayso.desk import Desk
from sayso.desk.statements import statement_object
from sayso.errors import SettingsError

CHARTER = (
    "1. We bind ourselves to one another, and to no master.\n\n"
    "2. Let none who leaves the line in the hour of need be counted in the line again.\n"
)
PAGE = (
    "Peter Lang said “let none who leaves the line … be counted in the line again” at the gate.\n\n"
    "Martha Quell said the port would open on Monday.\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.create(tmp_path / "desk")
    (tmp_path / "page.txt").write_text(PAGE, encoding="utf-8")
    desk.add([str(tmp_path / "page.txt")])
    return desk


def places(desk: Desk) -> dict[str, list[tuple[str, str, str]]]:
    objects = [statement_object(desk, found) for found in desk.statements()]
    return {o["speaker"]["name"]: [(q["work"], q["section"], q["verdict"]) for q in o["quotes"]] for o in objects}


def test_quotations_are_marked_and_follow_the_texts(desk: Desk) -> None:
    desk.run(engines=ENGINES)
    assert places(desk) == {"Peter Lang": [], "Martha Quell": []}
    folder = desk.folder / "references"
    folder.mkdir()
    (folder / "quay_charter.txt").write_text(CHARTER, encoding="utf-8")
    desk.run(engines=ENGINES)
    assert places(desk) == {"Peter Lang": [("quay charter", "2", "shortened")], "Martha Quell": []}
    (folder / "quay_charter.txt").unlink()
    with Desk.open(desk.folder) as again:
        again.run(engines=ENGINES)
        assert places(again)["Peter Lang"] == []


def test_statements_as_json_lines_have_their_places_and_order(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (desk.folder / "references").mkdir()
    (desk.folder / "references" / "charter.md").write_text(CHARTER, encoding="utf-8")
    desk.run(engines=ENGINES)
    capsys.readouterr()
    assert sayso(["statements", "--format", "jsonl", "--desk", str(desk.folder)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (quoted,) = [row for row in rows if row["quotes"]]
    (place,) = quoted["quotes"]
    assert CHARTER[place["start"] : place["end"]] == place["text"]
    assert {row["order"] for row in rows} == {None}


def test_the_folder_stays_inside_the_desk(desk: Desk) -> None:
    (desk.folder / "sayso.toml").write_text('[link]\nreferences = "../elsewhere"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"sayso\.toml:2: link\.references"):
        Desk.open(desk.folder)
