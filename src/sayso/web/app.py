"""The application: pages, their JSON twins, static files, and what answers when something is missing or breaks."""

from __future__ import annotations

import gzip
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

import sayso
from sayso.desk.views import Missing
from sayso.desk.workers import Workers
from sayso.errors import SaysoError, UsageError
from sayso.web import _forms, _render
from sayso.web._people import Doors, login_address
from sayso.web._safety import Safety
from sayso.web.pages import (
    coding,
    composing,
    correcting,
    directory,
    evidence,
    health,
    items,
    jobs,
    listing,
    origins,
    people,
    reading,
    saved,
    topics,
    tracking,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sayso.desk import Desk

log = logging.getLogger("sayso.web")
STATIC = {  # name: folder of the package, media type. The fonts are those of briefs (brief/fonts), in fewer weights
    "workbench.css": ("web/static", "text/css"),
    "work.css": ("web/static", "text/css"),
    "coding.js": ("web/static", "text/javascript"),
    "compose.js": ("web/static", "text/javascript"),
    "line.js": ("web/static", "text/javascript"),
    "reader.js": ("web/static", "text/javascript"),
    "correct.js": ("web/static", "text/javascript"),
    "jobs.js": ("web/static", "text/javascript"),
    "favicon.svg": ("web/static", "image/svg+xml"),
    "source-serif-4.woff2": ("web/static", "font/woff2"),
    "source-serif-4-italic.woff2": ("web/static", "font/woff2"),
    "source-sans-3.woff2": ("web/static", "font/woff2"),
}


class Wrong(BaseModel):
    """What a program gets instead of what it asked for."""

    error: str
    errors: dict[str, str] = {}  # by field, where a form was filled in wrongly


PAGES = (
    reading,
    correcting,
    directory,
    listing,
    items,
    origins,
    tracking,
    topics,
    coding,
    composing,
    evidence,
    jobs,
    saved,
    people,
)


def create_app(desk: Desk, *, local: bool = True, hosts: Iterable[str] = (), work: bool = False) -> FastAPI:
    """The workbench of a desk, as an ASGI application.

    `local` says that it can be reached from this machine alone: then a desk without accounts is open to whoever works
    at it. Otherwise everybody logs in. `hosts` are the names it answers to besides those of this machine itself. With
    `work` it carries out the desk's jobs while it runs.
    """
    workers = Workers(desk) if work else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if workers is not None:
            workers.start()
        yield
        if workers is not None:
            await run_in_threadpool(workers.stop)

    app = FastAPI(
        title="Say-so workbench",
        description="Every page of the workbench as JSON: its address with `.json` added. What changes the desk is sent as "
        "JSON by POST, with the header `X-Sayso-Token` that `/session.json` gives.",
        version=sayso.__version__,
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json",
        dependencies=[Depends(_forms.meant)],
        responses={"4XX": {"description": "Refused; `error` says why.", "model": Wrong}},
        lifespan=lifespan,
    )
    app.state.desk = desk
    app.state.doors = Doors(desk, local=local)
    app.state.workers = workers
    for module in PAGES:
        app.include_router(module.router)
    app.add_api_route("/static/{name}", static, methods=["GET"], include_in_schema=False)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(_forms.Forged, _forms.forged)
    app.add_exception_handler(OperationalError, _busy)
    app.add_exception_handler(SaysoError, _told)
    app.add_middleware(
        Safety, doors=app.state.doors, broken=_broken, stranger=_stranger, hosts=hosts, larger=jobs.LARGER
    )
    health.attach(app)
    return app


def static(request: Request, name: str) -> Response:
    """One of the files that pages need; there are no others. Text goes packed, and nothing twice to the same browser."""
    if name not in STATIC:
        raise HTTPException(404)
    folder, media = STATIC[name]
    with resources.as_file(resources.files("sayso") / folder / name) as path:
        plain, packed, tag = _file(path, path.stat().st_mtime_ns)
    headers = {"cache-control": "no-cache", "etag": tag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if media.startswith("text/") and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=media, headers=headers | {"content-encoding": "gzip"})
    return Response(plain, media_type=media, headers=headers)


@lru_cache(maxsize=64)
def _file(path: Path, changed: int) -> tuple[bytes, bytes, str]:
    """A file's bytes, the same packed, and their tag."""
    data = path.read_bytes()
    return data, gzip.compress(data, mtime=0), f'"{hashlib.sha256(data).hexdigest()[:24]}"'


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _render.failed(request, 404, "Not found", "There is no page at this address.")
    return _render.failed(request, error.status_code, "Not possible", str(error.detail))


def _bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = str(first["loc"][-1]) if first["loc"] else "request"
    return _render.failed(request, 400, "Not understood", f"{place}: {first['msg']}")


def _stranger(request: Request) -> Response:
    if _render.wants_json(request) or request.method == "POST":
        return JSONResponse({"error": "Log in first (POST /login.json)."}, 401)
    return RedirectResponse(login_address(request.url.path, request.url.query), 303)


def _busy(request: Request, error: Exception) -> Response:
    if "locked" not in str(error):
        raise error
    log.warning("%s: %s", request.url.path, error)
    answer = _render.failed(request, 503, "Busy", "The desk is being written to. Nothing was changed; try again.")
    answer.headers["retry-after"] = "5"
    return answer


def _told(request: Request, error: Exception) -> Response:
    if isinstance(error, Missing):
        return _render.failed(request, 404, "Not found", str(error))
    if isinstance(error, UsageError):
        return _render.failed(request, 400, "Not understood", str(error))
    if request.method == "POST":  # it was asked for something that cannot be done as things stand
        return _render.failed(request, 409, "Not possible", str(error))
    log.error("%s: %s", request.url.path, error)
    return _render.failed(request, 500, "It did not work", "The desk could not answer; its log says why.")


def _broken(request: Request) -> Response:
    return _render.failed(request, 500, "Something broke", "The error is in the log of `sayso serve`.")
