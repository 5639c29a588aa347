"""Names of actors as they are looked up, so that a desk of a hundred thousand actors opens at once.

In: actors. Out: for a folded name the actors that bear it. The table is made with the actors, and made anew when it was
made by another way of folding (or is missing, after an upgrade).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection, delete, func, insert, select

from sayso.records import Actor
from sayso.store._part import Part
from sayso.store.schema import actor_names, actors

LONGEST = 200  # characters of a folded name that are kept
OWN = -1  # the position of an actor's own name, before its aliases
_BATCH = 5000
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

    def exact(self, key: str) -> list[tuple[str, int]]:
        """(actor, position) of every name with this exact key, in the order of the file."""
        return self._bearers(actor_names.c.exact == key[:LONGEST])

    def loose(self, key: str) -> list[tuple[str, int]]:
        """(actor, position) of every name with this loose key."""
        return self._bearers(actor_names.c.loose == key[:LONGEST])

    def _bearers(self, wanted: object) -> list[tuple[str, int]]:
        query = (
            select(actor_names.c.actor_id, actor_names.c.position)
            .join(actors, actors.c.id == actor_names.c.actor_id)
            .where(wanted)  # type: ignore[arg-type]
            .order_by(actors.c.position, actor_names.c.position)
        )
        with self.store.reading() as connection:
            return [(row.actor_id, row.position) for row in connection.execute(query)]

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
