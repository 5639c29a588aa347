"""Pages to extract from, and a small engine in place of the trained model: what is tested is the road, not the driver.

As a program, `python bulk_sample.py INPUT OUT [KILL_AFTER]` does a bulk run in this process, and kills itself (SIGKILL)
after so many documents.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import signal
import sys
import time
from pathlib import Path

from sayso.bulk import Kit, bulk
from sayso.records import Analysis, Attribution, Document, Producer, Span

SAID = re.compile(r"^(?P<who>[A-Z]\w+ \w+) (?P<cue>said) (?P<what>[^.]+)\.", re.MULTILINE)
WORDS = ["crane", "anchor", "barge", "ledger", "winter", "quay", "rope", "signal", "tide", "engine", "pilot", "stone"]
left = [int(sys.argv[3]) if len(sys.argv) > 3 and __name__ == "__main__" else -1]


def attribute(document: Document) -> Analysis:
    """A line "Name Name said WORDS." is an attribution. Some pages do harm."""
    text = document.text
    if "Slow page" in text:
        time.sleep(0.05)  # work takes time, so that a death may fall into it
    if "Deadly page" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "Faulty page" in text:
        raise ValueError("no such thing")
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    found = [
        Attribution(
            id=f"a{n}",
            source=(span(text, match, "who"),),
            cue=(span(text, match, "cue"),),
            content=(span(text, match, "what"),),
            kind="indirect",
            confidence=0.75,
        )
        for n, match in enumerate(SAID.finditer(text), 1)
    ]
    return Analysis(tuple(found), producer=Producer("attribute", "test"))


KIT = Kit(attribute=attribute)


def span(text: str, match: re.Match[str], group: str) -> Span:
    return Span(*match.span(group), match.group(group))


def page(n: int, extra: str = "") -> bytes:
    """A page of some words and one attribution."""
    fillers = [" ".join(WORDS[(n * 7 + k * (n + 3) + j * j) % len(WORDS)] for j in range(14)) for k in range(3)]
    body = "".join(f"<p>{line.capitalize()} number {n}.</p>\n" for line in fillers)
    return (
        f"<html><head><title>Page {n}</title></head><body><article><h1>Page {n}</h1>\n{body}"
        f"<p>Harbour Union said that week {n} brings {WORDS[n % 12]} and {WORDS[n % 7]}.</p>\n<p>{extra}</p>"
        "</article></body></html>"
    ).encode()


def warc_record(n: int, body: bytes, kind: str = "response") -> bytes:
    """One record with a page in it."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://paper.example/{n}.html\r\n"
        f"WARC-Date: 2024-03-{n % 28 + 1:02}T10:00:00Z\r\nWARC-Record-ID: <urn:test:{n}>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def packed(record: bytes) -> bytes:
    """A gzip member, the same bytes at any time."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
        file.write(record)
    return out.getvalue()


def warc(path: Path, pages: list[bytes], *, compressed: bool = True) -> Path:
    """A WARC of these pages, with a request record before each."""
    with path.open("wb") as file:
        for n, body in enumerate(pages):
            for record in (warc_record(n, b"", "request"), warc_record(n, body)):
                file.write(packed(record) if compressed else record)
    return path


def tables(out: Path) -> dict[str, str]:
    """Every table's file with the hash of its bytes."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.glob("*/*.parquet"))
    }


def rows(out: Path, table: str) -> list[dict[str, object]]:
    """The rows of a table, in order."""
    import pyarrow.parquet as parquet

    found: list[dict[str, object]] = []
    for path in sorted((out / table).glob("*.parquet")):
        found += parquet.read_table(path).to_pylist()
    return found


if __name__ == "__main__":
    import bulk_sample  # under the name by which tests know it, so that the runs are the same

    bulk_sample.left[0] = left[0]
    bulk([sys.argv[1]], sys.argv[2], pages=4, kit=bulk_sample.KIT)
