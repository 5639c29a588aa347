"""Figures of the whole desk that are dear to count on a large one: never waited for twice.

On a small desk they are counted whenever a page is asked for. On a large one they are counted again when the desk has
changed; meanwhile a page shows them as they were last counted, for a minute at most, and `counted_at` says when that was.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

T = TypeVar("T")
LARGE = 50_000  # statements, from which on a desk is large
OLD = 60.0  # seconds after which nothing is shown without being counted anew
FRESH = 5.0  # seconds for which nothing is counted again


@dataclass(frozen=True, slots=True)
class _Counted:
    value: Any
    at: float
    counted_at: dt.datetime
    version: object  # of the desk when it was counted


class Recent:
    """The figures of one desk by name."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._kept: dict[str, _Counted] = {}
        self._turns: dict[str, threading.Lock] = {}

    def get(self, name: str, count: Callable[[], T]) -> tuple[T, dt.datetime | None]:
        """The figure, and when it was counted if that was not now."""
        if self._desk.store.columns.image().size < LARGE:
            return count(), None
        version = _version(self._desk)
        with self._lock:
            kept = self._kept.get(name)
            turn = self._turns.setdefault(name, threading.Lock())
        if kept is not None and kept.version == version:
            return kept.value, None
        age = time.monotonic() - kept.at if kept else OLD
        if kept is not None and age < OLD:
            if age >= FRESH and turn.acquire(blocking=False):
                threading.Thread(target=self._behind, args=(name, count, turn), daemon=True).start()
            return kept.value, kept.counted_at
        with turn:
            kept = self._kept.get(name)
            if kept is None or (kept.version != version and time.monotonic() - kept.at >= FRESH):
                kept = self._count(name, count)  # or another has just counted it
            return kept.value, None if kept.version == version else kept.counted_at

    def _behind(self, name: str, count: Callable[[], Any], turn: threading.Lock) -> None:
        try:
            self._count(name, count)
        finally:
            turn.release()

    def _count(self, name: str, count: Callable[[], Any]) -> _Counted:
        version = _version(self._desk)  # before: what changes while it is counted makes it old
        value = count()
        made = _Counted(value, time.monotonic(), dt.datetime.now(dt.UTC), version)
        with self._lock:
            self._kept[name] = made
        return made


def recent(desk: Desk, name: str, count: Callable[[], T]) -> tuple[T, dt.datetime | None]:
    """A figure of the whole desk, and when it was counted if that was not now."""
    found: Recent = desk.__dict__.setdefault("_recent", Recent(desk))
    return found.get(name, count)


def _version(desk: Desk) -> object:
    """Another value whenever a figure of the whole desk may have changed."""
    return desk.store.state(), desk.store.documents.newest(), desk.store.captures.newest()
