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

import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from train.bases import MINILM, base_folder
from train.network import LABELS, PARAGRAPHS, Network, distance_bucket, kept_heads, paragraph_bucket, restored


class _Attention(torch.autograd.Function):
    """Multi-head attention as the one operator that ONNX Runtime has for it."""

    @staticmethod
    def forward(_: object, q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
        b, t, d = q.shape
        q, k, v = (x.view(b, t, heads, d // heads).transpose(1, 2) for x in (q, k, v))
        return nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, d)

    @staticmethod
    def symbolic(g: torch.Graph, q: torch.Value, k: torch.Value, v: torch.Value, heads: int) -> torch.Value:
        return g.op("com.microsoft::MultiHeadAttention", q, k, v, num_heads_i=heads).setType(q.type())


class Plain(nn.Module):
    """The encoder over one window (no padding, hence no mask); query, key and value in one multiplication."""

    def __init__(self, bert: BertModel, features: nn.ModuleList | None) -> None:
        super().__init__()
        self.bert, self.tables = bert, features
        self.heads = kept_heads(bert.config)
        self.qkv = nn.ModuleList()
        for layer in bert.encoder.layer:
            a = layer.attention.self
            joint = nn.Linear(a.query.in_features, 3 * a.query.out_features)
            joint.weight = nn.Parameter(torch.cat([a.query.weight, a.key.weight, a.value.weight]).detach())
            joint.bias = nn.Parameter(torch.cat([a.query.bias, a.key.bias, a.value.bias]).detach())
            self.qkv.append(joint)

    def encode(self, ids: Tensor, features: Tensor | None) -> Tensor:
        e = self.bert.embeddings
        x = e.word_embeddings(ids)
        if self.tables is not None and features is not None:
            for i, table in enumerate(self.tables):
                x = x + table(features[..., i])
        x = e.LayerNorm(x + (e.position_embeddings.weight + e.token_type_embeddings.weight[0])[: ids.shape[1]])
        for layer, qkv, heads in zip(self.bert.encoder.layer, self.qkv, self.heads, strict=True):
            q, k, v = qkv(x).split(qkv.out_features // 3, dim=-1)
            out = layer.attention.output
            x = out.LayerNorm(out.dense(_Attention.apply(q, k, v, heads)) + x)
            x = layer.output.LayerNorm(layer.output.dense(nn.functional.gelu(layer.intermediate.dense(x))) + x)
        return x


class Encoder(Plain):
    def __init__(self, net: Network) -> None:
        super().__init__(net.body.model, net.features)
        self.net = net

    def forward(self, ids: Tensor, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        h = self.encode(ids, features)[0]
        n = self.net
        return h, torch.cat([n.anchor(h), n.sentence(h), n.entity(h)], -1), torch.cat([n.coref(h), n.coref_null(h)], -1)


class Pair(nn.Module):
    """`train.network.PairHead` with the same result at two thirds of its time: one table for distance and paragraph, and
    channels first from the convolution to the labels."""

    def __init__(self, net: Network) -> None:
        super().__init__()
        p = self.pair = net.pair
        both = p.distance.weight[:, None] + p.paragraph.weight[None]
        self.table = nn.Parameter(both.reshape(-1, both.shape[-1]).detach())
        channels = both.shape[-1]
        width = p.mix.kernel_size[0]
        self.mix = nn.Conv2d(channels, channels, (1, width), padding=(0, width // 2), groups=channels)
        self.mix.weight = nn.Parameter(p.mix.weight.detach()[:, :, None])
        self.mix.bias = p.mix.bias

    def forward(self, h: Tensor, anchors: Tensor, paragraph: Tensor) -> Tensor:
        p = self.pair
        distance = torch.arange(h.shape[0])[None] - anchors[:, None]
        between = paragraph[None] - paragraph[anchors][:, None]
        at = distance_bucket(distance) * PARAGRAPHS + paragraph_bucket(between)
        anchor_h = h[anchors]
        z = nn.functional.gelu(self.table[at] + p.key(h)[None] + p.query(anchor_h)[:, None]).permute(2, 0, 1)[None]
        z = (z + nn.functional.gelu(self.mix(z)))[0]
        labels = len(LABELS)
        out = (p.out.weight @ z.reshape(z.shape[0], -1)).reshape(labels, z.shape[1], z.shape[2]).permute(1, 2, 0)
        query = p.query2(anchor_h).view(-1, p.bilinear)
        bilinear = (query @ p.key2(h).T).view(-1, labels, h.shape[0]).permute(0, 2, 1)
        return torch.softmax(out + p.out.bias + bilinear * p.bilinear**-0.5, -1)


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
        op_types_to_quantize=["MatMul", "Attention", "Gather"],
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )  # fmt: skip
    _settle(out)


def _settle(path: Path) -> None:
    """Let ONNX Runtime do its fusions now, and take two of them back.

    Its fused kernels for (skip + layer norm) and (bias + GELU) are scalar loops: apart, the same operators take a fifth
    and two thirds of the time (measured with 1.32 on AVX2 and AVX-512). The biases go into the products before them.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path.with_suffix(".fused"))
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    model = onnx.load(path.with_suffix(".fused"))
    path.with_suffix(".fused").unlink()
    products = {node.output[0]: node for node in model.graph.node if node.op_type == "DynamicQuantizeMatMul"}
    nodes = [apart for node in model.graph.node for apart in _apart(node, products)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, path)


def _apart(node: onnx.NodeProto, products: dict[str, onnx.NodeProto]) -> list[onnx.NodeProto]:
    make, out = onnx.helper.make_node, node.output[0]
    if node.op_type == "BiasGelu":
        steps, x = _biased(*node.input, out, products)
        return [*steps, make("Gelu", [x], [out], domain="com.microsoft")]
    if node.op_type != "SkipLayerNormalization":
        return [node]
    x, skip, weight, bias, *more = node.input
    steps = []
    if more and more[0]:
        steps, x = _biased(x, more[0], out, products)
    epsilon = next(a.f for a in node.attribute if a.name == "epsilon")
    return [
        *steps,
        make("Add", [x, skip], [f"{out}_sum"]),
        make("LayerNormalization", [f"{out}_sum", weight, bias], [out], axis=-1, epsilon=epsilon),
    ]


def _biased(x: str, bias: str, out: str, products: dict[str, onnx.NodeProto]) -> tuple[list[onnx.NodeProto], str]:
    """The sum of x and a bias: in the product that gives x, else as a step of its own."""
    product = products.get(x)
    if product is None or (len(product.input) > 4 and product.input[4]):
        return [onnx.helper.make_node("Add", [x, bias], [f"{out}_biased"])], f"{out}_biased"
    parts = [*product.input, ""][:4]
    del product.input[:]
    product.input.extend([*parts, bias])
    return [], x


def export(checkpoint: Path, out: Path, *, quantize: bool = True) -> None:
    """Write encoder.onnx, pair.onnx and manifest.json into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    net = restored(checkpoint)
    config = net.body.model.config
    ids = torch.randint(1000, 20000, (1, 40))
    features = torch.ones(1, 40, 3, dtype=torch.long)
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        raw = Path(folder) / "encoder.onnx"
        _write(
            Encoder(net), (ids, features), (["ids", "features"], ["hidden", "tags", "coref"]),
            {**{k: {1: "t"} for k in ("ids", "features")}, **{k: {0: "t"} for k in ("hidden", "tags", "coref")}}, raw,
        )  # fmt: skip
        _fuse_and_quantize(raw, out / "encoder.onnx", config, quantize)
        _write(
            Pair(net), (torch.randn(40, 384), torch.tensor([3, 5]), torch.zeros(40, dtype=torch.long)),
            (["hidden", "anchors", "paragraph"], ["labels"]),
            {"hidden": {0: "t"}, "anchors": {0: "a"}, "paragraph": {0: "t"}, "labels": {0: "a", 1: "t"}}, out / "pair.onnx",
        )  # fmt: skip
    finish(out)


class Embedder(Plain):
    def forward(self, ids: Tensor) -> Tensor:
        return nn.functional.normalize(self.encode(ids, None).mean(1), dim=-1)


def export_embedder(out: Path, *, quantize: bool = True) -> None:
    """Write embedder.onnx: the starting encoder with mean pooling, (1, t) ids -> (1, 384) unit row."""
    base = base_folder(MINILM)
    config = BertConfig.from_pretrained(base)
    bert = BertModel.from_pretrained(base, add_pooling_layer=False).eval()
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        raw = Path(folder) / "embedder.onnx"
        example = (torch.randint(1000, 20000, (1, 40)),)
        _write(Embedder(bert, None), example, (["ids"], ["embedding"]), {"ids": {1: "t"}}, raw)
        _fuse_and_quantize(raw, out / "embedder.onnx", config, quantize)


def finish(out: Path) -> None:
    """The manifest: the hash over all files is the model's name in every record made with it."""
    files = sorted(p for p in out.iterdir() if p.suffix == ".onnx" or p.name == "tokenizer.json")
    hashes = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    whole = hashlib.sha256("".join(hashes.values()).encode()).hexdigest()[:16]
    (out / "manifest.json").write_text(json.dumps({"model": whole, "files": hashes}, indent=1) + "\n")
    for p in files:
        print(f"{p.stat().st_size / 1e6:6.1f} MB  {p.name}")


if __name__ == "__main__":
    if sys.argv[1] == "embedder":
        export_embedder(Path(sys.argv[2]))
    else:
        export(Path(sys.argv[1]), Path(sys.argv[2]))
