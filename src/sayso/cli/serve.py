"""`sayso serve`: the workbench in the browser, on this machine alone or, with accounts, for a team."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from sayso.cli._shared import DeskOption, chosen, console, opened
from sayso.errors import SaysoError, UsageError

SWITCH_S = 0.0005  # a page asks the database twenty times, and each time waits as long as this for those that compute


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Where to listen. Other than this machine itself, the desk needs accounts.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any that is free.")] = 8350,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME", help="A name under which browsers reach it from elsewhere; repeatable."),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", metavar="PEM", help="Its certificate (chain), for https.")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="PEM", help="The certificate's key.")] = None,
    proxy: Annotated[
        str,
        typer.Option("--proxy", metavar="ADDRESS", help="Of a proxy that does the https and says for whom it asks."),
    ] = "",
    log: Annotated[
        str, typer.Option("--log", help="Of what is logged: text, or json with a line for each answer.")
    ] = "text",
    desk: DeskOption = None,
) -> None:
    """Open the workbench: the desk in a browser, at http://127.0.0.1:8350 (stop it with Ctrl+C).

    By default it answers to this machine alone. With accounts (`sayso accounts add`) everybody logs in, and --host opens
    it to other machines; then use https (--certificate and --key, or a proxy), since passwords travel. Jobs that people
    start there (runs, exports, backups) work as long as it is open, and go on or are marked as interrupted afterwards.
    """
    import socket
    import threading

    import uvicorn

    from sayso.desk import views
    from sayso.web import create_app
    from sayso.web._safety import is_loopback

    chosen(log, ("text", "json"), "--log")
    if log == "json":
        from sayso.web.pages.health import log_json

        log_json()
    names = [each for each in name or () if not is_loopback(each)]
    local = is_loopback(host) and not names and not proxy
    if bool(certificate) != bool(key):
        raise UsageError("--certificate and --key belong together")
    for file in (certificate, key):
        if file and not file.is_file():
            raise UsageError(f"{file}: there is no such file")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with opened(desk) as opened_desk, socket.socket(family, socket.SOCK_STREAM) as listening:
        if not local and not any(each.role == "admin" for each in opened_desk.store.accounts.all()):
            raise UsageError(
                "without accounts the workbench opens on this machine only (127.0.0.1, ::1, localhost): make an admin "
                "with `sayso accounts add NAME --role admin`, or use a tunnel: ssh -L 8350:127.0.0.1:8350 THIS-MACHINE"
            )
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host.strip("[]"), port))
            listening.listen(2048)  # whoever reads the address may come at once
        except OSError as error:
            raise SaysoError(f"{host}:{port}: {error.strerror}; choose another with --port") from None
        if not is_loopback(host) and host not in ("", "0.0.0.0", "::") and host not in names:
            names.append(host.strip("[]"))
        shown = f"[{host.strip('[]')}]" if ":" in host else host
        scheme = "https" if certificate else "http"
        say = _logged if log == "json" else _printed
        say(f"{opened_desk.name}: {scheme}://{shown}:{listening.getsockname()[1]}  (Ctrl+C stops it)")
        if not local and not certificate and not proxy:
            say("Without https, passwords can be read on the way (see --certificate, --proxy).", warning=True)
        if not is_loopback(host) and not names:
            say("It answers to this machine's own names only: add --name for others.", warning=True)
        # On a large desk the first page would wait for what is counted here.
        threading.Thread(target=views.warm, args=(opened_desk,), daemon=True).start()
        config = uvicorn.Config(
            create_app(opened_desk, local=local, hosts=names, work=True),
            log_level="warning",
            server_header=False,
            access_log=False,
            ws="none",
            proxy_headers=bool(proxy),
            forwarded_allow_ips=proxy or None,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            timeout_graceful_shutdown=5,
            timeout_keep_alive=75,  # shorter than people read, a busy server would close on their next page
            log_config=None if log == "json" else uvicorn.config.LOGGING_CONFIG,
        )
        sys.setswitchinterval(SWITCH_S)
        with suppress(KeyboardInterrupt):  # uvicorn ends in good order and then raises anew what stopped it
            uvicorn.Server(config).run(sockets=[listening])


def _printed(sentence: str, *, warning: bool = False) -> None:
    console().print(sentence, style="yellow" if warning else None, markup=False)


def _logged(sentence: str, *, warning: bool = False) -> None:
    import logging

    logging.getLogger("sayso.serve").log(logging.WARNING if warning else logging.INFO, sentence)
