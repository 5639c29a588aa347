"""Passes over the texts, and the mean of checkpoints (what needs PyTorch)."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from train.batches import passed  # noqa: E402
from train.mean import main  # noqa: E402
from train.settings import settings  # noqa: E402


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
