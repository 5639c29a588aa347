"""The shipped encoder as a checkpoint: ONNX files in; out comes what `train.fit` goes on from and `train.evaluate` measures.

    python -m train.shipped CHECKPOINT [FOLDER]

Weights in 8 bits come back as the numbers that they stand for. So a machine that has no checkpoints can go on from what is
shipped instead of from the pretrained encoder. FOLDER has other ONNX files than those that ship.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import BertConfig

from sayso.encoder.tokens import MODEL_FOLDER
from train.bases import MINILM, base_folder
from train.fit import save
from train.network import DISTANCES, PARAGRAPHS, Network

_PRODUCTS = ("DynamicQuantizeMatMul", "MatMulIntegerToFloat")


def shipped(folder: Path = MODEL_FOLDER) -> Network:
    """The network whose export the files in `folder` are."""
    values, products = _read(folder / "encoder.onnx")
    layers = sum(bool(re.fullmatch(r"qkv\.\d+\.bias", name)) for name in values)
    config = BertConfig.from_pretrained(base_folder(MINILM))
    config.num_hidden_layers = layers
    size = config.hidden_size // config.num_attention_heads
    config.kept_heads = [len(values[f"qkv.{i}.bias"]) // 3 // size for i in range(layers)]
    config.kept_inner = [len(values[f"bert.encoder.layer.{i}.intermediate.dense.bias"]) for i in range(layers)]
    pair, _ = _read(folder / "pair.onnx")
    config.kept_pair = len(pair["pair.mix.bias"])
    net = Network(config).eval()
    body = "body.model."
    state: dict[str, Any] = {
        f"{body}embeddings.word_embeddings.weight": values["bert.embeddings.word_embeddings.weight"],
        # positions are exported with the one token type that a window has
        f"{body}embeddings.position_embeddings.weight": next(
            v for k, v in values.items() if k.startswith("onnx::Slice")
        ),
        f"{body}embeddings.token_type_embeddings.weight": np.zeros((config.type_vocab_size, config.hidden_size)),
    }
    state |= {f"features.{i}.weight": values[f"tables.{i}.weight"] for i in range(3)}
    state |= {body + name[5:]: value for name, value in values.items() if re.match(r"bert\.(?!.*word_emb)", name)}
    inner = iter(products)  # four for each layer, in the order of the graph
    for i in range(layers):
        at = f"{body}encoder.layer.{i}."
        joint, bias = next(inner).T, values[f"qkv.{i}.bias"]
        for part, weight, b in zip(("query", "key", "value"), np.split(joint, 3), np.split(bias, 3), strict=True):
            state[f"{at}attention.self.{part}.weight"], state[f"{at}attention.self.{part}.bias"] = weight, b
        for part in ("attention.output", "intermediate", "output"):
            state[f"{at}{part}.dense.weight"] = next(inner).T
    for head in ("anchor", "sentence", "entity", "coref", "coref_null"):
        state[f"{head}.weight"] = values[f"net.{head}.weight_Transposed"].T
        state[f"{head}.bias"] = values[f"net.{head}.bias"]
    state |= {name: value for name, value in pair.items() if name.startswith("pair.")}
    state["pair.mix.weight"] = pair["mix.weight"][:, :, 0]
    both = pair["table"].reshape(DISTANCES, PARAGRAPHS, -1)  # of which the export made one
    state["pair.distance.weight"] = both.mean(1)
    state["pair.paragraph.weight"] = both.mean(0) - both.mean((0, 1))
    net.load_state_dict({name: torch.from_numpy(np.array(value, dtype=np.float32)) for name, value in state.items()})
    return net


def _read(path: Path) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """A graph's constants by name, 8 bits turned into numbers; and the right sides of its nameless products, in order."""
    graph = onnx.load(path).graph
    raw = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    values = {name: value for name, value in raw.items() if not re.search(r"_(quantized|scale|zero_point)$", name)}
    for name in raw:
        if name.endswith("_quantized"):
            name = name.removesuffix("_quantized")
            number, zero = (raw[f"{name}_{part}"].astype(np.float32) for part in ("quantized", "zero_point"))
            values[name] = (number - zero) * raw[f"{name}_scale"]
    used = [node.input[1].removesuffix("_quantized") for node in graph.node if node.op_type in _PRODUCTS]
    return values, [values[name] for name in used if name.startswith("onnx::")]


def main(out: Path, folder: Path = MODEL_FOLDER) -> None:
    net = shipped(folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    save({"net": net.state_dict(), "config": net.body.model.config.to_dict(), "settings": {}, "epoch": 0}, out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
