"""What is done, what was refused and why, and the runs: a desk goes on where it stopped and can account for all."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from sayso.records import Failure
from sayso.store._part import Part
from sayso.store._rows import put_row, storable
from sayso.store.schema import documents, done, failures, runs, state

DESK = "desk"  # the subject of the stages that take the whole desk at once …
JOIN, TRACK = "join", "track"  # … these


def now() -> dt.datetime:
    """The time in UTC, as the database keeps it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


class Progress(Part):
    """The tables `done`, `failures` and `runs`."""

    def documents_without(self, stage: str, producer: str, *, after: str = "") -> list[str]:
        """The ids of the documents on which `producer` has not done `stage`, in a fixed order; of those only on which
        the stage `after` is done."""
        query = (
            select(documents.c.id)
            .outerjoin(done, (done.c.stage == stage) & (done.c.subject == documents.c.id))
            .where((done.c.producer.is_(None)) | (done.c.producer != producer))
            .order_by(documents.c.id)
        )
        if after:
            before = done.alias("before")
            query = query.join(before, (before.c.stage == after) & (before.c.subject == documents.c.id))
        with self.store.reading() as connection:
            return list(connection.execute(query).scalars())

    def is_done(self, stage: str, subject: str, producer: str) -> bool:
        """Whether `producer` did `stage` on `subject`."""
        query = select(done.c.producer).where(done.c.stage == stage, done.c.subject == subject)
        with self.store.reading() as connection:
            return connection.execute(query).scalar() == producer

    def mark(self, stage: str, subject: str, producer: str, *, redo: Iterable[str] = ()) -> None:
        """Note that `stage` is done on `subject`; the stages in `redo`, which build on it, are to be done again."""
        with self.store.transaction() as connection:
            again = list(redo)
            if again:
                connection.execute(delete(done).where(done.c.stage.in_(again), done.c.subject == subject))
            row = {"stage": stage, "subject": subject, "producer": producer}
            put_row(connection, done, row)

    def changed(self, *stages: str) -> None:
        """What these stages of the whole desk rest on has changed: they are to be done again. The last that a transaction
        should say: others who say the same wait for its end."""
        with self.store.transaction() as connection:
            connection.execute(delete(done).where(done.c.subject == DESK, done.c.stage.in_(stages)))
            for stage in stages:
                put_row(connection, state, {"name": f"changed {stage}", "value": uuid.uuid4().hex})

    def basis(self, stage: str) -> str:
        """Another value whenever what a stage of the whole desk rests on has changed."""
        return self.recall(f"changed {stage}")

    def again(self, subject: str, *stages: str) -> None:
        """These stages are to be done again on `subject`."""
        with self.store.transaction() as connection:
            connection.execute(delete(done).where(done.c.subject == subject, done.c.stage.in_(stages)))

    def forget(self, subjects: Iterable[str]) -> None:
        """Drop every mark of `subjects`."""
        with self.store.transaction() as connection:
            for subject in subjects:
                connection.execute(delete(done).where(done.c.subject == subject))

    def refuse(self, failure: Failure) -> None:
        """List a refused item with its reason; a later reason of the same stage replaces it."""
        row = {
            "path": storable(failure.path),
            "stage": failure.stage,
            "reason": storable(failure.reason),
            "failed_at": now(),
        }
        with self.store.transaction() as connection:
            put_row(connection, failures, row)

    def accept(self, path: str, stage: str) -> None:
        """Strike an item from the list of the refused: this time it worked."""
        with self.store.transaction() as connection:
            connection.execute(delete(failures).where(failures.c.path == storable(path), failures.c.stage == stage))

    def refused(self) -> list[Failure]:
        """All refused items, by stage and path."""
        query = select(failures.c.path, failures.c.stage, failures.c.reason)
        with self.store.reading() as connection:
            return [Failure(*row) for row in connection.execute(query.order_by(failures.c.stage, failures.c.path))]

    def refused_by_stage(self) -> dict[str, int]:
        """Stage -> how many items it refused."""
        query = select(failures.c.stage, func.count().label("number")).group_by(failures.c.stage)
        with self.store.reading() as connection:
            return {row.stage: row.number for row in connection.execute(query)}

    def producers(self) -> list[str]:
        """Who made what the desk holds: every producer that did a stage on a document or capture."""
        query = select(done.c.stage, done.c.producer).distinct().order_by(done.c.stage, done.c.producer)
        with self.store.reading() as connection:
            return [row.producer for row in connection.execute(query)]

    def remember(self, name: str, value: str) -> None:
        """Note a value about the work (see `recall`)."""
        with self.store.transaction() as connection:
            put_row(connection, state, {"name": name, "value": value})

    def recall(self, name: str) -> str:
        """The value that was noted under this name, or "" for none."""
        with self.store.reading() as connection:
            return connection.execute(select(state.c.value).where(state.c.name == name)).scalar() or ""

    def begin_run(self) -> int:
        """Note the begin of a run; gives its number."""
        with self.store.transaction() as connection:
            key = connection.execute(insert(runs).values(started_at=now())).inserted_primary_key
            assert key is not None
            return int(key[0])

    def end_run(self, run: int, summary: Mapping[str, Any]) -> None:
        """Note the end of a run and its summary."""
        with self.store.transaction() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(finished_at=now(), summary=dict(summary)))

    def count(self, stage: str) -> int:
        """On how many subjects `stage` is done."""
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).where(done.c.stage == stage)).scalar_one()
