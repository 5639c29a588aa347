"""The commands around bulk runs, from outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso.cli import run

PAGE = "Ann Keller said that talks would begin.\n\nTom Varga told reporters that the vote was over.\n"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "2024-03-01.txt").write_text(PAGE)
    (folder / "empty.txt").write_text("")
    return folder


def test_extract_load_and_ask(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk, out = str(tmp_path / "desk"), str(tmp_path / "out")
    assert run(["bulk", str(pages), "-o", out]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("1 documents, 16 words, ")
    assert "1 refused" in said.err
    assert run(["new", desk]) == 0
    capsys.readouterr()
    assert run(["counts", out, "--by", "month,actor", "--desk", desk, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["actor"] for row in told["rows"]} == {"Ann Keller", "Tom Varga"}
    assert {row["month"] for row in told["rows"]} == {"2024-03"}
    assert told["of"]["failures"] == 1
    assert run(["statements", "--bulk", out, "--desk", desk, "--actor", "Tom Varga", "--format", "jsonl"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["speaker"] == "Tom Varga"
    assert run(["load", out, "--desk", desk]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("1 documents with ")
    assert "not in the archive: the bytes of 1 documents" in said.err
    assert run(["verify", "--desk", desk]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("1 document came from a bulk run: ") and "\nsound: " in said.err
    assert run(["statements", "--desk", desk, "--format", "jsonl"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(told["rows"])


def test_a_damaged_file_of_a_run_is_one_line_and_made_anew(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, out = str(tmp_path / "desk"), tmp_path / "out"
    bulk, asked = ["bulk", str(pages), "-o", str(out)], ["counts", str(out), "--desk", desk]
    assert run(bulk) == 0
    assert run(["new", desk]) == 0
    assert run(asked) == 0
    whole = capsys.readouterr().out
    for table in ("documents", "statements"):
        (file,) = (out / table).iterdir()
        file.write_bytes(file.read_bytes()[:200])
        for command in (["load", str(out)], ["counts", str(out)], ["statements", "--bulk", str(out)]):
            if command[0] != "load" or table == "documents":
                assert run([*command, "--desk", desk]) == 1
                said = capsys.readouterr().err
                assert said.count("\n") == 1 and "damaged or gone" in said and "the same `sayso bulk`" in said
        (entry,) = (out / "manifest").iterdir()
        entry.unlink()
        assert run(bulk) == 0
        capsys.readouterr()
        assert run(asked) == 0
        assert capsys.readouterr().out == whole


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["bulk", "gone.warc", "-o", "out"], "gone.warc: no such file or folder"),
        (["bulk", "pages", "-o", "out", "--address", "moon"], "--address moon: write local, auto or ray://HOST:PORT"),
        (
            ["bulk", "pages", "-o", "out", "--address", "ray://"],
            "--address ray://: write local, auto or ray://HOST:PORT",
        ),
        (["bulk", "pages", "-o", "pages"], "{here}/pages holds other files and no bulk run; name a new folder"),
        (["bulk", "pages", "-o", "pages/empty.txt"], "{here}/pages/empty.txt is a file; name a folder to write to"),
        (["bulk", "pages", "-o", "/proc/out"], "/proc/out: no folder can be made there: "),
        (["bulk", "foo://x", "-o", "out"], "foo://x: Protocol not known: foo"),
        (["shifts", "gone", "--actor", "x"], "gone: no such file or folder"),
        (["shifts", "pages", "--actor", "x", "--desk", "desk"], "pages: no bulk run (it has no manifest.json)"),
        (["load", "pages", "--desk", "desk"], "pages: no bulk run (it has no manifest.json)"),
        (["counts", "pages", "--desk", "desk", "--by", " , "], "--by names nothing to count by"),
        (["counts", "pages", "--desk", "desk"], "pages: no bulk run (it has no manifest.json)"),
    ],
)
def test_misuse_is_one_line(
    pages: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "desk"]) == 0
    capsys.readouterr()
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(f"sayso: {why.format(here=tmp_path)}")


def test_the_extra_is_named_when_it_is_missing(
    pages: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    assert run(["bulk", str(pages), "-o", str(pages.parent / "out")]) == 2
    assert capsys.readouterr().err == (
        "sayso: bulk runs need the extra 'bulk' (pyarrow is missing): pip install 'sayso[bulk]'\n"
    )
