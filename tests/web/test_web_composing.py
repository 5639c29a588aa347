"""Briefs composed in the workbench: what goes in, whose words they are, and that what is issued stays as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest
from team import Browser, copy_of, hidden, team

from sayso.brief import load
from sayso.desk import Desk

HOSTILE = "<script>alert(9)</script><img src=x onerror=alert(9)> [link](javascript:alert(9)) #set page"


@pytest.fixture(scope="module")
def own(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with copy_of(desk, tmp_path_factory.mktemp("briefs") / "desk") as opened:
        yield opened


@pytest.fixture(scope="module")
def people(own: Desk) -> dict[str, Browser]:
    return team(own)


@pytest.fixture
def draft(people: dict[str, Browser]) -> str:
    answer = people["Edda"].post("/compose", actor="union", topic="leavers")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["at"])


def form(who: Browser, at: str) -> dict[str, object]:
    """What the page's form would send if nothing were changed."""
    content = who.json(f"{at}.json")
    return {
        "revision": content["draft"]["revision"],
        "title": content["title"],
        "kind": [each["kind"] for each in content["pieces"]],
        "ref": [each["ref"] for each in content["pieces"]],
        "text": [each["text"] for each in content["pieces"]],
        "section": [each["name"] for each in content["sections"]],
        "on": [each["name"] for each in content["sections"] if each["on"]],
        "remark": [each["text"] for each in content["sections"]],
        "mask": "yes" if content["masked"] else "no",
        "also": "\n".join(content["also"]),
    }


def do(who: Browser, at: str, what: str, **changes: object) -> None:
    answer = who.send(at, **{**form(who, at), **changes, "do": what})
    assert answer.status_code == 303, answer.text[:400]


def test_a_new_draft_holds_the_periods_and_shifts_with_their_evidence(people: dict[str, Browser], draft: str) -> None:
    content = people["Edda"].json(f"{draft}.json")
    about = [each["about"] for each in content["pieces"]]
    assert about.count("period") == 2 and "shift" in about
    for each in content["pieces"]:
        if each["about"] == "period":
            assert each["statements"] and {e["id"] for e in each["evidence"]} <= set(each["statements"])
    page = people["Edda"].page(draft)
    assert content["pieces"][0]["says"] in page
    assert f"/statements/{content['pieces'][0]['evidence'][0]['id']}" in page


def test_pieces_are_added_moved_and_taken_out(people: dict[str, Browser], draft: str) -> None:
    edda = people["Edda"]
    start = form(edda, draft)["ref"]
    assert isinstance(start, list)
    quotation = edda.json(f"{draft}.json")["quotations"][0]["id"]
    do(edda, draft, f"quotation {quotation}")
    do(edda, draft, f"quotation {quotation}")  # twice is once
    assert form(edda, draft)["ref"] == [*start, quotation]
    do(edda, draft, f"up {len(start)}")
    assert form(edda, draft)["ref"] == [*start[:-1], quotation, start[-1]]
    do(edda, draft, "remove 0")
    do(edda, draft, "text 0")
    assert form(edda, draft)["kind"][1] == "text"  # type: ignore[index]
    do(edda, draft, "finding depths")
    assert form(edda, draft)["ref"][-1] == "depths"  # type: ignore[index]
    do(edda, draft, "later line")
    sections = [each["name"] for each in edda.json(f"{draft}.json")["sections"]]
    assert sections.index("line") == 1


def test_own_words_are_their_writers_and_marked_so(people: dict[str, Browser], draft: str, own: Desk) -> None:
    edda, egon = people["Edda"], people["Egon"]
    do(edda, draft, "text")
    words = form(edda, draft)
    assert isinstance(words["text"], list)
    do(edda, draft, "save", text=[*words["text"][:-1], "Edda wrote this."])
    do(egon, draft, "text")
    words = form(egon, draft)
    assert isinstance(words["text"], list)
    do(egon, draft, "save", text=[*words["text"][:-1], HOSTILE], author="Edda")
    authors = {each["text"]: each["author"] for each in egon.json(f"{draft}.json")["pieces"] if each["kind"] == "text"}
    assert authors == {"Edda wrote this.": "Edda", HOSTILE: "Egon"}
    for address in (draft, f"{draft}/preview"):
        page = egon.page(address)
        assert "<script>alert(9)" not in page and "<img src=x" not in page
    preview = egon.page(f"{draft}/preview")
    assert "The editor’s own words: Edda" in preview and "The editor’s own words: Egon" in preview
    assert "script" not in egon.client.get(f"{draft}/preview").headers["content-security-policy"]


