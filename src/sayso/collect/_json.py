"""The elements of a JSON array, one at a time, from files too large to be loaded. In: a stream. Out: elements."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO

_CHUNK = 1 << 16
_ELEMENT_LIMIT = 8_000_000  # characters: no post is longer
_SEARCH_LIMIT = 64_000_000  # characters that may stand before the next array
_SPACE = re.compile(r"[\s,]*")


def arrays(handle: BinaryIO, key: str = "") -> Iterator[tuple[str, Any]]:
    """(the text before the array, element) for each element of each array named `key`; without it, of the first array.

    The text before is what stands between the last array (or the beginning) and this one, at most 64 k characters of
    it. Raises ValueError where the JSON breaks.
    """
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", errors="replace")
    opening = re.compile(rf'(?<!\\)"{re.escape(key)}"\s*:\s*\[') if key else re.compile(r"\[")
    buffer, before, searched = "", "", 0
    while True:
        found = opening.search(buffer)
        if found is None:
            more = text.read(_CHUNK)
            searched += len(more)
            if not more:
                return
            if searched > _SEARCH_LIMIT:
                raise ValueError("no list of posts is found in it")
            before = (before + buffer[:-200])[-_CHUNK:]
            buffer = buffer[-200:] + more
            continue
        before += buffer[: found.start()]
        buffer = yield from _elements(text, buffer[found.end() :], before)
        if not key:
            return
        before, searched = "", 0


def _elements(text: io.TextIOWrapper, buffer: str, before: str) -> Generator[tuple[str, Any], None, str]:
    """The elements up to the closing bracket; returns what was read behind it."""
    decoder = json.JSONDecoder()
    ahead = _CHUNK
    while True:
        buffer = buffer[_SPACE.match(buffer).end() :]  # type: ignore[union-attr]
        if buffer.startswith("]"):
            return buffer[1:]
        try:
            element, end = decoder.raw_decode(buffer)
            if end == len(buffer) and isinstance(element, int | float):
                raise ValueError("a number may go on")
        except (ValueError, RecursionError) as error:
            more = text.read(ahead)
            if not more or len(buffer) > _ELEMENT_LIMIT or isinstance(error, RecursionError):
                raise ValueError("the JSON breaks off or is damaged") from None
            buffer += more
            ahead *= 2
            continue
        ahead = _CHUNK
        yield before, element
        buffer = buffer[end:]
