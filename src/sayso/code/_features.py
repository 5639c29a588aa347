"""Features of units: what the encoder says of three views of the text, and its words and word pairs.

The views are the text as it stands; the text with actor and target replaced by plain names, so that who they are does
not matter; and the window from the one to the other, where the act mostly stands. Units go in, a sparse
matrix comes out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import scipy.sparse as sp  # type: ignore[import-untyped]
from numpy.typing import NDArray

from sayso.code.unit import Unit

Hints = Sequence[re.Pattern[str] | None]
Embed = Callable[[Sequence[str]], NDArray[np.float32]]
ACTOR, TARGET = "Alice", "Bob"  # plain names that any encoder knows as people
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_HINT = 0.5  # weight of one hit of a code's own words
_LONGEST = 4000  # characters of a text that are read: more than the encoder takes in
_STEM = 6  # characters of a word that count: a stemmer that needs no language
_BEFORE, _AFTER = 3, 8  # words of the window outside of actor and target


@dataclass
class Features:
    """Turns units into rows. `vocabulary` is learned once from the training units."""

    embed: Embed
    roles: bool  # whether actor and target are known often enough to be worth two more views
    hints: Hints = ()  # for each code of the family a pattern of its own words
    words: float = 2.0  # weight of words beside the embeddings
    vocabulary: dict[str, int] = field(default_factory=dict)

    def learn_words(self, units: Sequence[Unit], least: int = 1) -> None:
        counts = Counter(gram for unit in units for gram in self._grams(unit))
        self.vocabulary = {gram: n for n, gram in enumerate(sorted(g for g, c in counts.items() if c >= least))}

    def rows(self, units: Sequence[Unit]) -> sp.csr_matrix:
        """(n, features)."""
        return self.join(self.dense(units), units)

    def dense(self, units: Sequence[Unit]) -> NDArray[np.float32]:
        """(n, 384) or, with roles, (n, 1152): the embeddings of the views side by side."""
        if not units:
            return np.zeros((0, 0), np.float32)
        known = {n: unit.embedding for n, unit in enumerate(units) if unit.embedding}
        views = [views_of(unit) if self.roles else (unit.text,) for unit in map(_cut, units)]
        wanted = [view for n, own in enumerate(views) for view in own[n in known :]]
        made = iter(self.embed(wanted) if wanted else ())
        return np.array(
            [
                np.concatenate([known[n] if n in known and k == 0 else next(made) for k in range(len(own))])
                for n, own in enumerate(views)
            ],
            dtype=np.float32,
        )

    def join(self, dense: NDArray[np.float32], units: Sequence[Unit]) -> sp.csr_matrix:
        """Embeddings made earlier, and the units' words beside them."""
        indptr, indices, values = [0], list[int](), list[float]()
        units = [_cut(unit) for unit in units]
        for unit in units:
            grams = sorted({self.vocabulary[g] for g in self._grams(unit) if g in self.vocabulary})
            indices += grams
            values += [self.words / max(1, len(grams)) ** 0.5] * len(grams)
            indptr.append(len(indices))
        words = sp.csr_matrix((values, indices, indptr), shape=(len(units), len(self.vocabulary)))
        hinted = np.array([[_hits(hint, unit.text) for hint in self.hints] for unit in units]) * _HINT
        return sp.hstack([sp.csr_matrix(dense.astype(np.float64)), words, sp.csr_matrix(hinted)]).tocsr()

    def _grams(self, unit: Unit) -> set[str]:
        if not self.roles:
            return _grams(unit.text, "")
        _, masked, window = views_of(unit)
        return _grams(masked, "") | _grams(window, "w:")


def hint(words: Sequence[str]) -> re.Pattern[str] | None:
    """One pattern for words and phrases in which * stands for any ending."""
    forms = [r"\s+".join(re.escape(part).replace(r"\*", r"\w*") for part in word.split()) for word in words]
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(forms, key=len, reverse=True))})(?!\w)", re.I) if forms else None


def _hits(hint: re.Pattern[str] | None, text: str) -> int:
    """How many different words of a code stand in the text; more than two say no more than two."""
    return min(2, len({found.lower() for found in hint.findall(text)})) if hint else 0


def spots_of(unit: Unit, actor: str, target: str) -> list[tuple[int, int, str]]:
    """Where actor and target stand in the text, in its order: start, end and the label given for each."""
    spots: list[tuple[int, int, str]] = []
    for name, label in ((unit.actor, actor), (unit.target, target)):
        at = unit.text.find(name) if name else -1
        while at >= 0 and any(at < end and start < at + len(name) for start, end, _ in spots):
            at = unit.text.find(name, at + 1)  # a target inside the actor's words is looked for further on
        if at >= 0:
            spots.append((at, at + len(name), label))
    return sorted(spots)


def _cut(unit: Unit) -> Unit:
    return replace(unit, text=unit.text[:_LONGEST]) if len(unit.text) > _LONGEST else unit


def views_of(unit: Unit) -> tuple[str, str, str]:
    """The text, the text with plain names for actor and target, and the window around the two."""
    text, spots = unit.text, spots_of(unit, ACTOR, TARGET)
    if not spots:
        return text, text, text
    masked, last = "", 0
    marks: list[tuple[int, int]] = []
    for start, end, plain in spots:
        masked += text[last:start]
        marks.append((len(masked), len(masked) + len(plain)))
        masked += plain
        last = end
    masked += text[last:]
    low, high = marks[0][0], marks[-1][1]
    before, after = masked[:low].split()[-_BEFORE:], masked[high:].split(" ")[: _AFTER + 1]
    return text, masked, " ".join([*before, masked[low:high]]) + " ".join(after)


def _grams(text: str, prefix: str) -> set[str]:
    words = [word[:_STEM] for word in _WORD.findall(text.lower())]
    pairs = (f"{a} {b}" for a, b in pairwise(words))
    return {prefix + gram for gram in (*words, *pairs)}
