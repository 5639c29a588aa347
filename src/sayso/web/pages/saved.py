"""Saved searches: kept under a name for everybody at the desk, with what has come since they were last looked at."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from sayso.desk import views
from sayso.errors import UsageError
from sayso.web._forms import Again, Asked, Done, action, writing
from sayso.web._people import TheUser
from sayso.web._render import Content, page
from sayso.web.pages._desk import TheDesk

router = APIRouter()
Key = Annotated[int, Path(ge=1, le=2**53)]


class Save(Asked):
    """A search to keep: its name, and the search page's query as it stands in its address."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    query: Annotated[str, Field(max_length=4000)] = ""


@page(router, "/saved", "saved.html")
def saved(desk: TheDesk, user: TheUser) -> Content:
    """The saved searches, and how many statements each has that nobody has looked at yet."""
    return views.saved(desk, user)


@action(router, "/saved", role="reader")
def save(desk: TheDesk, user: TheUser, asked: Save) -> Done | Again:
    """Save a search."""
    query = views.asked_of(asked.query)
    number = views.count(desk, views.search_of(desk, **query))
    with writing(desk, user, "save search", asked.name):
        key = desk.store.saved_searches.add(asked.name, asked.query, user.name, number)
    return Done("/saved", {"id": key})


@action(router, "/saved/{key}/seen", role="reader")
def seen(desk: TheDesk, user: TheUser, key: Key) -> Done | Again:
    """What the search finds has been seen: from now on only what comes is new."""
    found = views.saved_search(desk, key)
    number = views.count(desk, views.search_of(desk, **views.asked_of(found.query)))
    with writing(desk, user, "see search", found.name):
        desk.store.saved_searches.seen(key, number)
    return Done("/saved", {"id": key})


@action(router, "/saved/{key}/remove", role="reader")
def remove(desk: TheDesk, user: TheUser, key: Key) -> Done | Again:
    """Forget a saved search: one's own; editors may anybody's."""
    found = views.saved_search(desk, key)
    if found.person != user.name and not user.may("editor"):
        raise UsageError(f"this search is {found.person}'s; editors may remove it")
    with writing(desk, user, "remove search", found.name):
        desk.store.saved_searches.remove(key)
    return Done("/saved", {"id": key})
