"""The picture of a line: a Vega-Lite specification that the brief and the workbench share.

In: a line and its points. Out: a plain dict (Vega-Lite 5) with all data in it, and its rendering as SVG or PNG.

From top to bottom, on one calendar: the periods as bands with what prevailed in them; the shares of the codes in
calendar bins; how many statements stand behind each bin; the probability that a new period begins. The span that
holds 90% of each shift's probability runs through the middle panels as a shaded bar, its likeliest date as a rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import vl_convert

from sayso.figures import probability
from sayso.records import Point
from sayso.track.colours import colours_of
from sayso.track.line import Line

Theme = Literal["light", "dark"]
BIN_NAMES = ("day", "week", "month", "quarter", "year")
MOST_BINS = 48
MOST_CODES = 7
OTHER = "other codes"
FONT = "Inter, 'Source Sans 3', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"


@dataclass(frozen=True)
class Palette:
    """Colours of one theme; `codes` are told apart by people with colour-blindness as well."""

    ink: str
    quiet: str
    rule: str
    band: tuple[str, str]
    shift: str
    bars: str
    codes: tuple[str, ...]
    other: str
    page: str


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        ink="#1d2430", quiet="#5f6b7a", rule="#dfe4ea", band=("#e9eef5", "#d3deeb"), shift="#b3261e", bars="#8795a6",
        codes=("#33658a", "#e08e45", "#5b9a8b", "#a4508b", "#d8b13f", "#7a6f9b", "#7fb069"), other="#c3cad3",
        page="#ffffff",
    ),
    "dark": Palette(
        ink="#e8ecf2", quiet="#9aa7b8", rule="#333d4b", band=("#263244", "#34455d"), shift="#ff8a80", bars="#7b8aa0",
        codes=("#6fa8d6", "#f0a868", "#7cc4b2", "#d186b9", "#e8cc6a", "#a89ccf", "#a5d48c"), other="#566172",
        page="#12171f",
    ),
}  # fmt: skip


def bin_start(day: dt.date, unit: str) -> dt.date:
    """The first day of the calendar bin that holds `day` (weeks begin on Monday)."""
    if unit == "day":
        return day
    if unit == "week":
        return dt.date.fromordinal(max(day.toordinal() - day.weekday(), 1))
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return dt.date(day.year, day.month - (day.month - 1) % 3, 1)
    return dt.date(day.year, 1, 1)


def bin_after(start: dt.date, unit: str) -> dt.date:
    """The first day of the next bin. The calendar's last bin ends with the calendar."""
    days = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[unit]
    try:
        return bin_start(start + dt.timedelta(days=days), unit)
    except OverflowError:
        return dt.date.max


def calendar_bins(first: dt.date, last: dt.date) -> tuple[str, list[tuple[dt.date, dt.date]]]:
    """The finest calendar unit that needs at most 48 bins, and all its bins [from, until) from `first` to `last`.

    The bin that holds `last` is always there, whole, even where the calendar unit goes on after it.
    """
    for unit in BIN_NAMES:
        days = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}[unit]
        if (last - first).days / days > MOST_BINS * 1.1 and unit != "year":
            continue
        bins = []
        start = bin_start(first, unit)
        while start <= last:
            after = bin_after(start, unit)
            bins.append((start, after))
            start = after
        if len(bins) <= MOST_BINS or unit == "year":
            return unit, bins
    raise AssertionError("the loop ends with years")


def binned_shares(
    points: Sequence[Point], codes: Sequence[str], bins: Sequence[tuple[dt.date, dt.date]]
) -> np.ndarray[Any, Any]:
    """Expected statements of each code in each bin, (bins, codes).

    A statement whose date is an interval is spread evenly over the bins that the interval covers.
    """
    edges = np.array([start.toordinal() for start, _ in bins] + [bins[-1][1].toordinal()])
    number = {code: i for i, code in enumerate(codes)}
    table = np.zeros((len(bins), len(codes)))
    low = np.array([point.start.toordinal() for point in points])
    high = np.array([point.end.toordinal() + 1 for point in points])
    first, last = (np.searchsorted(edges, days, side="right") - 1 for days in (low, high - 1))
    within = ((first == last) & (first >= 0) & (first < len(bins))).tolist()
    rows: list[int] = []
    columns: list[int] = []
    shares: list[float] = []
    for place, point, whole, start, after in zip(
        first.tolist(), points, within, low.tolist(), high.tolist(), strict=True
    ):
        mass = max(sum(point.codes.values()), 1.0)
        here = [(number[code], p / mass) for code, p in point.codes.items() if code in number]
        if whole:  # nearly every statement lies in one bin
            for column, share in here:
                rows.append(place)
                columns.append(column)
                shares.append(share)
            continue
        overlap = np.minimum(edges[1:], after) - np.maximum(edges[:-1], start)
        part = np.maximum(overlap, 0) / (after - start)
        for column, share in here:
            table[:, column] += part * share
    np.add.at(table, (np.array(rows, np.intp), np.array(columns, np.intp)), shares)
    return table


