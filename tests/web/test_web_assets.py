"""What a browser has to fetch beside the pages: little, packed, once, and nothing from elsewhere."""

from __future__ import annotations

import re
from importlib import resources

from starlette.testclient import TestClient

from sayso.web.app import STATIC

BUDGET = 150_000  # bytes of our own assets as they lie there, all pages together; the chart library is on the line page alone


def test_all_assets_together_stay_within_the_budget(client: TestClient) -> None:
    sizes = {}
    for name in STATIC:
        plain = client.get(f"/static/{name}", headers={"accept-encoding": "identity"})
        packed = client.get(f"/static/{name}", headers={"accept-encoding": "gzip"})
        sizes[name] = len(plain.content)
        assert int(packed.headers["content-length"]) <= sizes[name]
    assert sum(sizes.values()) < BUDGET, sizes


def test_every_style_stands_for_something_that_a_page_or_script_makes() -> None:
    package = resources.files("sayso") / "web"
    styles = "".join((package / "static" / name).read_text() for name in STATIC if name.endswith(".css"))
    used = "".join(each.read_text() for each in (package / "templates").iterdir())
    used += "".join((package / "static" / name).read_text() for name in STATIC if name.endswith(".js"))
    used += "".join(each.read_text() for each in package.iterdir() if each.name.endswith(".py"))
    names = set(re.findall(r"\.([a-z][\w-]*[a-z0-9])(?=[\s,.:{>+\[)])", re.sub(r"/\*.*?\*/|url\([^)]*\)", "", styles)))
    made = {
        name for name in names if re.search(r"^(d\d|v-.+|level\d|depth\d|heat\d|is-.+)$", name)
    }  # templates put them together
    made.add("visible")  # the chart library's
    assert {name for name in names - made if not re.search(rf"\b{name}\b", used)} == set()


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
