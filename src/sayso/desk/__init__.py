"""The desk: a folder with settings, archive and store, and the verbs to work on it. Here the stages meet."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sayso.desk.desk import Added, Collected, Desk
    from sayso.desk.engines import Engines
    from sayso.desk.progress import Progress

# Loaded when first asked for: the child processes that read are of this package and need none of it.
_HOMES = {
    "Added": "sayso.desk.desk",
    "Collected": "sayso.desk.desk",
    "Desk": "sayso.desk.desk",
    "Engines": "sayso.desk.engines",
    "Progress": "sayso.desk.progress",
}

__all__ = ["Added", "Collected", "Desk", "Engines", "Progress"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sayso.desk' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
