"""Jobs and saved searches, as the workbench shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sayso.desk.jobs import KINDS, file_of, kind_of, may_touch
from sayso.desk.views._shared import Content, Missing, iso, paged
from sayso.desk.views.search import search_of
from sayso.errors import SaysoError
from sayso.store._jobs import FAILED, INTERRUPTED, OPEN
from sayso.store.search import Searches

if TYPE_CHECKING:
    from sayso.desk.accounts import Person
    from sayso.desk.desk import Desk
    from sayso.store._jobs import Job, SavedSearch

PAGE = 50
ENDED = ("failed", "interrupted", "cancelled")
SEARCHED = (
    "q", "actor", "outlet", "medium", "topic", "code", "depth", "language", "kind", "made", "by", "stage", "since", "until",
    "order", "item",
)  # fmt: skip


def jobs(desk: Desk, person: Person, *, state: str = "", offset: int = 0) -> Content:
    """Jobs, the newest first, and those that this person may start."""
    kept = desk.store.jobs
    total = kept.count(*(OPEN if state == "open" else (state,) if state else ()))
    return {
        "jobs": [job_content(desk, each, person) for each in kept.page(state, offset, PAGE)],
        "open": kept.count(*OPEN),
        "page": paged(total, offset, PAGE),
        "state": state,
        "may_start": [
            {"kind": kind.name, "title": kind.title}
            for kind in KINDS.values()
            if kind.name in ("run", "collect", "verify", "backup") and person.may(kind.role)
        ],
        "has_feeds": bool(desk.settings.feeds),
    }


def job(desk: Desk, person: Person, key: int) -> Content:
    """One job with its log."""
    found = desk.store.jobs.get(key)
    if found is None:
        raise Missing(f"there is no job {key}")
    return {
        **job_content(desk, found, person),
        "log": [{"at": iso(at), "text": text} for at, text in desk.store.jobs.log(key)],
    }


def job_content(desk: Desk, found: Job, person: Person) -> Content:
    """One job: what it is, how far it is, what came of it, and what this person may do with it."""
    kind, path = kind_of(found), file_of(desk, found)
    mine = may_touch(found, person)
    return {
        "id": found.id,
        "kind": found.kind,
        "title": kind.title,
        "about": about(found),
        "person": found.person,
        "state": found.state,
        "made_at": iso(found.made_at),
        "started_at": iso(found.started_at),
        "finished_at": iso(found.finished_at),
        "stage": found.stage,
        "done": found.done,
        "total": found.total,
        "outcome": found.outcome,
        "stopping": found.cancel and found.state in OPEN,
        "file": {"name": path.name, "size": path.stat().st_size} if path and person.may(kind.role) else None,
        "may_cancel": mine and found.state in OPEN and not found.cancel,
        "may_retry": mine and found.state in ENDED and found.kind in KINDS,
        "may_remove": mine and found.state not in OPEN,
        "retry_of": found.retry_of,
    }


def about(found: Job) -> str:
    """What a job was given, in a line."""
    asked = found.asked
    if found.kind == "export":
        given = " ".join(f"{name}={value}" for name, value in asked.get("search", {}).items() if value)
        return f"{asked.get('form')}: {given or 'everything'}"
    if found.kind == "brief":
        return f"{asked.get('actor')} on {asked.get('topic')}, {asked.get('form')}"
    if found.kind == "add":
        names = [name.rsplit("/", 1)[-1] for name in asked.get("uploads", ())] + list(asked.get("addresses", ()))
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return ""


def saved(desk: Desk, person: Person) -> Content:
    """The saved searches, with what each finds now."""
    return {"searches": [_saved(desk, each, person) for each in desk.store.saved_searches.all()]}


def saved_search(desk: Desk, key: int) -> SavedSearch:
    """The saved search with this number."""
    found = desk.store.saved_searches.get(key)
    if found is None:
        raise Missing(f"there is no saved search {key}")
    return found


def _saved(desk: Desk, each: SavedSearch, person: Person) -> Content:
    asked = asked_of(each.query)
    try:
        now: int | None = Searches(desk.store).count(search_of(desk, **asked))
    except SaysoError:
        now = None  # of an actor, say, whom the desk no longer has
    return {
        "id": each.id,
        "name": each.name,
        "query": {("q" if name == "words" else name): value for name, value in asked.items()},
        "person": each.person,
        "made_at": iso(each.made_at),
        "statements": now,
        "new": max(0, now - each.statements) if now is not None else 0,
        "may_remove": each.person == person.name or person.may("editor"),
    }


def asked_of(query: str) -> dict[str, Any]:
    """What `search_of` is asked for by a search page's address (what follows its `?`); anything else in it is dropped."""
    pairs = parse_qsl(query[:4000], max_num_fields=40)
    return {("words" if name == "q" else name): value[:300] for name, value in pairs if name in SEARCHED}


def queues(desk: Desk) -> Content:
    """What waits for people: jobs that run or went wrong, and people's work that lost its statement."""
    kept = desk.store.jobs
    return {
        "jobs_open": kept.count(*OPEN),
        "jobs_failed": kept.count(FAILED, INTERRUPTED),
        "unconfirmed": len(desk.store.people.unconfirmed()),
    }
