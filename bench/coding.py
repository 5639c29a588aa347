"""How well the coders code: PLOVER types and quadrants, few-shot curve, stance of a central bank, speed.

    python bench/coding.py ../shared/data [--coder fast|deep] [--only plover|quadrant|few|fomc|aw|speed]

Prints one line a figure. The published references: ZSP (355 M parameters, hand-made hypotheses) on the PLOVER test set,
root macro-F1 0.821, quadrant macro-F1 0.893; RoBERTa-large (355 M) on the FOMC test set, weighted F1 0.717. Ours are
cross-validated on the training sets: the test sets are kept apart.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from sayso.code import Codebook, Example, Family, Unit
from sayso.code._table import Table
from sayso.code.classify import labelled
from sayso.code.evaluate import Scores, cross_validate, few_shot, remembering
from sayso.code.fast import FastCoder, shipped_encoder

SHOTS = (0, 4, 8, 16, 50)


def read(path: Path, text: str, label: str, actor: str | None = None, target: str | None = None) -> list[Example]:
    return labelled(Table(path), text, label, actor, target)


def say(name: str, scores: Scores) -> None:
    print(
        f"{name}: macro-F1 {scores.macro_f1:.3f}, weighted F1 {scores.weighted_f1:.3f}, accuracy {scores.accuracy:.3f}, "
        f"mean probability {scores.confidence:.3f}; learned in {scores.learn_s:.0f} s a fold, "
        f"{scores.apply_per_s:.0f} rows/s, {scores.rows} rows",
        flush=True,
    )


def speed(texts: list[str]) -> None:
    """One core: with the encoder, and once embedded."""
    coder = FastCoder.learn(Codebook.default().family("approach"))
    units = [Unit(text) for text in texts]
    started = time.process_time()
    coder.predict(units)
    whole = time.process_time() - started
    table = remembering(shipped_encoder())
    table(texts)
    coder = FastCoder.learn(coder.family, embed=table)
    started = time.process_time()
    coder.predict(units)
    coded = time.process_time() - started
    print(f"speed: {len(units) / whole:.0f} statements/s with the encoder, {len(units) / coded:.0f} once embedded")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--coder", choices=("fast", "deep"), default="fast")
    parser.add_argument("--only", choices=("plover", "quadrant", "few", "fomc", "aw", "speed"))
    given = parser.parse_args()
    embed = remembering(shipped_encoder()) if given.coder == "fast" else None
    plover = given.data / "plover" / "PLV_train.tsv"

    def wanted(name: str) -> bool:
        return given.only in (None, name)

    if wanted("plover"):
        rows = read(plover, "sentence", "gold_root", "source", "target")
        say(f"PLOVER root, {given.coder}", cross_validate(rows, coder=given.coder, embed=embed))
    if wanted("quadrant"):
        rows = read(plover, "sentence", "gold_penta", "source", "target")
        say(f"PLOVER quadrant, {given.coder}", cross_validate(rows, coder=given.coder, embed=embed))
    if wanted("few") and given.coder == "fast":
        rows = read(plover, "sentence", "gold_root", "source", "target")
        approach = Codebook.default().family("approach")
        codes = {row.code: approach.find(row.code) for row in rows}
        family = Family(name="plover", codes=tuple(c for c in codes.values() if c is not None))
        named = [Example(r.text, codes[r.code].name, r.actor, r.target) for r in rows]
        curve = few_shot(family, named, SHOTS, embed=embed)
        print("PLOVER root, few-shot macro-F1: " + ", ".join(f"{n}: {v:.3f}" for n, v in curve.items()), flush=True)
    if wanted("fomc"):
        rows = read(given.data / "fomc" / "stance-train.csv", "sentence", "label")
        say(f"FOMC stance, {given.coder}", cross_validate(rows, coder=given.coder, embed=embed))
    if wanted("aw"):
        rows = read(given.data / "plover" / "AW_train.tsv", "sentence", "gold_binary", "source", "target")
        say(f"AW binary, {given.coder}", cross_validate(rows, coder=given.coder, embed=embed))
    if wanted("speed"):
        speed([row.text for row in read(plover, "sentence", "gold_root")])


if __name__ == "__main__":
    main()
