"""What every answer goes through: whom we answer, which methods there are, and the headers that bind the browser.

Pages hold words of strangers. They are escaped where they are written; these headers see to it that a mistake there
could still not run, load, frame or send anything.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("sayso.web")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
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
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
METHODS = ("GET", "HEAD")


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

    A request whose Host is not this machine is refused: that is how a page elsewhere would read the desk by binding its
    own name to 127.0.0.1.
    """

    def __init__(self, app: ASGIApp, broken: Callable[[Request], Response]) -> None:
        """`broken` gives the page for an error that nobody foresaw."""
        self.app = app
        self.broken = broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no web sockets here
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not is_loopback(host_of(hosts[0])):
            await _refuse(send, 421, "This desk answers to this machine's own names only (127.0.0.1, localhost).")
        elif scope["method"] not in METHODS:
            await _refuse(send, 405, "This workbench only reads: GET and HEAD.", allow=", ".join(METHODS))
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        guarded = _guarded(noted)
        try:
            await self.app(scope, receive, guarded)
        except Exception:
            # What broke is told on the server's side alone: a browser never sees the inside of the program.
            log.exception("%s broke", scope["path"])
            if not begun:
                await self.broken(Request(scope))(scope, receive, guarded)


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
