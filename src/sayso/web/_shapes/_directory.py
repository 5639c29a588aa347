"""The JSON of actors, outlets and items."""

from __future__ import annotations

from typing import (
    Any,
    NotRequired,  # pydantic asks for these before Python 3.12
)

from typing_extensions import TypedDict

from sayso.web._shapes._common import Day, Named, Place, Statement
from sayso.web._shapes._lines import LineRow


class Counted(TypedDict):
    """How much somebody said themselves, and when."""

    statements: int
    documents: int
    first_hand: int
    first: str | None
    last: str | None


class ActorRow(Counted):
    """An actor in the list."""

    id: str
    name: str
    kind: str
    aliases: list[str]
    part_of: str | None
    part_of_name: str


class Stranger(TypedDict):
    """Somebody who speaks and is no actor of the desk."""

    speaker_name: str
    speaker_kind: str
    statements: int
    documents: int


class Suggestion(TypedDict):
    """A frequent speaker that could be an actor, or (`like`) have further names of one."""

    name: str
    kind: str
    spellings: list[str]
    statements: int
    documents: int
    like: str | None
    like_name: str


class ActorsPage(TypedDict):
    """The desk's actors."""

    actors: list[ActorRow]
    strangers: list[Stranger]
    suggestions: list[Suggestion]
    edits: list[str]


class OutletName(Named):
    """An outlet of an actor's own."""

    medium: str


class Target(TypedDict):
    """Somebody towards whom an actor acts."""

    name: str
    statements: int


class ActorPage(Counted):
    """One actor, with its parts and wholes."""

    id: str
    name: str
    kind: str
    aliases: list[str]
    notes: str
    valid_from: str | None
    valid_until: str | None
    wholes: list[Named]
    parts: list[Named]
    lines: list[LineRow]
    outlets: list[OutletName]
    targets: list[Target]
    newest: list[Statement]


class ActorRecord(TypedDict):
    """An actor as it is kept."""

    id: str
    name: str
    kind: str
    aliases: list[str]
    part_of: str | None
    valid_from: str | None
    valid_until: str | None
    notes: str


class ActorForm(TypedDict):
    """An actor as a form; `version` goes back as `seen`."""

    new: bool
    actor: ActorRecord
    version: str
    kinds: list[str]
    others: list[Named]


class OutletRecord(TypedDict):
    """An outlet as it is kept."""

    id: str
    name: str
    aliases: list[str]
    domains: list[str]
    actor: str | None
    medium: str
    notes: str


class OutletForm(TypedDict):
    """An outlet as a form; `version` goes back as `seen`."""

    new: bool
    outlet: OutletRecord
    version: str
    actors: list[Named]
    others: list[Named]
    media: list[str]


class OutletRow(TypedDict):
    """An outlet in the list; `id` None for one that items name and the desk does not know."""

    id: str | None
    name: str
    aliases: list[str]
    domains: list[str]
    actor: str | None
    actor_name: str
    medium: str
    held: int
    mentioned: int
    last: str | None


class OutletsPage(TypedDict):
    """Every outlet."""

    outlets: list[OutletRow]
    edits: list[str]


class Mention(TypedDict):
    """Where an item is named: `item` is this mention's own id, `places` stand in the document's text."""

    item: str
    document: str
    title: str
    places: list[list[int]]
    words: NotRequired[list[dict[str, Any]]]


class ItemRow(TypedDict):
    """An item in a list."""

    id: str
    held: bool
    medium: str
    title: str | None
    outlet: str | None
    url: str
    date: Day | None
    document: str | None
    statements: int
    mentioned_in: list[Mention]


class OutletPage(OutletRow):
    """One outlet with its items."""

    notes: str
    items: list[ItemRow]


class Medium(TypedDict):
    """How many items of a medium there are."""

    medium: str
    held: int
    mentioned: int


class ItemEdit(TypedDict):
    """A merge or a split by a person; `told` what the items were, as they saw them."""

    id: str
    what: str
    item: str
    other: str | None
    told: str
    other_told: str
    person: str
    at: str
    undone_at: str | None


class ItemsPage(TypedDict):
    """Items, held and mentioned."""

    query: dict[str, str]
    media: list[Medium]
    page: Place
    items: list[ItemRow]
    edits: list[ItemEdit]


class ItemVersion(TypedDict):
    """A version of a held item."""

    document: str
    sha256: str
    characters: int
    current: bool
    captured_at: str | None


class Quoted(TypedDict):
    """A quotation held against the original's text."""

    statement: str
    document: str
    title: str
    words: str
    verdict: str
    start: int | None
    end: int | None
    differences: list[dict[str, Any]]


class ItemPage(ItemRow):
    """One item; `joined` is the item that it is a mention of, `likely` with which others it could be one."""

    joined: str | None
    versions: list[ItemVersion]
    quoted: list[Quoted]
    page: Place
    spoken: list[Statement]
    likely: list[ItemRow]
    edits: list[ItemEdit]
