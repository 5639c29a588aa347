"""Correcting statements, attributing by hand, transcribing what no machine can read, and what waits to be confirmed.

In: what people type or mark: places in a text, names, dates as far as they are known. Out: records in the store, each with
who, when, what was before and what after; all can be undone, none is ever replaced by a machine.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from sayso.desk.accounts import Person, audit
from sayso.desk.coding import Judged
from sayso.desk.topics import topics_of
from sayso.errors import SaysoError, UsageError
from sayso.link import signature
from sayso.records import MEDIA, DateValue, Document, Kind, Producer, SpeakerKind
from sayso.store.ids import stable_id

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

SPANS = ("source", "cue", "content")
FIELDS = (*SPANS, "kind", "speaker", "target", "via", "date", "depth")
PIECES = 40  # of one source, cue or content
DEEPEST = 20
BY_HAND = Producer("read", "by hand")
_PLACE = re.compile(r"\s*(\d{1,9})\s*[-–—:]\s*(\d{1,9})\s*")
_SEASONS = {"SP": 3, "SU": 6, "AU": 9, "WI": 12}


class Conflict(SaysoError):
    """Somebody else changed the statement since this person looked at it; `changed` says what: field -> who."""

    def __init__(self, changed: Mapping[str, str]) -> None:
        self.changed = dict(changed)
        told = ", ".join(f"{field} by {who}" for field, who in changed.items()) or "by a newer run"
        super().__init__(f"this statement was changed meanwhile ({told}); nothing of yours was kept yet")


class Wrong(UsageError):
    """What was typed cannot be kept; `errors` says why, by field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(errors.values()))


@dataclass(frozen=True, slots=True)
class Typed:
    """A statement as a person types it. None leaves a field as it is (or, by hand, empty).

    `source`, `cue` and `content` are pieces, one a line: START-END in code points, or the words themselves. `speaker` and
    `target` are names or ids of actors. `via` is the id of an item that the document mentions, "" for none, or "typed" with
    the words, medium and outlet beside. `date` is as far as it is known: 2017, 2017-07, 2017-07-10, 2017-W28, 2017-SU.
    """

    source: str | None = None
    cue: str | None = None
    content: str | None = None
    kind: str | None = None
    speaker: str | None = None
    speaker_kind: str | None = None
    target: str | None = None
    via: str | None = None
    via_item: str = ""
    via_medium: str = ""
    via_outlet: str = ""
    date: str | None = None
    date_of: str = "utterance"
    depth: str | None = None


# --- verbs --------------------------------------------------------------------------------------------------------


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
        wanted = _values(desk, typed, state, text)
        made = []
        for field, value in wanted.items():
            if _same(field, value, state):
                continue
            made.append(desk.store.people.correct(statement, field, value, person.name))
            before = {name: state[name] for name in value}
            audit(desk, person, f"correct {field}", statement, {"before": _plain(before), "after": _plain(value)})
        if made:
            _topics(desk, state["document_id"], [statement])
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
        empty = _empty(desk, record, document, owner[document])
        value = {**empty}
        for field, each in _values(desk, typed, empty, record.text, by_hand=True).items():
            value |= {name: _plain_spans(each[name]) if field in SPANS else each[name] for name in each}
        value.pop("start")
        value.pop("document_id")
        key = desk.store.people.attribute(document, value, person.name)
        words = " … ".join(record.text[start:end] for start, end in value["content"])
        audit(desk, person, "attribute", key, {"document": document, "words": words[:500]})
        _topics(desk, document, [key])
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
            _topics(desk, document, [work["statement_id"]])
    return document


def confirm(desk: Desk, person: Person, key: str) -> str:
    """Accept the place that is offered for work that lost its own; gives the statement's id."""
    with desk.store.transaction():
        statement = desk.store.people.confirm(key)
        audit(desk, person, "confirm", key, {"statement": statement})
        state = desk.store.people.state_of(statement)
        if state is not None:
            _topics(desk, state["document_id"], [statement])
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
        _topics(desk, document, [made])
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
    value = {**_empty(desk, record, document, owner[document]), **{name: seen[name] for name in _empty_names()}}
    people = desk.store.people
    mine = [each for each in people.corrections(work["statement_id"]) if each["undone_at"] is None]
    for each in mine:
        for name, given in each["value"].items():
            if name in value:
                value[name] = _plain_spans(given) if name in SPANS else given
    return document, value


