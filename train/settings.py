"""The configuration of a training: command-line words in, settings out (`config.yaml` explains every key)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

# what the batches of a pass hang on: judgements of other batches are of no use
OF_BATCHES = ("data", "seed", "window", "batch", "restyled", "nested", "written", "drop_case", "other", "other_windows")


def settings(argv: list[str]) -> dict[str, Any]:
    """The configuration with what the arguments change. With the word `teacher` it is the teacher's: the settings of the
    encoder with those of the section `teacher` in their place."""
    path = Path(argv[0]) if argv and argv[0].endswith(".yaml") else Path(__file__).with_name("config.yaml")
    config: dict[str, Any] = yaml.safe_load(path.read_text())
    for pair in argv:
        if "=" in pair:
            name, value = pair.split("=", 1)
            *section, key = name.split(".")
            part = config[section[0]] if section == ["teacher"] else config
            if key not in part or section not in ([], ["teacher"]):
                sys.exit(f"{path}: no such key: {name}")
            part[key] = yaml.safe_load(value)
    if "teacher" in argv:
        config |= config["teacher"]
        config["share_teacher"] = 0.0
    return config
