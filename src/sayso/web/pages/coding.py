"""Coding: the queue with one key a code, undo, rulings, the record, agreement; and the codebook with its versions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from sayso.desk import Desk, codebooks, reviewing
from sayso.desk.accounts import Person
from sayso.desk.reviewing import Family, Place
from sayso.desk.views import Missing
from sayso.desk.views import codebook as codebook_view
from sayso.desk.views import coding as view
from sayso.errors import SaysoError, UsageError
from sayso.web._address import with_query
from sayso.web._blind import open_family
from sayso.web._forms import Again, Asked, Done, action, writing
from sayso.web._people import TheUser
from sayso.web._render import Content, page
from sayso.web.pages._desk import Offset, Text, TheDesk

router = APIRouter()
FamilyName = Annotated[str, Path(max_length=200)]
Key = Annotated[str, Field(min_length=1, max_length=64)]
Name = Annotated[str, Field(max_length=200)]
Memo = Annotated[str, Field(max_length=reviewing.LONGEST_MEMO)]
Lines = Annotated[str, Field(max_length=40_000)]
Which = Literal["next", "second"]
SITTINGS = 200  # queues that are kept in memory


class Code(Asked):
    """What a coder says of a statement: a code (several, in a family that allows it) and a memo."""

    statement: Key
    code: Annotated[list[Name], Field(max_length=100, default_factory=list)]
    memo: Memo = ""
    queue: Which = "next"


class OfStatement(Asked):
    """Which statement of which queue."""

    statement: Key
    queue: Which = "next"


class OfQueue(Asked):
    """Which queue."""

    queue: Which = "next"


class Rule(Asked):
    """A ruling where people differ. `coder` and `said` are, in the same order, who had said what when it was shown."""

    statement: Key
    code: Name
    coder: Annotated[list[Name], Field(max_length=50, default_factory=list)]
    said: Annotated[list[Annotated[str, Field(max_length=2000)]], Field(max_length=50, default_factory=list)]
    memo: Memo = ""


class Setting(Asked):
    """Whether the model's proposal is shown before one decides."""

    proposal: Literal["hidden", "shown"]


class Opening(Asked):
    """Whether coders see what others said before they have coded a statement themselves."""

    coders_see: Literal["own", "all"]


class EditCode(Asked):
    """A code of the codebook; lists have one entry a line. `stamp` names the codebook that the form was made of."""

    stamp: Key
    name: Name
    title: Name = ""
    definition: Lines = ""
    include: Lines = ""
    exclude: Lines = ""
    words: Lines = ""
    examples: Lines = ""
    aliases: Lines = ""
    counter_examples: Lines = ""
    parent: Name = ""
    quadrant: Annotated[str, Field(max_length=40)] = ""
    value: Annotated[str, Field(max_length=40)] = ""
    color: Annotated[str, Field(max_length=7)] = ""
    note: Annotated[str, Field(max_length=400)] = ""


class ChangeCode(Asked):
    """What to do with a code."""

    stamp: Key
    code: Name
    do: Literal["up", "down", "remove"]


class EditFamily(Asked):
    """A family's own keys."""

    stamp: Key
    family: Name = ""  # "": a new one
    name: Annotated[str, Field(min_length=1, max_length=64)]
    title: Name = ""
    description: Annotated[str, Field(max_length=4000)] = ""
    scale: Name = ""
    multiple: bool = False
    unsure_below: Annotated[float, Field(ge=0, le=1)] = 0.35
    floor: Annotated[float, Field(ge=-1, le=1)] = 0.4


class EditText(Asked):
    """The whole codebook as YAML."""

    stamp: Key
    text: Annotated[str, Field(max_length=codebooks.LARGEST)]
    note: Annotated[str, Field(max_length=400)] = ""


