"""What happens inside one document, without a store: read, attribute, link, and code where a desk gives a codebook.

In: the bytes of one item and where they came from. Out: `Extract`, and the JSON object that `sayso extract` prints.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes, urlsplit

from sayso.errors import Unreadable, UsageError
from sayso.records import (
    Analysis,
    Coding,
    DateValue,
    Document,
    Linked,
    MentionedItem,
    Span,
    Statement,
)

if TYPE_CHECKING:
    from sayso.code import Coder
    from sayso.link import ActorIndex, Place, References

Attribute = Callable[[Document], Analysis]


@dataclass(frozen=True, slots=True)
class Extract:
    """Everything that the stages made of one document."""

    document: Document
    linked: Linked
    codings: tuple[Coding, ...] = ()
    notes: tuple[str, ...] = ()  # of reading and attributing: "language is de: …"
    analysis: Analysis = field(default_factory=Analysis)
    quotes: Mapping[str, Sequence[Place]] = field(default_factory=dict)  # places in reference texts, by statement


def process(
    data: bytes,
    path: str,
    *,
    media_type: str = "",
    captured: dt.date | None = None,
    actors: ActorIndex | None = None,
    coders: Sequence[Coder] = (),
    attribute: Attribute | None = None,
    references: References | None = None,
) -> Extract:
    """Read, attribute, link and code one item.

    Args:
        data: the bytes of the item.
        path: file path or address that they came from.
        media_type: what the server declared, if it came from one.
        captured: the day of the fetch; no date of the result lies after it.
        actors: a desk's actors, so that speakers and targets get their ids.
        coders: a desk's coders; without them there are no codings.
        attribute: the attribution stage, by default the shipped model.
        references: a desk's reference texts, in which quotations are looked up.

    Raises:
        Unreadable: the item is refused; the message is the reason.
    """
    from sayso.read import read

    return process_document(
        read(data, path, media_type=media_type, captured=captured),
        captured=captured,
        actors=actors,
        coders=coders,
        attribute=attribute,
        references=references,
    )


def process_document(
    document: Document,
    *,
    captured: dt.date | None = None,
    actors: ActorIndex | None = None,
    coders: Sequence[Coder] = (),
    attribute: Attribute | None = None,
    references: References | None = None,
) -> Extract:
    """As `process`, for a document that is read already."""
    from sayso.link import link

    analysis = (attribute or shipped_attribute())(document)
    linked = link(document, analysis, actors, captured=captured)
    codings = tuple(coding for coder in coders for coding in coder.code(linked.statements))
    quotes = references.mark(document.text, linked.statements) if references else {}
    return Extract(document, linked, codings, (*document.notes, *analysis.notes), analysis, quotes)


def shipped_attribute(*, threshold: float | None = None, threads: int = 1) -> Attribute:
    """The attribution stage with the model that ships with the package; see `sayso.attribute.attribute`."""
    from sayso.attribute import attribute, check_settings

    check_settings(threshold, threads)
    return partial(attribute, threshold=threshold, threads=threads)


def extract(
    text: str, *, path: str = "text.txt", with_text: bool = False, threshold: float | None = None, threads: int = 1
) -> dict[str, Any]:
    """The attributions of a plain text, as the object that `sayso extract` prints for it.

    Args:
        text: any string; spans are code points of it. It is never taken for a file of another kind.
        path: a name for it, in which a date is looked for as in a file's.
        with_text: whether the object carries the text.
        threshold: the least confidence (0 to 1) of an attribution that is given, by default the best one.
        threads: those of one pass of the encoder. They change no result.

    Raises:
        Unreadable: the text is too long.
        UsageError: a setting is out of its range.
    """
    from sayso.read import read_string

    attribute = shipped_attribute(threshold=threshold, threads=threads)
    return extract_json(process_document(read_string(text, path), attribute=attribute), with_text=with_text)


def extract_many(
    texts: Iterable[str], *, workers: int = 1, threshold: float | None = None, threads: int = 1
) -> Iterator[dict[str, Any]]:
    """As `extract` for many texts, in their order; one that is refused gives an object without attributions and the reason
    among its notes.

    With `workers` > 1 that many processes of `threads` threads share the work; the calling script then needs the usual
    `if __name__ == "__main__":` of Python's multiprocessing. Texts are taken as they are needed, never all at once.
    """
    from sayso.attribute import check_settings

    if not isinstance(workers, int) or workers < 1:
        raise UsageError(f"workers {workers!r}: give 1 or more")
    check_settings(threshold, threads)  # now, not when the first text is asked for
    one = partial(_extract_or_refuse, threshold=threshold, threads=threads)
    return map(one, texts) if workers == 1 else _by_processes(one, texts, workers)


def _extract_or_refuse(text: str, *, threshold: float | None, threads: int) -> dict[str, Any]:
    try:
        return extract(text, threshold=threshold, threads=threads)
    except Unreadable as reason:
        return extract_json(Extract(Document("text.txt", "", ""), Linked(), notes=(str(reason),)))


def _by_processes(one: Callable[[str], dict[str, Any]], texts: Iterable[str], workers: int) -> Iterator[dict[str, Any]]:
    import multiprocessing

    cores = max(1, (os.cpu_count() or 1) // workers)  # for the numeric libraries besides the encoder
    with ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_limit_threads, initargs=(cores,)
    ) as pool:
        waiting: list[Any] = []
        for text in texts:
            waiting.append(pool.submit(one, text))
            if len(waiting) >= 4 * workers:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def extract_json(extract: Extract, *, with_text: bool = False, coded: bool = False) -> dict[str, Any]:
    """The JSON object of a document (the contract of `sayso extract`); `coded` adds the codes of a desk's codebook."""
    document, linked = extract.document, extract.linked
    relations = [s for s in linked.statements if s.attribution is not None]
    short = {s.id: s.attribution.id for s in relations if s.attribution}
    about: dict[str, Any] = {
        "path": document.path,
        "title": document.title,
        "language": document.language,
        "published": day(document.published),
        "sha256": document.sha256,
        "characters": len(document.text),
        "boilerplate": [{"start": span.start, "end": span.end} for span in document.boilerplate],
        "notes": list(extract.notes),
    }
    if with_text:
        about["text"] = document.text
    codes: dict[str, list[dict[str, Any]]] = {}
    for coding in extract.codings:
        codes.setdefault(coding.statement, []).append(code_json(coding))
    attributions = []
    for statement in relations:
        entry = statement_json(statement, document.text) | {
            "id": short[statement.id],
            "parent": short.get(statement.parent or ""),
            "quotes": [quote_json(each) for each in extract.quotes.get(statement.id, ())],
        }
        if coded:
            entry["codes"] = codes.get(statement.id, [])
        attributions.append(entry)
    return {
        "document": about,
        "attributions": attributions,
        "items": [item_json(item) for item in linked.items],
    }


