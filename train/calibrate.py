"""Fit confidence and thresholds on the development texts and write weights/calibration.json.

    python -m train.calibrate DEV_FOLDER [CHAINS.jsonl [nested]]

A logistic regression gives, from a candidate's own probabilities, the share whose content and source are right; then the
threshold with the best e2e F1 is taken. Where nested gold is given, the odds of cue words are counted on the training texts
(beside DEV_FOLDER), and weights and threshold of nested attributions are fitted; "nested" fits these alone.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from math import log
from pathlib import Path

import numpy as np

from sayso.attribute import _assemble, _candidates, _cues
from sayso.attribute._attribute import Read, decide, read
from sayso.attribute._calibration import NESTED_FEATURES, TOP_FEATURES, Calibration, calibration
from sayso.attribute._cues import cue_stems
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


def main(folder: Path, chains: Path | None, only_nested: bool) -> None:
    texts = read_gold(folder)
    k = calibration() if only_nested else top_calibration(texts)
    if chains is not None:
        k = nested_calibration(chains, folder, k)
    write(k)


def write(k: Calibration) -> None:
    final = {
        "top": {f: round(w, 4) for f, w in zip(TOP_FEATURES, k.top, strict=True)},
        "nested": {f: round(w, 4) for f, w in zip(NESTED_FEATURES, k.nested, strict=True)},
        "threshold": round(k.threshold, 3),
        "nested_threshold": round(k.nested_threshold, 3),
        "other_cue": k.other_cue,
        "cues": dict(sorted(k.cues.items())),
    }
    (MODEL_FOLDER / "calibration.json").write_text(json.dumps(final, indent=1) + "\n")


def use(k: Calibration) -> None:
    """Let the stage decide with `k` in this process."""
    for module in (_assemble, _candidates, _cues):
        module.calibration = lambda: k


def top_calibration(texts: list[GoldText]) -> Calibration:
    """Weights and threshold of attributions of the text itself; nested ones as they were."""
    # once over all candidates, then over those that stand: what contests others is seldom right
    k = replace(calibration(), top=(0.0, 1.0, 0.0, 0.0, 0.0), threshold=0.02, nested_threshold=2.0)
    for _ in range(2):
        rows, right = outcomes(texts, k)
        if not rows:
            sys.exit(
                "nothing to calibrate on: this encoder finds no attribution in the development texts; train longer"
            )
        w = logistic(np.array(rows), np.array(right, dtype=float))
        print("weights", w.round(3), "standing", len(rows), "right", np.mean(right).round(3))
        k = replace(k, top=tuple(map(float, w)), threshold=0.05)
    best = (0.0, k)
    for t in np.arange(0.2, 0.61, 0.04):
        kk = replace(k, threshold=round(float(t), 3))
        use(kk)
        f1 = evaluate(texts, again).rates["e2e"].f1
        print(f"threshold {t:.2f}  e2e {f1:.4f}")
        best = max(best, (f1, kk), key=lambda x: x[0])
    return best[1]


def counted_cues(folder: Path) -> dict[str, float]:
    """Log odds that a word with this stem reports something inside a content of the annotated training texts."""
    nested = {d["text"]: d for d in map(json.loads, TRAINING.read_text(encoding="utf-8").splitlines())}
    cues: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for t in read_gold(folder):
        if t.name not in nested:
            continue
        inside, telling = (
            {i for a in found for s, e in a[role] for i in range(s, e)}
            for found, role in ((t.attributions, "content"), (nested[t.name]["attributions"], "cue"))
        )
        inside -= {i for a in nested[t.name].get("doubtful", []) for s, e in a["cue"] for i in range(s, e)} - telling
        for m in re.finditer(r"[A-Za-z]+", t.text):
            if m.start() in inside:
                words.update(cue_stems(m.group()))
                cues.update(cue_stems(m.group()) if m.start() in telling else ())
    return {s: odds(n, words[s]) for s, n in cues.items() if n >= SEEN or odds(n, words[s]) < OTHER}


def odds(cues: int, words: int) -> float:
    """Log odds of `cues` among `words`, drawn towards "seldom" where there are few."""
    return round(log((cues + 0.3) / (words - cues + 5)), 2)


def outcomes(texts: list[GoldText], k: Calibration) -> tuple[list[list[float]], list[bool]]:
    """Features of the top-level attributions that stand under `k`, and whether content and source are right."""
    rows, right = [], []
    for t in texts:
        index = TokenIndex(t.text)
        gold = [{role: index.of(v) for role, v in a.items()} for a in t.attributions]
        once = read_once(Document(t.name, t.text, ""))
        use(k)
        tops = [c.candidate for c in _assemble.assemble(once.candidates)]

        def spans(ranges, tokens=once.tokens, index=index):
            return index.of((int(tokens.start[a]), int(tokens.end[b - 1])) for a, b in ranges)

        hits = {j: i for i, j in pair([g["content"] for g in gold], [spans(c.content) for c in tops])}
        for j, c in enumerate(tops):
            rows.append(list(_assemble.top_features(c)))
            right.append(j in hits and source_agrees(index, gold[hits[j]]["source"], spans(c.source)))
    return rows, right


TRAINING = Path(__file__).with_name("nested.jsonl")
SEEN = 2  # times that a word must report before its odds are kept
OTHER = -3.5  # log odds of all other words
PARTS = 10  # of the cross-validation
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
    """The chains' gold and our own reading of other texts."""
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
        doubts = [[(s, e) for s, e in a["content"]] for a in row.get("doubtful", [])]
        unread = [c for i, c in enumerate(flat) if i not in row["read"] and c]
        ours.append(NestedGold(row["text"], flat + inner, [False] * len(flat) + [True] * len(inner), doubts, unread))
    return theirs, ours


