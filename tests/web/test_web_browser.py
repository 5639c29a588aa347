"""The workbench in a real browser: by keyboard from the overview to the bytes, without errors, at every width."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browsing import serving
from small_engines import ENGINES
from web_items import SETTINGS, write_items

from sayso.desk import Desk

pytestmark = pytest.mark.browser


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


@pytest.mark.parametrize("width", [1024, 1130, 1200, 1280, 1440])
def test_on_a_screen_every_part_of_the_navigation_shows(page: Any, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    nav = page.locator(".top nav")
    assert nav.locator("a").count() >= 10
    assert nav.evaluate("n => n.scrollWidth - n.clientWidth") <= 0


def test_on_a_phone_no_list_hides_its_last_columns(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for path in ("/", "/lines", "/actors", "/outlets"):
        page.goto(address + path)
        tables = page.locator("main table.stacked")
        assert tables.count(), path
        for part in tables.locator("td:visible, th:visible").all():
            box = part.bounding_box()
            assert box is None or box["x"] + box["width"] <= 390, (path, part.text_content())


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


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a workbench over a desk of its own, which a test may change."""
    root = tmp_path_factory.mktemp("own")
    (root / "items").mkdir()
    write_items(root / "items")
    Desk.create(root / "desk").close()
    for name, text in SETTINGS.items():
        (root / "desk" / f"{name}.yaml").write_text(text, encoding="utf-8")
    with Desk.open(root / "desk") as desk:
        desk.add([str(each) for each in sorted((root / "items").glob("2024-0[68]*"))])
        desk.run(engines=ENGINES)
        with serving(desk) as found:
            yield found


def reader_of(page: Any, address: str, name: str) -> str:
    """The address of the reader of the document whose path holds this."""
    documents = page.request.get(f"{address}/documents.json").json()["documents"]
    return f"{address}/documents/{next(each['id'] for each in documents if name in each['path'])}"


def test_a_statement_is_corrected_by_keyboard_and_undone(page: Any, own: str) -> None:
    from playwright.sync_api import expect

    page.goto(reader_of(page, own, "2024-08"))
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_selector("#panel form.edit")
    page.locator("#panel textarea[name=content]").focus()
    words = page.locator("#h-content").text_content()
    page.keyboard.press("Alt+ArrowLeft")  # the end, one word earlier
    assert page.locator("#h-content").text_content() == words.rsplit(" ", 1)[0]
    page.locator("#panel input[name=speaker]").fill("East Branch")
    page.keyboard.press("Enter")
    page.wait_for_selector(".card.current .by-person")
    assert page.locator(".card.current .speaker").first.text_content() == "East Branch"
    assert page.locator(".content.lit").first.text_content() == words.rsplit(" ", 1)[0]
    for left in (1, 0):
        page.keyboard.press("u")
        expect(page.locator(".changes li:not(.undone)")).to_have_count(left, timeout=60_000)
        page.wait_for_load_state()  # keys are heard once the new page's script has run
    assert page.locator(".card .speaker").first.text_content() == "Harbour Union"


# where the third word of the first paragraph stands on the screen
WORD = """() => {
  const text = document.createTreeWalker(document.querySelector(".para"), NodeFilter.SHOW_TEXT).nextNode();
  const word = [...text.data.matchAll(/[^\\s⟦⟧]{3,}/gu)][2];
  const range = document.createRange();
  range.setStart(text, word.index);
  range.setEnd(text, word.index + word[0].length);
  const box = range.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def test_marked_words_of_a_text_from_right_to_left_are_attributed_by_hand(page: Any, own: str) -> None:
    address = reader_of(page, own, "2024-06-20")
    page.goto(address)
    x, y = page.evaluate(WORD)
    page.mouse.dblclick(x, y)
    marked = page.evaluate("String(getSelection()).trim()")
    page.wait_for_selector("#marker:not([hidden])")
    page.keyboard.press("3")
    page.wait_for_selector("#panel form.edit")
    page.locator("#panel input[name=speaker]").fill("the dockers")
    page.locator("#panel button", has_text="Attribute").click()
    page.wait_for_selector(".card .by-person")
    made = page.request.get(f"{address}.json").json()["statements"]
    assert [(each["content"][0]["text"], each["speaker"]["actor"]) for each in made] == [(marked, "union")]


def test_without_javascript_a_statement_is_corrected_by_typing(browser: Any, own: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(reader_of(page, own, "2024-08"))
    page.locator("a[data-correct]", has_text="correct").last.click()
    page.fill("textarea[name=content]", "brought nothing new")
    page.get_by_role("button", name="Save the correction").click()
    assert page.locator(".card:target .by-person").count() == 1
    assert page.get_by_text("brought nothing new", exact=True).count() >= 1
    context.close()


def test_what_cannot_be_undone_is_asked_for_twice(page: Any, own: str) -> None:
    page.goto(f"{own}/issued")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/compose/*")
    sure = page.get_by_role("button", name="Throw it away")
    assert not sure.is_visible()
    page.locator("details.sure summary").focus()
    page.keyboard.press("Enter")
    assert "lost for good" in page.locator("details.sure").inner_text()
    sure.click()
    page.wait_for_url("**/issued")
