"""Which addresses are one page, and which are not."""

import pytest

from sayso.read import canonical_address

SAME = [
    ("http://www.example.com/news/port", "https://example.com/news/port/"),
    ("https://m.example.com/news/port", "https://example.com/news/port"),
    ("https://amp.example.com/news/port", "https://example.com/news/port"),
    ("https://example.com/news/port/amp/", "https://example.com/news/port"),
    ("https://example.com/amp/news/port", "https://example.com/news/port"),
    ("https://example.com/news/port?amp=1", "https://example.com/news/port"),
    ("https://example.com/news/port?utm_source=a&utm_medium=b&id=7", "https://example.com/news/port?id=7"),
    ("https://example.com/news/port?b=2&a=1", "https://example.com/news/port?a=1&b=2"),
    ("https://example.com/news/port#comments", "https://example.com/news/port"),
    ("https://example.com:443/news//port", "https://example.com/news/port"),
    ("https://example.com/index.html", "https://example.com"),
    ("https://en.m.wikipedia.org/wiki/Port", "https://en.wikipedia.org/wiki/Port"),
    ("https://www.google.com/amp/s/www.example.com/news/port.amp.html", "https://example.com/news/port.html"),
    ("https://example-com.cdn.ampproject.org/c/s/example.com/news/port", "https://example.com/news/port"),
    ("https://example.com/caf%c3%a9", "https://example.com/café"),
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
]
DIFFERENT = [
    ("https://example.com/news/1", "https://example.com/news/2"),
    ("https://example.com/story.php?id=1", "https://example.com/story.php?id=2"),
    ("https://example.com/watch?v=abc", "https://example.com/watch?v=ABC"),
    ("https://example.com/News", "https://example.com/news"),
    ("https://uk.example.com/a", "https://us.example.com/a"),
    ("https://example.com/?p=12", "https://example.com/?p=13"),
    ("https://example.com/a?page=2", "https://example.com/a"),
    ("https://example.com/#!/a", "https://example.com/#!/b"),
    ("https://example.com/?cid=5", "https://example.com/?cid=6"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_page(one, other):
    assert canonical_address(one) == canonical_address(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_pages(one, other):
    assert canonical_address(one) != canonical_address(other)


@pytest.mark.parametrize("text", ["", "notes.txt", "file:///a/b", "mailto:a@b.c", "http://[::1", "http://a:port/"])
def test_what_is_no_web_address_comes_back(text):
    assert canonical_address(text) == text
