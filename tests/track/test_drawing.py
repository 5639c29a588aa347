"""Charts are drawn beside the process that asks for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

from sayso.errors import SaysoError
from sayso.track import svg
from sayso.track.drawing import CHART, Artist

SPEC: dict[str, Any] = {
    "mark": "bar",
    "data": {"values": [{"code": "réject ⟨1⟩", "n": 3}, {"code": "promise", "n": 5}]},
    "encoding": {"x": {"field": "n", "type": "quantitative"}, "y": {"field": "code", "type": "nominal"}},
}


@pytest.fixture(scope="module")
def artist() -> Artist:
    return Artist()


def child() -> int:
    """The process id of the only child that draws."""
    listed = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "sayso.track.drawing"], capture_output=True, text=True, check=True
    )
    return int(listed.stdout.split()[-1])


def test_a_drawing_is_the_same_as_one_made_here(artist: Artist) -> None:
    assert artist.svg(SPEC) == svg(SPEC)


def test_others_go_on_while_a_chart_is_drawn(artist: Artist) -> None:
    artist.start()
    os.kill(child(), signal.SIGSTOP)  # a drawing that takes as long as the test wants
    drawn: list[str] = []
    asking = threading.Thread(target=lambda: drawn.append(artist.svg(SPEC)))
    asking.start()
    assert sum(range(200_000)) == 19_999_900_000 and asking.is_alive()
    os.kill(child(), signal.SIGCONT)
    asking.join()
    assert drawn == [svg(SPEC)]


def test_after_its_process_was_killed_a_chart_is_drawn_all_the_same(artist: Artist) -> None:
    artist.start()
    before = child()
    os.kill(before, signal.SIGKILL)
    assert artist.svg(SPEC) == svg(SPEC)
    assert artist.svg(CHART) == svg(CHART)
    assert child() != before


def test_what_cannot_be_drawn_is_an_error_here_and_the_next_chart_is_drawn(artist: Artist) -> None:
    with pytest.raises(SaysoError, match="cannot be drawn"):
        artist.svg({"mark": "no such mark"})
    assert artist.svg(CHART) == svg(CHART)


def test_it_ends_with_the_process_that_started_it() -> None:
    code = (
        "import os, subprocess; from sayso.track.drawing import Artist; Artist().start();"
        "print(subprocess.run(['pgrep', '-P', str(os.getpid()), '-f', 'sayso.track.drawing'],"
        " capture_output=True, text=True).stdout.split()[-1], flush=True); os.kill(os.getpid(), 9)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    ended = subprocess.run(["tail", f"--pid={int(told.stdout)}", "-f", "/dev/null"], timeout=60)
    assert ended.returncode == 0
