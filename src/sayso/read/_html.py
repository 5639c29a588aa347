"""Web pages: main text by trafilatura (Barbaresi 2021), put together as paragraphs, with the page's own metadata.

In come the bytes of a page; out comes its text without navigation, captions, share bars, comment rules and related links.
Paragraphs are parted by a blank line; list items and table rows are lines; block quotes are remembered as spans.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from lxml import etree, html

from sayso.errors import Unreadable
from sayso.read._boilerplate import is_boilerplate
from sayso.read._decode import decode
from sayso.read._medium import medium_of
from sayso.read._pagedate import page_dates
from sayso.read._pagemeta import page_meta
from sayso.read._plain import charset_of
from sayso.read._reading import Job, Reading, TextBuilder

MAX_MARKUP = 10_000_000
"""A page with more characters than this, scripts and styles apart, is refused: its tree would not fit below 1 GB."""

MAX_TAGS = 100_000

_DROP = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"), ("<svg", "</svg"))
_DATA_URI = re.compile(r"data:[\w/+.;=-]{1,100}base64,[A-Za-z0-9+/=%\s]{200,}?(?=[\"')>])")
_JSON_LD = re.compile(r"<script[^>]{0,300}?application/ld\+json[^>]{0,300}>", re.IGNORECASE)
_INLINE = re.compile(
    r"</?(?:font|center|b|i|u|em|strong|span|small|big|tt|basefont|nobr)\b[^<>]{0,2000}>", re.IGNORECASE
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:caption|wp-caption-text|figcaption|photo-credit|image-credit|img-credit|credit|share|sharing|share-?bar"
    r"|share-?tools|social|social-?(?:share|media|links|bar|icons)|addtoany|sharedaddy|newsletter|newsletter-?signup|subscribe"
    r"|sign-?up|related|related-?(?:articles|posts|links|stories|content)|recommend(?:ed|ations)?|most-?read|most-?popular"
    r"|trending|comments?|comment-?(?:policy|rules|form|list)|disqus|cookie|cookie-?(?:banner|notice|consent)|gdpr|paywall|promo"
    r"|advert(?:isement)?|ad-?slot|breadcrumbs?|tags?-?(?:list|cloud)|author-?bio|pull-?quote|pullquote|skip-?link|sr-only"
    r"|screen-reader-text|visually-hidden|print-?only|noprint|jp-relatedposts)(?=$|\s)",
    re.IGNORECASE,
)
# What XML, and so the tree, has no place for: control characters, raw or as a reference, and non-characters.
_NO_XML = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
    r"|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8]|1?[bcefBCEF]|1[\da-fA-F]))(?![\da-fA-F]);?"
)
_KEEP_TAGS = frozenset({"html", "body", "main", "article", "h1"})
_BLOCK = frozenset(
    {"p", "head", "list", "item", "quote", "table", "row", "cell", "code", "fw", "lb", "div", "ab", "graphic"}
)
_PROSE = 80


def read_html(job: Job) -> Reading:
    """A web page.

    Raises:
        Unreadable: empty, no text, too large, or nested too deep to be a page.
    """
    if not job.data.strip():
        raise Unreadable("empty page: no text but white space" if job.data else "empty page")
    source, notes = decode(job.data, declared=charset_of(job.media_type), markup=True)
    return read_markup(source, job, notes)


def read_markup(source: str, job: Job, notes: list[str]) -> Reading:
    """A page already decoded (also the body of an e-mail)."""
    blocks = [_until_script_end(source, m.end()) for m in islice(_JSON_LD.finditer(source), 50)]
    tree = parse(source)
    meta = page_meta(tree, job.path, blocks)
    published, updated, date_notes = page_dates(tree, meta, job.path, job.today)
    address = meta.canonical or job.path
    medium = medium_of(meta.types, address, meta.title, [h for h in meta.headings if len(h) < 40])
    heads = [_flat(element) for element in islice(tree.iter("h1", "h2", "h3", "h4", "h5", "h6"), 500)]
    _prune(tree)
    text, quotes, found_by = _main_text(tree, meta.title)
    reading = Reading(text, "html", notes=[*notes, *date_notes, *found_by], quoted_blocks=quotes)
    reading.title, reading.author, reading.outlet = meta.title, meta.author, meta.site
    reading.language, reading.canonical_url, reading.medium = meta.language, meta.canonical, medium
    reading.published, reading.updated = published, updated
    reading.translator, reading.translation_of = meta.translator, meta.translation_of
    reading.alternates, reading.headings = meta.alternates, heads
    return reading


def parse(source: str) -> Any:
    """The tree of a page, scripts, styles and comments left out.

    Raises:
        Unreadable: larger or nested deeper than any real page, or no elements at all.
    """
    for opening, closing in _DROP:
        source = _without(source, opening, closing)
    source = _NO_XML.sub(" ", _DATA_URI.sub("", source))
    if len(source) > MAX_MARKUP:
        raise Unreadable(
            f"page of {len(source) / 1e6:.0f} million characters of markup: over the limit of {MAX_MARKUP // 10**6}"
        )
    tags = source.count("<")
    if tags > 10 * MAX_TAGS:
        raise Unreadable(f"page of {tags:,} tags: over the limit of {MAX_TAGS:,}")
    tree, deep = _parse(source)
    if deep:
        # Old pages that never close a <font> nest it hundreds deep; without such tags the rest is shallow.
        tree, deep = _parse(_INLINE.sub("", source))
    if deep:
        raise Unreadable("page nested more than 250 elements deep: damaged or hostile HTML")
    if tags > MAX_TAGS:
        raise Unreadable(f"page of {tags:,} tags: over the limit of {MAX_TAGS:,}")
    if tree is None:
        raise Unreadable("empty page: no elements")
    return tree


def _parse(source: str) -> tuple[Any, bool]:
    """The tree, and whether the parser gave up because of depth (libxml2's limit of 256 elements)."""
    parser = html.HTMLParser(collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        tree = None
    return tree, any(entry.type_name == "ERR_RESOURCE_LIMIT" or "depth" in entry.message for entry in parser.error_log)


def _without(source: str, opening: str, closing: str) -> str:
    """`source` without the stretches from `opening` to `closing`; in one pass, however broken it is."""
    lower = source.lower()
    if len(lower) != len(source):
        lower = source.translate(_ASCII_LOWER)
    parts = []
    at = 0
    while (start := lower.find(opening, at)) >= 0:
        end = lower.find(closing, start + len(opening))
        if end < 0:
            break
        stop = end + 3 if closing == "-->" else lower.find(">", end) + 1 or len(source)
        parts.append(source[at:start])
        at = stop
    return "".join([*parts, source[at:]]) if parts else source


_ASCII_LOWER = {upper: upper + 32 for upper in range(65, 91)}


def _until_script_end(source: str, start: int) -> str:
    end = re.compile(r"</script", re.IGNORECASE).search(source, start)
    return source[start : end.start() if end else start]


def _prune(tree: Any) -> None:
    """Take out what is never part of the piece; only small parts, since class names can mislead."""
    whole = len(tree.text_content())
    for around in list(tree.iter("figure", "blockquote")):
        if around.tag == "blockquote" or around.find(".//blockquote") is not None:
            for element in around.iter("footer", "figcaption"):
                element.tag = "p"  # who is quoted
            around.tag = "div" if around.tag == "figure" else around.tag
    for element in list(tree.iter("figcaption", "nav", "button", "form", "iframe", "noscript", "template")):
        if element.getparent() is not None and (element.tag != "form" or len(element.text_content()) < 0.3 * whole):
            element.drop_tree()
    doomed = []
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in _KEEP_TAGS:
            names = f"{element.get('class') or ''} {element.get('id') or ''}"
            if len(names) > 1 and _FURNITURE.search(names):
                doomed.append(element)
    for element in doomed:
        if element.getparent() is not None and len(element.text_content()) < 0.25 * whole:
            element.drop_tree()


def _main_text(tree: Any, title: str) -> tuple[str, list[tuple[int, int]], list[str]]:
    """(text, quoted blocks, notes)."""
    fallback = [
        ("p", _flat(e), _is_quoted(e))
        for e in tree.iter("p", "h1", "h2", "h3", "li", "blockquote", "pre", "td")
        if e.find(".//p") is None
    ]
    whole = tree.text_content()
    body = _trafilatura(tree)
    notes = []
    builder = TextBuilder()
    quotes: list[tuple[int, int]] = []
    if body is not None:
        _render(_pieces(body), builder, quotes)
    if len(builder.text) < 100:
        # Short notices: trafilatura wants more text than they have.
        pieces = [piece for piece in fallback if piece[1] and not is_boilerplate(piece[1], edge=True)]
        if sum(len(text) for _, text, _ in pieces) > len(builder.text):
            builder, quotes = TextBuilder(), []
            _render(pieces, builder, quotes)
            notes.append("main text: taken from the page's paragraphs (too short to tell from its surroundings)")
    if not builder.text.strip():
        lines = [
            line
            for line in (" ".join(x.split()) for x in whole.splitlines())
            if line and not is_boilerplate(line, edge=True)
        ]
        for line in lines:
            builder.add(line)
        notes.append("main text: the whole page (no paragraphs)")
    if not builder.text.strip():
        raise Unreadable("no text on the page (empty, or drawn by scripts)")
    return builder.text, quotes, notes


def _is_quoted(element: Any) -> bool:
    return element.tag == "blockquote" or next(element.iterancestors("blockquote"), None) is not None


def _trafilatura(tree: Any) -> Any:
    """trafilatura's main text as its own small tree, None where it finds none."""
    import trafilatura

    try:
        found = trafilatura.bare_extraction(tree, include_comments=False, include_tables=True, with_metadata=False)
    except (ValueError, TypeError, AttributeError, RecursionError, etree.LxmlError):
        return None
    return None if found is None else found.body


def _render(pieces: list[tuple[str, str, bool]], builder: TextBuilder, quotes: list[tuple[int, int]]) -> None:
    """Blocks (see `_pieces`) into `builder` as paragraphs; spans of quoted ones into `quotes`."""
    last_kind = ""
    open_quote: int | None = None
    for number, (kind, text, quoted) in enumerate(pieces):
        if is_boilerplate(text, edge=number < 3 or number >= len(pieces) - 3):
            continue
        separator = "\n" if kind == last_kind and kind in ("item", "row") else "\n\n"
        start, end = builder.add(text, separator)
        last_kind = kind
        if quoted and open_quote is not None and quotes and quotes[-1][1] >= start - 2:
            quotes[-1] = (quotes[-1][0], end)
        elif quoted:
            quotes.append((start, end))
        open_quote = start if quoted else None


def _pieces(body: Any) -> list[tuple[str, str, bool]]:
    """(kind, text, quoted): the blocks of trafilatura's tree in order, each its own line or paragraph."""
    pieces: list[tuple[str, str, bool]] = []
    buffer: list[str] = []

    def flush(kind: str, quoted: bool) -> None:
        text = _tidy("".join(buffer))
        buffer.clear()
        if text:
            pieces.append((kind, text, quoted))

    # An explicit stack: pages may nest as deep as the parser lets them.
    stack: list[tuple[Any, str, bool, bool]] = [(body, "p", False, False)]
    while stack:
        element, kind, quoted, leaving = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if leaving:
            if tag in _BLOCK:
                flush(kind if tag not in ("item", "row") else tag, quoted)
            parent_kind = stack[-1][1] if stack else "p"
            if element.tail and element is not body:
                buffer.append(element.tail)
                kind = parent_kind
            continue
        if tag == "lb":
            flush(kind, quoted)
        elif tag == "cell":
            prose = len(_tidy("".join(element.itertext()))) > _PROSE or element.find(".//p") is not None
            if prose:
                flush(kind, quoted)
                kind = "p"  # a table for layout
            elif _tidy("".join(buffer)):
                buffer.append(" | ")
            stack.append((element, kind, quoted, True))
            if not prose:
                buffer.append(" ".join("".join(element.itertext()).split()))
                stack.pop()
                if element.tail and element.tail.strip():
                    buffer.append(element.tail)
                continue
            buffer.append(element.text or "")
            stack.extend((child, kind, quoted, False) for child in reversed(element))
            continue
        elif tag in _BLOCK:
            flush(kind, quoted)
        if tag == "graphic":
            if element.tail:
                buffer.append(element.tail)
            continue
        inner = (
            tag if tag in ("item", "row") else "p" if tag in ("p", "quote", "head") and kind not in ("item",) else kind
        )
        stack.append((element, inner, quoted or tag == "quote", True))
        if element.text:
            buffer.append(element.text)
        stack.extend((child, inner, quoted or tag == "quote", False) for child in reversed(element))
    flush("p", False)
    return pieces


def _tidy(text: str) -> str:
    return " ".join(text.split()).replace("\ufeff", "").replace("\u200b", "").strip(" |")


def _flat(element: Any) -> str:
    return _tidy(element.text_content())
