"""Is a desk that was killed at random moments the same in the end as one that was left in peace?

    python bench/kill.py [--pages 2000] [--kills 50] [--engines small|shipped] [--seed 1]

A site on loopback (a process of its own) lists the pages in a sitemap. A child process collects and runs; it is killed with
SIGKILL at a random moment, the desk is verified, and the next child goes on, until all kills are spent; the last child is
left to finish. Then the desk's content is compared with that of a desk that no one disturbed. Prints one JSON object and
ends with status 1 where something differs or `verify` complained.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "collect"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "desk"))

from loopback_site import Reply, Site
from small_engines import ENGINES

from sayso.desk import Desk
from sayso.desk.engines import shipped
from sayso.store import dump

_WORDS = ("quay", "crane", "tide", "ledger", "winter", "rope", "signal", "barge", "stone", "pilot", "anchor", "engine")
_MOODS = ("they will be expelled for crossing the line", "those who left can come back and be welcome")
ACTORS = "actors:\n  - {id: union, name: Harbour Union, kind: group}\n  - {id: authority, name: Port Authority}\n"
TOPICS = "topics:\n  - {id: leavers, name: Those who left, words: [left, crossing]}\n"


def page(number: int, pages: int) -> bytes:
    """A short article; every tenth has the same bytes as another one, every seventh repeats another one's words."""
    if number % 10 == 9:
        number -= 1
    like = number - 1 if number % 7 == 6 else number
    chance = random.Random(like)
    fill = " ".join(chance.choice(_WORDS) for _ in range(40))
    words = f"Harbour Union said that in week {like} {_MOODS[2 * like // pages]}. Port Authority said nothing new."
    note = "" if like == number else "<p>The wire has this from elsewhere.</p>"
    day = f"{2001 + number // 360:04}-{1 + number // 30 % 12:02}-{1 + number % 28:02}"
    return (
        f'<html><head><title>Report {number}</title><meta property="article:published_time" content="{day}"></head>'
        f"<body><article><h1>Report {number}</h1><p>{fill}.</p><p>{words}</p>{note}</article></body></html>"
    ).encode()


def serve(pages: int, ports: multiprocessing.Queue) -> None:
    """The site."""

    def answer(request) -> Reply:
        if request.path.startswith("/page/"):
            return Reply(page(int(request.path.rpartition("/")[2]), pages))
        return Reply(b"not here", status=404)

    with Site() as site:
        site.fallback = answer
        rows = "".join(f"<url><loc>{site.url(f'/page/{number}')}</loc></url>" for number in range(pages))
        site.routes["/sitemap.xml"] = Reply(f"<urlset>{rows}</urlset>".encode(), "application/xml")
        ports.put(site.port)
        while True:
            time.sleep(60)
            site.log.clear()


def new_desk(folder: Path, port: int) -> Path:
    """A desk whose one feed is the site."""
    Desk.create(folder).close()
    (folder / "actors.yaml").write_text(ACTORS)
    (folder / "topics.yaml").write_text(TOPICS)
    settings = folder / "sayso.toml"
    text = (
        settings.read_text()
        .replace("allow_private = false", "allow_private = true")
        .replace("workers = 2", "workers = 1")
    )
    settings.write_text(text + f'\n[[feeds]]\nurl = "http://127.0.0.1:{port}/sitemap.xml"\n')
    return folder


def child(folder: Path, engines: str) -> None:
    """Collects and runs. Says when everything is loaded and the desk is open."""
    chosen = ENGINES if engines == "small" else shipped()
    with Desk.open(folder) as desk:
        print("ready", flush=True)
        desk.collect()
        desk.run(engines=chosen)


def start(folder: Path, engines: str) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, __file__, "--child", str(folder), "--engines", engines], stdout=subprocess.PIPE
    )
    process.stdout.readline()
    return process


def content(folder: Path) -> dict[str, list[str]]:
    """The rows of all tables, without those that tell of looks at the feed: each start looks once more."""
    with Desk.open(folder) as desk, desk.store.reading() as connection:
        found = {table.name: list(dump.rows(connection, table)) for table in dump.tables()}
    found["captures"] = [row for row in found["captures"] if "sitemap.xml" not in row]
    return found


def captured(folder: Path) -> int:
    with Desk.open(folder) as desk:
        return desk.store.captures.count()


def problems(folder: Path) -> list[str]:
    with Desk.open(folder) as desk:
        return list(desk.verify())


def trial(pages: int, kills: int, engines: str, seed: int) -> dict[str, object]:
    """Kill so often; gives what was measured, with `differs` (tables) and `problems` empty where all is well."""
    chance = random.Random(seed)
    ports: multiprocessing.Queue = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(pages, ports), daemon=True)
    server.start()
    port = ports.get()
    spent, desks, killed_in = 0, 0, {"collect": 0, "run": 0}
    differs: set[str] = set()
    found: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        undisturbed = new_desk(Path(place) / "undisturbed", port)
        process = start(undisturbed, engines)
        began = time.perf_counter()
        assert process.wait() == 0
        course = time.perf_counter() - began
        expected = content(undisturbed)
        found += problems(undisturbed)
        while spent < kills:
            desks += 1
            folder = new_desk(Path(place) / f"desk-{desks}", port)
            while spent < kills:
                process = start(folder, engines)
                try:
                    process.wait(timeout=chance.uniform(0, 2 * course / kills))
                    break  # it came to its end first
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                spent += 1
                killed_in["collect" if captured(folder) < len(expected["documents"]) else "run"] += 1
                found += problems(folder)
            assert start(folder, engines).wait() == 0
            found += problems(folder)
            now = content(folder)
            differs |= {name for name in expected if expected[name] != now[name]}
    server.terminate()
    return {
        "pages": pages,
        "documents": len(expected["documents"]),
        "statements": len(expected["statements"]),
        "engines": engines,
        "seconds_undisturbed": round(course, 1),
        "kills": spent,
        "killed_in": killed_in,
        "desks": desks,
        "problems": found,
        "differs": sorted(differs),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pages", type=int, default=2000)
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--engines", choices=("small", "shipped"), default="shipped")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.child:
        child(options.child, options.engines)
        return
    result = trial(options.pages, options.kills, options.engines, options.seed)
    print(json.dumps(result))
    sys.exit(bool(result["problems"] or result["differs"]))


if __name__ == "__main__":
    main()
