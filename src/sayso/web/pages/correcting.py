"""Correcting statements, attributing by hand, transcribing, and confirming what a newer run or page has elsewhere.

Forms that work without scripts: places are typed as START-END or as the words themselves; with scripts they are marked.
"""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from sayso.desk import corrections, views
from sayso.desk.corrections import Conflict, Typed, Wrong
from sayso.errors import UsageError
from sayso.web import _address
from sayso.web._forms import Again, Asked, Done, action
from sayso.web._people import TheUser
from sayso.web._render import Content, page
from sayso.web._safety import RAW_CSP
from sayso.web.pages._desk import TheDesk

router = APIRouter()
Places = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(max_length=300)]
Word = Annotated[str, Field(max_length=40)]
Key = Annotated[str, Field(max_length=24)]


GROUPS = (("speaker", "speaker_kind"), ("date", "date_of"), ("via", "via_item", "via_medium", "via_outlet"))


class Statement(Asked):
    """A statement as it should be; what is left out stays as it is. `seen` is the `version` that the form showed."""

    source: Places | None = None
    cue: Places | None = None
    content: Places | None = None
    kind: Word | None = None
    speaker: Name | None = None
    speaker_kind: Word | None = None
    target: Name | None = None
    via: Key | None = None
    via_item: Name = ""
    via_medium: Word = ""
    via_outlet: Name = ""
    date: Word | None = None
    date_of: Word = "utterance"
    depth: Annotated[str, Field(max_length=4)] | None = None
    seen: Key = ""
    was: Annotated[str, Field(max_length=100_000)] = ""

    def given(self) -> dict[str, str]:
        """What differs from `was`, the form's values as they were shown (JSON): the rest is nobody's wish."""
        try:
            was = json.loads(self.was) if self.was else {}
        except ValueError:
            was = {}
        was = was if isinstance(was, dict) else {}
        typed = self.model_dump(exclude={"seen", "was"}, exclude_none=True, exclude_unset=True)
        found = {name: value for name, value in typed.items() if _plain(value) != _plain(was.get(name))}
        for group in GROUPS:
            if any(name in found for name in group):
                found |= {name: typed[name] for name in group if name in typed}
        return found

    def typed(self) -> Typed:
        """For the desk."""
        return Typed(**self.given())


class Seen(Asked):
    """Which state of the statement the person looked at."""

    seen: Key = ""


class Which(Asked):
    """Which piece of work: a correction's, coding's or statement's id."""

    id: Annotated[str, Field(min_length=1, max_length=24)]
    back: Annotated[str, Field(max_length=60)] = ""


class Transcript(Asked):
    """What a person reads in captured bytes."""

    text: Annotated[str, Field(max_length=900_000)]
    title: Name = ""
    language: Annotated[str, Field(max_length=3)] = ""
    outlet: Name = ""
    author: Name = ""
    published: Word = ""
    medium: Word = ""


@page(router, "/statements/{key}/correct", "correct.html", role="coder")
def correcting(desk: TheDesk, key: str) -> Content:
    """A statement as a form, with what people corrected in it."""
    return views.correcting(desk, key) | {"errors": {}, "conflict": {}}


@action(router, "/statements/{key}/correct", role="coder")
def correct(desk: TheDesk, user: TheUser, key: str, asked: Statement) -> Done | Again:
    """Correct a statement; every field that differs becomes a correction of its own."""
    if desk.store.people.state_of(key) is None:
        raise views.Missing(f"there is no statement {key}")
    try:
        made = corrections.correct(desk, user, key, asked.typed(), seen=asked.seen)
    except Wrong as error:
        return _again(views.correcting(desk, key), asked, error.errors, keep_version=True)
    except Conflict as error:
        content = views.correcting(desk, key)
        return _again(content, asked, {"": str(error)}, 409, conflict=content["values"])
    return _done(desk, key, {"corrections": made})


@action(router, "/statements/{key}/delete", role="coder")
def reject(desk: TheDesk, user: TheUser, key: str, asked: Seen) -> Done | Again:
    """Say that a statement is none; it counts nowhere, and this can be undone."""
    if desk.store.people.state_of(key) is None:
        raise views.Missing(f"there is no statement {key}")
    try:
        made = corrections.reject(desk, user, key, seen=asked.seen)
    except Conflict as error:
        content = views.correcting(desk, key)
        return Again("correct.html", content | {"conflict": {}}, {"": str(error)}, 409)
    return _done(desk, key, {"corrections": [made]})


@page(router, "/documents/{key}/attribute", "correct.html", role="coder")
def attributing(desk: TheDesk, key: str, source: str = "", cue: str = "", content: str = "") -> Content:
    """An empty form for words that no machine attributed; places that are marked already may stand in the address."""
    given = {"source": source[:2000], "cue": cue[:2000], "content": content[:2000]}
    return views.attributing(desk, key, given) | {"errors": {}, "conflict": {}}