def test_of_two_editors_the_second_is_told_and_keeps_their_words(people: dict[str, Browser], draft: str) -> None:
    both = form(people["Edda"], draft)
    do(people["Edda"], draft, "save", title="Edda’s title")
    late = people["Egon"].send(draft, **{**both, "title": "Egon’s title", "do": "save"})
    assert late.status_code == 409
    assert "Edda saved this draft" in late.text and 'value="Egon’s title"' in late.text
    assert people["Edda"].json(f"{draft}.json")["title"] == "Edda’s title"
    revision = hidden(late.text, "revision")[0]
    knowing = people["Egon"].send(draft, **{**both, "title": "Egon’s title", "revision": revision, "do": "save"})
    assert knowing.status_code == 303
    stale = people["Edda"].send(f"{draft}/issue", revision=both["revision"])
    assert stale.status_code == 409 and "Nothing was issued" in stale.text


def test_an_issued_brief_is_frozen_with_its_data_and_hashes(people: dict[str, Browser], draft: str, own: Desk) -> None:
    edda = people["Edda"]
    do(edda, draft, "text", title="What the union says")
    words = form(edda, draft)
    do(edda, draft, "save", text=[*words["text"][:-1], "A word of the desk’s own."])  # type: ignore[index]
    answer = edda.post(f"{draft}/issue", revision=form(edda, draft)["revision"])
    assert answer.status_code == 200, answer.text
    at = answer.json()["at"]
    head = people["Rea"].json(f"{at}.json")
    assert head["person"] == "Edda" and head["problems"] == [] and len(head["seal"]) == 64
    assert [each["form"] for each in head["files"]] == ["docx", "html", "md", "pdf"]
    for each in head["files"]:
        data = people["Rea"].client.get(f"{at}/brief.{each['form']}").content
        assert hashlib.sha256(data).hexdigest() == each["sha256"] and len(data) == each["size"]
    data = people["Rea"].client.get(f"{at}/brief.json").content
    assert hashlib.sha256(data).hexdigest() == head["data_sha256"]
    brief = load(data)
    assert brief.title == "What the union says"
    assert [piece.text for piece in brief.composed if piece.kind == "text"] == ["A word of the desk’s own."]
    html = people["Rea"].page(f"{at}/brief.html")
    assert "A word of the desk’s own." in html
    do(edda, draft, "save", title="Another title")  # the draft goes on, the brief stays
    assert people["Rea"].page(f"{at}/brief.html") == html
    assert "It verifies." in people["Rea"].page(at)
    assert list(own.verify()) == []
    edda.send(f"{draft}/drop", revision=form(edda, draft)["revision"])
    assert people["Rea"].json(f"{at}.json")["problems"] == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE issued_files SET data = CAST('x' AS BLOB) WHERE form = 'html'", "html form is not the one"),
        ("UPDATE issued SET data = CAST('{}' AS BLOB)", "data are not those"),
        ("UPDATE issued SET person = 'Mallory'", "not the one that was sealed"),
        ("UPDATE issued SET issued_at = '2001-01-01 00:00:00.000000'", "not the one that was sealed"),
        ("DELETE FROM issued_files WHERE form = 'pdf'", "not the one that was sealed"),
        ("UPDATE issued SET number = number + 5", "missing or another one"),
    ],
)
def test_whatever_is_changed_afterwards_is_seen(people: dict[str, Browser], own: Desk, damage: str, told: str) -> None:
    issued = people["Rea"].json("/issued.json")["issued"]
    if not issued:
        at = people["Edda"].post("/compose", actor="union", topic="leavers").json()["at"]
        assert people["Edda"].post(f"{at}/issue", revision=1).status_code == 200
        issued = people["Rea"].json("/issued.json")["issued"]
    with own.store.reading() as connection:
        kept = {
            table: connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()
            for table in ("issued", "issued_files")
        }
    try:
        with own.store.transaction() as connection:
            connection.exec_driver_sql(damage)
        at = f"/issued/{issued[0]['id']}"
        assert any(told in problem for problem in people["Rea"].json(f"{at}.json")["problems"])
        assert "no longer what was issued" in people["Rea"].page(at)
        assert any(told in problem for problem in own.verify())
    finally:
        with own.store.transaction() as connection:
            for table in ("issued_files", "issued"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
            for table in ("issued", "issued_files"):
                for row in kept[table]:
                    marks = ", ".join("?" for _ in row)
                    connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", tuple(row))
    assert list(own.verify()) == []


def test_private_people_are_masked_in_every_form_and_in_the_data(people: dict[str, Browser], draft: str) -> None:
    edda = people["Edda"]
    do(edda, draft, "text")
    words = form(edda, draft)
    do(edda, draft, "save", text=[*words["text"][:-1], "As Jane Doe told us."], also="Jane Doe")  # type: ignore[index]
    at = edda.post(f"{draft}/issue", revision=form(edda, draft)["revision"]).json()["at"]
    for each in ("html", "md", "json"):
        text = edda.client.get(f"{at}/brief.{each}").text
        assert "Jane Doe" not in text and "person" in text, each


def test_readers_and_coders_compose_nothing(people: dict[str, Browser], draft: str) -> None:
    for name in ("Rea", "Cora"):
        who = people[name]
        assert who.status(draft) == who.status(f"{draft}.json") == who.status(f"{draft}/preview") == 403
        assert who.send("/compose", actor="union", topic="leavers").status_code == 403
        for address in (draft, f"{draft}/issue", f"{draft}/drop"):
            assert who.send(address, revision=1).status_code == 403, address
        assert who.json("/issued.json")["drafts"] == []
    assert people["Edda"].client.post(f"{draft}/issue", data={"revision": 1}).status_code == 403  # no token
    assert people["Edda"].json(f"{draft}.json")["draft"]["revision"] == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": ["finding"], "ref": [], "text": []},
        {"kind": ["script"], "ref": ["x"], "text": [""]},
        {"kind": ["text"] * 201, "ref": [""] * 201, "text": ["x"] * 201},
        {"kind": ["text"], "ref": [""], "text": ["x" * 8001]},
        {"section": ["line", "line"], "remark": ["", ""]},
        {"section": ["findings"], "remark": [""]},
        {"section": ["line"], "remark": []},
        {"title": "t" * 301},
        {"since": "yesterday"},
        {"mask": "perhaps"},
        {"do": "up 99"},
        {"do": "order 0,0"},
        {"do": "explode"},
        {"revision": -1},
        {"revision": 2**70},
        {"also": "\n".join(f"name {n}" for n in range(101))},
    ],
)
def test_forged_forms_are_refused_and_change_nothing(
    people: dict[str, Browser], draft: str, asked: dict[str, object]
) -> None:
    edda = people["Edda"]
    before = edda.json(f"{draft}.json")
    answer = edda.send(draft, **{**form(edda, draft), **asked})
    assert answer.status_code in (400, 422), answer.text[:300]
    assert edda.json(f"{draft}.json") == before


