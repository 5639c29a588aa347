"""Web pages: what is part of the piece, what the page says of itself, and when it was published."""

# ruff: noqa: E501 (sample texts)

import datetime as dt

import pytest

from sayso.read import Unreadable, read

CAPTURED = dt.date(2021, 6, 30)
BODY = (
    "<p>The port authority said on Monday that it would not reopen talks with the dockers' union before the summer.</p>"
    "<p>“We have made our last offer,” its director, Ines Falk, told reporters in front of the terminal gates.</p>"
    "<blockquote><p>The authority has buried the agreement that it signed only a year ago, and it knows that.</p></blockquote>"
    "<p>The union answered in the evening with a call for a two-day strike at all three terminals of the port.</p>"
    "<ul><li>Terminal One stops at six</li><li>Terminal Two stops at noon</li></ul>"
    "<p>Officials in the capital said that they were following the dispute with concern, and offered to mediate.</p>"
)


def page(body: str = BODY, head: str = "<title>Port rejects talks</title>", before: str = "", after: str = "") -> bytes:
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{before}<article><h1>Port rejects talks</h1>{body}</article>{after}</body></html>".encode()


def opened(data: bytes, path: str = "page.html", **options):
    return read(data, path, captured=CAPTURED, **options)


def test_paragraphs_are_parted_by_blank_lines_and_lists_are_lines():
    text = opened(page()).text
    assert "before the summer.\n\n“We have made" in text
    assert "Terminal One stops at six\nTerminal Two stops at noon" in text.replace("- ", "")


def test_block_quotes_are_spans_of_the_text():
    document = opened(page())
    assert [span.text for span in document.quoted_blocks] == [
        "The authority has buried the agreement that it signed only a year ago, and it knows that."
    ]
    short = opened(
        b"<article><p>Port Watch wrote:</p><blockquote><p>They lied.</p><p>All of it.</p></blockquote></article>"
    )
    assert [span.text for span in short.quoted_blocks] == ["They lied.\n\nAll of it."]
    for span in document.quoted_blocks:
        assert document.text[span.start : span.end] == span.text


@pytest.mark.parametrize(
    "furniture",
    [
        "<div class='share-bar'>Share on Facebook Tweet Email Print this article now</div>",
        "<figure><img src='a.jpg'><figcaption>Dockers at the gate on Monday morning. Photo by J. Doe</figcaption></figure>",
        "<p>Note: Please read our community guidelines before commenting.</p>",
        "<div class='related-articles'><h3>Related</h3><p>Dockers end last year's strike after nine days of talks</p></div>",
        "<p>Sign up for our daily newsletter and never miss a story.</p>",
        "<p>© 2021 The Harbour Gazette. All rights reserved.</p>",
        "<p>Related: Dockers end last year's strike</p>",
    ],
)  # fmt: skip
def test_page_furniture_is_no_part_of_the_text(furniture):
    half = BODY.index("<p>The union answered")
    document = opened(page(BODY[:half] + furniture + BODY[half:]))
    assert document.text == opened(page()).text


def test_the_page_says_who_and_where():
    head = (
        "<title>Port rejects talks | The Harbour Gazette</title><meta property='og:site_name' content='The Harbour Gazette'>"
        "<link rel='canonical' href='https://gazette.example/2021/port-rejects-talks'><meta name='author' content='By Anna Berg'>"
    )
    document = opened(page(head=head))
    assert (document.title, document.outlet, document.author) == (
        "Port rejects talks",
        "The Harbour Gazette",
        "Anna Berg",
    )
    assert document.canonical_url == "https://gazette.example/2021/port-rejects-talks"
    assert document.language == "en"
    assert document.format == "html"


def test_json_ld_gives_dates_author_medium_and_translator():
    head = """<title>x</title><script type="application/ld+json">{"@graph": [{"@type": "OpinionNewsArticle", "headline": "We must talk",
    "datePublished": "2021-03-04T23:30:00-05:00", "dateModified": "2021-03-06", "author": [{"name": "Anna Berg"}, {"name": "Bo Li"}],
    "translator": {"name": "C. Ray"}, "translationOfWork": {"url": "https://o.example/1"}, "publisher": {"name": "Gazette"}}]}</script>"""
    document = opened(page(head=head))
    assert document.published is not None and document.updated is not None
    assert (document.published.value, document.published.origin) == ("2021-03-04", "metadata")
    assert document.updated.value == "2021-03-06"
    assert (document.author, document.outlet, document.medium) == ("Anna Berg; Bo Li", "Gazette", "editorial")
    assert (document.title, document.translator, document.translation_of) == (
        "We must talk",
        "C. Ray",
        "https://o.example/1",
    )
    assert "published: 2021-03-04, from JSON-LD datePublished" in document.notes


