"""Lines from tables: a CSV or TSV file, or arrays, of dated and coded statements.

In: columns of dates, labels and, where there are any, items and probabilities. Out: `Line`. Every refusal names what is
wrong and in which lines of the file.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sayso.errors import SaysoError, UsageError
from sayso.track._segment import segment_units
from sayso.track._units import Units, build_units
from sayso.track.dates import parse_date
from sayso.track.line import Line

MISSING = frozenset({"", "nan", "na", "n/a", "null", "none"})
SHOWN_LINES = 5


@dataclass(frozen=True)
class Columns:
    """The columns of a table, cell by cell, with the line of the file that each row stands on."""

    dates: Sequence[str]
    labels: Sequence[str]
    items: Sequence[str] | None
    probabilities: Sequence[str] | None
    lines: Sequence[int]


def read_columns(path: str, date: str, label: str, item: str | None = None, probability: str | None = None) -> Columns:
    """The named columns of a `.csv` or `.tsv` file ("-": CSV from standard input).

    Raises UsageError for a missing file or column, SaysoError for a file that is no table.
    """
    wanted = {"--date": date, "--label": label, "--item": item, "--probability": probability}
    if path == "-":
        return _parse(sys.stdin, "standard input", ",", wanted)
    file = Path(path)
    if not file.is_file():
        raise UsageError(f"{path}: {'a folder, not a table' if file.is_dir() else 'no such file'}")
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return _parse(lines, path, "\t" if file.suffix.lower() == ".tsv" else ",", wanted)
    except UnicodeDecodeError as error:
        raise SaysoError(f"{path}: not UTF-8 text (byte {error.start}); save the table as UTF-8") from None
    except (OSError, csv.Error) as error:
        raise SaysoError(f"{path}: cannot be read as a table: {error}") from None


def _parse(lines: Iterable[str], path: str, delimiter: str, wanted: Mapping[str, str | None]) -> Columns:
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(lines, delimiter=delimiter)
    header = [name.strip() for name in next(reader, [])]
    if not header:
        raise SaysoError(f"{path}: empty; the first line must name the columns")
    place: dict[str, int] = {}
    for option, name in wanted.items():
        if name is None:
            continue
        if name not in header:
            hint = " (is it tab-separated? then name it .tsv)" if delimiter == "," and "\t" in header[0] else ""
            raise UsageError(f"{path}: no column {name!r} for {option}; there are {', '.join(map(repr, header))}{hint}")
        if header.count(name) > 1:
            raise UsageError(f"{path}: {header.count(name)} columns are called {name!r}")
        place[option] = header.index(name)
    need = max(place.values()) + 1
    columns: dict[str, list[str]] = {option: [] for option in place}
    numbers: list[int] = []
    for row in reader:
        if not row:
            continue
        if len(row) < need:
            raise SaysoError(f"{path}, line {reader.line_num}: {len(row)} cells where the header has {len(header)}")
        for option, cells in columns.items():
            cells.append(row[place[option]])
        numbers.append(reader.line_num)
    if not numbers:
        raise SaysoError(f"{path}: a header and no rows")
    return Columns(columns["--date"], columns["--label"], columns.get("--item"), columns.get("--probability"), numbers)


def units_of_columns(columns: Columns, path: str = "the table") -> tuple[Units, tuple[str, ...]]:
    """Units of a table, and one line for each kind of row that was left out (no date, no code).

    Without an item column, the rows of one date count as one item. Raises SaysoError that names the lines of dates and
    probabilities that are none.
    """
    notes = []
    labels = [label.strip() for label in columns.labels]
    dates: dict[str, tuple[int, int] | None] = {}
    bad_dates: dict[str, str] = {}
    for text in set(columns.dates):
        if text.strip().lower() in MISSING:
            dates[text] = None
            continue
        try:
            first, last = parse_date(text)
            dates[text] = (first.toordinal(), last.toordinal())
        except ValueError as error:
            bad_dates[text] = str(error) if text.strip() in str(error) else f"{text!r} is not a date ({error})"
    if bad_dates:
        rows = [i for i, text in enumerate(columns.dates) if text in bad_dates]
        raise SaysoError(
            f"{path}: {_lines(columns, rows)}: {bad_dates[columns.dates[rows[0]]]}"
            + (f" (and {len(rows) - 1} more)" if len(rows) > 1 else "")
        )
    chances = _probabilities(columns, path)
    undated = [i for i, text in enumerate(columns.dates) if dates[text] is None]
    uncoded = [i for i, label in enumerate(labels) if label.lower() in MISSING and dates[columns.dates[i]] is not None]
    for rows, what in ((undated, "date"), (uncoded, "code")):
        if rows:
            notes.append(f"{path}: {len(rows):,} rows without a {what} left out ({_lines(columns, rows)})")
    out = set(undated) | set(uncoded)
    keep = [i for i in range(len(labels)) if i not in out]
    if not keep:
        raise SaysoError(f"{path}: no row has both a date and a code")
    spans = np.array([dates[columns.dates[i]] for i in keep], dtype=np.int64)
    codes = tuple(sorted({labels[i] for i in keep}))
    number = {code: i for i, code in enumerate(codes)}
    code = np.array([number[labels[i]] for i in keep], dtype=np.int64)
    seen: dict[object, int] = {}
    names = columns.items
    item = np.array(
        [
            seen.setdefault(names[i] if names and names[i].strip() else (*map(int, span),), len(seen))
            for i, span in zip(keep, spans, strict=True)
        ],
        dtype=np.int64,
    )
    rows_index = np.arange(len(keep), dtype=np.int64)
    weight = chances[keep] if chances is not None else np.ones(len(keep))
    units = build_units(codes, rows_index, code, weight, spans[:, 0], spans[:, 1], item)
    return units, tuple(notes)


def _probabilities(columns: Columns, path: str) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    if columns.probabilities is None:
        return None
    values, bad = [], []
    for i, text in enumerate(columns.probabilities):
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0.0 <= value <= 1.0:
            bad.append(i)
        values.append(value)
    if bad:
        raise SaysoError(
            f"{path}: {_lines(columns, bad)}: probability {columns.probabilities[bad[0]]!r} is not a number from 0 to 1"
        )
    return np.array(values)


def _lines(columns: Columns, rows: Sequence[int]) -> str:
    shown = ", ".join(str(columns.lines[i]) for i in rows[:SHOWN_LINES])
    more = f" and {len(rows) - SHOWN_LINES:,} more" if len(rows) > SHOWN_LINES else ""
    return f"line{'s' if len(rows) > 1 else ''} {shown}{more}"


def parse_scale(text: str) -> dict[str, float]:
    """A scale as typed: 'hawkish=1,neutral=0,dovish=-1'. Raises UsageError."""
    scale: dict[str, float] = {}
    for part in text.split(","):
        code, sign, value = part.rpartition("=")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not sign or not code.strip() or not math.isfinite(number):
            raise UsageError(f"--scale: {part.strip()!r} is not CODE=NUMBER")
        scale[code.strip()] = number
    return scale


def segment_arrays(
    dates: Sequence[str | dt.date],
    labels: Sequence[str],
    items: Sequence[str] | None = None,
    probabilities: Sequence[float] | None = None,
    *,
    scale: Mapping[str, float] | None = None,
) -> Line:
    """Periods and shifts of statements given as arrays of one length: date, code and, if known, item and probability.

    Dates may be `datetime.date` or any text that `parse_date` understands. Without items the statements of one date
    count as one item. Raises UsageError and SaysoError as the command does; "lines" are then positions from 1.
    """
    lengths = {len(part) for part in (dates, labels, items, probabilities) if part is not None}
    if len(lengths) != 1:
        raise UsageError(f"arrays of different lengths: {sorted(lengths)}")
    columns = Columns(
        [value.isoformat()[:10] if isinstance(value, dt.date) else str(value) for value in dates],
        [str(value) for value in labels],
        None if items is None else [str(value) for value in items],
        None if probabilities is None else [str(value) for value in probabilities],
        range(1, len(dates) + 1),
    )
    if not len(dates):
        raise UsageError("no statements")
    return segment_units(units_of_columns(columns, "the arrays")[0], scale=scale)
