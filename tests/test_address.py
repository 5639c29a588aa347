"""Addresses: variants of one are one, different ones stay different, whatever is thrown at them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.address import address_key, canonical


@pytest.mark.parametrize(
    "variant",
    [
        "http://example.org/news/1",
        "https://www.example.org/news/1/",
        "https://m.example.org/news/1",
        "https://amp.example.org/news/1",
        "https://example.org/news/1/amp",
        "https://example.org/news/1?amp=1",
        "https://example.org/amp/news/1",
        "https://EXAMPLE.org:443/news/1#comments",
        "https://example.org/news/1?utm_source=a&fbclid=b&gclid=c",
        "https://example.org//news/1",
    ],
)
def test_variants_are_one(variant: str) -> None:
    assert address_key(variant) == address_key("https://example.org/news/1")


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/news/2",
        "https://example.org/news/1?page=2",
        "https://example.com/news/1",
        "https://example.org:8443/news/1",
        "https://news.example.org/news/1",
        "https://example.org/News/1",
        "https://example.org/news/1/ample",
    ],
)
def test_other_addresses_stay_others(other: str) -> None:
    assert address_key(other) != address_key("https://example.org/news/1")


def test_the_order_of_parameters_makes_no_difference() -> None:
    assert address_key("http://e.org/?b=2&a=1") == address_key("http://e.org/?a=1&b=2")
    assert canonical("http://e.org/?b=2&a=1") == "http://e.org/?b=2&a=1"


def test_what_hosts_cannot_be_asked_with_is_escaped() -> None:
    assert canonical("http://bücher.example/ä b?q=ö") == "http://xn--bcher-kva.example/%C3%A4%20b?q=%C3%B6"


@given(st.text())
def test_no_text_breaks_it_and_twice_is_once(text: str) -> None:
    for url in (text, "http://e.org/" + text, "https://" + text):
        once = canonical(url)
        assert canonical(once) == once
        assert address_key(url) == address_key(once)
