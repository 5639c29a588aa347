"""`sayso code` and `sayso classify` from the user's side, in one process."""

import csv
import io
import json
import shutil
import sys
import zipfile

import pytest
from lxml import etree
from refi_rules import PROJECT, breaches

from conftest import bag_of_words
from sayso.cli import run
from sayso.desk import Desk, Engines
from sayso.records import Analysis, Attribution, Producer, Span

TEXT = "The union said ships wait outside. The union said they will be expelled. The union said all will be welcome.\n"
CODEBOOK = """
families:
  - name: tone
    unsure_below: 0.2
    codes:
      - {name: threaten, definition: Says that harm will follow., examples: [they will be expelled, we punish them]}
      - {name: promise, definition: Says that good will follow., examples: [they can come back, all will be welcome]}
      - {name: inform, definition: Says what is., examples: [the talks brought nothing, ships wait outside]}
"""


def attribute(document):
    """Every sentence "X said Y." is an attribution: enough to have statements to code."""
    found, at = [], 0
    for n, sentence in enumerate(document.text.strip().split(". ")):
        middle = at + sentence.index(" said ")
        end = at + len(sentence.rstrip("."))
        span = lambda a, b: Span(a, b, document.text[a:b])  # noqa: E731
        found.append(
            Attribution(
                f"a{n}", (span(middle + 1, middle + 5),), (span(middle + 6, end),), "indirect", 0.9, (span(at, middle),)
            )
        )
        at += len(sentence) + 2
    return Analysis(tuple(found))


