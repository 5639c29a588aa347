"""Shifts: our segmentation against ruptures, on simulated, shuffled and real series, in one table.

    nice -n 15 env OMP_NUM_THREADS=1 python bench/shifts.py [--data ../shared/data] [--quick]

A detector gives each boundary it reports a position; ours gives a probability as well. False alarm: a series without
shift in which anything is reported. Found: a true shift with a reported boundary within 5% of the items (at least 3), each
boundary used once. Each baseline's penalty is tuned on separate null series, at the same lengths, to the false alarm rate
that our p >= 0.9 has on them, or to 5% where that is higher ("matched"): so the baselines are never handicapped.
The real series and the turns of history against which they are held were fixed before the first run; see below.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import itertools
import math
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import ruptures
from scipy.optimize import minimize
from scipy.special import softmax

from sayso.track._segment import segment_units
from sayso.track._units import Units, softness

LEVEL = 0.9
FEDERAL_RESERVE = {
    "first rise": "1999-06-30",
    "cut": "2001-01-03",
    "rise": "2004-06-30",
    "pause": "2006-08-08",
    "cut again": "2007-09-18",
}
# Stated before any run. Each is a turn in who speaks or in what the government said to the world. China's seat went from
# Taipei to Peking by resolution 2758 (25 October 1971); Cuba's revolution took power on 1 January 1959; for the United
# States the Cold War ended with the fall of the Berlin Wall (9 November 1989).
UNITED_NATIONS = {"CHN": "1971-10-25", "CUB": "1959-01-01", "USA": "1989-11-09"}


@dataclass(frozen=True)
class Series:
    """Items in order of time: counts (n, k) of codes, day (n,), and the true shifts as indices of first new items."""

    counts: np.ndarray
    day: np.ndarray
    cuts: tuple[int, ...]
    softness: float = 1.0

    def units(self) -> Units:
        """The series as the segmentation takes it: one unit an item."""
        held = self.counts.sum(axis=1) > 0
        counts, day = self.counts[held].astype(float), self.day[held]
        total = counts.sum(axis=1)
        names = tuple(f"code {i}" for i in range(counts.shape[1]))
        item = np.arange(len(day))
        return Units(names, counts, day, day, item, total, np.ceil(total - 1e-6).astype(np.int64), item, self.softness)


def simulate(random: np.random.Generator, n: int, k: int, s: float, most: int, shifts: int, size: float) -> Series:
    """n items of 1 … most statements, item distributions Dirichlet(s p), irregular dates, `shifts` changes of `size`.

    `size` is the total variation between neighbouring periods.
    """
    while True:
        cuts = sorted(random.choice(np.arange(1, n), shifts, replace=False)) if shifts else []
        if np.diff([0, *cuts, n]).min() >= max(5, n // (3 * (shifts + 1))):
            break
    shares = [random.dirichlet(np.full(k, 3.0))]
    while len(shares) <= shifts:
        other = random.dirichlet(np.full(k, 1.0))
        distance = np.abs(other - shares[-1]).sum() / 2
        if distance >= size:
            shares.append(shares[-1] + (other - shares[-1]) * size / distance)
    period = np.searchsorted(cuts, np.arange(n), side="right") if shifts else np.zeros(n, dtype=int)
    total = random.integers(1, most + 1, n)
    theta = np.array([random.dirichlet(np.maximum(s * shares[p], 1e-3)) for p in period])
    counts = np.array([random.multinomial(m, t) for m, t in zip(total, theta, strict=True)])
    day = 730_000 + np.cumsum(1 + np.floor(random.exponential(6, n))).astype(np.int64)
    return Series(counts, day, tuple(int(c) for c in cuts))


# ---------------------------------------------------------------- detectors


@dataclass(frozen=True)
class Report:
    """What a detector says of a series: indices of first new items, with probabilities and date spans where it has them."""

    cuts: tuple[int, ...]
    probabilities: tuple[float, ...] = ()
    covers: tuple[tuple[int, int], ...] = ()  # first and last ordinal day of the 90% span

    def at(self, level: float) -> tuple[int, ...]:
        """The boundaries that reach a probability."""
        if not self.probabilities:
            return self.cuts
        return tuple(c for c, p in zip(self.cuts, self.probabilities, strict=True) if p >= level)


def ours(series: Series) -> Report:
    """The segmentation of `sayso.track`."""
    line = segment_units(series.units())
    cuts = tuple(int(np.searchsorted(series.day, shift.date.toordinal())) for shift in line.shifts)
    spans = tuple((s.interval[0].toordinal(), s.interval[1].toordinal()) for s in line.shifts)
    return Report(cuts, tuple(s.probability for s in line.shifts), spans)


def baseline(model: str, jump: int) -> Callable[[Series, float], Report]:
    """ruptures on the items' shares: Pelt, and with jump=1 its C twin KernelCPD, which finds the same optimum."""

    def detect(series: Series, penalty: float) -> Report:
        signal = series.counts / np.maximum(series.counts.sum(axis=1, keepdims=True), 1e-9)
        # the penalties of Pelt grow with log n and, for l2, with the variance of the noise
        scale = math.log(len(signal))
        if model == "l2":
            scale *= max(float(np.diff(signal, axis=0).var(axis=0).sum()) / 2, 1e-9)
        if jump == 1:
            search = ruptures.KernelCPD(kernel={"l2": "linear"}.get(model, model), min_size=2)
        else:
            search = ruptures.Pelt(model=model, min_size=2, jump=jump)
        return Report(tuple(search.fit(signal).predict(pen=penalty * scale)[:-1]))

    return detect


