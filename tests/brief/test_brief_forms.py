"""The other forms of a brief, and the brief kept as JSON."""

import dataclasses
import io

import docx as word
import pypdfium2
import pytest

from sayso.brief import Brief, docx, dump, fingerprint, load, markdown, pdf
from sayso.brief._format import date_text, number, one_line, percent, stretch
from sayso.figures import probability
from sayso.records import DateValue

CHART = {
    "data": {"values": [{"a": 1}, {"a": 2}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
}


def test_kept_brief_is_the_same_brief(small: Brief) -> None:
    kept = load(dump(small))
    assert kept == small
    assert fingerprint(kept) == fingerprint(small)


def test_fingerprint_changes_with_the_data(small: Brief) -> None:
    assert fingerprint(dataclasses.replace(small, topic="oil light")) != fingerprint(small)


def test_pdf_has_the_finding_the_chain_and_the_hashes(small: Brief) -> None:
    document = pypdfium2.PdfDocument(pdf(dataclasses.replace(small, chart=CHART)))
    text = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    assert "threats and accusations prevailed" in text
    assert "Evening Lamp › Lamp Lighters’ League" in text
    assert "a1a1a1a1" in text


def test_pdf_reads_typst_code_as_words(small: Brief) -> None:
    hostile = '#panic("x") *bold* $ \\ @s1 <b> #include "/etc/passwd"'
    document = pypdfium2.PdfDocument(pdf(dataclasses.replace(small, title=hostile)))
    text = "".join("".join(page.get_textpage().get_text_range() for page in document).split())
    assert "".join(hostile.split()) in text


def test_docx_has_headings_tables_and_the_chart(small: Brief) -> None:
    document = word.Document(io.BytesIO(docx(dataclasses.replace(small, chart=CHART))))
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings[0] == "Findings" and "Items" in headings
    assert len(document.inline_shapes) == 1
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "a1" * 32 in cells
    assert document.core_properties.title == "Lamp Lighters’ League on gas light"


def test_docx_takes_control_characters(small: Brief) -> None:
    document = word.Document(io.BytesIO(docx(dataclasses.replace(small, title="a\x00b\x0b\ud800c"))))
    assert document.paragraphs[1].text == "a\ufffdb\ufffd\ufffdc"


def test_markdown_lists_what_numbers_rest_on(small: Brief) -> None:
    text = markdown(small)
    assert text.startswith("# Lamp Lighters’ League on gas light\n")
    assert "100%[^E1]" in text and "\n\n[^E1]: S1, S2" in text
    marks = {part.split("]")[0] for part in text.split("[^")[1:]}
    assert all(f"\n\n[^{mark}]: " in text for mark in marks)


@pytest.mark.parametrize(
    ("value", "granularity", "start", "end", "told"),
    [
        ("2024-03-07", "day", (2024, 3, 7), (2024, 3, 7), "7 March 2024"),
        ("2024-03", "month", (2024, 3, 1), (2024, 3, 31), "March 2024"),
        ("2024-SP", "season", (2024, 3, 1), (2024, 5, 31), "spring 2024"),
        ("2024-W10", "week", (2024, 3, 4), (2024, 3, 10), "week of 4 March 2024"),
        ("2024", "year", (2024, 1, 1), (2024, 12, 31), "2024"),
    ],
)
def test_dates_say_no_more_than_is_known(
    value: str, granularity: str, start: tuple[int, int, int], end: tuple[int, int, int], told: str
) -> None:
    import datetime as dt

    assert date_text(DateValue(value, granularity, "text", dt.date(*start), dt.date(*end))) == told  # type: ignore[arg-type]


def test_rounded_numbers_never_claim_certainty() -> None:
    assert percent(0.999) == ">99%" and percent(0.001) == "<1%" and percent(1.0) == "100%"
    assert probability(0.9999) == ">0.99" and probability(0.934) == "0.93"


def test_words_are_cut_at_words() -> None:
    assert one_line("a  quick\nbrown fox", 12) == "a quick…"
    assert number(0, "entry") == "no entries" and number(1, "copy") == "1 copy"


def test_stretches_say_shared_parts_once() -> None:
    import datetime as dt

    assert stretch(dt.date(2024, 7, 3), dt.date(2024, 7, 24)) == "3–24 July 2024"
    assert stretch(dt.date(2024, 3, 3), dt.date(2025, 4, 7)) == "3 March 2024 to 7 April 2025"
