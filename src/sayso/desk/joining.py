"""What joins the desk's documents: copies of one dispatch, and the statements that its copies repeat.

In: the store. Out: its joins, made anew from all documents whenever one has changed, so that no order of arrival shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sayso.desk.progress import Progress
from sayso.link import Dispatch, Piece, find_copies
from sayso.link.copies import candidates
from sayso.records import Statement
from sayso.store import DESK, JOIN, TRACK
from sayso.store.ids import producer_key

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.desk.engines import Engines


def join_documents(desk: Desk, engines: Engines, progress: Progress) -> None:
    """Find copies and the statements that they repeat, if anything has changed since."""
    store, producer = desk.store, producer_key(engines.linker)
    if store.progress.is_done(JOIN, DESK, producer):
        return
    signatures = store.documents.signatures()
    groups = _connected(candidates(signatures))
    copied: dict[str, tuple[str, float]] = {}
    witnessed: dict[str, tuple[str, list[dict[str, Any]]]] = {}
    with progress.stage("Join", len(groups)) as advance:
        for group in groups:
            for dispatch in _dispatches(desk, group, signatures):
                for carrier in dispatch.carriers:
                    if carrier.key != dispatch.original:
                        copied[carrier.key] = (dispatch.original, carrier.share)
                witnessed |= _repeated(desk, dispatch)
            advance(1)
    with store.transaction():
        store.joins.put(copied=copied, witnessed=witnessed, joined={})
        store.progress.mark(JOIN, DESK, producer)
        store.progress.changed(TRACK)


def _dispatches(desk: Desk, group: Iterable[str], signatures: dict[str, bytes]) -> tuple[Dispatch, ...]:
    pieces = []
    for key in group:
        document = desk.store.documents.get(key)
        pieces.append(Piece(key, document.text, document.published.value if document.published else ""))
    return find_copies(pieces, {key: signatures[key] for key in group})


def _repeated(desk: Desk, dispatch: Dispatch) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """Statements of the copies that stand in the original in the same words: they count once."""
    originals = {_words(s): s.id for s in reversed(_statements(desk, dispatch.original))}
    repeated: dict[str, tuple[str, list[dict[str, Any]]]] = {}
    for carrier in dispatch.carriers:
        if carrier.key != dispatch.original:
            for statement in _statements(desk, carrier.key):
                of = originals.get(_words(statement))
                if of and of != statement.id:
                    repeated[statement.id] = (of, [])
    return repeated


def _statements(desk: Desk, key: str) -> tuple[Statement, ...]:
    return desk.store.statements.linked(key, desk.store.documents.get(key)).statements


def _words(statement: Statement) -> tuple[str, ...]:
    text = " ".join(span.text for span in statement.content)
    return tuple("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _connected(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The connected parts of a graph, each sorted, in a fixed order: they can be looked at one by one."""
    above: dict[str, str] = {}

    def root(key: str) -> str:
        while above.setdefault(key, key) != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for one, other in pairs:
        first, second = sorted((root(one), root(other)))
        above[second] = first
    parts: dict[str, list[str]] = {}
    for key in sorted(above):
        parts.setdefault(root(key), []).append(key)
    return [parts[key] for key in sorted(parts)]
