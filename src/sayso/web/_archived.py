"""An archived page to look at: its words, headings, lists and tables, and nothing that runs, loads, leads or sends.

In: markup of strangers. Out: a page of our own around what is left of it. Three fences, each of which would do: only
harmless elements are kept (nh3, after Mozilla's and WHATWG's parsing rules), the answer's policy allows nothing but our
one style sheet, and the frame that shows it is sandboxed.
"""

from __future__ import annotations

import base64
import hashlib
import re

import nh3
from markupsafe import Markup, escape

from sayso.desk.views import wording

LARGEST = 5_000_000  # characters that are shown
DEEPEST = 1_000  # elements within elements: what is nested deeper takes too long to clean
STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 Georgia,serif;max-width:46rem;margin:1rem auto;padding:0 1rem;"
    "overflow-wrap:anywhere}table{border-collapse:collapse}td,th{border:1px solid;padding:.2rem .5rem;vertical-align:top}"
    "pre{white-space:pre-wrap}a{text-decoration:underline dotted}img{border:1px dashed;padding:0 .3rem;font-style:italic}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CSP = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
_KEPT = {
    "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code",
    "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p",
    "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "summary", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"dir", "lang"}, "img": {"alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "time": {"datetime"},
    "ol": {"start"},
}  # fmt: skip
_GONE = {
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "embed",
    "svg",
    "math",
    "title",
    "textarea",
    "select",
}
_TAG = re.compile(r"<!--|<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_ENDS = {"<!--": re.compile("-->")} | {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
_FLAT = frozenset({  # void, or closed by the next of their kind
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p", "li",
    "dt", "dd", "td", "th", "tr", "option", "html", "head", "body", "tbody", "thead", "tfoot", "colgroup",
})  # fmt: skip


def shown(markup: str, title: str) -> str | None:
    """The page, cleaned; None for one that is too large or too deeply nested to be shown."""
    if len(markup) > LARGEST or _depth(markup) > DEEPEST:
        return None
    clean = nh3.clean(
        markup,
        tags=_KEPT,
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        url_schemes=set(),
        link_rel=None,
        strip_comments=True,
    )
    return _page(Markup(wording.clean(clean)), title)


def shown_text(text: str, title: str) -> str | None:
    """The same for plain text."""
    return None if len(text) > LARGEST else _page(Markup("<pre>{}</pre>").format(wording.clean(text)), title)


def _page(body: Markup, title: str) -> str:
    named = escape(wording.clean(title))
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{named}</title><style>{STYLE}</style></head>'
        f"<body>{body}</body></html>"
    )


def _depth(markup: str) -> int:
    """How deeply elements may stand within each other, at most; cheap, and rather too much than too little."""
    depth = deepest = resume = 0
    for match in _TAG.finditer(markup):
        if match.start() < resume:
            continue
        name = match[0] if match[2] is None else match[2].lower()
        if name in _ENDS and not match[1]:
            end = _ENDS[name].search(markup, match.end())
            if end is None:
                break
            resume = end.end()
        elif name not in _FLAT and name not in _ENDS:
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest
