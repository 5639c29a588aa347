"""The command line: `sayso`. One file a group of commands; each registers its own here.

What goes wrong is said in one line on standard error. Exit status 1: the work failed; 2: it was asked for wrongly.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence

from sayso.cli._app import app
from sayso.errors import SaysoError

# Before numpy is loaded: on the small matrices of a coder, threads of the linear algebra cost three times what they save.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it
_TERMINATED = 143  # of SIGTERM
_heard: list[int] = []  # SIGTERM, once it has come


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit. `arguments` are by default those of the process.

    SIGTERM stops as Ctrl-C does: children end, transactions are rolled back, one line says so.
    """
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(run(arguments))


def _terminate(number: int, frame: object) -> None:
    _heard.append(number)
    signal.signal(number, signal.SIG_DFL)  # the second one ends at once
    raise KeyboardInterrupt


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        status = app(arguments[0] if arguments else "")(arguments, prog_name="sayso", standalone_mode=False)
        sys.stdout.flush()
        if status == _INTERRUPTED:  # typer catches the interrupt itself and says nothing
            raise KeyboardInterrupt
        return status if isinstance(status, int) else 0
    except SaysoError as error:
        return _say(str(error), error.status)
    except KeyboardInterrupt:
        return _say("stopped; run it again to go on", _TERMINATED if _heard else _INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough (`| head`). Nothing more can be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if hasattr(error, "exit_code") and hasattr(error, "format_message"):  # the parser's own: misuse
            said = error.format_message()  # nothing where it has shown the help instead
            return _say(f"{said} (see `sayso --help`)", int(error.exit_code)) if said else int(error.exit_code)
        if type(error).__name__ == "Abort":
            return _say("stopped", _TERMINATED if _heard else _INTERRUPTED)
        return _unexpected(error)


def _say(message: str, status: int) -> int:
    line = " ".join(message.split("\n")).strip()
    sys.stdout.flush()
    print(f"sayso: {line}".encode("utf-8", "backslashreplace").decode(), file=sys.stderr)
    return status


def _unexpected(error: Exception) -> int:
    if os.environ.get("SAYSO_DEBUG"):
        traceback.print_exc()
        return 1
    with tempfile.NamedTemporaryFile("w", prefix="sayso-", suffix=".log", delete=False, encoding="utf-8") as log:
        traceback.print_exception(error, file=log)
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    return _say(f"a fault of sayso itself ({what}); the details are in {log.name}, or set SAYSO_DEBUG=1", 1)
