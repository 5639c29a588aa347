"""Originals and their translations: who joined them, what stands beside what.

In: a desk, and two documents by id, address, path or SHA-256. Out: the pairs, the document at the other end of one, and for
a statement the passage of the other text that it stands for, so that it can be cited in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sayso.errors import UsageError
from sayso.read.aligned import align, counterpart
from sayso.records import Document, Span, Statement

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class Beside:
    """The other end of a pair: what it is to the document asked about. `person` is "" where the item says so itself."""

    role: Literal["original", "translation"]
    document_id: str
    document: Document
    translator: str
    person: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A statement's passage in the other text of a pair."""

    beside: Beside
    passages: tuple[Span, ...]


def pair(desk: Desk, original: str, translation: str, *, translator: str = "", person: str) -> tuple[str, str]:
    """Join two documents; gives their ids. Raises `UsageError` for a name that the desk does not know.

    It is the items that are joined: later versions of either stay with the pair.
    """
    first, second = find_document(desk, original), find_document(desk, translation)
    items = [desk.store.pairs.item_of(each) or "" for each in (first, second)]
    if items[0] == items[1]:
        raise UsageError("an item cannot be its own translation: both names are of one item")
    name = translator or desk.store.documents.get(second).translator
    desk.store.pairs.join(items[0], items[1], name, person)
    return first, second


def unpair(desk: Desk, translation: str) -> bool:
    """Take back what people said of this translation; False where nobody joined it to anything."""
    return desk.store.pairs.part(desk.store.pairs.item_of(find_document(desk, translation)) or "")


def pairs(desk: Desk) -> Iterator[tuple[str, Beside]]:
    """Every original (the id of its current document) with a translation of it."""
    for each in desk.store.pairs.each():
        original, translation = desk.store.pairs.current(each.original), desk.store.pairs.current(each.translation)
        if original and translation:
            document = desk.store.documents.get(translation)
            name = each.translator or document.translator
            yield original, Beside("translation", translation, document, name, each.person)


def beside(desk: Desk, document: str) -> list[Beside]:
    """The originals and translations of a document, as their current versions stand."""
    item = desk.store.pairs.item_of(document)
    out = []
    for each in desk.store.pairs.of(item) if item else ():
        other = each.translation if each.original == item else each.original
        key = desk.store.pairs.current(other)
        if key is not None:
            role: Literal["original", "translation"] = "translation" if other == each.translation else "original"
            out.append(Beside(role, key, desk.store.documents.get(key), each.translator, each.person))
    return out


def cited(desk: Desk, document: str, statement: Statement) -> list[Cited]:
    """A statement's passages in the originals and translations of its document, found by the lengths of paragraphs."""
    here = desk.store.documents.get(document)
    return [
        Cited(other, passages(here, other.document, [statement], role=other.role)[0])
        for other in beside(desk, document)
    ]


def passages(
    document: Document, other: Document, statements: Iterable[Statement], *, role: str
) -> list[tuple[Span, ...]]:
    """Of each statement of a document its passages in the document's original or translation (`role`: which `other` is)."""
    ours = role == "original"  # then the statements stand in the translation
    found = _aligned(other.text, document.text) if ours else _aligned(document.text, other.text)
    return [counterpart(each.content, found, of_translation=ours) for each in statements]


@lru_cache(maxsize=8)  # texts never change, and a long pair takes seconds
def _aligned(original: str, translation: str) -> tuple[tuple[Span, Span], ...]:
    return align(original, translation)


def find_document(desk: Desk, name: str) -> str:
    """The id of the current document with this id, address, path or SHA-256. Raises `UsageError` where there is none."""
    found = desk.store.pairs.document(name)
    if found is None and "://" in name and (known := desk.archive.known(name)):
        found = desk.store.documents.read_from(known.sha256)
    if found is None and Path(name).exists() and (known := desk.archive.known(Path(name).absolute().as_uri())):
        found = desk.store.documents.read_from(known.sha256)
    if found is None:
        raise UsageError(f"no document {name!r} in this desk: give an id, address, path or SHA-256 (was it run?)")
    return found
