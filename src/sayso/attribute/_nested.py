"""Attributions inside the contents of others: how likely a candidate is one, and which content it belongs to.

The encoder has seen few nested attributions, so a candidate's own probabilities are weighed together with how often a
word like its cue reports something inside a content (odds counted on the annotated contents of the training texts), how
sure the outer attribution is, and whether another candidate has the same content.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

from sayso.attribute._candidates import Candidate, Range

_APART = 2  # tokens between two cues that are not one
_SAME = 0.5  # overlap of contents from which two candidates claim the same words


def logit(p: float) -> float:
    """Log odds, finite at 0 and 1."""
    p = min(max(p, 1e-4), 1 - 1e-4)
    return log(p / (1 - p))


def nested_features(c: Candidate, outer: float, seconded: bool) -> tuple[float, ...]:
    """Of a candidate inside another's content, in the order of NESTED_FEATURES; `outer` is the other's confidence."""
    own = (logit(p) for p in (c.any, c.content_p, c.source_p, c.top))
    return (1.0, *own, float(not c.source), float(c.first_person), c.cue_odds, logit(outer), float(seconded))


def seconded(found: Sequence[Candidate]) -> list[bool]:
    """For each candidate whether another anchor has the same content: then somebody does say it."""
    contents = [tokens_of(c.content) for c in found]
    out = [False] * len(found)
    order = sorted(range(len(found)), key=lambda i: found[i].content[0][0])
    for n, i in enumerate(order):
        for j in map(order.__getitem__, range(n + 1, len(order))):  # no copy of the rest: texts are long
            if found[j].content[0][0] >= found[i].content[-1][1]:
                break
            if _claim_the_same(contents[i], contents[j]):
                out[i] = out[j] = True
    return out


def likeliest(inner: Sequence[tuple[float, Candidate]]) -> list[tuple[float, Candidate]]:
    """Of candidates that claim the same content only the likeliest; one in the other's content is no such claim."""
    kept: list[tuple[float, Candidate, frozenset[int]]] = []
    held: dict[int, list[int]] = {}  # token -> places in `kept` whose content has it
    for p, c in sorted(inner, key=lambda x: (-x[0], x[1].anchor)):
        content = tokens_of(c.content)
        near = {n for i in content for n in held.get(i, ())}
        if any(
            _claim_the_same(content, kept[n][2]) and kept[n][1].anchor not in content and c.anchor not in kept[n][2]
            for n in near
        ):
            continue
        for i in content:
            held.setdefault(i, []).append(len(kept))
        kept.append((p, c, content))
    return [(p, c) for p, c, _ in kept]


def _claim_the_same(one: frozenset[int], other: frozenset[int]) -> bool:
    both = len(one & other)
    return both >= _SAME * (len(one) + len(other) - both)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that stands; `parent` is an index into the same list."""

    candidate: Candidate
    confidence: float
    parent: int | None = None


def nest(tops: list[tuple[float, Candidate]], inner: list[tuple[float, Candidate]]) -> list[Chosen]:
    """Put each nested candidate into the smallest content that holds it, at least its anchor; larger ones go first."""
    standing: list[tuple[float, Candidate, int | None]] = [(p, c, None) for p, c in tops]
    holders = [tokens_of(c.content) for _, c in tops]
    smallest = {i: n for n, tokens in enumerate(holders) for i in tokens}  # token -> the smallest content that holds it
    for p, c in sorted(inner, key=lambda x: (-sum(b - a for a, b in x[1].content), x[1].anchor)):
        parent = smallest.get(c.anchor)
        if parent is None:
            continue
        if _tells_again(c, parent, standing):
            continue
        spans, above = tokens_of((*c.source, *c.cue)), parent
        while not spans <= holders[above] and (wider := standing[above][2]) is not None:
            above = wider
        if spans <= holders[above]:
            parent = above  # what is said there is said by somebody named there
        inside = holders[parent]
        content = _within(c.content, inside)
        if not content or sum(b - a for a, b in content) * 2 < sum(b - a for a, b in c.content):
            continue
        if len(tokens_of(content)) >= len(inside):
            continue
        standing.append(
            (p, replace(c, content=content, source=_within(c.source, inside), cue=_within(c.cue, inside)), parent)
        )
        holders.append(tokens_of(content))
        smallest.update({i: len(holders) - 1 for i in holders[-1] if len(holders[-1]) < len(holders[smallest[i]])})
    order = sorted(range(len(standing)), key=lambda i: (standing[i][1].anchor, i))
    place = {old: new for new, old in enumerate(order)}
    return [
        Chosen(standing[i][1], standing[i][0], None if standing[i][2] is None else place[standing[i][2]])  # type: ignore[index]
        for i in order
    ]


def _tells_again(c: Candidate, holder: int, standing: Sequence[tuple[float, Candidate, int | None]]) -> bool:
    """Whether a candidate is one of those around it over again, with a longer cue and a shorter content: "refusing to call | …"
    inside "refusing | to call …". Their cues overlap, or all but touch and have one source."""
    around: int | None = holder
    while around is not None:
        _, outer, above = standing[around]
        between = c.cue[0][0] - outer.cue[-1][1] if outer.cue else _APART
        if between < _APART and tokens_of(outer.cue) & tokens_of(c.cue):
            return True
        if 0 <= between < _APART and tokens_of(outer.source) & tokens_of(c.source):
            return True
        around = above
    return False


def tokens_of(ranges: Sequence[Range]) -> frozenset[int]:
    """The tokens in some ranges."""
    return frozenset(i for a, b in ranges for i in range(a, b))


def without(ranges: Sequence[Range], taken: set[int]) -> tuple[Range, ...]:
    """Ranges less some tokens."""
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
