"""What a page says about itself: title, author, site, language, addresses, types, translator (JSON-LD, meta tags, markup).

In comes a parsed page, out comes `PageMeta`, in which every field is a claim with the place it was found in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

_ARTICLE_TYPES = re.compile(
    r"article|posting|report|webpage|videoobject|audioobject|podcastepisode|speech|statement|interview|creativework|book",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"\s+(?:[|»«·•—–-]|::|//|--)\s+|\s*\|\s*")
_AUTHOR_META = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl",
                "citation_author", "article:author_name", "twitter:creator")  # fmt: skip
_SITE_META = (
    "og:site_name",
    "application-name",
    "dc.publisher",
    "citation_journal_title",
    "publisher",
    "apple-mobile-web-app-title",
)
_LANGUAGE_META = ("og:locale", "content-language", "language", "dc.language", "dcterms.language")
_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "article.published",
    "parsely-pub-date", "sailthru.date", "datepublished", "dc.date.issued", "dcterms.issued", "dc.date",
    "dcterms.date", "dc.date.created", "dcterms.created", "citation_publication_date", "citation_date", "pubdate",
    "publishdate", "publish-date", "publish_date", "publication_date", "publication-date",
    "cxenseparse:recs:publishtime", "article_date_original", "originalpublicationdate", "rnews:datepublished",
    "release_date", "og:release_date", "video:release_date", "date", "created", "displaydate", "bt:pubdate",
    "analyticsattributes.articledate",
)  # fmt: skip
_UPDATED_META = (
    "article:modified_time", "og:updated_time", "og:modified_time", "article.updated", "lastmod", "last-modified",
    "datemodified", "dc.date.modified", "dcterms.modified", "modified", "revised", "article:modified",
)  # fmt: skip
_MAX_JSON = 2_000_000


@dataclass(slots=True)
class PageMeta:
    """A page's claims about itself; `dates` are (kind "published" or "updated", where, value), best first."""

    title: str = ""
    author: str = ""
    site: str = ""
    language: str = ""
    canonical: str = ""
    types: list[str] = field(default_factory=list)
    dates: list[tuple[str, str, str]] = field(default_factory=list)
    translator: str = ""
    translation_of: str = ""
    alternates: list[tuple[str, str]] = field(default_factory=list)  # (language, address) of the page in others
    headings: list[str] = field(default_factory=list)


def page_meta(tree: Any, path: str, json_blocks: list[str]) -> PageMeta:
    """Collect the claims of `tree` (an lxml HTML element); `json_blocks` are its JSON-LD scripts."""
    meta = PageMeta()
    tags = _meta_tags(tree)
    things = [thing for block in json_blocks for thing in _json_things(block)]
    articles = [t for t in things if any(_ARTICLE_TYPES.search(name) for name in _types(t))]
    articles.sort(key=lambda t: "webpage" in " ".join(_types(t)).lower())
    meta.types = [name for t in articles for name in _types(t) if name.lower() != "webpage"]
    meta.types += tags.get("og:type", []) + list(tree.xpath("//*[@itemscope]/@itemtype")[:5])
    _dates(meta, articles, tags, tree)
    _addresses(meta, tags, tree, path, articles)
    meta.site = _first(tags, _SITE_META) or _site_of(things)
    meta.language = _clean(
        "".join(tree.xpath("string((//html/@lang | //html/@xml:lang | //html/@*[local-name()='lang'])[1])"))
    )
    meta.language = meta.language or _first(tags, _LANGUAGE_META)
    meta.headings = [_clean(h.text_content())[:300] for h in tree.xpath("//h1 | //h2")[:8]]
    meta.title = _title(meta, tags, tree, articles)
    meta.author = _author(tags, tree, articles)
    _translation(meta, articles, tree)
    meta.alternates = _alternates(tree, path)
    return meta


def _meta_tags(tree: Any) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("http-equiv") or tag.get("itemprop")
        value = _clean(tag.get("content") or "")
        if name and value:
            tags.setdefault(name.strip().lower(), []).append(value[:1000])
    return tags


def _first(tags: dict[str, list[str]], names: tuple[str, ...]) -> str:
    return next((tags[name][0] for name in names if tags.get(name)), "")


