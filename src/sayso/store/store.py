"""`Store`: one desk's database, on SQLite or PostgreSQL. Its parts hold the records of one stage each.

    with store.transaction():
        store.documents.put(document)
        store.progress.mark("read", document.sha256, producer)

Whatever is called inside `transaction()` is written together or not at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from sayso.store._accounts import Accounts
from sayso.store._actor_names import ActorNames
from sayso.store._analyses import Analyses
from sayso.store._briefs import Briefs
from sayso.store._bulk import BulkLoad
from sayso.store._captures import Captures
from sayso.store._claims import Claims
from sayso.store._codings import Codings
from sayso.store._columns import Columns
from sayso.store._documents import Documents
from sayso.store._engine import SHARED, open_engine, shown, told
from sayso.store._items import Items
from sayso.store._jobs import Jobs, SavedSearches
from sayso.store._joins import Joins
from sayso.store._kept import Kept
from sayso.store._lines import Lines
from sayso.store._pairs import Pairs
from sayso.store._people import People
from sayso.store._places import QuotedPlaces
from sayso.store._progress import Progress
from sayso.store._query import Statements
from sayso.store._reviews import Reviews
from sayso.store._same_items import SameItems
from sayso.store._settings import SettingsTables
from sayso.store._versions import Versions
from sayso.store.dump import fingerprint
from sayso.store.schema import runs, settings_files, touched


class Store:
    """The database at `where`: the path of a SQLite file, or postgresql://USER@HOST/DATABASE.

    Safe to use from several threads; each has its own transaction. Raises `SaysoError` when there is no desk's database
    or its server cannot be reached, `UsageError` for an address that is none.
    """

    def __init__(self, where: Path | str, *, beside: Path | None = None) -> None:
        """`beside` is a file in which the columns of a large desk may be kept (see `Columns.keep`)."""
        self.where, self.beside = where, beside
        self.engine = open_engine(where)
        self._local = threading.local()
        self.captures = Captures(self)
        self.documents = Documents(self)
        self.analyses = Analyses(self)
        self.statements = Statements(self)
        self.codings = Codings(self)
        self.people = People(self)
        self.accounts = Accounts(self)
        self.jobs = Jobs(self)
        self.saved_searches = SavedSearches(self)
        self.briefs = Briefs(self)
        self.reviews = Reviews(self)
        self.quoted_places = QuotedPlaces(self)
        self.items = Items(self)
        self.joins = Joins(self)
        self.lines = Lines(self)
        self.pairs = Pairs(self)
        self.same_items = SameItems(self)
        self.versions = Versions(self)
        self.settings = SettingsTables(self)
        self.actor_names = ActorNames(self)
        self.progress = Progress(self)
        self.claims = Claims(self)
        self.columns = Columns(self)
        self.kept = Kept(self)

    @contextmanager
    def transaction(self, *, shared: bool = False) -> Iterator[Connection]:
        """A connection that may write; committed at the end of the outermost one, rolled back on an error.

        On PostgreSQL others that are `shared` may write at the same time: for what one worker alone has to do with, a
        document that it has claimed and whatever hangs on it.
        """
        with self._connection(write=SHARED if shared else True) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the desk throughout, also while others write."""
        with self._connection(write=False) as connection:
            yield connection

    @contextmanager
    def claiming(self) -> Iterator[Connection]:
        """A connection that only holds claims (see `Claims`), beside those that read and write."""
        with (
            told(self.where),
            self.engine.connect().execution_options(claims=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _connection(self, *, write: bool | str) -> Iterator[Connection]:
        current: tuple[Connection, bool | str] | None = getattr(self._local, "current", None)
        if current and (current[1] or not write):
            yield current[0]
            return
        # A write within a long read gets a connection of its own: the reader keeps its state.
        with (
            told(self.where),
            self.engine.connect().execution_options(write=write) as connection,
            connection.begin(),
        ):
            self._local.current = (connection, write)
            try:
                yield connection
            finally:
                self._local.current = current

    @property
    def writing(self) -> bool:
        """Whether this thread is within a transaction that writes: what it reads may never be committed."""
        current = getattr(self._local, "current", None)
        return bool(current and current[1])

    def fingerprint(self) -> dict[str, str]:
        """Table name -> hash of its content, without moments and work tables: equal for equal desks."""
        with self.reading() as connection:
            return fingerprint(connection)

    def bulk_load(self, advance: Callable[[int], None] = lambda more: None) -> BulkLoad:
        """Many records at once (see `BulkLoad`); `advance` hears how many more rows are in."""
        return BulkLoad(self, advance)

    def analyze(self) -> None:
        """Let the database look how its rows are spread, so that it finds them on the shortest way; after a bulk load."""
        sqlite = self.dialect == "sqlite"
        with (
            told(self.where),
            self.engine.connect().execution_options(write=sqlite, claims=True) as connection,
            connection.begin(),
        ):
            connection.execute(text("ANALYZE"))
            if sqlite:
                # An index whose rows are all alike (nearly always: all empty) would never be used again, although what is
                # looked for in it is the rare other value.
                for index, stat in connection.execute(text("SELECT idx, stat FROM sqlite_stat1 WHERE idx > ''")).all():
                    rows, alike = stat.split()[:2]
                    if rows == alike:
                        connection.execute(text("DELETE FROM sqlite_stat1 WHERE idx = :idx"), {"idx": index})
                connection.execute(text("ANALYZE sqlite_schema"))  # which reads them again

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @property
    def name(self) -> str:
        """Where the store is, without a password."""
        return shown(self.where)

    def state(self) -> tuple[object, ...]:
        """Another value whenever what a page shows of statements, codings, lines or settings may have changed, whoever
        changed it; cheap to ask for."""
        with self.reading() as connection:
            versions = connection.execute(
                select(settings_files.c.name, settings_files.c.version).order_by(settings_files.c.name)
            )
            return (
                connection.execute(select(func.max(touched.c.at))).scalar(),
                connection.execute(select(func.count(runs.c.finished_at), func.max(runs.c.finished_at))).one(),
                *versions.all(),
            )

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()
