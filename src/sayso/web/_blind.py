"""What keeps a blind coder blind: no page or twin shows them what others said of a statement that they have yet to code.

Coders are blind unless an editor opens the desk (see `desk.reviewing`). Pages are cleaned of other people's codings; what
cannot be cleaned (exports, printed briefs, searches by code) is closed to them, with the reason.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from sayso.desk import reviewing
from sayso.desk.views.blinding import TELLING, families_of, hidden_from, without_others
from sayso.web._people import visit_of

T = TypeVar("T")
WHY = (
    "You code blind: this would show what others said of statements that you have yet to code. "
    "An editor can open it to coders on the page Coding."
)
SUMS = (
    "You code blind: this sums up how others coded the family {family!r}, of which statements wait for you under Second "
    "coding. An editor can open it to coders on the page Coding."
)


def is_blind(request: Request) -> bool:
    """Whether the one who asks codes blind."""
    person = visit_of(request).person
    return person is not None and reviewing.is_blind(request.app.state.desk, person)


def open_eyes(request: Request) -> None:
    """A dependency for what cannot be shown to a blind coder."""
    if is_blind(request):
        raise HTTPException(403, WHY)


def open_family(request: Request, family: str) -> None:
    """Refuses what sums up a family to whoever codes it blind and has statements of others before them."""
    person = visit_of(request).person
    if person is None or not is_blind(request):
        return
    if family in families_of(hidden_from(request.app.state.desk, person)):
        raise HTTPException(403, SUMS.format(family=family))


OpenEyes = Annotated[None, Depends(open_eyes)]


def cleaned(request: Request, content: T) -> T:
    """A page's content as the one who asks may see it."""
    person = visit_of(request).person
    if person is None or not is_blind(request):
        return content
    if request.url.path.startswith("/search") and any(request.query_params.get(name) for name in TELLING):
        raise HTTPException(403, WHY)
    seen: T = without_others(content, hidden_from(request.app.state.desk, person))
    return seen
