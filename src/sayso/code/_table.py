"""Rows of CSV and TSV files: one dict a row, read as a stream, with messages that name file and line."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from sayso.errors import SaysoError, UsageError

_WIDEST = 16 * 1024 * 1024  # characters of a field: a whole book fits


class Table:
    """A table file with a header. `.tsv` and `.tab` files are tab-separated, others comma-separated.

    UTF-8, or UTF-16 with a byte-order mark. In a tab-separated file whose every line has all its fields, a quotation mark
    is a character like any other, unless it encloses a field and is doubled within.
    """

    def __init__(self, path: str | Path, progress: Callable[[float], None] | None = None) -> None:
        self.path = Path(path)
        self._progress = progress or (lambda position: None)
        self.delimiter = "\t" if self.path.suffix.lower() in (".tsv", ".tab") else ","
        self._encoding, self._plain = self._form()
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
                raise UsageError(f"{self.path}: has no column {name!r} (it has: {have}){self._hint(name)}")

    def _hint(self, name: str) -> str:
        for delimiter, called in ((",", "commas"), ("\t", "tabs"), (";", "semicolons"), ("|", "bars")):
            if delimiter != self.delimiter and any(name in column.split(delimiter) for column in self.columns):
                ending = " (.tsv)" if self.delimiter == "\t" else ""
                wanted = "tabs" if self.delimiter == "\t" else "commas; tabs in a file named .tsv"
                return f": its columns are separated by {called}, but this kind of file{ending} has {wanted}"
        return ""

    def _form(self) -> tuple[str, bool]:
        """The encoding, and whether lines of a tab-separated file may be split without minding quotation marks."""
        try:
            with self.path.open("rb") as file:
                start = file.read(2)
            encoding = "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
            if self.delimiter != "\t":
                return encoding, False
            with self.path.open(encoding=encoding, errors="replace", newline="") as lines:
                wanted = next(lines, "").count("\t")
                return encoding, all(line.count("\t") == wanted for line in lines if line.strip("\r\n"))
        except OSError as error:
            raise UsageError(f"{self.path}: cannot be read: {error.strerror}") from error

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
            return self.path.open(encoding=self._encoding, newline="")
        except OSError as error:
            raise UsageError(f"{self.path}: cannot be read: {error.strerror}") from error

    def _reader(self, file: IO[str]) -> _Rows:
        return _Rows(self.path, file, self.delimiter, self._plain)


def _named(header: list[str]) -> list[str]:
    """A header may have one column without a name; further ones (spreadsheets leave them) are called by their number."""
    first = header.index("") if "" in header else -1
    return [f"column {n + 1}" if not name and n != first else name for n, name in enumerate(header)]


class _Rows:
    """`csv.reader` whose errors name the file and the line."""

    def __init__(self, path: Path, file: IO[str], delimiter: str, plain: bool) -> None:
        csv.field_size_limit(min(_WIDEST, sys.maxsize))
        quoting: Any = csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL
        self._path, self._plain = path, plain
        self._rows = csv.reader(file, delimiter=delimiter, quoting=quoting)

    @property
    def line_num(self) -> int:
        return self._rows.line_num

    def __iter__(self) -> _Rows:
        return self

    def __next__(self) -> list[str]:
        try:
            row = next(self._rows)
            return [_bare(field) for field in row] if self._plain else row
        except UnicodeDecodeError as error:
            raise SaysoError(
                f"{self._path}: line {self.line_num + 1} or later is not {error.encoding.upper()} (byte {error.start})"
            ) from error
        except csv.Error as error:
            raise SaysoError(f"{self._path}:{self.line_num}: not a readable table: {error}") from error


def _bare(field: str) -> str:
    """A field without the quotation marks that enclose it, where those within are doubled."""
    inner = field[1:-1]
    whole = len(field) > 1 and field[0] == field[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if whole else field
