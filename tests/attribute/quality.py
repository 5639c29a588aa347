"""The floors that quality may not fall under: `tests/quality_floors.json`, one object for each measurement."""

import json
from pathlib import Path

FLOORS: dict[str, dict[str, float]] = json.loads(
    Path(__file__).parents[1].joinpath("quality_floors.json").read_text(encoding="utf-8")
)


def shortfalls(name: str, measured: dict[str, float]) -> dict[str, str]:
    """The figures of a measurement that miss their floors; a figure named "at most …" has a ceiling. Empty is good."""
    out = {}
    for figure, bound in FLOORS[name].items():
        ceiling = figure.startswith("at most ")
        value = measured[figure.removeprefix("at most ")]
        if value > bound if ceiling else value < bound:
            out[figure] = f"{value:.3f}, the bound is {bound}"
    return out
