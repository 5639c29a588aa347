"""The line page in a browser: brush, reading in place, two lines side by side; and the chart library under the policy."""

from __future__ import annotations

import gzip
import html
from typing import Any

import pytest
from starlette.testclient import TestClient

from sayso.brief import render
from sayso.desk import Desk


def test_two_lines_stand_side_by_side(client: TestClient) -> None:
    found = client.get("/lines/union/leavers/beside.json?other=authority").json()
    assert [each["actor"] for each in found["lines"]] == ["union", "authority"]
    same = client.get("/lines/union/leavers/beside.json?other=branch").json()
    assert all(0 <= each["first"] <= 1 and 0 <= each["second"] <= 1 for each in same["codes"])
    assert len(same["chart"]["vconcat"]) == 2
    assert (
        same["chart"]["vconcat"][0]["layer"][0]["encoding"]["x"]["scale"]
        == (same["chart"]["vconcat"][1]["layer"][0]["encoding"]["x"]["scale"])
    )
    text = client.get("/lines/union/leavers/beside?other=branch").text
    assert "Where they are apart" in text and text.count("<svg") >= 2


def test_a_code_has_one_colour_in_every_chart(client: TestClient) -> None:
    whole = client.get("/lines/union/leavers.json").json()
    late = client.get("/lines/union/leavers.json?since=2024-06").json()
    pair = client.get("/lines/union/leavers/beside.json?other=branch").json()
    panels = [*(each["chart"]["vconcat"][1] for each in (whole, late)), *pair["chart"]["vconcat"]]
    scales = [panel["layer"][0]["encoding"]["color"]["scale"] for panel in panels]
    drawn = [dict(zip(scale["domain"], scale["range"], strict=True)) for scale in scales]
    assert all(len({each[code] for each in drawn if code in each}) == 1 for code in ("threaten", "promise"))


@pytest.mark.parametrize("query", ["other=nobody", "on=nothing", "codes=nothing"])
def test_nothing_stands_beside_what_is_not_there(client: TestClient, query: str) -> None:
    assert client.get(f"/lines/union/leavers/beside?{query}").status_code == 404
    assert client.get("/lines/union/leavers/beside?since=never").status_code == 400


def test_where_there_is_no_shift_the_page_says_once_what_would_have_been_seen(client: TestClient) -> None:
    text = client.get("/lines/union/leavers?until=2024-03").text
    section = text[text.index('id="none"') :]
    section = section[: section.index("</section>")]
    assert section.count("would be seen with probability") == 1 and "half-way would have" not in section
    assert section.endswith(".</p>")


@pytest.mark.parametrize("page", ["/lines/union/leavers", "/lines/union/leavers.json"])
def test_no_line_is_shown_without_an_outlet_that_is_not_there(client: TestClient, page: str) -> None:
    refused = client.get(page, params={"without": "The Hokk"})
    assert refused.status_code == 400 and "the nearest name is 'The Hook'" in html.unescape(refused.text)
    refused = client.get(page, params={"without": "zzz"})
    assert refused.status_code == 400 and "neither items nor outlets.yaml" in refused.text


def test_the_chart_library_is_one_file_of_our_own_and_only_lines_load_it(client: TestClient) -> None:
    got = client.get("/static/vega.js", headers={"accept-encoding": "identity"})
    assert got.status_code == 200 and b"vegaEmbed" in got.content and b"expressionInterpreter" in got.content
    packed = client.get("/static/vega.js", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip" and packed.content == got.content
    assert len(gzip.compress(got.content)) < 400_000
    tag = {"if-none-match": got.headers["etag"]}
    assert client.get("/static/vega.js", headers=tag).status_code == 304
    for path in ("/", "/search", "/lines", "/coding", "/issued"):
        assert "vega.js" not in client.get(path).text
    assert "vega.js" in client.get("/lines/union/leavers").text


@pytest.mark.browser
def test_a_brush_over_the_shares_selects_a_time_in_the_address(page: Any, address: str) -> None:
    page.goto(f"{address}/lines/union/leavers")
    page.wait_for_selector("[data-chart][data-ready]", timeout=120_000)
    assert page.locator("[data-still]").is_hidden()
    box = page.locator("[data-chart] svg, [data-chart] canvas").first.bounding_box()
    middle = box["y"] + box["height"] * 0.35
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=6)
    page.mouse.up()
    page.wait_for_url("**since=2024-*until=2024-*")
    assert page.locator(".filters input[name=since]").input_value().startswith("2024-")
    assert "statement" in page.locator("[data-sum]").text_content()
    page.locator("[data-show]").click()
    page.wait_for_load_state()
    assert page.locator(".strip a").count() < 8


