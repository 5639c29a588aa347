"""What commands share: the desk they work on, what they print to people, and progress bars.

Standard output carries data alone; everything meant for eyes goes to standard error.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from sayso.desk import Desk
    from sayso.desk.progress import Advance
    from sayso.records import Failure

DeskOption = Annotated[
    Path | None,
    typer.Option("--desk", metavar="DIR", help="The desk; by default the nearest folder upwards with a sayso.toml."),
]
WithDeskOption = Annotated[
    Path | None,
    typer.Option(
        "--desk",
        metavar="DIR",
        help="A desk whose actors, reference texts and codes come along; none unless named, also in a desk's folder.",
    ),
]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DATE", help="Nothing before it: YYYY[-MM[-DD]].")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Nothing after it: YYYY[-MM[-DD]].")]
MANY = 40  # refused items shown before the rest is only counted


def console() -> Console:
    """Where people are spoken to: standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def opened(folder: Path | None) -> Iterator[Desk]:
    """The desk that a command works on; says which settings could not be taken in."""
    from sayso.desk import Desk

    with Bars() as bars:  # gone before the command speaks: a live bar wipes the line that a person types on
        found = Desk.open(folder or Desk.find(here()), bars)
    with found as desk:
        for conflict in desk.conflicts:
            console().print(conflict, style="yellow", markup=False)
        yield desk


def here() -> Path:
    """The folder that the user is in."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("the folder that you are in is gone; name a desk with --desk DIR") from None


class Bars:
    """Progress bars on standard error, one a stage; silent where that is no terminal."""

    def __init__(self) -> None:
        self._progress: Any = None

    def __enter__(self) -> Bars:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:
        """One bar. A stage with nothing to do shows none."""
        if total == 0 or not sys.stderr.isatty():
            yield lambda more: None
            return
        if self._progress is None:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._progress = Progress(*columns, console=console())
            self._progress.start()
        progress = self._progress
        task = progress.add_task(name, total=total)
        try:
            yield lambda more: progress.advance(task, more)
        finally:
            progress.update(task, total=progress.tasks[task].completed)
            if total is None and progress.tasks[task].completed == 0:
                progress.remove_task(task)


def tell_refused(refused: Sequence[Failure]) -> None:
    """List refused items with the reason."""
    out = console()
    for failure in refused[:MANY]:
        out.print(f"refused: {shown(failure.path)}: {failure.reason}", markup=False, style="yellow")
    if len(refused) > MANY:
        out.print(f"… and {len(refused) - MANY} more (all are listed in the desk)", markup=False, style="yellow")


def shown(text: str) -> str:
    """A file name or title on one line, with nothing in it that steers a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def first_day(text: str | None) -> dt.date | None:
    """The first day of YYYY, YYYY-MM or YYYY-MM-DD."""
    return _days(text)[0] if text else None


def last_day(text: str | None) -> dt.date | None:
    """The last day of YYYY, YYYY-MM or YYYY-MM-DD."""
    return _days(text)[1] if text else None


def _days(text: str) -> tuple[dt.date, dt.date]:
    parts = text.split("-")
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 1:
            return dt.date(numbers[0], 1, 1), dt.date(numbers[0], 12, 31)
        if len(numbers) == 2:
            start = dt.date(numbers[0], numbers[1], 1)
            return start, (start + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        day = dt.date.fromisoformat(text)
        return day, day
    except ValueError:
        raise UsageError(f"{text!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD") from None


def chosen(value: str, allowed: Iterable[str], option: str) -> str:
    """The value, if it is one of those allowed."""
    listed = list(allowed)
    if value not in listed:
        raise UsageError(f"{option} {value!r}: choose one of {', '.join(listed)}")
    return value


def print_json(value: Any, *, indent: int | None = None) -> None:
    """One JSON value on standard output."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=indent)
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
