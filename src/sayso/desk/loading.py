"""What a desk lends to bulk runs, and what it takes in from them.

`kit_of`: a desk's actors, outlets, reference texts and coders, for workers anywhere. `load`: OUT becomes documents,
statements and codings of the desk, with the spans, dates and probabilities that the workers gave them. Each stage is marked
as done by whoever did it, so that the next `run` does again only what the desk itself would do otherwise (linking, when its
actors are not the run's).

The bytes of the pages stay where they were: a capture with the role "bulk" tells their address, day, SHA-256 and container,
and the archive does not hold them. `Loaded` and `verify` say so. The text is kept, so every span can be checked against it;
the text can be checked against the page once that is added (`sayso add`): the same bytes are then the same document.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sayso.bulk import Kit, Output
from sayso.bulk.rows import Row
from sayso.bulk.tables import Kept, documents, failures, rows
from sayso.desk.progress import Progress
from sayso.errors import UsageError
from sayso.records import Capture
from sayso.store import JOIN, TRACK
from sayso.store.ids import document_id, producer_key

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


_OF_CAPTURES = ("document", "path", "sha256", "captured", "container", "bytes", "media_type")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came in. `known` are documents that the desk had already, from the same stages; `unarchived` are those of
    all whose bytes the desk's archive does not hold; `refused` are the pages that the run had refused."""

    documents: int
    statements: int
    known: int
    refused: int
    unarchived: int


def kit_of(desk: Desk) -> Kit:
    """What workers need to link and code as the desk does. Raises `UsageError` for coders that ask an endpoint."""
    from sayso.desk.coders import Coders
    from sayso.desk.engines import shipped
    from sayso.desk.referencing import reference_texts

    coders = Coders(desk, shipped())
    return Kit.of(
        desk.store.settings.actors(),
        desk.store.settings.outlets(),
        coders.each(),
        references=reference_texts(desk),
        actors_version=desk.actors_version,
        coders_version=coders.producer,
        threshold=desk.settings.attribute.threshold,
    )


def load(desk: Desk, out: str, progress: Progress) -> Loaded:
    """Take in what a bulk run made. Done twice, it changes nothing. Raises `UsageError` for a folder without a run."""
    output = Output(out)
    header = output.header()
    if header is None:
        raise UsageError(f"{out}: no bulk run (it has no manifest.json); `sayso bulk INPUT… -o {out}` makes one")
    entries = output.entries()
    total = sum(int(entry["documents"]) for entry in entries.values())
    new = statements = known = unarchived = 0
    with progress.stage("Load", total) as advance, desk.store.bulk_load() as into:
        for each in documents(output):
            unarchived += each.document.sha256 not in desk.archive
            marks = _marks(desk, each, header)
            if _is_known(desk, each, marks):
                known += 1
            else:
                into.document(
                    each.document,
                    each.analysis,
                    each.linked,
                    outlet_id=desk.outlet_of(each.document),
                    outlet_ids=desk.outlet_ids(each.linked),
                    signature=each.signature,
                    codings=each.codings,
                    marks=marks,
                )
                new += 1
                statements += len(each.linked.statements)
            advance(1)
    begun = dt.date.fromisoformat(header["begun"])
    captured = (_capture(row, output, begun) for row in rows(output, "documents", list(_OF_CAPTURES)))
    while some := list(itertools.islice(captured, 1000)):
        with desk.store.transaction():
            for capture in some:
                desk.store.captures.add(capture)
    with desk.store.transaction():
        refused = 0
        for failure in failures(output):
            desk.store.progress.refuse(failure)
            refused += 1
        if new:
            desk.store.progress.changed(JOIN, TRACK)
    if new:
        desk.store.analyze()
    return Loaded(new, statements, known, refused, unarchived)


def _marks(desk: Desk, each: Kept, header: Mapping[str, Any]) -> dict[str, str]:
    """Stage -> who did it: only where the desk would take the same parts."""
    marks = {"read": producer_key(each.document.producer), "attribute": producer_key(each.analysis.producer)}
    if header["actors_version"] == desk.actors_version:
        marks["link"] = f"{producer_key(each.linked.producer)} actors={desk.actors_version}"
        if header["coders_version"]:
            marks["code"] = str(header["coders_version"])
    return marks


def _is_known(desk: Desk, each: Kept, marks: Mapping[str, str]) -> bool:
    key, done = document_id(each.document), desk.store.progress.is_done
    return done("read", each.document.sha256, marks["read"]) and done("attribute", key, marks["attribute"])


def _capture(row: Row, output: Output, begun: dt.date) -> Capture:
    """Where the bytes came from. Its file is empty: the archive does not hold them."""
    path = row["path"]
    origin = {"bulk": output.url, "document": row["document"], "container": row["container"]}
    return Capture(
        sha256=row["sha256"],
        url=path if "://" in path else "file://" + quote(str(Path(path).absolute())),
        fetched_at=dt.datetime.combine(row["captured"] or begun, dt.time(), dt.UTC),
        size=row["bytes"],
        media_type=row["media_type"] or "",
        role="bulk",
        origin={name: value for name, value in origin.items() if value},
    )
