"""Corrections and work by hand: what they change, that they are kept and told, and that nothing is moved in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_engines import ENGINES, attribute
from starlette.testclient import TestClient
from web_items import SCRIPT, SETTINGS

from sayso.desk import Desk, corrections
from sayso.desk.accounts import Person
from sayso.desk.corrections import Typed, pieces_of, typed_date
from sayso.errors import UsageError
from sayso.records import Analysis, Document, Producer
from sayso.web import create_app

TEXT = (
    "The crane stood still.\n\nHarbour Union said that those who left will be expelled for crossing the line.\n\n"
    "Port Authority announced that the quay would open on Monday.\n\nOne docker in the yard: we only wanted to work.\n"
)
ANA = Person("ana", "coder")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    Desk.create(tmp_path / "desk").close()
    for name, text in SETTINGS.items():
        (tmp_path / "desk" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "2024-03-05-page.txt").write_text(TEXT, encoding="utf-8")
    with Desk.open(tmp_path / "desk") as opened:
        opened.add([str(tmp_path / "2024-03-05-page.txt")])
        opened.run(engines=ENGINES)
        yield opened


@pytest.fixture
def client(desk: Desk) -> TestClient:
    made = TestClient(
        create_app(desk), base_url="http://127.0.0.1:8350", raise_server_exceptions=False, follow_redirects=False
    )
    made.headers["x-sayso-token"] = made.get("/session.json").json()["token"]
    return made


def document(client: TestClient) -> Any:
    key = next(d["id"] for d in client.get("/documents.json").json()["documents"])
    return client.get(f"/documents/{key}.json").json()


def statement(client: TestClient, speaker: str = "Harbour Union") -> Any:
    return next(s for s in document(client)["statements"] if s["speaker"]["name"] == speaker)


def post(client: TestClient, address: str, **data: Any) -> Any:
    answer = client.post(f"{address}.json", json=data)
    assert answer.status_code == 200, answer.text
    return answer.json()


def place(words: str) -> str:
    return f"{TEXT.index(words)}-{TEXT.index(words) + len(words)}"


def another(version: str, change: Any) -> Any:
    """Engines of a newer version, whose attributions are the old ones as `change` has them."""

    def work(page: Document) -> Analysis:
        return replace(change(attribute(page)), producer=Producer("attribute", version))

    return replace(ENGINES, attributor=Producer("attribute", version), attribute=work)


# --- what a correction does -----------------------------------------------------------------------------------------


def test_every_field_can_be_corrected_and_the_desk_uses_it_at_once(client: TestClient, desk: Desk) -> None:
    key = statement(client)["id"]
    post(
        client, f"/statements/{key}/correct", content=place("those who left will be expelled"), cue="said",
        source=place("Harbour Union"), kind="mixed", speaker="East Branch", target="Port Authority", date="2024-W07",
        date_of="utterance", via="typed", via_item="a leaflet", via_medium="document", via_outlet="Kelda Post",
    )  # fmt: skip
    found = next(s for s in client.get("/search.json?actor=branch").json()["statements"] if s["id"] == key)
    assert found["content"][0]["text"] == "those who left will be expelled"
    assert (found["kind"], found["speaker"]["actor"], found["target"]["name"]) == ("mixed", "branch", "Port Authority")
    assert (found["date"]["value"], found["date"]["granularity"]) == ("2024-W07", "week")
    assert [link["name"] for link in found["chain"]][1:] == ["Kelda Post", "a leaflet", "East Branch"]
    assert found["depth"] == 2  # a document of somebody else is one more retelling
    assert {each["person"] for each in found["people"]} == {client.get("/session.json").json()["name"]}
    assert client.get("/search.json?q=crossing").json()["page"]["total"] == 0  # no longer in any statement
    exported = client.get("/search.csv?actor=branch").text
    assert "those who left will be expelled" in exported and "2024-W07" in exported
    assert key in desk.store.statements.ids(desk.query(actor="branch", topic="leavers"))
    assert list(desk.verify()) == []


def test_each_correction_is_told_with_before_and_after_and_can_be_undone(client: TestClient) -> None:
    key = statement(client)["id"]
    before = client.get(f"/statements/{key}.json").json()
    made = post(client, f"/statements/{key}/correct", speaker="East Branch", kind="mixed")["corrections"]
    history = {each["what"]: each for each in client.get(f"/statements/{key}/correct.json").json()["history"]}
    assert (history["speaker"]["before"], history["speaker"]["after"]) == ("Harbour Union", "East Branch")
    assert (history["kind"]["before"], history["kind"]["after"]) == ("indirect", "mixed")
    for each in made:
        post(client, "/corrections/undo", id=each)
    after = client.get(f"/statements/{key}.json").json()
    assert {k: v for k, v in after.items() if k != "corrections"} == {
        k: v for k, v in before.items() if k != "corrections"
    }
    log = [(entry["action"], entry["subject"]) for entry in client.get("/log.json").json()["entries"]]
    assert ("correct speaker", key) in log and log[0][0] == "undo"


def test_a_deleted_statement_counts_nowhere_and_comes_back_by_undo(client: TestClient) -> None:
    key = statement(client)["id"]
    total = client.get("/search.json").json()["page"]["total"]
    (made,) = post(client, f"/statements/{key}/delete")["corrections"]
    assert client.get("/search.json").json()["page"]["total"] == total - 1
    post(client, "/corrections/undo", id=made)
    assert client.get("/search.json").json()["page"]["total"] == total


def test_nothing_is_a_correction_that_changes_nothing(client: TestClient) -> None:
    key = statement(client)["id"]
    form = client.get(f"/statements/{key}/correct.json").json()
    assert post(client, f"/statements/{key}/correct", **form["values"], seen=form["version"])["corrections"] == []


# --- by hand --------------------------------------------------------------------------------------------------------


def test_words_are_attributed_by_hand_and_kept_over_runs(client: TestClient, desk: Desk) -> None:
    page = document(client)["id"]
    made = post(
        client, f"/documents/{page}/attribute", content="we only wanted to work", source="One docker in the yard"
    )
    desk.run(engines=another("2", lambda analysis: replace(analysis, attributions=())))
    found = document(client)["statements"]
    assert [each["id"] for each in found] == [made["statement"]]  # the machine's own are gone, the person's stays
    assert found[0]["people"][0]["field"] == "attribution"
    assert found[0]["source"]["text"] == "One docker in the yard" and found[0]["speaker"]["kind"] == "unnamed"
    assert list(desk.verify()) == []
    post(client, "/corrections/undo", id=made["statement"])
    assert document(client)["statements"] == []


def test_what_no_machine_can_read_is_transcribed_and_attributed(client: TestClient, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "poster.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"no picture at all")
    desk.add([str(tmp_path / "poster.png")])
    desk.run(engines=ENGINES)
    sha256 = next(c["sha256"] for c in client.get("/.json").json()["latest"] if c["path"].endswith("poster.png"))
    assert client.get(f"/captures/{sha256}/image").headers["content-type"] == "image/png"
    made = post(client, f"/captures/{sha256}/transcript", text="قالوا إن الباب مفتوح", title="Poster", language="ar")
    by_hand = post(client, f"/documents/{made['document']}/attribute", content="الباب مفتوح", speaker="the dockers")
    desk.run(engines=ENGINES)
    found = client.get(f"/documents/{made['document']}.json").json()
    assert found["text"] == "قالوا إن الباب مفتوح"
    assert [(s["id"], s["speaker"]["actor"]) for s in found["statements"]] == [(by_hand["statement"], "union")]


# --- runs, versions -------------------------------------------------------------------------------------------------


def test_a_correction_is_kept_when_the_same_statement_is_found_again(client: TestClient, desk: Desk) -> None:
    key = statement(client)["id"]
    post(client, f"/statements/{key}/correct", speaker="East Branch", content=place("those who left will be expelled"))
    desk.run(engines=another("2", lambda analysis: analysis))
    found = next(s for s in document(client)["statements"] if s["id"] == key)
    assert (found["speaker"]["actor"], found["content"][0]["text"]) == ("branch", "those who left will be expelled")
    assert client.get("/confirm.json").json()["waiting"] == []


def test_the_same_words_under_another_cue_are_offered_and_not_moved(client: TestClient, desk: Desk) -> None:
    key = statement(client)["id"]
    post(client, f"/statements/{key}/correct", speaker="East Branch")

    def wider(analysis: Analysis) -> Analysis:
        first, *rest = analysis.attributions
        moved = replace(first, cue=(replace(first.cue[0], start=first.cue[0].start + 1, text=first.cue[0].text[1:]),))
        return replace(analysis, attributions=(moved, *rest))

    desk.run(engines=another("2", wider))
    assert "branch" not in {s["speaker"]["actor"] for s in document(client)["statements"]}
    (waiting,) = client.get("/confirm.json").json()["waiting"]
    assert waiting["what"] == "speaker" and waiting["offer"]["text"] in TEXT
    assert "Confirm this place" in client.get("/confirm").text
    post(client, "/confirm/accept", id=waiting["id"])
    assert "branch" in {s["speaker"]["actor"] for s in document(client)["statements"]}
    assert client.get("/confirm.json").json()["waiting"] == []


def test_what_no_machine_finds_any_more_can_be_kept_by_hand(client: TestClient, desk: Desk) -> None:
    key = statement(client)["id"]
    post(client, f"/statements/{key}/correct", speaker="East Branch")
    desk.run(engines=another("2", lambda analysis: replace(analysis, attributions=())))
    (waiting,) = client.get("/confirm.json").json()["waiting"]
    assert waiting["offer"] is None and waiting["keep"]
    post(client, "/confirm/keep", id=waiting["id"])
    (kept,) = document(client)["statements"]
    assert (kept["speaker"]["actor"], kept["cue"]["text"]) == ("branch", "said")
    assert client.get("/confirm.json").json()["waiting"] == []


def test_a_new_version_of_the_page_is_offered_what_people_did_on_the_old(
    client: TestClient, desk: Desk, tmp_path: Path
) -> None:
    old, page = document(client)["id"], tmp_path / "2024-03-05-page.txt"
    post(client, f"/statements/{statement(client)['id']}/correct", speaker="East Branch")
    post(client, f"/documents/{old}/attribute", content="we only wanted to work", speaker="A docker")
    page.write_text("A line on top.\n\n" + TEXT, encoding="utf-8")
    desk.add([str(page)])
    desk.run(engines=ENGINES)
    new = document(client)
    assert new["id"] != old and {s["speaker"]["name"] for s in new["statements"]} == {"Harbour Union", "Port Authority"}
    waiting = client.get("/confirm.json").json()["waiting"]
    assert sorted(each["what"] for each in waiting) == ["attribution", "speaker"]
    assert all(each["why"] == "version" and each["offer"]["document"] == new["id"] for each in waiting)
    beside = client.get(f"/documents/{new['id']}.json?beside={old}").json()["beside"]
    assert [(c["kind"], c["after"]) for c in beside["changes"]] == [("added", "A line on top.")]
    for each in waiting:
        post(client, "/confirm/accept", id=each["id"])
    assert {s["speaker"]["name"] for s in document(client)["statements"]} == {
        "East Branch",
        "Port Authority",
        "A docker",
    }
    assert list(desk.verify()) == []


# --- two people, bad input ------------------------------------------------------------------------------------------


def test_two_people_at_once_are_told_and_nothing_is_lost(client: TestClient, desk: Desk) -> None:
    key = statement(client)["id"]
    form = client.get(f"/statements/{key}/correct.json").json()
    corrections.correct(desk, ANA, key, Typed(speaker="East Branch"))
    token = client.get("/session.json").json()["token"]
    page = client.get(f"/statements/{key}/correct").text
    was = {**form["values"]}
    mine = {**was, "date": "2024-02", "seen": form["version"], "was": __import__("json").dumps(was), "token": token}
    refused = client.post(f"/statements/{key}/correct", data=mine)
    assert refused.status_code == 409 and "ana" in refused.text and 'value="2024-02"' in refused.text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', refused.text)
    assert seen and seen[1] in page
    assert 'name="speaker" value="East Branch"' in refused.text  # what only the other changed stays theirs
    assert client.post(f"/statements/{key}/correct", data={**mine, "seen": seen[1]}).status_code == 303
    found = statement(client, "East Branch")
    assert found["date"]["value"] == "2024-02"


@pytest.mark.parametrize(
    "wrong",
    [
        {"content": "0-99999999"}, {"content": "50-40"}, {"content": ""}, {"content": "5-9\n7-12"}, {"content": "20-22\n23-24"},
        {"content": "words that stand nowhere"}, {"date": "last week"}, {"date": "2024-13"}, {"kind": "loud"},
        {"speaker": "x", "speaker_kind": "king"}, {"via": "no-such-item"}, {"via": "typed"}, {"depth": "-1"},
        {"depth": "99"}, {"content": "1-2\n" * 60}, {"date_of": "never", "date": "2024"},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_reason_and_changes_nothing(client: TestClient, wrong: dict[str, str]) -> None:
    key = statement(client)["id"]
    before = client.get(f"/statements/{key}.json").json()
    answer = client.post(f"/statements/{key}/correct.json", json=wrong)
    assert answer.status_code == 400 and answer.json()["error"]
    assert client.get(f"/statements/{key}.json").json() == before


def test_whatever_people_type_is_shown_as_words(client: TestClient, desk: Desk) -> None:
    key, page = statement(client)["id"], document(client)["id"]
    post(
        client, f"/statements/{key}/correct", speaker=SCRIPT, target='"><img src=x onerror=alert(1)>', via="typed",
        via_item=SCRIPT, via_outlet=SCRIPT, via_medium="video",
    )  # fmt: skip
    made = post(client, "/new/actor", name=f"A {SCRIPT}", aliases="x' onmouseover='alert(1)", notes=SCRIPT)["actor"]
    outlet = post(client, "/new/outlet", name=f"O {SCRIPT}", notes=SCRIPT)["outlet"]
    for address in (
        f"/statements/{key}/correct", f"/documents/{page}", f"/statements/{key}", "/actors", f"/actors/{made}",
        f"/actors/{made}/edit", f"/outlets/{outlet}", f"/edit/outlet/{outlet}", "/log", "/search",
    ):  # fmt: skip
        text = client.get(address).text
        assert "<script>alert" not in text and "<img src=x" not in text and "x' onmouse" not in text
    assert SCRIPT.replace("<", "&lt;").split("(")[0].replace(">", "&gt;") in client.get(f"/documents/{page}").text


def test_what_is_not_there_is_said_so(client: TestClient) -> None:
    for address in ("/statements/nope/correct", "/documents/nope/attribute", "/captures/nope/transcript"):
        assert client.get(address).status_code == 404
        assert client.post(f"{address}.json", json={"content": "1-2", "text": "x"}).status_code == 404
    assert client.post("/corrections/undo.json", json={"id": "nope"}).status_code == 400
    assert client.post("/confirm/accept.json", json={"id": "nope"}).status_code in (400, 404)


@given(st.text(max_size=80), st.text(max_size=60))
def test_places_that_are_typed_always_lie_in_the_text_or_are_refused(text: str, typed: str) -> None:
    try:
        found = pieces_of(typed, text)
    except UsageError:
        return
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert found == sorted(found)


@given(st.from_regex(r"[0-9]{4}(-([0-9]{2}(-[0-9]{2})?|W[0-9]{2}|SP|SU|AU|WI))?", fullmatch=True))
def test_dates_that_are_typed_hold_their_days_or_are_refused(text: str) -> None:
    try:
        found = typed_date(text)
    except UsageError:
        return
    assert found is not None and found.start <= found.end and found.value == text


# --- long documents -------------------------------------------------------------------------------------------------


def test_a_long_document_comes_in_parts_that_hold_every_statement_once(
    client: TestClient, desk: Desk, tmp_path: Path
) -> None:
    lines = [f"Harbour Union said that in year {n} the quay was {'open' if n % 2 else 'shut'}." for n in range(250)]
    (tmp_path / "long.txt").write_text("\n\n".join(lines), encoding="utf-8")
    desk.add([str(tmp_path / "long.txt")])
    desk.run(engines=ENGINES)
    key = next(d["id"] for d in client.get("/documents.json").json()["documents"] if d["path"].endswith("long.txt"))
    first = client.get(f"/documents/{key}.json").json()
    seen, text = [], ""
    for number in range(1, len(first["parts"]) + 1):
        part = client.get(f"/documents/{key}.json?part={number}").json()
        assert len(part["statements"]) <= 100 and part["first"] == len(seen) + 1
        seen += [each["id"] for each in part["statements"]]
        text += part["text"]
    assert len(seen) == len(set(seen)) == first["total"] == 250 and text == "\n\n".join(lines)
    last = client.get(f"/documents/{key}?s={seen[-1]}").text
    assert f'id="{seen[-1]}"' in last and 'data-stop="250"' in last


# --- actors and outlets ---------------------------------------------------------------------------------------------


def test_actors_are_added_edited_merged_split_and_each_edit_is_undone(client: TestClient, desk: Desk) -> None:
    before = desk.store.settings.actors()
    made = post(client, "/new/actor", name="Quay Watch", aliases="the watchers\nQW")["actor"]
    form = client.get(f"/actors/{made}/edit.json").json()
    post(
        client,
        f"/actors/{made}/edit",
        name="Quay Watch",
        aliases="the watchers\nQW",
        kind="group",
        seen=form["version"],
    )
    stale = client.post(f"/actors/{made}/edit.json", json={"name": "Mine", "seen": form["version"]})
    assert stale.status_code == 400 and "somebody else" in stale.json()["error"]
    new = post(client, f"/actors/{made}/split", aliases=["QW"])["actor"]
    post(client, "/actors/union/merge", other=new)
    assert "QW" in client.get("/actors/union.json").json()["aliases"]
    taken = client.post("/new/actor.json", json={"name": "Port Authority"})
    assert taken.status_code == 400 and "also a name" in taken.json()["error"]
    undone = [post(client, "/actors-undo")["undone"].split()[0] for _ in range(4)]
    assert undone == ["merge", "split", "edit", "add"]
    assert desk.store.settings.actors() == before
    assert client.post("/actors-undo.json", json={}).status_code == 400


def test_frequent_strangers_are_suggested_and_accepted(client: TestClient, desk: Desk, tmp_path: Path) -> None:
    for n in range(4):
        (tmp_path / f"w{n}.txt").write_text(
            f"Kelda Watch said that ship {n} was late again this week.\n", encoding="utf-8"
        )
        desk.add([str(tmp_path / f"w{n}.txt")])
    desk.run(engines=ENGINES)
    (found,) = (s for s in client.get("/actors.json").json()["suggestions"] if s["name"] == "Kelda Watch")
    made = post(client, "/new/suggested", name=found["name"], kind=found["kind"], spellings=found["spellings"])["actor"]
    desk.run(engines=ENGINES)
    assert client.get(f"/actors/{made}.json").json()["statements"] == 4


def test_outlets_are_added_edited_and_merged_with_undo(client: TestClient, desk: Desk) -> None:
    before = desk.store.settings.outlets()
    made = post(client, "/new/outlet", name="Kelda Post", domains="kelda.example")["outlet"]
    post(client, f"/edit/outlet/{made}", name="Kelda Post", domains="kelda.example", medium="magazine")
    post(client, "/edit/outlet/hook/merge", other=made)
    assert "Kelda Post" in client.get("/outlets/hook.json").json()["aliases"]
    for _ in range(3):
        post(client, "/outlets-undo")
    assert desk.store.settings.outlets() == before


def test_an_outlet_is_refused_that_its_file_could_not_hold(client: TestClient, desk: Desk) -> None:
    before = desk.store.settings.outlets()
    for domain in ("https://kelda.example/news", "javascript:alert(1)", "kelda example"):
        asked = {"name": "Kelda Post", "domains": domain}
        refused = client.post("/new/outlet.json", json=asked)
        assert (refused.status_code, "write it like hook.example" in refused.json()["error"]) == (400, True)
        again = client.post("/new/outlet", data={**asked, "token": client.headers["x-sayso-token"]})
        assert domain in unescape(again.text)
    assert desk.store.settings.outlets() == before
