"""`sayso code`: codings by models and people. apply, review, learn, agreement, import, export."""

from __future__ import annotations

import json
import os
import select
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sayso.cli._shared import Bars, DeskOption, chosen, console, opened, print_json
from sayso.errors import UsageError

if TYPE_CHECKING:
    from sayso.code import Family
    from sayso.code.review import Card, Review
    from sayso.desk import Desk

code = typer.Typer(help="Code statements: models, people, agreement, files.", no_args_is_help=True)
FamilyOption = Annotated[str, typer.Option("--family", metavar="NAME", help="By default the codebook's first.")]
CoderOption = Annotated[
    str, typer.Option("--coder", metavar="NAME", help="Who codes; by default the desk's `person`, or your login name.")
]
_LISTED = 62  # codes that are listed under each statement: as many as have a key of their own
_TOGETHER = 0.05  # seconds within which a terminal sends the rest of an arrow or function key
HELP = "key = code · - undo · space skip · + memo · = show the codebook · ! end"


def register(app: typer.Typer) -> None:
    app.add_typer(code, name="code")


@code.command("apply")
def apply_(desk: DeskOption = None) -> None:
    """Code every statement that the current coders have not coded; people's codings stay."""
    from sayso.desk.engines import shipped
    from sayso.desk.run import code_statements

    with opened(desk) as opened_desk, Bars() as bars:
        code_statements(opened_desk, shipped(), bars)
        console().print(f"{opened_desk.store.codings.coded()} statements have a code")


