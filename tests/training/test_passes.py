"""Passes over the texts, and the mean of checkpoints (what needs PyTorch)."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from train.batches import Batch, passed  # noqa: E402
from train.dataset import WRITTEN, marked, tokenised  # noqa: E402
from train.mean import main  # noqa: E402
from train.nesting import wrap, written  # noqa: E402
from train.settings import settings  # noqa: E402
from train.worn import misread  # noqa: E402


def checkpoint(path: Path, *weights: float) -> Path:
    torch.save({"net": {"a": torch.tensor(weights), "places": torch.arange(3)}, "epoch": len(path.stem)}, path)
    return path


def test_the_mean_of_checkpoints_is_taken_weight_by_weight(tmp_path: Path) -> None:
    main(tmp_path / "mean.pt", [checkpoint(tmp_path / "x.pt", 1.0, 2.0), checkpoint(tmp_path / "xy.pt", 3.0, -2.0)])
    mean = torch.load(tmp_path / "mean.pt", weights_only=True)
    assert mean["net"]["a"].tolist() == [2.0, 0.0]
    assert mean["net"]["places"].tolist() == [0, 1, 2]
    assert mean["epoch"] == 2  # what else it holds is the last one's


def test_checkpoints_of_other_sizes_are_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"other\.pt is not of the same sizes as .*one\.pt"):
        main(tmp_path / "mean.pt", [checkpoint(tmp_path / "one.pt", 1.0), checkpoint(tmp_path / "other.pt", 1.0, 2.0)])
    assert not (tmp_path / "mean.pt").exists()


def test_epochs_take_the_variants_in_turn_from_the_first_one_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("train.batches.epoch_rows", lambda c, variant: [[variant]] * 3)
    c = settings(["variants=3", "first_variant=1"])
    assert [passed(c, epoch)[0] for epoch in range(4)] == [1, 2, 0, 1]
    assert sorted(passed(c, 0)[2]) == [0, 1, 2]


MARKED = [text for _, text in marked(WRITTEN)]


@given(seed=st.integers(0, 10_000), which=st.integers(0, len(MARKED) - 1))
def test_doubtful_cues_are_followed_through_every_change_and_nothing_is_learned_from_them(
    seed: int, which: int
) -> None:
    rng = random.Random(seed)
    a = written(MARKED[which])
    told = {i for x in a.attributions for s, e in x["cue"] for i in range(s, e)}
    a.doubtful = [w for w in (m.span() for m in re.finditer(r"\w+", a.text)) if not told & set(range(*w))][::3]
    wrapped = wrap(a, ["the union", "Lin"], 0.5, rng)
    assert [wrapped.text[s:e] for s, e in wrapped.doubtful] == [a.text[s:e] for s, e in a.doubtful]
    worn = misread(wrapped, rng)
    text = tokenised("it", worn)
    assert len(text.doubtful) == len(a.doubtful)
    for span, (first, last) in zip(worn.doubtful, text.doubtful, strict=True):
        assert all(text.tokens.start[i] < span[1] and span[0] < text.tokens.end[i] for i in range(first, last))
    batch = Batch([(text, 0, len(text.tokens))], 0.0, rng)
    doubtful = {i + 1 for first, last in text.doubtful for i in range(first, last)} - {g.anchor + 1 for g in text.gold}
    assert not any(batch.anchor_weight[0, i, 1] for i in doubtful)
    assert all(batch.anchor_weight[0, i, 0] for i in doubtful)  # of the text itself they are surely none


def test_where_the_gold_is_silent_the_teacher_speaks_at_a_weight_of_his_own() -> None:
    from train.batches import Batch
    from train.fit import losses
    from train.judge import judge
    from train.network import Network
    from transformers import BertConfig

    torch.manual_seed(5)
    config = BertConfig(hidden_size=24, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24)
    net = Network(config).eval()
    # within the content nothing is known: the text is the corpus's, whose gold is flat
    text = tokenised("x", written("{1s:Lund} {1c:said} {1q:that the harbour master had refused to open the gates}."))
    text.known = []
    batch = Batch([(text, 0, len(text.tokens))], 0.0, random.Random(1))
    h = net.encode(batch.ids, batch.features, batch.mask)
    judged = judge(net, h, batch)
    judged["anchor"] = torch.ones_like(judged["anchor"])  # a teacher who sees an anchor everywhere
    silent = int((batch.anchor_weight[..., 1] == 0).sum())
    assert silent > 5
    none, half, whole = (
        float(losses(net, h, batch, judged, 0.5, alone)["anchor"].detach()) for alone in (0.0, 0.5, 1.0)
    )
    assert none < half < whole and whole - half == pytest.approx(half - none, rel=1e-4)
    assert half == pytest.approx(float(losses(net, h, batch, judged, 0.5)["anchor"].detach()))
