"""The archive from outside: what is put can be had again, from several processes, and never twice."""

import datetime as dt
import gzip
import hashlib
import json
import multiprocessing
import stat
import tempfile
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample import AT, local, page
from warcio.archiveiterator import ArchiveIterator

from sayso.archive import Archive, Erased
from sayso.archive._log import Log
from sayso.errors import SaysoError
from sayso.records import Fetched, Hop


def warc_records(folder: Path) -> list:
    """All records as warcio reads them, their digests checked."""
    out = []
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as handle:
            for record in ArchiveIterator(handle, check_digests="raise"):
                out.append((record.rec_type, record.rec_headers, record.http_headers, record.content_stream().read()))
    return out


def test_what_is_put_can_be_had_again(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        captures = [archive.put(page(1)), archive.put(page(2)), archive.put(local(tmp_path, b"words"))]
    with Archive(tmp_path / "archive") as archive:
        assert list(archive.captures()) == captures
        assert archive.get(captures[1].sha256) == page(2).data
        assert captures[2].sha256 == hashlib.sha256(b"words").hexdigest()
        assert captures[0].headers["content-type"] == "text/html"
        assert archive.latest(page(2).url) == captures[1]
        assert list(archive.verify()) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=6))
def test_any_bytes_survive(bodies: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder) / "archive") as archive:
        captures = [archive.put(page(number, data=body)) for number, body in enumerate(bodies)]
        assert [archive.get(capture.sha256) for capture in captures] == bodies
        assert list(archive.verify()) == []


def test_records_are_standard_warc(tmp_path: Path) -> None:
    hop = Hop("http://e.org/old", 301, (("Location", "/1"),), (("User-Agent", "sayso"),))
    fetched = page(1, final_url="http://e.org/new", hops=(hop,), headers=(("Content-Encoding", "gzip"),))
    with Archive(tmp_path / "archive") as archive:
        archive.put(fetched)
        archive.put(local(tmp_path, b"words"))
    records = warc_records(tmp_path / "archive")
    kinds = [kind for kind, *_ in records]
    assert kinds == ["warcinfo", "metadata", *("request", "response") * 2, "metadata", "resource", "metadata"]
    redirect, answer = (record for record in records if record[0] == "response")
    assert redirect[2].get_statuscode() == "301"
    assert answer[1].get_header("WARC-Target-URI") == "http://e.org/new"
    assert answer[3] == fetched.data  # kept decoded, with the coding told under another name
    assert answer[2].get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert records[-2][1].get_header("WARC-Target-URI").startswith("file:///")


def test_what_proves_who_we_are_is_not_kept(tmp_path: Path) -> None:
    secret = (("Authorization", "Basic c2VjcmV0"), ("Cookie", "id=c2VjcmV0"))
    with Archive(tmp_path / "archive") as archive:
        capture = archive.put(page(1, request_headers=secret, headers=(("Set-Cookie", "sid=c2VjcmV0"),)))
    request = next(record for record in warc_records(tmp_path / "archive") if record[0] == "request")
    assert b"c2VjcmV0" not in str(request).encode()
    assert "set-cookie" not in capture.headers


