"""Edits to a desk's actors: suggestions for unknown speakers, merging two into one, splitting one in two, undoing.

In come lists of actors and counted speaker names; out go new lists, with an `Edit` that holds what was before, so that it
can be taken back as long as nobody has changed the same actors since. Nothing here touches a store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sayso.errors import UsageError
from sayso.link.actors import ActorIndex, exact_keys, loose_keys
from sayso.records import Actor


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A speaker that the desk does not know: its fullest name, all its spellings, how many statements and documents."""

    name: str
    kind: str
    spellings: tuple[str, ...]
    statements: int
    documents: int
    like: str | None = None  # the id of an actor whose name is much like it: perhaps an alias of that one


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to the actors: what it was, and the actors concerned before and after."""

    what: str
    before: tuple[Actor, ...]
    after: tuple[Actor, ...]

    def to_json(self) -> dict[str, Any]:
        """The edit as a JSON object."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Edit:
        """An edit from its JSON object."""
        return cls(value["what"], _actors(value["before"]), _actors(value["after"]))


def _actors(rows: Iterable[Mapping[str, Any]]) -> tuple[Actor, ...]:
    return tuple(Actor(**{**row, "aliases": tuple(row.get("aliases", ()))}) for row in rows)


def suggest(speakers: Iterable[tuple[str, str, str]], index: ActorIndex, *, least: int = 3) -> tuple[Suggestion, ...]:
    """Unknown speakers with at least `least` statements, the most frequent first; outlets of the desk are known.

    `speakers`: (name, kind, document) of each statement. Spellings that differ by transliteration are one; a person's last
    name alone goes with the only fuller name that ends in it.
    """
    seen: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name, kind, document in speakers:
        if kind not in ("person", "organization", "group", "publication") or not _named(name):
            continue
        if index.match(name) is None and not index.outlet(name) and not index.outlet(f"the {name}"):
            seen.setdefault((loose_keys([name])[0], "person" if kind == "person" else "body"), []).append(
                (name, document)
            )
    _fold_last_names(seen)
    known = {key.split()[-1]: a for a in index.actors() for key in exact_keys([a.name]) if key}
    found = []
    for (key, kind), places in seen.items():
        if len(places) < least or not key:
            continue
        counts: dict[str, int] = {}
        for name, _ in places:
            counts[name] = counts.get(name, 0) + 1
        names = sorted(counts, key=lambda n: (-len(n.split()), n.isupper(), -counts[n], n))
        like = known.get(key.split()[-1])
        found.append(
            Suggestion(
                names[0],
                "person" if kind == "person" else "organization",
                tuple(names),
                len(places),
                len({document for _, document in places}),
                like.id if like else None,
            )
        )
    return tuple(sorted(found, key=lambda s: (-s.statements, s.name)))


def _named(name: str) -> bool:
    """Whether this is a name: a description ("four messages") has no capital where its script has capitals."""
    return bool(name) and (name != name.lower() or name == name.upper())


def _fold_last_names(seen: dict[tuple[str, str], list[tuple[str, str]]]) -> None:
    for key, kind in [k for k in seen if k[1] == "person" and len(k[0].split()) == 1]:
        fuller = [k for k in seen if k[1] == "person" and len(k[0].split()) > 1 and k[0].split()[-1] == key]
        if len(fuller) == 1:
            seen[fuller[0]].extend(seen.pop((key, kind)))


def merge(actors: Sequence[Actor], keep: str, drop: str) -> tuple[list[Actor], Edit]:
    """Make `drop` a part of `keep`'s names: its names become aliases, its parts are `keep`'s from now on."""
    by_id = {a.id: a for a in actors}
    kept, dropped = _one(by_id, keep), _one(by_id, drop)
    if keep == drop:
        raise UsageError(f"actor {keep!r} cannot be merged with itself; name two actors")
    if keep in _below(actors, drop) and kept.part_of != drop:
        raise UsageError(f"{keep!r} lies inside {drop!r}; merge the other way round, or change part_of first")
    names = list(dict.fromkeys([*kept.aliases, dropped.name, *dropped.aliases]))
    names = [n for n in names if n != kept.name]
    part_of = dropped.part_of if kept.part_of == drop else kept.part_of
    notes = " ".join(n for n in (kept.notes, dropped.notes) if n)
    merged = replace(kept, aliases=tuple(names), part_of=part_of, notes=notes)
    out, before, after = [], [kept, dropped], [merged]
    for actor in actors:
        if actor.id == drop:
            continue
        if actor.id == keep:
            out.append(merged)
        elif actor.part_of == drop:
            moved = replace(actor, part_of=keep)
            before.append(actor)
            after.append(moved)
            out.append(moved)
        else:
            out.append(actor)
    ActorIndex(out)
    return out, Edit(f"merge {drop} into {keep}", tuple(before), tuple(after))


def split(
    actors: Sequence[Actor], key: str, new: str, aliases: Sequence[str], name: str = ""
) -> tuple[list[Actor], Edit]:
    """Give some of an actor's aliases to a new actor of the same kind; `name` is by default the first of them."""
    by_id = {a.id: a for a in actors}
    whole = _one(by_id, key)
    if not re.fullmatch(r"[^\s/]{1,64}", new):
        raise UsageError(f"{new!r} is no id: 1 to 64 characters without spaces and slashes")
    if new in by_id:
        raise UsageError(f"there is an actor {new!r} already; choose another id")
    missing = [a for a in aliases if a not in whole.aliases]
    if missing or not aliases:
        have = ", ".join(whole.aliases) or "none"
        raise UsageError(f"actor {key!r} has no alias {', '.join(map(repr, missing)) or '(name one)'}; it has: {have}")
    rest = replace(whole, aliases=tuple(a for a in whole.aliases if a not in aliases))
    taken = name or aliases[0]
    made = Actor(new, taken, whole.kind, tuple(a for a in aliases if a != taken), whole.part_of)
    out = [piece for actor in actors for piece in ((rest, made) if actor.id == key else (actor,))]
    ActorIndex(out)
    return out, Edit(f"split {new} off {key}", (whole,), (rest, made))


def undo(actors: Sequence[Actor], edit: Edit) -> list[Actor]:
    """The actors as they were before an edit. Raises UsageError if one of them has been changed since."""
    by_id = {a.id: a for a in actors}
    changed = [a.id for a in edit.after if by_id.get(a.id) != a]
    if changed:
        raise UsageError(f"{', '.join(changed)} changed since '{edit.what}'; it can no longer be undone")
    gone = {a.id for a in edit.after}
    back = {a.id: a for a in edit.before}
    out: list[Actor] = []
    for actor in actors:
        if actor.id not in gone:
            out.append(actor)
        elif actor.id in back:
            out.append(back.pop(actor.id))
    out.extend(back.values())
    ActorIndex(out)
    return out


def _one(by_id: Mapping[str, Actor], key: str) -> Actor:
    if key not in by_id:
        raise UsageError(f"no actor has the id {key!r}")
    return by_id[key]


def _below(actors: Sequence[Actor], key: str) -> frozenset[str]:
    return ActorIndex(actors).parts(key) - {key}
