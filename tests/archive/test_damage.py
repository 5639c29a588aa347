"""Crashes at any byte, bit rot at any byte, hands that change things: what is lost, what is named."""

import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample import local, page

from sayso.archive import Archive
from sayso.errors import SaysoError

WARC = "captures-00001.warc.gz"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small archive with every kind of entry but erasures."""
    folder = tmp_path_factory.mktemp("sound") / "archive"
    with Archive(folder) as archive:
        archive.put(page(1))
        archive.put(local(folder, b"the words of a file"))
        archive.put(page(2, data=page(1).data))
        archive.put(page(3))
    return folder


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / "archive")


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


def reset(copy: Path, sound: Path) -> None:
    for path in copy.parent.glob("archive*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    shutil.copytree(sound, copy)


def places(size: int, every: int) -> Iterator[int]:
    """Places all over a file, the same in each run."""
    yield from {0, 1, size - 1, *range(random.Random(size).randrange(every), size, every)}


@pytest.mark.parametrize("name", [WARC, "journal.jsonl"])
def test_one_flipped_bit_anywhere_is_named_with_its_capture(copy: Path, sound: Path, name: str) -> None:
    raw = (sound / name).read_bytes()
    entries = lines(sound)
    starts = [entry["offset"] for entry in entries]
    if name == "journal.jsonl":
        text = raw.split(b"\n")
        starts = [sum(len(line) + 1 for line in text[:number]) for number in range(len(entries))]
    for place in places(len(raw), 61):
        reset(copy, sound)
        damaged = bytearray(raw)
        damaged[place] ^= 1 << (place % 8)
        (copy / name).write_bytes(damaged)
        hit = entries[max(number for number, start in enumerate(starts) if start <= place)]
        with Archive(copy) as archive:
            problems = list(archive.verify())
        assert problems, f"byte {place} of {name}"
        assert hit["seq"] in {problem.seq for problem in problems}, f"byte {place} of {name}: {problems}"
        if hit["kind"] == "capture":
            assert hit["sha256"] in {problem.sha256 for problem in problems}
            assert any(hit["url"] in str(problem) for problem in problems)


def test_bit_rot_under_an_index_made_before_is_named_too(copy: Path) -> None:
    with Archive(copy) as archive:
        captures = list(archive.captures())
    raw = bytearray((copy / WARC).read_bytes())
    raw[captures[1].offset + 40] ^= 4
    (copy / WARC).write_bytes(raw)
    with Archive(copy) as archive:
        assert captures[1].sha256 in {problem.sha256 for problem in archive.verify()}
        with pytest.raises(SaysoError, match="damaged"):
            archive.get(captures[1].sha256)
        assert archive.get(captures[0].sha256) == page(1).data


def test_a_crash_at_any_byte_of_a_put_loses_nothing_before(copy: Path, sound: Path) -> None:
    """The records up to some byte, and the lines of all entries that were complete when that byte was written."""
    entries = lines(sound)
    raw, journal = (sound / WARC).read_bytes(), (sound / "journal.jsonl").read_bytes().split(b"\n")
    for place in places(len(raw), 97):
        reset(copy, sound)
        whole = [entry for entry in entries if entry["offset"] + entry["length"] <= place]
        (copy / WARC).write_bytes(raw[:place])
        (copy / "journal.jsonl").write_bytes(b"".join(line + b"\n" for line in journal[: len(whole)]))
        with Archive(copy) as archive:
            kept = [capture.url for capture in archive.captures()]
            assert kept == [entry["url"] for entry in whole if entry["kind"] == "capture"]
            assert list(archive.verify()) == []
            new = archive.put(page(9))
            assert archive.get(new.sha256) == page(9).data
            assert list(archive.verify()) == []


def test_a_journal_cut_at_any_byte_is_written_anew_from_the_records(copy: Path, sound: Path) -> None:
    raw = (sound / "journal.jsonl").read_bytes()
    with Archive(sound) as archive:
        captures = list(archive.captures())
    for place in places(len(raw), 131):
        reset(copy, sound)
        (copy / "journal.jsonl").write_bytes(raw[:place])
        with Archive(copy) as archive:
            assert list(archive.captures()) == captures
            assert list(archive.verify()) == []
        assert (copy / "journal.jsonl").read_bytes() == raw


def test_records_cut_at_any_byte_keep_all_before_readable_and_name_the_rest(copy: Path, sound: Path) -> None:
    raw = (sound / WARC).read_bytes()
    entries = lines(sound)
    for place in places(len(raw), 151):
        reset(copy, sound)
        (copy / WARC).write_bytes(raw[:place])
        lost = {entry["seq"] for entry in entries if entry["offset"] + entry["length"] > place}
        with Archive(copy) as archive:
            assert {problem.seq for problem in archive.verify()} >= lost
            for entry in entries:
                if entry["kind"] == "capture" and "refers" not in entry and entry["seq"] not in lost:
                    assert len(archive.get(entry["sha256"])) == entry["size"]
            new = archive.put(page(9))
            assert archive.get(new.sha256) == page(9).data
            assert new.file != WARC or not lost  # nothing is written behind a damaged end


def test_damage_in_records_whose_lines_are_lost_costs_no_later_record(copy: Path) -> None:
    """Two faults at once: the journal is gone, and a record in the middle is broken. Nothing behind it may be cut off."""
    raw = bytearray((copy / WARC).read_bytes())
    entry = lines(copy)[2]
    raw[entry["offset"] + 30] ^= 1
    (copy / WARC).write_bytes(raw)
    (copy / "journal.jsonl").unlink()
    with Archive(copy) as archive:
        assert [capture.url for capture in archive.captures()] == [page(1).url]
        new = archive.put(page(9))
        assert archive.get(new.sha256) == page(9).data
        assert any(problem.file == WARC for problem in archive.verify())
    assert (copy / WARC).read_bytes() == raw


def test_a_line_taken_out_is_named(copy: Path) -> None:
    with Archive(copy) as archive:
        archive.close()
    text = (copy / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (copy / "journal.jsonl").write_bytes(b"".join(text[:2] + text[3:]))
    with Archive(copy) as archive:
        problems = list(archive.verify())
    assert json.loads(text[2])["sha256"] in {problem.sha256 for problem in problems}


def test_a_record_rewritten_with_its_line_breaks_the_chain(copy: Path) -> None:
    """Someone edits a page's line and seals it anew: the next line's `prev` tells."""
    import hashlib

    text = [json.loads(line) for line in (copy / "journal.jsonl").read_text().splitlines()]
    forged = {**text[1], "url": "http://e.org/forged"}
    del forged["hash"]
    body = json.dumps(forged, sort_keys=True, separators=(",", ":"))
    forged["hash"] = hashlib.sha256(body.encode()).hexdigest()
    text[1] = forged
    out = "".join(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in text)
    (copy / "journal.jsonl").write_text(out)
    with Archive(copy) as archive:
        assert any("chain is broken" in problem.reason for problem in archive.verify())


def test_files_that_do_not_belong_and_files_that_are_missing_are_named(copy: Path) -> None:
    (copy / "stranger.warc.gz").write_bytes(b"x")
    (copy / WARC).unlink()
    with Archive(copy) as archive:
        problems = list(archive.verify())
    assert any(problem.file == "stranger.warc.gz" for problem in problems)
    assert {problem.reason for problem in problems if problem.sha256} == {"the file is missing"}


WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from sample import page
from sayso.archive import Archive
with Archive(sys.argv[1], rotate_at=20_000) as archive:
    for number in range(int(sys.argv[3]), 10_000):
        archive.put(page(number))
        print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_had_put(tmp_path: Path) -> None:
    chance = random.Random(7)
    done = -1
    for _ in range(4):
        command = [sys.executable, "-c", WRITER, str(tmp_path / "archive"), str(Path(__file__).parent), str(done + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(chance.randrange(1, 60)):
                done = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            told = writer.stdout.read().split()  # what it still said before it died
            done = int(told[-1]) if told else done
        with Archive(tmp_path / "archive") as archive:
            urls = [capture.url for capture in archive.captures()]
            assert list(archive.verify()) == []
        assert urls[: done + 1] == [page(number).url for number in range(done + 1)]
        done = len(urls) - 1  # one more may be whole that was not told of
    assert done > 4
