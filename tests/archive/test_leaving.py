"""What leaves the archive: WACZ, evidence, versions, backups, time stamps. Each is checked with other people's tools."""

import gzip
import hashlib
import json
import shutil
import sqlite3
import subprocess
import threading
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample import local, page
from warcio.archiveiterator import ArchiveIterator

from sayso.archive import Archive, backup, changes, check_stamps, export_wacz, restore, stamp, write_evidence
from sayso.errors import SaysoError, UsageError
from sayso.records import ChainLink, Coding, Document, Span, Speaker, Statement

# -- WACZ ----------------------------------------------------------------------------------------------------------------


def test_a_wacz_holds_what_its_manifest_and_index_say(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive", rotate_at=1500) as archive:
        for number in range(5):
            archive.put(page(number))
        archive.put(page(7, data=page(1).data))
        archive.put(local(tmp_path, b"words"))
        gone = archive.put(page(8))
        archive.erase(gone.sha256, "asked for")
        assert export_wacz(archive, tmp_path / "out.wacz", titles={hashlib.sha256(b"words").hexdigest(): "A file"}) == 7
    with zipfile.ZipFile(tmp_path / "out.wacz") as package:
        assert package.testzip() is None
        manifest = json.loads(package.read("datapackage.json"))
        digest = json.loads(package.read("datapackage-digest.json"))
        assert digest["hash"] == "sha256:" + hashlib.sha256(package.read("datapackage.json")).hexdigest()
        for resource in manifest["resources"]:
            body = package.read(resource["path"])
            assert resource["hash"] == "sha256:" + hashlib.sha256(body).hexdigest()
            assert resource["bytes"] == len(body)
        assert {info.compress_type for info in package.infolist() if "warc" in info.filename} == {zipfile.ZIP_STORED}
        warc = package.read("archive/captures.warc.gz")
        rows = [row.split(" ", 2) for row in package.read("indexes/index.cdx").decode().splitlines()]
        head, *pages = [json.loads(line) for line in package.read("pages/pages.jsonl").decode().splitlines()]
    assert head["format"] == "json-pages-1.0"
    assert {entry["url"] for entry in pages[:-1]} == {page(number).url for number in (0, 1, 2, 3, 4, 7)}
    assert (pages[-1]["url"][:8], pages[-1]["title"]) == ("file:///", "A file")  # a desk of files replays as well
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert rows[-1][0] in ("org,e)/4", "org,e)/7")
    for key, stamp_, text in rows:
        about = json.loads(text)
        record = next(iter(ArchiveIterator(BytesIO(warc[about["offset"] : about["offset"] + about["length"]]))))
        assert record.rec_headers.get_header("WARC-Target-URI") == about["url"]
        assert (len(stamp_), key[:7] in ("org,e)/", "file://")) == (14, True)
    assert page(8).data not in gzip.decompress(warc)


def test_members_of_a_wacz_begin_where_replayers_look_for_them(tmp_path: Path) -> None:
    """ReplayWeb.page reads a member without an extra field in the directory from right behind its name."""
    with Archive(tmp_path / "archive") as archive:
        archive.put(page(1))
        export_wacz(archive, tmp_path / "out.wacz")
    raw = (tmp_path / "out.wacz").read_bytes()
    with zipfile.ZipFile(tmp_path / "out.wacz") as package:
        for member in package.infolist():
            start = member.header_offset + 30 + len(member.filename)
            assert not member.extra
            assert raw[start : start + member.file_size] == package.read(member)


def test_a_wacz_of_some_captures_brings_the_bytes_they_refer_to(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        first = archive.put(page(1))
        archive.put(page(2))
        archive.put(page(3, data=page(1).data))
        assert export_wacz(archive, tmp_path / "out.wacz", {first.sha256}) == 2
    with zipfile.ZipFile(tmp_path / "out.wacz") as package:
        warc = package.read("archive/captures.warc.gz")
    found = [(record.rec_type, record.content_stream().read()) for record in ArchiveIterator(BytesIO(warc))]
    assert ("response", page(1).data) in found
    assert page(2).data not in [body for _, body in found]


# -- evidence ------------------------------------------------------------------------------------------------------------

TEXT = "Intro. The union <rejects> the offer, its chair said. More words."


def evidence(archive: Archive, out: Path, **changed: object) -> None:
    capture = archive.put(page(1, data=b"<p>" + TEXT.encode() + b"</p>"))
    content = Span(7, 36, TEXT[7:36])
    document = Document(path=capture.url, text=TEXT, sha256=capture.sha256, title="Offer <refused>")
    chain = (ChainLink("e.org", "document"), ChainLink("the chair", "speaker"))
    statement = Statement("s1", (content,), Speaker("the chair", "person"), chain, 1)
    values: dict = {"capture": capture, "document": document, "statement": statement, **changed}
    codings = [Coding("s1", "approach", "reject", "model:fast", 0.9)]
    write_evidence(out, archive=archive, codings=codings, **values)


def test_evidence_can_be_checked_without_us(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        archive.put(page(0))
        evidence(archive, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as package:
        package.extractall(tmp_path / "out")
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, check=False)
    assert done.returncode == 0
    about = json.loads((tmp_path / "out" / "statement.json").read_text())
    original = (tmp_path / "out" / "capture.html").read_bytes()
    assert hashlib.sha256(original).hexdigest() == about["capture"]["sha256"]
    (span,) = about["statement"]["content"]
    assert (tmp_path / "out" / "document.txt").read_text()[span["start"] : span["end"]] == span["text"]
    with (tmp_path / "out" / "capture.warc.gz").open("rb") as handle:
        bodies = [record.content_stream().read() for record in ArchiveIterator(handle, check_digests="raise")]
    assert original in bodies
    previous = "0" * 64
    for line in gzip.decompress((tmp_path / "out" / "journal.jsonl.gz").read_bytes()).splitlines():
        entry = json.loads(line)
        claimed = entry.pop("hash")
        body = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
        assert (hashlib.sha256(body).hexdigest(), entry["prev"]) == (claimed, previous)
        previous = claimed
    assert previous == about["chain_head"]
    shown = (tmp_path / "out" / "index.html").read_text()
    assert "<mark>The union &lt;rejects&gt; the offer</mark>" in shown
    assert "the chair (speaker)" in shown and "approach: reject" in shown and previous in shown


def test_evidence_that_does_not_agree_is_not_written(tmp_path: Path) -> None:
    moved = Statement("s1", (Span(8, 37, TEXT[7:36]),), Speaker("x", "person"), (), 0)
    other = Document(path="x", text=TEXT, sha256="0" * 64)
    with Archive(tmp_path / "archive") as archive:
        with pytest.raises(SaysoError, match="do not stand"):
            evidence(archive, tmp_path / "out.zip", statement=moved)
        with pytest.raises(SaysoError, match="other bytes"):
            evidence(archive, tmp_path / "out.zip", document=other)
    assert not (tmp_path / "out.zip").exists()


# -- versions ------------------------------------------------------------------------------------------------------------


def test_a_silent_edit_is_shown_with_its_place() -> None:
    before = "The minister said:\nWe will never negotiate with them.\nThe end."
    after = "The minister said:\nWe will not yet negotiate with them.\nThe end.\nUpdated."
    found = [(change.kind, change.before.text, change.after.text) for change in changes(before, after)]
    assert found == [("replaced", "never", "not yet"), ("added", "", "Updated.")]
    first = changes(before, after)[0]
    assert before[first.before.start : first.before.end] == "never"


def test_spacing_is_no_change() -> None:
    assert changes("one  two\nthree", "one two\n\nthree\n") == ()


text = st.text(alphabet="ab \nä", max_size=60)


@given(text, text)
def test_changes_turn_one_text_into_the_other(before: str, after: str) -> None:
    out, place = [], 0
    for change in changes(before, after):
        assert before[change.before.start : change.before.end] == change.before.text
        assert after[change.after.start : change.after.end] == change.after.text
        out += [before[place : change.before.start], " ", change.after.text, " "]
        place = change.before.end
    assert "".join([*out, before[place:]]).split() == after.split()


# -- backup --------------------------------------------------------------------------------------------------------------


def make_desk(folder: Path) -> Path:
    folder.mkdir()
    (folder / "sayso.toml").write_text("[desk]\n")
    with sqlite3.connect(folder / "desk.sqlite") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES ('held')")
    database.close()
    with Archive(folder / "archive") as archive:
        archive.put(page(1))
        archive.erase(archive.put(page(2)).sha256, "asked for")
    return folder


def test_a_desk_comes_back_from_its_backup(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "desk")
    assert backup(desk, tmp_path / "backup.zip") == 4
    assert restore(tmp_path / "backup.zip", tmp_path / "again") == 4
    with Archive(tmp_path / "again" / "archive") as archive:
        assert [capture.url for capture in archive.captures()] == [page(1).url]
        assert list(archive.verify()) == []
    with sqlite3.connect(tmp_path / "again" / "desk.sqlite") as database:
        assert database.execute("SELECT x FROM t").fetchall() == [("held",)]
    database.close()
    assert (tmp_path / "again" / "sayso.toml").read_text() == "[desk]\n"


def test_a_backup_made_while_others_write_is_whole(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "desk")
    stop = threading.Event()

    def write() -> None:
        number = 100
        with Archive(desk / "archive") as archive, sqlite3.connect(desk / "desk.sqlite") as database:
            while not stop.is_set():
                capture = archive.put(page(number))
                database.execute("INSERT INTO t VALUES (?)", (capture.sha256,))
                database.commit()
                number += 1
        database.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backup(desk, tmp_path / f"{number}.zip")
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        restore(tmp_path / f"{number}.zip", tmp_path / f"again{number}")
        with Archive(tmp_path / f"again{number}" / "archive") as archive:
            held = {capture.sha256 for capture in archive.captures()}
        with sqlite3.connect(tmp_path / f"again{number}" / "desk.sqlite") as database:
            named = {row[0] for row in database.execute("SELECT x FROM t WHERE x != 'held'")}
        database.close()
        assert named <= held  # whatever the database speaks of is in the archive


def test_a_backup_leaves_out_the_backups_that_lie_in_the_desk(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "desk")
    with zipfile.ZipFile(desk / "clippings.zip", "w") as package:
        package.writestr("manifest.json", "{}")
    (desk / "broken.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    files = [backup(desk, desk / name) for name in ("backup-1.zip", "backup-2", "backup-3.zip")]
    assert files == [6, 6, 6]
    restore(desk / "backup-3.zip", tmp_path / "again")
    assert {path.name for path in (tmp_path / "again").iterdir() if path.is_file()} >= {"clippings.zip", "broken.zip"}
    assert not list((tmp_path / "again").glob("backup-*"))


def test_a_damaged_backup_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "desk")
    backup(desk, tmp_path / "backup.zip")
    raw = bytearray((tmp_path / "backup.zip").read_bytes())
    for place in range(60, len(raw), len(raw) // 12):
        damaged = bytearray(raw)
        damaged[place] ^= 16
        (tmp_path / "damaged.zip").write_bytes(damaged)
        try:
            restore(tmp_path / "damaged.zip", tmp_path / "again")
        except SaysoError as error:
            assert "\n" not in str(error)
            assert not (tmp_path / "again").exists()
        else:  # a byte that says nothing (a zip's own date): what came back must still be right
            with Archive(tmp_path / "again" / "archive") as archive:
                assert list(archive.verify()) == []
            shutil.rmtree(tmp_path / "again")
    (tmp_path / "none.zip").write_bytes(b"no zip")
    with pytest.raises(SaysoError, match="not a backup"):
        restore(tmp_path / "none.zip", tmp_path / "again")
    assert {path.name for path in tmp_path.iterdir()} == {"desk", "backup.zip", "damaged.zip", "none.zip"}


def test_backup_and_restore_overwrite_nothing(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "desk")
    backup(desk, tmp_path / "backup.zip")
    with pytest.raises(UsageError, match="exists already"):
        backup(desk, tmp_path / "backup.zip")
    with pytest.raises(UsageError, match="not empty"):
        restore(tmp_path / "backup.zip", desk)


def test_a_backup_that_names_files_outside_the_desk_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as package:
        package.writestr("../evil.txt", "x")
        sums = {"../evil.txt": hashlib.sha256(b"x").hexdigest()}
        package.writestr("manifest.json", json.dumps({"format": "sayso-backup-1", "sha256": sums}))
    with pytest.raises(SaysoError, match="outside the desk"):
        restore(tmp_path / "evil.zip", tmp_path / "again")
    assert not (tmp_path / "evil.txt").exists()


# -- time stamps ---------------------------------------------------------------------------------------------------------

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
signer_key = {folder}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of our own, with openssl."""
    folder = tmp_path_factory.mktemp("authority")
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-subj", "/CN=Test authority", "-days", "2"),
            *("-addext", "extendedKeyUsage=critical,timeStamping", "-addext", "basicConstraints=CA:false"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return folder


def answer(authority: Path, query: bytes) -> bytes:
    (authority / "query.tsq").write_bytes(query)
    arguments = ["openssl", "ts", "-reply", "-config", str(authority / "tsa.cnf"), "-queryfile"]
    done = subprocess.run([*arguments, str(authority / "query.tsq")], check=True, capture_output=True)
    return done.stdout


def test_the_chain_is_stamped_and_the_stamp_holds(tmp_path: Path, authority: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        archive.put(page(1))
        head = archive.head
        assert stamp(archive, "https://tsa.example", lambda query: answer(authority, query)) == head
        archive.put(page(2))
        assert list(archive.verify()) == []
        assert check_stamps(archive, authority / "cert.pem") == []
        (line,) = archive.timestamps()
        assert (line["of"], line["authority"]) == (head, "https://tsa.example")


def test_stamps_that_do_not_hold_are_named(tmp_path: Path, authority: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        archive.put(page(1))
        with pytest.raises(SaysoError, match=r"openssl|no time stamp"):
            stamp(archive, "https://tsa.example", lambda query: b"no token")
        other = subprocess.run(
            ["openssl", "ts", "-query", "-digest", "ab" * 32, "-sha256", "-cert"], capture_output=True, check=True
        ).stdout
        with pytest.raises(SaysoError, match="no time stamp of this archive's head"):
            stamp(archive, "https://tsa.example", lambda query: answer(authority, other))
        archive.add_timestamp("https://tsa.example", "ab" * 32, answer(authority, other))
        archive.add_timestamp("https://tsa.example", archive.head, answer(authority, other))
        first, second = check_stamps(archive, authority / "cert.pem")
    assert "not in the chain" in first
    assert "does not hold" in second
