"""Sets of marked texts: `robustness.yaml` or `unseen.yaml` in, texts with expected attributions out, and a run's score.

A predicted attribution is right when its content overlaps an expected one by at least one half (Jaccard over tokens) and
their sources share a word or are both missing, as in `sayso.attribute.evaluate`.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from sayso.attribute.evaluate import Rate, TokenIndex, pair, source_agrees
from sayso.records import Analysis, Attribution, Document, Span

UNSEEN = Path(__file__).with_name("unseen.yaml")
KINDS = ("direct", "mixed", "indirect")
_OPEN = re.compile(r"⟦(\d+) (source|cue|direct|mixed|indirect)( block)?\|")
Ranges = list[tuple[int, int]]


@dataclass
class Expected:
    """An attribution as marked: character ranges, and the number of the one whose content holds it."""

    kind: str = ""
    source: Ranges = field(default_factory=list)
    cue: Ranges = field(default_factory=list)
    content: Ranges = field(default_factory=list)
    parent: str | None = None


@dataclass(frozen=True)
class Case:
    """A text of the set, without its marks."""

    id: str
    groups: tuple[str, ...]
    document: Document
    expected: dict[str, Expected]


def load(path: Path = Path(__file__).with_name("robustness.yaml")) -> list[Case]:
    """All cases, in their order in the file. Raises ValueError for marks that do not match."""
    return [_case(entry) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))]


def _case(entry: dict[str, object]) -> Case:
    marked = str(entry["text"])
    text = ""
    expected: dict[str, Expected] = defaultdict(Expected)
    blocks: list[Span] = []
    open_marks: list[tuple[str, str, bool, int]] = []
    at = 0
    while at < len(marked):
        m = _OPEN.match(marked, at)
        if m:
            around = [number for number, role, _, _ in open_marks if role in KINDS]
            if around and around[-1] != m[1]:
                expected[m[1]].parent = around[-1]
            open_marks.append((m[1], m[2], bool(m[3]), len(text)))
            at = m.end()
        elif marked[at] == "⟧":
            number, role, block, start = open_marks.pop()
            span = (start, len(text))
            if role in KINDS:
                expected[number].kind = role
                expected[number].content.append(span)
                if block:
                    blocks.append(Span(*span, text[start:]))
            else:
                getattr(expected[number], role).append(span)
            at += 1
        else:
            text += marked[at]
            at += 1
    if open_marks or "⟦" in text:
        raise ValueError(f"{entry['id']}: a mark is not closed, or misspelt")
    document = Document(path=str(entry["id"]), text=text, sha256="", language="en", quoted_blocks=tuple(blocks))
    return Case(str(entry["id"]), tuple(entry["groups"]), document, dict(expected))  # type: ignore[arg-type]


@dataclass
class Outcome:
    """How a run over the set scored."""

    overall: Rate  # top-level attributions
    groups: dict[str, Rate]
    nested: Rate  # nested ones, their parent right too
    kinds: tuple[int, int]  # right, of those found
    false_alarms: dict[str, list[str]]  # texts without an attribution in which one was found
    silent: int  # texts without an attribution
    misses: list[str]

    @property
    def kind_accuracy(self) -> float:
        return self.kinds[0] / self.kinds[1] if self.kinds[1] else 0.0

    @property
    def false_alarm_rate(self) -> float:
        """Attributions found in texts that have none, per such text."""
        return sum(map(len, self.false_alarms.values())) / max(1, self.silent)


def score(cases: Sequence[Case], attribute: Callable[[Document], Analysis]) -> Outcome:
    """Attribute every text of the set and compare."""
    out = Outcome(Rate(), defaultdict(Rate), Rate(), (0, 0), {}, 0, [])
    for case in cases:
        found = attribute(case.document).attributions
        if not case.expected:
            out.silent += 1
            if found:
                out.false_alarms[case.id] = [_words(a) for a in found]
            continue
        index = TokenIndex(case.document.text)
        top = [(n, e) for n, e in case.expected.items() if e.parent is None]
        outer = [a for a in found if a.parent is None]
        matched = _match(index, top, outer)
        for rate in (out.overall, *(out.groups[g] for g in case.groups if g != "nested")):
            _count(rate, len(matched), len(outer), len(top))
        inner_expected = [(n, e) for n, e in case.expected.items() if e.parent is not None]
        inner = [a for a in found if a.parent is not None]
        inner_matched = {
            n: a for n, a in _match(index, inner_expected, inner).items()
            if (holder := matched.get(case.expected[n].parent or "")) is not None and holder.id == a.parent
        }  # fmt: skip
        _count(out.nested, len(inner_matched), len(inner), len(inner_expected))
        both = {**matched, **inner_matched}
        right = sum(case.expected[n].kind == a.kind for n, a in both.items())
        out.kinds = (out.kinds[0] + right, out.kinds[1] + len(both))
        out.misses += [f"{case.id}: {n} not found" for n in case.expected if n not in both]
        out.misses += [
            f"{case.id}: {n} is {case.expected[n].kind}, found {a.kind}"
            for n, a in both.items()
            if case.expected[n].kind != a.kind
        ]
        hits = {a.id for a in both.values()}
        out.misses += [f"{case.id}: wrong: {_words(a)}" for a in found if a.id not in hits]
    return out


def _match(index: TokenIndex, gold: list[tuple[str, Expected]], found: list[Attribution]) -> dict[str, Attribution]:
    contents = [index.of((s.start, s.end) for s in a.content) for a in found]
    sources = [index.of((s.start, s.end) for s in a.source) for a in found]
    pairs = pair([index.of(e.content) for _, e in gold], contents)
    return {
        gold[i][0]: found[j] for i, j in pairs if source_agrees(index, index.of(gold[i][1].source), sources[j])
    }  # fmt: skip


def _words(a: Attribution) -> str:
    return (
        " | ".join(" … ".join(s.text for s in spans) for spans in (a.source, a.cue, a.content)) + f" ({a.confidence})"
    )


def _count(rate: Rate, hit: int, predicted: int, gold: int) -> None:
    rate.hit += hit
    rate.predicted += predicted
    rate.gold += gold


if __name__ == "__main__":
    from sayso.attribute import attribute

    for name in sys.argv[1:] or ["robustness.yaml"]:
        result = score(load(Path(__file__).with_name(name)), attribute)
        print(*result.misses, sep="\n")
        for group, rate in {**result.groups, "nested": result.nested, "all of the text itself": result.overall}.items():
            print(f"{group:24} P {rate.p:.3f}  R {rate.r:.3f}  F1 {rate.f1:.3f}  of {rate.gold}")
