"""Train the encoder: config in, checkpoints and a log out. Resumes from the last checkpoint of the same run folder.

python -m train.fit [config.yaml] [key=value ...]
"""

from __future__ import annotations

import importlib.util
import json
import math
import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
import yaml
from transformers import BertConfig, BertModel

from train.dataset import Text, load, own_texts, windows
from train.network import COREF, Network, distance_bucket, paragraph_bucket


def settings(argv: list[str]) -> dict[str, Any]:
    path = Path(argv[0]) if argv and argv[0].endswith(".yaml") else Path(__file__).with_name("config.yaml")
    config: dict[str, Any] = yaml.safe_load(path.read_text())
    for pair in argv:
        if "=" in pair:
            key, value = pair.split("=", 1)
            if key not in config:
                sys.exit(f"{path}: no such key: {key}")
            config[key] = yaml.safe_load(value)
    return {k: float(v) if isinstance(v, str) and v[:1].isdigit() and "e" in v else v for k, v in config.items()}


def base_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        sys.exit(f"the starting encoder's package {package} is not installed: pip install 'sayso[train]'")
    return Path(spec.origin).parent / "model"


def teacher_embeddings(texts: list[Text], folder: Path, cache: Path) -> dict[str, np.ndarray]:
    """Mean-pooled sentence embeddings of the untouched starting encoder: name -> (sentences, 384) float16."""
    if cache.exists():
        with np.load(cache) as z:
            return {k: z[k] for k in z.files}
    model = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    flat = [(t.name, i, t.tokens.ids[a : min(b, a + 126)]) for t in texts for i, (a, b) in enumerate(t.sentences)]
    out = {t.name: np.zeros((len(t.sentences), 384), np.float16) for t in texts}
    flat.sort(key=lambda x: len(x[2]))
    with torch.inference_mode():
        for at in range(0, len(flat), 64):
            rows = flat[at : at + 64]
            n = max(len(r[2]) for r in rows) + 2
            ids = torch.zeros(len(rows), n, dtype=torch.long)
            mask = torch.zeros(len(rows), n)
            for j, (_, _, x) in enumerate(rows):
                ids[j, 0], ids[j, 1 + len(x)] = 101, 102
                ids[j, 1 : 1 + len(x)] = torch.from_numpy(x)
                mask[j, : len(x) + 2] = 1
            h = model(ids, mask).last_hidden_state
            e = F.normalize((h * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1).half().numpy()
            for j, (name, i, _) in enumerate(rows):
                out[name][i] = e[j]
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.savez(cache, **out)
    return out


class Batch:
    """Windows stacked; every gold range in batch coordinates with [CLS] at 0."""

    def __init__(
        self, rows: list[tuple[Text, int, int]], teacher: dict[str, np.ndarray], drop_case: float, rng: random.Random
    ):
        n = max(b - a for _, a, b in rows) + 2
        size = len(rows)
        self.ids = torch.zeros(size, n, dtype=torch.long)
        self.features = torch.zeros(size, n, 3, dtype=torch.long)
        self.mask = torch.zeros(size, n)
        self.paragraph = torch.zeros(size, n, dtype=torch.long)
        self.anchor = torch.zeros(size, n, 2)
        self.anchor_weight = torch.zeros(size, n, 2)
        self.sentence = torch.zeros(size, n)
        self.entity = torch.zeros(size, n, dtype=torch.long)
        self.inside = torch.zeros(size, n)
        self.silver = torch.zeros(size, n)
        self.pairs: list[tuple[int, int, torch.Tensor]] = []  # row, anchor, labels (n)
        self.spans: list[tuple[int, int, int, np.ndarray]] = []  # row, a, b, teacher
        self.mentions: list[list[tuple[int, int, int]]] = []  # a row's (a, b, chain)
        for r, (t, a, b) in enumerate(rows):
            k = b - a
            self.ids[r, 0], self.ids[r, k + 1] = 101, 102
            self.ids[r, 1 : k + 1] = torch.from_numpy(t.tokens.ids[a:b])
            self.features[r, 1 : k + 1] = torch.from_numpy(t.tokens.features[a:b])
            if rng.random() < drop_case:
                self.features[r, :, 0] = 0
            self.mask[r, : k + 2] = 1
            self.inside[r, 1 : k + 1] = 1
            self.silver[r, 1 : k + 1] = float(t.silver)
            self.paragraph[r, 1 : k + 1] = torch.from_numpy(t.tokens.paragraph[a:b] - t.tokens.paragraph[a])
            self.paragraph[r, k + 1 :] = self.paragraph[r, k]
            self.anchor_weight[r, 1 : k + 1] = 1
            margin = 6  # at a cut, an anchor's surroundings are missing
            if a > 0:
                self.anchor_weight[r, 1 : 1 + margin] = 0
            if b < len(t.tokens):
                self.anchor_weight[r, k + 1 - margin : k + 1] = 0

            def cut(s: tuple[int, int], a: int = a, b: int = b) -> tuple[int, int]:
                return max(s[0], a) - a + 1, min(s[1], b) - a + 1

            for g in t.gold:  # what stands inside a content is mostly not annotated: nothing is learned from it,
                for s in g.content:
                    x, y = cut(s)
                    # but where all was annotated, and at its own level in a content that was made around gold
                    told = t.known if g.nested else t.known + t.wraps
                    if x < y and not any(w[0] <= s[0] and s[1] <= w[1] for w in told):
                        self.anchor_weight[r, x:y, 1] = 0
            for g in t.gold:
                if not a <= g.anchor < b:
                    continue
                at = g.anchor - a + 1
                self.anchor[r, at, 0] = float(not g.nested)
                self.anchor[r, at, 1] = 1
                self.anchor_weight[r, at, 1] = self.anchor_weight[r, at, 0]
                labels = torch.zeros(n, dtype=torch.long)
                for kind, first in ((g.source, 1), (g.cue, 3), (g.content, 5)):
                    for s in kind:
                        x, y = cut(s)
                        if x < y:
                            labels[x:y] = first + 1
                            if s[0] >= a:
                                labels[x] = first
                self.pairs.append((r, at, labels))
            for i, s in enumerate(t.sentences):
                if a <= s[0] < b:
                    self.sentence[r, s[0] - a + 1] = 1
                if a <= s[0] and s[1] <= b and s[1] - s[0] > 3:
                    self.spans.append((r, s[0] - a + 1, s[1] - a + 1, teacher[t.name][i]))
            for x, y, kind in t.entities:
                if a <= x and y <= b and x < y:
                    self.entity[r, x - a + 1 : y - a + 1] = 2 + 2 * kind
                    self.entity[r, x - a + 1] = 1 + 2 * kind
            found = sorted(
                {
                    (x - a + 1, y - a + 1): c for c, chain in enumerate(t.chains) for x, y in chain if a <= x < y <= b
                }.items()
            )
            self.mentions.append([(x, y, c) for (x, y), c in found])


def losses(net: Network, batch: Batch) -> dict[str, torch.Tensor]:
    h = net.drop(net.encode(batch.ids, batch.features, batch.mask))
    out: dict[str, torch.Tensor] = {}
    w = batch.anchor_weight
    out["anchor"] = (
        (F.binary_cross_entropy_with_logits(net.anchor(h), batch.anchor, reduction="none") * w).sum() / 20 / len(h)
    )
    out["sentence"] = (
        (
            F.binary_cross_entropy_with_logits(net.sentence(h)[..., 0], batch.sentence, reduction="none") * batch.silver
        ).sum()
        / 20
        / len(h)
    )
    e = F.cross_entropy(net.entity(h).flatten(0, 1), batch.entity.flatten(), reduction="none")
    out["entity"] = (e * batch.silver.flatten()).sum() / 20 / len(h)
    total, count = h.new_zeros(()), 0
    for r in range(len(h)):
        mine = [(at, labels) for row, at, labels in batch.pairs if row == r]
        if not mine:
            continue
        at = torch.tensor([x for x, _ in mine])
        labels = torch.stack([x for _, x in mine])
        span = torch.arange(h.shape[1])
        logits = net.pair(
            h[r, at], h[r], distance_bucket(span[None] - at[:, None]),
            paragraph_bucket(batch.paragraph[r][None] - batch.paragraph[r, at][:, None]),
        )  # fmt: skip
        keep = batch.inside[r][None].expand(len(at), -1)
        total = (
            total + (F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none") * keep.flatten()).sum()
        )
        count += len(at)
    out["pair"] = total / max(1, count) / 5
    out["coref"] = coreference_loss(net, h, batch)
    if batch.spans:
        lengths = torch.tensor([b - a for _, a, b, _ in batch.spans], dtype=torch.float)
        sums = torch.cat([h.new_zeros(len(h), 1, h.shape[2]), h.cumsum(1)], 1)
        row, a, b = (torch.tensor([s[i] for s in batch.spans]) for i in range(3))
        mean = (sums[row, b] - sums[row, a]) / lengths[:, None]
        gold = torch.from_numpy(np.stack([s[3] for s in batch.spans]).astype(np.float32))
        out["embed"] = 1 - (F.normalize(net.embed(mean), dim=-1) * gold).sum(-1).mean()
    else:
        out["embed"] = h.new_zeros(())
    return out


def coreference_loss(net: Network, h: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Marginal likelihood of the antecedents among the window's earlier mentions and none (Lee et al. 2017)."""
    q = net.coref(h).view(*h.shape[:2], 4, COREF)
    null = net.coref_null(h)[..., 0]
    total, count = h.new_zeros(()), 0
    for r, found in enumerate(batch.mentions):
        if len(found) < 2:
            continue
        a = torch.tensor([x for x, _, _ in found])
        b = torch.tensor([y - 1 for _, y, _ in found])
        c = torch.tensor([z for _, _, z in found])
        query, key = q[r, a, 0] + q[r, b, 1], q[r, a, 2] + q[r, b, 3]
        scores = query @ key.T * COREF**-0.5
        before = torch.arange(len(a))[:, None] > torch.arange(len(a))[None]
        scores = scores.masked_fill(~before, -1e4)
        every = torch.cat([null[r, b][:, None], scores], 1)
        same = torch.cat([h.new_zeros(len(a), 1, dtype=torch.bool), before & (c[:, None] == c[None])], 1)
        same[:, 0] = ~same[:, 1:].any(1)
        total = total + (every.logsumexp(1) - every.masked_fill(~same, -1e4).logsumexp(1)).sum()
        count += len(a)
    return total / max(1, count)


def learning_rate(at: float, cycles: list[int], later: float, warmup: float) -> float:
    """Share of the peak rate after `at` epochs: in each cycle it rises, then falls linearly to 0 (warm restarts,
    Loshchilov & Hutter 2017); cycles after the first rise to the share `later` only."""
    peak = 1.0
    for length in cycles:
        if at < length:
            progress = at / length
            return peak * max(1e-3, min(progress / warmup, (1 - progress) / (1 - warmup)))
        at -= length
        peak = later
    return 1e-3 * later


def main(argv: list[str]) -> None:
    c = settings(argv)
    torch.set_num_threads(c["threads"])
    runs = Path(c["runs"])
    runs.mkdir(parents=True, exist_ok=True)
    data, scorer = Path(c["data"]), Path(c["scorer"])
    base = base_folder(c["base"])
    torch.manual_seed(c["seed"])
    texts = load(data / "train", scorer)
    teacher = teacher_embeddings(texts, base, runs / "teacher.npz")
    net = Network(BertConfig.from_pretrained(base))
    net.bert.load_state_dict(BertModel.from_pretrained(base, add_pooling_layer=False).state_dict())
    net.bert.embeddings.word_embeddings.weight.requires_grad_(False)  # words rare in training keep their neighbours
    encoder = {id(p) for p in net.bert.parameters()}
    groups = [
        {"params": [p for p in net.parameters() if id(p) in encoder and p.requires_grad], "peak": c["lr_encoder"]},
        {"params": [p for p in net.parameters() if id(p) not in encoder], "peak": c["lr_heads"]},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-4, weight_decay=c["weight_decay"], fused=True)
    first = 0
    last = runs / "last.pt"
    if last.exists():
        state = torch.load(last, weights_only=True)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["epoch"]
    log = (runs / "log.jsonl").open("a")
    for epoch in range(first, sum(c["cycles"])):
        rng = random.Random(c["seed"] * 1000 + epoch)
        torch.manual_seed(c["seed"] * 1000 + epoch)
        again = texts
        if epoch:
            nested = c["nested"] if epoch >= c["nested_from"] else 0.0
            again = load(
                data / "train", scorer, restyled=c["restyled"], nested=nested, inner=epoch >= c["inner_from"],
                seed=c["seed"] * 1000 + epoch,
            )  # fmt: skip
            if epoch >= c["inner_from"]:
                for again_seed in range(c["written"]):
                    again += own_texts(restyled=c["restyled"], seed=c["seed"] * 1000 + epoch * 10 + again_seed)
        rows = [(t, a, b) for t in again for a, b in windows(t, c["window"] - 2, rng)]
        rng.shuffle(rows)
        # batches of like length, in random order
        chunks = [
            sorted(rows[i : i + 50 * c["batch"]], key=lambda r: r[2] - r[1])
            for i in range(0, len(rows), 50 * c["batch"])
        ]
        batches = [chunk[i : i + c["batch"]] for chunk in chunks for i in range(0, len(chunk), c["batch"])]
        rng.shuffle(batches)
        net.train()
        started, seen = time.time(), {}
        for number, chosen in enumerate(batches):
            rate = learning_rate(epoch + number / len(batches), c["cycles"], c["later_cycles"], c["warmup"])
            for g in optimizer.param_groups:
                g["lr"] = g["peak"] * rate
            parts = losses(net, Batch(chosen, teacher, c["drop_case"], rng))
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
        torch.save({"net": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1}, runs / "next.pt")
        (runs / "next.pt").replace(last)
        torch.save(net.state_dict(), runs / f"epoch{epoch + 1}.pt")


if __name__ == "__main__":
    main(sys.argv[1:])
