"""`sayso bulk`: extraction at scale to Parquet. `sayso load`, `sayso counts`: what it made, taken into a desk or counted.

`sayso statements --bulk OUT` and `sayso shifts OUT` (in `statements` and `lines`) print what is here made of OUT.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.cli._shared import (
    Bars,
    DeskOption,
    SinceOption,
    UntilOption,
    WithDeskOption,
    chosen,
    console,
    first_day,
    last_day,
    opened,
    print_json,
)
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.bulk import Kit
    from sayso.track import Line

_MB = 1_000_000


def register(app: typer.Typer) -> None:
    app.command()(bulk)
    app.command()(load)
    app.command()(counts)


def bulk(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT…",
            help="WARC, WACZ, JSONL and Parquet files, other files, folders of them; or any fsspec URL (s3://…).",
        ),
    ],
    out: Annotated[str, typer.Option("-o", "--out", metavar="OUT", help="The folder to write; a path or fsspec URL.")],
    address: Annotated[
        str,
        typer.Option(
            "--address", help="Where: local (a Ray of its own), auto (this machine's cluster), ray://HOST:10001."
        ),
    ] = "",
    workers: Annotated[int, typer.Option("--workers", min=0, help="How many, on Ray; 0: one a CPU.")] = 0,
    pages: Annotated[int, typer.Option("--pages", min=1, help="Pages in a partition, the unit of resuming.")] = 200,
    copies: Annotated[bool, typer.Option(help="At the end, find copies of one dispatch among all documents.")] = True,
    desk: WithDeskOption = None,
) -> None:
    """Extract at scale: who says what in whole archives, as Parquet in OUT. The same command goes on where it stopped.

    Without --address one process of this machine works. With --desk, its actors' ids and its coders' codes come along.
    """
    from sayso.bulk import bulk as run

    if address not in ("", "local", "auto") and not re.fullmatch(r"ray://[^/\s]+:\d+", address):
        raise UsageError(f"--address {address}: write local, auto or ray://HOST:PORT")
    with ExitStack() as stack:
        kit = _kit(desk)
        bars = stack.enter_context(Bars())
        shown: list[Any] = []

        def begin(total: int) -> None:
            shown.append(stack.enter_context(bars.stage("MB", max(1, total // _MB))))

        seen = [0]

        def advance(size: int, entry: dict[str, Any]) -> None:
            before = seen[0] // _MB
            seen[0] += size
            shown[0](seen[0] // _MB - before)

        made = run(
            inputs,
            out,
            address=address,
            workers=workers,
            pages=pages,
            kit=kit,
            copies=copies,
            begin=begin,
            advance=advance,
        )
    counts = made.counts
    console().print(
        f"{counts['documents']} documents, {made.words} words, {counts['attributions']} attributions, "
        f"{counts['items']} items, {counts['failures']} refused (OUT/failures says why); {made.partitions} partitions in {out}",
        markup=False,
    )


def _kit(desk: Any) -> Kit:
    from sayso.bulk import Kit

    if desk is None:
        return Kit()
    with opened(desk) as opened_desk:
        return opened_desk.kit()


def load(
    out: Annotated[str, typer.Argument(metavar="OUT", help="What `sayso bulk` wrote; a path or fsspec URL.")],
    desk: DeskOption = None,
) -> None:
    """Take what a bulk run made into the desk: documents, statements, codings and refusals. `sayso run` goes on from there.

    The pages' bytes stay where they are: the desk knows their address and SHA-256, and `sayso verify` says which it lacks.
    """
    with opened(desk) as opened_desk, Bars() as bars:
        made = opened_desk.load(out, bars)
    out_to = console()
    out_to.print(
        f"{made.documents} documents with {made.statements} statements; {made.known} were known; {made.refused} refused pages",
        markup=False,
    )
    if made.unarchived:
        out_to.print(
            f"not in the archive: the bytes of {made.unarchived} documents (the desk has their text, address and SHA-256; "
            "add the pages themselves to keep the evidence here)",
            markup=False,
            style="yellow",
        )


def counts(
    out: Annotated[str, typer.Argument(metavar="OUT", help="What `sayso bulk` wrote; a path or fsspec URL.")],
    by: Annotated[
        str,
        typer.Option(
            "--by", help="actor, target, outlet, code, depth, kind, language, month, year; several with commas."
        ),
    ] = "actor",
    actor: Annotated[str, typer.Option("--actor", help="Id or name of who speaks, with its parts.")] = "",
    topic: Annotated[str, typer.Option("--topic", help="Id or name of a topic.")] = "",
    code: Annotated[str, typer.Option("--code", help="Only statements that carry this code.")] = "",
    codes: Annotated[str, typer.Option("--codes", help="The family of codes; by default the first.")] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    form: Annotated[str, typer.Option("--format", help="table, json or csv.")] = "table",
    desk: DeskOption = None,
) -> None:
    """Count statements straight from a bulk run's Parquet, by what --by names (month or year first: a series).

    The desk gives actors, topics and codebook; nothing is loaded into it.
    """
    chosen(form, ("table", "json", "csv"), "--format")
    names = [name.strip() for name in by.split(",") if name.strip()]
    if not names:
        raise UsageError("--by names nothing to count by, such as actor or month,code")
    with opened(desk) as opened_desk, opened_desk.over(out) as run:
        found = run.counts(
            names, actor=actor, topic=topic, code=code, family=codes, since=first_day(since), until=last_day(until)
        )
    if form == "json":
        rows = [
            dict(zip(found.by, r.key, strict=True)) | {"statements": r.statements, "documents": r.documents}
            for r in found.rows
        ]
        print_json({"by": list(found.by), "rows": rows, "of": found.of, "notes": list(found.notes)}, indent=2)
        return
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow((*found.by, "statements", "documents"))
        writer.writerows((*row.key, row.statements, row.documents) for row in found.rows)
    else:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(pad_edge=False)
        for name in found.by:
            table.add_column(name, overflow="fold")
        for name in ("statements", "documents"):
            table.add_column(name, justify="right")
        for row in found.rows:
            table.add_row(*(Text(key or "(none)") for key in row.key), str(row.statements), str(row.documents))
        Console().print(table)
    told = console()
    told.print("out of " + ", ".join(f"{number} {name}" for name, number in found.of.items()), markup=False)
    for note in found.notes:
        told.print(note, markup=False, style="yellow")


def shifts_of(out: str, **asked: Any) -> Line:
    """The line that `sayso shifts OUT` prints; `asked` as `Analytics.shifts` takes it, with `desk`."""
    with opened(asked.pop("desk")) as opened_desk, opened_desk.over(out) as run:
        line = run.shifts(asked.pop("actor"), asked.pop("topic"), **asked)
        for note in run.notes:
            console().print(note, markup=False, style="yellow")
    return line


def print_statements(out: str, form: str, desk: Any, **asked: Any) -> None:
    """What `sayso statements --bulk OUT` prints; `asked` as `Analytics.statements` takes it."""
    with opened(desk) as opened_desk, opened_desk.over(out) as run:
        found = run.statements(**asked)
        if form == "jsonl":
            for each in found:
                print_json(_plain(each))
        elif form == "csv":
            _csv(map(_plain, found))
        else:
            _table(found)
        for note in run.notes:
            console().print(note, markup=False, style="yellow")


def _plain(each: dict[str, Any]) -> dict[str, Any]:
    """With days as text, and of each code what the contract names."""
    days = {name: each[name] and each[name].isoformat() for name in ("first_day", "last_day")}
    kept = ("family", "code", "probability", "unsure", "coder")
    return each | days | {"codes": [{name: code[name] for name in kept} for code in each["codes"]]}


def _csv(found: Iterable[dict[str, Any]]) -> None:
    writer = None
    for each in found:
        each |= {"codes": " ".join(code["code"] for code in each["codes"])}
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(each), lineterminator="\n")
            writer.writeheader()
        writer.writerow(each)


def _table(found: Iterable[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(pad_edge=False)
    table.add_column("date", no_wrap=True)
    table.add_column("speaker", max_width=24)
    table.add_column("statement", ratio=1)
    table.add_column("codes", max_width=14)
    table.add_column("depth", justify="right")
    table.add_column("document", max_width=40)
    number = 0
    for each in found:
        codes = ", ".join(f"{code['code']}{'?' if code['unsure'] else ''}" for code in each["codes"])
        day = each["first_day"].isoformat() if each["first_day"] else ""
        cells = (
            day,
            each["speaker"] or f"({each['speaker_kind']})",
            each["text"],
            codes,
            str(each["depth"]),
            each["path"],
        )
        table.add_row(*(Text(" ".join(cell.split())) for cell in cells))
        number += 1
    out = Console()
    if number:
        out.print(table)
    out.print(f"{number} statements", highlight=False)
