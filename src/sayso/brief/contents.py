"""What a brief is made of: the records that the desk fills in and every output form (HTML, PDF, DOCX, Markdown) reads.

In: nothing but `sayso.records`. Out: `Brief` and its parts, all frozen. A brief is complete in itself: what is issued
can be kept as JSON (`dump`, `load`), printed again years later and compared by its `fingerprint`.

Ids are the desk's own (statements, items, actors); the forms turn them into short labels and anchors.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

from sayso.records import Actor, ChainLink, Coding, DateValue, Kind, Period, Producer, Shift, Speaker, Target

Section = Literal["findings", "line", "shifts", "quotations", "comparison", "items", "counts", "coding", "method"]
SECTIONS: tuple[Section, ...] = (
    "findings", "line", "shifts", "quotations", "comparison", "items", "counts", "coding", "method",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words of a finding and the ids of the statements they rest on (none for words that claim nothing)."""

    text: str
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quoted:
    """A statement as a brief shows it, with everything a reader needs to check it.

    `text` are the words of the content spans, joined by " … " where there are several; `before` and `after` the words
    around them in the document (whole sentences, about 400 characters each), which a reader gets with one click.
    `start` and `end` are code points of the document; `document` is its address, `sha256` that of the capture.
    `date` is the utterance's where `date_of` says so, else the item's. `carriers` are the items that carry the same
    statement (copies), `item` among them: they count once.
    """

    id: str
    text: str
    item: str
    document: str
    sha256: str
    start: int
    end: int
    speaker: Speaker
    chain: tuple[ChainLink, ...]
    depth: int
    kind: Kind = "indirect"
    target: Target | None = None
    date: DateValue | None = None
    date_of: Literal["utterance", "item"] = "item"
    codes: tuple[Coding, ...] = ()  # a person's coding of a family stands before the machine's and wins
    before: str = ""
    after: str = ""
    confidence: float = 1.0
    carriers: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()  # places of reference texts that it quotes: "charter, 9 (shortened)"