@pytest.mark.parametrize(
    ("head", "before", "value", "origin"),
    [
        ("<meta property='article:published_time' content='2020-02-03T10:00:00Z'>", "", "2020-02-03", "metadata"),
        ("", "<p class='date'>Published: 3 February 2020</p>", "2020-02-03", "text"),
        ("", "<p>Brussels<br>February 3, 2020</p>", "2020-02-03", "text"),
        ("", "<time datetime='2020-02-03'>three weeks ago</time>", "2020-02-03", "text"),
        ("", "<span class='stamp'>3. Februar 2020</span>", "2020-02-03", "text"),
        ("<title>Speech -- Falk on the port -- February 3, 2020</title>", "", "2020-02-03", "text"),
    ],
)
def test_where_a_publication_date_is_found(head, before, value, origin):
    found = opened(page(head=head, before=before)).published
    assert found is not None
    assert (found.value, found.origin, found.granularity) == (value, origin, "day")


def test_last_update_is_not_the_publication():
    document = opened(page(before="<p>May 4, 2020</p>", after="<div>Last update: June 5, 2020</div>"))
    assert document.published is not None and document.published.value == "2020-05-04"
    assert document.updated is not None and document.updated.value == "2020-06-05"


def test_dates_of_footnotes_are_not_the_page_s_own():
    notes = "<div><p>Smith, J. (2019). Remarks at the port conference, delivered on September 24, 2019, in Hamburg, Germany.</p></div>"
    assert opened(page(after=notes)).published is None


@pytest.mark.parametrize(
    "claim", ["2021-02-31", "2099-01-01", "2021-07-01", "0001-01-01", "1970-01-01T00:00:00Z", "2021-13-01"]
)
def test_impossible_and_future_dates_are_refused_with_a_note(claim):
    document = opened(page(head=f"<meta property='article:published_time' content='{claim}'>"))
    assert document.published is None
    assert any("refused" in note for note in document.notes)


def test_a_refused_date_gives_way_to_the_next():
    head = "<meta property='article:published_time' content='2099-01-01'>"
    document = opened(page(head=head, before="<p class='date'>May 4, 2020</p>"))
    assert document.published is not None and document.published.value == "2020-05-04"


def test_a_date_in_the_address_is_the_last_resort():
    document = opened(page(), "https://gazette.example/2020/05/04/port.html")
    assert document.published is not None
    assert (document.published.value, document.published.origin) == ("2020-05-04", "metadata")
    assert "published: 2020-05-04, from the path" in document.notes


def test_local_time_ahead_of_utc_is_no_future():
    head = "<meta property='article:published_time' content='2021-07-01T06:00:00+10:00'>"
    document = opened(page(head=head))
    assert document.published is not None and document.published.value == "2021-07-01"


@pytest.mark.parametrize(
    ("address", "medium"),
    [
        ("https://bank.example/newsevents/speech/falk20200504a.htm", "speech"),
        ("https://bank.example/press-releases/12.htm", "statement"),
        ("https://gazette.example/opinion/port.html", "editorial"),
        ("https://gazette.example/news/port.html", "article"),
    ],
)
def test_medium_from_the_address(address, medium):
    assert opened(page(), address).medium == medium


@pytest.mark.parametrize("depth", [300, 100_000])
def test_hostile_nesting_is_refused(depth):
    with pytest.raises(Unreadable, match="nested"):
        opened(b"<html><body>" + b"<div>" * depth + b"text" + b"</div>" * depth + b"</body></html>")


def test_unclosed_fonts_of_old_pages_are_no_nesting():
    document = opened(
        page(
            "".join(
                f"<font size=2><p>Paragraph {n} of the old page, which goes on for a while.</p>" for n in range(600)
            )
        )
    )
    assert "Paragraph 599" in document.text


@pytest.mark.parametrize(
    "data", [b"<html><body></body></html>", b"<html><head><script>x()</script></head></html>", b"<html>  "]
)
def test_pages_without_text_are_refused(data):
    with pytest.raises(Unreadable, match=r"no text|no elements|empty"):
        opened(data)


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("cp1252", "iso-8859-1", ""),
        ("cp1252", "utf-8", ""),
        ("utf-8", "iso-8859-1", ""),
        ("utf-16", "", ""),
        ("utf-16-le", "", ""),
        ("cp1251", "", "text/html; charset=windows-1251"),
    ],
)
def test_encodings_declared_or_not(encoding, declared, header):
    cyrillic = encoding == "cp1251"
    sentence = (
        "Министр сказал, что переговоры продолжатся." if cyrillic else "“Größere” offers won’t come – à la carte."
    )
    markup = page(
        f"<p>{sentence}</p>" + BODY if not cyrillic else f"<p>{sentence}</p>" * 4, head=f"<meta charset='{declared}'>"
    ).decode()
    if cyrillic:
        markup = markup.replace("“", "").replace("”", "")
    assert sentence in opened(markup.encode(encoding), media_type=header).text


@pytest.mark.shared
def test_real_pages_give_their_dates(shared_data):
    """The digits in a file's name are the true date; the reader gets a name without them."""
    wrong = []
    for file in sorted((shared_data / "fed-speeches").glob("*.htm"))[::4]:
        digits = "".join(c for c in file.stem if c.isdigit())[:8]
        found = read(file.read_bytes(), "page.htm").published
        if found is None or found.value.replace("-", "") != digits:
            wrong.append(file.name)
    assert wrong == []