def test_what_the_desk_no_longer_bears_out_is_not_issued(people: dict[str, Browser], draft: str) -> None:
    edda = people["Edda"]
    words = form(edda, draft)
    asked = {**words, "kind": ["finding"], "ref": ["shift 1999-01-01"], "text": [""], "do": "save"}
    assert edda.send(draft, **asked).status_code == 303
    assert "No longer borne out" in edda.page(draft)
    refused = edda.send(f"{draft}/issue", revision=form(edda, draft)["revision"])
    assert refused.status_code == 400 and "no longer follows" in refused.text


def test_denominators_and_method_cannot_be_left_out(people: dict[str, Browser], draft: str) -> None:
    edda = people["Edda"]
    do(edda, draft, "save", on=[])
    preview = edda.page(f"{draft}/preview")
    assert "What was counted and what was left out" in preview and "Method, versions and limits" in preview
    assert "The line in time" not in preview


def test_what_is_not_there_is_told(people: dict[str, Browser]) -> None:
    for address in ("/compose/nope", "/compose/nope/preview", "/issued/nope", "/issued/nope/brief.pdf"):
        assert people["Edda"].status(address) == 404, address
    assert people["Edda"].status("/issued/nope/brief.exe") == 400
    assert people["Edda"].send("/compose", actor="nobody", topic="leavers").status_code == 400


def test_the_log_says_who_composed_and_issued(people: dict[str, Browser], draft: str) -> None:
    do(people["Egon"], draft, "save", title="x")
    entries = people["Ada"].json("/log.json")["entries"]
    assert entries[0]["person"] == "Egon" and entries[0]["action"] == "save brief"
    assert json.dumps(entries).count("begin brief") >= 1
