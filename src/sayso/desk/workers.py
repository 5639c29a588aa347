"""Who carries out jobs: a thread of the server that starts a process for each, one heavy and one light at a time.

One server of a desk works at its jobs (the one that holds the lock DESK/jobs/.lock); others only show them. What was
running when the server went is marked as interrupted by the next one, and can be tried again.
"""

from __future__ import annotations

import fcntl
import logging
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sayso.desk.desk import Desk
from sayso.desk.jobs import FOLDER, KINDS
from sayso.errors import SaysoError
from sayso.store._jobs import CANCELLED, FAILED, INTERRUPTED, Job

log = logging.getLogger("sayso.jobs")
TICK = 0.5  # seconds between two looks at the queue …
AWAY = 5.0  # … and while the store is away
PATIENCE = 10.0  # seconds that a cancelled job has to end by itself


@dataclass
class _Lane:
    """Jobs that follow one another."""

    kinds: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    job: Job | None = None
    cancelled_at: float = field(default=0.0)


class Workers:
    """Works at a desk's jobs from `start` to `stop`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._lanes = [
            _Lane(tuple(kind.name for kind in KINDS.values() if kind.heavy == heavy)) for heavy in (True, False)
        ]
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._lock: IO[str] | None = None

    def start(self) -> None:
        """Begin. Does not wait."""
        self._thread.start()

    def stop(self) -> None:
        """End: running jobs are stopped and marked as interrupted."""
        self._stopping.set()
        self._wake.set()
        self._thread.join()

    def wake(self) -> None:
        """There is a new job, or one to cancel."""
        self._wake.set()

    @property
    def at_work(self) -> bool:
        """Whether it is this server that works at the jobs."""
        return self._lock is not None

    def _work(self) -> None:
        away = False  # whether it has been said that the store is away: a night of it is two lines
        try:
            while not self._stopping.is_set():
                try:
                    if self._lock is None:
                        self._take()
                    if self._lock is not None:
                        for lane in self._lanes:
                            self._look_at(lane)
                    if away:
                        log.warning("the jobs can be looked at again")
                    away = False
                except SaysoError as error:  # its words change while a server goes down and comes up
                    if not away:
                        log.error("the jobs cannot be looked at: %s", error)
                    away = True
                except Exception:
                    log.exception("the jobs could not be looked at")
                self._wake.wait(AWAY if away else TICK)
                self._wake.clear()
        finally:
            for lane in self._lanes:
                try:
                    self._end(lane)
                except SaysoError as error:  # whoever works next marks it
                    log.error("a job could not be marked as interrupted: %s", error)
            if self._lock is not None:
                self._lock.close()
                self._lock = None

    def _take(self) -> None:
        """Become the one who works, if nobody is."""
        folder = self.desk.folder / FOLDER
        folder.mkdir(exist_ok=True)
        handle = Path(folder / ".lock").open("w", encoding="ascii")  # noqa: SIM115 (held as long as we work)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            return
        self._lock = handle
        self.desk.store.jobs.interrupt("the server stopped meanwhile; try it again")

    def _look_at(self, lane: _Lane) -> None:
        jobs = self.desk.store.jobs
        if lane.process is None or lane.job is None:
            job = jobs.waiting(lane.kinds)
            if job is not None and jobs.start(job.id):
                command = [sys.executable, "-m", "sayso.desk._job_child", str(self.desk.folder), str(job.id)]
                try:
                    lane.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
                except OSError as error:
                    jobs.finish(job.id, FAILED, f"no process could be started for it: {error.strerror}")
                    return
                lane.job, lane.cancelled_at = job, 0.0
            return
        status = lane.process.poll()
        if status is None:
            if jobs.is_asked_to_stop(lane.job.id):
                lane.cancelled_at = lane.cancelled_at or time.monotonic()
                if time.monotonic() - lane.cancelled_at > PATIENCE:
                    lane.process.kill()
            return
        if lane.cancelled_at:
            jobs.finish(lane.job.id, CANCELLED, "cancelled; it had to be stopped")
        else:  # it has noted its end itself, unless it was killed
            jobs.finish(lane.job.id, FAILED, f"its process ended without a word (status {status}); try it again")
        self._forget(lane)
        self._wake.set()

    def _end(self, lane: _Lane) -> None:
        if lane.process is None or lane.job is None:
            return
        lane.process.kill()
        lane.process.wait()
        self.desk.store.jobs.finish(lane.job.id, INTERRUPTED, "the server stopped meanwhile; try it again")
        self._forget(lane)

    def _forget(self, lane: _Lane) -> None:
        assert lane.process is not None and lane.job is not None
        if lane.process.stdin:
            lane.process.stdin.close()
        for part in (self.desk.folder / FOLDER / str(lane.job.id)).glob("*.part"):
            part.unlink(missing_ok=True)
        lane.process = lane.job = None
