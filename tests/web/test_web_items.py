"""Items in the workbench: a person names one, merges two, splits them again, and takes any of it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import serving
from hypothesis import given
from hypothesis import strategies as st
from small_engines import ENGINES
from team import Browser, copy_folder, copy_of, team

from sayso.desk import Desk
from sayso.store import Decision, decided

IDS = st.sampled_from("abcdefgh")


@pytest.fixture(scope="module")
def own(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with copy_of(desk, tmp_path_factory.mktemp("items") / "desk") as opened:
        yield opened


@pytest.fixture(scope="module")
def people(own: Desk) -> dict[str, Browser]:
    return team(own)


@pytest.fixture(scope="module")
def named(people: dict[str, Browser]) -> list[str]:
    """Two songs and a leaflet, named by a coder as the items of three statements."""
    cora, found = people["Cora"], []
    spoken = cora.json("/search.json?actor=union")["statements"][:3]
    for statement, (words, medium) in zip(
        spoken, (("The Crossing", "song"), ("that song of theirs", "song"), ("a leaflet", "letter")), strict=True
    ):
        asked = {"via": "typed", "via_item": words, "via_medium": medium, "via_outlet": "The Hook"}
        assert cora.post(f"/statements/{statement['id']}/correct", **asked).status_code == 200
        found.append(cora.json(f"/statements/{statement['id']}.json")["item"]["id"])
    return found


def item(people: dict[str, Browser], key: str) -> dict[str, Any]:
    return people["Edda"].json(f"/items/{key}.json")


def test_an_item_that_a_person_names_has_a_page_and_is_found_by_its_medium(
    people: dict[str, Browser], named: list[str]
) -> None:
    shown = item(people, named[0])
    assert (shown["title"], shown["medium"], shown["outlet"], shown["held"]) == (
        "The Crossing",
        "song",
        "The Hook",
        False,
    )
    assert shown["page"]["total"] == 1 and shown["id"] in {
        each["id"] for each in people["Rea"].json("/items.json")["items"]
    }
    assert people["Rea"].json("/search.json?medium=song")["page"]["total"] == 2
    assert "The Crossing" in people["Rea"].page(f"/items/{named[0]}")


def test_two_items_are_merged_kept_on_a_run_split_and_taken_back(
    people: dict[str, Browser], named: list[str], own: Desk
) -> None:
    edda, (first, second, leaflet) = people["Edda"], named
    assert people["Cora"].post(f"/items/{first}/merge", other=second).status_code == 403
    assert edda.send(f"/items/{first}/merge", other=second).headers["location"] == f"/items/{first}"
    assert edda.post(f"/items/{second}/merge", other=leaflet).json()["item"] == first  # the group has one head
    assert item(people, first)["page"]["total"] == 3 and item(people, second)["joined"] == first
    assert {each["id"] for each in edda.json("/items.json")["items"]} & set(named) == {first}
    own.run(engines=ENGINES)
    assert item(people, first)["page"]["total"] == 3
    assert edda.post(f"/items/{first}/split", mention=leaflet).json()["item"] == leaflet
    assert (item(people, first)["page"]["total"], item(people, leaflet)["joined"]) == (2, None)
    split, joined, merged = item(people, first)["edits"]
    assert (split["what"], joined["what"], merged["person"]) == ("split", "merge", "Edda")
    assert edda.post("/items-undo", id=split["id"]).status_code == 200
    assert item(people, leaflet)["joined"] == first
    for each in (joined, merged):
        assert edda.send("/items-undo", id=each["id"]).status_code == 303
    assert [item(people, key)["page"]["total"] for key in named] == [1, 1, 1]
    assert edda.post("/items-undo", id=merged["id"]).status_code == 400
    done = [each["action"] for each in people["Ada"].json("/log.json")["entries"]]
    assert {"merge items", "split item", "undo merge items", "undo split item"} <= set(done)


def test_what_cannot_be_one_item_is_refused_with_the_reason(people: dict[str, Browser], named: list[str]) -> None:
    edda = people["Edda"]
    held = [each["id"] for each in edda.json("/items.json?show=held")["items"]][:2]
    for address, asked, why in (
        (f"/items/{held[0]}/merge", {"other": held[1]}, "holds both"),
        (f"/items/{named[0]}/merge", {"other": named[0]}, "one item already"),
        (f"/items/{named[0]}/merge", {"other": "nobody"}, "no item"),
        (f"/items/{named[0]}/split", {"mention": named[0]}, "for itself already"),
        (f"/items/{held[0]}/split", {"mention": held[0]}, "holds this item"),
    ):
        answer = edda.post(address, **asked)
        assert answer.status_code == 400 and why in answer.json()["error"], (address, answer.text)


def test_a_mention_joins_the_held_item_whichever_of_the_two_is_kept(
    people: dict[str, Browser], named: list[str]
) -> None:
    edda = people["Edda"]
    held = edda.json("/items.json?show=held")["items"][0]["id"]
    assert edda.post(f"/items/{named[1]}/merge", other=held).json()["item"] == held
    assert item(people, named[1])["joined"] == held
    assert edda.post("/items-undo", id=item(people, held)["edits"][0]["id"]).status_code == 200


def test_the_record_of_an_item_goes_with_the_last_correction_that_names_it(people: dict[str, Browser]) -> None:
    cora = people["Cora"]
    statement = cora.json("/search.json?actor=authority")["statements"][0]["id"]
    (made,) = cora.post(
        f"/statements/{statement}/correct", via="typed", via_item="a poster", via_medium="other"
    ).json()["corrections"]
    key = cora.json(f"/statements/{statement}.json")["item"]["id"]
    assert cora.status(f"/items/{key}") == 200
    assert cora.post("/corrections/undo", id=made).status_code == 200
    assert cora.status(f"/items/{key}") == 404


@pytest.mark.browser
def test_an_editor_merges_and_undoes_with_mouse_and_keys(page: Any, desk: Desk, tmp_path: Path) -> None:
    with Desk.open(copy_folder(desk, tmp_path / "desk")) as copied, serving(copied) as address:
        spoken = page.request.get(f"{address}/search.json?actor=union").json()["statements"][:2]
        for statement, words in zip(spoken, ("The Crossing", "that song of theirs"), strict=True):
            page.goto(f"{address}/statements/{statement['id']}/correct")
            page.click("details.via summary")
            page.fill("input[name=via_item]", words)
            page.select_option("select[name=via_medium]", "song")
            page.select_option("select[name=via]", "typed")
            with page.expect_navigation():
                page.click("text=Save the correction")
        page.goto(f"{address}/items?medium=song")
        page.keyboard.press("j")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.select_option("select[name=other]", index=1)
        with page.expect_navigation():
            page.click("text=Merge")
        assert page.locator("h2#spoken ~ article.row").count() == 2
        with page.expect_navigation():
            page.locator(".edits button").focus()
            page.keyboard.press("Enter")
        assert page.locator("h2#spoken ~ article.row").count() == 1


@given(
    st.dictionaries(IDS, IDS),
    st.sets(IDS),
    st.lists(st.builds(Decision, IDS, st.none() | IDS), max_size=8),
)
def test_groups_stay_flat_and_a_held_item_heads_its_own(
    joined: dict[str, str], held: set[str], decisions: list[Decision]
) -> None:
    heads = {key: of for key, of in joined.items() if of not in joined and key not in held and key != of}
    found = decided(heads, {key: key in held for key in "abcdefgh"}, decisions)
    assert not set(found) & set(found.values())  # no chain, and nobody is joined to themselves
    assert not set(found) & held
    last = decisions[-1] if decisions else None
    if last and last.other is None:
        assert last.item not in found and (last.item in held or last.item not in found.values())
