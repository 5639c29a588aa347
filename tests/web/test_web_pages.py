"""The pages: what stands on them, their JSON twins, search and its export, evidence down to the bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from starlette.testclient import TestClient

from sayso.desk import Desk
from sayso.web._shapes import SHAPES, LinePage

LISTS = (
    *("/", "/documents", "/search", "/lines", "/actors", "/outlets", "/items"),
    *("/lines/union/leavers", "/actors/union", "/outlets/hook"),
)


def get(client: TestClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.text[:300])
    return answer.json()


def addresses(client: TestClient) -> list[str]:
    """Every kind of page, with real ids."""
    document = get(client, "/documents.json")["documents"][0]
    statement = get(client, "/search.json")["statements"][0]
    item = get(client, "/items.json")["items"][0]
    return [
        *LISTS,
        f"/documents/{document['id']}",
        f"/statements/{statement['id']}",
        f"/items/{item['id']}",
        f"/captures/{document['sha256']}",
    ]


def test_every_page_is_html_and_names_its_json_twin_which_is_there(client: TestClient) -> None:
    for address in addresses(client):
        page = client.get(address)
        assert page.status_code == 200 and page.headers["content-type"].startswith("text/html"), address
        twin = "/.json" if address == "/" else f"{address}.json"
        assert f'href="{twin}"' in page.text
        assert isinstance(get(client, twin), dict)


def test_every_page_answers_as_the_api_description_says(client: TestClient) -> None:
    document = get(client, "/documents.json")["documents"][0]
    item = get(client, "/items.json")["items"][0]["id"]
    known = {
        "key": {
            "/documents": document["id"], "/statements": get(client, "/search.json")["statements"][0]["id"],
            "/actors": "union", "/outlets": "hook", "/edit/outlet": "hook", "/items": item,
        },
        "sha256": {"": document["sha256"]}, "actor": {"": "union"}, "topic": {"": "leavers"}, "family": {"": "tone"},
        "version": {"": get(client, "/codebook.json")["version"]},
    }  # fmt: skip
    asked = set()
    for path, shape in {**SHAPES, "/lines/{actor}/{topic}": LinePage}.items():
        address = path.replace(":path}", "}")
        for name, values in known.items():
            value = next(
                (each for start, each in values.items() if path.startswith(start + "/{" if start else "/")), None
            )
            address = address.replace(f"{{{name}}}", str(value)) if value else address
        if "{" in address:
            continue  # of jobs and briefs, which this desk has none of
        TypeAdapter(shape).validate_python(get(client, "/.json" if path == "/" else f"{address}.json"), strict=True)
        asked.add(path)
    assert len(asked) > 35 and "/items/{key}" in asked and "/coding/{family}/record" in asked


def test_the_api_description_lists_every_twin_and_needs_nothing_from_elsewhere(client: TestClient) -> None:
    paths = set(get(client, "/openapi.json")["paths"])
    assert {"/.json", "/search.json", "/documents/{key}.json", "/lines/{actor}/{topic}.json", "/search.csv"} <= paths
    assert client.get("/docs").status_code == 404


def test_the_overview_counts_and_says_what_was_refused_and_why(client: TestClient) -> None:
    content = get(client, "/.json")
    assert content["figures"]["collected"] == 12 and content["figures"]["read"] == 11
    assert [each["path"].endswith("broken.pdf") for each in content["refused"]] == [True]
    page = client.get("/").text
    assert "broken.pdf" in page and content["refused"][0]["reason"].split()[0] in page


def test_the_reader_marks_exactly_the_spans_of_the_document(client: TestClient) -> None:
    found = get(client, "/documents.json?q=crossing")["documents"][0]
    content = get(client, f"/documents/{found['id']}.json")
    assert content["statements"]
    for statement in content["statements"]:
        for span in [statement["source"], statement["cue"], *statement["content"]]:
            assert content["text"][span["start"] : span["end"]] == span["text"]
    page = client.get(f"/documents/{found['id']}").text
    assert '<span class="source" data-s="1">Harbour Union</span>' in page
    assert page.count('class="card') == len(content["statements"])
    assert content["captures"][0]["sha256"] in page and content["captures"][0]["warc"]["file"] in page


def test_text_from_right_to_left_is_set_so(client: TestClient) -> None:
    found = next(d for d in get(client, "/documents.json")["documents"] if "نص" in d["path"])
    page = client.get(f"/documents/{found['id']}").text
    assert 'dir="rtl"' in page or 'dir="auto"' in page
    assert "قال الناطق" in page


def test_words_phrases_and_exclusions_are_searched_and_bad_syntax_is_no_error(client: TestClient) -> None:
    assert get(client, "/search.json?q=expelled")["page"]["total"] == 5
    assert get(client, '/search.json?q="week 2"')["page"]["total"] == 1
    assert get(client, "/search.json?q=expel*")["page"]["total"] == 5
    assert get(client, "/search.json?q=expelled -tomorrow")["page"]["total"] == 4
    for strange in ('"', "AND", "NEAR(", "text:x", "*", "-x", "'; DROP TABLE statements; --", "\x00", "(" * 200):
        assert client.get("/search", params={"q": strange}).status_code == 200, strange


def test_a_facets_numbers_are_what_choosing_it_gives(client: TestClient) -> None:
    everything = get(client, "/search.json")
    chosen = 0
    for facet, values in everything["facets"].items():
        for value in values:
            if facet == "actor" and value["value"] == "union":
                continue  # an actor is searched with its parts
            narrowed = get(client, f"/search.json?{facet}={value['value']}")
            assert narrowed["page"]["total"] == value["statements"], (facet, value)
            chosen += 1
    assert chosen >= 8
    parts = get(client, "/search.json?actor=union")
    assert parts["page"]["total"] == 9  # eight of the union, one of its branch; the copied one once
    assert {value["value"] for value in parts["facets"]["actor"]} >= {"union", "branch", "authority"}


def test_dates_narrow_a_search_and_what_is_no_date_is_told(client: TestClient) -> None:
    assert get(client, "/search.json?actor=authority&since=2024-03&until=2024-04")["page"]["total"] == 2
    refused = client.get("/search?since=yesterday")
    assert refused.status_code == 400 and "YYYY-MM-DD" in refused.text
    assert client.get("/search.json?depth=x").json()["error"].startswith("depth=")


def test_pages_of_a_search_hold_every_statement_once(client: TestClient, desk: Desk) -> None:
    from sayso.desk import views

    asked = views.search_of(desk)
    total = get(client, "/search.json")["page"]["total"]
    seen = [s["id"] for at in range(0, total, 4) for s in views.search(desk, asked, offset=at, limit=4)["statements"]]
    assert len(seen) == len(set(seen)) == total


def test_the_export_is_exactly_what_the_query_finds(client: TestClient) -> None:
    ids = [each["id"] for each in get(client, "/search.json?actor=union&q=expelled")["statements"]]
    rows = list(csv.DictReader(io.StringIO(client.get("/search.csv?actor=union&q=expelled").text)))
    lines = [json.loads(line) for line in client.get("/search.jsonl?actor=union&q=expelled").text.splitlines()]
    assert [row["id"] for row in rows] == [each["id"] for each in lines] == ids != []
    assert client.get("/search.csv").headers["content-disposition"].startswith("attachment")


def test_a_spreadsheet_finds_no_formula_in_the_export() -> None:
    from sayso.desk.views.search import no_formula

    assert [no_formula(x) for x in ("=1+1", "@x", "-2", "said", 3)] == ["'=1+1", "'@x", "'-2", "said", 3]


def test_a_statement_leads_down_to_bytes_that_have_the_hash_it_names(client: TestClient) -> None:
    key = get(client, "/search.json?q=crossing")["statements"][0]["id"]
    content = get(client, f"/statements/{key}.json")
    capture = content["captures"][0]
    assert capture["warc"]["file"].endswith(".warc.gz") and capture["warc"]["offset"] > 0
    page = client.get(f"/statements/{key}").text
    assert capture["sha256"] in page and f"/captures/{capture['sha256']}/raw" in page
    raw = client.get(f"/captures/{capture['sha256']}/raw")
    assert hashlib.sha256(raw.content).hexdigest() == capture["sha256"]
    span = content["content"][0]
    assert content["context"]["text"][span["start"] - content["context"]["start"] :].startswith(span["text"])


def test_a_copied_statement_names_its_carriers_and_the_copy_the_one_it_counts_as(client: TestClient) -> None:
    found = [s for s in get(client, "/search.json?actor=union")["statements"] if s["carriers"] > 1]
    assert len(found) == 1
    content = get(client, f"/statements/{found[0]['id']}.json")
    copy = content["witnesses"][0]["id"]
    assert get(client, f"/statements/{copy}.json")["stands_for"] == found[0]["id"]
    assert f"/statements/{found[0]['id']}" in client.get(f"/statements/{copy}").text


def test_the_line_has_its_chart_its_periods_and_a_dot_for_every_statement(client: TestClient) -> None:
    content = get(client, "/lines/union/leavers.json")
    assert content["line"]["statements"] == len(content["points"]) > 0
    page = client.get("/lines/union/leavers").text
    assert page.count('<circle class="dot') == len(content["points"])
    assert page.count("<svg") >= 3 and "style=" not in page
    assert content["chart"]["$schema"].startswith("https://vega.github.io/schema/vega-lite")
    later = get(client, "/lines/union/leavers.json?since=2024-05")
    assert 0 < len(later["points"]) < len(content["points"])


def test_a_line_of_nothing_says_so(client: TestClient) -> None:
    page = client.get("/lines/authority/leavers")
    assert page.status_code == 200 and "No dated and coded statement" in page.text


def test_the_brief_of_a_line_is_a_page_and_a_file_of_its_own(client: TestClient) -> None:
    page = client.get("/briefs/union/leavers")
    assert page.status_code == 200 and "Harbour Union" in page.text
    assert "sandbox" in page.headers["content-security-policy"]
    assert get(client, "/briefs/union/leavers.json")["actor"]["id"] == "union"
    assert client.get("/briefs/union/leavers.md").headers["content-disposition"] == 'attachment; filename="brief.md"'


def test_an_edit_by_another_process_shows_at_once(client: TestClient, desk: Desk) -> None:
    with Desk.open(desk.folder) as other:
        records = other.store.settings.actors()
        renamed = [replace(each, name="Port Office") if each.id == "authority" else each for each in records]
        assert get(client, "/actors/authority.json")["name"] == "Port Authority"
        other.store.settings.put_actors(renamed)
        assert get(client, "/actors/authority.json")["name"] == "Port Office"
        other.store.settings.put_actors(records)
    assert get(client, "/actors/authority.json")["name"] == "Port Authority"
