"""`sayso shifts`: periods and shifts, of a desk's line or (stateless) of a table of dated, coded statements."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sayso.cli._shared import DeskOption, SinceOption, UntilOption, chosen, console, first_day, last_day, opened
from sayso.errors import UsageError

FORMATS = ("table", "json")


def register(app: typer.Typer) -> None:
    app.command()(shifts)


def shifts(
    table: Annotated[
        str,
        typer.Argument(
            metavar="[INPUT]", help="A CSV or TSV file, or what a bulk run wrote; without it, the desk's line."
        ),
    ] = "",
    actor: Annotated[str, typer.Option("--actor", help="Of a desk: whose line.")] = "",
    topic: Annotated[str, typer.Option("--topic", help="Of a desk: on which topic.")] = "",
    codes: Annotated[str, typer.Option("--codes", help="Of a desk: the family of codes; by default the first.")] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    without: Annotated[list[str] | None, typer.Option("--without", help="Of a desk: leave this outlet out.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Of a desk: count a model that agrees with people too little.")
    ] = False,
    alert_cost: Annotated[
        bool,
        typer.Option("--alert-cost", help="Of a desk: simulate how late alerts come, and how many false ones a year."),
    ] = False,
    date: Annotated[str, typer.Option("--date", help="Of INPUT: the column of dates.")] = "",
    label: Annotated[str, typer.Option("--label", help="Of INPUT: the column of codes.")] = "",
    item: Annotated[str | None, typer.Option("--item", help="Of INPUT: the column that names items.")] = None,
    probability: Annotated[
        str | None, typer.Option("--probability", help="Of INPUT: the column of the codes' probabilities.")
    ] = None,
    scale: Annotated[str | None, typer.Option("--scale", help="Of INPUT: 'hawkish=1,neutral=0,dovish=-1'.")] = None,
    form: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
    desk: DeskOption = None,
) -> None:
    """Show the periods of a line and the shifts between them, with their probability."""
    chosen(form, FORMATS, "--format")
    from sayso.cli.shifts import print_line, shifts_of_table

    if table and ("://" in table or Path(table).is_dir()):
        from sayso.cli.bulk import shifts_of

        if not actor:
            raise UsageError("shifts of a bulk run need --actor")
        if alert_cost or date or label or item or probability or scale:
            raise UsageError("--alert-cost and the columns of a table are not for a bulk run")
        asked = {"family": codes, "since": first_day(since), "until": last_day(until), "without": without or ()}
        print(print_line(shifts_of(table, actor=actor, topic=topic, desk=desk, force=force, **asked), form))
        return
    if table:
        if not (date and label):
            there = "" if Path(table).exists() else f"{table}: no such file or folder; "
            raise UsageError(f"{there}shifts of a table need --date COLUMN and --label COLUMN")
        if actor or topic or codes or since or until or without or force or alert_cost or desk:
            raise UsageError(
                "--actor, --topic, --codes, --since, --until, --without, --force, --alert-cost and --desk are for a desk, "
                "not a table"
            )
        print(
            shifts_of_table(table, date=date, label=label, item=item, probability=probability, scale=scale, format=form)
        )
        return
    if date or label or item or probability or scale:
        raise UsageError("--date, --label, --item, --probability and --scale need a table: sayso shifts INPUT.csv …")
    if not (actor and topic):
        raise UsageError("shifts of a desk need --actor and --topic (or give a table: sayso shifts INPUT.csv …)")
    from sayso.desk.caveats import caveats

    with opened(desk) as opened_desk:
        chosen_points: dict[str, Any] = {
            "family": codes,
            "since": first_day(since),
            "until": last_day(until),
            "without": without or (),
            "force": force,
        }
        line = opened_desk.shifts(actor, topic, **chosen_points)
        cost = opened_desk.alert_cost(line, actor, topic, **chosen_points) if alert_cost else None
        for sentence in caveats(opened_desk, topic, opened_desk.family(codes), force=force):
            console().print(sentence, markup=False)
    print(print_line(line, form, cost))
