"""Versions of a page as findings: what was edited in silence, what vanished, what became of the statements in it.

In: a desk, and an address or a document. Out: the states of a page, and for each change of state what differs and which
statements of the older text were touched. A statement stays with the version that it came from; nothing here moves one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from sayso.address import address_key
from sayso.archive import Change, changes
from sayso.records import Capture, Document, Span, Statement

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

FindingKind = Literal["edited", "vanished", "returned"]
FateKind = Literal["changed", "removed", "added", "vanished"]


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a page: when it was first seen so, and how its text differs from the last text before.

    `document` is the id of what was read from it, None where nothing was (yet), as when the page was `gone`.
    """

    capture: Capture
    document: str | None
    changes: tuple[Change, ...] = ()

    @property
    def read(self) -> bool:
        """Whether there is a text to compare."""
        return self.document is not None

    @property
    def gone(self) -> bool:
        """Whether the host said that the page is gone (404, 410)."""
        return self.capture.role == "gone"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a statement between two versions: its words before, and the words that stand there now.

    "added" statements stand in the newer version alone, all others in the older one.
    """

    statement: str
    kind: FateKind
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A page that changed after it was captured. `seen` and `at`: when the older and the newer state were captured."""

    kind: FindingKind
    url: str
    title: str
    seen: dt.datetime
    at: dt.datetime
    before: Version
    after: Version
    changes: tuple[Change, ...]
    statements: tuple[Fate, ...]


def versions(desk: Desk, url: str) -> list[Version]:
    """The states of a page, oldest first, each with its changes of text against the last text before."""
    out: list[Version] = []
    text: str | None = None
    for capture in desk.archive.versions(url):
        if capture.role == "feed" or (out and out[-1].capture.sha256 == capture.sha256):
            continue
        document = desk.store.documents.read_from(capture.sha256) if capture.role == "item" else None
        now = desk.store.documents.get(document).text if document else None
        differing = changes(text, now) if text is not None and now is not None else ()
        out.append(Version(capture, document, differing))
        text = now if now is not None else text
    return out


def findings(desk: Desk, url: str = "") -> Iterator[Finding]:
    """Every edit of words, every page that vanished or came back; of one address, or of the whole desk."""
    addresses = [url] if url else [*desk.store.versions.edited(), *desk.store.versions.vanished()]
    for address in {address_key(each): each for each in addresses}.values():
        yield from _of(desk, versions(desk, address))


def _of(desk: Desk, states: Sequence[Version]) -> Iterator[Finding]:
    text: Version | None = None  # the last state with a text
    for before, after in pairwise(states):
        text = before if before.document else text
        kind: FindingKind = "vanished" if after.gone else "returned" if before.gone else "edited"
        if kind == "edited" and not after.changes:
            continue
        document = desk.store.documents.get(text.document) if text and text.document else None
        yield Finding(
            kind,
            after.capture.url,
            document.title if document else "",
            before.capture.fetched_at,
            after.capture.fetched_at,
            before,
            after,
            after.changes,
            tuple(_fates(desk, text, after)) if text else (),
        )


def _fates(desk: Desk, before: Version, after: Version) -> Iterator[Fate]:
    assert before.document
    for statement in _statements(desk, before.document):
        if after.gone:
            yield Fate(statement.id, "vanished", _words(statement), "")
        elif after.document and _touched(statement.content, [change.before for change in after.changes]):
            now = _now(desk.store.documents.get(after.document), statement, after.changes)
            yield Fate(statement.id, "changed" if now else "removed", _words(statement), now)
    if after.document:
        for statement in _statements(desk, after.document):
            added = [change.after for change in after.changes if not change.before.text]
            if _inside(statement.content, added):
                yield Fate(statement.id, "added", "", _words(statement))


def fates(desk: Desk, document: str) -> dict[str, Fate]:
    """What became of a document's statements in the newest version of its item: those that still stand are left out.

    Empty for the newest version itself, unless the page has vanished.
    """
    held = desk.store.captures.of(desk.store.documents.get(document).sha256)
    if not held:
        return {}
    states = versions(desk, held[0].url)
    here = next((state for state in states if state.document == document), None)
    if here is None or not states or states[-1] is here:
        return {}
    last = states[-1]
    if last.document and here.document != last.document:
        texts = [desk.store.documents.get(each).text for each in (document, last.document)]
        last = Version(last.capture, last.document, changes(*texts))
    return {fate.statement: fate for fate in _fates(desk, here, last) if fate.kind != "added"}


def _statements(desk: Desk, document: str) -> tuple[Statement, ...]:
    return desk.store.statements.linked(document, desk.store.documents.get(document)).statements


def _words(statement: Statement) -> str:
    return " … ".join(span.text for span in statement.content)


def _touched(content: Sequence[Span], places: Sequence[Span]) -> bool:
    """Whether a change touches the words: overlaps them, or adds something within them."""
    return any(
        place.start < span.end and span.start < max(place.end, place.start + 1) for span in content for place in places
    )


def _inside(content: Sequence[Span], places: Sequence[Span]) -> bool:
    return any(place.start <= content[0].start and content[-1].end <= place.end for place in places)


def _now(document: Document, statement: Statement, differing: Sequence[Change]) -> str:
    """The words of the newer text where the statement's words stood in the older one; "" where nothing is left."""
    start = _moved(statement.content[0].start, differing, begin=True)
    end = _moved(statement.content[-1].end, differing, begin=False)
    return document.text[start:end].strip()


def _moved(place: int, differing: Sequence[Change], *, begin: bool) -> int:
    """Where a place of the older text lies in the newer one; a place inside a change lies at its begin or end."""
    shift = 0
    for change in differing:
        if change.before.end <= place and (begin or change.before.start < place):
            shift = change.after.end - change.before.end
        elif change.before.start < place:
            return change.after.start if begin else change.after.end
        else:
            break
    return place + shift


def address_of(desk: Desk, named: str) -> str:
    """The address of a page that is named by it, by the id of a document or by a path."""
    try:
        document = desk.store.documents.get(named)
    except KeyError:
        return named
    held = desk.store.captures.of(document.sha256)
    return held[0].url if held else document.path
