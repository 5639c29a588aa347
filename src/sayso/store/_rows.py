"""How records become columns and come back: spans, dates, and rows that replace each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Table
from sqlalchemy.dialects import postgresql, sqlite

from sayso.records import DateValue, Span

Row = dict[str, Any]


def places(spans: Iterable[Span]) -> list[list[int]]:
    """[[start, end], …]; the words stand in the document's text."""
    return [[span.start, span.end] for span in spans]


def spans(places: Sequence[Sequence[int]], text: str) -> tuple[Span, ...]:
    """The spans of `places` with their words from `text`."""
    return tuple(Span(start, end, text[start:end]) for start, end in places)


def date_columns(prefix: str, date: DateValue | None) -> Row:
    """The five columns of a date, all null for None."""
    if date is None:
        return {f"{prefix}_{name}": None for name in ("value", "granularity", "origin", "start", "end")}
    return {
        f"{prefix}_value": date.value,
        f"{prefix}_granularity": date.granularity,
        f"{prefix}_origin": date.origin,
        f"{prefix}_start": date.start,
        f"{prefix}_end": date.end,
    }


def date_of(prefix: str, row: Mapping[str, Any] | RowMapping) -> DateValue | None:
    """The date of the five columns, or None."""
    if row[f"{prefix}_value"] is None:
        return None
    return DateValue(*(row[f"{prefix}_{name}"] for name in ("value", "granularity", "origin", "start", "end")))


def storable(text: str) -> str:
    """Text that UTF-8 can hold: bytes of a file name that are no UTF-8 are shown as \\xNN."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def put_row(connection: Connection, table: Table, row: Row) -> None:
    """Insert `row`, in place of the one with the same primary key, also where another inserts it at the same time."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    keys = [column.name for column in table.primary_key.columns]
    values = {name: value for name, value in row.items() if name not in keys}
    connection.execute(make(table).values(row).on_conflict_do_update(index_elements=keys, set_=values))