def chart(
    line: Line,
    points: Sequence[Point],
    *,
    theme: Theme = "light",
    width: int = 720,
    codebook: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """The Vega-Lite specification of a line. `width` is the whole picture's, in pixels; labels grow shorter with it.

    `codebook` has the colours of the family's codes, as `colours_of` takes them.
    """
    look = PALETTES[theme]
    shown, colours = shown_codes(line, look, codebook)
    first, last = min(p.start for p in points), max(p.end for p in points)
    unit, bins = calendar_bins(first, last)
    table = binned_shares(points, line.codes, bins)
    narrow = width < 520
    inner = width - 50
    domain = [bins[0][0].isoformat(), bins[-1][1].isoformat()]
    x: dict[str, Any] = {"field": "from", "type": "temporal", "scale": {"type": "utc", "domain": domain}, "title": None}
    bare = {**x, "axis": None}
    x2 = {"field": "until"}
    shifts = [
        {
            "from": shift.interval[0].isoformat(),
            "until": (shift.interval[1] + dt.timedelta(days=1)).isoformat(),
            "date": shift.date.isoformat(),
            "probability": shift.probability,
            "zero": 0,
        }
        for shift in line.shifts
    ]
    # over the coloured shares a veil with an outline, under the probability a tint
    veil = layer(shifts, {"type": "rect", "color": look.page, "opacity": 0.4}, bare, x2)
    frame = layer(
        shifts,
        {"type": "rect", "filled": False, "stroke": look.ink, "strokeWidth": 1, "strokeDash": [3, 2]},
        bare,
        x2,
    )
    tint = layer(shifts, {"type": "rect", "color": look.shift, "opacity": 0.16}, bare, x2)
    halo = layer(shifts, {"type": "rule", "color": look.page, "strokeWidth": 4}, {**bare, "field": "date"})
    rule = layer(shifts, {"type": "rule", "color": look.ink, "strokeWidth": 1.8}, {**bare, "field": "date"})
    rule["encoding"]["tooltip"] = [
        {"field": "date", "title": "new line from"},
        {"field": "from", "title": "90% span from"},
        {"field": "until", "title": "until before"},
        {"field": "probability", "title": "probability", "format": ".2f"},
    ]
    panels = [
        period_panel(line, look, bare, x2, inner, (bins[-1][1] - bins[0][0]).days, narrow),
        share_panel(line, shown, colours, table, bins, bare, x2, [veil, frame, halo, rule], inner, narrow, look),
        count_panel(table, bins, bare, x2, inner, look, unit),
        probability_panel(line, look, x, tint, inner, domain, narrow),
    ]
    axis = {
        "labelColor": look.quiet, "titleColor": look.quiet, "gridColor": look.rule, "domainColor": look.rule,
        "tickColor": look.rule, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
        "labelFont": FONT, "titleFont": FONT,
    }  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": describe(line),
        "background": look.page,
        "padding": {"left": 4, "right": 8, "top": 6, "bottom": 4},
        "spacing": 8,
        "vconcat": panels,
        "resolve": {"scale": {"color": "independent"}},
        "config": {
            "view": {"stroke": None},
            "axis": axis,
            "legend": {"labelColor": look.ink, "labelFont": FONT, "labelFontSize": 11.5, "symbolType": "square"},
            "text": {"font": FONT},
        },
    }


def layer(
    values: list[dict[str, Any]], mark: dict[str, Any], x: dict[str, Any], x2: dict[str, Any] | None = None
) -> dict[str, Any]:
    """One layer over a panel's whole height."""
    return {"data": {"values": values}, "mark": mark, "encoding": {"x": x, **({"x2": x2} if x2 else {})}}


