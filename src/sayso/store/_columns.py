"""The statements as columns in memory: what search, lists and figures count, at a million statements within milliseconds.

In: the store. Out: an `Image` of all statements as numpy arrays (about 60 bytes a statement), in the order of their dates.
What triggers note in `touched` is taken over before every question, so an answer never lags behind the store.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, ColumnElement, Connection, Select, delete, func, insert, literal, select, type_coerce
from sqlalchemy.types import NullType

from sayso.store import _snapshot
from sayso.store._bulk import ALL
from sayso.store._image import (
    CURRENT,
    HUMAN,
    MACHINE,
    MODEL,
    NAMED,
    NONE,
    PAIRS,
    PERSON,
    REJECTED,
    REPEATS,
    SHAPE,
    UNSURE,
    Image,
    Names,
    ordered,
    paired,
)
from sayso.store._part import Part
from sayso.store.schema import (
    documents,
    human_codings,
    items,
    machine_codings,
    statement_topics,
    statements,
    touched,
)

T = TypeVar("T")
FEW = 2_000  # documents that changed: their rows are exchanged; more, and all is read anew
BATCH = 20_000  # rows in memory while reading
ANSWERS = 16_000_000  # rows of answers that are kept, each a few bytes
ASKED = 400  # ids in one question
KEPT_FROM = 50_000  # statements: smaller desks are read at once
MARKS = 4  # of files that processes on several machines may hold


class Columns(Part):
    """Keeps the newest `Image`."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self._lock, self._answer_lock = threading.Lock(), threading.Lock()
        self._image: Image | None = None
        self._kept_at = -1  # of the image that stands in the file
        self._answers: OrderedDict[Hashable, tuple[Image, Any]] = OrderedDict()

    def kept(self, image: Image, key: Hashable, make: Callable[[], T]) -> T:
        """What was computed of an image under this key; the last few such answers are kept as long as the image."""
        with self._answer_lock:
            known = self._answers.get(key)
            if known is not None and known[0] is image:
                self._answers.move_to_end(key)
                return known[1]  # type: ignore[no-any-return]
        made = make()
        with self._answer_lock:
            self._answers[key] = (image, made)
            self._answers.move_to_end(key)
            while len(self._answers) > max(4, min(64, ANSWERS // max(1, image.size))):
                self._answers.popitem(last=False)
        return made

    def loaded(self) -> Image | None:
        """All statements as they stand in the store now, if they have been read before; else None."""
        return None if self._image is None or self.store.writing else self.image()

    def keep(self, least: int = KEPT_FROM) -> None:
        """Keep the columns of a desk of `least` statements in a file beside it: the next process then reads only what has
        changed since."""
        path = self.store.beside
        image = self.image()
        if path is None or image.size < least or image.at == self._kept_at or self.store.writing:
            return
        mark = _snapshot.new_mark()
        names = {name: each.names for name, each in image.names.items()}
        pairs = {name: getattr(image, name) for name in PAIRS}
        if not _snapshot.write(path, {"mark": mark, "at": image.at, "names": names}, image.columns | pairs):
            return
        with self.store.transaction() as connection:
            older = select(touched.c.document_id).where(touched.c.document_id.startswith(_snapshot.MARK))
            older = older.order_by(touched.c.at.desc(), touched.c.document_id).offset(MARKS - 1)
            connection.execute(delete(touched).where(touched.c.document_id.in_(older.scalar_subquery())))
            connection.execute(insert(touched).values(document_id=mark, at=image.at))
        self._kept_at = image.at

    def _taken_up(self, connection: Connection, newest: int) -> Image | None:
        """The columns as they were kept, if they are of this store: the store has their mark, and goes on from there."""
        found = _snapshot.read(self.store.beside) if self.store.beside is not None else None
        if found is None or not {*SHAPE, *PAIRS} <= found[1].keys():
            return None
        about, arrays = found
        mark = select(touched.c.at).where(touched.c.document_id == about["mark"])
        if connection.execute(mark).scalar() != about["at"] or about["at"] > newest:
            return None
        self._kept_at = about["at"]
        names = {name: Names.of(each) for name, each in about["names"].items()}
        columns = {name: arrays[name] for name in SHAPE}
        pairs: dict[str, Any] = {name: arrays[name] for name in PAIRS}
        return Image(at=about["at"], columns=columns, names=names, **pairs)

    def image(self) -> Image:
        """All statements as they stand in the store now. The first call reads them all, or takes up what was kept."""
        with self.store.reading() as connection:
            newest = connection.execute(select(func.max(touched.c.at))).scalar() or 0
            image = self._image
            if image is not None and image.at >= newest:  # newer than a reading that began before
                return image
        with self._lock, self.store.reading() as connection:
            image = self._image
            newest = connection.execute(select(func.max(touched.c.at))).scalar() or 0
            if image is None:
                image = self._taken_up(connection, newest)
            if image is None or image.at < newest:
                image = self._renewed(connection, image, newest)
            self._image = image
            return image

    def _renewed(self, connection: Connection, old: Image | None, newest: int) -> Image:
        if old is not None and old.at < newest:
            since = select(touched.c.document_id).where(touched.c.at > old.at)
            query = since.where(touched.c.document_id != ALL, ~touched.c.document_id.startswith(_snapshot.MARK))
            changed = list(connection.execute(query.limit(FEW + 1)).scalars())
            everything = connection.execute(since.where(touched.c.document_id == ALL)).first()
            if len(changed) <= FEW and everything is None:
                return _exchanged(connection, old, changed, newest)
        names = {name: Names() for name in (*NAMED, "topic", "family", "code")}
        return ordered(_read(connection, names, newest, None))


def _read(connection: Connection, names: dict[str, Names], at: int, of: Sequence[str] | None) -> Image:
    """The statements of these documents, or all, in no order."""
    parts: list[Sequence[str] | None] = [None]
    if of is not None:
        parts = [of[start : start + ASKED] for start in range(0, len(of), ASKED)]
    columns: dict[str, list[NDArray[Any]]] = {name: [] for name in SHAPE}
    topics: list[NDArray[np.int64]] = [np.empty((0, 2), np.int64)]
    codings: list[NDArray[np.int64]] = [np.empty((0, 5), np.int64)]
    days = _Days()
    for part in parts:
        only = [] if part is None else [statements.c.document_id.in_(part)]
        pages = _pages(connection, part, names, days)
        media = _media(connection, part, names)
        for rows in _batches(connection, _STATEMENTS.where(*only)):
            for name, values in _columns(rows, names, pages, media, days).items():
                columns[name].append(values)
        number = names["topic"].number
        for rows in _batches(connection, _TOPICS.where(*only)):
            topics.append(np.array([(key, number(topic)) for key, topic in rows], np.int64))
        family, code = names["family"].number, names["code"].number
        for query in (_MACHINE, _HUMAN):
            for rows in _batches(connection, query.where(*only)):
                numbers = [(key, family(f), code(c), bool(unsure), by) for key, f, c, unsure, by in rows]
                codings.append(np.array(numbers, np.int64))
    whole = {name: np.concatenate([np.empty(0, kind), *columns[name]]) for name, kind in SHAPE.items()}
    row = np.full(int(whole["key"].max(initial=0)) + 1, -1, np.int32)
    row[whole["key"]] = np.arange(len(whole["key"]), dtype=np.int32)
    pairs = np.concatenate(topics)
    coded, code_, side = _effective(np.concatenate(codings), row, whole["flags"])
    return Image(at, whole, row[pairs[:, 0]], pairs[:, 1].astype(np.int16), coded, code_, side, names)


def _effective(
    codings: NDArray[np.int64], row: NDArray[np.int32], flags: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.int16], NDArray[np.int8]]:
    """Row, code and side of the codings that count; `flags` learns which statements are coded, and how."""
    key, family, code, unsure, by = codings.T
    rows = row[key].astype(np.int64)
    person = by == PERSON
    flags[rows[person]] |= HUMAN
    flags[rows[~person]] |= MACHINE
    flags[rows[~person & (unsure == 1)]] |= UNSURE
    coded = rows * 65536 + family
    counts = person | ((unsure == 0) & ~np.isin(coded, coded[person]))
    once = np.unique((rows[counts] * 65536 + code[counts]) * 2 + by[counts])
    return (once >> 17).astype(np.int32), (once // 2 % 65536).astype(np.int16), (once % 2).astype(np.int8)


class _Days(dict[Any, int]):
    """Day, as a date or as SQLite keeps it -> its number; each is looked up once."""

    def __missing__(self, day: Any) -> int:
        date = dt.date.fromisoformat(day) if isinstance(day, str) else day
        number = self[day] = date.toordinal() if date else NONE
        return number


def _plain(column: Column[Any]) -> ColumnElement[Any]:
    """The column as the driver gives it: what would be made of each value is made once of equal ones here."""
    return type_coerce(column, NullType())


_STATEMENTS = select(
    *(_plain(statements.c[name]) for name in ("key", "document_id", "start", "date_start", "date_end", "speaker_actor",
                                              "item_id", "kind", "attributed_by", "depth", "rejected", "witness_of")),
)  # fmt: skip
_TOPICS = select(statements.c.key, statement_topics.c.topic_id).join(
    statements, statements.c.id == statement_topics.c.statement_id
)
_MACHINE = select(
    statements.c.key, machine_codings.c.family, machine_codings.c.code, _plain(machine_codings.c.unsure), literal(MODEL)
).join(statements, statements.c.id == machine_codings.c.statement_id)
_HUMAN = (
    select(statements.c.key, human_codings.c.family, human_codings.c.code, literal(0), literal(PERSON))
    .join(statements, statements.c.id == human_codings.c.statement_id)
    .where(human_codings.c.undone_at.is_(None), human_codings.c.anchor == "exact")
)


def _batches(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    yield from connection.execute(query, execution_options={"yield_per": BATCH}).partitions(BATCH)


def _pages(
    connection: Connection, of: Sequence[str] | None, names: dict[str, Names], days: _Days
) -> dict[str, tuple[int, ...]]:
    """Document -> its number, day and month, language, outlet, and whether it is current."""
    query = select(
        documents.c.id, _plain(documents.c.published_start), documents.c.language, _plain(documents.c.current), items.c.outlet
    ).join(items, items.c.id == documents.c.item_id)  # fmt: skip
    if of is not None:
        query = query.where(documents.c.id.in_(of))
    language, outlet = names["language"].number, names["outlet"].number
    found: dict[str, tuple[int, ...]] = {}
    for rows in _batches(connection, query):
        for key, published, spoken, current, outlet_name in rows:
            day = days[published]
            found[key] = (page_number(key), day, _month(day), language(spoken), outlet(outlet_name), bool(current))
    return found


def _month(day: int) -> int:
    date = dt.date.fromordinal(day) if day != NONE else None
    return date.year * 12 + date.month - 1 if date else -1


def _media(connection: Connection, of: Sequence[str] | None, names: dict[str, Names]) -> dict[str, int]:
    """Item -> the number of its medium."""
    query = select(items.c.id, items.c.medium)
    if of is not None:
        spoken = select(statements.c.item_id).where(statements.c.document_id.in_(of))
        query = query.where(items.c.id.in_(spoken))
    number = names["medium"].number
    return {key: number(medium) for rows in _batches(connection, query) for key, medium in rows}


def _columns(
    rows: Sequence[Any], names: dict[str, Names], pages: dict[str, tuple[int, ...]], media: dict[str, int], days: _Days
) -> dict[str, NDArray[Any]]:
    key, document, start, since, until, actor, item, kind, made, depth, rejected, witness = zip(*rows, strict=True)
    size = len(rows)
    page = np.array([pages[each] for each in document], np.int64)
    first = np.fromiter((days[each] for each in since), np.int32, size)
    flags = page[:, 5] * CURRENT
    flags |= np.fromiter((REJECTED if each else 0 for each in rejected), np.int64, size)
    flags |= np.fromiter((REPEATS if each is not None else 0 for each in witness), np.int64, size)
    values: dict[str, Any] = {
        "key": key,
        "document": page[:, 0],
        "start": start,
        "date": np.where(first == NONE, page[:, 1], first),
        "since": first,
        "until": [days[each] for each in until],
        "month": page[:, 2],
        "actor": list(map(names["actor"].number, actor)),
        "outlet": page[:, 4],
        "medium": [media.get(each, -1) for each in item],
        "language": page[:, 3],
        "kind": list(map(names["kind"].number, kind)),
        "made": list(map(names["made"].number, made)),
        "depth": depth,
        "flags": flags,
    }
    return {name: np.asarray(values[name]).astype(shape) for name, shape in SHAPE.items()}


def page_number(document: str) -> int:
    """A document's id as a number: its first fifteen digits, in which no two of a desk agree."""
    return int(document[:15], 16)


def _exchanged(connection: Connection, old: Image, changed: Sequence[str], at: int) -> Image:
    """The image with the rows of these documents read anew."""
    new = ordered(_read(connection, old.names, at, changed))
    stay = ~np.isin(old["document"], np.array([page_number(each) for each in changed], np.int64))
    kept = {name: values[stay] for name, values in old.columns.items()}
    places = np.fromiter((_place(kept, new, row) for row in range(new.size)), np.int64, new.size)
    columns = {name: np.insert(kept[name], places, new[name]) for name in SHAPE}
    # Where each old and new row stands now: an old one is moved by the new rows before it.
    moved = np.full(old.size, -1, np.int32)
    rank = np.arange(len(kept["key"]))
    moved[stay] = rank + np.searchsorted(places, rank, side="right")
    put = (places + np.arange(new.size)).astype(np.int32)

    def joined(rows: NDArray[np.int32], more: NDArray[np.int32], *values: tuple[NDArray[Any], NDArray[Any]]) -> Any:
        now = moved[rows]
        here = now >= 0
        return np.concatenate((now[here], put[more])), *(np.concatenate((a[here], b)) for a, b in values)

    topic_row, topic = joined(old.topic_row, new.topic_row, (old.topic, new.topic))
    code_row, code, by = joined(old.code_row, new.code_row, (old.code, new.code), (old.by, new.by))
    return paired(Image(at, columns, topic_row, topic, code_row, code, by, old.names))


def _place(kept: dict[str, NDArray[Any]], new: Image, row: int) -> int:
    """Before which of the rows that are kept a new row belongs."""
    first, last = 0, len(kept["key"])
    for name in ("date", "document", "start", "key"):
        part, value = kept[name][first:last], new[name][row]
        first, last = first + int(np.searchsorted(part, value)), first + int(np.searchsorted(part, value, side="right"))
    return first
