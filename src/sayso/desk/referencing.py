"""Quotations looked up in the desk's reference texts: scripture, a treaty, a programme, earlier speeches.

In: the folder of texts that `sayso.toml` names, and the statements. Out: the places that statements quote, kept with them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from sayso.desk.progress import Progress
from sayso.desk.sharing import documents, finishing
from sayso.errors import SaysoError
from sayso.link import References
from sayso.link.references import read_texts, texts_in
from sayso.store import QuotedPlace

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

STAGE = "references"
VERSION = "1"  # another whenever quotations are looked up otherwise


def folder_of(desk: Desk) -> Path:
    """Where the reference texts lie."""
    return desk.folder / desk.settings.link.references


def references_of(desk: Desk) -> References:
    """The desk's reference texts, for looking up. Raises `SaysoError` where one cannot be read."""
    return References(reference_texts(desk))


def reference_texts(desk: Desk) -> dict[str, str]:
    """The texts by name; none where there is no such folder. Raises `SaysoError` where one cannot be read."""
    if not desk.settings.link.references or not folder_of(desk).is_dir():
        return {}
    try:
        return read_texts(folder_of(desk))
    except OSError as error:
        raise SaysoError(f"the reference texts in {folder_of(desk)} cannot be read: {error.strerror}") from None


def mark_references(desk: Desk, progress: Progress) -> None:
    """Quotations found in the reference texts are marked with their place; all anew when a text has changed."""
    texts = _state(desk)
    if not texts and not desk.store.quoted_places.count():
        return
    producer = f"{STAGE} {VERSION} texts={texts or 'none'}"
    references: References | None = None
    for key, document in documents(desk, progress, "References", STAGE, producer, after="link"):
        references = references or references_of(desk)  # not the desk's own, which may be older than the texts
        found = references.mark(document.text, desk.store.statements.linked(key, document).statements)
        with finishing(desk, STAGE, key, producer) as mine:
            if mine:
                kept = {
                    statement: [QuotedPlace(p.work, p.section, p.verdict, p.start, p.end, p.text) for p in places]
                    for statement, places in found.items()
                }
                desk.store.quoted_places.put(key, kept)
                desk.store.progress.mark(STAGE, key, producer)


def _state(desk: Desk) -> str:
    """Another value whenever a reference text changes; "" where there are none."""
    if not desk.settings.link.references:
        return ""
    digest = hashlib.sha256()
    found = False
    for name, path in texts_in(folder_of(desk)):
        found = True
        digest.update(f"{name}\0".encode("utf-8", "surrogateescape"))
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError as error:
            raise SaysoError(f"{path}: cannot be read: {error.strerror}") from None
    return digest.hexdigest()[:12] if found else ""
