"""`sayso classify` on tables as they come: other encodings, odd quotation marks, NUL, huge fields, wrong separators."""

import csv
import io
import sys

import pytest

from conftest import bag_of_words
from sayso.cli import run

TRAIN = "text\tlabel\n" + "".join(f"sweet tea {n}\tyes\nbitter tea {n}\tno\n" for n in range(8))


@pytest.fixture
def classify(tmp_path, monkeypatch, capsys):
    """Label the rows of a file with these bytes: status, rows, standard error."""
    monkeypatch.setattr("sayso.code.fast.shipped_encoder", lambda: bag_of_words)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.tsv").write_text(TRAIN)

    def call(data, name="in.csv", train="train.tsv", **files):
        (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        for stem, text in files.items():
            (tmp_path / f"{stem}.tsv").write_text(text)
        status = run(["classify", name, "--examples", train, "--text", "text", "--label", "label"])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        csv.field_size_limit(1 << 30)
        return status, list(csv.DictReader(io.StringIO(out))), err

    return call


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfid,text\n1,sweet tea\n",
        "id,text\n1,sweet tea\n".encode("utf-16"),
        b"\xff\xfe" + "id,text\r\n1,sweet tea\r\n".encode("utf-16-le"),
        b"id,text\r\n1,sweet tea\r\n\r\n",
        b"id,text\n1,sweet tea",
        b'id,text\n1,"sweet\ntea"\n',
        b"id,text,extra\n1,sweet tea\n",
    ],
)
def test_tables_as_programs_write_them(classify, data):
    status, rows, err = classify(data)
    assert status == 0 and err == "" and len(rows) == 1
    assert rows[0]["id"] == "1" and rows[0]["predicted"] == "yes"


def test_quotation_marks_in_tab_separated_lines_swallow_nothing(classify):
    lines = ["text\tid", '"sweet tea\t1', 'bitter "tea"\t2', '"sweet ""tea"""\t3', '"\t4', '""\t5']
    status, rows, _ = classify("\n".join(lines), name="in.tsv")
    assert status == 0 and [r["id"] for r in rows] == list("12345")
    assert [r["text"] for r in rows] == ['"sweet tea', 'bitter "tea"', 'sweet "tea"', '"', ""]
    assert [r["predicted"] for r in rows[:3]] == ["yes", "no", "yes"] and rows[4]["unsure"] == "true"
    status, rows, _ = classify('text\tid\n"sweet\nfine"\t1\n', name="in.tsv")  # quoted as spreadsheets do
    assert status == 0 and [r["text"] for r in rows] == ["sweet\nfine"]


def test_nul_and_huge_fields_pass(classify):
    status, rows, _ = classify(b"text\nsweet\x00 tea\n" + b"bitter " * 200_000 + b"\n\x00\n")
    assert status == 0 and [r["predicted"] for r in rows[:2]] == ["yes", "no"] and len(rows[1]["text"]) == 1_400_000


def test_empty_texts_are_unsure_and_an_empty_table_gives_its_header(classify):
    status, rows, _ = classify("id,text\n1,\n2,   \n3,sweet tea\n")
    assert status == 0 and [r["unsure"] for r in rows[:2]] == ["true", "true"] and rows[2]["predicted"] == "yes"
    assert classify("id,text\n") == (0, [], "")


@pytest.mark.parametrize(
    ("data", "name", "what"),
    [
        ("id;text\n1;sweet\n", "in.csv", "separated by semicolons"),
        ("id\ttext\n1\tsweet\n", "in.csv", "separated by tabs"),
        ("id,text\n1,sweet\n", "in.tsv", "separated by commas"),
        (b"text\n\xff\xfe\n", "in.csv", "is not UTF-8"),
        (b"\xff\xfet", "in.csv", "UTF-16"),
        ("text,text\na,b\n", "in.csv", "stands twice"),
        (b"", "in.csv", "is empty"),
        ('text\n"never closed', "in.csv", ""),
        ("id,text\n1,a,b\n", "in.csv", "in.csv:2"),
        (b"text\n" + b"x" * (17 << 20), "in.csv", "in.csv:2"),
    ],
)
def test_what_cannot_be_read_is_named_in_one_line(classify, data, name, what):
    status, _, err = classify(data, name=name)
    if what:
        assert status in (1, 2) and what in err and err.count("\n") == 1 and err.startswith("sayso: ")
    else:
        assert status == 0


def test_a_training_file_with_holes(classify):
    holes = TRAIN + "sweet\t\n\tyes\nno label here\n"
    status, rows, err = classify("text\nsweet tea\n", train="holes.tsv", holes=holes)
    assert status == 0 and rows[0]["predicted"] == "yes" and "3 rows without a text or a label teach nothing" in err
    for text, what in (("text\tlabel\na\tx\nb\tx\n", "only the label 'x'"), ("text\tlabel\na\t\n", "no row with both")):
        status, _, err = classify("text\nsweet\n", train="one.tsv", one=text)
        assert status == 2 and what in err and err.count("\n") == 1 + err.count("teach nothing")


