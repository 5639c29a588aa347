"""Every page for everybody: axe-core finds nothing against WCAG 2.2 AA, in light and in dark."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = Path(__file__).parents[2] / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LISTS = [
    *("/", "/documents", "/search", "/search?q=crossing", "/lines", "/lines/union/leavers", "/actors", "/actors/union"),
    *("/actors/union/edit", "/new/actor", "/new/outlet", "/outlets", "/outlets/hook", "/edit/outlet/hook", "/items"),
    *("/topics", "/topics/leavers", "/topics/leavers/edit", "/new/topic"),
    *(
        "/feeds",
        "/changes",
        "/pairs",
        "/saved",
        "/issued",
        "/coding",
        "/coding/tone",
        "/coding/tone/agreement",
        "/codebook",
    ),
    *(
        "/lines/union/leavers/beside",
        "/search?stage=undated&made=machine",
        "/confirm",
        "/jobs",
        "/log",
        "/people",
        "/nowhere",
    ),
]


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of the npm package axe-core; `make .venv/axe` fetches it."""
    if not AXE.exists():
        why = f"axe-core is not in {AXE.parents[2]}: run `make .venv/axe` (it needs npm)"
        if os.environ.get("SAYSO_BROWSER") == "1":
            pytest.fail(why)
        pytest.skip(why)
    return AXE.read_text(encoding="utf-8")


def violations(page: Any, axe: str) -> list[str]:
    """What axe finds on the page as it stands: rule, and the first element that breaks it."""
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


def pages(page: Any, address: str) -> list[str]:
    """Every kind of page, with real ids."""
    documents = page.request.get(f"{address}/documents.json").json()["documents"]
    first = documents[0]
    spoken = page.request.get(f"{address}/search.json").json()["statements"][0]
    item = page.request.get(f"{address}/items.json").json()["items"][0]
    return [
        *LISTS,
        *(f"/documents/{each['id']}" for each in documents if each["language"] == "ar" or "markup" in each["path"]),
        *(f"/documents/{first['id']}{more}" for more in ("", "?beside=original", "/attribute")),
        *(f"/statements/{spoken['id']}{more}" for more in ("", "/correct")),
        *(f"/captures/{first['sha256']}{more}" for more in ("", "/transcript")),
        f"/items/{item['id']}",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule(page: Any, address: str, axe: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    found = {}
    for path in pages(page, address):
        page.goto(address + path)
        if broken := violations(page, axe):
            found[path] = broken
    page.problems[:] = [each for each in page.problems if "404" not in each]  # of /nowhere
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_and_the_keys_break_no_rule(page: Any, address: str, axe: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    spoken = page.request.get(f"{address}/search.json?q=crossing").json()["statements"][0]
    page.goto(f"{address}/documents/{spoken['document_id']}?s={spoken['id']}#{spoken['id']}")
    page.keyboard.press("e")
    page.wait_for_selector("#panel form.edit")
    assert violations(page, axe) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#help[open]")
    assert violations(page, axe) == []
