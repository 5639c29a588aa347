"""From what is typed to the columns of a statement, field by field, with all errors told at once.

In: a `Typed` and the statement as it stands. Out: field -> columns, as the store's corrections take them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from sayso.desk.corrections._typed import Typed, Wrong, pieces_of, typed_date
from sayso.errors import UsageError
from sayso.records import MEDIA, Document, Kind, SpeakerKind
from sayso.store.ids import item_by_hand_id, stable_id

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

SPANS = ("source", "cue", "content")
FIELDS = (*SPANS, "kind", "speaker", "target", "via", "date", "depth")
DEEPEST = 20


def version(state: Mapping[str, Any]) -> str:
    """Another value whenever the statement's correctable values have changed."""
    names = (*SPANS, "kind", "speaker_name", "speaker_kind", "speaker_actor", "target_name", "target_actor", "via",
             "date_value", "date_of", "depth", "rejected", "parent")  # fmt: skip
    return stable_id("seen", *(state[name] for name in names))


def values(
    desk: Desk, typed: Typed, state: Mapping[str, Any], text: str, *, by_hand: bool = False
) -> dict[str, dict[str, Any]]:
    """field -> columns, for each field that was given; all errors at once."""
    errors: dict[str, str] = {}
    found: dict[str, dict[str, Any]] = {}

    def take(field: str, make: Callable[[], dict[str, Any]]) -> None:
        try:
            found[field] = make()
        except UsageError as error:
            errors[field] = str(error)

    near = state["start"] if state["content"] else 0
    for field in SPANS:
        given = getattr(typed, field)
        if given is not None:
            take(field, partial(_spans, field, given, text, near))
    if (
        (by_hand or typed.content is not None)
        and not found.get("content", {}).get("content")
        and "content" not in errors
    ):
        errors["content"] = "mark or type the words that are attributed"
    if typed.kind is not None:
        take("kind", lambda: {"kind": one_of("kind", typed.kind, get_args(Kind))})
    if typed.speaker is not None or typed.speaker_kind is not None:
        take("speaker", lambda: _speaker(desk, typed, state))
    if typed.target is not None:
        take("target", lambda: _target(desk, str(typed.target).strip(), state))
    if typed.via is not None:
        take("via", lambda: _via(desk, typed, state))
    if typed.date is not None:
        take("date", lambda: _date(typed, state))
    if typed.depth is not None and typed.depth.strip():
        take("depth", lambda: _depth(str(typed.depth)))
    if errors:
        raise Wrong(errors)
    return found


def _spans(field: str, given: str, text: str, near: int) -> dict[str, Any]:
    return {field: [[start, end, text[start:end]] for start, end in pieces_of(given, text, near)]}


