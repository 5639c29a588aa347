"""`sayso serve`: the workbench in the browser, on this machine alone."""

from __future__ import annotations

from typing import Annotated

import typer

from sayso.cli._shared import DeskOption, console, opened
from sayso.errors import SaysoError, UsageError


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    host: Annotated[
        str,
        typer.Option(
            "--host", help="A name or address of this machine itself; others need accounts, which are to come."
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any that is free.")] = 8350,
    desk: DeskOption = None,
) -> None:
    """Open the workbench: read the desk in a browser, at http://127.0.0.1:8350 (stop it with Ctrl+C).

    It answers to this machine only. Other machines will need accounts, which this version does not have yet; until then
    reach it from elsewhere through a tunnel (ssh -L 8350:127.0.0.1:8350 THIS-MACHINE).
    """
    import socket

    import uvicorn

    from sayso.web import create_app
    from sayso.web._safety import is_loopback

    if not is_loopback(host):
        raise UsageError(
            f"--host {host}: the workbench has no accounts yet, so it opens on this machine only (127.0.0.1, ::1, "
            "localhost); from elsewhere, use a tunnel: ssh -L 8350:127.0.0.1:8350 THIS-MACHINE"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with opened(desk) as opened_desk, socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host.strip("[]"), port))
        except OSError as error:
            raise SaysoError(f"{host}:{port}: {error.strerror}; choose another with --port") from None
        shown = f"[{host.strip('[]')}]" if ":" in host else host
        console().print(
            f"{opened_desk.name}: http://{shown}:{listening.getsockname()[1]}  (Ctrl+C stops it)", markup=False
        )
        config = uvicorn.Config(
            create_app(opened_desk), log_level="warning", server_header=False, access_log=False, ws="none"
        )
        uvicorn.Server(config).run(sockets=[listening])
