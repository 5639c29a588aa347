"""Moving a desk's records from its file to a PostgreSQL database and back, without loss.

In: a desk, and where its records shall lie. Out: the number of rows moved, table by table, every one compared; and a
`sayso.toml` that names the new place. The old store stays as it was.
"""

from __future__ import annotations

import json
import re
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from sayso.desk.progress import Advance, Progress, Silent
from sayso.desk.settings import FILE
from sayso.errors import SaysoError, UsageError
from sayso.store import Store, copy_store, holds_anything

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

IN_FILE = "file"


def move_store(desk: Desk, to: str, progress: Progress | None = None) -> dict[str, int]:
    """Copies every row to `to` (postgresql://…, or "file" for the file in the desk's folder) and compares them; gives the
    number of rows of each table. Raises `UsageError` for a place that cannot be meant, `SaysoError` when it holds records
    already or when rows differ afterwards; then the desk stays where it is."""
    from sayso.desk.desk import DATABASE

    if to != IN_FILE and not re.match(r"postgres(ql)?://", to):
        # What was written is not repeated: it may hold a password.
        raise UsageError(f"--to: write postgresql://USER@HOST:PORT/DATABASE, or {IN_FILE!r} for {DATABASE}")
    where = desk.folder / DATABASE if to == IN_FILE else to
    if where == desk.store.where:
        raise UsageError(f"the desk's records are there already: {desk.store.name}")
    target = Store(where)
    try:
        if holds_anything(target):
            raise SaysoError(f"{target.name} holds records already; name an empty database, or move that file away")

        def stage(table: str, rows: int) -> AbstractContextManager[Advance]:
            return (progress or Silent()).stage(table, rows)

        try:
            counts = copy_store(desk.store, target, stage)
        except ValueError as error:
            raise SaysoError(
                f"rows of {error} are not the same in {target.name}; the desk stays where it was ({desk.store.name}); "
                "empty that place before you try again"
            ) from None
        target.analyze()
    finally:
        target.close()
    _name(desk, "" if to == IN_FILE else to)
    return counts


def _name(desk: Desk, store: str) -> None:
    """Writes the new place into sayso.toml, in place of the old one, and leaves everything else as it is."""
    path = desk.folder / FILE
    text = path.read_text(encoding="utf-8-sig")
    line = f"store = {json.dumps(store)}"
    table = re.search(r"^\s*\[", text, re.MULTILINE)
    head = text[: table.start()] if table else text
    changed, found = re.subn(r"^[ \t]*store[ \t]*=.*$", lambda _: line, head, count=1, flags=re.MULTILINE)
    path.write_text((changed if found else f"{line}\n{head}") + text[len(head) :], encoding="utf-8")
