"""Who asks: the person behind a request, what they may do, and the secret that their forms carry.

A desk without accounts, opened on this machine alone, is one person's own. With accounts everybody logs in; the
browser then holds a random token in a cookie, the store only its hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import Scope

from sayso.desk import Desk
from sayso.desk.accounts import AT_MOST, Person, digest, local_person, session_person

OPEN = ("/login", "/login.json", "/healthz", "/metrics")  # and /static/: what answers before anybody has logged in
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,80}")


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of a request before its page is made: the person, if any, and what its forms are bound to."""

    person: Person | None
    bound_to: str


class Doors:
    """Who comes in. `local` says that the workbench is open on this machine alone."""

    def __init__(self, desk: Desk, *, local: bool) -> None:
        self.desk = desk
        self.local = local
        self._secret = _secret(desk)

    def visit(self, scope: Scope) -> Visit:
        """Who asks. Reads the store."""
        request = Request(scope)
        if self.local and not self.desk.store.accounts.any():
            return Visit(local_person(self.desk), "local")
        token = request.cookies.get(cookie(scope, "session"), "")
        if _TOKEN.fullmatch(token) and (person := session_person(self.desk, token)):
            return Visit(person, f"session {person.session}")
        visitor = request.cookies.get(cookie(scope, "visitor"), "")
        return Visit(None, f"visitor {digest(visitor)}" if _TOKEN.fullmatch(visitor) else "")

    def token(self, visit: Visit) -> str:
        """What a form of this visit must carry; "" where nothing can be sent."""
        return self.token_for(visit.bound_to) if visit.bound_to else ""

    def token_for(self, bound_to: str) -> str:
        """What forms bound to this session or visitor carry."""
        return hmac.new(self._secret, bound_to.encode(), hashlib.sha256).hexdigest()


def _secret(desk: Desk) -> bytes:
    with desk.store.transaction():  # two servers of one desk share it
        kept = desk.store.progress.recall("web secret")
        if not kept:
            kept = secrets.token_hex(32)
            desk.store.progress.remember("web secret", kept)
    return bytes.fromhex(kept)


def is_open(path: str) -> bool:
    """Whether an address answers to people who have not logged in."""
    return path in OPEN or path.startswith("/static/")


# --- what pages use ---------------------------------------------------------------------------------------------


def doors(request: Request) -> Doors:
    """The application's doors."""
    found: Doors = request.app.state.doors
    return found


def visit_of(request: Request) -> Visit:
    """What the gate found out about this request."""
    found: Visit | None = request.scope.get("sayso.visit")
    return found or Visit(None, "")


def current_user(request: Request) -> Person:
    """Who asks for this page. Nobody gets to a page but those whom the gate knows."""
    person = visit_of(request).person
    if person is None:
        raise HTTPException(401, "Log in first.")
    return person


def needs(role: str) -> Callable[[Request], Person]:
    """A dependency: the person, who must have at least this role (reader < coder < editor < admin)."""

    def person_with_role(request: Request) -> Person:
        person = current_user(request)
        if not person.may(role):
            raise HTTPException(403, f"This needs the role {role}; yours is {person.role}.")
        return person

    return person_with_role


TheUser = Annotated[Person, Depends(current_user)]


# --- cookies ----------------------------------------------------------------------------------------------------


def cookie(scope: Scope, name: str) -> str:
    """The cookie's name: behind https one that browsers take from this very host alone."""
    return f"__Host-sayso-{name}" if scope["scheme"] == "https" else f"sayso-{name}"


def set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """A cookie that scripts cannot read and other sites cannot send with a form; over https only, where there is https."""
    response.set_cookie(
        cookie(request.scope, name),
        value,
        max_age=int(AT_MOST.total_seconds()) if name == "session" else None,
        path="/",
        secure=request.scope["scheme"] == "https",
        httponly=True,
        samesite="lax" if name == "session" else "strict",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(
        cookie(request.scope, name), path="/", secure=request.scope["scheme"] == "https", httponly=True
    )


def login_address(path: str, query: str) -> str:
    """The login page that leads back here afterwards."""
    back = path + (f"?{query}" if query else "")
    return "/login" if back == "/" else f"/login?next={quote(back[:1000], safe='/')}"


def inside(address: str) -> str:
    """An address of this workbench, or the overview's: nobody is led elsewhere by a link that we show."""
    if not address.startswith("/") or address.startswith(("//", "/\\")) or not address.isprintable():
        return "/"
    return "/" if "\\" in address else address
