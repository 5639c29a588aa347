"""A desk's threshold: the least confidence of what its runs take for an attribution."""

from __future__ import annotations

from pathlib import Path

import pytest

import sayso
from sayso.bulk import bulk
from sayso.desk import Desk

TEXT = (
    "The harbour master said that the pier is closed. According to Lund, nobody had answered the radio for an hour.\n"
)


def with_threshold(folder: Path, value: str) -> None:
    settings = folder / "sayso.toml"
    lines = settings.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("threshold = "))
    settings.write_text("\n".join([*lines[:at], f"threshold = {value}", *lines[at + 1 :], ""]))


def test_another_threshold_attributes_anew_and_the_old_one_as_before(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(TEXT)
    Desk.create(tmp_path / "desk").close()
    made = []
    for value in ("0", "1.0", "0"):
        with_threshold(tmp_path / "desk", value)
        with Desk.open(tmp_path / "desk") as desk:
            desk.add([str(tmp_path / "note.txt")])
            desk.run()
            made.append(desk.store.statements.count())
            (document,) = desk.store.documents.ids()
            analysis = desk.store.analyses.get(document, desk.store.documents.get(document))
            assert analysis.producer.version.endswith("@1") == (value == "1.0")
    assert made == [2, 0, 2]


def test_a_bulk_run_for_the_desk_has_its_threshold_and_is_known_to_it(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(TEXT)
    Desk.create(tmp_path / "desk").close()
    with_threshold(tmp_path / "desk", "1.0")
    with Desk.open(tmp_path / "desk") as desk:
        bulk([str(tmp_path / "note.txt")], str(tmp_path / "out"), kit=desk.kit(), copies=False)
        loaded = desk.load(str(tmp_path / "out"))
        assert (loaded.documents, loaded.statements) == (1, 0)
        desk.add([str(tmp_path / "note.txt")])
        desk.run()
        assert desk.load(str(tmp_path / "out")).known == 1
    with_threshold(tmp_path / "desk", "0")
    with Desk.open(tmp_path / "desk") as desk, pytest.raises(sayso.SaysoError, match="other models or versions"):
        bulk([str(tmp_path / "note.txt")], str(tmp_path / "out"), kit=desk.kit(), copies=False)


@pytest.mark.parametrize("value", ["1.5", "-0.1", '"high"'])
def test_a_threshold_out_of_range_is_told_with_its_line(tmp_path: Path, value: str) -> None:
    Desk.create(tmp_path / "desk").close()
    with_threshold(tmp_path / "desk", value)
    with pytest.raises(sayso.SaysoError, match=r"sayso\.toml:\d+: attribute\.threshold"):
        Desk.open(tmp_path / "desk")
