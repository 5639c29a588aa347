"""What can be read at scale, and what each form gives."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bulk_sample import KIT, packed, page, rows, tables, warc, warc_record
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.bulk import bulk
from sayso.bulk._warc import entries
from sayso.errors import UsageError
from sayso.pipeline import extract_json, process

ME = Path(__file__).parent


@given(
    sizes=st.lists(st.integers(0, 3000), max_size=8),
    compressed=st.booleans(),
    damaged=st.sets(st.integers(0, 7), max_size=3),
    start=st.integers(0, 7),
)
@settings(deadline=None, max_examples=40)
def test_a_warc_reads_the_same_from_any_record(
    sizes: list[int], compressed: bool, damaged: set[int], start: int
) -> None:
    parts = []
    for n, size in enumerate(sizes):
        record = warc_record(n, b"x" * size)
        stored = packed(record) if compressed else record
        if n in damaged:
            stored = b"Z" * len(stored)
        parts.append(stored)
    stream = io.BytesIO(b"".join(parts))
    found = list(entries(stream, keep=10**6))
    whole = [entry.headers["warc-record-id"] for entry in found if not entry.damage]
    assert whole == [f"<urn:test:{n}>" for n in range(len(sizes)) if n not in damaged]
    assert bool([entry for entry in found if entry.damage]) == bool(damaged & set(range(len(sizes))))
    if start < len(found):
        offset, inside = found[start].place
        again = list(entries(stream, (offset, inside), keep=10**6))
        assert again == found[start:]


def test_a_file_compressed_as_a_whole_is_read_too(tmp_path: Path) -> None:
    records = [warc_record(n, page(n)) for n in range(7)]
    one, many = tmp_path / "one.warc.gz", tmp_path / "many.warc.gz"
    one.write_bytes(packed(b"".join(records)))
    many.write_bytes(b"".join(map(packed, records)))
    bulk([str(one)], str(tmp_path / "a"), pages=3, kit=KIT)
    bulk([str(many)], str(tmp_path / "b"), pages=3, kit=KIT)
    assert len(rows(tmp_path / "a", "documents")) == 7
    assert rows(tmp_path / "a", "attributions") == rows(tmp_path / "b", "attributions")


def test_rows_are_what_extract_prints(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.html").write_bytes(page(1))
    (folder / "b.txt").write_text(
        '"They will be back," Ann Marley told the Courier in a video in May 2023.\n\n'
        "According to the union, the port will close.\n"
    )
    (folder / ".hidden").write_text("x")
    bulk([str(folder)], str(tmp_path / "out"))
    documents = rows(tmp_path / "out", "documents")
    assert [row["path"] for row in documents] == [str(folder / "a.html"), str(folder / "b.txt")]
    for row in documents:
        told = extract_json(process(Path(str(row["path"])).read_bytes(), str(row["path"])), with_text=True)
        assert {name: row[name] for name in told["document"]} == told["document"]
        for table in ("attributions", "items"):
            mine = [r for r in rows(tmp_path / "out", table) if r["document"] == row["document"]]
            assert len(mine) == len(told[table])
            for found, expected in zip(mine, told[table], strict=True):
                for name, value in expected.items():
                    assert _without_parts(found[name]) == _without_parts(value), name


def _without_parts(value: object) -> object:
    """A span in one piece has no `parts` in JSON, and null in a table."""
    if isinstance(value, dict):
        return {key: each for key, each in value.items() if key != "parts" or each is not None}
    return value


def test_every_form_gives_the_same_pages(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    pages = [page(n) for n in range(6)]
    given = [{"url": f"https://paper.example/{n}.html", "data": body} for n, body in enumerate(pages)]
    for row, n in zip(given, range(6), strict=True):
        row["captured"] = f"2024-03-{n % 28 + 1:02}"
        row["media_type"] = "text/html"
    parquet.write_table(pa.Table.from_pylist(given), tmp_path / "p.parquet", row_group_size=4)
    lines = [json.dumps(row | {"data": base64.b64encode(row["data"]).decode()}) for row in given]
    (tmp_path / "j.jsonl").write_text("\n".join(lines) + "\n")
    (tmp_path / "z.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    warc(tmp_path / "w.warc.gz", pages)
    warc(tmp_path / "u.warc", pages, compressed=False)
    for name, method in (("stored.wacz", zipfile.ZIP_STORED), ("packed.wacz", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(tmp_path / name, "w", method) as bundle:
            bundle.writestr("datapackage.json", "{}")
            bundle.write(tmp_path / "w.warc.gz", "archive/w.warc.gz")
    found = {}
    for name in ("p.parquet", "j.jsonl", "z.jsonl.gz", "w.warc.gz", "u.warc", "stored.wacz", "packed.wacz"):
        out = tmp_path / f"out-{name}"
        made = bulk([str(tmp_path / name)], str(out), pages=2, kit=KIT)
        assert made.counts["failures"] == 0
        assert made.partitions == 3
        found[name] = [
            {key: row[key] for key in ("path", "sha256", "text", "title", "linked")} for row in rows(out, "documents")
        ]
    assert len(found["w.warc.gz"]) == 6
    assert all(each == found["w.warc.gz"] for each in found.values())


def test_rows_of_text_carry_what_they_tell(tmp_path: Path) -> None:
    row = {
        "path": "wire/17",
        "text": "Harbour Union said that all is well.",
        "title": "Calm",
        "published": "2024-05-06",
    }
    lines = [
        json.dumps(row),
        "{broken",
        json.dumps({"path": "empty"}),
        json.dumps([1]),
        json.dumps({"text": "No name."}),
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    bulk([str(tmp_path / "in.jsonl")], str(tmp_path / "out"), kit=KIT)
    first, second = rows(tmp_path / "out", "documents")
    assert (first["path"], first["title"], first["published"]) == ("wire/17", "Calm", "2024-05-06")
    assert second["path"] == f"{tmp_path / 'in.jsonl'}#5"
    reasons = {row["path"]: row["reason"] for row in rows(tmp_path / "out", "failures")}
    assert reasons == {
        f"{tmp_path / 'in.jsonl'}#2": "the line is no JSON",
        "empty": "a row without `text`, `html` or `data`",
        f"{tmp_path / 'in.jsonl'}#4": "the row is no object with named fields",
    }


def test_any_address_that_fsspec_opens(tmp_path: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    file = warc(tmp_path / "w.warc.gz", [page(n) for n in range(5)])
    memory.pipe_file("/in/w.warc.gz", file.read_bytes())
    bulk(["memory://in"], "memory://out/run", pages=2, kit=KIT)
    again = bulk(["memory://in"], "memory://out/run", pages=2, kit=KIT)
    assert (again.partitions, again.counts["documents"]) == (3, 5)
    bulk([str(file)], str(tmp_path / "here"), pages=2, kit=KIT)
    there = [memory.cat_file(name) for name in sorted(memory.find("/out/run/attributions"))]
    here = [path.read_bytes() for path in sorted((tmp_path / "here" / "attributions").glob("*"))]
    assert len(there) == len(here) == 3


def test_damage_costs_only_what_is_damaged(tmp_path: Path) -> None:
    members = [packed(warc_record(n, page(n))) for n in range(10)]
    members[3] = members[3][:20] + b"\0" * 30 + members[3][50:]
    members[9] = members[9][: len(members[9]) // 2]
    members[6] = packed(warc_record(6, page(6, "Faulty page.")))
    file = tmp_path / "w.warc.gz"
    file.write_bytes(b"".join(members))
    made = bulk([str(file)], str(tmp_path / "out"), pages=2, kit=KIT)
    assert sorted(str(row["path"]) for row in rows(tmp_path / "out", "documents")) == [
        f"https://paper.example/{n}.html" for n in (0, 1, 2, 4, 5, 7, 8)
    ]
    failures = rows(tmp_path / "out", "failures")
    assert made.counts["failures"] == len(failures) == 3
    assert [row["stage"] for row in failures] == ["collect", "attribute", "collect"]
    assert "the stage failed on it" in str(failures[1]["reason"])
    assert str(failures[2]["reason"]).endswith("the file breaks off")


def test_a_page_that_kills_the_process_costs_only_itself(tmp_path: Path) -> None:
    file = warc(tmp_path / "w.warc.gz", [page(n, "Deadly page." if n == 5 else "") for n in range(8)])
    command = [sys.executable, str(ME / "bulk_sample.py"), str(file), str(tmp_path / "out")]
    statuses = []
    while not statuses or (statuses[-1] != 0 and len(statuses) < 6):
        statuses.append(subprocess.run(command, check=False, timeout=300).returncode)
    assert statuses == [-9, -9, -9, 0]
    assert len(rows(tmp_path / "out", "documents")) == 7
    (failure,) = rows(tmp_path / "out", "failures")
    assert (failure["path"], failure["reason"]) == (
        "https://paper.example/5.html",
        "killed the worker twice: left out",
    )
    assert not (tmp_path / "out" / ".work").exists()


def test_misuse_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Harbour Union said that all is well.")
    out = str(tmp_path / "out")
    with pytest.raises(UsageError, match="no such file or folder"):
        bulk([str(tmp_path / "gone")], out, kit=KIT)
    bulk([str(tmp_path / "a.txt")], out, kit=KIT)
    before = tables(tmp_path / "out")
    (tmp_path / "b.txt").write_text("More.")
    with pytest.raises(UsageError, match="other inputs"):
        bulk([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")], out, kit=KIT)
    with pytest.raises(UsageError, match="another size"):
        bulk([str(tmp_path / "a.txt")], out, kit=KIT, pages=7)
    with pytest.raises(UsageError, match="holds other files"):
        bulk([str(tmp_path / "a.txt")], str(tmp_path), kit=KIT)
    assert tables(tmp_path / "out") == before


def test_what_lies_before_a_damage_is_kept_and_the_damage_is_told(tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"html": page(n).decode()}).encode() + b"\n" for n in range(9))
    cut = gzip.compress(lines)
    (tmp_path / "a.jsonl.gz").write_bytes(cut[: len(cut) - 60])
    noise = random.Random(1)
    records = b"".join(warc_record(n, page(n, f"<!-- {noise.randbytes(60_000).hex()} -->")) for n in range(9))
    with zipfile.ZipFile(tmp_path / "b.wacz", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("archive/data.warc", records)
    packed_whole = bytearray((tmp_path / "b.wacz").read_bytes())
    end = packed_whole.index(b"PK\x01\x02")
    packed_whole[end - 40 : end] = b"\xff" * 40
    (tmp_path / "b.wacz").write_bytes(packed_whole)
    bulk([str(tmp_path / "a.jsonl.gz"), str(tmp_path / "b.wacz")], str(tmp_path / "out"), pages=2, kit=KIT)
    whole = {Path(str(row["path"])).name for row in rows(tmp_path / "out", "documents")}
    assert {f"a.jsonl.gz#{n}" for n in range(1, 8)} | {f"{n}.html" for n in range(5)} <= whole
    refused = {Path(str(row["path"])).name: str(row["reason"]) for row in rows(tmp_path / "out", "failures")}
    assert set(refused) >= {"a.jsonl.gz", "b.wacz"}
    assert all("cannot be read" in refused[name] for name in ("a.jsonl.gz", "b.wacz"))


def test_a_damaged_row_group_costs_its_own_rows(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"html": [page(n) for n in range(6)]}), file, row_group_size=2, use_dictionary=False)
    column = parquet.ParquetFile(file).metadata.row_group(1).column(0)
    data = bytearray(file.read_bytes())
    data[column.data_page_offset : column.data_page_offset + 40] = b"\xaa" * 40
    file.write_bytes(data)
    bulk([str(file)], str(tmp_path / "out"), pages=3, kit=KIT)
    names = [Path(str(row["path"])).name for row in rows(tmp_path / "out", "documents")]
    assert names == ["a.parquet#1", "a.parquet#2", "a.parquet#5", "a.parquet#6"]
    told = [str(row["reason"]) for row in rows(tmp_path / "out", "failures")]
    assert [reason.split(" cannot")[0] for reason in told] == ["rows 3 to 3", "rows 4 to 4"]


def test_names_in_rows_are_names(tmp_path: Path) -> None:
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table({"data": [page(1), page(2)], "path": [b"a/\xff.html", None], "url": [["x"], ["y"]]})
    parquet.write_table(table, tmp_path / "a.parquet")
    bulk([str(tmp_path / "a.parquet")], str(tmp_path / "out"), kit=KIT)
    paths = [str(row["path"]) for row in rows(tmp_path / "out", "documents")]
    assert paths == ["a/\ufffd.html", f"{tmp_path}/a.parquet#2"]


def test_a_pipe_among_the_files_is_refused_and_nobody_waits_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.html").write_bytes(page(1))
    for name in ("b.html", "c.warc", "d.parquet", "e.jsonl", "f.wacz"):
        os.mkfifo(folder / name)
    bulk([str(folder)], str(tmp_path / "out"), kit=KIT)
    assert len(rows(tmp_path / "out", "documents")) == 1
    refused = {Path(str(row["path"])).name: row["reason"] for row in rows(tmp_path / "out", "failures")}
    assert refused == dict.fromkeys(
        ("b.html", "c.warc", "d.parquet", "e.jsonl", "f.wacz"), "cannot be read: not a regular file"
    )


def test_patterns_in_addresses(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / "2024" / f"{number:02}").mkdir(parents=True)
        (tmp_path / "2024" / f"{number:02}" / "a.html").write_bytes(page(number))
        (tmp_path / "2024" / f"{number:02}" / "b.txt").write_text("Nothing.")
    for pattern, expected in (("2024/*/a.html", 3), ("2024/0[12]", 4), ("20*", 6)):
        made = bulk([f"file://{tmp_path}/{pattern}"], str(tmp_path / f"out{expected}"), kit=KIT)
        assert made.counts["documents"] == expected
    with pytest.raises(UsageError, match="nothing there"):
        bulk([f"file://{tmp_path}/2024/x*"], str(tmp_path / "none"), kit=KIT)
