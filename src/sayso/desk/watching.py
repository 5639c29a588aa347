"""`sayso watch`: collect on the desk's schedule and run on what came in, for as long as nobody says stop.

In: a desk's folder. Out: sentences about what is done, and the desk brought up to date again and again. One process watches
a desk at a time. What fails is told and tried again later, in growing pauses; a stop waits for the item at hand.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sayso.collect import Feed, FeedReport, due
from sayso.desk.desk import Collected, Desk
from sayso.desk.engines import Engines
from sayso.desk.progress import Advance
from sayso.desk.settings import FILE
from sayso.desk.summary import Summary
from sayso.desk.sync import NAMES
from sayso.errors import SaysoError, UsageError

LOCK = "watch.lock"
_SETTINGS = (FILE, *(f"{name}.yaml" for name in NAMES))
_JOURNAL = "archive/journal.jsonl"
STATE = "watch"  # under which the store remembers what the watch is doing
_GLANCE = 0.5  # seconds between two looks at whether to stop
_IDLE = 60.0  # seconds after which changed settings, and items that others added, are noticed
_PAUSES = (60, 120, 300, 900, 3600)  # seconds before a round that failed is tried again


class Stopped(Exception):
    """Somebody asked the watch to stop."""


class Watch:
    """The watch over one desk. `tell` takes a sentence at a time; `stop` may be called by a signal's handler."""

    def __init__(self, folder: Path, tell: Callable[[str], None], engines: Engines | None = None) -> None:
        self.folder = folder.absolute()
        self._tell = tell
        self._engines = engines
        self._stopping = False
        self._since = dt.datetime.now(dt.UTC)
        self._figures: dict[str, Any] = {}

    def stop(self) -> None:
        """Ends the watch after the item at hand."""
        self._stopping = True

    def once(self) -> None:
        """One round: looks at the feeds that are due, and runs. Raises what fails."""
        with self._alone():
            self._round()

    def forever(self) -> None:
        """Rounds until `stop`. Raises `UsageError` where the folder is no desk or another process watches it."""
        with self._alone():
            failures = 0
            while not self._stopping:
                edited = self._stamp(*_SETTINGS)  # also what is edited while the round runs
                try:
                    wait = self._round()
                    failures = 0
                except Stopped:
                    break
                except Exception as error:  # whatever it is: a watch that dies in the night collects nothing
                    wait = float(_PAUSES[min(failures, len(_PAUSES) - 1)])
                    failures += 1
                    what = str(error) if isinstance(error, SaysoError) else f"{type(error).__name__}: {error}"
                    self._tell(f"failed: {' '.join(what.split())}; again in {_length(wait)}")
                self._wait(wait, edited if not failures else None)
            self._tell("stopped")

    # -- one round -----------------------------------------------------------------------------------------------------

    def _round(self) -> float:
        """Collects what is due and runs; gives the seconds until a feed is due again."""
        with Desk.open(self.folder) as desk:
            for conflict in desk.conflicts:
                self._tell(conflict)
            feeds = due_feeds(desk)
            try:
                if feeds:
                    self._note(desk, f"collecting from {len(feeds)} feeds")
                    self._tell_collected(desk.collect(feeds=feeds, stopped=lambda: self._stopping))
                if self._stopping:
                    raise Stopped
                self._note(desk, "running")
                self._tell_run(desk.run(_Checked(self), self._engines))
                wait = self._until_due(desk)
                self._note(desk, "waiting", dt.datetime.now(dt.UTC) + dt.timedelta(seconds=wait))
            except BaseException:
                self._note(desk, "")
                raise
        return wait

    def _until_due(self, desk: Desk) -> float:
        reports = desk.looks()
        now = dt.datetime.now(dt.UTC)
        waits = [
            feed.every_seconds - (now - reports[feed.id][-1].at).total_seconds() if reports.get(feed.id) else 0.0
            for feed in desk.settings.feeds
        ]
        return max(1.0, min(waits, default=3600.0))

    def _wait(self, seconds: float, edited: tuple[float, ...] | None) -> None:
        """Waits; less long where the settings are no longer as `edited` says, or another process put something in."""
        until = time.monotonic() + seconds
        archived = self._stamp(_JOURNAL)
        glance = time.monotonic() + _IDLE
        while not self._stopping and time.monotonic() < until:
            time.sleep(min(_GLANCE, max(0.0, until - time.monotonic())))
            if edited is not None and time.monotonic() >= glance:
                if self._stamp(*_SETTINGS) != edited or self._stamp(_JOURNAL) != archived:
                    return
                glance = time.monotonic() + _IDLE

    def _stamp(self, *names: str) -> tuple[float, ...]:
        """Changes with these files of the desk."""
        out = []
        for name in names:
            try:
                out.append((self.folder / name).stat().st_mtime)
            except OSError:
                out.append(0.0)
        return tuple(out)

    def _note(self, desk: Desk, doing: str, following: dt.datetime | None = None) -> None:
        """Leaves word in the store, for the workbench."""
        now = dt.datetime.now(dt.UTC)
        state = {
            "since": self._since.isoformat(timespec="seconds"),
            "at": now.isoformat(timespec="seconds"),
            "doing": doing,
            "next": following.isoformat(timespec="seconds") if following else None,
        }
        desk.store.progress.remember(STATE, json.dumps(state))

    # -- what is told --------------------------------------------------------------------------------------------------

    def _tell_collected(self, found: Collected) -> None:
        for report in found.reports:
            self._tell(report_line(report))
        for failure in found.added.refused[:10]:
            self._tell(f"refused: {failure.path}: {failure.reason}")
        if len(found.added.refused) > 10:
            self._tell(f"refused: {len(found.added.refused) - 10} more (all are listed in the desk)")
        for line in found.ailing:
            self._tell(f"look at {line}")

    def _tell_run(self, summary: Summary) -> None:
        figures = {
            name: getattr(summary, name) for name in ("read", "statements", "on_topic", "shifts", "edited", "vanished")
        }
        if figures != self._figures:
            self._tell(
                f"run: {summary.read} documents, {summary.statements} statements, {summary.on_topic} on a topic, "
                f"{summary.shifts} shifts, {summary.edited} pages edited, {summary.vanished} vanished"
            )
        self._figures = figures
        for alert in summary.alerts:
            self._tell(f"alert: {alert}")
        for note in summary.notes:
            self._tell(f"note: {note}")

    # -- alone ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds the desk's watch. The system lets go of it when the process ends, however it ends."""
        if not (self.folder / FILE).is_file():
            raise UsageError(f"{self.folder} is no desk (it has no {FILE})")
        handle = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                other = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
                raise UsageError(f"{self.folder} is watched already, by process {other}") from None
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
            yield
            os.ftruncate(handle, 0)
        finally:
            os.close(handle)

    @property
    def stopping(self) -> bool:
        return self._stopping


