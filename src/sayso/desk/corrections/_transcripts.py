"""Transcribing what no machine can read: a poster, a recording. A person's text stands for the bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sayso.desk.accounts import Person, audit
from sayso.desk.corrections._typed import typed_date
from sayso.desk.corrections._values import one_of
from sayso.errors import UsageError
from sayso.link import signature
from sayso.records import MEDIA, DateValue, Document, Producer

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

BY_HAND = Producer("read", "by hand")


def transcribe(desk: Desk, person: Person, sha256: str, text: str, about: Mapping[str, str]) -> str:
    """Keep what a person reads in captured bytes as their text; gives the document's id. `about`: title, language, outlet,
    author, published (YYYY-MM-DD), medium."""
    held = desk.store.captures.of(sha256)
    if not held:
        raise UsageError(f"there is no capture {sha256}")
    if not text.strip():
        raise UsageError("type what is to be read there")
    _about(about)
    with desk.store.transaction():
        desk.store.people.transcribe(sha256, text, {name: value for name, value in about.items() if value}, person.name)
        document = transcribed(desk, sha256, held[0].url)
        assert document is not None
        key = desk.store.documents.put(document, outlet_id=desk.outlet_of(document), signature=signature(document.text))
        audit(desk, person, "transcribe", sha256, {"document": key, "characters": len(text)})
    return key


def transcribed(desk: Desk, sha256: str, url: str) -> Document | None:
    """The document that a person's transcript of these bytes makes; None where there is none."""
    from sayso.pipeline import local_path

    row = desk.store.people.transcript(sha256)
    if row is None:
        return None
    about = row["about"]
    return Document(
        path=local_path(url),
        text=row["text"],
        sha256=sha256,
        title=about.get("title", ""),
        language=about.get("language", ""),
        published=_about(about),
        author=about.get("author", ""),
        outlet=about.get("outlet", ""),
        medium=about.get("medium", "") or "document",
        format="transcript",
        notes=(f"transcribed by {row['person']}",),
        producer=BY_HAND,
    )


def _about(about: Mapping[str, str]) -> DateValue | None:
    published = typed_date(about.get("published", ""))
    if about.get("medium"):
        one_of("medium", about["medium"], MEDIA)
    if not re.fullmatch(r"[a-z]{0,3}", about.get("language", "")):
        raise UsageError("language: its code of two letters, as in ar or en")
    return published