@action(router, "/documents/{key}/attribute", role="coder")
def attribute(desk: TheDesk, user: TheUser, key: str, asked: Statement) -> Done | Again:
    """Attribute words of a document to somebody, by hand."""
    form = views.attributing(desk, key, {name: getattr(asked, name) or "" for name in corrections.SPANS})
    try:
        made = corrections.attribute(desk, user, key, asked.typed())
    except Wrong as error:
        return _again(form, asked, error.errors)
    return _done(desk, made, {"statement": made})


@action(router, "/corrections/undo", role="coder")
def undo(desk: TheDesk, user: TheUser, asked: Which) -> Done | Again:
    """Take back a correction or a statement by hand; it stays on record as undone."""
    work = desk.store.people.work(asked.id)
    document = corrections.undo(desk, user, asked.id)
    statement = (work or {}).get("statement_id") or ""
    if asked.back == "statement" and statement:
        return Done(_address.to("statements", statement), {"undone": asked.id})
    return Done(_address.to("documents", document, statement) if document else "/confirm", {"undone": asked.id})


# --- what waits ---------------------------------------------------------------------------------------------------


@page(router, "/confirm", "confirm.html", role="coder")
def confirming(desk: TheDesk) -> Content:
    """People's work whose words a newer run or version of the page has elsewhere, or not at all."""
    return views.confirming(desk)


@action(router, "/confirm/accept", role="coder")
def confirm(desk: TheDesk, user: TheUser, asked: Which) -> Done | Again:
    """Accept the place that is offered."""
    return Done("/confirm", {"statement": corrections.confirm(desk, user, asked.id)})


@action(router, "/confirm/decline", role="coder")
def decline(desk: TheDesk, user: TheUser, asked: Which) -> Done | Again:
    """Leave the work on the earlier version; where it has no place left, undo it."""
    corrections.decline(desk, user, asked.id)
    return Done("/confirm", {"declined": asked.id})


@action(router, "/confirm/keep", role="coder")
def keep(desk: TheDesk, user: TheUser, asked: Which) -> Done | Again:
    """Keep as a statement by hand what no machine finds any more."""
    return _done(desk, corrections.keep_by_hand(desk, user, asked.id), {})


# --- what no machine can read -------------------------------------------------------------------------------------


@router.get("/captures/{sha256}/image", tags=["pages"], response_class=Response, operation_id="capture_image")
def image(desk: TheDesk, sha256: str) -> Response:
    """A captured photograph, to be looked at while it is transcribed: by its first bytes an image, and nothing else."""
    kind = views.image_type(desk, sha256)
    if not kind:
        raise views.Missing("these bytes are no image")
    data, _ = views.capture_bytes(desk, sha256)
    return Response(data, media_type=kind, headers={"content-security-policy": RAW_CSP})


@page(router, "/captures/{sha256}/transcript", "transcript.html", role="coder")
def transcribing(desk: TheDesk, sha256: str) -> Content:
    """The form for what a person reads in captured bytes: a photograph, a poster, a scan."""
    return views.transcribing(desk, sha256) | {"errors": {}}


@action(router, "/captures/{sha256}/transcript", role="coder")
def transcribe(desk: TheDesk, user: TheUser, sha256: str, asked: Transcript) -> Done | Again:
    """Keep what a person reads in captured bytes as their text."""
    content = views.transcribing(desk, sha256)
    about = asked.model_dump(exclude={"text"})
    try:
        document = corrections.transcribe(desk, user, sha256, asked.text, about)
    except UsageError as error:
        return Again("transcript.html", content | {"text": asked.text, "about": about}, {"": str(error)})
    return Done(_address.to("documents", document), {"document": document})


def _plain(value: object) -> object:
    return "\n".join(value.split()) if isinstance(value, str) else value


def _done(desk: TheDesk, statement: str, content: Content) -> Done:
    state = desk.store.people.state_of(statement)
    to = _address.to("documents", state["document_id"], statement) if state else "/confirm"
    return Done(to, content | {"statement": statement})


def _again(
    content: Content,
    asked: Statement,
    errors: dict[str, str],
    status: int = 400,
    *,
    conflict: Content | None = None,
    keep_version: bool = False,
) -> Again:
    """The form with what the person typed; after a conflict with the other's values beside, and their version."""
    typed = asked.given()
    shown = content | {"values": content["values"] | typed, "conflict": conflict or {}}
    if keep_version:
        shown["version"] = asked.seen or content["version"]
    return Again("correct.html", shown, errors, status)
