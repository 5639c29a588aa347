"""Editing the desk's actors and outlets: adding, changing, merging, splitting, accepting suggestions; all can be undone.

In: records as people type them. Out: the store's actors and outlets; each edit also goes into a history file in the desk's
folder, with what was before, which `undo` takes from its end. `sayso run` links anew after an edit.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sayso.desk.accounts import Person, audit
from sayso.desk.files import check_outlet
from sayso.errors import SaysoError, UsageError
from sayso.link import ActorIndex
from sayso.link import edits as kinds
from sayso.link.edits import Edit, Suggestion
from sayso.records import Actor, Outlet
from sayso.store.browse import Browse
from sayso.store.ids import stable_id

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

HISTORY = {name: f"{name}-history.jsonl" for name in ("actors", "outlets", "topics")}  # in the desk's folder
KINDS = ("person", "organization", "group", "office")
LOOKED_AT = 300  # names that are no actor's, for suggestions
MOST = 200  # aliases of one actor, domains of one outlet


class Changed(SaysoError):
    """Somebody else changed the same actor or outlet meanwhile."""


@dataclass(frozen=True, slots=True)
class OutletEdit:
    """One change to the outlets: what it was, and the outlets concerned before and after."""

    what: str
    before: tuple[Outlet, ...]
    after: tuple[Outlet, ...]


# --- actors -------------------------------------------------------------------------------------------------------


def add_actor(desk: Desk, person: Person, actor: Actor) -> Edit:
    """Add an actor; without an id it gets one made of its name."""
    with desk.store.transaction():
        there = desk.store.settings.actors()
        actor = replace(actor, id=actor.id or free_id(actor.name, {each.id for each in there}))
        check_id(actor.id)
        if any(each.id == actor.id for each in there):
            raise UsageError(f"there is an actor {actor.id!r} already; choose another id")
        return _keep(desk, person, [*there, actor], Edit(f"add {actor.id}", (), (actor,)))


def edit_actor(desk: Desk, person: Person, actor: Actor, *, seen: str = "") -> Edit | None:
    """Change an actor's names, kind, place or notes; None where nothing differs. `seen`: its `version` on the form."""
    with desk.store.transaction():
        there = desk.store.settings.actors()
        old = next((each for each in there if each.id == actor.id), None)
        if old is None:
            raise UsageError(f"no actor has the id {actor.id!r}")
        if seen and seen != version(old):
            raise Changed(f"{old.name} was changed by somebody else meanwhile; look again and send yours once more")
        if old == actor:
            return None
        records = [actor if each.id == actor.id else each for each in there]
        return _keep(desk, person, records, Edit(f"edit {actor.id}", (old,), (actor,)))


def merge_actors(desk: Desk, person: Person, keep: str, drop: str) -> Edit:
    """Make two actors one: `drop`'s names become `keep`'s."""
    with desk.store.transaction():
        records, edit = kinds.merge(desk.store.settings.actors(), keep, drop)
        return _keep(desk, person, records, edit)


def split_actor(desk: Desk, person: Person, key: str, new: str, aliases: Sequence[str], name: str = "") -> Edit:
    """Give some of an actor's aliases to a new actor."""
    with desk.store.transaction():
        there = desk.store.settings.actors()
        new = new or free_id(name or (aliases[0] if aliases else ""), {each.id for each in there})
        check_id(new)
        records, edit = kinds.split(there, key, new, aliases, name)
        return _keep(desk, person, records, edit)


def accept(desk: Desk, person: Person, name: str, kind: str, spellings: Sequence[str], actor: str = "") -> Edit:
    """Take a suggested speaker in: as a new actor, or as further names of the actor with this id."""
    names = [each for each in dict.fromkeys(each.strip() for each in (name, *spellings)) if each]
    if not actor:
        made = Actor("", name.strip(), kind if kind in KINDS else "organization", tuple(names[1:]))
        return add_actor(desk, person, _checked(made))
    old = desk.actors.get(actor)
    if old is None:
        raise UsageError(f"no actor has the id {actor!r}")
    more = tuple(each for each in names if each not in (old.name, *old.aliases))
    edit = edit_actor(desk, person, _checked(replace(old, aliases=(*old.aliases, *more))))
    if edit is None:
        raise UsageError(f"{old.name} has these names already")
    return edit


