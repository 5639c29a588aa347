"""YAML whose mistakes can be pointed at: the values of a file, and the line of any key in it (desk files, codebooks).

In: text and the name of its file. Out: plain values; `Yaml.fail` makes the message that names file, line and key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import yaml
from pydantic import ValidationError

from sayso.errors import SettingsError

Path = Sequence[str | int]
_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, ten times faster


class _Loader(_Fast):  # type: ignore[misc]
    """Leaves dates as they are written: a wrong one is then named with its key."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in _Fast.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class Yaml:
    """The values of a YAML text, and its nodes to find lines by (None: the values were not read from a text)."""

    values: Any
    file: str
    root: yaml.Node | None

    @classmethod
    def parse(cls, text: str, file: str) -> Yaml:
        """Raises `SettingsError` naming file and line for text that is no YAML, or that has a key twice."""
        try:
            loader = _Loader(text)
            try:
                root = loader.get_single_node()
                if root is not None:
                    _no_doubles(root, file)
                return cls(loader.construct_document(root) if root is not None else None, file, root)
            finally:
                loader.dispose()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f":{mark.line + 1}" if mark else ""
            problem = " ".join(str(getattr(error, "problem", None) or error).split())
            raise SettingsError(f"{file}{place}: not valid YAML: {problem}") from None
        except (RecursionError, ValueError) as error:
            raise SettingsError(f"{file}: not valid YAML: {error}") from None

    def line(self, path: Path) -> int:
        """The line (from 1) of the deepest part of `path` that the file has."""
        node, line = self.root, 1
        for step in path:
            key, node = _below(node, step)
            if node is None or key is None:
                break
            line = key.start_mark.line + 1
        return line

    def fail(self, path: Path, what: str) -> SettingsError:
        """The message for a wrong value: file, line, key, what is wrong."""
        if not path:
            return SettingsError(f"{self.file}: {what}")
        place = f"{self.file}:{self.line(path)}" if self.root is not None else self.file
        return SettingsError(f"{place}: {dotted(path)}: {what}")

    def fail_validation(self, error: ValidationError, at: Path = ()) -> SettingsError:
        """The message for the first thing that pydantic found wrong; `at` is where the checked value stands."""
        return self.fail((*at, *_steps(error)), explain(error))


def explain(error: ValidationError) -> str:
    """The first mistake in words."""
    first = error.errors()[0]
    if first["type"] == "missing":
        return "is missing"
    if first["type"] == "extra_forbidden":
        return "no such key; see the comments in a new desk's file for those there are"
    given = first["input"]
    if first["type"] == "tuple_type" and isinstance(given, str | int | float):
        return f"must be a list: [{given}]" if isinstance(given, str) else "must be a list, in square brackets"
    if first["type"] == "string_type" and isinstance(given, bool | int | float):
        kind = "yes or no" if isinstance(given, bool) else "a number"  # YAML's no, off, on and yes are words to people
        return f"is read as {kind}, not as text: put it in quotes"
    return str(first["msg"]).removeprefix("Value error, ")


def _steps(error: ValidationError) -> tuple[str | int, ...]:
    return tuple(error.errors()[0]["loc"])


def dotted(path: Path) -> str:
    """`("actors", 0, "name")` as `actors[0].name`."""
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else str(step)
    return out


def _below(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None, None


def _no_doubles(root: yaml.Node, file: str) -> None:
    waiting, met = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in met:  # an alias (&x … *x) may lead back to where it stands
            continue
        met.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen if isinstance(key.value, str) else False:
                    raise SettingsError(f"{file}:{key.start_mark.line + 1}: key {key.value!r} stands twice")
                if isinstance(key.value, str):
                    seen.add(key.value)
                waiting.append(value)
