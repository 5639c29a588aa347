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
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from train.dataset import WRITTEN_DEV, marked  # noqa: E402
from train.nesting import Annotated, written  # noqa: E402

from sayso.attribute import attribute  # noqa: E402
from sayso.attribute.evaluate import GoldText, Rate, TokenIndex, evaluate, pair, source_agrees  # noqa: E402
from sayso.records import Document  # noqa: E402

FIGURES = ("content tokens", "content partial", "e2e")


def own_level(name: str, a: Annotated) -> GoldText:
    """The attributions of the text itself."""
    tops = [x for x, nested in zip(a.attributions, a.nested, strict=True) if not nested]
    return GoldText(name, a.text, [{role: x.get(role, []) for role in ("source", "cue", "content")} for x in tops])


def nested(texts: list[Annotated]) -> Rate:
    """Nested attributions whose content and source are right."""
    rate = Rate()
    for a in texts:
        index = TokenIndex(a.text)
        gold = [x for x, inside in zip(a.attributions, a.nested, strict=True) if inside]
        analysis = attribute(Document(path="text", text=a.text, sha256="", language="en"))
        found = [x for x in analysis.attributions if x.parent is not None]
        spans = [[[(s.start, s.end) for s in part] for part in (x.source, x.content)] for x in found]
        pairs = pair([index.of(x["content"]) for x in gold], [index.of(content) for _, content in spans])
        rate.hit += sum(
            source_agrees(index, index.of(gold[i].get("source", [])), index.of(spans[j][0])) for i, j in pairs
        )
        rate.predicted, rate.gold = rate.predicted + len(found), rate.gold + len(gold)
    return rate


def measured(folder: Path) -> dict[str, tuple[int, dict[str, Rate], Rate]]:
    """By kind, and "all": texts, the figures of attributions of the text itself, and nested ones."""
    kinds: dict[str, list[Annotated]] = {}
    for kind, text in marked(folder):
        kinds.setdefault(kind, []).append(written(text))
    every = [("all", [a for found in kinds.values() for a in found])] if kinds else []
    out = {}
    for kind, texts in [*kinds.items(), *every]:
        gold = [own_level(f"{kind}-{i}", a) for i, a in enumerate(texts)]
        out[kind] = len(texts), evaluate(gold, attribute).rates, nested(texts)
    return out


def main(folder: Path) -> None:
    found = measured(folder)
    if not found:
        sys.exit(f"{folder}: no texts (*.txt) in it")
    table = Table("kind", "texts", "gold", *(f"{name} F1" for name in FIGURES), "e2e P", "e2e R", "nested F1 (of)")
    for kind, (texts, rates, inside) in found.items():
        if kind == "all":
            table.add_section()
        table.add_row(
            kind, str(texts), str(rates["e2e"].gold), *(f"{rates[name].f1:.3f}" for name in FIGURES),
            f"{rates['e2e'].p:.3f}", f"{rates['e2e'].r:.3f}", f"{inside.f1:.2f} ({inside.gold})",
        )  # fmt: skip
    Console(width=120).print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=WRITTEN_DEV)
    main(parser.parse_args().folder)
