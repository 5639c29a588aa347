"""The tables of a bulk run: what `sayso extract` prints of a document, as rows.

In: an `Extract` and the name of its row. Out: rows for `documents`, `attributions` and `items`, with the fields of `sayso
extract`, for `statements` (flat, for counting; an outlet's own words among them) and for `failures`. `document` joins them.
Beside those fields `documents` holds the text, and what a desk needs to take the document in as if it had read it itself.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from sayso.bulk._needs import needs
from sayso.link import signature
from sayso.packing import pack
from sayso.pipeline import Extract, extract_json
from sayso.records import Coding, DateValue, Failure, Statement

Row = dict[str, Any]
TABLES = ("documents", "attributions", "items", "statements", "failures")


def schemas() -> dict[str, Any]:
    """Table -> its Arrow schema."""
    pa = needs("pyarrow")
    text, number = pa.string(), pa.int64()
    place = pa.struct([("start", number), ("end", number)])
    span = pa.struct([("start", number), ("end", number), ("text", text)])
    hull = pa.struct([("start", number), ("end", number), ("text", text), ("parts", pa.list_(span))])
    date = pa.struct([("value", text), ("granularity", text), ("origin", text)])
    chain = pa.list_(pa.struct([("name", text), ("role", text)]))
    fields = {
        "documents": [
            ("document", text), ("path", text), ("title", text), ("language", text), ("published", text),
            ("sha256", text), ("characters", number), ("boilerplate", pa.list_(place)), ("notes", pa.list_(text)),
            ("text", text), ("outlet", text), ("author", text), ("medium", text), ("container", text), ("words", number),
            ("captured", pa.date32()), ("bytes", number), ("media_type", text), ("signature", pa.binary()),
            ("record", text), ("analysis", text), ("linked", text), ("codings", text),
            ("vectors", pa.list_(pa.struct([("owner", text), ("vector", pa.binary())]))),
        ],
        "attributions": [
            ("document", text), ("path", text), ("sha256", text), ("id", text), ("parent", text), ("source", hull),
            ("cue", hull), ("content", pa.list_(span)), ("kind", text),
            ("speaker", pa.struct([("name", text), ("kind", text), ("actor", text)])),
            ("target", pa.struct([("name", text), ("actor", text)])),
            ("via", pa.struct([("item", text), ("medium", text), ("outlet", text), ("start", number), ("end", number)])),
            ("chain", chain), ("depth", number), ("date", date), ("order", number), ("confidence", pa.float64()),
            ("quotes", pa.list_(pa.struct([
                ("work", text), ("section", text), ("verdict", text), ("start", number), ("end", number), ("text", text),
            ]))),
            ("codes", pa.list_(pa.struct([("code", text), ("probability", pa.float64())]))),
        ],
        "items": [
            ("document", text), ("path", text), ("sha256", text), ("id", text), ("medium", text), ("title", text),
            ("outlet", text), ("date", date), ("order", number), ("mentions", pa.list_(span)),
        ],
        "statements": [
            ("document", text), ("id", text), ("attribution", text), ("speaker", text), ("speaker_kind", text),
            ("actor", text), ("target", text), ("target_actor", text), ("text", text), ("kind", text),
            ("depth", number), ("reporter", text), ("item", text), ("outlet", text), ("language", text),
            ("first_day", pa.date32()), ("last_day", pa.date32()), ("date_of", text), ("confidence", pa.float64()),
            ("codes", pa.list_(pa.struct([
                ("family", text), ("code", text), ("probability", pa.float64()), ("unsure", pa.bool_()),
                ("others", text), ("version", text), ("coder", text),
            ]))),
        ],
        "failures": [("document", text), ("path", text), ("stage", text), ("reason", text)],
    }  # fmt: skip
    return {table: pa.schema([pa.field(*each) for each in columns]) for table, columns in fields.items()}


def copies_schema() -> Any:
    """The columns of `copies`: each document that repeats another, and how much of that it has."""
    pa = needs("pyarrow")
    place = pa.struct([("start", pa.int64()), ("end", pa.int64())])
    columns = [
        ("document", pa.string()),
        ("dispatch", pa.string()),
        ("share", pa.float64()),
        ("added", pa.list_(place)),
    ]
    return pa.schema([pa.field(*each) for each in columns])


def rows_of(found: Extract, name: str, *, coded: bool, about: Row) -> dict[str, list[Row]]:
    """The rows of one document. `about` are columns that the pipeline does not know: container, captured, bytes, …"""
    document = found.document
    told = extract_json(found, with_text=True, coded=coded)
    mine = {"document": name}
    where = {**mine, "path": document.path, "sha256": document.sha256}
    # Equal rows must be equal bytes: what came of a set or a mapping is put in order.
    state = {
        "record": _json(document),
        "analysis": _json(found.analysis),
        "linked": _json(found.linked),
        "codings": json.dumps([pack(each) for each in found.codings], ensure_ascii=False, sort_keys=True),
    }
    vectors = [(a.id, a.embedding) for a in found.analysis.attributions if a.embedding]
    vectors += [(s.id, s.embedding) for s in found.linked.statements if s.attribution is None and s.embedding]
    row = mine | told["document"] | about | state
    row |= {"outlet": document.outlet, "author": document.author, "medium": document.medium}
    row |= {"signature": signature(document.text), "words": len(document.text.split())}
    row["vectors"] = [{"owner": o, "vector": np.asarray(v, np.float16).tobytes()} for o, v in vectors]
    codings: dict[str, list[Coding]] = {}
    for coding in found.codings:
        codings.setdefault(coding.statement, []).append(coding)
    items = {item.id: item.date for item in found.linked.items}
    return {
        "documents": [row],
        "attributions": [where | each for each in told["attributions"]],
        "items": [where | each for each in told["items"]],
        "statements": [
            mine | _statement(each, name, items, codings.get(each.id, [])) | _publication(found)
            for each in found.linked.statements
        ],
    }


def failure_row(name: str, failure: Failure) -> Row:
    """The row of a refused page."""
    return {"document": name, "path": failure.path, "stage": failure.stage, "reason": failure.reason}


def clean(value: Any) -> Any:
    """The value with every text such that UTF-8 can hold it (a lone surrogate becomes "?": offsets hold)."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: clean(each) for key, each in value.items()}
    if isinstance(value, list):
        return [clean(each) for each in value]
    return value


