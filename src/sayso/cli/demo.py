"""`sayso demo`: the whole way over the bundled collection."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sayso.cli._shared import Bars, console


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to build it.")] = Path("demo-desk"),
) -> None:
    """Build a desk from bundled items about a fictional dispute, run every stage and write DIR/brief.html."""
    from sayso.demo import build

    with Bars() as bars:
        made = build(folder, bars)
    for line in made.lines():
        console().print(line, markup=False)