def transcribe(desk: Desk, person: Person, sha256: str, text: str, about: Mapping[str, str]) -> str:
    """Keep what a person reads in captured bytes as their text; gives the document's id. `about`: title, language, outlet,
    author, published (YYYY-MM-DD), medium."""
    held = desk.store.captures.of(sha256)
    if not held:
        raise UsageError(f"there is no capture {sha256}")
    if not text.strip():
        raise UsageError("type what is to be read there")
    _about(about)
    with desk.store.transaction():
        desk.store.people.transcribe(sha256, text, {name: value for name, value in about.items() if value}, person.name)
        document = transcribed(desk, sha256, held[0].url)
        assert document is not None
        key = desk.store.documents.put(document, outlet_id=desk.outlet_of(document), signature=signature(document.text))
        audit(desk, person, "transcribe", sha256, {"document": key, "characters": len(text)})
    return key


def transcribed(desk: Desk, sha256: str, url: str) -> Document | None:
    """The document that a person's transcript of these bytes makes; None where there is none."""
    from sayso.pipeline import local_path

    row = desk.store.people.transcript(sha256)
    if row is None:
        return None
    about = row["about"]
    return Document(
        path=local_path(url),
        text=row["text"],
        sha256=sha256,
        title=about.get("title", ""),
        language=about.get("language", ""),
        published=_about(about),
        author=about.get("author", ""),
        outlet=about.get("outlet", ""),
        medium=about.get("medium", "") or "document",
        format="transcript",
        notes=(f"transcribed by {row['person']}",),
        producer=BY_HAND,
    )


# --- what pages and programs need to know ---------------------------------------------------------------------------


def version(state: Mapping[str, Any]) -> str:
    """Another value whenever the statement's correctable values have changed."""
    names = (*SPANS, "kind", "speaker_name", "speaker_kind", "speaker_actor", "target_name", "target_actor", "via",
             "date_value", "date_of", "depth", "rejected", "parent")  # fmt: skip
    return stable_id("seen", *(state[name] for name in names))


def typed_date(text: str) -> DateValue | None:
    """A date as far as it is known; None for "". Raises `UsageError`."""
    text = text.strip().upper()
    if not text:
        return None
    try:
        if match := re.fullmatch(r"(\d{4})", text):
            year = int(match[1])
            return DateValue(text, "year", "text", dt.date(year, 1, 1), dt.date(year, 12, 31))
        if match := re.fullmatch(r"(\d{4})-(\d{2})", text):
            year, month = int(match[1]), int(match[2])
            last = calendar.monthrange(year, month)[1]
            return DateValue(text, "month", "text", dt.date(year, month, 1), dt.date(year, month, last))
        if match := re.fullmatch(r"(\d{4})-W(\d{2})", text):
            first = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
            return DateValue(text, "week", "text", first, first + dt.timedelta(days=6))
        if match := re.fullmatch(r"(\d{4})-(SP|SU|AU|WI)", text):
            year, month = int(match[1]), _SEASONS[match[2]]
            ends = (year + 1, 2) if month == 12 else (year, month + 2)
            until = dt.date(*ends, calendar.monthrange(*ends)[1])
            return DateValue(text, "season", "text", dt.date(year, month, 1), until)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = dt.date.fromisoformat(text)
            return DateValue(text, "day", "text", day, day)
    except (ValueError, OverflowError, calendar.IllegalMonthError):
        pass
    raise UsageError(f"{text[:40]!r} is no date; write 2017, 2017-07, 2017-07-10, 2017-W28 or 2017-SU (SP, SU, AU, WI)")


def pieces_of(typed: str, text: str, near: int = 0) -> list[tuple[int, int]]:
    """The places that are typed, one a line: START-END, or words, which are looked for nearest to `near`.

    Raises `UsageError` for what lies outside of the text or does not stand in it.
    """
    found: list[tuple[int, int]] = []
    for line in (each.strip() for each in typed.splitlines()):
        if not line:
            continue
        place = _PLACE.fullmatch(line)
        start, end = (int(place[1]), int(place[2])) if place else _nearest(line, text, near)
        if not 0 <= start < end <= len(text):
            raise UsageError(f"{line[:60]!r} lies outside of the text, which has {len(text):,} characters")
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start == end:
            raise UsageError(f"at {line[:60]!r} stands nothing but white space")
        found.append((start, end))
    if len(found) > PIECES:
        raise UsageError(f"more than {PIECES} pieces")
    found.sort()
    for (_, end), (start, _) in itertools.pairwise(found):
        if start < end:
            raise UsageError("its pieces overlap")
    return found


