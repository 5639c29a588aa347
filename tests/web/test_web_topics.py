"""Topics in the workbench: made, tried, changed, removed, undone; and what a hostile or hasty editor gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_engines import ENGINES
from starlette.testclient import TestClient
from team import copy_folder, copy_of, team
from web_items import SCRIPT

from sayso.desk import Desk
from sayso.web import create_app


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Iterator[Desk]:
    """A copy of the small desk that a test may change."""
    with Desk.open(copy_folder(desk, tmp_path / "desk")) as opened:
        yield opened


@pytest.fixture
def mine(own: Desk) -> TestClient:
    made = TestClient(create_app(own), base_url="http://127.0.0.1:8350", raise_server_exceptions=False)
    made.headers["x-sayso-token"] = made.get("/session.json").json()["token"]
    return made


def post(client: TestClient, address: str, **asked: Any) -> Any:
    answer = client.post(f"{address}.json", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_topic_made_in_the_workbench_is_tried_at_once_and_makes_lines_at_the_next_run(
    mine: TestClient, own: Desk
) -> None:
    made = post(mine, "/new/topic", name="Expulsion", words="expel*\nexpelled\npunish*")
    shown = mine.get(f"{made['at']}.json").json()
    assert (shown["id"], shown["words"]) == ("expulsion", ["expel*", "expelled", "punish*"])
    assert 0 < shown["trial"]["found"] < shown["trial"]["statements"]
    assert shown["trial"]["examples"] and shown["lines"] == []
    page = mine.get(made["at"]).text
    assert f"<strong>{shown['trial']['found']}</strong>" in page
    assert mine.get("/search.json?topic=expulsion").json()["page"]["total"] == 0
    own.run(engines=ENGINES)
    assert mine.get("/search.json?topic=expulsion").json()["page"]["total"] > 0
    assert mine.get(f"{made['at']}.json").json()["lines"]
    assert {each["id"] for each in mine.get("/topics.json").json()["topics"]} == {"leavers", "expulsion"}
    own_lines = [edit["action"] for edit in mine.get("/log.json").json()["entries"]]
    assert "add topic" in own_lines


def test_a_form_that_is_sent_as_it_came_changes_nothing(mine: TestClient, own: Desk) -> None:
    own.store.settings.put_topics(
        {
            **own.store.settings.topics(),
            "smith": {"id": "smith", "name": "Smith", "words": ["Smith, John", "1,000"], "actors": ["gone", "union"]},
        }
    )
    before = own.store.settings.topics()["smith"]
    form = mine.get("/topics/smith/edit.json").json()
    assert [each["id"] for each in form["choices"][:2]] == ["gone", "union"]  # also one that the desk no longer has
    again = {"name": "Smith", "words": "\n".join(form["topic"]["words"]), "actors": ["gone", "union"]}
    refused = mine.post("/topics/smith/edit.json", json=again)
    assert refused.status_code == 400 and "gone" in refused.json()["error"]
    post(mine, "/topics/smith/edit", **again | {"actors": ["union"]})
    assert own.store.settings.topics()["smith"] == before | {"actors": ["union"]}


def test_a_query_is_refused_whose_operator_would_be_looked_up_as_a_word(mine: TestClient, own: Desk) -> None:
    refused = mine.post("/new/topic.json", json={"name": "Road", "query": "ceasefire NEAR/x road"})
    assert refused.status_code == 400 and "write it like NEAR/5" in refused.json()["error"]
    assert "road" not in own.store.settings.topics()


def test_a_topic_that_was_removed_comes_back_to_its_place(mine: TestClient, own: Desk) -> None:
    post(mine, "/new/topic", name="Crane", words="crane")
    order, version = list(own.store.settings.topics()), own.topics_version
    post(mine, f"/topics/{order[0]}/remove")
    post(mine, "/topics-undo")
    assert (list(own.store.settings.topics()), own.topics_version) == (order, version)


def test_the_number_of_statements_is_what_its_link_shows(mine: TestClient) -> None:
    for each in mine.get("/topics.json").json()["topics"]:
        assert each["statements"] == mine.get(f"/search.json?topic={each['id']}").json()["page"]["total"]


def test_topics_are_edited_and_removed_and_each_edit_is_undone(mine: TestClient, own: Desk) -> None:
    before = own.store.settings.topics()
    post(mine, "/new/topic", name="Crane", words="crane")
    form = mine.get("/topics/crane/edit.json").json()
    post(mine, "/topics/crane/edit", name="Cranes", words="crane*", actors=["union"], seen=form["version"])
    stale = mine.post("/topics/crane/edit.json", json={"name": "Mine", "words": "x", "seen": form["version"]})
    assert stale.status_code == 400 and "somebody else" in stale.json()["error"]
    assert mine.get("/topics/crane.json").json()["actors"][0]["name"]
    post(mine, "/topics/leavers/remove")
    assert mine.get("/topics/leavers").status_code == 404
    undone = [post(mine, "/topics-undo")["undone"] for _ in range(3)]
    assert undone == ["remove leavers", "edit crane", "add crane"]
    assert own.store.settings.topics() == before
    assert mine.post("/topics-undo.json", json={}).status_code == 400


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"name": "Empty"}, "something to find statements by"),
        ({"name": "Broken", "query": "(a OR"}, "query"),
        ({"name": "Nobody", "actors": ["no-such"]}, "no actor"),
        ({"name": "Those who left", "words": "x"}, "named"),
        ({"name": "X", "id": "leavers", "words": "x"}, "already"),
        ({"name": "X", "id": "../x", "words": "x"}, "no id"),
        ({"name": "X", "words": "***"}, "holds no word"),
        ({"name": "X", "words": "a*b*c*d*"}, "at most"),
        ({"name": "  ", "words": "x"}, "name"),
    ],
)
def test_what_is_no_topic_is_told_in_the_form_with_what_was_typed(
    mine: TestClient, asked: dict[str, Any], told: str
) -> None:
    refused = mine.post("/new/topic.json", json=asked)
    assert refused.status_code == 400 and told in refused.json()["error"]
    token = mine.headers["x-sayso-token"]
    page = mine.post("/new/topic", data={**asked, "token": token}, headers={"x-sayso-token": ""})
    assert page.status_code == 400 and 'role="alert"' in page.text
    if asked.get("query"):
        assert asked["query"] in page.text
    assert mine.get("/topics.json").json()["edits"] == []


def test_words_of_a_topic_never_become_markup(mine: TestClient) -> None:
    made = post(mine, "/new/topic", name=SCRIPT, description=SCRIPT, words=f"left\n{SCRIPT}", none=f'"{SCRIPT}')
    for address in ("/topics", made["at"], f"{made['at']}/edit", "/coding", "/lines"):
        assert SCRIPT not in mine.get(address).text


def test_only_editors_change_topics(desk: Desk, tmp_path: Path) -> None:
    with copy_of(desk, tmp_path / "team") as opened:
        people = team(opened)
        for name in ("Rea", "Cora"):
            assert people[name].status("/topics/leavers") == 200
            assert people[name].status("/new/topic") == people[name].status("/topics/leavers/edit") == 403
            assert people[name].send("/new/topic", name="X", words="x").status_code == 403
            assert people[name].send("/topics/leavers/remove").status_code == 403
            assert "/new/topic" not in people[name].page("/topics")
        assert people["Edda"].send("/new/topic", name="Crane", words="crane").status_code == 303
        assert "Crane" in people["Rea"].page("/topics")
