"""What the JSON of each page holds, for the description of the API (`/openapi.json`). A test holds answers to it.

Dates and moments are ISO 8601 strings; moments are UTC. A `None` says that it is not known or does not apply.
"""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic asks for these before Python 3.12


class At(TypedDict):
    """A place in a document's text: code points, end exclusive, and the words that stand there."""

    start: int
    end: int
    text: str


class Day(TypedDict):
    """A date as far as it is known, with the days that it may mean."""

    value: str
    granularity: str
    origin: str
    start: str
    end: str


class Place(TypedDict):
    """Where a page lies in its list."""

    total: int
    offset: int
    limit: int
    more: bool


class Speaker(TypedDict):
    """Who speaks."""

    name: str | None
    kind: str
    actor: str | None


class Mouth(TypedDict):
    """One link of a chain."""

    name: str
    role: str
    actor: str | None


class Code(TypedDict):
    """One coding of a statement; `by` is model or person."""

    family: str
    code: str
    probability: float
    coder: str
    by: str
    unsure: bool


class Source(TypedDict):
    """The document that carries a statement."""

    path: str
    sha256: str
    title: str
    published: str | None


class SpokenIn(TypedDict):
    """The item in which a statement was made."""

    id: str
    held: bool
    medium: str
    title: str | None
    outlet: str | None


class Statement(TypedDict):
    """A statement, with the fields of `sayso statements --format jsonl` and those that pages need beside."""

    id: str
    parent: str | None
    source: At | None
    cue: At | None
    content: list[At]
    kind: str
    speaker: Speaker
    target: dict[str, Any] | None
    via: dict[str, Any] | None
    chain: list[Mouth]
    depth: int
    date: Day | None
    date_of: str | None
    confidence: float
    document: Source
    item: SpokenIn
    topics: list[str]
    topic_names: list[str]
    codes: list[Code]
    copies: list[Source]
    document_id: str
    language: str
    outlet: str
    carriers: int
    published: str | None
    stands_for: NotRequired[str | None]
    rejected: NotRequired[bool]


class Capture(TypedDict):
    """One fetch, and where its bytes lie."""

    url: str
    path: str
    final_url: str
    fetched_at: str
    sha256: str
    size: int
    media_type: str
    status: int
    headers: dict[str, Any]
    warc: dict[str, Any]
    feed: str
    origin: dict[str, Any]


class Found(TypedDict):
    """A value of a facet, and how many statements choosing it gives."""

    value: str
    label: str
    statements: int


class SearchPage(TypedDict):
    """Statements that a search finds, with facets, and documents that hold the words elsewhere."""

    query: dict[str, Any]
    actor_name: str
    topic_name: str
    item_title: str
    made_name: str
    page: Place
    facets: dict[str, list[Found]]
    statements: list[Statement]
    passages: list[dict[str, Any]]


class Share(TypedDict):
    """A code and its share."""

    code: str
    share: float


class Turn(TypedDict):
    """A shift in a list of lines."""

    date: str
    probability: float
    family: str
    before: Share | None
    after: Share | None


class LineRow(TypedDict):
    """An actor × topic with statements."""

    actor: str
    actor_name: str
    topic: str
    topic_name: str
    statements: int
    own: int
    first: str | None
    last: str | None
    shifts: list[Turn]


class Refusal(TypedDict):
    """A refused item, and why."""

    path: str
    stage: str
    reason: str


class OverviewPage(TypedDict):
    """The desk at a glance."""

    desk: str
    figures: dict[str, Any]
    depths: list[dict[str, int]]
    last_run: dict[str, str | None] | None
    waiting: int
    alerts: list[dict[str, Any]]
    shifts: list[dict[str, Any]]
    latest: list[dict[str, Any]]
    months: list[dict[str, Any]]
    quiet: list[dict[str, Any]]
    queues: dict[str, int]
    feeds: list[dict[str, Any]]
    watch: dict[str, Any] | None
    refused: list[Refusal]
    refused_total: int


class DocumentRow(TypedDict):
    """A document in a list."""

    id: str
    title: str
    path: str
    outlet: str
    author: str
    language: str
    medium: str
    format: str
    characters: int
    published: Day | None
    statements: int
    sha256: str
    copy_of: str | None


class DocumentsPage(TypedDict):
    """Documents, the newest first."""

    query: dict[str, str]
    outlets: list[str]
    languages: list[str]
    page: Place
    documents: list[DocumentRow]


class DocumentPage(TypedDict):
    """A document with its text and everything that was found in it."""

    id: str
    title: str
    path: str
    url: str
    outlet: str
    author: str
    language: str
    medium: str
    format: str
    published: Day | None
    updated: Day | None
    characters: int
    sha256: str
    item: str
    current: bool
    copy_of: Any
    notes: list[str]
    reader: str
    text: str
    boilerplate: list[dict[str, Any]]
    segments: list[dict[str, Any]]
    statements: list[Statement]
    depths: list[dict[str, int]]
    captures: list[Capture]
    versions: list[dict[str, Any]]


class CapturePage(TypedDict):
    """Captured bytes: every fetch that gave them, what was read from them. `looks`: they can be looked at as a page."""

    sha256: str
    size: int
    media_type: str
    looks: bool
    captures: list[Capture]
    documents: list[dict[str, Any]]


class LinesPage(TypedDict):
    """Every actor × topic with statements; `fewest` is how many a line needs to be watched."""

    lines: list[LineRow]
    fewest: int


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


SHAPES: dict[str, Any] = {  # by the page's address
    "/": OverviewPage, "/search": SearchPage, "/documents": DocumentsPage, "/documents/{key}": DocumentPage,
    "/statements/{key}": Statement, "/captures/{sha256}": CapturePage, "/lines": LinesPage, "/jobs": JobsPage,
    "/jobs/{key}": JobPage, "/saved": SavedPage, "/log": LogPage, "/people": PeoplePage, "/account": AccountPage,
}  # fmt: skip