def statement_json(statement: Statement, text: str) -> dict[str, Any]:
    """The fields of an attribution in the contract, of a statement in the document with this text."""
    relation, via, target, speaker = statement.attribution, statement.via, statement.target, statement.speaker
    return {
        "id": statement.id,
        "parent": statement.parent,
        "source": hull(relation.source, text) if relation and relation.source else None,
        "cue": hull(relation.cue, text) if relation and relation.cue else None,
        "content": [span_json(span) for span in statement.content],
        "kind": statement.kind,
        "speaker": {"name": speaker.name, "kind": speaker.kind, "actor": speaker.actor},
        "target": {"name": target.name, "actor": target.actor} if target else None,
        "via": {
            "item": via.item,
            "medium": via.medium,
            "outlet": via.outlet,
            "start": via.start,
            "end": via.end,
        }
        if via
        else None,
        "chain": [{"name": link.name, "role": link.role} for link in statement.chain],
        "depth": statement.depth,
        "date": date_json(statement.date),
        "order": statement.order,
        "confidence": round(statement.confidence, 4),
    }


def item_json(item: MentionedItem) -> dict[str, Any]:
    """A mentioned item in the contract."""
    return {
        "id": item.id,
        "medium": item.medium,
        "title": item.title,
        "outlet": item.outlet,
        "date": date_json(item.date),
        "order": item.order,
        "mentions": [span_json(span) for span in item.mentions],
    }


class Quoting(Protocol):
    """A place of a reference text that a statement quotes."""

    @property
    def work(self) -> str: ...
    @property
    def section(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...


def quote_json(place: Quoting) -> dict[str, Any]:
    """A place of a reference text in the contract; start and end are code points of that text."""
    return {
        "work": place.work,
        "section": place.section,
        "verdict": place.verdict,
        "start": place.start,
        "end": place.end,
        "text": place.text,
    }


def code_json(coding: Coding) -> dict[str, Any]:
    """A coding in the contract."""
    return {"code": coding.code, "probability": round(coding.probability, 4)}


def span_json(span: Span) -> dict[str, Any]:
    """SPAN: code points of the document's text, end exclusive."""
    return {"start": span.start, "end": span.end, "text": span.text}


def hull(spans: Sequence[Span], text: str) -> dict[str, Any]:
    """SPAN of a source or cue; one of several pieces also lists its `parts`."""
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    out: dict[str, Any] = {"start": start, "end": end, "text": text[start:end]}
    if len(spans) > 1:
        out["parts"] = [span_json(span) for span in spans]
    return out


def date_json(date: DateValue | None) -> dict[str, Any] | None:
    """A date as far as it is known."""
    return {"value": date.value, "granularity": date.granularity, "origin": date.origin} if date else None


def day(date: DateValue | None) -> str | None:
    """YYYY-MM-DD where the day is known, else None."""
    return date.value if date and date.granularity == "day" else None


def local_path(url: str) -> str:
    """The path of a file: URI, printable as UTF-8; other addresses as they are."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return url
    return unquote_to_bytes(parts.path).decode("utf-8", "backslashreplace")


def informed(document: Document, hints: Mapping[str, str]) -> Document:
    """The document with what the place of finding knows and its bytes do not tell (see `Fetched.hints`).

    What a person has stated in a sidecar stands above what the bytes tell.
    """
    stated = hints.get("stated", "").split()
    known: dict[str, Any] = {
        name: hints[name]
        for name in ("title", "author", "outlet", "language", "translator", "translation_of")
        if hints.get(name) and (name in stated or not getattr(document, name))
    }
    if hints.get("medium") and ("medium" in stated or document.medium == "article"):
        known["medium"] = hints["medium"]
    if hints.get("published") and ("published" in stated or document.published is None):
        try:
            found = dt.date.fromisoformat(hints["published"][:10])
        except ValueError:
            found = None
        if found is not None:
            known["published"] = DateValue(found.isoformat(), "day", "metadata", found, found)
    return replace(document, **known) if known else document


def _limit_threads(threads: int) -> None:
    os.environ["OMP_NUM_THREADS"] = str(threads)
