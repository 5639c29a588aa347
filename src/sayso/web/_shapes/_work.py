"""The JSON of jobs, saved searches, people, and of what was done."""

from __future__ import annotations

from typing import (
    Any,  # pydantic asks for these before Python 3.12
)

from typing_extensions import TypedDict

from sayso.web._shapes._common import Place


class JobRow(TypedDict):
    """A job: waiting, running, done, failed, cancelled or interrupted; `total` None: unknown."""

    id: int
    kind: str
    title: str
    about: str
    person: str
    state: str
    made_at: str
    started_at: str | None
    finished_at: str | None
    stage: str
    done: int
    total: int | None
    outcome: str
    stopping: bool
    file: dict[str, Any] | None
    may_cancel: bool
    may_retry: bool
    may_remove: bool
    retry_of: int | None


class JobPage(JobRow):
    """A job with its log."""

    log: list[dict[str, str]]
    at_work: bool


class JobsPage(TypedDict):
    """Jobs, the newest first; `at_work`: this server carries them out."""

    jobs: list[JobRow]
    open: int
    page: Place
    state: str
    may_start: list[dict[str, str]]
    has_feeds: bool
    at_work: bool


class Saved(TypedDict):
    """A saved search; `statements` None where it can no longer be asked."""

    id: int
    name: str
    query: dict[str, str]
    person: str
    made_at: str
    statements: int | None
    new: int
    may_remove: bool


class SavedPage(TypedDict):
    """The saved searches."""

    searches: list[Saved]


class Entry(TypedDict):
    """A line of the log: who did what to what, when."""

    id: int
    at: str
    person: str
    action: str
    subject: str
    details: dict[str, Any]


class LogPage(TypedDict):
    """The log, the newest first."""

    entries: list[Entry]
    page: Place
    query: dict[str, str]
    people: list[str]
    actions: list[str]


class Account(TypedDict):
    """Somebody's account."""

    name: str
    role: str
    made_at: str


class PeoplePage(TypedDict):
    """Everybody who has an account."""

    people: list[Account]
    roles: list[str]
    me: str


class AccountPage(TypedDict):
    """One's own account; `local`: the desk has no accounts."""

    name: str
    role: str
    local: bool


class Session(TypedDict):
    """Who asks, with which role, and the token for X-Sayso-Token."""

    name: str
    role: str
    token: str


class Token(TypedDict):
    """A token for X-Sayso-Token."""

    token: str


class Acted(TypedDict):
    """It is done: `at` is the page that shows it; what else there is says what came of it."""

    at: str


class AddPage(TypedDict):
    """What can be taken in: `most` bytes in a form, `item` bytes an item."""

    most: int
    item: int
    addresses: str
