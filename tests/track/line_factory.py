"""Lines made up for tests: points with a known change."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from sayso.records import Point

CODES = ("threaten", "promise", "accuse")
FIRST = dt.date(2023, 1, 2)


def make_points(
    shares: Sequence[Sequence[float]],
    items: Sequence[int],
    *,
    seed: int = 0,
    spread: float = 8.0,
    statements: int = 5,
    every: int = 7,
    outlets: Sequence[str] = ("Gazette", "Herald", "Agency"),
) -> list[Point]:
    """`items[i]` items about `shares[i]`, one every `every` days, item distributions Dirichlet(spread * share)."""
    random = np.random.default_rng(seed)
    points = []
    number = 0
    for share, count in zip(shares, items, strict=True):
        for _ in range(count):
            theta = random.dirichlet(np.maximum(spread * np.asarray(share), 1e-3))
            day = FIRST + dt.timedelta(days=every * number)
            for j in range(int(random.integers(1, statements + 1))):
                code = CODES[int(random.choice(len(CODES), p=theta))]
                outlet = outlets[number % len(outlets)]
                points.append(
                    Point(day, day, {code: 1.0}, f"item {number}", f"s{number}.{j}", outlet, depth=number % 3)
                )
            number += 1
    return points


CHANGE = ([0.7, 0.1, 0.2], [0.1, 0.7, 0.2])
