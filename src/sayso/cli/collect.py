"""`sayso collect`: fetch what the desk's feeds have that is new."""

from __future__ import annotations

import typer

from sayso.cli._shared import Bars, DeskOption, console, opened, tell_refused


def register(app: typer.Typer) -> None:
    app.command()(collect)


def collect(desk: DeskOption = None) -> None:
    """Fetch what the desk's feeds and sitemaps have that is new, politely; says which feeds seem to be broken."""
    with opened(desk) as opened_desk, Bars() as bars:
        found = opened_desk.collect(bars)
    out = console()
    tell_refused(found.added.refused)
    for report in found.reports:
        what = f"cannot be read: {report.reason}" if report.reason else f"{report.listed} listed, {report.new} new"
        out.print(f"{report.feed}: {what}", markup=False)
    for line in found.ailing:
        out.print(f"look at {line}", markup=False, style="yellow")
    out.print(f"{found.added.new} new, {found.added.unchanged} unchanged, {len(found.added.refused)} refused")
