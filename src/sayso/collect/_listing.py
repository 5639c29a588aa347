"""What a feed lists. In: the bytes that its address gave. Out: the entries, and further lists to look into.

Knows RSS and Atom (feedparser), JSON Feed, sitemaps and their indexes (also gzipped, also with the news extension),
OPML, lists of addresses, pages whose links are items. Sitemaps are parsed here and not by ultimate-sitemap-parser,
which fetches by itself: every request of ours has to go through the guarded, polite fetcher.
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser
from cssselect import SelectorError
from lxml import etree, html
from lxml.cssselect import CSSSelector

from sayso.collect.feeds import Feed

_UNPACKED_LIMIT = 60_000_000  # a sitemap may have 50 MB (sitemaps.org)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")


class NoList(Exception):
    """The bytes list nothing that we understand; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as a feed announces it."""

    url: str
    title: str = ""
    published: str = ""  # ISO 8601
    author: str = ""
    language: str = ""
    changed: str = ""  # a sitemap's lastmod
    outlet: str = ""
    translator: str = ""
    translation_of: str = ""  # address of the original

    def hints(self) -> dict[str, str]:
        """What the desk may use where the item itself does not say."""
        known = {
            "title": self.title,
            "published": self.published,
            "author": self.author,
            "language": self.language,
            "outlet": self.outlet,
            "translator": self.translator,
            "translation_of": self.translation_of,
        }
        return {name: value for name, value in known.items() if value}


@dataclass(frozen=True, slots=True)
class Listing:
    """What was found: items, lists to look into in their turn, and what this list is."""

    kind: str
    entries: tuple[Entry, ...] = ()
    lists: tuple[Entry, ...] = ()
    feeds: tuple[Feed, ...] = ()


def is_list(data: bytes, media_type: str) -> bool:
    """Whether the bytes are a feed, a sitemap or an OPML file: something that lists items and is none itself."""
    return _sniff(_unpacked(data), media_type) in ("feed", "json", "sitemap", "opml")


def listing(data: bytes, media_type: str, base: str, *, kind: str = "auto", selector: str = "") -> Listing:
    """The entries of a list that was fetched from `base`. Raises `NoList`."""
    data = _unpacked(data)
    if kind == "list":
        return _lines(data)
    if kind == "listing" or selector:
        return _links(data, base, selector or "a")
    found = _sniff(data, media_type)
    match found:
        case "sitemap":
            return _sitemap(data, base)
        case "feed":
            return _feed(data, base)
        case "json":
            return _json_feed(data, base)
        case "opml":
            return Listing("opml", feeds=tuple(opml_feeds(data)))
        case "html":
            return _discovered(data, base)
        case _:
            return _lines(data)


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        unpacker = zlib.decompressobj(31)
        out = unpacker.decompress(data, _UNPACKED_LIMIT)
    except zlib.error as error:
        raise NoList(f"its gzip coding is broken ({error})") from None
    if unpacker.unconsumed_tail:
        raise NoList(f"unpacks to more than {_UNPACKED_LIMIT // 1_000_000} MB")
    return out


def _sniff(data: bytes, media_type: str) -> str:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"{"):
        return "json" if b"jsonfeed.org/version" in head or media_type == "application/feed+json" else "text"
    if head.startswith(b"<!doctype html") or head.startswith(b"<html"):
        return "html"
    if head.startswith(b"<"):
        for name, tags in (
            ("sitemap", (b"<urlset", b"<sitemapindex", b":urlset", b":sitemapindex")),
            ("opml", (b"<opml",)),
            ("feed", (b"<rss", b"<feed", b"<rdf:rdf", b":feed")),
        ):
            if any(tag in head for tag in tags):
                return name
        return "html" if "html" in media_type or b"<html" in head or b"<body" in head else "xml"
    return "text"


def _feed(data: bytes, base: str) -> Listing:
    found = feedparser.parse(data, response_headers={"content-location": base}, sanitize_html=False)
    if not found.entries and found.bozo:
        raise NoList(f"a broken feed ({' '.join(str(found.bozo_exception).split())})")
    language = str(found.feed.get("language", ""))[:2].lower()
    entries = []
    for item in found.entries:
        link = item.get("link") or (item.get("id", "") if str(item.get("id", "")).startswith("http") else "")
        if link:
            moment = item.get("published_parsed") or item.get("updated_parsed")
            entries.append(
                Entry(
                    urljoin(base, link),
                    " ".join(str(item.get("title", "")).split()),
                    _iso(moment),
                    str(item.get("author", "")),
                    language,
                )
            )
    return Listing("feed", tuple(entries))


def _iso(moment: Any) -> str:
    if not moment:
        return ""
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(moment), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, TypeError):
        return ""


def _json_feed(data: bytes, base: str) -> Listing:
    try:
        found = json.loads(data)
        items = found.get("items", [])
    except (ValueError, RecursionError, AttributeError) as error:
        raise NoList(f"a broken JSON feed ({error})") from None
    if not isinstance(items, list):
        raise NoList("a JSON feed without items")
    entries = []
    for item in items:
        link = isinstance(item, dict) and (item.get("url") or item.get("external_url"))
        if isinstance(link, str) and link:
            authors = item.get("authors") or ([item["author"]] if item.get("author") else [])
            names = [str(author["name"]) for author in authors if isinstance(author, dict) and author.get("name")]
            entries.append(
                Entry(
                    urljoin(base, link),
                    str(item.get("title") or ""),
                    str(item.get("date_published") or ""),
                    ", ".join(names),
                    str(item.get("language") or found.get("language") or "")[:2].lower(),
                )
            )
    return Listing("json", tuple(entries))


def _sitemap(data: bytes, base: str) -> Listing:
    entries: list[Entry] = []
    lists: list[Entry] = []
    parser = etree.iterparse(BytesIO(data), recover=True, resolve_entities=False, no_network=True)
    try:
        for _, element in parser:
            name = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if name not in ("url", "sitemap"):
                continue
            said = {
                etree.QName(child).localname: (child.text or "").strip()
                for child in element.iterdescendants()
                if isinstance(child.tag, str)
            }
            if said.get("loc"):
                entry = Entry(
                    urljoin(base, said["loc"]),
                    said.get("title", ""),
                    said.get("publication_date", ""),
                    language=said.get("language", "")[:2].lower(),
                    changed=said.get("lastmod", ""),
                )
                (lists if name == "sitemap" else entries).append(entry)
            element.clear()
    except etree.XMLSyntaxError as error:
        raise NoList(f"a broken sitemap ({error})") from None
    if not entries and not lists and len(parser.error_log):
        raise NoList(f"a broken sitemap ({parser.error_log[0].message})")
    return Listing("sitemap", tuple(entries), tuple(lists))


def opml_feeds(data: bytes) -> list[Feed]:
    """The feeds of an OPML file; each takes the outline's text as its outlet. Raises `NoList`."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NoList(f"a broken OPML file ({error})") from None
    out: dict[str, Feed] = {}
    for outline in root.iter("outline") if root is not None else ():
        said = {name.lower(): value.strip() for name, value in outline.attrib.items()}
        url = said.get("xmlurl", "")
        if url.startswith(("http://", "https://")):
            out.setdefault(url, Feed.model_validate({"url": url, "outlet": said.get("title") or said.get("text", "")}))
    return list(out.values())


