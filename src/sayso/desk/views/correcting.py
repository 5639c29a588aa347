"""What the pages of corrections show: a statement or a new one as a form, what people did in a document, what waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args

from sayso.desk import corrections
from sayso.desk.views._shared import Content, Missing, actor_name, full_date, iso, statement_content
from sayso.desk.views.captures import capture
from sayso.errors import UsageError
from sayso.records import MEDIA, Kind, SpeakerKind
from sayso.store.browse import Browse

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

NAMES = 400  # actors that a form suggests
AROUND = 160  # characters on either side of a place


def correcting(desk: Desk, key: str) -> Content:
    """A statement as a form, with what people corrected in it and the items that its document mentions."""
    state = desk.store.people.state_of(key)
    if state is None:
        raise Missing(f"there is no statement {key}")
    (found,) = desk.store.statements.load([key])
    return _choices(desk, state["document_id"]) | {
        "statement": statement_content(desk, found),
        "address": f"/statements/{key}/correct",
        "document": state["document_id"],
        "title": found.document.title or found.document.path,
        "language": found.document.language,
        "text_length": len(found.document.text),
        "version": corrections.version(state),
        "rejected": state["rejected"],
        "by_hand": state["attributed_by"] == "person",
        "values": _typed(state),
        "was": _typed(state),
        "words": {name: [found.document.text[s:e] for s, e in state[name]] for name in corrections.SPANS},
        "history": history(desk, key),
    }


def attributing(desk: Desk, document: str, given: Mapping[str, str]) -> Content:
    """An empty form for a statement by hand in a document; `given` are places that are marked already."""
    row = Browse(desk.store).document_row(document)
    if row is None:
        raise Missing(f"there is no document {document}")
    record = desk.store.documents.get(document)
    words: dict[str, list[str]] = {}
    for name in corrections.SPANS:
        try:
            words[name] = [record.text[s:e] for s, e in corrections.pieces_of(given.get(name, ""), record.text)]
        except UsageError:
            words[name] = []
    date = full_date(record.published)
    return _choices(desk, document) | {
        "statement": None,
        "address": f"/documents/{document}/attribute",
        "document": document,
        "title": record.title or record.path,
        "language": record.language,
        "text_length": len(record.text),
        "version": "",
        "was": {},
        "rejected": False,
        "by_hand": True,
        "values": {
            **{name: given.get(name, "") for name in corrections.SPANS},
            "kind": "indirect",
            "speaker": "",
            "speaker_kind": "person",
            "target": "",
            "via": "",
            "via_item": "",
            "via_medium": "",
            "via_outlet": "",
            "date": date["value"] if date else "",
            "date_of": "item" if date else "utterance",
            "depth": "",
        },
        "words": words,
        "history": [],
    }


def history(desk: Desk, statement: str) -> list[Content]:
    """A statement's corrections, the newest first: who, when, what it was and became, whether it holds."""
    return [
        _change(desk, {"table": "corrections", **row}) for row in reversed(desk.store.people.corrections(statement))
    ]


def corrected_in(desk: Desk, document: str) -> list[Content]:
    """What people corrected and attributed in a document, the newest first."""
    return [_change(desk, row) for row in desk.store.people.of_document(document)]


def corrections_made(desk: Desk, about: str = "") -> Iterator[Content]:
    """What people corrected and attributed, the oldest first, undone ones too: all, or of a statement or document.

    `document` is where it stands now, None where it stands no more; `version` says in which state the statement is.
    """
    for row in desk.store.people.made(about):
        change = _change(desk, row)
        state = desk.store.people.state_of(change["statement"])
        yield change | {
            "document": state["document_id"] if state else None,
            "version": corrections.version(state) if state else None,
            "words": row["text"],
        }


def confirming(desk: Desk) -> Content:
    """The queue: people's work whose words a newer run or version of the page has elsewhere, or not at all."""
    lost = [_waiting(desk, row, "run") for row in desk.store.people.unconfirmed()]
    older = [_waiting(desk, row, "version") for row in desk.store.people.superseded()]
    queue = [*lost, *older]
    return {
        "waiting": queue,
        "offered": sum(1 for each in queue if each["offer"]),
        "lost": sum(1 for each in queue if not each["offer"]),
    }


def transcribing(desk: Desk, sha256: str) -> Content:
    """Captured bytes with the form for what a person reads in them."""
    row = desk.store.people.transcript(sha256)
    return capture(desk, sha256) | {
        "text": row["text"] if row else "",
        "about": row["about"] if row else {},
        "person": row["person"] if row else "",
        "media": list(MEDIA),
    }


