"""Lines of the desk: an actor's coded statements on a topic become points, the points periods and shifts.

In: the store. Out: `Line`s; and after a run the shifts of all lines, with an alert for each sure one, and for a line that
has changed since its last sure shift though its segmentation is not yet sure where.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sayso.desk import alerting
from sayso.desk import tracked as tracking
from sayso.desk.coding import Standing, standing
from sayso.desk.outlets import outlet_names
from sayso.desk.progress import Progress
from sayso.desk.sharing import whole_desk
from sayso.desk.tracked import tracked
from sayso.errors import SaysoError, UsageError
from sayso.figures import probability
from sayso.records import Point, Shift
from sayso.store import TRACK, Alert, LineKey, LinePoint
from sayso.track import Cost, Line, alert_cost, watch

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

MANY = 50_000  # statements, from which on they are read into memory for tracking
AT_ONCE = 200  # lines that are kept in one transaction


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a line, and how many statements of it were left out, by reason."""

    points: tuple[Point, ...]
    left_out: dict[str, int]


def track(desk: Desk, progress: Progress) -> list[Alert]:
    """Segment every line of the desk anew if anything has changed; gives the alerts that are new."""
    producer = f"{tracking.VERSION} {desk.settings.track.model_dump_json()}"

    def tracked() -> Callable[[], list[Alert]]:
        found, alerts = _shifts(desk, progress)

        def keep() -> list[Alert]:
            desk.store.lines.put(found)
            return alerting.note(desk, desk.store.lines.raise_alerts(alerts))

        return keep

    alerts = whole_desk(desk, TRACK, producer, tracked) or []
    if desk.store.statements.count() >= MANY:
        with suppress(SaysoError):  # another writes: what the run found stands all the same
            desk.store.columns.keep()  # for whoever opens the desk next
    return alerts


def _shifts(desk: Desk, progress: Progress) -> tuple[list[tuple[LineKey, Shift]], list[Alert]]:
    """The shifts and the alerts of all lines."""
    keys = _keys(desk)
    found: dict[LineKey, tuple[tuple[Shift, ...], list[Alert]]] = {}
    waiting: list[tuple[LineKey, str, bytes]] = []
    with progress.stage("Track", len(keys)) as advance:
        # The longest first: of a run that is killed, what people wait for longest is there.
        for key in sorted(keys, key=lambda key: -keys[key]):
            points = points_of(desk, key.actor, key.topic, key.family).points
            if len(points) >= desk.settings.track.fewest:
                line, new = _watched(desk, key, points)
                waiting += new
                found[key] = line.shifts, _alerts(desk, key, line, points)
            if len(waiting) >= AT_ONCE:
                desk.store.lines.keep(waiting)
                waiting.clear()
            advance(1)
        desk.store.lines.keep(waiting)
        desk.store.lines.forget_others(found)
    in_order = [key for key in keys if key in found]
    shifts = [(key, shift) for key in in_order for shift in found[key][0]]
    return shifts, [alert for key in in_order for alert in found[key][1]]


def _keys(desk: Desk) -> dict[LineKey, int]:
    """The lines that may have statements enough to be watched, by topic, actor and family, and how many they have."""
    if desk.store.statements.count() >= MANY:
        desk.store.columns.image()  # takes a while to read, and then each line takes next to nothing
    sizes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (speaker, topic), number in desk.store.statements.line_sizes().items():
        # An actor's line holds what its parts say too, so a whole may have a line though it never speaks itself.
        for actor in desk.actors.wholes(speaker):
            sizes[topic][actor] += number
    return {
        LineKey(actor, topic.id, family.name): number
        for topic in desk.topics
        for actor, number in sorted(sizes[topic.id].items())
        if number >= desk.settings.track.fewest
        for family in desk.codebook.families
    }


def _watched(desk: Desk, key: LineKey, points: Sequence[Point]) -> tuple[Line, list[tuple[LineKey, str, bytes]]]:
    """The line, and what is to be kept of it: nothing where its points are those of the last run."""
    digest = tracking.digest(desk, key.family, points)
    if (kept := desk.store.lines.computed(key, digest)) is not None:
        return tracking.load(kept).line, []
    made = tracking.compute(desk, key.family, points)
    return made.line, [(key, digest, tracking.dump(made))]


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
            f"{seen.first_passed} on (probability {probability(seen.probability)})"
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
    return tracked(desk, LineKey(actor, topic, family), found.points).line


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
    agrees with people less than the family's floor asks for, its codings do not count unless forced. Raises `UsageError`
    for an outlet in `without` that the desk does not know: a line without it would seem to stand without what was meant.
    """
    trust = trust_in(desk, family)
    distrusted = trust.below and not force
    excluded = {each for name in without for each in outlet_names(desk, name)}
    left_out: dict[str, int] = defaultdict(int)
    points = []
    for each in desk.store.statements.line(sorted(desk.actors.parts(actor)), topic, family):
        if each.repeated:
            left_out["repeated by copies"] += 1
        elif each.outlet in excluded:
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
    return Points(tuple(points), dict(sorted(left_out.items())))


def trust_in(desk: Desk, family: str) -> Standing:
    """How far the model's codings of a family can be trusted, measured once until a coding changes."""
    codes = desk.codebook.family(family)
    return desk.store.kept.get(("trust", family, codes.floor, codes.multiple), lambda: standing(desk, codes))


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
    first, last = shift.interval
    when = f"between {first} and {last}" if first != last else f"on {first}"
    return f"{_named(desk, key)}: the line shifts {when} ({turn}, probability {probability(shift.probability)})"


def _named(desk: Desk, key: LineKey) -> str:
    actor = desk.actors.get(key.actor)
    topic = next((t.name for t in desk.topics if t.id == key.topic), key.topic)
    return f"{actor.name if actor else key.actor} on {topic}"
