"""Registers: how attribution does on kinds of text that PolNeAR lacks.

    python bench/registers.py [FOLDER]

FOLDER (default train/written_dev) holds a file for each kind of text, with attributions marked in our own texts
(`{1s:She} {1c:said} {1q:that …}`; texts are parted by `---`). Printed, for each kind and over all: the figures of `sayso bench
attribution` over attributions of the text itself, and nested ones, whose content and source must agree as e2e asks. None of
these texts is learned from; others of the same kinds, by the same hands, are (train/written).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from train.dataset import WRITTEN_DEV, marked  # noqa: E402
from train.nesting import Annotated, written  # noqa: E402

from sayso.attribute import attribute  # noqa: E402
from sayso.attribute.evaluate import GoldText, Rate, TokenIndex, evaluate, pair, source_agrees  # noqa: E402
from sayso.records import Analysis, Document  # noqa: E402

FIGURES = ("content tokens", "content partial", "e2e")


@dataclass
class Figures:
    """Of the texts of one kind: their number, the rates of attributions of the text itself, and that of nested ones."""

    texts: int
    rates: dict[str, Rate]
    nested: Rate


def measured(folder: Path) -> dict[str, Figures]:
    """By kind, and "all" over them."""
    kinds: dict[str, list[Annotated]] = {}
    for kind, text in marked(folder):
        kinds.setdefault(kind, []).append(written(text))
    found = {kind: _figures(kind, texts) for kind, texts in kinds.items()}
    if found:
        each = list(found.values())
        rates = {name: _sum(figures.rates[name] for figures in each) for name in each[0].rates}
        found["all"] = Figures(sum(f.texts for f in each), rates, _sum(f.nested for f in each))
    return found


def _figures(kind: str, texts: list[Annotated]) -> Figures:
    analyses = {f"{kind}-{i}": _attributed(a.text) for i, a in enumerate(texts)}
    gold = [own_level(name, a) for name, a in zip(analyses, texts, strict=True)]
    rates = evaluate(gold, lambda document: analyses[document.path]).rates
    return Figures(len(texts), rates, _sum(_inside(a, x) for a, x in zip(texts, analyses.values(), strict=True)))


def _attributed(text: str) -> Analysis:
    return attribute(Document(path="text", text=text, sha256="", language="en"))


def own_level(name: str, a: Annotated) -> GoldText:
    """The attributions of the text itself."""
    tops = [x for x, nested in zip(a.attributions, a.nested, strict=True) if not nested]
    return GoldText(name, a.text, [{role: x.get(role, []) for role in ("source", "cue", "content")} for x in tops])


def _inside(a: Annotated, analysis: Analysis) -> Rate:
    """Nested attributions whose content and source are right."""
    index = TokenIndex(a.text)
    gold = [x for x, nested in zip(a.attributions, a.nested, strict=True) if nested]
    found = [x for x in analysis.attributions if x.parent is not None]
    sources, contents = (
        [index.of((s.start, s.end) for s in part) for part in parts]
        for parts in ([x.source for x in found], [x.content for x in found])
    )
    pairs = pair([index.of(x["content"]) for x in gold], contents)
    right = sum(source_agrees(index, index.of(gold[i].get("source", [])), sources[j]) for i, j in pairs)
    return Rate(right, len(found), len(gold))


def _sum(rates: Iterable[Rate]) -> Rate:
    parts = [(r.hit, r.predicted, r.gold) for r in rates]
    return Rate(*map(sum, zip(*parts, strict=True)))


def main(folder: Path) -> None:
    found = measured(folder)
    if not found:
        sys.exit(f"{folder}: no texts (*.txt) in it")
    table = Table("kind", "texts", "gold", *(f"{name} F1" for name in FIGURES), "e2e P", "e2e R", "nested F1 (of)")
    for kind, figures in found.items():
        rates, inside = figures.rates, figures.nested
        if kind == "all":
            table.add_section()
        table.add_row(
            kind, str(figures.texts), str(rates["e2e"].gold), *(f"{rates[name].f1:.3f}" for name in FIGURES),
            f"{rates['e2e'].p:.3f}", f"{rates['e2e'].r:.3f}", f"{inside.f1:.2f} ({inside.gold})",
        )  # fmt: skip
    Console(width=120).print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=WRITTEN_DEV)
    main(parser.parse_args().folder)
