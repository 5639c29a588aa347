"""`sayso settings export` and `import`: between the desk's store and the files that people edit and version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli._shared import Bars, DeskOption, console, opened

if TYPE_CHECKING:
    from sayso.desk.sync import Difference

ForceOption = Annotated[bool, typer.Option("--force", help="Also over newer edits on the other side, which are lost.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Actors, outlets, topics and codebook between the desk and its YAML files.", no_args_is_help=True
    )
    group.command("export")(export)
    group.command("import")(import_)
    app.add_typer(group, name="settings")


def export(desk: DeskOption = None, force: ForceOption = False) -> None:
    """Write the desk's actors, outlets, topics and codebook into their YAML files; shows what changes."""
    with opened(desk) as opened_desk:
        _show(opened_desk.export_settings(force=force), "files are as the desk has them")


def import_(desk: DeskOption = None, force: ForceOption = False) -> None:
    """Take actors, outlets, topics and codebook in from their YAML files; shows what changes."""
    with opened(desk) as opened_desk, Bars() as bars:
        _show(opened_desk.import_settings(force=force, progress=bars), "the desk is as its files have it")


def _show(changes: Sequence[Difference], otherwise: str) -> None:
    out = console()
    changed = [change for change in changes if change.diff]
    for change in changed:
        for line in change.diff.splitlines():
            style = "green" if line.startswith("+") else "red" if line.startswith("-") else "dim"
            out.print(line, markup=False, style=style)
    out.print(", ".join(f"{change.name} changed" for change in changed) if changed else f"nothing changed: {otherwise}")
