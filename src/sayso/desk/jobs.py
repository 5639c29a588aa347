"""Jobs: what the workbench has done in the background, each in a process of its own, with progress, log and cancel.

In: a kind of job and what it was given (plain JSON, checked when it is asked for). Out: a line on what came of it, and
for some a file below DESK/jobs/. What a job is given is kept, so that it can be tried again.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sayso.desk.progress import Advance
from sayso.errors import SaysoError, UsageError
from sayso.store._jobs import OPEN

if TYPE_CHECKING:
    from sayso.desk.accounts import Person
    from sayso.desk.desk import Desk
    from sayso.records import Failure
    from sayso.store._jobs import Job

FOLDER = "jobs"  # below the desk: files that jobs wrote, and uploads that wait for being taken in
OFTEN = 0.5  # seconds between two notes of how far it is
LISTED = 200  # refused items that a log names
FORMS = ("csv", "jsonl", "xlsx")
PRINTED = ("html", "pdf", "docx", "md")


class Cancelled(Exception):
    """Somebody wants the job to stop."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: a line for people, and the file it wrote, if any. `failed`: it ended, and found faults."""

    text: str
    file: Path | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: its name, what it does in words, the role it needs, and the work. `heavy` ones run one at a time."""

    name: str
    title: str
    role: str
    heavy: bool
    work: Callable[[Desk, Mapping[str, Any], Working], Outcome]


class Working:
    """A job at work. It is a `Progress`: stages note how far they are, and stop when somebody wants them to."""

    def __init__(self, desk: Desk, key: int) -> None:
        self.desk = desk
        self.key = key
        self._noted = 0.0

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:
        """A stage begins."""
        done = 0
        self._tell(name, 0, total, at_once=True)

        def advance(more: int) -> None:
            nonlocal done
            done += more
            self._tell(name, done, total)

        yield advance
        self._tell(name, done, total, at_once=bool(total))

    def log(self, text: str) -> None:
        """A line of the job's log."""
        self.desk.store.jobs.note(self.key, text[:2000].encode("utf-8", "backslashreplace").decode())

    def refused(self, failures: tuple[Failure, ...]) -> None:
        """Name what was refused, with the reason."""
        for failure in failures[:LISTED]:
            self.log(f"refused: {failure.path}: {failure.reason}")
        if len(failures) > LISTED:
            self.log(f"… and {len(failures) - LISTED} more")

    def out(self, name: str) -> Path:
        """Where the job writes the file of this name."""
        folder = self.desk.folder / FOLDER / str(self.key)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def _tell(self, stage: str, done: int, total: int | None, *, at_once: bool = False) -> None:
        if not at_once and time.monotonic() - self._noted < OFTEN:
            return
        if self.desk.store.jobs.is_asked_to_stop(self.key):
            raise Cancelled
        self.desk.store.jobs.progress(self.key, stage, done, total)
        self._noted = time.monotonic()


# --- asking for one ---------------------------------------------------------------------------------------------


def ask(desk: Desk, person: Person, kind: str, asked: Mapping[str, Any], *, retry_of: int | None = None) -> int:
    """Put a job in the queue; gives its number. Raises `UsageError` for an unknown kind."""
    if kind not in KINDS:
        raise UsageError(f"there is no job {kind!r}")
    return desk.store.jobs.add(kind, asked, person.name, retry_of)


def may_touch(job: Job, person: Person) -> bool:
    """Whether a person may cancel a job or try it again: one's own, and editors everybody's, if they may start such."""
    return person.may(kind_of(job).role) and (job.person == person.name or person.may("editor"))


def file_of(desk: Desk, job: Job) -> Path | None:
    """The file that a job wrote, if it is still there and lies where such files lie."""
    folder = (desk.folder / FOLDER).resolve()
    path = (folder / job.file).resolve()
    return path if job.file and path.is_relative_to(folder) and path.is_file() else None


def remove(desk: Desk, job: Job) -> None:
    """Forget a job that is over, and what it wrote. Raises `UsageError` for one that is not."""
    if job.state in OPEN:
        raise UsageError(f"job {job.id} is {job.state}; cancel it first")
    desk.store.jobs.remove(job.id)
    shutil.rmtree(desk.folder / FOLDER / str(job.id), ignore_errors=True)


def carry_out(desk: Desk, job: Job) -> Outcome:
    """Do the work of a job, here and now. Raises what the work raises, and `Cancelled`."""
    return KINDS[job.kind].work(desk, job.asked, Working(desk, job.id))


# --- the work ---------------------------------------------------------------------------------------------------


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _run(desk: Desk, asked: Mapping[str, Any], working: Working) -> Outcome:
    summary = desk.run(working)
    working.refused(summary.refused)
    for alert in summary.alerts:
        working.log(f"alert: {alert}")
    for note in summary.notes:
        working.log(f"note: {note}")
    return Outcome(
        f"{summary.read} read, {_counted(summary.statements, 'statement')}, {summary.coded} coded, "
        f"{_counted(summary.shifts, 'shift')}; "
        f"{len(summary.refused)} refused"
    )


