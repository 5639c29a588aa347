"""Directories: actors and outlets."""

from __future__ import annotations

from fastapi import APIRouter

from sayso.desk import views
from sayso.web._render import Content, page
from sayso.web.pages._desk import TheDesk

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
