"""Suggesting, merging, splitting and undoing; exchange with FollowTheMoney."""

import json

import pytest

from sayso.errors import SettingsError, UsageError
from sayso.link import ActorIndex
from sayso.link.edits import Edit, merge, split, suggest, undo
from sayso.link.ftm import from_ftm, to_ftm
from sayso.records import Actor, Outlet

ACTORS = [
    Actor("union", "Dockers Union", aliases=("DU", "Mary Hill")),
    Actor("dockers", "The Dockers", part_of="union", notes="old entry"),
    Actor("lang", "Peter Lang", kind="person", part_of="dockers"),
]


def test_merge_takes_names_and_parts_over_and_can_be_undone() -> None:
    merged, edit = merge(ACTORS, "union", "dockers")
    assert [a.id for a in merged] == ["union", "lang"]
    assert merged[0].aliases == ("DU", "Mary Hill", "The Dockers")
    assert merged[1].part_of == "union"
    back = undo(merged, Edit.from_json(json.loads(json.dumps(edit.to_json()))))
    assert sorted(back, key=lambda a: a.id) == sorted(ACTORS, key=lambda a: a.id)


def test_split_gives_aliases_to_a_new_actor_and_can_be_undone() -> None:
    divided, edit = split(ACTORS, "union", "hill", ["Mary Hill"])
    assert {a.id: a.name for a in divided}["hill"] == "Mary Hill"
    assert undo(divided, edit) == ACTORS


def test_what_changed_since_is_not_undone() -> None:
    merged, edit = merge(ACTORS, "union", "dockers")
    with pytest.raises(UsageError, match="union changed since"):
        undo([Actor("union", "Something else"), *merged[1:]], edit)


@pytest.mark.parametrize(("keep", "drop"), [("union", "union"), ("union", "nobody"), ("lang", "union")])
def test_impossible_merges_are_refused(keep: str, drop: str) -> None:
    with pytest.raises(UsageError):
        merge(ACTORS, keep, drop)


def test_descriptions_and_the_desks_outlets_are_no_suggestions() -> None:
    index = ActorIndex(ACTORS, [Outlet("hook", "The Hook")])
    names = ["four messages", "Hook", "DANA QUILL", "Dana Quill", "حركة الميناء"]
    told = [(name, "person", f"d{n}") for name in names for n in range(3)]
    assert {s.name for s in suggest(told, index)} == {"Dana Quill", "حركة الميناء"}


def test_unknown_frequent_speakers_are_suggested_with_their_spellings() -> None:
    told = [("Martha Quell", "person", "d1"), ("Quell", "person", "d2"), ("Martha Quell", "person", "d2")]
    told += (
        [("Peter Lang", "person", "d1")] * 9
        + [("an official", "unnamed", "d1")] * 9
        + [("Rare Body", "organization", "d1")]
    )
    (found,) = suggest(told, ActorIndex(ACTORS))
    assert (found.name, found.spellings, found.statements, found.documents) == (
        "Martha Quell",
        ("Martha Quell", "Quell"),
        3,
        2,
    )


def test_followthemoney_and_back() -> None:
    lines = [json.dumps(entity) for entity in to_ftm(ACTORS)]
    assert from_ftm(lines) == ACTORS
    assert json.loads(lines[-1])["schema"] == "UnknownLink"


@pytest.mark.parametrize("line", ["{", '{"id": "x"}', '{"id": "x", "schema": "Person", "properties": {}}', "[1]"])
def test_what_is_no_entity_is_named_with_its_line(line: str) -> None:
    with pytest.raises(SettingsError, match=r"file\.json:2"):
        from_ftm(["", line], "file.json")


def test_careless_entities_are_taken_as_they_are_meant() -> None:
    rows = [
        {"id": "u", "schema": "Company", "properties": {"name": "Dockers Union", "incorporationDate": ["1911"]}},
        {"id": "h", "schema": "Person", "properties": {"name": ["Mary Hill"], "alias": "Hill", "deathDate": "1980-02"}},
        {"id": "l", "schema": "Membership", "properties": {"member": ["h"], "organization": ["elsewhere"]}},
    ]
    union, hill = from_ftm([json.dumps(row) for row in rows], known={"elsewhere"})
    assert (union.name, union.valid_from) == ("Dockers Union", "1911-01-01")
    assert (hill.aliases, hill.valid_until, hill.part_of) == (("Hill",), "1980-02-29", "elsewhere")


@pytest.mark.parametrize(
    "entity",
    [
        {"id": "two words", "schema": "Person", "properties": {"name": ["A"]}},
        {"id": "x", "schema": "Person", "properties": {"name": ["A"], "birthDate": ["yesterday"]}},
        {"id": "x", "schema": "Person", "properties": ["A"]},
        {"id": "first", "schema": "Person", "properties": {"name": ["A"]}},
    ],
)
def test_wrong_entities_are_named_with_file_and_line(entity: dict[str, object]) -> None:
    first = json.dumps({"id": "first", "schema": "Person", "properties": {"name": ["B"]}})
    with pytest.raises(SettingsError, match=r"^x\.json:2: "):
        from_ftm([first, json.dumps(entity)], "x.json")


def test_new_ids_have_no_spaces() -> None:
    with pytest.raises(UsageError, match="is no id"):
        split(ACTORS, "union", "d u", ["DU"])
