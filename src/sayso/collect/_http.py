"""One address, one fetch: redirects followed and recorded, size and time bounded, codings undone within the bounds.

In: an address and its validators. Out: a `Fetched`, or a `Refused` that says in one line why not, whether trying
again may help, and how long the host asked us to wait.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import httpx

from sayso.collect._disk import too_large
from sayso.collect._guard import Forbidden
from sayso.collect.settings import CollectSettings
from sayso.records import Fetched, Hop

Turn = Callable[[str], AbstractAsyncContextManager[None]]  # holds while the address is asked; may raise Refused

_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_CODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 47}
GONE = (404, 410)
_GONE_BYTES = 200_000  # of what a host says about a page that is gone
_LARGE = 4_000_000  # bytes from which on only a few bodies are held at a time


class Refused(Exception):
    """This address gives nothing. `passing`: it may give something later. `wait`: seconds the host asked for."""

    def __init__(self, reason: str, *, passing: bool = False, wait: float | None = None, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing
        self.wait = wait
        self.status = status


class Resting(Refused):
    """The host is left alone for the rest of this run: nothing is asked, and nothing tried again."""


def check_address(url: str) -> None:
    """Raises `Refused` for what is no http(s) address with a host."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Refused("not a valid address") from None
    if parts.scheme not in ("http", "https"):
        raise Refused(f"only http and https are fetched, not {parts.scheme or 'an address without a scheme'}")
    if not host:
        raise Refused("the address names no host")
    if parts.username or parts.password:
        raise Refused("an address with a password in it; put the password into [collect.hosts]")


class Asker:
    """Asks one address at a time on behalf of many; what it shares between them is the room for large bodies."""

    def __init__(self, transport: httpx.AsyncBaseTransport, settings: CollectSettings) -> None:
        self._transport = transport  # and not a client: that would follow its own mind on cookies and redirects
        self.settings = settings
        self._large = asyncio.Semaphore(4)

    async def fetch(
        self,
        url: str,
        turn: Turn,
        validators: Mapping[str, str] | None = None,
        *,
        cut_at: int = 0,
        gone_too: bool = False,
    ) -> Fetched:
        """Fetches one address. Raises `Refused`.

        With `cut_at`, a longer body is cut there and not refused. With `gone_too`, the answer that a page is gone (404,
        410) is an answer and no refusal: for what was there before.
        """
        hops: list[Hop] = []
        seen = {url}
        here = url
        budget = self.settings.total_timeout
        loop = asyncio.get_running_loop()
        while True:
            check_address(here)
            async with turn(here):  # waiting for our turn is politeness, not the host's slowness
                started = loop.time()
                try:
                    async with asyncio.timeout(max(0.001, budget)) as clock:
                        answer = await self._ask(here, validators or {}, clock, cut_at, gone_too)
                except TimeoutError:
                    reason = f"took longer than {self.settings.total_timeout:g} s"
                    raise Refused(reason, passing=True) from None
                budget -= loop.time() - started
            if isinstance(answer, Fetched):
                return _finish(answer, url, here, tuple(hops))
            hops.append(answer)
            here = _next(here, answer)
            if here in seen:
                raise Refused("a redirect loop")
            if len(hops) > self.settings.max_redirects:
                raise Refused(f"more than {self.settings.max_redirects} redirects")
            seen.add(here)

    async def _ask(
        self, url: str, validators: Mapping[str, str], clock: asyncio.Timeout, cut_at: int, gone_too: bool
    ) -> Fetched | Hop:
        request, told = self._request(url, validators)
        try:
            response = await self._transport.handle_async_request(request)
            try:
                return await self._take(response, url, told, clock, cut_at, gone_too)
            finally:
                await response.aclose()
        except Forbidden as error:
            raise Refused(str(error)) from None
        except httpx.TimeoutException as error:
            raise Refused(_timeout_reason(error), passing=True) from None
        except httpx.HTTPError as error:
            raise Refused(_error_reason(error), passing=not _is_tls(error)) from None
        except (httpx.InvalidURL, UnicodeError):
            raise Refused("not a valid address") from None

    def _request(self, url: str, validators: Mapping[str, str]) -> tuple[httpx.Request, tuple[tuple[str, str], ...]]:
        """The request, and its headers as they may be recorded: what identifies the desk to the host is withheld."""
        own = self.settings.host(urlsplit(url).hostname or "")
        told = {
            "User-Agent": self.settings.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Encoding": "gzip, deflate",
            **validators,
        }
        secret = dict(own.headers)
        if own.username:
            secret["Authorization"] = "Basic " + b64encode(f"{own.username}:{own.password}".encode()).decode()
        if own.cookies:
            secret["Cookie"] = "; ".join(f"{name}={value}" for name, value in own.cookies.items())
        patience = httpx.Timeout(
            connect=self.settings.connect_timeout,
            read=self.settings.read_timeout,
            write=self.settings.read_timeout,
            pool=None,
        )
        request = httpx.Request("GET", url, headers={**told, **secret}, extensions={"timeout": patience.as_dict()})
        return request, (*told.items(), *((name, "[withheld]") for name in secret))

    async def _take(
        self,
        response: httpx.Response,
        url: str,
        told: tuple[tuple[str, str], ...],
        clock: asyncio.Timeout,
        cut_at: int,
        gone_too: bool,
    ) -> Fetched | Hop:
        status = response.status_code
        gone = gone_too and status in GONE
        ip = _peer(response)  # now: it cannot be told any more once the host has hung up
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
        if status in _REDIRECTS:
            return Hop(url, status, headers, told)
        if status == 304 or 200 <= status < 300 or gone:
            data = b"" if status == 304 else await self._body(response, clock, _GONE_BYTES if gone else cut_at)
            return Fetched(
                url=url,
                data=data,
                fetched_at=dt.datetime.now(dt.UTC),
                media_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
                status=status,
                headers=headers,
                request_headers=told,
                ip=ip,
                protocol="h2" if response.http_version == "HTTP/2" else response.http_version.lower(),
            )
        raise Refused(
            _status_reason(status),
            passing=status in _PASSING,
            wait=retry_after(response.headers.get("retry-after", "")),
            status=status,
        )

    async def _body(self, response: httpx.Response, clock: asyncio.Timeout, cut_at: int) -> bytes:
        limit = cut_at or self.settings.max_bytes
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > limit and not cut_at:
            raise Refused(too_large(int(announced), limit))
        parts: list[bytes] = []
        size = 0
        large = False
        try:
            async for part in _decoded(response, limit):
                parts.append(part)
                size += len(part)
                if size > limit:
                    if cut_at:
                        break
                    raise Refused(f"more than the {limit / 1e6:.0f} MB that [collect] max_bytes allows")
                if size > _LARGE and not large:
                    before = asyncio.get_running_loop().time()
                    await self._large.acquire()
                    large = True
                    clock.reschedule((clock.when() or 0.0) + asyncio.get_running_loop().time() - before)
            return b"".join(parts)[: limit if cut_at else None]
        finally:
            if large:
                self._large.release()


