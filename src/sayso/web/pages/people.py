"""Logging in and out, one's own account, the desk's people, and the log of who did what."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import Field

from sayso.desk import Desk, accounts, views
from sayso.desk.accounts import ROLES, Person, TooMany, digest
from sayso.errors import UsageError
from sayso.web._forms import Again, Asked, Done, action, writing
from sayso.web._people import (
    TheUser,
    Visit,
    cookie,
    current_user,
    doors,
    drop_cookie,
    inside,
    set_cookie,
    visit_of,
)
from sayso.web._render import Content, html, page
from sayso.web._shapes import Session, Token
from sayso.web.pages._desk import Offset, TheDesk

router = APIRouter()
PER_PAGE = 100
Name = Annotated[str, Field(max_length=64, min_length=1)]
Password = Annotated[str, Field(max_length=accounts.LONGEST + 1, min_length=1)]


class LogIn(Asked):
    """Name and password."""

    name: Annotated[str, Field(max_length=200)] = ""
    password: Annotated[str, Field(max_length=5000, repr=False)] = ""
    next: Annotated[str, Field(max_length=4000)] = "/"


class NewAccount(Asked):
    """An account to make."""

    name: Name
    role: Name
    password: Password


class NewRole(Asked):
    """Another role for an account."""

    name: Name
    role: Name


class NewPassword(Asked):
    """Another password for somebody's account."""

    name: Name
    password: Password


class OwnPassword(Asked):
    """Another password for one's own account."""

    before: Password
    password: Password


class OfAccount(Asked):
    """Which account."""

    name: Name


# --- in and out -------------------------------------------------------------------------------------------------


@router.get("/login", include_in_schema=False)
def login_page(request: Request, next: Annotated[str, Query(max_length=4000)] = "/") -> Response:
    """The form to log in with. Its token is bound to a cookie of its own, since there is no session yet."""
    if visit_of(request).person is not None:
        return RedirectResponse(inside(next), 303)
    return _login_form(request, inside(next), "", {})


def _login_form(request: Request, back: str, name: str, errors: dict[str, str], status: int = 200) -> Response:
    visitor = request.cookies.get(cookie(request.scope, "visitor"), "")
    new = not visit_of(request).bound_to
    if new:
        visitor = secrets.token_urlsafe(24)
        request.scope["sayso.visit"] = Visit(None, f"visitor {digest(visitor)}")
    none_yet = not request.app.state.desk.store.accounts.any()
    content = {"next": back, "name": name, "errors": errors, "none_yet": none_yet}
    answer = html(request, "login.html", content, status)
    if new:
        set_cookie(request, answer, "visitor", visitor)
    return answer


@router.post("/login", include_in_schema=False)
def login(request: Request, asked: Annotated[LogIn, Form()]) -> Response:
    """Log in by the form."""
    back = inside(asked.next)
    try:
        token = _opened(request, asked)
    except TooMany as error:
        return _login_form(request, back, asked.name, {"": str(error)}, 429)
    if token is None:
        return _login_form(request, back, asked.name, {"": "Name or password is wrong."}, 401)
    answer = RedirectResponse(back, 303)
    set_cookie(request, answer, "session", token)
    drop_cookie(request, answer, "visitor")
    return answer


@router.post("/login.json", tags=["people"], response_class=JSONResponse, response_model=Token, operation_id="login")
def login_json(request: Request, asked: LogIn) -> Response:
    """Log in: the answer sets the session's cookie and gives the token for the header X-Sayso-Token.

    Its own token is the one that `GET /login.json` gives, with the cookie that comes with it.
    """
    try:
        token = _opened(request, asked)
    except TooMany as error:
        return JSONResponse({"error": str(error)}, 429, {"retry-after": str(int(accounts.WINDOW.total_seconds()))})
    if token is None:
        return JSONResponse({"error": "name or password is wrong"}, 401)
    answer = JSONResponse({"name": asked.name, "token": doors(request).token_for(f"session {digest(token)}")})
    set_cookie(request, answer, "session", token)
    drop_cookie(request, answer, "visitor")
    return answer


@router.get(
    "/login.json", tags=["people"], response_class=JSONResponse, response_model=Token, operation_id="login_token"
)
def login_token(request: Request) -> Response:
    """The token that logging in needs; it is bound to the cookie that comes with it."""
    visitor = secrets.token_urlsafe(24)
    answer = JSONResponse({"token": doors(request).token_for(f"visitor {digest(visitor)}")})
    set_cookie(request, answer, "visitor", visitor)
    return answer


def _opened(request: Request, asked: LogIn) -> str | None:
    desk: Desk = request.app.state.desk
    address = request.client.host if request.client else ""
    token = accounts.log_in(desk, asked.name, asked.password, address)
    shown = asked.name[:64] or "(no name)"
    accounts.audit(desk, shown, "log in" if token else "failed login", address)
    return token


