"""The parts of the extra `bulk`, imported when they are first needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sayso.errors import UsageError


def needs(module: str) -> Any:
    """The module. Raises `UsageError`, in one line, where the extra is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise UsageError(
            f"bulk runs need the extra 'bulk' ({error.name or module} is missing): pip install 'sayso[bulk]'"
        ) from None
