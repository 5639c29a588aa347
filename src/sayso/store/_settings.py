"""Actors, outlets, topics and codebook: the store is the truth, the YAML files are its readable form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update

from sayso.records import Actor, Outlet
from sayso.store._actor_names import put_names
from sayso.store._part import Part
from sayso.store._progress import now
from sayso.store._rows import put_row
from sayso.store.ids import stable_id
from sayso.store.schema import actor_names, actors, aliases, codebooks, outlets, settings_files, topics

BATCH = 5000  # rows an INSERT; between batches the caller hears of the progress


class SettingsTables(Part):
    """The tables `actors`, `aliases`, `outlets`, `topics`, `codebooks` and `settings_files`.

    Every `put_…` marks the table as edited; `agree` says that file and store hold the same again.
    """

    def put_actors(self, records: Iterable[Actor], advance: Callable[[int], None] = lambda n: None) -> None:
        """Keep these actors in place of all others; `advance` hears how many more are in."""
        listed = list(records)
        with self.store.transaction() as connection:
            connection.execute(delete(actor_names))
            connection.execute(delete(aliases))
            connection.execute(delete(actors))
            for start in range(0, len(listed), BATCH):
                batch = list(enumerate(listed[start : start + BATCH], start))
                connection.execute(
                    insert(actors),
                    [
                        {
                            "id": a.id,
                            "name": a.name,
                            "kind": a.kind,
                            "part_of": a.part_of,
                            "valid_from": a.valid_from,
                            "valid_until": a.valid_until,
                            "notes": a.notes,
                            "position": position,
                        }
                        for position, a in batch
                    ],
                )
                names = [
                    {"actor_id": a.id, "position": i, "alias": alias}
                    for _, a in batch
                    for i, alias in enumerate(a.aliases)
                ]
                if names:
                    connection.execute(insert(aliases), names)
                put_names(connection, [a for _, a in batch])
                advance(len(batch))
            self._edited("actors", [{name: getattr(a, name) for name in Actor.__slots__} for a in listed])
            self.store.actor_names.made()

    def actors(self) -> list[Actor]:
        """All actors in the order of the file."""
        with self.store.reading() as connection:
            names: dict[str, list[str]] = {}
            for actor, alias in connection.execute(
                select(aliases.c.actor_id, aliases.c.alias).order_by(aliases.c.actor_id, aliases.c.position)
            ):
                names.setdefault(actor, []).append(alias)
            return [
                Actor(r.id, r.name, r.kind, tuple(names.get(r.id, ())), r.part_of, r.valid_from, r.valid_until, r.notes)
                for r in connection.execute(select(actors).order_by(actors.c.position))
            ]

    def actor(self, key: str) -> Actor | None:
        """One actor."""
        with self.store.reading() as connection:
            r = connection.execute(select(actors).where(actors.c.id == key)).first()
            if r is None:
                return None
            names = select(aliases.c.alias).where(aliases.c.actor_id == key).order_by(aliases.c.position)
            found = tuple(connection.execute(names).scalars())
            return Actor(r.id, r.name, r.kind, found, r.part_of, r.valid_from, r.valid_until, r.notes)

    def put_outlets(self, records: Iterable[Outlet]) -> None:
        """Keep these outlets in place of all others."""
        rows = [
            {
                "id": o.id,
                "name": o.name,
                "aliases": list(o.aliases),
                "domains": list(o.domains),
                "actor": o.actor,
                "medium": o.medium,
                "notes": o.notes,
                "position": position,
            }
            for position, o in enumerate(records)
        ]
        with self.store.transaction() as connection:
            connection.execute(delete(outlets))
            if rows:
                connection.execute(insert(outlets), rows)
            self._edited("outlets", rows)

    def outlets(self) -> list[Outlet]:
        """All outlets in the order of the file."""
        with self.store.reading() as connection:
            return [
                Outlet(r.id, r.name, tuple(r.aliases), tuple(r.domains), r.actor, r.medium, r.notes)
                for r in connection.execute(select(outlets).order_by(outlets.c.position))
            ]

    def put_topics(self, definitions: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep these topics (id -> definition as in topics.yaml) in place of all others."""
        rows = [
            {"id": key, "definition": dict(definition), "position": position}
            for position, (key, definition) in enumerate(definitions.items())
        ]
        with self.store.transaction() as connection:
            connection.execute(delete(topics))
            if rows:
                connection.execute(insert(topics), rows)
            self._edited("topics", rows)

    def topics(self) -> dict[str, dict[str, Any]]:
        """Topic id -> definition, in the order of the file."""
        with self.store.reading() as connection:
            return {r.id: r.definition for r in connection.execute(select(topics).order_by(topics.c.position))}

    def put_codebook(self, version: str, content: str) -> None:
        """Make this codebook the current one. Older versions stay: codings name the one they were made under."""
        with self.store.transaction() as connection:
            connection.execute(update(codebooks).values(current=False))
            known = connection.execute(select(codebooks.c.version).where(codebooks.c.version == version)).first()
            if known:
                connection.execute(
                    update(codebooks).where(codebooks.c.version == version).values(current=True, content=content)
                )
            else:
                row = {"version": version, "content": content, "current": True, "made_at": now()}
                connection.execute(insert(codebooks).values(row))
            self._edited("codebook", version)

    def codebook(self) -> str | None:
        """The text of the current codebook."""
        with self.store.reading() as connection:
            return connection.execute(select(codebooks.c.content).where(codebooks.c.current)).scalar()

    def version(self, name: str) -> str:
        """Of the content of actors, outlets, topics or codebook: equal content, equal version; "" for none yet."""
        query = select(settings_files.c.version).where(settings_files.c.name == name)
        with self.store.reading() as connection:
            return connection.execute(query).scalar() or ""

    def agreed(self, name: str) -> tuple[str, bool] | None:
        """(hash of the file when it and the store last agreed, whether the store was edited since), or None."""
        query = select(settings_files.c.file_sha256, settings_files.c.edited).where(settings_files.c.name == name)
        with self.store.reading() as connection:
            row = connection.execute(query).first()
            return (row.file_sha256, row.edited) if row and row.file_sha256 else None

    def agree(self, name: str, file_sha256: str) -> None:
        """Note that the file with this hash and the store hold the same."""
        with self.store.transaction() as connection:
            connection.execute(
                update(settings_files)
                .where(settings_files.c.name == name)
                .values(file_sha256=file_sha256, edited=False)
            )

    def _edited(self, name: str, content: object) -> None:
        with self.store.transaction() as connection:
            old = connection.execute(select(settings_files.c.file_sha256).where(settings_files.c.name == name)).scalar()
            row = {"name": name, "version": stable_id(name, content), "file_sha256": old, "edited": True}
            put_row(connection, settings_files, row)
