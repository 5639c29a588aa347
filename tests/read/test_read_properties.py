"""What holds for any input: a document or a refusal, spans that lie in the text, text that is the file's own."""

# ruff: noqa: E501 (sample texts)

import datetime as dt

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sayso.read import Unreadable, read

SUFFIXES = st.sampled_from(
    [".txt", ".md", ".html", ".pdf", ".docx", ".srt", ".vtt", ".ttml", ".eml", ".epub", ".png", "", ".bin"]
)
STARTS = st.sampled_from(
    [b"", b"<html>", b"%PDF-1.4\n", b"PK\x03\x04", b"WEBVTT\n\n", b"1\n00:00:01,000 --> 00:00:02,000\n", b"From: a\nTo: b\nDate: c\n\n",
     b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"<?xml version='1.0'?><tt xmlns='http://www.w3.org/ns/ttml'>", b"---\ntitle: "]
)  # fmt: skip
TAGS = st.sampled_from(
    ["<p>", "</p>", "<div class='share'>", "</div>", "<blockquote>", "</blockquote>", "<table><tr><td>", "</table>", "<li>", "<br>", "<time datetime='2020-01-01'>",
     "<script>", "</script>", "<!--", "-->", "<![CDATA[", "<title>", "</title>", "<meta name=date content='2020-02-31'>", "&nbsp;", "\x0b", "<svg>", "<font>"]
)  # fmt: skip


def check(data: bytes, path: str) -> None:
    try:
        document = read(data, path, captured=dt.date(2022, 1, 1))
    except Unreadable as refusal:
        assert str(refusal) and "\n" not in str(refusal)
        return
    text = document.text
    assert text.strip()
    for span in (*document.boilerplate, *document.quoted_blocks):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
    for stretch in (*document.segments, *document.passages):
        assert 0 <= stretch.start < stretch.end <= len(text)
    for date in (document.published, document.updated):
        assert date is None or (date.start <= date.end and date.start <= dt.date(2022, 1, 1))
    assert read(data, path, captured=dt.date(2022, 1, 1)) == document


@settings(max_examples=250, deadline=None)
@given(STARTS, st.binary(max_size=400), SUFFIXES)
@example(b"\xff\xfe", b"", ".txt")
@example(b"", b"\x00\xd8" * 3, ".txt")
def test_any_bytes_give_a_document_or_a_refusal(start, data, suffix):
    check(start + data, "a" + suffix)


@settings(max_examples=120, deadline=None)
@given(st.lists(TAGS | st.text(max_size=40), max_size=40))
@example(["<div class='share'>", "</div>", "\x1f"])
@example(["<div class='share'>", "</div>", "&#31;&#x1F;&#8;&#xb;\ufffe"])
def test_any_markup_gives_a_document_or_a_refusal(pieces):
    check(("<html><body>" + "".join(pieces)).encode("utf-8", "replace"), "a.html")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.sampled_from([".txt", ".md"]))
@example("> quoted\r\n\r\nShare\x85this\u2028© 2020", ".txt")
def test_the_text_of_a_text_file_is_the_file_s(text, suffix):
    data = text.encode("utf-8", "replace")
    try:
        document = read(data, "a" + suffix)
    except Unreadable:
        return
    decoded = data.decode("utf-8")
    assert document.text == decoded.removeprefix("\ufeff")


CAPTION = st.text(st.characters(whitelist_categories=("L", "N"), max_codepoint=0x24F), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(CAPTION, min_size=1, max_size=8).filter(lambda texts: any(map(str.isalpha, "".join(texts)))))
def test_captions_come_back_with_their_times(captions):
    source = "".join(f"{n + 1}\n00:00:{n:02d},000 --> 00:00:{n:02d},500\n{text}\n\n" for n, text in enumerate(captions))
    document = read(source.encode(), "a.srt")
    kept = [(document.text[s.start : s.end], s.begin_s) for s in document.segments]
    texts = [text for text, _ in kept]
    assert all(text in captions[round(begin)] for text, begin in kept)
    assert set(captions) == {c for c in captions if any(c.endswith(t) for t in texts)}
