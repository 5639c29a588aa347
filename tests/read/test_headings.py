"""Titles and headings are known as such, in every format that has them."""

import io

import docx
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from test_read_files import book

from sayso.read import read
from sayso.read._headings import headings

FIRST = "The Harbour Union said on Monday that those who left the port can come back without being punished by anybody."
SECOND = (
    "Nobody will be asked where they have been, the union added, and all ships wait outside until the talks are over."
)


def word_file() -> bytes:
    document = docx.Document()
    document.add_heading("A word to those who left", 0)
    document.add_paragraph(FIRST)
    document.add_heading("What comes next", 2)
    document.add_paragraph(SECOND)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


PAGE = f"<html><body><article><h1>A word to those who left</h1><p>{FIRST}</p><h2>What comes next</h2><p>{SECOND}</p>"
MARKDOWN = f"# A word to those who left\n\n{FIRST}\n\nWhat comes next\n---------------\n\n{SECOND}\n"
SET = f"#text(size: 18pt)[A word to those who left]\n\n{FIRST}\n\n== What comes next\n{SECOND}"


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (PAGE.encode(), "a.html"),
        (MARKDOWN.encode(), "a.md"),
        (word_file(), "a.docx"),
        (typst.compile(SET.encode()), "a.pdf"),
        (book([PAGE.removeprefix("<html><body><article>")]), "a.epub"),
    ],
)
def test_titles_and_headings_are_marked(data: bytes, path: str) -> None:
    document = read(data, path)
    found = [span.text.lstrip("# ") for span in document.headings]
    assert found == [each for each in ("A word to those who left", "What comes next") if each in document.text]
    assert "What comes next" in found
    for span in document.headings:
        assert document.text[span.start : span.end] == span.text


def test_the_headline_of_a_plain_text() -> None:
    document = read(f"A word to those who left\n\n{FIRST}\n\n{SECOND}\n".encode(), "a.txt")
    assert [span.text for span in document.headings] == ["A word to those who left"]


def test_what_has_nothing_but_headings_has_none() -> None:
    """A page that sets its whole statement as a heading says something."""
    assert (
        read(b"<html><body><h1>We will never surrender the port to anybody</h1></body></html>", "a.html").headings == ()
    )
    assert read(b"We will never surrender", "a.txt").headings == ()


@given(
    st.text(max_size=300), st.sampled_from(["html", "markdown", "pdf", "ocr", "text"]), st.lists(st.text(max_size=20))
)
def test_headings_are_lines_in_order_and_never_all(text: str, form: str, marked: list[str]) -> None:
    found = headings(text, form, marked[0] if marked else "", marked)
    assert found == sorted(found)
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in found)
    rest = text
    for start, end in reversed(found):
        rest = rest[:start] + rest[end:]
    assert rest.strip() or not found
