"""`run`: what comes out does not depend on how often it runs, in which order items came, or where it was killed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sayso.collect import Fetched, gather
from sayso.desk import Desk, Engines

MakeDesk = Callable[[str], Desk]


def test_a_run_gives_dated_coded_statements_of_known_actors(
    make_desk: MakeDesk, clippings: Path, engines: Engines
) -> None:
    desk = make_desk("desk")
    assert desk.add([str(clippings)]).new == 13
    summary = desk.run(engines=engines)
    assert (summary.collected, summary.read, summary.statements) == (13, 13, 26)
    found = list(desk.statements(actor="Harbour Union", topic="leavers"))
    assert len(found) == 12  # the republished one counts once
    assert [each.statement.date.value[:7] for each in found if each.statement.date] == [
        f"2024-{month:02}" for month in range(1, 13)
    ]
    assert all(coding.coder == "model:fast" for each in found for coding in each.codings)


def test_a_copy_counts_once_and_is_named_as_a_carrier(make_desk: MakeDesk, clippings: Path, engines: Engines) -> None:
    desk = make_desk("desk")
    desk.add([str(clippings)])
    assert desk.run(engines=engines).copies == 1
    carried = [desk.statement_json(each)["copies"] for each in desk.statements(actor="union")]
    both = [copies for copies in carried if len(copies) > 1]
    assert [sorted(Path(copy["path"]).name for copy in copies) for copies in both] == [
        ["2024-04-05-report.txt", "2024-04-06-wire.txt"]
    ]


def test_every_span_of_a_statement_is_the_text_of_its_document(
    make_desk: MakeDesk, clippings: Path, engines: Engines
) -> None:
    desk = make_desk("desk")
    desk.add([str(clippings)])
    desk.run(engines=engines)
    spans = 0
    for found in desk.statements():
        printed = desk.statement_json(found)
        text = desk.store.documents.get(found.document_id).text
        for span in [printed["source"], printed["cue"], *printed["content"]]:
            assert text[span["start"] : span["end"]] == span["text"]
            spans += 1
    assert spans == 24 * 3


def test_running_twice_changes_nothing(make_desk: MakeDesk, clippings: Path, engines: Engines) -> None:
    desk = make_desk("desk")
    desk.add([str(clippings)])
    desk.run(engines=engines)
    before = desk.store.fingerprint()
    assert desk.add([str(clippings)]).unchanged == 13
    desk.run(engines=engines)
    assert desk.store.fingerprint() == before


def test_order_and_number_of_runs_do_not_show(
    make_desk: MakeDesk, clippings: Path, engines: Engines, undisturbed: dict[str, str]
) -> None:
    bit_by_bit = make_desk("bit-by-bit")
    paths = sorted(clippings.iterdir(), reverse=True)
    for start in range(0, len(paths), 5):
        bit_by_bit.add([str(path) for path in paths[start : start + 5]])
        bit_by_bit.run(engines=engines)
    assert bit_by_bit.store.fingerprint() == undisturbed


@pytest.mark.parametrize("commits", [20, 52, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 38, 66))])
def test_a_killed_run_goes_on_and_ends_as_an_undisturbed_one(
    make_desk: MakeDesk, clippings: Path, engines: Engines, undisturbed: dict[str, str], commits: int
) -> None:
    killed = make_desk("killed")
    killed.add([str(clippings)])
    folder = killed.folder
    killed.close()
    program = Path(__file__).with_name("small_engines.py")
    ended = subprocess.run([sys.executable, str(program), str(folder), str(commits)], capture_output=True)
    assert ended.returncode == -9, ended.stderr.decode()
    with Desk.open(folder) as desk:
        assert desk.store.fingerprint() != undisturbed
        desk.run(engines=engines)
        assert desk.store.fingerprint() == undisturbed


def test_a_capture_that_never_reached_the_store_is_taken_in(
    make_desk: MakeDesk, clippings: Path, engines: Engines, undisturbed: dict[str, str]
) -> None:
    desk = make_desk("desk")
    paths = sorted(clippings.iterdir())
    desk.add([str(path) for path in paths[:-1]])
    # As if killed between archive and store: only the archive has the last one.
    for fetched in gather([str(paths[-1])]):
        assert isinstance(fetched, Fetched)
        desk.archive.put(fetched)
    desk.run(engines=engines)
    assert desk.store.fingerprint() == undisturbed


def test_a_page_that_changed_is_a_new_version_and_the_old_one_stays(
    make_desk: MakeDesk, clippings: Path, engines: Engines, tmp_path: Path
) -> None:
    desk = make_desk("desk")
    path = tmp_path / "2024-01-05-report.txt"
    shutil.copy(clippings / path.name, path)
    desk.add([str(path)])
    desk.run(engines=engines)
    path.write_text(path.read_text().replace("will be expelled for crossing", "may be heard after crossing"))
    added = desk.add([str(path)])
    assert (added.new, added.changed) == (0, 1)
    desk.run(engines=engines)
    assert desk.store.documents.count() == 2
    assert len(desk.store.documents.ids(current=True)) == 1
    assert ["may be heard" in f.statement.content[0].text for f in desk.statements(actor="union")] == [True]


def test_a_new_alias_is_found_in_what_was_linked_before(make_desk: MakeDesk, engines: Engines, tmp_path: Path) -> None:
    desk = make_desk("desk")
    (tmp_path / "note.txt").write_text("The Mooring Guild said that everybody should stay at home.\n")
    desk.add([str(tmp_path / "note.txt")])
    desk.run(engines=engines)
    before = len(list(desk.statements(actor="union")))
    desk.close()
    actors = desk.folder / "actors.yaml"
    actors.write_text(actors.read_text().replace("[the dockers]", "[the dockers, Mooring Guild]"))
    with Desk.open(desk.folder) as again:
        again.run(engines=engines)
        assert len(list(again.statements(actor="union"))) == before + 1


def test_a_desk_can_be_moved(make_desk: MakeDesk, clippings: Path, engines: Engines, tmp_path: Path) -> None:
    desk = make_desk("desk")
    desk.add([str(clippings)])
    desk.run(engines=engines)
    before = desk.store.fingerprint()
    desk.close()
    shutil.move(desk.folder, tmp_path / "elsewhere")
    with Desk.open(tmp_path / "elsewhere") as moved:
        moved.run(engines=engines)
        assert moved.store.fingerprint() == before
