"""Merging and splitting items: which mentions are of one piece, where the desk's own joining is wrong or unsure.

In: ids of items. Out: decisions in the store, kept on every run, each with who, when and what was seen; all can be undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.desk.accounts import Person, audit
from sayso.errors import UsageError
from sayso.store import Decision
from sayso.store._items import KeptItem

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


def merge(desk: Desk, person: Person, keep: str, drop: str) -> str:
    """Say that two items are one; gives the id of the one that is left: the held one, else `keep`'s.

    Statements, mentions and lines follow at once, also those of what was joined to either before. Raises `UsageError`
    where one is unknown, both are one already, or both are held: two pages that the desk holds are never one item.
    """
    with desk.store.transaction():
        heads = [_head(desk, _item(desk, each)) for each in (keep, drop)]
        if heads[0].id == heads[1].id:
            raise UsageError("these are one item already")
        if heads[0].held and heads[1].held:
            raise UsageError("the desk holds both, as pages of their own; copies of one dispatch it finds by itself")
        kept, gone = heads if not heads[1].held else heads[::-1]
        seen = {"item": _told(gone), "other": _told(kept)}
        key = desk.store.same_items.decide(Decision(gone.id, kept.id, person.name, seen))
        audit(desk, person, "merge items", kept.id, {"from": gone.id, "decision": key, **seen})
    return kept.id


def split(desk: Desk, person: Person, item: str) -> str:
    """Say that a mention is of an item of its own; gives its id. Raises `UsageError` where nothing is joined to it."""
    with desk.store.transaction():
        mine = _item(desk, item)
        joined, _ = desk.store.same_items.joined()
        if mine.held:
            raise UsageError("the desk holds this item: split off the mentions that are not of it")
        if mine.id not in joined and mine.id not in joined.values():
            raise UsageError("it stands for itself already")
        head = _head(desk, mine)
        seen = {"item": _told(mine), "other": _told(head), "from": head.id}
        key = desk.store.same_items.decide(Decision(mine.id, None, person.name, seen))
        audit(desk, person, "split item", mine.id, {"from": head.id, "decision": key, **seen})
    return mine.id


def undo(desk: Desk, person: Person, decision: str) -> str:
    """Take a merge or split back, one's own or another's; gives the id of the item that it was about."""
    with desk.store.transaction():
        found = desk.store.same_items.take_back(decision)
        if found is None:
            raise UsageError(f"there is no merge or split {decision!r} that holds")
        what = "undo merge items" if found.other else "undo split item"
        audit(desk, person, what, found.item, {"decision": decision, "by": found.person})
    return found.item


def _item(desk: Desk, key: str) -> KeptItem:
    found = desk.store.items.get([key]).get(key)
    if found is None:
        raise UsageError(f"there is no item {key!r}")
    return found


def _head(desk: Desk, item: KeptItem) -> KeptItem:
    return _item(desk, item.joined) if item.joined else item


def _told(item: KeptItem) -> str:
    name = item.title or item.outlet or "untitled"
    return f"{item.medium}: {name}"[:300]
