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


def shipped() -> Engines:
    """The engines that come with the package."""
    from sayso.attribute import ATTRIBUTOR, attribute
    from sayso.link import LINKER
    from sayso.read import READER

    return Engines(READER, ATTRIBUTOR, LINKER, attribute)
