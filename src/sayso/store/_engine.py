"""The connection to the database: SQLite as a desk needs it, and the migration of older schemas on opening.

In: the path of a database file. Out: an engine whose schema is `HEAD`.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError

from sayso.errors import SaysoError

HEAD = "0007"  # the newest migration; a test holds it to the folder
MIGRATIONS = Path(__file__).parent / "migrations"
WAIT_MS = 30_000  # how long a writer waits for another process that writes


def open_engine(path: Path) -> Engine:
    """The engine of the SQLite database at `path` (made when it is not there), migrated to `HEAD`.

    Raises `SaysoError` for a file that is no database or that a newer sayso made.
    """
    engine = create_engine(
        f"sqlite:///{path}",
        json_serializer=partial(json.dumps, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        connect_args={"timeout": WAIT_MS / 1000},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    try:
        migrate(engine)
    except DatabaseError as error:
        engine.dispose()
        raise SaysoError(f"{path}: cannot be opened as a desk's database ({error.orig})") from error
    return engine


def migrate(engine: Engine) -> None:
    """Bring the schema to `HEAD`; does nothing (and imports no Alembic) when it is there already."""
    with engine.connect() as connection:
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


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says, not where the driver guesses
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={WAIT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A writer takes the lock at once: two writers wait for each other here instead of failing half-way.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
