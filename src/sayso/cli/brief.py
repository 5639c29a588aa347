"""`sayso brief`: issue what the desk knows of a line, as HTML, PDF, DOCX or Markdown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli._shared import DeskOption, SinceOption, UntilOption, console, first_day, last_day, opened, shown
from sayso.errors import SaysoError, UsageError

if TYPE_CHECKING:
    from sayso.brief import Brief

SUFFIXES = (".html", ".pdf", ".docx", ".md")


def register(app: typer.Typer) -> None:
    app.command()(brief)


def brief(
    actor: Annotated[str, typer.Option("--actor", help="Id or name: whose line.")],
    topic: Annotated[str, typer.Option("--topic", help="Id or name: on which topic.")],
    out: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="A file: .html, .pdf, .docx or .md.")],
    codes: Annotated[str, typer.Option("--codes", help="The family of codes; by default the first.")] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    masked: Annotated[bool, typer.Option("--mask", help="Without names of private people.")] = False,
    desk: DeskOption = None,
) -> None:
    """Write the brief of an actor's line on a topic: finding, chart, quotations with chains, items, denominators."""
    if out.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{out.name}: a brief is written as one of {', '.join(SUFFIXES)}")
    from sayso import brief as forms

    with opened(desk) as opened_desk:
        made = opened_desk.brief(actor, topic, family=codes, since=first_day(since), until=last_day(until))
    if masked:
        made = forms.mask(made)
    write: dict[str, Callable[[Brief], str | bytes]] = {
        ".html": forms.render,
        ".pdf": forms.pdf,
        ".docx": forms.docx,
        ".md": forms.markdown,
    }
    printed = write[out.suffix.lower()](made)
    try:
        out.write_bytes(printed if isinstance(printed, bytes) else printed.encode("utf-8"))
    except OSError as error:
        raise SaysoError(f"{out}: cannot be written: {error.strerror}") from None
    console().print(f"{len(made.statements)} statements, {len(made.turns)} shifts: {shown(str(out))}", markup=False)
