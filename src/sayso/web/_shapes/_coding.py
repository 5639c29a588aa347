"""The JSON of coding and of the codebook."""

from __future__ import annotations

from typing import (
    Any,  # pydantic asks for these before Python 3.12
)

from typing_extensions import TypedDict

from sayso.web._shapes._common import Disputed, Place, Said


class Standing(TypedDict):
    """A family or topic with how much of it is coded: by the one who asks, by each of the people, by rulings."""

    name: str
    title: str
    description: str
    codes: list[str]
    multiple: bool
    mine: int
    people: dict[str, int]
    ruled: int


class CodingPage(TypedDict):
    """What people have coded."""

    families: list[Standing]
    topics: list[Standing]
    disputed: list[Disputed]
    codebook_version: str
    sees_model: bool
    blind: bool
    blind_desk: bool


class Context(TypedDict):
    """The words around a statement, and where they begin and end in the document."""

    start: int
    end: int
    text: str


class CodeChoice(TypedDict):
    """A code with its rules; `key` "" where it has none."""

    name: str
    title: str
    definition: str
    include: list[str]
    exclude: list[str]
    examples: list[str]
    key: str


class Card(TypedDict):
    """One statement to code; `mine` what the one who asks said of it, `model` what the model proposes, if it is shown."""

    statement: Said
    title: str
    path: str
    context: Context
    why: str
    why_text: str
    mine: list[str]
    memo: str
    codes: list[CodeChoice]
    nearest: list[dict[str, Any]]
    model: dict[str, Any] | None


class CardPage(TypedDict):
    """What to code next; `card` None where nothing is left."""

    family: str
    family_title: str
    multiple: bool
    is_topic: bool
    queue: str
    left: int
    sees_model: bool
    card: Card | None
    last: dict[str, Any] | None
    coded: int


class Memo(TypedDict):
    """A coder's memo."""

    coder: str
    memo: str


class CodeName(TypedDict):
    """A code and its definition."""

    name: str
    definition: str


class Case(TypedDict):
    """A statement on which people differ."""

    statement: Said
    context: Context
    said: dict[str, str]
    memos: list[Memo]
    model: dict[str, Any] | None


class CodingRow(TypedDict):
    """A coding on record."""

    id: str
    statement: str
    text: str
    code: str
    coder: str
    ruling: bool
    version: str
    at: str
    memo: str
    undone_at: str | None
    anchor: str


class DifferencesPage(TypedDict):
    """Where people differ, and what was ruled."""

    family: str
    family_title: str
    codes: list[CodeName]
    open: int
    cases: list[Case]
    rulings: list[CodingRow]
    ruled: int


class RecordPage(TypedDict):
    """Every coding by people, undone ones too."""

    family: str
    family_title: str
    version: str
    entries: list[CodingRow]
    page: Place
    query: dict[str, Any]
    coders: list[str]
    blind: bool


class Confusion(TypedDict):
    """Which codes are confused: a row for each code."""

    codes: list[str]
    rows: list[dict[str, Any]]
    most: int


class AgreementPage(TypedDict):
    """How far coders agree. `measured` as `sayso code agreement --format json` prints it, None where nothing was coded
    twice; `shares` how often each code occurs; `quality` a topic's precision and recall."""

    family: str
    family_title: str
    multiple: bool
    floor: float | None
    topic: str | None
    measured: dict[str, Any] | None
    confusion: Confusion | None
    shares: list[dict[str, Any]]
    quality: dict[str, Any] | None
    standing: dict[str, Any] | None


class CodebookCode(TypedDict):
    """A code of the codebook."""

    name: str
    title: str
    definition: str
    include: list[str]
    exclude: list[str]
    words: list[str]
    examples: list[str]
    counter_examples: list[dict[str, Any]]
    aliases: list[str]
    parent: str | None
    quadrant: str | None
    value: float | None
    color: str | None


class CodebookFamily(TypedDict):
    """A family of the codebook."""

    name: str
    title: str
    description: str
    multiple: bool
    unsure_below: float | None
    floor: float | None
    scale: str | None
    version: str
    codes: list[CodebookCode]


class Version(TypedDict):
    """A version of the codebook, and who made it why."""

    version: str
    current: bool
    made_at: str | None
    edits: list[dict[str, Any]]


class CodebookPage(TypedDict):
    """The codebook, as a page and as its file."""

    version: str
    stamp: str
    text: str
    families: list[CodebookFamily]
    versions: list[Version]


class CodebookVersionPage(TypedDict):
    """A version of the codebook, and what differs from it now."""

    version: str
    current: str
    stamp: str
    text: str
    difference: list[Any]
    families: list[CodebookFamily]
    versions: list[Version]


class CodePage(TypedDict):
    """A code as a form; lists are one a line."""

    family: str
    family_title: str
    code: str
    fields: dict[str, str]
    others: list[str]
    quadrants: list[str]
    stamp: str
    codings: int
