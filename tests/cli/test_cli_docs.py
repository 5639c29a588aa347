"""What the pages and the files for deployment tell people to type, the program has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import yaml

from sayso.cli._app import app
from sayso.cli.reference import commands

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "deploy").iterdir())]
PROGRAM = re.compile(r"(?<![\w/.-])(?:/opt/sayso/bin/|~/sayso/bin/)?sayso +([a-z].*)")
CONTAINER = re.compile(r"run --rm app ([a-z].*)")
KNOWN = dict(commands(typer.main.get_command(app())))
GROUPS = {name.split()[0] for name in KNOWN if " " in name}


def told(path: Path) -> Iterator[str]:
    """The commands in backticks, in indented lines and in files for machines."""
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = re.findall(r"`(sayso [^`]*)`", line)
        if path.suffix != ".md" or line.startswith("    "):
            parts.append(line)
        for part in parts:
            for found in (*PROGRAM.findall(part), *CONTAINER.findall(part)):
                yield re.split(r"\s*(?:&&|[;|#\"'`]|\s→)", found.split("  ")[0])[0].strip()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_commands_and_options_exist(path: Path) -> None:
    for line in told(path):
        words = re.findall(r"[^\s,()]+", line)
        name = " ".join(words[:2]) if words[0] in GROUPS and " ".join(words[:2]) in KNOWN else words[0]
        if name in GROUPS and re.fullmatch(r"[a-z-]+(\|[a-z-]+)*", words[1] if len(words) > 1 else ""):
            for each in words[1].split("|"):
                assert f"{name} {each}" in KNOWN, line
            continue
        if name in GROUPS or not re.fullmatch(r"[a-z]+( [a-z-]+)?", name):
            continue
        assert name in KNOWN, line
        options = {option for p in KNOWN[name].params for option in (*p.opts, *p.secondary_opts)}  # type: ignore[attr-defined]
        for word in words:
            if option := re.match(r"--[a-z-]+", word):
                assert option.group() in options | {"--help"}, line


def test_the_containers_start_commands_that_exist() -> None:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"db", "app", "worker"}
    for name in ("app", "worker"):
        command = services[name]["command"]
        options = {option for p in KNOWN[command[0]].params for option in p.opts}  # type: ignore[attr-defined]
        assert {word for word in command if word.startswith("--")} <= options
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert 'ENTRYPOINT ["sayso"]' in dockerfile


def test_the_units_start_commands_that_exist() -> None:
    started = []
    for unit in sorted((ROOT / "deploy").glob("*.service")):
        for line in unit.read_text(encoding="utf-8").splitlines():
            if line.startswith("ExecStart="):
                program, command, *_ = shlex.split(line.removeprefix("ExecStart=").removeprefix("-"))
                assert program == "/opt/sayso/bin/sayso"
                assert command in KNOWN
                started.append(command)
    assert started == ["watch", "serve"]
