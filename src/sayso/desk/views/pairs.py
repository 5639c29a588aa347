"""Originals and their translations, as a list: what is joined, by whom, and what could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.desk.views._shared import Content, full_date, paged

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

PAGE = 50


def pairs(desk: Desk, *, offset: int = 0, limit: int = PAGE) -> Content:
    """A page of pairs: people's first, then those that translations declare themselves."""
    there = desk.store.pairs.each()
    found = []
    for each in there[offset : offset + limit]:
        sides = [_side(desk, item) for item in (each.original, each.translation)]
        found.append(
            {
                "original": sides[0],
                "translation": sides[1],
                "translator": each.translator,
                "joined_by": each.person,
            }
        )
    return {"page": paged(len(there), offset, limit), "pairs": found}


def _side(desk: Desk, item: str) -> Content:
    """One end of a pair, as its newest version stands; `document` None where the desk has read none."""
    key = desk.store.pairs.current(item)
    if key is None:
        return {"item": item, "document": None, "title": "", "path": "", "language": "", "published": None}
    document = desk.store.documents.get(key)
    return {
        "item": item,
        "document": key,
        "title": document.title,
        "path": document.path,
        "language": document.language,
        "published": full_date(document.published),
    }
