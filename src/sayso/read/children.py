"""Reading in child processes with limits on memory and time: what one item does, it does to its own child alone.

In: jobs (key, bytes, path, media type, day of capture). Out: (key, `Document` or the reason why it was refused), in any
order. At most one item a child is in memory.
"""

from __future__ import annotations

import datetime as dt
import os
import pickle
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from sayso.errors import SaysoError
from sayso.records import Document

START_SECONDS = 120  # for a child to load its libraries on a machine that is busy


@dataclass(frozen=True, slots=True)
class Job:
    """One item to read; where `data` is a function, it is called only when a child is free for it."""

    key: str
    data: bytes | Callable[[], bytes] = field(repr=False)
    path: str
    media_type: str = ""
    captured: dt.date | None = None


class Readers:
    """A few child processes that read. Use as a context manager."""

    def __init__(self, workers: int, memory_mb: int, seconds: float) -> None:
        self._workers, self._memory, self._seconds = workers, memory_mb, seconds
        self._children: list[_Child] = []

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.end()
        self._children = []

    def start(self) -> None:
        """Start all children now, so that they are ready when they are needed."""
        while len(self._children) < self._workers:
            self._start()

    def read(self, jobs: Iterable[Job]) -> Iterator[tuple[str, Document | str]]:
        """The document of each job, or one line that says why there is none."""
        waiting = iter(jobs)
        again: list[Job] = []  # whose child died: once more in a new one, for the death may have had another cause
        busy: list[_Child] = []
        idle = list(self._children)
        while True:
            while len(busy) < self._workers:
                tried = bool(again)
                job = again.pop() if again else next(waiting, None)
                if job is None:
                    break
                child = idle.pop() if idle else self._start()
                child.begin(job, tried=tried)
                busy.append(child)
            if not busy:
                return
            wait = max(0.0, min(child.deadline for child in busy) - time.monotonic())
            select.select([child.output for child in busy], [], [], wait)
            for child in list(busy):
                answer = child.answer()
                if answer is None:
                    continue
                busy.remove(child)
                if child.alive:
                    idle.append(child)
                else:
                    self._children.remove(child)
                if child.died and not child.tried:
                    again.append(child.job)
                else:
                    yield child.job.key, answer

    def _start(self) -> _Child:
        child = _Child(self._memory, self._seconds)
        self._children.append(child)
        return child


class _Child:
    def __init__(self, memory_mb: int, seconds: float) -> None:
        self._memory, self._seconds = memory_mb, seconds
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sayso.read._child", str(memory_mb), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        assert self._process.stdin and self._process.stdout
        self._input, self.output = self._process.stdin, self._process.stdout
        self.alive = True
        self.died = self.tried = self._ready = False
        self.job = Job("", b"", "")
        self.deadline = 0.0

    def begin(self, job: Job, *, tried: bool) -> None:
        """Hand over an item. Only then is an answer on its way, so that never two of them wait in the pipe."""
        self._await_ready()
        self.job, self.tried = job, tried
        self.deadline = time.monotonic() + self._seconds
        with suppress(BrokenPipeError):  # it died: `answer` will see the end of its output
            data = job.data if isinstance(job.data, bytes) else job.data()
            pickle.dump((data, job.path, job.media_type, job.captured), self._input, pickle.HIGHEST_PROTOCOL)
            self._input.flush()

    def _await_ready(self) -> None:
        if self._ready:
            return
        started, _, _ = select.select([self.output], [], [], START_SECONDS)
        try:
            if not started:
                raise EOFError
            pickle.load(self.output)
        except (EOFError, pickle.UnpicklingError):
            self.end()
            raise SaysoError("the process that reads items cannot start: `python -m sayso.read._child`") from None
        self._ready = True

    def answer(self) -> Document | str | None:
        """The answer if there is one; a child that is dead or over its time is ended, and that is the answer."""
        ready, _, _ = select.select([self.output], [], [], 0)
        if ready:
            try:
                found = pickle.load(self.output)
            except (EOFError, pickle.UnpicklingError):
                code = self._process.wait()
                self.end()
                self.died = True
                why = "killed the reader" if code < 0 else "made the reader stop"
                return f"damaged or hostile: it {why} (limits: {self._memory} MB, {self._seconds:g} s)"
            if isinstance(found, float):  # OCR goes on page by page, each with a limit of its own
                self.deadline = time.monotonic() + found + self._seconds
                return None
            return found if isinstance(found, Document) else str(found)
        if time.monotonic() >= self.deadline:
            self.end()
            return f"takes longer than {self._seconds:g} s to read"
        return None

    def end(self) -> None:
        self.alive = False
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):
            self._input.close()
        self.output.close()
