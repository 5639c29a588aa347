"""Measure attributions against gold in brat standoff (a folder with text/ and attributions/), as PolNeAR is.

Units and matching: contents are sets of tokens (runs of word characters, or single other characters); predicted and gold
contents are paired one to one, greedily by falling Jaccard overlap of at least one half. *Partial* counts the pairs; *e2e*
those whose source shares a word with the gold source too, or that lack a source with the gold. Top-level attributions
only: such gold is flat. A text annotated by several people counts with the annotation whose name sorts first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sayso.errors import UsageError
from sayso.records import Analysis, Attribution, Document, Span

_TOKEN = re.compile(r"\w+(?:['’.,]\w+)*|[^\w\s]")
_LINE = re.compile(r"^(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)\t")
_DOUBLE = '"“”„«»〝〞'

Ranges = list[tuple[int, int]]


@dataclass(frozen=True)
class GoldText:
    """One annotated text: gold attributions as role -> character ranges."""

    name: str
    text: str
    attributions: list[dict[str, Ranges]]


@dataclass
class Rate:
    """Hits, predictions and gold, with precision, recall and F1."""

    hit: int = 0
    predicted: int = 0
    gold: int = 0

    @property
    def p(self) -> float:
        return self.hit / self.predicted if self.predicted else 0.0

    @property
    def r(self) -> float:
        return self.hit / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.p * self.r / (self.p + self.r) if self.p + self.r else 0.0


def read_gold(folder: Path) -> list[GoldText]:
    """The texts of a folder with text/ and attributions/, in order of their names. Raises UsageError if it is none."""
    texts, notes = folder / "text", folder / "attributions"
    if not texts.is_dir() or not notes.is_dir():
        raise UsageError(f"{folder}: not a folder with text/ and attributions/ in it")
    by_text: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(notes.glob("*.ann")):
        by_text[path.stem.rsplit("_", 1)[0]].append(path)
    out = []
    for path in sorted(texts.glob("*.txt")):
        if path.stem in by_text:
            text = path.read_bytes().decode("utf-8")
            out.append(GoldText(path.stem, text, _annotations(by_text[path.stem][0])))
    return out


def _annotations(path: Path) -> list[dict[str, Ranges]]:
    spans: dict[str, Ranges] = {}
    events = []
    for line in path.read_bytes().decode("utf-8").split("\n"):
        m = _LINE.match(line)
        if m:
            spans[m[1]] = [(int(a), int(b)) for a, b in (part.split() for part in m[3].split(";"))]
        elif re.match(r"^E\d+\t", line):
            events.append(line)
    out = []
    for line in events:
        roles: dict[str, Ranges] = {"source": [], "cue": [], "content": []}
        for argument in line.split("\t", 1)[1].split()[1:]:
            role, ref = argument.split(":", 1)
            role = role.rstrip("0123456789").lower()
            if role in roles:
                roles[role] += spans.get(ref, [])
        if roles["content"]:
            out.append({k: sorted(v) for k, v in roles.items()})
    return out


class TokenIndex:
    """The scorer's tokens of a text, and the tokens that a character range touches."""

    def __init__(self, text: str) -> None:
        self.at = [-1] * len(text)
        self.word: list[bool] = []
        for i, m in enumerate(_TOKEN.finditer(text)):
            self.word.append(m.group()[0].isalnum() or m.group()[0] == "_")
            self.at[m.start() : m.end()] = [i] * (m.end() - m.start())

    def of(self, ranges: Iterable[tuple[int, int]]) -> frozenset[int]:
        return frozenset(t for s, e in ranges for t in self.at[max(0, s) : e] if t >= 0)


def pair(gold: Sequence[frozenset[int]], predicted: Sequence[frozenset[int]]) -> list[tuple[int, int]]:
    """(gold, predicted) index pairs, one to one, by falling overlap of at least one half."""
    found = []
    for i, g in enumerate(gold):
        for j, p in enumerate(predicted):
            both = len(g & p)
            if both and both * 2 >= len(g | p):
                found.append((-both / len(g | p), i, j))
    used_g: set[int] = set()
    used_p: set[int] = set()
    out = []
    for _, i, j in sorted(found):
        if i not in used_g and j not in used_p:
            used_g.add(i)
            used_p.add(j)
            out.append((i, j))
    return out


def source_agrees(index: TokenIndex, gold: frozenset[int], predicted: frozenset[int]) -> bool:
    """They share a word, or both have no source."""
    if not gold:
        return not predicted
    both = gold & predicted
    return any(index.word[t] for t in both) or bool(both and not any(index.word[t] for t in gold))


