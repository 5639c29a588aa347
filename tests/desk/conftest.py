"""Desks for tests, with items to put in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_engines import ENGINES

from sayso.desk import Desk, Engines


@pytest.fixture(scope="session")
def engines() -> Engines:
    return ENGINES


ACTORS = """
actors:
  - id: union
    name: Harbour Union
    kind: group
    aliases: [the dockers]
  - id: authority
    name: Port Authority
"""
OUTLETS = """
outlets:
  - {id: hook, name: The Hook, domains: [hook.example], actor: union, medium: magazine}
  - {id: courier, name: Kelda Courier, domains: [courier.example]}
"""
TOPICS = """
topics:
  - {id: leavers, name: Those who left, words: ["leave*", "left", "crossing"]}
"""


CODEBOOK = """
families:
  - name: tone
    codes:
      - {name: threaten, definition: Says that harm will follow., examples: [they will be expelled, we will punish them]}
      - {name: promise, definition: Says that good will follow., examples: [they can come back, all will be welcome]}
      - {name: inform, definition: Says what is., examples: [the talks brought nothing new, ships wait outside]}
"""
WORDS = ["crane", "anchor", "barge", "ledger", "winter", "quay", "rope", "signal", "tide", "engine", "pilot", "stone"]


@pytest.fixture(scope="session")
def clippings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve items of one year, and one of them republished with a line of its own. Not to be changed by a test."""
    folder = tmp_path_factory.mktemp("items") / "clippings"
    folder.mkdir()
    for n in range(12):
        mood = "they will be expelled for crossing the line" if n < 6 else "those who left can come back and be welcome"
        fillers = [" ".join(WORDS[(n * 7 + k * (n + 3) + j * j) % len(WORDS)] for j in range(14)) for k in range(4)]
        (folder / f"2024-{n + 1:02}-05-report.txt").write_text(
            "".join(f"{line.capitalize()} number {n}.\n\n" for line in fillers)
            + f"Harbour Union said that in week {n} {mood}.\n\n"
            + f"Port Authority announced that day {n} of the talks brought nothing new.\n",
            encoding="utf-8",
        )
    copied = (folder / "2024-04-05-report.txt").read_text() + "\nThe wire has this from elsewhere.\n"
    (folder / "2024-04-06-wire.txt").write_text(copied, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def undisturbed(clippings: Path, engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The content of a desk that took all clippings in at once and ran in peace."""
    with new_desk(tmp_path_factory.mktemp("undisturbed") / "desk") as desk:
        desk.add([str(clippings)])
        desk.run(engines=engines)
        return desk.store.fingerprint()


def new_desk(folder: Path, *, store: str = "") -> Desk:
    """A desk with actors, outlets, topics and a small codebook; in the database at `store`, else in a file."""
    Desk.create(folder).close()
    if store:
        settings = folder / "sayso.toml"
        settings.write_text(settings.read_text().replace('store = ""', f'store = "{store}"'))
        (folder / "desk.sqlite").unlink()
        Desk.open(folder).close()
    files = {"actors": ACTORS, "outlets": OUTLETS, "topics": TOPICS, "codebook": CODEBOOK}
    for file, text in files.items():
        (folder / f"{file}.yaml").write_text(text, encoding="utf-8")
    settings = folder / "sayso.toml"
    settings.write_text(settings.read_text().replace("workers = 2", "workers = 1"))
    return Desk.open(folder)


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Makes desks (see `new_desk`) and closes them."""
    made = []

    def make(name: str, store: str = "") -> Desk:
        made.append(new_desk(tmp_path / name, store=store))
        return made[-1]

    yield make
    for desk in made:
        desk.close()
