"""What every coder does: units in, predictions out; statements in, codings out. A model is one, a person is another."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sayso.code.codebook import Family
from sayso.code.unit import Unit, unit_of
from sayso.records import Coding, Statement

BATCH = 256  # units coded at once: bounds memory


@dataclass(frozen=True, slots=True)
class Prediction:
    """The best code, how probable it is, and whether that is less than the family asks for.

    `probabilities` holds every code of the family: they sum to 1, or in a family of `multiple` codes each is a
    probability of its own. `reasons` are the coded examples nearest to the text, best first.
    """

    code: str
    probability: float
    unsure: bool
    probabilities: Mapping[str, float]
    reasons: tuple[str, ...] = ()


class Coder(ABC):
    """A model that codes by one family. `name` goes into codings as "model:NAME"."""

    name: str
    family: Family
    learned: frozenset[str] = frozenset()
    """Ids of statements that it learned from and would only repeat: people have coded them, and it does not."""

    @abstractmethod
    def predict(self, units: Sequence[Unit]) -> list[Prediction]:
        """One prediction a unit, in their order."""

    def predict_many(self, units: Iterable[Unit], batch: int = BATCH) -> Iterator[Prediction]:
        """As `predict`, for more units than fit into memory."""
        rest = iter(units)
        while chunk := list(islice(rest, batch)):
            yield from self.predict(chunk)

    def code(self, statements: Iterable[Statement], *, at: dt.datetime | None = None) -> list[Coding]:
        """Codings of the statements: one each, or in a family of `multiple` codes one for each probable code.

        A statement without words gets none, nor does one that the coder only knows by heart.
        """
        units = [unit for unit in map(unit_of, statements) if unit.text.strip() and unit.id not in self.learned]
        out: list[Coding] = []
        for unit, seen in zip(units, self.predict_many(units), strict=True):
            chosen = [c for c, p in seen.probabilities.items() if p >= 0.5] if self.family.multiple else [seen.code]
            for code in chosen:
                p = seen.probabilities[code]
                out.append(
                    Coding(
                        statement=unit.id,
                        family=self.family.name,
                        code=code,
                        coder=f"model:{self.name}",
                        probability=p,
                        codebook_version=self.family.version,
                        coded_at=at,
                        unsure=p < self.family.unsure_below,
                        others={c: q for c, q in seen.probabilities.items() if c != code},
                        reasons=seen.reasons,
                    )
                )
        return out
