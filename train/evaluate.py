"""A checkpoint measured as it is, before it is exported: the stage `attribute` with PyTorch in place of ONNX Runtime.

    python -m train.evaluate CHECKPOINT DEV_FOLDER

Confidence and threshold are fitted first, as for a shipped encoder, so that figures of networks of any size are alike.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from sayso.attribute import _attribute
from sayso.attribute.evaluate import evaluate, read_gold
from sayso.code._train_deep import short_floats
from sayso.encoder.model import Encoder, Floats, Reading
from sayso.encoder.tokens import Tokens
from train import calibrate
from train.fit import pair_logits
from train.network import CLS, COREF, SEP, Network, restored


class TorchEncoder(Encoder):
    """`Encoder` over a network in memory."""

    def __init__(self, net: Network) -> None:
        super().__init__()
        self._net = net

    def read(self, tokens: Tokens, first: int, last: int) -> Reading:
        ids = torch.tensor([[CLS, *tokens.ids[first:last].tolist(), SEP]])
        features = torch.nn.functional.pad(torch.from_numpy(tokens.features[first:last]), (0, 0, 1, 1))[None]
        net = self._net
        with torch.inference_mode(), short_floats():
            h = net.encode(ids, features, torch.ones(ids.shape))[0]
            anchor, sentence = torch.sigmoid(net.anchor(h).float()), torch.sigmoid(net.sentence(h).float())[:, 0]
            entity, coref, null = net.entity(h).float(), net.coref(h).float(), net.coref_null(h).float()[:, 0]
        inner = slice(1, -1)
        return Reading(
            hidden=h.float().numpy(),
            anchor=anchor[inner].numpy(),
            sentence=sentence[inner].numpy(),
            entity=entity[inner].numpy(),
            coref=coref[inner].reshape(-1, 4, COREF).numpy(),
            coref_null=null[inner].numpy(),
        )

    def pair(self, reading: Reading, anchors: Sequence[int], paragraph: npt.NDArray[np.int64]) -> Floats:
        around = np.concatenate([[0], paragraph - paragraph[0], [paragraph[-1] - paragraph[0]]])
        at = torch.tensor(list(anchors), dtype=torch.long) + 1
        with torch.inference_mode(), short_floats():
            logits = pair_logits(self._net, torch.from_numpy(reading.hidden), at, torch.from_numpy(around))
        labels: Floats = torch.softmax(logits, -1)[:, 1:-1].numpy()
        return labels


def main(checkpoint: Path, folder: Path) -> None:
    encoder = TorchEncoder(restored(checkpoint))
    _attribute.Encoder.load = classmethod(lambda cls, threads=1: encoder)  # type: ignore[method-assign, assignment]
    texts = read_gold(folder)
    fitted = calibrate.top_calibration(texts)
    calibrate.use(fitted)
    for name, rate in evaluate(texts, calibrate.again).rates.items():
        print(f"{name:20} P {rate.p:.3f}  R {rate.r:.3f}  F1 {rate.f1:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
