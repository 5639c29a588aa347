"""The evidence for one statement, in one zip that a third party can check without Say-so.

In: the records from the statement back to the capture. Out: a page for people, the statement and the document as
JSON, the captured bytes, their WARC records, the archive's journal, a list of hashes, and how to check them with
standard tools.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import mimetypes
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from html import escape
from pathlib import Path
from typing import Any

from sayso.archive import _journal
from sayso.archive.archive import Archive
from sayso.errors import SaysoError
from sayso.records import Capture, Coding, Document, Span, Statement

_CONTEXT = 600  # characters shown on each side of the statement


@dataclass(frozen=True, slots=True)
class OtherText:
    """The original or a translation of a statement's document, and the passages in it that the statement stands for."""

    role: str  # "original" or "translation"
    capture: Capture
    document: Document
    translator: str
    passages: tuple[Span, ...]


def write_evidence(
    out: Path,
    *,
    archive: Archive,
    capture: Capture,
    document: Document,
    statement: Statement,
    codings: Sequence[Coding] = (),
    others: Sequence[OtherText] = (),
) -> None:
    """Writes the bundle; with the texts in other languages that the statement can be cited in.

    Raises `SaysoError` where bytes or spans do not agree: evidence is never mended in silence.
    """
    data = archive.get(capture.sha256)
    for span in statement.content:
        if document.text[span.start : span.end] != span.text:
            raise SaysoError(f"statement {statement.id}: its words do not stand in the document where its span says")
    if document.sha256 != capture.sha256:
        raise SaysoError(f"statement {statement.id}: its document was read from other bytes than this capture's")
    bundled = [capture, *(other.capture for other in others)]
    entries = [line for each in {c.sha256: c for c in bundled} for line in archive.entries(each)]
    original = f"capture{_suffix(capture)}"
    about = {
        "statement": _plain(statement),
        "codings": [_plain(coding) for coding in codings],
        "capture": _plain(capture),
        "chain_head": archive.head,
        "entries": entries,
        "other_texts": [_plain(other) for other in others],
    }
    contents: dict[str, bytes] = {
        "statement.json": json.dumps(about, indent=1, ensure_ascii=False).encode("utf-8", "replace"),
        "document.json": json.dumps(_plain(document), indent=1, ensure_ascii=False).encode("utf-8", "replace"),
        "document.txt": document.text.encode("utf-8", "replace"),
        original: data,
        "capture.warc.gz": b"".join(archive.stored(line) for line in entries if line["kind"] == "capture"),
        "journal.jsonl.gz": gzip.compress(b"".join(_journal.encode(line) for line in archive.lines()), mtime=0),
    }
    for number, other in enumerate(others, 1):
        contents[f"{other.role}-{number}{_suffix(other.capture)}"] = archive.get(other.capture.sha256)
        contents[f"{other.role}-{number}.txt"] = other.document.text.encode("utf-8", "replace")
    contents["index.html"] = _page(capture, document, statement, codings, original, archive.head, others).encode()
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(contents.items()))
    contents["SHA256SUMS"] = sums.encode()
    contents["CHECK.txt"] = _how_to_check(capture, original).encode()
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(out.name + ".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in contents.items():
            package.writestr(name, body)
    draft.replace(out)


def _suffix(capture: Capture) -> str:
    known = {"text/html": ".html", "text/plain": ".txt", "message/rfc822": ".eml"}
    return known.get(capture.media_type) or mimetypes.guess_extension(capture.media_type) or ".bin"


def _plain(value: Any) -> Any:
    """A record as JSON takes it. Embeddings are left out: they are no evidence."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value) if item.name != "embedding"}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def _page(
    capture: Capture,
    document: Document,
    statement: Statement,
    codings: Sequence[Coding],
    original: str,
    head: str,
    others: Sequence[OtherText],
) -> str:
    rows = {
        "Speaker": statement.speaker.name or "not named",
        "Chain": " → ".join(f"{link.name} ({link.role})" for link in statement.chain),
        "Retellings between the speaker and us": str(statement.depth),
        "Date of the utterance": statement.date.value if statement.date else "not said",
        "Document": f"{document.title or document.path} (published {_published(document)})",
        "Codes": "; ".join(_coding(coding) for coding in codings) or "none",
        "Address": capture.url + (f" → {capture.final_url}" if capture.final_url else ""),
        "Captured": capture.fetched_at.isoformat(),
        "SHA-256 of the bytes": capture.sha256,
        "Place in the archive": f"{capture.file}, byte {capture.offset}, entry {capture.seq}",
        "Head of the archive's chain": head,
        "Read by": f"{document.producer.stage} {document.producer.version}",
    }
    table = "\n".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows.items())
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Evidence for statement {escape(statement.id)}</title>
<style>
body {{ font: 16px/1.5 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }}
th {{ text-align: left; vertical-align: top; padding-right: 1rem; font-weight: 600; width: 14rem; }}
td {{ overflow-wrap: anywhere; }} blockquote {{ white-space: pre-wrap; color: #555; margin: 1rem 0; }}
mark {{ background: #ffe9a8; color: #000; }}
</style></head>
<body>
<h1>Evidence for one statement</h1>
<blockquote>{_context(document, statement)}</blockquote>
<table>
{table}
</table>
{"".join(_beside(number, other) for number, other in enumerate(others, 1))}
<p>Beside this page lie the <a href="{escape(original)}">captured bytes</a>, the <a href="document.txt">text read from
them</a>, the <a href="statement.json">statement</a> and the <a href="document.json">document</a> as data, the
web-archive records (capture.warc.gz), the archive's journal and <a href="CHECK.txt">how to check all of it</a>.</p>
</body>
</html>
"""


def _beside(number: int, other: OtherText) -> str:
    """The same passage in the other text of a pair."""
    by = f", translated by {escape(other.translator)}" if other.translator else ""
    words = "\n".join(escape(span.text) for span in other.passages) or "No passage could be told to stand for it."
    name = f"{other.role}-{number}{_suffix(other.capture)}"
    return f"""<h2>In the {escape(other.role)}{by}</h2>
<blockquote lang="{escape(other.document.language)}" dir="auto">{words}</blockquote>
<p>Passages are put side by side by the lengths of their paragraphs. <a href="{escape(name)}">The captured bytes</a>,
SHA-256 {other.capture.sha256}.</p>
"""


def _published(document: Document) -> str:
    return document.published.value if document.published else "no date known"


def _coding(coding: Coding) -> str:
    return f"{coding.family}: {coding.code} ({coding.probability:.0%}, by {coding.coder})"


def _context(document: Document, statement: Statement) -> str:
    """The words around the statement, the statement's own marked."""
    if not statement.content:
        return ""
    start = max(0, min(span.start for span in statement.content) - _CONTEXT)
    end = min(len(document.text), max(span.end for span in statement.content) + _CONTEXT)
    out, place = ["…" if start else ""], start
    for span in sorted(statement.content):
        out += [escape(document.text[place : span.start]), "<mark>", escape(span.text), "</mark>"]
        place = span.end
    return "".join([*out, escape(document.text[place:end]), "…" if end < len(document.text) else ""])


def _how_to_check(capture: Capture, original: str) -> str:
    return f"""How to check this evidence with standard tools

1. Nothing in this bundle was changed since it was made:
       sha256sum -c SHA256SUMS

2. The captured bytes are those that the archive names:
       sha256sum {original}
       (must give {capture.sha256})

3. The web-archive records hold the same bytes, with what was asked and answered:
       any WARC reader, for instance:  warcio check capture.warc.gz

4. The entry stands in the archive's chain. journal.jsonl.gz has one line an entry. The `hash` of a line is the SHA-256
   of the line without its `hash`, as JSON with sorted keys and no spaces; `prev` is the `hash` of the line before.
   Follow the lines to the head named in index.html; whoever was given that head (or a time stamp over it) at an earlier
   time knows that nothing before it has been changed since.
"""
