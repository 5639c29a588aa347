"""A desk's actors, found by any of their names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import SettingsError
from sayso.link import ActorIndex
from sayso.records import Actor, Outlet

WEEKLY = Actor("weekly", "Al-Sabah", aliases=("الصباح", "The Morning Weekly"))


@pytest.mark.parametrize("name", ["Al-Sabah", "al sabah", "as-Sabah", "Al-Sabah'", "AL‑SABAH", "Al-Ṣabāḥ", "Alsabah"])
def test_transliterations_find_the_same_actor(name: str) -> None:
    found = ActorIndex([WEEKLY, Actor("other", "Al-Masa")]).match(name)
    assert found is not None
    assert (found.actor, found.alias) == ("weekly", "Al-Sabah")


def test_any_script_matches_without_vowel_points() -> None:
    found = ActorIndex([WEEKLY]).match("الصَّباح")
    assert found is not None
    assert found.alias == "الصباح"


def test_a_loose_spelling_that_two_actors_share_finds_neither() -> None:
    index = ActorIndex([Actor("a", "Sarah Hill"), Actor("b", "Sara Hill")])
    assert index.match("Sarah Hill").actor == "a"  # type: ignore[union-attr]
    assert index.match("Sarra Hill") is None


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=20))
def test_a_name_finds_itself_in_any_normal_form(name: str) -> None:
    index = ActorIndex([Actor("x", name)])
    for form in ("NFC", "NFD", "NFKC"):
        found = index.match(unicodedata.normalize(form, name))
        assert found is not None
        assert found.actor == "x"


def test_part_of_is_followed_both_ways() -> None:
    index = ActorIndex(
        [Actor("office", "Office", part_of="media"), Actor("media", "Media", part_of="group"), Actor("group", "Group")]
    )
    assert index.wholes("office") == ("office", "media", "group")
    assert index.parts("group") == {"office", "media", "group"}


def test_validity_decides_who_bears_a_shared_title() -> None:
    index = ActorIndex([
        Actor("old", "Ann Old", aliases=("the secretary",), valid_until="2015-06-30"),
        Actor("new", "Bea New", aliases=("the secretary",), valid_from="2015-07-01"),
    ])  # fmt: skip
    assert index.match("the Secretary", "2015-01-02").actor == "old"  # type: ignore[union-attr]
    assert index.match("the Secretary", "2016-01-02").actor == "new"  # type: ignore[union-attr]
    assert index.match("the Secretary") is None


@pytest.mark.parametrize(
    ("actors", "message"),
    [
        ([Actor("a", "A", part_of="b"), Actor("b", "B", part_of="a")], "circle: a > b > a"),
        ([Actor("a", "A"), Actor("a", "B")], "'a' is used twice"),
        ([Actor("a", "Hill", aliases=("Stone",)), Actor("b", "stone")], "'stone' of actor 'b' is also a name of 'a'"),
        ([Actor("a", "A", part_of="z")], "'z', which is no actor's id"),
    ],
)
def test_wrong_files_are_refused_with_their_place(actors: list[Actor], message: str) -> None:
    with pytest.raises(SettingsError, match=message) as error:
        ActorIndex(actors, where=lambda key: f"actors.yaml:{key}")
    assert str(error.value).startswith("actors.yaml:")


def test_outlets_by_name_and_by_domain() -> None:
    outlets = [
        Outlet("post", "The Port Post", domains=("post.example",)),
        Outlet("sport", "Post Sport", domains=("sport.post.example",)),
    ]
    index = ActorIndex([], outlets)
    assert index.outlet("port post").id == "post"  # type: ignore[union-attr]
    assert index.outlet_at("https://www.post.example/a").id == "post"  # type: ignore[union-attr]
    assert index.outlet_at("https://sport.post.example/a").id == "sport"  # type: ignore[union-attr]
    assert index.outlet_at("https://example/") is None


def test_many_actors_with_rare_doubles() -> None:
    actors = [Actor(f"a{i}", f"Name {i}", aliases=tuple(f"Alias {i} {j}" for j in range(5))) for i in range(5000)]
    index = ActorIndex(actors)
    assert index.match("alias 4999 4").actor == "a4999"  # type: ignore[union-attr]
    with pytest.raises(SettingsError, match="'Name 3'"):
        ActorIndex([*actors, Actor("late", "Name 3")])
