"""The mean of checkpoints of one network, weight by weight (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").

python -m train.mean OUT CHECKPOINT CHECKPOINT ...

It is of use for checkpoints that were learned from one another, not for trainings of their own (decision 6).
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from train.fit import save


def main(out: Path, paths: list[Path]) -> None:
    states = [torch.load(path, weights_only=True) for path in paths]
    shapes = [{name: value.shape for name, value in state["net"].items()} for state in states]
    for path, found in zip(paths, shapes, strict=True):
        if found != shapes[0]:
            sys.exit(f"{path} is not of the same sizes as {paths[0]}")
    nets = [state["net"] for state in states]
    # what is not a weight (a list of positions) is the same in all
    net = {
        name: torch.stack([n[name] for n in nets]).mean(0) if value.is_floating_point() else value
        for name, value in nets[0].items()
    }
    save({**states[-1], "net": net}, out)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), [Path(word) for word in sys.argv[2:]])
