"""A desk that is killed again and again while it collects and runs ends as one that was left in peace (bench/kill.py)."""

import importlib.util
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sayso.desk import Desk


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


def test_sigterm_stops_a_run_in_good_order(tmp_path: Path) -> None:
    with Desk.create(tmp_path / "desk") as desk:
        for number in range(60):
            (tmp_path / f"{number}.txt").write_text(f"Ann Keller said on day {number} that the talks would begin.\n")
        desk.add([str(path) for path in sorted(tmp_path.glob("*.txt"))])
        program = "import sys; from sayso.cli import main; main(['run', '--desk', sys.argv[1]])"
        command = [sys.executable, "-c", program, str(desk.folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            while not desk.store.progress.count("read"):
                assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            out, error = process.communicate(timeout=300)
        assert (process.returncode, out) == (143, "")
        assert error == "sayso: stopped; run it again to go on\n"
        assert desk.store.progress.count("code") < 60
        assert subprocess.run(command, capture_output=True, timeout=300).returncode == 0
        assert desk.store.progress.count("code") == 60
