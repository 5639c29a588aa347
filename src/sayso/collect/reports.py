"""What became of each look at a feed, and what that says about the feed's health.

In: `FeedReport` records, one a feed and run, kept in a file of lines that survives a crash. Out: the same again, and
sentences about feeds that went quiet, doubled or fail. Collectors break silently: a page is rebuilt, a feed freezes.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from sayso.collect.feeds import Feed

HEALTH_DAYS = 100  # of reports that `health` looks at
_FAILURES = 2  # failed looks in a row that are reported
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class FeedReport:
    """One look at one feed. `reason` is why it could not be read ("" if it could)."""

    feed: str
    at: dt.datetime  # UTC
    listed: int = 0  # items it named (0 too where it says that nothing changed)
    new: int = 0  # of these: fetched for the first time
    rechecked: int = 0  # fetched again to see whether they changed
    refused: int = 0  # could not be fetched
    unchanged: bool = False
    reason: str = ""
    gone: int = 0  # of those fetched again: have vanished (404, 410)

    @property
    def ok(self) -> bool:
        return not self.reason


class FeedLog:
    """The reports of a desk, in a file with one JSON object a line. A line that a crash cut short is passed over."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, report: FeedReport) -> None:
        """Appends a report."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({**asdict(report), "at": report.at.isoformat()})
        with self.path.open("ab+") as handle:
            if handle.tell():
                handle.seek(-1, os.SEEK_END)
                line = line if handle.read(1) == b"\n" else "\n" + line
            handle.write(line.encode() + b"\n")

    def reports(self, since: dt.datetime | None = None) -> dict[str, list[FeedReport]]:
        """The reports by feed, oldest first: all, or those from `since` on (what lies before is not read)."""
        out: dict[str, list[FeedReport]] = defaultdict(list)
        if self.path.exists():
            with self.path.open("rb") as handle:
                handle.seek(self._place(handle, since) if since else 0)
                for line in handle:
                    report = _parsed(line)
                    if report and (since is None or report.at >= since):
                        out[report.feed].append(report)
        return out

    def _place(self, handle: BinaryIO, since: dt.datetime) -> int:
        """A byte at which a line begins and before which all reports are older; lines stand in order of time."""
        low, high = 0, handle.seek(0, os.SEEK_END)
        while high - low > _BLOCK:
            middle = (low + high) // 2
            handle.seek(middle)
            handle.readline()
            report = None
            while report is None and handle.tell() < high:
                place = handle.tell()
                report = _parsed(handle.readline())
            if report is None or report.at >= since:
                high = middle
            else:
                low = place
        return low


def _parsed(line: bytes) -> FeedReport | None:
    try:
        found = json.loads(line)
        return FeedReport(**{**found, "at": dt.datetime.fromisoformat(found["at"])})
    except (ValueError, TypeError, KeyError):
        return None


def due(feed: Feed, reports: Sequence[FeedReport], now: dt.datetime) -> bool:
    """Whether it is time to look at the feed again (its `every`)."""
    return not reports or (now - reports[-1].at).total_seconds() >= feed.every_seconds


def health(feed: Feed, reports: Sequence[FeedReport], now: dt.datetime) -> list[str]:
    """What is wrong with a feed, a sentence each; nothing for a healthy one.

    Failing: the last two looks failed. Not looked at: for longer than three times its `every`, and two days. Quiet:
    fewer new items in the last period than `expects` allows. Doubled: more than twice as many as it allows. Where nothing
    is declared, the feed's own past is the measure: quiet after two weeks without an item where eight weeks before
    brought at least eight; doubled where a week brings over twice (and ten more than) the most of the eight weeks
    before. The first look is no measure: it takes in what had piled up.
    """
    out: list[str] = []
    name = feed.id
    failed = _failed_in_a_row(reports)
    if failed >= _FAILURES:
        out.append(f"{name}: failing, {failed} looks in a row ({reports[-1].reason})")
    if reports and (idle := now - reports[-1].at) > max(
        dt.timedelta(days=2), 3 * dt.timedelta(seconds=feed.every_seconds)
    ):
        return [*out, f"{name}: not looked at for {idle.days} days (is `sayso watch` running?)"]
    counted = reports[1:]
    expected = feed.expected
    if expected:
        fewest, most, days = expected
        new = _new(counted, now - dt.timedelta(days=days), now)
        old_enough = bool(reports) and reports[0].at <= now - dt.timedelta(days=days)
        if old_enough and new < fewest:
            out.append(f"{name}: quiet, {new} new in {days} days where {feed.expects} are expected")
        if new > 2 * most:
            out.append(f"{name}: doubled, {new} new in {days} days where {feed.expects} are expected")
    else:
        out += _against_its_past(name, counted, now)
    return out


def _against_its_past(name: str, counted: Sequence[FeedReport], now: dt.datetime) -> list[str]:
    week = dt.timedelta(days=7)
    weeks = [_new(counted, now - (number + 1) * week, now - number * week) for number in range(10)]
    if not counted or counted[0].at > now - 9 * week:
        return []
    if sum(weeks[:2]) == 0 and sum(weeks[2:]) >= 8:
        return [f"{name}: quiet, nothing new in two weeks after {sum(weeks[2:])} in the eight weeks before"]
    usual = max(weeks[1:9])
    if weeks[0] > 2 * usual and weeks[0] >= usual + 10:
        return [f"{name}: doubled, {weeks[0]} new in a week where at most {usual} came in the eight weeks before"]
    return []


def _failed_in_a_row(reports: Sequence[FeedReport]) -> int:
    failed = 0
    for report in reversed(reports):
        if report.ok:
            break
        failed += 1
    return failed


def _new(reports: Iterable[FeedReport], since: dt.datetime, until: dt.datetime) -> int:
    return sum(report.new for report in reports if since < report.at <= until)
