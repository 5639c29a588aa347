"""Stopped, killed and begun again: OUT is what an undisturbed run would have made."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bulk_sample import KIT, page, rows, tables, warc

from sayso.bulk import Output, Stopped, bulk
from sayso.errors import UsageError

ME = Path(__file__).parent


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return warc(tmp_path_factory.mktemp("warc") / "w.warc.gz", [page(n) for n in range(18)])


@pytest.fixture(scope="module")
def undisturbed(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    assert bulk([str(archive)], str(out), pages=4, kit=KIT).partitions == 5
    return out


@pytest.mark.parametrize("after", [1, 10])
def test_killed_and_run_again(archive: Path, undisturbed: Path, tmp_path: Path, after: int) -> None:
    out = tmp_path / "out"
    command = [sys.executable, str(ME / "bulk_sample.py"), str(archive), str(out)]
    assert subprocess.run([*command, str(after)], check=False, timeout=300).returncode == -9
    assert len(Output(str(out)).entries()) == after // 4
    made = bulk([str(archive)], str(out), pages=4, kit=KIT)
    assert (made.partitions, made.counts["documents"]) == (5, 18)
    assert tables(out) == tables(undisturbed)
    assert sorted(path.name for path in out.iterdir()) == sorted(path.name for path in undisturbed.iterdir())


def test_what_is_done_is_not_done_again(archive: Path, undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    bulk([str(archive)], str(out), pages=4, kit=KIT)
    lost = "00000-000002"
    (out / "manifest" / f"{lost}.json").unlink()
    (out / "attributions" / f"{lost}.parquet").write_bytes(b"half a file")
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/*.parquet") if lost not in path.name}
    bulk([str(archive)], str(out), pages=4, kit=KIT)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert tables(out) == tables(undisturbed)


def test_stopped_in_good_order(archive: Path, undisturbed: Path, tmp_path: Path) -> None:
    out, seen = tmp_path / "out", []

    def stop(size: int, entry: object) -> None:
        seen.append(entry)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(Stopped, match="2 partitions are done and kept"):
        bulk([str(archive)], str(out), pages=4, kit=KIT, advance=stop)
    assert len(list((out / "documents").iterdir())) == 2
    assert not (out / ".work").exists()
    told: list[int] = []
    bulk([str(archive)], str(out), pages=4, kit=KIT, begin=told.append, advance=lambda size, entry: told.append(size))
    assert len(told) == 6  # the bytes of all, then five partitions, the two old ones among them
    assert sum(told[1:]) == told[0] == archive.stat().st_size
    assert tables(out) == tables(undisturbed)


def hears_control_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a test run in the background ignores it, and so would its children


@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_control_c_and_sigterm_end_the_command_with_one_line(tmp_path: Path, how: signal.Signals, status: int) -> None:
    file, out = warc(tmp_path / "w.warc.gz", [page(n) for n in range(400)]), tmp_path / "out"
    command = [
        sys.executable,
        "-c",
        "from sayso.cli import main; main()",
        "bulk",
        str(file),
        "-o",
        str(out),
        "--pages",
        "2",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=hears_control_c) as process:
        deadline = time.monotonic() + 240
        while not list((out / "manifest").glob("*.json")) and time.monotonic() < deadline:
            assert process.poll() is None
            os.sched_yield()
        process.send_signal(how)
        _, errors = process.communicate(timeout=120)
    assert process.returncode == status
    assert errors.startswith("sayso: stopped: ")
    assert errors.count("\n") == 1
    assert not (out / ".work").exists()
    done = len(list((out / "manifest").glob("*.json")))
    assert len(rows(out, "documents")) == 2 * done
    header = json.loads((out / "manifest.json").read_text())
    assert header["pages"] == 2


def test_a_second_command_on_the_same_out_is_refused_and_harms_nothing(
    archive: Path, undisturbed: Path, tmp_path: Path
) -> None:
    out, told = tmp_path / "out", []

    def second(size: int, entry: object) -> None:
        if not told:
            with pytest.raises(UsageError) as refused:
                bulk([str(archive)], str(out), pages=4, kit=KIT)
            told.append(str(refused.value))

    bulk([str(archive)], str(out), pages=4, kit=KIT, advance=second)
    assert told == [f"{out}: another `sayso bulk` writes there; wait for its end, or stop it"]
    assert tables(out) == tables(undisturbed)


def test_settings_may_change_until_something_is_done(archive: Path, undisturbed: Path, tmp_path: Path) -> None:
    def stop(size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises((Stopped, KeyboardInterrupt)):
        bulk([str(archive)], str(tmp_path / "out"), pages=7, kit=KIT, begin=stop)
    bulk([str(archive)], str(tmp_path / "out"), pages=4, kit=KIT)
    assert tables(tmp_path / "out") == tables(undisturbed)
    with pytest.raises(UsageError, match="partitions of another size"):
        bulk([str(archive)], str(tmp_path / "out"), pages=7, kit=KIT)


def test_a_full_disk_is_one_line_and_the_same_command_goes_on(tmp_path: Path) -> None:
    # No file of this process may be longer than this: the system's answer comes from the same calls as a full disk's.
    file, out = warc(tmp_path / "w.warc.gz", [page(n) for n in range(60)]), tmp_path / "out"
    program = (
        "import resource, signal, sys; from sayso.cli import main\n"
        "from sayso.bulk.work import Worker\n"
        "made = Worker.__init__\n"
        "def limited(self, *given, **named):\n"
        "    made(self, *given, **named); self._readers.start()\n"
        "    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))\n"
        "Worker.__init__ = limited\n"
        "main()\n"
    )
    command = ["bulk", str(file), "-o", str(out), "--pages", "60"]
    broken = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True, timeout=300)
    assert (broken.returncode, broken.stdout) == (1, "")
    assert len(broken.stderr.splitlines()) == 1, broken.stderr
    assert "cannot be written: File too large; when that is mended, the same command goes on" in broken.stderr
    assert rows(out, "documents") == []
    whole = [sys.executable, "-c", "from sayso.cli import main; main()", *command]
    assert subprocess.run(whole, capture_output=True, timeout=300).returncode == 0
    assert len(rows(out, "documents")) == 60
