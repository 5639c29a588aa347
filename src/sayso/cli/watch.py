"""`sayso watch`: collect and run on the desk's schedule."""

from __future__ import annotations

import datetime as dt
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sayso.cli._shared import DeskOption, shown


def register(app: typer.Typer) -> None:
    app.command()(watch)


def watch(
    once: Annotated[bool, typer.Option("--once", help="One round and no more: for cron.")] = False,
    desk: DeskOption = None,
) -> None:
    """Collect and run on the desk's schedule (each feed's `every`), until stopped by Ctrl-C or SIGTERM.

    Says what it does on standard error. A feed that fails is told, and asked again when it is due. One process watches a
    desk at a time; a stop waits for the item at hand.
    """
    from sayso.desk import Desk
    from sayso.desk.watching import Stopped, Watch

    def tell(sentence: str) -> None:
        print(f"{dt.datetime.now():%Y-%m-%d %H:%M:%S}  {shown(sentence)}", file=sys.stderr, flush=True)

    watching = Watch(desk or Desk.find(Path.cwd()), tell)

    def stop(number: int, frame: Any) -> None:
        tell("stopping after the item at hand; once more stops at once")
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        watching.stop()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    try:
        if once:
            watching.once()
        else:
            watching.forever()
    except Stopped:
        tell("stopped")
