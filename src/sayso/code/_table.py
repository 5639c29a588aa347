"""Rows of CSV and TSV files: one dict a row, read as a stream, with messages that name file and line."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from sayso.errors import SaysoError, UsageError

_WIDEST = 16 * 1024 * 1024  # characters of a field: a whole book fits


class Table:
    """A table file with a header. `.tsv` and `.tab` files are tab-separated, others comma-separated (UTF-8)."""

    def __init__(self, path: str | Path, progress: Callable[[float], None] | None = None) -> None:
        self.path = Path(path)
        self._progress = progress or (lambda position: None)
        self.delimiter = "\t" if self.path.suffix.lower() in (".tsv", ".tab") else ","
        with self._open() as file:
            self.columns = _named(next(self._reader(file), []))
        if not any(self.columns):
            raise SaysoError(f"{self.path}: is empty: a header line with the names of columns is needed")
        twice = sorted({c for c in self.columns if c and self.columns.count(c) > 1})
        if twice:
            raise SaysoError(f"{self.path}:1: column {twice[0]!r} stands twice")

    def need(self, *names: str | None) -> None:
        """Raises `UsageError` for a named column that the file does not have."""
        for name in names:
            if name is not None and name not in self.columns:
                have = ", ".join(repr(c) for c in self.columns)
                raise UsageError(f"{self.path}: has no column {name!r} (it has: {have})")

    def __iter__(self) -> Iterator[dict[str, str]]:
        with self._open() as file:
            reader = self._reader(file)
            next(reader)
            for number, values in enumerate(reader):
                if not values:
                    continue
                if len(values) > len(self.columns):
                    raise SaysoError(
                        f"{self.path}:{reader.line_num}: has {len(values)} fields where the header has "
                        f"{len(self.columns)}; quote fields that hold a {'tab' if self.delimiter != ',' else 'comma'}"
                    )
                if number % 256 == 0:
                    self._progress(file.buffer.tell())  # type: ignore[attr-defined]
                values += [""] * (len(self.columns) - len(values))
                yield dict(zip(self.columns, values, strict=True))

    def _open(self) -> IO[str]:
        try:
            return self.path.open(encoding="utf-8-sig", newline="")
        except OSError as error:
            raise UsageError(f"{self.path}: cannot be read: {error.strerror}") from error

    def _reader(self, file: IO[str]) -> _Rows:
        return _Rows(self.path, file, self.delimiter)


def _named(header: list[str]) -> list[str]:
    """A header may have one column without a name; further ones (spreadsheets leave them) are called by their number."""
    first = header.index("") if "" in header else -1
    return [f"column {n + 1}" if not name and n != first else name for n, name in enumerate(header)]


class _Rows:
    """`csv.reader` whose errors name the file and the line."""

    def __init__(self, path: Path, file: IO[str], delimiter: str) -> None:
        csv.field_size_limit(min(_WIDEST, sys.maxsize))
        self._path, self._rows = path, csv.reader(file, delimiter=delimiter)

    @property
    def line_num(self) -> int:
        return self._rows.line_num

    def __iter__(self) -> _Rows:
        return self

    def __next__(self) -> list[str]:
        try:
            return next(self._rows)
        except UnicodeDecodeError as error:
            raise SaysoError(
                f"{self._path}: line {self.line_num + 1} or later is not UTF-8 (byte {error.start})"
            ) from error
        except csv.Error as error:
            raise SaysoError(f"{self._path}:{self.line_num}: not a readable table: {error}") from error
