"""A document's attributions out of its candidates: which stand, which lie inside which, and how sure that is.

Attributions of the text itself do not overlap in content: the surer one keeps contested tokens. A candidate whose anchor
lies inside the content of another one is nested (`_nested`): its spans are cut to that content and it becomes its child.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import exp

from sayso.attribute._calibration import calibration
from sayso.attribute._candidates import Candidate
from sayso.attribute._nested import Chosen, likeliest, logit, nest, nested_features, seconded, tokens_of, without


def top_features(c: Candidate) -> tuple[float, ...]:
    """Of a candidate as an attribution of the text itself, in the order of TOP_FEATURES."""
    return (1.0, *(logit(p) for p in (c.top, c.content_p, c.source_p, c.edge_p)))


def _share(weights: Sequence[float], features: Sequence[float]) -> float:
    """The calibrated probability that content and source are right."""
    return 1 / (1 + exp(-sum(w * f for w, f in zip(weights, features, strict=True))))


def assemble(
    found: Sequence[Candidate], threshold: float | None = None, ended: Callable[[Candidate], Candidate] | None = None
) -> list[Chosen]:
    """The attributions that stand, in the order of their anchors. `threshold` is on the calibrated confidence; `ended` is done
    to each that lies in another's content, before any lies in it."""
    k = calibration()
    tops, inner, rest = levels(found, k.threshold if threshold is None else threshold)
    least = k.nested_threshold if threshold is None else max(threshold, k.nested_threshold)
    shares = ((_share(k.nested, features), c) for c, features in rest)
    inside = [*inner, *((p, c) for p, c in shares if p >= least)]
    return nest(tops, likeliest([(p, ended(c)) for p, c in inside] if ended else inside))


def levels(
    found: Sequence[Candidate], least: float
) -> tuple[list[tuple[float, Candidate]], list[tuple[float, Candidate]], list[tuple[Candidate, tuple[float, ...]]]]:
    """The attributions of the text itself; surer ones that lie in them; and what else may, with its features."""
    k = calibration()
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
        own = {c.anchor, *held}
        free = without(c.content, {i for i in tokens_of(c.content) if taken.get(i, c.anchor) not in own})
        if sum(b - a for a, b in free) * 2 < size:
            rest.append(c)
            continue
        inner += [standing.pop(anchor) for anchor in held]
        standing[c.anchor] = (p, replace(c, content=free))
        taken.update(dict.fromkeys((i for a, b in free for i in range(a, b)), c.anchor))
    # an anchor that a surer attribution's content took in later is nested, whatever its own level said
    rest = [c for c in rest if c.anchor in taken]
    outer = (standing[taken[c.anchor]][0] for c in rest)
    features = [(c, nested_features(c, p, two)) for c, p, two in zip(rest, outer, seconded(rest), strict=True)]
    return list(standing.values()), inner, features


def _held(c: Candidate, taken: Mapping[int, int], standing: Mapping[int, tuple[float, Candidate]]) -> list[int]:
    """Anchors of the surer ones that lie wholly inside a candidate's content: nested in it, they contest nothing."""
    content = tokens_of(c.content)
    found = []
    for anchor in sorted({taken[i] for i in content if i in taken}):
        other = standing[anchor][1]
        spans = tokens_of((*other.source, *other.cue, *other.content))
        if anchor in content and spans <= content and len(tokens_of(other.content)) < len(content):
            found.append(anchor)
    return found
