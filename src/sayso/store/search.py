"""Searching the desk: statements by words and facets, with the numbers of each facet; documents by words.

In: a `Search`. Out: how many statements it finds, the ids of one page of them, and for each facet its values with their
numbers, all exact. A facet's numbers hold for everything that is asked but the facet itself, so that they say what another
choice would give. Words are looked up in the full-text index, everything else is counted in memory (`_columns`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, false, select

from sayso.store._fulltext import keys_of, matching, passages, terms
from sayso.store._image import HUMAN, MACHINE, MODEL, NONE, PERSON, REJECTED, REPEATS, UNSURE, Bits, Image
from sayso.store._part import Part
from sayso.store.schema import documents, items, statements

By = Literal["", "person", "model"]
Made = Literal["", "machine", "corrected", "person"]
Stage = Literal["", "attributed", "coded", "unsure", "undated", "unknown", "repeated"]
Order = Literal["date", "newest"]
FACETS = ("actor", "outlet", "medium", "topic", "code", "depth", "language", "kind", "made", "by")
MOST_VALUES = 30  # of one facet
SIDES = {"person": PERSON, "model": MODEL}
ASKED = 500  # ids in one question


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for; all that is given must hold. `actors` are ids (an actor with its parts), one of them speaks.

    `outlets` are the names, as items bear them, of those who published the page; one of them did. `medium` is that of the item
    a statement was spoken in.
    """

    words: str = ""
    actors: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    medium: str = ""
    topic: str = ""
    code: str = ""
    depth: int | None = None
    language: str = ""
    kind: str = ""
    made: Made = ""  # who found it: a machine, a machine that people corrected, or a person who attributed by hand
    by: By = ""  # who coded it
    stage: Stage = ""  # what a denominator counts, copies and older versions too, instead of what counts once
    since: dt.date | None = None
    until: dt.date | None = None
    document: str = ""
    item: str = ""
    order: Order = "date"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet and how many statements have it."""

    value: str
    statements: int


class Searches(Part):
    """Searching what the store keeps. Reads only."""

    def count(self, search: Search) -> int:
        """How many statements it finds."""
        return self._answer(search).total

    def page(self, search: Search, offset: int = 0, limit: int | None = None) -> list[str]:
        """The ids of the statements it finds, in their order, from `offset` on."""
        answer = self._answer(search)
        found, image = answer.found, answer.image
        if search.order == "newest":
            rows = image.newest[found[image.newest]]
        else:
            rows = np.flatnonzero(found)
        wanted = image["key"][rows[offset : None if limit is None else offset + limit]]
        ids: list[str] = []
        with self.store.reading() as connection:
            for start in range(0, len(wanted), ASKED):
                part = wanted[start : start + ASKED].tolist()
                query = select(statements.c.key, statements.c.id).where(statements.c.key.in_(part))
                known = {row.key: row.id for row in connection.execute(query)}
                ids += [known[key] for key in part if key in known]
        return ids

    def facets(self, search: Search) -> dict[str, list[Value]]:
        """For each facet its values, those with most statements first."""
        return self._answer(search).facets()

    def passages(self, words: str, limit: int = 8) -> list[dict[str, Any]]:
        """Documents that hold the words, best first (of very many, the newest): id, title and the place with the words
        between \x02 and \x03."""
        asked = terms(words)
        if not asked:
            return []
        with self.store.reading() as connection:
            return passages(connection, asked, limit)

    def documents_with(self, words: str) -> Select[Any] | None:
        """The keys of the documents that hold the words, as a query; None where nothing was asked."""
        asked = terms(words)
        if not asked:
            return None if not words.strip() else select(documents.c.key).where(false())
        return matching(self.store.dialect, "documents_search", asked)

    def _answer(self, search: Search) -> _Answer:
        image = self.store.columns.image()
        return self.store.columns.kept(image, search, lambda: _Answer(image, search, self._elsewhere(image, search)))

    def _elsewhere(self, image: Image, search: Search) -> Bits | None:
        """What columns do not hold: words, documents and items, asked of the database; None where nothing was asked."""
        wanted: Bits | None = None
        if search.words.strip():
            asked = terms(search.words)
            with self.store.reading() as connection:
                wanted = image.rows(keys_of(connection, asked)) if asked else np.zeros(image.size, np.bool_)
        only: list[ColumnElement[bool]] = []
        if search.document:
            only.append(statements.c.document_id == search.document)
        if search.item:
            with self.store.reading() as connection:  # first which items, so that an index finds their statements
                same = connection.execute(select(items.c.id).where(items.c.joined == search.item)).scalars().all()
            only.append(statements.c.item_id.in_([search.item, *same]))
        if only:
            with self.store.reading() as connection:
                keys = connection.execute(select(statements.c.key).where(*only)).scalars()
                rows = image.rows(np.array(list(keys), np.int64))
            wanted = rows if wanted is None else wanted & rows
        return wanted


class _Answer:
    """The statements that a search finds in an image."""

    def __init__(self, image: Image, search: Search, elsewhere: Bits | None) -> None:
        self.image, self._search = image, search
        counting = _staged(image, search.stage) if search.stage else image.counting
        base = counting if elsewhere is None else counting & elsewhere
        if search.since:
            base = base & (image["until"] >= search.since.toordinal()) & (image["until"] != NONE)
        if search.until:
            base = base & (image["since"] <= search.until.toordinal())
        self._base = base
        self._chosen = self._choices()
        self.found = self._but("")
        self.total = int(np.count_nonzero(self.found))
        self._facets: dict[str, list[Value]] | None = None

    def _choices(self) -> dict[str, Bits]:
        """For each facet that something is asked of, the rows that have it. Codes and coders are asked together."""
        image, asked, names = self.image, self._search, self.image.names
        found: dict[str, Bits] = {}
        if asked.actors:
            numbers = [names["actor"].known(each) for each in asked.actors]
            found["actor"] = np.isin(image["actor"], numbers)
        if asked.outlets:
            found["outlet"] = np.isin(image["outlet"], [names["outlet"].known(each) for each in asked.outlets])
        for name in ("medium", "language", "kind", "made"):
            if value := getattr(asked, name):
                found[name] = image[name] == names[name].known(value)
        if asked.depth is not None:
            found["depth"] = image["depth"] == asked.depth
        if asked.topic:
            found["topic"] = _rows(image, image.topic_row[image.topic == names["topic"].known(asked.topic)])
        return found

    def _coded(self, code: str, by: str) -> Bits | None:
        if not code and not by:
            return None
        image = self.image
        pairs = np.ones(len(image.code), np.bool_)
        if code:
            pairs &= image.code == image.names["code"].known(code)
        if by:
            pairs &= image.by == SIDES[by]
        return _rows(image, image.code_row[pairs])

    def _but(self, facet: str) -> Bits:
        """The rows for which everything holds but what is asked of this facet."""
        rows = self._base
        for name, chosen in self._chosen.items():
            if name != facet:
                rows = rows & chosen
        asked = self._search
        coded = self._coded("" if facet == "code" else asked.code, "" if facet == "by" else asked.by)
        return rows if coded is None else rows & coded

    def facets(self) -> dict[str, list[Value]]:
        """Each facet's values with the number of statements that another choice would give."""
        if self._facets is None:
            found = _few(self.found)
            self._facets = {name: self._facet(name, found) for name in FACETS}
        return self._facets

    def _facet(self, name: str, found: NDArray[np.intp] | None) -> list[Value]:
        image, asked = self.image, self._search
        rows = self.found
        if name in self._chosen or (name in ("code", "by") and getattr(asked, name) != ""):
            rows = self._but(name)
            found = _few(rows)
        if name == "topic":
            return _values(image.topic[_pairs(image.topic_row, rows, found)], image.names["topic"].names)
        if name in ("code", "by"):
            pairs = _pairs(image.code_row, rows, found)
            if name == "code":
                return _values(image.code[pairs][image.once_a_code[pairs]], image.names["code"].names)
            return _values(image.by[pairs][image.once_a_side[pairs]], ["model", "person"])
        values = image[name][rows if found is None else found]
        if name == "depth":
            return sorted(_values(values, None), key=lambda each: int(each.value))
        return _values(values, image.names[name].names)


