"""Records as plain JSON and back: where they are kept to be taken up again without being made again.

Spans are [start, end]: their words stand in the document's text. Vectors are left out; they have a column of their own.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from sayso.records import Span

T = TypeVar("T")
_APART = ("text", "embedding")  # of a document; of attributions and statements


def pack(value: Any) -> Any:
    """A record, or a tuple or mapping of them, as JSON-able values. Fields that have their default are left out."""
    if isinstance(value, Span):
        return [value.start, value.end]
    if dataclasses.is_dataclass(value):
        return {
            each.name: pack(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if each.name not in _APART and getattr(value, each.name) != each.default
        }
    if isinstance(value, (tuple, list)):
        return [pack(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): pack(each) for key, each in value.items()}
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return value


def unpack(kind: type[T], value: Any, text: str = "") -> T:
    """The record of type `kind` that `pack` packed; spans get their words from `text`."""
    found: T = _unpack(kind, value, text)
    return found


def _unpack(kind: Any, value: Any, text: str) -> Any:
    if value is None:
        return None
    if kind is Span:
        return Span(value[0], value[1], text[value[0] : value[1]])
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _unpack(hints[name], each, text) for name, each in value.items()})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _unpack(next(each for each in arguments if each is not type(None)), value, text)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return tuple(_unpack(arguments[0], each, text) for each in value)
        return tuple(_unpack(of, each, text) for of, each in zip(arguments, value, strict=True))
    if origin in (Mapping, dict):
        return {key: _unpack(arguments[1], each, text) for key, each in value.items()}
    if kind is dt.datetime:
        return dt.datetime.fromisoformat(value)
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    return value


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
