"""`sayso verify`: is everything that the desk rests on still as it was written?"""

from __future__ import annotations

import typer

from sayso.cli._shared import Bars, DeskOption, console, opened, shown
from sayso.errors import SaysoError


def register(app: typer.Typer) -> None:
    app.command()(verify)


def verify(desk: DeskOption = None) -> None:
    """Re-hash the archive and check every link of evidence; names what is damaged, and then ends with status 1.

    Documents of bulk runs whose bytes lie elsewhere are counted on standard error, and are no damage.
    """
    problems = 0
    with opened(desk) as opened_desk, Bars() as bars:
        for problem in opened_desk.verify(bars):
            print(shown(problem))
            problems += 1
        elsewhere = opened_desk.left_elsewhere()
        documents, captures = opened_desk.store.documents.count(), opened_desk.store.captures.count()
    if elsewhere:
        console().print(elsewhere, markup=False, style="yellow")
    if problems:
        raise SaysoError(f"{problems} of the desk's links of evidence do not hold (listed above)")
    console().print(f"sound: {captures} captures, {documents} documents with all their statements")
