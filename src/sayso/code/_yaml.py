"""YAML with line numbers: text comes in, plain values and the line of every key go out."""

from __future__ import annotations

from typing import Any

import yaml

from sayso.errors import SettingsError

Path = tuple[str | int, ...]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, ten times faster


def parse(text: str, source: str) -> tuple[Any, dict[Path, int]]:
    """The values of a YAML text and the line (from 1) where each path of keys and indexes stands.

    Raises `SettingsError` naming `source` and the line for text that is no YAML or has a key twice.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
        lines: dict[Path, int] = {}
        if root is not None:
            _walk(root, (), lines, source)
        return yaml.load(text, Loader=_Loader), lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise SettingsError(f"{source}{line}: not valid YAML: {problem}") from error
    except RecursionError as error:
        raise SettingsError(f"{source}: nested too deeply") from error


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """The line of the deepest part of `path` that the text has."""
    for end in range(len(path), -1, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int], source: str) -> None:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            if here in lines:
                raise SettingsError(f"{source}:{key.start_mark.line + 1}: key {dotted(here)!r} stands twice")
            lines[here] = key.start_mark.line + 1
            _walk(value, here, lines, source)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*path, index), lines, source)


def dotted(path: Path) -> str:
    """`("families", 0, "name")` as `families[0].name`."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out
