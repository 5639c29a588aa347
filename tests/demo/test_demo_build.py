"""`sayso demo`, the whole way: the brief finds the change of line, and a second run changes nothing."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest

import sayso
from sayso.cli import run
from sayso.demo import Demo, build
from sayso.desk import Desk
from sayso.errors import SaysoError, UsageError


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return build(tmp_path_factory.mktemp("demo") / "port")


def test_the_brief_finds_the_change_of_line(demo: Demo) -> None:
    shifts = [turn.shift for turn in demo.brief.turns]
    near = [s for s in shifts if s.interval[0] <= dt.date(2025, 3, 11) and s.interval[1] >= dt.date(2025, 2, 14)]
    assert near and max(shift.probability for shift in near) > 0.8
    hard = sum(near[0].before.get(code, 0) for code in ("threaten", "reject", "accuse", "warn", "sanction"))
    kind = sum(near[0].after.get(code, 0) for code in ("promise", "agree", "support", "yield", "praise"))
    assert hard > 2 * sum(near[0].after.get(code, 0) for code in ("reject", "accuse", "warn", "sanction"))
    assert kind > sum(near[0].before.get(code, 0) for code in ("promise", "agree", "support", "yield", "praise"))


def test_the_collection_comes_through_whole(demo: Demo) -> None:
    assert demo.summary.refused == ()
    assert demo.summary.read == 34
    assert demo.summary.copies == 3
    assert demo.summary.mentioned > 5
    assert max(demo.summary.depths) >= 3
    assert len(demo.brief.statements) >= 50


def test_the_summary_names_the_page(demo: Demo) -> None:
    told = list(demo.lines())
    assert told[-1] == f"brief: {demo.page}"
    assert any(line.startswith("shift: 2025-0") for line in told)
    assert len(told) < 10


def test_every_number_of_the_headline_has_its_statements_on_the_page(demo: Demo) -> None:
    page = lxml.html.document_fromstring(demo.page.read_text(encoding="utf-8"))
    links = page.xpath('//p[@class="headline"]/a')
    assert len(links) >= 4
    for link in links:
        (note,) = page.xpath(f'//*[@id="{link.get("href")[1:]}"]')
        entries = [entry.get("href")[1:] for entry in note.iter("a")]
        assert entries and all(page.xpath(f'//*[@id="{entry}"]') for entry in entries)


def test_an_outlet_is_left_out_by_any_of_its_names_and_a_wrong_name_is_refused(demo: Demo) -> None:
    with Desk.open(demo.folder) as desk:
        whole = desk.shifts("union", "individual-contracts").statements
        names = ("Brenholt Courier", "brenholt courier", "the Courier")
        left = {desk.shifts("union", "individual-contracts", without=[name]).statements for name in names}
        assert len(left) == 1 and left.pop() < whole
        with pytest.raises(UsageError, match="no outlet 'Brenholt Carrier': the nearest names are 'Brenholt Courier'"):
            desk.shifts("union", "individual-contracts", without=["Brenholt Carrier"])


def test_a_second_run_changes_nothing(demo: Demo) -> None:
    with Desk.open(demo.folder) as desk:
        before = desk.store.fingerprint()
    again = build(demo.folder)
    with Desk.open(demo.folder) as desk:
        assert desk.store.fingerprint() == before
    assert again.brief.statements == demo.brief.statements


def test_another_desk_is_left_alone(tmp_path: Path) -> None:
    Desk.create(tmp_path / "mine").close()
    actors = tmp_path / "mine" / "actors.yaml"
    actors.write_text("actors:\n  - id: me\n    name: Me\n", encoding="utf-8")
    with pytest.raises(UsageError, match="another desk"):
        build(tmp_path / "mine")
    assert "name: Me" in actors.read_text(encoding="utf-8")


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    for name in ("brief.html", "topics.yaml", "codebook.yaml"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="name an empty folder"):
        build(tmp_path)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == dict.fromkeys(
        ("brief.html", "topics.yaml", "codebook.yaml"), "mine"
    )


def test_a_new_desk_is_not_made_the_demos(tmp_path: Path) -> None:
    Desk.create(tmp_path / "mine").close()
    with pytest.raises(UsageError, match=r"another desk \(sayso.toml is not the demo's\)"):
        build(tmp_path / "mine")


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(SaysoError, match="file"):
        build(tmp_path / "file")


def keys_of(value: object) -> Iterator[str]:
    """Every key of a JSON value, whatever lies in it."""
    for key, inside in value.items() if isinstance(value, dict) else ():
        yield key
        yield from keys_of(inside)
    for inside in value if isinstance(value, list) else ():
        yield from keys_of(inside)


def test_every_field_of_the_json_is_explained(demo: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    told = {name for pair in re.findall(r"`(\w+)`|\"(\w+)\":", page) for name in pair}
    assert run(["statements", "--desk", str(demo.folder), "--format", "jsonl"]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(printed) > 100
    extract = sayso.extract("“We will not sign,” Nina Holt said in a letter of 2 May.", with_text=True)
    found = set(keys_of(printed)) | set(keys_of(extract))
    assert len(found) > 40 and found <= told
