"""Train the encoder: config in, checkpoints and a log out. Resumes from the last checkpoint of the same run folder.

python -m train.fit [config.yaml] [teacher] [key=value ...]
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from sayso.code._train_deep import short_floats
from train.bases import base_folder
from train.batches import Batch, batch_of, mark, passed
from train.network import COREF, ENTITIES, LABELS, Network, distance_bucket, paragraph_bucket, restored, starting_config
from train.settings import OF_BATCHES, check_data, settings

Judged = dict[str, Any]  # what the teacher gives a batch: tensors, and the batch's mark


def losses(
    net: Network, h: Tensor, batch: Batch, judged: Judged | None = None, share: float = 0.0, alone: float | None = None
) -> dict[str, torch.Tensor]:
    """The loss of every head on the batch's last states h (b, t, d). Where a teacher has judged the batch, targets are
    mixtures of gold (1 - share) and of its probabilities (share); where gold says nothing they are the teacher's alone, at
    the weight `alone` (None: `share`)."""
    h = net.drop(h)
    size = 20 * len(h)
    anchor, anchor_weight = batch.anchor, batch.anchor_weight
    sentence, entity, silver = batch.sentence, F.one_hot(batch.entity, len(ENTITIES)).float(), batch.silver
    pairs, pair_weight = gold_pairs(batch)
    if judged is not None:
        alone = share if alone is None else alone
        inside, around = batch.inside, batch.surrounded[..., None]
        anchor, anchor_weight = _mixed(anchor, judged["anchor"], anchor_weight, around, share, alone)
        entity, _ = _mixed(entity, judged["entity"], silver[..., None], inside[..., None], share, alone)
        sentence, silver = _mixed(sentence, judged["sentence"], silver, inside, share, alone)
        pairs, pair_weight = judged_pairs(batch, judged, share, alone)
    out: dict[str, torch.Tensor] = {}
    anchors = F.binary_cross_entropy_with_logits(net.anchor(h).float(), anchor, reduction="none")
    out["anchor"] = (anchors * anchor_weight).sum() / size
    sentences = F.binary_cross_entropy_with_logits(net.sentence(h)[..., 0].float(), sentence, reduction="none")
    out["sentence"] = (sentences * silver).sum() / size
    entities = F.cross_entropy(net.entity(h).float().flatten(0, 1), entity.flatten(0, 1), reduction="none")
    out["entity"] = (entities * silver.flatten()).sum() / size
    total = h.new_zeros((), dtype=torch.float)
    for r, (at, labels) in pairs.items():
        found = F.cross_entropy(
            pair_logits(net, h[r], at, batch.paragraph[r]).flatten(0, 1), labels.flatten(0, 1), reduction="none"
        ).view(len(at), -1)
        total = total + (found * batch.inside[r] * pair_weight[r][:, None]).sum()
    out["pair"] = total / max(1.0, float(sum(w.sum().item() for w in pair_weight.values()))) / 5
    out["coref"] = coreference_loss(net, h, batch)
    return out


def _mixed(
    gold: Tensor, teacher: Tensor, weight: Tensor, told: Tensor, share: float, alone: float
) -> tuple[Tensor, Tensor]:
    """Targets and weights of gold (weight 0 where it says nothing) and of a teacher, who speaks where `told` is 1."""
    silent = (weight == 0).float()
    both, taught = weight * (1 - told * share), told * (silent * alone + (1 - silent) * share)
    target = (gold * both + teacher.float() * taught) / (both + taught).clamp(min=1e-6)
    return target, both + taught


Pairs = dict[int, tuple[Tensor, Tensor]]  # a row's anchors (a) and labels (a, n, 7)


def gold_pairs(batch: Batch) -> tuple[Pairs, dict[int, Tensor]]:
    pairs: Pairs = {}
    for r in range(len(batch.ids)):
        mine = [(at, labels) for row, at, labels in batch.pairs if row == r]
        if mine:
            labels = F.one_hot(torch.stack([x for _, x in mine]), len(LABELS)).float()
            pairs[r] = torch.tensor([at for at, _ in mine]), labels
    return pairs, {r: torch.ones(len(at)) for r, (at, _) in pairs.items()}


def judged_pairs(batch: Batch, judged: Judged, share: float, alone: float) -> tuple[Pairs, dict[int, Tensor]]:
    """The gold anchors with mixed labels, and the anchors that only the teacher sees, with its labels and at its
    probability times `alone`."""
    gold, _ = gold_pairs(batch)
    pairs: Pairs = {}
    weights: dict[int, Tensor] = {}
    for r in judged["row"].unique().tolist():
        here = judged["row"] == r
        at, labels = judged["at"][here].long(), judged["labels"][here].float()
        weight = judged["anchor"][r, at].float().amax(-1) * alone
        known = {int(x): i for i, x in enumerate(gold[r][0])} if r in gold else {}
        for i, x in enumerate(at.tolist()):
            if x in known:
                labels[i] = labels[i] * share + gold[r][1][known[x]] * (1 - share)
                weight[i] = 1.0
        pairs[r], weights[r] = (at, labels), weight
    return pairs, weights


def pair_logits(net: Network, h: torch.Tensor, at: torch.Tensor, paragraph: torch.Tensor) -> torch.Tensor:
    """Logits (anchors, tokens, labels) of one window's anchors."""
    span = torch.arange(len(h))
    distance = distance_bucket(span[None] - at[:, None])
    between = paragraph_bucket(paragraph[None] - paragraph[at][:, None])
    return net.pair(h[at], h, distance, between).float()


