"""A page's visible text as lines, each with what the markup around it says of it.

In comes a parsed page; out come `Line`s in order, parted at blocks and line breaks. No choice is made here of what matters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

_ASIDE = re.compile(
    r"\b(?:related|sidebar|footer|comment|widget|recommend|trending|most-?(?:read|popular)|latest|teaser|card|promo|archive"
    r"|footnotes?|references?|bibliography)\b", re.IGNORECASE
)  # fmt: skip
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "td",
        "th",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "br",
        "hr",
        "tr",
        "table",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "nav",
        "blockquote",
        "center",
        "time",
        "body",
        "figure",
        "figcaption",
        "form",
        "address",
        "pre",
    ]
)
_SKIP = frozenset("script style noscript template select option textarea button svg head iframe".split())  # noqa: SIM905
_MAX_LINES = 50_000


@dataclass(slots=True)
class Line:
    """One line of a page: its text, and the elements around it."""

    text: str
    hints: str = ""  # classes and ids
    tag: str = ""  # "time" where it lies in a <time>
    stamp: str = ""  # the datetime attribute of that <time>
    aside: bool = False  # in navigation, a footer, related links, references
    quoted: bool = False  # in a <blockquote>
    block: str = ""  # the innermost block element's tag


def page_lines(tree: Any) -> list[Line]:
    """The lines of `tree`, at most 50,000; scripts, styles and form controls left out."""
    lines: list[Line] = []
    parts: list[str] = []
    around = Line("")
    outer: list[Line] = []

    def flush() -> None:
        if text := " ".join("".join(parts).split()):
            lines.append(replace(around, text=text))
        parts.clear()

    body = tree.find("body") if tree.tag == "html" else tree
    # An explicit stack of (element, leaving it): a page may nest deeper than Python's own.
    waiting = [(tree if body is None else body, False)]
    while waiting and len(lines) < _MAX_LINES:
        element, leaving = waiting.pop()
        known = isinstance(element.tag, str) and element.tag not in _SKIP
        if known and not leaving:
            if element.tag in _BLOCKS:
                flush()
            outer.append(around)
            around = _within(around, element)
            parts.append(element.text or "")
            waiting.append((element, True))
            waiting.extend((child, False) for child in reversed(element))
            continue
        if known:
            if element.tag in _BLOCKS:
                flush()
            around = outer.pop()
        parts.append(element.tail or "")
    flush()
    return lines


def _within(around: Line, element: Any) -> Line:
    """What can be said of text directly inside `element`, which lies in `around`."""
    own = f"{element.get('class') or ''} {element.get('id') or ''}"
    return Line(
        text="",
        hints=f"{own} {around.hints[:80]}",
        tag="time" if element.tag == "time" else "",
        stamp=(element.get("datetime") or "") if element.tag == "time" else "",
        aside=around.aside or element.tag in ("aside", "nav", "footer") or bool(_ASIDE.search(own)),
        quoted=around.quoted or element.tag == "blockquote",
        block=element.tag if element.tag in _BLOCKS else around.block,
    )
