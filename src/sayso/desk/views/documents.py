"""The list of documents, and the reader: one document with everything that was found in it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sayso.archive import changes
from sayso.desk.pairing import passages
from sayso.desk.views._recent import recent
from sayso.desk.views._shared import Content, Missing, at_once, full_date, iso, paged, statement_contents
from sayso.desk.views.captures import capture_content, image_type, looks
from sayso.desk.views.correcting import corrected_in
from sayso.store.browse import Browse

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.records import Document, Statement

PAGE = 50
PART, CARDS = 60_000, 100  # characters and statements that the reader shows at once
LEAD = 60  # characters around a change
MOST_CHANGES = 300  # that are listed beside a text


def documents(
    desk: Desk, *, words: str = "", outlet: str = "", language: str = "", offset: int = 0, limit: int = PAGE
) -> Content:
    """A page of the desk's documents, the newest first; those that hold all the words, where some are given."""
    browse = Browse(desk.store)
    total, rows = browse.documents(words=words, outlet=outlet, language=language, offset=offset, limit=limit)
    return {
        "query": {"q": words, "outlet": outlet, "language": language},
        "outlets": recent(desk, "outlets with items", lambda: sorted(r["name"] for r in browse.outlets() if r["held"]))[
            0
        ],
        "languages": recent(desk, "languages", browse.languages)[0],
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


@at_once
def document(desk: Desk, key: str, *, beside: str = "", part: int = 0, statement: str = "") -> Content:
    """One document: its text, statements in the order of the text, captures, versions, what people corrected.

    `beside` names what stands beside it: "original", or the id of another version or of its original or translation.
    A long document comes in parts: the `part` asked for (1, 2 …), else the one with the `statement`, else the first.
    """
    browse = Browse(desk.store)
    row = browse.document_row(key)
    if row is None:
        raise Missing(f"there is no document {key}")
    record = desk.store.documents.get(key)
    outline = browse.outline(key)
    parts = parts_of(record.text, [start for _, start, _ in outline])
    if not part:
        at = next((start for each, start, _ in outline if each == statement), 0)
        part = next((n for n, (_, end) in enumerate(parts, 1) if at < end), 1)
    part = min(part, len(parts))
    begin, end = parts[part - 1]
    ids = [each for each, start, _ in outline if begin <= start < end]
    standing = browse.standing(ids)
    loaded = desk.store.statements.load(ids)
    found = statement_contents(desk, loaded)
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
        "text": record.text[begin:end],
        "text_start": begin,
        "first": 1 + sum(1 for _, start, _ in outline if start < begin),
        "part": part,
        "parts": [{"start": a, "end": b} for a, b in parts],
        "total": len(outline),
        "boilerplate": [{"start": span.start, "end": span.end} for span in record.boilerplate],
        "segments": [
            {"start": s.start, "end": s.end, "begin_s": s.begin_s, "end_s": s.end_s, "speaker": s.speaker}
            for s in record.segments
        ],
        "statements": found,
        "changes": corrected_in(desk, key),
        "translations": translations(desk, row["item_id"]),
        "beside": beside_of(desk, record, row["item_id"], beside, [each.statement for each in loaded]),
        "depths": _depths(depth for _, _, depth in outline),
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


def translations(desk: Desk, item: str) -> list[Content]:
    """The originals and translations of an item that the desk holds, as far as a pair is known."""
    found = []
    for pair in desk.store.pairs.of(item):
        other = pair.original if pair.translation == item else pair.translation
        held = desk.store.items.get([other]).get(other)
        if held is not None and held.document_id:
            found.append(
                {
                    "document": held.document_id,
                    "title": held.title or held.url,
                    "role": "original" if other == pair.original else "translation",
                    "translator": pair.translator,
                    "said_by": pair.person or "the translation itself",
                }
            )
    return found


def beside_of(desk: Desk, record: Document, item: str, beside: str, statements: Sequence[Statement]) -> Content | None:
    """What stands beside a document. Raises `Missing` for what does not belong there."""
    if not beside:
        return None
    if beside == "original":
        sha256 = record.sha256
        shown = {"looks": looks(desk, sha256), "image": image_type(desk, sha256)}
        return {"kind": "original", "document": "", "sha256": sha256, **shown}
    row = Browse(desk.store).document_row(beside)
    pair = next((each for each in translations(desk, item) if each["document"] == beside), None)
    if row is None or (row["item_id"] != item and pair is None):
        raise Missing(f"{beside} is no version, original or translation of this document")
    other = desk.store.documents.get(beside)
    about: Content = {"document": beside, "title": other.title or other.path, "language": other.language}
    if pair is not None:
        places = passages(record, other, statements, role=pair["role"])
        about["passages"] = [
            {
                "statement": each.id,
                "source": None,
                "cue": None,
                "content": [{"start": s.start, "end": s.end} for s in spans],
            }
            for each, spans in zip(statements, places, strict=True)
        ]
        return {"kind": pair["role"], "text": other.text, "translator": pair["translator"], **about}
    found = changes(other.text, record.text)
    return {
        "kind": "version",
        "captured_at": iso(max((each.fetched_at for each in desk.store.captures.of(other.sha256)), default=None)),
        "changes": [
            {
                "kind": each.kind,
                "before": each.before.text,
                "after": each.after.text,
                "start": each.after.start,
                "lead": record.text[max(0, each.after.start - LEAD) : each.after.start],
                "trail": record.text[each.after.end : each.after.end + LEAD],
            }
            for each in found[:MOST_CHANGES]
        ],
        "more": max(0, len(found) - MOST_CHANGES),
        **about,
    }


def parts_of(text: str, starts: Sequence[int]) -> list[tuple[int, int]]:
    """The parts in which a text is shown: cut at ends of lines, each with at most PART characters and CARDS statements,
    as far as its lines allow. `starts`: where its statements begin, in order."""
    found, begin, cards, at = [], 0, 0, 0
    while at < len(text):
        stop = text.find("\n", at) + 1 or len(text)
        more = bisect_left(starts, stop) - bisect_left(starts, at)
        if at > begin and (stop - begin > PART or cards + more > CARDS):
            found.append((begin, at))
            begin, cards = at, 0
        cards, at = cards + more, stop
    return [*found, (begin, max(len(text), 1))]


def _depths(each: Iterable[int]) -> list[Content]:
    return [{"depth": depth, "statements": number} for depth, number in sorted(Counter(each).items())]
