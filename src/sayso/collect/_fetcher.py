"""Many addresses at a time, each host at its own pace, behind an ordinary iterator.

In: jobs, at any time, also while results are being taken. Out: (job, `Fetched` or `Refused`), as they come in. The
network runs in a thread of its own with an event loop, so that it goes on while the caller archives and reads; it
stops when the caller falls behind by more than a few results.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import httpx

from sayso.collect._guard import GuardedTransport
from sayso.collect._hosts import Host, Politeness, pause_after
from sayso.collect._http import Asker, Refused, check_address
from sayso.collect.settings import CollectSettings
from sayso.records import Fetched

_AHEAD = 32  # results that may wait for the caller
_GLANCE = 0.5  # seconds after which the caller is asked whether to stop, where no result comes


@dataclass(frozen=True, slots=True)
class Job:
    """An address to fetch. What comes with it is handed back with the result.

    `gone_too`: it was there before, so that the answer "gone" (404, 410) is a finding and no refusal.
    """

    url: str
    validators: Mapping[str, str] = field(default_factory=dict)
    what: object = None
    gone_too: bool = False


class Fetcher:
    """Use as a context manager: `submit` jobs, then iterate until all are done, or until `stopped` says so."""

    def __init__(
        self,
        settings: CollectSettings,
        transport: httpx.AsyncBaseTransport | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._stopped = stopped
        self._transport = transport or GuardedTransport(
            allow_private=settings.allow_private, per_host=settings.most_per_host
        )
        self._results: queue.SimpleQueue[tuple[Job, Fetched | Refused]] = queue.SimpleQueue()
        self._due = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="sayso-fetch", daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Fetcher:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def submit(self, job: Job) -> None:
        """Adds a job."""
        self._due += 1
        self._loop.call_soon_threadsafe(self._take_up, job)

    def __iter__(self) -> Iterator[tuple[Job, Fetched | Refused]]:
        while self._due and not self._stopped():
            try:
                result = self._results.get(timeout=_GLANCE)
            except queue.Empty:
                continue
            self._due -= 1
            self._loop.call_soon_threadsafe(self._room.release)
            yield result

    # -- inside the loop's thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._room = asyncio.Semaphore(_AHEAD)
        self._tasks: set[asyncio.Task[None]] = set()
        async with self._transport:
            self._asker = Asker(self._transport, self._settings)
            self._politeness: Politeness[Job] = Politeness(self._asker)
            self._ready.set()
            await self._stop.wait()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take_up(self, job: Job) -> None:
        try:
            check_address(job.url)
        except Refused as error:
            self._start(self._deliver(job, error))
            return
        host = self._politeness.host(job.url)
        host.queue.append(job)
        if host.workers < host.concurrency:
            host.workers += 1
            self._start(self._work(host))

    def _start(self, coroutine: object) -> None:
        task = self._loop.create_task(coroutine)  # type: ignore[arg-type,var-annotated]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, host: Host[Job]) -> None:
        try:
            while host.queue:
                job = host.queue.popleft()
                await self._deliver(job, await self._fetch(job, host))
        finally:
            host.workers -= 1

    async def _deliver(self, job: Job, outcome: Fetched | Refused) -> None:
        await self._room.acquire()
        self._results.put((job, outcome))

    async def _fetch(self, job: Job, host: Host[Job]) -> Fetched | Refused:
        """Fetches, and tries again after passing failures: when the host says, else after 1, 2, 4 … seconds."""
        for attempt in range(self._settings.retries + 1):
            try:
                fetched = await self._asker.fetch(job.url, self._politeness.turn, job.validators, gone_too=job.gone_too)
            except Refused as error:
                if not error.passing:
                    return error
                host.after(error, attempt)
                if attempt == self._settings.retries:
                    return error
                await asyncio.sleep(pause_after(error, attempt, self._settings.max_wait))
            except Exception as error:  # whatever a hostile answer sets off is that item's failure, not the run's
                return Refused(f"{type(error).__name__}: {' '.join(str(error).split())}")
            else:
                host.strikes = 0
                host.met(fetched.ip)
                return fetched
        raise AssertionError("unreachable")
