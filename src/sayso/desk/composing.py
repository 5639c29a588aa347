"""Composing and issuing briefs: findings and quotations that an editor picks, the editor's own words between them, masks,
and then a brief that is frozen: its data, its printed forms and their hashes are kept as they are.

In: what the desk knows of a line (`Brief`), and a `Composition`. Out: `Brief`s, drafts, issued briefs, and for each issued
one the sentences that say what about it is no longer as it was. The program writes no sentence but those built from
numbers; everything else is the editor's and says so.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sayso.brief import (
    SECTIONS,
    Brief,
    Phrase,
    Piece,
    Quoted,
    Remark,
    Section,
    docx,
    dump,
    load,
    markdown,
    mask,
    pdf,
    render,
)
from sayso.brief._format import day, depth_text, number, percent, stretch
from sayso.brief._view import TITLES, View
from sayso.figures import probability
from sayso.store._briefs import Draft, Issued

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

MOST_PIECES = 200
LONGEST = 8000  # characters of one stretch of own text
ALWAYS: tuple[Section, ...] = ("counts", "method")  # what no brief goes without
FORMS: dict[str, tuple[Callable[[Brief], str | bytes], str]] = {
    "html": (render, "text/html; charset=utf-8"),
    "pdf": (pdf, "application/pdf"),
    "docx": (docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "md": (markdown, "text/markdown; charset=utf-8"),
}


class Part(BaseModel):
    """One piece in the order of the brief: a finding by its key, a quotation by its statement, or own words."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["finding", "quotation", "text"]
    ref: Annotated[str, Field(max_length=200)] = ""
    text: Annotated[str, Field(max_length=LONGEST)] = ""
    author: Annotated[str, Field(max_length=80)] = ""


