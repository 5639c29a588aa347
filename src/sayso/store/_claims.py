"""Who works on what: several runs on one store share the work, and whatever a killed one held is free again at once.

On PostgreSQL what waits for a stage stands in `claims`, and a worker holds the locks of the rows that it works on: the
others pass over them (SKIP LOCKED), and the server lets go of them when the worker's connection ends, however it ends.
On SQLite a worker claims nothing: it begins at a place of its own and passes over what others have done meanwhile.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from sayso.errors import SaysoError
from sayso.store._engine import WRITERS
from sayso.store._part import Part
from sayso.store._progress import JOIN, TRACK
from sayso.store.schema import claims

AT_ONCE = 4  # documents that a worker holds, by default
BATCH = 5000
_ALONE = {JOIN: WRITERS + 1, TRACK: WRITERS + 2}


class _Asked:
    """Notes whether whoever asked for a batch has gone, with an error of his own, instead of asking for the next."""

    gone = False

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.gone = kind is GeneratorExit


@contextmanager
def _left_in_silence() -> Iterator[_Asked]:
    """Nobody hears then that the claims' connection could not be ended: it has ended, and the claims with it."""
    asked = _Asked()
    try:
        yield asked
    except SaysoError:
        if not asked.gone:
            raise


class Claims(Part):
    """The table `claims`."""

    def share(self, stage: str, waiting: Sequence[str], producer: str, *, at_once: int = 0) -> Iterator[Sequence[str]]:
        """What waits for a stage, a few subjects at a time, each for one worker; a batch is over when the next is asked
        for. Ends when all that waited is done, by whomever: also what a worker held that was killed."""
        if self.store.dialect == "sqlite":
            begin = random.randrange(len(waiting)) if waiting else 0
            turned, size = [*waiting[begin:], *waiting[:begin]], at_once or 1
            for start in range(0, len(turned), size):
                batch = turned[start : start + size]
                left = [each for each in batch if not self.store.progress.is_done(stage, each, producer)]
                if left:
                    yield left
            return
        self._note(stage, waiting)
        mine = claims.c.stage == stage
        some = select(claims.c.subject).where(mine).order_by(claims.c.subject)
        while True:
            with _left_in_silence() as asked, self.store.claiming() as connection:
                taken = list(
                    connection.execute(some.limit(at_once or AT_ONCE).with_for_update(skip_locked=True)).scalars()
                )
                if not taken:
                    # Others work on the rest: until the first of them has done its part, or died.
                    taken = list(connection.execute(some.limit(1).with_for_update()).scalars())
                if not taken and connection.execute(some.limit(1)).first() is None:
                    return
                left = [each for each in taken if not self.store.progress.is_done(stage, each, producer)]
                if left:
                    with asked:
                        yield left
                connection.execute(delete(claims).where(mine, claims.c.subject.in_(taken)))
            if asked.gone:
                return

    @contextmanager
    def alone(self, stage: str) -> Iterator[None]:
        """While one worker does a stage of the whole desk, others that want to do it wait (on PostgreSQL)."""
        if self.store.dialect == "sqlite":
            yield
            return
        with self.store.claiming() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ALONE[stage]})"))
            yield

    def _note(self, stage: str, waiting: Sequence[str]) -> None:
        for start in range(0, len(waiting), BATCH):
            rows = [{"stage": stage, "subject": each} for each in waiting[start : start + BATCH]]
            with self.store.transaction() as connection:
                connection.execute(insert(claims).on_conflict_do_nothing(), rows)
