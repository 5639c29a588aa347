"""Fit confidence and thresholds on the development texts and write weights/calibration.json.

    python -m train.calibrate DEV_FOLDER [CHAINS.jsonl]

A logistic regression gives, from a candidate's own probabilities, the share whose content and source are right; then the
threshold with the best e2e F1 is taken. The nested threshold is taken on nested gold where that is given.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sayso.attribute import _assemble
from sayso.attribute._assemble import Calibration
from sayso.attribute._attribute import Read, decide, read
from sayso.attribute.evaluate import GoldText, TokenIndex, evaluate, pair, read_gold, source_agrees
from sayso.encoder.tokens import MODEL_FOLDER
from sayso.records import Analysis, Document


def logistic(x: np.ndarray, y: np.ndarray, ridge: float = 1e-2) -> np.ndarray:
    """Weights of a ridge logistic regression by Newton's method; the first column of x is the constant."""
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        h = x.T @ (x * (p * (1 - p))[:, None]) + ridge * np.eye(len(w))
        w += np.linalg.solve(h, x.T @ (y - p) - ridge * w)
    return w


def main(folder: Path, chains: Path | None) -> None:
    texts = read_gold(folder)
    # once over all candidates, then over those that stand: what contests others is seldom right
    k = Calibration(top=(0.0, 1.0, 0.0, 0.0, 0.0), nested=(0.0,) * 9, threshold=0.02, nested_threshold=2.0)
    for _ in range(2):
        rows, right = outcomes(texts, k)
        w = logistic(np.array(rows), np.array(right, dtype=float))
        print("weights", w.round(3), "standing", len(rows), "right", np.mean(right).round(3))
        k = replace(k, top=tuple(map(float, w)), threshold=0.05)
    best = (0.0, k)
    for t in np.arange(0.2, 0.61, 0.04):
        kk = replace(k, threshold=round(float(t), 3))
        _assemble.calibration = lambda kk=kk: kk
        f1 = evaluate(texts, again).rates["e2e"].f1
        print(f"threshold {t:.2f}  e2e {f1:.4f}")
        best = max(best, (f1, kk), key=lambda x: x[0])
    k = nested_calibration(chains, folder, best[1]) if chains is not None else best[1]
    final = {
        "top": {f: round(w, 4) for f, w in zip(_assemble.TOP_FEATURES, k.top, strict=True)},
        "nested": {f: round(w, 4) for f, w in zip(_assemble.NESTED_FEATURES, k.nested, strict=True)},
        "threshold": round(k.threshold, 3),
        "nested_threshold": round(k.nested_threshold, 3),
    }
    (MODEL_FOLDER / "calibration.json").write_text(json.dumps(final, indent=1) + "\n")
    print(final)


def outcomes(texts: list[GoldText], k: Calibration) -> tuple[list[list[float]], list[bool]]:
    """Features of the top-level attributions that stand under `k`, and whether content and source are right."""
    rows, right = [], []
    for t in texts:
        index = TokenIndex(t.text)
        gold = [{role: index.of(v) for role, v in a.items()} for a in t.attributions]
        once = read_once(Document(t.name, t.text, ""))
        _assemble.calibration = lambda: k
        tops = [c.candidate for c in _assemble.assemble(once.candidates)]

        def spans(ranges, tokens=once.tokens, index=index):
            return index.of((int(tokens.start[a]), int(tokens.end[b - 1])) for a, b in ranges)

        hits = {j: i for i, j in pair([g["content"] for g in gold], [spans(c.content) for c in tops])}
        for j, c in enumerate(tops):
            rows.append(list(_assemble.top_features(c)))
            right.append(j in hits and source_agrees(index, gold[hits[j]]["source"], spans(c.source)))
    return rows, right


OWN = Path(__file__).with_name("nested_dev.jsonl")  # nested attributions that we found in other development texts
_READ: dict[str, Read] = {}


def read_once(document: Document) -> Read:
    """The encoder pass over a text, kept between thresholds."""
    if document.path not in _READ:
        _READ[document.path] = read(document)
    return _READ[document.path]


def again(document: Document) -> Analysis:
    """`attribute` without a second encoder pass."""
    return decide(document, read_once(document))


