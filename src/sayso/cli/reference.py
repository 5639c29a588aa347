"""The reference of the command line, made from its own help: `python -m sayso.cli.reference > docs/cli.md`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import typer

from sayso.cli._app import app

HEAD = """\
# The command line

Made from the program's own help by `python -m sayso.cli.reference > docs/cli.md`; a test fails when it is not.
What goes wrong is said in one line on standard error. Exit status 1: the work failed; 2: it was asked for wrongly.
Stopped by Ctrl-C: 130, by SIGTERM: 143 (`sayso serve`: 0). Standard output carries data alone. `SAYSO_DEBUG=1` prints the
traceback of a fault.
"""


def commands(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every command below a group with its full name, in the order of the help."""
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
        return
    for key, each in below.items():
        yield from commands(each, f"{name} {key}".strip())


def reference() -> str:
    """The text of docs/cli.md."""
    parts = [HEAD]
    for name, command in commands(typer.main.get_command(app())):
        arguments = [each.metavar or each.name for each in command.params if each.param_type_name == "argument"]
        usage = " ".join(["[OPTIONS]", *arguments])
        parts.append(f"## sayso {name}\n\n    sayso {name} {usage}\n\n{_plain(command.help)}\n")
        rows = [_row(parameter) for parameter in command.params if parameter.name != "help"]
        if rows:
            parts.append("| | |\n| --- | --- |\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _row(parameter: Any) -> str:
    # An argument has no dashes; its metavar is how the usage names it.
    option = parameter.param_type_name == "option"
    flags = [*parameter.opts, *parameter.secondary_opts] if option else [parameter.metavar or parameter.name]
    names = ", ".join(f"`{flag}`" for flag in flags)
    default = parameter.default
    told = isinstance(default, str | int | float | PurePath) and not isinstance(default, bool) and default != ""
    shown = f" (default: {default})" if told else ""
    return f"| {names} | {_plain(getattr(parameter, 'help', '') or '')}{shown} |".replace("\n", " ")


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    print(reference(), end="")
