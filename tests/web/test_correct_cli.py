"""`sayso correct`: what the reader does, from a terminal; and the facets of `sayso statements`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_engines import ENGINES
from team import copy_folder

from sayso.cli import run
from sayso.desk import Desk
from sayso.records import Outlet

Say = Callable[..., Any]


@pytest.fixture
def say(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    folder = str(copy_folder(desk, tmp_path / "desk"))

    def do(*arguments: str, status: int = 0) -> Any:
        capsys.readouterr()
        assert run([*arguments, "--desk", folder]) == status
        out, err = capsys.readouterr()
        return err if status else [json.loads(line) for line in out.splitlines()]

    return do


def listed(say: Say, *facets: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = say("statements", "--format", "jsonl", *facets)
    return found


def test_a_statement_is_corrected_listed_and_set_back(say: Say) -> None:
    key = listed(say, "--actor", "union")[0]["id"]
    made = say("correct", "set", key, "--speaker", "Port Authority", "--date", "2024-W09", "--person", "ana")
    assert [(each["what"], each["person"]) for each in made] == [("speaker", "ana"), ("date", "ana")]
    (now,) = [each for each in listed(say) if each["id"] == key]
    assert now["speaker"]["actor"] == "authority" and now["date"]["value"] == "2024-W09"
    stale = say("correct", "set", key, "--kind", "direct", "--seen", "an older version", status=1)
    assert "was changed meanwhile" in stale and "speaker by ana" in stale
    assert say("correct", "set", key, "--kind", "direct", "--seen", made[0]["version"])[0]["after"] == "direct"
    for each in say("correct", "list", key):
        say("correct", "undo", each["id"])
    (back,) = [each for each in listed(say) if each["id"] == key]
    assert back["speaker"]["actor"] == "union" and back["corrected"] == []
    assert all(each["undone_at"] and not each["holds"] for each in say("correct", "list"))


def test_words_are_attributed_by_hand_and_taken_away_again(say: Say) -> None:
    document = listed(say)[0]["document"]["path"]
    (made,) = say(
        "correct", "add", document, "--content", "they will be expelled", "--source", "Harbour Union", "--speaker",
        "union", "--item", "their song", "--medium", "song", "--outlet", "The Hook",
    )  # fmt: skip
    assert made["content"][0]["text"] == "they will be expelled" and made["speaker"]["actor"] == "union"
    assert (made["item"]["medium"], made["item"]["outlet"]) == ("song", "The Hook")
    assert [each["id"] for each in listed(say, "--made", "person")] == [made["id"]]
    assert [each["id"] for each in listed(say, "--medium", "song")] == [made["id"]]
    assert [each["what"] for each in say("correct", "list", document)] == ["attribution"]
    (gone,) = say("correct", "remove", made["id"])
    assert gone["what"] == "rejected" and listed(say, "--made", "person") == []
    say("correct", "undo", gone["id"])
    say("correct", "undo", made["id"])
    assert listed(say, "--made", "person") == []


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        (("correct", "set", "nothing", "--kind", "direct"), 2, "no statement"),
        (("correct", "set", "STATEMENT", "--date", "soon"), 2, "is no date"),
        (("correct", "set", "STATEMENT", "--content", "words that stand nowhere"), 2, "do not stand in the text"),
        (("correct", "set", "STATEMENT", "--medium", "song"), 2, "name it with --item"),
        (("correct", "add", "no/such/document", "--content", "x"), 2, "no document"),
        (("correct", "undo", "nothing"), 2, "no correction"),
        (("statements", "--made", "elves"), 2, "choose one of"),
        (("statements", "--kind", "loud"), 2, "choose one of"),
        (("statements", "--outlet", "The Hok"), 2, "the nearest name is 'The Hook'"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_line(
    say: Say, arguments: tuple[str, ...], status: int, why: str
) -> None:
    key = listed(say)[0]["id"]
    told = say(*(key if each == "STATEMENT" else each for each in arguments), status=status)
    assert why in told and told.count("\n") == 1


def test_an_outlet_is_found_however_its_name_is_typed(say: Say, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("The minister said the quay would close.", encoding="utf-8")
    page.with_name("page.txt.sidecar.json").write_text('{"outlet": "Kelda Post"}', encoding="utf-8")
    with Desk.open(tmp_path / "desk") as own:
        own.add([str(page)])
        own.run(engines=ENGINES)
        settings = own.store.settings
        settings.put_outlets([*settings.outlets(), Outlet("kelda", "The Kelda Post", ("Kelda Post", "KP"))])
    found = listed(say, "--outlet", "Kelda Post")
    assert found and {each["document"]["path"] for each in found} == {found[0]["document"]["path"]}
    for name in ("kelda post", "KP", "The Kelda Post"):
        assert listed(say, "--outlet", name) == found


def test_the_facets_of_the_command_line_are_those_of_the_page(say: Say, client: Any) -> None:
    facets = client.get("/search.json").json()["facets"]
    assert {name for name, values in facets.items() if values} >= {"medium", "kind", "depth", "made", "by"}
    for name in ("outlet", "medium", "language", "kind", "depth", "made", "by"):
        for each in facets[name][:3]:
            assert len(listed(say, f"--{name}", each["value"])) == each["statements"], (name, each)


def test_each_denominator_is_a_search(say: Say, client: Any) -> None:
    figures = client.get("/.json").json()["figures"]
    for stage, name in (
        ("attributed", "statements"), ("coded", "coded"), ("unsure", "unsure"), ("undated", "undated"),
        ("unknown", "unknown_speakers"), ("repeated", "repeated"),
    ):  # fmt: skip
        assert client.get(f"/search.json?stage={stage}").json()["page"]["total"] == figures[name], stage
        assert len(listed(say, "--stage", stage)) == figures[name], stage
