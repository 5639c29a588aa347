"""A bulk run: what INPUT… holds is read, attributed, linked and coded, and lies in OUT as Parquet when it is over.

In: inputs, OUT, a `Kit`, and where to work: in this process, or on a Ray cluster. Out: `Summary`, and OUT (see `output`).
The partitions and their rows depend on the inputs alone: one process and a hundred write the same. What is done is noted
partition by partition, so that the same command goes on where it was stopped or killed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from gzip import BadGzipFile
from typing import Any

from sayso.bulk._needs import needs
from sayso.bulk.copies import find_copies
from sayso.bulk.kit import Kit
from sayso.bulk.output import FORMAT, Output
from sayso.bulk.rows import TABLES, Row, schemas
from sayso.bulk.sources import PAGES, Partition, Source, cut, first_place, listing, partition_id, sources
from sayso.bulk.work import Limits, Worker
from sayso.errors import SaysoError, UsageError

_ALL = 2**62  # entries: more than any container has
Entry = dict[str, Any]  # of a partition, as the manifest keeps it
Advance = Callable[[int, Entry], None]  # bytes of input that are done, and the entry that says so


@dataclass(frozen=True, slots=True)
class Summary:
    """What lies in OUT."""

    partitions: int
    counts: dict[str, int]  # rows of each table
    words: int


class Stopped(SaysoError):
    """The run was stopped in good order; what is done is kept."""

    status = 130


def bulk(
    inputs: Sequence[str],
    out: str,
    *,
    address: str = "",
    workers: int = 0,
    pages: int = PAGES,
    kit: Kit = Kit(),
    copies: bool = True,
    limits: Limits = Limits(),
    begin: Callable[[int], None] | None = None,
    advance: Advance | None = None,
) -> Summary:
    """Extract at scale.

    Args:
        inputs: WARC, WACZ, JSONL and Parquet files, other files, and folders of them; paths or fsspec URLs.
        out: the folder to write, a path or fsspec URL that every worker can reach. A run that was begun there goes on.
        address: "" works in this process; "local" starts a Ray here; "auto" takes the cluster this machine belongs to;
            "ray://HOST:10001" one elsewhere.
        workers: how many; 0 for one a CPU of the cluster.
        pages: in a partition.
        kit: a desk's actors and coders.
        copies: at the end, find copies of one dispatch among all documents (see `copies`).
        begin: called once with the bytes of all inputs.
        advance: called for each partition that is done.

    Raises:
        UsageError: an input is missing, or OUT holds another run, or one that is under way.
        Stopped: on Ctrl-C and SIGTERM.
    """
    for module in ("pyarrow", "fsspec"):
        needs(module)
    if pages < 1:
        raise UsageError("a partition holds at least one page")
    found = sources(inputs)
    output = Output(out)
    output.make()
    with output.alone():
        output.begin(_header(inputs, found, pages, kit))
        return _run(output, found, address, workers, pages, kit, copies, limits, begin, advance)


def _run(
    output: Output,
    found: Sequence[Source],
    address: str,
    workers: int,
    pages: int,
    kit: Kit,
    copies: bool,
    limits: Limits,
    begin: Callable[[int], None] | None,
    advance: Advance | None,
) -> Summary:
    output.tidy(notes=False)
    if begin is not None:
        begin(sum(source.size for source in found))
    asked = _StopAsked()

    def told(size: int, entry: Entry) -> None:
        if advance is not None:
            advance(size, entry)
        if asked.now:
            raise KeyboardInterrupt

    try:
        waiting = partitions(output, found, pages, told)
        if address:
            from sayso.bulk.cluster import Cluster

            with Cluster(address, workers) as cluster:
                asked.again()
                cluster.run(waiting, output.url, kit, limits, told)
                asked.over()  # from here on Ctrl-C interrupts at once: no partition is in hand
                _copies(output, copies, cluster.copies)
        else:
            with Worker(output.url, kit, limits) as worker:
                for partition in waiting:
                    entry = worker.do(partition)
                    told(partition.bytes, entry)
            asked.over()
            _copies(output, copies, find_copies)
    except KeyboardInterrupt:
        asked.over()
        output.tidy(notes=True)
        done = len(output.entries())
        stopped = Stopped(f"stopped: {done} partitions are done and kept; the same command goes on")
        stopped.status = 128 + asked.signal
        raise stopped from None
    finally:
        asked.over()
    output.tidy(notes=True)
    return summary(output)


class _StopAsked:
    """The first Ctrl-C or SIGTERM asks to stop after the partition in hand: an exception raised just anywhere may get lost
    in a library's callback. The second interrupts at once. Without effect outside the main thread."""

    def __init__(self) -> None:
        self.now = False
        self.signal: int = signal.SIGINT  # that was heard
        self._before: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                self._before[signal.SIGINT] = signal.default_int_handler
            self._before[signal.SIGTERM] = signal.getsignal(signal.SIGTERM)
        self.again()

    def again(self) -> None:
        """Listen, also where a library has put its own ears since."""
        for number in self._before:
            signal.signal(number, self._heard)

    def _heard(self, number: int, frame: object) -> None:
        self.now, self.signal = True, number
        self.over()

    def over(self) -> None:
        """The signals mean again what they meant before."""
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before = {}