def undo(desk: Desk, person: Person, what: str = "actors") -> str:
    """Take the last edit of actors or outlets back; gives what it was. Raises `UsageError` where there is none."""
    with desk.store.transaction():
        lines = history_lines(desk, what)
        if not lines:
            raise UsageError("there is no edit to undo")
        last = json.loads(lines[-1])
        if what == "actors":
            records = kinds.undo(desk.store.settings.actors(), Edit.from_json(last))
            desk.store.settings.put_actors(records)
        else:
            desk.store.settings.put_outlets(_outlets_before(desk.store.settings.outlets(), last))
        audit(desk, person, f"undo {what}", last["what"])
    forget_last(desk, what, lines[-1])
    _forget(desk)
    return str(last["what"])


def history(desk: Desk, what: str = "actors", most: int = 20) -> list[str]:
    """What was edited, the newest first: what `undo` takes back one after the other."""
    return [json.loads(line)["what"] for line in reversed(history_lines(desk, what)[-most:])]


def suggestions(desk: Desk, least: int = 3) -> tuple[Suggestion, ...]:
    """Speakers that the desk does not know, the most frequent first."""
    said = (
        (row["speaker_name"], row["speaker_kind"], f"{row['speaker_name']} {number % row['documents']}")
        for row in Browse(desk.store).strangers(LOOKED_AT)
        for number in range(row["statements"])
    )
    return kinds.suggest(said, desk.actors, least=least)


# --- outlets ------------------------------------------------------------------------------------------------------


def put_outlet(desk: Desk, person: Person, outlet: Outlet, *, seen: str = "", new: bool = False) -> OutletEdit | None:
    """Add an outlet (`new`), or change one; None where nothing differs."""
    with desk.store.transaction():
        there = desk.store.settings.outlets()
        if new:
            outlet = replace(outlet, id=outlet.id or free_id(outlet.name, {each.id for each in there}))
            check_id(outlet.id)
        old = next((each for each in there if each.id == outlet.id), None)
        if new and old is not None:
            raise UsageError(f"there is an outlet {outlet.id!r} already; choose another id")
        if not new and old is None:
            raise UsageError(f"no outlet has the id {outlet.id!r}")
        if old is not None and seen and seen != version(old):
            raise Changed(f"{old.name} was changed by somebody else meanwhile; look again and send yours once more")
        if old == outlet:
            return None
        if outlet.actor and not any(each.id == outlet.actor for each in desk.store.settings.actors()):
            raise UsageError(f"no actor has the id {outlet.actor!r}")
        check_outlet(outlet)
        records = [*there, outlet] if old is None else [outlet if each.id == outlet.id else each for each in there]
        ActorIndex(desk.store.settings.actors(), records)
        before = (old,) if old else ()
        edit = OutletEdit(f"{'edit' if old else 'add'} {outlet.id}", before, (outlet,))
        remember(desk, "outlets", asdict(edit))
        desk.store.settings.put_outlets(records)
        audit(desk, person, edit.what.split()[0] + " outlet", outlet.id, {"before": asdict(old) if old else None})
    _forget(desk)
    return edit


def merge_outlets(desk: Desk, person: Person, keep: str, drop: str) -> OutletEdit:
    """Make two outlets one: names and domains of `drop` become `keep`'s."""
    with desk.store.transaction():
        there = {each.id: each for each in desk.store.settings.outlets()}
        if keep not in there or drop not in there or keep == drop:
            raise UsageError("name two outlets of the desk")
        kept, gone = there[keep], there[drop]
        names = [each for each in dict.fromkeys([*kept.aliases, gone.name, *gone.aliases]) if each != kept.name]
        merged = replace(
            kept,
            aliases=tuple(names),
            domains=tuple(dict.fromkeys([*kept.domains, *gone.domains])),
            actor=kept.actor or gone.actor,
            notes=" ".join(each for each in (kept.notes, gone.notes) if each),
        )
        records = [merged if each.id == keep else each for each in there.values() if each.id != drop]
        edit = OutletEdit(f"merge {drop} into {keep}", (kept, gone), (merged,))
        remember(desk, "outlets", asdict(edit))
        desk.store.settings.put_outlets(records)
        audit(desk, person, "merge outlets", keep, {"from": drop})
    _forget(desk)
    return edit


