"""What a desk does with its archive: export, erasure, versions, backup, from the command line and from Python."""

import datetime as dt
import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from small_engines import ENGINES

from sayso.archive import Erased
from sayso.cli import run
from sayso.desk import Desk, keeping
from sayso.desk.views import Missing, statement
from sayso.errors import UsageError
from sayso.records import Fetched

WORDS = b"The union rejected the offer.\n"
SHA = hashlib.sha256(WORDS).hexdigest()


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "item.txt").write_bytes(WORDS)
    with Desk.create(tmp_path / "desk") as made:
        made.add([str(tmp_path / "item.txt")])
    return tmp_path / "desk"


def test_erased_bytes_are_gone_from_archive_and_store_and_listed(desk: Path) -> None:
    assert run(["archive", "erase", SHA, "--reason", "court order 7", "--desk", str(desk)]) == 0
    with Desk.open(desk) as opened:
        with pytest.raises(Erased):
            opened.archive.get(SHA)
        assert [failure.reason for failure in opened.store.progress.refused()] == ["erased (court order 7)"]
        assert list(opened.archive.verify()) == []
        added = opened.add([str(desk.parent / "item.txt")])
        assert (added.new, len(added.refused)) == (0, 1)


def test_a_statement_of_erased_bytes_says_why_it_is_gone(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("The union said that whoever crosses the line will be expelled.\n", encoding="utf-8")
    with Desk.create(tmp_path / "desk") as desk:
        desk.add([str(page)])
        desk.run(engines=ENGINES)
        (found,) = desk.statements()
        key, sha256 = found.statement.id, found.document.sha256
        assert statement(desk, key)["id"] == key
        keeping.erase(desk, sha256, "court order 7")
        with pytest.raises(Missing, match=r"erased \(court order 7"):
            statement(desk, key)


def test_what_came_in_is_counted_as_new_changed_or_unchanged(desk: Path) -> None:
    def fetch(words: str, minute: int, **more: str) -> Fetched:
        when = dt.datetime(2026, 5, 1, 10, minute, tzinfo=dt.UTC)
        url = more.get("url", "https://e.org/1")
        return Fetched(
            url, words.encode(), when, media_type="text/html", protocol="http/1.1", role=more.get("role", "item")
        )

    with Desk.open(desk) as opened:
        feed = {"url": "https://e.org/feed", "role": "feed"}  # archived, but no item
        first = opened.keep([fetch("<rss>", 0, **feed), fetch("one", 0), fetch("two", 0, url="https://e.org/2")])
        again = opened.keep([fetch("<rss/>", 1, **feed), fetch("other", 1), fetch("two", 1, url="https://e.org/2")])
    assert first.told == "2 new, 0 unchanged, 0 refused"
    assert again.told == "0 new, 1 changed, 1 unchanged, 0 refused"


def test_erasing_what_is_not_held_fails_in_one_line(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", "erase", "0" * 64, "--reason", "x", "--desk", str(desk)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert run(["archive", "erase", SHA, "--desk", str(desk)]) == 2


def test_versions_are_listed_with_their_captures(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item = desk.parent / "item.txt"
    item.write_bytes(b"The union accepted the offer.\n")
    with Desk.open(desk) as opened:
        opened.add([str(item)])
    assert run(["versions", item.as_uri(), "--desk", str(desk)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["sha256"] for row in rows] == [SHA, hashlib.sha256(item.read_bytes()).hexdigest()]
    assert run(["versions", "http://e.org/never", "--desk", str(desk)]) == 2


def test_the_archive_is_exported(desk: Path) -> None:
    assert run(["archive", "export", "-o", str(desk.parent / "out.wacz"), "--desk", str(desk)]) == 0
    with zipfile.ZipFile(desk.parent / "out.wacz") as package:
        assert "datapackage.json" in package.namelist()


def test_unknown_statements_have_no_evidence(desk: Path) -> None:
    with Desk.open(desk) as opened, pytest.raises(UsageError, match="no statement 'nope'"):
        keeping.export_evidence(opened, "nope", desk.parent / "out.zip")


def test_stamping_needs_an_authority(desk: Path) -> None:
    with Desk.open(desk) as opened, pytest.raises(UsageError, match="timestamp_authority"):
        keeping.stamp_chain(opened)


def test_backup_and_restore_from_the_command_line(desk: Path) -> None:
    package, again = desk.parent / "backup.zip", desk.parent / "again"
    assert run(["backup", str(package), "--desk", str(desk)]) == 0
    assert run(["restore", str(package), str(again)]) == 0
    with Desk.open(again) as opened:
        assert opened.archive.get(SHA) == WORDS
    assert run(["restore", str(package), str(again)]) == 2
    assert run(["backup", str(desk.parent / "x.zip"), "--desk", str(desk.parent)]) == 2
