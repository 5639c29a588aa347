"""Names of actors as they are looked up, so that a desk of a hundred thousand actors opens at once.

In: actors. Out: for a folded name the actors that bear it. The table is made with the actors, and made anew when it was
made by another way of folding (or is missing, after an upgrade).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from sayso.records import Actor
from sayso.store._part import Part
from sayso.store.schema import actor_names, actors

LONGEST = 200  # characters of a folded name that are kept
OWN = -1  # the position of an actor's own name, before its aliases
_BATCH = 5000
_BEARERS = (
    select(actor_names)
    .join(actors, actors.c.id == actor_names.c.actor_id)
    .where((actor_names.c.exact == bindparam("exact")) | (actor_names.c.loose == bindparam("loose")))
    .order_by(actors.c.position, actor_names.c.position)
)
_READY = "actor names"


class ActorNames(Part):
    """The table `actor_names`, and single actors by id."""

    def ready(self) -> bool:
        """Whether the table holds the names of the actors that are there, folded as they are now."""
        return self.store.progress.recall(_READY) == self._stamp()

    def build(self, records: Iterable[Actor], advance: Callable[[int], None] = lambda n: None) -> None:
        """Make the table anew from all actors; `advance` hears how many more actors are in."""
        listed = list(records)
        with self.store.transaction() as connection:
            connection.execute(delete(actor_names))
            for start in range(0, len(listed), _BATCH):
                batch = listed[start : start + _BATCH]
                put_names(connection, batch)
                advance(len(batch))
            self.made()

    def made(self) -> None:
        """Note that the table is made."""
        self.store.progress.remember(_READY, self._stamp())

    def _stamp(self) -> str:
        from sayso.link.actors import KEYING

        return f"{KEYING} {self.store.settings.version('actors')}"

    def count(self) -> int:
        """How many actors there are."""
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(actors)).scalar_one()

    def bearers(self, exact: str, loose: str) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
        """(actor, position) of the names with this exact key, and of those with this loose key, in the file's order."""
        keys = {"exact": exact[:LONGEST], "loose": loose[:LONGEST]}
        with self.store.reading() as connection:
            rows = connection.execute(_BEARERS, keys).all()
        return (
            [(row.actor_id, row.position) for row in rows if row.exact == keys["exact"]],
            [(row.actor_id, row.position) for row in rows if row.loose == keys["loose"]],
        )

    def parts(self, keys: Sequence[str]) -> list[str]:
        """The ids of what is directly part of these."""
        query = select(actors.c.id).where(actors.c.part_of.in_(list(keys))).order_by(actors.c.id)
        with self.store.reading() as connection:
            return list(connection.execute(query).scalars())


def put_names(connection: Connection, batch: Sequence[Actor]) -> None:
    """Keep the folded names of some actors."""
    from sayso.link.actors import exact_keys, loose_keys

    named = [
        (actor.id, position, name) for actor in batch for position, name in enumerate((actor.name, *actor.aliases), OWN)
    ]
    names = [name for _, _, name in named]
    rows = [
        {"actor_id": key, "position": position, "exact": exact[:LONGEST], "loose": loose[:LONGEST]}
        for (key, position, _), exact, loose in zip(named, exact_keys(names), loose_keys(names), strict=True)
        if exact
    ]
    if rows:
        connection.execute(insert(actor_names), rows)
