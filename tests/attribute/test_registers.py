"""Kinds of text that PolNeAR lacks, of our own and not learned from: attribution keeps its floors on them."""

import sys
from pathlib import Path

from quality import shortfalls

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import registers


def test_no_figure_is_under_its_floor() -> None:
    found = registers.measured(registers.WRITTEN_DEV)
    figures = {f"{name} F1": found["all"].rates[name].f1 for name in ("content tokens", "e2e")}
    figures |= {f"e2e F1 of {kind}": f.rates["e2e"].f1 for kind, f in found.items()}
    assert not shortfalls("registers", figures | {"nested F1": found["all"].nested.f1})
