"""One worker: it holds the encoder, the desk's coders and a child process that reads, and does partitions.

In: a `Partition`. Out: its files and its entry in the manifest (see `output`). A page that a stage fails on is a row of
`failures`; one that kills the child is refused; and one that kills the worker itself is found by doing its partition
again with a note before each page, and left out when it has done so twice.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sayso.bulk._pages import Page, pages
from sayso.bulk.kit import Kit
from sayso.bulk.output import Output, Writer
from sayso.bulk.rows import failure_row, rows_of
from sayso.bulk.sources import Partition
from sayso.pipeline import Extract, informed, process_document, shipped_attribute
from sayso.read.children import Job, Readers
from sayso.records import Analysis, Document, Failure

MEMORY_MB, SECONDS = 400, 60.0  # what reading one page may take
_FRESH = 2000  # pages after which the child that reads is a new one: libraries keep some of what they took


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one page may take."""

    memory_mb: int = MEMORY_MB
    seconds: float = SECONDS


class Worker:
    """Does partitions, one at a time. Use as a context manager."""

    def __init__(self, out: str, kit: Kit, limits: Limits = Limits()) -> None:
        self._output = Output(out)
        self._kit, self._limits = kit, limits
        self._index = kit.index()
        self._coders = kit.unpacked()
        self._references = kit.reference_texts()
        self._attribute = kit.attribute or shipped_attribute(threshold=kit.threshold or None)
        self._readers = Readers(1, limits.memory_mb, limits.seconds)
        self._read = 0

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        self._readers.__exit__()

    def do(self, partition: Partition) -> dict[str, Any]:
        """Do the partition, unless it is done; gives its entry in the manifest."""
        known = self._output.entry(partition.id)
        if known is not None:
            return known
        care = _Care(self._output, partition.id)
        begun = time.process_time()
        words = 0
        with self._output.writing(partition.id) as writer:
            for number, found in self._documents(partition, care):
                words += self._page(writer, partition, number, found)
            care.done()
        entry = {
            "partition": partition.id,
            "source": partition.files[0].label if partition.form != "files" else "files",
            "start": list(partition.start),
            "following": list(partition.following) if partition.following else None,
            "bytes": partition.bytes,
            "words": words,
            "seconds": round(time.process_time() - begun, 3),  # of this process, for the curious
            **writer.counts,
        }
        self._output.commit(partition.id, entry)
        self._output.clear_note(partition.id)
        return entry

    def _page(self, writer: Writer, partition: Partition, number: int, found: tuple[Page, Document] | Failure) -> int:
        """Rows of one page; gives its words."""
        name = f"{partition.id}/{number}"
        if not isinstance(found, Failure):
            page, document = found
            try:
                made = self._extract(document, page.captured)
            except Exception as error:
                what = " ".join(f"{type(error).__name__}: {error}".split())
                stage = "attribute" if isinstance(error, _Attributing) else "link"
                found = Failure(page.path, stage, f"the stage failed on it ({what})")
            else:
                about = {
                    "container": None if partition.form == "files" else partition.files[0].label,
                    "captured": page.captured,
                    "bytes": len(page.data),
                    "media_type": page.media_type,
                }
                writer.add(rows_of(made, name, coded=self._kit.coded, about=about))
                return len(document.text.split())
        writer.add({"failures": [failure_row(name, found)]})
        return 0

    def _extract(self, document: Document, captured: dt.date | None) -> Extract:
        def attribute(document: Document) -> Analysis:
            try:
                return self._attribute(document)
            except Exception as error:
                raise _Attributing(f"{type(error).__name__}: {error}") from error

        return process_document(
            document,
            captured=captured,
            actors=self._index,
            coders=self._coders,
            attribute=attribute,
            references=self._references,
        )

    def _documents(self, partition: Partition, care: _Care) -> Iterator[tuple[int, tuple[Page, Document] | Failure]]:
        for number, page in pages(partition):
            if isinstance(page, Failure):
                yield number, page
            elif not care.begin(number):
                yield number, Failure(page.path, "read", "killed the worker twice: left out")
            else:
                answer = self._read_page(page)
                if isinstance(answer, Document):
                    yield number, (page, answer)
                else:
                    yield number, Failure(page.path, "read", answer)

    def _read_page(self, page: Page) -> Document | str:
        if self._read >= _FRESH:
            self._readers.__exit__()
            self._readers, self._read = Readers(1, self._limits.memory_mb, self._limits.seconds), 0
        self._read += 1
        path = page.path if not page.bare else "row.txt"
        job = Job("", page.data, path, page.media_type, page.captured)
        ((_, answer),) = self._readers.read([job])
        if not isinstance(answer, Document):
            return answer
        if page.bare:  # a row's text has no title or date of its own but what the row tells
            told = informed(replace(answer, path=page.path, title="", published=None), page.told)
            return told if told.published else replace(told, published=answer.published)
        return informed(answer, page.told)


class _Attributing(Exception):
    """The stage attribute failed."""


class _Care:
    """Finds the page that kills its worker. A first attempt notes only that it began; the next ones note each page."""

    def __init__(self, output: Output, partition: str) -> None:
        self._output, self._partition = output, partition
        note = output.note(partition)
        self._careful = bool(note)
        self._deaths: dict[str, int] = dict(note.get("deaths", {}))
        if note.get("page") is not None:
            page = str(note["page"])
            self._deaths[page] = self._deaths.get(page, 0) + 1
        self._note(None)

    def begin(self, number: int) -> bool:
        """Whether the page may be worked on."""
        if self._deaths.get(str(number), 0) >= 2:
            return False
        if self._careful:
            self._note(number)
        return True

    def done(self) -> None:
        """All pages are over: a death from here on is none of theirs."""
        if self._careful:
            self._note(None)

    def _note(self, page: int | None) -> None:
        self._output.set_note(self._partition, {"page": page, "deaths": self._deaths})
