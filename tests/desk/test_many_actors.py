"""A desk with very many actors gives the same answers as one that holds them all in memory."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayso.desk import Desk
from sayso.desk.known import IN_MEMORY, KeptActors, known_actors
from sayso.link import ActorIndex
from sayso.records import Actor, Outlet
from sayso.store.schema import actor_names

ACTORS = [
    Actor("group", "Red Quay Group", aliases=("الرصيف", "RQG", "red quay-group")),
    Actor("media", "Al-Rasif", kind="office", aliases=("ar-Rasif Media",), part_of="group"),
    Actor("old", "Ann Old", kind="person", aliases=("the harbour master",), valid_until="2015-06-30"),
    Actor("new", "Bea New", kind="person", aliases=("the harbour master",), valid_from="2015-07-01", part_of="media"),
    Actor("sarah", "Sarah Hill", kind="person"),
    Actor("sara", "Sara Hill", kind="person"),
]
OUTLETS = [Outlet("site", "The Quay", domains=("quay.example",), actor="group")]
NAMES = ["Red Quay Group", "red quay group", "Al Rasif", "ar-Rasif", "الرَّصيف", "RQG", "the Harbour Master", "Sarah Hill",
         "Sarra Hill", "nobody", "", "'", "Person 17", "alias 17-3"]  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk.create(tmp_path_factory.mktemp("many") / "desk")
    many = [Actor(f"p{i}", f"Person {i}", aliases=(f"Alias {i}-3",)) for i in range(IN_MEMORY)]
    desk.store.settings.put_actors([*ACTORS, *many])
    desk.store.settings.put_outlets(OUTLETS)
    return desk


@pytest.fixture(scope="module")
def whole(desk: Desk) -> ActorIndex:
    return ActorIndex(desk.store.settings.actors(), desk.store.settings.outlets())


@pytest.mark.parametrize("on", [None, "2014-01-01", "2016-01-01"])
@pytest.mark.parametrize("name", NAMES)
def test_names_find_the_same(desk: Desk, whole: ActorIndex, name: str, on: str | None) -> None:
    assert isinstance(desk.actors, KeptActors)
    assert desk.actors.match(name, on) == whole.match(name, on)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.text(max_size=30) | st.sampled_from(NAMES).map(str.upper))
def test_any_text_finds_the_same(desk: Desk, whole: ActorIndex, name: str) -> None:
    assert desk.actors.match(name) == whole.match(name)


def test_parts_wholes_outlets(desk: Desk, whole: ActorIndex) -> None:
    assert desk.actors.parts("group") == whole.parts("group") == {"group", "media", "new"}
    assert desk.actors.wholes("new") == ("new", "media", "group")
    assert desk.actors.outlet_at("https://www.quay.example/1") == OUTLETS[0]
    assert len(desk.actors) == len(whole)
    assert desk.actors.actors() == whole.actors()
    assert desk.actors.get("nobody") is None


def test_names_missing_after_an_upgrade_are_made_when_the_desk_needs_them(tmp_path: Path) -> None:
    desk = Desk.create(tmp_path / "desk")
    desk.store.settings.put_actors([Actor(f"p{i}", f"Person {i}") for i in range(IN_MEMORY + 1)])
    with desk.store.transaction() as connection:
        connection.execute(actor_names.delete())
    desk.store.progress.remember("actor names", "")
    found = known_actors(desk.store).match("person 7")
    assert found is not None
    assert found.actor == "p7"
    assert desk.store.actor_names.ready()