def one_of(what: str, value: Any, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise UsageError(f"{what} {value!r}: choose one of {', '.join(allowed)}")
    return str(value)


def _speaker(desk: Desk, typed: Typed, state: Mapping[str, Any]) -> dict[str, Any]:
    name = state["speaker_name"] if typed.speaker is None else typed.speaker.strip()
    kind = one_of("kind of speaker", typed.speaker_kind or state["speaker_kind"], get_args(SpeakerKind))
    if not name or kind in ("unnamed", "none"):
        if name and typed.speaker_kind is None:
            kind = "person"
        else:
            kind = kind if kind in ("unnamed", "none", "author") else "unnamed"
            return {"speaker_name": None, "speaker_kind": kind, "speaker_actor": None}
    if name == state["speaker_name"] and kind == state["speaker_kind"]:
        return {"speaker_name": name, "speaker_kind": kind, "speaker_actor": state["speaker_actor"]}
    actor = _actor(desk, name)
    if actor is not None:
        known = desk.actors.get(actor)
        assert known is not None
        kind = {"office": "organization"}.get(known.kind, known.kind)
        if kind not in get_args(SpeakerKind):
            kind = "organization"
        return {"speaker_name": known.name, "speaker_kind": kind, "speaker_actor": actor}
    return {"speaker_name": name, "speaker_kind": kind, "speaker_actor": None}


def _actor(desk: Desk, name: str) -> str | None:
    if desk.actors.get(name) is not None:
        return name
    match = desk.actors.match(name) if len(desk.actors) else None
    return match.actor if match else None


def _target(desk: Desk, name: str, state: Mapping[str, Any]) -> dict[str, Any]:
    if not name:
        return {"target_name": None, "target_actor": None}
    if name == state["target_name"]:
        return {"target_name": name, "target_actor": state["target_actor"]}
    actor = _actor(desk, name)
    known = desk.actors.get(actor) if actor else None
    return {"target_name": known.name if known else name, "target_actor": actor}


def _via(desk: Desk, typed: Typed, state: Mapping[str, Any]) -> dict[str, Any]:
    held = desk.store.items.of_documents([state["document_id"]])[state["document_id"]]
    if not typed.via:
        return {"via": None, "item_id": held}
    if typed.via == "keep":
        return {"via": state["via"], "item_id": state["item_id"]}
    if typed.via == "typed":
        words = typed.via_item.strip()
        if not words:
            raise UsageError("type the words that name the item")
        medium = one_of("medium", typed.via_medium or "other", MEDIA)
        return _named(desk, state, words, medium, typed.via_outlet.strip() or None)
    item = desk.store.items.get([typed.via]).get(typed.via)
    if item is None or (not item.held and item.document_id != state["document_id"]):
        raise UsageError("this document mentions no such item")
    words = item.title or item.outlet or item.medium
    return {
        "via": {"item": words, "medium": item.medium, "outlet": item.outlet, "start": 0, "end": 0},
        "item_id": item.id,
    }


def _named(desk: Desk, state: Mapping[str, Any], words: str, medium: str, outlet: str | None) -> dict[str, Any]:
    """An item that a person names: the store keeps a record of it, at the words that name it if they stand there."""
    document = state["document_id"]
    try:
        ((start, end),) = pieces_of(words, desk.store.documents.get(document).text, state["start"])
    except (UsageError, ValueError):
        start, end = 0, 0
    known = desk.actors.outlet(outlet) if outlet else None
    via = {"item": words, "medium": medium, "outlet": outlet, "start": start, "end": end, "by_hand": True}
    if known is not None:
        via["outlet_id"] = known.id
    return {"via": via, "item_id": item_by_hand_id(document, words, medium, outlet)}


def _date(typed: Typed, state: Mapping[str, Any]) -> dict[str, Any]:
    date = typed_date(typed.date or "")
    if date is None:
        names = ("date_value", "date_granularity", "date_origin", "date_start", "date_end", "date_of")
        return dict.fromkeys(names)
    if date.value == state["date_value"] and typed.date_of == state["date_of"]:
        names = ("date_value", "date_granularity", "date_origin", "date_start", "date_end", "date_of")
        return {name: _json(state[name]) for name in names}
    return {
        "date_value": date.value,
        "date_granularity": date.granularity,
        "date_origin": date.origin,
        "date_start": date.start.isoformat(),
        "date_end": date.end.isoformat(),
        "date_of": one_of("whose date it is", typed.date_of, ("utterance", "item")),
    }


def _depth(given: str) -> dict[str, Any]:
    given = given.strip()
    if not (given.isascii() and given.isdigit() and int(given[:4]) <= DEEPEST):
        raise UsageError(f"retellings: a number from 0 to {DEEPEST}")
    return {"depth": int(given)}


def empty(desk: Desk, document: Document, key: str, item: str) -> dict[str, Any]:
    """The columns of a statement by hand of which nothing is known yet."""
    from sayso.link._own import owner

    name = document.outlet or document.title or document.path
    own = owner(document, desk.actors) if len(desk.actors) else None
    actor = own[0] if own else None
    published = document.published
    return {
        **{field: [] for field in SPANS},
        "kind": "indirect",
        "speaker_name": None,
        "speaker_kind": "unnamed",
        "speaker_actor": None,
        "target_name": None,
        "target_actor": None,
        "via": None,
        "item_id": item,
        "date_value": published.value if published else None,
        "date_granularity": published.granularity if published else None,
        "date_origin": published.origin if published else None,
        "date_start": published.start if published else None,
        "date_end": published.end if published else None,
        "date_of": "item" if published else None,
        "page": [name, "document", actor],
        "depth": 1,
        "document_id": key,
        "start": 0,
    }


def empty_names() -> tuple[str, ...]:
    return (
        *SPANS, "kind", "speaker_name", "speaker_kind", "speaker_actor", "target_name", "target_actor", "via", "item_id",
        "date_value", "date_granularity", "date_origin", "date_start", "date_end", "date_of", "depth",
    )  # fmt: skip


def same(field: str, value: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
    if field in SPANS:
        return plain_spans(value[field]) == [list(each) for each in state[field]]
    return all(each == _json(state[name]) for name, each in value.items())


def plain_spans(spans: Sequence[Sequence[Any]]) -> list[list[int]]:
    return [[each[0], each[1]] for each in spans]


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _json(value) for name, value in values.items()}
