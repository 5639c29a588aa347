"""`sayso demo`: the whole way over the bundled items, from files to a brief.

In: a folder. Out: a desk in it, its figures and the path of `brief.html`. It takes nothing from the network, and may be
interrupted and called again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from sayso.brief import Brief, render
from sayso.code import default_yaml
from sayso.desk import Desk, Progress
from sayso.desk.settings import FILE, template
from sayso.desk.summary import Summary
from sayso.errors import SaysoError, UsageError
from sayso.figures import probability

NAME = "Port of Brenholt"
ACTOR, TOPIC = "union", "individual-contracts"
_SETTINGS = ("actors", "outlets", "topics")  # files of the demo's own; its codebook is that of every new desk
_CODEBOOK = "codebook.yaml"


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
        yield f"in the browser: sayso serve --desk {self.folder}"
        yield f"brief: {self.page}"


def build(folder: Path, progress: Progress | None = None) -> Demo:
    """Make the demo desk in `folder`, run every stage and write `folder/brief.html`.

    Raises `UsageError` where the folder holds anything but the demo's desk, `SaysoError` where it cannot be written.
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
    settings = {
        f"{name}.yaml": (bundled / "settings" / f"{name}.yaml").read_text(encoding="utf-8") for name in _SETTINGS
    }
    settings = {FILE: template(NAME), **settings}  # in this order: what was interrupted is known for the demo's
    _see_ours(folder, settings)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in settings.items():
        (folder / name).write_text(text, encoding="utf-8")
    if not (folder / _CODEBOOK).exists():
        (folder / _CODEBOOK).write_text(default_yaml(), encoding="utf-8")
    (folder / "references").mkdir(exist_ok=True)
    (folder / "references" / "charter.txt").write_bytes((bundled / "charter.txt").read_bytes())
    (folder / "items").mkdir(exist_ok=True)
    for item in _files(bundled / "items"):
        (folder / "items" / item.name).write_bytes(item.read_bytes())
    return folder / "items"


def _see_ours(folder: Path, settings: Mapping[str, str]) -> None:
    """See that the folder is empty or the demo's own desk. Raises `UsageError`: what lies there must not be lost."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / FILE).exists():
        raise UsageError(f"{folder} is not empty; name an empty folder for the demo")
    for name, text in settings.items():
        path = folder / name
        if path.exists() and path.read_bytes() != text.encode():
            raise UsageError(f"{folder} is another desk ({name} is not the demo's); name an empty folder")


def _files(folder: Traversable) -> Iterator[Traversable]:
    yield from sorted((entry for entry in folder.iterdir() if entry.is_file()), key=lambda entry: entry.name)
