"""The process that carries out one job: `python -m sayso.desk._job_child DESK NUMBER`.

It notes its own progress and end in the store. Its standard input is a pipe from the server: when that ends, the server
is gone, and so is this process; what it was doing can be done again.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

from sayso.desk import Desk
from sayso.desk.jobs import FOLDER, Cancelled, carry_out
from sayso.errors import SaysoError
from sayso.store._jobs import CANCELLED, DONE, FAILED, RUNNING

log = logging.getLogger("sayso.jobs")


def main(folder: Path, key: int) -> None:
    """Open the desk and carry out the job."""
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    with Desk.open(folder) as desk:
        work_at(desk, key)


def work_at(desk: Desk, key: int) -> None:
    """Carry out a job that was started, and note what came of it."""
    job = desk.store.jobs.get(key)
    if job is None or job.state != RUNNING:
        return
    try:
        outcome = carry_out(desk, job)
    except Cancelled:
        desk.store.jobs.finish(key, CANCELLED, "cancelled; what was done until then is kept")
    except SaysoError as error:
        desk.store.jobs.finish(key, FAILED, str(error))
    except Exception:
        log.exception("job %s (%s) broke", key, job.kind)
        desk.store.jobs.finish(key, FAILED, "a fault of sayso itself; the log of `sayso serve` has it")
    else:
        file = outcome.file.relative_to(desk.folder / FOLDER).as_posix() if outcome.file else ""
        desk.store.jobs.finish(key, FAILED if outcome.failed else DONE, outcome.text, file)


def _end_with_the_server() -> None:
    while os.read(0, 4096):  # not sys.stdin, whose lock would be held when the process ends by itself
        pass
    os._exit(75)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
