"""One message to one address the desk's settings name, and its answer. For time-stamping authorities; through the same
wall."""

from __future__ import annotations

import asyncio

import httpx

from sayso.collect._guard import Forbidden, GuardedTransport
from sayso.collect._http import Refused, check_address
from sayso.collect.settings import CollectSettings
from sayso.errors import SaysoError

_ANSWER_LIMIT = 1_000_000


def post(url: str, body: bytes, media_type: str, settings: CollectSettings) -> bytes:
    """Sends `body` and gives the answer, at most a megabyte of it. Raises `SaysoError` in one line."""
    try:
        check_address(url)
        return asyncio.run(_post(url, body, media_type, settings))
    except (Refused, Forbidden, httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise SaysoError(f"{url}: {' '.join(str(error).split()) or type(error).__name__}") from None


async def _post(url: str, body: bytes, media_type: str, settings: CollectSettings) -> bytes:
    patience = httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout)
    headers = {"Content-Type": media_type, "User-Agent": settings.user_agent}
    request = httpx.Request("POST", url, headers=headers, content=body, extensions={"timeout": patience.as_dict()})
    async with (
        asyncio.timeout(settings.total_timeout),
        GuardedTransport(allow_private=settings.allow_private, per_host=1) as transport,
    ):
        response = await transport.handle_async_request(request)
        parts: list[bytes] = []
        async for part in response.aiter_raw():
            parts.append(part)
            if sum(map(len, parts)) > _ANSWER_LIMIT:
                raise Refused("its answer is no time stamp: too long")
        await response.aclose()
    if response.status_code != 200:
        raise Refused(f"HTTP {response.status_code}")
    return b"".join(parts)