def _json(record: Any) -> str:
    return json.dumps(pack(record), ensure_ascii=False, sort_keys=True)


def _publication(found: Extract) -> Row:
    return {"outlet": found.document.outlet, "language": found.document.language}


def _statement(each: Statement, name: str, items: dict[str, DateValue | None], codings: list[Coding]) -> Row:
    date, via = each.date, each.via
    of_item = date is not None and (date.origin == "metadata" or (via and date == items.get(via.item_id or "")))
    return {
        "id": each.id,
        "attribution": each.attribution.id if each.attribution else None,
        "speaker": each.speaker.name,
        "speaker_kind": each.speaker.kind,
        "actor": each.speaker.actor,
        "target": each.target.name if each.target else None,
        "target_actor": each.target.actor if each.target else None,
        "text": " … ".join(span.text for span in each.content),
        "kind": each.kind,
        "depth": each.depth,
        "reporter": each.chain[-2].name if each.depth > 1 and len(each.chain) > 1 else "",
        "item": f"{name}/{via.item_id}" if via and via.item_id else name,
        "first_day": date.start if date else None,
        "last_day": date.end if date else None,
        "date_of": None if date is None else "item" if of_item else "utterance",
        "confidence": round(each.confidence, 4),
        "codes": [
            {
                "family": coding.family,
                "code": coding.code,
                "probability": coding.probability,
                "unsure": coding.unsure,
                "others": json.dumps(dict(coding.others), ensure_ascii=False, sort_keys=True),
                "version": coding.codebook_version,
                "coder": coding.coder,
            }
            for coding in codings
        ],
    }
