"""Jobs: what people asked the desk to do, how far it is, what came of it. And the searches that they saved.

In: a job's kind and what it was given. Out: jobs, found again after a restart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from sayso.store._part import Part
from sayso.store._progress import now
from sayso.store.schema import job_log, jobs, saved_searches

WAITING, RUNNING, DONE, FAILED, CANCELLED, INTERRUPTED = (
    "waiting",
    "running",
    "done",
    "failed",
    "cancelled",
    "interrupted",
)
OPEN = (WAITING, RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """One job, as it stands. `file` is what it wrote, below the desk's folder of jobs; `total` None: unknown."""

    id: int
    kind: str
    asked: Mapping[str, Any]
    person: str
    state: str
    made_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    stage: str
    done: int
    total: int | None
    outcome: str
    file: str
    cancel: bool
    retry_of: int | None


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search under a name; `statements` is what it found when somebody last said that they had seen them."""

    id: int
    name: str
    query: str
    person: str
    made_at: dt.datetime
    statements: int


class Jobs(Part):
    """The tables `jobs` and `job_log`."""

    def add(self, kind: str, asked: Mapping[str, Any], person: str, retry_of: int | None = None) -> int:
        """A new job that waits for its turn; gives its number."""
        row = {"kind": kind, "asked": dict(asked), "person": person, "state": WAITING, "made_at": now(), "stage": ""}
        rest = {"done": 0, "total": None, "outcome": "", "file": "", "cancel": False, "retry_of": retry_of}
        with self.store.transaction() as connection:
            key = connection.execute(insert(jobs).values(**row, **rest)).inserted_primary_key
            assert key is not None
            return int(key[0])

    def get(self, key: int) -> Job | None:
        """The job with this number."""
        with self.store.reading() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == key)).first()
        return Job(*row) if row else None

    def page(self, state: str = "", offset: int = 0, limit: int = 50) -> list[Job]:
        """Jobs, the newest first."""
        query = select(jobs).order_by(jobs.c.id.desc()).offset(offset).limit(limit)
        with self.store.reading() as connection:
            return [Job(*row) for row in connection.execute(query.where(*_in(state)))]

    def count(self, *states: str) -> int:
        """How many jobs are in one of these states; of all, where none is named."""
        query = select(func.count()).select_from(jobs)
        with self.store.reading() as connection:
            return int(connection.execute(query.where(jobs.c.state.in_(states)) if states else query).scalar_one())

    def waiting(self, kinds: Sequence[str]) -> Job | None:
        """The next job of these kinds that waits."""
        query = select(jobs).where(jobs.c.state == WAITING, jobs.c.kind.in_(kinds)).order_by(jobs.c.id).limit(1)
        with self.store.reading() as connection:
            row = connection.execute(query).first()
        return Job(*row) if row else None

    def start(self, key: int) -> bool:
        """Take a waiting job; False where somebody else has taken or cancelled it."""
        claim = update(jobs).where(jobs.c.id == key, jobs.c.state == WAITING)
        with self.store.transaction() as connection:
            return connection.execute(claim.values(state=RUNNING, started_at=now())).rowcount == 1

    def progress(self, key: int, stage: str, done: int, total: int | None) -> None:
        """How far it is."""
        with self.store.transaction() as connection:
            connection.execute(update(jobs).where(jobs.c.id == key).values(stage=stage, done=done, total=total))

    def finish(self, key: int, state: str, outcome: str, file: str = "") -> bool:
        """It has ended; False where it had ended before."""
        values = {"state": state, "outcome": outcome, "file": file, "finished_at": now()}
        with self.store.transaction() as connection:
            ended = connection.execute(update(jobs).where(jobs.c.id == key, jobs.c.state.in_(OPEN)).values(**values))
            return ended.rowcount == 1

    def ask_to_stop(self, key: int) -> None:
        """A waiting job is cancelled at once; a running one will notice."""
        with self.store.transaction() as connection:
            one = update(jobs).where(jobs.c.id == key)
            connection.execute(one.where(jobs.c.state.in_(OPEN)).values(cancel=True))
            gone = {"state": CANCELLED, "outcome": "cancelled before it began", "finished_at": now()}
            connection.execute(one.where(jobs.c.state == WAITING).values(**gone))

    def is_asked_to_stop(self, key: int) -> bool:
        """Whether somebody wants it to stop."""
        with self.store.reading() as connection:
            return bool(connection.execute(select(jobs.c.cancel).where(jobs.c.id == key)).scalar())

    def remove(self, key: int) -> None:
        """Forget a job that is over, with its log."""
        with self.store.transaction() as connection:
            connection.execute(delete(job_log).where(job_log.c.job == key))
            connection.execute(delete(jobs).where(jobs.c.id == key, jobs.c.state.not_in(OPEN)))

    def interrupt(self, why: str) -> int:
        """Mark what was running as interrupted: nobody works on it any more. Gives their number."""
        values = {"state": INTERRUPTED, "outcome": why, "finished_at": now()}
        with self.store.transaction() as connection:
            return int(connection.execute(update(jobs).where(jobs.c.state == RUNNING).values(**values)).rowcount)

    def note(self, key: int, text: str) -> None:
        """A line of the job's log."""
        with self.store.transaction() as connection:
            connection.execute(insert(job_log).values(job=key, at=now(), text=text))

    def log(self, key: int, limit: int = 1000) -> list[tuple[dt.datetime, str]]:
        """The newest lines of the log, in their order."""
        query = select(job_log.c.at, job_log.c.text).where(job_log.c.job == key).order_by(job_log.c.id.desc())
        with self.store.reading() as connection:
            return [(row.at, row.text) for row in connection.execute(query.limit(limit))][::-1]


class SavedSearches(Part):
    """The table `saved_searches`."""

    def add(self, name: str, query: str, person: str, statements: int) -> int:
        """Save a search; gives its number."""
        row = {"name": name, "query": query, "person": person, "made_at": now(), "statements": statements}
        with self.store.transaction() as connection:
            key = connection.execute(insert(saved_searches).values(**row)).inserted_primary_key
            assert key is not None
            return int(key[0])

    def all(self) -> list[SavedSearch]:
        """Every saved search, by name."""
        with self.store.reading() as connection:
            rows = connection.execute(select(saved_searches).order_by(saved_searches.c.name, saved_searches.c.id))
            return [SavedSearch(*row) for row in rows]

    def get(self, key: int) -> SavedSearch | None:
        """The search with this number."""
        with self.store.reading() as connection:
            row = connection.execute(select(saved_searches).where(saved_searches.c.id == key)).first()
        return SavedSearch(*row) if row else None

    def seen(self, key: int, statements: int) -> None:
        """Somebody has seen what it finds."""
        with self.store.transaction() as connection:
            one = update(saved_searches).where(saved_searches.c.id == key)
            connection.execute(one.values(statements=statements))

    def remove(self, key: int) -> None:
        """Forget it."""
        with self.store.transaction() as connection:
            connection.execute(delete(saved_searches).where(saved_searches.c.id == key))


def _in(state: str) -> tuple[ColumnElement[bool], ...]:
    if state == "open":
        return (jobs.c.state.in_(OPEN),)
    return (jobs.c.state == state,) if state else ()