@router.post("/logout", include_in_schema=False)
def logout(request: Request, desk: TheDesk) -> Response:
    """End the session."""
    accounts.log_out(desk, current_user(request))
    answer = RedirectResponse("/login", 303)
    drop_cookie(request, answer, "session")
    return answer


@router.get(
    "/session.json", tags=["people"], response_class=JSONResponse, response_model=Session, operation_id="session"
)
def session(request: Request, user: TheUser) -> Response:
    """Who asks, with which role, and the token for the header X-Sayso-Token of POST requests."""
    return JSONResponse({"name": user.name, "role": user.role, "token": doors(request).token(visit_of(request))})


# --- one's own account ------------------------------------------------------------------------------------------


@page(router, "/account", "account.html", tags=["people"])
def account(user: TheUser) -> Content:
    """One's own account."""
    return {"name": user.name, "role": user.role, "local": not user.session, "errors": {}}


@action(router, "/account/password", role="reader", tags=["people"])
def own_password(desk: TheDesk, user: TheUser, asked: OwnPassword) -> Done | Again:
    """Change one's own password; every other session of the account ends."""
    if not user.session:
        raise UsageError("a desk without accounts has no passwords")
    try:
        if not accounts.is_password(desk, user.name, asked.before):
            return Again("account.html", account(user), {"before": "This is not your password."})
        with writing(desk, user, "change password", user.name):
            accounts.set_password(desk, user.name, asked.password, keep=user.session)
    except UsageError as error:
        return Again("account.html", account(user), {"password": str(error)})
    return Done("/account", {"name": user.name})


# --- the desk's people ------------------------------------------------------------------------------------------


@page(router, "/people", "people.html", role="admin", tags=["people"])
def people(desk: TheDesk, user: TheUser) -> Content:
    """Everybody who has an account, with role."""
    return _people(desk, user)


def _people(desk: Desk, user: Person) -> Content:
    return {**views.people(desk), "roles": list(ROLES), "me": user.name, "errors": {}, "asked": {}}


@action(router, "/people/add", role="admin", tags=["people"])
def add_person(desk: TheDesk, user: TheUser, asked: NewAccount) -> Done | Again:
    """Make an account. The first one must be an admin's: from then on everybody logs in."""
    try:
        if not desk.store.accounts.any() and asked.role != "admin":
            raise UsageError("make an admin first: from the first account on everybody has to log in")
        with writing(desk, user, "add account", asked.name, {"role": asked.role}):
            accounts.add_account(desk, asked.name, asked.role, asked.password)
    except UsageError as error:
        kept = {"name": asked.name, "role": asked.role}
        return Again("people.html", _people(desk, user) | {"asked": kept}, {"": str(error)})
    return Done("/people", {"name": asked.name})


@action(router, "/people/role", role="admin", tags=["people"])
def change_role(desk: TheDesk, user: TheUser, asked: NewRole) -> Done | Again:
    """Give an account another role; its sessions end."""
    try:
        with writing(desk, user, "change role", asked.name, {"role": asked.role}):
            accounts.set_role(desk, asked.name, asked.role)
    except UsageError as error:
        return Again("people.html", _people(desk, user), {"": str(error)})
    return Done("/people", {"name": asked.name, "role": asked.role})


@action(router, "/people/password", role="admin", tags=["people"])
def change_password(desk: TheDesk, user: TheUser, asked: NewPassword) -> Done | Again:
    """Give an account another password; its sessions end."""
    try:
        with writing(desk, user, "change password", asked.name):
            accounts.set_password(desk, asked.name, asked.password)
    except UsageError as error:
        return Again("people.html", _people(desk, user), {"": str(error)})
    return Done("/people", {"name": asked.name})


@action(router, "/people/remove", role="admin", tags=["people"])
def remove_person(desk: TheDesk, user: TheUser, asked: OfAccount) -> Done | Again:
    """Remove an account; its sessions end, what the person did stays."""
    try:
        with writing(desk, user, "remove account", asked.name):
            accounts.remove_account(desk, asked.name)
    except UsageError as error:
        return Again("people.html", _people(desk, user), {"": str(error)})
    return Done("/people", {"name": asked.name})


@page(router, "/log", "log.html", role="admin", tags=["people"])
def log(
    desk: TheDesk,
    person: Annotated[str, Query(max_length=64)] = "",
    action: Annotated[str, Query(max_length=40)] = "",
    offset: Offset = 0,
) -> Content:
    """Who did what, the newest first."""
    return views.log(desk, person=person, action=action, offset=offset, limit=PER_PAGE)
