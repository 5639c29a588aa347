"""Coders measured: labelled rows come in, scores by cross-validation go out. `sayso bench coding` prints them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sayso.code._features import Embed
from sayso.code._learner import split
from sayso.code.classify import family_of
from sayso.code.codebook import Codebook, Family
from sayso.code.coder import Coder
from sayso.code.deep import DeepCoder
from sayso.code.fast import FastCoder, remembering, shipped_encoder
from sayso.code.unit import Example, Unit

Strength = Literal["fast", "deep"]


@dataclass(frozen=True, slots=True)
class Scores:
    """Over all rows, each labelled by a coder that did not see it. `confidence` is the mean stated probability.

    `grouped` are the scores of coarser labels, where those were asked for.
    """

    rows: int
    macro_f1: float
    weighted_f1: float
    accuracy: float
    confidence: float
    learn_s: float  # mean of the folds
    apply_per_s: float
    grouped: Scores | None = None


def cross_validate(
    examples: Sequence[Example],
    *,
    coder: Strength = "fast",
    folds: int = 5,
    seed: int = 0,
    embed: Embed | None = None,
    advance: Callable[[int], None] = lambda n: None,
    run: int = 0,
    groups: Sequence[str] | None = None,
) -> Scores:
    """Stratified k-fold cross-validation; with `run` only the first so many folds are scored (0: all).

    With `groups`, a coarser label of each example, those are scored too: each label's probability goes to the group that
    its examples mostly have.
    """
    family = family_of(examples, "label")
    labels = np.array([family.names.index(e.code) for e in examples], dtype=np.intp)
    part = split(labels, folds, seed)
    table = np.zeros((len(examples), len(family.codes)))
    learn_s, apply_s = [], 0.0
    for k in range(run or folds):
        taught = [e for e, p in zip(examples, part, strict=True) if p != k]
        asked = np.flatnonzero(part == k)
        if not len(asked):
            continue  # fewer rows than folds
        with tempfile.TemporaryDirectory(prefix="sayso-") as folder:
            started = time.perf_counter()
            made = _learned(coder, family, taught, folder, seed, embed)
            learn_s.append(time.perf_counter() - started)
            started = time.perf_counter()
            seen = made.predict([_unit(examples[int(i)]) for i in asked])
            apply_s += time.perf_counter() - started
        table[asked] = [[p.probabilities[name] for name in family.names] for p in seen]
        advance(1)
    seen_rows = part < (run or folds)
    table, labels = table[seen_rows], labels[seen_rows]
    costs = float(np.mean(learn_s)), len(table) / apply_s
    grouped = None
    if groups:
        coarse = sorted(set(groups))
        met = np.zeros((len(family.codes), len(coarse)))
        for example, group in zip(examples, groups, strict=True):
            met[family.names.index(example.code), coarse.index(group)] += 1
        sums = table @ np.eye(len(coarse))[met.argmax(axis=1)]
        wanted = np.array([coarse.index(group) for group in groups], dtype=np.intp)
        grouped = _scores(sums, wanted[seen_rows], costs)
    return replace(_scores(table, labels, costs), grouped=grouped)


def _scores(table: NDArray[np.float64], labels: NDArray[np.intp], costs: tuple[float, float]) -> Scores:
    guess = table.argmax(axis=1)
    macro, weighted = f1(labels, guess)
    right, stated = float((guess == labels).mean()), float(table.max(axis=1).mean())
    return Scores(len(labels), macro, weighted, right, stated, *costs)


def few_shot(
    family: Family,
    examples: Sequence[Example],
    shots: Sequence[int],
    *,
    coder: Strength = "fast",
    seed: int = 0,
    embed: Embed | None = None,
) -> dict[int, float]:
    """Macro-F1 on a held-out half, learned from `shots` examples a code (0: from the codebook alone).

    The family carries the definitions; the labels are its codes.
    """
    labels = np.array([family.names.index(e.code) for e in examples], dtype=np.intp)
    half = split(labels, 2, seed)
    pool, asked = np.flatnonzero(half == 0), np.flatnonzero(half == 1)
    order = np.random.default_rng(seed).permutation(pool)
    embed = remembering(embed or shipped_encoder())
    out = {}
    for n in shots:
        taught = [examples[int(i)] for k in range(len(family.codes)) for i in order[labels[order] == k][:n]]
        with tempfile.TemporaryDirectory(prefix="sayso-") as folder:
            made = _learned(coder, family, taught, folder, seed, embed)
            seen = made.predict([_unit(examples[int(i)]) for i in asked])
        out[n] = f1(labels[asked], np.array([family.names.index(p.code) for p in seen]))[0]
    return out


def defined(examples: Sequence[Example]) -> tuple[Family, list[Example]]:
    """A family of the examples' labels, and the examples under its names.

    Labels that the default codebook has (by name or alias) bring its definitions, words and examples.
    """
    approach = Codebook.default().families[0]
    plain = family_of(examples, "label")
    known = {name: approach.find(name) or plain.find(name) for name in plain.names}
    codes = {code.name: code.model_copy(update={"parent": None}) for code in known.values() if code is not None}
    kept = [
        code.model_copy(
            update={"counter_examples": tuple(c for c in code.counter_examples if not c.code or c.code in codes)}
        )
        for code in codes.values()
    ]
    named = {label: code.name for label, code in known.items() if code is not None}
    return Family(name="label", codes=tuple(kept)), [replace(e, code=named[e.code]) for e in examples]


def speed(examples: Sequence[Example], most: int = 500) -> tuple[float, float]:
    """Statements that a fast coder which learned from `examples` codes in a second of processor time on one core: with the
    encoder, and once embedded. The median of parts of fifty, of `most` examples at most.
    """
    few = examples[:: max(1, len(examples) // most)][:most]  # of all parts of a table that is sorted by its labels
    texts = [example.text for example in few]
    once = remembering(shipped_encoder())
    now = [once]
    family = family_of(few, "label")
    coder = FastCoder.learn(family, [Example(e.text, e.code) for e in few], embed=lambda each: now[0](each))
    rates = []
    for now[0] in (shipped_encoder(), once):
        coder.predict([Unit(texts[0])])
        rates.append(float(np.median([_rate(coder, texts[at : at + 50]) for at in range(0, len(texts), 50)])))
    return rates[0], rates[1]


def _rate(coder: FastCoder, texts: Sequence[str]) -> float:
    started = time.process_time()
    coder.predict([Unit(text) for text in texts])
    return len(texts) / max(time.process_time() - started, 1e-9)


def _learned(
    coder: Strength, family: Family, taught: Sequence[Example], folder: str, seed: int, embed: Embed | None
) -> Coder:
    if coder == "deep":
        return DeepCoder.learn(family, taught, folder, seed=seed, embed=embed)
    return FastCoder.learn(family, taught, embed=embed)


def f1(labels: NDArray[np.intp], guess: NDArray[np.intp]) -> tuple[float, float]:
    """Macro and weighted F1 over the labels that occur in either."""
    scores, sizes = [], []
    for k in np.union1d(labels, guess):
        hit = int(((labels == k) & (guess == k)).sum())
        size = int((labels == k).sum())
        scores.append(2 * hit / (size + int((guess == k).sum())))
        sizes.append(size)
    return float(np.mean(scores)), float(np.average(scores, weights=sizes))


def _unit(example: Example) -> Unit:
    return Unit(example.text, example.actor, example.target)