@pytest.mark.browser
def test_two_lines_stand_beside_each_other_and_what_follows_comes_right_below(page: Any, address: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 1600})
    page.goto(f"{address}/lines/union/leavers/beside")
    ends = [each.bounding_box() for each in page.locator("section[aria-labelledby^=l]").all()]
    follows = page.locator("section[aria-labelledby=apart]").bounding_box()
    lowest = max(each["y"] + each["height"] for each in ends)
    assert ends[0]["x"] + ends[0]["width"] < ends[1]["x"] and lowest <= follows["y"] < lowest + 80


def test_from_a_brief_one_goes_back_to_its_line(page: Any, address: str) -> None:
    page.goto(f"{address}/briefs/union/leavers")
    page.get_by_role("link", name="The line", exact=False).first.click()
    page.wait_for_url("**/lines/union/leavers")
    assert page.locator("h1").count() == 1


def test_the_keys_of_coding_are_told_where_one_codes(page: Any, address: str) -> None:
    page.goto(f"{address}/coding/tone")
    page.keyboard.press("?")
    told = page.locator("#help").inner_text()
    assert "memo" in told and "skip" in told


def test_the_dots_are_one_stop_of_tab_and_arrows_walk_among_them(page: Any, address: str) -> None:
    page.goto(f"{address}/lines/union/leavers")
    dots = page.locator(".strip a[data-statement]")
    page.locator(".strip a[tabindex='0']").focus()
    first = page.evaluate("document.activeElement.dataset.statement")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    second = page.evaluate("document.activeElement.dataset.statement")
    assert dots.count() > 2 and second and second != first
    assert page.locator(".strip a[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-reading]:not([hidden]) blockquote")
    page.keyboard.press("Tab")  # and on, past all the others
    assert page.evaluate("document.activeElement.dataset.statement") is None


def test_a_dot_is_read_in_place(page: Any, address: str) -> None:
    page.goto(f"{address}/lines/union/leavers")
    page.locator(".strip a[data-statement]").first.dispatch_event("click")
    page.wait_for_selector("[data-reading]:not([hidden]) blockquote")
    assert page.locator("[data-reading] blockquote").text_content()
    assert page.url.endswith("/lines/union/leavers")


@pytest.mark.browser
def test_without_javascript_the_servers_drawing_stands(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(f"{address}/lines/union/leavers")
    assert opened.locator("[data-still] svg").first.is_visible()
    assert opened.locator("[data-chart]").is_hidden()
    assert opened.locator(".strip a").first.get_attribute("href").startswith("/statements/")
    context.close()


@pytest.mark.browser
def test_one_key_codes_a_statement_and_another_takes_it_back(page: Any, address: str) -> None:
    from playwright.sync_api import expect

    page.goto(f"{address}/coding/tone")
    first = page.locator("#words").text_content()
    page.keyboard.press("t")
    expect(page.locator("#words")).not_to_have_text(first, timeout=60_000)
    assert "threaten" in page.locator(".last").text_content()
    page.keyboard.press("+")
    assert page.evaluate("document.activeElement.name") == "memo"
    page.keyboard.type("not p, nor t")
    page.keyboard.press("Escape")
    page.keyboard.press("-")
    expect(page.locator("#words")).to_have_text(first, timeout=60_000)
    page.keyboard.press("=")
    assert page.locator("details.define[open]").count() == 2


def test_each_denominator_of_a_brief_leads_to_what_it_counts(client: TestClient, desk: Desk) -> None:
    counts = client.get("/briefs/union/leavers.json").json()["counts"]
    page = html.unescape(client.get("/briefs/union/leavers").text)
    for each in [*counts, *(left for count in counts for left in count["left_out"])]:
        if not each["where"]:
            continue
        assert f'<a href="{each["where"]}"><code>' in page
        if each["where"].startswith("/search"):
            found = client.get(each["where"].replace("/search", "/search.json"))
            assert found.json()["page"]["total"] == each["count"], each
        else:
            assert client.get(each["where"]).status_code == 200
    assert {"/search?stage=attributed", "/search?stage=coded", "/documents"} <= {each["where"] for each in counts}
    alone = render(
        desk.brief("union", "leavers")
    )  # a file of its own: addresses to look up, no links that lead nowhere
    assert "/search?stage=attributed" in alone and 'href="/' not in alone
