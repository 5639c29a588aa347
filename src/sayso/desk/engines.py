"""The parts of the stages that a run uses, named by their producers: the shipped ones, or those a test hands over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sayso.records import Analysis, Document, Producer


@dataclass(frozen=True)
class Engines:
    """`embed` (n texts to n unit rows) is what coders learn with; None is the shipped encoder's."""

    reader: Producer
    attributor: Producer
    linker: Producer
    attribute: Callable[[Document], Analysis]
    embed: Callable[[Sequence[str]], Any] | None = None


def shipped(threshold: float = 0) -> Engines:
    """The engines that come with the package; `threshold` is the desk's for attributions, 0 the default one."""
    from sayso.attribute import attributor
    from sayso.link import LINKER
    from sayso.pipeline import shipped_attribute
    from sayso.read import READER

    least = threshold or None
    return Engines(READER, attributor(least), LINKER, shipped_attribute(threshold=least))
