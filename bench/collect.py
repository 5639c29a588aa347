"""How many pages a second are fetched and archived, and whether memory stays flat.

    python bench/collect.py [--pages 3000] [--hosts 20] [--size 20000]

The site runs in a process of its own on loopback (20 hosts: 127.0.0.1, 127.0.0.2 …), the client is
`sayso.collect.gather` into a fresh archive. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "collect"))

from loopback_site import Reply, Site

from sayso.archive import Archive
from sayso.collect import CollectSettings, gather
from sayso.records import Failure

_WORDS = ("port", "authority", "said", "Monday", "members", "would", "not", "sign", "agreement", "strike", "unless")


def serve(size: int, ports: multiprocessing.Queue) -> None:
    """The site: each page differs, `size` bytes of words."""
    chance = random.Random(1)
    text = " ".join(chance.choice(_WORDS) for _ in range(size // 5))

    def any_page(request) -> Reply:
        if request.path == "/robots.txt":
            return Reply(b"User-agent: *\nDisallow: /private\n", "text/plain")
        return Reply(f"<html><body><h1>{request.path}</h1><p>{text}</p></body></html>".encode()[:size])

    with Site() as site:
        site.fallback = any_page
        ports.put(site.port)
        while True:
            time.sleep(60)
            site.log.clear()


def memory_mb() -> float:
    """Resident memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pages", type=int, default=3000)
    arguments.add_argument("--hosts", type=int, default=20)
    arguments.add_argument("--size", type=int, default=20_000)
    options = arguments.parse_args()
    ports: multiprocessing.Queue = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(options.size, ports), daemon=True)
    server.start()
    port = ports.get()
    settings = CollectSettings(allow_private=True)
    hosts = [f"127.0.{host // 250}.{1 + host % 250}" for host in range(options.hosts)]
    urls = [f"http://{hosts[number % len(hosts)]}:{port}/page/{number}" for number in range(options.pages)]
    memory: list[float] = []
    refused = 0
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder) / "archive") as archive:
        began = time.perf_counter()
        used = time.process_time()
        for number, result in enumerate(gather(urls, settings)):
            if isinstance(result, Failure):
                refused += 1
                print(result, file=sys.stderr)
            else:
                archive.put(result)
            if number % (options.pages // 10) == 0:
                memory.append(round(memory_mb(), 1))
        seconds = time.perf_counter() - began
        used = time.process_time() - used
        began = time.perf_counter()
        problems = len(list(archive.verify()))
        verified = time.perf_counter() - began
    server.terminate()
    out = {
        "pages": options.pages,
        "refused": refused,
        "seconds": round(seconds, 2),
        "pages_per_second": round(options.pages / seconds, 1),
        "cpu_ms_per_page": round(1000 * used / options.pages, 2),  # of the client: what a loaded machine leaves alone
        "memory_mb": memory,
        "verify_seconds": round(verified, 2),
        "problems": problems,
    }
    print(json.dumps(out))


if __name__ == "__main__":
    main()
