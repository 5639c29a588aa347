"""Shifts of lines and alerts, as the last run found them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select

from sayso.records import Shift
from sayso.store._part import Part
from sayso.store._progress import now
from sayso.store.schema import alerts, shifts


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
    """The tables `shifts` and `alerts`."""

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

    def each(self) -> list[tuple[LineKey, Shift]]:
        """All shifts, by line and date."""
        query = select(shifts).order_by(shifts.c.actor_id, shifts.c.topic_id, shifts.c.family, shifts.c.date)
        with self.store.reading() as connection:
            return [
                (
                    LineKey(r.actor_id, r.topic_id, r.family),
                    Shift(r.date, (r.interval_from, r.interval_to), r.probability, r.before, r.after),
                )
                for r in connection.execute(query)
            ]

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


def _key(alert: Alert) -> tuple[str, str, str, dt.date]:
    return alert.line.actor, alert.line.topic, alert.line.family, alert.date


def _same(new: Alert, old: Alert) -> bool:
    first, last = new.covers or (new.date, new.date)
    return new.line == old.line and (new.date == old.date or first <= old.date <= last)
