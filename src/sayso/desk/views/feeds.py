"""Feeds: when each was last looked at, what it brought, and whether it went quiet, doubled or fails; and the watch."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sayso.collect import health
from sayso.desk.views._shared import Content, iso
from sayso.desk.watching import watching

if TYPE_CHECKING:
    from sayso.desk.desk import Desk


def feeds(desk: Desk) -> list[Content]:
    """The desk's feeds in the order of its settings; those of which something is wrong say it under `ailing`."""
    now, looks = dt.datetime.now(dt.UTC), desk.looks()
    week = now - dt.timedelta(days=7)
    out = []
    for feed in desk.settings.feeds:
        past = looks.get(feed.id, ())
        last = past[-1] if past else None
        out.append(
            {
                "id": feed.id,
                "url": feed.url,
                "every": feed.every,
                "expects": feed.expects,
                "last": iso(last.at) if last else None,
                "listed": last.listed if last else None,
                "new_in_a_week": sum(report.new for report in past if report.at > week),
                "gone_in_a_week": sum(report.gone for report in past if report.at > week),
                "reason": last.reason if last else "",
                "ailing": health(feed, past, now),
            }
        )
    return out


def watch(desk: Desk) -> Content | None:
    """What `sayso watch` is doing on the desk: `since`, `at`, `doing`, `next`, `alive`; None where it never ran."""
    return watching(desk)
