"""Editing actors and outlets: adding, changing, merging, splitting, accepting suggestions, and undoing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field

from sayso.desk import Desk, directory, views
from sayso.desk.accounts import Person
from sayso.errors import SaysoError, UsageError
from sayso.records import MEDIA, Actor, Outlet
from sayso.web import _address
from sayso.web._forms import Again, Asked, Done, action
from sayso.web._people import TheUser
from sayso.web._render import Content, page
from sayso.web.pages._desk import TheDesk

router = APIRouter()
Id = Annotated[str, Field(max_length=64)]
Name = Annotated[str, Field(max_length=300)]
Lines = Annotated[str, Field(max_length=40_000)]
Day = Annotated[str, Field(max_length=10)]


def _typed(lines: str) -> tuple[str, ...]:
    """Lines as they were typed, also where they are too many to be kept."""
    return tuple(lines.splitlines())


class ActorForm(Asked):
    """An actor; `aliases` one a line."""

    id: Id = ""
    name: Name
    kind: Annotated[str, Field(max_length=16)] = "organization"
    aliases: Lines = ""
    part_of: Id = ""
    valid_from: Day = ""
    valid_until: Day = ""
    notes: Annotated[str, Field(max_length=4000)] = ""
    seen: Annotated[str, Field(max_length=24)] = ""

    def record(self, key: str) -> Actor:
        """The actor."""
        return Actor(
            key, self.name, self.kind, directory.names_of(self.aliases), self.part_of or None,
            self.valid_from or None, self.valid_until or None, self.notes,
        )  # fmt: skip

    def typed(self, key: str) -> Actor:
        """What a form that comes back shows."""
        return Actor(
            key, self.name, self.kind, _typed(self.aliases), self.part_of or None, self.valid_from or None,
            self.valid_until or None, self.notes,
        )  # fmt: skip


class OutletForm(Asked):
    """An outlet; `aliases` and `domains` one a line; `actor` is whose own voice it is."""

    id: Id = ""
    name: Name
    aliases: Lines = ""
    domains: Lines = ""
    actor: Id = ""
    medium: Annotated[str, Field(max_length=20)] = "article"
    notes: Annotated[str, Field(max_length=4000)] = ""
    seen: Annotated[str, Field(max_length=24)] = ""

    def record(self, key: str) -> Outlet:
        """The outlet."""
        return Outlet(
            key, self.name, directory.names_of(self.aliases), directory.names_of(self.domains), self.actor or None,
            self.medium, self.notes,
        )  # fmt: skip

    def typed(self, key: str) -> Outlet:
        """What a form that comes back shows."""
        names, domains = _typed(self.aliases), _typed(self.domains)
        return Outlet(key, self.name, names, domains, self.actor or None, self.medium, self.notes)


class Other(Asked):
    """The actor or outlet whose names are taken over."""

    other: Annotated[str, Field(min_length=1, max_length=64)]


class Split(Asked):
    """The names that go to a new actor."""

    aliases: Annotated[list[Name], Field(min_length=1, max_length=directory.MOST)]
    name: Name = ""
    id: Id = ""


class Suggested(Asked):
    """A suggested speaker: its names, and the actor that they are further names of ("" for a new one)."""

    name: Annotated[str, Field(min_length=1, max_length=300)]
    kind: Annotated[str, Field(max_length=16)] = "organization"
    spellings: Annotated[list[Name], Field(max_length=directory.MOST, default_factory=list)]
    actor: Id = ""


class Nothing(Asked):
    """Nothing is asked beside the address."""


# --- what actors and outlets have in common ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """Actors or outlets: where they are kept, and the form that edits one."""

    name: Literal["actor", "outlet"]
    form: Callable[[Desk, Any, bool], Content]  # desk, the record as it is or was typed, whether it is a new one

    def blank(self, desk: Desk, record: Actor | Outlet) -> Content:
        """The form of a record, with nothing wrong."""
        return self.form(desk, record, not record.id) | {"errors": {}}

    def tried(self, desk: Desk, do: Callable[[], Any], record: Actor | Outlet, *, new: bool = False) -> Done | Again:
        """Do it; the record's page where it could be done, else the form once more. What `do` gives is an edit, or None
        where nothing differed: the last record after it is the one to show."""
        try:
            edit = do()
        except SaysoError as error:
            return Again(f"{self.name}_edit.html", self.form(desk, record, new), {"": str(error)})
        key = edit.after[-1].id if edit is not None and edit.after else record.id
        return Done(_address.to(f"{self.name}s", key), {self.name: key})

    def undone(self, desk: Desk, user: Person) -> Done:
        """Take the last edit back."""
        try:
            what = directory.undo(desk, user, f"{self.name}s")
        except UsageError:
            raise
        except SaysoError as error:
            raise UsageError(str(error)) from None
        return Done(f"/{self.name}s", {"undone": what})


def _actor(desk: Desk, key: str) -> Actor:
    found = desk.actors.get(key)
    if found is None:
        raise views.Missing(f"there is no actor {key}")
    return found


def _outlet(desk: Desk, key: str) -> Outlet:
    found = next((each for each in desk.store.settings.outlets() if each.id == key), None)
    if found is None:
        raise views.Missing(f"there is no outlet {key}")
    return found


ACTORS = Kept("actor", lambda desk, actor, new: views.actor_form(desk, actor, new=new))
OUTLETS = Kept("outlet", lambda desk, outlet, new: views.outlet_form(desk, outlet, new=new) | {"media": list(MEDIA)})


# --- actors -------------------------------------------------------------------------------------------------------


@page(router, "/new/actor", "actor_edit.html", role="editor")
def new_actor(desk: TheDesk) -> Content:
    """An empty form for an actor."""
    return ACTORS.blank(desk, Actor("", ""))


@action(router, "/new/actor", role="editor")
def add_actor(desk: TheDesk, user: TheUser, asked: ActorForm) -> Done | Again:
    """Add an actor."""
    typed = asked.typed(asked.id)
    return ACTORS.tried(desk, lambda: directory.add_actor(desk, user, asked.record(asked.id)), typed, new=True)


@page(router, "/actors/{key}/edit", "actor_edit.html", role="editor")
def edit_actor_page(desk: TheDesk, key: str) -> Content:
    """An actor as a form, with what can be done to it: names, place in the whole, merging, splitting."""
    return ACTORS.blank(desk, _actor(desk, key))


@action(router, "/actors/{key}/edit", role="editor")
def edit_actor(desk: TheDesk, user: TheUser, key: str, asked: ActorForm) -> Done | Again:
    """Change an actor; statements follow at the next run."""
    _actor(desk, key)
    typed = asked.typed(key)
    return ACTORS.tried(desk, lambda: directory.edit_actor(desk, user, asked.record(key), seen=asked.seen), typed)


@action(router, "/actors/{key}/merge", role="editor")
def merge_actor(desk: TheDesk, user: TheUser, key: str, asked: Other) -> Done | Again:
    """Take over all names of another actor, which is no more."""
    return ACTORS.tried(desk, lambda: directory.merge_actors(desk, user, key, asked.other), _actor(desk, key))


@action(router, "/actors/{key}/split", role="editor")
def split_actor(desk: TheDesk, user: TheUser, key: str, asked: Split) -> Done | Again:
    """Give some of an actor's names to a new one."""
    actor = _actor(desk, key)
    return ACTORS.tried(
        desk, lambda: directory.split_actor(desk, user, key, asked.id, asked.aliases, asked.name), actor
    )


