"""`sayso actors`: unknown speakers, merging and splitting that can be undone, exchange as FollowTheMoney entities."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli._shared import Bars, DeskOption, console, opened, print_json
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.link.edits import Edit

LeastOption = Annotated[
    int, typer.Option("--least", min=1, metavar="N", help="Only speakers of at least N statements.")
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The desk's actors: suggest, merge, split, undo, import, export.", no_args_is_help=True)
    group.command("suggest")(suggest)
    group.command("merge")(merge)
    group.command("split")(split)
    group.command("undo")(undo)
    group.command("import")(import_)
    group.command("export")(export)
    app.add_typer(group, name="actors")


def suggest(desk: DeskOption = None, least: LeastOption = 3) -> None:
    """Speakers that the desk does not know yet, the most frequent first, as JSON lines."""
    from sayso.link.edits import suggest as suggested

    with opened(desk) as here:
        found = (
            (f.statement.speaker.name or "", f.statement.speaker.kind, f.document.sha256) for f in here.statements()
        )
        strangers = suggested(found, here.actors, least=least)
        if not strangers:
            console().print(
                f"nobody whom the desk does not know has {least} statements (--least N for fewer)", markup=False
            )
        for each in strangers:
            print_json({
                "name": each.name, "kind": each.kind, "spellings": list(each.spellings), "statements": each.statements,
                "documents": each.documents, "like": each.like,
            })  # fmt: skip


def merge(
    keep: Annotated[str, typer.Argument(metavar="KEEP", help="Id of the actor that stays.")],
    drop: Annotated[str, typer.Argument(metavar="DROP", help="Id of the actor whose names it takes over.")],
    desk: DeskOption = None,
) -> None:
    """Make two actors one; statements follow at the next `sayso run`. `sayso actors undo` takes it back."""
    from sayso.desk.accounts import local_person
    from sayso.desk.directory import merge_actors

    with opened(desk) as here:
        _told(merge_actors(here, local_person(here), keep, drop))


def split(
    actor: Annotated[str, typer.Argument(metavar="ACTOR", help="Id of the actor to split.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Id of the new actor.")],
    alias: Annotated[list[str], typer.Option("--alias", help="An alias that becomes the new actor's; repeatable.")],
    name: Annotated[str, typer.Option("--name", help="The new actor's name; by default its first alias.")] = "",
    desk: DeskOption = None,
) -> None:
    """Give some of an actor's aliases to a new actor. `sayso actors undo` takes it back."""
    from sayso.desk.accounts import local_person
    from sayso.desk.directory import split_actor

    with opened(desk) as here:
        _told(split_actor(here, local_person(here), actor, new, alias, name))


def undo(desk: DeskOption = None) -> None:
    """Take the last edit of the actors back: a merge, a split, or a change made in the workbench."""
    from sayso.desk import directory
    from sayso.desk.accounts import local_person

    with opened(desk) as here:
        if not directory.history(here):
            raise UsageError("no merge or split to undo")
        console().print(f"undone: {directory.undo(here, local_person(here))}", markup=False)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="FollowTheMoney entities, one JSON object a line.")],
    desk: DeskOption = None,
) -> None:
    """Add the people and bodies of a file; an actor with the same id is replaced."""
    from sayso.link import ActorIndex
    from sayso.link.ftm import from_ftm

    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read ({error})") from None
    with opened(desk) as here, Bars() as bars:
        held = here.store.settings.actors()
        where: dict[str, str] = {}
        taken = {a.id: a for a in from_ftm(text.split("\n"), str(file), known={a.id for a in held}, where=where)}
        records = [taken.pop(a.id, a) for a in held] + list(taken.values())
        ActorIndex(records, where=lambda key: where.get(key, ""))
        with bars.stage("Import", len(records)) as advance:
            here.store.settings.put_actors(records, advance)
        console().print(f"{len(records)} actors in the desk; `sayso run` links them", markup=False)


def export(desk: DeskOption = None) -> None:
    """The desk's actors as FollowTheMoney entities, one JSON object a line."""
    from sayso.link.ftm import to_ftm

    with opened(desk) as here:
        for entity in to_ftm(here.store.settings.actors()):
            print_json(entity)


def _told(edit: Edit) -> None:
    console().print(f"done: {edit.what}; `sayso run` links anew, `sayso actors undo` takes it back", markup=False)
