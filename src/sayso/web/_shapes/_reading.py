"""The JSON of the pages on which one reads: overview, search, documents, captures, correcting, what changed, pairs, feeds."""

from __future__ import annotations

from typing import (
    Any,  # pydantic asks for these before Python 3.12
)

from typing_extensions import TypedDict

from sayso.web._shapes._common import Capture, Day, Disputed, Place, Said, Statement


class Found(TypedDict):
    """A value of a facet, and how many statements choosing it gives."""

    value: str
    label: str
    statements: int


class SearchPage(TypedDict):
    """Statements that a search finds, with facets, and documents that hold the words elsewhere. `nothing_asked`: the words
    only say what must not be there, or hold no word."""

    query: dict[str, Any]
    actor_name: str
    topic_name: str
    item_title: str
    made_name: str
    stage_name: str
    nothing_asked: bool
    page: Place
    facets: dict[str, list[Found]]
    statements: list[Statement]
    passages: list[dict[str, Any]]


class Refusal(TypedDict):
    """A refused item, and why."""

    path: str
    stage: str
    reason: str


class NamedSoFar(TypedDict):
    """How many actors and topics the desk knows."""

    actors: int
    topics: int


class OverviewPage(TypedDict):
    """The desk at a glance."""

    desk: str
    figures: dict[str, Any]
    depths: list[dict[str, int]]
    last_run: dict[str, str | None] | None
    waiting: int
    alerts: list[dict[str, Any]]
    alerts_total: int
    shifts: list[dict[str, Any]]
    shifts_total: int
    latest: list[dict[str, Any]]
    months: list[dict[str, Any]]
    quiet: list[dict[str, Any]]
    queues: dict[str, int]
    feeds: list[dict[str, Any]]
    watch: dict[str, Any] | None
    named: NamedSoFar
    disputed: list[Disputed]
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
    image: str | None
    captures: list[Capture]
    documents: list[dict[str, Any]]


class TranscriptPage(CapturePage):
    """Captured bytes with what a person read in them; `about` is what they know of it beside."""

    text: str
    about: dict[str, str]
    person: str
    media: list[str]


class Choice(TypedDict):
    """An item that the document mentions, as a choice."""

    id: str
    label: str
    medium: str
    outlet: str | None


class Change(TypedDict):
    """One correction, coding or attribution by hand: what it was and became, whether it holds."""

    id: str
    what: str
    statement: str
    before: str
    after: str
    person: str
    at: str
    undone_at: str | None
    holds: bool
    anchor: str


class CorrectPage(TypedDict):
    """A statement as a form; `statement` None for one by hand. `version` goes back as `seen`; `was` is what stood there."""

    statement: Said | None
    address: str
    document: str
    title: str
    language: str
    text_length: int
    version: str
    rejected: bool
    by_hand: bool
    values: dict[str, str]
    was: dict[str, str]
    words: dict[str, list[str]]
    history: list[Change]
    kinds: list[str]
    speaker_kinds: list[str]
    media: list[str]
    actors: list[str]
    mentioned: list[Choice]
    errors: dict[str, str]


class Waiting(Change):
    """Work of a person that lost its place; `why`: a newer run, or a newer version of the page; `offer`: the new place."""

    why: str
    offer: dict[str, Any] | None
    keep: bool
    text: str
    places: list[list[Any]]


class ConfirmPage(TypedDict):
    """What waits to be confirmed."""

    waiting: list[Waiting]
    offered: int
    lost: int


class Differing(TypedDict):
    """A place where two versions differ."""

    kind: str
    before: str
    after: str


class Fate(Differing):
    """What became of a statement."""

    id: str


class Finding(TypedDict):
    """A page that was edited, vanished or came back; `before` and `after` are documents, None where nothing was read."""

    kind: str
    url: str
    title: str
    seen: str
    at: str
    before: str | None
    after: str | None
    before_sha256: str
    after_sha256: str
    changes: list[Differing]
    statements: list[Fate]


class ChangesPage(TypedDict):
    """Pages that changed after they were captured; `page` counts addresses."""

    query: dict[str, str]
    counts: dict[str, int]
    page: Place
    findings: list[Finding]


class Side(TypedDict):
    """One end of a pair."""

    item: str
    document: str | None
    title: str
    path: str
    language: str
    published: Day | None


class Pair(TypedDict):
    """An original and its translation; `joined_by` is "" where the translation says so itself."""

    original: Side
    translation: Side
    translator: str
    joined_by: str


class PairsPage(TypedDict):
    """Originals and their translations."""

    page: Place
    pairs: list[Pair]


class Look(TypedDict):
    """One look at a feed."""

    at: str
    listed: int
    new: int
    rechecked: int
    refused: int
    gone: int
    unchanged: bool
    reason: str


class Brought(TypedDict):
    """An item that a feed brought."""

    document: str | None
    title: str
    path: str
    sha256: str
    fetched_at: str


class Feed(TypedDict):
    """A feed; `ailing` says what is wrong with it, a sentence each."""

    id: str
    url: str
    every: str
    expects: str
    last: str | None
    listed: int | None
    new_in_a_week: int
    gone_in_a_week: int
    reason: str
    ailing: list[str]
    looks: list[Look]
    brought: list[Brought]


class FeedsPage(TypedDict):
    """The feeds, those that ail first; `watch` is what `sayso watch` does, None where it never ran."""

    feeds: list[Feed]
    watch: dict[str, Any] | None
