"""What all parts of the store share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sayso.store.store import Store


class Part:
    """One stage's records in the store."""

    def __init__(self, store: Store) -> None:
        self.store = store
