"""Keeping: what a desk does with its archive beside putting into it. Export, evidence, erasure, stamps, backup.

In: a desk, and what is wanted. Out: files, or what was found. Here the archive meets the store.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from sayso.archive import OtherText, check_stamps, export_wacz, stamp, write_evidence
from sayso.archive import backup as backup
from sayso.archive import restore as restore
from sayso.collect import post
from sayso.desk.settings import FILE, Settings
from sayso.errors import SaysoError, UsageError
from sayso.records import Failure
from sayso.store._engine import shown
from sayso.store.schema import captures, documents

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

_GONE = "erased statement "  # key under which the store remembers why a statement is gone


def export(desk: Desk, out: Path) -> int:
    """Writes all captures to a WACZ file; gives the number of pages in it."""
    with desk.store.reading() as connection:
        titles = {row.sha256: row.title for row in connection.execute(select(documents.c.sha256, documents.c.title))}
    return export_wacz(desk.archive, out, titles=titles)


def export_evidence(desk: Desk, statement: str, out: Path) -> None:
    """Writes the evidence bundle of one statement. Raises `UsageError` for an unknown one, saying so if it was erased."""
    found = desk.store.statements.load([statement])
    if not found:
        raise UsageError(erased(desk, statement) or f"no statement {statement!r} in this desk")
    held = desk.store.captures.of(found[0].document.sha256)
    if not held:
        raise SaysoError(f"statement {statement}: the capture that its document was read from is not in the store")
    from sayso.desk.pairing import cited

    others = [
        OtherText(each.beside.role, capture, each.beside.document, each.beside.translator, each.passages)
        for each in cited(desk, found[0].document_id, found[0].statement)
        for capture in desk.store.captures.of(each.beside.document.sha256)[:1]
    ]
    write_evidence(
        out,
        archive=desk.archive,
        capture=held[0],
        document=found[0].document,
        statement=found[0].statement,
        codings=found[0].codings,
        others=others,
    )


def left_out(folder: Path) -> str:
    """What a backup of the desk in `folder` cannot hold, in words; "" for a desk whose records lie in its folder."""
    with suppress(SaysoError):  # settings that are wrong are kept as they are
        store = Settings.load(folder / FILE).store
        if store:
            return (
                f"not in it: the desk's records, which lie in {shown(store)}; back them up with pg_dump, and before this, so "
                "that the archive holds all that they speak of"
            )
    return ""


def erase(desk: Desk, sha256: str, reason: str) -> int:
    """Erases bytes, the text read from them and the statements in it; gives the number of captures erased.

    The archive's chain keeps a tombstone, the store why each statement is gone (`erased`).
    """
    count = desk.archive.erase(sha256, reason)
    with desk.store.transaction() as connection:  # what was known of the item beside its bytes goes with them
        rows = captures.c.sha256 == sha256
        connection.execute(update(captures).where(rows).values(headers={}, hints={}, origin={}))
    for capture in desk.store.captures.of(sha256):
        desk.store.progress.refuse(Failure(capture.url, "archive", f"erased ({reason})"))
    document = desk.store.documents.read_from(sha256)
    if document is not None:
        note = json.dumps({"sha256": sha256, "reason": reason})
        linked = desk.store.statements.linked(document, desk.store.documents.get(document))
        for statement in linked.statements:
            desk.store.progress.remember(_GONE + statement.id, note)
        desk.store.documents.discard(sha256)
    desk.store.people.erase(sha256)
    if desk.store.beside is not None:
        desk.store.beside.unlink(missing_ok=True)  # it says when and by whom things were said
    return count


def erased(desk: Desk, statement: str) -> str:
    """Why a statement is gone; "" for one that was not erased."""
    note = desk.store.progress.recall(_GONE + statement)
    if not note:
        return ""
    said = json.loads(note)
    return f"statement {statement} rested on bytes that were erased ({said['reason']}; SHA-256 {said['sha256']})"


def stamp_chain(desk: Desk) -> str:
    """Has the configured authority stamp the head of the archive's chain; gives that head."""
    settings = desk.settings.collect
    authority = settings.timestamp_authority
    if not authority:
        raise UsageError("no authority to ask: name one in sayso.toml, [collect] timestamp_authority")
    return stamp(desk.archive, authority, lambda query: post(authority, query, "application/timestamp-query", settings))


def stamp_problems(desk: Desk) -> Sequence[str]:
    """What is wrong with the archive's time stamps; nothing where there are none or no certificates are configured."""
    certificates = desk.settings.collect.timestamp_certificates
    return check_stamps(desk.archive, desk.folder / certificates) if certificates else ()
