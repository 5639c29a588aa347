"""The overview: what came in, what changed, which sources fell quiet, what was left out and why."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sayso.desk.lines import trust_in
from sayso.desk.summary import summarize
from sayso.desk.views import printing
from sayso.desk.views._recent import LARGE, recent
from sayso.desk.views._shared import Content, actor_name, at_once, iso, topic_name
from sayso.desk.views.coding import disputed
from sayso.desk.views.feeds import feeds, watch
from sayso.desk.views.jobs import queues
from sayso.errors import SaysoError
from sayso.pipeline import local_path
from sayso.store.browse import Browse

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

QUIET = 3.0  # silent for so many times its usual interval …
QUIET_DAYS = 14  # … and for so many days at least
LISTED = 200  # refused items that a page lists
NEWEST = 60  # alerts and shifts likewise


def overview(desk: Desk) -> Content:
    """Figures of the whole desk, alerts and shifts, the newest captures, quiet outlets, refused items."""
    counted, counted_at = recent(desk, "overview", lambda: _counted(desk))
    content = {**counted, **_now(desk), "counted_at": iso(counted_at)}
    return content | {"queues": {**queues(desk), "unsure": counted["figures"]["unsure"]}}


def warm(desk: Desk) -> None:
    """Reads and counts what the first page, and the first line, would wait for."""
    if desk.store.columns.image().size >= LARGE:
        overview(desk)
        for family in desk.codebook.families:
            trust_in(desk, family.name)
        with suppress(SaysoError):  # a run writes: it keeps them itself when it is done
            desk.store.columns.keep()
        with suppress(SaysoError):  # whoever asks for a chart is told
            printing.artist().start()
            printing.library()


def _counted(desk: Desk) -> Content:
    """What is dear to count on a large desk."""
    browse = Browse(desk.store)
    figures = summarize(desk, quickly=True)
    return {
        "figures": {
            name: value
            for name, value in figures.as_dict().items()
            if name not in ("refused", "alerts", "notes", "depths", "ailing")
        },
        "depths": [{"depth": depth, "statements": number} for depth, number in figures.depths.items()],
        "months": [
            {"month": month, "items": items, "statements": statements} for month, items, statements in browse.months()
        ],
        "quiet": quiet(browse.outlets()),
    }


@at_once
def _now(desk: Desk) -> Content:
    """What is looked up for every page."""
    browse, lines = Browse(desk.store), desk.store.lines
    run = browse.last_run()
    alerts, refused = lines.alerts(), desk.store.progress.refused()
    return {
        "desk": desk.name,
        "last_run": {"started_at": iso(run["started_at"]), "finished_at": iso(run["finished_at"])} if run else None,
        "waiting": desk.store.documents.undone("attribute"),
        "alerts": [
            {
                "actor": alert.line.actor,
                "topic": alert.line.topic,
                "family": alert.line.family,
                "date": iso(alert.date),
                "probability": alert.probability,
                "text": alert.text,
            }
            for alert in alerts[:NEWEST]
        ],
        "alerts_total": len(alerts),
        "refused": [{"path": each.path, "stage": each.stage, "reason": each.reason} for each in refused[:LISTED]],
        "refused_total": len(refused),
        "shifts": [
            {
                "actor": key.actor,
                "actor_name": actor_name(desk, key.actor),
                "topic": key.topic,
                "topic_name": topic_name(desk, key.topic),
                "family": key.family,
                "date": iso(shift.date),
                "interval": [iso(day) for day in shift.interval],
                "probability": shift.probability,
                "before": most(shift.before),
                "after": most(shift.after),
            }
            for key, shift in lines.newest(NEWEST)
        ],
        "shifts_total": lines.count(),
        "latest": [
            {
                "document": row["document"],
                "title": row["title"] or "",
                "path": local_path(row["url"]),
                "sha256": row["sha256"],
                "fetched_at": iso(row["fetched_at"]),
                "size": row["size"],
                "media_type": row["media_type"],
            }
            for row in browse.latest_captures()
        ],
        "feeds": feeds(desk),
        "watch": watch(desk),
        "disputed": disputed(desk),
        "named": {"actors": len(desk.actors.actors()), "topics": len(desk.topics)},
    }


def most(shares: Any) -> Content | None:
    """The code that prevails, with its share."""
    if not shares:
        return None
    code = max(shares, key=lambda name: shares[name])
    return {"code": code, "share": shares[code]}


def quiet(outlets: list[dict[str, Any]]) -> list[Content]:
    """Outlets that were silent for several times their usual interval, counted up to the desk's newest item."""
    days = [_date(row["last"]) for row in outlets if row["last"]]
    if not days:
        return []
    newest = max(days)
    found = []
    for row in outlets:
        if row["held"] < 3 or not row["first"] or not row["last"]:
            continue
        first, last = _date(row["first"]), _date(row["last"])
        usual = (last - first).days / (row["held"] - 1)
        silent = (newest - last).days
        if silent >= max(QUIET_DAYS, QUIET * usual):
            found.append(
                {"outlet": row["name"], "last": iso(last), "silent_days": silent, "usual_days": round(usual, 1)}
            )
    return sorted(found, key=lambda each: -each["silent_days"])


def _date(value: Any) -> dt.date:
    # A maximum over an expression comes back as SQLite keeps it.
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