@action(router, "/new/suggested", role="editor")
def accept_suggestion(desk: TheDesk, user: TheUser, asked: Suggested) -> Done | Again:
    """Take a frequent speaker in, as a new actor or as further names of one."""
    typed = Actor(asked.actor, asked.name, asked.kind, tuple(asked.spellings))
    return ACTORS.tried(
        desk,
        lambda: directory.accept(desk, user, asked.name, asked.kind, asked.spellings, asked.actor),
        typed,
        new=not asked.actor,
    )


@action(router, "/actors-undo", role="editor")
def undo_actors(desk: TheDesk, user: TheUser, asked: Nothing) -> Done | Again:
    """Take the last edit of the actors back."""
    return ACTORS.undone(desk, user)


# --- outlets ------------------------------------------------------------------------------------------------------


@page(router, "/new/outlet", "outlet_edit.html", role="editor")
def new_outlet(desk: TheDesk, name: Name = "") -> Content:
    """An empty form for an outlet; `name` for one that items name already."""
    return OUTLETS.form(desk, Outlet("", name[:300]), True) | {"errors": {}}


@action(router, "/new/outlet", role="editor")
def add_outlet(desk: TheDesk, user: TheUser, asked: OutletForm) -> Done | Again:
    """Add an outlet."""
    typed = asked.typed(asked.id)
    return OUTLETS.tried(
        desk, lambda: directory.put_outlet(desk, user, asked.record(asked.id), new=True), typed, new=True
    )


@page(router, "/edit/outlet/{key}", "outlet_edit.html", role="editor")
def edit_outlet_page(desk: TheDesk, key: str) -> Content:
    """An outlet as a form."""
    return OUTLETS.blank(desk, _outlet(desk, key))


@action(router, "/edit/outlet/{key}", role="editor")
def edit_outlet(desk: TheDesk, user: TheUser, key: str, asked: OutletForm) -> Done | Again:
    """Change an outlet; items follow at the next run."""
    _outlet(desk, key)
    typed = asked.typed(key)
    return OUTLETS.tried(desk, lambda: directory.put_outlet(desk, user, asked.record(key), seen=asked.seen), typed)


@action(router, "/edit/outlet/{key}/merge", role="editor")
def merge_outlet(desk: TheDesk, user: TheUser, key: str, asked: Other) -> Done | Again:
    """Take over names and domains of another outlet, which is no more."""
    return OUTLETS.tried(desk, lambda: directory.merge_outlets(desk, user, key, asked.other), _outlet(desk, key))


@action(router, "/outlets-undo", role="editor")
def undo_outlets(desk: TheDesk, user: TheUser, asked: Nothing) -> Done | Again:
    """Take the last edit of the outlets back."""
    return OUTLETS.undone(desk, user)
