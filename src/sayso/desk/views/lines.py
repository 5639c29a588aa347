"""Lines: which the desk has, and one of them with periods, shifts, what carries them and every statement on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sayso.desk.caveats import caveats
from sayso.desk.lines import points_of
from sayso.desk.tracked import tracked
from sayso.desk.views._shared import Content, Missing, actor_name, at_once, iso, statement_content, topic_name
from sayso.desk.views.overview import most
from sayso.desk.views.wording import depth_text
from sayso.errors import UsageError
from sayso.store import LineKey
from sayso.store.browse import Browse
from sayso.track import Carriers, Line, chart, headline

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

HOLDS = 0.5  # a re-tested shift stands from this probability on


def lines(desk: Desk) -> Content:
    """Every actor × topic with statements, an actor's parts counted with it, and the shifts of the last run."""
    own = Browse(desk.store).lines()
    shifts: dict[tuple[str, str], list[Content]] = {}
    for key, shift in desk.store.lines.each():
        shifts.setdefault((key.actor, key.topic), []).append(
            {
                "date": iso(shift.date),
                "probability": shift.probability,
                "family": key.family,
                "before": most(shift.before),
                "after": most(shift.after),
            }
        )
    merged: dict[tuple[str, str], Content] = {}
    for (speaker, topic), row in own.items():
        for whole in desk.actors.wholes(speaker):
            there = merged.setdefault(
                (whole, topic), {"statements": 0, "own": 0, "first": row["first"], "last": row["last"]}
            )
            there["statements"] += row["statements"]
            there["own"] += row["statements"] if whole == speaker else 0
            there["first"] = min(filter(None, (there["first"], row["first"])), default=None)
            there["last"] = max(filter(None, (there["last"], row["last"])), default=None)
    return {
        "lines": [
            {
                "actor": actor,
                "actor_name": actor_name(desk, actor),
                "topic": topic,
                "topic_name": topic_name(desk, topic),
                "statements": row["statements"],
                "own": row["own"],
                "first": iso(row["first"]),
                "last": iso(row["last"]),
                "shifts": shifts.get((actor, topic), []),
            }
            for (actor, topic), row in sorted(
                merged.items(), key=lambda pair: (-len(shifts.get(pair[0], ())), -pair[1]["statements"], pair[0])
            )
        ],
        "fewest": desk.settings.track.fewest,
    }


@at_once
def line(
    desk: Desk,
    actor: str,
    topic: str,
    *,
    family: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    without: Sequence[str] = (),
) -> tuple[Content, dict[str, Any] | None, dict[str, Any] | None]:
    """The line's content, and its chart for the light and the dark theme (None where there is nothing to draw)."""
    if desk.actors.get(actor) is None:
        raise Missing(f"there is no actor {actor}")
    try:
        watched, codes = desk.topic(topic), desk.codebook.family(desk.family(family))
    except UsageError as error:
        raise Missing(str(error)) from None
    found = points_of(desk, actor, watched.id, codes.name, since=since, until=until, without=without)
    points = found.points
    known = tracked(desk, LineKey(actor, watched.id, codes.name), points) if points else None
    segmented, told = (known.line, known.carriers) if known else (None, ())
    typical = {key for each in told for key in (*each.typical_before, *each.typical_after)}
    words = {each.statement.id: statement_content(desk, each) for each in desk.store.statements.load(sorted(typical))}
    titles = desk.store.items.names(point.item for point in points)
    content: Content = {
        "actor": actor,
        "actor_name": actor_name(desk, actor),
        "parts": [
            {"id": key, "name": actor_name(desk, key)} for key in sorted(desk.actors.parts(actor)) if key != actor
        ],
        "topic": watched.id,
        "topic_name": watched.name,
        "topic_description": watched.description,
        "family": codes.name,
        "families": [each.name for each in desk.codebook.families],
        "definitions": {code.name: code.definition for code in codes},
        "query": {"since": iso(since), "until": iso(until), "without": list(without)},
        "outlets": sorted({point.outlet for point in points if point.outlet} | set(without)),
        "headline": [{"text": part.text, "statements": list(part.statements)} for part in headline(segmented, points)]
        if segmented
        else [],
        "left_out": found.left_out,
        "hidden": False,  # whether its codes are kept from whoever asks, who codes blind
        "caveats": list(caveats(desk, watched.id, codes.name)),
        "line": _line(segmented) if segmented else None,
        "shifts": [_shift(each, words, titles) for each in told],
        "points": [
            {
                "statement": point.statement,
                "start": iso(point.start),
                "end": iso(point.end),
                "codes": {code: round(share, 4) for code, share in point.codes.items() if share >= 0.005},
                "item": point.item,
                "item_title": titles.get(point.item, ""),
                "outlet": point.outlet,
                "reporter": point.reporter,
                "depth": point.depth,
            }
            for point in points
        ],
    }
    if segmented is None:
        return content, None, None
    colours = codes.colours
    dark = chart(segmented, points, theme="dark", codebook=colours)
    return content, chart(segmented, points, codebook=colours), dark


def _line(line: Line) -> Content:
    return {
        "codes": list(line.codes),
        "statements": line.statements,
        "items": line.items,
        "dispersion": line.dispersion,
        "effective": line.effective,
        "any_shift": line.any_shift,
        "notes": list(line.notes),
        "power": {"size": line.power.size, "probability": line.power.probability, "level": line.power.level}
        if line.power
        else None,
        "periods": [
            {
                "start": iso(period.start),
                "end": iso(period.end),
                "statements": period.statements,
                "items": period.items,
                "codes": dict(period.codes),
                "intervals": {code: list(pair) for code, pair in period.intervals.items()},
                "mean": period.mean,
            }
            for period in line.periods
        ],
    }


def _shift(each: Carriers, words: dict[str, Content], titles: dict[str, str]) -> Content:
    shift = each.shift
    return {
        "date": iso(shift.date),
        "interval": [iso(day) for day in shift.interval],
        "probability": shift.probability,
        "before": dict(shift.before),
        "after": dict(shift.after),
        "moved": [{"code": m.code, "before": m.before, "after": m.after} for m in each.moved],
        "typical_before": [words[key] for key in each.typical_before if key in words],
        "typical_after": [words[key] for key in each.typical_after if key in words],
        "rests_on": [_without(test.part, test.name, titles) for test in each.rests_on],
        "retests": [
            {
                "part": test.part,
                "key": test.name,
                "name": _without(test.part, test.name, titles),
                "probability": test.probability,
                "statements": test.statements,
                "holds": test.probability >= HOLDS,
            }
            for test in each.without
        ],
        "composition": [
            {
                "by": c.by,
                "mix": c.mix,
                "inside": c.inside,
                "only_mix": c.only_mix,
                "rate_before": c.rate_before,
                "rate_after": c.rate_after,
            }
            for c in each.composition
        ],
    }


def _without(part: str, name: str, titles: dict[str, str]) -> str:
    """What a re-test left out, in words."""
    if part == "item":
        return titles.get(name, name)
    return f"{depth_text(int(name))} statements" if part == "depth" and name.isdigit() else name
