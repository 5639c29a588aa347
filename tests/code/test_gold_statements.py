"""The default coder on statements of our own, written apart from the codebook: quality cannot slip unseen."""

import csv
import json
from pathlib import Path

import pytest

from sayso.code import Codebook, FastCoder, Unit

FLOORS = json.loads((Path(__file__).parents[1] / "quality_floors.json").read_text())["coding"]


@pytest.fixture(scope="module")
def results():
    family = Codebook.default().family("approach")
    with (Path(__file__).parent / "gold_statements.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    seen = FastCoder.learn(family).predict([Unit(row["statement"]) for row in rows])
    return family, [row["code"] for row in rows], seen


def test_codes(results):
    family, gold, seen = results
    assert len(gold) >= 120 and set(gold) == set(family.names)
    right = [p.code == code for p, code in zip(seen, gold, strict=True)]
    assert sum(right) / len(right) >= FLOORS["approach accuracy"]
    sure = [hit for hit, p in zip(right, seen, strict=True) if not p.unsure]
    assert sum(sure) / len(sure) >= FLOORS["approach accuracy where sure"]
    assert abs(sum(right) / len(right) - sum(p.probability for p in seen) / len(seen)) <= 0.1  # probabilities hold


def test_quadrants(results):
    family, gold, seen = results
    quadrant = {code.name: code.quadrant for code in family}
    right = sum(quadrant[p.code] == quadrant[code] for p, code in zip(seen, gold, strict=True))
    assert right / len(gold) >= FLOORS["approach quadrant"]


def test_no_gold_statement_stands_in_the_codebook(results):
    family, _, _ = results
    own = {text for code in family for text in code.examples}
    with (Path(__file__).parent / "gold_statements.tsv").open(encoding="utf-8") as file:
        assert not own & {row["statement"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
