"""The workbench in a real browser: by keyboard from the overview to the bytes, without errors, at every width."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from sayso.desk import Desk
from sayso.web import create_app

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


class Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    server = Server(uvicorn.Config(create_app(desk), port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    assert server.listening.wait(60)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("playwright is not installed")
    if not CHROMIUM.exists():
        _missing(f"there is no {CHROMIUM}; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield found
        found.close()


def _missing(why: str) -> None:
    if os.environ.get("SAYSO_BROWSER") == "1":
        pytest.fail(f"SAYSO_BROWSER=1, but {why}")
    pytest.skip(f"browser tests need Debian's chromium and playwright: {why}")


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.problems = []
    opened.on("console", lambda message: opened.problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    yield opened
    context.close()
    assert opened.problems == []


def test_by_keyboard_from_the_overview_to_the_reader_to_the_statement(page: Any, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    while page.evaluate("document.activeElement.textContent") != "Documents":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/*")
    assert page.locator(".card.current").count() == 0
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.locator(".card.current").get_attribute("data-stop") == "1"
    assert page.locator(".lit").count() >= 2
    words = page.locator(".content.lit").first.text_content()
    page.keyboard.press("Enter")
    page.wait_for_url("**/statements/*")
    assert words in page.locator(".quote").text_content()
    assert page.get_by_text("captures-00001.warc.gz").count() >= 1
    page.keyboard.press("/")
    page.keyboard.type("crossing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=crossing")
    assert page.locator(".row").count() > 0


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1024, "light")])
def test_no_page_is_wider_than_the_window(page: Any, address: str, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    document = page.request.get(f"{address}/documents.json").json()["documents"][0]
    for path in ("/", "/search?q=crossing", "/lines/union/leavers", f"/documents/{document['id']}", "/items"):
        page.goto(address + path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, path


def test_without_javascript_everything_is_still_there(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/search?q=crossing")
    page.locator(".row blockquote a").first.click()
    page.wait_for_url("**/statements/*")
    page.get_by_text("Read it in the document").click()
    page.wait_for_url("**/documents/*")
    assert page.locator(".card:target").count() == 1
    context.close()