def _collect(desk: Desk, asked: Mapping[str, Any], working: Working) -> Outcome:
    collected = desk.collect(working)
    for report in collected.reports:
        working.log(f"{report.feed}: {report.new} new" + (f"; {report.reason}" if report.reason else ""))
    for line in collected.ailing:
        working.log(line)
    added = collected.added
    working.refused(added.refused)
    return _then_run(desk, asked, working, added.told)


def _add(desk: Desk, asked: Mapping[str, Any], working: Working) -> Outcome:
    uploads = _uploads(desk, asked)
    added = desk.add([*map(str, uploads), *asked.get("addresses", ())], working)
    working.refused(added.refused)
    for folder in {path.parent for path in uploads}:  # the archive has them now
        shutil.rmtree(folder, ignore_errors=True)
    if not added.new + added.changed and added.refused:
        return Outcome(added.told, failed=True)
    return _then_run(desk, asked, working, added.told)


def _uploads(desk: Desk, asked: Mapping[str, Any]) -> list[Path]:
    folder = (desk.folder / FOLDER / "uploads").resolve()
    paths = [(folder / name).resolve() for name in asked.get("uploads", ())]
    if any(not path.is_relative_to(folder) for path in paths):
        raise UsageError("an upload lies elsewhere")
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise SaysoError(f"no longer there, since they were taken in before: {', '.join(missing)}")
    return paths


def _then_run(desk: Desk, asked: Mapping[str, Any], working: Working, told: str) -> Outcome:
    if not asked.get("run"):
        return Outcome(told)
    working.log(told)
    ran = _run(desk, {}, working)
    return Outcome(f"{told}; then {ran.text}")


def _export(desk: Desk, asked: Mapping[str, Any], working: Working) -> Outcome:
    from sayso.desk import exports, views

    search = views.search_of(desk, **asked["search"])
    form = asked["form"]
    path = working.out(f"statements.{form}")
    with exports.draft_of(path) as draft:
        total = views.count(desk, search)
        with working.stage("Export", total) as advance:
            written = exports.write(draft, form, views.exported(desk, search), advance)
    return Outcome(f"{written:,} statements", path)


def _brief(desk: Desk, asked: Mapping[str, Any], working: Working) -> Outcome:
    from sayso.desk import exports, views
    from sayso.desk.views import printing

    with working.stage("Brief", 2) as advance:
        made = desk.brief(
            asked["actor"],
            asked["topic"],
            family=asked.get("codes", ""),
            since=views.day_of("since", asked.get("since", "")),
            until=views.day_of("until", asked.get("until", ""), last=True),
        )
        if asked.get("mask"):
            made = printing.mask(made)
        advance(1)
        printed = getattr(printing, {"md": "markdown", "html": "render"}.get(asked["form"], asked["form"]))(made)
        path = working.out(f"brief.{asked['form']}")
        with exports.draft_of(path) as draft:
            draft.write_bytes(printed if isinstance(printed, bytes) else printed.encode("utf-8"))
        advance(1)
    return Outcome(f"{_counted(len(made.statements), 'statement')}, {_counted(len(made.turns), 'shift')}", path)


def _verify(desk: Desk, asked: Mapping[str, Any], working: Working) -> Outcome:
    found = 0
    for problem in desk.verify(working):
        found += 1
        if found <= LISTED:
            working.log(problem)
    if found:
        return Outcome(f"{found} of the links of evidence do not hold; the log names them", failed=True)
    elsewhere = desk.left_elsewhere()
    return Outcome(f"every link of evidence holds; {elsewhere}" if elsewhere else "every link of evidence holds")


def _backup(desk: Desk, asked: Mapping[str, Any], working: Working) -> Outcome:
    from sayso.desk import keeping

    path = working.out("backup.zip")
    path.unlink(missing_ok=True)
    with working.stage("Backup", None):
        count = keeping.backup(desk.folder, path)
    note = keeping.left_out(desk.folder)
    return Outcome(f"{count:,} files{'; ' if note else ''}{note}", path)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("run", "Run every stage", "editor", True, _run),
        Kind("collect", "Collect from the feeds", "editor", True, _collect),
        Kind("add", "Take items in", "editor", True, _add),
        Kind("export", "Export statements", "reader", False, _export),
        Kind("brief", "Print a brief", "reader", False, _brief),
        Kind("verify", "Verify the evidence", "editor", True, _verify),
        Kind("backup", "Back the desk up", "admin", True, _backup),
    )
}
GONE = Kind(
    "gone", "A kind of job that this version does not have", "admin", True, lambda desk, asked, working: Outcome("")
)


def kind_of(job: Job) -> Kind:
    """The job's kind."""
    return KINDS.get(job.kind, GONE)
