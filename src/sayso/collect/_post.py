"""A post as an item. In: what an export says of it. Out: a small page with its words, date, author and address.

The page, and not the export's JSON, is what is read and cited; the export's own record of the post is kept beside
it in the archive (`origin`).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from sayso.collect._disk import file_uri
from sayso.records import Fetched


@dataclass(frozen=True, slots=True)
class Post:
    """One post of an account or channel."""

    url: str
    text: str
    published: dt.datetime | None
    author: str
    outlet: str
    original: Any
    language: str = ""
    forwarded_from: str = ""


def post_item(post: Post, container: Path, locator: str) -> Fetched:
    """The post as a `Fetched`."""
    date = post.published.isoformat() if post.published else ""
    forwarded = f"forwarded from {post.forwarded_from}" if post.forwarded_from else ""
    title = " ".join(part for part in ("Post by", post.author or post.outlet, date[:10], forwarded) if part)
    meta = {
        "author": post.author,
        "article:published_time": date,
        "og:site_name": post.outlet,
        "og:url": post.url if post.url.startswith("http") else "",
    }
    words = "\n".join(f"<p>{escape(line.strip())}</p>" for line in post.text.splitlines() if line.strip())
    if post.forwarded_from:
        # Said so that whoever reads the page, attribution among them, knows whose words these are.
        words = f"<p>{escape(post.forwarded_from)} wrote:</p>\n<blockquote>\n{words}\n</blockquote>"
    lines = [
        "<!doctype html>",
        f'<html lang="{escape(post.language)}">' if post.language else "<html>",
        "<head>",
        '<meta charset="utf-8">',
        f"<title>{escape(title)}</title>",
        *(_meta(name, value) for name, value in meta.items() if value),
        *([f'<link rel="canonical" href="{escape(post.url)}">'] if post.url.startswith("http") else []),
        "</head>",
        f"<body>\n<article>\n{words}\n</article>\n</body>",
        "</html>",
        "",
    ]
    hints = {
        "title": title,
        "published": date,
        "author": post.author,
        "outlet": post.outlet,
        "medium": "social-post",
        "language": post.language,
    }
    return Fetched(
        url=post.url,
        data="\n".join(lines).encode("utf-8", "replace"),
        fetched_at=dt.datetime.now(dt.UTC),
        path=post.url,
        media_type="text/html",
        hints={name: value for name, value in hints.items() if value},
        origin={
            "container": file_uri(container),
            "locator": locator,
            "original": json.dumps(post.original, ensure_ascii=True),
        },
    )


def _meta(name: str, value: str) -> str:
    kind = "property" if ":" in name else "name"
    return f'<meta {kind}="{name}" content="{escape(value)}">'
