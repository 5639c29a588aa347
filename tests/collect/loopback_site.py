"""A web site on loopback for tests and benchmarks: quick, and as badly behaved as it is told to be.

In: routes, each a `Reply` or a function that makes one of a request. Out: addresses that can be fetched, and a log
of what was asked. It speaks HTTP/1.1 with keep-alive in a thread of its own.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class Request:
    """What was asked: path with query, headers in lower case, when (the loop's clock)."""

    path: str
    headers: dict[str, str]
    at: float


@dataclass
class Reply:
    """What is answered. `raw` goes out as it is, `stream` writes whatever it likes; both close the connection."""

    body: bytes = b""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    stream: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None


Route = Reply | Callable[[Request], Reply]


class Site:
    """Use as a context manager. `routes` may be changed at any time; what has no route is 404."""

    def __init__(self, routes: dict[str, Route] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = routes or {}
        self.fallback: Callable[[Request], Reply] | None = None
        self.log: list[Request] = []
        self.busiest = 0  # requests under way at the same time, at most
        self._now = 0
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Site:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def asked(self, path: str) -> int:
        """How often this path was asked for."""
        return sum(request.path == path for request in self.log)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "0.0.0.0", 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        request = Request(head[0].split(" ")[1], headers, self._loop.time())
        self.log.append(request)
        self._now += 1
        self.busiest = max(self.busiest, self._now)
        try:
            return await self._answer(request, writer)
        finally:
            self._now -= 1

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        route = self.routes.get(request.path) or self.routes.get(request.path.partition("?")[0]) or self.fallback
        reply = route if isinstance(route, Reply) else route(request) if route else Reply(b"not here", status=404)
        if reply.raw is not None:
            writer.write(reply.raw)
            await writer.drain()
            return False
        if reply.stream is not None:
            await reply.stream(writer)
            return False
        lines = [f"HTTP/1.1 {reply.status} Whatever", f"Content-Type: {reply.type}"]
        if reply.status != 304:
            lines.append(f"Content-Length: {len(reply.body)}")
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + reply.body)
        await writer.drain()
        return True


def redirect(target: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": target})


def page(words: str, title: str = "A page") -> Reply:
    return Reply(f"<!doctype html><html><head><title>{title}</title></head><body><p>{words}</p></body></html>".encode())