def _copies(output: Output, wanted: bool, find: Callable[[Output], list[Row]]) -> None:
    """Look for copies, where partitions have been done since it was last looked for them."""
    output.tidy(notes=True)
    if wanted and output.copies_of() != len(output.entries()):
        output.put_copies(find(output))


def partitions(output: Output, found: Sequence[Source], pages: int, told: Advance) -> Iterator[Partition]:
    """The partitions that are still to be done, as they are asked for; `told` hears of those that are done already."""
    done = output.entries()
    for source in found:
        place: tuple[int, ...] | None = first_place(source)
        number = 0
        while place is not None:
            entry = done.get(partition_id(source.number, number))
            if entry is not None:
                told(int(entry["bytes"]), entry)
                place = tuple(entry["following"]) if entry["following"] else None
            else:
                partition = _cut(source, pages, place, number)
                if partition is None:
                    break
                yield partition
                place = partition.following
            number += 1


def summary(output: Output) -> Summary:
    """What the manifest of OUT says of it."""
    entries = list(output.entries().values())
    counts = {table: sum(int(entry[table]) for entry in entries) for table in TABLES}
    return Summary(len(entries), counts, sum(int(entry["words"]) for entry in entries))


def _cut(source: Source, pages: int, place: tuple[int, ...], number: int) -> Partition | None:
    try:
        return cut(source, pages, place, number)
    except SaysoError:
        raise
    except Exception as error:  # what cannot be cut is read as one partition, up to the damage, which is a failure
        if "://" in source.files[0].url and isinstance(error, OSError) and not isinstance(error, BadGzipFile):
            said = str(error).strip().partition("\n")[0] or type(error).__name__
            raise SaysoError(f"{source.files[0].url}: cannot be read now ({said}); run it again to go on") from None
        size = max(0, source.size - place[0])
        name = partition_id(source.number, number)
        return Partition(
            name, source.number, number, source.form, source.files, place, _ALL, None, size, source.member, source.base,
            source.length,
        )  # fmt: skip


def _columns() -> str:
    """A hash of the tables' columns: rows of two versions that differ in them never get into one OUT."""
    told = "".join(f"{table}\n{schema}\n" for table, schema in schemas().items())
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _header(inputs: Sequence[str], found: Sequence[Source], pages: int, kit: Kit) -> dict[str, Any]:
    from sayso.attribute import attributor
    from sayso.link import LINKER
    from sayso.read import READER

    producers = {p.stage: f"{p.version} {p.model}".strip() for p in (READER, attributor(kit.threshold or None), LINKER)}
    with suppress(AttributeError):
        if kit.attribute is not None:
            producers["attribute"] = kit.attribute.__qualname__
    return {
        "format": f"{FORMAT} {_columns()}",
        "inputs": list(inputs),
        "listing": listing(found),
        "pages": pages,
        "producers": producers,
        "kit": kit.version,
        "actors_version": kit.actors_version,
        "coders_version": kit.coders_version,
        "coded": kit.coded,
        "begun": dt.datetime.now(dt.UTC).date().isoformat(),  # the first time
    }
