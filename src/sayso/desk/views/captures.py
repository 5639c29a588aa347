"""Captures: what was fetched, from where, when, and where its bytes lie in the archive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sayso.desk.views._shared import Content, Missing, iso
from sayso.errors import SaysoError, Unreadable
from sayso.pipeline import local_path
from sayso.read._decode import decode
from sayso.read._sniff import sniff
from sayso.store.browse import Browse

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.records import Capture

PAGES = ("html", "text", "markdown", "srt", "vtt", "ttml", "email")  # kinds of bytes that can be looked at as text

IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


def capture(desk: Desk, sha256: str) -> Content:
    """All fetches that gave these bytes, and the documents that were read from them."""
    found = desk.store.captures.of(_hash(sha256))
    if not found:
        raise Missing(f"there is no capture with the SHA-256 {sha256}")
    return {
        "sha256": sha256,
        "size": found[0].size,
        "media_type": found[0].media_type,
        "looks": looks(desk, sha256),
        "image": image_type(desk, sha256),
        "captures": [capture_content(each) for each in found],
        "documents": [
            {"id": row["id"], "title": row["title"], "current": row["current"]}
            for row in Browse(desk.store).documents_of_bytes(sha256)
        ],
    }


def image_type(desk: Desk, sha256: str) -> str:
    """The media type of a captured photograph, by its first bytes; "" for what is none."""
    try:
        head = capture_bytes(desk, sha256)[0][:16]
    except Missing:
        return ""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for mark, kind in IMAGES.items() if head.startswith(mark)), "")


def looks(desk: Desk, sha256: str) -> bool:
    """Whether the bytes can be looked at as a page."""
    try:
        captured_page(desk, sha256)
    except Missing:
        return False
    return True


def capture_bytes(desk: Desk, sha256: str) -> tuple[bytes, str]:
    """The bytes as they were fetched, and their media type. Raises `Missing`, also where they were erased or damaged."""
    found = desk.store.captures.of(_hash(sha256))
    if not found:
        raise Missing(f"there is no capture with the SHA-256 {sha256}")
    try:
        return desk.archive.get(sha256), found[0].media_type
    except SaysoError as error:
        raise Missing(str(error)) from None


def captured_page(desk: Desk, sha256: str) -> tuple[str, bool, str]:
    """The captured page as text, whether it is markup, and the address it was fetched from.

    Raises `Missing` also for bytes that are no page and no text: a PDF is not shown as one.
    """
    data, media_type = capture_bytes(desk, sha256)
    held = desk.store.captures.of(sha256)[0]
    told = dict(held.headers).get("content-type", "") or media_type
    declared = re.search(r"charset=[\"']?([\w.:-]+)", told, re.IGNORECASE)
    try:
        kind = sniff(data, held.url, media_type)
        if kind not in PAGES:
            raise Missing(f"these bytes are no page ({kind}); download them instead")
        text, _ = decode(data, declared=declared[1] if declared else "", markup=kind == "html")
    except Unreadable as error:
        raise Missing(str(error)) from None
    return text, kind == "html", held.url


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
