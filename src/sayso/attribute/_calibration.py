"""What was fitted on the development texts when the model was made: weights, thresholds, odds of cue words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sayso.encoder.tokens import MODEL_FOLDER

TOP_FEATURES = ("constant", "anchor", "content", "source", "edge")
NESTED_FEATURES = (
    "constant", "anchor", "content", "source", "top", "no source", "first person", "cue", "outer", "seconded"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic weights from a candidate's features to the share that is right, and the thresholds on that share.

    `cues` are log odds by the stem of a word that it reports something inside a content, `other_cue` those of any
    other word.
    """

    top: tuple[float, ...]
    nested: tuple[float, ...]
    threshold: float
    nested_threshold: float
    cues: Mapping[str, float]
    other_cue: float


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """`weights/calibration.json`, which `train/calibrate.py` writes; weights stand there by their features' names."""
    k = json.loads((MODEL_FOLDER / "calibration.json").read_text(encoding="utf-8"))
    top, nested = tuple(k["top"][f] for f in TOP_FEATURES), tuple(k["nested"][f] for f in NESTED_FEATURES)
    return Calibration(top, nested, k["threshold"], k["nested_threshold"], k["cues"], k["other_cue"])
