"""`sayso correct`: what the reader of the workbench does to statements, from a terminal or a script.

set, add, remove, undo, list. Places are START-END in code points of the document's text, or the words themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli._shared import DeskOption, opened, print_json
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.desk import Desk
    from sayso.desk.accounts import Person
    from sayso.desk.corrections import Typed

correct = typer.Typer(
    help="Correct statements, attribute by hand, undo: by a person, kept on re-runs.", no_args_is_help=True
)
Statement = Annotated[str, typer.Argument(metavar="STATEMENT", help="Its id, as `sayso statements` prints it.")]
PersonOption = Annotated[
    str, typer.Option("--person", metavar="NAME", help="Who says so; by default the desk's person or your login name.")
]
Piece = "START-END, or the words as they stand; several: give it again."
Source = Annotated[list[str] | None, typer.Option("--source", metavar="PLACE", help=f"Who speaks: {Piece}")]
Cue = Annotated[list[str] | None, typer.Option("--cue", metavar="PLACE", help=f"The words that attribute: {Piece}")]
Content = Annotated[list[str] | None, typer.Option("--content", metavar="PLACE", help=f"What is said: {Piece}")]
Kind = Annotated[str | None, typer.Option("--kind", help="direct, mixed or indirect.")]
Speaker = Annotated[str | None, typer.Option("--speaker", metavar="NAME|ACTOR", help='A name or an actor; "": nobody.')]
SpeakerKind = Annotated[
    str | None,
    typer.Option("--speaker-kind", help="person, organization, group, publication, unnamed, author or none."),
]
Target = Annotated[str | None, typer.Option("--target", metavar="NAME|ACTOR", help='Towards whom; "": nobody.')]
Item = Annotated[
    str | None,
    typer.Option(
        "--item", metavar="ID|WORDS", help='The item it was said in: an id, or words that name one; "": this.'
    ),
]
Medium = Annotated[str, typer.Option("--medium", help="Of an item that is named by words: video, song, statement …")]
Outlet = Annotated[str, typer.Option("--outlet", metavar="NAME", help="Who published that item.")]
Date = Annotated[
    str | None,
    typer.Option("--date", help='As far as known: 2017, 2017-07, 2017-07-10, 2017-W28, 2017-SU; "": undated.'),
]
DateOf = Annotated[str, typer.Option("--date-of", help="Whose date it is: utterance or item.")]
Depth = Annotated[int | None, typer.Option("--depth", min=0, max=20, help="Retellings between the speaker and us.")]
Seen = Annotated[
    str, typer.Option("--seen", metavar="VERSION", help="Refuse if somebody changed the statement since this version.")
]


def register(app: typer.Typer) -> None:
    app.add_typer(correct, name="correct")


@correct.command("set")
def set_(
    statement: Statement,
    source: Source = None,
    cue: Cue = None,
    content: Content = None,
    kind: Kind = None,
    speaker: Speaker = None,
    speaker_kind: SpeakerKind = None,
    target: Target = None,
    item: Item = None,
    medium: Medium = "",
    outlet: Outlet = "",
    date: Date = None,
    date_of: DateOf = "utterance",
    depth: Depth = None,
    seen: Seen = "",
    person: PersonOption = "",
    desk: DeskOption = None,
) -> None:
    """Correct a statement. Every field that differs becomes a correction of its own; prints them as JSON Lines."""
    from sayso.desk import corrections

    with opened(desk) as found:
        typed = _typed(
            found, source=source, cue=cue, content=content, kind=kind, speaker=speaker, speaker_kind=speaker_kind,
            target=target, item=item, medium=medium, outlet=outlet, date=date, date_of=date_of, depth=depth,
        )  # fmt: skip
        made = corrections.correct(found, _person(found, person), statement, typed, seen=seen)
        _print(found, statement, made)


@correct.command()
def add(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its id, address, path or SHA-256.")],
    content: Content = None,
    source: Source = None,
    cue: Cue = None,
    kind: Kind = "indirect",
    speaker: Speaker = None,
    speaker_kind: SpeakerKind = None,
    target: Target = None,
    item: Item = None,
    medium: Medium = "",
    outlet: Outlet = "",
    date: Date = None,
    date_of: DateOf = "utterance",
    depth: Depth = None,
    person: PersonOption = "",
    desk: DeskOption = None,
) -> None:
    """Attribute words of a document to somebody by hand; prints the statement as JSON."""
    from sayso.desk import corrections
    from sayso.desk.pairing import find_document

    with opened(desk) as found:
        typed = _typed(
            found, source=source, cue=cue, content=content, kind=kind, speaker=speaker, speaker_kind=speaker_kind,
            target=target, item=item, medium=medium, outlet=outlet, date=date, date_of=date_of, depth=depth,
        )  # fmt: skip
        key = corrections.attribute(found, _person(found, person), find_document(found, document), typed)
        (made,) = found.store.statements.load([key])
        print_json(found.statement_json(made))


@correct.command()
def remove(statement: Statement, seen: Seen = "", person: PersonOption = "", desk: DeskOption = None) -> None:
    """Say that this is no statement: it counts nowhere from now on."""
    from sayso.desk import corrections

    with opened(desk) as found:
        made = corrections.reject(found, _person(found, person), statement, seen=seen)
        _print(found, statement, [made])


@correct.command()
def undo(
    correction: Annotated[
        str, typer.Argument(metavar="CORRECTION", help="Its id; of a statement by hand, that one's.")
    ],
    person: PersonOption = "",
    desk: DeskOption = None,
) -> None:
    """Take a correction or a statement by hand back; it stays on record as undone."""
    from sayso.desk import corrections

    with opened(desk) as found:
        document = corrections.undo(found, _person(found, person), correction)
        print_json({"undone": correction, "document": document or None})


@correct.command("list")
def list_(
    about: Annotated[
        str, typer.Argument(metavar="[STATEMENT|DOCUMENT]", help="By default everything that people did.")
    ] = "",
    desk: DeskOption = None,
) -> None:
    """List corrections and statements by hand, one JSON object each, the oldest first, undone ones too.

    `version` of a statement's list is for --seen.
    """
    from sayso.desk import views
    from sayso.desk.pairing import find_document

    with opened(desk) as found:
        if about and found.store.people.state_of(about) is None:
            about = find_document(found, about)
        for each in views.corrections_made(found, about):
            print_json(each)


def _person(desk: Desk, name: str) -> Person:
    from dataclasses import replace

    from sayso.desk.accounts import local_person

    if ":" in name:
        raise UsageError(f"--person {name!r}: a person's name holds no colon")
    person = local_person(desk)
    return replace(person, name=name) if name else person


def _typed(
    desk: Desk,
    *,
    source: list[str] | None,
    cue: list[str] | None,
    content: list[str] | None,
    kind: str | None,
    speaker: str | None,
    speaker_kind: str | None,
    target: str | None,
    item: str | None,
    medium: str,
    outlet: str,
    date: str | None,
    date_of: str,
    depth: int | None,
) -> Typed:
    from sayso.desk.corrections import Typed

    if item is None and (medium or outlet):
        raise UsageError("--medium and --outlet are those of an item: name it with --item")
    known = item is not None and bool(desk.store.items.get([item]))
    if known and (medium or outlet):
        raise UsageError(f"--item {item}: the desk knows this item; --medium and --outlet are for one named by words")
    return Typed(
        source=_lines(source),
        cue=_lines(cue),
        content=_lines(content),
        kind=kind,
        speaker=speaker,
        speaker_kind=speaker_kind,
        target=target,
        via=item if known or not item else "typed",
        via_item="" if known else item or "",
        via_medium=medium,
        via_outlet=outlet,
        date=date,
        date_of=date_of,
        depth=None if depth is None else str(depth),
    )


def _lines(pieces: list[str] | None) -> str | None:
    """Pieces as the desk's forms have them; one empty piece empties the field."""
    return None if pieces is None else "\n".join(" ".join(each.split()) for each in pieces)


def _print(desk: Desk, statement: str, made: list[str]) -> None:
    from sayso.desk import views

    for each in views.corrections_made(desk, statement):
        if each["id"] in made:
            print_json(each)
