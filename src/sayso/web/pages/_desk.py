"""What the functions of pages take: the desk, as it stands now, and a place in a list."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from sayso.desk import Desk
from sayso.desk.views import fresh


def desk_now(request: Request) -> Desk:
    """The application's desk, with other processes' edits."""
    desk: Desk = request.app.state.desk
    return fresh(desk)


TheDesk = Annotated[Desk, Depends(desk_now)]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="how many to pass over")]
Text = Annotated[str, Query(max_length=300)]
