"""Lines with what carries their shifts: computed once, kept in the store, and taken up again while the points are the same.

In: a desk, a line's key and its points. Out: its `Line` and `Carriers`. A digest of the points and of the method says
whether what is kept still holds, so a page never shows the line of other statements; `sayso run` computes what has changed.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sayso.packing import pack, unpack
from sayso.records import Point
from sayso.store import LineKey
from sayso.track import Carriers, Line, carriers, segment

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

VERSION = "track 3"  # another one: whatever is kept of lines is computed anew


@dataclass(frozen=True, slots=True)
class Tracked:
    """A line, and what carries each of its shifts."""

    line: Line
    carriers: tuple[Carriers, ...]


def tracked(desk: Desk, key: LineKey, points: Sequence[Point]) -> Tracked:
    """The line of these points (at least one): as it was kept, or computed now where others were."""
    kept = desk.store.lines.computed(key, digest(desk, key.family, points))
    return load(kept) if kept is not None else compute(desk, key.family, points)


def compute(desk: Desk, family: str, points: Sequence[Point]) -> Tracked:
    """Segments the points and looks what carries the shifts."""
    line = segment_points(desk, points, family)
    return Tracked(line, carriers(line, points))


def segment_points(desk: Desk, points: Sequence[Point], family: str) -> Line:
    """The line of these points; where every code of the family has a value, periods get a mean."""
    return segment(points, scale=_scale(desk, family))


def digest(desk: Desk, family: str, points: Sequence[Point]) -> str:
    """SHA-256 of whatever the computation looks at."""
    rows = [
        (
            p.start.toordinal(),
            p.end.toordinal(),
            sorted(p.codes.items()),
            p.item,
            p.statement,
            p.outlet,
            p.reporter,
            p.depth,
        )
        for p in points
    ]
    asked = json.dumps([VERSION, _scale(desk, family), rows], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()


def dump(found: Tracked) -> bytes:
    """As it is kept."""
    return zlib.compress(json.dumps(pack(found), ensure_ascii=False, separators=(",", ":")).encode(), 1)


def load(data: bytes) -> Tracked:
    """As it was."""
    return unpack(Tracked, json.loads(zlib.decompress(data)))


def _scale(desk: Desk, family: str) -> dict[str, float] | None:
    codes = desk.codebook.family(family)
    return {code.name: code.value for code in codes if code.value is not None} if codes.ordinal else None