@code.command()
def learn(
    family: FamilyOption = "",
    coder: Annotated[
        str,
        typer.Option(
            help="fast: seconds; deep: minutes, needs the extra 'train'; endpoint: the server that sayso.toml names."
        ),
    ] = "fast",
    desk: DeskOption = None,
) -> None:
    """Learn a family from what people coded; `code apply` or `run` then codes with it.

    What was learned last is what codes. An endpoint learns nothing: it is shown some of what people coded.
    """
    from sayso.desk.coders import Coders
    from sayso.desk.engines import shipped

    chosen(coder, ("fast", "deep", "endpoint"), "--coder")
    with opened(desk) as opened_desk, Bars() as bars:
        coders = Coders(opened_desk, shipped())
        chosen_family = opened_desk.codebook.family(opened_desk.family(family))
        if coder == "deep":
            done = 0
            with bars.stage("Learn", 100) as advance:

                def progress(step: int, of: int) -> None:
                    nonlocal done
                    advance(100 * step // of - done)
                    done = 100 * step // of

                examples = coders.learn_deep(chosen_family, progress)
        elif coder == "endpoint":
            examples = coders.learn_endpoint(chosen_family)
        else:
            examples = coders.learn(chosen_family)
        console().print(f"learned {chosen_family.name!r} from {examples} coded statements; next: `sayso code apply`")


@code.command()
def review(
    family: FamilyOption = "",
    topic: Annotated[str, typer.Option("--topic", metavar="TOPIC", help="Say what belongs to a topic, instead.")] = "",
    coder: CoderOption = "",
    size: Annotated[int, typer.Option(min=1, help="Statements in the queue.")] = 50,
    sighted: Annotated[bool, typer.Option("--sighted", help="Show the model's and other people's codes.")] = False,
    adjudicate: Annotated[bool, typer.Option("--adjudicate", help="Rule where people differ.")] = False,
    desk: DeskOption = None,
) -> None:
    """Code statements by hand, one key a code. You do not see what others or the model say, unless --sighted."""
    from sayso.code.review import ADJUDICATOR, Review
    from sayso.desk import coding
    from sayso.desk.accounts import local_person

    with opened(desk) as opened_desk:
        name = coder or local_person(opened_desk).name
        if ":" in name:
            raise UsageError(f"--coder {name!r}: a person's name holds no colon")
        chosen_family = (
            coding.topic_family(opened_desk, topic)
            if topic
            else opened_desk.codebook.family(opened_desk.family(family))
        )
        people = opened_desk.store.people
        if adjudicate:
            cards = coding.disputes(opened_desk, chosen_family)
            if not cards:
                console().print("people differ on no statement")
            sitting = Review(
                chosen_family, cards, f"{ADJUDICATOR}{name}", save=people.code, undo_saved=people.undo, blind=False
            )
        else:
            cards = (
                coding.topic_cards(opened_desk, topic, name, size)
                if topic
                else coding.cards(opened_desk, chosen_family, name, size)
            )
            if not cards:
                console().print("every statement is coded")
            sitting = Review(chosen_family, cards, name, save=people.code, undo_saved=people.undo, blind=not sighted)
        _sit(sitting)
        console().print(f"{sitting.coded} coded, {sitting.left} left in the queue")


@code.command()
def agreement(
    family: FamilyOption = "",
    topic: Annotated[str, typer.Option("--topic", metavar="TOPIC", help="Of a topic: precision and recall too.")] = "",
    format: Annotated[str, typer.Option(help="table or json")] = "table",
    desk: DeskOption = None,
) -> None:
    """How far coders agree, people and models; and how often each code occurs, corrected for the model's errors."""
    from sayso.desk import coding

    chosen(format, ("table", "json"), "--format")
    if topic:
        with opened(desk) as opened_desk:
            chosen_family = coding.topic_family(opened_desk, topic)
            measured = coding.measure(opened_desk, chosen_family)
            found = coding.topic_quality(opened_desk, topic)
        if format == "json":
            print_json({"agreement": asdict(measured), "quality": asdict(found)}, indent=2)
        else:
            _print_agreement(chosen_family, measured, ())
            _print_quality(found)
        return
    with opened(desk) as opened_desk:
        chosen_family = opened_desk.codebook.family(opened_desk.family(family))
        measured, shares = coding.measure(opened_desk, chosen_family), coding.shares(opened_desk, chosen_family)
    if format == "json":
        print_json({"agreement": asdict(measured), "shares": [asdict(share) for share in shares]}, indent=2)
        return
    _print_agreement(chosen_family, measured, shares)


@code.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".qdc, .qdpx, .dna, .csv or .tsv")],
    coder: Annotated[
        str, typer.Option("--coder", metavar="NAME", help="Who coded what the file names no coder of.")
    ] = "",
    desk: DeskOption = None,
) -> None:
    """Take codes and codings from a file: REFI-QDA, Discourse Network Analyzer, or CSV."""
    from sayso.desk import coding

    with opened(desk) as opened_desk:
        taken = coding.take(opened_desk, file, coder)
    out = console()
    if taken.families:
        out.print(
            f"new families: {', '.join(taken.families)} (`sayso settings export` writes codebook.yaml)", markup=False
        )
    out.print(f"{taken.codings} codings taken")
    for reason, number in taken.left_out.items():
        out.print(f"{number} left out: {reason}", markup=False)


@code.command("export")
def export(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=".qdc, .qdpx, .csv, .tsv or .jsonld; - is CSV to stdout")
    ],
    family: Annotated[str, typer.Option("--family", metavar="NAME", help="Codings of this family only.")] = "",
    desk: DeskOption = None,
) -> None:
    """Write the codebook or all codings: REFI-QDA, CSV with all attributes, or W3C Web Annotations."""
    with opened(desk) as opened_desk:
        if family:
            opened_desk.codebook.family(family)
        if str(file) == "-":
            for line in _csv(opened_desk, family, ","):
                sys.stdout.write(line)
            return
        data = _exported(opened_desk, file.suffix.lower(), family)
    try:
        file.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error
    console().print(f"wrote {file}", markup=False)


