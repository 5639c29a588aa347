"""Actors as FollowTheMoney entities (https://followthemoney.tech), one JSON object a line, and back.

A person is a Person, everything else an Organization whose kind is its classification; `part_of` is an UnknownLink with the
role "part of". In reading, any schema for people or bodies is taken, and memberships, employments and the like as `part_of`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Container, Iterable, Iterator, MutableMapping
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


def from_ftm(
    lines: Iterable[str],
    file: str = "entities",
    *,
    known: Container[str] = (),
    where: MutableMapping[str, str] | None = None,
) -> list[Actor]:
    """Actors from lines of JSON entities. Raises SettingsError naming file and line.

    `known` are ids of actors outside the file of which one in it may be part; `where` is told file and line of each id.
    """
    places = {} if where is None else where
    found: dict[str, dict[str, Any]] = {}
    wholes: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entity = json.loads(line)
            schema, key, properties = entity["schema"], str(entity["id"]), entity.get("properties", {})
            if schema in _LINKS:
                part, whole = (_values(properties, name) for name in _LINKS[schema])
                for one in part:
                    wholes.setdefault(one, whole[0])
                continue
            if schema not in _PEOPLE | _BODIES:
                continue
            names = [n for n in [*_values(properties, "name"), str(entity.get("caption") or "")] if n.strip()]
            if not names:
                raise ValueError("has no name")
            if not re.fullmatch(r"[^\s/]{1,64}", key):
                raise ValueError(f"id {key[:80]!r} must have 1 to 64 characters without spaces and slashes")
            begin, end = ("birthDate", "deathDate") if schema in _PEOPLE else ("incorporationDate", "dissolutionDate")
            valid = _day(properties, begin, "-01-01"), _day(properties, end, "-12-31")
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise SettingsError(f"{file}:{number}: no FollowTheMoney entity ({_reason(error)})") from None
        if key in found:
            raise SettingsError(f"{file}:{number}: id {key!r} is used twice (first in line {_line(places[key])})")
        places[key] = f"{file}:{number}"
        person = schema in _PEOPLE
        kinds = [k for k in _values(properties, "classification") if k in _KINDS]
        aliases = [*names[1:], *_values(properties, "alias"), *_values(properties, "weakAlias")]
        found[key] = {
            "id": key,
            "name": names[0],
            "kind": "person" if person else kinds[0] if kinds else "organization",
            "aliases": tuple(dict.fromkeys(a for a in aliases if a.strip() and a != names[0])),
            "valid_from": valid[0],
            "valid_until": valid[1],
            "notes": " ".join(_values(properties, "notes")),
        }

    def whole_of(key: str) -> str | None:
        whole = wholes.get(key, "")
        return whole if whole in found or whole in known else None

    return [Actor(**row, part_of=whole_of(key)) for key, row in found.items()]


def _values(properties: dict[str, Any], name: str) -> list[str]:
    """The values of a property; a single one may stand there without its list."""
    values = properties.get(name) or []
    return [str(v) for v in (values if isinstance(values, list) else [values])]


def _day(properties: dict[str, Any], name: str, rest: str) -> str | None:
    """A date as a day: FollowTheMoney allows years and months alone. Raises ValueError."""
    value = next(iter(_values(properties, name)), "")[:10]
    if not value:
        return None
    day = value + rest[: 10 - len(value)] if len(value) == 4 else value
    if len(value) == 7:
        last = dt.date.fromisoformat(f"{value}-01").replace(day=28) + dt.timedelta(days=4)
        day = f"{value}-01" if rest == "-01-01" else (last - dt.timedelta(days=last.day)).isoformat()
    return dt.date.fromisoformat(day).isoformat()


def _line(place: str) -> str:
    return place.rpartition(":")[2]


def _reason(error: Exception) -> str:
    return f"lacks {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