@dataclass(frozen=True)
class NestedGold:
    """One text's gold at every level; spans as (start, end)."""

    name: str
    contents: list[list[tuple[int, int]]]
    nested: list[bool]
    doubtful: list[list[tuple[int, int]]]  # predictions like these do not count
    unread: list[list[tuple[int, int]]]  # nor those inside these


def nested_gold(chains: Path, folder: Path) -> tuple[list[NestedGold], list[NestedGold]]:
    """(to fit on, to report on): two thirds of the chains gold and our own reading of other texts; the last third."""
    gold = {d["doc"]: d["attributions"] for d in map(json.loads, chains.read_text(encoding="utf-8").splitlines())}
    doubtful = chains.with_name(chains.stem + "_doubtful.jsonl")
    doubt = {d["doc"]: d["attributions"] for d in map(json.loads, doubtful.read_text(encoding="utf-8").splitlines())}

    def spans(found):
        return [[(s["start"], s["end"]) for s in a["content"]] for a in found]

    theirs = [
        NestedGold(n, spans(gold[n]), [bool(a["parent"]) for a in gold[n]], spans(doubt.get(n, [])), [])
        for n in sorted(gold)
    ]
    tops = {t.name: t.attributions for t in read_gold(folder)}
    ours = []
    for row in map(json.loads, OWN.read_text(encoding="utf-8").splitlines()):
        flat = [a["content"] for a in tops[row["text"]]]
        inner = [[(s, e) for s, e in a["content"]] for a in row["attributions"]]
        unread = [c for i, c in enumerate(flat) if i not in row["read"] and c]
        ours.append(NestedGold(row["text"], flat + inner, [False] * len(flat) + [True] * len(inner), [], unread))
    return [g for i, g in enumerate(theirs) if i % 3] + ours, theirs[::3]


def nested_calibration(chains: Path, folder: Path, k: Calibration) -> Calibration:
    """Weights and threshold of nested attributions, fitted on one part of the nested gold; the other is only reported."""
    fit, rest = nested_gold(chains, folder)
    k = replace(k, nested=(0.0, 1.0, *(0.0,) * 7), nested_threshold=0.02)
    for _ in range(2):
        rows, right, _, _ = nested_outcomes(fit, folder, k)
        w = logistic(np.array(rows), np.array(right, dtype=float), ridge=1.0)
        print("nested weights", w.round(2), "standing", len(rows), "right", sum(right))
        k = replace(k, nested=tuple(map(float, w)), nested_threshold=0.05)
    best = (0.0, k)
    for t in np.arange(0.1, 0.7, 0.05):
        kk = replace(k, nested_threshold=round(float(t), 3))
        f1 = []
        for part in (fit, rest):
            _, right, predicted, total = nested_outcomes(part, folder, kk)
            f1.append(2 * sum(right) / max(1, predicted + total))
        print(f"nested threshold {t:.2f}  F1 {f1[0]:.3f}  held out {f1[1]:.3f}")
        best = max(best, (f1[0], kk), key=lambda x: x[0])
    return best[1]


def nested_outcomes(texts: list[NestedGold], folder: Path, k: Calibration):
    """(features, right, predicted, gold) of nested attributions under `k`; those that match a doubtful span do not count."""
    rows, right, total = [], [], 0
    for gold in texts:
        text = (folder / "text" / f"{gold.name}.txt").read_bytes().decode()
        index = TokenIndex(text)
        g, doubtful, unread = ([index.of(c) for c in part] for part in (gold.contents, gold.doubtful, gold.unread))
        once = read_once(Document(gold.name, text, ""))
        _assemble.calibration = lambda: k
        chosen = _assemble.assemble(once.candidates)

        def tokens(c, once=once, index=index):
            return index.of((int(once.tokens.start[a]), int(once.tokens.end[b - 1])) for a, b in c.candidate.content)

        p = [tokens(c) for c in chosen]
        partner = {j: i for i, j in pair(g, p)}
        total += sum(gold.nested)
        for j, c in enumerate(chosen):
            if c.parent is None:
                continue
            if j not in partner and (
                any(2 * len(p[j] & x) >= len(p[j] | x) for x in doubtful) or any(p[j] <= x for x in unread)
            ):
                continue
            rows.append(list(_assemble.nested_features(c.candidate)))
            right.append(j in partner and gold.nested[partner[j]])
    return rows, right, len(rows), total


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