def _exported(desk: Desk, suffix: str, family: str) -> bytes:
    from sayso.code.exchange import web_annotations
    from sayso.code.refi import write_codebook, write_project
    from sayso.desk import coding

    if suffix == ".qdc":
        return write_codebook(desk.codebook)
    if suffix == ".qdpx":
        return write_project(coding.project(desk, family), desk.name)
    if suffix in (".csv", ".tsv"):
        return "".join(_csv(desk, family, "\t" if suffix == ".tsv" else ",")).encode("utf-8", "backslashreplace")
    if suffix == ".jsonld":
        page = web_annotations(coding.project(desk, family).sources, desk.codebook)
        return json.dumps(page, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")
    raise UsageError("the file's ending says the form: .qdc, .qdpx, .csv, .tsv or .jsonld")


def _csv(desk: Desk, family: str, delimiter: str) -> Iterator[str]:
    from sayso.code.exchange import codings_to_csv
    from sayso.desk import coding

    return codings_to_csv(coding.rows(desk, family), delimiter)


def _sit(sitting: Review) -> None:
    """Show cards and read keys until the queue or the input ends. Keys come from a terminal or, line by line, a pipe."""
    from sayso.code.review import typed_of

    keys = typed_of(sitting.family)
    length = max(map(len, keys))  # of what is typed for a code: more than 1 where there are more codes than keys
    chosen_codes: list[str] = []
    shown: Card | None = None
    begun = ""
    while (card := sitting.current) is not None:
        if card is not shown:
            _show(card, keys, sitting)
            shown, chosen_codes, begun = card, [], ""
        key = _key()
        begun = begun + key if key.isalnum() and length > 1 else ""
        if begun and len(begun) < length and any(each.startswith(begun) for each in keys):
            continue
        key, begun = begun or key, ""
        if key in ("", "!", "\x03", "\x04"):
            return
        if key == "-":
            sitting.undo()
            shown = None
        elif key == " ":
            sitting.skip()
        elif key == "+":
            console().print("memo: ", end="")
            sitting.note(sys.stdin.readline())
        elif key == "=":
            _show_codebook(sitting.family, keys)
        elif key in keys and sitting.family.multiple:
            chosen_codes.append(keys[key])
            console().print(f"  + {keys[key]} (Enter: done)", markup=False)
        elif key in ("\n", "\r") and chosen_codes:
            sitting.choose(*chosen_codes)
        elif key in keys:
            sitting.choose(keys[key])


def _key() -> str:
    """One key. "" at the end of the input."""
    if not sys.stdin.isatty():
        key = sys.stdin.read(1)
        while key == "\n":  # a piped script may put each key on a line of its own
            key = sys.stdin.read(1)
        return key
    import termios
    import tty

    handle = sys.stdin.fileno()
    before = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle, termios.TCSADRAIN)  # what was typed ahead is not lost
        key = os.read(handle, 1)  # not through the buffer of stdin, which would hide what is waiting
        if key == b"\x1b":  # an arrow or function key: the letters and digits that follow are no codes
            while select.select([handle], [], [], _TOGETHER)[0] and (part := os.read(handle, 1)):
                key += part
                if (len(key) > 2 and part.isalpha()) or part == b"~" or key[1:2] not in b"[O":
                    break
        return key.decode("latin-1")
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)


def _show(card: Card, keys: dict[str, str], sitting: Review) -> None:
    from rich.panel import Panel
    from rich.text import Text

    out = console()
    body = Text(card.text, style="bold")
    about = [("speaker", card.speaker), ("target", card.target), ("where", card.where), ("asked as", str(card.why))]
    for label, value in about:
        if value:
            body.append(f"\n{label}: ", style="not bold dim").append(value, style="not bold")
    if card.context and card.context != card.text:
        body.append(f"\n… {card.context} …", style="not bold dim italic")
    for who, said in card.others.items():
        body.append(f"\n{who}: {said}", style="not bold yellow")
    for name, p in sorted(card.model.items(), key=lambda kv: -kv[1])[:3]:
        body.append(f"\nmodel: {name} {p:.2f}", style="not bold cyan")
    out.print(Panel(body, title=f"{sitting.coded} coded · {sitting.left} left"))
    if len(keys) > _LISTED:
        out.print(f"{len(keys)} codes, two or more letters each: = lists them", markup=False)
    else:
        out.print("  ".join(f"{key}={name}" for key, name in keys.items()), markup=False)
    out.print(HELP, style="dim", markup=False)


