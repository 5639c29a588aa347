"""How often a code really occurs: model codings of everything and human codings of a random sample come in, shares with
intervals go out, so that the model's errors do not pass as trends.

The estimator is the difference estimator of survey sampling (Särndal, Swensson & Wretman 1992, ch. 6), known today as
prediction-powered inference (Angelopoulos et al. 2023, Science 382) in its power-tuned form (PPI++, Angelopoulos, Duchi
& Zrnic 2023): the model's mean over all statements, plus the mean error seen in the sample. It is unbiased whatever the
model does, provided that the sample was drawn at random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

_LEAST = 10  # sampled statements below which no interval is worth stating


@dataclass(frozen=True, slots=True)
class Prevalence:
    """Share of statements with a code: the model's count, and corrected with an interval (None: small sample)."""

    code: str
    model: float
    corrected: float | None
    low: float | None
    high: float | None
    statements: int
    sampled: int


Codes = str | frozenset[str]  # a person's code of a statement, or several


def corrected(
    codes: Sequence[str],
    model: Mapping[str, Mapping[str, float]],
    human: Mapping[str, Codes],
    *,
    known: Mapping[str, Codes] | None = None,
    level: float = 0.95,
) -> list[Prevalence]:
    """One row a code.

    `model` gives for every statement the probability of each code (a missing code is 0), `human` the code of
    the randomly sampled statements, which are among them. `known` are statements beside those of `model` of which only
    people say something (the model learned from them, so what it says of them says nothing): a stratum that is counted in
    full. Intervals lie within [0, 1]; `level` is their coverage.
    """
    sample = [s for s in human if s in model]
    rest = [s for s in model if s not in human]
    return [_one(code, model, human, list((known or {}).values()), sample, rest, level) for code in codes]


def _one(
    code: str,
    model: Mapping[str, Mapping[str, float]],
    human: Mapping[str, Codes],
    known: Sequence[Codes],
    sample: Sequence[str],
    rest: Sequence[str],
    level: float,
) -> Prevalence:
    every = np.array([model[s].get(code, 0.0) for s in (*sample, *rest)])
    plain = float(every.mean()) if len(every) else 0.0
    n, total = len(sample), len(every)
    if n < _LEAST:
        return Prevalence(code, plain, None, None, None, total + len(known), n)
    truth = np.array([float(_has(human[s], code)) for s in sample])
    guess = every[:n]
    # How much to lean on the model: what minimizes the variance of the estimate, between not at all and fully.
    spread = float(guess.var(ddof=1))
    covariance = float(np.cov(truth, guess)[0, 1]) if spread > 0 else 0.0
    lean = min(1.0, max(0.0, covariance / spread)) if spread > 0 else 0.0
    estimate = float(truth.mean()) + lean * (plain - float(guess.mean()))
    errors = truth - lean * guess
    variance = float(errors.var(ddof=1))
    if variance < 1e-12:  # a code that the sample never shows is not known to be absent (Agresti & Coull 1998)
        share = (float(truth.sum()) + 1) / (n + 2)
        variance = share * (1 - share)
    finite = max(0.0, 1 - n / total)  # every statement coded by people: nothing is left to chance
    reach = NormalDist().inv_cdf(0.5 + level / 2) * float(np.sqrt(variance / n * finite))
    part, there = total / (total + len(known)), sum(_has(given, code) for given in known)
    low, middle, high = (
        part * min(1.0, max(0.0, estimate + d)) + there / (total + len(known)) for d in (-reach, 0.0, reach)
    )
    return Prevalence(code, plain, middle, low, high, total + len(known), n)


def _has(given: Codes, code: str) -> bool:
    return given == code if isinstance(given, str) else code in given
