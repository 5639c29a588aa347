"""Briefs: composing one from findings, quotations and own words, previewing it, issuing it; and the issued ones, frozen."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import Field, ValidationError

from sayso.desk import Desk, composing
from sayso.desk.accounts import Person, audit
from sayso.desk.composing import Composition, Part
from sayso.desk.views import Missing, day_of, printing
from sayso.desk.views import composing as view
from sayso.errors import UsageError
from sayso.store._briefs import Draft
from sayso.web._blind import open_eyes
from sayso.web._forms import Again, Asked, Done, action, writing
from sayso.web._people import TheUser, needs
from sayso.web._render import Content, back_from_brief, page
from sayso.web._safety import BRIEF_CSP
from sayso.web.pages._desk import TheDesk
from sayso.web.pages.tracking import kept

router = APIRouter()
Key = Annotated[str, Path(max_length=64)]
Short = Annotated[str, Field(max_length=300)]
Ref = Annotated[str, Field(max_length=200)]
Own = Annotated[str, Field(max_length=composing.LONGEST)]
Form = Literal["html", "pdf", "docx", "md", "json"]


class Begin(Asked):
    """A brief to compose: whose line, on which topic, in which codes."""

    actor: Annotated[str, Field(min_length=1, max_length=300)]
    topic: Annotated[str, Field(min_length=1, max_length=300)]
    codes: Short = ""


class Save(Asked):
    """A draft as its form has it. `kind`, `ref` and `text` are the pieces in their order, `section` and `remark` the
    sections in theirs; `on` names the sections that are wanted. `do` is what to do besides saving.
    """

    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]
    title: Short = ""
    since: Annotated[str, Field(max_length=10)] = ""
    until: Annotated[str, Field(max_length=10)] = ""
    kind: Annotated[list[Ref], Field(max_length=composing.MOST_PIECES, default_factory=list)]
    ref: Annotated[list[Ref], Field(max_length=composing.MOST_PIECES, default_factory=list)]
    text: Annotated[list[Own], Field(max_length=composing.MOST_PIECES, default_factory=list)]
    section: Annotated[list[Ref], Field(max_length=20, default_factory=list)]
    on: Annotated[list[Ref], Field(max_length=20, default_factory=list)]
    remark: Annotated[list[Own], Field(max_length=20, default_factory=list)]
    mask: Literal["yes", "no"] = "yes"
    also: Annotated[str, Field(max_length=8000)] = ""
    do: Annotated[str, Field(max_length=1200)] = "save"


class OfRevision(Asked):
    """Which revision of the draft is meant: the one that was looked at."""

    revision: Annotated[int, Field(ge=0, le=2**31 - 1)]


# --- composing --------------------------------------------------------------------------------------------------


@action(router, "/compose", role="editor", tags=["briefs"])
def begin(desk: TheDesk, user: TheUser, asked: Begin) -> Done | Again:
    """Begin a brief on a line; its periods and shifts stand in it as the first findings."""
    first = composing.first(desk, asked.actor, asked.topic, asked.codes)
    with writing(desk, user, "begin brief", f"{first.actor} {first.topic}"):
        key = desk.store.briefs.add_draft(
            first.actor, first.topic, first.family, first.composition.model_dump(mode="json"), user.name
        )
    return Done(f"/compose/{key}", {"id": key})


@page(router, "/compose/{key}", "compose.html", role="editor", tags=["briefs"])
def compose(request: Request, desk: TheDesk, key: Key) -> Content:
    """A draft, with the evidence of each of its sentences and everything else that can go into it."""
    found = view.draft_of(desk, key)
    return _content(request, desk, found, composing.composition(found))


@action(router, "/compose/{key}", role="editor", tags=["briefs"])
def save(request: Request, desk: TheDesk, user: TheUser, key: Key, asked: Save) -> Done | Again:
    """Keep a draft; nobody's save is lost to another's: who comes second is told."""
    found = view.draft_of(desk, key)
    before = composing.composition(found)
    try:
        chosen = _done(_read(asked, before, user), asked.do)
    except (UsageError, ValidationError) as error:
        why = str(error.errors()[0]["msg"]) if isinstance(error, ValidationError) else str(error)
        return Again("compose.html", _content(request, desk, found, before), {"": why})
    with desk.store.transaction():
        saved = desk.store.briefs.save_draft(key, asked.revision, chosen.model_dump(mode="json"), user.name)
        if saved:
            audit(desk, user, "save brief", key, {"revision": asked.revision + 1})
    if not saved:
        theirs = view.draft_of(desk, key)
        content = _content(request, desk, theirs, chosen)
        return Again("compose.html", content, {"": _late(theirs)}, 409)
    return Done(_after(key, asked.do, len(chosen.parts)), {"id": key, "revision": asked.revision + 1})


@router.get(
    "/compose/{key}/preview",
    include_in_schema=False,
    dependencies=[Depends(needs("editor"))],
)
def preview(request: Request, desk: TheDesk, key: Key) -> Response:
    """The draft as it would be issued now."""
    found = view.draft_of(desk, key)
    chosen = composing.composition(found)
    made, _ = composing.composed(_brief(request, desk, found, chosen), chosen)
    page = back_from_brief(printing.render(made), (f"/compose/{quote(key, safe='')}", "← Back to the draft"))
    return HTMLResponse(page, headers={"content-security-policy": BRIEF_CSP})


@action(router, "/compose/{key}/issue", role="editor", tags=["briefs"])
def issue(request: Request, desk: TheDesk, user: TheUser, key: Key, asked: OfRevision) -> Done | Again:
    """Issue the draft: every form is printed and kept with the data it rests on and their hashes, for good."""
    found = view.draft_of(desk, key)
    chosen = composing.composition(found)

    def refused(why: str, status: int) -> Again:
        return Again("compose.html", _content(request, desk, found, chosen), {"": why}, status)

    if found.revision != asked.revision:
        return refused(_late(found) + " Nothing was issued.", 409)
    brief = _brief(request, desk, found, chosen)
    made, gone = composing.composed(
        dataclasses.replace(brief, issued_at=dt.datetime.now(dt.UTC).replace(microsecond=0)), chosen
    )
    if gone:
        return refused("Nothing was issued: " + "; ".join(gone) + ". Take it out first.", 400)
    if not made.statements:
        return refused("Nothing was issued: there is no dated and coded statement on this line.", 400)
    printed = composing.print_all(made)
    with writing(desk, user, "issue brief", key, {"title": made.title, "data": printed.data_sha256}):
        again = desk.store.briefs.draft(key)
        if again is None or again.revision != asked.revision:
            raise UsageError("the draft was saved by somebody else just now; look at it and issue it again")
        head = composing.issue(desk, found, printed, user.name)
    return Done(f"/issued/{head.id}", {"id": head.id, "number": head.number, "seal": head.seal})


@action(router, "/compose/{key}/drop", role="editor", tags=["briefs"])
def drop(desk: TheDesk, user: TheUser, key: Key, asked: OfRevision) -> Done | Again:
    """Throw a draft away. What was issued of it stays."""
    found = view.draft_of(desk, key)
    if found.revision != asked.revision:
        raise UsageError(_late(found))
    with writing(desk, user, "drop brief", key):
        desk.store.briefs.drop_draft(key)
    return Done("/issued", {"id": key})


# --- issued -----------------------------------------------------------------------------------------------------


@page(router, "/issued", "issued.html", tags=["briefs"])
def issued(desk: TheDesk, user: TheUser) -> Content:
    """The briefs that were issued, and for editors the drafts."""
    return {**view.briefs(desk, user), "errors": {}}


@page(router, "/issued/{key}", "issued_brief.html", tags=["briefs"])
def issued_brief(desk: TheDesk, key: Key) -> Content:
    """An issued brief: its hashes, and whether everything is still as it was issued."""
    return view.issued(desk, view.issued_of(desk, key))


@router.get(
    "/issued/{key}/brief.{form}",
    tags=["export"],
    response_class=Response,
    operation_id="issued_file",
    dependencies=[Depends(open_eyes)],
)
def issued_file(desk: TheDesk, key: Key, form: Form) -> Response:
    """The bytes that were issued: html, pdf, docx, md, or the data as json."""
    head = view.issued_of(desk, key)
    if form == "json":
        return Response(desk.store.briefs.data(key), media_type="application/json")
    data = desk.store.briefs.file(key, form)
    if data is None:
        raise Missing(f"the brief was not issued as {form}")
    media = composing.FORMS[form][1]
    if form == "html":
        return Response(data, media_type=media, headers={"content-security-policy": BRIEF_CSP})
    name = f'attachment; filename="brief-{head.number}.{form}"'
    return Response(data, media_type=media, headers={"content-disposition": name})


# --- inside -----------------------------------------------------------------------------------------------------


def _brief(request: Request, desk: Desk, found: Draft, chosen: Composition) -> printing.Brief:
    """What the desk knows of the draft's line now; kept until the desk changes."""
    asked = ("brief", found.actor, found.topic, found.family, chosen.since, chosen.until)
    try:
        return kept(request).get(
            asked,
            lambda: desk.brief(found.actor, found.topic, family=found.family, since=chosen.since, until=chosen.until),
        )
    except UsageError as error:
        raise Missing(str(error)) from None


