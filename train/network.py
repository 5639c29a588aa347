"""The encoder with all its heads (PyTorch; training only).

One pass over a window of tokens gives hidden states; on them stand the heads:

- `anchor` (2 logits a token): this token anchors an attribution of the text itself / of any level (nested too);
- `sentence` (1 logit): a sentence begins here;
- `entity` (9): BIO tags of person, organization, location, date;
- `coref` (4 x 64): query and key of a mention's first and last token, and `coref_null`;
- the pair head: for an anchor and a token, seven labels (O, B/I-source, B/I-cue, B/I-content).

The pair head is a biaffine scorer (Dozat & Manning 2017) with a hidden layer that also sees the distance, the
paragraphs between and, by a depth-wise convolution along the text, its neighbours' states.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoConfig, BertConfig, BertModel, MPNetConfig, MPNetModel, PretrainedConfig

LABELS = ("O", "B-source", "I-source", "B-cue", "I-cue", "B-content", "I-content")
ENTITIES = ("O", *(f"{p}-{k}" for k in ("person", "organization", "location", "date") for p in "BI"))
DISTANCES, PARAGRAPHS = 34, 7
COREF = 64
PAIR = 256  # hidden channels of the pair head, unless it was thinned
CLS, SEP = 101, 102  # in BERT's vocabulary


def distance_bucket(d: Tensor) -> Tensor:
    """Signed distance in tokens -> bucket 0..33: exact up to 8, then logarithmic to 256."""
    a = d.abs()
    log = 8 + (torch.log(a.clamp(min=1).float() / 8) / torch.log(torch.tensor(256 / 8.0)) * 8).long()
    b = torch.where(a <= 8, a, log.clamp(max=16))
    return torch.where(d < 0, 17 + b, b)


def paragraph_bucket(d: Tensor) -> Tensor:
    return d.clamp(-3, 3) + 3


class PairHead(nn.Module):
    """(hidden (T, D), anchors (A), buckets (A, T) x2) -> logits (A, T, 7)."""

    def __init__(self, size: int, hidden: int = PAIR, bilinear: int = 48, width: int = 7) -> None:
        super().__init__()
        self.query = nn.Linear(size, hidden)
        self.key = nn.Linear(size, hidden)
        self.distance = nn.Embedding(DISTANCES, hidden)
        self.paragraph = nn.Embedding(PARAGRAPHS, hidden)
        self.mix = nn.Conv1d(hidden, hidden, width, padding=width // 2, groups=hidden)
        self.out = nn.Linear(hidden, len(LABELS))
        self.query2 = nn.Linear(size, len(LABELS) * bilinear)
        self.key2 = nn.Linear(size, bilinear)
        self.bilinear = bilinear
        for e in (self.distance, self.paragraph):
            nn.init.normal_(e.weight, std=0.02)

    def narrow(self, kept: Tensor, out: nn.Linear) -> None:
        """Keep these hidden channels, and read the labels off them with `out`."""
        for name in ("query", "key"):
            old = getattr(self, name)
            setattr(self, name, linear(old.weight[kept], old.bias[kept]))
        for name in ("distance", "paragraph"):
            old = getattr(self, name)
            setattr(self, name, nn.Embedding.from_pretrained(old.weight[:, kept].detach().clone(), freeze=False))
        width = self.mix.kernel_size[0]
        mix = nn.Conv1d(len(kept), len(kept), width, padding=width // 2, groups=len(kept))
        mix.weight, mix.bias = (nn.Parameter(p.detach()[kept].clone()) for p in (self.mix.weight, self.mix.bias))
        self.mix, self.out = mix, out

    def forward(self, anchor_h: Tensor, h: Tensor, distance: Tensor, paragraph: Tensor) -> Tensor:
        z = self.query(anchor_h)[:, None] + self.key(h)[None] + self.distance(distance) + self.paragraph(paragraph)
        z = nn.functional.gelu(z)
        z = z + nn.functional.gelu(self.mix(z.transpose(1, 2)).transpose(1, 2))
        q = self.query2(anchor_h).view(-1, len(LABELS), self.bilinear)
        return self.out(z) + torch.einsum("alk,tk->atl", q, self.key2(h)) * self.bilinear**-0.5


def linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    """A layer with copies of these."""
    made = nn.Linear(weight.shape[1], weight.shape[0])
    made.weight, made.bias = (nn.Parameter(p.detach().clone()) for p in (weight, bias))
    return made


class LockedDropout(nn.Module):
    """Dropout of the same channels along a whole window (Gal & Ghahramani 2016): drawing a mask a token takes a tenth of
    the time of learning."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = torch.rand(x.shape[0], 1, x.shape[2]) >= self.share
        return x * (kept / (1 - self.share)).to(x.dtype)


def lock_dropout(model: nn.Module) -> None:
    for module in list(model.modules()):
        for name, part in module.named_children():
            if isinstance(part, nn.Dropout) and part.p:
                setattr(module, name, LockedDropout(part.p))


