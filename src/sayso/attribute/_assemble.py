"""A document's attributions out of its candidates: which stand, which lie inside which, and how sure that is.

Attributions of the text itself do not overlap in content: the surer one keeps contested tokens. A candidate whose anchor
lies inside the content of another one is nested: its spans are cut to that content and it becomes its child.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log

from sayso.attribute._candidates import Candidate, Range
from sayso.encoder.tokens import MODEL_FOLDER

TOP_FEATURES = ("constant", "anchor", "content", "source", "edge")
NESTED_FEATURES = (*TOP_FEATURES, "top", "no source", "first person", "infinitive")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic weights from a candidate's features to the share that is right, and the thresholds on that share."""

    top: tuple[float, ...]
    nested: tuple[float, ...]
    threshold: float
    nested_threshold: float


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """As fitted on the development texts when the model was made (`weights/calibration.json`)."""
    k = json.loads((MODEL_FOLDER / "calibration.json").read_text(encoding="utf-8"))
    return Calibration(
        tuple(k["top"][f] for f in TOP_FEATURES),
        tuple(k["nested"][f] for f in NESTED_FEATURES),
        k["threshold"],
        k["nested_threshold"],
    )


def top_features(c: Candidate) -> tuple[float, ...]:
    """Of a candidate as an attribution of the text itself, in the order of TOP_FEATURES."""
    return (1.0, *(logit(p) for p in (c.top, c.content_p, c.source_p, c.edge_p)))


def nested_features(c: Candidate) -> tuple[float, ...]:
    """Of a candidate inside another's content, in the order of NESTED_FEATURES."""
    inner = (logit(p) for p in (c.any, c.content_p, c.source_p, c.edge_p, c.top))
    return (1.0, *inner, float(not c.source), float(c.first_person), float(c.infinitive))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that stands; `parent` is an index into the same list."""

    candidate: Candidate
    confidence: float
    parent: int | None = None


def logit(p: float) -> float:
    """Log odds, finite at 0 and 1."""
    p = min(max(p, 1e-4), 1 - 1e-4)
    return log(p / (1 - p))


def _share(weights: Sequence[float], features: Sequence[float]) -> float:
    """The calibrated probability that content and source are right."""
    return 1 / (1 + exp(-sum(w * f for w, f in zip(weights, features, strict=True))))


def assemble(found: Sequence[Candidate], threshold: float | None = None) -> list[Chosen]:
    """The attributions that stand, in the order of their anchors. `threshold` is on the calibrated confidence."""
    k = calibration()
    least = k.threshold if threshold is None else threshold
    ranked = sorted(((_share(k.top, top_features(c)), c) for c in found), key=lambda x: (-x[0], x[1].anchor))
    taken: dict[int, int] = {}  # token -> anchor of the one whose content has it
    standing: dict[int, tuple[float, Candidate]] = {}  # by anchor
    inner: list[tuple[float, Candidate]] = []
    rest: list[Candidate] = []
    for p, c in ranked:
        if p < least or c.anchor in taken:
            rest.append(c)
            continue
        size = sum(b - a for a, b in c.content)
        held = _held(c, taken, standing)
        free = _without(c.content, {i for i in _tokens(c.content) if taken.get(i, c.anchor) not in (c.anchor, *held)})
        if sum(b - a for a, b in free) * 2 < size:
            rest.append(c)
            continue
        inner += [standing.pop(anchor) for anchor in held]
        standing[c.anchor] = (p, replace(c, content=free))
        taken.update(dict.fromkeys((i for a, b in free for i in range(a, b)), c.anchor))
    tops = list(standing.values())
    # an anchor that a surer attribution's content took in later is nested, whatever its own level said
    least_nested = k.nested_threshold if threshold is None else max(threshold, k.nested_threshold)
    for c in rest:
        p = _share(k.nested, nested_features(c))
        if p >= least_nested and c.anchor in taken:
            inner.append((p, c))
    return _nest(tops, inner)


def _held(c: Candidate, taken: Mapping[int, int], standing: Mapping[int, tuple[float, Candidate]]) -> list[int]:
    """Anchors of the surer ones that lie wholly inside a candidate's content: nested in it, they contest nothing."""
    content = _tokens(c.content)
    found = []
    for anchor in sorted({taken[i] for i in content if i in taken}):
        other = standing[anchor][1]
        spans = _tokens((*other.source, *other.cue, *other.content))
        if anchor in content and spans <= content and len(_tokens(other.content)) < len(content):
            found.append(anchor)
    return found


def _nest(tops: list[tuple[float, Candidate]], inner: list[tuple[float, Candidate]]) -> list[Chosen]:
    """Put each nested candidate into the smallest content that holds it, at least its anchor; larger ones go first."""
    standing: list[tuple[float, Candidate, int | None]] = [(p, c, None) for p, c in tops]
    holders = [_tokens(c.content) for _, c in tops]
    smallest = {i: n for n, tokens in enumerate(holders) for i in tokens}  # token -> the smallest content that holds it
    for p, c in sorted(inner, key=lambda x: (-sum(b - a for a, b in x[1].content), x[1].anchor)):
        parent = smallest.get(c.anchor)
        if parent is None:
            continue
        spans, above = _tokens((*c.source, *c.cue)), parent
        while not spans <= holders[above] and (wider := standing[above][2]) is not None:
            above = wider
        if spans <= holders[above]:
            parent = above  # what is said there is said by somebody named there
        inside = holders[parent]
        content = _within(c.content, inside)
        if not content or sum(b - a for a, b in content) * 2 < sum(b - a for a, b in c.content):
            continue
        if len(_tokens(content)) >= len(inside):
            continue
        standing.append(
            (p, replace(c, content=content, source=_within(c.source, inside), cue=_within(c.cue, inside)), parent)
        )
        holders.append(_tokens(content))
        smallest.update({i: len(holders) - 1 for i in holders[-1] if len(holders[-1]) < len(holders[smallest[i]])})
    order = sorted(range(len(standing)), key=lambda i: (standing[i][1].anchor, i))
    place = {old: new for new, old in enumerate(order)}
    return [
        Chosen(standing[i][1], standing[i][0], None if standing[i][2] is None else place[standing[i][2]])  # type: ignore[index]
        for i in order
    ]


def _tokens(ranges: Sequence[Range]) -> frozenset[int]:
    return frozenset(i for a, b in ranges for i in range(a, b))


def _without(ranges: Sequence[Range], taken: set[int]) -> tuple[Range, ...]:
    return _runs([i for a, b in ranges for i in range(a, b) if i not in taken], ranges)


def _within(ranges: Sequence[Range], inside: frozenset[int]) -> tuple[Range, ...]:
    return _runs([i for a, b in ranges for i in range(a, b) if i in inside], ranges)


def _runs(kept: list[int], ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Token numbers as ranges again; ranges that were apart stay apart."""
    begins = {a for a, _ in ranges}
    out: list[Range] = []
    for i in kept:
        if out and out[-1][1] == i and i not in begins:
            out[-1] = (out[-1][0], i + 1)
        else:
            out.append((i, i + 1))
    return tuple(out)
