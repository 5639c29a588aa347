"""Actors and outlets: who speaks, and who publishes what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from sayso.desk import directory as editing
from sayso.desk.views._recent import recent
from sayso.desk.views._shared import Content, Missing, actor_name, iso, statement_contents
from sayso.desk.views.items import item_content
from sayso.desk.views.lines import lines
from sayso.records import Actor, Outlet
from sayso.store.browse import Browse
from sayso.store.search import Search, Searches

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

Named = TypeVar("Named", Actor, Outlet)
NEWEST = 6
SUGGESTED = 30  # frequent speakers that are offered as actors
OTHERS = 2000  # actors that a form lists


def actors(desk: Desk) -> Content:
    """The desk's actors with what each says itself, and the speakers that are no actor of the desk."""
    browse = Browse(desk.store)
    speaking = browse.speakers()
    return {
        "actors": [
            {
                "id": each.id,
                "name": each.name,
                "kind": each.kind,
                "aliases": list(each.aliases),
                "part_of": each.part_of,
                "part_of_name": actor_name(desk, each.part_of),
                **_said(speaking.get(each.id)),
            }
            for each in desk.actors.actors()
        ],
        "strangers": recent(desk, "strangers", browse.strangers)[0],
        "suggestions": [
            {
                "name": each.name,
                "kind": each.kind,
                "spellings": list(each.spellings),
                "statements": each.statements,
                "documents": each.documents,
                "like": each.like,
                "like_name": actor_name(desk, each.like),
            }
            for each in editing.suggestions(desk)[:SUGGESTED]
        ],
        "edits": editing.history(desk),
    }


def actor(desk: Desk, key: str) -> Content:
    """One actor: names, place in the whole, lines, outlets of its own, whom it addresses, its newest statements."""
    found = desk.actors.get(key)
    if found is None:
        raise Missing(f"there is no actor {key}")
    browse, parts = Browse(desk.store), desk.actors.parts(key)
    newest = Searches(desk.store).page(Search(actors=tuple(sorted(parts)), order="newest"), limit=NEWEST)
    return {
        "id": key,
        "name": found.name,
        "kind": found.kind,
        "aliases": list(found.aliases),
        "notes": found.notes,
        "valid_from": found.valid_from,
        "valid_until": found.valid_until,
        "wholes": [{"id": each, "name": actor_name(desk, each)} for each in desk.actors.wholes(key) if each != key],
        "parts": [{"id": each, "name": actor_name(desk, each)} for each in sorted(parts - {key})],
        **_said(browse.speakers().get(key)),
        "lines": [each for each in lines(desk)["lines"] if each["actor"] == key],
        "outlets": [
            {"id": outlet.id, "name": outlet.name, "medium": outlet.medium}
            for outlet in desk.store.settings.outlets()
            if outlet.actor in parts
        ],
        "targets": [{"name": name, "statements": number} for name, number in browse.targets(parts)],
        "newest": statement_contents(desk, desk.store.statements.load(newest)),
    }


def actor_form(desk: Desk, actor: Actor, *, new: bool) -> Content:
    """An actor as a form."""
    return {
        "new": new,
        "actor": {**asdict(actor), "aliases": list(actor.aliases)},
        "version": editing.version(_now(desk.store.settings.actors(), actor)),
        "kinds": list(editing.KINDS),
        "others": [{"id": each.id, "name": each.name} for each in desk.actors.actors() if each.id != actor.id][:OTHERS],
    }


def outlet_form(desk: Desk, outlet: Outlet, *, new: bool) -> Content:
    """An outlet as a form."""
    there = desk.store.settings.outlets()
    return {
        "new": new,
        "outlet": {**asdict(outlet), "aliases": list(outlet.aliases), "domains": list(outlet.domains)},
        "version": editing.version(_now(there, outlet)),
        "actors": [{"id": each.id, "name": each.name} for each in desk.actors.actors()][:OTHERS],
        "others": [{"id": each.id, "name": each.name} for each in there if each.id != outlet.id],
    }


def _now(there: Iterable[Named], typed: Named) -> Named:
    """The record as the desk has it: a form that comes back shows what was typed, and takes the newest version."""
    return next((each for each in there if each.id == typed.id), typed)


def _said(row: dict[str, Any] | None) -> Content:
    if row is None:
        return {"statements": 0, "documents": 0, "first_hand": 0, "first": None, "last": None}
    return {
        **{name: row[name] for name in ("statements", "documents", "first_hand")},
        "first": iso(row["first"]),
        "last": iso(row["last"]),
    }


def outlets(desk: Desk) -> Content:
    """Every outlet that the desk names or that an item names, with its items held and mentioned."""
    rows = {row["name"]: row for row in recent(desk, "outlets", Browse(desk.store).outlets)[0]}
    known = {each.id: each for each in desk.store.settings.outlets()}
    merged: dict[str, Content] = {}
    for name, row in rows.items():
        outlet = known.get(row["id"] or "") or desk.actors.outlet(name)
        there = merged.setdefault(outlet.name if outlet else name, _outlet(desk, outlet, name))
        there["held"] += row["held"]
        there["mentioned"] += row["mentioned"]
        there["last"] = max(filter(None, (there["last"], _text(row["last"]))), default=None)
    for outlet in known.values():
        merged.setdefault(outlet.name, _outlet(desk, outlet, outlet.name))
    return {
        "edits": editing.history(desk, "outlets"),
        "outlets": sorted(merged.values(), key=lambda each: (-each["held"], -each["mentioned"], each["name"])),
    }


def outlet(desk: Desk, key: str) -> Content:
    """One outlet, by id or name: whose voice it is, its items, held and mentioned, with who mentions them."""
    known = next((each for each in desk.store.settings.outlets() if each.id == key), None) or desk.actors.outlet(key)
    listed = [each for each in outlets(desk)["outlets"] if each["id"] == (known.id if known else None)]
    here = next((each for each in listed if known or each["name"] == key), None)
    if here is None:
        raise Missing(f"there is no outlet {key}")
    browse = Browse(desk.store)
    rows = [row for name in _names(desk, here) for row in browse.items(outlet=name, limit=500)[1]]
    return {
        **here,
        "notes": known.notes if known else "",
        "items": [
            item_content(row)
            for row in sorted(rows, key=lambda r: (not r["held"], str(r["date_start"] or "9"), r["id"]))
        ],
    }


def _names(desk: Desk, here: Content) -> list[str]:
    """The names under which items name this outlet."""
    if not here["id"]:
        return [here["name"]]
    rows = recent(desk, "outlets", Browse(desk.store).outlets)[0]
    return [
        row["name"]
        for row in rows
        if row["id"] == here["id"] or ((o := desk.actors.outlet(row["name"])) is not None and o.id == here["id"])
    ]


def _outlet(desk: Desk, outlet: Outlet | None, name: str) -> Content:
    return {
        "id": outlet.id if outlet else None,
        "name": outlet.name if outlet else name,
        "aliases": list(outlet.aliases) if outlet else [],
        "domains": list(outlet.domains) if outlet else [],
        "actor": outlet.actor if outlet else None,
        "actor_name": actor_name(desk, outlet.actor) if outlet else "",
        "medium": outlet.medium if outlet else "",
        "held": 0,
        "mentioned": 0,
        "last": None,
    }


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) or value is None else value.isoformat()
