"""What a coder sees of a statement: its words, and where known who acts and towards whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sayso.records import Span, Statement

_LONGEST = 1200  # characters; more than the encoder's window holds


@dataclass(frozen=True, slots=True)
class Unit:
    """A text to code. `actor` and `target` are words that stand in it ("" where unknown); `id` its statement's.

    `embedding` is the text's, where it was made before.
    """

    text: str
    actor: str = ""
    target: str = ""
    id: str = ""
    embedding: tuple[float, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the code that a person gave it (or that a codebook lists); `weight` says how much it counts."""

    text: str
    code: str
    actor: str = ""
    target: str = ""
    weight: float = 1.0


def unit_of(statement: Statement) -> Unit:
    """The unit of a statement: source, cue and content in the order of the text, as a reader meets them.

    Actor and target are given only where their words stand in it.
    """
    spans: list[Span] = list(statement.content)
    actor = ""
    if statement.attribution is not None:
        spans += [*statement.attribution.source, *statement.attribution.cue]
        actor = statement.attribution.source[0].text if statement.attribution.source else ""
    text = " ".join(" ".join(span.text.split()) for span in _in_order(spans))[:_LONGEST]
    target = statement.target.name if statement.target and statement.target.name in text else ""
    return Unit(text, actor if actor in text else "", target, statement.id, statement.embedding)


def _in_order(spans: Iterable[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda s: (s.start, -s.end)):
        if not kept or span.end > kept[-1].end:  # a cue or source inside a content span is already there
            kept.append(span)
    return kept