def heading(text: str, look: Palette) -> dict[str, Any]:
    """A panel's title: small, quiet, at the left."""
    return {
        "text": text,
        "anchor": "start",
        "frame": "group",
        "fontSize": 11,
        "fontWeight": "normal",
        "color": look.quiet,
        "font": FONT,
    }


def describe(line: Line) -> str:
    """The picture in words, for those who cannot see it."""
    parts = [f"{line.statements} statements in {line.items} items, {len(line.periods)} periods"]
    for period in line.periods:
        top, share = max(period.codes.items(), key=lambda pair: pair[1])
        parts.append(f"{period.start} to {period.end}: {top} {share:.0%}")
    for shift in line.shifts:
        span = f"{shift.interval[0]} to {shift.interval[1]}"
        parts.append(f"shift on {shift.date} ({span}), p = {probability(shift.probability)}")
    return "; ".join(parts)


def shown_codes(line: Line, look: Palette, codebook: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The codes that get a colour of their own, commonest first (a scale's in its order), and those colours."""
    weight = {code: sum(p.codes.get(code, 0.0) * p.statements for p in line.periods) for code in line.codes}
    shown = sorted(line.codes, key=lambda code: -weight[code])[:MOST_CODES]
    if line.scale is not None:
        scale = line.scale
        shown = sorted(shown, key=lambda code: -scale[code])
    colours = colours_of(shown, codebook, look.codes, page=look.page, ink=look.ink)
    if len(line.codes) > len(shown):
        return [*shown, OTHER], [*colours, look.other]
    return shown, colours


def period_panel(
    line: Line, look: Palette, x: dict[str, Any], x2: dict[str, Any], width: int, days: int, narrow: bool
) -> dict[str, Any]:
    """Bands with the prevailing code of each period, as much of it as fits."""
    values = []
    for i, period in enumerate(line.periods):
        until = line.periods[i + 1].start if i + 1 < len(line.periods) else period.end + dt.timedelta(days=1)
        until = max(until, period.start + dt.timedelta(days=1))
        room = width * (until - period.start).days / max(days, 1) / 6.4
        top, share = max(period.codes.items(), key=lambda pair: pair[1])
        tries = (f"{top} {share:.0%}", f"{share:.0%}", "")
        values.append(
            {
                "from": period.start.isoformat(),
                "until": until.isoformat(),
                "middle": (period.start + (until - period.start) / 2).isoformat(),
                "band": i % 2,
                "label": next(text for text in tries if len(text) + 1 <= room or not text),
                "statements": period.statements,
                "items": period.items,
                "what": ", ".join(
                    f"{code} {p:.0%}" for code, p in sorted(period.codes.items(), key=lambda pair: -pair[1])[:4]
                ),
            }
        )
    colour = {"field": "band", "type": "nominal", "legend": None, "scale": {"domain": [0, 1], "range": list(look.band)}}
    tooltip = [{"field": name} for name in ("from", "until", "statements", "items", "what")]
    return {
        "width": width,
        "height": 24,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 3, "stroke": look.page, "strokeWidth": 2},
                "encoding": {"x": x, "x2": x2, "color": colour, "tooltip": tooltip},
            },
            {
                "mark": {"type": "text", "color": look.ink, "fontSize": 11 if narrow else 12, "fontWeight": 600},
                "encoding": {"x": {**x, "field": "middle"}, "text": {"field": "label"}},
            },
        ],
    }


