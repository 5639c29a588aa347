"""What keeps a blind coder blind: no page or twin shows them what others said of a statement that they have yet to code.

Coders are blind unless an editor opens the desk (see `desk.reviewing`). Pages are cleaned of other people's codings; what
cannot be cleaned (exports, printed briefs, filters by code) is closed to them, with the reason.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from sayso.desk import reviewing
from sayso.desk.views.coding import without_others
from sayso.web._people import visit_of

T = TypeVar("T")
WHY = (
    "You code blind: this would show what others said of statements that you have yet to code. "
    "An editor can open it to coders on the page Coding."
)


def blind(request: Request) -> bool:
    """Whether the one who asks codes blind."""
    person = visit_of(request).person
    return person is not None and reviewing.is_blind(request.app.state.desk, person)


def open_eyes(request: Request) -> None:
    """A dependency for what cannot be shown to a blind coder."""
    if blind(request):
        raise HTTPException(403, WHY)


OpenEyes = Annotated[None, Depends(open_eyes)]


def cleaned(request: Request, content: T) -> T:
    """A page's content as the one who asks may see it."""
    person = visit_of(request).person
    if person is None or person.role != "coder" or not reviewing.is_blind(request.app.state.desk, person):
        return content
    own = request.app.state.desk.store.reviews.coded_by(person.name)
    seen: T = without_others(content, own)
    return seen
