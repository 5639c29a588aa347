"""Training batches: the texts of one pass (`epoch_rows`), windows stacked with their gold (`Batch`)."""

from __future__ import annotations

import random
import zlib
from pathlib import Path
from typing import Any

import torch

from train.dataset import Text, load, other_texts, own_texts, windows

Row = tuple[Text, int, int]  # a text and the token range of a window in it


def epoch_rows(c: dict[str, Any], variant: int) -> list[list[Row]]:
    """The windows of one pass over the training texts, in batches of like length and random order.

    Variant 0 are the texts as they are; every other variant changes quotation marks, puts paragraphs into somebody's mouth,
    runs paragraphs together, misreads letters and adds what we annotated ourselves, each in its own way. The same variant
    is the same batches in any process.
    """
    seed = c["seed"] * 1000 + variant
    rng = random.Random(seed)
    train, scorer = Path(c["data"]) / "train", Path(c["scorer"])
    if variant:
        changed = {k: c[k] for k in ("restyled", "nested", "run_together", "scanned")}
        texts = load(train, scorer, **changed, inner=True, seed=seed)
        for again in range(c["written"]):
            texts += own_texts(restyled=c["restyled"], seed=seed * 10 + again)
    else:
        texts = load(train, scorer)
    size = c["window"] - 2
    rows = [(t, a, b) for t in texts for a, b in windows(t, size, rng)]
    if c["share_teacher"]:
        other = [(t, a, b) for t in other_texts(c["other"]) for a, b in windows(t, size, rng)]
        rows += rng.sample(other, min(c["other_windows"], len(other)))
    rng.shuffle(rows)
    many = 50 * c["batch"]
    chunks = [sorted(rows[i : i + many], key=lambda r: r[2] - r[1]) for i in range(0, len(rows), many)]
    batches = [chunk[i : i + c["batch"]] for chunk in chunks for i in range(0, len(chunk), c["batch"])]
    rng.shuffle(batches)
    return batches


def passed(c: dict[str, Any], epoch: int) -> tuple[int, list[list[Row]], list[int]]:
    """A pass over the texts: its variant, the variant's batches, and the order in which this pass takes them."""
    variant = (epoch + c["first_variant"]) % c["variants"]
    batches = epoch_rows(c, variant)
    order = list(range(len(batches)))
    random.Random(c["seed"] * 1000 + epoch).shuffle(order)
    return variant, batches, order


def batch_of(c: dict[str, Any], variant: int, number: int, rows: list[Row]) -> Batch:
    """Batch `number` of a variant: the same in any process."""
    return Batch(rows, c["drop_case"], random.Random(f"{c['seed']}-{variant}-{number}"))


def mark(batch: Batch) -> int:
    """A checksum of what a network is shown."""
    return zlib.crc32(batch.features.numpy().tobytes(), zlib.crc32(batch.ids.numpy().tobytes()))


class Batch:
    """Windows stacked; every gold range in batch coordinates with [CLS] at 0."""

    def __init__(self, rows: list[tuple[Text, int, int]], drop_case: float, rng: random.Random):
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
        self.surrounded = torch.zeros(size, n)  # not at a cut
        self.silver = torch.zeros(size, n)
        self.pairs: list[tuple[int, int, torch.Tensor]] = []  # row, anchor, labels (n)
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
            self.anchor_weight[r, 1 : k + 1] = float(t.labelled)
            margin = 6  # at a cut, an anchor's surroundings are missing
            self.surrounded[r, 1 + (margin if a > 0 else 0) : k + 1 - (margin if b < len(t.tokens) else 0)] = 1
            self.anchor_weight[r] *= self.surrounded[r, :, None]

            def cut(s: tuple[int, int], a: int = a, b: int = b) -> tuple[int, int]:
                return max(s[0], a) - a + 1, min(s[1], b) - a + 1

            for g in t.gold:  # what stands inside a content is mostly not annotated: nothing is learned from it,
                for s in g.content:
                    x, y = cut(s)
                    # but where all was annotated, and at its own level in a content that was made around gold
                    told = t.known if g.nested else t.known + t.wraps
                    if x < y and not any(w[0] <= s[0] and s[1] <= w[1] for w in told):
                        self.anchor_weight[r, x:y, 1] = 0
            for s in t.doubtful:
                x, y = cut(s)
                if x < y:
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
            for s in t.sentences:
                if a <= s[0] < b:
                    self.sentence[r, s[0] - a + 1] = 1
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
