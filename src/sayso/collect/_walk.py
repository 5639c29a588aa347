"""The walk from lists to items: looks into feeds, follows sitemap indexes, fetches what is new.

In: feeds and addresses. Out: `Fetched` and `Failure` as they come, and a `FeedReport` when all of a feed is done.
What is already held is told by the caller's archive, so that a run that was killed goes on where it stood.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import httpx

from sayso.address import address_key, canonical
from sayso.collect._containers import folder_account, unpacked
from sayso.collect._disk import absent, changed_at, file_uri, files, read_file, shown, sidecar
from sayso.collect._fetcher import Fetcher, Job
from sayso.collect._http import GONE, Refused
from sayso.collect._listing import Entry, NoList, is_list, listing
from sayso.collect.feeds import Feed
from sayso.collect.reports import FeedReport
from sayso.collect.settings import CollectSettings
from sayso.records import Capture, Failure, Fetched

Out = Fetched | Failure | FeedReport

_KEPT_HINTS = ("title", "published", "author", "language", "outlet")  # of an item that is looked at again
_DEPTH = 3  # lists in lists: page -> index -> sitemap
_LISTS = 5_000  # lists that one feed may lead to


class Held(Protocol):
    """What is held already, as `sayso.archive.Archive` tells it."""

    def known(self, url: str) -> Capture | None:
        """The last capture of an address or a variant of it."""

    def first_seen(self, url: str) -> dt.datetime | None:
        """When it was captured for the first time."""

    def young(self, since: dt.datetime) -> Iterator[Capture]:
        """The last capture of each address that was captured for the first time after `since`."""


@dataclass(slots=True)
class _Look:
    """One feed during one run: what is still out, and what has come of it."""

    feed: Feed
    complete: dt.datetime | None = None  # its last look, if that was complete
    pending: int = 0
    lists: int = 0
    listed: int = 0
    new: int = 0
    rechecked: int = 0
    refused: int = 0
    gone: int = 0
    unchanged: bool = False
    reason: str = ""

    def report(self) -> FeedReport:
        return FeedReport(
            self.feed.id,
            dt.datetime.now(dt.UTC),
            self.listed,
            self.new,
            self.rechecked,
            self.refused,
            self.unchanged,
            self.reason,
            self.gone,
        )


@dataclass(frozen=True, slots=True)
class _Purpose:
    """Why an address is fetched."""

    named: str  # as the user or the feed wrote it
    look: _Look | None = None
    depth: int = -1  # of a list; -1 for an item
    entry: Entry = field(default_factory=lambda: Entry(""))
    before: Capture | None = None


class Walk:
    """One run. `items` are single addresses, `feeds` lists of them; `held` says what is held already."""

    def __init__(
        self,
        settings: CollectSettings,
        held: Held | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._held = held
        self._seen: set[str] = set()
        self._fetcher = Fetcher(settings, transport, stopped)

    def _known(self, url: str) -> Capture | None:
        return self._held.known(url) if self._held else None

    def run(self, items: Iterable[Entry], feeds: Iterable[tuple[Feed, dt.datetime | None]]) -> Iterator[Out]:
        """Fetches the items, and what is new in the feeds (each with the time of its last look, if complete)."""
        with self._fetcher:
            for entry in items:
                self._submit_item(entry, None)
            looks = [_Look(feed, complete) for feed, complete in feeds]
            for look in looks:
                feed = look.feed
                if feed.on_disk:
                    yield from self._from_disk(look)
                else:
                    self._submit_list(feed.url, look, 0)
            self._submit_young(looks)
            for job, outcome in self._fetcher:
                purpose = job.what
                assert isinstance(purpose, _Purpose)
                yield from self._taken(purpose, outcome)
                if purpose.look is not None:
                    purpose.look.pending -= 1
                    if not purpose.look.pending:
                        yield purpose.look.report()

    # -- asking ------------------------------------------------------------------------------------------------------

    def _submit_list(self, url: str, look: _Look, depth: int) -> None:
        url = canonical(url)
        if f"list {url}" in self._seen and depth:
            return
        self._seen.add(f"list {url}")
        before = self._known(url)
        if before and not (look.complete and before.fetched_at <= look.complete):
            before = None  # "not modified" would leave out what that look did not come to
        look.pending += 1
        look.lists += 1
        self._fetcher.submit(Job(url, _validators(before, url), _Purpose(url, look, depth)))

    def _submit_item(self, entry: Entry, look: _Look | None) -> None:
        """Submits an item if it is due: not seen in this run, and new or to be looked at again."""
        url = canonical(entry.url)
        key = address_key(url)
        if key in self._seen:
            return
        self._seen.add(key)
        before = self._known(url)
        if look and before and not self._to_recheck(look.feed, entry, before):
            return
        if look:
            look.pending += 1
        if before and look and address_key(before.url) == key:  # and not a redirect that once led here
            url = before.url
        purpose = _Purpose(entry.url if not look else url, look, entry=entry, before=before)
        validators = _validators(before, url) if look else {}
        self._fetcher.submit(Job(url, validators, purpose, gone_too=before is not None))

    def _to_recheck(self, feed: Feed, entry: Entry, before: Capture) -> bool:
        """Whether a known item is looked at again: it is young, or the sitemap says that it changed."""
        if not feed.recheck_seconds or self._held is None:
            return False
        first = self._held.first_seen(before.url) or before.fetched_at
        age = (dt.datetime.now(dt.UTC) - first).total_seconds()
        return age < feed.recheck_seconds or _later(entry.changed, before.fetched_at)

    def _submit_young(self, looks: Sequence[_Look]) -> None:
        """Looks again at young items that their feed, which lists only the newest, may not name any more."""
        rechecking = {look.feed.id: look for look in looks if look.feed.recheck_seconds and not look.feed.on_disk}
        if not rechecking or self._held is None:
            return
        longest = max(look.feed.recheck_seconds for look in rechecking.values())
        for before in self._held.young(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=longest)):
            look = rechecking.get(before.feed)
            if look and before.role != "feed" and self._to_recheck(look.feed, Entry(before.url), before):
                told = {name: before.hints.get(name, "") for name in _KEPT_HINTS}
                self._submit_item(Entry(before.url, **told), look)

    # -- taking ------------------------------------------------------------------------------------------------------

    def _taken(self, purpose: _Purpose, outcome: Fetched | Refused) -> Iterator[Out]:
        look = purpose.look
        if isinstance(outcome, Refused):
            if look and purpose.depth >= 0:
                look.reason = look.reason or outcome.reason
            elif look:
                look.refused += 1
            yield Failure(purpose.named, "collect", outcome.reason)
        elif purpose.depth >= 0 and look:
            yield from self._list_taken(purpose, look, outcome)
        elif outcome.status in GONE:
            yield from self._gone(purpose, outcome)
        elif look is None and is_list_page(outcome):
            yield from self._list_named(purpose, outcome)
        else:
            yield self._item_taken(purpose, outcome)

    def _item_taken(self, purpose: _Purpose, fetched: Fetched) -> Fetched:
        look = purpose.look
        hints = purpose.entry.hints()
        if look:
            look.rechecked += purpose.before is not None
            look.new += purpose.before is None
            hints = {**_own_hints(look.feed), **hints}
            return replace(fetched, path=purpose.named, feed=look.feed.id, hints=hints)
        return replace(fetched, path=purpose.named, hints=hints)

    def _gone(self, purpose: _Purpose, fetched: Fetched) -> Iterator[Out]:
        """What was there before has vanished: evidence, once."""
        look, before = purpose.look, purpose.before
        if look:
            look.rechecked += 1
        if before and before.role != "gone":
            if look:
                look.gone += 1
            yield replace(fetched, path=purpose.named, role="gone", feed=look.feed.id if look else "")
        elif not look:
            yield Failure(purpose.named, "collect", f"HTTP {fetched.status}: gone, as when it was last asked for")

    def _list_taken(self, purpose: _Purpose, look: _Look, fetched: Fetched) -> Iterator[Out]:
        yield replace(fetched, role="feed", feed=look.feed.id)
        if fetched.status == 304:
            look.unchanged = True
            return
        feed = look.feed
        kind = feed.kind if purpose.depth == 0 else "auto"
        base = fetched.final_url or fetched.url
        try:
            found = listing(
                fetched.data, fetched.media_type, base, kind=kind, selector="" if purpose.depth else feed.selector
            )
        except Exception as error:  # whatever a hostile list sets off is its feed's failure, not the run's
            reason = str(error) if isinstance(error, NoList) else f"a list that cannot be understood ({_told(error)})"
            look.reason = look.reason or reason
            yield Failure(purpose.named, "collect", reason)
            return
        for entry in found.entries:
            if not feed.match or re.search(feed.match, entry.url):
                look.listed += 1
                self._submit_item(entry, look)
        for entry in (*found.lists, *(Entry(inner.url) for inner in found.feeds)):
            if purpose.depth >= _DEPTH or look.lists >= _LISTS:
                look.reason = look.reason or f"lists lead to more lists than are followed ({look.lists})"
                break
            self._submit_list(entry.url, look, purpose.depth + 1)

    def _list_named(self, purpose: _Purpose, fetched: Fetched) -> Iterator[Out]:
        """A single address that turned out to be a feed or sitemap: what it lists is taken in."""
        look = _Look(Feed.model_validate({"url": fetched.url}), pending=1)
        yield from self._list_taken(_Purpose(purpose.named, look, 0), look, fetched)
        look.pending -= 1
        if not look.pending:
            yield look.report()

    # -- on disk -----------------------------------------------------------------------------------------------------

    def from_path(self, path: Path, look: _Look | None = None) -> Iterator[Out | Entry | Feed]:
        """The items below a path; a container gives what is in it."""
        if absent(path):
            yield Failure(shown(path), "collect", "no such file or folder")
            return
        try:
            folder = path.is_dir()
        except OSError as error:
            yield Failure(shown(path), "collect", f"cannot be opened: {error.strerror}")
            return
        if folder and (account := folder_account(path)) is not None:
            yield from account
        elif folder:
            for found in files(path):
                yield from [found] if isinstance(found, Failure) else self._from_file(found, look)
        else:
            yield from self._from_file(path, look)

    def _from_file(self, path: Path, look: _Look | None) -> Iterator[Out | Entry | Feed]:
        if look and self._unchanged(path):
            look.listed += 1
            return
        try:
            inside = unpacked(path, self._settings.max_bytes)
            if inside is None:
                yield from _with_sidecar(path, read_file(path, self._settings.max_bytes))
            else:
                empty = True
                for each in inside:
                    empty = False
                    yield each
                if empty:
                    yield Failure(shown(path), "collect", "nothing in it that could be taken in")
        except Exception as error:  # what a hostile container sets off is its own failure, not the run's
            yield Failure(shown(path), "collect", f"damaged or hostile ({_told(error)})")

    def _unchanged(self, path: Path) -> bool:
        """Whether a watched file was captured after its last change and that of its sidecar."""
        before = self._known(file_uri(path))
        try:
            return before is not None and changed_at(path) < before.fetched_at.timestamp()
        except OSError:
            return False

    def _from_disk(self, look: _Look) -> Iterator[Out]:
        """A watched folder or file: what is new in it since the last look."""
        look.pending += 1
        for found in self.from_path(Path(look.feed.url).expanduser(), look):
            if isinstance(found, Entry):
                look.listed += 1
                self._submit_item(found, look)
            elif isinstance(found, Feed):
                self._submit_list(found.url, look, 1)
            elif isinstance(found, Fetched):
                look.listed += 1
                look.new += self._known(found.url) is None
                yield replace(found, feed=look.feed.id, hints={**_own_hints(look.feed), **found.hints})
            else:
                if isinstance(found, Failure):
                    look.refused += 1
                    if found.path == shown(Path(look.feed.url).expanduser()):
                        look.reason = look.reason or found.reason
                yield found
        look.pending -= 1
        if not look.pending:
            yield look.report()


def _with_sidecar(path: Path, found: Fetched | Failure) -> Iterator[Out]:
    if isinstance(found, Failure):
        yield found
        return
    said, failure = sidecar(path)
    yield replace(found, hints={**found.hints, **said})
    if failure:
        yield failure


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _own_hints(feed: Feed) -> dict[str, str]:
    """What the desk says about all items of a feed."""
    return {name: value for name, value in (("outlet", feed.outlet), ("medium", feed.medium)) if value}


def is_list_page(fetched: Fetched) -> bool:
    """Whether what was fetched is a list of items and no item."""
    try:
        return fetched.status != 304 and is_list(fetched.data, fetched.media_type)
    except NoList:
        return False


def _validators(before: Capture | None, url: str) -> dict[str, str]:
    """The conditional headers for an address that was captured before (RFC 9110, 13.1)."""
    if before is None or before.url != url or before.role == "gone":
        return {}
    out = {}
    if tag := before.headers.get("etag"):
        out["If-None-Match"] = tag
    if moment := before.headers.get("last-modified"):
        out["If-Modified-Since"] = moment
    return out


def _later(stamp: str, moment: dt.datetime) -> bool:
    try:
        found = dt.datetime.fromisoformat(stamp)
    except ValueError:
        return False
    return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)) > moment