class Composition(BaseModel):
    """What an editor has chosen, ordered and written."""

    model_config = ConfigDict(frozen=True)

    title: Annotated[str, Field(max_length=300)] = ""
    since: dt.date | None = None
    until: dt.date | None = None
    parts: Annotated[tuple[Part, ...], Field(max_length=MOST_PIECES)] = ()
    sections: tuple[Section, ...] = tuple(name for name in SECTIONS if name != "findings")
    remarks: Mapping[Section, Part] = Field(default_factory=dict)  # own words at the start of a section
    masked: bool = True
    also: Annotated[tuple[str, ...], Field(max_length=100)] = ()  # further names to mask


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence that the desk can say, built from its numbers; each number names the statements it rests on."""

    key: str
    about: str  # what kind of finding it is, in a word or two
    phrases: tuple[Phrase, ...]

    @property
    def statements(self) -> tuple[str, ...]:
        """Everything that the sentence rests on, each statement once."""
        return tuple(dict.fromkeys(key for phrase in self.phrases for key in phrase.statements))


# --- what can be said -------------------------------------------------------------------------------------------


def findings_of(brief: Brief) -> list[Finding]:
    """Every finding that the data of a brief bear out, in the order in which a report would tell them."""
    view = View(brief)
    return [
        *_periods(view),
        *_shifts(view),
        *_spread(view),
        *_originals(view),
        *_coders(view),
    ]


def _periods(view: View) -> Iterator[Finding]:
    for period, ids in zip(view.brief.periods, view.members, strict=False):
        phrases = [
            Phrase(f"{_capital(stretch(period.start, period.end))}: "),
            Phrase(number(period.statements, "statement"), tuple(ids)),
            Phrase(f" in {number(period.items, 'item')}"),
        ]
        told = sorted(period.codes.items(), key=lambda pair: (-pair[1], pair[0]))
        for place, (code, share) in enumerate(pair for pair in told[:3] if pair[1] >= 0.05):
            phrases += [
                Phrase("; " if place == 0 else ", "),
                Phrase(f"{code} "),
                Phrase(percent(share), view.coded(ids, code)),
            ]
        yield Finding(f"period {period.start}", "period", (*phrases, Phrase(".")))


def _shifts(view: View) -> Iterator[Finding]:
    for turn in view.brief.turns:
        shift = turn.shift
        sides: list[tuple[str, ...]] = [(), ()]
        for place, period in enumerate(view.brief.periods):
            if place and period.start == shift.date:
                sides = [view.members[place - 1], view.members[place]]
        first, last = shift.interval
        when = f"On {day(first)}" if first == last else f"Between {day(first)} and {day(last)}"
        phrases = [Phrase(f"{when} the line changed (probability {probability(shift.probability)})")]
        for place, (code, before, after) in enumerate(turn.moved[:3]):
            phrases += [
                Phrase(": " if place == 0 else ", "),
                Phrase(f"{code} from "),
                Phrase(percent(before), view.coded(sides[0], code)),
                Phrase(" to "),
                Phrase(percent(after), view.coded(sides[1], code)),
            ]
        yield Finding(f"shift {shift.date}", "shift", (*phrases, Phrase(".")))
        if turn.composition:
            yield Finding(f"mix {shift.date}", "mix or line", (Phrase(turn.composition),))
        if turn.retests:
            failed = [test for test in turn.retests if not test.holds]
            head = f"The shift of {day(shift.date)} "
            if failed:
                tested: list[Phrase] = [Phrase(head + "disappears without ")]
                for place, test in enumerate(failed[:3]):
                    tested += [Phrase(" or " if place else ""), Phrase(view.without(test), view.left_out(test))]
                more = len(failed) - 3
                tested.append(Phrase(f" or any of {more} more." if more > 0 else "."))
            else:
                tested = [Phrase(f"{head}stands in all {number(len(turn.retests), 're-test')}: without each outlet, ")]
                tested.append(Phrase("reporter, depth and item in turn."))
            yield Finding(f"tests {shift.date}", "re-tests", tuple(tested))


def _spread(view: View) -> Iterator[Finding]:
    if not view.statements:
        return
    phrases: list[Phrase] = [Phrase("Of "), Phrase(number(len(view.statements), "statement"), _ids(view.statements))]
    for place, (depth, ids) in enumerate(view.depths):
        phrases += [Phrase(": " if place == 0 else ", "), Phrase(f"{len(ids):,}", tuple(ids))]
        phrases.append(Phrase(f" {depth_text(depth)}"))
    yield Finding("depths", "depth", (*phrases, Phrase(".")))
    outlets = view.outlets
    if outlets:
        name, ids = outlets[0]
        yield Finding(
            "outlets",
            "outlets",
            (
                Phrase(f"They come from {number(len(outlets), 'outlet')}; "),
                Phrase(f"{len(ids):,}", tuple(ids)),
                Phrase(f" from {name}" + (", the most." if len(outlets) > 1 else ".")),
            ),
        )
    copied = [each for each in view.statements if len(each.carriers) > 1]
    if copied:
        yield Finding(
            "copies",
            "copies",
            (
                Phrase(number(len(copied), "statement"), _ids(copied)),
                Phrase(
                    f" {'is' if len(copied) == 1 else 'are'} carried by more than one item and "
                    f"count{'s' if len(copied) == 1 else ''} once."
                ),
            ),
        )


def _originals(view: View) -> Iterator[Finding]:
    by: dict[str, list[str]] = {}
    for each in view.brief.comparisons:
        if each.statement in view.by_id:
            by.setdefault(each.verdict, []).append(each.statement)
    if by:
        every = tuple(key for ids in by.values() for key in ids)
        phrases = [
            Phrase("Of "),
            Phrase(number(len(every), "quotation"), every),
            Phrase(" whose original the desk holds, "),
        ]
        for place, (verdict, ids) in enumerate(sorted(by.items(), key=lambda pair: (-len(pair[1]), pair[0]))):
            phrases += [Phrase(", " if place else ""), Phrase(f"{len(ids):,}", tuple(ids))]
            phrases.append(Phrase(f" {'is' if len(ids) == 1 else 'are'} {verdict}"))
        yield Finding("originals", "quotations", (*phrases, Phrase(".")))


def _coders(view: View) -> Iterator[Finding]:
    if view.statements:
        yield Finding(
            "coders",
            "coding",
            (
                Phrase(number(len(view.machine_coded), "statement"), view.machine_coded),
                Phrase(" with a machine’s coding, "),
                Phrase(f"{len(view.human_coded):,}", view.human_coded),
                Phrase(" with a person’s, which then counts."),
            ),
        )
    for each in view.brief.agreement:
        yield Finding(
            f"agreement {each.coders[0]} {each.coders[1]}"[:200],
            "agreement",
            (
                Phrase(
                    f"{each.coders[0]} and {each.coders[1]} agree with {each.measure} {each.value:.2f} on "
                    f"{number(each.units, 'statement')}."
                ),
            ),
        )


def private_people(brief: Brief) -> list[str]:
    """The names that `mask` takes out: persons who speak and are none of the desk's actors."""
    names = Counter(
        each.speaker.name
        for each in brief.statements
        if each.speaker.kind == "person" and each.speaker.name and not each.speaker.actor
    )
    return sorted(name for name in names if name)


