"""Between the settings' YAML files and the store, which is their truth: import, export, and never over newer edits.

A file that changed since both agreed is imported on opening the desk, unless the store was edited too. Then neither
wins by itself: `sayso settings export` or `import` with `--force` decides.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sayso.desk import files
from sayso.desk.topics import Topic
from sayso.errors import SaysoError
from sayso.records import Actor
from sayso.store import Store

NAMES = ("actors", "outlets", "topics", "codebook")  # in the order in which they refer to each other
Progress = Callable[[str, int], None]  # (what, how many more are in)


@dataclass(frozen=True, slots=True)
class Difference:
    """One settings file: what an export or import changed, as a unified diff ("" for nothing)."""

    name: str
    diff: str


class Sync:
    """The settings of the desk in `folder`."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store

    def import_changed(self, progress: Progress = lambda what, n: None) -> list[str]:
        """Import every file that changed; gives one line for each that cannot be, since the store was edited too."""
        conflicts, chosen = [], {}
        for name in NAMES:
            data = self._data(name)
            agreed = self.store.settings.agreed(name)
            if data is None or (agreed and agreed[0] == _hash(data)):
                continue
            if agreed and agreed[1]:
                conflicts.append(
                    f"{name}.yaml and the desk's {name} were both edited; neither was taken: `sayso settings import --force` "
                    "takes the file (the desk's edits are lost), `sayso settings export --force` writes the desk's over it"
                )
                continue
            chosen[name] = data
        self._import_together(chosen, progress)
        return conflicts

    def import_all(self, *, force: bool = False, progress: Progress = lambda what, n: None) -> list[Difference]:
        """Take the files into the store. Raises `SaysoError` where the store's edits are newer, without `force`."""
        chosen = {name: data for name in NAMES if (data := self._data(name)) is not None}
        if not force:
            for name, data in chosen.items():
                agreed = self.store.settings.agreed(name)
                if agreed and agreed[1] and self.diff(name, to_file=False):
                    what = "was edited too" if agreed[0] != _hash(data) else "did not change since"
                    raise SaysoError(
                        f"{name} were edited in the desk after {name}.yaml was last written (the file {what}): "
                        "`sayso settings export` keeps those edits, `import --force` drops them"
                    )
        result = [Difference(name, self.diff(name, to_file=False)) for name in chosen]
        self._import_together(chosen, progress)
        return result

    def export_all(self, *, force: bool = False) -> list[Difference]:
        """Write the files from the store. Raises `SaysoError` where a file was edited since, without `force`."""
        if not force:
            for name in NAMES:
                data, agreed = self._data(name), self.store.settings.agreed(name)
                if data is not None and agreed and agreed[0] != _hash(data) and self.diff(name, to_file=True):
                    raise SaysoError(
                        f"{name}.yaml was edited since it was last taken in: `sayso settings import` keeps those "
                        "edits, `export --force` drops them"
                    )
        result = []
        for name in NAMES:
            difference = self.diff(name, to_file=True)
            result.append(Difference(name, difference))
            agreed = self.store.settings.agreed(name)
            if difference or agreed is None:
                self.path(name).write_text(self.text(name), encoding="utf-8")
            data = self._data(name)
            assert data is not None
            self.store.settings.agree(name, _hash(data))
        return result

    def diff(self, name: str, *, to_file: bool) -> str:
        """What an export would change in the file, or an import in the store. Comments and layout count for nothing."""
        data = self._data(name)
        there = self._normal(name, files.decode(data, f"{name}.yaml")) if data is not None else ""
        here = self.text(name)
        old, new = (there, here) if to_file else (here, there)
        return "".join(
            difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"{name} before", f"{name} after", n=1)
        )

    def text(self, name: str) -> str:
        """The store's content as the text of the file."""
        tables = self.store.settings
        if name == "actors":
            return files.dump_actors(tables.actors())
        if name == "outlets":
            return files.dump_outlets(tables.outlets())
        if name == "topics":
            return files.dump_topics([Topic.model_validate(each) for each in tables.topics().values()])
        return tables.codebook() or ""

    def path(self, name: str) -> Path:
        """Where the file lies."""
        return self.folder / f"{name}.yaml"

    def _normal(self, name: str, text: str) -> str:
        file, tables = str(self.path(name)), self.store.settings
        if name == "actors":
            return files.dump_actors(files.parse_actors(text, file))
        if name == "outlets":
            return files.dump_outlets(files.parse_outlets(text, self._actors_of_file(), file))
        if name == "topics":
            return files.dump_topics(files.parse_topics(text, self._actors_of_file(), file))
        from sayso.code import Codebook

        Codebook.parse(text, file)
        return text if text != tables.codebook() else tables.codebook() or ""

    def _actors_of_file(self) -> list[Actor]:
        data = self._data("actors")
        if data is None:
            return self.store.settings.actors()
        return files.parse_actors(files.decode(data, "actors.yaml"), str(self.path("actors")))

    def _import_together(self, chosen: dict[str, bytes], progress: Progress) -> None:
        """All or none: a file may name what another one defines."""
        if not chosen:
            return
        with self.store.transaction():
            for name, data in chosen.items():
                self._import(name, data, progress)
            actors = self.store.settings.actors() if "actors" in chosen else []
            if "actors" in chosen and "outlets" not in chosen:
                files.parse_outlets(self.text("outlets"), actors, str(self.path("outlets")))
            if "actors" in chosen and "topics" not in chosen:
                files.parse_topics(self.text("topics"), actors, str(self.path("topics")))

    def _import(self, name: str, data: bytes, progress: Progress) -> None:
        file, tables = str(self.path(name)), self.store.settings
        text = files.decode(data, file)
        with self.store.transaction():
            if name == "actors":
                tables.put_actors(files.parse_actors(text, file), lambda n: progress("actors", n))
            elif name == "outlets":
                tables.put_outlets(files.parse_outlets(text, tables.actors(), file))
            elif name == "topics":
                topics = files.parse_topics(text, tables.actors(), file)
                tables.put_topics({t.id: t.model_dump(mode="json", exclude_defaults=True) for t in topics})
            else:
                from sayso.code import Codebook

                tables.put_codebook(Codebook.parse(text, file).version, text)
            tables.agree(name, _hash(data))

    def _data(self, name: str) -> bytes | None:
        path = self.path(name)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SaysoError(f"{path}: cannot be read: {error.strerror}") from None


def write_new(folder: Path) -> None:
    """The YAML files of a new desk: explained, and empty but for the default codebook."""
    from sayso.code import default_yaml

    for name, text in {
        "actors": files.dump_actors([]),
        "outlets": files.dump_outlets([]),
        "topics": files.dump_topics([]),
        "codebook": default_yaml(),
    }.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
