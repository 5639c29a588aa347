"""What the JSON of several pages holds.

Dates and moments are ISO 8601 strings; moments are UTC. A `None` says that it is not known or does not apply.
"""

from __future__ import annotations

from typing import (
    Any,
    NotRequired,  # pydantic asks for these before Python 3.12
)

from typing_extensions import TypedDict


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


class Correction(TypedDict):
    """A field that a person corrected; "attribution": all of it."""

    field: str
    person: str
    at: str


class Named(TypedDict):
    """An id and its name."""

    id: str
    name: str


class Said(TypedDict):
    """A statement without its codes: the fields of `sayso statements --format jsonl` and those that pages need beside."""

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
    topic_names: NotRequired[list[str]]
    copies: list[Source]
    document_id: str
    language: str
    outlet: str
    carriers: int
    published: str | None
    stands_for: NotRequired[str | None]
    rejected: NotRequired[bool]
    order: NotRequired[int | None]
    quotes: NotRequired[list[dict[str, Any]]]
    witnesses: NotRequired[list[dict[str, Any]]]
    corrected: NotRequired[list[str]]
    people: NotRequired[list[Correction]]


class Disputed(TypedDict):
    """A family of codes, or a topic, in which people differ: on so many statements nobody has ruled."""

    family: str
    title: str
    open: int


class Statement(Said):
    """A statement."""

    codes: list[Code]


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
