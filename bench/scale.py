"""Bulk runs measured: words a second end to end and by stage, for one process and two; memory while a WARC is read.

    python bench/scale.py speed [--pages 400] [--cores 0,1]
    python bench/scale.py memory [--gigabytes 1] [--short]
    python bench/scale.py all

It makes its own WARC: pages of 350 to 900 words in the manner of news, from sentences of a small grammar, so that attribution
finds about as much in them as in news (a seed makes the same pages each time). What each figure means:

- stages: words a second of processor time of one core, each stage alone on the same documents. `read` is HTML to text;
  `write` is everything after linking: rows, MinHash, Parquet.
- end to end: words a second over the second half of the partitions of `sayso.bulk`, so that starting does not count: of wall
  clock, and of the workers' processor time (without the child that reads, which `read` above measures). One process without
  Ray, then Ray with one and with two workers, each with a core of its own. The efficiency is that of two workers: words a
  second over twice those of one.
- memory: the largest resident memory of the process (with its child that reads) after each tenth of the input. `--short`
  replaces the encoder by a stand-in that finds sentences with "said": all of reading, cutting, linking and writing is real,
  but the gigabyte takes minutes and not a day. The encoder's own memory does not depend on the input: it sees windows of
  at most 510 pieces.
- a day of the world's news: an estimate, see `DAY`.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import random
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sayso.bulk import Kit, bulk
from sayso.bulk._pages import Page, pages
from sayso.bulk.output import Writer
from sayso.bulk.rows import rows_of
from sayso.bulk.run import cut
from sayso.bulk.sources import first_place, sources
from sayso.link import link
from sayso.pipeline import Extract
from sayso.read import read
from sayso.records import Analysis, Attribution, Document, Producer, Span

DAY = (400_000, 500)
"""Articles a day and words in one, for the estimate. Common Crawl's news crawl held 1.35 billion articles from August 2016 to
spring 2026 (Lazzaroni, Lasser, Solovev: Infini-News, arXiv:2605.18337), which is about 385,000 a day, of all languages; the
world prints more than one crawl finds. The words of an article are our own guess. Only English is attributed; for the
estimate all of it is taken as English."""

PEOPLE = ["Anna Keller", "Omar Haddad", "Grace Lindqvist", "Tomas Varga", "Leila Marsh", "Peter Okafor", "Ines Duarte"]
BODIES = ["the port authority", "the ministry", "the union", "the central bank", "the company", "the opposition party"]
CUES = ["said", "told reporters", "warned", "announced", "argued", "denied", "added"]
THINGS = ["talks", "the strike", "new rules", "the budget", "the vote", "prices", "the inquiry", "ferry services"]
ENDS = [
    "would begin next week",
    "could not go on",
    "had failed",
    "needed more time",
    "were under review",
    "will be cut",
]
FILLERS = [
    "Traffic in the old harbour was light on {day} and the market closed early",
    "The building was put up after the flood of {year} and has been empty for a decade",
    "About {number} people live in the district, many of them near the railway",
    "Rain fell for most of the morning and several roads were closed until noon",
    "The figures for {year} are the highest since records began",
]


def article(rng: random.Random) -> str:
    """One page of HTML."""
    sentences: list[str] = []
    for _ in range(rng.randint(22, 56)):
        pick = rng.random()
        what = f"{rng.choice(THINGS)} {rng.choice(ENDS)}"
        if pick < 0.18:
            sentences.append(
                f"{rng.choice(PEOPLE)} of {rng.choice(BODIES)} {rng.choice(['said', 'warned'])} that {what}."
            )
        elif pick < 0.32:
            sentences.append(f"“{what.capitalize()},” {rng.choice(PEOPLE)} {rng.choice(CUES)}.")
        elif pick < 0.38:
            sentences.append(f"According to {rng.choice(BODIES)}, {what}.")
        else:
            text = rng.choice(FILLERS).format(
                day="Monday", year=rng.randint(1950, 2020), number=rng.randint(200, 90_000)
            )
            sentences.append(f"{text}, {rng.choice(ENDS).replace('would', 'might')} or not.")
    paragraphs = [" ".join(sentences[n : n + 3]) for n in range(0, len(sentences), 3)]
    links = "".join(f'<li><a href="/{n}.html">{rng.choice(THINGS).capitalize()}</a></li>' for n in range(30))
    title = f"{rng.choice(BODIES).capitalize()}: {rng.choice(THINGS)} {rng.choice(ENDS)}"
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title><meta property='article:published_time' "
        f"content='2024-03-{rng.randint(1, 28):02}'></head><body><nav><ul>{links}</ul></nav><article><h1>{title}</h1>{body}"
        f"</article><footer><ul>{links}</ul></footer></body></html>"
    )


def write_warc(path: Path, *, count: int = 0, size: int = 0, padding: int = 0) -> int:
    """A WARC of `count` pages, or of about `size` bytes; `padding` random bytes of script a page. Gives the pages."""
    rng = random.Random(7)
    written = 0
    with path.open("wb") as file:
        while (count and written < count) or (size and file.tell() < size):
            noise = f"<script>var x='{rng.randbytes(padding // 2).hex()}'</script>" if padding else ""
            body = article(rng).replace("</head>", noise + "</head>").encode()
            block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://paper.example/{written}.html\r\n"
                f"WARC-Date: 2024-04-01T10:00:00Z\r\nWARC-Record-ID: <urn:bench:{written}>\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
            )
            packed = io.BytesIO()
            with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as member:
                member.write(head.encode() + block + b"\r\n\r\n")
            file.write(packed.getvalue())
            written += 1
    return written


def stand_in(document: Document) -> Analysis:
    """In place of the encoder where only the way around it is measured: every sentence with "said that"."""
    found = [
        Attribution(
            id=f"a{n}",
            source=(Span(m.start(1), m.end(1), m[1]),),
            cue=(Span(m.start(2), m.end(2), m[2]),),
            content=(Span(m.start(3), m.end(3), m[3]),),
            kind="indirect",
            confidence=0.5,
        )
        for n, m in enumerate(
            re.finditer(r"([A-Z]\w+ [A-Z]\w+)[^.]{0,40} (said|warned) that ([^.]+)\.", document.text), 1
        )
    ]
    return Analysis(tuple(found), producer=Producer("attribute", "stand-in"))


def stages(warc: Path, limit: int) -> dict[str, float]:
    """Words a second of processor time, of each stage."""
    from sayso.attribute import attribute

    (source,) = sources([str(warc)])
    partition = cut(source, limit, first_place(source), 0)
    assert partition is not None
    raw = [page for _, page in pages(partition) if isinstance(page, Page)]
    spent: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> object:
        start = time.process_time()
        made = work()
        spent[name] = time.process_time() - start
        return made

    documents: list[Document] = timed("read", lambda: [read(p.data, p.path, media_type=p.media_type) for p in raw])  # type: ignore[assignment]
    attribute(documents[0])  # loads the model
    found: list[Analysis] = timed("attribute", lambda: [attribute(d) for d in documents])  # type: ignore[assignment]
    pairs = list(zip(documents, found, strict=True))
    linked = timed("link", lambda: [link(d, a, None) for d, a in pairs])
    made = [Extract(d, each, (), (), a) for (d, a), each in zip(pairs, linked, strict=True)]  # type: ignore[call-overload]

    def write() -> None:
        with tempfile.TemporaryDirectory() as folder:
            writer = Writer(Path(folder))
            for n, each in enumerate(made):
                writer.add(rows_of(each, str(n), coded=False, about={}))
            writer.close()

    timed("write", write)
    words = sum(len(d.text.split()) for d in documents)
    spent["all"] = sum(spent.values())
    return {name: words / seconds for name, seconds in spent.items()}


def steady(warc: Path, address: str, workers: int, pages: int) -> tuple[float, float, int]:
    """(Words a second of wall clock and of the workers' processor time over the second half of the run, attributions)."""
    with tempfile.TemporaryDirectory() as folder:
        seen: list[tuple[float, int, float]] = []
        out = Path(folder, "out")
        made = bulk(
            [str(warc)],
            str(out),
            address=address,
            workers=workers,
            pages=pages,
            copies=False,
            advance=lambda size, entry: seen.append(
                (time.perf_counter(), int(entry["words"]), float(entry["seconds"]))
            ),
        )
        half = len(seen) // 2
        words = sum(number for _, number, _ in seen[half:])
        spent = sum(seconds for _, _, seconds in seen[half:])
        return words / (seen[-1][0] - seen[half - 1][0]), words / spent, made.counts["attributions"]


def resident(pid: int) -> int:
    """Resident bytes of a process and its children."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(path.parent.name) == pid or int(fields[1]) == pid:
            total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return total


def speed(count: int, cores: list[int], folder: Path) -> None:
    warc = folder / "speed.warc.gz"
    write_warc(warc, count=count)
    os.sched_setaffinity(0, {cores[0]})
    print("| stage | words a second of a core |\n| --- | --- |")
    for name, rate in stages(warc, min(count, 60)).items():
        print(f"| {name} | {rate:,.0f} |")
    part = max(2, count // 24)
    alone, alone_cpu, found = steady(warc, "", 1, part)
    one, one_cpu, same = steady(warc, "local", 1, part)
    assert found == same
    print("\n| end to end | words a second of wall clock | of a worker's processor time |\n| --- | --- | --- |")
    print(f"| one process, no Ray | {alone:,.0f} | {alone_cpu:,.0f} |\n| Ray, 1 worker | {one:,.0f} | {one_cpu:,.0f} |")
    if len(cores) > 1:
        os.sched_setaffinity(0, set(cores[:2]))
        two, two_cpu, same = steady(warc, "local", 2, part)
        assert found == same
        print(f"| Ray, 2 workers | {two:,.0f} | {two_cpu:,.0f} |")
        print(
            f"\nEfficiency of two workers: {two / (2 * one):.2f} by wall clock, {two_cpu / one_cpu:.2f} by processor time "
            "(which leaves out waiting, for others on the machine too)"
        )
    articles, words = DAY
    hours = articles * words / one / 3600
    print(
        f"\nEstimate, not a measurement: a day of the world's news ({articles:,} articles of {words} words) would take one "
        f"such core {hours:,.0f} hours; about {hours / 24 / 0.85:,.0f} cores at an efficiency of 0.85 keep up with it."
    )


def memory(gigabytes: float, folder: Path, short: bool) -> None:
    warc = folder / "memory.warc.gz"
    count = write_warc(warc, size=int(gigabytes * 10**9), padding=600_000)
    kit = Kit(attribute=stand_in) if short else Kit()
    total, done, marks = warc.stat().st_size, [0], list[tuple[float, int]]()
    start = time.perf_counter()

    def note(size: int, entry: dict[str, object]) -> None:
        done[0] += size
        marks.append((done[0] / total, resident(os.getpid())))

    made = bulk([str(warc)], str(folder / "out"), pages=100, kit=kit, copies=False, advance=note)
    seconds = time.perf_counter() - start
    print(f"\n{total / 1e9:.2f} GB of WARC, {count} pages, {made.words:,} words, {seconds:,.0f} s of wall clock")
    print("\n| input done | resident memory |\n| --- | --- |")
    for tenth in range(1, 11):
        here = [size for part, size in marks if (tenth - 1) / 10 < part <= tenth / 10 + 1e-9]
        if here:
            print(f"| {tenth * 10}% | {statistics.median(here) / 1e6:,.0f} MB |")
    print(f"\nLargest: {max(size for _, size in marks) / 1e6:,.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "memory", "all"))
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--cores", default=",".join(map(str, sorted(os.sched_getaffinity(0)))))
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="sayso-scale-"))
    try:
        if options.what in ("speed", "all"):
            speed(options.pages, [int(each) for each in options.cores.split(",")], folder)
        if options.what in ("memory", "all"):
            memory(options.gigabytes, folder, options.short)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