BASELINES: dict[str, tuple[Callable[[Series, float], Report], str]] = {
    "Pelt l2, jump 1": (baseline("l2", 1), "l2"),
    "Pelt rbf, jump 1": (baseline("rbf", 1), "rbf"),
    "Pelt l2, jump 5 (default)": (baseline("l2", 5), "l2"),
    "Pelt rbf, jump 5 (default)": (baseline("rbf", 5), "rbf"),
}
PENALTIES = {"l2": np.geomspace(0.5, 60.0, 28), "rbf": np.geomspace(0.1, 20.0, 28)}


def tune(
    detect: Callable[[Series, float], Report], nulls: Sequence[Series], penalties: np.ndarray, rate: float
) -> float:
    """The smallest penalty whose false alarm rate on `nulls` is at most `rate`."""
    low, high = 0, len(penalties) - 1
    while low < high:
        middle = (low + high) // 2
        alarms = np.mean([bool(detect(series, penalties[middle]).cuts) for series in nulls])
        low, high = (low, middle) if alarms <= rate else (middle + 1, high)
    return float(penalties[low])


# ---------------------------------------------------------------- scores


def match(found: Sequence[int], true: Sequence[int], within: float) -> list[int]:
    """Distances of the true shifts that were found, nearest pairs first, each boundary used once."""
    pairs = sorted((abs(f - t), f, t) for f in found for t in true)
    used_f: set[int] = set()
    used_t: set[int] = set()
    errors = []
    for distance, f, t in pairs:
        if distance <= within and f not in used_f and t not in used_t:
            errors.append(distance)
            used_f.add(f)
            used_t.add(t)
    return errors


def reach(series: Series) -> float:
    """How near a boundary must be to count as found."""
    return max(3.0, 0.05 * len(series.day))


def score(name: str, series: Sequence[Series], reports: Sequence[Report], seconds: float) -> list[str]:
    """One row: false alarms, detection at one and three shifts, wrong boundaries, date error, time."""
    nulls = [bool(r.at(LEVEL)) for s, r in zip(series, reports, strict=True) if not s.cuts]
    row = [name, f"{np.mean(nulls):.1%}"]
    errors: list[int] = []
    spurious = 0
    reported = 0
    for shifts in (1, 3):
        true = 0
        hits: list[int] = []
        for s, r in zip(series, reports, strict=True):
            if len(s.cuts) == shifts:
                near = match(r.at(LEVEL), s.cuts, reach(s))
                hits += near
                true += shifts
                reported += len(r.at(LEVEL))
                spurious += len(r.at(LEVEL)) - len(near)
        errors += hits
        row.append(f"{len(hits) / max(true, 1):.1%}")
    row.append(f"{spurious / max(reported, 1):.1%}")
    row.append(f"{np.mean(errors):.2f}" if errors else "-")
    row.append(f"{1000 * seconds / len(series):.0f} ms")
    return row


HEADER = [
    "detector",
    "null series with a shift",
    "found, 1 shift",
    "found, 3 shifts",
    "wrong ones",
    "mean error (items)",
    "time a series",
]


