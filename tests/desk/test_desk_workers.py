"""Several runs on one desk at once: they share the work, and what comes out is what one run gives."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sayso.desk import Desk

PROGRAM = Path(__file__).with_name("small_engines.py")


@pytest.fixture(params=["sqlite", "postgresql"])
def shared_desk(request: pytest.FixtureRequest, make_desk: Callable[..., Desk], clippings: Path) -> Desk:
    """A desk with thirteen items that wait."""
    store = request.getfixturevalue("postgresql").migrated() if request.param == "postgresql" else ""
    desk = make_desk("desk", store=store)
    desk.add([str(clippings)])
    return desk


def start(desk: Desk, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(desk.folder), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_two_runs_at_once_end_as_one(shared_desk: Desk, undisturbed: dict[str, str]) -> None:
    both = [start(shared_desk) for _ in range(2)]
    answers = [each.communicate(timeout=300) for each in both]
    assert [each.returncode for each in both] == [0, 0], answers
    assert shared_desk.store.fingerprint() == undisturbed
    attributed = [int(out) for out, _ in answers]
    assert sum(attributed) >= 13
    if shared_desk.store.dialect == "postgresql":
        assert sum(attributed) == 13  # each by one of them alone


@pytest.mark.parametrize("commits", ["30", pytest.param("15", marks=pytest.mark.slow)])
def test_what_a_killed_run_held_is_done_by_the_other(
    shared_desk: Desk, undisturbed: dict[str, str], commits: str
) -> None:
    killed = start(shared_desk, commits)
    while not shared_desk.store.progress.count("read") and killed.poll() is None:
        pass  # it may be dead before we look again
    survivor = start(shared_desk)
    _, error = survivor.communicate(timeout=300)
    assert survivor.returncode == 0, error
    assert killed.wait(300) == -9
    assert shared_desk.store.fingerprint() == undisturbed
