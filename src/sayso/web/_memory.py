"""What is dear to compute is kept until what the desk holds changes, whoever changes it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

T = TypeVar("T")


class Memory:
    """The last `size` results, forgotten as soon as `state` gives another value."""

    def __init__(self, state: Callable[[], object], size: int) -> None:
        self._state = state
        self._size = size
        self._kept: OrderedDict[Hashable, tuple[object, object]] = OrderedDict()
        self._lock = threading.Lock()
        self._working: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result under this key; made once, though several ask at the same time."""
        with self._lock:
            working = self._working.setdefault(key, threading.Lock())
        with working:
            state = self._state()
            with self._lock:
                kept = self._kept.get(key)
                if kept is not None and kept[0] == state:
                    self._kept.move_to_end(key)
                    return kept[1]  # type: ignore[return-value]
            made = make()
            with self._lock:
                self._kept[key] = (state, made)
                self._kept.move_to_end(key)
                while len(self._kept) > self._size:
                    self._working.pop(self._kept.popitem(last=False)[0], None)
            return made
