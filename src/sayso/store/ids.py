"""Identities that depend on content alone, so that every re-run finds the same records again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from sayso.records import Document, Producer, Span

BY_HAND = "h"  # the id of an item that a person named begins so; all others are hexadecimal


def stable_id(*parts: object) -> str:
    """24 hexadecimal digits (96 bits of a SHA-256) of JSON-able `parts`; equal parts, equal id."""
    text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def document_id(document: Document) -> str:
    """Of the bytes and the text read from them: a new reader version that reads the same text changes nothing."""
    return stable_id("document", document.sha256, hashlib.sha256(document.text.encode(errors="replace")).hexdigest())


def held_item_id(document: Document) -> str:
    """Of the address under which the item is published: its versions share it."""
    return stable_id("item", document.canonical_url or document.path)


def mentioned_item_id(document: str, mentions: Iterable[Span], local: str) -> str:
    """Of the document and the places that name the item."""
    places = _places(mentions)
    return stable_id("mention", document, places if places else local)


def item_by_hand_id(document: str, words: str, medium: str, outlet: str | None) -> str:
    """Of the document and the words by which a person named the item; no machine's item has such an id."""
    return BY_HAND + stable_id("item by hand", document, words.casefold(), medium, (outlet or "").casefold())[1:]


def producer_key(producer: Producer) -> str:
    """One string for a producer: `stage version model`."""
    return f"{producer.stage} {producer.version} {producer.model}".rstrip()


def _places(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]
