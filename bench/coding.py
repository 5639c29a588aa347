"""How well the coders code, fast and deep side by side: PLOVER types and quadrants, few-shot curve, stance, speed.

    python bench/coding.py ../shared/data [--deep] [--folds N] [--only plover|quadrant|few|fomc|aw|speed]

Prints one line a figure and coder. `fast` takes some minutes on one core; `--deep` (needs the extra `train`) adds about six
minutes of one core a fold of PLOVER and ten a fold of FOMC, so two and a half hours for everything: `--only` and `--folds 1`
(the first of five folds alone) give a look in minutes. The published references: ZSP (355 M parameters, hand-made
hypotheses) on the PLOVER test set, root macro-F1 0.821, quadrant macro-F1 0.893; RoBERTa-large (355 M) on the FOMC test set,
weighted F1 0.717. Ours are cross-validated on the training sets: the test sets are kept apart.

`quadrant` is asked in two ways: learned from quadrant labels, and summed up from the probabilities of the types (a type goes
to the quadrant that it mostly has in the training rows).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sayso.code import Example
from sayso.code._table import Table
from sayso.code.classify import labelled
from sayso.code.evaluate import Scores, Strength, cross_validate, defined, few_shot, speed
from sayso.code.fast import remembering, shipped_encoder

SHOTS = (0, 4, 8, 16, 50)
DEEP_SHOTS = (16, 50)  # fewer leave a network nothing to learn from beyond the codebook


def read(path: Path, text: str, label: str, actor: str | None = None, target: str | None = None) -> list[Example]:
    return labelled(Table(path), text, label, actor, target)


def say(name: str, scores: Scores) -> None:
    print(
        f"{name}: macro-F1 {scores.macro_f1:.3f}, weighted F1 {scores.weighted_f1:.3f}, accuracy {scores.accuracy:.3f}, "
        f"mean probability {scores.confidence:.3f}; learned in {scores.learn_s:.0f} s a fold, "
        f"{scores.apply_per_s:.0f} rows/s, {scores.rows} rows",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--deep", action="store_true", help="measure the deep coder too (hours; see above)")
    parser.add_argument("--folds", type=int, choices=range(1, 6), default=5, help="of five folds, how many are run")
    parser.add_argument("--only", choices=("plover", "quadrant", "few", "fomc", "aw", "speed"))
    given = parser.parse_args()
    embed = remembering(shipped_encoder())
    plover = given.data / "plover" / "PLV_train.tsv"
    strengths: tuple[Strength, ...] = ("fast", "deep") if given.deep else ("fast",)

    def wanted(name: str) -> bool:
        return given.only in (None, name)

    def measure(name: str, rows: list[Example], groups: list[str] | None = None) -> None:
        for strength in strengths:
            scores = cross_validate(rows, coder=strength, embed=embed, run=given.folds, groups=groups)
            say(f"{name}, {strength}", scores)
            if scores.grouped:
                say(f"{name} summed up to quadrants, {strength}", scores.grouped)

    if wanted("plover"):
        rows = read(plover, "sentence", "gold_root", "source", "target")
        quadrants = [row.code for row in read(plover, "sentence", "gold_penta", "source", "target")]
        measure("PLOVER root", rows, quadrants)
    if wanted("quadrant"):
        measure("PLOVER quadrant", read(plover, "sentence", "gold_penta", "source", "target"))
    if wanted("few"):
        family, named = defined(read(plover, "sentence", "gold_root", "source", "target"))
        for strength in strengths:
            shots = SHOTS if strength == "fast" else DEEP_SHOTS
            curve = few_shot(family, named, shots, coder=strength, embed=embed)
            found = ", ".join(f"{n}: {v:.3f}" for n, v in curve.items())
            print(f"PLOVER root, few-shot macro-F1, {strength}: {found}", flush=True)
    if wanted("fomc"):
        measure("FOMC stance", read(given.data / "fomc" / "stance-train.csv", "sentence", "label"))
    if wanted("aw"):
        measure(
            "AW binary", read(given.data / "plover" / "AW_train.tsv", "sentence", "gold_binary", "source", "target")
        )
    if wanted("speed"):
        whole, embedded = speed(read(plover, "sentence", "gold_root"), most=1000)
        print(f"speed on one core: with the encoder {whole:.0f} statements/s, once embedded {embedded:.0f}", flush=True)


if __name__ == "__main__":
    main()