def _lines(data: bytes) -> Listing:
    text = data.decode("utf-8-sig", "replace")
    lines = [line.strip() for line in text.splitlines()]
    wanted = [line.split()[0] for line in lines if line and not line.startswith("#")]
    urls = [word for word in wanted if word.startswith(("http://", "https://"))]
    if not urls:
        raise NoList("no feed, sitemap or list of addresses")
    return Listing("list", tuple(Entry(url) for url in dict.fromkeys(urls)))


def _page(data: bytes, base: str) -> html.HtmlElement:
    try:
        page = html.fromstring(data)
        page.make_links_absolute(base, resolve_base_href=True, handle_failures="discard")
    except (etree.ParserError, ValueError) as error:
        raise NoList(f"a page that cannot be parsed ({error})") from None
    return page


def _links(data: bytes, base: str, selector: str) -> Listing:
    """The links that the selector finds: the elements themselves, or the first link inside each."""
    page = _page(data, base)
    try:
        chosen = CSSSelector(selector, translator="html")(page)
    except SelectorError as error:
        raise NoList(f"the selector {selector!r} is wrong ({error})") from None
    found: dict[str, Entry] = {}
    for element in chosen:
        links = [element] if element.tag == "a" else list(element.iter("a"))[:1]
        for link in links:
            url = str(link.get("href", "")).partition("#")[0]
            if url.startswith(("http://", "https://")) and url != base:
                found.setdefault(url, Entry(url, " ".join(link.text_content().split())))
    if not found:
        raise NoList(f"the selector {selector!r} finds no links: has the page been rebuilt?")
    return Listing("listing", tuple(found.values()))


def _discovered(data: bytes, base: str) -> Listing:
    """The feed that a page names as its own."""
    for link in _page(data, base).iter("link"):
        if "alternate" in str(link.get("rel", "")).lower() and str(link.get("type", "")).lower() in _FEED_TYPES:
            url = str(link.get("href", ""))
            if url.startswith(("http://", "https://")) and url != base:
                return Listing("page", lists=(Entry(url),))
    raise NoList("a page that names no feed; give it a selector for its links")
