"""`sayso archive …`, `sayso backup` and `sayso restore`: what leaves the archive, what must go, what comes back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sayso.cli._shared import DeskOption, console, here, opened, shown
from sayso.errors import UsageError


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The captures: export, evidence, erasure, time stamps.", no_args_is_help=True)
    group.command("export")(export)
    group.command("erase")(erase)
    group.command("stamp")(stamp)
    app.add_typer(group, name="archive")
    app.command()(backup)
    app.command()(restore)


def export(
    out: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="The file to write (.wacz or .zip).")],
    statement: Annotated[
        str, typer.Option("--statement", metavar="ID", help="Only the evidence for one statement, as a zip.")
    ] = "",
    desk: DeskOption = None,
) -> None:
    """Write all captures as a WACZ, which web-archive replayers open; or all evidence for one statement as a zip."""
    from sayso.desk import keeping

    with opened(desk) as opened_desk:
        if statement:
            keeping.export_evidence(opened_desk, statement, out)
            console().print(f"the evidence for statement {statement} is in {shown(str(out))}", markup=False)
        else:
            pages = keeping.export(opened_desk, out)
            console().print(f"{pages} pages are in {shown(str(out))}", markup=False)


def erase(
    sha256: Annotated[str, typer.Argument(metavar="SHA256", help="Of the captured bytes.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays in the archive's chain for good.")],
    desk: DeskOption = None,
) -> None:
    """Erase bytes, the text read from them and its statements. A tombstone with date and reason stays in the chain."""
    from sayso.desk import keeping

    with opened(desk) as opened_desk:
        count = keeping.erase(opened_desk, sha256, reason)
    console().print(f"erased: {count} captures; backups and exports made before still hold them")


def stamp(desk: DeskOption = None) -> None:
    """Have the configured authority put a time stamp (RFC 3161) over the archive's chain."""
    from sayso.desk import keeping

    with opened(desk) as opened_desk:
        head = keeping.stamp_chain(opened_desk)
    console().print(f"stamped: everything up to entry {head}")


def backup(
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="The file to write.")], desk: DeskOption = None
) -> None:
    """Copy the whole desk into one file, also while it runs: settings, database, archive, with their hashes.

    Backups that lie in the desk are left out. The records of a desk on PostgreSQL are not in its folder: `pg_dump` them
    first.
    """
    from sayso.desk import Desk, keeping

    folder = (desk or Desk.find(here())).absolute()
    if not os.access(folder / "sayso.toml", os.R_OK):
        raise UsageError(f"{folder} is no desk (it has no sayso.toml that you may read)")
    count = keeping.backup(folder, out)
    console().print(f"{count} files are in {shown(str(out))}", markup=False)
    if note := keeping.left_out(folder):
        console().print(note, markup=False, style="yellow")


def restore(
    package: Annotated[Path, typer.Argument(metavar="BACKUP.zip", help="What `sayso backup` wrote.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new desk's folder.")],
) -> None:
    """Make a desk again from a backup; every hash, the database and the archive are checked first."""
    from sayso.desk import keeping

    count = keeping.restore(package, folder)
    console().print(f"{count} files restored to {shown(str(folder))}, all checks passed", markup=False)
