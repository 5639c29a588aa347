"""`sayso demo`: the whole way over the bundled items, from files to a brief.

In: a folder. Out: a desk in it, its figures and the path of `brief.html`. It takes nothing from the network, and may be
interrupted and called again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from sayso.brief import Brief, render
from sayso.desk import Desk, Progress
from sayso.desk.files import dump_actors, dump_outlets, dump_topics
from sayso.desk.settings import FILE, template
from sayso.desk.summary import Summary
from sayso.errors import SaysoError, UsageError
from sayso.figures import probability

NAME = "Port of Brenholt"
ACTOR, TOPIC = "union", "individual-contracts"


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo made: the desk's folder, its figures, the brief and the page that it was written to."""

    folder: Path
    summary: Summary
    brief: Brief
    page: Path

    def lines(self) -> Iterator[str]:
        """The short summary for the terminal."""
        summary = self.summary
        depths = ", ".join(f"{count} at depth {depth}" for depth, count in sorted(summary.depths.items()))
        yield f"{summary.read} items held ({summary.copies} of them copies), {summary.mentioned} only mentioned"
        yield f"{summary.statements} statements: {depths}"
        yield f"on the line: {len(self.brief.statements)} statements of {self.brief.actor.name} on {self.brief.topic}"
        for turn in self.brief.turns:
            shift = turn.shift
            before, after = (max(side, key=lambda code: side[code]) for side in (shift.before, shift.after))
            yield f"shift: {shift.date}, from {before} to {after}, probability {probability(shift.probability)}"
        if not self.brief.turns:
            yield "shift: none found"
        yield f"brief: {self.page}"


def build(folder: Path, progress: Progress | None = None) -> Demo:
    """Make the demo desk in `folder`, run every stage and write `folder/brief.html`.

    Raises `UsageError` where the folder holds another desk, `SaysoError` where it cannot be written.
    """
    folder = folder.absolute()
    try:
        items = _lay_out(folder)
    except OSError as error:
        raise SaysoError(f"no demo can be made in {folder}: {error.strerror}") from None
    with Desk.open(folder, progress) as desk:
        desk.add([str(items)], progress)
        summary = desk.run(progress)
        brief = desk.brief(ACTOR, TOPIC)
    page = folder / "brief.html"
    page.write_text(render(brief), encoding="utf-8")
    return Demo(folder, summary, brief, page)


def _lay_out(folder: Path) -> Path:
    """The desk's settings and items as files; gives the items' folder."""
    bundled = resources.files("sayso.demo")
    fresh = {"actors": dump_actors([]), "outlets": dump_outlets([]), "topics": dump_topics([])}
    settings = {name: (bundled / "settings" / f"{name}.yaml").read_text(encoding="utf-8") for name in fresh}
    if not (folder / FILE).exists():
        Desk.create(folder).close()
    for name, text in settings.items():
        path = folder / f"{name}.yaml"
        found = path.read_text(encoding="utf-8") if path.exists() else fresh[name]
        if found not in (fresh[name], text):
            raise UsageError(f"{folder} is another desk ({path.name} is not the demo's); name an empty folder")
        path.write_text(text, encoding="utf-8")
    (folder / FILE).write_text(template(NAME), encoding="utf-8")
    (folder / "references").mkdir(exist_ok=True)
    (folder / "references" / "charter.txt").write_bytes((bundled / "charter.txt").read_bytes())
    (folder / "items").mkdir(exist_ok=True)
    for item in _files(bundled / "items"):
        (folder / "items" / item.name).write_bytes(item.read_bytes())
    return folder / "items"


def _files(folder: Traversable) -> Iterator[Traversable]:
    yield from sorted((entry for entry in folder.iterdir() if entry.is_file()), key=lambda entry: entry.name)