def calibration(series: Sequence[Series], reports: Sequence[Report]) -> list[list[str]]:
    """Of the shifts announced at about p: how many are true, and does the 90% span hold the true date?"""
    rows = []
    said: list[tuple[float, bool, bool]] = []
    for s, r in zip(series, reports, strict=True):
        for cut, p, (low, high) in zip(r.cuts, r.probabilities, r.covers, strict=True):
            inside = any(low <= s.day[t] <= high for t in s.cuts)
            near = any(abs(cut - t) <= reach(s) for t in s.cuts)
            said.append((p, inside, near))
    table = np.array(said, dtype=float)
    for low, high in ((0.0, 0.7), (0.7, 0.85), (0.85, 0.95), (0.95, 1.001)):
        rows_in = table[(table[:, 0] >= low) & (table[:, 0] < high)]
        if len(rows_in):
            rows.append(
                [f"{low:.2f} to {min(high, 1):.2f}", str(len(rows_in)), f"{rows_in[:, 0].mean():.2f}",
                 f"{rows_in[:, 1].mean():.2f}", f"{rows_in[:, 2].mean():.2f}"]
            )  # fmt: skip
    return rows


# ---------------------------------------------------------------- the three parts


def simulated(count: int, seed: int) -> list[Series]:
    """`count` series without shift, `count` with one and half as many with three."""
    random = np.random.default_rng(seed)
    lengths, sizes, spreads = (40, 80, 150, 300), (0.25, 0.4, 0.6), (3.0, 8.0, 30.0)
    made = []
    for shifts, number in ((0, count), (1, count), (3, count // 2)):
        for i in range(number):
            n, size = lengths[i % 4], sizes[(i // 4) % 3]
            k, s = int(random.integers(3, 9)), spreads[(i // 12) % 3]
            made.append(simulate(random, n, k, s, int(random.choice([4, 10, 20])), shifts, size))
    return made


def timed(detect: Callable[[Series], Report], series: Iterable[Series]) -> tuple[list[Report], float]:
    """Reports and seconds of processor time."""
    start = time.process_time()
    return [detect(one) for one in series], time.process_time() - start


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table that is readable as plain text too."""
    widths = [max(len(row[c]) for row in (header, *rows)) for c in range(len(header))]

    def show(row: Sequence[str]) -> str:
        return "| " + " | ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) + " |"

    print(f"\n{title}\n\n{show(header)}\n|{'|'.join('-' * (width + 2) for width in widths)}|")
    print("\n".join(show(row) for row in rows), flush=True)


def part_simulated(count: int) -> dict[str, float]:
    """Simulated series; returns the baselines' tuned penalties."""
    tuning = simulated(count, seed=1)[:count]
    rate = max(0.05, float(np.mean([bool(ours(s).at(LEVEL)) for s in tuning])))
    series = simulated(count, seed=2)
    reports, seconds = timed(ours, series)
    rows = [score("sayso, p >= 0.9", series, reports, seconds)]
    # the same detector at the level where its own false alarms are as many as the baselines'
    strongest = sorted((max(ours(s).probabilities, default=0.0) for s in tuning), reverse=True)
    level = max(0.5, strongest[int(rate * len(tuning))] + 1e-9)
    matched = [Report(r.at(level)) for r in reports]
    rows.append(score(f"sayso, matched (p >= {level:.2f})", series, matched, seconds))
    penalties = {}
    for name, (detect, kind) in BASELINES.items():
        penalties[name] = tune(detect, tuning[:100], PENALTIES[kind], rate)
        found, seconds = timed(lambda s, d=detect, p=penalties[name]: d(s, p), series)
        rows.append(score(name, series, found, seconds))
    null, one = sum(not s.cuts for s in series), sum(len(s.cuts) == 1 for s in series)
    title = f"**Simulated**, {null} series without, {one} with one, {len(series) - null - one} with three shifts; "
    print_table(title + f"baselines tuned to {rate:.1%} false alarms on other series", HEADER, rows)
    header = ["announced at p", "shifts", "mean p", "true date in the 90% span", "true shift near"]
    print_table("**Calibration** of sayso on the same series", header, calibration(series, reports))
    return penalties


# ---------------------------------------------------------------- real series


def words(text: str) -> list[str]:
    """Words and pairs of neighbouring words, lower case."""
    single = re.findall(r"[a-z]{2,}", text.lower())
    return single + [f"{a} {b}" for a, b in itertools.pairwise(single)]


def sentences(text: str) -> list[str]:
    """Sentences of at least five words, roughly cut."""
    parts = re.split(r"(?<=[.!?])[\s\"']+(?=[A-Z\"'])", re.sub(r"\s+", " ", text))
    return [part for part in parts if part.count(" ") >= 4]


class Stance:
    """Logistic regression on words, for this benchmark alone: hawkish, dovish or neutral, with probabilities."""

    codes = ("dovish", "hawkish", "neutral")

    def __init__(self, table: Path) -> None:
        with table.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        seen = Counter(word for row in rows for word in set(words(row["sentence"])))
        self.place = {word: i for i, word in enumerate(sorted(w for w, c in seen.items() if c >= 3))}
        self.rarity = np.log(len(rows) / np.array([seen[word] for word in self.place]))
        x = self.features([row["sentence"] for row in rows])
        y = np.eye(3)[[self.codes.index(row["label"]) for row in rows]]

        # the strength of the penalty by the log loss on every fifth sentence
        held = np.arange(len(y)) % 5 == 0

        def judge(strength: float) -> float:
            p = softmax(x[held] @ self.fit(x[~held], y[~held], strength), axis=1)
            return float(-np.log(p[y[held] > 0]).mean())

        self.weights = self.fit(x, y, min((1.0, 0.3, 0.1, 0.03), key=judge))

    @staticmethod
    def fit(x: np.ndarray, y: np.ndarray, strength: float) -> np.ndarray:
        """Weights (features, 3) that minimise log loss plus `strength` times half their squared length."""

        def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
            w = flat.reshape(x.shape[1], 3)
            p = softmax(x @ w, axis=1)
            value = -np.log(p[y > 0] + 1e-12).sum() + 0.5 * strength * float(flat @ flat)
            return value, (x.T @ (p - y) + strength * w).ravel()

        start = np.zeros(x.shape[1] * 3)
        return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 60}).x.reshape(-1, 3)

    def features(self, texts: Sequence[str]) -> np.ndarray:
        """Unit rows of tf-idf, with a constant."""
        x = np.zeros((len(texts), len(self.place) + 1))
        for i, text in enumerate(texts):
            for word in words(text):
                if word in self.place:
                    x[i, self.place[word]] = self.rarity[self.place[word]]
        x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
        x[:, -1] = 1.0
        return x

    def code(self, text: str) -> np.ndarray:
        """Probabilities of the three codes, (sentences, 3)."""
        return softmax(self.features(sentences(text) or [text]) @ self.weights, axis=1)


THEMES = {
    "war and arms": r"\b(war|wars|aggress\w*|disarm\w*|nuclear|weapon\w*|armed|missile\w*)\b",
    "colonies and great powers": r"\b(colon\w*|imperial\w*|hegemon\w*|racis\w*|apartheid|zionis\w*|super-?powers?)\b",
    "communism and freedom": r"\b(communis\w*|soviet|totalitarian\w*|free world|revolution\w*|socialis\w*)\b",
    "economy and development": r"\b(econom\w*|trade|debt|develop\w*|poverty|investment)\b",
    "rights and democracy": r"\b(human rights|democra\w*|freedoms?|elections?|rule of law)\b",
    "terror": r"\b(terror\w*|extremis\w*)\b",
    "climate and health": r"\b(climate|environment\w*|warming|pandemic|health|carbon)\b",
    "charter and peace": r"\b(charter|security council|peace-?keeping|general assembly|peaceful|cooperation)\b",
}


def themes(text: str) -> np.ndarray:
    """Sentences by theme, (sentences, themes); one that touches several is divided among them, one of none left out."""
    hits = [[bool(re.search(pattern, sentence, re.I)) for pattern in THEMES.values()] for sentence in sentences(text)]
    table = np.array([hit for hit in hits if any(hit)], dtype=float).reshape(-1, len(THEMES))
    return table / table.sum(axis=1, keepdims=True)


def read_series(files: Sequence[Path], day: Callable[[Path], dt.date], code: Callable[[str], np.ndarray]) -> Series:
    """One item a file."""
    dated = sorted((day(file), file) for file in files)
    coded = [code(file.read_text(encoding="utf-8", errors="replace")) for _, file in dated]
    counts = np.array([table.sum(axis=0) for table in coded])
    soft = softness(counts.sum(axis=0), float(sum((table**2).sum() for table in coded)), float(counts.sum()))
    return Series(counts, np.array([d.toordinal() for d, _ in dated]), (), soft)


def block_permuted(series: Series, block: int, random: np.random.Generator) -> Series:
    """The series with its items shuffled in blocks: no shift is left, short-range likeness is."""
    n = len(series.day)
    starts = np.arange(-int(random.integers(block)), n, block)
    pieces = [np.arange(max(a, 0), min(a + block, n)) for a in starts]
    order = np.concatenate([pieces[i] for i in random.permutation(len(pieces))])
    return Series(series.counts[order], series.day, (), series.softness)


def part_permuted(real: dict[str, Series], penalties: dict[str, float], copies: int) -> None:
    """Share of block-permuted real series in which anything is reported."""
    random = np.random.default_rng(3)
    rows = []
    for name, series in real.items():
        for block in (1, 3, 6):
            shuffled = [block_permuted(series, block, random) for _ in range(copies)]
            row = [name, str(len(series.day)), str(block)]
            row.append(f"{np.mean([bool(ours(s).at(LEVEL)) for s in shuffled]):.0%}")
            for baseline_name, (detect, _) in BASELINES.items():
                row.append(f"{np.mean([bool(detect(s, penalties[baseline_name]).cuts) for s in shuffled]):.0%}")
            rows.append(row)
    header = ["series", "items", "block", "sayso, p >= 0.9", *BASELINES]
    print_table(f"**Block-permuted real series**, {copies} copies each: share with any shift", header, rows)


def part_real(real: dict[str, Series], turns: dict[str, list[dt.date]], penalties: dict[str, float]) -> None:
    """Known turns against what is reported, at most two items off."""
    rows = []
    for name, series in real.items():
        true = [int(np.searchsorted(series.day, turn.toordinal())) for turn in turns[name]]
        report = ours(series)
        found = {"sayso, p >= 0.9": report.at(LEVEL), "sayso, all": report.cuts}
        for baseline_name, (detect, _) in BASELINES.items():
            found[baseline_name] = detect(series, penalties[baseline_name]).cuts
        for detector, cuts in found.items():
            near = match(cuts, true, 2)
            days = [min((abs(int(series.day[c]) - t.toordinal()) for c in cuts), default=None) for t in turns[name]]
            mean = "-" if not cuts else f"{np.median([d for d in days if d is not None]):.0f}"
            dates = ", ".join(dt.date.fromordinal(int(series.day[c])).strftime("%Y-%m") for c in cuts[:12])
            more = f" and {len(cuts) - 12} more" if len(cuts) > 12 else ""
            rows.append([name, detector, str(len(cuts)), f"{len(near)} of {len(true)}", mean, dates + more])
    header = ["series", "detector", "shifts", "turns within 2 items", "median days to the nearest", "reported"]
    print_table("**Real series** against the turns stated beforehand", header, rows)


def real_series(data: Path) -> tuple[dict[str, Series], dict[str, list[dt.date]]]:
    """The committee's statements and minutes and the three governments' speeches, with their turns."""
    stance = Stance(data / "fomc" / "stance-train.csv")
    real: dict[str, Series] = {}
    turns: dict[str, list[dt.date]] = {}
    for kind in ("statements", "minutes"):
        real[kind] = read_series(
            sorted((data / "fomc" / kind).glob("*.txt")),
            lambda file: dt.datetime.strptime(file.stem[:8], "%Y%m%d").date(),
            stance.code,
        )
        span = [dt.date.fromordinal(int(real[kind].day[i])) for i in (0, -1)]
        known = [dt.date.fromisoformat(day) for day in FEDERAL_RESERVE.values()]
        turns[kind] = [day for day in known if span[0] < day < span[1]]
    for country, turn in UNITED_NATIONS.items():
        name = f"UN debate, {country}"
        files = sorted((data / "un-general-debate").glob(f"{country}_*.txt"))
        real[name] = read_series(files, lambda file: dt.date(int(file.stem[-4:]), 9, 20), themes)
        turns[name] = [dt.date.fromisoformat(turn)]
    return real, turns


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every part and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    parser.add_argument("--quick", action="store_true", help="a fifth of the series")
    options = parser.parse_args(arguments)
    penalties = part_simulated(40 if options.quick else 200)
    if options.data.is_dir():
        real, turns = real_series(options.data)
        part_permuted(real, penalties, 10 if options.quick else 40)
        part_real(real, turns, penalties)
    else:
        print(f"\n{options.data}: not there, real series left out", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