def test_the_same_bytes_are_stored_once(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        first = archive.put(page(1))
        again = archive.put(page(2, data=page(1).data))
        later = archive.put(page(1, fetched_at=AT + dt.timedelta(days=1)))
        assert first.sha256 == again.sha256 == later.sha256
        assert [capture.url for capture in archive.captures()] == [first.url, again.url, first.url]
        assert archive.get(later.sha256) == page(1).data
    revisits = [record for record in warc_records(tmp_path / "archive") if record[0] == "revisit"]
    assert len(revisits) == 2
    assert all(record[3] == b"" for record in revisits)
    assert revisits[0][1].get_header("WARC-Refers-To-Target-URI") == first.url


def test_not_modified_refers_to_the_last_capture(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        first = archive.put(page(1))
        seen = archive.put(page(1, data=b"", status=304, fetched_at=AT + dt.timedelta(days=1)))
        assert (seen.sha256, seen.status, seen.size) == (first.sha256, 304, first.size)
        with pytest.raises(SaysoError, match="never captured"):
            archive.put(page(9, data=b"", status=304))


def test_putting_the_same_thing_twice_writes_nothing(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        captures = [archive.put(page(1)), archive.put(local(tmp_path, b"words"))]
        size = archive.journal_path.stat().st_size
        later = local(tmp_path, b"words", fetched_at=AT + dt.timedelta(days=3))
        assert [archive.put(page(1)), archive.put(later)] == captures
        assert archive.journal_path.stat().st_size == size


def test_known_finds_variants_of_an_address_and_versions_lists_them(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        old = archive.put(page(1, url="https://www.e.org/news/1"))
        new = archive.put(page(1, url="http://m.e.org/news/1/?utm_source=x", data=b"edited"))
        assert archive.known("https://e.org/news/1/amp/") == new
        assert archive.versions("https://e.org/news/1#top") == [old, new]
        assert archive.known("https://e.org/news/2") is None


def test_hints_and_origin_are_kept(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        put = archive.put(page(1, hints={"title": "Tägliches"}, origin={"container": "file:///x.mbox"}, feed="f"))
    with Archive(tmp_path / "archive") as archive:
        found = next(archive.captures())
    assert found == put
    assert (found.hints["title"], found.origin["container"], found.feed) == ("Tägliches", "file:///x.mbox", "f")


def test_files_rotate_and_the_index_can_be_deleted(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive", rotate_at=2000) as archive:
        captures = [archive.put(page(number)) for number in range(12)]
        index = archive.index_path
    assert len(list((tmp_path / "archive").glob("*.warc.gz"))) > 2
    index.unlink()
    with Archive(tmp_path / "archive") as archive:
        assert list(archive.captures()) == captures
        assert list(archive.verify()) == []


def test_a_broken_index_is_made_anew(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        capture = archive.put(page(1))
        index = archive.index_path
    index.write_bytes(b"no database at all" * 100)
    with Archive(tmp_path / "archive") as archive:
        assert list(archive.captures()) == [capture]


def _put_many(folder: Path, first: int) -> None:
    with Archive(folder) as archive:
        for number in range(first, first + 25):
            archive.put(page(number))


def test_several_processes_write_one_chain(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    fork = multiprocessing.get_context("fork")
    with Archive(folder) as archive:
        workers = [fork.Process(target=_put_many, args=(folder, 100 * number)) for number in range(3)]
        for worker in workers:
            worker.start()
        _put_many(folder, 900)
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0, 0]
        captures = list(archive.captures())
        assert len({capture.url for capture in captures}) == 100
        assert list(archive.verify()) == []
    lines = [json.loads(line) for line in archive.journal_path.read_text().splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(after["prev"] == before["hash"] for before, after in pairwise(lines))


def test_an_archive_that_may_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Archive(tmp_path / "archive") as archive:
        capture = archive.put(page(1))
    monkeypatch.setattr(Log, "_open_journal", _read_only)
    with Archive(tmp_path / "archive") as archive:
        assert archive.get(capture.sha256) == page(1).data
        assert list(archive.verify()) == []
        with pytest.raises(SaysoError, match="only be read"):
            archive.put(page(2))


def _read_only(log: Log) -> bool:
    import os

    log.journal_fd = os.open(log.journal_path, os.O_RDONLY)
    return False


def test_bytes_never_kept_are_named(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive, pytest.raises(SaysoError, match="not in the archive"):
        archive.get("0" * 64)


def test_erasure_removes_the_bytes_and_leaves_a_tombstone(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    secret = b"words that must go, " * 40
    with Archive(folder) as archive:
        archive.put(page(1))
        gone = archive.put(page(2, data=secret, hints={"title": "Its-Title"}))
        archive.put(page(3, data=secret))
        kept = archive.put(page(4))
        before = {path.name: path.stat().st_size for path in folder.glob("*.warc.gz")}
        assert archive.erase(gone.sha256, "court order 12/26") == 2
        with pytest.raises(Erased, match="court order 12/26"):
            archive.get(gone.sha256)
        with pytest.raises(Erased):
            archive.put(page(5, data=secret))
        with pytest.raises(SaysoError, match="no capture"):
            archive.erase(gone.sha256, "again")
    with Archive(folder) as archive:
        assert [capture.url for capture in archive.captures()] == [page(1).url, kept.url]
        assert archive.get(kept.sha256) == page(4).data
        assert list(archive.verify()) == []
        assert [line["kind"] for line in archive.entries(gone.sha256)] == ["capture", "capture", "erasure"]
    for path in [*folder.iterdir(), archive.index_path]:
        raw = path.read_bytes()
        plain = gzip.decompress(raw) if path.suffix == ".gz" else raw
        assert b"must go" not in plain
        assert b"Its-Title" not in plain
    assert before["captures-00001.warc.gz"] < (folder / "captures-00001.warc.gz").stat().st_size
    assert "response" in {kind for kind, *_ in warc_records(folder)}  # other readers still read on


def test_an_erasure_that_a_crash_cut_short_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "archive"
    archive = Archive(folder)
    gone = archive.put(page(2))
    monkeypatch.setattr(Log, "overwrite", lambda *_: None)
    archive.erase(gone.sha256, "asked for")
    archive.close()
    monkeypatch.undo()
    with Archive(folder) as archive:
        assert list(archive.verify()) == []
    assert page(2).data not in gzip.decompress((folder / "captures-00001.warc.gz").read_bytes())


def test_a_lost_journal_is_rebuilt_with_its_erasures(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    with Archive(folder) as archive:
        gone, kept = archive.put(page(1)), archive.put(page(2))
        archive.erase(gone.sha256, "asked for")
        whole = archive.journal_path.read_bytes()
    archive.journal_path.unlink()
    with Archive(folder) as archive:
        assert list(archive.captures()) == [kept]
        assert list(archive.verify()) == []
    assert archive.journal_path.read_bytes() == whole


def test_erasure_needs_a_reason(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        capture = archive.put(page(1))
        with pytest.raises(SaysoError, match="reason"):
            archive.erase(capture.sha256, " ")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SaysoError, match="no archive can be made"):
        Archive(tmp_path / "file" / "archive")
    assert stat.S_ISREG((tmp_path / "file").stat().st_mode)


def test_large_payloads_and_their_tombstones(tmp_path: Path) -> None:
    import random

    data = random.Random(1).randbytes(300_000)  # does not compress: several stored blocks in the tombstone
    with Archive(tmp_path / "archive") as archive:
        capture = archive.put(page(1, data=data))
        assert archive.get(capture.sha256) == data
        archive.erase(capture.sha256, "asked for")
        assert list(archive.verify()) == []
    raw = (tmp_path / "archive" / "captures-00001.warc.gz").read_bytes()
    assert data[1000:1100] not in raw
    assert len([1 for _ in ArchiveIterator(BytesIO(raw))]) > 2


def test_fetched_without_any_header_is_a_resource(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        archive.put(Fetched(url="https://t.me/c/1/2", data=b"post", fetched_at=AT))
    assert "resource" in [kind for kind, *_ in warc_records(tmp_path / "archive")]


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=60), st.text(alphabet="abcdefgh/", min_size=1, max_size=300))
def test_whatever_was_put_can_be_erased(data: bytes, name: str) -> None:
    """Short records too: each group is as long as its tombstone."""
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder) / "archive") as archive:
        capture = archive.put(Fetched(url=f"file:///{name}", data=data, fetched_at=AT, media_type="text/plain"))
        archive.put(page(1))
        archive.put(Fetched(url=f"file:///again/{name}", data=data, fetched_at=AT))
        assert archive.erase(capture.sha256, "asked for") == 2
        assert [found.url for found in archive.captures()] == [page(1).url]
        assert list(archive.verify()) == []