class _Checked:
    """Shows nothing, and ends a run between two items when the watch is to stop."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:
        yield self._advance

    def _advance(self, more: int) -> None:
        if self._watch.stopping:
            raise Stopped


def due_feeds(desk: Desk) -> tuple[Feed, ...]:
    """The feeds whose time has come (`every`)."""
    reports, now = desk.looks(), dt.datetime.now(dt.UTC)
    return tuple(feed for feed in desk.settings.feeds if due(feed, reports.get(feed.id, ()), now))


def watching(desk: Desk) -> dict[str, Any] | None:
    """What the watch over the desk is doing: `since`, `at`, `doing`, `next`, `alive`; None where there never was one."""
    said = desk.store.progress.recall(STATE)
    if not said:
        return None
    return {**json.loads(said), "alive": _held(desk.folder / LOCK)}


def report_line(report: FeedReport) -> str:
    """What one look at a feed brought, as a sentence."""
    if report.reason:
        return f"{report.feed}: cannot be read: {report.reason}"
    parts = [f"{report.listed} listed, {report.new} new"]
    if report.rechecked:
        parts.append(f"{report.rechecked} looked at again")
    if report.gone:
        parts.append(f"{report.gone} vanished")
    if report.refused:
        parts.append(f"{report.refused} refused")
    return f"{report.feed}: {', '.join(parts)}"


def _held(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _length(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
