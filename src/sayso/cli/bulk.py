"""`sayso bulk` and `sayso load`: extraction at scale to Parquet, and what it made taken into a desk."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.cli._shared import Bars, DeskOption, console, opened
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.bulk import Kit

_MB = 1_000_000


def register(app: typer.Typer) -> None:
    app.command()(bulk)
    app.command()(load)


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
    desk: DeskOption = None,
) -> None:
    """Extract at scale: who says what in whole archives, as Parquet in OUT. The same command goes on where it stopped.

    Without --address one process of this machine works. With --desk, its actors' ids and its coders' codes come along.
    """
    from sayso.bulk import bulk as run

    known = {"", "local", "auto"}
    if address not in known and not address.startswith("ray://"):
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