def nested_calibration(chains: Path, folder: Path, k: Calibration) -> Calibration:
    """Weights and threshold of nested attributions, fitted on all nested gold. Printed is what they reach by
    cross-validation over texts, on the chains' gold and on our own: few texts, so no part is set aside."""
    theirs, ours = nested_gold(chains, folder)
    texts = [*theirs, *ours]
    k = replace(k, cues=counted_cues(folder.with_name("train")), other_cue=OTHER)
    use(k)
    _cues.telling.cache_clear()  # the new cues must be seen wherever candidates are read
    _READ.clear()
    names = [g.name for g in texts]
    found = {g.name: outcomes_inside(g, folder) for g in texts}
    out: dict[str, tuple[float, ...]] = {}
    for part in range(PARTS):
        shuffled = names[:]
        random.Random(7).shuffle(shuffled)
        out |= dict.fromkeys(
            shuffled[part::PARTS], fit([r for n in names if n not in shuffled[part::PARTS] for r in found[n]])
        )
    best = (0.0, k)
    for t in np.arange(0.2, 0.45, 0.025):
        f1 = []
        for part_of in (texts, theirs, ours):
            hit = predicted = total = 0
            for g in part_of:
                use(replace(k, nested=out[g.name], nested_threshold=float(t)))
                right, standing, gold = nested_outcomes(g, folder)
                hit, predicted, total = hit + right, predicted + standing, total + gold
            f1.append(2 * hit / max(1, predicted + total))
        print(
            f"nested threshold {t:.3f}  F1 by cross-validation: all {f1[0]:.3f}, chains {f1[1]:.3f}, our own {f1[2]:.3f}"
        )
        best = max(best, (f1[0], replace(k, nested_threshold=round(float(t), 3))), key=lambda x: x[0])
    final = replace(best[1], nested=fit([r for n in names for r in found[n]]))
    print("nested weights", dict(zip(NESTED_FEATURES, np.round(final.nested, 2), strict=True)))
    return final


def fit(rows: list[tuple[tuple[float, ...], bool]]) -> tuple[float, ...]:
    """Ridge logistic weights; the penalty is on weights of standardised features."""
    x, y = np.array([r for r, _ in rows]), np.array([right for _, right in rows], dtype=float)
    mean, spread = x.mean(0), x.std(0) + 1e-9
    mean[0], spread[0] = 0.0, 1.0
    w = logistic((x - mean) / spread, y, ridge=3.0) / spread
    w[0] -= float((w * mean)[1:].sum())
    return tuple(map(float, w))


def outcomes_inside(gold: NestedGold, folder: Path) -> list[tuple[tuple[float, ...], bool]]:
    """Features of all candidates inside the standing attributions of a text, and whether each is in the nested gold."""
    index, g, doubtful, unread, once = prepared(gold, folder)
    _, _, inside = _assemble.levels(once.candidates, _assemble.calibration().threshold)
    rows = []
    for c, features in inside:
        p = index.of((int(once.tokens.start[a]), int(once.tokens.end[b - 1])) for a, b in c.content)
        like = [n for n, x in enumerate(g) if 2 * len(p & x) >= len(p | x)]
        if not like and (any(2 * len(p & x) >= len(p | x) for x in doubtful) or any(p <= x for x in unread)):
            continue
        rows.append((features, any(gold.nested[n] for n in like)))
    return rows


def nested_outcomes(gold: NestedGold, folder: Path) -> tuple[int, int, int]:
    """(right, standing, gold) nested attributions of a text; those that match a doubtful span do not count."""
    index, g, doubtful, unread, once = prepared(gold, folder)
    chosen = _assemble.assemble(once.candidates, ended=once.inner)
    p = [
        index.of((int(once.tokens.start[a]), int(once.tokens.end[b - 1])) for a, b in c.candidate.content)
        for c in chosen
    ]
    partner = {j: i for i, j in pair(g, p)}
    right = standing = 0
    for j, c in enumerate(chosen):
        if c.parent is None:
            continue
        if j not in partner and (
            any(2 * len(p[j] & x) >= len(p[j] | x) for x in doubtful) or any(p[j] <= x for x in unread)
        ):
            continue
        standing += 1
        right += j in partner and gold.nested[partner[j]]
    return right, standing, sum(gold.nested)


def prepared(gold: NestedGold, folder: Path):
    """(index, contents, doubtful, unread) as token sets and the encoder's reading of a text."""
    text = (folder / "text" / f"{gold.name}.txt").read_bytes().decode()
    index = TokenIndex(text)
    sets = ([index.of(c) for c in part] for part in (gold.contents, gold.doubtful, gold.unread))
    return index, *sets, read_once(Document(gold.name, text, ""))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None, "nested" in sys.argv[3:])