def _show_codebook(family: Family, keys: dict[str, str]) -> None:
    by_name = {name: key for key, name in keys.items()}
    for entry in family:
        console().print(f"{by_name[entry.name]}  {entry.name}: {entry.definition}", markup=False)
        rules = (("includes", entry.include), ("excludes", entry.exclude), ("example", entry.examples[:2]))
        for word, texts in rules:
            for text in texts:
                console().print(f"     {word}: {text}", style="dim", markup=False)


def _print_agreement(family: Family, measured: Any, shares: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    out = Console()

    def figure(measure: Any) -> str:
        if measure is None or measure.value is None:
            return "not defined"
        return f"{measure.value:.3f}" + (f" [{measure.low:.3f}, {measure.high:.3f}]" if measure.low is not None else "")

    def plain(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    out.print(
        f"{family.name}: {measured.units} statements were coded by two or more of {', '.join(measured.coders) or 'nobody'}"
    )
    if measured.units:
        kind = "of sets (MASI)" if family.multiple else "nominal"
        out.print(f"Krippendorff's alpha, {kind}: {figure(measured.alpha)}", markup=False)
        for who, measure in (("people", measured.people), ("people and model", measured.model)):
            if measure.units:
                out.print(f"  {who}, {measure.units} statements: {figure(measure)}", markup=False)
        if measured.alpha_ordinal is not None:
            out.print(
                f"ordinal: {figure(measured.alpha_ordinal)}; interval: {figure(measured.alpha_interval)}", markup=False
            )
        out.print(f"Fleiss' kappa: {plain(measured.fleiss)}; Gwet's AC1: {plain(measured.ac1)}")
        table = Table(title="Pairs of coders")
        for column in ("coders", "statements", "same", "Cohen", "AC1", "alpha"):
            table.add_column(column)
        for pair in measured.pairs:
            figures = (pair.kappa, pair.ac1, pair.alpha)
            table.add_row(" – ".join(pair.coders), str(pair.units), f"{pair.observed:.2f}", *map(plain, figures))
        out.print(table)
        table = Table(title="Codes: alpha against all others")
        table.add_column("code")
        table.add_column("alpha [95%]")
        for name, measure in measured.codes.items():
            table.add_row(name, figure(measure).replace("[", "\\["))
        out.print(table)
        table = Table(title="Confusion (row: one coder, column: another)")
        columns = sorted({c for row in measured.confusion.values() for c in row} | set(measured.confusion))
        table.add_column("")
        for number in range(len(columns)):  # twenty names side by side fit no terminal
            table.add_column(str(number + 1), justify="right")
        for number, name in enumerate(columns):
            counts = measured.confusion.get(name, {})
            table.add_row(f"{number + 1} {name}", *(str(counts.get(c, "")) for c in columns))
        out.print(table)
    if not shares:
        return
    table = Table(title="Share of statements")
    for column in ("code", "model", "corrected", "95% interval"):
        table.add_column(column)
    sampled = 0
    for share in shares:
        sampled = share.sampled
        if share.model >= 0.0005 or (share.corrected or 0) > 0:
            interval = "" if share.low is None else f"{share.low:.3f} – {share.high:.3f}"
            table.add_row(share.code, f"{share.model:.3f}", plain(share.corrected), interval)
    out.print(table)
    out.print(f"corrected from {sampled} statements of the random order that people have coded without a gap")


def _print_quality(found: Any) -> None:
    from rich.console import Console

    out = Console()
    for name, figure, sampled in (
        ("precision", found.precision, f"{found.sampled_found} judged statements that the query finds"),
        ("recall", found.recall, f"and {found.sampled_missed} that it does not"),
    ):
        said = "not known" if figure is None else "{:.3f} [{:.3f}, {:.3f}]".format(*figure)
        out.print(f"{name}: {said} ({sampled})", markup=False)
