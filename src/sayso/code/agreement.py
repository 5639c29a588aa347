"""How far coders agree: codings of the same statements come in, coefficients with intervals go out.

Values are a table `units × coders` in which `None` is a missing coding; only units that two coders saw count. Rulings are
none of them: an adjudicator has seen what the others said.
Krippendorff's alpha follows Krippendorff (2011), "Computing Krippendorff's alpha-reliability"; its interval is a
bootstrap over units. Where a statement may have several codes, a value is the set of them, and sets that overlap differ less
than sets that do not (MASI, Passonneau 2006).
Cohen (1960), Fleiss (1971), and Gwet's AC1 (2008, "Computing inter-rater reliability ... in the presence of high
agreement") in the form for any number of coders and missing codings (Gwet 2014, Handbook, ch. 2-3).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sayso.code.codebook import Family
from sayso.code.review import ADJUDICATOR, is_model, settled_codes
from sayso.records import Coding

Metric = Literal["nominal", "ordinal", "interval", "sets"]
Table = Sequence[Sequence[Hashable | None]]
Array = NDArray[np.float64]
Codes = frozenset[str]
_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Measure:
    """A coefficient (None where it is not defined, say because only one code was used) and its 95% interval."""

    value: float | None
    low: float | None = None
    high: float | None = None
    units: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two coders over the statements that both coded."""

    coders: tuple[str, str]
    units: int
    observed: float
    kappa: float | None
    ac1: float | None
    alpha: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything that is shown of one family. `confusion[a][b]` counts statements that one coder gave a, another b.

    `alpha` is that of all coders; `people` that of people among themselves, `model` that of what people settled on (rulings
    included) and the models.
    """

    family: str
    coders: tuple[str, ...]
    units: int  # statements coded by at least two
    alpha: Measure  # nominal; of sets in families of several codes
    alpha_ordinal: Measure | None  # for families whose codes all have a value
    alpha_interval: Measure | None
    fleiss: float | None
    ac1: float | None
    codes: Mapping[str, Measure]  # alpha of each code against all others
    pairs: tuple[Pair, ...]
    confusion: Mapping[str, Mapping[str, int]]
    people: Measure = Measure(None)
    model: Measure = Measure(None)


def table_of(
    codings: Iterable[Coding], family: str, coders: Sequence[str] | None = None
) -> tuple[list[str], list[str], list[list[str | None]]]:
    """Statements, coders and the table of codes between them. Of several codes by one coder the surest counts."""
    best: dict[tuple[str, str], Coding] = {}
    for coding in codings:
        if coding.family == family and (coders is None or coding.coder in coders):
            key = coding.statement, coding.coder
            if key not in best or coding.probability > best[key].probability:
                best[key] = coding
    who = sorted({coder for _, coder in best}) if coders is None else list(coders)
    what = sorted({statement for statement, _ in best})
    table = [[best[s, c].code if (s, c) in best else None for c in who] for s in what]
    return what, who, table


def table_of_sets(codings: Iterable[Coding], family: str) -> tuple[list[str], list[str], list[list[Codes | None]]]:
    """As `table_of`, with all the codes that a coder gave to a statement."""
    given: dict[tuple[str, str], set[str]] = defaultdict(set)
    for coding in codings:
        if coding.family == family:
            given[coding.statement, coding.coder].add(coding.code)
    who, what = sorted({coder for _, coder in given}), sorted({statement for statement, _ in given})
    return what, who, [[frozenset(given[s, c]) if (s, c) in given else None for c in who] for s in what]


def agreement(codings: Iterable[Coding], family: Family, *, seed: int = 0, rounds: int = _ROUNDS) -> Agreement:
    """Agreement of all coders, people and models, on one family."""
    every = [coding for coding in codings if coding.family == family.name]
    given = [coding for coding in every if not coding.coder.startswith(ADJUDICATOR)]
    _, coders, found = table_of_sets(given, family.name) if family.multiple else table_of(given, family.name)
    table: Table = found
    shared = [row for row in table if sum(v is not None for v in row) >= 2]
    used = [name for name in family.names if any(name in _codes(v) for row in shared for v in row)]
    values = _sorted({v for row in shared for v in row if v is not None}) if family.multiple else used
    metric: Metric = "sets" if family.multiple else "nominal"
    scale = {code.name: code.value for code in family}
    scaled = [[None if v is None else scale.get(str(v)) for v in row] for row in shared]
    ordinal = family.ordinal and not family.multiple
    pairs = []
    for a, b in combinations(range(len(coders)), 2):
        both = [(row[a], row[b]) for row in shared if row[a] is not None and row[b] is not None]
        if both:
            same, close = sum(x == y for x, y in both) / len(both), alpha(both, metric).value
            pairs.append(Pair((coders[a], coders[b]), len(both), same, cohen(both), gwet_ac1(both, values), close))
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    for row in shared:
        for x, y in combinations([" + ".join(sorted(_codes(v))) for v in row if v is not None], 2):
            confusion[x][y] += 1
    names = used if not family.multiple else sorted(confusion)
    of_people = [[v for v, c in zip(row, coders, strict=True) if not is_model(c)] for row in table]
    return Agreement(
        family=family.name,
        coders=tuple(coders),
        units=len(shared),
        alpha=alpha(shared, metric, rounds=rounds, seed=seed),
        alpha_ordinal=alpha(scaled, "ordinal", rounds=rounds, seed=seed) if ordinal else None,
        alpha_interval=alpha(scaled, "interval", rounds=rounds, seed=seed) if ordinal else None,
        fleiss=fleiss(shared),
        ac1=gwet_ac1(shared, values),
        codes={name: alpha(binary(shared, name), rounds=rounds, seed=seed) for name in used},
        pairs=tuple(pairs),
        confusion={name: dict(confusion[name]) for name in names if confusion[name]},
        people=alpha(of_people, metric, rounds=rounds, seed=seed),
        model=alpha(with_model(every, family), metric, rounds=rounds, seed=seed),
    )


def with_model(codings: Iterable[Coding], family: Family) -> list[tuple[Codes, Codes]]:
    """What people settled on and what the model says, for each statement that both coded."""
    own = [coding for coding in codings if coding.family == family.name]
    people = settled_codes([c for c in own if not is_model(c.coder)], family)
    model = settled_codes([c for c in own if is_model(c.coder)], family)
    return [(people[s], model[s]) for s in sorted(people.keys() & model.keys())]


def _codes(value: Hashable | None) -> Codes:
    return value if isinstance(value, frozenset) else frozenset() if value is None else frozenset((str(value),))


def binary(table: Table, code: str) -> list[list[bool | None]]:
    """The table of one code against all others."""
    return [[None if v is None else code in _codes(v) for v in row] for row in table]


def alpha(table: Table, metric: Metric = "nominal", *, rounds: int = 0, seed: int = 0) -> Measure:
    """Krippendorff's alpha. Values are any labels for "nominal", sets of them for "sets", numbers for the others.

    With `rounds` > 0 a 95% percentile bootstrap over units is added. None where fewer than two values occur.
    """
    rows = [[v for v in row if v is not None] for row in table]
    rows = [row for row in rows if len(row) >= 2]
    names = _sorted({v for row in rows for v in row})
    if len(names) < 2:
        return Measure(None, units=len(rows))
    index = {name: n for n, name in enumerate(names)}
    counts = np.zeros((len(rows), len(names)))
    for n, row in enumerate(rows):
        for v in row:
            counts[n, index[v]] += 1
    value = _alpha(counts, metric, names)
    low = high = None
    if rounds and len(rows) >= 2:
        rng = np.random.default_rng(seed)
        drawn = [_alpha(counts[rng.integers(0, len(rows), len(rows))], metric, names) for _ in range(rounds)]
        kept = [d for d in drawn if d is not None]
        if kept:
            low, high = (float(q) for q in np.percentile(kept, (2.5, 97.5)))
    return Measure(value, low, high, len(rows))


def _alpha(counts: Array, metric: Metric, names: Sequence[Hashable]) -> float | None:
    """`counts` (units, values): how often each value was given to each unit."""
    size = counts.sum(axis=1)
    together = np.einsum("ua,ub->ab", counts / (size - 1)[:, None], counts) - np.diag(
        (counts / (size - 1)[:, None]).sum(axis=0)
    )
    margin = together.sum(axis=1)
    total = margin.sum()
    distance = _distance(metric, margin, names)
    expected = float((np.outer(margin, margin) * distance).sum()) / (total - 1) if total > 1 else 0.0
    return None if expected == 0 else 1 - float((together * distance).sum()) / expected


def _distance(metric: Metric, margin: Array, names: Sequence[Hashable]) -> Array:
    if metric == "nominal":
        return 1.0 - np.eye(len(names))
    if metric == "sets":
        sets = [_codes(name) for name in names]
        return np.array([[_masi(a, b) for b in sets] for a in sets])
    if metric == "interval":
        scale = np.array(names, dtype=np.float64)
        return np.asarray((scale[:, None] - scale[None, :]) ** 2)
    ranks = np.cumsum(margin) - margin / 2  # ordinal: what lies between two values, each end by half
    return np.asarray((ranks[:, None] - ranks[None, :]) ** 2)


def _masi(a: Codes, b: Codes) -> float:
    """Passonneau's distance of sets: what they share of all they hold, less where neither holds the other."""
    if a == b:
        return 0.0
    likeness = 2 / 3 if a <= b or b <= a else 1 / 3
    return 1 - likeness * len(a & b) / len(a | b)


