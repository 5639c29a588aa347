"""The fast coder on the measuring data, two folds of PLOVER and one of the central bank's stances: quality cannot slip
unseen. `bench/coding.py` has the whole figures.
"""

import json
from pathlib import Path

import pytest

from sayso.code._table import Table
from sayso.code.classify import labelled
from sayso.code.evaluate import cross_validate

FLOORS = json.loads((Path(__file__).parents[1] / "quality_floors.json").read_text())["coding_measured"]


@pytest.mark.shared
def test_plover(shared_data):
    path, columns = shared_data / "plover" / "PLV_train.tsv", ("source", "target")
    rows = labelled(Table(path), "sentence", "gold_root", *columns)
    quadrants = [row.code for row in labelled(Table(path), "sentence", "gold_penta", *columns)]
    scores = cross_validate(rows, run=2, groups=quadrants)
    assert scores.macro_f1 >= FLOORS["PLOVER root macro-F1, two of five folds"]
    assert (
        scores.grouped is not None and scores.grouped.macro_f1 >= FLOORS["PLOVER quadrant macro-F1, two of five folds"]
    )
    assert abs(scores.accuracy - scores.confidence) <= FLOORS["at most calibration error"]


@pytest.mark.shared
def test_stance(shared_data):
    rows = labelled(Table(shared_data / "fomc" / "stance-train.csv"), "sentence", "label", None, None)
    scores = cross_validate(rows, run=1)
    assert scores.weighted_f1 >= FLOORS["FOMC weighted F1, one of five folds"]
