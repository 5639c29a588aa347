"""`sayso accounts …`: who may use the workbench, with which role."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from sayso.cli._shared import DeskOption, console, opened, shown
from sayso.errors import UsageError

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]
RoleOption = Annotated[str, typer.Option("--role", help="reader, coder, editor or admin.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Accounts of the workbench. With the first one everybody has to log in.", no_args_is_help=True
    )
    group.command("add")(add)
    group.command("role")(role)
    group.command("password")(password)
    group.command("remove")(remove)
    group.command("list")(list_)
    app.add_typer(group, name="accounts")


def add(name: NameArgument, role: RoleOption = "reader", desk: DeskOption = None) -> None:
    """Make an account. The password is asked for, or read from standard input."""
    from sayso.desk import accounts

    with opened(desk) as opened_desk:
        kept = accounts.add_account(opened_desk, name, role, _typed(f"password of {name}"))
        _note(opened_desk, "add account", kept, role=role)
        if role != "admin" and not any(each.role == "admin" for each in opened_desk.store.accounts.all()):
            console().print("No account is an admin's yet: nobody can look after people in the workbench.")
    console().print(f"{kept} can log in as {role}.", markup=False)


def role(
    name: NameArgument,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="reader, coder, editor or admin.")],
    desk: DeskOption = None,
) -> None:
    """Give an account another role; its sessions end."""
    from sayso.desk import accounts

    with opened(desk) as opened_desk:
        accounts.set_role(opened_desk, name, role)
        _note(opened_desk, "change role", name, role=role)
    console().print(f"{shown(name)} is {role} now.", markup=False)


def password(name: NameArgument, desk: DeskOption = None) -> None:
    """Give an account another password; its sessions end. It is asked for, or read from standard input."""
    from sayso.desk import accounts

    with opened(desk) as opened_desk:
        if opened_desk.store.accounts.get(name) is None:
            raise UsageError(f"there is no account {name!r}")
        accounts.set_password(opened_desk, name, _typed(f"new password of {name}"))
        _note(opened_desk, "change password", name)
    console().print(f"{shown(name)} has a new password.", markup=False)


def remove(name: NameArgument, desk: DeskOption = None) -> None:
    """Remove an account; its sessions end. What the person did stays, under the name."""
    from sayso.desk import accounts

    with opened(desk) as opened_desk:
        accounts.remove_account(opened_desk, name)
        _note(opened_desk, "remove account", name)
        left = opened_desk.store.accounts.any()
    console().print(f"{shown(name)} is removed." + ("" if left else " The desk has no accounts now."), markup=False)


def list_(desk: DeskOption = None) -> None:
    """List the accounts: name, role, since when; separated by tabs."""
    with opened(desk) as opened_desk:
        for each in opened_desk.store.accounts.all():
            print(f"{each.name}\t{each.role}\t{each.made_at:%Y-%m-%d}")


def _note(desk: object, action: str, subject: str, **details: str) -> None:
    from sayso.desk import Desk, accounts

    assert isinstance(desk, Desk)
    accounts.audit(desk, f"{accounts.local_person(desk).name} (command line)"[:64], action, subject, details)


def _typed(what: str) -> str:
    """A password: asked for twice at a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"{what}: ")
    if getpass.getpass("once more: ") != first:
        raise UsageError("the two differ; nothing was changed")
    return first
