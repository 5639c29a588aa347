"""The ONNX encoder: token windows in, `Reading`s out; statements in, unit embeddings out.

Every window is run by itself, since dynamic int8 takes its scales from what it is given: what a window yields depends on
nothing but the window.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from sayso.encoder.tokens import CLS, MODEL_FOLDER, SEP, Tokens, tokenizer

ort.disable_telemetry_events()  # also where somebody loaded it before us (see `sayso/__init__.py`)

Floats = npt.NDArray[np.float32]
ENTITY_KINDS = ("person", "organization", "location", "date")
LABELS = 7  # O, B/I-source, B/I-cue, B/I-content
SIZE = 384
_COREF = 64
_EMBED_TOKENS = 126


@dataclass(frozen=True)
class Reading:
    """What the encoder reads off the n tokens of one window (without its special tokens)."""

    hidden: Floats  # (n + 2, 384), special tokens included: the pair head wants the whole window
    anchor: Floats  # (n, 2) probabilities: anchors an attribution of the text itself; of any level
    sentence: Floats  # (n,) probability that a sentence begins here
    entity: Floats  # (n, 9) logits of BIO tags
    coref: Floats  # (n, 4, 64) query first, query last, key first, key last
    coref_null: Floats  # (n,)


class Encoder:
    """The shipped model in one ONNX runtime session. `threads` are those of one forward pass."""

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads

    @classmethod
    def load(cls, threads: int = 1) -> Encoder:
        """The encoder for this process, loaded once for each number of threads."""
        return _loaded(threads)

    def _session(self, name: str, *, fuse: bool = False) -> Any:
        options = ort.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # the int8 graphs are optimised when they are exported; what a session would fuse beyond that is slower
        level = ort.GraphOptimizationLevel
        options.graph_optimization_level = level.ORT_ENABLE_ALL if fuse else level.ORT_ENABLE_BASIC
        return ort.InferenceSession(str(MODEL_FOLDER / name), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _encoder(self) -> Any:
        return self._session("encoder.onnx")

    @cached_property
    def _pair(self) -> Any:
        return self._session("pair.onnx", fuse=True)

    @cached_property
    def _embedder(self) -> Any:
        return self._session("embedder.onnx")

    def read(self, tokens: Tokens, first: int, last: int) -> Reading:
        """Encode the tokens [first, last) as one window (at most 510)."""
        n = last - first
        ids = np.full((1, n + 2), CLS, dtype=np.int64)
        ids[0, 1:-1] = tokens.ids[first:last]
        ids[0, -1] = SEP
        features = np.zeros((1, n + 2, 3), dtype=np.int64)
        features[0, 1:-1] = tokens.features[first:last]
        feed = {"ids": ids, "features": features}
        hidden, tags, coref = self._encoder.run(None, feed)
        tags = tags[1:-1]
        return Reading(
            hidden=hidden,
            anchor=_sigmoid(tags[:, :2]),
            sentence=_sigmoid(tags[:, 2]),
            entity=tags[:, 3:],
            coref=coref[1:-1, : 4 * _COREF].reshape(n, 4, _COREF),
            coref_null=coref[1:-1, -1],
        )

    def pair(self, reading: Reading, anchors: Sequence[int], paragraph: npt.NDArray[np.int64]) -> Floats:
        """Label probabilities (a, n, 7) of every token for each anchor; `paragraph` (n,) gives the tokens' paragraphs."""
        n = len(paragraph)
        if not len(anchors):
            return np.zeros((0, n, LABELS), dtype=np.float32)
        # as in training: [CLS] stands in paragraph 0, [SEP] in that of the last token
        around = np.concatenate([[0], paragraph - paragraph[0], [paragraph[-1] - paragraph[0]]]).astype(np.int64)
        feed = {"hidden": reading.hidden, "anchors": np.asarray(anchors, dtype=np.int64) + 1, "paragraph": around}
        labels: Floats = self._pair.run(None, feed)[0]
        return labels[:, 1:-1]

    def embed(self, texts: Iterable[str]) -> Floats:
        """Unit embeddings (n, 384) of short texts; a text is cut at 126 word pieces, an empty one gives the empty text's."""
        rows = []
        for text in texts:
            ids = tokenizer().encode(text, add_special_tokens=False).ids[:_EMBED_TOKENS]
            whole = np.array([[CLS, *ids, SEP]], dtype=np.int64)
            rows.append(self._embedder.run(None, {"ids": whole})[0][0])
        return np.array(rows, dtype=np.float32).reshape(-1, SIZE)


def _sigmoid(x: Floats) -> Floats:
    return (1.0 / (1.0 + np.exp(-x))).astype(np.float32)


@lru_cache(maxsize=4)
def _loaded(threads: int) -> Encoder:
    return Encoder(threads)


@lru_cache(maxsize=1)
def model_hash() -> str:
    """The hash over the shipped files: the model's name in every record made with it."""
    manifest: dict[str, str] = json.loads((MODEL_FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return manifest["model"]
