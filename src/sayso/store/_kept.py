"""What is dear to compute of the desk's statements and codings: kept in memory for as long as none of them changes.

In: a key and what makes the answer. Out: the answer, made again as soon as a trigger has noted a change (`touched`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import func, select

from sayso.store._part import Part
from sayso.store.schema import touched

T = TypeVar("T")
MOST = 64  # answers


class Kept(Part):
    """The last answers, whoever asked for them."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, tuple[int, Any]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer under this key. Within a transaction that writes it is always made: it may never be committed."""
        if self.store.writing:
            return make()
        with self.store.reading() as connection:  # the version and what is made of it are of one state of the desk
            version = connection.execute(select(func.max(touched.c.at))).scalar() or 0
            with self._lock:
                known = self._answers.get(key)
                if known is not None and known[0] == version:
                    self._answers.move_to_end(key)
                    return known[1]  # type: ignore[no-any-return]
            made = make()
        with self._lock:
            self._answers[key] = (version, made)
            self._answers.move_to_end(key)
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)
        return made
