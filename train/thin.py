"""A thinner encoder made of a trained one: fewer attention heads, narrower feed-forward layers, nearly the same states; and a
narrower pair head.

    python -m train.thin CHECKPOINT [config.yaml] [key=value ...]

Attention heads, inner neurons and the pair head's channels are removed one at a time, always the one whose loss changes a
layer's output least, and what is left takes over its part by least squares (optimal brain surgeon: Hassibi & Stork 1993; for
groups of weights, weighed by the time that they cost: Kurtic, Frantar & Alistarh 2023). The thinned network then learns on
the training texts and on texts without annotation to give the states of the trained one, after every layer; its heads learn
from mixtures of the gold and of what the trained one says (soft targets: Hinton, Vinyals & Dean 2015). So it takes up texts
that the trained one has not seen, too, and forgets nothing.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from sayso.code._train_deep import short_floats
from train.batches import Batch, batch_of, passed
from train.fit import learning_rate, losses, pair_logits, resumed, save
from train.judge import judge
from train.network import Network, linear, restored
from train.settings import check_data, settings

DAMP = 1e-3  # of the mean variance, so that the inverse exists
LOOK = 0.1  # probability from which a token is taken for an anchor, whose labels are learned


class Moments:
    """Sums of a linear layer's inputs (n, d): their mean and covariance."""

    def __init__(self, size: int) -> None:
        self.count, self.first, self.second = 0, torch.zeros(size, dtype=torch.double), torch.zeros(size, size)

    def add(self, x: Tensor) -> None:
        self.count += len(x)
        self.first += x.sum(0)
        self.second += x.T @ x

    def mean(self) -> Tensor:
        return self.first / self.count

    def covariance(self) -> Tensor:
        mean = self.mean()
        return self.second.double() / self.count - mean[:, None] * mean[None]


