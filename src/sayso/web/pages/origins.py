"""Where documents come from and what became of them: feeds, pages that changed, originals and their translations."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from sayso.desk import pairing, views
from sayso.desk.accounts import audit
from sayso.errors import UsageError
from sayso.web._forms import Again, Asked, Done, action
from sayso.web._people import TheUser
from sayso.web._render import Content, page
from sayso.web.pages._desk import Offset, TheDesk

router = APIRouter()
Named = Annotated[str, Field(min_length=1, max_length=2000)]


class Pair(Asked):
    """Two documents, each by id, address, path or SHA-256."""

    original: Named
    translation: Named
    translator: Annotated[str, Field(max_length=300)] = ""


class Translation(Asked):
    """A translation that somebody joined to an original: its document."""

    translation: Named


@page(router, "/feeds", "feeds.html")
def feeds(desk: TheDesk) -> Content:
    """The desk's feeds: what each brought, the last looks at it, and which went quiet, doubled or fail."""
    return views.feeds_page(desk)


@page(router, "/changes", "changes.html")
def changes(desk: TheDesk, kind: Literal["", "edited", "vanished"] = "", offset: Offset = 0) -> Content:
    """Pages that were edited, vanished or came back after they were captured, and the statements that were touched."""
    return views.changed(desk, kind=kind, offset=offset)


@page(router, "/pairs", "pairs.html")
def pairs(desk: TheDesk, offset: Offset = 0) -> Content:
    """Originals and their translations, who joined them, and a form to join two documents."""
    return views.pairs(desk, offset=offset) | {"errors": {}, "typed": {}}


@action(router, "/pairs", role="editor")
def join(desk: TheDesk, user: TheUser, asked: Pair) -> Done | Again:
    """Join an original and its translation, so that statements can be cited in both."""
    try:
        with desk.store.transaction():
            ids = pairing.pair(desk, asked.original, asked.translation, translator=asked.translator, person=user.name)
            audit(desk, user, "pair", ids[1], {"original": ids[0], "translator": asked.translator})
    except UsageError as error:
        return Again("pairs.html", views.pairs(desk) | {"typed": asked.model_dump()}, {"": str(error)})
    return Done(f"/documents/{ids[1]}?beside={ids[0]}", {"original": ids[0], "translation": ids[1]})


@action(router, "/pairs/undo", role="editor")
def part(desk: TheDesk, user: TheUser, asked: Translation) -> Done:
    """Take back what people said of a translation; what it says of itself holds again."""
    with desk.store.transaction():
        if not pairing.unpair(desk, asked.translation):
            raise UsageError("nobody joined this document to an original")
        audit(desk, user, "undo pair", asked.translation)
    return Done("/pairs", {"translation": asked.translation})
