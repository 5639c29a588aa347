"""The brief as a page: complete, self-contained, and every number leads to what it rests on."""

import dataclasses
import os
import re
from pathlib import Path

import lxml.html
import pytest

from sayso.brief import Brief, Phrase, mask, render

GOLDEN = Path(__file__).parent / "golden" / "small.html"
CHART = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "width": 300,
    "data": {"values": [{"a": 1, "b": "<script>alert(1)</script>"}, {"a": 2, "b": "y"}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b", "type": "nominal"}},
}


def parsed(page: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(page)


def test_small_brief_is_as_its_golden_page(small: Brief) -> None:
    """After a change that is meant, run with UPDATE_GOLDEN=1 and look at the difference."""
    page = re.sub(r"base64,[A-Za-z0-9+/=]+", "base64,…", render(small))
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(page, encoding="utf-8")
    assert page == GOLDEN.read_text(encoding="utf-8")


def test_same_brief_gives_the_same_page(small: Brief) -> None:
    assert render(small) == render(small)


def test_every_anchor_leads_somewhere_and_is_there_once(small: Brief) -> None:
    page = parsed(render(dataclasses.replace(small, chart=CHART, chart_dark=CHART)))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {href[1:] for href in page.xpath("//a/@href") if href.startswith("#")}
    assert targets and targets <= set(ids)


def test_numbers_of_the_headline_lead_to_their_statements(small: Brief) -> None:
    page = parsed(render(small))
    links = page.xpath('//p[@class="headline"]/a')
    assert [link.text for link in links] == ["100%", "100%"]
    told = []
    for link in links:
        (note,) = page.xpath(f'//*[@id="{link.get("href")[1:]}"]')
        told.append([entry.text for entry in note.iter("a")])
    assert told == [["S1", "S2"], ["S3", "S4"]]
    (first,) = page.xpath('//*[@id="s1"]')
    assert "no lamp will burn" in first.text_content()


def test_numbers_of_periods_items_and_counts_are_links(small: Brief) -> None:
    page = parsed(render(small))
    periods = page.xpath('//table[@class="periods"]//td[1]//a/text()')
    assert periods == ["2", "2"]
    assert page.xpath('//table[@class="counts"]//td[1]/a/text()') == ["4", "4"]
    assert page.xpath('//tr[@id="i1"]//td[last()]/a/text()') == ["2"]


def test_nothing_is_loaded_and_nothing_runs(small: Brief) -> None:
    text = render(dataclasses.replace(small, chart=CHART, chart_dark=CHART))
    page = parsed(text)
    assert not page.xpath(
        "//script | //link | //iframe | //object | //embed | //base | //form | //img | //@src | //@srcset"
    )
    assert not [name for element in page.iter() for name in element.attrib if name.lower().startswith("on")]
    assert all(url.startswith("data:") for url in re.findall(r"url\(([^)#]+)\)", text))
    assert "@import" not in text
    for href in page.xpath("//@href"):
        assert href.startswith(("#", "https://news.example/"))


def test_a_file_address_is_shown_but_is_no_link(small: Brief) -> None:
    page = parsed(render(small))
    assert "file:///tmp/copy.html" in page.text_content()
    assert not [href for href in page.xpath("//a/@href") if href.startswith("file")]


def test_every_quotation_shows_chain_depth_code_and_capture(small: Brief) -> None:
    page = parsed(render(small))
    quotations = page.xpath('//figure[@class="quotation"]')
    assert len(quotations) == 3
    first = quotations[0]
    assert [" ".join(step.text_content().split()) for step in first.xpath('.//ol[@class="chain"]/li')] == [
        "page Evening Lamp",
        "speaker Lamp Lighters’ League",
    ]
    assert "retold once" in first.text_content()
    assert "threaten machine 0.83" in " ".join(first.text_content().split())
    assert "It was dark." in first.xpath(".//details")[0].text_content()
    (capture,) = first.xpath('.//figcaption//a[@class="hash"]')
    (row,) = page.xpath(f'//*[@id="{capture.get("href")[1:]}"]')
    assert "a1" * 32 in row.text_content()


def test_a_persons_coding_wins_over_the_machines(small: Brief) -> None:
    page = parsed(render(small))
    (statement,) = page.xpath('//*[@id="s4"]')
    assert "promise person: J. Tallow" in " ".join(statement.text_content().split())


def test_copies_are_listed_once_under_their_original(small: Brief) -> None:
    page = parsed(render(small))
    rows = [row.get("id") for row in page.xpath('//table[contains(@class, "items")]//tr[@id]')]
    assert rows == ["i1", "i2", "i3", "i4"]
    (copy,) = page.xpath('//tr[@id="i2"]')
    assert "copy of I1" in copy.text_content() and "counted in I1" in copy.text_content()
    assert "2 items held, with 1 copy of them" in " ".join(page.text_content().split())
    assert "Also carried by 1 copy" in " ".join(page.xpath('//*[@id="s1"]')[0].text_content().split())


def test_left_out_is_named_with_its_reason(small: Brief) -> None:
    text = " ".join(parsed(render(small)).xpath('//table[@class="counts"]')[0].text_content().split())
    assert "1: empty file" in text and "blank.html" in text and "2: repeated by copies" in text


def test_a_shift_that_fails_a_retest_is_said_to_rest_on_it(small: Brief) -> None:
    text = " ".join(parsed(render(small)).xpath('//section[@id="shifts"]')[0].text_content().split())
    assert "It rests on Evening Lamp: without it the shift disappears" in text


def test_an_empty_brief_says_that_there_is_nothing(small: Brief) -> None:
    empty = Brief(small.actor, "gas", "desk", small.issued_at, (Phrase("No statement was found."),), "0.1.0")
    text = parsed(render(empty)).text_content()
    assert "No statement was found." in text
    assert "has no statement of this actor" in text


def test_sections_come_in_the_order_asked_for(small: Brief) -> None:
    page = parsed(render(dataclasses.replace(small, sections=("items", "findings"))))
    assert page.xpath("//main/section/@id")[:2] == ["items", "findings"]
    assert "line" not in page.xpath("//main/section/@id")


def test_masked_brief_names_no_private_person(small: Brief) -> None:
    whole = render(small)
    masked = render(mask(small))
    assert "Ann Wick" in whole and "Wick" in whole
    assert "Ann Wick" not in masked and "Private people are masked" in masked
    assert "[person A]" in masked
    assert "Lamp Lighters’ League" in masked


@pytest.mark.parametrize("spelling", ["Ann Wick", "ANN WICK", "ann-wick", "Mrs Wick", "Ann%20Wick"])
def test_masks_reach_context_titles_and_addresses(small: Brief, spelling: str) -> None:
    first, *rest = small.statements
    marked = dataclasses.replace(first, before=f"Then {spelling} spoke. ", document=f"https://x.example/{spelling}")
    masked = mask(dataclasses.replace(small, statements=(marked, *rest), title=f"On {spelling}"))
    shown = masked.statements[0]
    assert "ick" not in shown.before and "ick" not in shown.document and "ick" not in masked.title.lower()


def test_mask_takes_further_names(small: Brief) -> None:
    assert "Evening" not in mask(small, also=["Evening Lamp"]).items[0].outlet
