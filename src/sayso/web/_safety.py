"""What every request goes through: which host it names, where it comes from, who asks; and the headers that bind the browser.

Pages hold words of strangers. They are escaped where they are written; these headers see to it that a mistake there
could still not run, load, frame or send anything.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayso.errors import SaysoError
from sayso.web._people import Doors, is_open

log = logging.getLogger("sayso.web")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A brief is one file with its style, fonts and chart inside; nothing in it may run, load or send.
BRIEF_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
# Archived bytes are handed over as a file. Should a browser show them all the same, then without any rights.
RAW_CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with no-referrer, forms of our own would come from nowhere (Origin: null)
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
METHODS = ("GET", "HEAD", "POST")
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data", "application/json")
MOST = 1_000_000  # bytes of a form or JSON; addresses that take files allow more


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine alone."""
    if host.casefold().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_of(header: str) -> str:
    """The name in a Host header, without the port; "" where it is none."""
    if header.startswith("["):
        name, bracket, rest = header[1:].partition("]")
        return name if bracket and (not rest or rest.startswith(":")) else ""
    name, _, port = header.partition(":")
    return name if not port or port.isdigit() else ""


class Safety:
    """ASGI middleware around the whole application.

    A request whose Host is not ours is refused: that is how a page elsewhere would read the desk by binding its own name
    to 127.0.0.1. One that changes something must come from a page of ours. Whoever has not logged in gets no further
    than the login page.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        doors: Doors,
        broken: Callable[[Request], Response],
        stranger: Callable[[Request], Response],
        hosts: Iterable[str] = (),
        larger: Mapping[str, int] | None = None,
    ) -> None:
        """`broken` gives the page for an error that nobody foresaw, `stranger` that for people who have not logged in.

        `hosts` are names that we answer to besides those of this machine itself, `larger` addresses that take more bytes
        than `MOST`.
        """
        self.app = app
        self.doors = doors
        self.broken = broken
        self.stranger = stranger
        self.hosts = frozenset(host.casefold().rstrip(".") for host in hosts)
        self.larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no web sockets here
        named = _all(scope, b"host")
        if len(named) != 1 or not self._ours(host_of(named[0])):
            ours = ", ".join(sorted(self.hosts)) or "127.0.0.1, localhost"
            await _refuse(send, 421, f"This desk answers to its own names only ({ours}).")
        elif scope["method"] not in METHODS:
            await _refuse(send, 405, "GET, HEAD and POST only.", allow=", ".join(METHODS))
        elif scope["method"] == "POST" and (refusal := self._unmeant(scope, named[0])):
            await _refuse(send, *refusal)
        else:
            limit = self.larger.get(scope["path"], MOST)
            await self._answer(scope, _measured(receive, limit), send)

    def _ours(self, host: str) -> bool:
        name = host.casefold().rstrip(".")
        return bool(name) and (is_loopback(name) or name in self.hosts)

    def _unmeant(self, scope: Scope, host: str) -> tuple[int, str] | None:
        """Why a request that would change something is not one of ours. (The token in it is looked at later.)"""
        for origin in _all(scope, b"origin"):
            if urlsplit(origin).netloc.casefold() != host.casefold() or origin == "null":
                return 403, "This was sent from a page of another site."
        if any(site.casefold() not in ("same-origin", "none") for site in _all(scope, b"sec-fetch-site")):
            return 403, "This was sent from a page of another site."
        kinds = _all(scope, b"content-type")
        kind = kinds[0].partition(";")[0].strip().casefold() if kinds else ""
        if len(kinds) > 1 or (kind and kind not in KINDS):
            return 415, f"A form or JSON only ({', '.join(KINDS)})."
        lengths = _all(scope, b"content-length")
        if lengths and lengths[0].isdigit() and int(lengths[0][:20]) > self.larger.get(scope["path"], MOST):
            return 413, f"Too large: at most {self.larger.get(scope['path'], MOST):,} bytes."
        return None

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        guarded = _guarded(noted)
        try:
            try:
                scope["sayso.visit"] = visit = await run_in_threadpool(self.doors.visit, scope)
            except SaysoError as error:  # the database is away or locked: nobody can be let in, and no page be made
                log.error("%s: %s", scope["path"], error)
                await _refuse(send, 503, "The desk's database gives no answer. Try again.", **{"retry-after": "5"})
                return
            if visit.person is None and not is_open(scope["path"]):
                await self.stranger(Request(scope))(scope, receive, guarded)
            else:
                await self.app(scope, receive, guarded)
        except Exception:
            # What broke is told on the server's side alone: a browser never sees the inside of the program.
            log.exception("%s broke", scope["path"])
            if not begun:
                await self.broken(Request(scope))(scope, receive, guarded)


class _TooLarge(HTTPException):
    """More bytes came than the address takes."""

    def __init__(self) -> None:
        super().__init__(413, "Too large.")


def _measured(receive: Receive, limit: int) -> Receive:
    """The body, given up as soon as it is larger than the limit, whatever its header said."""
    seen = 0

    async def measured() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _TooLarge
        return message

    return measured


def _all(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]


def _guarded(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *((n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in there),
            ]
        await send(message)

    return guarded


async def _refuse(send: Send, status: int, why: str, **headers: str) -> None:
    body = (why + "\n").encode()
    fields = {"content-type": "text/plain; charset=utf-8", "content-length": str(len(body)), **headers, **HEADERS}
    listed = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": listed})
    await send({"type": "http.response.body", "body": body})