@dataclass(frozen=True, slots=True)
class Item:
    """A published item of the brief: held (we have its bytes) or only mentioned by others.

    `copies` are the ids of items that republish this one: listed here, counted once. `copy_of` is the other direction.
    `mentioned_by` are the ids of the items through which an item that is not held is known.
    """

    id: str
    title: str
    medium: str
    outlet: str = ""
    date: DateValue | None = None
    held: bool = True
    url: str = ""
    sha256: str = ""
    captured_at: dt.datetime | None = None
    primary: bool = False  # the actor's own outlet: first-hand
    statements: int = 0  # of this brief's line, copies counted with their original
    copies: tuple[str, ...] = ()
    copy_of: str | None = None
    mentioned_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many of a stage's records were left out, why, and the names of those (or of some of them). `where` is the
    address in the workbench that lists them all."""

    reason: str
    count: int
    examples: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """One denominator: how many `unit`s there are after a stage ("collected", "read", "attributed", "coded", "on the
    line"), and what was left out there. `statements` and `items` are ids that the number can be checked against, `where`
    is the address in the workbench that lists what the number counts."""

    stage: str
    count: int
    unit: str
    left_out: tuple[LeftOut, ...] = ()
    statements: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Retest:
    """A shift tested again without something: `kind` is "outlet", "reporter", "depth" or "item", `without` names it.

    `probability` is that of a boundary within the shift's interval in the rest; `holds` whether it still stands there.
    `statements` are those that were left out.
    """

    kind: Literal["outlet", "reporter", "depth", "item"]
    without: str
    probability: float
    holds: bool
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A shift with what carries it: the codes that moved most (share before, share after), typical statements of each
    side (ids), the re-tests, and in one sentence whether the line changed or only the mix of who reports."""

    shift: Shift
    moved: tuple[tuple[str, float, float], ...] = ()
    typical_before: tuple[str, ...] = ()
    typical_after: tuple[str, ...] = ()
    retests: tuple[Retest, ...] = ()
    composition: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of a quotation against its original: the same words, words left out of it, added to it or replaced."""

    op: Literal["same", "omitted", "added", "replaced"]
    original: str = ""
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A quotation laid beside the held original. `verdict` is short and plain: "verbatim", "shortened", "altered"."""

    statement: str
    original_item: str
    original_sha256: str
    verdict: str
    differences: tuple[Difference, ...]
    start: int = 0  # where the original's words stand in its document
    end: int = 0


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two coders (people or a person and the model) agree on a family of codes.

    `measure` names the coefficient ("Krippendorff's alpha"), `interval` is its 95% interval, `units` how many
    statements both coded. `confusion` are rows (code of the first, code of the second, how many).
    """

    family: str
    coders: tuple[str, str]
    measure: str
    value: float
    units: int
    interval: tuple[float, float] | None = None
    confusion: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """The desk's own words in a brief, set at the start of a section and marked as the author's."""

    section: Section
    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a composed brief, in the order in which its editor set them: a finding (`phrases`), a quotation
    (`statement`, an id), or the editor's own words (`text`, `author`), which are always marked as such."""

    kind: Literal["finding", "quotation", "text"]
    phrases: tuple[Phrase, ...] = ()
    statement: str = ""
    text: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """One brief: an actor's line on a topic, and everything that it rests on.

    `headline` is the finding as built by `track` from the result, cut into phrases so that each number in it leads to
    its statements; `findings` are further sentences of the same kind. `statements` are all statements of the line;
    `quoted` the ids of those set as quotations, in the order in which they shall stand (empty: the typical ones of
    each shift). `chart` is a Vega-Lite specification with its data in it (as `track.chart` gives it), None where there
    is nothing to draw.
    """

    actor: Actor
    topic: str
    desk: str
    issued_at: dt.datetime
    headline: tuple[Phrase, ...]
    version: str  # of sayso
    title: str = ""
    topic_description: str = ""
    family: str = "approach"
    codes: Mapping[str, str] = field(default_factory=dict)  # code -> its definition, as in the codebook
    findings: tuple[tuple[Phrase, ...], ...] = ()
    composed: tuple[Piece, ...] = ()  # what an editor chose and wrote, before everything else
    since: dt.date | None = None
    until: dt.date | None = None
    periods: tuple[Period, ...] = ()
    members: tuple[tuple[str, ...], ...] = ()  # for each period, the ids of its statements
    turns: tuple[Turn, ...] = ()
    chart: Mapping[str, Any] | None = None
    chart_dark: Mapping[str, Any] | None = None  # the same for dark screens; without it `chart` serves both
    statements: tuple[Quoted, ...] = ()
    quoted: tuple[str, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    items: tuple[Item, ...] = ()
    counts: tuple[Count, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    method: tuple[str, ...] = ()  # paragraphs: how the line was read, with sources of the methods
    producers: tuple[Producer, ...] = ()
    codebook_version: str = ""
    settings_sha256: str = ""
    limits: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    sections: tuple[Section, ...] = SECTIONS
    masked: bool = False  # set by `mask`


_ADAPTER: TypeAdapter[Brief] = TypeAdapter(Brief)


def dump(brief: Brief) -> bytes:
    """The brief as JSON: what is kept when it is issued. ASCII, since names of files may hold what UTF-8 cannot."""
    return json.dumps(_ADAPTER.dump_python(brief, mode="json"), indent=1).encode("ascii")


def load(data: bytes) -> Brief:
    """The brief that `dump` kept. Raises `ValueError` where the data is none."""
    return _ADAPTER.validate_python(json.loads(data))


def fingerprint(brief: Brief) -> str:
    """SHA-256 of the brief's data in hexadecimal: two briefs with the same one say the same."""
    return hashlib.sha256(dump(brief)).hexdigest()
