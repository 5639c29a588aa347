"""A trained network's judgements of the training batches, for a smaller one to learn from: checkpoint in, files beside it out.

    python -m train.judge [config.yaml] [key=value ...]

The batches of the configuration are judged by its teacher, one file for each variant: probabilities of anchors, sentences
and entities, and the labels of all gold anchors and of those that the teacher sees (soft targets: Hinton, Vinyals & Dean
2015).
"""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

import torch
from torch import Tensor

from sayso.code._train_deep import short_floats
from train.batches import Batch, batch_of, epoch_rows, mark
from train.fit import Judged, judged_file, pair_logits, save
from train.network import Network, restored
from train.settings import OF_BATCHES, check_data, settings

SEEN = 0.1  # anchors that the teacher gives at least this probability are judged


def judge(net: Network, h: Tensor, batch: Batch) -> Judged:
    """What the network says of a batch, whose last states are h (b, t, d)."""
    anchor = torch.sigmoid(net.anchor(h).float())
    rows, anchors, labels = [], [], []
    for r in range(len(h)):
        strength = anchor[r].amax(-1) * batch.surrounded[r]
        peak = strength >= torch.nn.functional.max_pool1d(strength[None], 3, 1, 1)[0]
        seen = set(torch.nonzero(peak & (strength >= SEEN)).flatten().tolist())
        at = torch.tensor(sorted(seen | {x for row, x, _ in batch.pairs if row == r}), dtype=torch.long)
        if len(at):
            rows += [r] * len(at)
            anchors.append(at)
            labels.append(torch.softmax(pair_logits(net, h[r], at, batch.paragraph[r]), -1))
    size = batch.ids.shape[1]
    return {
        "mark": mark(batch),
        "anchor": anchor.half(),
        "sentence": torch.sigmoid(net.sentence(h)[..., 0].float()).half(),
        "entity": torch.softmax(net.entity(h).float(), -1).half(),
        "row": torch.tensor(rows, dtype=torch.short),
        "at": torch.cat(anchors).short() if anchors else torch.zeros(0, dtype=torch.short),
        "labels": torch.cat(labels).half() if labels else torch.zeros(0, size, 7, dtype=torch.half),
    }


def main(argv: list[str]) -> None:
    c = settings(argv)
    check_data(c)
    if not c["share_teacher"]:
        sys.exit("share_teacher is 0: nothing is learned from a teacher, and nothing is judged")
    torch.set_num_threads(c["threads"])
    checkpoint = Path(c["teacher"]["runs"]) / "last.pt"
    if not checkpoint.exists():
        sys.exit(f"{checkpoint} is not there: run python -m train.fit teacher first")
    about = {"settings": {k: c[k] for k in OF_BATCHES}, "teacher": hashlib.sha256(checkpoint.read_bytes()).hexdigest()}
    net = restored(checkpoint)
    for variant in range(c["variants"]):
        path = judged_file(c, variant)
        if path.exists():
            kept = torch.load(path, weights_only=True)
            if all(kept[k] == value for k, value in about.items()):
                continue
        started = time.time()
        batches = epoch_rows(c, variant)
        with torch.inference_mode(), short_floats():
            given = (batch_of(c, variant, i, rows) for i, rows in enumerate(batches))
            judged = [judge(net, net.encode(b.ids, b.features, b.mask), b) for b in given]
        save({**about, "batches": judged}, path)
        print(f"{path}: {len(judged)} batches in {time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
