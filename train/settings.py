"""The configuration of a training: command-line words in, settings out (`config.yaml` explains every key)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

# what the batches of a pass hang on: judgements of other batches are of no use
OF_BATCHES = (
    "data", "seed", "window", "batch", "restyled", "nested", "run_together", "scanned", "written", "drop_case", "other",
    "other_windows",
)  # fmt: skip
SHARE = {"teacher": 0.0, "thin": 1.0}  # sections, and how much of what they learn is a teacher's


def settings(argv: list[str]) -> dict[str, Any]:
    """The configuration with what the arguments (`key=value`, `section.key=value`) change. With the name of a section among
    them (`teacher`, `thin`) it is that one's: the settings of the encoder with those of the section in their place. Ends the
    program at any other word."""
    path, words = Path(__file__).with_name("config.yaml"), list(argv)
    if words and words[0].endswith(".yaml"):
        path = Path(words.pop(0))
    config: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    whose = next((word for word in words if word in SHARE), "")
    for word in words:
        name, given, value = word.partition("=")
        if not given and name == whose:
            continue
        *section, key = name.split(".")
        part = config[section[0]] if len(section) == 1 and section[0] in SHARE else config
        if not given or (section and part is config) or key not in part:
            sys.exit(f"{path}: no such key: {name}")
        if not section and whose and key in config[whose]:
            sys.exit(f"{name} is the encoder's; the {whose}'s is {whose}.{name}")
        known, told = part[key], yaml.safe_load(value)
        part[key] = float(told) if isinstance(known, float) else told  # YAML takes 1e-4 for a word
    if whose:
        config |= config[whose]
        config["share_teacher"] = SHARE[whose]
    return config


def check_data(c: dict[str, Any]) -> None:
    """End the program where the training texts are missing, before anything is loaded."""
    for key in ("data", "scorer"):
        if not Path(c[key]).exists():
            sys.exit(f"{c[key]} is not there: training needs it (`{key}` in train/config.yaml)")