# --- from a composition to a brief ------------------------------------------------------------------------------


def composed(brief: Brief, chosen: Composition) -> tuple[Brief, list[str]]:
    """The brief as composed, and one sentence for each chosen piece that the desk can no longer bear out (left out)."""
    known = {finding.key: finding for finding in findings_of(brief)}
    words = {each.id for each in brief.statements}
    pieces: list[Piece] = []
    gone: list[str] = []
    for part in chosen.parts:
        if part.kind == "text":
            if part.text:
                pieces.append(Piece("text", text=part.text, author=_byline(part.author)))
        elif part.kind == "finding":
            if part.ref in known:
                pieces.append(Piece("finding", phrases=known[part.ref].phrases))
            else:
                gone.append(f"the finding “{part.ref}” no longer follows from what the desk holds")
        elif part.ref in words:
            pieces.append(Piece("quotation", statement=part.ref))
        else:
            gone.append(f"the statement {part.ref} is no longer on the line")
    sections = list(dict.fromkeys(("findings", *chosen.sections)))
    sections += [name for name in ALWAYS if name not in sections]
    remarks = tuple(
        Remark(name, part.text, _byline(part.author)) for name, part in chosen.remarks.items() if part.text.strip()
    )
    made = dataclasses.replace(
        brief, title=chosen.title.strip(), composed=tuple(pieces), sections=tuple(sections), remarks=remarks
    )
    return (mask(made, chosen.also) if chosen.masked or chosen.also else made), gone


def _byline(author: str) -> str:
    return f"The editor’s own words: {author}" if author else "The editor’s own words"


# --- drafts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class First:
    """A brief as it is begun: on which line, and what stands in it at first."""

    actor: str
    topic: str
    family: str
    composition: Composition


def first(desk: Desk, actor: str, topic: str, family: str = "") -> First:
    """A brief on a line, with its periods, shifts and re-tests as the first findings. Raises `UsageError` for an unknown
    actor, topic or family.
    """
    key, watched, codes = desk.actor_ids(actor)[0], desk.topic(topic).id, desk.family(family)
    picked = [
        each
        for each in findings_of(desk.brief(key, watched, family=codes))
        if each.about in ("period", "shift", "re-tests")
    ]
    parts = tuple(Part(kind="finding", ref=each.key) for each in picked[:20])
    return First(key, watched, codes, Composition(parts=parts))


def composition(draft: Draft) -> Composition:
    """What stands in a draft."""
    return Composition.model_validate(draft.content)


