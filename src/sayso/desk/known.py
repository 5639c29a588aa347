"""The desk's actors and outlets by name: in memory where they are few, looked up in the store where they are many.

In: the store. Out: an `ActorIndex`. Half a million names take seconds to load and a fraction of a millisecond to look up.
"""

from __future__ import annotations

from sayso.link import ActorIndex, Match
from sayso.link.actors import exact_keys, loose_keys, valid_on
from sayso.records import Actor
from sayso.store import Store

IN_MEMORY = 5000  # actors up to which a desk loads them all
_MOST = 200_000  # names whose answers are remembered


def known_actors(store: Store) -> ActorIndex:
    """The desk's actors, found by any of their names."""
    if store.actor_names.count() <= IN_MEMORY:
        return ActorIndex(store.settings.actors(), store.settings.outlets())
    if not store.actor_names.ready():
        store.actor_names.build(store.settings.actors())
    return KeptActors(store)


class KeptActors(ActorIndex):
    """The same answers as an `ActorIndex` of all actors gives; only what is asked for is loaded."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._count = store.actor_names.count()
        self._loaded: dict[str, Actor | None] = {}
        self._matches: dict[tuple[str, str | None], Match | None] = {}
        self._below: dict[str, frozenset[str]] = {}
        super().__init__((), store.settings.outlets())

    def __len__(self) -> int:
        return self._count

    def actors(self) -> tuple[Actor, ...]:
        """All actors, in the order of the file: loaded anew at each call."""
        return tuple(self._store.settings.actors())

    def get(self, key: str) -> Actor | None:
        """The actor with this id."""
        if key not in self._loaded:
            self._loaded[key] = self._store.settings.actor(key)
        return self._loaded[key]

    def match(self, name: str, on: str | None = None) -> Match | None:
        """As `ActorIndex.match`."""
        asked = (name, on)
        if asked not in self._matches:
            if len(self._matches) >= _MOST:
                self._matches.clear()
            self._matches[asked] = self._look_up(name, on)
        return self._matches[asked]

    def _look_up(self, name: str, on: str | None) -> Match | None:
        key = exact_keys([name])[0]
        if not key:
            return None
        exact, loose = self._store.actor_names.bearers(key, loose_keys([name])[0])
        held = _by_actor(exact)
        if held:
            valid = [each for each in held if valid_on(self._actor(each[0]), on)]
            return self._matched(valid[0]) if len(valid) == 1 else None
        held = _by_actor(loose)
        if len(held) != 1 or not valid_on(self._actor(held[0][0]), on):
            return None
        return self._matched(held[0])

    def _actor(self, key: str) -> Actor:
        actor = self.get(key)
        assert actor is not None  # names go with their actor
        return actor

    def _matched(self, named: tuple[str, int]) -> Match:
        actor = self._actor(named[0])
        return Match(actor.id, actor.name, (actor.name, *actor.aliases)[named[1] + 1])

    def wholes(self, key: str) -> tuple[str, ...]:
        """What an actor is part of, from its own id upwards."""
        chain: list[str] = []
        actor = self.get(key)
        while actor is not None and actor.id not in chain:
            chain.append(actor.id)
            actor = self.get(actor.part_of) if actor.part_of else None
        return tuple(chain)

    def parts(self, key: str) -> frozenset[str]:
        """An actor's id with the ids of everything that is part of it, however far down."""
        if key not in self._below:
            found, level = {key}, [key]
            while level:
                level = [each for each in self._store.actor_names.parts(level) if each not in found]
                found.update(level)
            self._below[key] = frozenset(found)
        return self._below[key]


def _by_actor(names: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """One name for each actor: the first that matched."""
    first: dict[str, tuple[str, int]] = {}
    for each in names:
        first.setdefault(each[0], each)
    return list(first.values())