def _json_things(block: str) -> Iterator[dict[str, Any]]:
    """Every object of a JSON-LD block, graphs unfolded; broken JSON gives none."""
    if len(block) > _MAX_JSON:
        return
    block = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[)|(?:-->|//\s*\]\]>)\s*$", "", block)
    try:
        waiting = [json.loads(block, strict=False)]
    except (ValueError, RecursionError):
        return
    seen = 0
    while waiting and seen < 300:
        thing = waiting.pop(0)
        seen += 1
        if isinstance(thing, list):
            waiting[:0] = thing[:200]
        elif isinstance(thing, dict):
            yield thing
            waiting += [
                thing[key]
                for key in ("@graph", "mainEntity", "mainEntityOfPage")
                if isinstance(thing.get(key), dict | list)
            ]


def _types(thing: dict[str, Any]) -> list[str]:
    kind = thing.get("@type", "")
    return [str(k) for k in kind] if isinstance(kind, list) else [str(kind)]


def _names(value: Any) -> list[str]:
    """Names in a JSON-LD value: a string, an object with a name, or a list of them."""
    if isinstance(value, str):
        return [] if value.startswith(("http://", "https://")) else [_clean(value)]
    if isinstance(value, dict):
        return _names(value.get("name", ""))
    if isinstance(value, list):
        return [name for one in value[:20] for name in _names(one)]
    return []


def _dates(meta: PageMeta, articles: list[dict[str, Any]], tags: dict[str, list[str]], tree: Any) -> None:
    for thing in articles:
        for key, kind in (
            ("datePublished", "published"),
            ("dateCreated", "published"),
            ("uploadDate", "published"),
            ("dateModified", "updated"),
        ):
            if isinstance(thing.get(key), str):
                meta.dates.append((kind, f"JSON-LD {key}", thing[key]))
    for name in _PUBLISHED_META:
        meta.dates += [("published", f"meta {name}", value) for value in tags.get(name, [])[:1]]
    for name in _UPDATED_META:
        meta.dates += [("updated", f"meta {name}", value) for value in tags.get(name, [])[:1]]
    for kind, names in (("published", ("datepublished", "datecreated", "uploaddate")), ("updated", ("datemodified",))):
        for element in tree.xpath("//*[@itemprop]"):
            if element.tag != "meta" and (element.get("itemprop") or "").lower() in names:
                value = element.get("datetime") or element.get("content") or _clean(element.text_content())[:100]
                meta.dates.append((kind, f"itemprop {element.get('itemprop')}", value))
    for element in tree.xpath("//time[@pubdate][@datetime]")[:1]:
        meta.dates.append(("published", "time pubdate", element.get("datetime")))


def _addresses(
    meta: PageMeta, tags: dict[str, list[str]], tree: Any, path: str, articles: list[dict[str, Any]]
) -> None:
    base = path if re.match(r"https?://", path, re.IGNORECASE) else ""
    claims = [
        *tree.xpath("//link[translate(@rel,'CANOIL','canoil')='canonical']/@href")[:1],
        *tags.get("og:url", [])[:1],
    ]
    claims += [t["url"] for t in articles if isinstance(t.get("url"), str)][:1]
    for claim in claims:
        try:
            address = urljoin(base, claim.strip())
            parts = urlsplit(address)
        except ValueError:
            continue
        # A front page as the canonical address of an article is a mistake of the site.
        if parts.scheme in ("http", "https") and parts.netloc and (parts.path.strip("/") or parts.query):
            meta.canonical = address
            return


def _site_of(things: list[dict[str, Any]]) -> str:
    for thing in things:
        if names := _names(thing.get("publisher")):
            return names[0]
    for thing in things:
        if "WebSite" in _types(thing) and (names := _names(thing.get("name"))):
            return names[0]
    return ""


def _title(meta: PageMeta, tags: dict[str, list[str]], tree: Any, articles: list[dict[str, Any]]) -> str:
    page = _clean(tree.xpath("string((//head//title | //title)[1])"))
    claims = [t["headline"] for t in articles if isinstance(t.get("headline"), str)]
    claims += tags.get("og:title", []) + tags.get("twitter:title", []) + tags.get("dc.title", []) + [page]
    for claim in claims:
        if title := without_site(_clean(claim), meta.site, meta.canonical, meta.headings):
            return title[:500]
    return next((h for h in meta.headings if h), "")


def without_site(title: str, site: str, address: str, headings: list[str]) -> str:
    """The title of a page without the name of its site, at either end.

    A part between separators goes when it is the site's name or host, or when what remains is a heading of the page.
    """
    parts = list(_SEPARATORS.finditer(title))
    if not parts:
        return title
    folded = {_key(h) for h in headings if h}
    host = re.sub(r"^www\.", "", urlsplit(address).netloc.lower())
    names = {_key(site), _key(host), _key(host.rsplit(".", 1)[0])} - {""}
    for mark in reversed(parts):
        if (_key(title[: mark.start()]) in folded) or (mark is parts[-1] and _same_name(title[mark.end() :], names)):
            return title[: mark.start()].strip()
    for mark in parts[:1]:
        if _key(title[mark.end() :]) in folded or _same_name(title[: mark.start()], names):
            return title[mark.end() :].strip()
    for mark in reversed(parts):
        if _same_name(title[mark.end() :], names):
            return title[: mark.start()].strip()
    return title


def _same_name(part: str, names: set[str]) -> bool:
    """Whether a part of a title names the site: the name itself, its core, or its initials."""
    key = _key(part)
    if not key:
        return False
    return any(key == name or (len(key) >= 5 and (key in name or name in key) and len(name) >= 4) for name in names)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _author(tags: dict[str, list[str]], tree: Any, articles: list[dict[str, Any]]) -> str:
    for thing in articles:
        if names := [n for n in _names(thing.get("author")) if n]:
            return _byline("; ".join(dict.fromkeys(names)))
    for name in _AUTHOR_META:
        values = [v for v in tags.get(name, []) if not v.startswith(("http://", "https://", "@"))]
        if values:
            return _byline("; ".join(dict.fromkeys(values[:10])))
    marked = tree.xpath(
        "//*[@itemprop='author' or @rel='author' or contains(concat(' ',@class,' '),' author ')"
        " or contains(concat(' ',@class,' '),' byline ') or contains(concat(' ',@class,' '),' speaker ')"
        " or contains(concat(' ',@class,' '),' author-name ') or contains(concat(' ',@class,' '),' byline__name ')]"
    )
    for element in marked[:5]:
        name = _byline(_clean(element.text_content()))
        if 3 <= len(name) <= 100 and any(c.isalpha() for c in name):
            return name
    return ""


def _byline(text: str) -> str:
    """A name or names without "By", dates and addresses."""
    text = re.sub(r"^(?:written\s+|posted\s+)?(?:by|von|par|por|di|author)\b\s*:?\s*", "", text, flags=re.IGNORECASE)
    text = re.split(
        r"\s*(?:\||•|·|@|https?:|\b(?:published|posted|updated|on)\b)", text, maxsplit=1, flags=re.IGNORECASE
    )[0]
    return text.strip(" ,;-–")[:200]


def _translation(meta: PageMeta, articles: list[dict[str, Any]], tree: Any) -> None:
    """The translator and the original, where the page names them."""
    for thing in articles:
        meta.translator = meta.translator or "; ".join(_names(thing.get("translator")))
        original = thing.get("translationOfWork")
        if isinstance(original, dict):
            original = original.get("url") or original.get("@id")
        if isinstance(original, str) and not meta.translation_of:
            meta.translation_of = original.strip()
    if not meta.translation_of:
        links = tree.xpath("//link[contains(concat(' ',@rel,' '),' translationOfWork ')]/@href")
        meta.translation_of = links[0].strip() if links else ""


def _alternates(tree: Any, path: str) -> list[tuple[str, str]]:
    """The addresses of the same page in other languages (hreflang), as (ISO 639-1 code, address)."""
    out = []
    for link in tree.xpath("//link[@hreflang][@href]")[:200]:
        language = _clean(link.get("hreflang")).lower().partition("-")[0]
        if len(language) == 2 and "alternate" in (link.get("rel") or "").lower().split():
            out.append((language, urljoin(path, _clean(link.get("href")))))
    return out


def _clean(text: str) -> str:
    return " ".join(str(text).split())
