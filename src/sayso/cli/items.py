"""`sayso items`: what was published, held or only heard of; merging and splitting that can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.cli._shared import DeskOption, console, opened, print_json
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.desk import Desk

AT_ONCE = 200


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="The desk's items, held and only mentioned: list, merge, split, undo.", no_args_is_help=True
    )
    group.command("list")(list_)
    group.command("merge")(merge)
    group.command("split")(split)
    group.command("undo")(undo)
    app.add_typer(group, name="items")


def list_(
    show: Annotated[str, typer.Option("--show", help="held, or mentioned: those known through others alone.")] = "",
    medium: Annotated[str, typer.Option("--medium", help="Only items of this medium: video, statement, song …")] = "",
    desk: DeskOption = None,
) -> None:
    """List items with the documents that name them, as JSON lines; what people merged stands as one."""
    if show not in ("", "held", "mentioned"):
        raise UsageError(f"--show {show}: choose one of held, mentioned")
    with opened(desk) as here:
        for each in _listed(here, show, medium):
            print_json(each)


def merge(
    keep: Annotated[str, typer.Argument(metavar="KEEP", help="Id of the item that stays.")],
    drop: Annotated[str, typer.Argument(metavar="DROP", help="Id of the item that is the same one.")],
    desk: DeskOption = None,
) -> None:
    """Say that two items are one; of a held and a mentioned one the held one stays. Every run keeps it."""
    from sayso.desk import items
    from sayso.desk.accounts import local_person

    with opened(desk) as here:
        kept = items.merge(here, local_person(here), keep, drop)
        print_json({"item": kept, "decision": _newest(here)})


def split(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Id of a mention that was joined, or of its item.")],
    desk: DeskOption = None,
) -> None:
    """Say that a mention is of an item of its own. Every run keeps it."""
    from sayso.desk import items
    from sayso.desk.accounts import local_person

    with opened(desk) as here:
        left = items.split(here, local_person(here), item)
        print_json({"item": left, "decision": _newest(here)})


def undo(
    decision: Annotated[
        str,
        typer.Argument(metavar="[DECISION]", help="Its id, as merge and split print it; by default the last one's."),
    ] = "",
    desk: DeskOption = None,
) -> None:
    """Take a merge or a split back; it stays on record as undone."""
    from sayso.desk import items
    from sayso.desk.accounts import local_person

    with opened(desk) as here:
        if not (key := decision or _newest(here)):
            raise UsageError("no merge or split of items to undo")
        item = items.undo(here, local_person(here), key)
        console().print(f"undone: {key}, of the item {item}", markup=False)


def _listed(desk: Desk, show: str, medium: str) -> Iterator[dict[str, Any]]:
    from sayso.desk import views

    offset, more = 0, True
    while more:
        page = views.items(desk, show=show, medium=medium, offset=offset, limit=AT_ONCE)
        yield from page["items"]
        offset, more = offset + AT_ONCE, page["page"]["more"]


def _newest(desk: Desk) -> str:
    """The id of the last decision that holds; "" where there is none."""
    held = desk.store.same_items.decisions()
    return held[-1].id if held else ""
