"""How long the workbench's pages take on a large desk: `python bench/serving.py DESK [--users 20] [--think 3]`.

In: a desk (bench/generate.py makes one). Out: a table with, for each page, the time in the process's own CPU and as a user
waits for it. First each page alone, many addresses of it, none asked twice; then all pages at once by so many users, each
of whom asks for the next page a while after the last, from one `sayso serve` over HTTP. Last, what memory it took.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
from sqlalchemy import func, select

from sayso.desk import Desk
from sayso.store.schema import documents, statements

GOALS = {"search": 300, "reader": 300, "line": 1000, "overview": 300}  # ms, p95


class Addresses:
    """Addresses of pages as people ask for them: frequent actors and words more often than rare ones."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self._draw = random.Random(seed)
        with desk.store.reading() as connection:
            most = connection.execute(select(func.max(documents.c.key))).scalar_one()
            keys = [self._draw.randrange(1, most + 1) for _ in range(500)]
            self._pages = list(connection.execute(select(documents.c.id).where(documents.c.key.in_(keys))).scalars())
            text = connection.execute(select(statements.c.text).limit(200)).scalars()
            self._words = sorted({word for each in text for word in each.split() if len(word) > 3})
        self._actors = [each.id for each in desk.store.settings.actors()]
        self._topics = list(desk.store.settings.topics())
        self._outlets = [each.name for each in desk.store.settings.outlets()]

    def _one(self, names: list[str]) -> str:
        return names[min(int(self._draw.paretovariate(0.8)) - 1, len(names) - 1)]

    def search(self) -> str:
        """Words, facets, or both; one in ten asks for everything."""
        parts: dict[str, Callable[[], str]] = {
            "q": lambda: " ".join(self._draw.sample(self._words, self._draw.choice((1, 1, 2)))),
            "actor": lambda: self._one(self._actors),
            "topic": lambda: self._one(self._topics),
            "outlet": lambda: self._one(self._outlets),
            "language": lambda: self._draw.choice(("en", "de", "fr")),
            "depth": lambda: str(self._draw.randrange(4)),
            "kind": lambda: self._draw.choice(("direct", "indirect")),
            "since": lambda: str(self._draw.randrange(2011, 2024)),
        }
        chosen = self._draw.sample(list(parts), self._draw.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 3)))
        return "/search?" + "&".join(f"{name}={quote(parts[name]())}" for name in chosen)

    def reader(self) -> str:
        """A document."""
        return f"/documents/{self._draw.choice(self._pages)}"

    def line(self) -> str:
        """One actor on one topic."""
        return f"/lines/{self._one(self._actors)}/{self._one(self._topics)}"

    def overview(self) -> str:
        """The first page."""
        return "/"


@dataclass(frozen=True)
class Alone:
    """Milliseconds of a page: of the first, and 50th and 95th percentile of all, in the process's own time and as waited."""

    cold: float
    cpu: tuple[float, float]
    wall: tuple[float, float]
    pages: int


@dataclass(frozen=True)
class Together:
    """Milliseconds that users wait for each page (50th, 95th percentile, pages), and what it took."""

    users: int
    pages: dict[str, tuple[float, float, int]]
    each_second: float
    cpu_a_page: float  # ms
    memory: float  # MB at most
    load: float  # of the machine at the end, over a minute


def alone(desk: Desk, pages: Addresses, number: int) -> tuple[float, dict[str, Alone]]:
    """Each page by itself, inside this process: what it costs without the network and without others. First the seconds
    of the process's own time that reading the columns took."""
    from fastapi.testclient import TestClient

    from sayso.web import create_app

    client = TestClient(create_app(desk), base_url="http://127.0.0.1")
    cpu = time.process_time()
    desk.store.columns.image()
    columns = time.process_time() - cpu
    found = {}
    for name in GOALS:
        times = []
        for _ in range(number):
            address = getattr(pages, name)()
            wall = time.perf_counter()
            began = time.process_time_ns()
            answer = client.get(address)
            times.append(((time.process_time_ns() - began) / 1e6, (time.perf_counter() - wall) * 1000))
            assert answer.status_code == 200, (address, answer.status_code, answer.text[:300])
        cpus, walls = zip(*times, strict=True)
        found[name] = Alone(
            cpus[0], (_part(cpus, 0.5), _part(cpus, 0.95)), (_part(walls, 0.5), _part(walls, 0.95)), number
        )
    return columns, found


