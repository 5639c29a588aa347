"""What people say of the model reaches whoever uses it: a distrusted model stays out of lines, topics carry their precision
and recall, and briefs say both. From the command line, on a desk of 30 statements.
"""

import io
import json
import random
import shutil
import sys
from dataclasses import replace

import pytest

from conftest import bag_of_words
from sayso.cli import run
from sayso.desk import Desk, Engines
from sayso.records import Analysis, Attribution, Producer, Span

CODEBOOK = """
families:
  - name: tone
    unsure_below: 0
    floor: 0.5
    codes:
      - {name: threaten, definition: Says that harm will follow., examples: [they will be expelled, we punish them]}
      - {name: promise, definition: Says that good will follow., examples: [they can come back, all will be welcome]}
"""
ACTORS = "actors:\n  - {id: union, name: The union, kind: group}\n"
TOPICS = "topics:\n  - {id: ships, name: The ships, query: ship, within: statement}\n"
PAGE = """<html><head><title>News {n}</title><meta property="article:published_time" content="2024-{month:02}-10T08:00:00Z">
</head><body><article><h1>News {n}</h1><p>{text}</p><p>{filler}</p></article></body></html>"""
WORDS = (
    "harbour coast quay lighthouse market wall sea bread rain bridge garden tower road school clock river stone field"
)


def filler(n):
    """A paragraph that no other page has: pages alike would count as copies."""
    return " ".join(random.Random(n).choices(WORDS.split(), k=90)) + "."


def attribute(document):
    """Every sentence "The union said Y." is an attribution."""
    found, at = [], document.text.find("The union said ")
    while at >= 0:
        end = document.text.index(".", at)
        span = lambda a, b: Span(a, b, document.text[a:b])  # noqa: E731
        found.append(
            Attribution(
                f"a{len(found)}", (span(at + 10, at + 14),), (span(at + 15, end),), "indirect", 0.9, (span(at, at + 9),)
            )
        )
        at = document.text.find("The union said ", end)
    return Analysis(tuple(found))


ENGINES = Engines(Producer("read", "t"), Producer("attribute", "t"), Producer("link", "t"), attribute, bag_of_words)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trust") / "desk"
    Desk.create(folder).close()
    for name, text in (("codebook.yaml", CODEBOOK), ("actors.yaml", ACTORS), ("topics.yaml", TOPICS)):
        (folder / name).write_text(text)
    pages = folder / "pages"
    pages.mkdir()
    for n in range(10):
        words = ["they will be expelled", "all will be welcome"] if n % 2 else ["we punish them", "they can come back"]
        text = " ".join(f"The union said {w} on ship {n} of quay {k}." for k, w in enumerate([*words, words[0]]))
        (pages / f"{n}.html").write_text(PAGE.format(n=n, month=n + 1, text=text, filler=filler(n)))
    with Desk.open(folder) as desk:
        desk.add([str(pages)])
        assert desk.run(engines=ENGINES).statements == 30
    return folder


@pytest.fixture
def desk(made, tmp_path, monkeypatch):
    monkeypatch.setattr("sayso.desk.engines.shipped", lambda: ENGINES)
    folder = shutil.copytree(made, tmp_path / "desk")
    monkeypatch.chdir(folder)
    return folder


def sayso(capsys, *arguments, keys="", monkeypatch=None):
    if monkeypatch is not None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(keys))
    status = run(list(arguments))
    out, err = capsys.readouterr()
    return status, out, err


LINE = ("--actor", "union", "--topic", "ships")


def statements_of(out):
    return sum(period["statements"] for period in json.loads(out)["periods"])


def test_a_distrusted_model_stays_out_of_lines_and_the_brief_says_so(desk, capsys, monkeypatch):
    status, out, err = sayso(capsys, "shifts", *LINE, "--format", "json")
    assert status == 0 and statements_of(out) == 30 and "not measured yet: 0 statements were coded by both" in err
    with Desk.open(desk) as opened:
        model = {f.statement.id: f.codings[0].code for f in opened.statements()}
        cards = [c.statement for c in coding_cards(opened)]
    keys = "".join("p" if model[s] == "threaten" else "t" for s in cards)  # ann contradicts the model every time
    sayso(capsys, "code", "review", "--coder", "ann", "--size", "24", keys=keys, monkeypatch=monkeypatch)
    status, out, err = sayso(capsys, "shifts", *LINE, "--format", "json")
    assert status == 0 and statements_of(out) == 24
    assert "agrees too little with people on the codes “tone”" in err and "its codings do not count here" in err
    status, out, err = sayso(capsys, "shifts", *LINE, "--format", "json", "--force")
    assert statements_of(out) == 30 and "count all the same" in err
    status, _, _ = sayso(capsys, "brief", *LINE, "-o", "brief.md")
    text = (desk / "brief.md").read_text()
    assert status == 0 and "agrees too little with people" in text and "its codings do not count here" in text
    assert "6" in next(row for row in text.splitlines() if "coded by a model that agrees too little" in row)


def test_statements_are_embedded_once_and_anew_after_a_correction(desk, capsys):
    texts: list[str] = []

    def counting(asked):
        texts.extend(asked)
        return bag_of_words(asked)

    engines = replace(ENGINES, embed=counting)
    with Desk.open(desk) as opened:
        before = {f.statement.id: f.statement for f in opened.statements()}
        assert [len(v) for v in opened.store.analyses.vectors(list(before)).values()] == [64] * 30
        opened.run(engines=engines)
        assert not texts  # all is coded
        book = (desk / "codebook.yaml").read_text().replace("we punish them", "we punish them all")
        (desk / "codebook.yaml").write_text(book)
    with Desk.open(desk) as opened:
        opened.run(engines=engines)
        assert texts and not any(text.startswith("The union said") for text in texts)  # the codebook's own texts
        first = next(iter(before.values()))
        span = first.content[0]
        shorter = [[span.start, span.start + 4, span.text[:4]]]
        opened.store.people.correct(first.id, "content", {"content": shorter}, "ann")
        texts.clear()
        opened.run(engines=engines)
        assert len(texts) == 3 and any(text == f"The union said {span.text[:4]}" for text in texts)  # its page alone


def coding_cards(opened):
    from sayso.desk import coding

    return coding.cards(opened, opened.codebook.family("tone"), "ann", 24)


def test_a_topic_carries_its_precision_and_recall(desk, capsys, monkeypatch):
    _, out, err = sayso(capsys, "statements", "--topic", "ships", "--format", "jsonl")
    assert len(out.splitlines()) == 30 and "“The ships” finds is not measured" in err
    sayso(
        capsys,
        "code",
        "review",
        "--topic",
        "ships",
        "--coder",
        "ann",
        keys="i" * 20 + "o" * 10,
        monkeypatch=monkeypatch,
    )
    for arguments in (("statements", "--topic", "ships", "--format", "jsonl"), ("shifts", *LINE)):
        status, _, err = sayso(capsys, *arguments)
        assert status == 0 and "precision 0.67 (0.49 to 0.81) from 30 statements that it found" in err
    sayso(capsys, "brief", *LINE, "-o", "brief.md")
    assert "precision 0.67" in (desk / "brief.md").read_text()
