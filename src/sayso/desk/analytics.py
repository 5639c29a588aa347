"""Counts, series, statements and shifts straight from a bulk run's Parquet, for what was never loaded into the store.

In: OUT, and the desk's actors, topics and codebook. Out: tallies with their denominators, statements, and `Line`s by the
rules of the desk's own. DuckDB reads only the columns and files that a question needs; memory does not grow with OUT.

Whoever repeats a dispatch counts once: a statement of a copy (OUT/copies) whose words stand in the dispatch is left out.
Where the run knew no actors (no --desk), speakers are matched with the desk's actors by name now, which finds fewer than
linking with them would; the notes of a result say so.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sayso.bulk import Output
from sayso.bulk._needs import needs
from sayso.bulk.sources import filesystem
from sayso.bulk.tables import damaged
from sayso.desk.coding import standing
from sayso.desk.tracked import segment_points
from sayso.errors import UsageError
from sayso.packing import unpack
from sayso.records import Document, Linked, Point

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.desk.topics import Topic
    from sayso.track import Line

BY = {  # what can be counted by, and its column
    "actor": "coalesce(s.actor, who.actor, s.speaker, '(' || s.speaker_kind || ')')",
    "target": "coalesce(s.target_actor, s.target)",
    "outlet": "nullif(s.outlet, '')",
    "code": "c.code",
    "depth": "cast(s.depth as varchar)",
    "kind": "s.kind",
    "language": "nullif(s.language, '')",
    "month": "strftime(s.first_day, '%Y-%m')",
    "year": "strftime(s.first_day, '%Y')",
}
_BATCH = 256  # documents in memory when a topic looks at their text


@dataclass(frozen=True, slots=True)
class Tally:
    """One row: what it counts, how many statements, and in how many documents."""

    key: tuple[str | None, ...]
    statements: int
    documents: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Tallies, most first (a series: in order of time), with what they are counted out of and what was left out."""

    by: tuple[str, ...]
    rows: tuple[Tally, ...]
    of: dict[str, int]
    notes: tuple[str, ...] = ()


