"""Directories: actors, outlets, items."""

from __future__ import annotations

from fastapi import APIRouter

from sayso.desk import views
from sayso.web._render import Content, page
from sayso.web.pages._desk import Offset, Text, TheDesk

router = APIRouter()


@page(router, "/actors", "actors.html")
def actors(desk: TheDesk) -> Content:
    """The desk's actors, and the speakers that are none of them."""
    return views.actors(desk)


@page(router, "/actors/{key}", "actor.html")
def actor(desk: TheDesk, key: str) -> Content:
    """One actor: names, parts, lines, outlets, newest statements."""
    return views.actor(desk, key)


@page(router, "/outlets", "outlets.html")
def outlets(desk: TheDesk) -> Content:
    """Every outlet, with its items held and mentioned."""
    return views.outlets(desk)


@page(router, "/outlets/{key:path}", "outlet.html")
def outlet(desk: TheDesk, key: str) -> Content:
    """One outlet, by id or by name: whose voice it is, its items and who mentions them."""
    return views.outlet(desk, key)


@page(router, "/items", "items.html")
def items(desk: TheDesk, show: Text = "", medium: Text = "", offset: Offset = 0) -> Content:
    """Items, held and mentioned, with the documents that name them; `show` is held or mentioned."""
    return views.items(desk, show=show, medium=medium, offset=offset)


@page(router, "/items/{key}", "item.html")
def item(desk: TheDesk, key: str) -> Content:
    """One item: its versions, who names it and how, what was said in it."""
    return views.item(desk, key)
