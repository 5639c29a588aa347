"""What a browser has to fetch beside the pages: little, packed, once, and nothing from elsewhere."""

from __future__ import annotations

import re
from importlib import resources

from starlette.testclient import TestClient

from sayso.web.app import STATIC

BUDGET = 150_000  # bytes of our own assets, all pages together; the chart library comes on top, where a chart is


def test_all_assets_together_stay_within_the_budget(client: TestClient) -> None:
    sizes = {}
    for name in STATIC:
        if name.startswith("vega"):
            continue
        answer = client.get(f"/static/{name}", headers={"accept-encoding": "gzip"})
        sizes[name] = int(answer.headers["content-length"])
    assert sum(sizes.values()) < BUDGET, sizes


def test_an_asset_that_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/static/workbench.css")
    assert first.headers["content-encoding"] == "gzip" and "--paper" in first.text
    again = client.get("/static/workbench.css", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/static/workbench.css", headers={"accept-encoding": "identity"}).text == first.text


def test_every_file_is_served_and_every_served_file_is_there() -> None:
    folder = resources.files("sayso") / "web/static"
    assert {each.name for each in folder.iterdir()} == {
        name for name, (place, _) in STATIC.items() if place == "web/static"
    }


def test_style_sheets_and_scripts_ask_for_nothing_from_elsewhere(client: TestClient) -> None:
    for name, (_, media) in STATIC.items():
        if media.startswith("text/") and not name.startswith("vega"):
            text = client.get(f"/static/{name}").text
            assert not re.search(r"https?://(?!www\.w3\.org)|@import|eval\(|new Function", text), name
