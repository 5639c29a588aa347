"""A CSV file that is written row by row and gone on with after a stop: rows come in, a file that holds whole rows goes out."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from sayso.errors import UsageError


class RowFile:
    """The rows of `path` under `columns`; what a stopped run left of a last row is cut off.

    `kept` reads the rows that are there already; `write` adds one. To be used in a `with` block.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self.columns = path, list(columns)
        try:
            self._end = self._whole() if path.exists() else 0
            self._file: IO[str] = path.open("a", encoding="utf-8", newline="")
            if path.stat().st_size > self._end:
                os.truncate(path, self._end)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
        self._writer = csv.writer(self._file, lineterminator="\n")
        if not self._end:
            self._writer.writerow(self.columns)

    def kept(self) -> Iterator[list[str]]:
        """The rows that were there when the file was opened."""
        if self._end:
            with self.path.open("rb") as file:
                rows = _Lines(file, self._end)
                reader = csv.reader(rows, strict=True)
                next(reader)
                yield from reader

    def write(self, row: Sequence[str]) -> None:
        """Add a row; it is surely in the file at the end of the block, whatever ends it."""
        self._writer.writerow(row)

    def __enter__(self) -> RowFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def _whole(self) -> int:
        """Where the last whole row ends, in bytes; 0 for a file that does not even have its header."""
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(self.columns)
        header = line.getvalue().encode()
        csv.field_size_limit(sys.maxsize)
        with self.path.open("rb") as file:
            start = file.read(len(header))
            if start != header and not header.startswith(start):
                raise UsageError(f"{self.path}: is there already and holds something else; name another file")
            file.seek(0)
            rows = _Lines(file)
            end = 0
            with suppress(csv.Error, UnicodeDecodeError):  # the last row, broken off within quotation marks or a letter
                for row in csv.reader(rows, strict=True):
                    if not rows.ended or len(row) != len(self.columns):
                        break
                    end = rows.read
        return end


class _Lines:
    """Lines of a file, decoded, with the number of bytes read so far."""

    def __init__(self, file: IO[bytes], end: int = -1) -> None:
        self._file, self._end = file, end
        self.read, self.ended = 0, True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = b"" if self.read == self._end else self._file.readline()
        if not line:
            raise StopIteration
        self.read += len(line)
        self.ended = line.endswith(b"\n")
        return line.decode("utf-8")
