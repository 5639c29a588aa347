"""Lines of the desk: an actor's coded statements on a topic become points, the points periods and shifts.

In: the store. Out: `Line`s; and after a run the shifts of all lines, with an alert for each sure one, and for a line that
has changed since its last sure shift though its segmentation is not yet sure where.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sayso.desk import alerting
from sayso.desk.coding import standing
from sayso.desk.progress import Progress
from sayso.desk.sharing import whole_desk
from sayso.errors import UsageError
from sayso.records import Point, Shift
from sayso.store import TRACK, Alert, LineKey, LinePoint
from sayso.track import Cost, Line, alert_cost, segment, watch

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

VERSION = "track 2"


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a line, and how many statements of it were left out, by reason."""

    points: tuple[Point, ...]
    left_out: dict[str, int]


def track(desk: Desk, progress: Progress) -> list[Alert]:
    """Segment every line of the desk anew if anything has changed; gives the alerts that are new."""
    producer = f"{VERSION} {desk.settings.track.model_dump_json()}"

    def tracked() -> Callable[[], list[Alert]]:
        found, alerts = _shifts(desk, progress)

        def keep() -> list[Alert]:
            desk.store.lines.put(found)
            return alerting.note(desk, desk.store.lines.raise_alerts(alerts))

        return keep

    return whole_desk(desk, TRACK, producer, tracked) or []


def _shifts(desk: Desk, progress: Progress) -> tuple[list[tuple[LineKey, Shift]], list[Alert]]:
    """The shifts and the alerts of all lines."""
    found: list[tuple[LineKey, Shift]] = []
    alerts: list[Alert] = []
    keys = [
        (actor, topic.id, family.name)
        for topic in desk.topics
        # An actor's line holds what its parts say too, so a whole may have a line though it never speaks itself.
        for actor in sorted({a for s in desk.store.statements.speakers_on(topic.id) for a in desk.actors.wholes(s)})
        for family in desk.codebook.families
    ]
    with progress.stage("Track", len(keys)) as advance:
        for actor, topic, family in keys:
            points = points_of(desk, actor, topic, family).points
            if len(points) >= desk.settings.track.fewest:
                key = LineKey(actor, topic, family)
                line = segment_points(desk, points, family)
                found += [(key, shift) for shift in line.shifts]
                alerts += _alerts(desk, key, line, points)
            advance(1)
    return found, alerts


def _alerts(desk: Desk, key: LineKey, line: Line, points: Sequence[Point]) -> list[Alert]:
    """An alert for each sure shift, and one if the line has changed since the last of them.

    Each covers the days up to the next sure shift: what was told of those days once is not told again when the same
    change gets surer or its date moves.
    """
    threshold = desk.settings.track.alert
    sure = [shift for shift in line.shifts if shift.probability >= threshold]
    # One end too many where nothing is sure.
    ends = [*(shift.interval[0] - dt.timedelta(days=1) for shift in sure[1:]), dt.date.max]
    alerts = [
        Alert(key, shift.date, shift.probability, _sentence(desk, key, shift), (shift.interval[0], end))
        for shift, end in zip(sure, ends, strict=False)
    ]
    seen = watch(replace(line, shifts=tuple(sure)), points, threshold=threshold)
    if seen.raised and seen.first_passed and all(seen.first_passed != shift.date for shift in sure):
        known = sure[-1].interval[1] if sure else dt.date.min
        text = (
            f"{_named(desk, key)}: the line has changed since {known if sure else 'it began'}, as seen from "
            f"{seen.first_passed} on (probability {seen.probability:.2f})"
        )
        alerts.append(
            Alert(key, seen.first_passed, seen.probability, text, (known + dt.timedelta(days=1), dt.date.max))
        )
    return alerts


def line_of(
    desk: Desk,
    actor: str,
    topic: str,
    family: str,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    without: Iterable[str] = (),
    force: bool = False,
) -> Line:
    """The line of an actor (with its parts) on a topic. Raises `UsageError` when it has no coded, dated statement."""
    found = points_of(desk, actor, topic, family, since=since, until=until, without=without, force=force)
    if not found.points:
        why = ", ".join(f"{number} {reason}" for reason, number in found.left_out.items()) or "no statement at all"
        raise UsageError(f"no coded and dated statement of {actor!r} on {topic!r} to make a line of ({why})")
    return segment_points(desk, found.points, family)


def alert_cost_of(
    desk: Desk,
    actor: str,
    topic: str,
    family: str,
    line: Line,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    without: Iterable[str] = (),
    force: bool = False,
) -> Cost:
    """What the desk's alerts cost on a line that `line_of` gave for the same arguments, by simulation."""
    found = points_of(desk, actor, topic, family, since=since, until=until, without=without, force=force)
    return alert_cost(line, found.points, threshold=desk.settings.track.alert)


def segment_points(desk: Desk, points: Sequence[Point], family: str) -> Line:
    """The line of these points; where every code of the family has a value, periods get a mean."""
    codes = desk.codebook.family(family)
    scale = {code.name: code.value for code in codes if code.value is not None}
    return segment(points, scale=scale if codes.ordinal else None)


def points_of(
    desk: Desk,
    actor: str,
    topic: str,
    family: str,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    without: Iterable[str] = (),
    force: bool = False,
) -> Points:
    """One point for each statement that counts: dated, coded surely enough, no copy, not rejected.

    A person's coding stands for the machine's; several people's codes share the statement between them. Where the model
    agrees with people less than the family's floor asks for, its codings do not count unless forced.
    """
    trust = standing(desk, desk.codebook.family(family))
    distrusted = trust.below and not force
    excluded = {name.casefold() for name in without}
    left_out: dict[str, int] = defaultdict(int)
    points = []
    for each in desk.store.statements.line(sorted(desk.actors.parts(actor)), topic, family):
        if each.witness_of:
            left_out["repeated by copies"] += 1
        elif each.outlet.casefold() in excluded:
            left_out["of an outlet left out"] += 1
        elif each.start is None or each.end is None:
            left_out["without a date"] += 1
        elif (since and each.end < since) or (until and each.start > until):
            left_out["of other times"] += 1
        elif distrusted and not each.human:
            left_out[f"coded by a model that agrees too little with people (alpha {trust.alpha:.2f})"] += 1
        elif not (codes := _codes(each)):
            left_out["not coded, or unsure"] += 1
        else:
            points.append(
                Point(each.start, each.end, codes, each.item, each.statement, each.outlet, each.reporter, each.depth)
            )
    points.sort(key=lambda p: (p.start, p.end, p.item, p.statement))
    return Points(tuple(points), dict(left_out))


def _codes(each: LinePoint) -> dict[str, float]:
    if each.human:
        share = 1 / len(each.human)
        codes: dict[str, float] = defaultdict(float)
        for code in each.human:
            codes[code] += share
        return dict(codes)
    return each.machine


def _sentence(desk: Desk, key: LineKey, shift: Shift) -> str:
    before = max(shift.before, key=lambda code: shift.before[code])
    after = max(shift.after, key=lambda code: shift.after[code])
    turn = f"from {before} to {after}" if before != after else f"still mostly {after}"
    return (
        f"{_named(desk, key)}: the line shifts between {shift.interval[0]} and "
        f"{shift.interval[1]} ({turn}, probability {shift.probability:.2f})"
    )


def _named(desk: Desk, key: LineKey) -> str:
    actor = desk.actors.get(key.actor)
    topic = next((t.name for t in desk.topics if t.id == key.topic), key.topic)
    return f"{actor.name if actor else key.actor} on {topic}"
