"""Shifts of lines, what was computed of their points, and alerts, as the last run found them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select

from sayso.records import Shift
from sayso.store._part import Part
from sayso.store._progress import now
from sayso.store._rows import put_row
from sayso.store.schema import alerts, shifts, tracked


@dataclass(frozen=True, slots=True)
class LineKey:
    """A line: one actor on one topic, in the codes of one family."""

    actor: str
    topic: str
    family: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A line that has changed. An alert that was raised before within `covers` told of the same change."""

    line: LineKey
    date: dt.date
    probability: float
    text: str
    covers: tuple[dt.date, dt.date] | None = field(default=None, compare=False)  # both days included; not kept


class Lines(Part):
    """The tables `shifts`, `tracked` and `alerts`."""

    def put(self, found: Iterable[tuple[LineKey, Shift]]) -> None:
        """Keep the shifts of all lines, in place of the older ones."""
        rows = [
            {
                "actor_id": key.actor,
                "topic_id": key.topic,
                "family": key.family,
                "date": shift.date,
                "interval_from": shift.interval[0],
                "interval_to": shift.interval[1],
                "probability": shift.probability,
                "before": dict(shift.before),
                "after": dict(shift.after),
            }
            for key, shift in found
        ]
        with self.store.transaction() as connection:
            connection.execute(delete(shifts))
            if rows:
                connection.execute(insert(shifts), rows)

    def computed(self, key: LineKey, digest: str) -> bytes | None:
        """What was computed of the line's points, if it was of points with this digest."""
        query = select(tracked.c.content).where(*_is(key), tracked.c.digest == digest)
        with self.store.reading() as connection:
            return connection.execute(query).scalar()

    def keep(self, found: Iterable[tuple[LineKey, str, bytes]]) -> None:
        """Keep what was computed of lines (line, digest of its points, content), each in place of the older one."""
        with self.store.transaction() as connection:
            for key, digest, content in found:
                row = {"actor_id": key.actor, "topic_id": key.topic, "family": key.family}
                put_row(connection, tracked, row | {"digest": digest, "content": content})

    def forget_others(self, keys: Collection[LineKey]) -> None:
        """Drop what was computed of lines that are no more."""
        names = (tracked.c.actor_id, tracked.c.topic_id, tracked.c.family)
        with self.store.transaction() as connection:
            there = [LineKey(*row) for row in connection.execute(select(*names))]
            for key in set(there).difference(keys):
                connection.execute(delete(tracked).where(*_is(key)))

    def count(self) -> int:
        """How many shifts there are."""
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(shifts)).scalar_one()

    def newest(self, limit: int) -> list[tuple[LineKey, Shift]]:
        """The shifts with the newest dates."""
        query = select(shifts).order_by(shifts.c.date.desc(), shifts.c.actor_id, shifts.c.topic_id, shifts.c.family)
        with self.store.reading() as connection:
            return [_shift(row) for row in connection.execute(query.limit(limit))]

    def each(self) -> list[tuple[LineKey, Shift]]:
        """All shifts, by line and date."""
        query = select(shifts).order_by(shifts.c.actor_id, shifts.c.topic_id, shifts.c.family, shifts.c.date)
        with self.store.reading() as connection:
            return [_shift(row) for row in connection.execute(query)]

    def raise_alerts(self, found: Iterable[Alert]) -> list[Alert]:
        """Keep alerts in place of the older ones; gives those that are new."""
        listed = list(found)
        with self.store.transaction() as connection:
            old = self.alerts()
            times = {
                (r.actor_id, r.topic_id, r.family, r.date): r.raised_at for r in connection.execute(select(alerts))
            }
            connection.execute(delete(alerts))
            for each in listed:
                key = _key(each)
                connection.execute(
                    insert(alerts).values(
                        actor_id=key[0],
                        topic_id=key[1],
                        family=key[2],
                        date=key[3],
                        probability=each.probability,
                        text=each.text,
                        raised_at=times.get(key, now()),
                    )
                )
        return [each for each in listed if not any(_same(each, other) for other in old)]

    def alerts(self) -> list[Alert]:
        """The alerts of the last run, newest date first."""
        with self.store.reading() as connection:
            return [
                Alert(LineKey(r.actor_id, r.topic_id, r.family), r.date, r.probability, r.text)
                for r in connection.execute(select(alerts).order_by(alerts.c.date.desc(), alerts.c.actor_id))
            ]


def _shift(row: Row[Any]) -> tuple[LineKey, Shift]:
    interval = (row.interval_from, row.interval_to)
    return LineKey(row.actor_id, row.topic_id, row.family), Shift(
        row.date, interval, row.probability, row.before, row.after
    )


def _is(key: LineKey) -> tuple[ColumnElement[bool], ...]:
    return tracked.c.actor_id == key.actor, tracked.c.topic_id == key.topic, tracked.c.family == key.family


def _key(alert: Alert) -> tuple[str, str, str, dt.date]:
    return alert.line.actor, alert.line.topic, alert.line.family, alert.date


def _same(new: Alert, old: Alert) -> bool:
    first, last = new.covers or (new.date, new.date)
    return new.line == old.line and (new.date == old.date or first <= old.date <= last)