def _direct(text: str, content: Ranges) -> bool:
    """Direct in form: begins with a quotation mark, or stands between two."""
    start, end = content[0][0], content[-1][1]
    body = text[start:end].strip()
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = start + len(body)
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if body[:1] and body[0] in _DOUBLE:
        return True
    if body[:1] and body[0] in "'‘`" and re.search(r"['’](?!\w)", body[1:] + after):
        return True
    return bool(before and before in _DOUBLE and ((after and after in _DOUBLE) or body[-1:] in tuple(_DOUBLE)))


def _ranges(spans: Iterable[Span]) -> Ranges:
    return [(s.start, s.end) for s in spans]


@dataclass
class Scores:
    """All figures over a folder, and what the reliability table and the threshold curve are made of."""

    texts: int
    rates: dict[str, Rate]
    source_accuracy: float
    outcomes: list[tuple[float, bool]]  # confidence, and whether content and source are right


def evaluate(texts: Iterable[GoldText], attribute: Callable[[Document], Analysis]) -> Scores:
    """Attribute every text and score it."""
    names = ("content tokens", "content partial", "e2e", "full", "cue tokens", "direct partial", "direct e2e")
    rates = {n: Rate() for n in names}
    outcomes: list[tuple[float, bool]] = []
    sources = [0, 0]
    number = 0
    for gold, found in _analysed(texts, attribute):
        number += 1
        index = TokenIndex(gold.text)
        g = [{k: index.of(v) for k, v in a.items()} for a in gold.attributions]
        p = [
            {
                "source": index.of(_ranges(a.source)),
                "cue": index.of(_ranges(a.cue)),
                "content": index.of(_ranges(a.content)),
            }
            for a in found
        ]
        pairs = pair([x["content"] for x in g], [x["content"] for x in p])
        partner = {j: i for i, j in pairs}
        good = {j for i, j in pairs if source_agrees(index, g[i]["source"], p[j]["source"])}
        full = {j for j in good if g[partner[j]]["cue"] & p[j]["cue"]}
        sources[0] += len(good)
        sources[1] += len(pairs)
        outcomes += [(a.confidence, j in good) for j, a in enumerate(found)]
        direct_gold = {i for i, a in enumerate(gold.attributions) if _direct(gold.text, a["content"])}
        direct_predicted = [
            j for j, a in enumerate(found)
            if (partner[j] in direct_gold if j in partner else _direct(gold.text, _ranges(a.content)))
        ]  # fmt: skip
        _count(rates["content partial"], len(pairs), len(p), len(g))
        _count(rates["e2e"], len(good), len(p), len(g))
        _count(rates["full"], len(full), len(p), len(g))
        _count(
            rates["direct partial"], sum(i in direct_gold for i, _ in pairs), len(direct_predicted), len(direct_gold)
        )
        _count(
            rates["direct e2e"], sum(partner[j] in direct_gold for j in good), len(direct_predicted), len(direct_gold)
        )
        for name, role in (("content tokens", "content"), ("cue tokens", "cue")):
            a, b = frozenset().union(*(x[role] for x in g)), frozenset().union(*(x[role] for x in p))
            _count(rates[name], len(a & b), len(b), len(a))
    return Scores(number, rates, sources[0] / max(1, sources[1]), outcomes)


def _analysed(
    texts: Iterable[GoldText], attribute: Callable[[Document], Analysis]
) -> Iterator[tuple[GoldText, list[Attribution]]]:
    for gold in texts:
        analysis = attribute(Document(path=gold.name, text=gold.text, sha256="", language="en"))
        yield gold, [a for a in analysis.attributions if a.parent is None]


def _count(rate: Rate, hit: int, predicted: int, gold: int) -> None:
    rate.hit += hit
    rate.predicted += predicted
    rate.gold += gold


def reliability(outcomes: Sequence[tuple[float, bool]], bins: int = 10) -> list[tuple[float, float, int, float, float]]:
    """Rows (from, to, count, mean confidence, share right) of the confidences in equal bins; empty bins are left out."""
    out = []
    for b in range(bins):
        low, high = b / bins, (b + 1) / bins
        rows = [x for x in outcomes if low <= x[0] < high or (b == bins - 1 and x[0] == 1)]
        if rows:
            out.append((low, high, len(rows), sum(c for c, _ in rows) / len(rows), sum(r for _, r in rows) / len(rows)))
    return out


def thresholds(texts: Sequence[GoldText], attribute: Callable[[Document, float], Analysis]) -> list[tuple[float, Rate]]:
    """(threshold, e2e) for thresholds on the confidence; `attribute` gives what stands under a threshold."""
    return [
        (t, evaluate(texts, lambda document, t=t: attribute(document, t)).rates["e2e"])  # type: ignore[misc]
        for t in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    ]