def share_panel(
    line: Line,
    shown: list[str],
    colours: list[str],
    table: np.ndarray[Any, Any],
    bins: Sequence[tuple[dt.date, dt.date]],
    x: dict[str, Any],
    x2: dict[str, Any],
    over: list[dict[str, Any]],
    width: int,
    narrow: bool,
    look: Palette,
) -> dict[str, Any]:
    """Stacked shares in each bin that has statements, commonest code at the foot."""
    values = []
    place = {code: i for i, code in enumerate(line.codes)}
    named = [code for code in shown if code != OTHER]
    rest = [i for i, code in enumerate(line.codes) if code not in named]
    for (start, after), row in zip(bins, table, strict=True):
        total = float(row.sum())
        if total <= 0:
            continue
        foot = 0.0
        parts = [(code, float(row[place[code]])) for code in named]
        if rest:
            parts.append((OTHER, float(row[rest].sum())))
        for code, count in parts:
            share = count / total
            values.append(
                {
                    "from": start.isoformat(), "until": after.isoformat(), "code": code, "low": foot,
                    "high": min(foot + share, 1.0), "share": share, "statements": round(total, 1),
                }
            )  # fmt: skip
            foot += share
    columns = max(1, width // (8 * max(len(code) for code in shown) + 34))
    return {
        "width": width,
        "height": 150 if narrow else 200,
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "rect", "stroke": look.page, "strokeWidth": 0.7},
                "encoding": {
                    "x": x,
                    "x2": x2,
                    "y": {
                        "field": "low",
                        "type": "quantitative",
                        "scale": {"domain": [0, 1]},
                        "axis": {
                            "format": ".0%", "values": [0, 0.5, 1], "grid": False, "domain": False, "ticks": False,
                            "title": None,
                        },
                    },
                    "y2": {"field": "high"},
                    "color": {
                        "field": "code",
                        "type": "nominal",
                        "scale": {"domain": shown, "range": colours},
                        "legend": {"orient": "top", "title": None, "columns": columns, "labelLimit": width - 30},
                    },
                    "tooltip": [
                        {"field": "from"}, {"field": "until", "title": "until before"}, {"field": "code"},
                        {"field": "share", "format": ".0%"}, {"field": "statements"},
                    ],
                },
            },
            *over,
        ],
    }  # fmt: skip


def count_panel(
    table: np.ndarray[Any, Any],
    bins: Sequence[tuple[dt.date, dt.date]],
    x: dict[str, Any],
    x2: dict[str, Any],
    width: int,
    look: Palette,
    unit: str,
) -> dict[str, Any]:
    """How many statements stand behind each bin."""
    values = [
        {"from": start.isoformat(), "until": after.isoformat(), "statements": round(float(row.sum()), 1), "zero": 0}
        for (start, after), row in zip(bins, table, strict=True)
    ]
    return {
        "width": width,
        "height": 34,
        "title": heading(f"statements a {unit}", look),
        "data": {"values": values},
        "mark": {"type": "rect", "color": look.bars, "stroke": look.page, "strokeWidth": 0.7},
        "encoding": {
            "x": x,
            "x2": x2,
            "y": {
                "field": "statements",
                "type": "quantitative",
                "axis": {"tickCount": 2, "grid": False, "domain": False, "ticks": False, "title": None},
            },
            "y2": {"field": "zero"},
            "tooltip": [{"field": "from"}, {"field": "until", "title": "until before"}, {"field": "statements"}],
        },
    }  # fmt: skip


def probability_panel(
    line: Line,
    look: Palette,
    x: dict[str, Any],
    tint: dict[str, Any],
    width: int,
    domain: list[str],
    narrow: bool,
) -> dict[str, Any]:
    """Under it, the probability that a new period begins, gap by gap."""
    days: dict[str, float] = {}
    for gap in line.gaps:
        if gap.probability >= 0.002:
            days[gap.date.isoformat()] = min(1.0, days.get(gap.date.isoformat(), 0.0) + gap.probability)
    values = [{"from": day, "probability": p, "zero": 0} for day, p in sorted(days.items())]
    axis = {"labelOverlap": True, "grid": False, "tickCount": 4 if narrow else 8, "labelFlush": True}
    return {
        "width": width,
        "height": 56,
        "title": heading("probability that a new period begins", look),
        "layer": [
            {**tint, "encoding": {**tint["encoding"], "x": {**x, "axis": axis}}},
            {
                "data": {"values": values or [{"from": domain[0], "probability": 0.0, "zero": 0}]},
                "mark": {"type": "rule", "color": look.shift, "strokeWidth": 2.2},
                "encoding": {
                    "x": {**x, "axis": axis},
                    "y": {
                        "field": "probability",
                        "type": "quantitative",
                        "scale": {"domain": [0, 1]},
                        "axis": {
                            "values": [0, 0.5, 1], "grid": True, "domain": False, "ticks": False, "title": None,
                        },
                    },
                    "y2": {"field": "zero"},
                    "tooltip": [{"field": "from"}, {"field": "probability", "format": ".3f"}],
                },
            },
        ],
    }  # fmt: skip


def svg(spec: dict[str, Any]) -> str:
    """The specification drawn as SVG."""
    return str(vl_convert.vegalite_to_svg(spec))


def png(spec: dict[str, Any], scale: float = 2.0) -> bytes:
    """The specification drawn as PNG, `scale` pixels to each of its own."""
    return bytes(vl_convert.vegalite_to_png(spec, scale=scale))
