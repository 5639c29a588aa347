"""Correcting a statement, saying that it is none, attributing by hand, and undoing any of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sayso.desk.accounts import Person, audit
from sayso.desk.coding import Judged
from sayso.desk.corrections._typed import Conflict, Typed
from sayso.desk.corrections._values import SPANS, empty, plain, plain_spans, same, values, version
from sayso.desk.topics import topics_of
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


def correct(desk: Desk, person: Person, statement: str, typed: Typed, *, seen: str = "") -> list[str]:
    """Correct a statement; gives the ids of the corrections, one for each field that changed.

    `seen` is the `version` of the statement that the person looked at. Raises `Conflict` where it has changed since,
    `Wrong` for what cannot be kept, `UsageError` for an unknown statement.
    """
    with desk.store.transaction():
        state = _state(desk, statement)
        if seen and seen != version(state):
            raise Conflict(_changed_by(desk, statement))
        text = desk.store.documents.get(state["document_id"]).text
        wanted = values(desk, typed, state, text)
        made = []
        for field, value in wanted.items():
            if same(field, value, state):
                continue
            made.append(desk.store.people.correct(statement, field, value, person.name))
            before = {name: state[name] for name in value}
            audit(desk, person, f"correct {field}", statement, {"before": plain(before), "after": plain(value)})
        if made:
            topics_anew(desk, state["document_id"], [statement])
    return made


def reject(desk: Desk, person: Person, statement: str, *, seen: str = "") -> str:
    """Say that this is no statement: it counts nowhere. Gives the correction's id."""
    with desk.store.transaction():
        state = _state(desk, statement)
        if seen and seen != version(state):
            raise Conflict(_changed_by(desk, statement))
        if state["rejected"]:
            raise UsageError("it is deleted already")
        key = desk.store.people.correct(statement, "rejected", {"rejected": True}, person.name)
        audit(desk, person, "delete statement", statement, {"words": state["text"][:500]})
    return key


def attribute(desk: Desk, person: Person, document: str, typed: Typed) -> str:
    """Attribute words of a document to somebody by hand; gives the statement's id."""
    with desk.store.transaction():
        try:
            record = desk.store.documents.get(document)
        except KeyError:
            raise UsageError(f"there is no document {document}") from None
        owner = desk.store.items.of_documents([document])
        blank = empty(desk, record, document, owner[document])
        value = {**blank}
        for field, each in values(desk, typed, blank, record.text, by_hand=True).items():
            value |= {name: plain_spans(each[name]) if field in SPANS else each[name] for name in each}
        value.pop("start")
        value.pop("document_id")
        key = desk.store.people.attribute(document, value, person.name)
        words = " … ".join(record.text[start:end] for start, end in value["content"])
        audit(desk, person, "attribute", key, {"document": document, "words": words[:500]})
        topics_anew(desk, document, [key])
    return key


def undo(desk: Desk, person: Person, key: str) -> str:
    """Take back a correction or a statement by hand, one's own or another's; gives the document's id."""
    with desk.store.transaction():
        work = desk.store.people.work(key)
        if work is None or work["table"] == "human_codings":
            raise UsageError(f"there is no correction {key}")
        if work["undone_at"] is not None:
            raise UsageError("it is undone already")
        document = _document_of(desk, work)
        desk.store.people.undo(key)
        audit(desk, person, "undo", key, {"what": work.get("field", "attribution"), "by": work["person"]})
        if document and work.get("statement_id"):
            topics_anew(desk, document, [work["statement_id"]])
    return document


def _state(desk: Desk, statement: str) -> dict[str, Any]:
    state = desk.store.people.state_of(statement)
    if state is None:
        raise UsageError(f"there is no statement {statement}")
    return state


def _document_of(desk: Desk, work: Mapping[str, Any]) -> str:
    if work["table"] == "hand_statements":
        return str(work["document_id"])
    state = desk.store.people.state_of(work["statement_id"])
    return str(state["document_id"]) if state else ""


def _changed_by(desk: Desk, statement: str) -> dict[str, str]:
    return {field: person for field, person, _ in desk.store.people.correctors([statement]).get(statement, [])}


def topics_anew(desk: Desk, document: str, statements: Sequence[str]) -> None:
    """Which topics these statements belong to now: lines show a correction at once, not after the next run only."""
    record = desk.store.documents.get(document)
    linked = [s for s in desk.store.statements.linked(document, record).statements if s.id in set(statements)]
    found = topics_of(desk.topics, record, linked, desk.actors)
    desk.store.people.put_topics([s.id for s in linked], Judged.of(desk).over(found, linked))