def coreference_loss(net: Network, h: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Marginal likelihood of the antecedents among the window's earlier mentions and none (Lee et al. 2017)."""
    q = net.coref(h).float().view(*h.shape[:2], 4, COREF)
    null = net.coref_null(h)[..., 0].float()
    total, count = h.new_zeros((), dtype=torch.float), 0
    for r, found in enumerate(batch.mentions):
        if len(found) < 2:
            continue
        a = torch.tensor([x for x, _, _ in found])
        b = torch.tensor([y - 1 for _, y, _ in found])
        c = torch.tensor([z for _, _, z in found])
        query, key = q[r, a, 0] + q[r, b, 1], q[r, a, 2] + q[r, b, 3]
        with torch.autocast("cpu", enabled=False):
            scores = query @ key.T * COREF**-0.5
        before = torch.arange(len(a))[:, None] > torch.arange(len(a))[None]
        scores = scores.masked_fill(~before, -1e4)
        every = torch.cat([null[r, b][:, None], scores], 1)
        same = torch.cat([h.new_zeros(len(a), 1, dtype=torch.bool), before & (c[:, None] == c[None])], 1)
        same[:, 0] = ~same[:, 1:].any(1)
        total = total + (every.logsumexp(1) - every.masked_fill(~same, -1e4).logsumexp(1)).sum()
        count += len(a)
    return total / max(1, count)


def judged_file(c: dict[str, Any], variant: int) -> Path:
    return Path(c["teacher"]["runs"]) / f"judged-{variant}.pt"


def judgements(c: dict[str, Any], variant: int) -> list[Judged]:
    """What `train.judge` wrote for the batches of a variant; ends the program where there is nothing for these settings."""
    path = judged_file(c, variant)
    if not path.exists():
        sys.exit(f"{path} is not there: run python -m train.judge first, or set share_teacher=0")
    kept = torch.load(path, weights_only=True)
    if kept["settings"] != {k: c[k] for k in OF_BATCHES}:
        sys.exit(f"{path} is of other settings: run python -m train.judge with these")
    batches: list[Judged] = kept["batches"]
    return batches


def learning_rate(progress: float, warmup: float) -> float:
    """Share of the peak rate: it rises for the share `warmup` of all steps, then falls linearly to 0."""
    return max(1e-3, min(progress / warmup, (1 - progress) / (1 - warmup)))


FREE = ("runs", "threads", "epochs", "teacher", "thin")  # settings that may change when a run is taken up again


def resumed(path: Path, c: dict[str, Any]) -> dict[str, Any]:
    """The last checkpoint; ends the program where it was learned with other settings."""
    state: dict[str, Any] = torch.load(path, weights_only=True)
    other = sorted(k for k in c.keys() - set(FREE) if state["settings"].get(k) != c[k])
    if other:
        sys.exit(
            f"{path} was learned with other settings ({', '.join(other)}): remove it or name another folder (`runs`)"
        )
    return state


def pretrained(base: Path, layers: Sequence[int]) -> Network:
    """A network with the body of a pretrained encoder and heads that know nothing."""
    net = Network(starting_config(base, layers))
    net.start(base, layers)
    return net


def save(state: dict[str, Any], path: Path) -> None:
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def main(argv: list[str]) -> None:
    c = settings(argv)
    check_data(c)
    torch.set_num_threads(c["threads"])
    runs = Path(c["runs"])
    runs.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(c["seed"])
    net = restored(Path(c["start"])) if c["start"] else pretrained(base_folder(c["base"], runs.parent), c["layers"])
    # words rare in training keep their neighbours
    net.body.model.embeddings.word_embeddings.weight.requires_grad_(False)
    encoder = {id(p) for p in net.body.parameters()}
    groups = [
        {"params": [p for p in net.parameters() if id(p) in encoder and p.requires_grad], "peak": c["lr_encoder"]},
        {"params": [p for p in net.parameters() if id(p) not in encoder], "peak": c["lr_heads"]},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-4, weight_decay=c["weight_decay"], fused=True)
    first = 0
    last = runs / "last.pt"
    if last.exists():
        state = resumed(last, c)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["epoch"]
    log = (runs / "log.jsonl").open("a")
    for epoch in range(first, c["epochs"]):
        torch.manual_seed(c["seed"] * 1000 + epoch)
        variant, batches, order = passed(c, epoch)
        judged = judgements(c, variant) if c["share_teacher"] else [None] * len(batches)
        net.train()
        started, seen = time.time(), {}
        for number, at in enumerate(order):
            rate = learning_rate((epoch + number / len(batches)) / c["epochs"], c["warmup"])
            for g in optimizer.param_groups:
                g["lr"] = g["peak"] * rate
            batch, told = batch_of(c, variant, at, batches[at]), judged[at]
            if told is not None and told["mark"] != mark(batch):
                sys.exit(f"{judged_file(c, variant)} is of other texts: remove it and run python -m train.judge")
            with short_floats():
                h = net.encode(batch.ids, batch.features, batch.mask)
                parts = losses(net, h, batch, told, c["share_teacher"])
            loss = sum((c[f"weight_{k}"] * v for k, v in parts.items()), torch.zeros(()))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), c["clip"])
            optimizer.step()
            for k, v in parts.items():
                seen[k] = 0.98 * seen.get(k, v.item()) + 0.02 * v.item()
            if number % 20 == 0 or number + 1 == len(batches):
                row = {"epoch": epoch, "batch": number, "of": len(batches), "seconds": round(time.time() - started),
                       **{k: round(v, 4) for k, v in seen.items()}}  # fmt: skip
                print(json.dumps(row), file=log, flush=True)
                if not math.isfinite(sum(seen.values())):
                    sys.exit(f"training diverged: {row}")
        state = {"net": net.state_dict(), "config": net.body.model.config.to_dict(), "settings": c, "epoch": epoch + 1}
        save(state, runs / f"epoch{epoch + 1}.pt")
        save({**state, "optimizer": optimizer.state_dict()}, last)


if __name__ == "__main__":
    main(sys.argv[1:])