ENGINES = Engines(Producer("read", "t"), Producer("attribute", "t"), Producer("link", "t"), attribute, bag_of_words)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A desk with three coded statements."""
    folder = tmp_path_factory.mktemp("made") / "desk"
    Desk.create(folder).close()
    (folder / "codebook.yaml").write_text(CODEBOOK)
    (folder / "in.txt").write_text(TEXT)
    with Desk.open(folder) as desk:
        desk.add([str(folder / "in.txt")])
        assert desk.run(engines=ENGINES).statements == 3
    return folder


@pytest.fixture
def desk(made, tmp_path, monkeypatch):
    """A copy of it to work on; the shipped engines are replaced by small ones."""
    monkeypatch.setattr("sayso.desk.engines.shipped", lambda: ENGINES)
    folder = shutil.copytree(made, tmp_path / "desk")
    monkeypatch.chdir(folder)
    return folder


def sayso(capsys, *arguments: str, keys: str = "", monkeypatch=None) -> tuple[int, str, str]:
    if monkeypatch is not None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(keys))
    status = run(list(arguments))
    out, err = capsys.readouterr()
    return status, out, err


def exported(capsys) -> list[dict]:
    return list(csv.DictReader(io.StringIO(sayso(capsys, "code", "export", "-")[1])))


def test_review_learn_apply_agreement(desk, capsys, monkeypatch):
    status, out, err = sayso(
        capsys, "code", "review", "--coder", "ann", keys="tt-+a doubt\np !", monkeypatch=monkeypatch
    )
    assert status == 0 and out == "" and "2 coded, 0 left" in err
    assert "model:" not in err.split("key = code")[0]  # ann is blind to the model
    sayso(capsys, "code", "review", "--coder", "bob", keys="ttt", monkeypatch=monkeypatch)
    rows = exported(capsys)
    ann = {r["statement"]: r for r in rows if r["coder"] == "ann"}
    assert sorted(r["code"] for r in ann.values()) == ["promise", "threaten"]
    assert [r["memo"] for r in ann.values() if r["code"] == "promise"] == ["a doubt"]
    assert {r["coder"] for r in rows} == {"ann", "bob", "model:fast"}
    status, out, _ = sayso(capsys, "code", "agreement", "--format", "json")
    measured = json.loads(out)
    pairs = {tuple(p["coders"]): p for p in measured["agreement"]["pairs"]}
    assert pairs["ann", "bob"]["units"] == 2 and pairs["ann", "bob"]["observed"] == 0.5
    assert {s["code"] for s in measured["shares"]} == {"threaten", "promise", "inform"}
    assert sayso(capsys, "code", "agreement")[0] == 0
    assert sayso(capsys, "code", "learn")[0] == 0
    assert sayso(capsys, "code", "apply")[0] == 0
    again = exported(capsys)
    assert {(r["statement"], r["coder"], r["code"]) for r in again if r["coder"] in ("ann", "bob")} == {
        (r["statement"], r["coder"], r["code"]) for r in rows if r["coder"] in ("ann", "bob")
    }


def test_a_family_of_more_codes_than_keys_is_coded_by_two_letters(desk, capsys, monkeypatch):
    codes = "\n".join(f"  - name: concept {n}" for n in range(1, 101))
    (desk / "codebook.yaml").write_text(f"families:\n- name: concepts\n  codes:\n{codes}\n")
    _, _, err = sayso(capsys, "code", "review", "--coder", "ann", keys="aazdv!", monkeypatch=monkeypatch)
    assert "100 codes, two or more letters each" in err and "2 coded, 1 left" in err
    coded = {row["code"] for row in exported(capsys) if row["coder"] == "ann"}
    assert coded == {"concept 1", "concept 100"}
    _, _, err = sayso(capsys, "code", "review", "--coder", "bob", keys="=!", monkeypatch=monkeypatch)
    assert "dv  concept 100:" in err


def test_adjudication_is_on_record(desk, capsys, monkeypatch):
    sayso(capsys, "code", "review", "--coder", "ann", keys="ppp", monkeypatch=monkeypatch)
    sayso(capsys, "code", "review", "--coder", "bob", keys="ttt", monkeypatch=monkeypatch)
    status, _, err = sayso(
        capsys, "code", "review", "--adjudicate", "--coder", "eva", keys="iii", monkeypatch=monkeypatch
    )
    assert status == 0 and "3 coded" in err and "ann: promise" in err
    ruled = [r for r in exported(capsys) if r["coder"] == "adjudicator:eva"]
    assert len(ruled) == 3 and all(r["memo"] == "[ann: promise; bob: threaten]" for r in ruled)
    assert "differ on no statement" in sayso(capsys, "code", "review", "--adjudicate", "--coder", "eva")[2]


def test_codings_whose_code_is_gone_from_the_codebook_are_exported(desk, capsys, monkeypatch):
    sayso(capsys, "code", "review", "--coder", "ann", keys="tpi", monkeypatch=monkeypatch)
    (desk / "codebook.yaml").write_text(CODEBOOK.replace("name: promise", "name: pledge"))
    assert sayso(capsys, "code", "export", "x.qdpx")[0] == 0
    with zipfile.ZipFile("x.qdpx") as archive:
        root = etree.fromstring(archive.read("project.qde"))
    assert breaches(root, PROJECT, "urn:QDA-XML:project:1.0") == []
    assert {"promise", "pledge"} < {code.get("name") for code in root.iterfind(".//{*}Code")}


def test_files_out_and_in_again(desk, capsys, monkeypatch, tmp_path):
    sayso(capsys, "code", "review", "--coder", "ann", keys="tpi", monkeypatch=monkeypatch)
    for name in ("x.qdpx", "x.qdc", "x.csv", "x.tsv", "x.jsonld"):
        assert sayso(capsys, "code", "export", name)[0] == 0
    assert zipfile.is_zipfile(desk / "x.qdpx") and len(json.loads((desk / "x.jsonld").read_text())["items"]) == 6
    for name in ("x.qdpx", "x.csv"):
        status, _, err = sayso(capsys, "code", "import", name)
        assert status == 0 and "0 codings taken" in err and "3 left out: taken already" in err
    rows = list(csv.DictReader((desk / "x.csv").open()))
    with (desk / "second.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["statement", "code"])
        writer.writerows([r["statement"], "inform"] for r in rows if r["coder"] == "ann")
    assert "3 codings taken" in sayso(capsys, "code", "import", "second.csv", "--coder", "bob")[2]
    assert [r["code"] for r in exported(capsys) if r["coder"] == "bob"] == ["inform"] * 3


def test_codings_of_another_project_find_their_words(desk, capsys, tmp_path):
    from sayso.code import Code, Codebook, Family
    from sayso.code.exchange import Passage, Project, Source
    from sayso.code.refi import write_project
    from sayso.records import Coding

    book = Codebook(families=(Family(name="mood", codes=(Code(name="grim"), Code(name="gay"))),))
    text = "Elsewhere: “They will be expelled.” And more."
    at = text.index("They")
    passages = (
        Passage(at, at + 21, (Coding("x1", "mood", "grim", "zoe"),)),
        Passage(0, 9, (Coding("x2", "mood", "gay", "zoe"),)),
    )
    (tmp_path / "o.qdpx").write_bytes(write_project(Project(book, (Source("other", text, passages),))))
    status, _, err = sayso(capsys, "code", "import", str(tmp_path / "o.qdpx"))
    assert status == 0 and "new families: mood" in err and "1 codings taken" in err and "1 left out" in err
    (row,) = [r for r in exported(capsys) if r["coder"] == "zoe"]
    assert row["code"] == "grim" and "they will be expelled" in row["text"]


def test_a_topic_is_judged_and_measured(desk, capsys, monkeypatch):
    (desk / "topics.yaml").write_text(
        "topics:\n  - {id: out, name: Those put out, query: 'expel* OR welcome', within: statement}\n"
    )
    keys = "ioi"  # in, out, in
    status, _, err = sayso(
        capsys, "code", "review", "--topic", "out", "--coder", "ann", keys=keys, monkeypatch=monkeypatch
    )
    assert status == 0 and "3 coded" in err
    verdicts = {r["text"].split(" said ")[1]: r["code"] for r in exported(capsys) if r["coder"] == "ann"}
    found = {text: text != "ships wait outside" for text in verdicts}
    status, out, _ = sayso(capsys, "code", "agreement", "--topic", "out")
    assert "precision: " in out and "2 judged statements that the query finds" in out and "recall: " in out
    status, out, _ = sayso(capsys, "code", "agreement", "--topic", "out", "--format", "json")
    quality = json.loads(out)["quality"]
    right = sum(found[t] and v == "in" for t, v in verdicts.items())
    assert quality["sampled_found"] == 2 and quality["sampled_missed"] == 1
    assert quality["precision"][0] == pytest.approx(right / 2)
    assert sayso(capsys, "code", "export", "x.qdpx")[0] == 0
    with zipfile.ZipFile("x.qdpx") as archive:
        assert breaches(etree.fromstring(archive.read("project.qde")), PROJECT, "urn:QDA-XML:project:1.0") == []
    assert sayso(capsys, "code", "export", "x.csv")[0] == 0
    for name in ("x.qdpx", "x.csv"):
        status, _, err = sayso(capsys, "code", "import", name)
        assert status == 0 and "3 left out: taken already" in err and "new families" not in err
    with Desk.open(desk) as opened:
        opened.run(engines=ENGINES)
        on_topic = {f.statement.content[0].text for f in opened.statements(topic="out")}
    assert on_topic == {text for text, verdict in verdicts.items() if verdict == "in"}  # people stand above the query


@pytest.mark.parametrize(
    ("arguments", "status", "what"),
    [
        (("code", "review", "--family", "mood", "--coder", "ann"), 2, "mood"),
        (("code", "review", "--coder", "model:fast"), 2, "colon"),
        (("code", "learn"), 2, "nobody has coded"),
        (("code", "learn", "--coder", "slow"), 2, "slow"),
        (("code", "import", "nothing.csv"), 2, "nothing.csv"),
        (("code", "import", "sayso.toml"), 2, ".qdc"),
        (("code", "export", "x.docx"), 2, "ending"),
        (("code", "agreement", "--format", "xml"), 2, "xml"),
    ],
)
def test_misuse_is_one_line(desk, capsys, arguments, status, what):
    got, out, err = sayso(capsys, *arguments)
    assert got == status and out == "" and what in err and err.count("\n") == 1 and err.startswith("sayso: ")


@pytest.fixture
def tables(tmp_path, monkeypatch):
    monkeypatch.setattr("sayso.code.fast.shipped_encoder", lambda: bag_of_words)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.tsv").write_text(
        "\ttext\tlabel\twho\n" + "".join(f"{n}\tsweet tea {n}\tyes\tA\n{n}\tbitter tea {n}\tno\tB\n" for n in range(8))
    )
    (tmp_path / "in.csv").write_text('text,label,who,predicted\n"sweet, cake",?,A,old\n,,B,\n')
    return tmp_path


def test_classify_prints_rows_as_csv(tables, capsys):
    status, out, _ = sayso(
        capsys, "classify", "in.csv", "--examples", "train.tsv", "--text", "text", "--label", "label"
    )
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0 and out.splitlines()[0] == "text,label,who,predicted,probability,unsure"
    assert rows[0]["predicted"] == "yes" and rows[0]["text"] == "sweet, cake" and rows[1]["unsure"] == "true"
    assert rows[1]["predicted"] in ("yes", "no")


@pytest.mark.parametrize(
    ("change", "arguments", "what"),
    [
        ({}, ("--text", "txt", "--label", "label"), "'txt'"),
        ({}, ("--text", "text", "--label", "lbl"), "'lbl'"),
        ({}, ("--text", "text", "--label", "label", "--actor", "whom"), "'whom'"),
        ({"train.tsv": "text\tlabel\na\tx\nb\tx\n"}, ("--text", "text", "--label", "label"), "two or more labels"),
        ({"train.tsv": "text\tlabel\n"}, ("--text", "text", "--label", "label"), "two or more labels"),
        ({"train.tsv": ""}, ("--text", "text", "--label", "label"), "empty"),
        ({"in.csv": "text\n\xff"}, ("--text", "text", "--label", "label"), "UTF-8"),
        ({"in.csv": "text\na,b,c\n"}, ("--text", "text", "--label", "label"), "in.csv:2"),
        ({}, ("--text", "text", "--label", "label", "--coder", "quick"), "quick"),
    ],
)
def test_classify_names_what_is_wrong(tables, capsys, change, arguments, what):
    for name, text in change.items():
        (tables / name).write_bytes(text.encode("latin-1"))
    status, _, err = sayso(capsys, "classify", "in.csv", "--examples", "train.tsv", *arguments)
    assert status in (1, 2) and what in err.splitlines()[-1] and "Traceback" not in err


def test_bench_coding_cross_validates(tables, capsys):
    arguments = ("--text", "text", "--label", "label", "--folds", "2")
    status, out, _ = sayso(capsys, "bench", "coding", "train.tsv", *arguments)
    assert status == 0 and "16 rows, 2 folds" in out and "macro-F1 1.000" in out and "once embedded" in out
    assert sayso(capsys, "bench", "coding", "train.tsv", "--text", "txt", "--label", "label")[0] == 2


def test_bench_coding_sums_up_to_groups_and_draws_a_learning_curve(tables, capsys):
    kinds = {"accuse": "conflict", "threaten": "conflict", "promise": "peace"}
    rows = [(f"{word} {n}", word, kinds[word]) for word in kinds for n in "abcdefgh"]
    (tables / "p.csv").write_text("text,label,kind\n" + "".join(",".join(row) + "\n" for row in rows))
    arguments = ("bench", "coding", "p.csv", "--text", "text", "--label", "label", "--folds", "2")
    status, out, _ = sayso(capsys, *arguments, "--groups", "kind", "--shots", "0,4")
    assert status == 0 and "24 rows, 2 folds, summed up to kind" in out
    assert "0 examples a label: macro-F1 " in out and "4 examples a label: macro-F1 1.000" in out
    for wrong in (("--shots", "few"), ("--groups", "king"), ("--shots", "4,,8")):
        status, out, err = sayso(capsys, *arguments, *wrong)
        assert status == 2 and out == "" and wrong[1] in err
    (tables / "q.csv").write_text("text,label\n" + "".join(f"tea {n},{n % 2}\n" for n in range(16)))
    status, _, err = sayso(capsys, *(a.replace("p.csv", "q.csv") for a in arguments), "--shots", "0")
    assert status == 2 and "neither definitions nor examples" in err
