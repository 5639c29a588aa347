"""How the desk tells what it is doing: a stage begins with a number of things to do, and hears of each that is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Advance = Callable[[int], None]


class Progress(Protocol):
    """What shows progress: bars in a terminal, a job's record in the workbench, or nothing."""

    def stage(self, name: str, total: int | None) -> AbstractContextManager[Advance]:
        """A stage begins (`total` None: unknown); within it, call the result with how much more is done."""
        ...


class Silent:
    """Shows nothing."""

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:
        yield lambda more: None