class Sittings:
    """What waits for each person in each queue. Lost when the server ends: then the queue is simply made anew."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str, str], list[Place]] = OrderedDict()
        self._lock = threading.Lock()

    def next(self, desk: Desk, family: Family, person: Person, kind: str) -> tuple[Place | None, int]:
        """The statement to code now and how many wait in the queue, it among them."""
        done = {statement for statement, _ in desk.store.reviews.coded_by(person.name, family.name)}
        key = (person.name, family.name, family.version, kind)
        with self._lock:
            left = [place for place in self._kept.get(key, []) if place.statement not in done]
        there = desk.store.reviews.there(place.statement for place in left)
        left = [place for place in left if place.statement in there]
        if not left:
            left = reviewing.waiting(desk, family, person.name, kind)
        with self._lock:
            self._kept[key] = left
            self._kept.move_to_end(key)
            while len(self._kept) > SITTINGS:
                self._kept.popitem(last=False)
        return (left[0] if left else None), len(left)

    def skip(self, family: Family, person: Person, kind: str, statement: str) -> None:
        """Put a statement at the end of its queue."""
        key = (person.name, family.name, family.version, kind)
        with self._lock:
            left = self._kept.get(key, [])
            skipped = [place for place in left if place.statement == statement]
            self._kept[key] = [place for place in left if place.statement != statement] + skipped

    def why(self, family: Family, person: Person, kind: str, statement: str) -> str:
        """Why a statement stands in the queue."""
        with self._lock:
            left = self._kept.get((person.name, family.name, family.version, kind), [])
        return next((place.why for place in left if place.statement == statement), "")


def _sittings(request: Request) -> Sittings:
    state = request.app.state
    if not hasattr(state, "sittings"):
        state.sittings = Sittings()
    found: Sittings = state.sittings
    return found


def _at(family: str, part: str = "", **query: Any) -> str:
    return with_query(f"/coding/{quote(family, safe='')}{part}", query)


# --- coding -----------------------------------------------------------------------------------------------------


@page(router, "/coding", "coding.html", tags=["coding"])
def coding(desk: TheDesk, user: TheUser) -> Content:
    """Families and topics: how much is coded, by whom; what waits."""
    return {**view.coding_home(desk, user), "errors": {}}


@action(router, "/coding/settings", role="coder", tags=["coding"])
def coding_settings(desk: TheDesk, user: TheUser, asked: Setting) -> Done | Again:
    """Set whether the model's proposal is shown before one decides."""
    with writing(desk, user, "set proposals", asked.proposal):
        desk.store.reviews.prefer(user.name, "proposal", "shown" if asked.proposal == "shown" else "")
    return Done("/coding", {"proposal": asked.proposal})


@action(router, "/coding/blind", role="editor", tags=["coding"])
def coding_blind(desk: TheDesk, user: TheUser, asked: Opening) -> Done | Again:
    """Set whether coders see others' codes before they have coded a statement themselves."""
    with writing(desk, user, "set blind coding", asked.coders_see):
        desk.store.reviews.prefer("", "coders see", "all" if asked.coders_see == "all" else "")
    return Done("/coding", {"coders_see": asked.coders_see})


@page(router, "/coding/{family}", "card.html", role="coder", tags=["coding"])
def card(
    request: Request, desk: TheDesk, user: TheUser, family: FamilyName, queue: Which = "next", statement: Text = ""
) -> Content:
    """The next statement to code, or the one that is named."""
    return _card(request, desk, user, family, queue, statement)


def _card(request: Request, desk: Desk, user: Person, name: str, queue: Which, statement: str) -> Content:
    family, sittings = view.family_named(desk, name), _sittings(request)
    if statement:
        place, left = Place(statement, sittings.why(family, user, queue, statement)), 0
    else:
        found, left = sittings.next(desk, family, user, queue)
        place = found or Place("", "")
    shown = reviewing.sees_model(desk, user)
    return {
        "family": family.name,
        "family_title": family.title or family.name,
        "multiple": family.multiple,
        "is_topic": family.name.startswith(reviewing.TOPIC),
        "queue": queue,
        "left": left,
        "sees_model": shown,
        "card": view.card(desk, user, family, place.statement, why=place.why, with_model=shown)
        if place.statement
        else None,
        "last": view.last_coded(desk, user, family),
        "coded": len(desk.store.reviews.coded_by(user.name, family.name)),
        "asked": {},
        "errors": {},
    }