def _content(request: Request, desk: Desk, found: Draft, chosen: Composition) -> Content:
    shown = view.draft(desk, found, _brief(request, desk, found, chosen), chosen)
    return {**shown, "errors": {}}


def _read(asked: Save, before: Composition, user: Person) -> Composition:
    """The form as a composition. Own words that did not change keep their author; others are this person's."""
    if not len(asked.kind) == len(asked.ref) == len(asked.text):
        raise UsageError("kind, ref and text: one of each for every piece")
    if len(asked.section) != len(asked.remark):
        raise UsageError("section and remark: one of each for every section")
    authors = {part.text: part.author for part in (*before.parts, *before.remarks.values()) if part.text}

    def own(text: str, ref: str = "") -> Part:
        plain = text.replace("\r\n", "\n").strip()
        return Part(kind="text", ref=ref, text=plain, author=authors.get(plain, user.name) if plain else "")

    parts = tuple(
        own(text) if kind == "text" else Part(kind=kind, ref=ref)  # type: ignore[arg-type]
        for kind, ref, text in zip(asked.kind, asked.ref, asked.text, strict=True)
    )
    known = composing.section_titles()
    wrong = [name for name in asked.section if name not in known or name == "findings"]
    if wrong or len(set(asked.section)) != len(asked.section):
        raise UsageError("section: each of the brief's sections once")
    remarks = {name: own(text) for name, text in zip(asked.section, asked.remark, strict=True) if text.strip()}
    sections: Any = before.sections
    if asked.section:
        sections = tuple(name for name in asked.section if name in asked.on or name in composing.ALWAYS)
    return Composition(
        title=asked.title,
        since=day_of("since", asked.since),
        until=day_of("until", asked.until, last=True),
        parts=parts,
        sections=sections,
        remarks=remarks if asked.section else before.remarks,  # type: ignore[arg-type]
        masked=asked.mask == "yes",
        also=tuple(dict.fromkeys(name.strip() for name in asked.also.splitlines() if name.strip())),
    )


