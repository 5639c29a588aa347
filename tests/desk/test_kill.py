"""A desk that is killed again and again while it collects and runs ends as one that was left in peace (bench/kill.py)."""

import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_a_killed_desk_ends_like_an_undisturbed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(__file__).resolve().parents[2] / "bench" / "kill.py"
    monkeypatch.setattr(sys, "path", [*sys.path])  # the bench adds the tests' folders
    spec = importlib.util.spec_from_file_location("bench_kill", path)
    assert spec
    assert spec.loader
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    result = bench.trial(pages=30, kills=5, engines="small", seed=3)
    assert result["kills"] == 5
    assert result["documents"] == 27  # each tenth page has the bytes of the one before it
    assert (result["problems"], result["differs"]) == ([], [])
