"""Segmentation as a user sees it: shifts where there are some, none where there are none, honest numbers."""

import dataclasses
import datetime as dt
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from line_factory import CHANGE, FIRST, make_points

from sayso.errors import UsageError
from sayso.records import Point
from sayso.track import segment
from sayso.track._dynamic import solve, stretch_scores

MANY_CODES = [f"code {i}" for i in range(23)]


def test_a_clear_change_is_found_at_its_date():
    line = segment(make_points(CHANGE, (40, 40)))
    assert len(line.shifts) == 1
    shift = line.shifts[0]
    true = FIRST + dt.timedelta(days=7 * 40)
    assert shift.interval[0] <= true <= shift.interval[1]
    assert abs((shift.date - true).days) <= 14
    assert shift.probability > 0.9
    assert max(shift.before, key=shift.before.get) == "threaten"
    assert max(shift.after, key=shift.after.get) == "promise"


def test_three_periods():
    points = make_points((*CHANGE, CHANGE[0]), (40, 40, 40), seed=3)
    line = segment(points)
    assert len(line.shifts) == 2
    assert line.number[2] == max(line.number)


def test_periods_cover_everything_once():
    points = make_points(CHANGE, (30, 30))
    line = segment(points)
    assert sum(period.statements for period in line.periods) == len(points)
    assert sum(period.items for period in line.periods) == 60
    for period in line.periods:
        assert sum(period.codes.values()) == pytest.approx(1)
        for code, (low, high) in period.intervals.items():
            assert 0 <= low <= period.codes[code] <= high <= 1
    for before, after in itertools.pairwise(line.periods):
        assert before.end <= after.start


def test_bursty_items_are_no_shift():
    """Every item has one mood: as independent statements these would be full of shifts."""
    seen = 0
    for seed in range(15):
        line = segment(make_points([[0.4, 0.3, 0.3]], [60], seed=seed, spread=0.7, statements=15))
        seen += any(shift.probability >= 0.9 for shift in line.shifts)
    assert seen <= 1


def test_dispersion_is_not_inflated_by_a_shift_nor_lost():
    steady = segment(make_points([[0.4, 0.3, 0.3]], [120], spread=4, statements=10, seed=1))
    moved = segment(make_points(CHANGE, (60, 60), spread=4, statements=10, seed=1))
    assert steady.dispersion == pytest.approx(0.2, abs=0.08)
    assert moved.dispersion == pytest.approx(0.2, abs=0.08)


def test_a_month_widens_the_interval_and_is_never_a_day():
    points = make_points(CHANGE, (40, 40))
    months = []
    for point in points:
        start = point.start.replace(day=1)
        end = (start + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        months.append(dataclasses.replace(point, start=start, end=end))
    by_day, by_month = segment(points), segment(months)
    assert len(by_month.shifts) == 1
    low, high = by_month.shifts[0].interval
    assert (high - low).days >= 27
    assert (high - low) > (by_day.shifts[0].interval[1] - by_day.shifts[0].interval[0])
    assert low <= FIRST + dt.timedelta(days=280) <= high
    assert by_month.imprecise == len(points)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.dictionaries(st.sampled_from(MANY_CODES), st.floats(0.01, 1), min_size=1)),
        min_size=1,
        max_size=15,
    )
)
def test_a_share_lies_in_its_interval_however_many_codes_there_are(rows):
    points = []
    for i, (day, raw) in enumerate(rows):
        when = FIRST + dt.timedelta(days=day)
        codes = {code: weight / sum(raw.values()) for code, weight in raw.items()}
        points.append(Point(when, when, codes, f"i{i}", f"s{i}"))
    for period in segment(points, codes=MANY_CODES).periods:
        for code, (low, high) in period.intervals.items():
            assert 0 <= low <= period.codes[code] <= high <= 1


def test_intervals_hold_the_true_share_as_often_as_they_say():
    """Twelve statements of a family of 23 codes: what the speaker does often, and what it does rarely."""
    random = np.random.default_rng(5)
    held = []
    for _ in range(60):
        true = random.dirichlet(np.full(len(MANY_CODES), 0.2))
        said = random.choice(MANY_CODES, size=12, p=true)
        days = [FIRST + dt.timedelta(days=7 * i) for i in range(12)]
        line = segment([Point(day, day, {code: 1.0}) for day, code in zip(days, said, strict=True)], codes=MANY_CODES)
        for period in line.periods:
            sides = (period.intervals[code] for code in MANY_CODES)
            held += [low <= p <= high for p, (low, high) in zip(true, sides, strict=True) if p >= 0.05]
    assert sum(held) / len(held) >= 0.88


def test_order_of_the_points_does_not_matter():
    points = make_points(CHANGE, (20, 20), seed=4)
    assert segment(points).shifts == segment(points[::-1]).shifts


def test_soft_codings_count_as_expected():
    point = Point(FIRST, FIRST, {"a": 0.7, "b": 0.3}, "i1", "s1")
    other = dataclasses.replace(point, item="i2", codes={"a": 0.2, "b": 0.8})
    line = segment([point, other])
    assert line.periods[0].codes == pytest.approx({"a": 0.45, "b": 0.55})