def order(weight: Tensor, moments: Moments, group: int, most: int) -> tuple[list[int], list[float]]:
    """In which order groups of `group` inputs of a linear layer (weight (out, in)) are best removed, at most `most`, and
    the variance that its outputs have lost, in the mean, after each."""
    covariance = _damped(moments)
    inverse, w = torch.linalg.inv(covariance), weight.T.double().clone()
    left, gone, lost, total = list(range(weight.shape[1] // group)), [], [], 0.0
    while len(gone) < most:
        if group == 1:
            at = torch.tensor(left)
            losses = (w[at] ** 2).sum(1) / inverse.diagonal()[at]
        else:
            parts = [slice(g * group, (g + 1) * group) for g in left]
            losses = torch.stack([(w[g] * torch.linalg.solve(inverse[g, g], w[g])).sum() for g in parts])
        best = int(losses.argmin())
        total += float(losses[best]) / weight.shape[0]
        gone.append(left.pop(best))
        lost.append(total)
        g = slice(gone[-1] * group, (gone[-1] + 1) * group)
        part = torch.linalg.solve(inverse[g, g], torch.cat([w[g], inverse[g]], 1))
        across = inverse[:, g].clone()
        w -= across @ part[:, : w.shape[1]]
        inverse -= across @ part[:, w.shape[1] :]
    return gone, lost


def without(layer: nn.Linear, moments: Moments, gone: list[int]) -> tuple[Tensor, nn.Linear]:
    """The inputs that stay, and the layer that gives the nearest to the same outputs from them alone (least squares)."""
    kept = torch.tensor([i for i in range(layer.in_features) if i not in set(gone)])
    removed = torch.tensor(sorted(gone), dtype=torch.long)
    covariance, old = _damped(moments), layer.weight.detach().double()
    taken_over = torch.linalg.solve(covariance[kept][:, kept], covariance[kept][:, removed] @ old[:, removed].T).T
    weight = old[:, kept] + taken_over
    mean = moments.mean()
    bias = layer.bias.detach().double() + old @ mean - weight @ mean[kept]
    return kept, linear(weight.float(), bias.float())


def _damped(moments: Moments) -> Tensor:
    covariance = moments.covariance()
    return covariance + DAMP * covariance.diagonal().mean() * torch.eye(len(covariance))


def gathered(net: Network, batches: list[Batch], layers: list[nn.Linear]) -> list[Moments]:
    """The moments of what goes into each of the layers."""
    found = [Moments(layer.in_features) for layer in layers]
    inside = torch.zeros(0)
    hooks = [
        layer.register_forward_pre_hook(lambda _, given, m=moments: m.add(given[0][inside].float()))
        for layer, moments in zip(layers, found, strict=True)
    ]
    with torch.inference_mode():
        for batch in batches:
            inside = batch.mask > 0
            net.encode(batch.ids, batch.features, batch.mask)
    for hook in hooks:
        hook.remove()
    return found


def anchors(net: Network, h: Tensor, batch: Batch) -> dict[int, Tensor]:
    """A row's tokens that the network takes for anchors, where there are any; h (b, t, d) are its last states."""
    with torch.no_grad():
        found = (torch.sigmoid(net.anchor(h).float()).amax(-1) >= LOOK) & (batch.inside > 0)
    return {r: at for r in range(len(h)) if len(at := found[r].nonzero()[:, 0])}


def narrowed(net: Network, batches: list[Batch], channels: int) -> None:
    """Keep so many hidden channels of the pair head: those from which its labels are best told."""
    pair = net.pair
    moments, inside = Moments(pair.out.in_features), torch.zeros(0)
    hook = pair.out.register_forward_pre_hook(lambda _, given: moments.add(given[0][:, inside].flatten(0, 1).float()))
    with torch.inference_mode():
        for batch in batches:
            h = net.encode(batch.ids, batch.features, batch.mask)
            for r, at in anchors(net, h, batch).items():
                inside = batch.inside[r] > 0
                pair_logits(net, h[r], at, batch.paragraph[r])
    hook.remove()
    gone, _ = order(pair.out.weight.detach(), moments, 1, pair.out.in_features - channels)
    pair.narrow(*without(pair.out, moments, gone))
    net.body.model.config.kept_pair = channels


def thinned(net: Network, batches: list[Batch], units: int, block: int, channels: int) -> Network:
    """A copy of the network without `units` of its heads and blocks of `block` inner neurons, which cost about the same time:
    those are chosen, layer by layer, by which the least variance is lost on the batches. `channels` of the pair head stay."""
    out = copy.deepcopy(net)
    narrowed(out, batches, channels)
    config, layers = out.body.model.config, out.body.model.encoder.layer
    size = config.hidden_size // config.num_attention_heads
    ends = [each for layer in layers for each in (layer.attention.output.dense, layer.output.dense)]
    moments = gathered(out, batches, ends)
    orders, prices = [], []
    for number, (end, seen) in enumerate(zip(ends, moments, strict=True)):
        group, unit = (1, block) if number % 2 else (size, 1)
        gone, lost = order(end.weight.detach(), seen, group, end.in_features // group * 3 // 4)
        lost = [0.0, *lost[unit - 1 :: unit]]
        orders.append([g * group + i for g in gone for i in range(group)])
        prices += [(b - a, number) for a, b in itertools.pairwise(lost)]
    # prices rise along each order, so the cheapest of all can be bought in any sequence
    bought = Counter(number for _, number in sorted(prices)[:units])
    kept_heads, kept_inner = [], []
    for number, layer in enumerate(layers):
        attention, first, second = layer.attention, layer.intermediate, layer.output
        gone = orders[2 * number][: bought[2 * number] * size]
        kept, attention.output.dense = without(attention.output.dense, moments[2 * number], gone)
        for part in ("query", "key", "value"):
            old = getattr(attention.self, part)
            setattr(attention.self, part, linear(old.weight.detach()[kept], old.bias.detach()[kept]))
        kept_heads.append(len(kept) // size)
        gone = orders[2 * number + 1][: bought[2 * number + 1] * block]
        kept, second.dense = without(second.dense, moments[2 * number + 1], gone)
        first.dense = linear(first.dense.weight.detach()[kept], first.dense.bias.detach()[kept])
        kept_inner.append(len(kept))
    config.kept_heads, config.kept_inner = kept_heads, kept_inner
    return out


def states(net: Network, batch: Batch) -> list[Tensor]:
    """The states after every layer (b, t, d) each."""
    out: list[Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda _, __, given: out.append(given[0] if isinstance(given, tuple) else given))
        for layer in net.body.model.encoder.layer
    ]
    net.encode(batch.ids, batch.features, batch.mask)
    for hook in hooks:
        hook.remove()
    return out


def _batches(c: dict[str, Any], epoch: int) -> Iterator[tuple[int, int, Batch]]:
    variant, rows, taken = passed(c, epoch)
    for number, at in enumerate(taken):
        yield number, len(taken), batch_of(c, variant, at, rows[at])


def mimic(student: Network, teacher: Network, c: dict[str, Any]) -> None:
    """The student learns the teacher's states, and its heads from the gold and from what the teacher says, in the shares that
    the settings name. Writes a checkpoint after every pass, and goes on from the last one."""
    runs = Path(c["runs"])
    for p in student.parameters():
        p.requires_grad_(False)
    student.drop.train()  # over the states that the heads see; in the body it would blur what the states shall be like
    heads = (student.pair, student.anchor, student.sentence, student.entity, student.coref, student.coref_null)
    parts = [(student.body.model.encoder, c["lr_encoder"]), (nn.ModuleList(heads), c["lr_heads"])]
    groups = [{"params": list(part.parameters()), "peak": peak} for part, peak in parts]
    for part, _ in parts:
        part.requires_grad_(True)
    optimizer = torch.optim.AdamW(groups, lr=1e-4, weight_decay=0.0, fused=True)
    first, last = 0, runs / "last.pt"
    if last.exists():
        state = resumed(last, c)
        student.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["epoch"]
    log = (runs / "log.jsonl").open("a")
    for epoch in range(first, c["epochs"]):
        started = time.time()
        seen: dict[str, float] = {}
        for number, of, batch in _batches(c, epoch):
            rate = learning_rate((epoch + number / of) / c["epochs"], c["warmup"])
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * rate
            with short_floats():
                with torch.no_grad():
                    told = states(teacher, batch)
                    judged = judge(teacher, told[-1], batch)
                given = states(student, batch)
                said = losses(student, given[-1], batch, judged, 1 - c["gold"], c["alone"])
            differences = [_difference(a, b, batch.mask > 0) for a, b in zip(given, told, strict=True)]
            like = differences[-1] + c["weight_inner"] * sum(differences[:-1], torch.zeros(()))
            from_heads = sum((c[f"weight_{k}"] * v for k, v in said.items()), torch.zeros(()))
            loss = c["weight_states"] * like + from_heads
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            for group in optimizer.param_groups:
                torch.nn.utils.clip_grad_norm_(group["params"], c["clip"])
            optimizer.step()
            for name, value in (("unlike", differences[-1].item()), ("heads", from_heads.item())):
                seen[name] = 0.98 * seen.get(name, value) + 0.02 * value
            if number % 20 == 0 or number + 1 == of:
                row = {"epoch": epoch, "batch": number, "of": of, "seconds": round(time.time() - started)}
                print(json.dumps({**row, **{k: round(v, 5) for k, v in seen.items()}}), file=log, flush=True)
                if not math.isfinite(sum(seen.values())):
                    sys.exit(f"learning diverged: {row}")
        state = {"net": student.state_dict(), "config": student.body.model.config.to_dict(), "settings": c}
        save({**state, "epoch": epoch + 1}, runs / f"epoch{epoch + 1}.pt")
        save({**state, "epoch": epoch + 1, "optimizer": optimizer.state_dict()}, last)


def _difference(given: Tensor, told: Tensor, inside: Tensor) -> Tensor:
    """Share of the variance of the states (b, t, d) told that the given ones miss; `inside` (b, t) leaves padding out."""
    return (given.float() - told.float())[inside].square().mean() / told.float()[inside].var()


def main(checkpoint: Path, argv: list[str]) -> None:
    c = settings([*argv, "thin"])
    check_data(c)
    c["of"] = hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    torch.set_num_threads(c["threads"])
    torch.manual_seed(c["seed"])
    teacher = restored(checkpoint)
    runs = Path(c["runs"])
    runs.mkdir(parents=True, exist_ok=True)
    if c["start"]:
        mimic(restored(Path(c["start"])), teacher, c)
        return
    cut = runs / "cut.pt"
    if not cut.exists():
        sample = [batch for _, _, batch in itertools.islice(_batches(c, 1), c["sample"])]
        student = thinned(teacher, sample, c["units"], c["block"], c["channels"])
        print(student.body.model.config.kept_heads, student.body.model.config.kept_inner, flush=True)
        save(
            {"net": student.state_dict(), "config": student.body.model.config.to_dict(), "settings": c, "epoch": 0}, cut
        )
    resumed(cut, c)  # of these settings
    mimic(restored(cut), teacher, c)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
