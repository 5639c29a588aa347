"""The picture of two lines on one calendar: the shares of their codes, in the same colours, and their shifts.

In: two lines with their points and names. Out: a Vega-Lite specification with all data in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sayso.records import Point
from sayso.track.chart import (
    FONT,
    PALETTES,
    Palette,
    Theme,
    binned_shares,
    calendar_bins,
    describe,
    heading,
    layer,
    share_panel,
    shown_codes,
)
from sayso.track.line import Line


@dataclass(frozen=True, slots=True)
class Named:
    """A line with the points that it was made of, and what it is called in the picture."""

    name: str
    line: Line
    points: Sequence[Point]


def pair_chart(
    pair: Sequence[Named],
    *,
    theme: Theme = "light",
    width: int = 720,
    codebook: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """One panel a line, one under the other: what stands above each other was said at the same time.

    `codebook` has the colours of the family's codes, as `colours_of` takes them.
    """
    look = PALETTES[theme]
    codes = tuple(dict.fromkeys(code for each in pair for code in each.line.codes))
    # What is shown goes by the weight in both lines together: a code looks the same in both.
    both = replace(pair[0].line, codes=codes, periods=tuple(p for each in pair for p in each.line.periods))
    shown, colours = shown_codes(both, look, codebook)
    first = min(point.start for each in pair for point in each.points)
    last = max(point.end for each in pair for point in each.points)
    _, bins = calendar_bins(first, last)
    domain = [bins[0][0].isoformat(), bins[-1][1].isoformat()]
    x: dict[str, Any] = {"field": "from", "type": "temporal", "scale": {"type": "utc", "domain": domain}, "title": None}
    axis = {"labelOverlap": True, "grid": False, "tickCount": 8, "labelFlush": True}
    panels = []
    for place, each in enumerate(pair):
        lowest = {**x, "axis": axis} if place == len(pair) - 1 else {**x, "axis": None}
        table = binned_shares(each.points, codes, bins)
        over = _shifts(each.line, lowest, look)
        line = replace(each.line, codes=codes)
        panel = share_panel(
            line, shown, colours, table, bins, lowest, {"field": "until"}, over, width - 50, False, look
        )
        if place:
            panel["layer"][0]["encoding"]["color"]["legend"] = None
        panels.append({**panel, "height": 130, "title": heading(each.name, look)})
    ticks = {
        "labelColor": look.quiet, "gridColor": look.rule, "domainColor": look.rule, "tickColor": look.rule,
        "labelFontSize": 11, "labelFont": FONT,
    }  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": "; ".join(f"{each.name}: {describe(each.line)}" for each in pair),
        "background": look.page,
        "padding": {"left": 4, "right": 8, "top": 6, "bottom": 4},
        "spacing": 14,
        "vconcat": panels,
        "config": {
            "view": {"stroke": None},
            "axis": ticks,
            "legend": {"labelColor": look.ink, "labelFont": FONT, "labelFontSize": 11.5, "symbolType": "square"},
        },
    }


def _shifts(line: Line, x: dict[str, Any], look: Palette) -> list[dict[str, Any]]:
    rows = [
        {
            "from": shift.interval[0].isoformat(),
            "until": (shift.interval[1] + dt.timedelta(days=1)).isoformat(),
            "date": shift.date.isoformat(),
            "zero": 0,
        }
        for shift in line.shifts
    ]
    if not rows:
        return []
    return [
        layer(rows, {"type": "rect", "color": look.page, "opacity": 0.4}, x, {"field": "until"}),
        layer(rows, {"type": "rule", "color": look.page, "strokeWidth": 4}, {**x, "field": "date"}),
        layer(rows, {"type": "rule", "color": look.ink, "strokeWidth": 1.8}, {**x, "field": "date"}),
    ]
