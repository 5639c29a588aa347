"""The reference of the command line, made from its own help: `python -m sayso.cli.reference > docs/cli.md`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from sayso.cli._app import app

HEAD = """\
# The command line

Made from the program's own help by `python -m sayso.cli.reference > docs/cli.md`; a test fails when it is not.
What goes wrong is said in one line on standard error. Exit status 1: the work failed; 2: it was asked for wrongly.
Standard output carries data alone.
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
    flags = parameter.opts if parameter.param_type_name == "option" else [parameter.metavar or parameter.name]
    names = ", ".join(f"`{flag}`" for flag in flags)
    default = parameter.default
    shown = (
        f" (default: {default})" if isinstance(default, str | int | float) and default not in ("", False, True) else ""
    )
    return f"| {names} | {_plain(getattr(parameter, 'help', '') or '')}{shown} |".replace("\n", " ")


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    print(reference(), end="")
