"""The strip of a line: every statement a dot, set by its date and by the code that counts most in it.

In: points, codes and shifts as in the line's JSON. Out: places in a drawing 1000 wide, as the template needs them. A line
has thousands of dots: they are written here, which takes a tenth of a template's time.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from sayso.desk.views import wording
from sayso.web import _address

LEFT, RIGHT, TOP, LANE = 135, 985, 22, 30
MOST_LANES = 8
REST = "other codes"
TITLE = 160  # letters


def strip(points: Sequence[Mapping[str, Any]], shifts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Lanes (the commonest codes, the rest together), dots, ticks of the calendar, dates of shifts."""
    leading = [max(point["codes"], key=lambda code: point["codes"][code], default=REST) for point in points]
    common = [code for code, _ in Counter(leading).most_common()]
    lanes = common if len(common) <= MOST_LANES else [*common[: MOST_LANES - 1], REST]
    first = min(dt.date.fromisoformat(point["start"]) for point in points)
    last = max(dt.date.fromisoformat(point["end"]) for point in points)
    days = max(1, (last - first).days)

    def x(day: dt.date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - first).days / days, 1)

    taken: Counter[tuple[int, int]] = Counter()
    dots = []
    place_of = {code: place for place, code in enumerate(lanes)}
    for point, code in zip(points, leading, strict=True):
        start, end = dt.date.fromisoformat(point["start"]), dt.date.fromisoformat(point["end"])
        lane = place_of.get(code, len(lanes) - 1)
        place = x(start + (end - start) / 2)
        cell = (round(place / 6), lane)
        taken[cell] += 1
        shift = (taken[cell] // 2) * (5 if taken[cell] % 2 else -5)  # dots of one day stand beside each other
        dots.append(_dot(point, code, place, TOP + LANE * lane + max(-10, min(10, shift))))
    return {
        "height": TOP + LANE * len(lanes) + 18,
        "rows": [{"code": code, "y": TOP + LANE * place} for place, code in enumerate(lanes)],
        "dots": Markup("\n".join(dots)),
        "ticks": [{"x": x(day), "name": name} for day, name in _ticks(first, last)],
        "shifts": [x(dt.date.fromisoformat(shift["date"])) for shift in shifts],
    }


def _dot(point: Mapping[str, Any], code: str, x: float, y: int) -> str:
    """One statement's dot, which leads to it."""
    title = f"{point['start']} {code}: {point['outlet'] or point['item_title']}"
    return (
        f'<a href="{_address.to("statements", point["statement"])}" data-statement="{escape(point["statement"])}">'
        f"<title>{escape(wording.one_line(wording.clean(title), TITLE))}</title>"
        f'<circle class="dot depth{min(point["depth"], 3)}" cx="{x}" cy="{y}" r="5"/></a>'
    )


def _ticks(first: dt.date, last: dt.date) -> list[tuple[dt.date, str]]:
    """Beginnings of years, or of months where there are few years; at most about twelve."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 24:
        step = max(1, months // 12 // 12)
        years = range(first.year + 1, last.year + 1, step)
        return [(dt.date(year, 1, 1), str(year)) for year in years]
    step = 1 if months <= 6 else 2 if months <= 14 else 3
    found: list[tuple[dt.date, str]] = []
    for number in range(first.year * 12 + first.month, last.year * 12 + last.month, step):
        day = dt.date(number // 12, number % 12 + 1, 1)
        found.append((day, f"{day:%b} {day.year}" if day.month <= step or not found else f"{day:%b}"))
    return found
