"""What carries a shift, the headline, the alert and the chart."""

import dataclasses
import datetime as dt
import itertools
import json
import xml.etree.ElementTree as ElementTree

import pytest
from line_factory import CHANGE, FIRST, make_points

from sayso.records import Point
from sayso.track import alert_cost, carriers, chart, headline, segment, svg, watch
from sayso.track.chart import calendar_bins


def test_a_shift_that_rests_on_one_outlet():
    """Only the Agency changes its tune; the others report no change."""
    points = []
    for outlet, shares in (("Agency", CHANGE), ("Herald", ([0.4, 0.3, 0.3],) * 2), ("Gazette", ([0.4, 0.3, 0.3],) * 2)):
        made = make_points(shares, (40, 40), seed=len(outlet), outlets=(outlet,), spread=20)
        points += [dataclasses.replace(p, item=f"{outlet} {p.item}", statement=f"{outlet} {p.statement}") for p in made]
    line = segment(points)
    assert len(line.shifts) == 1
    found = carriers(line, points)[0]
    assert [test.name for test in found.rests_on if test.part == "outlet"] == ["Agency"]


def test_a_broad_shift_rests_on_nobody():
    points = make_points(CHANGE, (40, 40))
    found = carriers(segment(points), points)[0]
    assert found.rests_on == ()
    assert {test.part for test in found.without} == {"outlet", "depth", "item"}
    assert {m.code for m in found.moved[:2]} == {"threaten", "promise"}
    codes = {p.statement: next(iter(p.codes)) for p in points}
    assert {codes[s] for s in found.typical_before} == {"threaten"}
    assert {codes[s] for s in found.typical_after} == {"promise"}
    assert not any(check.only_mix for check in found.composition)
    assert set(found.statements_before) | set(found.statements_after) == set(codes)


def test_a_change_of_mix_is_told_from_a_change_of_line():
    """Two outlets, each always the same; one falls silent and the other takes over."""
    quiet = make_points([CHANGE[0], CHANGE[0]], (50, 8), seed=1, outlets=("Harsh",), spread=50)
    loud = make_points([CHANGE[1], CHANGE[1]], (8, 50), seed=2, outlets=("Mild",), spread=50)
    first = [p for p in loud if p.start < FIRST + dt.timedelta(days=56)]
    rest = [p for p in loud if p.start >= FIRST + dt.timedelta(days=56)]
    later = [
        dataclasses.replace(p, start=p.start + dt.timedelta(days=294), end=p.end + dt.timedelta(days=294)) for p in rest
    ]
    points = [
        dataclasses.replace(p, item=f"{p.outlet} {p.item}", statement=f"{p.outlet} {p.statement}")
        for p in (*quiet, *first, *later)
    ]
    line = segment(points)
    assert line.shifts
    check = next(c for c in carriers(line, points)[0].composition if c.by == "outlet")
    assert check.mix > 0.5 and check.inside < 0.5 and check.only_mix


def test_headline_numbers_link_to_their_statements():
    points = make_points(CHANGE, (40, 40))
    line = segment(points)
    parts = headline(line, points)
    text = "".join(part.text for part in parts)
    assert text.startswith("From early January to ") and "threaten prevailed (" in text and "promise did (" in text
    assert f"probability {line.shifts[0].probability:.2f}" in text
    assert "80 items of 3 outlets, first-hand in 27" in text
    linked = {part.text: part.statements for part in parts if part.statements}
    codes = {p.statement: p for p in points}
    share = f"{line.shifts[0].before['threaten']:.0%}"
    assert all("threaten" in codes[s].codes for s in linked[share])
    assert set(linked["80 items"]) == set(codes)
    assert {codes[s].depth for s in linked["27"]} == {0}


def test_headline_without_a_shift_says_what_would_have_been_seen():
    points = make_points([CHANGE[0]], [4])
    text = "".join(part.text for part in headline(segment(points), points))
    assert "too few to tell" in text and "prevailed" in text


def test_the_alert_comes_after_the_change_and_not_before():
    points = make_points(CHANGE, (60, 20), spread=10)
    change = FIRST + dt.timedelta(days=7 * 60)
    known = segment([p for p in points if p.start < change])
    assert not known.shifts
    assert not watch(known, [p for p in points if p.start < change]).raised
    alert = watch(known, points)
    assert alert.raised and alert.first_passed is not None
    assert change <= alert.first_passed <= change + dt.timedelta(days=70)


def test_a_shift_that_is_known_raises_no_second_alert():
    points = make_points(CHANGE, (60, 40), spread=10)
    assert not watch(segment(points), points).raised


def test_lower_thresholds_are_faster_and_falser():
    points = make_points([CHANGE[0]], [60], spread=5)
    line = segment(points)
    careful, eager = alert_cost(line, points, threshold=0.95), alert_cost(line, points, threshold=0.3)
    assert eager.false_a_year >= careful.false_a_year
    assert eager.delay_items is not None and careful.delay_items is not None
    assert eager.delay_items <= careful.delay_items
    assert 0 <= careful.false_a_year < 2


@pytest.mark.parametrize("days", [0, 20, 100, 400, 2000, 30000])
def test_bins_never_drop_the_last_day(days):
    last = FIRST + dt.timedelta(days=days)
    _, bins = calendar_bins(FIRST, last)
    assert bins[0][0] <= FIRST and bins[-1][0] <= last < bins[-1][1]
    assert all(a[1] == b[0] for a, b in itertools.pairwise(bins))
    assert len(bins) <= 90


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1100])
def test_the_chart_holds_every_statement_and_draws(theme, width):
    points = make_points(CHANGE, (30, 31))
    points.append(Point(dt.date(2024, 3, 1), dt.date(2024, 3, 31), {"promise": 1.0}, "last", "last"))
    spec = chart(segment(points), points, theme=theme, width=width)
    json.dumps(spec)
    counts = spec["vconcat"][2]["data"]["values"]
    assert sum(value["statements"] for value in counts) == pytest.approx(len(points), abs=0.5)
    drawn = svg(spec)
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert "promise" in drawn
