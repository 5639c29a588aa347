"""The default coder on statements of our own, written apart from the codebook: quality cannot slip unseen."""

import csv
import json
from pathlib import Path

import pytest

from sayso.code import Codebook, FastCoder, Unit
from sayso.code.fast import embedder_hash, untrained

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


def test_the_coder_that_ships_is_what_would_be_learned_now(results):
    family, _, seen = results
    shipped = untrained(family)
    assert shipped.made_with == embedder_hash(), "run `python -m train.coder`"
    with (Path(__file__).parent / "gold_statements.tsv").open(encoding="utf-8") as file:
        texts = [row["statement"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]
    again = shipped.predict([Unit(text) for text in texts])
    assert [p.code for p in again] == [p.code for p in seen] and [p.reasons for p in again] == [p.reasons for p in seen]
    # learned on another kind of processor, where 8 bits round otherwise, probabilities differ by some thousandths
    assert max(abs(a.probability - b.probability) for a, b in zip(again, seen, strict=True)) < 1e-2


REFUSED = """
The rebels said they reject the ceasefire.
The truce is dead, the commander said.
"There is no ceasefire and there will be none," the militia's spokesman said.
The union said it would not sign the truce.
"We will not lay down our arms," the leader said.
"""
GRANTED = """
The rebels accepted the truce.
The group agreed to a ceasefire from Monday.
The government announced a ceasefire for the holidays.
"""


def test_a_ceasefire_refused_is_no_giving_way(results):
    family, _, _ = results
    refused, granted = (untrained(family).predict([Unit(t) for t in s.strip().split("\n")]) for s in (REFUSED, GRANTED))
    assert [p.code for p in refused] == ["reject"] * 5
    assert {p.code for p in granted} <= {"agree", "yield"}