def _waiting(desk: Desk, row: Mapping[str, Any], why: str) -> Content:
    change = _change(desk, row)
    offer: Content | None = None
    if row["table"] == "hand_statements":
        if row["proposal"] is not None:
            document = row.get("current") or row["document_id"]
            text = desk.store.documents.get(document).text
            start = min(s for s, *_ in row["spans"]) + row["proposal"]
            end = max(e for _, e, *_ in row["spans"]) + row["proposal"]
            offer = {"document": document, "statement": None, **_context(text, start, end)}
    elif row["proposal"]:
        (there,) = desk.store.statements.load([row["proposal"]]) or (None,)
        if there is not None:
            spans = there.statement.content
            offer = {
                "document": there.document_id,
                "statement": there.statement.id,
                **_context(there.document.text, spans[0].start, spans[-1].end),
            }
    keep = row["table"] == "corrections" and why == "run" and corrections.still_there(desk, row) is not None
    return change | {"why": why, "offer": offer, "keep": keep, "text": row["text"], "places": row["spans"]}


def _context(text: str, start: int, end: int) -> Content:
    return {
        "before": text[max(0, start - AROUND) : start],
        "text": text[start:end],
        "after": text[end : end + AROUND],
        "start": start,
    }


def _change(desk: Desk, row: Mapping[str, Any]) -> Content:
    """One correction, coding or statement by hand, told."""
    table = row["table"]
    person = row["coder"] if table == "human_codings" else row["person"]
    at = row["coded_at"] if table == "human_codings" else row["made_at"]
    field = {"human_codings": "coding", "hand_statements": "attribution"}.get(table) or row["field"]
    before, after = "", ""
    if table == "corrections":
        seen = row["seen"] or {}
        before, after = _told(desk, field, seen), _told(desk, field, {**seen, **row["value"]})
    elif table == "hand_statements":
        after = row["text"]
    else:
        after = f"{row['family']}: {row['code']}"
    return {
        "id": row["id"],
        "what": field,
        "statement": row["id"] if table == "hand_statements" else row["statement_id"],
        "before": before,
        "after": after,
        "person": person,
        "at": iso(at),
        "undone_at": iso(row["undone_at"]),
        "holds": row["undone_at"] is None and row["anchor"] == "exact",
        "anchor": row["anchor"],
    }


def _told(desk: Desk, field: str, values: Mapping[str, Any]) -> str:
    """A field's value in words."""
    if field in corrections.SPANS:
        spans = values.get(field) or []
        return "; ".join(each[2] if len(each) > 2 else f"{each[0]}–{each[1]}" for each in spans) or "none"
    if field == "speaker":
        name = values.get("speaker_name") or values.get("speaker_kind") or ""
        actor = values.get("speaker_actor")
        return f"{name} ({actor_name(desk, actor)})" if actor and actor_name(desk, actor) != name else str(name)
    if field == "target":
        return values.get("target_name") or "none"
    if field == "via":
        via = values.get("via")
        return f"{via['item']} ({via['medium']}{', ' + via['outlet'] if via['outlet'] else ''})" if via else "none"
    if field == "date":
        return f"{values['date_value']} ({values['date_of']})" if values.get("date_value") else "undated"
    if field == "rejected":
        return "deleted" if values.get("rejected") else "a statement"
    return str(values.get(field, ""))


def _typed(state: Mapping[str, Any]) -> Content:
    via = state["via"]
    return {
        **{name: "\n".join(f"{start}-{end}" for start, end in state[name]) for name in corrections.SPANS},
        "kind": state["kind"],
        "speaker": state["speaker_name"] or "",
        "speaker_kind": state["speaker_kind"],
        "target": state["target_name"] or "",
        "via": "keep" if via else "",
        "via_item": via["item"] if via else "",
        "via_medium": via["medium"] if via else "",
        "via_outlet": (via["outlet"] or "") if via else "",
        "date": state["date_value"] or "",
        "date_of": state["date_of"] or "utterance",
        "depth": str(state["depth"]),
    }


def _choices(desk: Desk, document: str) -> Content:
    record = desk.store.documents.get(document)
    return {
        "kinds": list(get_args(Kind)),
        "speaker_kinds": list(get_args(SpeakerKind)),
        "media": list(MEDIA),
        "actors": [each.name for each in desk.actors.actors()][:NAMES],
        "mentioned": [
            {
                "id": each.id,
                "label": each.title or (each.mentions[0].text if each.mentions else each.medium),
                "medium": each.medium,
                "outlet": each.outlet,
            }
            for each in desk.store.statements.linked(document, record).items
        ],
    }
