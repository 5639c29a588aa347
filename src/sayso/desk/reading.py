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

from sayso.records import Document


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
        busy: list[_Child] = []
        idle = list(self._children)
        more = True
        while more or busy:
            while more and len(busy) < self._workers:
                job = next(waiting, None)
                if job is None:
                    more = False
                    break
                child = idle.pop() if idle else self._start()
                child.begin(job)
                busy.append(child)
            if not busy:
                break
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
                yield child.key, answer

    def _start(self) -> _Child:
        child = _Child(self._memory, self._seconds)
        self._children.append(child)
        return child


class _Child:
    def __init__(self, memory_mb: int, seconds: float) -> None:
        self._memory, self._seconds = memory_mb, seconds
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sayso.desk._reader_child", str(memory_mb), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        assert self._process.stdin and self._process.stdout
        self._input, self.output = self._process.stdin, self._process.stdout
        self.alive = True
        self.key = ""
        self.deadline = 0.0

    def begin(self, job: Job) -> None:
        self.key = job.key
        self.deadline = time.monotonic() + self._seconds + 10  # ten for a child that is only starting
        with suppress(BrokenPipeError):  # it died: `answer` will see the end of its output
            data = job.data if isinstance(job.data, bytes) else job.data()
            pickle.dump((data, job.path, job.media_type, job.captured), self._input, pickle.HIGHEST_PROTOCOL)
            self._input.flush()

    def answer(self) -> Document | str | None:
        """The answer if there is one; a child that is dead or over its time is ended, and that is the answer."""
        ready, _, _ = select.select([self.output], [], [], 0)
        if ready:
            try:
                found = pickle.load(self.output)
            except (EOFError, pickle.UnpicklingError):
                code = self._process.wait()
                self.end()
                why = "killed the reader" if code < 0 else "made the reader stop"
                return f"damaged or hostile: it {why} (limits: {self._memory} MB, {self._seconds:g} s)"
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