def _outlets_before(there: Sequence[Outlet], edit: dict[str, Any]) -> list[Outlet]:
    by_id = {each.id: each for each in there}
    after = [_outlet(row) for row in edit["after"]]
    changed = [each.id for each in after if by_id.get(each.id) != each]
    if changed:
        raise UsageError(f"{', '.join(changed)} changed since '{edit['what']}'; it can no longer be undone")
    back = {each.id: each for each in (_outlet(row) for row in edit["before"])}
    gone = {each.id for each in after}
    out = [back.pop(each.id) if each.id in back else each for each in there if each.id not in gone or each.id in back]
    return [*out, *back.values()]


def _outlet(row: dict[str, Any]) -> Outlet:
    return Outlet(**{**row, "aliases": tuple(row["aliases"]), "domains": tuple(row["domains"])})


# --- small things ---------------------------------------------------------------------------------------------------


def version(record: Actor | Outlet) -> str:
    """Another value whenever the record has changed."""
    return stable_id("seen", asdict(record))


def names_of(typed: str) -> tuple[str, ...]:
    """Names as people type them, one a line."""
    found = tuple(dict.fromkeys(" ".join(line.split()) for line in typed.splitlines() if line.strip()))
    if len(found) > MOST:
        raise UsageError(f"more than {MOST} names")
    return found


def _keep(desk: Desk, person: Person, records: list[Actor], edit: Edit) -> Edit:
    for each in edit.after:
        _checked(each)
    index = ActorIndex(records)
    for each in edit.after:
        if each.part_of and (index.get(each.part_of) is None or each.part_of in index.parts(each.id)):
            raise UsageError(f"part of {each.part_of!r}: no such actor, or one inside of {each.id!r}")
    # The history first: an edit that is listed but not made can only be refused by undo, never lost.
    remember(desk, "actors", edit.to_json())
    desk.store.settings.put_actors(records)
    audit(desk, person, edit.what.split()[0] + " actor", edit.what.split(" ", 1)[1], {"names": [
        name for each in edit.after for name in (each.name, *each.aliases)][:50]})  # fmt: skip
    _forget(desk)
    return edit


def _checked(actor: Actor) -> Actor:
    if not actor.name.strip():
        raise UsageError("an actor needs a name")
    if actor.kind not in KINDS:
        raise UsageError(f"kind {actor.kind!r}: choose one of {', '.join(KINDS)}")
    for value in (actor.valid_from, actor.valid_until):
        if value and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
            raise UsageError(f"{value!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD")
    return actor


def check_id(key: str) -> None:
    """Raises `UsageError` for what cannot be the id of an actor, an outlet or a topic."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", key):
        raise UsageError(f"{key!r} is no id: small letters, digits, '-', '_' and '.', at most 64")


def free_id(name: str, taken: set[str]) -> str:
    """An id made of a name that nobody has yet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or f"x{stable_id(name)[:8]}"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key


def history_lines(desk: Desk, what: str) -> list[str]:
    """The edits of actors, outlets or topics, one a line, the oldest first."""
    file = desk.folder / HISTORY[what]
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def remember(desk: Desk, what: str, edit: dict[str, Any]) -> None:
    """Write an edit to the end of its history."""
    with (desk.folder / HISTORY[what]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(edit) + "\n")


def forget_last(desk: Desk, what: str, edit: str) -> None:
    """Take an edit off its history, once the store has taken it back: never before, never half, and none that came after."""
    file = desk.folder / HISTORY[what]
    with desk.store.transaction():  # as whoever adds one
        lines = history_lines(desk, what)
        if edit not in lines:
            return
        del lines[len(lines) - 1 - lines[::-1].index(edit)]
        draft = file.with_suffix(".part")
        draft.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        draft.replace(file)


def _forget(desk: Desk) -> None:
    desk.__dict__.pop("actors", None)
