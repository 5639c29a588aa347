"""`sayso brief`: print what the desk knows of a line, as HTML, PDF, DOCX or Markdown; list and fetch issued briefs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sayso.cli._shared import (
    DeskOption,
    SinceOption,
    UntilOption,
    console,
    first_day,
    last_day,
    opened,
    print_json,
    shown,
)
from sayso.errors import SaysoError, UsageError

if TYPE_CHECKING:
    from sayso.brief import Brief
    from sayso.desk import Desk

SUFFIXES = (".html", ".pdf", ".docx", ".md")


def register(app: typer.Typer) -> None:
    app.command()(brief)


def brief(
    actor: Annotated[str, typer.Option("--actor", help="Id or name: whose line.")] = "",
    topic: Annotated[str, typer.Option("--topic", help="Id or name: on which topic.")] = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT", help="A file: .html, .pdf, .docx or .md.")
    ] = None,
    codes: Annotated[str, typer.Option("--codes", help="The family of codes; by default the first.")] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    masked: Annotated[bool, typer.Option("--mask", help="Without names of private people.")] = False,
    listed: Annotated[
        bool, typer.Option("--list", help="Print the issued briefs instead, one JSON object a line.")
    ] = False,
    number: Annotated[
        int | None,
        typer.Option("--issued", metavar="NO", help="Write the issued brief with this number, as it was issued."),
    ] = None,
    desk: DeskOption = None,
) -> None:
    """Write the brief of an actor's line on a topic: finding, chart, quotations with chains, items, denominators.

    With --issued what was issued in the workbench is written, byte for byte; --list says what was.
    """
    if listed:
        with opened(desk) as opened_desk:
            _list(opened_desk)
        return
    if out is None:
        raise UsageError("-o OUT: name the file to write (.html, .pdf, .docx or .md)")
    if number is not None:
        with opened(desk) as opened_desk:
            _write(out, _issued(opened_desk, number, out.suffix.lower().removeprefix(".")))
        console().print(f"brief no. {number} as it was issued: {shown(str(out))}", markup=False)
        return
    if not actor or not topic:
        raise UsageError("--actor and --topic: say whose line on which topic")
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
    _write(out, printed if isinstance(printed, bytes) else printed.encode("utf-8"))
    console().print(f"{len(made.statements)} statements, {len(made.turns)} shifts: {shown(str(out))}", markup=False)


def _list(desk: Desk) -> None:
    from sayso.desk.composing import problems

    for head in desk.store.briefs.all_issued():
        print_json(
            {
                "number": head.number,
                "title": head.title,
                "actor": head.actor,
                "topic": head.topic,
                "by": head.person,
                "issued_at": f"{head.issued_at.isoformat()}Z",
                "data_sha256": head.data_sha256,
                "seal": head.seal,
                "files": {each.form: each.sha256 for each in desk.store.briefs.files(head.id)},
                "problems": problems(desk, head),
            }
        )


def _issued(desk: Desk, number: int, form: str) -> bytes:
    head = desk.store.briefs.numbered(number)
    if head is None:
        raise UsageError(f"no brief no. {number} was issued (`sayso brief --list` names those that were)")
    data = desk.store.briefs.data(head.id) if form == "json" else desk.store.briefs.file(head.id, form)
    if not data:
        raise UsageError(f"a brief was issued as .html, .pdf, .docx and .md, with its data as .json; not as .{form}")
    return data


def _write(out: Path, data: bytes) -> None:
    """Writes the file, which takes the place of an older one only when it is complete."""
    draft = None
    try:
        out = out.resolve() if out.is_symlink() else out
        draft = out.with_name(f"{out.name}.part") if out.is_file() or not out.exists() else None
        (draft or out).write_bytes(data)
        if draft:
            draft.replace(out)
    except OSError as error:
        if draft:
            with suppress(OSError):
                draft.unlink()
        raise SaysoError(f"{out}: cannot be written: {error.strerror}") from None
