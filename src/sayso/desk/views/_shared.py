"""What several pages need: names for ids, dates as ISO, pages of a list, and a desk that sees other processes' edits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sayso.desk.statements import Around, statement_object
from sayso.errors import SaysoError
from sayso.pipeline import date_json, day
from sayso.records import DateValue

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.store import Found

Content = dict[str, Any]
P = ParamSpec("P")
T = TypeVar("T")


class Missing(SaysoError):
    """There is nothing with this id on the desk."""


def at_once(view: Callable[Concatenate[Desk, P], T]) -> Callable[Concatenate[Desk, P], T]:
    """What the view reads is of one state of the desk, and asked for over one connection: quicker than one by one."""

    @wraps(view)
    def read(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with desk.store.reading():
            return view(desk, *args, **kwargs)

    return read


def fresh(desk: Desk) -> Desk:
    """The desk, with actors, topics and codebook read anew where another process has edited them since."""
    versions = {name: desk.store.settings.version(name) for name in ("actors", "outlets", "topics", "codebook")}
    seen: Mapping[str, str] | None = desk.__dict__.get("_versions_seen")
    if seen is not None and seen != versions:
        for name in ("actors", "topics", "codebook"):
            desk.__dict__.pop(name, None)
    desk.__dict__["_versions_seen"] = versions
    return desk


def actor_name(desk: Desk, key: str | None) -> str:
    """The actor's name; its id where the desk no longer has it."""
    found = desk.actors.get(key) if key else None
    return found.name if found else key or ""


def topic_name(desk: Desk, key: str) -> str:
    """The topic's name; its id where the desk no longer has it."""
    return next((topic.name for topic in desk.topics if topic.id == key), key)


def iso(value: dt.date | dt.datetime | None) -> str | None:
    """ISO 8601."""
    return value.isoformat() if value else None


def full_date(date: DateValue | None) -> Content | None:
    """A date as in the contract, with the days it may mean."""
    plain = date_json(date)
    return {**plain, "start": iso(date.start), "end": iso(date.end)} if plain and date else None


def paged(total: int, offset: int, limit: int) -> Content:
    """Where a page lies in its list."""
    return {"total": total, "offset": offset, "limit": limit, "more": offset + limit < total}


def statement_contents(desk: Desk, found: Iterable[Found]) -> list[Content]:
    """Many statements, with what stands around them read at once."""
    statements = list(found)
    around = Around.of(desk, statements)
    return [statement_content(desk, each, around) for each in statements]


def statement_content(desk: Desk, found: Found, around: Around | None = None) -> Content:
    """A statement as `sayso statements` prints it, with the ids and days that pages need."""
    statement = found.statement
    return statement_object(desk, found, around) | {
        "document_id": found.document_id,
        "language": found.document.language,
        "outlet": found.document.outlet,
        "chain": [{"name": link.name, "role": link.role, "actor": link.actor} for link in statement.chain],
        "date": full_date(statement.date),
        "topic_names": [topic_name(desk, topic) for topic in found.topics],
        "carriers": len(found.carriers),
        "published": day(found.document.published),
    }
