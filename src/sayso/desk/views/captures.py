"""Captures: what was fetched, from where, when, and where its bytes lie in the archive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sayso.desk.views._shared import Content, Missing, iso
from sayso.errors import SaysoError
from sayso.pipeline import local_path
from sayso.store.browse import Browse

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.records import Capture


def capture(desk: Desk, sha256: str) -> Content:
    """All fetches that gave these bytes, and the documents that were read from them."""
    found = desk.store.captures.of(_hash(sha256))
    if not found:
        raise Missing(f"there is no capture with the SHA-256 {sha256}")
    return {
        "sha256": sha256,
        "size": found[0].size,
        "media_type": found[0].media_type,
        "captures": [capture_content(each) for each in found],
        "documents": [
            {"id": row["id"], "title": row["title"], "current": row["current"]}
            for row in Browse(desk.store).documents_of_bytes(sha256)
        ],
    }


def capture_bytes(desk: Desk, sha256: str) -> tuple[bytes, str]:
    """The bytes as they were fetched, and their media type. Raises `Missing`, also where they were erased or damaged."""
    found = desk.store.captures.of(_hash(sha256))
    if not found:
        raise Missing(f"there is no capture with the SHA-256 {sha256}")
    try:
        return desk.archive.get(sha256), found[0].media_type
    except SaysoError as error:
        raise Missing(str(error)) from None


def capture_content(each: Capture) -> Content:
    """One fetch."""
    return {
        "url": each.url,
        "path": local_path(each.url),
        "final_url": each.final_url,
        "fetched_at": iso(each.fetched_at),
        "sha256": each.sha256,
        "size": each.size,
        "media_type": each.media_type,
        "status": each.status,
        "headers": dict(each.headers),
        "warc": {"file": each.file, "offset": each.offset, "entry": each.seq},
        "feed": each.feed,
        "origin": dict(each.origin),
    }


def _hash(sha256: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise Missing(f"{sha256} is no SHA-256")
    return sha256
