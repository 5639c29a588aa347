"""`sayso store`: where a desk's records lie."""

from __future__ import annotations

from typing import Annotated

import typer

from sayso.cli._shared import Bars, DeskOption, console, opened


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Where the desk's records lie: in a file, or in PostgreSQL.")
    group.command()(migrate)
    app.add_typer(group, name="store")


def migrate(
    to: Annotated[
        str,
        typer.Option("--to", metavar="URL", help="postgresql://USER@HOST:PORT/DATABASE, or 'file' to go back."),
    ],
    desk: DeskOption = None,
) -> None:
    """Move the records to another database, from SQLite to PostgreSQL or back; every row is compared afterwards.

    The database must be there and empty. sayso.toml names it from then on; the old one stays as it was, until you delete
    it. A password is better kept in ~/.pgpass or PGPASSWORD than in the address.
    """
    from sayso.desk.moving import move_store

    with opened(desk) as opened_desk, Bars() as bars:
        before = opened_desk.store.name
        counts = move_store(opened_desk, to, bars)
    rows = sum(counts.values())
    console().print(
        f"{rows} rows of {sum(1 for number in counts.values() if number)} tables moved and compared, {counts['statements']} "
        f"statements among them. sayso.toml names the new store; the old one stays: {before}",
        markup=False,
    )
