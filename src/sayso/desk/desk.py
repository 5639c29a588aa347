"""`Desk`: one monitoring project in a folder. Its verbs are those of the command line.

with Desk.open(folder) as desk:
    desk.add(["clippings/"])
    desk.run()
    for found in desk.statements(actor="…", topic="…"):
        …
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sayso.desk.belonging import belong
from sayso.desk.progress import Progress, Silent
from sayso.desk.settings import FILE, Settings, template
from sayso.desk.statements import statement_object
from sayso.desk.sync import NAMES, Difference, Sync, write_new
from sayso.desk.topics import MATCHER, Topic
from sayso.errors import SaysoError, UsageError
from sayso.records import Document, Failure, Fetched, Linked
from sayso.store import Found, Query, Store
from sayso.store.ids import producer_key

if TYPE_CHECKING:
    from sayso.archive import Archive
    from sayso.brief import Brief
    from sayso.bulk import Kit
    from sayso.code import Codebook, Coder
    from sayso.collect import Feed, FeedReport
    from sayso.desk.analytics import Analytics
    from sayso.desk.engines import Engines
    from sayso.desk.loading import Loaded
    from sayso.desk.summary import Summary
    from sayso.link import ActorIndex, References
    from sayso.track import Cost, Line

# The stages are imported by the verbs that need them: listing statements must not wait for the encoder's libraries.

DATABASE = "desk.sqlite"
COLUMNS = "columns.index"  # can be thrown away, and is left out of backups
FEED_LOG = "feeds.jsonl"


@dataclass(frozen=True, slots=True)
class Added:
    """What came in: new items, items unchanged since their last capture, refused ones, and those that changed since.

    The feeds' own pages are archived, but are no items and not counted.
    """

    new: int
    unchanged: int
    refused: tuple[Failure, ...]
    changed: int = 0

    @property
    def told(self) -> str:
        """The figures in words."""
        changed = f"{self.changed} changed, " if self.changed else ""
        return f"{self.new} new, {changed}{self.unchanged} unchanged, {len(self.refused)} refused"


@dataclass(frozen=True, slots=True)
class Collected:
    """What the feeds gave: what came in, one report a feed, and a sentence for each feed that seems to ail."""

    added: Added
    reports: tuple[FeedReport, ...]
    ailing: tuple[str, ...]


class Desk:
    """The desk in a folder that holds a `sayso.toml`. Make one with `Desk.create`, open it with `Desk.open`."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self.store = Store(settings.store or folder / DATABASE, beside=folder / COLUMNS)
        self.sync = Sync(folder, self.store)
        self.conflicts: list[str] = []  # settings that file and store both changed, one line each

    @classmethod
    def create(cls, folder: Path | str) -> Desk:
        """A new desk with its five settings files. Raises `UsageError` where the folder holds one of them already."""
        if not str(folder):
            raise UsageError("the folder has no name; name one for the desk")
        folder = Path(folder).absolute()
        try:
            _see_free(folder)
            folder.mkdir(parents=True, exist_ok=True)
            write_new(folder)
            (folder / FILE).write_text(template(folder.name), encoding="utf-8")
        except OSError as error:
            raise SaysoError(f"no desk can be made in {folder}: {error.strerror}") from None
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path | str, progress: Progress | None = None) -> Desk:
        """The desk in `folder`; takes in settings files that changed. Raises `SettingsError` for a wrong one.

        A desk whose database lies in its folder can be opened only by those who may write there.
        """
        folder = Path(folder).absolute()
        if not _is_desk(folder):
            raise UsageError(f"{folder} is no desk (it has no {FILE}); `sayso new {folder.name}` makes one")
        settings = Settings.load(folder / FILE)
        try:
            desk = cls(folder, settings)
        except SaysoError as error:
            if settings.store or os.access(folder, os.W_OK):
                raise
            raise SaysoError(
                f"you may not write in {folder}, and without that a desk cannot even be read: copy it to a folder of "
                f"your own ({error})"
            ) from None
        if desk.settings.store:
            try:
                belong(folder, desk.store)
            except SaysoError:
                desk.close()
                raise
        with (progress or Silent()).stage("Settings", None) as advance:
            desk.conflicts = desk.sync.import_changed(lambda what, more: advance(more))
        return desk

    @staticmethod
    def find(start: Path) -> Path:
        """The nearest folder upwards from `start` that is a desk. Raises `UsageError` when there is none."""
        start = start.absolute()
        for folder in (start, *start.parents):
            if _is_desk(folder):
                return folder
        raise UsageError(f"no desk here: neither {start} nor a folder above has a {FILE} (name one with --desk DIR)")

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of database and archive."""
        if "archive" in self.__dict__:
            self.archive.close()
        self.store.close()

    # --- what the desk knows ------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The desk's name, as briefs show it."""
        return self.settings.desk.name or self.folder.name

    @cached_property
    def archive(self) -> Archive:
        """The captures under DESK/archive/."""
        from sayso.archive import Archive

        return Archive(self.folder / "archive")

    @cached_property
    def actors(self) -> ActorIndex:
        """Actors and outlets by name."""
        from sayso.desk.known import known_actors

        return known_actors(self.store)

    @cached_property
    def references(self) -> References:
        """The desk's reference texts."""
        from sayso.desk.referencing import references_of

        return references_of(self)

    @cached_property
    def topics(self) -> list[Topic]:
        """What the desk watches."""
        return [Topic.model_validate(each) for each in self.store.settings.topics().values()]

    @cached_property
    def codebook(self) -> Codebook:
        """The desk's codebook."""
        from sayso.code import Codebook

        text = self.store.settings.codebook()
        return Codebook.parse(text) if text else Codebook()

    @property
    def actors_version(self) -> str:
        """Changes with actors and outlets: what was linked with others is linked anew."""
        version = self.store.settings.version
        return f"{version('actors')}/{version('outlets')}"

    @property
    def topics_version(self) -> str:
        """Changes with the topics and their matcher."""
        return f"{producer_key(MATCHER)} {self.store.settings.version('topics')}"

    def outlet_of(self, document: Document) -> str | None:
        """The id of the outlet that published a document: by its own name, else by its address."""
        found = self.actors.outlet(document.outlet) if document.outlet else None
        for address in (document.canonical_url, document.path):
            found = found or self.actors.outlet_at(address)
        return found.id if found else None

    def outlet_ids(self, linked: Linked) -> Mapping[str, str]:
        """Name -> id for the outlets of the items that a document mentions."""
        names = {item.outlet for item in linked.items if item.outlet}
        return {name: found.id for name in names if (found := self.actors.outlet(name))}

    def actor_ids(self, name: str) -> tuple[str, ...]:
        """The ids of the actor with this id or name, and of its parts. Raises `UsageError` when the desk has none."""
        found = self.actors.get(name)
        match = None if found else self.actors.match(name)
        key = found.id if found else match.actor if match else None
        if key is None:
            raise UsageError(f"no actor {name!r}: neither an id nor a name in actors.yaml")
        return (key, *sorted(self.actors.parts(key) - {key}))

    def topic(self, name: str) -> Topic:
        """The topic with this id or name. Raises `UsageError` when the desk has none."""
        for topic in self.topics:
            if name in (topic.id, topic.name) or name.casefold() == topic.name.casefold():
                return topic
        have = ", ".join(topic.id for topic in self.topics) or "none; they stand in topics.yaml"
        raise UsageError(f"no topic {name!r} (the desk has: {have})")

    # --- verbs --------------------------------------------------------------------------------------------------

    def add(self, inputs: Sequence[str], progress: Progress | None = None) -> Added:
        """Take items in: files, folders, addresses. Refused ones are listed, with the reason, and fail nothing.

        Raises `UsageError` for a path that leads to nothing and for the folder of a desk, before anything is taken in.
        """
        from sayso.collect import gather

        _see_named(inputs)
        return self.keep(gather(inputs, self.settings.collect, self.archive), progress)

    def collect(
        self,
        progress: Progress | None = None,
        *,
        feeds: Sequence[Feed] | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Collected:
        """Fetch what the desk's feeds (all, or those given) have that is new, until `stopped` says so.

        Says which of them went quiet, doubled, fail or were not looked at.
        """
        from sayso.collect import FeedLog, FeedReport, collect

        if not self.settings.feeds:
            raise UsageError(f"the desk has no feeds: name them in {FILE}, in [[feeds]] tables")
        chosen = self.settings.feeds if feeds is None else feeds
        log = FeedLog(self.folder / FEED_LOG)
        reports: list[FeedReport] = []

        def items() -> Iterator[Fetched | Failure]:
            for each in collect(chosen, self.settings.collect, self.archive, log, stopped):
                if isinstance(each, FeedReport):
                    reports.append(each)
                else:
                    yield each

        added = self.keep(items(), progress)
        return Collected(added, tuple(reports), self.ailing())

    def looks(self) -> Mapping[str, Sequence[FeedReport]]:
        """The looks at each feed (by its id) that still tell something of its health, oldest first."""
        from sayso.collect import HEALTH_DAYS, FeedLog

        return FeedLog(self.folder / FEED_LOG).reports(dt.datetime.now(dt.UTC) - dt.timedelta(days=HEALTH_DAYS))

    def ailing(self) -> tuple[str, ...]:
        """A sentence for each feed that went quiet, doubled, fails or was not looked at."""
        from sayso.collect import health

        now, past = dt.datetime.now(dt.UTC), self.looks()
        return tuple(line for feed in self.settings.feeds for line in health(feed, past.get(feed.id, []), now))

    def verify(self, progress: Progress | None = None) -> Iterator[str]:
        """Check every link of evidence; one sentence for each that does not hold."""
        from sayso.desk.checking import verify

        return verify(self, progress or Silent())

    def left_elsewhere(self) -> str:
        """A sentence on documents of bulk runs whose bytes lie elsewhere, which is no damage; "" if there are none."""
        from sayso.desk.checking import left_elsewhere

        return left_elsewhere(self)

    def keep(self, found: Iterable[Fetched | Failure], progress: Progress | None = None) -> Added:
        """Archive what was fetched, and list what was refused."""
        self.recover()
        came: Counter[str] = Counter()
        refused = []
        with (progress or Silent()).stage("Add", None) as advance:
            for each in found:
                outcome = self._keep(each)
                if isinstance(outcome, Failure):
                    refused.append(outcome)
                else:
                    came[outcome] += 1
                advance(1)
        self.store.progress.remember("archive", self.archive.head)
        return Added(came["new"], came["unchanged"], tuple(refused), came["changed"])

    def _keep(self, found: Fetched | Failure) -> Literal["new", "changed", "unchanged", "list"] | Failure:
        """What it is to the desk; or the failure."""
        if isinstance(found, Fetched):
            named = found.path or found.url
            try:
                before = self.store.captures.latest(found.url)
                capture = self.archive.put(found)
            except SaysoError as error:
                found = Failure(named, "collect", str(error))
            else:
                with self.store.transaction():
                    told_anew = self.store.captures.note(capture)
                    self.store.progress.accept(named, "collect")
                if found.role == "feed":
                    return "list"
                same = before == capture.sha256 and not told_anew
                return "new" if before is None else "unchanged" if same else "changed"
        self.store.progress.refuse(found)
        return found

    def run(self, progress: Progress | None = None, engines: Engines | None = None) -> Summary:
        """Run every stage on whatever is new; goes on where an interrupted run stopped."""
        from sayso.desk.engines import shipped
        from sayso.desk.run import run

        self.recover()
        return run(self, engines or shipped(self.settings.attribute.threshold), progress or Silent())

    def recover(self) -> None:
        """Take in captures that reached the archive but, since the process was killed between, not the store."""
        head = self.archive.head
        if self.store.progress.recall("archive") != head:
            for capture in self.archive.captures():
                self.store.captures.note(capture)
            self.store.progress.remember("archive", head)

    def query(
        self,
        *,
        actor: str = "",
        topic: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
        code: str = "",
    ) -> Query:
        """What to ask the store for. An `actor` that the desk does not know is looked for as a speaker's name.

        Raises `UsageError` for an unknown topic or code.
        """
        ids: Sequence[str] = ()
        speaker = ""
        if actor:
            try:
                ids = self.actor_ids(actor)
            except UsageError:
                speaker = actor
        if code and not any(family.find(code) for family in self.codebook.families):
            raise UsageError(f"no code {code!r} in codebook.yaml")
        key = self.topic(topic).id if topic else ""
        return Query(actors=ids, speaker=speaker, topic=key, since=since, until=until, code=code)

    def statements(
        self,
        *,
        actor: str = "",
        topic: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
        code: str = "",
    ) -> Iterator[Found]:
        """The statements asked for, by date; those that copies repeat come once, with all carriers."""
        return self.store.statements.find(self.query(actor=actor, topic=topic, since=since, until=until, code=code))

    def shifts(
        self,
        actor: str,
        topic: str,
        *,
        family: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
        without: Iterable[str] = (),
        force: bool = False,
    ) -> Line:
        """Periods and shifts of an actor's line on a topic, in the codes of a family (by default the first one).

        `force` counts a model's codings even where it agrees with people less than the family's floor asks for.
        """
        from sayso.desk import lines

        key = self.actor_ids(actor)[0]
        return lines.line_of(
            self, key, self.topic(topic).id, self.family(family), since=since, until=until, without=without, force=force
        )

    def alert_cost(
        self,
        line: Line,
        actor: str,
        topic: str,
        *,
        family: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
        without: Iterable[str] = (),
        force: bool = False,
    ) -> Cost:
        """Delay of a true alert and false ones a year on a line that `shifts` gave for the same arguments, simulated."""
        from sayso.desk import lines

        key, on = self.actor_ids(actor)[0], self.topic(topic).id
        return lines.alert_cost_of(
            self, key, on, self.family(family), line, since=since, until=until, without=without, force=force
        )

    def brief(
        self,
        actor: str,
        topic: str,
        *,
        family: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> Brief:
        """What the desk knows of an actor's line on a topic, as `sayso.brief` prints it."""
        from sayso.desk.briefing import brief_of

        return brief_of(self, actor, topic, family=family, since=since, until=until)

    def coders(self, engines: Engines | None = None) -> list[Coder]:
        """The coders of the codebook's families: learned from people's codings, else from the definitions."""
        from sayso.desk.coders import Coders
        from sayso.desk.engines import shipped

        return Coders(self, engines or shipped()).each()

    def kit(self) -> Kit:
        """What a bulk run needs to link and code as this desk does (`sayso.bulk`)."""
        from sayso.desk.loading import kit_of

        return kit_of(self)

    def load(self, out: str, progress: Progress | None = None) -> Loaded:
        """Take in what a bulk run wrote to OUT. Done twice, it changes nothing."""
        from sayso.desk.loading import load

        return load(self, out, progress or Silent())

    def over(self, out: str) -> Analytics:
        """Counts, series, statements and shifts straight from what a bulk run wrote to OUT, without loading it."""
        from sayso.desk.analytics import Analytics

        return Analytics(self, out)

    def statement_json(self, found: Found) -> dict[str, Any]:
        """One statement as `sayso statements --format jsonl` prints it."""
        return statement_object(self, found)

    def family(self, name: str = "") -> str:
        """The name of a code family; by default the codebook's first. Raises `SettingsError` for an unknown one."""
        if name:
            return self.codebook.family(name).name
        if not self.codebook.families:
            raise UsageError("the codebook has no family of codes")
        return self.codebook.families[0].name

    def export_settings(self, *, force: bool = False) -> list[Difference]:
        """Write actors, outlets, topics and codebook into their files."""
        return self.sync.export_all(force=force)

    def import_settings(self, *, force: bool = False, progress: Progress | None = None) -> list[Difference]:
        """Take actors, outlets, topics and codebook in from their files."""
        with (progress or Silent()).stage("Settings", None) as advance:
            changed = self.sync.import_all(force=force, progress=lambda what, more: advance(more))
        for name in ("actors", "topics", "codebook"):
            self.__dict__.pop(name, None)
        return changed


def _is_desk(folder: Path) -> bool:
    """Whether the folder is a desk's. Raises `SaysoError` where one may not look."""
    try:
        return (folder / FILE).is_file()
    except OSError as error:
        raise SaysoError(f"{folder}: cannot be opened: {error.strerror}") from None


def _see_free(folder: Path) -> None:
    """See that a desk can be made in the folder without writing over anything. Raises `UsageError`."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder for the desk")
    if (folder / FILE).exists():
        raise UsageError(f"{folder} is a desk already (it has a {FILE})")
    held = [file for name in NAMES if os.path.lexists(folder / (file := f"{name}.yaml"))]
    if held:
        raise UsageError(f"{folder} holds {', '.join(held)} already: name another folder, then copy them into it")


def _see_named(inputs: Iterable[str]) -> None:
    """See that what a person names can be taken in at all. Raises `UsageError`."""
    from sayso.collect import absent, is_address

    for text in inputs:
        if is_address(text):
            continue
        if not text or absent(Path(text)):
            raise UsageError(f"{text or 'an empty name'}: no such file or folder; nothing was taken in")
        if os.path.lexists(Path(text, FILE)):
            raise UsageError(f"{text} is a desk, and its own files are no items; name the files or folders that are")
