"""`sayso collect`: fetch what the desk's feeds have that is new."""

from __future__ import annotations

import typer

from sayso.cli._shared import Bars, DeskOption, console, opened, shown, tell_refused


def register(app: typer.Typer) -> None:
    app.command()(collect)


def collect(desk: DeskOption = None) -> None:
    """Fetch what the desk's feeds and sitemaps have that is new, politely; says which feeds seem to be broken."""
    from sayso.desk.watching import report_line

    with opened(desk) as opened_desk, Bars() as bars:
        found = opened_desk.collect(bars)
    out = console()
    tell_refused(found.added.refused)
    for report in found.reports:
        out.print(shown(report_line(report)), markup=False)
    for line in found.ailing:
        out.print(f"look at {shown(line)}", markup=False, style="yellow")
    out.print(found.added.told)
