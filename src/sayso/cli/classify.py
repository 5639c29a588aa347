"""`sayso classify`: label the rows of a table by what labelled rows of another teach. Needs no desk."""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from sayso.cli._shared import chosen, console


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
) -> None:
    """Print INPUT's rows as CSV with `predicted` (always the best label), `probability` and `unsure` added."""
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
        with tempfile.TemporaryDirectory(prefix="sayso-") as folder:
            if coder == "deep":
                from sayso.code.deep import DeepCoder

                with _bar("learning", None) as learning:
                    made: FastCoder | DeepCoder = DeepCoder.learn(family, taught, folder, progress=_steps(learning))
            else:
                made = FastCoder.learn(family, taught)
            writer = csv.writer(sys.stdout, lineterminator="\n")
            columns = [*(c for c in rows.columns if c not in ADDED), *ADDED]
            writer.writerow(columns)
            for row in apply(made, rows, text=text, actor=actor, target=target):
                writer.writerow([row[c] for c in columns])


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