async def _decoded(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    """The body with its content coding undone, a bounded piece at a time: a small bomb never becomes a large buffer."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        async for raw in response.aiter_raw():
            yield raw
        return
    if coding not in _CODINGS:
        raise Refused(f"sent with the coding {coding!r}, which was not asked for")
    unpacker = zlib.decompressobj(_CODINGS[coding])
    begun = False
    async for raw in response.aiter_raw():
        while raw:
            try:
                part = unpacker.decompress(raw, 1 << 18)
            except zlib.error:
                if coding == "deflate" and not begun:  # some servers send raw deflate under this name
                    unpacker, begun = zlib.decompressobj(-15), True
                    continue
                raise Refused(f"its {coding} coding is broken") from None
            begun = True
            yield part
            raw = unpacker.unconsumed_tail
            if unpacker.eof and unpacker.unused_data:
                raw, unpacker = unpacker.unused_data, zlib.decompressobj(_CODINGS[coding])
    if not unpacker.eof:
        raise Refused(f"its {coding} coding breaks off", passing=True)


def _next(here: str, hop: Hop) -> str:
    target = next((value for name, value in hop.headers if name.lower() == "location"), "")
    if not target:
        raise Refused(f"answers {hop.status} without saying where to go")
    with suppress(UnicodeError):
        target = target.encode("latin-1").decode("utf-8")
    try:
        return _target(urljoin(here, target))
    except ValueError:
        raise Refused("redirects to an address that is not valid") from None


def _target(url: str) -> str:
    """A redirect's target without its fragment; its parameters are left alone, the host may need them."""
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https"):
        raise Refused(f"redirects to {parts.scheme or 'no'}:, and only http and https are fetched")
    return parts._replace(fragment="").geturl()


def _finish(answer: Fetched, url: str, here: str, hops: tuple[Hop, ...]) -> Fetched:
    return Fetched(
        url=url,
        data=answer.data,
        fetched_at=answer.fetched_at,
        path=url,
        media_type=answer.media_type,
        status=answer.status,
        headers=answer.headers,
        request_headers=answer.request_headers,
        final_url=here if here != url else "",
        hops=hops,
        ip=answer.ip,
        protocol=answer.protocol,
    )


def retry_after(value: str) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date); None where it asks for nothing we understand."""
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - dt.datetime.now(dt.UTC)).total_seconds())


def _peer(response: httpx.Response) -> str:
    stream = response.extensions.get("network_stream")
    address = stream.get_extra_info("server_addr") if stream is not None else None
    return str(address[0]) if address else ""


def _status_reason(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def _timeout_reason(error: httpx.TimeoutException) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "the host did not take the call in time"
    return "the host fell silent"


def _is_tls(error: Exception) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _error_reason(error: httpx.HTTPError) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    if _is_tls(error):
        return f"no safe connection (TLS): {text}"
    if isinstance(error, httpx.ConnectError):
        return f"no connection: {text}"
    return f"the answer breaks the protocol or breaks off: {text}"