class Analytics:
    """Questions to one bulk run. Made by `Desk.over(OUT)`; use as a context manager."""

    def __init__(self, desk: Desk, out: str) -> None:
        """Raises `UsageError` for a folder without a run, and without the extra `bulk`."""
        self._desk = desk
        self._output = Output(out)
        header = self._output.header()
        if header is None:
            raise UsageError(f"{out}: no bulk run (it has no manifest.json); `sayso bulk INPUT… -o {out}` makes one")
        self._header = header
        self._entries = self._output.entries()
        if not self._entries:
            raise UsageError(f"{out}: no partition is done yet; run `sayso bulk` to its end")
        self._duckdb = needs("duckdb")
        self._db = self._duckdb.connect()
        if "://" in self._output.url:
            self._db.register_filesystem(filesystem(self._output.url)[0])
        try:
            self._views()
        except self._duckdb.Error as error:
            self._db.close()
            raise damaged(self._output, self._output.url, error) from None

    def __enter__(self) -> Analytics:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._db.close()
        if isinstance(error, (self._duckdb.IOException, self._duckdb.InvalidInputException)):
            raise damaged(self._output, self._output.url, error) from None

    # --- questions ------------------------------------------------------------------------------------------------

    def counts(
        self,
        by: Sequence[str] = ("actor",),
        *,
        actor: str = "",
        topic: str = "",
        code: str = "",
        family: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> Counts:
        """How many statements there are of each kind, by one or more of `BY`. With "month" or "year" first, a series."""
        for name in by:
            if name not in BY:
                raise UsageError(f"cannot count by {name!r}: choose of {', '.join(BY)}")
        where, values = self._where(actor, topic, since, until)
        coded = bool(code) or "code" in by
        join = ""
        if coded:
            name = self._family(family)
            join = "JOIN codes c ON c.document = s.document AND c.statement = s.id AND c.family = ?"
            values = [name, *values]
            if code:
                where, values = f"{where} AND c.code = ?", [*values, code]
        columns = ", ".join(BY[name] for name in by)
        time = by[0] in ("month", "year")
        keys = ", ".join(str(n + 1) for n in range(len(by)))
        order = f"{keys}" if time else f"{len(by) + 1} DESC, {keys}"
        rows = self._db.execute(
            f"SELECT {columns}, count(*), count(DISTINCT s.document) FROM counted s "
            f"LEFT JOIN who ON who.speaker = s.speaker {join} WHERE {where} GROUP BY {keys} ORDER BY {order}",
            values,
        ).fetchall()
        tallies = tuple(Tally(tuple(row[: len(by)]), row[-2], row[-1]) for row in rows)
        return Counts(tuple(by), tallies, self.totals(), self.notes)

    def statements(
        self,
        *,
        actor: str = "",
        topic: str = "",
        code: str = "",
        family: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The statements asked for, by date: id, document, speaker, actor, target, text, kind, depth, days, codes, path."""
        where, values = self._where(actor, topic, since, until)
        if code:
            where += " AND list_contains(list_transform(s.codes, x -> x.code), ?)"
            values = [*values, code]
        asked = self._db.cursor().execute(
            "SELECT s.id, s.document, d.path, d.sha256, s.speaker, s.speaker_kind, coalesce(s.actor, who.actor) AS actor, "
            "s.target, s.target_actor, s.text, s.kind, s.depth, s.reporter, s.outlet, s.first_day, s.last_day, s.date_of, "
            "s.confidence, s.codes FROM counted s LEFT JOIN who ON who.speaker = s.speaker "
            f"JOIN documents d ON d.document = s.document WHERE {where} ORDER BY s.first_day, s.document, s.id",
            values,
        )
        names = [column[0] for column in asked.description]
        while rows := asked.fetchmany(_BATCH):
            for row in rows:
                yield dict(zip(names, row, strict=True))

    def shifts(
        self,
        actor: str,
        topic: str = "",
        *,
        family: str = "",
        since: dt.date | None = None,
        until: dt.date | None = None,
        without: Iterable[str] = (),
        force: bool = False,
    ) -> Line:
        """Periods and shifts of an actor's line, by the rules of the desk's own (`Desk.shifts`); without a topic, of all
        that it says. Raises `UsageError` when no dated and coded statement is left."""
        name = self._family(family)
        points, left_out = self._points(actor, topic, name, since, until, {each.casefold() for each in without}, force)
        if not points:
            why = ", ".join(f"{number} {reason}" for reason, number in left_out.items()) or "no statement at all"
            raise UsageError(f"no coded and dated statement of {actor!r} to make a line of ({why})")
        return segment_points(self._desk, points, name)

    def totals(self) -> dict[str, int]:
        """What everything is counted out of."""
        entries = self._entries.values()
        found = {name: sum(int(entry[name]) for entry in entries) for name in ("documents", "statements", "failures")}
        counted, dated, coded = self._db.execute(
            "SELECT count(*), count(first_day), count(*) FILTER (len(codes) > 0) FROM counted"
        ).fetchone()
        repeated = found["statements"] - counted
        return found | {"repeated by copies": repeated, "counted": counted, "dated": dated, "coded": coded}

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader of any figure must know."""
        notes = []
        if not self._header["coded"]:
            notes.append(
                "the run knew no actors: speakers were matched with the desk's by name alone, and nothing is coded"
            )
        elif self._header["actors_version"] != self._desk.actors_version:
            notes.append("the run knew other actors than the desk has now: who is new here was matched by name alone")
        if self._output.copies_of() != len(self._entries):
            notes.append(
                "copies were not looked for in all partitions: what several papers printed counts several times"
            )
        return tuple(notes)

    # --- how ----------------------------------------------------------------------------------------------------------

    def _views(self) -> None:
        """`statements` and `documents` over the partitions that are done; `counted` without what copies repeat; `codes`;
        `who`, the desk's actor of each speaker's name."""
        for table in ("statements", "documents"):
            files = ", ".join(_quoted(path) for path in self._output.files(table))
            self._db.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet([{files}])")
        if self._output.copies_of() > 0:
            file = _quoted(self._output.path("copies", "copies.parquet"))
            self._db.execute(f"CREATE VIEW copies AS SELECT * FROM read_parquet({file})")
            words = r"trim(regexp_replace(lower({}.text), '[^\w]+', ' ', 'g'))"
            self._db.execute(
                "CREATE TABLE repeated AS SELECT DISTINCT s.document, s.id FROM copies "
                "JOIN statements s ON s.document = copies.document JOIN statements o ON o.document = copies.dispatch "
                f"AND {words.format('o')} = {words.format('s')}"
            )
            self._db.execute("CREATE VIEW counted AS SELECT * FROM statements ANTI JOIN repeated USING (document, id)")
        else:
            self._db.execute("CREATE VIEW counted AS SELECT * FROM statements")
        self._db.execute(
            "CREATE VIEW codes AS SELECT document, id AS statement, c.family AS family, c.code AS code, "
            "c.probability AS probability FROM (SELECT document, id, unnest(codes) AS c FROM counted) WHERE NOT c.unsure"
        )
        self._db.execute("CREATE TABLE who (speaker VARCHAR, actor VARCHAR)")
        index = self._desk.actors
        if self._header["actors_version"] != self._desk.actors_version and len(index):
            asked = self._db.cursor().execute(
                "SELECT DISTINCT speaker FROM statements WHERE actor IS NULL AND speaker IS NOT NULL"
            )
            while names := asked.fetchmany(10_000):
                pairs = [(name, match.actor) for (name,) in names if (match := index.match(name))]
                if pairs:
                    self._db.executemany("INSERT INTO who VALUES (?, ?)", pairs)

    def _where(self, actor: str, topic: str, since: dt.date | None, until: dt.date | None) -> tuple[str, list[Any]]:
        """The condition on `counted s` with `who`, and its values."""
        parts: list[str] = ["true"]
        values: list[Any] = []
        if actor:
            try:
                ids = list(self._desk.actor_ids(actor))
                parts.append("list_contains(?, coalesce(s.actor, who.actor))")
                values.append(ids)
            except UsageError:  # no actor of the desk: a speaker's name
                parts.append("lower(s.speaker) = lower(?)")
                values.append(actor)
        if since:
            parts.append("s.last_day >= ?")
            values.append(since)
        if until:
            parts.append("s.first_day <= ?")
            values.append(until)
        if topic:
            self._match(self._desk.topic(topic), " AND ".join(parts), values)
            parts.append("(s.document, s.id) IN (SELECT document, id FROM on_topic)")
        return " AND ".join(parts), values

    def _match(self, topic: Topic, where: str, values: Sequence[Any]) -> None:
        """Fill `on_topic` with those of the statements that the topic's query finds. It looks at their documents' text."""
        self._db.execute("CREATE OR REPLACE TABLE on_topic (document VARCHAR, id VARCHAR)")
        asked = self._db.cursor().execute(
            "SELECT d.document, d.text, d.record, d.linked, wanted.ids FROM documents d JOIN ("
            "SELECT s.document, list(s.id) AS ids FROM counted s LEFT JOIN who ON who.speaker = s.speaker "
            f"WHERE {where} GROUP BY s.document) wanted ON wanted.document = d.document",
            list(values),
        )
        while rows := asked.fetchmany(_BATCH):
            found = []
            for name, text, record, linked, ids in rows:
                document = unpack(Document, {**json.loads(record), "text": text}, text)
                wanted = set(ids)
                found += [
                    (name, statement.id)
                    for statement in unpack(Linked, json.loads(linked), text).statements
                    if statement.id in wanted and topic.matches(document, statement, self._desk.actors)
                ]
            if found:
                self._db.executemany("INSERT INTO on_topic VALUES (?, ?)", found)

    def _points(
        self,
        actor: str,
        topic: str,
        family: str,
        since: dt.date | None,
        until: dt.date | None,
        without: set[str],
        force: bool,
    ) -> tuple[list[Point], dict[str, int]]:
        trust = standing(self._desk, self._desk.codebook.family(family))
        left_out: dict[str, int] = defaultdict(int)
        points = []
        where, values = self._where(actor, topic, None, None)
        asked = self._db.cursor().execute(
            "SELECT s.document, s.id, s.first_day, s.last_day, s.item, s.outlet, s.reporter, s.depth, s.codes "
            f"FROM counted s LEFT JOIN who ON who.speaker = s.speaker WHERE {where}",
            values,
        )
        while rows := asked.fetchmany(_BATCH):
            for document, key, first, last, item, outlet, reporter, depth, codes in rows:
                if outlet.casefold() in without:
                    left_out["of an outlet left out"] += 1
                elif first is None:
                    left_out["without a date"] += 1
                elif (since and last < since) or (until and first > until):
                    left_out["of other times"] += 1
                elif trust.below and not force:
                    left_out[f"coded by a model that agrees too little with people (alpha {trust.alpha:.2f})"] += 1
                elif not (shares := _shares(codes, family)):
                    left_out["not coded, or unsure"] += 1
                else:
                    points.append(Point(first, last, shares, item, f"{document}/{key}", outlet, reporter, depth))
        points.sort(key=lambda p: (p.start, p.end, p.item, p.statement))
        return points, dict(left_out)

    def _family(self, name: str) -> str:
        if not self._header["coded"]:
            raise UsageError("nothing is coded in this run: do it with --desk, so that the desk's coders come along")
        return self._desk.family(name)


def _quoted(path: str) -> str:
    """A file's name in SQL: views take no values."""
    return "'" + path.replace("'", "''") + "'"


def _shares(codes: Sequence[dict[str, Any]], family: str) -> dict[str, float]:
    """The model's distribution over a family's codes, if it is sure."""
    found: dict[str, float] = {}
    for each in codes:
        if each["family"] == family and not each["unsure"]:
            found.update({**json.loads(each["others"]), each["code"]: each["probability"]})
    return found
