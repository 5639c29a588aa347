"""Lines that a run has computed are taken up again by pages, for as long as their points are the same."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import pytest
from sqlalchemy import delete

from sayso.desk import Desk, lines, tracked
from sayso.desk.progress import Silent
from sayso.store import LineKey
from sayso.store.schema import machine_codings

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import generate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk of 1500 statements whose lines a run has tracked."""
    place = tmp_path_factory.mktemp("tracked") / "desk"
    generate.generate(place, 1500)
    return place


def longest(desk: Desk) -> LineKey:
    sizes = lines._keys(desk)
    return max(sizes, key=lambda key: sizes[key])


def test_what_a_run_has_computed_is_what_would_be_computed_now(folder: Path) -> None:
    with Desk.open(folder) as desk:
        key = longest(desk)
        points = lines.points_of(desk, key.actor, key.topic, key.family).points
        kept = desk.store.lines.computed(key, tracked.digest(desk, key.family, points))
        assert kept is not None
        made = tracked.compute(desk, key.family, points)
        assert tracked.load(kept) == tracked.tracked(desk, key, points) == made
        assert tracked.load(tracked.dump(made)) == made
        assert made.line.statements == len(points) >= desk.settings.track.fewest


def test_other_points_are_another_line(folder: Path) -> None:
    with Desk.open(folder) as desk:
        key = longest(desk)
        points = lines.points_of(desk, key.actor, key.topic, key.family).points
        digest = tracked.digest(desk, key.family, points)
        fewer = lines.points_of(desk, key.actor, key.topic, key.family, since=points[1].end + dt.timedelta(1)).points
        assert len(fewer) < len(points)
        assert tracked.tracked(desk, key, fewer).line.statements == len(fewer)
        assert tracked.digest(desk, key.family, fewer) != digest


def test_a_run_computes_again_what_has_changed_and_nothing_else(folder: Path) -> None:
    with Desk.open(folder) as desk:
        key = longest(desk)
        points = lines.points_of(desk, key.actor, key.topic, key.family).points
        other = next(each for each in lines._keys(desk) if (each.actor, each.topic) != (key.actor, key.topic))
        theirs = lines.points_of(desk, other.actor, other.topic, other.family).points
        gone = next(p.statement for p in points)
        with desk.store.transaction() as connection:
            connection.execute(delete(machine_codings).where(machine_codings.c.statement_id == gone))
            desk.store.progress.changed("track")
        now = lines.points_of(desk, key.actor, key.topic, key.family).points
        assert len(now) == len(points) - 1
        assert desk.store.lines.computed(key, tracked.digest(desk, key.family, now)) is None
        lines.track(desk, Silent())
        assert desk.store.lines.computed(key, tracked.digest(desk, key.family, now)) is not None
        assert desk.store.lines.computed(key, tracked.digest(desk, key.family, points)) is None
        if len(theirs) >= desk.settings.track.fewest:
            assert desk.store.lines.computed(other, tracked.digest(desk, other.family, theirs)) is not None
