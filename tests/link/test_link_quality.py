"""Linking of gold attributions must not fall below what it reached (figures of `sayso bench chains`)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sayso.link.measure import same_name, score_chains

ROOT = Path(__file__).resolve().parents[2]
# Of the third of the documents that nothing was tuned on; gold spans, silver names. docs/link.md tells how they came.
FLOORS = json.loads((ROOT / "tests/quality_floors.json").read_text(encoding="utf-8"))["chains_gold_spans"]


@pytest.mark.shared
def test_kept_documents(shared_data: Path) -> None:
    data = shared_data
    places = [
        "--gold",
        data / "chains/dev.jsonl",
        "--texts",
        data / "polnear/dev/text",
        "--silver",
        data / "polnear/dev/silver",
    ]
    command = [sys.executable, ROOT / "bench/chains.py", "--part", "report", *places]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    figures = {name.strip(): float(value) for name, value in (line.rsplit(maxsplit=1) for line in out.splitlines())}
    assert {k: v for k, v in FLOORS.items() if figures[k] < v} == {}


def test_a_perfect_prediction_scores_one_and_an_empty_one_nought() -> None:
    via = {"item": "a letter", "outlet": None, "start": 30, "end": 38}
    spans = {"source": {"start": 0, "end": 2, "text": "he"}, "content": [{"start": 8, "end": 20}]}
    row = {
        "id": "a",
        "parent": None,
        **spans,
        "kind": "direct",
        "speaker": {"name": "Ann Hill", "kind": "person"},
        "via": via,
    }
    inner = {**row, "id": "b", "parent": "a", "content": [{"start": 12, "end": 20}], "via": None}
    gold = {"d": [row, inner]}
    perfect = score_chains(gold, gold)
    assert [perfect[k] for k in ("nested F1", "nested e2e F1", "end to end", "speaker accuracy", "via F1")] == [1.0] * 5
    assert score_chains(gold, {})["end to end"] == 0.0


@pytest.mark.parametrize(
    ("gold", "found", "kind", "agree"),
    [
        ("Donald Hill", "Hill", "person", True),
        ("Donald Hill", "Donald", "person", False),
        ("the Harbour Board", "Harbour Board", "organization", True),
        ("Harbour Board of Appeal", "Harbour Office", "organization", False),
        (None, "Hill", "person", False),
    ],
)
def test_when_names_agree(gold: str | None, found: str, kind: str, agree: bool) -> None:
    assert same_name(gold, found, kind) is agree


@pytest.mark.shared
def test_from_text(shared_data: Path) -> None:
    """The whole way, with the shipped encoder: what `sayso bench chains` prints."""
    from sayso.link.measure import read_gold, texts_of
    from sayso.pipeline import extract

    gold = shared_data / "chains/dev.jsonl"
    wanted = read_gold(gold)
    texts = texts_of(gold, wanted, None)
    found = {name: extract(texts[name], path=f"{name}.txt")["attributions"] for name in wanted}
    figures = score_chains(wanted, found, read_gold(shared_data / "chains/dev_doubtful.jsonl"))
    floors = json.loads((ROOT / "tests/quality_floors.json").read_text(encoding="utf-8"))["chains_from_text"]
    assert {k: v for k, v in floors.items() if figures[k] < v} == {}
