"""Settings files: mistakes are named with file, line and key; newer edits on either side are never lost in silence."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sayso.archive import backup
from sayso.desk import Desk
from sayso.desk.files import dump_actors, dump_outlets, dump_topics, parse_actors, parse_outlets, parse_topics
from sayso.desk.settings import Settings, template
from sayso.errors import SaysoError, SettingsError, UsageError
from sayso.records import Actor

MakeDesk = Callable[[str], Desk]


def test_a_new_desk_explains_every_key(tmp_path: Path) -> None:
    Desk.create(str(tmp_path / 'a "desk"')).close()  # a name will do for a path
    text = (tmp_path / 'a "desk"' / "sayso.toml").read_text(encoding="utf-8")
    lines = text.splitlines()
    keys = [number for number, line in enumerate(lines) if line and line[0].isalpha()]
    assert len(keys) >= 15
    assert all(lines[number - 1].startswith("# ") for number in keys)
    assert Settings.load(tmp_path / 'a "desk"' / "sayso.toml").desk.name == 'a "desk"'


@pytest.mark.parametrize("name", ["actors", "outlets", "topics", "codebook"])
def test_a_new_desk_writes_over_no_settings(tmp_path: Path, name: str) -> None:
    mine = tmp_path / f"{name}.yaml"
    mine.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(UsageError, match=f"holds {name}.yaml already"):
        Desk.create(tmp_path)
    assert mine.read_text(encoding="utf-8") == "# mine\n"
    assert list(tmp_path.iterdir()) == [mine]


def test_a_desk_that_may_not_be_written_says_so(tmp_path: Path) -> None:
    Desk.create(tmp_path / "desk").close()
    (tmp_path / "desk").chmod(0o555)
    if os.access(tmp_path / "desk", os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(SaysoError, match=f"you may not write in {tmp_path / 'desk'}"):
        Desk.open(tmp_path / "desk")
    with pytest.raises(SaysoError, match=f"you may not write in {tmp_path / 'desk'}"):
        backup(tmp_path / "desk", tmp_path / "backup.zip")
    assert not list(tmp_path.glob("backup.zip*"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("workers = 2", "workers = 0", "read.workers: Input should be greater than or equal to 1"),
        ("workers = 2", 'workers = "two"', "read.workers: "),
        ("workers = 2", "wokers = 2", "read.wokers: no such key"),
        ("[read]", "[reed]", "reed: no such key"),
        ("workers = 2", "workers = ", "not valid TOML"),
    ],
)
def test_a_mistake_in_sayso_toml_names_file_line_and_key(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "sayso.toml"
    path.write_text(template("desk").replace(old, new), encoding="utf-8")
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if text == new.rstrip("\n"))
    with pytest.raises(SettingsError) as raised:
        Settings.load(path)
    assert str(raised.value).startswith(f"{path}:{line}: ") and says in str(raised.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("actors:\n  - id: a\n    kind: group\n", "actors.yaml:2: actors[0].name: is missing"),
        ("actors:\n  - id: a\n    name: A\n    knd: x\n", "actors.yaml:4: actors[0].knd: no such key"),
        ("actors:\n  - {id: a, name: A}\n  - {id: a, name: B}\n", "actors.yaml:3: actor id 'a' is used twice"),
        ("actors:\n  - {id: a, name: A, part_of: b}\n", "actors.yaml:2: part_of of actor 'a' names 'b'"),
        ("actors:\n  - id: a\n    name: A\n    valid_from: 2014-13-01\n", "actors.yaml:4: actors[0].valid_from"),
        ("actors:\n  - id: a\n    id: b\n", "actors.yaml:3: key 'id' stands twice"),
        ("actors: [\n", "actors.yaml:2: not valid YAML"),
        ("people: []\n", "actors.yaml:1: people: no such key"),
        ("- a\n", "actors.yaml: must have one key"),
        ("actors:\n  - {id: a b, name: A}\n", "actors.yaml:2: actors[0].id"),
        (
            "actors:\n  - id: a\n    name: A\n    aliases: NSF\n",
            "actors.yaml:4: actors[0].aliases: must be a list: [NSF]",
        ),
        (
            "actors:\n  - {id: no, name: A}\n",
            "actors.yaml:2: actors[0].id: is read as yes or no, not as text: put it in quotes",
        ),
        (
            "actors:\n  - id: a\n    name: A\n    aliases: [NO]\n",
            "actors.yaml:4: actors[0].aliases[0]: is read as yes or no",
        ),
        (
            "actors:\n  - {id: 7, name: A}\n",
            "actors.yaml:2: actors[0].id: is read as a number, not as text: put it in quotes",
        ),
    ],
)
def test_a_mistake_in_actors_yaml_names_file_line_and_key(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse_actors(text)
    assert says in str(raised.value)


def test_a_topic_with_an_unknown_actor_is_refused_at_its_line() -> None:
    with pytest.raises(SettingsError, match=r"topics.yaml:4: topics\[0\].actors\[0\]: 'x' is no actor's id"):
        parse_topics("topics:\n  - id: t\n    name: T\n    actors: [x]\n", [])


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("description: All of it.", "topics.yaml:2: topics[0]: would find every statement"),
        ("none: [weather]", "topics.yaml:2: topics[0]: would find every statement"),
        (
            "query: ceasefire NEAR/x road",
            "topics.yaml:4: topics[0].query: 'NEAR/x' is no operator: write it like NEAR/5",
        ),
        ("query: ceasefire NEAR road", "topics.yaml:4: topics[0].query: 'NEAR' is no operator"),
    ],
)
def test_a_topic_that_finds_what_was_not_meant_is_refused_at_its_line(entry: str, says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse_topics(f"topics:\n  - id: t\n    name: T\n    {entry}\n", [])
    assert says in str(raised.value)


@pytest.mark.parametrize("domain", ["https://x.example/", "x.example/news", "x.example:80", "x example"])
def test_the_domain_of_an_outlet_is_a_host(domain: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse_outlets(f"outlets:\n  - id: x\n    name: X\n    domains: ['{domain}']\n", [])
    assert f"outlets.yaml:4: outlets[0].domains: {domain!r} is no host" in str(raised.value)


def test_what_is_written_is_read_again() -> None:
    actors = parse_actors(
        "actors:\n  - {id: a, name: 'Наба', aliases: [النبأ, 'x: y', '- z'], valid_from: 2014-06-29}\n"
        "  - {id: b, name: B, part_of: a, notes: 'two\n\n    lines'}\n"
    )
    assert parse_actors(dump_actors(actors)) == actors
    outlets = parse_outlets("outlets:\n  - {id: o, name: O, domains: [o.example], actor: a, medium: video}\n", actors)
    assert parse_outlets(dump_outlets(outlets), actors) == outlets
    topics = parse_topics("topics:\n  - {id: t, name: T, words: ['a*', 'b c'], none: [d], actors: [a]}\n", actors)
    assert parse_topics(dump_topics(topics), actors) == topics


def test_a_changed_file_is_taken_in_on_opening(make_desk: MakeDesk) -> None:
    desk = make_desk("desk")
    desk.close()
    path = desk.folder / "actors.yaml"
    path.write_text(path.read_text().replace("name: Port Authority", "name: Harbour Board"))
    with Desk.open(desk.folder) as again:
        assert again.actor_ids("Harbour Board") == ("authority",)
        assert again.conflicts == []


def test_an_actor_that_an_outlet_speaks_for_cannot_go(make_desk: MakeDesk) -> None:
    desk = make_desk("desk")
    desk.close()
    path = desk.folder / "actors.yaml"
    kept = path.read_text()
    path.write_text("actors:\n  - {id: authority, name: Port Authority}\n")
    with pytest.raises(SettingsError, match=r"outlets.yaml:\d+: actor of outlet 'hook' is 'union'"):
        Desk.open(desk.folder)
    path.write_text(kept)
    with Desk.open(desk.folder) as again:
        assert again.actor_ids("union") == ("union",)


def test_edits_on_both_sides_are_a_conflict_that_force_decides(make_desk: MakeDesk) -> None:
    desk = make_desk("desk")
    _edit_in_the_desk(desk)
    desk.close()
    path = desk.folder / "actors.yaml"
    path.write_text(path.read_text().replace("name: Port Authority", "name: Harbour Board"))
    with Desk.open(desk.folder) as again:
        assert len(again.conflicts) == 1 and "actors" in again.conflicts[0]
        assert again.actor_ids("Quay Union") == ("union",)  # the desk's edit stands
        with pytest.raises(SaysoError, match="edited in the desk"):
            again.import_settings()
        with pytest.raises(SaysoError, match=r"actors.yaml was edited"):
            again.export_settings()
        changed = {each.name: each.diff for each in again.import_settings(force=True)}
        assert "+  name: Harbour Board" in changed["actors"] and changed["topics"] == ""
        assert again.actor_ids("Harbour Board") == ("authority",)


def test_an_export_writes_the_desks_edits_and_then_nothing(make_desk: MakeDesk) -> None:
    desk = make_desk("desk")
    _edit_in_the_desk(desk)
    changed = {each.name: bool(each.diff) for each in desk.export_settings()}
    assert changed == {"actors": True, "outlets": False, "topics": False, "codebook": False}
    assert "Quay Union" in (desk.folder / "actors.yaml").read_text()
    assert not any(each.diff for each in desk.export_settings())
    desk.close()
    with Desk.open(desk.folder) as again:
        assert again.conflicts == [] and again.actor_ids("Quay Union") == ("union",)


def test_many_actors_open_without_being_read_again(make_desk: MakeDesk) -> None:
    desk = make_desk("desk")
    many = [Actor(f"a{n}", f"Office {n}", aliases=tuple(f"alias {n} {k}" for k in range(5))) for n in range(20_000)]
    desk.store.settings.put_actors([*desk.store.settings.actors(), *many])
    desk.close()
    with Desk.open(desk.folder) as again:
        assert "actors" not in again.__dict__  # opening reads no actor
        assert again.actor_ids("alias 19999 4") == ("a19999",)


def _edit_in_the_desk(desk: Desk) -> None:
    actors = [replace(a, name="Quay Union") if a.id == "union" else a for a in desk.store.settings.actors()]
    desk.store.settings.put_actors(actors)
    desk.__dict__.pop("actors", None)


def test_two_feeds_of_one_name_are_refused(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    Desk.create(desk)
    feed = '\n[[feeds]]\nid = "news"\nurl = "https://example.org/{}"\n'
    with (desk / "sayso.toml").open("a", encoding="utf-8") as file:
        file.write(feed.format("a.xml") + feed.format("b.xml"))
    with pytest.raises(SettingsError, match=r"sayso.toml:\d+: feeds: two feeds are called 'news'"):
        Desk.open(desk)