def _few(rows: Bits) -> NDArray[np.intp] | None:
    """The numbers of the rows, unless they are so many that they are better told by a bit for each."""
    return np.flatnonzero(rows) if np.count_nonzero(rows) < len(rows) // 2 else None


def _pairs(row: NDArray[np.int32], rows: Bits, few: NDArray[np.intp] | None) -> Bits | NDArray[np.intp]:
    """Which of the pairs, whose rows stand in order, are of these rows; looked up where the rows are few."""
    if few is None or len(few) * 30 > len(row):
        return rows[row]
    few = few.astype(row.dtype)
    first = np.searchsorted(row, few)
    number = np.searchsorted(row, few, side="right") - first
    before = np.cumsum(number) - number
    return np.repeat(first - before, number) + np.arange(int(number.sum()))


def _staged(image: Image, stage: str) -> Bits:
    """The statements of a denominator, as `_figures.counts` counts them."""
    flags = image["flags"]
    found: Bits = {
        "attributed": lambda: (flags & REJECTED) == 0,
        "coded": lambda: (flags & (MACHINE | HUMAN)) != 0,
        "unsure": lambda: (flags & (UNSURE | HUMAN)) == UNSURE,
        "undated": lambda: image["since"] == NONE,
        "unknown": lambda: image["actor"] == -1,
        "repeated": lambda: (flags & REPEATS) != 0,
    }[stage]()
    return found


def _rows(image: Image, rows: NDArray[np.int32]) -> Bits:
    found = np.zeros(image.size, np.bool_)
    found[rows] = True
    return found


def _values(numbers: NDArray[Any], names: list[str] | None) -> list[Value]:
    counts = np.bincount(numbers.astype(np.intp) + 1)[1:]  # the first are those without
    most = np.argsort(-counts, kind="stable")[: 4 * MOST_VALUES]  # of equal ones the first in the alphabet come first
    found = [Value(names[n] if names else str(n), int(counts[n])) for n in most.tolist() if counts[n]]
    return sorted(found, key=lambda each: (-each.statements, each.value))[:MOST_VALUES]
