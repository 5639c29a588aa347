"""The encoder with all its heads (PyTorch; training only).

One pass over a window of tokens gives hidden states; on them stand the heads:

- `anchor` (2 logits a token): this token anchors an attribution of the text itself / of any level (nested too);
- `sentence` (1 logit): a sentence begins here;
- `entity` (9): BIO tags of person, organization, location, date;
- `coref` (4 x 64): query and key of a mention's first and last token, and `coref_null`;
- `embed` (384): token contributions to a statement's embedding (mean over its tokens, unit length);
- the pair head: for an anchor and a token, seven labels (O, B/I-source, B/I-cue, B/I-content).

The pair head is a biaffine scorer (Dozat & Manning 2017) with a hidden layer that also sees the distance, the
paragraphs between and, by a depth-wise convolution along the text, its neighbours' states.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

LABELS = ("O", "B-source", "I-source", "B-cue", "I-cue", "B-content", "I-content")
ENTITIES = ("O", *(f"{p}-{k}" for k in ("person", "organization", "location", "date") for p in "BI"))
DISTANCES, PARAGRAPHS = 34, 7
COREF = 64


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

    def __init__(self, size: int, hidden: int = 256, bilinear: int = 48, width: int = 7) -> None:
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

    def forward(self, anchor_h: Tensor, h: Tensor, distance: Tensor, paragraph: Tensor) -> Tensor:
        z = self.query(anchor_h)[:, None] + self.key(h)[None] + self.distance(distance) + self.paragraph(paragraph)
        z = nn.functional.gelu(z)
        z = z + nn.functional.gelu(self.mix(z.transpose(1, 2)).transpose(1, 2))
        q = self.query2(anchor_h).view(-1, len(LABELS), self.bilinear)
        return self.out(z) + torch.einsum("alk,tk->atl", q, self.key2(h)) * self.bilinear**-0.5


class Network(nn.Module):
    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        config._attn_implementation = "sdpa"
        config.attention_probs_dropout_prob = 0.0  # with it the fused attention cannot be used: twice the time
        self.bert = BertModel(config, add_pooling_layer=False)
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
        self.embed = nn.Linear(d, d)
        self.pair = PairHead(d)
        nn.init.constant_(self.anchor.bias, -3.0)
        with torch.no_grad():
            self.embed.weight.copy_(torch.eye(d))
            self.embed.bias.zero_()

    def encode(self, ids: Tensor, features: Tensor, mask: Tensor) -> Tensor:
        x = self.bert.embeddings.word_embeddings(ids)
        for i, table in enumerate(self.features):
            x = x + table(features[..., i])
        return self.bert(inputs_embeds=x, attention_mask=mask).last_hidden_state
