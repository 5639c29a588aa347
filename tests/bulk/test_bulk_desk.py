"""What a bulk run made, in a desk: loaded, it is what the desk would have read itself; unloaded, it answers the same."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from bulk_sample import WORDS, attribute, rows

from sayso.bulk import bulk
from sayso.desk import Desk, Engines
from sayso.errors import UsageError
from sayso.link import LINKER
from sayso.read import READER
from sayso.records import Producer

ENGINES = Engines(READER, Producer("attribute", "test"), LINKER, attribute)
ACTORS = """
actors:
  - {id: union, name: Harbour Union, kind: group}
  - {id: authority, name: Port Authority}
"""
TOPICS = """
topics:
  - {id: leavers, name: Those who left, words: ["leave*", left, crossing]}
"""
CODEBOOK = """
families:
  - name: tone
    codes:
      - {name: threaten, definition: Says that harm will follow., examples: [they will be expelled, we will punish them]}
      - {name: promise, definition: Says that good will follow., examples: [they can come back, all will be welcome]}
"""
SAME = (
    "documents",
    "attributions",
    "statements",
    "items",
    "machine_codings",
    "statement_topics",
    "copies",
    "witnesses",
)


@dataclass
class Made:
    """A desk that read everything itself, one that was given OUT, and OUT."""

    own: Desk
    given: Desk
    out: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("desks")
    pages = folder / "pages"
    pages.mkdir()
    for n in range(12):
        mood = "they will be expelled for crossing the line" if n < 6 else "those who left can come back and be welcome"
        fillers = [" ".join(WORDS[(n * 7 + k * (n + 3) + j * j) % len(WORDS)] for j in range(14)) for k in range(4)]
        (pages / f"2023-{n + 1:02}-05-report.txt").write_text(
            "".join(f"{line.capitalize()} number {n}.\n\n" for line in fillers)
            + f"Harbour Union said that in week {n} {mood}.\n\nPort Authority said that day {n} brought nothing new.\n"
        )
    copied = (pages / "2023-04-05-report.txt").read_text() + "\nThe wire has this from elsewhere.\n"
    (pages / "2023-04-06-wire.txt").write_text(copied)
    (pages / "empty.txt").write_bytes(b"")
    desks = [new_desk(folder / name) for name in ("own", "given")]
    own, given = desks
    own.add([str(pages)])
    own.run(engines=ENGINES)
    out = str(folder / "out")
    bulk([str(pages)], out, pages=5, kit=replace(given.kit(), attribute=attribute))
    yield Made(own, given, out)
    for desk in desks:
        desk.close()


def new_desk(folder: Path) -> Desk:
    Desk.create(folder).close()
    for name, text in {"actors": ACTORS, "topics": TOPICS, "codebook": CODEBOOK}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    settings = folder / "sayso.toml"
    settings.write_text(re.sub(r"workers = \d+", "workers = 1", settings.read_text()))
    return Desk.open(folder)


def test_counts_and_lines_are_the_desks_own_without_loading(made: Made) -> None:
    line = made.own.shifts("union", "leavers", force=True)
    with made.given.over(made.out) as run:
        assert run.notes == ()
        same = run.shifts("union", "leavers", force=True)
        assert (same.statements, same.items, len(same.periods)) == (line.statements, line.items, len(line.periods))
        for ours, theirs in zip(same.periods, line.periods, strict=True):
            assert (ours.start, ours.end, ours.statements) == (theirs.start, theirs.end, theirs.statements)
            assert ours.codes == pytest.approx(theirs.codes, abs=1e-4)
        assert run.shifts("union", force=True).statements == 12
        late = run.counts(["actor"], since=dt.date(2023, 7, 1))
        assert {row.key: row.statements for row in late.rows} == {("union",): 6, ("authority",): 6}
        series = run.counts(["month", "actor"], actor="union", topic="leavers")
        assert [row.key for row in series.rows] == [(f"2023-{n:02}", "union") for n in range(1, 13)]
        assert series.of == {
            "documents": 13, "statements": 26, "failures": 1, "repeated by copies": 2, "counted": 24, "dated": 24,
            "coded": 24,
        }  # fmt: skip
        with pytest.raises(UsageError, match="cannot count by 'mood'"):
            run.counts(["mood"])
        with pytest.raises(UsageError, match="12 of other times"):
            run.shifts("union", since=dt.date(2030, 1, 1), force=True)
        found = list(run.statements(actor="union", topic="leavers", until=dt.date(2023, 1, 31)))
    mine = list(made.own.statements(actor="union", topic="leavers", until=dt.date(2023, 1, 31)))
    assert [(each["id"], each["text"], each["first_day"]) for each in found] == [
        (each.statement.id, each.statement.content[0].text, dt.date(2023, 1, 5)) for each in mine
    ]


def test_loaded_it_is_what_the_desk_would_have_read(made: Made) -> None:
    desk = made.given
    first = desk.load(made.out)
    assert (first.documents, first.statements, first.known, first.refused, first.unarchived) == (13, 26, 0, 1, 13)
    assert len(list(desk.statements(actor="union"))) == 13  # at once; what copies repeat is told by the next run
    assert desk.store.analyses.count() == 26
    desk.run(engines=ENGINES)
    after = desk.store.fingerprint()
    own = made.own.store.fingerprint()
    assert {name for name in SAME if after[name] != own[name]} == set()
    assert [failure.path.endswith("empty.txt") for failure in desk.store.progress.refused()] == [True]
    again = desk.load(made.out)
    assert (again.documents, again.known) == (0, 13)
    desk.run(engines=ENGINES)
    assert desk.store.fingerprint() == after


def test_what_is_not_archived_is_said(made: Made) -> None:
    desk = made.given
    desk.load(made.out)
    document = desk.store.documents.get(desk.store.documents.ids()[0])
    (capture,) = desk.store.captures.of(document.sha256)
    assert (capture.role, capture.file, capture.origin["bulk"]) == ("bulk", "", made.out)
    assert list(desk.verify()) == []
    assert desk.left_elsewhere().startswith(
        "13 documents came from bulk runs: the bytes they were read from are not in the"
    )
    desk.add([document.path])
    desk.run(engines=ENGINES)
    assert desk.left_elsewhere().startswith("12 documents came from bulk runs")


def test_a_run_without_a_desk_is_matched_by_name(made: Made, tmp_path: Path) -> None:
    rows = [{"text": f"Harbour Union said that all is well in week {n}.", "published": "2024-05-06"} for n in range(3)]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    out = str(tmp_path / "out")
    from sayso.bulk import Kit

    bulk([str(tmp_path / "in.jsonl")], out, kit=Kit(attribute=attribute), copies=False)
    with made.own.over(out) as run:
        assert [(row.key, row.statements) for row in run.counts(actor="Harbour Union").rows] == [(("union",), 3)]
        assert len(run.notes) == 2
        with pytest.raises(UsageError, match="nothing is coded in this run"):
            run.shifts("union")
    with pytest.raises(UsageError, match="no bulk run"):
        made.own.over(str(tmp_path))


def test_quotations_are_looked_up_in_the_desks_reference_texts(made: Made, tmp_path: Path) -> None:
    folder = made.own.folder / "references"
    folder.mkdir()
    (folder / "charter.md").write_text(
        "# Article 1\n\nThe quay is held in common by all who work there.\n", encoding="utf-8"
    )
    page = {"text": "Harbour Union said that the quay “is held in common by all who work there”."}
    (tmp_path / "in.jsonl").write_text(json.dumps(page))
    out = str(tmp_path / "out")
    bulk([str(tmp_path / "in.jsonl")], out, kit=replace(made.own.kit(), attribute=attribute), copies=False)
    (row,) = rows(Path(out), "attributions")
    assert [(place["work"], place["section"]) for place in row["quotes"]] == [("charter", "Article 1")]
