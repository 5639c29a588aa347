"""How several runs on one desk share its work: documents one by one, and the stages that take the whole desk at once.

In: a desk and a stage. Out: what this run is to do, or nothing where another has done it. Runs may be in several processes,
on PostgreSQL also on several machines that share the desk's folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sayso.desk.progress import Progress
from sayso.records import Document
from sayso.store import DESK

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

T = TypeVar("T")
TRIES = 3  # for a stage of the whole desk, while others go on changing what it rests on


def documents(
    desk: Desk, progress: Progress, title: str, stage: str, producer: str, *, after: str = ""
) -> Iterator[tuple[str, Document]]:
    """The documents that wait for a stage, and on which the stage `after` is done; those that another run takes are not
    among them."""
    waiting = desk.store.progress.documents_without(stage, producer, after=after)
    with progress.stage(title, len(waiting)) as advance:
        for batch in desk.store.claims.share(stage, waiting, producer):
            for key in batch:
                try:
                    document = desk.store.documents.get(key)
                except KeyError:  # another run has read its bytes anew
                    continue
                yield key, document
                advance(1)


def batches(desk: Desk, stage: str, waiting: Sequence[str], producer: str, at_once: int) -> Iterator[Sequence[str]]:
    """The subjects of a stage that this run is to do, some at a time."""
    return desk.store.claims.share(stage, waiting, producer, at_once=at_once)


@contextmanager
def finishing(desk: Desk, stage: str, subject: str, producer: str) -> Iterator[bool]:
    """The transaction in which a subject's work is written; False where another run was faster (on SQLite two may have
    begun the same). Several runs may be in such transactions at once: each writes what belongs to its subject."""
    with desk.store.transaction(shared=True):
        yield not desk.store.progress.is_done(stage, subject, producer)


def whole_desk(desk: Desk, stage: str, producer: str, work: Callable[[], Callable[[], T]]) -> T | None:
    """Does a stage of the whole desk if anything has changed since: `work` computes, what it gives back writes.

    Where another run changed the desk in the meantime it is computed again; if that goes on, it is left to the run that
    ends last. None where there was nothing to do.
    """
    progress = desk.store.progress
    with desk.store.claims.alone(stage):
        for _ in range(TRIES):
            if progress.is_done(stage, DESK, producer):
                return None
            basis = progress.basis(stage)
            keep = work()
            with desk.store.transaction():
                if progress.basis(stage) == basis:
                    kept = keep()
                    progress.mark(stage, DESK, producer)
                    return kept
    return None
