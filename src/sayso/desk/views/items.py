"""Items: what was published, held or only heard of, with who names each; quotations held against the original."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sayso.desk.views._recent import recent
from sayso.desk.views._shared import Content, Missing, full_date, iso, paged, statement_contents
from sayso.link._align import words
from sayso.link.compare import compare_words
from sayso.store.browse import Browse
from sayso.store.search import Search, Searches

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

PAGE = 100
QUOTED = 100  # statements of an item that are held against its text
LIKELY = 40  # items that are offered for merging
EDITS = 30  # merges and splits that are listed
NEARBY = 90  # characters on either side of the words that name an item
_MARKED = re.compile(r"[“\"„«]([^”\"“»]+)[”\"“»]")


def items(desk: Desk, *, show: str = "", medium: str = "", offset: int = 0, limit: int = PAGE) -> Content:
    """A page of items: all, those held, or those only mentioned, each with the documents that name it."""
    browse = Browse(desk.store)
    held = {"held": True, "mentioned": False}.get(show)
    total, rows = browse.items(held=held, medium=medium, offset=offset, limit=limit)
    return {
        "query": {"show": show, "medium": medium},
        "media": [
            {"medium": name, "held": have, "mentioned": heard}
            for name, have, heard in recent(desk, "media", browse.media)[0]
        ],
        "page": paged(total, offset, limit),
        "items": [item_content(row) for row in rows],
        "edits": _edits(desk),
    }


def item(desk: Desk, key: str) -> Content:
    """One item: its versions where it is held, the places that name it, the statements spoken in it.

    `likely` are the items of the same outlet or medium with which it could be one.
    """
    browse = Browse(desk.store)
    row = browse.item(key)
    if row is None:
        raise Missing(f"there is no item {key}")
    searches, asked = Searches(desk.store), Search(item=key)
    content = item_content(row)
    for mention in content["mentioned_in"]:
        text = desk.store.documents.get(mention["document"]).text
        mention["words"] = [_around(text, start, end) for start, end in mention["places"]]
    return content | {
        "joined": row["joined"],
        "versions": [
            {
                "document": each["id"],
                "sha256": each["sha256"],
                "characters": each["characters"],
                "current": each["current"],
                "captured_at": iso(each["captured_at"]),
            }
            for each in browse.versions(key)
        ],
        "quoted": quoted(desk, key, row["version"]),
        "page": paged(searches.count(asked), 0, 25),
        "spoken": statement_contents(desk, desk.store.statements.load(searches.page(asked, limit=25))),
        "likely": _likely(browse, row),
        "edits": _edits(desk, {key, *(each["item"] for each in content["mentioned_in"])}),
    }


def quoted(desk: Desk, key: str, version: str | None) -> list[Content]:
    """Quotations from a held item in other documents, each held against its text."""
    if version is None:
        return []
    original = words(desk.store.documents.get(version).text)
    found = []
    for each in desk.store.statements.load(Searches(desk.store).page(Search(item=key), limit=QUOTED)):
        quotation = " … ".join(span.text for span in each.statement.content)
        if each.document_id == version or each.statement.kind == "indirect":
            continue
        if each.statement.kind == "mixed":  # only what stands in quotation marks claims to be the original's
            quotation = " … ".join(_MARKED.findall(quotation))
        if len(quotation.split()) < 3:
            continue
        compared = compare_words(quotation, original)
        found.append(
            {
                "statement": each.statement.id,
                "document": each.document_id,
                "title": each.document.title or each.document.path,
                "words": quotation,
                "verdict": compared.verdict,
                "start": compared.start,
                "end": compared.end,
                "differences": [
                    {"kind": one.kind, "original": one.original, "other": one.other} for one in compared.differences
                ],
            }
        )
    return found


def item_content(row: dict[str, Any]) -> Content:
    """An item as lists show it."""
    return {
        "id": row["id"],
        "held": row["held"],
        "medium": row["medium"],
        "title": row["title"],
        "outlet": row["outlet"],
        "url": row["url"],
        "date": full_date(row["date"]),
        "document": row["version"],
        "statements": row["statements"],
        "mentioned_in": [
            {"item": each["item"], "document": each["document"], "title": each["title"], "places": each["places"]}
            for each in row["mentioned_in"]
        ],
    }


def _likely(browse: Browse, row: dict[str, Any]) -> list[Content]:
    """With which items this one could be one: those of its outlet first, then others of its medium, the nearest in time.

    Two held items never are.
    """
    asked: list[dict[str, Any]] = [{"medium": row["medium"]}]
    if row["outlet"]:
        asked.insert(0, {"outlet": row["outlet"]})
    found: dict[str, Content] = {}
    for each in asked:
        for other in browse.items(**each, limit=4 * LIKELY)[1]:
            if other["id"] != row["id"] and not (other["held"] and row["held"]):
                found.setdefault(other["id"], item_content(other))
    return list(found.values())[:LIKELY]


def _edits(desk: Desk, about: set[str] | None = None) -> list[Content]:
    """Merges and splits, the newest first: all, or those of some items."""
    return [
        {
            "id": each.id,
            "what": "merge" if each.other else "split",
            "item": each.item,
            "other": each.other or each.seen.get("from"),
            "told": each.seen["item"],
            "other_told": each.seen["other"],
            "person": each.person,
            "at": iso(each.made_at),
            "undone_at": iso(each.undone_at),
        }
        for each in reversed(desk.store.same_items.decisions(undone=True))
        if about is None or not about.isdisjoint((each.item, each.other, each.seen.get("from")))
    ][:EDITS]


def _around(text: str, start: int, end: int) -> Content:
    return {
        "start": start,
        "end": end,
        "before": text[max(0, start - NEARBY) : start],
        "text": text[start:end],
        "after": text[end : end + NEARBY],
    }