def test_missing_files_and_folders(classify, tmp_path):
    (tmp_path / "folder.csv").mkdir()
    for name in ("folder.csv", "nowhere.csv"):
        assert run(["classify", name, "--examples", "train.tsv", "--text", "text", "--label", "label"]) == 2
        assert run(["classify", "train.tsv", "--examples", name, "--text", "text", "--label", "label"]) == 2


def test_many_rows_are_streamed(classify, tmp_path, monkeypatch):
    """The rows come out while others wait: what is held does not grow with the table."""
    from sayso.code.classify import apply, family_of, labelled
    from sayso.code.fast import FastCoder

    examples = labelled(
        [{"text": f"{w} tea", "label": w} for w in ("sweet", "bitter")] * 4, "text", "label", None, None
    )
    coder = FastCoder.learn(family_of(examples, "label"), examples, embed=bag_of_words)
    given = 0

    def rows():
        nonlocal given
        for n in range(5000):
            given += 1
            yield {"text": f"sweet {n}"}

    ahead = max(given - n for n, _ in enumerate(apply(coder, rows(), text="text"), 1))
    assert given == 5000 and ahead < 300


def many(path, rows=700):
    text = "id,text\n" + "".join(f'{n},"sweet ""tea"", cup\n{n}"\n' for n in range(rows))
    (path / "in.csv").write_text(text)
    return ["classify", "in.csv", "--examples", "train.tsv", "--text", "text", "--label", "label", "-o", "out.csv"]


@pytest.mark.parametrize("cut", [0, 3, 60, 4000, 4001, 4010, 4025, 9000])
def test_what_a_stopped_run_wrote_is_gone_on_with(classify, tmp_path, capsys, cut):
    arguments = many(tmp_path)
    assert run(arguments) == 0 and capsys.readouterr().out == ""
    whole = (tmp_path / "out.csv").read_bytes()
    assert len(list(csv.reader(io.StringIO(whole.decode())))) == 701
    (tmp_path / "out.csv").write_bytes(whole[:cut])
    assert run(arguments) == 0
    assert (tmp_path / "out.csv").read_bytes() == whole
    assert run(arguments) == 0  # nothing is left to do
    assert (tmp_path / "out.csv").read_bytes() == whole


@pytest.mark.parametrize(
    ("there", "what"),
    [
        ("notes of mine", "something else"),
        ("id,text,predicted,probability,unsure\n7,sweet tea,yes,0.9,false\n", "row 1 is not the one"),
        ('id,text,predicted,probability,unsure\n0,"sweet ""tea"", cup\n0",no,0.9,false\n', "other examples"),
    ],
)
def test_a_file_of_other_rows_is_left_alone(classify, tmp_path, capsys, there, what):
    arguments = many(tmp_path, rows=3)
    (tmp_path / "out.csv").write_text(there)
    assert run(arguments) == 2 and what in capsys.readouterr().err
    assert (tmp_path / "out.csv").read_text() == there


def test_labels_that_nothing_teaches_are_named(classify):
    status, rows, err = classify("text,label\nsweet tea,yes\nsour tea,maybe\n")
    assert status == 0 and len(rows) == 2 and err.count("\n") == 1 and "'maybe'" in err and "'yes'" not in err


def test_equal_rows_are_asked_once_and_far_apart_ones_too(monkeypatch, classify):
    monkeypatch.setattr(sys.modules["sayso.code.classify"], "_REMEMBERED", 300)
    asked = []

    def counting(texts):
        asked.extend(texts)
        return bag_of_words(texts)

    monkeypatch.setattr("sayso.code.fast.shipped_encoder", lambda: counting)
    lines = ["sweet tea", "", " ", *(f"tea {n}" for n in range(256)), "sweet tea", "bitter tea", "sweet tea"]
    status, rows, _ = classify("text\tid\n" + "".join(f"{line}\t{n}\n" for n, line in enumerate(lines)), name="in.tsv")
    assert status == 0 and [row["id"] for row in rows] == [str(n) for n in range(len(lines))]
    assert asked.count("sweet tea") == 1 and asked.count("") == 1
    assert [rows[n]["predicted"] for n in (0, -3, -1, -2)] == ["yes", "yes", "yes", "no"]
    assert [row["unsure"] for row in rows[1:3]] == ["true", "true"]


def test_a_file_that_cannot_be_written_is_said_before_anything_is_learned(monkeypatch, classify, capsys):
    def never(*_, **__):
        raise AssertionError("learned first")

    classify("text\ntea\n")
    monkeypatch.setattr("sayso.code.fast.FastCoder.learn", never)
    arguments = ("classify", "in.csv", "--examples", "train.tsv", "--text", "text", "--label", "label")
    assert run([*arguments, "-o", "no/such/folder.csv"]) == 2
    assert "no/such/folder.csv: cannot be written" in capsys.readouterr().err
