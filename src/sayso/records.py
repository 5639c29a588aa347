"""The records that flow along the way of the data: what one stage gives and the next one takes.

    collect -> archive -> read -> attribute -> link -> code -> track -> brief
    Item       Capture    Document Attribution  Statement Coding Shift    Brief

All are frozen; a stage returns new records and never changes those it was given. Offsets are Unicode code points into
`Document.text`, end exclusive. Dates are ISO 8601 strings where they come from outside and `datetime.date` inside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["direct", "mixed", "indirect"]
SpeakerKind = Literal["person", "organization", "group", "publication", "unnamed", "author", "none"]
Granularity = Literal["day", "week", "month", "season", "year"]
DateOrigin = Literal["text", "metadata", "relative"]
ChainRole = Literal["document", "outlet", "item", "speaker"]
Role = Literal["item", "feed", "gone", "bulk"]
"""What was fetched: an item; a feed, kept as evidence of what it listed; or the host's answer (404, 410) for an item that
was there before: a finding; or a page that a bulk run read elsewhere, whose bytes the archive does not hold. Only items are
read."""

MEDIA = (
    "interview", "broadcast", "article", "report", "book", "video", "audio", "song", "social-post", "statement",
    "speech", "testimony", "letter", "document", "poll", "press-conference", "court-filing", "editorial", "magazine",
    "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a document's text: code points [start, end) and the words that stand there."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Producer:
    """Who made a derived record: the stage, its version and the hash of the model it used ("" for none)."""

    stage: str
    version: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date as far as it is known: never a day where only a month was said.

    `value` is ISO 8601 cut to its granularity ("2017-07-10", "2017-W28", "2017-07", "2017-SU" for a season, "2017");
    [`start`, `end`] is the closed interval of days it may mean; `origin` says whether the text gave it, the page's
    metadata, or a relative expression that was anchored on another date.
    """

    value: str
    granularity: Granularity
    origin: DateOrigin
    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect on the way to a page: the address that was asked and what it answered."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    request_headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """One fetch, with its bytes, as `collect` hands it to the archive.

    `url` is the address that was asked for (http(s), or a file: URI for what lies on disk), `path` how the user named it
    (always printable as UTF-8), `final_url` where redirects led. `status` 304 says "unchanged since the last capture of
    this address" and has no data. `hints` is what the place of finding knows of the item and its bytes may not: title,
    published (ISO 8601), author, outlet, medium, language; `stated` names those that a person says.
    `origin` says what container it was taken out of (`container`, `locator`, `original`: the container's own record of it).
    """

    url: str
    data: bytes = field(repr=False)
    fetched_at: dt.datetime  # UTC
    path: str = ""
    media_type: str = ""  # without parameters, lower case
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    request_headers: tuple[tuple[str, str], ...] = ()
    final_url: str = ""
    hops: tuple[Hop, ...] = ()
    ip: str = ""
    protocol: str = ""  # "http/1.1", "h2"; "" for what lies on disk
    role: Role = "item"
    feed: str = ""  # id of the feed that named it
    hints: Mapping[str, str] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capture:
    """The bytes of one fetch of an item, as the archive keeps them. `url` is an http(s) address or a file: URI."""

    sha256: str
    url: str
    fetched_at: dt.datetime  # UTC
    size: int
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    file: str = ""  # WARC file below DESK/archive/
    offset: int = 0  # of the record in it
    status: int = 200
    final_url: str = ""  # where redirects led, if elsewhere
    seq: int = 0  # its place in the archive's hash chain
    role: Role = "item"
    feed: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)  # see Fetched
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Segment:
    """A time-coded stretch of a transcript: span in the text, seconds in the recording, speaker label if it has one."""

    start: int
    end: int
    begin_s: float
    end_s: float
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph that is surely in another language than its document: span in the text, ISO 639-1 code."""

    start: int
    end: int
    language: str


@dataclass(frozen=True, slots=True)
class Document:
    """The text read from a capture by one reader version. The text never changes."""

    path: str  # file path or URL as the user gave it
    text: str
    sha256: str  # of the bytes it was read from
    title: str = ""
    language: str = ""  # ISO 639-1, "" where unsure
    published: DateValue | None = None
    updated: DateValue | None = None
    author: str = ""
    outlet: str = ""  # the site's or publication's own name
    canonical_url: str = ""
    medium: str = "article"
    format: str = "text"  # html, text, markdown, pdf, docx, srt, vtt, ttml, email, epub, ocr
    boilerplate: tuple[Span, ...] = ()  # marked in plain text; left out of pages
    headings: tuple[Span, ...] = ()  # title and headings: nobody's own words
    quoted_blocks: tuple[Span, ...] = ()  # <blockquote> and the like: quoted without marks
    segments: tuple[Segment, ...] = ()
    passages: tuple[Passage, ...] = ()  # paragraphs in another language than `language`
    translator: str = ""  # who translated it, where the item says so
    translation_of: str = ""  # address of the original, where the item names it
    notes: tuple[str, ...] = ()  # what the reader could not be sure of ("date refused: in the future")
    producer: Producer = Producer("read", "0")


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that a stage refused, and why, in one line a person can act on."""

    path: str
    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A named entity found by the encoder: kind is person, organization, location or date."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """The linguistic relation source - cue - content (Pareti 2015) in one document.

    Source and cue may be discontinuous (several spans, in order of the text); a source may be missing (empty tuple).
    `parent` is the id of the attribution whose content holds this one. `embedding` is the statement's, unit length.
    """

    id: str
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    kind: Kind
    confidence: float
    source: tuple[Span, ...] = ()
    parent: str | None = None
    embedding: tuple[float, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one encoder pass finds in a document: everything that `link` needs of it."""

    attributions: tuple[Attribution, ...] = ()
    sentences: tuple[Span, ...] = ()
    mentions: tuple[Mention, ...] = ()
    coreference: tuple[tuple[Span, Span, float], ...] = ()  # mention, antecedent, probability
    notes: tuple[str, ...] = ()
    producer: Producer = Producer("attribute", "0")


@dataclass(frozen=True, slots=True)
class Speaker:
    """The actor that a source denotes: a name where the text gives one, else a description (kind "unnamed")."""

    name: str | None
    kind: SpeakerKind
    actor: str | None = None  # id in the desk's actors
    alias: str = ""  # the alias that matched


@dataclass(frozen=True, slots=True)
class Target:
    """Towards whom the speaker acts by the statement."""

    name: str
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Via:
    """The item or outlet through which the speaker spoke, with the words that name it."""

    item: str
    medium: str
    outlet: str | None
    start: int
    end: int
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One mouth between the page and the speaker."""

    name: str
    role: ChainRole
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class MentionedItem:
    """A published item that the document speaks of."""

    id: str
    medium: str
    title: str | None
    outlet: str | None
    date: DateValue | None
    mentions: tuple[Span, ...]
    order: int | None = None  # where a text tells an order without dates ("at first ... now"): 1, 2, ...


@dataclass(frozen=True, slots=True)
class Statement:
    """An attribution resolved. `attribution` is None for a primary item's own words (depth 0, `content` its span)."""

    id: str
    content: tuple[Span, ...]
    speaker: Speaker
    chain: tuple[ChainLink, ...]
    depth: int
    attribution: Attribution | None = None
    parent: str | None = None
    target: Target | None = None
    via: Via | None = None
    date: DateValue | None = None  # of the utterance, as far as the text says
    kind: Kind = "indirect"
    confidence: float = 1.0
    order: int | None = None  # where the text tells an order without dates ("at first ... now"): 1, 2, ...
    embedding: tuple[float, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Linked:
    """What `link` makes of one document."""

    statements: tuple[Statement, ...] = ()
    items: tuple[MentionedItem, ...] = ()
    notes: tuple[str, ...] = ()
    producer: Producer = Producer("link", "0")


@dataclass(frozen=True, slots=True)
class Coding:
    """Who coded which statement with which code, when and how surely. `coder` is "model:NAME" or a person's name."""

    statement: str
    family: str
    code: str
    coder: str
    probability: float = 1.0
    codebook_version: str = ""
    coded_at: dt.datetime | None = None
    memo: str = ""
    unsure: bool = False  # a model's coding below the family's threshold
    others: Mapping[str, float] = field(default_factory=dict)  # a model's probabilities of the family's other codes
    reasons: tuple[str, ...] = ()  # the coded examples nearest to it, best first


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks or is spoken about, as the desk knows it."""

    id: str
    name: str
    kind: str = "organization"  # person, organization, group, office
    aliases: tuple[str, ...] = ()
    part_of: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who publishes. `actor` is the actor whose own voice it is (a group's weekly); None for an independent one."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    actor: str | None = None
    medium: str = "article"
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One coded statement on a line: its interval of days, item, and how it was coded (code -> probability)."""

    start: dt.date
    end: dt.date
    codes: Mapping[str, float]
    item: str = ""
    statement: str = ""
    outlet: str = ""
    reporter: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch in which the line holds. `codes` are shares, `intervals` their 90% credible intervals."""

    start: dt.date
    end: dt.date
    statements: int
    items: int
    codes: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """The boundary between two periods.

    `date` is the first item of the new period, `interval` the shortest span of dates that holds 90% of this boundary's
    probability, `probability` the posterior probability of a boundary in that span.
    """

    date: dt.date
    interval: tuple[dt.date, dt.date]
    probability: float
    before: Mapping[str, float]
    after: Mapping[str, float]
