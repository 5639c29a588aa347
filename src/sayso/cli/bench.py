"""`sayso bench`: the stages measured against gold, printed as tables."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sayso.records import Analysis, Document

bench = typer.Typer(help="Measure a stage against gold.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(bench, name="bench")


@bench.command()
def attribution(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with text/ and attributions/ (brat standoff).")],
) -> None:
    """Precision, recall and F1 of attributions; how far their confidence can be trusted; thresholds; speed."""
    from rich.console import Console
    from rich.progress import track
    from rich.table import Table

    from sayso.attribute import decide, read
    from sayso.attribute.evaluate import evaluate, read_gold, reliability, thresholds

    gold = read_gold(folder)
    err = Console(stderr=True)
    started = time.process_time()
    passes = {}

    def attribute(document: Document) -> Analysis:
        passes[document.path] = read(document)
        return decide(document, passes[document.path])

    scores = evaluate(track(gold, "attributing", console=err, transient=True), attribute)
    seconds = time.process_time() - started
    words = sum(len(t.text.split()) for t in gold)
    out = Console()
    table = Table(title=f"Attribution on {scores.texts} texts")
    for column in ("figure", "P", "R", "F1"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for name, rate in scores.rates.items():
        table.add_row(name, f"{rate.p:.3f}", f"{rate.r:.3f}", f"{rate.f1:.3f}")
    out.print(table)
    out.print(f"source right where the content is: {scores.source_accuracy:.3f}")
    table = Table(title="Confidence (content and source right)")
    for column in ("stated", "attributions", "mean", "right"):
        table.add_column(column, justify="right")
    for low, high, n, mean, right in reliability(scores.outcomes):
        table.add_row(f"{low:.1f}–{high:.1f}", str(n), f"{mean:.2f}", f"{right:.2f}")
    out.print(table)
    table = Table(title="Thresholds on confidence (e2e)")
    for column in ("threshold", "P", "R", "F1"):
        table.add_column(column, justify="right")
    for t, rate in thresholds(gold, lambda document, t: decide(document, passes[document.path], t)):
        table.add_row(f"{t:.1f}", f"{rate.p:.3f}", f"{rate.r:.3f}", f"{rate.f1:.3f}")
    out.print(table)
    out.print(f"{words} words in {seconds:.1f} s of processor time: {words / max(seconds, 1e-9):,.0f} words/s")


@bench.command()
def chains(
    gold: Annotated[Path, typer.Argument(metavar="GOLD.jsonl", help="Annotated chains, one JSON object a document.")],
    texts: Annotated[
        Path | None, typer.Option("--texts", metavar="DIR", help="Folder with the documents' texts.")
    ] = None,
    doubtful: Annotated[
        Path | None, typer.Option("--doubtful", metavar="FILE", help="Spans not to be counted.")
    ] = None,
) -> None:
    """Nested attributions, speakers and via, from text to linked statements; speed."""
    from rich.console import Console
    from rich.progress import track
    from rich.table import Table

    from sayso.link.measure import read_gold, score_chains, texts_of
    from sayso.pipeline import extract

    wanted = read_gold(gold)
    found = {}
    started = time.process_time()
    held = texts_of(gold, wanted, texts)
    for name in track(wanted, "linking", console=Console(stderr=True), transient=True):
        found[name] = extract(held[name], path=f"{name}.txt")["attributions"]
    seconds = time.process_time() - started
    table = Table(title=f"Chains in {len(wanted)} texts")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for figure, value in score_chains(wanted, found, read_gold(doubtful) if doubtful else None).items():
        table.add_row(figure, f"{value:.3f}" if isinstance(value, float) else str(value))
    out = Console()
    out.print(table)
    words = sum(len(text.split()) for text in held.values())
    out.print(f"{words} words in {seconds:.1f} s of processor time: {words / max(seconds, 1e-9):,.0f} words/s")


@bench.command()
def coding(
    table: Annotated[Path, typer.Argument(metavar="TRAIN", help="Labelled rows: .tsv tab-separated, else CSV.")],
    text: Annotated[str, typer.Option("--text", metavar="COLUMN", help="The text.")],
    label: Annotated[str, typer.Option("--label", metavar="COLUMN", help="The label.")],
    actor: Annotated[str | None, typer.Option("--actor", metavar="COLUMN", help="Who acts.")] = None,
    target: Annotated[str | None, typer.Option("--target", metavar="COLUMN", help="Towards whom.")] = None,
    coder: Annotated[str, typer.Option(help="fast or deep.")] = "fast",
    folds: Annotated[int, typer.Option(min=2, help="Parts, each left out in turn.")] = 5,
    groups: Annotated[
        str | None, typer.Option("--groups", metavar="COLUMN", help="A coarser label (a quadrant, say) to sum up to.")
    ] = None,
    shots: Annotated[
        str, typer.Option("--shots", metavar="N,…", help="Learn from so many examples a label, too: 0,4,8,16,50.")
    ] = "",
) -> None:
    """F1, accuracy, calibration and speed of a coder, by cross-validation on labelled rows.

    With --shots a learning curve: half of the rows is asked, the other half taught from. Labels that the default codebook
    knows have its definitions; 0 examples need them.
    """
    from rich.console import Console

    from sayso.cli._shared import Bars, chosen
    from sayso.code._table import Table
    from sayso.code.classify import labelled
    from sayso.code.evaluate import Scores, Strength, cross_validate, defined, few_shot, speed
    from sayso.code.fast import remembering, shipped_encoder
    from sayso.errors import UsageError

    strength: Strength = "deep" if chosen(coder, ("fast", "deep"), "--coder") == "deep" else "fast"
    if not all(part.strip().isdecimal() for part in shots.split(",") if shots):
        raise UsageError(f"--shots {shots!r}: give numbers of examples, as 0,4,8,16,50")
    rows = Table(table)
    rows.need(text, label, actor, target, groups)
    examples = labelled(rows, text, label, actor, target)
    coarse = [row[groups] for row in rows if row[text].strip() and row[label].strip()] if groups else None
    embed = remembering(shipped_encoder())
    out = Console(highlight=False)

    def say(scores: Scores, what: str) -> None:
        out.print(f"{strength} coder, {scores.rows} rows, {folds} folds{what}", markup=False)
        out.print(
            f"macro-F1 {scores.macro_f1:.3f}, weighted F1 {scores.weighted_f1:.3f}, accuracy {scores.accuracy:.3f}"
        )
        out.print(f"mean stated probability {scores.confidence:.3f} (calibrated: equal to the accuracy)")

    with Bars() as bars, bars.stage("folds", folds) as advance:
        scores = cross_validate(examples, coder=strength, folds=folds, embed=embed, advance=advance, groups=coarse)
    say(scores, "")
    if scores.grouped:
        say(scores.grouped, f", summed up to {groups}")
    out.print(f"{scores.learn_s:.0f} s to learn, {scores.apply_per_s:,.0f} rows/s")
    if strength == "fast":
        whole, embedded = speed(examples)
        out.print("statements/s of one core:")
        out.print(f"{whole:,.0f} with the encoder, {embedded:,.0f} once embedded")
    if shots:
        family, named = defined(examples)
        for n, macro in few_shot(
            family, named, [int(part) for part in shots.split(",")], coder=strength, embed=embed
        ).items():
            out.print(f"{n} examples a label: macro-F1 {macro:.3f}")
