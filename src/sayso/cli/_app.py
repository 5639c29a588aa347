"""The program's commands put together: ours, and those that a stage brings in a file `cli/STAGE.py` of its own."""

from __future__ import annotations

import importlib

import typer

# Each module has `register(app)` and the commands named here; help lists them in this order.
GROUPS = {
    "demo": ("demo",),
    "desk": ("new", "add", "run"),
    "collect": ("collect",),
    "watch": ("watch",),
    "statements": ("statements",),
    "correct": ("correct",),
    "code": ("code",),
    "lines": ("shifts",),
    "brief": ("brief",),
    "serve": ("serve",),
    "accounts": ("accounts",),
    "verify": ("verify",),
    "archive": ("archive", "backup", "restore"),
    "versions": ("versions", "pair"),
    "settings": ("settings",),
    "store": ("store",),
    "actors": ("actors",),
    "items": ("items",),
    "extract": ("extract",),
    "classify": ("classify",),
    "bulk": ("bulk", "load", "counts"),
    "bench": ("bench",),
}


def app(command: str = "") -> typer.Typer:
    """The program: with all its commands, or with those of one command's module alone, which starts sooner."""
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

    alone = [group for group, commands in GROUPS.items() if command in commands]
    for group in alone or GROUPS:
        importlib.import_module(f"sayso.cli.{group}").register(program)
    return program
