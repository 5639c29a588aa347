"""Politeness: when which host may be asked for what.

In: an address about to be asked, and how the host answered before. Out: the moment at which it may be asked, or a
`Refused`: robots.txt forbids it, or the host wants to be left alone for longer than a run should wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from protego import Protego

from sayso.collect._guard import is_public
from sayso.collect._http import Asker, Refused, Resting
from sayso.collect.settings import CollectSettings

Job = TypeVar("Job")

_ROBOTS_BYTES = 512_000  # RFC 9309 asks for at least 500 KiB
_STRIKES = 6  # failures in a row after which a host is left alone for this run


class Host(Generic[Job]):
    """What we know of one host: its queue, its pace, its wishes."""

    def __init__(self, name: str, settings: CollectSettings) -> None:
        self.name = name
        own = settings.host(name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() else name)
        self.concurrency = own.concurrency or settings.per_host
        self.slots = asyncio.Semaphore(self.concurrency)
        self.obeys_robots = settings.robots if own.robots is None else own.robots
        self.queue: deque[Job] = deque()
        self.workers = 0
        self.strikes = 0
        self.robots: dict[str, asyncio.Future[Protego | None]] = {}
        self._own_delay = own.delay
        self._delay = settings.delay if own.delay is None else own.delay
        self._crawl_delay = 0.0
        self._max_wait = settings.max_wait
        self._next_start = 0.0
        self._resting_until = 0.0
        self._rest_reason = ""

    def met(self, ip: str) -> None:
        """The host answered from this address. A private one is the desk's own machine: it needs no pause."""
        if ip and self._own_delay is None and not is_public(ip):
            self._delay = 0.0

    def asks_for_delay(self, seconds: float) -> None:
        self._crawl_delay = seconds

    async def pace(self) -> None:
        """Waits until the next request may start. Raises `Refused` where that is too far off."""
        start = -1.0
        while start < self._resting_until or start < 0:  # the host may ask for a rest while we wait for our turn
            now = asyncio.get_running_loop().time()
            start = max(now, self._next_start, self._resting_until)
            if start - now > self._max_wait:
                self.check_rest()
                raise Resting(f"robots.txt asks for {self._crawl_delay:g} s between requests; left for the next run")
            self._next_start = start + max(self._delay, self._crawl_delay)
            if start > now:
                await asyncio.sleep(start - now)

    def check_rest(self) -> None:
        """Raises `Resting` while the host is left alone for longer than a run should wait."""
        if self._resting_until - asyncio.get_running_loop().time() > self._max_wait:
            raise Resting(self._rest_reason)

    def rest(self, seconds: float, reason: str) -> None:
        """Leaves the host alone for a while; what is asked meanwhile waits, or is refused with the reason."""
        until = asyncio.get_running_loop().time() + seconds
        if until > self._resting_until:
            self._resting_until = until
            self._rest_reason = reason

    def after(self, error: Refused, attempt: int) -> None:
        """Takes in a passing failure: how long the host wants to be left alone, and that it failed once more."""
        if error.status in (429, 503):
            wait = error.wait if error.wait is not None else 2.0**attempt
            self.rest(wait, f"the host asks to wait for {wait:g} s; left for the next run")
        self.strikes += 1
        if self.strikes >= _STRIKES:
            self.rest(1e9, f"the host failed {self.strikes} times in a row ({error.reason}); left for the next run")


def pause_after(error: Refused, attempt: int, most: float) -> float:
    """Seconds before a failed request is tried again: 1, 2, 4 …; none where the host itself said how long (`pace`)."""
    return min(most, 2.0**attempt) if error.wait is None else 0.0


class Politeness(Generic[Job]):
    """All hosts of a run."""

    def __init__(self, asker: Asker) -> None:
        self.settings = asker.settings
        self.hosts: dict[str, Host[Job]] = {}
        self._asker = asker
        self._everywhere = asyncio.Semaphore(asker.settings.concurrency)
        self._agent = asker.settings.user_agent.partition("/")[0].partition(" ")[0] or "sayso"

    def host(self, url: str) -> Host[Job]:
        name = urlsplit(url).netloc.rpartition("@")[2].lower()
        if name not in self.hosts:
            self.hosts[name] = Host(name, self.settings)
        return self.hosts[name]

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Holds while the address is asked: robots.txt allows it, the host's pace and both limits are kept."""
        host = self.host(url)
        host.check_rest()
        if host.obeys_robots:
            await self._ask_robots(host, url)
        async with self._paced(host):
            yield

    @asynccontextmanager
    async def _paced(self, host: Host[Job]) -> AsyncIterator[None]:
        async with host.slots:
            await host.pace()
            async with self._everywhere:
                yield

    async def _ask_robots(self, host: Host[Job], url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in host.robots:
            host.robots[parts.scheme] = asyncio.ensure_future(self._robots(host, f"{parts.scheme}://{parts.netloc}"))
        rules = await asyncio.shield(host.robots[parts.scheme])
        if rules is not None and not rules.can_fetch(url, self._agent):
            raise Refused("robots.txt asks not to fetch it")

    async def _robots(self, host: Host[Job], origin: str) -> Protego | None:
        """The rules of an origin (RFC 9309); None for "all is allowed". Raises `Refused` while they cannot be known."""

        def turn(url: str) -> AbstractAsyncContextManager[None]:
            return self._paced(self.host(url))

        for attempt in range(self.settings.retries + 1):
            try:
                found = await self._asker.fetch(f"{origin}/robots.txt", turn, cut_at=_ROBOTS_BYTES)
                break
            except Resting:
                raise
            except Refused as error:
                if not error.passing:
                    return None
                if attempt == self.settings.retries:
                    about = f"its robots.txt cannot be had ({error.reason})" if error.status else error.reason
                    raise Resting(about) from None
                host.after(error, attempt)
                await asyncio.sleep(pause_after(error, attempt, self.settings.max_wait))
        host.met(found.ip)
        rules = Protego.parse(found.data.decode("utf-8", "replace"))
        host.asks_for_delay(float(rules.crawl_delay(self._agent) or 0.0))
        return rules