def _done(chosen: Composition, do: str) -> Composition:
    """The composition after what one button does: moving, adding or taking out a piece, moving a section."""
    what, _, argument = do.partition(" ")
    parts: list[Part] = list(chosen.parts)
    sections: list[Any] = list(chosen.sections)
    if what in ("up", "down", "remove"):
        place = _place(argument, len(parts))
        part = parts.pop(place)
        if what != "remove":
            parts.insert(max(0, place + (-1 if what == "up" else 1)), part)
    elif what == "order":
        order = [_place(each, len(parts)) for each in argument.split(",")]
        if sorted(order) != list(range(len(parts))):
            raise UsageError("order: every piece once")
        parts = [parts[place] for place in order]
    elif what == "text":
        place = _place(argument, len(parts)) + 1 if argument else len(parts)
        parts.insert(place, Part(kind="text"))
    elif what in ("finding", "quotation"):
        if all((part.kind, part.ref) != (what, argument) for part in parts):
            parts.append(Part(kind=what, ref=argument))  # type: ignore[arg-type]
    elif what in ("earlier", "later"):
        if argument in sections:
            place = sections.index(argument)
            name = sections.pop(place)
            sections.insert(max(0, place + (-1 if what == "earlier" else 1)), name)
    elif what not in ("save", "preview"):
        raise UsageError(f"do={do[:40]!r} is nothing that can be done")
    if len(parts) > composing.MOST_PIECES:
        raise UsageError(f"a brief has at most {composing.MOST_PIECES} pieces")
    return chosen.model_copy(update={"parts": tuple(parts), "sections": tuple(sections)})


def _place(text: str, size: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) < size):
        raise UsageError(f"there is no piece {text[:20]!r}")
    return int(text)


def _after(key: str, do: str, size: int) -> str:
    """The page that shows what was done, at the piece that it was done to."""
    what, _, argument = do.partition(" ")
    at = f"/compose/{quote(key, safe='')}"
    if what == "preview":
        return f"{at}/preview"
    if what in ("finding", "quotation") or (what == "text" and not argument):
        return f"{at}#piece{size - 1}"
    if what in ("up", "down", "text") and argument.isdigit():
        moved = int(argument) + (-1 if what == "up" else 1)
        return f"{at}#piece{max(0, min(size - 1, moved))}"
    return f"{at}#sections" if what in ("earlier", "later") else at


def _late(theirs: Draft) -> str:
    when = f"{theirs.changed_at:%H:%M} UTC"
    return (
        f"{theirs.changed_by} saved this draft at {when}, after you opened it. What stands below is yours: save it again "
        "to put it in place of theirs, or open the draft anew to see theirs."
    )
