"""Bulk load: many records at once, by COPY on PostgreSQL and in few large transactions on SQLite.

In: rows of the tables, or documents with all that was found in them. Out: the same in the store. What triggers do row by
row elsewhere (full text, `touched`) is done once for every chunk here; each chunk is one transaction, so that a load that
is killed leaves a sound store with part of the rows.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import JSON, Column, Connection, Table, func, insert, select, text

from sayso.records import Analysis, Coding, Document, Linked
from sayso.store import schema
from sayso.store._analyses import analysis_rows
from sayso.store._codings import coding_row
from sayso.store._documents import document_rows
from sayso.store._engine import BULK_CACHE_KB, CACHE_KB, NUMBERS
from sayso.store._fulltext import SEARCHED
from sayso.store._statements import statement_rows

if TYPE_CHECKING:
    from sayso.store.store import Store

CHUNK = 250_000  # rows a transaction
BATCH = 5_000  # rows that are in memory
ALL = "*"  # in `touched`: so much has changed that everything is to be looked at anew
Row = Mapping[str, Any] | Sequence[Any]


class BulkLoad:
    """A load in progress. Use as a context manager; what is in it when the work fails is not kept.

    with store.bulk_load() as load:
        load.rows("captures", rows)
        for each in found:
            load.document(each.document, each.analysis, each.linked, marks={"read": producer})
    """

    def __init__(self, store: Store, advance: Callable[[int], None] = lambda more: None) -> None:
        self._store, self._advance = store, advance
        self._stack = contextlib.ExitStack()
        self._connection: Connection | None = None
        self._triggers: list[str] = []
        self._newest: dict[str, int] = {}
        self._written = 0  # in this chunk
        self._people: set[str] = set()  # bytes that people worked on: their work is to be put on again
        self._waiting: dict[str, list[Mapping[str, Any]]] = {}  # rows of documents, by table

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
            self._end()
        else:
            self._stack.__exit__(kind, error, trace)

    def rows(self, name: str, rows: Iterable[Row], columns: Sequence[str] = ()) -> int:
        """Add rows of a table; gives how many. Each is a mapping with all columns (`key` may be missing), or a sequence
        of the values of `columns`. Values are as SQLAlchemy takes them: dates as dates, JSON as lists and dicts.

        Rows must be new, and those they refer to must come before them.
        """
        table = schema.metadata.tables[name]
        chosen = [table.c[each] for each in columns]
        count = 0
        listed = iter(rows)
        while batch := list(itertools.islice(listed, BATCH)):
            if isinstance(batch[0], Mapping):
                first = batch[0]
                chosen = [column for column in table.c if column.name in first]
                batch = [[row[column.name] for column in chosen] for row in batch]  # type: ignore[call-overload]
            self._write(table, chosen, batch)  # type: ignore[arg-type]
            count += len(batch)
            if self._written >= CHUNK:
                self._end()
                self._begin()
        return count

    def document(
        self,
        document: Document,
        analysis: Analysis | None = None,
        linked: Linked | None = None,
        *,
        outlet_id: str | None = None,
        outlet_ids: Mapping[str, str] | None = None,
        signature: bytes = b"",
        codings: Iterable[Coding] = (),
        topics: Iterable[tuple[str, str]] = (),
        marks: Mapping[str, str] | None = None,
    ) -> str:
        """Add a document with what was found in it; gives its id. One that the store has already, or another version of
        an item that it has, is put as `run` puts it.

        `outlet_id`, `outlet_ids` and `signature` are as `documents.put` and `statements.put` take them; `topics` are
        (statement, topic); `marks` says which stages are done on the document, by which producer ("read" is marked on
        its bytes).
        """
        page, item = document_rows(document, outlet_id=outlet_id, signature=signature)
        key = str(page["id"])
        done = [
            {"stage": stage, "subject": document.sha256 if stage == "read" else key, "producer": producer}
            for stage, producer in (marks or {}).items()
        ]
        if self._known(page):
            self._flush()
            self._put(document, analysis, linked, outlet_id, outlet_ids or {}, signature, list(codings), list(topics))
            for each in done:
                self._store.progress.mark(each["stage"], each["subject"], each["producer"])
            return key
        self._wait("items", [item])
        self._wait("documents", [page])
        if analysis is not None:
            for name, rows in analysis_rows(key, analysis).items():
                self._wait(name, rows)
        if linked is not None:
            found = statement_rows(key, str(item["id"]), linked, outlet_ids or {})
            for name, rows in found.items():
                self._wait(name, rows)
            mine = {row["id"] for row in found["statements"]}
            self._wait("statement_topics", [{"statement_id": s, "topic_id": t} for s, t in topics if s in mine])
            self._wait("machine_codings", [coding_row(each) for each in codings if each.statement in mine])
        self._wait("done", done)
        if len(self._waiting["documents"]) >= BATCH // 10:
            self._flush()
        return key

    def _known(self, page: Mapping[str, Any]) -> bool:
        waiting = self._waiting.get("documents", ())
        if any(row["item_id"] == page["item_id"] or row["sha256"] == page["sha256"] for row in waiting):
            return True
        assert self._connection is not None
        if page["sha256"] in self._people:
            return True
        same = select(schema.items.c.id).where(schema.items.c.id == page["item_id"])
        bytes_ = select(schema.documents.c.id).where(schema.documents.c.sha256 == page["sha256"])
        return bool(self._connection.execute(same).first() or self._connection.execute(bytes_).first())

    def _put(
        self,
        document: Document,
        analysis: Analysis | None,
        linked: Linked | None,
        outlet_id: str | None,
        outlet_ids: Mapping[str, str],
        signature: bytes,
        codings: Sequence[Coding],
        topics: Sequence[tuple[str, str]],
    ) -> None:
        """The slow way, with the triggers at work: in a transaction of its own between two chunks."""
        self._end()
        store = self._store
        with store.transaction():
            key = store.documents.put(document, outlet_id=outlet_id, signature=signature)
            if analysis is not None:
                store.analyses.put(key, analysis)
            if linked is not None:
                store.statements.put(key, document, linked, outlet_ids=outlet_ids)
                mine = {each.id for each in linked.statements}
                store.codings.put_topics(key, [pair for pair in topics if pair[0] in mine])
                store.codings.put(key, [each for each in codings if each.statement in mine])
        self._begin()

    def _wait(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        self._waiting.setdefault(name, []).extend(rows)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for table in schema.metadata.sorted_tables:
            rows = waiting.get(table.name, [])
            columns = [column for column in table.c if rows and column.name in rows[0]]
            for start in range(0, len(rows), BATCH):
                batch = [[row[column.name] for column in columns] for row in rows[start : start + BATCH]]
                self._write(table, columns, batch)
        if self._written >= CHUNK:
            self._end()
            self._begin()

    def _write(self, table: Table, columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]]) -> None:
        connection = self._connection
        assert connection is not None
        values = _values(table, columns, rows, connection)
        names = ", ".join(f'"{column.name}"' for column in columns)
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "postgresql":
            with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(columns))
            driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)
        self._written += len(rows)
        self._advance(len(rows))

    # --- chunks -------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._stack = contextlib.ExitStack()
        self._connection = connection = self._stack.enter_context(self._store.transaction())
        self._written = 0
        seen_by_people = (schema.human_codings.c.sha256, schema.corrections.c.sha256)
        self._people = {sha for column in seen_by_people for sha in connection.execute(select(column)).scalars()}
        for name in SEARCHED:
            key = schema.metadata.tables[name].c.key
            self._newest[name] = connection.execute(select(func.coalesce(func.max(key), 0))).scalar_one()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL sayso.bulk = 'on'"))
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            return
        self._stack.callback(connection.exec_driver_sql, f"PRAGMA cache_size = -{CACHE_KB}")  # it is used again
        # Ids are in no order: every row goes to another place of the indexes.
        connection.exec_driver_sql(f"PRAGMA cache_size = -{BULK_CACHE_KB}")
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        self._triggers = [row.sql for row in found]
        for row in found:
            connection.exec_driver_sql(f'DROP TRIGGER "{row.name}"')

    def _end(self) -> None:
        connection = self._connection
        assert connection is not None
        sqlite = connection.dialect.name == "sqlite"
        for name, columns in SEARCHED.items() if self._written else ():
            newest = {"newest": self._newest[name]}
            if sqlite:
                listed = ", ".join(columns)
                sql = (
                    f"INSERT INTO {name}_search (rowid, {listed}) SELECT key, {listed} FROM {name} WHERE key > :newest"
                )
            else:
                vector = {
                    "statements": "sayso_statement_vector(document_id, text, speaker_name, target_name)",
                    "documents": "sayso_vector(language, title, text)",
                }[name]
                sql = f"INSERT INTO {name}_search (key, words) SELECT key, {vector} FROM {name} WHERE key > :newest"
            connection.execute(text(sql), newest)
        for sql in self._triggers:
            connection.exec_driver_sql(sql)
        self._triggers = []
        if self._written:
            last = connection.execute(select(func.coalesce(func.max(schema.touched.c.at), 0))).scalar_one()
            if sqlite:
                at = last + 1
            else:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({NUMBERS})"))
                at = connection.execute(text("SELECT nextval('touched_at')")).scalar_one()
                _next_numbers(connection)
            connection.execute(text("DELETE FROM touched"))
            connection.execute(insert(schema.touched).values(document_id=ALL, at=at))
        self._connection = None
        self._stack.close()


def copy_store(source: Store, target: Store, stage: Callable[[str, int], Any]) -> dict[str, int]:
    """Every row of one store into another, which must be empty; gives the number of rows of each table.

    `stage(table, rows)` begins a bar and gives what counts it on. Raises `ValueError` naming the tables whose rows are
    not the same afterwards. Of two engines one may number rows otherwise: `key` columns are not compared.
    """
    counts: dict[str, int] = {}
    wrong = []
    with source.reading() as connection:  # one state of the source throughout, whoever writes meanwhile
        for table in tables():
            total = connection.execute(select(func.count()).select_from(table)).scalar_one()
            columns = [column for column in table.c if column.name != "key"]
            with stage(table.name, 2 * total) as advance:
                before = Sum(nul=target.dialect == "postgresql")
                with target.bulk_load(advance) as load:
                    load.rows(table.name, before.over(_stream(source, columns)), [column.name for column in columns])
                after = Sum()
                for _ in after.over(_stream(target, columns)):
                    if after.rows % BATCH == 0:
                        advance(BATCH)
            counts[table.name] = after.rows
            if (before.rows, before.value) != (after.rows, after.value):
                wrong.append(table.name)
    if wrong:
        raise ValueError(", ".join(wrong))
    return counts


def holds_anything(store: Store) -> bool:
    """Whether any table of the store has a row."""
    with store.reading() as connection:
        return any(connection.execute(select(table).limit(1)).first() for table in tables())


def tables() -> list[Table]:
    """All tables that a copy of the store holds, each after those it refers to."""
    return [each for each in schema.metadata.sorted_tables if each.name not in ("claims", "touched")]


# In JSON; a backslash before u0000 that somebody wrote is another thing.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


class Sum:
    """A sum over rows in any order: the hashes of the rows added up (modulo 2^256)."""

    def __init__(self, *, nul: bool = False) -> None:
        self.rows, self.value, self._nul = 0, 0, nul

    def over(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """The same rows, counted and summed as they pass."""
        for row in rows:
            line = json.dumps(list(row), default=_plain, ensure_ascii=False, sort_keys=True)
            if self._nul:
                line = _NUL.sub(lambda found: f"{found[1]}\ufffd", line)
            digest = hashlib.sha256(line.encode("utf-8", "backslashreplace")).digest()
            self.value = (self.value + int.from_bytes(digest, "big")) % 2**256
            self.rows += 1
            yield row


def _stream(store: Store, columns: Sequence[Column[Any]]) -> Iterator[Sequence[Any]]:
    with store.reading() as connection:
        yield from connection.execute(select(*columns), execution_options={"yield_per": BATCH})


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _values(
    table: Table, columns: Sequence[Column[Any]], rows: Sequence[Sequence[Any]], connection: Connection
) -> Iterable[Sequence[Any]]:
    """The rows as the driver takes them."""
    dialect = connection.dialect
    makers: list[Callable[[Any], Any] | None] = []
    for column in columns:
        if isinstance(column.type, JSON):
            makers.append(_json)
        elif dialect.name == "sqlite":
            makers.append(column.type.dialect_impl(dialect).bind_processor(dialect))
        else:
            makers.append(None)
    if not any(makers):
        return rows
    changed = [number for number, make in enumerate(makers) if make]
    out = []
    for row in rows:
        values = list(row)
        for number in changed:
            values[number] = makers[number](values[number])  # type: ignore[misc]
        out.append(values)
    return out


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _json(value: Any) -> str:
    # Most are empty, and looking is faster than encoding.
    return "[]" if value == [] else "{}" if value == {} else _encode(value)


def _next_numbers(connection: Connection) -> None:
    """Numbers that the server gives go on after those that were loaded."""
    for table in schema.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
            connection.execute(
                text(
                    f"SELECT setval({sequence}, greatest(newest, pg_sequence_last_value({sequence}::regclass))) "
                    f'FROM (SELECT max("{column.name}") AS newest FROM {table.name}) AS there WHERE newest IS NOT NULL'
                )
            )
