"""A folder of hostile files: the run ends, says what was refused and why, and keeps what is good."""

from __future__ import annotations

import datetime as dt
import os
import resource
import signal
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sayso.desk import Desk, Engines
from sayso.errors import UsageError
from sayso.read.children import Job, Readers
from sayso.records import Document

MakeDesk = Callable[[str], Desk]


def hostile_folder(folder: Path) -> None:
    folder.mkdir()
    (folder / "empty.txt").touch()
    (folder / "also-empty.html").touch()
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 2000)
    with (folder / "spaces.txt").open("wb") as file:
        file.write(b" ")
        file.truncate(200_000_000)
    with zipfile.ZipFile(folder / "bomb.docx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        with package.open("word/document.xml", "w") as part:
            for _ in range(300):
                part.write(b" " * 1_000_000)
    (folder / "deep.html").write_text("<html><body>" + "<div>" * 100_000 + "Somebody said this.")
    (folder / "truncated.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\n")
    (folder / "latin.txt").write_bytes("Der Pr\xe4sident sagte, dass alles gr\xf6\xdfer war.\n".encode("latin-1"))
    (folder / "name\nwith a newline.txt").write_text("Harbour Union said that all is well.\n")
    Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff\xfe.txt")).write_text(
        "Harbour Union said that all is not well.\n"
    )
    (folder / "-rf.txt").write_text("Port Authority said that nobody knows.\n")
    os.mkfifo(folder / "pipe")


def test_hostile_files_are_refused_with_a_reason_and_the_rest_is_read(
    make_desk: MakeDesk, engines: Engines, tmp_path: Path
) -> None:
    hostile_folder(tmp_path / "hostile")
    desk = make_desk("desk")
    desk.add([str(tmp_path / "hostile")])
    before_us = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # of what earlier tests started
    summary = desk.run(engines=engines)
    refused = {Path(failure.path).name: failure.reason for failure in summary.refused}
    assert sorted(refused) == [
        "also-empty.html", "binary.txt", "bomb.docx", "deep.html", "empty.txt", "pipe", "spaces.txt", "truncated.pdf",
    ]  # fmt: skip
    assert all(len(reason) > 8 and "\n" not in reason for reason in refused.values())
    read = {Path(document.path).name for _, document in desk.store.documents.each()}
    assert read == {"latin.txt", "name\nwith a newline.txt", "bad\\xff\\xfe.txt", "-rf.txt"}
    assert summary.statements == 3
    ourselves = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # a child begins as a copy of its parent
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before_us, ourselves, 1_000_000)  # KB
    before = desk.store.fingerprint()
    desk.run(engines=engines)
    assert desk.store.fingerprint() == before


def test_a_file_path_address_is_the_same_item(make_desk: MakeDesk, tmp_path: Path) -> None:
    path = tmp_path / "a note.txt"
    path.write_text("Harbour Union said that all is well.\n")
    desk = make_desk("desk")
    assert desk.add([str(path)]).new == 1
    assert desk.add([str(path)]).unchanged == 1


def test_a_desk_does_not_take_itself_in(make_desk: MakeDesk, tmp_path: Path) -> None:
    desk = make_desk("desk")
    with pytest.raises(UsageError, match="its own files are no items"):
        desk.add([str(desk.folder)])
    (tmp_path / "a.txt").write_text("Harbour Union said that all is well.\n")
    added = desk.add([str(tmp_path)])
    assert (added.new, [failure.path for failure in added.refused]) == (1, [str(desk.folder)])


def test_an_item_that_kills_its_reader_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python runs `sitecustomize` in the child: there reading is made to die of one of the items."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "if 'sayso.read._child' in sys.orig_argv:\n"
        "    import sayso.read\n"
        "    good = sayso.read.read\n"
        "    def read(data, path, **options):\n"
        f"        if data == b'deadly': os.kill(os.getpid(), {int(signal.SIGKILL)})\n"
        "        if data == b'hungry': return bytearray(10**9)\n"
        "        return good(data, path, **options)\n"
        "    sayso.read.read = read\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    jobs = [
        Job(name, name.encode(), f"{name}.txt", captured=dt.date(2024, 1, 1))
        for name in ("deadly", "hungry", "harmless words")
    ]
    with Readers(1, 300, 60) as readers:
        answers = dict(readers.read(jobs))
    assert "killed the reader" in str(answers["deadly"])
    assert answers["hungry"] == "needs more than 300 MB to be read"
    assert isinstance(answers["harmless words"], Document)
