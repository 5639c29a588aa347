"""Work of people whose place is not sure any more: a newer run or version of the page has its words elsewhere, or not.

What is offered is confirmed, declined, or kept by hand; nothing moves by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sayso.desk.accounts import Person, audit
from sayso.desk.corrections._statements import topics_anew
from sayso.desk.corrections._values import SPANS, empty, empty_names, plain_spans
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


def confirm(desk: Desk, person: Person, key: str) -> str:
    """Accept the place that is offered for work that lost its own; gives the statement's id."""
    with desk.store.transaction():
        statement = desk.store.people.confirm(key)
        audit(desk, person, "confirm", key, {"statement": statement})
        state = desk.store.people.state_of(statement)
        if state is not None:
            topics_anew(desk, state["document_id"], [statement])
    return statement


def decline(desk: Desk, person: Person, key: str) -> None:
    """Leave the work where it was made; without a place there any more, it is undone."""
    with desk.store.transaction():
        desk.store.people.decline(key)
        audit(desk, person, "decline", key)


def keep_by_hand(desk: Desk, person: Person, key: str) -> str:
    """Make a statement by hand of one that no machine finds any more but a person corrected; gives its id."""
    with desk.store.transaction():
        work = desk.store.people.work(key)
        if work is None or work["table"] != "corrections" or work["undone_at"] or work["anchor"] == "exact":
            raise UsageError(f"nothing waits under {key}")
        place = still_there(desk, work)
        if place is None:
            raise UsageError("its words do not stand in the text any more")
        document, value = place
        lost = [each for each in desk.store.people.unconfirmed() if each.get("statement_id") == work["statement_id"]]
        made = desk.store.people.attribute(document, value, person.name)
        for each in lost:
            if each["table"] == "corrections":
                desk.store.people.undo(each["id"])
        audit(desk, person, "keep by hand", made, {"was": work["statement_id"]})
        topics_anew(desk, document, [made])
    return made


def still_there(desk: Desk, work: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Where the whole statement that a correction was made on still stands: document, and its values with the correction."""
    seen = work["seen"]
    document = desk.store.documents.read_from(work["sha256"])
    if not seen or not document:
        return None
    record = desk.store.documents.get(document)
    base = " … ".join(record.text[start:end] for start, end in work["spans"])
    if base != work["text"]:
        return None
    owner = desk.store.items.of_documents([document])
    value = {**empty(desk, record, document, owner[document]), **{name: seen[name] for name in empty_names()}}
    people = desk.store.people
    mine = [each for each in people.corrections(work["statement_id"]) if each["undone_at"] is None]
    for each in mine:
        for name, given in each["value"].items():
            if name in value:
                value[name] = plain_spans(given) if name in SPANS else given
    return document, value
