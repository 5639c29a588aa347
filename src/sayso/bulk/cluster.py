"""Workers on a Ray cluster. In: partitions, as workers get free for them. Out: each is done once that counts.

An actor a CPU holds a `Worker`, with the encoder loaded. A partition is handed out when an actor is idle, so nothing piles
up; what an actor held when it or its node died goes to another at once. This is Ray's own actors and not a Ray Data
pipeline, because there a killed node holds the run up for three minutes (measured; its pool waits for the dead actor to
come back), and resuming and exactly-once output would have to be built beside it all the same. Ray Data does the shuffle
that finds copies (`copies`).
"""

from __future__ import annotations

import logging
import os
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from sayso.bulk._needs import needs
from sayso.bulk.copies import find_copies
from sayso.bulk.kit import Kit
from sayso.bulk.output import Output
from sayso.bulk.rows import Row
from sayso.bulk.sources import Partition
from sayso.bulk.work import Limits
from sayso.errors import SaysoError

_STORE = 100 * 2**20  # bytes of object store for a Ray of our own: only partitions' names go through it
_TRIES = 4  # of starting workers, none of which ever came up, before the run gives up
_ATTEMPTS = 25  # deaths over one partition: its notes find two pages that kill in six


class Cluster:
    """A connection to Ray; one that was started here ends with it. Use as a context manager."""

    def __init__(self, address: str, workers: int = 0) -> None:
        """`address` as in `bulk`. Raises `SaysoError` where no cluster answers."""
        self._workers = workers
        self._client = address.startswith("ray://")
        os.environ.setdefault("RAY_worker_niceness", str(os.nice(0)))  # of a Ray of our own: ours, not the least
        if self._client and Path.home().joinpath(".ray", "auth_token").is_file():
            os.environ.setdefault("RAY_AUTH_MODE", "token")  # as Ray itself does for clusters that it starts
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # Say-so calls nobody: neither do what it starts
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # a warning of no use here
        self.ray = needs("ray")
        self._own = not self.ray.is_initialized()
        options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": True}
        if self._own:
            try:
                if address == "local":
                    cpus = workers or len(os.sched_getaffinity(0))
                    self.ray.init(
                        address="local", num_cpus=cpus, object_store_memory=_STORE, include_dashboard=False, **options
                    )
                else:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")  # what they say is in the error
                        self.ray.init(address=address, **options)
            except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
                why = " ".join(str(error).split())[:200]
                raise SaysoError(f"no Ray cluster at --address {address}: {why}") from None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        if self._own:
            self.ray.shutdown()

    def copies(self, output: Output) -> list[Row]:
        """Have the copies found (see `copies`)."""
        if not self._client:
            return find_copies(output, self.ray)
        # Ray Data must be driven from within the cluster.
        found: list[Row] = self.ray.get(self.ray.remote(num_cpus=0)(_copies_there).remote(output.url))
        return found

    def run(
        self,
        partitions: Iterator[Partition],
        out: str,
        kit: Kit,
        limits: Limits,
        told: Callable[[int, dict[str, Any]], None],
    ) -> None:
        """Have the partitions done. Raises `SaysoError` when workers cannot start, or one cannot write."""
        _Crew(self.ray, self._workers, out, kit, limits).run(partitions, told)


class _Crew:
    """The actors of one run."""

    def __init__(self, ray: Any, workers: int, out: str, kit: Kit, limits: Limits) -> None:
        self._ray, self._workers = ray, workers
        # A retry of Ray's own would wait for the dead: we hand its partition to the living.
        self._class = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(_Hand)
        self._given = (out, ray.put(kit), limits)
        self._starting: dict[Any, Any] = {}  # future of its first answer -> actor
        self._working: dict[Any, tuple[Any, Partition]] = {}  # future -> actor, what it does
        self._idle: list[Any] = []
        self._again: deque[Partition] = deque()
        self._attempts: dict[str, int] = {}
        self._failed_starts = 0

    def run(self, partitions: Iterator[Partition], told: Callable[[int, dict[str, Any]], None]) -> None:
        try:
            over = False
            while True:
                self._hire()
                while self._idle:
                    partition = self._again.popleft() if self._again else None if over else next(partitions, None)
                    if partition is None:
                        over = True
                        break
                    actor = self._idle.pop()
                    self._working[actor.do.remote(partition)] = (actor, partition)
                if over and not self._working and not self._again:
                    return
                self._wait(told)
        finally:
            for actor in (*self._starting.values(), *self._idle, *(actor for actor, _ in self._working.values())):
                self._drop(actor)

    def _hire(self) -> None:
        """One actor a CPU of the nodes that live now: nodes that join get work, too."""
        wanted = self._workers
        if not wanted:
            wanted = max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        while len(self._starting) + len(self._idle) + len(self._working) < wanted:
            actor = self._class.remote(*self._given)
            self._starting[actor.ready.remote()] = actor

    def _wait(self, told: Callable[[int, dict[str, Any]], None]) -> None:
        waiting = [*self._starting, *self._working]
        ready, _ = self._ray.wait(waiting, num_returns=1, timeout=2.0)
        for future in ready:
            if future in self._starting:
                self._started(future, self._starting.pop(future))
            else:
                self._finished(future, *self._working.pop(future), told)

    def _started(self, future: Any, actor: Any) -> None:
        try:
            self._ray.get(future)
        except self._ray.exceptions.RayError as error:
            self._drop(actor)
            self._failed_starts += 1
            if self._failed_starts >= _TRIES and not self._idle and not self._working:
                why = str(error).strip().splitlines()[-1]
                raise SaysoError(
                    f"no worker can start on the cluster (is sayso[bulk] installed there?): {why}"
                ) from None
        else:
            self._failed_starts = 0
            self._idle.append(actor)

    def _finished(
        self, future: Any, actor: Any, partition: Partition, told: Callable[[int, dict[str, Any]], None]
    ) -> None:
        try:
            entry = self._ray.get(future)
        except self._ray.exceptions.RayTaskError as error:
            cause = error.cause if isinstance(error.cause, SaysoError) else None
            why = str(cause) if cause else str(error).strip().splitlines()[-1]
            raise SaysoError(why if cause else f"a worker failed on partition {partition.id}: {why}") from None
        except self._ray.exceptions.RayError as error:  # the actor, its worker process or its node died
            self._drop(actor)
            self._again.append(partition)
            tries = self._attempts[partition.id] = self._attempts.get(partition.id, 0) + 1
            if tries >= _ATTEMPTS:
                why = str(error).strip().splitlines()[0]
                raise SaysoError(f"{tries} workers died over partition {partition.id}: {why}") from None
        else:
            self._idle.append(actor)
            told(partition.bytes, entry)

    def _drop(self, actor: Any) -> None:
        with suppress(Exception):  # dead already, or the cluster is gone
            self._ray.kill(actor, no_restart=True)


def _copies_there(url: str) -> list[Row]:
    return find_copies(Output(url), needs("ray"))


class _Hand:
    """The actor."""

    def __init__(self, out: str, kit: Kit, limits: Limits) -> None:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        from sayso.bulk.work import Worker

        self._worker = Worker(out, kit, limits)

    def ready(self) -> bool:
        return True

    def do(self, partition: Partition) -> dict[str, Any]:
        return self._worker.do(partition)