def together(folder: Path, pages: list[Addresses], think: float, seconds: float) -> Together:
    """All pages by several users at once, over HTTP from `sayso serve`, one process."""
    server = subprocess.Popen(
        [sys.executable, "-c", "from sayso.cli import main; main()", "serve", "--port", "0", "--desk", str(folder)],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stderr is not None
    line = ""
    while "http://" not in line:
        line = server.stderr.readline()
        assert line or server.poll() is None, "sayso serve did not start"
    base = next(word for word in line.split() if word.startswith("http://"))
    times: dict[str, list[float]] = defaultdict(list)
    try:
        with httpx.Client(base_url=base, timeout=600) as first:
            first.get("/search")
            first.get("/")
        before = _cpu(server.pid)
        ends = time.monotonic() + seconds

        def user(mine: Addresses, seed: int) -> None:
            draw = random.Random(seed)
            with httpx.Client(base_url=base, timeout=600) as client:
                if think:  # people do not all open their first page in the same moment
                    time.sleep(draw.expovariate(1 / think))
                while time.monotonic() < ends:
                    name = draw.choices(list(GOALS), (5, 3, 1, 1))[0]
                    address = getattr(mine, name)()
                    began = time.perf_counter()
                    answer = client.get(address)
                    times[name].append((time.perf_counter() - began) * 1000)
                    assert answer.status_code == 200, (address, answer.status_code)
                    if think:
                        time.sleep(draw.expovariate(1 / think))

        threads = [threading.Thread(target=user, args=(mine, n)) for n, mine in enumerate(pages)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        number = sum(map(len, times.values()))
        return Together(
            len(pages),
            {name: (_part(found, 0.5), _part(found, 0.95), len(found)) for name, found in times.items()},
            number / seconds,
            (_cpu(server.pid) - before) / number * 1000,
            _memory(server.pid),
            os.getloadavg()[0],
        )
    finally:
        server.terminate()
        server.wait(60)


def _part(values: Sequence[float], share: float) -> float:
    return (
        statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]
        if len(values) > 1
        else values[0]
    )


def _cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _memory(pid: int) -> float:
    """The most memory that a process has had, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("desk", type=Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--think", type=float, default=3.0, help="seconds between a user's two pages, on average")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pages", type=int, default=100, help="of each kind, asked for alone")
    given = parser.parse_args()
    with Desk.open(given.desk) as desk:
        print(f"{desk.store.statements.count()} statements in {desk.store.dialect}")
        users = [Addresses(desk, seed) for seed in range(given.users)]
        if given.pages:
            columns, found = alone(desk, Addresses(desk, 99), given.pages)
            print(f"reading the columns: {columns:.1f} s of CPU")
            print(f"{'alone':>10} {'CPU cold':>9} {'p50':>9} {'p95':>9} {'wall p50':>9} {'p95':>9}   (ms)")
            for name, each in found.items():
                parts = (each.cold, *each.cpu, *each.wall)
                print(f"{name:>10} " + " ".join(f"{value:>9.1f}" for value in parts))
    if given.users:
        all_ = together(given.desk, users, given.think, given.seconds)
        print(f"{all_.users} users at once, {given.think:g} s between two pages: {all_.each_second:.1f} pages/s, "
              f"{all_.cpu_a_page:.0f} ms of CPU a page, memory {all_.memory:.0f} MB at most, load {all_.load:.1f}")  # fmt: skip
        print(f"{'together':>10} {'pages':>6} {'p50':>9} {'p95':>9} {'goal':>6}   (ms)")
        for name, (half, most, number) in all_.pages.items():
            print(f"{name:>10} {number:>6} {half:>9.0f} {most:>9.0f} {GOALS[name]:>6}")


if __name__ == "__main__":
    main()
