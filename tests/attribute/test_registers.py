"""Kinds of text that PolNeAR lacks, of our own and not learned from: attribution keeps its floors on them."""

import sys
from pathlib import Path

from quality import shortfalls

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import registers


def test_no_figure_is_under_its_floor() -> None:
    found = registers.measured(registers.WRITTEN_DEV)
    _, rates, inside = found["all"]
    figures = {f"{name} F1": rates[name].f1 for name in ("content tokens", "e2e")} | {"nested F1": inside.f1}
    by_kind = {f"e2e F1 of {kind}": rates["e2e"].f1 for kind, (_, rates, _) in found.items() if kind != "all"}
    assert not shortfalls("registers", figures | by_kind)
