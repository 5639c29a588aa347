"""Editing actors and outlets: adding, changing, merging, splitting, accepting suggestions, and undoing."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from sayso.desk import directory, views
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


# --- actors -------------------------------------------------------------------------------------------------------


@page(router, "/new/actor", "actor_edit.html", role="editor")
def new_actor(desk: TheDesk) -> Content:
    """An empty form for an actor."""
    return _actor_form(desk, Actor("", "")) | {"errors": {}}


@action(router, "/new/actor", role="editor")
def add_actor(desk: TheDesk, user: TheUser, asked: ActorForm) -> Done | Again:
    """Add an actor."""
    try:
        edit = directory.add_actor(desk, user, asked.record(asked.id))
    except SaysoError as error:
        return Again("actor_edit.html", _actor_form(desk, _typed_actor(asked, asked.id), new=True), {"": str(error)})
    return _actor_done(edit.after[0].id)


@page(router, "/actors/{key}/edit", "actor_edit.html", role="editor")
def edit_actor_page(desk: TheDesk, key: str) -> Content:
    """An actor as a form, with what can be done to it: names, place in the whole, merging, splitting."""
    return _actor_form(desk, _actor(desk, key)) | {"errors": {}}


@action(router, "/actors/{key}/edit", role="editor")
def edit_actor(desk: TheDesk, user: TheUser, key: str, asked: ActorForm) -> Done | Again:
    """Change an actor; statements follow at the next run."""
    _actor(desk, key)
    try:
        directory.edit_actor(desk, user, asked.record(key), seen=asked.seen)
    except SaysoError as error:
        return Again("actor_edit.html", _actor_form(desk, _typed_actor(asked, key)), {"": str(error)})
    return _actor_done(key)


@action(router, "/actors/{key}/merge", role="editor")
def merge_actor(desk: TheDesk, user: TheUser, key: str, asked: Other) -> Done | Again:
    """Take over all names of another actor, which is no more."""
    actor = _actor(desk, key)
    try:
        directory.merge_actors(desk, user, key, asked.other)
    except SaysoError as error:
        return Again("actor_edit.html", _actor_form(desk, actor), {"": str(error)})
    return _actor_done(key)


@action(router, "/actors/{key}/split", role="editor")
def split_actor(desk: TheDesk, user: TheUser, key: str, asked: Split) -> Done | Again:
    """Give some of an actor's names to a new one."""
    actor = _actor(desk, key)
    try:
        edit = directory.split_actor(desk, user, key, asked.id, asked.aliases, asked.name)
    except SaysoError as error:
        return Again("actor_edit.html", _actor_form(desk, actor), {"": str(error)})
    return _actor_done(edit.after[-1].id)


@action(router, "/new/suggested", role="editor")
def accept_suggestion(desk: TheDesk, user: TheUser, asked: Suggested) -> Done | Again:
    """Take a frequent speaker in, as a new actor or as further names of one."""
    try:
        edit = directory.accept(desk, user, asked.name, asked.kind, asked.spellings, asked.actor)
    except UsageError:
        raise
    except SaysoError as error:
        raise UsageError(str(error)) from None
    return _actor_done(edit.after[0].id)


@action(router, "/actors-undo", role="editor")
def undo_actors(desk: TheDesk, user: TheUser, asked: Nothing) -> Done | Again:
    """Take the last edit of the actors back."""
    return Done("/actors", {"undone": _undo(desk, user, "actors")})


# --- outlets ------------------------------------------------------------------------------------------------------


@page(router, "/new/outlet", "outlet_edit.html", role="editor")
def new_outlet(desk: TheDesk, name: Name = "") -> Content:
    """An empty form for an outlet; `name` for one that items name already."""
    return _outlet_form(desk, Outlet("", name[:300]), new=True) | {"errors": {}}


@action(router, "/new/outlet", role="editor")
def add_outlet(desk: TheDesk, user: TheUser, asked: OutletForm) -> Done | Again:
    """Add an outlet."""
    try:
        edit = directory.put_outlet(desk, user, asked.record(asked.id), new=True)
    except SaysoError as error:
        return Again("outlet_edit.html", _outlet_form(desk, _typed_outlet(asked, asked.id), new=True), {"": str(error)})
    assert edit is not None
    return _outlet_done(edit.after[0].id)


@page(router, "/edit/outlet/{key}", "outlet_edit.html", role="editor")
def edit_outlet_page(desk: TheDesk, key: str) -> Content:
    """An outlet as a form."""
    return _outlet_form(desk, _outlet(desk, key)) | {"errors": {}}


@action(router, "/edit/outlet/{key}", role="editor")
def edit_outlet(desk: TheDesk, user: TheUser, key: str, asked: OutletForm) -> Done | Again:
    """Change an outlet; items follow at the next run."""
    _outlet(desk, key)
    try:
        directory.put_outlet(desk, user, asked.record(key), seen=asked.seen)
    except SaysoError as error:
        return Again("outlet_edit.html", _outlet_form(desk, _typed_outlet(asked, key)), {"": str(error)})
    return _outlet_done(key)


@action(router, "/edit/outlet/{key}/merge", role="editor")
def merge_outlet(desk: TheDesk, user: TheUser, key: str, asked: Other) -> Done | Again:
    """Take over names and domains of another outlet, which is no more."""
    outlet = _outlet(desk, key)
    try:
        directory.merge_outlets(desk, user, key, asked.other)
    except SaysoError as error:
        return Again("outlet_edit.html", _outlet_form(desk, outlet), {"": str(error)})
    return _outlet_done(key)


@action(router, "/outlets-undo", role="editor")
def undo_outlets(desk: TheDesk, user: TheUser, asked: Nothing) -> Done | Again:
    """Take the last edit of the outlets back."""
    return Done("/outlets", {"undone": _undo(desk, user, "outlets")})


# --- forms --------------------------------------------------------------------------------------------------------


def _undo(desk: TheDesk, user: TheUser, what: str) -> str:
    try:
        return directory.undo(desk, user, what)
    except UsageError:
        raise
    except SaysoError as error:
        raise UsageError(str(error)) from None


def _actor(desk: TheDesk, key: str) -> Actor:
    found = desk.actors.get(key)
    if found is None:
        raise views.Missing(f"there is no actor {key}")
    return found


def _outlet(desk: TheDesk, key: str) -> Outlet:
    found = next((each for each in desk.store.settings.outlets() if each.id == key), None)
    if found is None:
        raise views.Missing(f"there is no outlet {key}")
    return found


def _actor_form(desk: TheDesk, actor: Actor, *, new: bool = False) -> Content:
    return views.actor_form(desk, actor, new=new or not actor.id)


def _outlet_form(desk: TheDesk, outlet: Outlet, *, new: bool = False) -> Content:
    return views.outlet_form(desk, outlet, new=new) | {"media": list(MEDIA)}


def _typed_actor(asked: ActorForm, key: str) -> Actor:
    try:
        return asked.record(key)
    except UsageError:  # its aliases are what is wrong
        return replace(ActorForm(name=asked.name).record(key), notes=asked.notes)


def _typed_outlet(asked: OutletForm, key: str) -> Outlet:
    try:
        return asked.record(key)
    except UsageError:
        return OutletForm(name=asked.name).record(key)


def _actor_done(key: str) -> Done:
    return Done(_address.to("actors", key), {"actor": key})


def _outlet_done(key: str) -> Done:
    return Done(_address.to("outlets", key), {"outlet": key})
