"""The addresses of pages: from ids to paths, the same wherever one is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

KINDS = ("documents", "statements", "actors", "outlets", "items", "captures", "topics")


def to(kind: str, key: str, fragment: str = "") -> str:
    """The page of one thing: `to("actors", "union")` is /actors/union."""
    if kind not in KINDS:
        raise ValueError(kind)
    # A statement in a document is asked for as well as jumped to: a long document comes in parts.
    asked = f"?s={quote(fragment, safe='')}" if fragment and kind == "documents" else ""
    return f"/{kind}/{quote(key, safe='')}{asked}" + (f"#{quote(fragment)}" if fragment else "")


def line(actor: str, topic: str, **query: Any) -> str:
    """The page of one actor's line on one topic."""
    return with_query(f"/lines/{quote(actor, safe='')}/{quote(topic, safe='')}", query)


def brief(actor: str, topic: str, suffix: str = "", **query: Any) -> str:
    """The printed brief of a line; `suffix` for another form (".pdf")."""
    return with_query(f"/briefs/{quote(actor, safe='')}/{quote(topic, safe='')}{suffix}", query)


def search(**query: Any) -> str:
    """The search with these values."""
    return with_query("/search", query)


def with_query(path: str, query: Mapping[str, Any]) -> str:
    """The path with what is asked; empty values are left out."""
    given = [
        (name, each)
        for name, value in query.items()
        for each in (value if isinstance(value, list | tuple) else [value])
        if each not in ("", None)
    ]
    return f"{path}?{urlencode(given)}" if given else path


def twin(path: str, query: str) -> str:
    """The address of a page's content as JSON."""
    return f"{path}.json" + (f"?{query}" if query else "")
