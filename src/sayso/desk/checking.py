"""`sayso verify`: every link of evidence, from the words of a statement down to the bytes that were fetched.

In: the desk. Out: one sentence for each thing that is not as it was; none for a sound desk.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sayso.desk.keeping import erased, stamp_problems
from sayso.desk.progress import Progress
from sayso.records import Document
from sayso.store.ids import document_id

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


def verify(desk: Desk, progress: Progress) -> Iterator[str]:
    """Re-hash the archive, then check that documents, spans and people's work still rest on it."""
    with progress.stage("Archive", None) as advance:
        for problem in desk.archive.verify():
            yield f"archive: {problem}"
            advance(1)
    yield from (f"archive: {problem}" for problem in stamp_problems(desk))
    ids = desk.store.documents.ids()
    elsewhere = _elsewhere(desk)
    with progress.stage("Evidence", len(ids)) as advance:
        for key in ids:
            document = desk.store.documents.get(key)
            yield from _document(desk, key, document, elsewhere)
            advance(1)
    from sayso.desk.composing import verify_issued

    yield from verify_issued(desk)
    for sha256 in desk.store.captures.contents():
        if sha256 not in desk.archive and sha256 not in elsewhere and not _was_erased(desk, sha256):
            yield f"capture {sha256}: the desk knows of it, the archive does not have it"
    for work in desk.store.people.unconfirmed():
        if not erased(desk, work["statement_id"]):
            what = "coding" if "code" in work else "correction"
            yield (
                f"{what} {work['id']} by {work.get('coder') or work.get('person')}: its statement {work['statement_id']} "
                f"is gone since a newer reading ({work['anchor']})"
            )


def left_elsewhere(desk: Desk) -> str:
    """A sentence on what bulk runs left where it was, which is no damage; "" if there is none."""
    found = len(_elsewhere(desk))
    what = (
        "document came from a bulk run: the bytes it was"
        if found == 1
        else "documents came from bulk runs: the bytes they were"
    )
    return f"{found} {what} read from are not in the archive" if found else ""


def _elsewhere(desk: Desk) -> set[str]:
    return {sha256 for sha256 in desk.store.captures.elsewhere() if sha256 not in desk.archive}


def _document(desk: Desk, key: str, document: Document, elsewhere: set[str]) -> Iterator[str]:
    if document_id(document) != key:
        yield f"document {key} ({document.path}): its text is not the one that was read"
        return
    if document.sha256 not in desk.archive and document.sha256 not in elsewhere:
        yield f"document {key} ({document.path}): the bytes it was read from ({document.sha256}) are not in the archive"
    for statement, kept in desk.store.statements.words(key):
        stands = " … ".join(span.text for span in statement.content)
        if stands != kept:
            yield f"statement {statement.id} in {document.path}: its words do not stand at its place"


def _was_erased(desk: Desk, sha256: str) -> bool:
    return any(line["kind"] == "erasure" for line in desk.archive.entries(sha256))