def cohen(pairs: Sequence[Sequence[Hashable | None]]) -> float | None:
    """Cohen's kappa of two coders over the units that both coded; None where chance agreement is complete."""
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    if not both:
        return None
    n = len(both)
    left, right = Counter(a for a, _ in both), Counter(b for _, b in both)
    chance = sum(left[v] * right[v] for v in left) / n**2
    return None if chance == 1 else (sum(a == b for a, b in both) / n - chance) / (1 - chance)


def fleiss(table: Table) -> float | None:
    """Fleiss' kappa over units with two codings or more (the number of coders may differ between units)."""
    observed, shares = _observed(table)
    if observed is None:
        return None
    chance = sum(p**2 for p in shares.values())
    return None if chance == 1 else (observed - chance) / (1 - chance)


def gwet_ac1(table: Table, codes: Sequence[Hashable]) -> float | None:
    """Gwet's AC1 with the categories `codes` (those in use)."""
    observed, shares = _observed(table)
    k = len(codes)
    if observed is None or k < 2:
        return None
    chance = sum(shares.get(c, 0.0) * (1 - shares.get(c, 0.0)) for c in codes) / (k - 1)
    return (observed - chance) / (1 - chance)


def _observed(table: Table) -> tuple[float | None, dict[Hashable, float]]:
    """Mean pairwise agreement of units, and each code's mean share over units."""
    rows = [[v for v in row if v is not None] for row in table]
    rows = [row for row in rows if len(row) >= 2]
    if not rows:
        return None, {}
    agreed, shares = 0.0, defaultdict[Hashable, float](float)
    for row in rows:
        r = len(row)
        for value, count in Counter(row).items():
            agreed += count * (count - 1) / (r * (r - 1))
            shares[value] += count / r
    return agreed / len(rows), {v: s / len(rows) for v, s in shares.items()}


def _sorted(values: Iterable[Hashable]) -> list[Hashable]:
    return sorted(values, key=lambda v: (0, v, "") if isinstance(v, int | float) else (1, 0, str(v)))
