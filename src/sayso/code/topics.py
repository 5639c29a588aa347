"""Topics: what a desk watches. A query finds statements, examples rank what it misses or wrongly takes.

Query language: words are whole words, letter case aside, with `*` for any ending; "a phrase" in quotation marks; `a
NEAR/5 b` for two within five words; `speaker:x` and `target:x` for an actor's id or words of its name; AND, OR, NOT
and brackets. Words side by side mean AND; NOT binds closest, then NEAR, AND, OR.

    (desert* OR "left the ranks") AND NOT dessert* AND speaker:movement
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from sayso.code._features import Embed
from sayso.code.codebook import Code, Family
from sayso.code.coder import Prediction
from sayso.code.fast import FastCoder
from sayso.code.unit import Example, Unit
from sayso.errors import SettingsError

IN, OUT = "in", "out"
_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<near>NEAR/\d+)(?=[\s(]|$)|(?P<word>AND|OR|NOT)(?=[\s()]|$)"
    r'|(?P<role>speaker|target):(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\s()"]+))|"(?P<phrase>[^"]*)"|(?P<term>[^\s()"]+))'
)
_SLIP = re.compile(r"NEAR(/\S*)?")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Passage:
    """What a query looks at: the statement's text (with as much around it as the topic asks for) and its actors.

    `speaker` and `target` hold every name of the actor, its id among them.
    """

    text: str
    speaker: tuple[str, ...] = ()
    target: tuple[str, ...] = ()


class Query:
    """A parsed query; `matches(passage)` says whether it finds it. Raises `SettingsError` for what is no query."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = _tokens(text)
        if not self._tokens:
            raise SettingsError("the query is empty")
        self._at = 0
        self._root = self._any(0)
        if self._at < len(self._tokens):
            raise self._wrong(f"unexpected {self._tokens[self._at][1]!r}")

    def matches(self, passage: Passage) -> bool:
        return self._root.holds(passage, [m.group().casefold() for m in _WORD.finditer(passage.text)])

    @property
    def slip(self) -> str:
        """A word that was surely meant as an operator, such as NEAR/x; "" for none. It is searched for as a word."""
        return next((value for kind, value in self._tokens if kind == "term" and _SLIP.fullmatch(value)), "")

    def _any(self, depth: int) -> _Node:
        parts = [self._all(depth)]
        while self._take("word", "OR"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else _Many(tuple(parts), every=False)

    def _all(self, depth: int) -> _Node:
        parts = [self._near(depth)]
        while True:
            if self._take("word", "AND") or (
                self._at < len(self._tokens) and self._tokens[self._at] not in (("word", "OR"), ("close", ")"))
            ):
                parts.append(self._near(depth))
            else:
                return parts[0] if len(parts) == 1 else _Many(tuple(parts), every=True)

    def _near(self, depth: int) -> _Node:
        left = self._one(depth)
        while self._at < len(self._tokens) and self._tokens[self._at][0] == "near":
            reach = int(self._tokens[self._at][1].partition("/")[2])
            self._at += 1
            right = self._one(depth)
            if not isinstance(left, _Term | _Near) or not isinstance(right, _Term):
                raise self._wrong("NEAR stands between words or phrases")
            left = _Near(left, right, reach)
        return left

    def _one(self, depth: int) -> _Node:
        if depth > _DEEPEST:
            raise self._wrong("brackets are nested too deeply")
        if self._at >= len(self._tokens):
            raise self._wrong("it ends where a word is expected")
        kind, value = self._tokens[self._at]
        self._at += 1
        if kind == "word" and value == "NOT":
            return _Not(self._one(depth + 1))
        if kind == "open":
            inner = self._any(depth + 1)
            if not self._take("close", ")"):
                raise self._wrong("a bracket is not closed")
            return inner
        if kind in ("speaker", "target"):
            return _Actor(kind, value.casefold())
        if kind == "term":
            return _term(value, self.text)
        raise self._wrong(f"unexpected {value!r}")

    def _take(self, kind: str, value: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == (kind, value):
            self._at += 1
            return True
        return False

    def _wrong(self, what: str) -> SettingsError:
        return SettingsError(f"query {self.text!r}: {what}")


class _Node(ABC):
    """A part of a query; `words` are the passage's, case-folded."""

    @abstractmethod
    def holds(self, passage: Passage, words: Sequence[str]) -> bool:
        """Whether the passage has what this part asks for."""


@dataclass(frozen=True)
class _Term(_Node):
    """A word or phrase: one pattern a word."""

    parts: tuple[re.Pattern[str], ...]

    def spots(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """First and last word of every place where it stands."""
        n = len(self.parts)
        return [
            (i, i + n - 1)
            for i in range(len(words) - n + 1)
            if all(part.fullmatch(words[i + k]) for k, part in enumerate(self.parts))
        ]

    def holds(self, passage: Passage, words: Sequence[str]) -> bool:
        return bool(self.spots(words))


@dataclass(frozen=True)
class _Near(_Node):
    left: _Term | _Near
    right: _Term
    reach: int

    def spots(self, words: Sequence[str]) -> list[tuple[int, int]]:
        return [
            (min(a, c), max(b, d))
            for a, b in self.left.spots(words)
            for c, d in self.right.spots(words)
            if (b < c and c - b <= self.reach) or (d < a and a - d <= self.reach)
        ]

    def holds(self, passage: Passage, words: Sequence[str]) -> bool:
        return bool(self.spots(words))


@dataclass(frozen=True)
class _Actor(_Node):
    role: str
    name: str

    def holds(self, passage: Passage, words: Sequence[str]) -> bool:
        names = passage.speaker if self.role == "speaker" else passage.target
        inside = re.compile(rf"(?<!\w){re.escape(self.name)}(?!\w)")
        return any(inside.search(name.casefold()) for name in names)


@dataclass(frozen=True)
class _Not(_Node):
    inner: _Node

    def holds(self, passage: Passage, words: Sequence[str]) -> bool:
        return not self.inner.holds(passage, words)


@dataclass(frozen=True)
class _Many(_Node):
    parts: tuple[_Node, ...]
    every: bool

    def holds(self, passage: Passage, words: Sequence[str]) -> bool:
        return (all if self.every else any)(part.holds(passage, words) for part in self.parts)


def _tokens(text: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise SettingsError(f'query {text!r}: a quotation mark " is not closed')
        at = match.end()
        if match["role"]:
            out.append((match["role"], match["quoted"] or match["bare"]))
        elif match["phrase"] is not None:
            out.append(("term", match["phrase"]))
        else:
            kind = str(match.lastgroup)
            out.append((kind, match[kind]))
    return out


def _term(value: str, query: str) -> _Term:
    words = [word for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*\*?", value.casefold()) if word]
    if not words:
        raise SettingsError(f"query {query!r}: {value!r} holds no word")
    return _Term(tuple(re.compile(re.escape(w.rstrip("*")) + (r".*" if w.endswith("*") else "")) for w in words))


class TopicRanker:
    """Learns from statements that people said are in or out of a topic, and ranks all others."""

    def __init__(self, name: str, description: str, examples: Sequence[tuple[Unit, bool]], embed: Embed | None) -> None:
        inside = Code(name=IN, definition=description)
        family = Family(name=name, unsure_below=0.5, codes=(inside, Code(name=OUT)))
        taught = [Example(unit.text, IN if yes else OUT, unit.actor, unit.target) for unit, yes in examples]
        self._coder = FastCoder.learn(family, taught, embed=embed, name="topic")

    def probabilities(self, units: Sequence[Unit]) -> list[float]:
        """How probably each unit belongs to the topic."""
        seen: list[Prediction] = self._coder.predict(units)
        return [p.probabilities[IN] for p in seen]


def doubtful(found: Mapping[str, bool], probability: Mapping[str, float]) -> list[str]:
    """Statements worth a person's look: first those on which query and model differ most."""
    return sorted(found, key=lambda s: (-abs(float(found[s]) - probability.get(s, 0.5)), s))


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision and recall of a topic, each with its 95% interval; None where the sample says nothing of it."""

    precision: tuple[float, float, float] | None
    recall: tuple[float, float, float] | None
    sampled_found: int
    sampled_missed: int


def quality(found: Mapping[str, bool], judged: Mapping[str, bool]) -> Quality:
    """Precision and recall from a random sample of people's judgements.

    `found` says of every statement whether the topic takes it, `judged` whether it belongs there, for a random sample.
    The statements taken and those not taken are strata whose sizes are known (post-stratification, Cochran 1977 ch.
    5A); intervals are Wilson's, and for recall follow from those of both strata (each at 97.5%, Bonferroni).
    """
    taken, left = sum(found.values()), len(found) - sum(found.values())
    hits = [judged[s] for s in judged if found.get(s) is True]
    misses = [judged[s] for s in judged if found.get(s) is False]
    precision = wilson(sum(hits), len(hits), 0.95) if hits else None
    recall = None
    if hits and (misses or left == 0):
        inside = wilson(sum(hits), len(hits), 0.975)
        outside = wilson(sum(misses), len(misses), 0.975) if misses else (0.0, 0.0, 0.0)
        recall = (
            _recall(taken * inside[0], left * outside[0]),
            _recall(taken * inside[1], left * outside[2]),
            _recall(taken * inside[2], left * outside[1]),
        )
    return Quality(precision, recall, len(hits), len(misses))


def wilson(yes: int, n: int, level: float) -> tuple[float, float, float]:
    """A share and Wilson's (1927) interval for it."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    p = yes / n
    middle, reach = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    return p, max(0.0, (middle - reach) / (1 + z * z / n)), min(1.0, (middle + reach) / (1 + z * z / n))


def _recall(inside: float, outside: float) -> float:
    return inside / (inside + outside) if inside + outside > 0 else 0.0