def _nearest(words: str, text: str, near: int) -> tuple[int, int]:
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()))
    places = [match.span() for match in pattern.finditer(text)]
    if not places:
        raise UsageError(f"the words {words[:80]!r} do not stand in the text")
    return min(places, key=lambda place: (abs(place[0] - near), place[0]))


# --- from what is typed to columns ----------------------------------------------------------------------------------


def _values(
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
        take("kind", lambda: {"kind": _one_of("kind", typed.kind, get_args(Kind))})
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


def _one_of(what: str, value: Any, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise UsageError(f"{what} {value!r}: choose one of {', '.join(allowed)}")
    return str(value)


def _speaker(desk: Desk, typed: Typed, state: Mapping[str, Any]) -> dict[str, Any]:
    name = state["speaker_name"] if typed.speaker is None else typed.speaker.strip()
    kind = _one_of("kind of speaker", typed.speaker_kind or state["speaker_kind"], get_args(SpeakerKind))
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
        medium = _one_of("medium", typed.via_medium or "other", MEDIA)
        outlet = typed.via_outlet.strip() or None
        return {"via": {"item": words, "medium": medium, "outlet": outlet, "start": 0, "end": 0}, "item_id": held}
    item = desk.store.items.get([typed.via]).get(typed.via)
    if item is None or (not item.held and item.document_id != state["document_id"]):
        raise UsageError("this document mentions no such item")
    words = item.title or item.outlet or item.medium
    return {
        "via": {"item": words, "medium": item.medium, "outlet": item.outlet, "start": 0, "end": 0},
        "item_id": item.id,
    }


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
        "date_of": _one_of("whose date it is", typed.date_of, ("utterance", "item")),
    }


def _depth(given: str) -> dict[str, Any]:
    given = given.strip()
    if not (given.isascii() and given.isdigit() and int(given[:4]) <= DEEPEST):
        raise UsageError(f"retellings: a number from 0 to {DEEPEST}")
    return {"depth": int(given)}


def _about(about: Mapping[str, str]) -> DateValue | None:
    published = typed_date(about.get("published", ""))
    if about.get("medium"):
        _one_of("medium", about["medium"], MEDIA)
    if not re.fullmatch(r"[a-z]{0,3}", about.get("language", "")):
        raise UsageError("language: its code of two letters, as in ar or en")
    return published


# --- small things ---------------------------------------------------------------------------------------------------


def _state(desk: Desk, statement: str) -> dict[str, Any]:
    state = desk.store.people.state_of(statement)
    if state is None:
        raise UsageError(f"there is no statement {statement}")
    return state


def _empty(desk: Desk, document: Document, key: str, item: str) -> dict[str, Any]:
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


def _empty_names() -> tuple[str, ...]:
    return (
        *SPANS, "kind", "speaker_name", "speaker_kind", "speaker_actor", "target_name", "target_actor", "via", "item_id",
        "date_value", "date_granularity", "date_origin", "date_start", "date_end", "date_of", "depth",
    )  # fmt: skip


def _same(field: str, value: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
    if field in SPANS:
        return _plain_spans(value[field]) == [list(each) for each in state[field]]
    return all(each == _json(state[name]) for name, each in value.items())


def _plain_spans(spans: Sequence[Sequence[Any]]) -> list[list[int]]:
    return [[each[0], each[1]] for each in spans]


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _json(value) for name, value in values.items()}


def _document_of(desk: Desk, work: Mapping[str, Any]) -> str:
    if work["table"] == "hand_statements":
        return str(work["document_id"])
    state = desk.store.people.state_of(work["statement_id"])
    return str(state["document_id"]) if state else ""


def _changed_by(desk: Desk, statement: str) -> dict[str, str]:
    return {field: person for field, person, _ in desk.store.people.correctors([statement]).get(statement, [])}


def _topics(desk: Desk, document: str, statements: Sequence[str]) -> None:
    """Which topics these statements belong to now: lines show a correction at once, not after the next run only."""
    record = desk.store.documents.get(document)
    linked = [s for s in desk.store.statements.linked(document, record).statements if s.id in set(statements)]
    found = topics_of(desk.topics, record, linked, desk.actors)
    desk.store.people.put_topics([s.id for s in linked], Judged.of(desk).over(found, linked))