@action(router, "/coding/{family}/code", role="coder", tags=["coding"])
def give_code(request: Request, desk: TheDesk, user: TheUser, family: FamilyName, asked: Code) -> Done | Again:
    """Code a statement; what one said of it before is undone and stays on record."""
    chosen = view.family_named(desk, family)
    try:
        with writing(desk, user, "code", asked.statement, {"family": chosen.name, "codes": asked.code}):
            reviewing.keep(desk, chosen, asked.statement, asked.code, user, asked.memo)
    except UsageError as error:
        content = _card(request, desk, user, family, asked.queue, asked.statement)
        return Again("card.html", content | {"asked": {"memo": asked.memo, "code": asked.code}}, {"": str(error)})
    except SaysoError as error:  # the statement is gone since the page was opened
        raise Missing(str(error)) from None
    to = _at(chosen.name, queue="" if asked.queue == "next" else asked.queue)
    return Done(to, {"statement": asked.statement, "codes": asked.code})


@action(router, "/coding/{family}/skip", role="coder", tags=["coding"])
def skip(request: Request, desk: TheDesk, user: TheUser, family: FamilyName, asked: OfStatement) -> Done | Again:
    """Put a statement at the end of one's queue."""
    chosen = view.family_named(desk, family)
    _sittings(request).skip(chosen, user, asked.queue, asked.statement)
    return Done(_at(chosen.name, queue="" if asked.queue == "next" else asked.queue), {"statement": asked.statement})


@action(router, "/coding/{family}/undo", role="coder", tags=["coding"])
def undo(desk: TheDesk, user: TheUser, family: FamilyName, asked: OfQueue) -> Done | Again:
    """Take back one's last coding of the family, and stand before that statement again."""
    chosen = view.family_named(desk, family)
    last = desk.store.reviews.last(chosen.name, user.name)
    queue = "" if asked.queue == "next" else asked.queue
    if not last:
        return Done(_at(chosen.name, queue=queue), {"statement": None})
    with writing(desk, user, "undo code", last[0].statement, {"family": chosen.name}):
        statement = reviewing.take_back(desk, chosen, user)
    return Done(_at(chosen.name, queue=queue, statement=statement), {"statement": statement})


# --- where people differ ----------------------------------------------------------------------------------------


@page(router, "/coding/{family}/differences", "differences.html", role="editor", tags=["coding"])
def differences(desk: TheDesk, family: FamilyName) -> Content:
    """Where people differ, and the rulings on record."""
    return {**view.differences(desk, view.family_named(desk, family)), "errors": {}}


@action(router, "/coding/{family}/rule", role="editor", tags=["coding"])
def rule(desk: TheDesk, user: TheUser, family: FamilyName, asked: Rule) -> Done | Again:
    """Decide where people differ; the record says what each of them had said."""
    chosen = view.family_named(desk, family)
    try:
        with writing(desk, user, "rule", asked.statement, {"family": chosen.name, "code": asked.code}):
            seen = dict(zip(asked.coder, asked.said, strict=False))
            reviewing.rule(desk, chosen, asked.statement, asked.code, user, seen, asked.memo)
    except (reviewing.Conflict, UsageError) as error:
        status = 409 if isinstance(error, reviewing.Conflict) else 400
        return Again("differences.html", view.differences(desk, chosen), {"": str(error)}, status)
    return Done(_at(chosen.name, "/differences"), {"statement": asked.statement, "code": asked.code})


@page(router, "/coding/{family}/record", "record.html", role="coder", tags=["coding"])
def record(
    desk: TheDesk,
    user: TheUser,
    family: FamilyName,
    coder: Annotated[str, Query(max_length=80)] = "",
    memos: Annotated[str, Query(max_length=1)] = "",
    offset: Offset = 0,
) -> Content:
    """Every coding by a person, with memos, undone ones too; a blind coder's own alone."""
    chosen = view.family_named(desk, family)
    return view.record(desk, user, chosen, coder=coder, memos=bool(memos), offset=offset)


@page(router, "/coding/{family}/agreement", "agreement.html", tags=["coding"])
def agreement(request: Request, desk: TheDesk, family: FamilyName) -> Content:
    """How far people and models agree, which codes they confuse, and how often each code really occurs."""
    open_family(request, family)
    return view.agreement(desk, view.family_named(desk, family))


# --- the codebook -----------------------------------------------------------------------------------------------


@page(router, "/codebook", "codebook.html", tags=["coding"])
def codebook(desk: TheDesk) -> Content:
    """The codebook: families, codes with definitions, rules and examples; its versions."""
    return {**codebook_view.codebook(desk), "errors": {}, "asked": {}}


