"""What changes the desk: every POST of the workbench, as a form and as JSON, and the check that it was meant.

A page that lets people do something registers it with `action`. The same function then answers

* a form at its address: with a redirect (303) to the page that shows what came of it;
* JSON at the same address with `.json` added: with what came of it as JSON, and `at`, that page's address.

Every POST of the application passes `meant`, whichever way it was registered.
"""

from __future__ import annotations

import hmac
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, get_type_hints

from fastapi import APIRouter, Body, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, model_validator

from sayso.desk import Desk
from sayso.desk.accounts import Person, audit
from sayso.errors import SaysoError
from sayso.web._people import doors, needs, visit_of
from sayso.web._render import Content, failed, html
from sayso.web._shapes import Acted

FIELD = "token"  # the hidden field of forms …
HEADER = "x-sayso-token"  # … and the header of requests with JSON
DEEPEST = 20


class Asked(BaseModel):
    """What a form or a JSON object asks: derive from it, one field a form field, with limits on every text."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, values: Any) -> Any:
        _check_plain(values, 0)
        return values


def _check_plain(value: Any, depth: int) -> None:
    """No store can hold half of a character or a NUL, and nothing of ours is nested so deeply."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError("holds characters that cannot be kept")
    elif isinstance(value, Mapping):
        for key, each in value.items():
            _check_plain(key, depth + 1)
            _check_plain(each, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            _check_plain(each, depth + 1)


@dataclass(frozen=True, slots=True)
class Done:
    """It is done: the page that shows it (with a `#fragment`, if it is a part of one), and the same for programs."""

    to: str
    content: Content = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Again:
    """It could not be done as asked: the form once more, with what is wrong, by field ("" for the whole)."""

    template: str
    content: Content
    errors: Mapping[str, str]
    status: int = 400


@contextmanager
def writing(desk: Desk, user: Person, action: str, subject: str = "", details: Content | None = None) -> Iterator[None]:
    """A short transaction that changes the desk and notes in the log who did what: both are kept, or neither.

    Other writers, a run among them, wait meanwhile; compute before, write inside.
    """
    with desk.store.transaction():
        yield
        audit(desk, user, action, subject, details)


def action(
    router: APIRouter, path: str, *, role: str = "coder", tags: list[str] | None = None
) -> Callable[[Callable[..., Done | Again]], Callable[..., Done | Again]]:
    """Registers a function that does something, for people with at least this role, as POST of a form and of JSON.

    The function takes path parameters and dependencies as any page does, and at most one parameter whose type derives
    from `Asked`: the form's fields, or the JSON object.
    """

    def register(view: Callable[..., Done | Again]) -> Callable[..., Done | Again]:
        words = (view.__doc__ or view.__name__).strip().splitlines()[0]
        router.add_api_route(
            f"{path}.json",
            _with_body(view, Body(), _as_json),
            methods=["POST"],
            name=f"{view.__name__}_json",
            operation_id=f"{view.__module__.rsplit('.', 1)[-1]}_{view.__name__}",
            summary=words,
            response_class=JSONResponse,
            response_model=Acted,
            dependencies=[Depends(needs(role))],
            tags=list(tags or ["actions"]),
        )
        router.add_api_route(
            path,
            _with_body(view, Form(), _as_page),
            methods=["POST"],
            name=view.__name__,
            dependencies=[Depends(needs(role))],
            include_in_schema=False,
        )
        return view

    return register


def _with_body(view: Callable[..., Any], body: Any, answer: Callable[[Request, Any], Response]) -> Callable[..., Any]:
    """The view as a route whose `Asked` comes from a form or from JSON, and whose outcome is answered accordingly."""
    hints = get_type_hints(view, include_extras=True)
    parameters = []
    for parameter in inspect.signature(view).parameters.values():
        hint = hints[parameter.name]
        if isinstance(hint, type) and issubclass(hint, Asked):
            hint = Annotated[hint, body]
        parameters.append(parameter.replace(annotation=hint, kind=inspect.Parameter.KEYWORD_ONLY))
    named = next((each.name for each in parameters if each.annotation is Request), "")  # FastAPI fills only one
    if not named:
        parameters.append(inspect.Parameter("request_", inspect.Parameter.KEYWORD_ONLY, annotation=Request))

    def route(**given: Any) -> Response:
        request = given[named] if named else given.pop("request_")
        return answer(request, view(**given))

    route.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    route.__doc__ = view.__doc__
    return route


def _as_page(request: Request, outcome: Done | Again) -> Response:
    if isinstance(outcome, Done):
        return RedirectResponse(outcome.to, 303)
    return html(request, outcome.template, {**outcome.content, "errors": dict(outcome.errors)}, outcome.status)


def _as_json(request: Request, outcome: Done | Again) -> Response:
    if isinstance(outcome, Done):
        return JSONResponse({**outcome.content, "at": outcome.to})
    told = "; ".join(outcome.errors.values())
    return JSONResponse({"error": told, "errors": dict(outcome.errors)}, outcome.status)


async def meant(request: Request) -> None:
    """Refuses a POST without the token that its session's pages carry: another site cannot know it."""
    if request.method in ("GET", "HEAD"):
        return
    given = request.headers.get(HEADER, "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if not given and kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        sent = (await request.form()).get(FIELD)
        given = sent if isinstance(sent, str) else ""
    wanted = doors(request).token(visit_of(request))
    if not wanted or not hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode()):
        raise Forged


class Forged(SaysoError):
    """A form without its page's token, or with that of another session."""


def forged(request: Request, error: Exception) -> Response:
    """What a request gets whose token is wrong."""
    why = "This form is not, or no longer, from a page of yours: open the page again and send it from there."
    return failed(request, 403, "Not accepted", why)
