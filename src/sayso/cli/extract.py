"""`sayso extract`: attributions of single files, for pipelines; needs no desk."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli._shared import WithDeskOption, chosen, opened, print_json, shown
from sayso.errors import SaysoError

if TYPE_CHECKING:
    from sayso.code import Coder
    from sayso.link import ActorIndex, References

MEMORY_MB, SECONDS = 400, 60.0  # what reading one file may take


def register(app: typer.Typer) -> None:
    app.command()(extract)


def extract(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…|-", help="Files, folders, or - for standard input.")],
    form: Annotated[str, typer.Option("--format", help="jsonl: one JSON object a document.")] = "jsonl",
    text: Annotated[bool, typer.Option("--text", help="Put the document's text into the object.")] = False,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, show_default="the best, or the desk's", help="Least confidence of an attribution."),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of one pass; they change no result.")] = 1,
    desk: WithDeskOption = None,
) -> None:
    """Print who says what in each document, as JSON. With --desk, with its actors' ids and its codes."""
    chosen(form, ("jsonl",), "--format")
    refused: list[str] = []
    with ExitStack() as stack:
        from sayso.read.children import Job, Readers

        readers = stack.enter_context(Readers(1, MEMORY_MB, SECONDS))
        readers.start()  # it loads while the model does
        actors: ActorIndex | None = None
        coders: Sequence[Coder] = ()
        references: References | None = None
        if desk is not None:
            opened_desk = stack.enter_context(opened(desk))
            actors, coders = opened_desk.actors, opened_desk.coders()
            references = opened_desk.references
            if threshold is None:
                threshold = opened_desk.settings.attribute.threshold or None
        from sayso.pipeline import extract_json, process_document, shipped_attribute
        from sayso.records import Document

        attribute = shipped_attribute(threshold=threshold, threads=threads)
        jobs = (Job(path, data, path) for path, data in _files(paths, refused))
        for path, answer in readers.read(jobs):
            if not isinstance(answer, Document):
                refused.append(f"{shown(path)}: {answer}")
                continue
            found = process_document(answer, actors=actors, coders=coders, attribute=attribute, references=references)
            print_json(extract_json(found, with_text=text, coded=desk is not None))
    if refused:
        more = f" (and {len(refused) - 1} more, above)" if len(refused) > 1 else ""
        for line in refused[1:]:
            print(f"sayso: {line}", file=sys.stderr)
        raise SaysoError(f"{refused[0]}{more}")


def _files(paths: Iterable[str], refused: list[str]) -> Iterator[tuple[str, bytes]]:
    """The bytes of each file, folders with all below them; what cannot be opened goes to `refused`."""
    for path in paths:
        if path == "-":
            yield "-", sys.stdin.buffer.read()
            continue
        named = Path(path)
        for file in _below(named, refused):
            name = _printable(path if file == named else str(file))
            try:
                if file != named and file.exists() and not file.is_file():  # a pipe that somebody names is read
                    raise OSError("not a regular file")
                with file.open("rb") as stream:
                    data = stream.read(50_000_001)  # one byte over the reader's limit: it refuses the rest itself
            except OSError as error:
                why = "an address: take it into a desk (`sayso add`)" if "://" in path else error.strerror or error
                refused.append(f"{shown(name)}: {why}")
            else:
                yield _printable(str(file)), data


def _below(path: Path, refused: list[str]) -> Iterator[Path]:
    """The file itself, or all files below a folder; folders that cannot be opened go to `refused`."""
    try:
        inside = path.is_dir()
    except OSError:
        inside = False  # whoever opens it is told why
    if not inside:
        yield path
        return

    def refuse(error: OSError) -> None:
        refused.append(f"{shown(_printable(error.filename))}: {error.strerror}")

    for folder, folders, names in os.walk(path, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(folder, name)


def _printable(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
