"""Items, held and mentioned: the directory, one item, and merging and splitting, each undone from the list."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from sayso.desk import items as editing
from sayso.desk import views
from sayso.web import _address
from sayso.web._forms import Asked, Done, action
from sayso.web._people import TheUser
from sayso.web._render import Content, page
from sayso.web.pages._desk import Offset, Text, TheDesk

router = APIRouter()
Id = Annotated[str, Field(min_length=1, max_length=24)]


class Same(Asked):
    """The item that is the same: its id."""

    other: Id


class Mention(Asked):
    """The mention that is of another item: its id, as `mentioned_in` has it."""

    mention: Id


class Which(Asked):
    """Which merge or split."""

    id: Id


@page(router, "/items", "items.html")
def items(desk: TheDesk, show: Text = "", medium: Text = "", offset: Offset = 0) -> Content:
    """Items, held and mentioned, with the documents that name them; `show` is held or mentioned."""
    return views.items(desk, show=show, medium=medium, offset=offset)


@page(router, "/items/{key}", "item.html")
def item(desk: TheDesk, key: str) -> Content:
    """One item: its versions, who names it and how, what was said in it."""
    return views.item(desk, key)


@action(router, "/items/{key}/merge", role="editor")
def merge_item(desk: TheDesk, user: TheUser, key: str, asked: Same) -> Done:
    """Say that another item is the same; the one that is held, else this one, is left."""
    kept = editing.merge(desk, user, key, asked.other)
    return Done(_address.to("items", kept), {"item": kept})


@action(router, "/items/{key}/split", role="editor")
def split_item(desk: TheDesk, user: TheUser, key: str, asked: Mention) -> Done:
    """Say that one of the item's mentions is of an item of its own."""
    made = editing.split(desk, user, asked.mention)
    return Done(_address.to("items", made), {"item": made})


@action(router, "/items-undo", role="editor")
def undo_items(desk: TheDesk, user: TheUser, asked: Which) -> Done:
    """Take a merge or split back."""
    item = editing.undo(desk, user, asked.id)
    return Done(_address.to("items", item), {"item": item})
