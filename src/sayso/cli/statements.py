"""`sayso statements`: who said what, as a table for people or as JSON lines or CSV for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.cli._shared import (
    DeskOption,
    SinceOption,
    UntilOption,
    chosen,
    console,
    first_day,
    last_day,
    opened,
    print_json,
)
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.desk import Desk
    from sayso.store import Found, Query
    from sayso.store.search import Search

FORMATS = ("table", "jsonl", "csv")
COLUMNS = (
    "id", "date", "speaker", "speaker_actor", "target", "text", "kind", "depth", "chain", "via", "medium", "topics",
    "codes", "document", "sha256", "published", "start", "end", "copies", "confidence",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command()(statements)


def statements(
    actor: Annotated[str, typer.Option("--actor", help="Id or name of who speaks, with its parts.")] = "",
    topic: Annotated[str, typer.Option("--topic", help="Id or name of a topic.")] = "",
    since: SinceOption = None,
    until: UntilOption = None,
    code: Annotated[str, typer.Option("--code", help="Only statements that carry this code.")] = "",
    words: Annotated[str, typer.Option("--words", help='Words, "a phrase", begin*, -not: as in the search.')] = "",
    outlet: Annotated[str, typer.Option("--outlet", metavar="NAME", help="Who published the page.")] = "",
    medium: Annotated[str, typer.Option("--medium", help="Of the item it was spoken in: video, speech, song …")] = "",
    depth: Annotated[int | None, typer.Option("--depth", min=0, help="Retellings between the speaker and us.")] = None,
    language: Annotated[str, typer.Option("--language", metavar="CODE", help="Of the page: en, de …")] = "",
    kind: Annotated[str, typer.Option("--kind", help="direct, mixed or indirect.")] = "",
    made: Annotated[str, typer.Option("--made", help="How it was found: machine, corrected or person.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who coded it: person or model.")] = "",
    stage: Annotated[
        str,
        typer.Option(help="What a denominator counts: attributed, coded, unsure, undated, unknown or repeated."),
    ] = "",
    item: Annotated[str, typer.Option("--item", metavar="ID", help="Spoken in this item.")] = "",
    form: Annotated[str, typer.Option("--format", help="table, jsonl or csv.")] = "table",
    bulk: Annotated[str, typer.Option("--bulk", metavar="OUT", help="Of a bulk run that was never loaded.")] = "",
    desk: DeskOption = None,
) -> None:
    """List statements: who said what, when, through which mouths, and where it stands."""
    chosen(form, FORMATS, "--format")
    facets = {
        "words": words, "outlet": outlet, "medium": medium, "depth": "" if depth is None else str(depth),
        "language": language, "kind": kind, "made": made, "by": by, "stage": stage, "item": item,
    }  # fmt: skip
    if bulk:
        if given := [f"--{name}" for name, value in facets.items() if value]:
            raise UsageError(f"{', '.join(given)}: not of a bulk run that was never loaded")
        from sayso.cli.bulk import print_statements

        days = {"since": first_day(since), "until": last_day(until)}
        print_statements(bulk, form, desk, actor=actor, topic=topic, code=code, **days)
        return
    with opened(desk) as opened_desk:
        if stage:
            found = _staged(
                opened_desk, {**facets, "topic": topic, "code": code, "since": since, "until": until}, actor
            )
        else:
            asked = opened_desk.query(
                actor=actor, topic=topic, since=first_day(since), until=last_day(until), code=code
            )
            found = _found(opened_desk, asked, facets)
        if topic:
            from sayso.desk.caveats import caveats

            for sentence in caveats(opened_desk, topic):
                console().print(sentence, markup=False)
        if form == "table":
            _table(found)
            return
        objects = (opened_desk.statement_json(each) for each in found)
        if form == "jsonl":
            for each in objects:
                print_json(each)
        else:
            _csv(objects)


def _found(desk: Desk, asked: Query, facets: dict[str, str]) -> Iterator[Found]:
    if not any(facets.values()):
        return desk.store.statements.find(asked)
    from sayso.desk.statements import narrowed

    return narrowed(desk, asked, _search(desk, facets))


def _staged(desk: Desk, asked: dict[str, str | None], actor: str) -> Iterator[Found]:
    """What a denominator counts: copies and older versions too, which a query leaves out."""
    from sayso.desk.statements import searched

    topic = desk.topic(asked["topic"]).id if asked["topic"] else ""
    known = desk.actor_ids(actor)[0] if actor else ""
    given = {name: value or "" for name, value in asked.items()} | {"topic": topic, "actor": known}
    return searched(desk, _search(desk, given))


def _search(desk: Desk, asked: dict[str, str]) -> Search:
    """The search that is asked for; an outlet is meant under all its names."""
    from sayso.desk.outlets import outlet_names
    from sayso.desk.views import search_of

    found = search_of(desk, **asked)
    if not asked["outlet"]:
        return found
    return replace(found, outlets=tuple(sorted(outlet_names(desk, asked["outlet"]))) or (asked["outlet"],))


def _csv(objects: Iterable[dict[str, Any]]) -> None:
    from sayso.desk.views.search import no_formula

    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: no_formula(cell) for name, cell in row.items()} for row in _flat(objects))


def _flat(objects: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in objects:
        via, target, date, content = each["via"] or {}, each["target"] or {}, each["date"] or {}, each["content"]
        yield {
            "id": each["id"],
            "date": date.get("value"),
            "speaker": each["speaker"]["name"],
            "speaker_actor": each["speaker"]["actor"],
            "target": target.get("name"),
            "text": " … ".join(span["text"] for span in content),
            "kind": each["kind"],
            "depth": each["depth"],
            "chain": " > ".join(link["name"] for link in each["chain"]),
            "via": via.get("item"),
            "medium": via.get("medium"),
            "topics": " ".join(each["topics"]),
            "codes": " ".join(code["code"] for code in each["codes"]),
            "document": each["document"]["path"],
            "sha256": each["document"]["sha256"],
            "published": each["document"]["published"],
            "start": content[0]["start"],
            "end": content[-1]["end"],
            "copies": json.dumps([copy["path"] for copy in each["copies"]], ensure_ascii=False),
            "confidence": each["confidence"],
        }


def _table(found: Iterable[Found]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=False, pad_edge=False)
    for title, options in (
        ("date", {"no_wrap": True}),
        ("speaker", {"max_width": 24}),
        ("statement", {"ratio": 1}),
        ("codes", {"max_width": 14}),
        ("depth", {"justify": "right"}),
        ("chain", {"max_width": 40}),
    ):
        table.add_column(title, **options)
    number = 0
    for each in found:
        statement = each.statement
        codes = [f"{coding.code}{'?' if coding.unsure else ''}" for coding in each.codings]
        cells = (
            statement.date.value if statement.date else "",
            statement.speaker.name or f"({statement.speaker.kind})",
            " … ".join(span.text for span in statement.content),
            ", ".join(dict.fromkeys(codes)),
            str(statement.depth),
            " > ".join(link.name for link in statement.chain),
        )
        table.add_row(*(Text(" ".join(cell.split())) for cell in cells))
        number += 1
    out = Console()
    if number:
        out.print(table)
    out.print(f"{number} statements", highlight=False)
