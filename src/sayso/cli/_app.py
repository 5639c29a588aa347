"""The program's commands put together: ours, and those that a stage brings in a file `cli/STAGE.py` of its own."""

from __future__ import annotations

import importlib
import importlib.util

import typer

# In the order in which help lists them. Each module has `register(app)`.
GROUPS = (
    "demo",
    "desk",
    "collect",
    "watch",
    "statements",
    "correct",
    "code",
    "lines",
    "brief",
    "serve",
    "accounts",
    "verify",
    "archive",
    "versions",
    "settings",
    "store",
    "actors",
    "extract",
    "classify",
    "bulk",
    "bench",
)


def app() -> typer.Typer:
    """The whole program."""
    program = typer.Typer(
        name="sayso",
        help="Who said what, on whose say-so, and when their line changed.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @program.callback(invoke_without_command=True)
    def _main(version: bool = typer.Option(False, "--version", help="Print the version.", is_eager=True)) -> None:
        if version:
            from sayso import __version__

            print(f"sayso {__version__}")
            raise typer.Exit()

    for group in GROUPS:
        if importlib.util.find_spec(f"sayso.cli.{group}") is not None:
            importlib.import_module(f"sayso.cli.{group}").register(program)
    return program
