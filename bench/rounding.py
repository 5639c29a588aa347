"""Rounding: how far the figures hang on how a processor rounds.

    python bench/rounding.py [--seeds 8] [--data ../shared/data]        # needs the extra train (onnx)

Between the encoder's products of 8 bits its states are rounded up or down by their last digits, and processors (AVX2,
AVX-512, AMX) differ in those: every figure differs a little from one kind of machine to the next. Here the weights of the
encoder's layer norms are nudged at random by a hundred-thousandth of themselves, which moves confidences about as far
(±0.02) as emulating a processor with AVX2 alone does on one with AVX-512 (`qemu-x86_64 -cpu Haswell python …`). Printed for
each figure of PolNeAR dev, the chains and the registers that has a floor: as shipped, the mean, the least and the most of
the nudged ones, and the floor. Two networks or two rules are compared by the means; between single draws a hundredth means
nothing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from rich.console import Console
from rich.progress import track
from rich.table import Table

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from train.dataset import WRITTEN_DEV  # noqa: E402

from registers import measured as of_registers  # noqa: E402
from sayso.attribute import attribute  # noqa: E402
from sayso.attribute.evaluate import evaluate, read_gold  # noqa: E402
from sayso.encoder import model  # noqa: E402
from sayso.encoder.tokens import MODEL_FOLDER  # noqa: E402
from sayso.link import measure  # noqa: E402
from sayso.pipeline import extract  # noqa: E402

NUDGE = 1e-5


def nudged(seed: int) -> bytes:
    """The shipped encoder with its layer norms' weights and biases nudged."""
    graph = onnx.load(str(MODEL_FOLDER / "encoder.onnx"))
    random = np.random.default_rng(seed)
    for tensor in graph.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT and list(tensor.dims) == [384]:
            values = numpy_helper.to_array(tensor)
            values = (values * (1 + random.normal(0, NUDGE, values.shape))).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    return graph.SerializeToString()


def use(folder: Path) -> None:
    """Let this process read with the weights in `folder`."""
    model.MODEL_FOLDER = folder
    model._loaded.cache_clear()


def figures(data: Path) -> Iterator[tuple[str, str, float]]:
    """(part of the floors, figure, value) of the encoder in use."""
    rates = evaluate(read_gold(data / "polnear/dev"), attribute).rates
    for name, rate in rates.items():
        yield "polnear_dev", f"{name} F1", rate.f1
    gold = measure.read_gold(data / "chains/dev.jsonl")
    texts = measure.texts_of(data / "chains/dev.jsonl", gold)
    found = {name: extract(text)["attributions"] for name, text in texts.items()}
    doubtful = measure.read_gold(data / "chains/dev_doubtful.jsonl")
    for name, value in measure.score_chains(gold, found, doubtful).items():
        yield "chains_from_text", name, value
    for kind, of in of_registers(WRITTEN_DEV).items():
        if kind == "all":
            yield "registers", "content tokens F1", of.rates["content tokens"].f1
            yield "registers", "nested F1", of.nested.f1
        yield "registers", "e2e F1" if kind == "all" else f"e2e F1 of {kind}", of.rates["e2e"].f1


def main(seeds: int, data: Path) -> None:
    floors = json.loads((HERE.parent / "tests/quality_floors.json").read_text(encoding="utf-8"))
    drawn: dict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as place:
        other = shutil.copytree(MODEL_FOLDER, Path(place) / "weights")
        for seed in track(range(seeds + 1), "measuring", console=Console(stderr=True)):
            if seed:
                (other / "encoder.onnx").write_bytes(nudged(seed))
                use(other)
            for part, name, value in figures(data):
                if name in floors[part]:
                    drawn[part, name].append(value)
    table = Table("", "figure", "as shipped", "mean", "least", "most", "floor")
    for (part, name), (shipped, *others) in drawn.items():
        floor = floors[part][name]
        below = sum(value < floor for value in others)
        row = (shipped, float(np.mean(others)), min(others), max(others))
        told = f"{floor:.3f}" + (f" ({below} of {seeds} below)" if below else "")
        table.add_row(part, name, *(f"{value:.3f}" for value in row), told)
    Console(width=120).print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    given = parser.parse_args()
    main(given.seeds, given.data)
