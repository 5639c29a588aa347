"""The list of documents, and the reader: one document with everything that was found in it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sayso.desk.views._shared import Content, Missing, full_date, iso, paged, statement_content
from sayso.desk.views.captures import capture_content
from sayso.store.browse import Browse

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

PAGE = 50


def documents(
    desk: Desk, *, words: str = "", outlet: str = "", language: str = "", offset: int = 0, limit: int = PAGE
) -> Content:
    """A page of the desk's documents, the newest first; those that hold all the words, where some are given."""
    browse = Browse(desk.store)
    total, rows = browse.documents(words=words, outlet=outlet, language=language, offset=offset, limit=limit)
    return {
        "query": {"q": words, "outlet": outlet, "language": language},
        "outlets": sorted(row["name"] for row in browse.outlets() if row["held"]),
        "languages": browse.languages(),
        "page": paged(total, offset, limit),
        "documents": [
            {
                "id": row["id"],
                "title": row["title"],
                "path": row["path"],
                "outlet": row["outlet"],
                "author": row["author"],
                "language": row["language"],
                "medium": row["medium"],
                "format": row["format"],
                "characters": row["characters"],
                "published": full_date(row["published"]),
                "statements": row["statements"],
                "sha256": row["sha256"],
                "copy_of": row["copy_of"],
            }
            for row in rows
        ],
    }


def document(desk: Desk, key: str) -> Content:
    """One document: its text, statements in the order of the text, captures, versions, items that it mentions."""
    browse = Browse(desk.store)
    row = browse.document_row(key)
    if row is None:
        raise Missing(f"there is no document {key}")
    record = desk.store.documents.get(key)
    ids = browse.statement_ids(key)
    standing = browse.standing(ids)
    found = [statement_content(desk, each) for each in desk.store.statements.load(ids)]
    for each in found:
        each["stands_for"], each["rejected"] = standing.get(each["id"], (None, False))
    return {
        "id": key,
        "title": record.title,
        "path": record.path,
        "url": record.canonical_url,
        "outlet": record.outlet,
        "author": record.author,
        "language": record.language,
        "medium": record.medium,
        "format": record.format,
        "published": full_date(record.published),
        "updated": full_date(record.updated),
        "characters": len(record.text),
        "sha256": record.sha256,
        "item": row["item_id"],
        "current": row["current"],
        "copy_of": row["dispatch"],
        "shared": row["shared"],
        "notes": list(record.notes),
        "reader": f"{record.producer.stage} {record.producer.version}",
        "text": record.text,
        "boilerplate": [{"start": span.start, "end": span.end} for span in record.boilerplate],
        "segments": [
            {"start": s.start, "end": s.end, "begin_s": s.begin_s, "end_s": s.end_s, "speaker": s.speaker}
            for s in record.segments
        ],
        "statements": found,
        "depths": _depths(found),
        "captures": [capture_content(each) for each in desk.store.captures.of(record.sha256)],
        "versions": [
            {
                "document": each["id"],
                "sha256": each["sha256"],
                "characters": each["characters"],
                "current": each["current"],
                "captured_at": iso(each["captured_at"]),
            }
            for each in browse.versions(row["item_id"])
        ],
    }


def _depths(found: list[Content]) -> list[Content]:
    depths: dict[int, int] = defaultdict(int)
    for each in found:
        depths[each["depth"]] += 1
    return [{"depth": depth, "statements": number} for depth, number in sorted(depths.items())]