def test_soft_codings_are_not_taken_for_noise():
    """A coder that is never sure, but leans one way first and the other way then."""
    random = np.random.default_rng(0)
    points = []
    for i in range(80):
        day = FIRST + dt.timedelta(days=7 * i)
        for j in range(6):
            lean = float(np.clip((0.58 if i < 40 else 0.42) + random.normal(0, 0.05), 0, 1))
            points.append(Point(day, day, {"a": lean, "b": 1 - lean}, f"i{i}", f"s{i}.{j}"))
    line = segment(points)
    assert len(line.shifts) == 1
    assert abs((line.shifts[0].date - FIRST).days - 280) <= 14


def test_a_scale_gives_means():
    line = segment(make_points(CHANGE, (30, 30)), scale={"threaten": -1, "promise": 1, "accuse": 0})
    assert line.periods[0].mean < -0.2 < 0.2 < line.periods[1].mean


def test_little_data_says_so():
    line = segment(make_points([CHANGE[0]], [3], statements=6))
    assert not line.shifts
    assert "too few to tell" in line.notes[0]
    assert "would be seen with probability" in line.notes[0]
    assert line.power is not None and line.power.probability < 0.5


def test_much_steady_data_says_what_it_would_have_seen():
    line = segment(make_points([[0.4, 0.3, 0.3]], [150], spread=20))
    assert not line.shifts
    assert "no shift found" in line.notes[0]
    assert line.power is not None and line.power.probability > 0.8


def test_one_code_only():
    line = segment([Point(FIRST + dt.timedelta(days=i), FIRST + dt.timedelta(days=i), {"a": 1.0}) for i in range(30)])
    assert not line.shifts
    assert line.periods[0].codes == {"a": 1.0}
    assert "no shift to find" in line.notes[0]


@pytest.mark.parametrize("points", [[], [Point(FIRST, FIRST, {})]])
def test_nothing_coded_is_refused(points):
    with pytest.raises(UsageError):
        segment(points)


def test_a_scale_that_lacks_a_code_is_refused():
    with pytest.raises(UsageError, match="promise"):
        segment(make_points(CHANGE, (5, 5)), scale={"threaten": 1, "accuse": 0})


def test_a_date_that_ends_before_it_begins_is_refused():
    with pytest.raises(UsageError, match="before it begins"):
        segment([Point(FIRST, FIRST - dt.timedelta(days=1), {"a": 1.0}, statement="s1")])


def test_long_lines_are_solved_to_the_item():
    points = make_points((CHANGE[0], CHANGE[1], CHANGE[0]), (700, 300, 500), every=1, statements=3, seed=2)
    line = segment(points)
    found = [(shift.date - FIRST).days for shift in line.shifts]
    assert len(found) == 2
    assert abs(found[0] - 700) <= 4 and abs(found[1] - 1000) <= 4
    assert all((shift.interval[1] - shift.interval[0]).days < 30 for shift in line.shifts)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 30), st.sampled_from("abc"), st.integers(0, 5)),
        min_size=1,
        max_size=25,
    )
)
def test_any_small_line_gives_sound_numbers(rows):
    points = [
        Point(FIRST + dt.timedelta(days=day), FIRST + dt.timedelta(days=day + more), {code: 1.0}, f"i{item}", f"s{i}")
        for i, (day, more, code, item) in enumerate(rows)
    ]
    line = segment(points)
    assert sum(period.statements for period in line.periods) == len(points)
    assert len(line.periods) == len(line.shifts) + 1
    assert sum(line.number) == pytest.approx(1)
    assert all(0 <= gap.probability <= 1 + 1e-9 for gap in line.gaps)
    for shift in line.shifts:
        assert 0 <= shift.probability <= 1
        assert shift.interval[0] <= shift.date <= shift.interval[1]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_dynamic_programme_sums_what_enumeration_sums(seed):
    """Every segmentation of seven edges, one by one."""
    random = np.random.default_rng(seed)
    sums = np.concatenate([np.zeros((1, 3)), np.cumsum(random.integers(0, 4, (6, 3)), axis=0)]).astype(float)
    scores = stretch_scores(sums, np.ones(3))
    boundary = np.log(random.uniform(0.05, 0.5, 7))
    lattice = solve(scores, boundary, 5)
    weight = np.exp(random.normal(size=6))
    total, at, number, best = 0.0, np.zeros(7), np.zeros(6), {}
    inside = 0.0
    for k in range(6):
        for cuts in itertools.combinations(range(1, 6), k):
            edges = [0, *cuts, 6]
            log = sum(scores[a, b] for a, b in itertools.pairwise(edges)) + sum(boundary[c] for c in cuts)
            p = math.exp(log - lattice.log_total) * weight[k]
            total += p
            number[k] += p
            at[list(cuts)] += p
            inside += p if any(2 <= c <= 3 for c in cuts) else 0.0
            best[k] = max(best.get(k, (-math.inf, ())), (log, cuts))
    assert lattice.number * weight == pytest.approx(number)
    assert lattice.boundaries(weight) == pytest.approx(at / total)
    assert lattice.boundary_within(2, 3, weight) == pytest.approx(inside / total)
    for k in range(6):
        assert lattice.best(k) == best[k][1]


@pytest.mark.slow
def test_twenty_thousand_items():
    points = make_points((CHANGE[0], CHANGE[1]), (12_000, 8_000), every=1, statements=9)
    line = segment(points)
    assert len(points) > 90_000
    assert any(abs((shift.date - FIRST).days - 12_000) <= 3 for shift in line.shifts)
