"""The two ways in: what a user names (`gather`), and what the desk's feeds have that is new (`collect`).

In: paths and URLs as they were given; or feeds, what is known, and the log of earlier looks. Out: a `Fetched` for
each item, a `Failure` for each that was refused, and from `collect` a `FeedReport` for each feed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sayso.collect._listing import Entry
from sayso.collect._walk import Held, Walk
from sayso.collect.feeds import Feed
from sayso.collect.reports import FeedLog, FeedReport
from sayso.collect.settings import CollectSettings
from sayso.records import Failure, Fetched

_URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")


def gather(
    inputs: Sequence[str], settings: CollectSettings | None = None, held: Held | None = None
) -> Iterator[Fetched | Failure]:
    """The items behind the inputs.

    Files; folders with all below them but hidden files; http(s) addresses; what is in files that hold many items
    (WARC, WACZ, mbox, Telegram and account exports); what tables of addresses (Media Cloud's CSV), `.urls` and OPML
    files name; what feeds and sitemaps list. What lies on disk comes first, then the pages as they come in. A list is
    given too, with role "feed": it is evidence of what was listed, and no item. An address that `held` knows and that
    has vanished comes with role "gone". Nothing is raised for an input that fails.
    """
    walk = Walk(settings or CollectSettings(), held)  # type: ignore[call-arg]
    items: list[Entry] = []
    feeds: list[Feed] = []
    for text in inputs:
        if is_address(text):
            items.append(Entry(text))
            continue
        for found in walk.from_path(Path(text)):
            if isinstance(found, Entry):
                items.append(found)
            elif isinstance(found, Feed):
                feeds.append(found)
            elif not isinstance(found, FeedReport):
                yield found
    if items or feeds:
        for result in walk.run(items, [(feed, None) for feed in feeds]):
            if not isinstance(result, FeedReport):
                yield result


def collect(
    feeds: Sequence[Feed],
    settings: CollectSettings,
    held: Held,
    log: FeedLog,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Fetched | Failure | FeedReport]:
    """What the feeds have that is new, or that is due to be looked at again.

    `held` (an `Archive`) tells what is held already; that is not fetched again, unless the feed's `recheck` says so,
    also where the feed does not list it any more: then with the capture's validators. An answer 304 comes as a
    `Fetched` without data, for the archive to note; an item that has vanished as one with role "gone". Whatever comes
    must be kept before the next is asked for: a run that is killed goes on from what is held. Each feed's report is
    logged once all before it has been taken. When `stopped` says so, no more comes, and feeds that were not looked
    through have no report.
    """
    before = log.reports()
    last = {feed.id: before[feed.id][-1] for feed in feeds if before.get(feed.id)}
    complete = {name: report.at for name, report in last.items() if report.ok and not report.refused}
    looks = [(feed, complete.get(feed.id)) for feed in feeds]
    for result in Walk(settings, held, stopped=stopped).run((), looks):
        yield result
        if isinstance(result, FeedReport):
            log.add(result)


def is_address(text: str) -> bool:
    """Whether an input is a URL, not a path."""
    return bool(_URL.match(text))
