"""Two lines side by side: two actors on a topic, or an actor on two topics, in the same codes and the same time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sayso.desk.lines import points_of
from sayso.desk.tracked import tracked
from sayso.desk.views._shared import Content, Missing, actor_name, iso
from sayso.errors import UsageError
from sayso.records import Point
from sayso.store import LineKey
from sayso.store.browse import Browse
from sayso.track import Line, headline
from sayso.track.pair import Named, pair_chart

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

Spec = dict[str, Any] | None
MOST = 200  # actors that a page offers


def beside(
    desk: Desk,
    first: tuple[str, str],
    second: tuple[str, str],
    *,
    family: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> tuple[Content, Spec, Spec]:
    """Both lines ((actor, topic) each), how far apart their codes are, and the chart for both themes (None: nothing to
    draw). Raises `Missing`.
    """
    for actor, _ in (first, second):
        if desk.actors.get(actor) is None:
            raise Missing(f"there is no actor {actor}")
    try:
        codes = desk.codebook.family(desk.family(family))
        pairs = [(actor, desk.topic(topic)) for actor, topic in (first, second)]
    except UsageError as error:
        raise Missing(str(error)) from None
    lines: list[Content] = []
    drawn: list[Named] = []
    shares: list[dict[str, float]] = []
    for actor, topic in pairs:
        found = points_of(desk, actor, topic.id, codes.name, since=since, until=until)
        key = LineKey(actor, topic.id, codes.name)
        line = tracked(desk, key, found.points).line if found.points else None
        name = f"{actor_name(desk, actor)} on {topic.name}"
        shares.append(_shares(found.points))
        lines.append(
            {
                "actor": actor,
                "actor_name": actor_name(desk, actor),
                "topic": topic.id,
                "topic_name": topic.name,
                "statements": len(found.points),
                "left_out": found.left_out,
                "headline": "".join(part.text for part in headline(line, found.points)) if line else "",
                **_told(line),
            }
        )
        if line:
            drawn.append(Named(name, line, found.points))
    moved = sorted(
        {code for each in shares for code in each}, key=lambda c: (-abs(shares[0].get(c, 0) - shares[1].get(c, 0)), c)
    )
    content: Content = {
        "lines": lines,
        "family": codes.name,
        "families": [each.name for each in desk.codebook.families],
        "query": {"since": iso(since), "until": iso(until)},
        "codes": [{"code": c, "first": shares[0].get(c, 0.0), "second": shares[1].get(c, 0.0)} for c in moved],
        # total variation: the share of statements that would have to bear another code
        "distance": sum(abs(shares[0].get(c, 0.0) - shares[1].get(c, 0.0)) for c in moved) / 2 if all(shares) else None,
    }
    if len(drawn) < 2:
        return content, None, None
    colours = codes.colours
    return content, pair_chart(drawn, codebook=colours), pair_chart(drawn, theme="dark", codebook=colours)


def choices(desk: Desk, topic: str, *shown: str) -> Content:
    """The actors and topics that a line can be laid beside: of many actors those who say most on it, and those shown."""
    said = _said(desk, topic)
    every = sorted(said, key=lambda each: (-said[each], each))[:MOST]
    if len(every) < MOST:  # a desk whose actors can all be listed, those too that have said nothing yet
        every += [each.id for each in desk.actors.actors()[:MOST] if each.id not in said][: MOST - len(every)]
    names = {each: actor_name(desk, each) for each in dict.fromkeys((*every, *shown))}
    return {
        "actors": [
            {"id": each, "name": names[each]} for each in sorted(names, key=lambda each: names[each].casefold())
        ],
        "topics": [{"id": each.id, "name": each.name} for each in desk.topics],
    }


def _told(line: Line | None) -> Content:
    if line is None:
        return {"periods": [], "shifts": [], "notes": []}
    return {
        "periods": [
            {
                "start": iso(period.start),
                "end": iso(period.end),
                "statements": period.statements,
                "items": period.items,
                "codes": dict(period.codes),
            }
            for period in line.periods
        ],
        "shifts": [
            {
                "date": iso(shift.date),
                "interval": [iso(day) for day in shift.interval],
                "probability": shift.probability,
                "before": max(shift.before, key=lambda code: shift.before[code]),
                "after": max(shift.after, key=lambda code: shift.after[code]),
            }
            for shift in line.shifts
        ],
        "notes": list(line.notes),
    }


def likely(desk: Desk, actor: str, topic: str) -> str:
    """The actor with whom to compare: whoever says most on the topic, but neither the actor nor what is part of it or it of."""
    near = {*desk.actors.parts(actor), *desk.actors.wholes(actor)}
    others = [(-number, each) for each, number in _said(desk, topic).items() if each not in near]
    return min(others)[1] if others else actor


def _said(desk: Desk, topic: str) -> dict[str, int]:
    """Actor -> its statements on the topic, its parts' counted with it."""
    said: dict[str, int] = {}
    for speaker, number in Browse(desk.store).speakers_on(topic).items():
        for whole in desk.actors.wholes(speaker):
            said[whole] = said.get(whole, 0) + number
    return said


def _shares(points: tuple[Point, ...]) -> dict[str, float]:
    """Expected shares of the codes over all points."""
    total: dict[str, float] = {}
    for point in points:
        mass = max(sum(point.codes.values()), 1.0)
        for code, share in point.codes.items():
            total[code] = total.get(code, 0.0) + share / mass
    every = sum(total.values())
    return {code: share / every for code, share in total.items()} if every else {}
