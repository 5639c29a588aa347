"""`sayso new`, `add` and `run`: make a desk, take items in, run every stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli._shared import Bars, DeskOption, console, opened, shown, tell_refused

if TYPE_CHECKING:
    from sayso.desk.summary import Summary


def register(app: typer.Typer) -> None:
    app.command()(new)
    app.command()(add)
    app.command()(run)


def new(folder: Annotated[str, typer.Argument(metavar="DIR", help="The folder to make.")]) -> None:
    """Make a desk: sayso.toml, actors.yaml, outlets.yaml, topics.yaml and codebook.yaml, each explained in itself."""
    from sayso.desk import Desk

    with Desk.create(folder) as desk:
        made = desk.folder
    console().print(f"A new desk in {shown(str(made))}. Next: `cd` there, name actors and topics, `sayso add` items.")


def add(
    inputs: Annotated[list[str], typer.Argument(metavar="PATH|URL …", help="Files, folders or addresses.")],
    desk: DeskOption = None,
) -> None:
    """Take items in: files, folders, URLs. They are archived as they are; `sayso run` reads them."""
    with opened(desk) as opened_desk, Bars() as bars:
        added = opened_desk.add(inputs, bars)
    tell_refused(added.refused)
    console().print(added.told)


def run(desk: DeskOption = None) -> None:
    """Run every stage on whatever is new: read, attribute, link, code, track. Goes on where it was interrupted."""
    with opened(desk) as opened_desk, Bars() as bars:
        summary = opened_desk.run(bars)
    tell(summary)


def tell(summary: Summary) -> None:
    """The figures of the desk, with what was left out and why."""
    out = console()
    tell_refused(summary.refused)
    depths = ", ".join(f"{count} at depth {depth}" for depth, count in summary.depths.items())
    for label, number, note in (
        ("collected", summary.collected, f"{len(summary.refused)} refused" if summary.refused else ""),
        ("read", summary.read, f"{summary.copies} of them copies of another" if summary.copies else ""),
        ("attributions", summary.attributions, ""),
        ("statements", summary.statements, depths),
        ("items mentioned", summary.mentioned, "not held"),
        ("on a topic", summary.on_topic, ""),
        ("coded", summary.coded, f"{summary.unsure} of them unsure" if summary.unsure else ""),
        ("shifts", summary.shifts, ""),
    ):
        out.print(f"{label:>16} {number:>8}  {note}".rstrip(), markup=False)
    if summary.edited or summary.vanished:
        note = f"pages after they were captured; {summary.vanished} vanished (see `sayso versions`)"
        out.print(f"{'edited':>16} {summary.edited:>8}  {note}", markup=False)
    left = {
        "whose speaker is no actor of the desk": summary.unknown_speakers,
        "without a date": summary.undated,
        "repeated by copies": summary.repeated,
        "coded below the threshold only": summary.unsure,
    }
    told = ", ".join(f"{number} {why}" for why, number in left.items() if number)
    if told:
        out.print(f"{'left out of lines':>16}  {told}", markup=False)
    for line in summary.ailing:
        out.print(f"look at {shown(line)}", markup=False, style="yellow")
    for alert in summary.alerts:
        out.print(f"alert: {alert}", markup=False, style="bold")
    for note in summary.notes:
        out.print(f"note: {note}", markup=False)
