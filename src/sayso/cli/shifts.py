"""`sayso shifts`: periods and shifts, of a table (stateless) or of a desk's line, as JSON or as a table for people.

In: a path and column names, or a `Line` that the desk made. Out: text for standard output and, apart, notes for
standard error. The typer command that calls these stands with the other commands.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from sayso import figures
from sayso.errors import UsageError
from sayso.records import Period, Shift
from sayso.track._segment import segment_units
from sayso.track.line import Line
from sayso.track.online import Cost
from sayso.track.table import parse_scale, read_columns, units_of_columns

FORMATS = ("table", "json")


def shifts_of_table(
    path: str,
    *,
    date: str,
    label: str,
    item: str | None = None,
    probability: str | None = None,
    scale: str | None = None,
    format: str = "table",
) -> str:
    """What `sayso shifts INPUT --date … --label …` prints. Notes on left-out rows go to standard error."""
    if format not in FORMATS:
        raise UsageError(f"--format {format}: choose {' or '.join(FORMATS)}")
    values = parse_scale(scale) if scale else None
    units, notes = units_of_columns(read_columns(path, date, label, item, probability), path)
    line = segment_units(units, scale=values)
    for note in (*notes, *line.notes):
        print(note, file=sys.stderr)
    return print_line(line, format)


def print_line(line: Line, format: str = "table", cost: Cost | None = None) -> str:
    """A line as text, with what its alerts cost where given: one JSON object, or a table for people."""
    if format == "json":
        found = line_json(line) | ({"alert_cost": asdict(cost)} if cost else {})
        return json.dumps(found, ensure_ascii=False, indent=2)
    return line_table(line) + (f"\n\n{cost_sentence(cost)}" if cost else "")


def cost_sentence(cost: Cost) -> str:
    """What alerts cost on a line, for people."""
    if cost.delay_days is not None and cost.delay_items is not None:
        delay = f"half of the alerts come within {cost.delay_days:.0f} days ({cost.delay_items:.0f} items)"
    else:
        delay = "too seldom to tell how late"
    return (
        f"alerts from probability {cost.threshold:.2f} on, simulated: a change of {cost.size:.0%} of the statements is seen "
        f"within a year with probability {cost.seen:.2f}; {delay}; {cost.false_a_year:.2f} false alarms a year"
    )


def line_json(line: Line) -> dict[str, Any]:
    """The contract's object, with the number of shifts, the over-dispersion and the notes added."""
    return {
        "periods": [period_json(period) for period in line.periods],
        "shifts": [shift_json(shift) for shift in line.shifts],
        "number_of_shifts": [round(p, 6) for p in line.number],
        "statements": line.statements,
        "items": line.items,
        "left_out": line.left_out,
        "dispersion": round(line.dispersion, 4),
        "effective_statements": round(line.effective, 1),
        "notes": list(line.notes),
    }


def period_json(period: Period) -> dict[str, Any]:
    """One period: dates, counts, shares and their 90% intervals."""
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "statements": period.statements,
        "items": period.items,
        "codes": {code: round(share, 6) for code, share in period.codes.items()},
        "intervals": {code: [round(a, 6), round(b, 6)] for code, (a, b) in period.intervals.items()},
        "mean": None if period.mean is None else round(period.mean, 6),
    }


def shift_json(shift: Shift) -> dict[str, Any]:
    """One shift: likeliest date, 90% span, probability, shares on both sides."""
    return {
        "date": shift.date.isoformat(),
        "interval": [shift.interval[0].isoformat(), shift.interval[1].isoformat()],
        "probability": round(shift.probability, 6),
        "before": {code: round(share, 6) for code, share in shift.before.items()},
        "after": {code: round(share, 6) for code, share in shift.after.items()},
    }


def line_table(line: Line) -> str:
    """Periods with the shifts between them, commonest codes first."""
    rows = [("", "from", "to", "statements", "items", "what prevailed")]
    for i, period in enumerate(line.periods):
        if i:
            shift = line.shifts[i - 1]
            low, high = shift.interval
            span = f"{shift.date}" if low == high else f"{shift.date} ({low} to {high})"
            rows.append(
                ("shift", span, "", "", "", f"probability {figures.probability(shift.probability)}: {moved(shift)}")
            )
        top = sorted(period.codes.items(), key=lambda pair: -pair[1])[:4]
        what = ", ".join(f"{code} {share:.0%}" for code, share in top if share >= 0.005)
        if period.mean is not None:
            what += f"; mean {period.mean:+.2f}"
        rows.append(
            (f"period {i + 1}", str(period.start), str(period.end), str(period.statements), str(period.items), what)
        )
    widths = [max(len(row[c]) for row in rows if row[0] != "shift") for c in range(5)]
    lines = []
    for row in rows:
        if row[0] == "shift":
            lines.append(f"{'  ~ shift':<{widths[0]}}  {row[1]}, {row[5]}")
        else:
            lines.append("  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[5]]))
    return "\n".join(line.rstrip() for line in lines)


def moved(shift: Shift, most: int = 3) -> str:
    """The codes that moved most over a shift: "threaten 61% → 12%"."""
    codes = sorted(shift.after, key=lambda code: -abs(shift.after[code] - shift.before[code]))[:most]
    return ", ".join(f"{code} {shift.before[code]:.0%} → {shift.after[code]:.0%}" for code in codes)
