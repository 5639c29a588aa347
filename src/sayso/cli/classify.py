"""`sayso classify`: label the rows of a table by what labelled rows of another teach. Needs no desk."""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli._shared import chosen, console
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.cli._rows import RowFile
    from sayso.code import Coder

_NAMED = 5  # labels that a message names
_CLOSE = 0.02  # by how much a probability may differ that the same coder states on another machine


def register(app: typer.Typer) -> None:
    app.command()(classify)


def classify(
    table: Annotated[Path, typer.Argument(metavar="INPUT", help="The rows to label: .tsv tab-separated, else CSV.")],
    examples: Annotated[Path, typer.Option("--examples", metavar="TRAIN", help="Rows that carry the label.")],
    text: Annotated[str, typer.Option("--text", metavar="COLUMN", help="The text to label, in both tables.")],
    label: Annotated[str, typer.Option("--label", metavar="COLUMN", help="The label, in TRAIN.")],
    actor: Annotated[
        str | None, typer.Option("--actor", metavar="COLUMN", help="Who acts, as the text says it.")
    ] = None,
    target: Annotated[str | None, typer.Option("--target", metavar="COLUMN", help="Towards whom.")] = None,
    coder: Annotated[
        str, typer.Option(help="fast: seconds; deep: minutes, more exact, needs the extra 'train'.")
    ] = "fast",
    unsure_below: Annotated[float, typer.Option(min=0, max=1, help="Less probable labels are marked unsure.")] = 0.5,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write to FILE; stopped and run again, it goes on where it was."
        ),
    ] = None,
) -> None:
    """Print INPUT's rows as CSV with `predicted` (always the best label), `probability` and `unsure` added."""
    from sayso.cli._rows import RowFile
    from sayso.code._table import Table
    from sayso.code.classify import ADDED, apply, family_of, labelled
    from sayso.code.fast import FastCoder

    chosen(coder, ("fast", "deep"), "--coder")
    teaching = Table(examples)
    teaching.need(text, label, actor, target)
    with _bar("labelling", table) as advance:
        rows = Table(table, advance)
        rows.need(text, actor, target)
        taught = labelled(teaching, text, label, actor, target)
        left_out = sum(1 for _ in teaching) - len(taught)
        if left_out:
            console().print(f"{examples}: {left_out} rows without a text or a label teach nothing", markup=False)
        family = family_of(taught, label, unsure_below)
        columns = [*(c for c in rows.columns if c not in ADDED), *ADDED]
        with ExitStack() as stack:
            # opened before anything is learned: what cannot be written to is said at once, not after minutes
            file = stack.enter_context(RowFile(output, columns)) if output is not None else None
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sayso-"))
            if coder == "deep":
                from sayso.code.deep import DeepCoder

                with _bar("learning", None) as learning:
                    made: Coder = DeepCoder.learn(family, taught, folder, progress=_steps(learning))
            else:
                made = FastCoder.learn(family, taught)
            waiting, unknown = iter(rows), set[str]()
            write: Callable[[Sequence[str]], object]
            if file is None:
                write = csv.writer(sys.stdout, lineterminator="\n").writerow
                write(columns)
            else:
                write = file.write
                _pass_over(file, waiting, lambda last: apply(made, last, text=text, actor=actor, target=target))
            for row in apply(made, waiting, text=text, actor=actor, target=target):
                write([row[c] for c in columns])
                given = row.get(label, "").strip() if label not in ADDED else ""
                if given and given not in family.names and len(unknown) <= _NAMED:
                    unknown.add(given)
    if unknown:
        named = ", ".join(map(repr, sorted(unknown)[:_NAMED])) + (" and others" if len(unknown) > _NAMED else "")
        console().print(f"{table}: no row can get {named}: {examples} has no row with this {label}", markup=False)


def _pass_over(
    file: RowFile,
    rows: Iterator[dict[str, str]],
    again: Callable[[Sequence[dict[str, str]]], Iterable[dict[str, str]]],
) -> None:
    """Pass over the rows that the file holds. Raises `UsageError` where they are others, or were labelled otherwise."""
    last: tuple[dict[str, str], dict[str, str]] | None = None
    for number, values in enumerate(file.kept(), 1):
        here, there = next(rows, None), dict(zip(file.columns, values, strict=True))
        if here is None or any(here[c] != there[c] for c in file.columns[:-3]):
            raise UsageError(f"{file.path}: row {number} is not the one of the input; name another file")
        last = here, there
    if last is not None:
        (now,) = again([last[0]])
        before = last[1]
        if now["predicted"] != before["predicted"] or abs(float(now["probability"]) - _number(before)) > _CLOSE:
            raise UsageError(f"{file.path}: was labelled by another coder or other examples; name another file")


def _number(row: dict[str, str]) -> float:
    try:
        return float(row["probability"])
    except ValueError:
        return -1.0


def _steps(advance: Callable[[float], None]) -> Callable[[int, int], None]:
    return lambda done, total: advance(done / total)


@contextmanager
def _bar(title: str, path: Path | None) -> Iterator[Callable[[float], None]]:
    """A progress bar over the bytes of a file, or over the share of the work that is done; silent in a pipe."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    total = path.stat().st_size if path is not None and path.exists() else 1
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(), transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done: progress.update(task, completed=done)
