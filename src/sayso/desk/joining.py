"""What joins the desk's documents: copies of a dispatch, quotations with several witnesses, mentions of one item.

In: the store. Out: its joins, made anew from all documents whenever one has changed, so that no order of arrival shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from sayso.desk.progress import Progress
from sayso.desk.sharing import whole_desk
from sayso.link import (
    Dispatch,
    HeldPiece,
    MentionedPiece,
    Piece,
    Quotation,
    SameItem,
    Witnesses,
    connected,
    find_copies,
    find_witnesses,
    link_held,
    propose_items,
    repeats,
)
from sayso.link.copies import candidates
from sayso.records import Statement
from sayso.store import JOIN, TRACK, decided
from sayso.store.ids import producer_key

Witnessed = dict[str, tuple[str, list[list[str]]]]  # statement -> (the one that stands for it, differences)

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.desk.engines import Engines


def join_documents(desk: Desk, engines: Engines, progress: Progress) -> None:
    """Find copies and the statements that they repeat, if anything has changed since."""

    def joined() -> Callable[[], None]:
        copied, witnessed, items = _joins(desk, progress)

        def keep() -> None:
            desk.store.joins.put(copied=copied, witnessed=witnessed, joined=items)
            desk.store.progress.changed(TRACK)

        return keep

    whole_desk(desk, JOIN, producer_key(engines.linker), joined)


def _joins(desk: Desk, progress: Progress) -> tuple[dict[str, tuple[str, float]], Witnessed, dict[str, str]]:
    """document -> (dispatch, part); statement -> (the one that stands for it, differences); item -> item."""
    store = desk.store
    signatures = store.documents.signatures()
    groups = connected(candidates(signatures))
    quotations = [Quotation(*each) for each in store.statements.quotations()]
    copied: dict[str, tuple[str, float]] = {}
    witnessed: Witnessed = {}
    with progress.stage("Join", len(groups)) as advance:
        for group in groups:
            for dispatch in _dispatches(desk, group, signatures):
                for carrier in dispatch.carriers:
                    if carrier.key != dispatch.original:
                        copied[carrier.key] = (dispatch.original, carrier.share)
                witnessed |= _repeated(desk, dispatch)
            advance(1)
    witnessed = _one_each(witnessed, find_witnesses(quotations))
    _, held = store.same_items.joined()
    joined = decided(_joined_items(desk, quotations), held, store.same_items.decisions())
    return copied, witnessed, joined


def _dispatches(desk: Desk, group: Iterable[str], signatures: dict[str, bytes]) -> tuple[Dispatch, ...]:
    pieces = []
    for key in group:
        document = desk.store.documents.get(key)
        pieces.append(Piece(key, document.text, document.published.value if document.published else ""))
    return find_copies(pieces, {key: signatures[key] for key in group})


def _repeated(desk: Desk, dispatch: Dispatch) -> Witnessed:
    """Statements of the copies that stand in the original, in the same words or cut otherwise: they count once."""
    listed = _statements(desk, dispatch.original)
    text = desk.store.documents.get(dispatch.original).text
    originals = {_words(s): s.id for s in reversed(listed)}
    repeated: Witnessed = {}
    for carrier in dispatch.carriers:
        if carrier.key == dispatch.original:
            continue
        rest, same = {}, set()
        for statement in _statements(desk, carrier.key):
            of = originals.get(_words(statement))
            if of is None:
                rest[statement.id] = statement.content
            else:
                same.add(of)
                if of != statement.id:
                    repeated[statement.id] = (of, [])
        left = {s.id: s.content for s in listed if s.id not in same}
        found = repeats(text, left, desk.store.documents.get(carrier.key).text, rest) if left and rest else {}
        for key, (of, differences) in found.items():
            if key != of:
                repeated[key] = (of, [[d.kind, d.original, d.other] for d in differences])
    return repeated


def _one_each(repeated: Witnessed, groups: Iterable[Witnesses]) -> Witnessed:
    """Copies and near-copies together: every repeated statement names the one that stands for all, and no chain is left.

    Where a statement of a copy heads a group of like quotations, the dispatch's own statement heads it instead.
    """
    result = dict(repeated)
    for group in groups:
        head = repeated[group.statement][0] if group.statement in repeated else group.statement
        for witness in group.witnesses:
            if witness.statement not in (head, *repeated):
                differences = [[d.kind, d.original, d.other] for d in witness.differences]
                result[witness.statement] = (head, differences)
    for statement, (of, differences) in result.items():
        if of in result:
            result[statement] = (result[of][0], differences)
    return {statement: found for statement, found in result.items() if found[0] != statement}


def _joined_items(desk: Desk, quotations: Iterable[Quotation]) -> dict[str, str]:
    """Mentioned item -> the held item that it is, else the first of the mentions that seem to be one item."""
    words: dict[str, list[tuple[str, str]]] = {}
    spoken_in = desk.store.statements.items_of([each.statement for each in quotations])
    for each in quotations:
        words.setdefault(spoken_in[each.statement], []).append((each.statement, each.text))
    mentioned = desk.store.items.mentioned()
    pieces = [
        MentionedPiece(m.id, m.document_id, m.medium, m.title, m.outlet, m.date, tuple(words.get(m.id, ())))
        for m in mentioned
        if m.title or m.outlet or m.id in words
    ]
    # Only originals that a mention may mean are read: whose outlet or title one of them names.
    outlets, titles = {m.outlet_id for m in mentioned} - {None}, {(m.title or "").casefold() for m in mentioned} - {""}
    held = []
    owner = {}
    for item in desk.store.items.held():
        if item.document_id and (item.outlet_id in outlets or (item.title or "").casefold() in titles):
            document = desk.store.documents.get(item.document_id)
            owner[item.document_id] = item.id
            held.append(
                HeldPiece(item.document_id, document.text, item.medium, item.title or "", item.outlet or "", item.date)
            )
    joined = {link.mention: owner[link.held] for link in link_held(pieces, held, desk.actors)}
    for same in _proposals(desk, pieces):
        originals = {joined[key] for key in same.keys if key in joined}
        head = originals.pop() if len(originals) == 1 else same.keys[0]
        for key in same.keys:
            if key != head:
                joined.setdefault(key, head)
    return joined


def _proposals(desk: Desk, pieces: Iterable[MentionedPiece]) -> Iterator[SameItem]:
    """Mentions that seem to be one item; looked for among those of one medium and name, as all pairs are compared."""
    alike: dict[tuple[str, str], list[MentionedPiece]] = {}
    for piece in pieces:
        outlet = desk.actors.outlet(piece.outlet) if piece.outlet else None
        name = piece.title or (outlet.id if outlet else piece.outlet)
        if name:
            alike.setdefault((piece.medium, name.casefold()), []).append(piece)
    for key in sorted(alike):
        yield from propose_items(alike[key], desk.actors)


def _statements(desk: Desk, key: str) -> tuple[Statement, ...]:
    return desk.store.statements.linked(key, desk.store.documents.get(key)).statements


def _words(statement: Statement) -> tuple[str, ...]:
    text = " ".join(span.text for span in statement.content)
    return tuple("".join(c if c.isalnum() else " " for c in text.casefold()).split())
