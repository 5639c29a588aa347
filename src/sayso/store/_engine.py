"""The connection to the database, SQLite or PostgreSQL, and the migration of older schemas on opening.

In: the path of a SQLite file, or the address of a PostgreSQL database. Out: an engine whose schema is `HEAD`.
What differs between the two in full text is in `_fulltext`; everything else is told apart here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError

from sayso.errors import SaysoError, UsageError

HEAD = "0007"  # the newest migration; a test holds it to the folder
MIGRATIONS = Path(__file__).parent / "migrations"
WAIT_MS = 30_000  # how long a writer waits for another process that writes
CACHE_KB = 8_192  # a connection to SQLite; a busy workbench has twenty, and the system keeps the file in memory anyway
BULK_CACHE_KB = 400_000  # during a bulk load
CONNECT_S = 10  # how long a server may take to answer
# Advisory locks of a PostgreSQL desk. Writers take the first, alone; those who write what is theirs alone, a document that
# they have claimed, share it. Whoever commits takes the second while it numbers what it touched (migration 0005).
WRITERS = 0x5A7_5A70
NUMBERS = 0x5A7_5A73
SHARED = "shared"  # in place of True in the option `write`
NAMES = ("postgresql", "postgres", "postgresql+psycopg")


def open_engine(where: Path | str) -> Engine:
    """The engine of the database at `where` (a SQLite file is made when it is not there), migrated to `HEAD`.

    Raises `SaysoError` for a file that is no database, a server that does not answer, or a database that a newer sayso
    made, and `UsageError` for an address that is none, or when psycopg is missing.
    """
    engine = _sqlite(where) if isinstance(where, Path) else _postgresql(where)
    try:
        migrate(engine)
    except DatabaseError as error:
        engine.dispose()
        raise _refused(where, error) from None
    except SaysoError:
        engine.dispose()
        raise
    return engine


def shown(where: Path | str) -> str:
    """Where the store is, as it may be told: without the password."""
    return str(where) if isinstance(where, Path) else _url(where).render_as_string(hide_password=True)


def _sqlite(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)), json_serializer=_json, connect_args={"timeout": WAIT_MS / 1000}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(where: str) -> Engine:
    url = _url(where)
    try:
        import psycopg
    except ImportError:
        raise UsageError(
            'a desk on PostgreSQL needs psycopg: install it with `pip install "sayso[postgres]"`, or set store = "" in '
            "sayso.toml to keep the desk in a file"
        ) from None
    del psycopg
    query = {"connect_timeout": str(CONNECT_S), "application_name": "sayso", **url.query, "client_encoding": "utf8"}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg", query=query),
        json_serializer=_json,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=30,
    )
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _url(where: str) -> URL:
    try:
        url = make_url(where)
        if url.drivername not in NAMES or "@" in (url.host or ""):  # an @ there is the end of a password
            raise ArgumentError("")
    except (ArgumentError, ValueError):
        # The address itself is not repeated: it may hold a password.
        raise UsageError(
            "the store's address cannot be understood: write postgresql://USER@HOST:PORT/DATABASE, with %40 for an @ in "
            "a password, or an empty one for a file in the desk's folder"
        ) from None
    return url


def _refused(where: Path | str, error: DatabaseError) -> SaysoError:
    said = " ".join(str(error.orig).split()) or type(error.orig).__name__
    if isinstance(where, Path):
        return SaysoError(f"{where}: cannot be opened as a desk's database ({said})")
    password = _url(where).password
    if password:
        said = said.replace(str(password), "***")
    if not isinstance(error, OperationalError):
        return SaysoError(f"{shown(where)}: cannot be used as a desk's database ({said})")
    return SaysoError(f"{shown(where)}: the database cannot be reached ({said}); see `store` in sayso.toml")


_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")


@contextmanager
def told(where: Path | str) -> Iterator[None]:
    """What a database that is locked, full or gone in the midst of the work makes of it: one line, and it can go on later."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        said = " ".join(str(error.orig).split())
        if isinstance(where, Path):
            if not getattr(error.orig, "sqlite_errorname", "").startswith(_BUSY):
                raise
            raise SaysoError(f"{where}: the database gives no answer ({said}); run it again to go on") from None
        if not _lost(error):
            raise
        raise SaysoError(f"{shown(where)}: the connection was lost ({said}); run it again to go on") from None


def _lost(error: DBAPIError) -> bool:
    return error.connection_invalidated or not getattr(error.orig, "sqlstate", None)


def migrate(engine: Engine) -> None:
    """Bring the schema to `HEAD`; does nothing (and imports no Alembic) when it is there already."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            _check(connection)
        version = _version(connection)
    if version == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, HEAD)
        except CommandError as error:
            raise SaysoError(
                f"the desk's database has schema {version}, made by a newer sayso: update sayso"
            ) from error
        if engine.dialect.name == "postgresql":
            _plain_order(connection)


def _check(connection: Connection) -> None:
    """Raises `SaysoError` for a PostgreSQL database that could not keep every text."""
    raw: Any = connection.connection.driver_connection
    encoding = raw.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        name = connection.engine.url.database
        raise SaysoError(
            f"the PostgreSQL database {name} has the encoding {encoding}, which cannot keep every text: make one with "
            "ENCODING 'UTF8' TEMPLATE template0"
        )


def _plain_order(connection: Connection) -> None:
    """Texts are compared by their code points and may be of any length, as on SQLite: the same first address, the same
    order, whatever the server's language."""
    found = connection.execute(
        text(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = "
            "current_schema() AND data_type IN ('text', 'character varying') AND (collation_name IS DISTINCT FROM 'C' "
            "OR character_maximum_length IS NOT NULL) AND table_name <> 'alembic_version' AND table_name IN "
            "(SELECT tablename FROM pg_tables WHERE schemaname = current_schema())"
        )
    ).all()
    tables: dict[str, list[str]] = {}
    for table, column, kind in found:
        sql = "text" if kind == "text" else "varchar"
        tables.setdefault(table, []).append(f'ALTER COLUMN "{column}" TYPE {sql} COLLATE "C"')
    for table, changes in sorted(tables.items()):
        connection.execute(text(f'ALTER TABLE "{table}" {", ".join(changes)}'))


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where the driver guesses
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={WAIT_MS}",
        f"cache_size=-{CACHE_KB}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: two writers wait for each other here instead of failing half-way.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    from psycopg.types.string import StrDumper

    class WithoutNul(StrDumper):
        """PostgreSQL keeps no NUL in a text; in its place stands the sign for what cannot be shown."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\x00", "\ufffd") if "\x00" in obj else obj)

    connection.adapters.register_dumper(str, WithoutNul)


def _begin_postgresql(connection: Connection) -> None:
    options = connection.get_execution_options()
    if write := options.get("write", False):
        # One writes at a time, as on SQLite, and never waits for a row; workers of a run write at once, each its document.
        lock = "pg_advisory_xact_lock_shared" if write == SHARED else "pg_advisory_xact_lock"
        connection.exec_driver_sql(f"SELECT {lock}({WRITERS})")
    elif not options.get("claims", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


_json = partial(json.dumps, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
