"""The content of a desk as lines and hashes, for comparing two desks: tests, backups, `migrate`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator

from sqlalchemy import Connection, Table, select

from sayso.store import schema


def tables() -> Iterator[Table]:
    """The tables that hold content, in a fixed order."""
    for table in sorted(schema.metadata.tables.values(), key=lambda t: t.name):
        if table.name not in schema.WORK:
            yield table


def rows(connection: Connection, table: Table) -> Iterator[str]:
    """The rows of `table` as sorted JSON lines, without the columns in `schema.MOMENTS`."""
    columns = [c for c in table.columns if c.name not in schema.MOMENTS.get(table.name, frozenset())]
    found = connection.execute(select(*columns))
    yield from sorted(json.dumps(list(row), default=_plain, ensure_ascii=False) for row in found)


def fingerprint(connection: Connection) -> dict[str, str]:
    """Table name -> SHA-256 of its rows."""
    result = {}
    for table in tables():
        digest = hashlib.sha256()
        for line in rows(connection, table):
            digest.update(line.encode())
            digest.update(b"\n")
        result[table.name] = digest.hexdigest()
    return result


def _plain(value: object) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"no column should hold a {type(value).__name__}")
