"""What columns of statements are: an `Image` of all of them at one moment, as numpy arrays in the order of their dates.

In: arrays. Out: the same, ordered, with what is asked of them again and again computed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]
NONE = np.iinfo(np.int32).max  # a date that is not known: after all others
CURRENT, REJECTED, REPEATS, UNSURE, MACHINE, HUMAN = 1, 2, 4, 8, 16, 32
MODEL, PERSON = 0, 1
PAIRS = ("topic_row", "topic", "code_row", "code", "by")
NAMED = ("actor", "outlet", "medium", "language", "kind", "made")  # columns that hold the number of a name
SHAPE: dict[str, Any] = {
    "key": np.int64, "document": np.int64, "start": np.int32, "date": np.int32, "since": np.int32, "until": np.int32,
    "month": np.int16, "actor": np.int32, "outlet": np.int32, "medium": np.int16, "language": np.int16, "kind": np.int8,
    "made": np.int8, "depth": np.int16, "flags": np.uint8,
}  # fmt: skip


class Names:
    """The names that a column's numbers stand for; names are added and never change. -1 is none."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str | None, int] = {None: -1, "": -1}

    def number(self, name: str | None) -> int:
        """The number of a name; a new one where it has none."""
        found = self._numbers.get(name)
        if found is None:
            assert name is not None
            found = self._numbers[name] = len(self.names)
            self.names.append(name)
        return found

    @classmethod
    def of(cls, names: Sequence[str]) -> Names:
        """These names, numbered in their order."""
        made = cls()
        for name in names:
            made.number(name)
        return made

    def known(self, name: str) -> int:
        """The number of a name; -2, which no row has, where there is none."""
        return self._numbers.get(name, -2) if name else -2


@dataclass(frozen=True)
class Image:
    """All statements at one moment. Row i of every column is the same statement; rows stand by date, page and place.

    `topic_row` and `topic` are pairs, `code_row`, `code` and `by` the codings that count: people's, and a model's sure
    ones where nobody coded the family. Pairs stand in the order of their rows.
    """

    at: int
    columns: dict[str, NDArray[Any]]
    topic_row: NDArray[np.int32]
    topic: NDArray[np.int16]
    code_row: NDArray[np.int32]
    code: NDArray[np.int16]
    by: NDArray[np.int8]
    names: dict[str, Names] = field(repr=False)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    @property
    def size(self) -> int:
        """How many statements there are."""
        return len(self.columns["key"])

    @cached_property
    def counting(self) -> Bits:
        """Statements that count: of a current page, not rejected, copies once."""
        counts: Bits = (self["flags"] & (CURRENT | REJECTED | REPEATS)) == CURRENT
        return counts

    @cached_property
    def newest(self) -> NDArray[np.intp]:
        """The rows with the newest first; undated ones last, those of a day by page and place."""
        dates = self["date"].astype(np.int64)
        return np.argsort(np.where(dates == NONE, NONE, -dates), kind="stable")

    @cached_property
    def row_of_key(self) -> NDArray[np.int32]:
        """For each key the row, or -1."""
        rows = np.full(int(self["key"].max(initial=0)) + 1, -1, np.int32)
        rows[self["key"]] = np.arange(self.size, dtype=np.int32)
        return rows

    @cached_property
    def once_a_code(self) -> Bits:
        """Which codings are the first of their code on a statement: two coders may agree."""
        return _firsts(self.code_row.astype(np.int64) * 65536 + self.code)

    @cached_property
    def once_a_side(self) -> Bits:
        """Which codings are the first by their side (people, models) on a statement."""
        return _firsts(self.code_row.astype(np.int64) * 2 + self.by)

    def rows(self, keys: NDArray[np.int64]) -> Bits:
        """The rows with these keys."""
        found = np.zeros(self.size, np.bool_)
        known = self.row_of_key[keys[keys < len(self.row_of_key)]]
        found[known[known >= 0]] = True
        return found


def ordered(image: Image) -> Image:
    """The image by date, page and place."""
    order = np.lexsort((image["key"], image["start"], image["document"], image["date"]))
    place = np.empty(image.size, np.int32)
    place[order] = np.arange(image.size, dtype=np.int32)
    return paired(
        replace(
            image,
            columns={name: values[order] for name, values in image.columns.items()},
            topic_row=place[image.topic_row],
            code_row=place[image.code_row],
        )
    )


def paired(image: Image) -> Image:
    """The image with its pairs in the order of their rows."""
    topics, codes = (np.argsort(rows, kind="stable") for rows in (image.topic_row, image.code_row))
    return replace(
        image,
        topic_row=image.topic_row[topics],
        topic=image.topic[topics],
        code_row=image.code_row[codes],
        code=image.code[codes],
        by=image.by[codes],
    )


def _firsts(values: NDArray[np.int64]) -> Bits:
    found = np.zeros(len(values), np.bool_)
    found[np.unique(values, return_index=True)[1]] = True
    return found
