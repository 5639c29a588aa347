"""Feeds: when each was last looked at, what it brought, and whether it went quiet, doubled or fails; and the watch."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sayso.collect import FeedReport, health
from sayso.desk.views._shared import Content, iso
from sayso.desk.watching import watching
from sayso.store.browse import Browse

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

SHOWN = 5  # looks, and captures, of one feed
LOOKED_AT = 400  # captures among which each feed's newest are sought


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


def feeds_page(desk: Desk) -> Content:
    """The feeds, those that ail first, each with its last looks and what it brought last; the watch."""
    looks = desk.looks()
    brought: dict[str, list[Content]] = {}
    newest = Browse(desk.store).latest_captures(LOOKED_AT, fed=True) if desk.settings.feeds else []
    for row in newest:
        if len(mine := brought.setdefault(row["feed"], [])) < SHOWN:
            mine.append(
                {
                    "document": row["document"],
                    "title": row["title"] or "",
                    "path": row["url"],
                    "sha256": row["sha256"],
                    "fetched_at": iso(row["fetched_at"]),
                }
            )
    listed = [
        each
        | {
            "looks": [_look(report) for report in reversed(looks.get(each["id"], ())[-SHOWN:])],
            "brought": brought.get(each["id"], []),
        }
        for each in feeds(desk)
    ]
    return {"feeds": sorted(listed, key=lambda each: not each["ailing"]), "watch": watch(desk)}


def _look(report: FeedReport) -> Content:
    return {
        "at": iso(report.at),
        "listed": report.listed,
        "new": report.new,
        "rechecked": report.rechecked,
        "refused": report.refused,
        "gone": report.gone,
        "unchanged": report.unchanged,
        "reason": report.reason,
    }


def watch(desk: Desk) -> Content | None:
    """What `sayso watch` is doing on the desk: `since`, `at`, `doing`, `next`, `alive`; None where it never ran."""
    return watching(desk)
