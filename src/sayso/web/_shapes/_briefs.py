"""The JSON of composing and of issued briefs."""

from __future__ import annotations

from typing import (
    Any,  # pydantic asks for these before Python 3.12
)

from typing_extensions import TypedDict

from sayso.web._shapes._common import Named
from sayso.web._shapes._lines import Phrase


class DraftRow(TypedDict):
    """A brief in the making."""

    id: str
    actor: str
    actor_name: str
    topic: str
    topic_name: str
    family: str
    title: str
    revision: int
    made_by: str
    made_at: str
    changed_by: str
    changed_at: str


class Quotation(TypedDict):
    """A statement that a brief can quote."""

    id: str
    text: str
    direct: bool
    speaker: str
    date: str
    depth: str
    code: str


class Finding(TypedDict):
    """A sentence that the program made of numbers, with its evidence."""

    key: str
    about: str
    says: str
    phrases: list[Phrase]
    statements: list[str]
    evidence: list[Quotation]


class Section(TypedDict):
    """A section of the brief, and what an editor says in it."""

    name: str
    title: str
    on: bool
    always: bool
    text: str
    author: str


class Stage(TypedDict):
    """A denominator: how many came to a stage, what was left out, why, and `where` the workbench lists it ("": nowhere)."""

    stage: str
    count: int
    unit: str
    where: str
    left_out: list[dict[str, Any]]


class DraftPage(TypedDict):
    """A brief in the making: its pieces, and what is on offer beside them."""

    draft: DraftRow
    line: dict[str, int]
    headline: str
    title: str
    default_title: str
    since: str
    until: str
    pieces: list[dict[str, Any]]
    findings: list[Finding]
    quotations: list[Quotation]
    sections: list[Section]
    masked: bool
    also: list[str]
    private: list[str]
    counts: list[Stage]
    longest: int


class IssuedRow(TypedDict):
    """An issued brief: who issued it, its hashes, and the seal over them and the seal of the brief before."""

    id: str
    number: int
    title: str
    actor: str
    actor_name: str
    topic: str
    topic_name: str
    family: str
    person: str
    issued_at: str
    data_sha256: str
    previous: str
    seal: str


class IssuedPage(TypedDict):
    """What was issued, and what is in the making."""

    issued: list[IssuedRow]
    drafts: list[DraftRow]
    actors: list[Named]
    topics: list[Named]
    families: list[str]


class IssuedFile(TypedDict):
    """A printed form of an issued brief."""

    form: str
    size: int
    sha256: str


class IssuedBriefPage(IssuedRow):
    """An issued brief; `problems` says what about it no longer holds."""

    files: list[IssuedFile]
    data_size: int
    problems: list[str]