class Mpnet(nn.Module):
    """MPNet (Song et al. 2020) with fused attention, taking BERT's word-piece ids: the two vocabularies are the same list,
    four places apart."""

    def __init__(self, config: MPNetConfig) -> None:
        super().__init__()
        self.model = MPNetModel(config, add_pooling_layer=False)
        lock_dropout(self.model)
        # fused attention has no gradient for it
        self.model.encoder.relative_attention_bias.weight.requires_grad_(False)

    def words(self, ids: Tensor) -> Tensor:
        shifted = torch.where(ids == CLS, 0, torch.where(ids == SEP, 2, torch.where(ids == 0, 1, ids + 4)))
        return self.model.embeddings.word_embeddings(shifted)

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        model = self.model
        x = model.embeddings(inputs_embeds=words)
        with torch.no_grad():
            bias = model.encoder.compute_position_bias(x) + (mask[:, None, None] - 1) * 1e4
        if torch.is_autocast_enabled("cpu"):
            bias = bias.to(torch.get_autocast_dtype("cpu"))
        heads = model.config.num_attention_heads
        for layer in model.encoder.layer:
            a = layer.attention.attn
            q, k, v = (part(x).unflatten(-1, (heads, -1)).transpose(1, 2) for part in (a.q, a.k, a.v))
            mixed = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=bias).transpose(1, 2).flatten(2)
            x = layer.attention.LayerNorm(layer.attention.dropout(a.o(mixed)) + x)
            x = layer.output(layer.intermediate(x), x)
        return x


def kept_heads(config: PretrainedConfig) -> list[int]:
    """Attention heads of each layer; a network that was thinned has fewer, of the old size."""
    heads: list[int] = getattr(config, "kept_heads", [config.num_attention_heads] * config.num_hidden_layers)
    return heads


def kept_inner(config: PretrainedConfig) -> list[int]:
    """Inner neurons of each feed-forward layer."""
    inner: list[int] = getattr(config, "kept_inner", [config.intermediate_size] * config.num_hidden_layers)
    return inner


class Bert(nn.Module):
    """BERT (Devlin et al. 2019) with fused attention."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        config._attn_implementation = "sdpa"
        config.attention_probs_dropout_prob = 0.0  # with it the fused attention cannot be used: twice the time
        self.model = BertModel(config, add_pooling_layer=False)
        d = config.hidden_size
        for layer, heads, inner in zip(self.model.encoder.layer, kept_heads(config), kept_inner(config), strict=True):
            attention, width = layer.attention, heads * (d // config.num_attention_heads)
            if width != d:
                for part in ("query", "key", "value"):
                    setattr(attention.self, part, nn.Linear(d, width))
                attention.output.dense = nn.Linear(width, d)
            if inner != config.intermediate_size:
                layer.intermediate.dense, layer.output.dense = nn.Linear(d, inner), nn.Linear(inner, d)
        lock_dropout(self.model)

    def words(self, ids: Tensor) -> Tensor:
        return self.model.embeddings.word_embeddings(ids)

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        return self.model(inputs_embeds=words, attention_mask=mask).last_hidden_state


def starting_config(folder: Path, layers: Sequence[int]) -> PretrainedConfig:
    """The configuration of a pretrained encoder of which the given layers are kept (none given: all)."""
    config = AutoConfig.from_pretrained(folder)
    config.num_hidden_layers = len(layers) or config.num_hidden_layers
    return config


class Network(nn.Module):
    def __init__(self, config: PretrainedConfig) -> None:
        super().__init__()
        self.body = Mpnet(config) if config.model_type == "mpnet" else Bert(config)
        d = config.hidden_size
        self.features = nn.ModuleList(nn.Embedding(n, d) for n in (5, 4, 3))
        for e in self.features:
            nn.init.zeros_(e.weight)
        self.drop = nn.Dropout(0.1)
        self.anchor = nn.Linear(d, 2)
        self.sentence = nn.Linear(d, 1)
        self.entity = nn.Linear(d, len(ENTITIES))
        self.coref = nn.Linear(d, 4 * COREF)
        self.coref_null = nn.Linear(d, 1)
        self.pair = PairHead(d, getattr(config, "kept_pair", PAIR))
        nn.init.constant_(self.anchor.bias, -3.0)

    def start(self, folder: Path, layers: Sequence[int]) -> None:
        """Take the body's weights from a pretrained encoder."""
        kind = type(self.body.model)
        state = kind.from_pretrained(folder, add_pooling_layer=False).state_dict()
        if layers:
            state = {name: value for name, value in state.items() if ".layer." not in f".{name}"} | {
                re.sub(r"layer\.\d+", f"layer.{i}", name): value
                for i, old in enumerate(layers)
                for name, value in state.items()
                if f".layer.{old}." in f".{name}"
            }
        self.body.model.load_state_dict(state)

    def encode(self, ids: Tensor, features: Tensor, mask: Tensor) -> Tensor:
        x = self.body.words(ids)
        for i, table in enumerate(self.features):
            x = x + table(features[..., i])
        return self.body(x, mask)


def restored(checkpoint: Path) -> Network:
    """The network of a checkpoint, ready to judge."""
    state = torch.load(checkpoint, weights_only=True)
    config = dict(state["config"])
    net = Network({"mpnet": MPNetConfig, "bert": BertConfig}[config.pop("model_type")](**config)).eval()
    net.load_state_dict(state["net"])
    return net
