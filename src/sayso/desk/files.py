"""`actors.yaml`, `outlets.yaml` and `topics.yaml`: the readable form of what the store holds.

In: the text of a file. Out: `Actor`, `Outlet` and `Topic` records, all checked; and back again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sayso.desk.topics import Topic, slip_in
from sayso.errors import SettingsError, UsageError
from sayso.link import ActorIndex
from sayso.records import MEDIA, Actor, Outlet
from sayso.yaml_lines import Yaml, explain

T = TypeVar("T", bound=BaseModel)
ActorKind = Literal["person", "organization", "group", "office"]
_HOST = re.compile(r"[^\s/:@?#]+")
ID = Field(min_length=1, max_length=64, pattern=r"^[^\s/]+$")

ACTORS_HEAD = """\
# Who speaks or is spoken about. `sayso run` finds them by name and aliases, in any script.
#
# actors:
#   - id: harbour-union            # short, without spaces; stays when the name changes
#     name: Harbour Workers' Union
#     kind: group                  # person, organization, group or office
#     aliases: [HWU, the dockers]  # other names; spellings that differ in accents or articles need not be listed
#     part_of: labour-congress     # id of the actor that it belongs to or speaks for
#     valid_from: 2014-06-29       # the name is its from then …
#     valid_until: 2019-03-23      # … until then
#     notes: ""
"""
OUTLETS_HEAD = """\
# Who publishes: newspapers, agencies, media offices, channels, accounts.
#
# outlets:
#   - id: the-hook
#     name: The Hook
#     aliases: [Hook Weekly]
#     domains: [hook.example]      # pages of these hosts are its items
#     actor: harbour-union         # whose own voice it is; without it, an independent outlet
#     medium: magazine             # what its items are
#     notes: ""
"""
TOPICS_HEAD = """\
# What the desk watches. A statement belongs to a topic when its query finds it.
#
# topics:
#   - id: crossing
#     name: Those who cross the picket line
#     description: What the union says of members who went to work.   # for readers of a brief
#     words: [crossing, "scab*", "cross* the picket line"]   # any of these words or phrases; * stands for any ending
#     all: []                      # and all of these
#     none: []                     # and none of these
#     actors: []                   # and one of these actors (or their parts) speaks or is the target
#     within: paragraph            # where the words must stand: statement, paragraph or document
#     query: '"left the ranks" OR (desert* NEAR/5 ranks AND NOT speaker:union)'    # or this; what is given must all hold
"""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ActorEntry(_Entry):
    """One entry of actors.yaml."""

    id: str = ID
    name: str = Field(min_length=1)
    kind: ActorKind = "organization"
    aliases: tuple[str, ...] = ()
    part_of: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    notes: str = ""

    @field_validator("valid_from", "valid_until")
    @classmethod
    def _iso(cls, value: str | None) -> str | None:
        if value is not None:
            dt.date.fromisoformat(value)
        return value


class OutletEntry(_Entry):
    """One entry of outlets.yaml."""

    id: str = ID
    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    actor: str | None = None
    medium: str = "article"
    notes: str = ""

    @field_validator("domains")
    @classmethod
    def _hosts(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        for domain in domains:
            if not _HOST.fullmatch(domain):
                raise ValueError(f"{domain!r} is no host: write it like hook.example, without https:// and path")
        return domains

    @field_validator("medium")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in MEDIA:
            raise ValueError(f"must be one of {', '.join(MEDIA)}")
        return value


def parse_actors(text: str, file: str = "actors.yaml") -> list[Actor]:
    """The actors of a file. Raises `SettingsError` naming file, line and key."""
    found = Yaml.parse(text, file)
    records = [Actor(**entry.model_dump()) for entry in _entries(found, "actors", ActorEntry)]
    ActorIndex(records, where=_where(found, "actors", [a.id for a in records]))
    return records


def parse_outlets(text: str, actors: Iterable[Actor], file: str = "outlets.yaml") -> list[Outlet]:
    """The outlets of a file; `actors` are those that they may speak for. Raises as `parse_actors`."""
    found = Yaml.parse(text, file)
    records = [Outlet(**entry.model_dump()) for entry in _entries(found, "outlets", OutletEntry)]
    ActorIndex(actors, records, where=_where(found, "outlets", [o.id for o in records]))
    return records


def check_outlet(outlet: Outlet) -> None:
    """Raise `UsageError`, in the words of outlets.yaml, for an outlet that this file could not hold."""
    try:
        OutletEntry.model_validate(dataclasses.asdict(outlet))
    except ValidationError as error:
        raise UsageError(f"{error.errors()[0]['loc'][0]}: {explain(error)}") from None


def parse_topics(text: str, actors: Iterable[Actor], file: str = "topics.yaml") -> list[Topic]:
    """The topics of a file. Raises as `parse_actors`."""
    found = Yaml.parse(text, file)
    records = _entries(found, "topics", Topic)
    seen: set[str] = set()
    known = {actor.id for actor in actors}
    for number, topic in enumerate(records):
        if topic.id in seen:
            raise found.fail(("topics", number, "id"), f"topic id {topic.id!r} is used twice; give one another id")
        seen.add(topic.id)
        if not (topic.words or topic.all or topic.query or topic.actors):
            what = "would find every statement: a topic needs words, a query, or actors"
            raise found.fail(("topics", number), what)
        if wrong := slip_in(topic):
            raise found.fail(("topics", number, "query"), wrong)
        for place, actor in enumerate(topic.actors):
            if actor not in known:
                raise found.fail(("topics", number, "actors", place), f"{actor!r} is no actor's id")
    return records


def dump_actors(actors: Iterable[Actor]) -> str:
    """The text of actors.yaml."""
    defaults = {"aliases": (), "part_of": None, "valid_from": None, "valid_until": None, "notes": ""}
    return _dump(ACTORS_HEAD, "actors", [_record(each, defaults) for each in actors])


def dump_outlets(outlets: Iterable[Outlet]) -> str:
    """The text of outlets.yaml."""
    defaults = {"aliases": (), "domains": (), "actor": None, "notes": ""}
    return _dump(OUTLETS_HEAD, "outlets", [_record(each, defaults) for each in outlets])


def dump_topics(topics: Iterable[Topic]) -> str:
    """The text of topics.yaml."""
    return _dump(TOPICS_HEAD, "topics", [each.model_dump(mode="json", exclude_defaults=True) for each in topics])


def _entries(found: Yaml, key: str, model: type[T]) -> list[T]:
    values = found.values
    if values is None:
        return []
    if not isinstance(values, dict):
        raise found.fail((), f"must have one key, {key!r}, with a list under it")
    for other in values:
        if other != key:
            raise found.fail((str(other),), f"no such key; the file has one, {key!r}")
    listed = values.get(key) or []
    if not isinstance(listed, list):
        raise found.fail((key,), "must be a list: each entry begins with '- id:'")
    records = []
    for number, entry in enumerate(listed):
        try:
            records.append(model.model_validate(entry))
        except ValidationError as error:
            raise found.fail_validation(error, (key, number)) from None
    return records


def _where(found: Yaml, key: str, ids: list[str]) -> Any:
    """Tells `ActorIndex` the place of an id: of its last entry, since a double is the later one's mistake."""

    def place(wanted: str) -> str:
        for number in range(len(ids) - 1, -1, -1):
            if ids[number] == wanted:
                return f"{found.file}:{found.line((key, number))}"
        return found.file

    return place


def _record(record: Actor | Outlet, defaults: Mapping[str, object]) -> dict[str, object]:
    out: dict[str, object] = {}
    for name in type(record).__slots__:
        value = getattr(record, name)
        if name not in defaults or value != defaults[name]:
            out[name] = list(value) if isinstance(value, tuple) else value
    return out


def _dump(head: str, key: str, entries: list[dict[str, Any]]) -> str:
    if not entries:
        return f"{head}\n{key}: []\n"
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    body = yaml.dump({key: entries}, Dumper=dumper, sort_keys=False, allow_unicode=True, width=110)
    return f"{head}\n{body}"


def decode(data: bytes, file: str) -> str:
    """The text of a settings file. Raises `SettingsError` when it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SettingsError(f"{file}:{line}: not UTF-8") from None