@page(router, "/codebook/versions/{version}", "codebook_version.html", tags=["coding"])
def codebook_version(desk: TheDesk, version: Annotated[str, Path(max_length=64)]) -> Content:
    """A version of the codebook, and what differs from it now."""
    return codebook_view.codebook_version(desk, version)


@page(router, "/codebook/families/{family}/code", "code.html", role="editor", tags=["coding"])
def code(desk: TheDesk, family: FamilyName, name: Text = "") -> Content:
    """One code as a form; without a name an empty one."""
    return {**codebook_view.code(desk, family, name), "errors": {}, "note": ""}


@action(router, "/codebook/families/{family}/code", role="editor", tags=["coding"])
def edit_code(desk: TheDesk, user: TheUser, family: FamilyName, asked: EditCode, name: Text = "") -> Done | Again:
    """Change a code of the codebook, or add one."""
    book = codebooks.current(desk).book
    try:
        fields = codebooks.read_fields(asked.model_dump())
        text = codebooks.with_code(book, family, name, fields)
        return _saved(desk, user, text, asked.stamp, asked.note or f"{name or 'new code'}: {fields['name']}")
    except SaysoError as error:
        shown = codebook_view.code(desk, family, name)
        given = asked.model_dump(include=set(shown["fields"]))
        content = shown | {"fields": given, "note": asked.note}
        return _refused("code.html", content, error, "your text stands below: look at theirs, then save it again")


@action(router, "/codebook/families/{family}/change", role="editor", tags=["coding"])
def change_code(desk: TheDesk, user: TheUser, family: FamilyName, asked: ChangeCode) -> Done | Again:
    """Move a code up or down in its family, or take it out. Codings made with it stay on record."""
    book = codebooks.current(desk).book
    try:
        if asked.do == "remove":
            text = codebooks.without_code(book, family, asked.code)
        else:
            text = codebooks.moved_code(book, family, asked.code, -1 if asked.do == "up" else 1)
        return _saved(desk, user, text, asked.stamp, f"{asked.do}: {asked.code}")
    except SaysoError as error:
        return _refused("codebook.html", {**codebook_view.codebook(desk), "asked": {}}, error, "nothing was changed")


@action(router, "/codebook/family", role="editor", tags=["coding"])
def edit_family(desk: TheDesk, user: TheUser, asked: EditFamily) -> Done | Again:
    """Change a family's name, description and thresholds, or add a family."""
    book = codebooks.current(desk).book
    fields = asked.model_dump(exclude={"stamp", "family"})
    try:
        if "/" in asked.name or asked.name.startswith(reviewing.TOPIC):
            raise UsageError(f"name: holds no “/” and does not begin with “{reviewing.TOPIC}”")
        text = codebooks.with_family(book, asked.family, fields)
        return _saved(desk, user, text, asked.stamp, f"family {asked.name}")
    except SaysoError as error:
        content = {**codebook_view.codebook(desk), "asked": {}}
        return _refused("codebook.html", content, error, "nothing was changed")


@action(router, "/codebook", role="editor", tags=["coding"])
def edit_text(desk: TheDesk, user: TheUser, asked: EditText) -> Done | Again:
    """Replace the codebook by a text in YAML: an older version, or one edited as a whole."""
    try:
        return _saved(desk, user, asked.text, asked.stamp, asked.note or "as text")
    except SaysoError as error:
        content = {**codebook_view.codebook(desk), "asked": {"text": asked.text}}
        return _refused("codebook.html", content, error, "your text stands below: look at theirs, then save it again")


def _saved(desk: Desk, user: Person, text: str, stamp: str, note: str) -> Done:
    version = codebooks.version_of(text)  # what is wrong with it is told before anything is written
    with writing(desk, user, "edit codebook", version, {"note": note[:400]}):
        codebooks.save(desk, text, stamp)
    return Done("/codebook", {"version": version})


def _refused(template: str, content: Content, error: SaysoError, then: str) -> Again:
    if isinstance(error, codebooks.Conflict):
        return Again(template, content, {"": f"{error}; {then}."}, 409)
    return Again(template, content, {"": str(error)})