# --- issued briefs ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Printed:
    """A brief ready to be kept: its data, and every form's bytes."""

    brief: Brief
    data: bytes
    files: Mapping[str, tuple[bytes, str]]  # form -> bytes, sha256

    @property
    def data_sha256(self) -> str:
        """The hash of the data."""
        return _hash(self.data)


def print_all(brief: Brief) -> Printed:
    """Every form of a brief. Slow (typesetting): call it before the transaction that keeps the result."""
    files = {}
    for form, (write, _) in FORMS.items():
        made = write(brief)
        data = made if isinstance(made, bytes) else made.encode("utf-8")
        files[form] = (data, _hash(data))
    return Printed(brief, dump(brief), files)


def issue(desk: Desk, draft: Draft, printed: Printed, person: str) -> Issued:
    """Keep a printed brief for good, sealed together with the one issued before."""
    with desk.store.transaction():
        place, previous = desk.store.briefs.next_number()
        head = Issued(
            id=uuid.uuid4().hex[:24],
            number=place,
            draft=draft.id,
            title=printed.brief.title or f"{printed.brief.actor.name} on {printed.brief.topic}",
            actor=draft.actor,
            topic=draft.topic,
            family=draft.family,
            person=person,
            issued_at=printed.brief.issued_at.astimezone(dt.UTC).replace(tzinfo=None),
            data_sha256=printed.data_sha256,
            previous=previous,
            seal="",
        )
        head = dataclasses.replace(head, seal=seal(head, {form: sha for form, (_, sha) in printed.files.items()}))
        desk.store.briefs.issue(head, printed.data, printed.files)
    return head


def seal(head: Issued, files: Mapping[str, str]) -> str:
    """SHA-256 over who issued what and when, the hashes of data and files, and the seal of the brief before."""
    told: dict[str, Any] = {name: getattr(head, name) for name in Issued.__slots__ if name != "seal"}
    told["issued_at"] = head.issued_at.isoformat()
    told["files"] = dict(sorted(files.items()))
    return _hash(json.dumps(told, sort_keys=True, ensure_ascii=True).encode("ascii"))


def problems(desk: Desk, head: Issued) -> list[str]:
    """What about an issued brief is not as it was issued; nothing for a sound one.

    Its bytes are hashed anew, the seal made anew, the seal before looked up, and the captures that its quotations rest on
    looked for in the archive.
    """
    found: list[str] = []
    data = desk.store.briefs.data(head.id)
    if _hash(data) != head.data_sha256:
        found.append("its data are not those that were issued")
    files = desk.store.briefs.files(head.id)
    for each in files:
        if _hash(desk.store.briefs.file(head.id, each.form) or b"") != each.sha256:
            found.append(f"its {each.form} form is not the one that was issued")
    if seal(head, {each.form: each.sha256 for each in files}) != head.seal:
        found.append("its record (title, who, when, hashes) is not the one that was sealed")
    before = desk.store.briefs.numbered(head.number - 1)
    if head.number > 1 and (before is None or before.seal != head.previous):
        found.append(f"the brief no. {head.number - 1}, issued before it, is missing or another one")
    try:
        statements: Sequence[Quoted] = load(data).statements
    except ValueError:
        return [*found, "its data cannot be read"]
    for sha256 in sorted({each.sha256 for each in statements}):
        if sha256 not in desk.archive and not any(e["kind"] == "erasure" for e in desk.archive.entries(sha256)):
            found.append(f"the archive no longer holds the capture {sha256} that it quotes")
    return found


def verify_issued(desk: Desk) -> Iterator[str]:
    """One sentence for everything that is wrong with issued briefs, for `sayso verify`."""
    for head in desk.store.briefs.all_issued():
        for problem in problems(desk, head):
            yield f"brief no. {head.number} ({head.title}): {problem}"


def section_titles() -> dict[str, str]:
    """Section -> its title in a brief."""
    return {str(name): title for name, title in TITLES.items()}


def _ids(statements: Sequence[Quoted]) -> tuple[str, ...]:
    return tuple(each.id for each in statements)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
