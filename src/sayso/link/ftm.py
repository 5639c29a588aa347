"""Actors as FollowTheMoney entities (https://followthemoney.tech), one JSON object a line, and back.

A person is a Person, everything else an Organization whose kind is its classification; `part_of` is an UnknownLink with the
role "part of". In reading, any schema for people or bodies is taken, and memberships, employments and the like as `part_of`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sayso.errors import SettingsError
from sayso.records import Actor

_PEOPLE = {"Person"}
_BODIES = {"Organization", "Company", "LegalEntity", "PublicBody"}
_LINKS = {  # schema -> properties for the part and the whole
    "UnknownLink": ("subject", "object"),
    "Membership": ("member", "organization"),
    "Employment": ("employee", "employer"),
    "Directorship": ("director", "organization"),
    "Ownership": ("asset", "owner"),
}
_KINDS = ("group", "office", "organization")


def to_ftm(actors: Iterable[Actor]) -> Iterator[dict[str, Any]]:
    """Entities for the actors, the links after the entities they join."""
    links = []
    for actor in actors:
        properties: dict[str, list[str]] = {"name": [actor.name]}
        if actor.aliases:
            properties["alias"] = list(actor.aliases)
        if actor.notes:
            properties["notes"] = [actor.notes]
        if actor.kind != "person":
            properties["classification"] = [actor.kind]
        person = actor.kind == "person"
        for field, value in (("birthDate" if person else "incorporationDate", actor.valid_from),
                             ("deathDate" if person else "dissolutionDate", actor.valid_until)):  # fmt: skip
            if value:
                properties[field] = [value]
        yield {"id": actor.id, "schema": "Person" if person else "Organization", "properties": properties}
        if actor.part_of:
            links.append({
                "id": f"{actor.id}-part-of-{actor.part_of}",
                "schema": "UnknownLink",
                "properties": {"subject": [actor.id], "object": [actor.part_of], "role": ["part of"]},
            })  # fmt: skip
    yield from links


def from_ftm(lines: Iterable[str], file: str = "entities") -> list[Actor]:
    """Actors from lines of JSON entities. Raises SettingsError naming file and line."""
    found: dict[str, dict[str, Any]] = {}
    wholes: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entity = json.loads(line)
            schema, key, properties = entity["schema"], str(entity["id"]), entity.get("properties", {})
            if schema in _LINKS:
                part, whole = (properties.get(name, []) for name in _LINKS[schema])
                for one in part:
                    wholes.setdefault(str(one), str(whole[0]))
                continue
            if schema not in _PEOPLE | _BODIES:
                continue
            names = [str(n) for n in [*properties.get("name", []), entity.get("caption")] if n]
            if not names:
                raise ValueError("has no name")
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise SettingsError(f"{file}:{number}: no FollowTheMoney entity ({_reason(error)})") from None
        if key in found:
            raise SettingsError(f"{file}:{number}: id {key!r} is used twice")
        person = schema in _PEOPLE
        kinds = [k for k in properties.get("classification", []) if k in _KINDS]
        aliases = [*names[1:], *properties.get("alias", []), *properties.get("weakAlias", [])]
        found[key] = {
            "id": key,
            "name": names[0],
            "kind": "person" if person else kinds[0] if kinds else "organization",
            "aliases": tuple(dict.fromkeys(str(a) for a in aliases if a != names[0])),
            "valid_from": _first(properties, "birthDate" if person else "incorporationDate"),
            "valid_until": _first(properties, "deathDate" if person else "dissolutionDate"),
            "notes": " ".join(map(str, properties.get("notes", []))),
        }
    return [Actor(**row, part_of=wholes.get(key) if wholes.get(key) in found else None) for key, row in found.items()]


def _first(properties: dict[str, Any], name: str) -> str | None:
    values = properties.get(name) or []
    return str(values[0]) if values else None


def _reason(error: Exception) -> str:
    return f"lacks {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
