"""Coding in the workbench: one statement at a time, blind, with undo, rulings, agreement; and the codebook's editor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from team import Browser, copy_of, hidden, team

from sayso.desk import Desk

HOSTILE = "<script>alert(9)</script><img src=x onerror=alert(9)>"
FAMILY = "/coding/tone"


@pytest.fixture(scope="module")
def own(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with copy_of(desk, tmp_path_factory.mktemp("coding") / "desk") as opened:
        yield opened


@pytest.fixture(scope="module")
def people(own: Desk) -> dict[str, Browser]:
    return team(own)


@pytest.fixture(autouse=True)
def _clean(own: Desk) -> Iterator[None]:
    yield
    with own.store.transaction() as connection:
        for table in ("human_codings", "preferences"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


def code(who: Browser, statement: str, *codes: str, memo: str = "") -> None:
    answer = who.send(f"{FAMILY}/code", statement=statement, code=list(codes), memo=memo)
    assert answer.status_code == 303, answer.text[:300]


def some(own: Desk, number: int) -> list[str]:
    return own.store.statements.ids(own.query())[:number]


def test_a_coder_codes_one_statement_after_the_other(people: dict[str, Browser]) -> None:
    cora = people["Cora"]
    first = cora.json(f"{FAMILY}.json")
    statement = first["card"]["statement"]["id"]
    assert f'value="{statement}"' in cora.page(FAMILY)
    assert [each["key"] for each in first["card"]["codes"]] == ["t", "p"]
    answer = cora.send(f"{FAMILY}/code", statement=statement, code="threaten", memo="  harsh ")
    assert answer.headers["location"] == FAMILY
    then = cora.json(f"{FAMILY}.json")
    assert then["card"]["statement"]["id"] != statement
    assert then["last"]["codes"] == ["threaten"] and then["last"]["memo"] == "harsh"
    assert then["coded"] == 1 and then["left"] == first["left"] - 1


def test_undo_brings_the_statement_back_with_its_memo(people: dict[str, Browser], own: Desk) -> None:
    cora = people["Cora"]
    statement = some(own, 1)[0]
    code(cora, statement, "promise", memo="why I thought so")
    to = cora.send(f"{FAMILY}/undo").headers["location"]
    assert statement in to
    again = cora.json(to.replace("/tone?", "/tone.json?"))
    assert again["card"]["statement"]["id"] == statement and again["card"]["memo"] == "why I thought so"
    assert again["card"]["mine"] == [] and own.store.codings.human() == []
    record = cora.json(f"{FAMILY}/record.json")["entries"]
    assert [(each["code"], bool(each["undone_at"])) for each in record] == [("promise", True)]


def test_a_changed_mind_replaces_the_code_and_keeps_the_record(people: dict[str, Browser], own: Desk) -> None:
    statement = some(own, 1)[0]
    code(people["Cora"], statement, "promise")
    code(people["Cora"], statement, "threaten")
    assert [each.code for each in own.store.codings.human()] == ["threaten"]
    assert len(people["Cora"].json(f"{FAMILY}/record.json")["entries"]) == 2


def test_a_skipped_statement_comes_last(people: dict[str, Browser]) -> None:
    cole = people["Cole"]
    first = cole.json(f"{FAMILY}.json")["card"]["statement"]["id"]
    assert cole.send(f"{FAMILY}/skip", statement=first).status_code == 303
    assert cole.json(f"{FAMILY}.json")["card"]["statement"]["id"] != first


def test_the_models_proposal_is_hidden_until_one_wants_it(people: dict[str, Browser], own: Desk) -> None:
    cora = people["Cora"]
    card = cora.json(f"{FAMILY}.json")
    assert card["card"]["model"] is None and "codes" not in card["card"]["statement"]
    assert "The model’s proposal" not in cora.page(FAMILY)
    assert cora.send("/coding/settings", proposal="shown").status_code == 303
    assert cora.json(f"{FAMILY}.json")["card"]["model"]["code"] in ("threaten", "promise")
    assert "The model’s proposal" in cora.page(FAMILY)
    assert people["Cole"].json(f"{FAMILY}.json")["card"]["model"] is None


def test_after_the_decision_the_models_proposal_is_told(people: dict[str, Browser]) -> None:
    cora = people["Cora"]
    code(cora, cora.json(f"{FAMILY}.json")["card"]["statement"]["id"], "threaten")
    assert cora.json(f"{FAMILY}.json")["last"]["model"]["code"] in ("threaten", "promise")


def test_a_blind_coder_learns_nothing_of_the_first_ones_code(people: dict[str, Browser], own: Desk) -> None:
    cora, cole = people["Cora"], people["Cole"]
    second = own.store.statements.ids(own.query(topic="leavers"))[0]
    code(cora, second, "promise", memo="SECRETMEMO of the first coder")
    card = cole.json(f"{FAMILY}.json?queue=second")
    assert card["card"]["statement"]["id"] == second
    document = own.store.statements.load([second])[0].document_id
    pages = [
        f"{FAMILY}.json?queue=second",
        f"{FAMILY}.json?statement={second}",
        f"/statements/{second}.json",
        f"/documents/{document}.json",
        "/search.json",
        "/lines/union/leavers.json",
        f"{FAMILY}/record.json",
        f"{FAMILY}/record.json?coder=Cora&memos=1",
    ]
    for address in pages:
        seen = cole.client.get(address)
        assert seen.status_code == 200, address
        assert "SECRETMEMO" not in seen.text and "Cora" not in seen.text, address
        assert "SECRETMEMO" not in cole.client.get(address.replace(".json", "")).text, address
    point = next(each for each in cole.json("/lines/union/leavers.json")["points"] if each["statement"] == second)
    assert point["codes"] == {}
    assert set(cole.json("/search.json")["facets"]) & {"code", "by"} == set()
    line = cole.json("/lines/union/leavers.json")  # nor what sums up the family: shares, shifts, headline, chart
    assert line["hidden"] and line["points"] and all(each["codes"] == {} for each in line["points"])
    assert (line["line"], line["shifts"], line["headline"], line["chart"]) == (None, [], [], None)
    assert "You code blind" in cole.page("/lines/union/leavers") and "You code blind" not in people["Edda"].page(
        "/lines/union/leavers"
    )
    overview, row = cole.json("/.json"), cole.json("/lines.json")["lines"][0]
    assert [
        each for each in (*overview["shifts"], *overview["alerts"], *row["shifts"]) if each["family"] == "tone"
    ] == []
    for closed in (
        "/search.json?code=promise", "/search?by=person", "/search.csv", "/search.jsonl",
        "/briefs/union/leavers", "/briefs/union/leavers.json", "/briefs/union/leavers.md", f"{FAMILY}/differences.json",
        f"{FAMILY}/agreement", f"{FAMILY}/agreement.json", "/lines/union/leavers/beside", "/lines/union/leavers/beside.json",
    ):  # fmt: skip
        assert cole.status(closed) == 403, closed
    assert cole.post("/jobs/export", query="", form="csv").status_code == 403
    code(cole, second, "threaten")
    assert "SECRETMEMO" in cole.client.get(f"/statements/{second}.json").text  # having decided, one may know


def test_an_editor_opens_the_desk_to_coders(people: dict[str, Browser], own: Desk) -> None:
    statement = some(own, 1)[0]
    code(people["Cora"], statement, "promise", memo="OPENMEMO")
    assert people["Cora"].send("/coding/blind", coders_see="all").status_code == 403
    assert people["Edda"].send("/coding/blind", coders_see="all").status_code == 303
    assert "OPENMEMO" in people["Cole"].client.get(f"/statements/{statement}.json").text
    assert people["Cole"].status("/search.csv") == 200


def test_where_people_differ_an_editor_rules_and_the_record_says_over_whom(
    people: dict[str, Browser], own: Desk
) -> None:
    statement = some(own, 1)[0]
    code(people["Cora"], statement, "promise")
    code(people["Cole"], statement, "threaten", memo="it says so")
    edda = people["Edda"]
    page = edda.page(f"{FAMILY}/differences")
    assert "it says so" in page
    assert hidden(page, "coder") == ["Cole", "Cora"] and hidden(page, "said") == ["threaten", "promise"]
    asked = {"statement": statement, "code": "threaten", "coder": ["Cole", "Cora"], "said": ["threaten", "promise"]}
    assert edda.send(f"{FAMILY}/rule", memo="clear", **asked).status_code == 303
    (ruling,) = edda.json(f"{FAMILY}/differences.json")["rulings"]
    assert ruling["coder"] == "Edda" and ruling["memo"] == "[Cole: threaten; Cora: promise] clear"
    assert edda.json(f"{FAMILY}/differences.json")["cases"] == []
    late = people["Egon"].send(f"{FAMILY}/rule", **{**asked, "code": "promise"})
    assert late.status_code == 409 and "Edda ruled “threaten”" in late.text


def test_what_waits_for_a_ruling_is_told_on_the_first_page_to_those_who_rule(
    people: dict[str, Browser], own: Desk
) -> None:
    one, two = some(own, 2)
    for statement in (one, two):
        code(people["Cora"], statement, "promise")
        code(people["Cole"], statement, "threaten")
    edda, rea = people["Edda"], people["Rea"]
    assert edda.json("/.json")["disputed"] == [{"family": "tone", "title": "tone", "open": 2}]
    page = edda.page("/")
    assert f'href="{FAMILY}/differences"' in page and "they wait for a ruling" in page
    assert "Differences (2)" in edda.page("/coding")
    assert "they wait for a ruling" not in rea.page("/")
    code(people["Egon"], some(own, 3)[2], "promise")  # now something of others waits for the blind coder
    assert people["Cora"].json("/.json")["disputed"] == people["Cora"].json("/coding.json")["disputed"] == []
    said = {"coder": ["Cole", "Cora"], "said": ["threaten", "promise"]}
    assert edda.send(f"{FAMILY}/rule", statement=one, code="promise", **said).status_code == 303
    assert edda.json("/coding.json")["disputed"][0]["open"] == 1


def test_a_ruling_on_codes_that_changed_meanwhile_is_refused(people: dict[str, Browser], own: Desk) -> None:
    statement = some(own, 1)[0]
    code(people["Cora"], statement, "promise")
    code(people["Cole"], statement, "threaten")
    code(people["Egon"], statement, "threaten")
    asked = {"statement": statement, "code": "promise", "coder": ["Cole", "Cora"], "said": ["threaten", "promise"]}
    assert people["Edda"].post(f"{FAMILY}/rule", **asked).status_code == 409


def test_the_agreement_page_shows_who_confuses_what(people: dict[str, Browser], own: Desk) -> None:
    for place, statement in enumerate(some(own, 6)):
        code(people["Cora"], statement, "threaten" if place < 3 else "promise")
        code(people["Cole"], statement, "threaten" if place < 2 else "promise")
    found = people["Rea"].json(f"{FAMILY}/agreement.json")
    cells = {
        row["code"]: dict(zip(found["confusion"]["codes"], row["cells"], strict=True))
        for row in found["confusion"]["rows"]
    }
    assert cells["threaten"]["promise"] == cells["promise"]["threaten"] >= 1
    assert {"Cole", "Cora"} <= set(found["measured"]["coders"])
    page = people["Rea"].page(f"{FAMILY}/agreement")
    assert "Krippendorff" in page and 'class="confusion"' in page


def test_topics_are_confirmed_and_rejected_and_their_quality_estimated(people: dict[str, Browser], own: Desk) -> None:
    cora, every = people["Cora"], own.store.statements.ids(own.query())
    inside = set(own.store.statements.ids(own.query(topic="leavers")))
    for _ in every:
        card = cora.json("/coding/topic:leavers.json")["card"]
        if card is None:
            break
        assert [each["name"] for each in card["codes"]] == ["in", "out"]
        statement = card["statement"]["id"]
        answer = cora.send(
            "/coding/topic:leavers/code", statement=statement, code="in" if statement in inside else "out"
        )
        assert answer.status_code == 303
    quality = people["Rea"].json("/coding/topic:leavers/agreement.json")["quality"]
    assert quality["precision"][0] == quality["recall"][0] == 1.0
    assert quality["sampled_found"] == len(inside)
    assert "recall" in people["Rea"].page("/coding/topic:leavers/agreement")


def test_words_of_coders_cannot_run(people: dict[str, Browser], own: Desk) -> None:
    statement = some(own, 1)[0]
    code(people["Cora"], statement, "promise", memo=HOSTILE)
    code(people["Cole"], statement, "threaten")
    for who, address in (
        ("Cora", FAMILY), ("Cora", f"{FAMILY}/record"), ("Edda", f"{FAMILY}/differences"), ("Edda", f"/statements/{statement}"),
    ):  # fmt: skip
        page = people[who].page(address)
        assert "<script>alert(9)" not in page and "<img src=x" not in page, address


@pytest.mark.parametrize(
    "asked",
    [
        {"statement": "nope", "code": "promise"},
        {"code": "promise"},
        {"statement": "x" * 65, "code": "promise"},
        {"statement": "x", "code": "promise", "memo": "m" * 5000},
        {"statement": "x", "code": "no such code"},
        {"statement": "x", "code": ["promise", "threaten"]},
        {"statement": "x", "code": []},
        {"statement": "x", "code": "promise", "queue": "third"},
        {"statement": "x\0", "code": "promise"},
    ],
)
def test_forged_codings_are_refused_and_keep_nothing(
    people: dict[str, Browser], own: Desk, asked: dict[str, object]
) -> None:
    if asked.get("statement") == "x":
        asked = {**asked, "statement": some(own, 1)[0]}
    assert people["Cora"].send(f"{FAMILY}/code", **asked).status_code in (400, 404)
    assert own.store.codings.human() == []


def test_nobody_codes_without_the_pages_token_or_the_role(people: dict[str, Browser], own: Desk) -> None:
    statement = some(own, 1)[0]
    asked = {"statement": statement, "code": "promise", "coder": "Edda"}
    assert people["Cora"].client.post(f"{FAMILY}/code", data=asked).status_code == 403
    assert (
        people["Cora"].client.post(f"{FAMILY}/code", data={**asked, "token": people["Cole"].token}).status_code == 403
    )
    assert people["Rea"].send(f"{FAMILY}/code", **asked).status_code == 403
    assert people["Rea"].status(FAMILY) == people["Rea"].status(f"{FAMILY}.json") == 403
    assert own.store.codings.human() == []
    code(people["Cora"], statement, "promise")
    assert [each.coder for each in own.store.codings.human()] == ["Cora"]  # whatever the form said
    for address, given in (
        (f"{FAMILY}/rule", {"statement": statement, "code": "promise"}), ("/coding/blind", {"coders_see": "all"}),
        ("/codebook", {"stamp": "x", "text": "families: []"}), ("/codebook/family", {"stamp": "x", "name": "n"}),
        ("/codebook/families/tone/code", {"stamp": "x", "name": "n"}),
        ("/codebook/families/tone/change", {"stamp": "x", "code": "promise", "do": "remove"}),
    ):  # fmt: skip
        assert people["Cora"].send(address, **given).status_code == 403, address


# --- the codebook -----------------------------------------------------------------------------------------------


def fields(page: str) -> dict[str, str]:
    return {"stamp": hidden(page, "stamp")[0]}


def test_an_editor_changes_a_code_and_the_older_version_stays(people: dict[str, Browser], own: Desk) -> None:
    edda, form = people["Edda"], "/codebook/families/tone/code?name=promise"
    before = edda.json("/codebook.json")
    shown = edda.json("/codebook/families/tone/code.json?name=promise")["fields"]
    asked = {**shown, "definition": "Says that good will come.", "exclude": f"a wish\n{HOSTILE}", "note": "clearer"}
    assert edda.send(form, stamp=before["stamp"], **asked).status_code == 303
    after = edda.json("/codebook.json")
    assert after["version"] != before["version"]
    changed = next(each for each in after["families"][0]["codes"] if each["name"] == "promise")
    assert changed["exclude"] == ["a wish", HOSTILE]
    assert "<script>alert(9)" not in edda.page("/codebook")
    now = next(each for each in after["versions"] if each["current"])
    assert now["version"] == after["version"] and now["edits"][0] | {"at": ""} == {
        "person": "Edda",
        "note": "clearer",
        "at": "",
    }
    old = edda.json(f"/codebook/versions/{before['version']}.json")
    assert {"op": "added", "text": "    - a wish"} in old["difference"]
    back = edda.send("/codebook", stamp=after["stamp"], text=old["text"])
    assert back.status_code == 303 and edda.json("/codebook.json")["version"] == before["version"]


def test_the_second_of_two_editors_is_told_and_keeps_their_words(people: dict[str, Browser]) -> None:
    form = "/codebook/families/tone/code?name=threaten"
    opened = people["Egon"].json("/codebook/families/tone/code.json?name=threaten")
    mine = {**opened["fields"], "definition": "Egon’s definition."}
    theirs = {**opened["fields"], "definition": "Edda’s definition."}
    assert people["Edda"].send(form, stamp=opened["stamp"], **theirs).status_code == 303
    late = people["Egon"].send(form, stamp=opened["stamp"], **mine)
    assert late.status_code == 409
    assert "somebody else has saved" in late.text and "Egon’s definition." in late.text
    codes = people["Rea"].json("/codebook.json")["families"][0]["codes"]
    assert "Edda’s definition." in [each["definition"] for each in codes]
    assert people["Egon"].send(form, **{**fields(late.text), **mine}).status_code == 303  # now they know


def test_codes_are_added_renamed_moved_and_taken_out(people: dict[str, Browser]) -> None:
    edda = people["Edda"]

    def names() -> list[str]:
        return [each["name"] for each in edda.json("/codebook.json")["families"][0]["codes"]]

    def stamp() -> str:
        return edda.json("/codebook.json")["stamp"]

    start, at = names(), "/codebook/families/tone"
    assert edda.send(f"{at}/code", stamp=stamp(), name="warn", parent="threaten", value="-1,5").status_code == 303
    assert edda.send(f"{at}/change", stamp=stamp(), code="warn", do="up").status_code == 303
    assert names() == [start[0], "warn", start[1]]
    threaten = edda.json(f"{at}/code.json?name=threaten")["fields"] | {"name": "menace"}
    assert edda.send(f"{at}/code?name=threaten", stamp=stamp(), **threaten).status_code == 303
    warn = next(each for each in edda.json("/codebook.json")["families"][0]["codes"] if each["name"] == "warn")
    assert warn["parent"] == "menace" and warn["value"] == -1.5
    menace = threaten | {"name": "threaten"}
    assert edda.send(f"{at}/code?name=menace", stamp=stamp(), **menace).status_code == 303
    assert edda.send(f"{at}/change", stamp=stamp(), code="warn", do="remove").status_code == 303
    assert names() == start


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"name": ""}, "Field required"),
        ({"name": "threaten"}, "already names"),
        ({"name": "n", "value": "much"}, "a number"),
        ({"name": "n", "color": "red"}, "pattern"),
        ({"name": "n", "parent": "nobody"}, "no code"),
    ],
)
def test_a_wrong_code_is_told_and_changes_nothing(people: dict[str, Browser], asked: dict[str, str], why: str) -> None:
    before = people["Edda"].json("/codebook.json")
    answer = people["Edda"].send("/codebook/families/tone/code", stamp=before["stamp"], **asked)
    assert answer.status_code == 400 and why in answer.text
    assert people["Edda"].json("/codebook.json")["stamp"] == before["stamp"]


@pytest.mark.parametrize("text", ["families: [", "families: {}", "no: such", "- 1", "x" * 400_001, "families: []\0"])
def test_a_wrong_text_is_no_codebook(people: dict[str, Browser], text: str) -> None:
    stamp = people["Edda"].json("/codebook.json")["stamp"]
    assert people["Edda"].send("/codebook", stamp=stamp, text=text).status_code == 400
    assert people["Edda"].json("/codebook.json")["stamp"] == stamp


def test_what_is_not_there_is_told(people: dict[str, Browser]) -> None:
    for address in (
        "/coding/nope", "/coding/topic:nope", "/coding/nope/agreement", "/codebook/versions/nope",
        "/codebook/families/nope/code", "/codebook/families/tone/code?name=nope", f"{FAMILY}?statement=nope",
    ):  # fmt: skip
        assert people["Edda"].status(address) == 404, address


def test_the_queue_brings_every_statement_once_and_ends(own: Desk) -> None:
    cole, seen = team(own)["Cole"], []
    while (card := cole.json(f"{FAMILY}.json")["card"]) is not None:
        seen.append(card["statement"]["id"])
        code(cole, seen[-1], "promise")
    assert sorted(seen) == sorted(own.store.statements.ids(own.query()))
    assert "You have coded everything" in cole.page(FAMILY)
