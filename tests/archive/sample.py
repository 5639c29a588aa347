"""Fetches to put into archives."""

import datetime as dt
from pathlib import Path

from sayso.records import Fetched

AT = dt.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)


def page(number: int, **changes: object) -> Fetched:
    """A page fetched over HTTP; each number has an address and words of its own."""
    values: dict = {
        "url": f"http://e.org/{number}",
        "data": f"<html><body><p>The words of page {number}.</p></body></html>".encode(),
        "fetched_at": AT + dt.timedelta(minutes=number),
        "media_type": "text/html",
        "headers": (("Content-Type", "text/html"), ("ETag", f'"{number}"')),
        "request_headers": (("User-Agent", "sayso"),),
        "protocol": "http/1.1",
        "ip": "192.0.2.7",
        **changes,
    }
    return Fetched(**values)


def local(folder: Path, data: bytes, name: str = "a file.txt", **changes: object) -> Fetched:
    """A file on disk."""
    values: dict = {"url": (folder / name).as_uri(), "data": data, "fetched_at": AT, "media_type": "text/plain"}
    return Fetched(**{**values, **changes})
