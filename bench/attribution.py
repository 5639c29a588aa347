"""Attribution: how good, how fast, how soon and in how much memory.

    python bench/attribution.py [FOLDER] [--texts N] [--spacy MODEL]
    python bench/attribution.py --stream 1000000

FOLDER (default ../shared/data/polnear/dev) holds text/ and attributions/ in brat standoff. Prints

- the figures of `sayso bench attribution`: precision, recall, F1, the confidence's reliability, the threshold curve;
- where FOLDER has silver/ (CoreNLP's layers, with errors of their own): how far sentences, entities and antecedents agree;
- speed: words a second of processor time on one core, from a text to its JSON object, and which stage takes how much of it;
  next to them spaCy on the same texts, each in turn with ours, if spaCy and its small English model are installed: the
  whole model as `spacy.load` gives it, and its tagger and parser alone. All models are loaded before the clock runs;
- latency of one article of middling length, with the model loaded;
- cold start: `sayso extract` of that article in a new process, wall time and processor time (best of five), peak memory.

`--texts` takes only so many texts for the speed. `--stream` does another thing: it sends so many made-up documents of one
line, no two alike, through `extract_many` and prints the memory after each tenth. On a machine that does something else
besides, wall times mean little; processor times can still be compared with each other.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("OMP_NUM_THREADS", "1")

from sayso.attribute import attribute
from sayso.attribute.evaluate import Rate
from sayso.cli.bench import attribution as print_quality
from sayso.link import link
from sayso.pipeline import Extract, extract, extract_json, extract_many
from sayso.read import read

T = TypeVar("T")
FOREIGN = "Der Minister sagte am Montag, dass der Plan nicht weiter verfolgt werde, und die Gewerkschaft begrüßte das."
HERE = Path(__file__).resolve().parent


def words(text: str) -> int:
    return len(text.split())


SILVER = {"PERSON": "person", "ORGANIZATION": "organization", "LOCATION": "location", "DATE": "date"}


def other_layers(folder: Path) -> None:
    """Agreement of what the same pass reads besides attributions with CoreNLP's layers: spans must be the same to the
    character; an antecedent agrees where both of its mentions are CoreNLP's and lie in one chain."""
    rates = {name: Rate() for name in ("sentences", *SILVER.values(), "entities, whatever their kind")}
    together = [0, 0]
    for path in sorted((folder / "silver").glob("*.json")):
        silver = json.loads(path.read_text(encoding="utf-8"))
        text = (folder / "text" / f"{path.stem}.txt").read_bytes().decode()
        found = attribute(read(text.encode(), "text.txt"))
        pairs = {"sentences": ({(s.start, s.end) for s in found.sentences}, {(a, b) for a, b in silver["sentences"]})}
        ours = {(m.span.start, m.span.end, m.kind) for m in found.mentions}
        theirs = {(a, b, SILVER[kind]) for a, b, kind in silver["entities"] if kind in SILVER}
        for kind in SILVER.values():
            pairs[kind] = ({x[:2] for x in ours if x[2] == kind}, {x[:2] for x in theirs if x[2] == kind})
        pairs["entities, whatever their kind"] = ({x[:2] for x in ours}, {x[:2] for x in theirs})
        for name, (mine, gold) in pairs.items():
            rate = rates[name]
            rate.hit, rate.predicted, rate.gold = (
                rate.hit + len(mine & gold), rate.predicted + len(mine), rate.gold + len(gold),
            )  # fmt: skip
        chain = {(a, b): i for i, mentions in enumerate(silver["coreference"]) for a, b in mentions}
        for mention, antecedent, _ in found.coreference:
            places = [(s.start, s.end) for s in (mention, antecedent)]
            if all(place in chain for place in places):
                together[0] += chain[places[0]] == chain[places[1]]
                together[1] += 1
    if not rates["sentences"].gold:
        return
    print("\nagreement with CoreNLP's automatic layers (P, R, F1)")
    for name, rate in rates.items():
        print(f"  {name:30} {rate.p:.3f}  {rate.r:.3f}  {rate.f1:.3f}")
    print(f"  {'antecedents in the same chain':30} {together[0] / max(1, together[1]):.3f} of {together[1]}")


def speed(texts: list[str], model: str) -> None:
    """Every text goes through all stages and spaCy in turn, so that whatever else the machine does slows them all alike."""
    total = sum(map(words, texts))
    parsers = spacy_parsers(model)
    extract(texts[0])
    extract(FOREIGN)  # loads the model of languages, which is asked where a text is not plainly English
    seconds: dict[str, float] = dict.fromkeys(("read", "attribute", "link", "write"), 0.0)
    parsing: dict[str, float] = dict.fromkeys(parsers, 0.0)

    def timed(into: dict[str, float], stage: str, work: Callable[[], T]) -> T:
        started = time.process_time()
        result = work()
        into[stage] += time.process_time() - started
        return result

    for text in texts:
        document = timed(seconds, "read", lambda text=text: read(text.encode(), "text.txt"))
        analysis = timed(seconds, "attribute", lambda d=document: attribute(d))
        linked = timed(seconds, "link", lambda d=document, a=analysis: link(d, a))
        timed(
            seconds, "write", lambda d=document, x=linked: json.dumps(extract_json(Extract(d, x)), ensure_ascii=False)
        )
        for name, parse in parsers.items():
            timed(parsing, name, lambda text=text, parse=parse: parse(text))
    whole = sum(seconds.values())
    print(f"\nspeed: {total} words in {whole:.1f} s of processor time: {total / whole:,.0f} words/s from text to JSON")
    for stage, spent in seconds.items():
        print(f"  {stage:10} {spent:6.2f} s  {spent / whole:4.0%}  {total / spent:>10,.0f} words/s")
    for name, spent in parsing.items():
        print(
            f"  {name}, text by text in turn with ours: {total / spent:,.0f} words/s; ours is "
            f"{spent / whole:.2f} times as fast"
        )


def spacy_parsers(model: str) -> dict[str, Callable[[str], object]]:
    """spaCy as its model is loaded by default, and its tagger and parser alone; nothing where it is not installed."""
    try:
        import spacy

        found = {
            "spaCy as loaded": spacy.load(model),
            "spaCy's tagger and parser": spacy.load(model, exclude=["ner", "lemmatizer"]),
        }
    except (ImportError, OSError):
        print(f"  (spaCy with {model} is not installed: no comparison)")
        return {}
    for nlp in found.values():
        nlp("It warns once.")
    return found


NAMES = (
    "Ana Kovac",
    "the ministry",
    "Dr. Okoro",
    "the union",
    "a spokesman for Veltra",
    "General Haddad",
    "the court",
    "Lin",
)
CLAIMS = ("said", "denied", "wrote", "warned", "has not said", "told reporters", "believes", "announced")
THINGS = (
    "the bridge at {} would stay closed",
    "prices had risen by {} percent",
    "{} people were freed",
    "talks had failed",
)
PLAIN = ("The match in hall {} ended in a draw.", "Snow fell on {} villages overnight.", "Bus {} stops here.")


def lines(count: int) -> Iterator[str]:
    """Documents of one line, no two alike: three of four with an attribution."""
    for i in range(count):
        if i % 4 == 3:
            yield PLAIN[i // 4 % len(PLAIN)].format(i)
        else:
            k = i - i // 4
            name, claim, thing = (group[k // n % len(group)] for group, n in ((NAMES, 1), (CLAIMS, 8), (THINGS, 64)))
            yield f"{name[0].upper()}{name[1:]} {claim} that {thing.format(i)}, item {i}."


def stream(count: int) -> None:
    """Memory and processor time of `extract_many` over documents of one line."""
    page = os.sysconf("SC_PAGE_SIZE")
    found, started = 0, time.process_time()
    for i, result in enumerate(extract_many(lines(count)), 1):
        found += len(result["attributions"])
        if i in (100, 1000) or i % max(1, count // 10) == 0:
            resident = int(Path("/proc/self/statm").read_text().split()[1]) * page / 1e6
            print(
                f"{i:>10,} documents: {resident:.0f} MB resident, {found:,} attributions, "
                f"{1000 * (time.process_time() - started) / i:.2f} ms of processor time each",
                flush=True,
            )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(f"{'':10} at most {most:.0f} MB")


def latency(text: str) -> None:
    times = []
    for _ in range(7):
        started = time.perf_counter()
        extract(text)
        times.append(time.perf_counter() - started)
    print(f"latency: {min(times) * 1000:.0f} ms for one article of {words(text)} words (best of seven, wall time)")


def cold_start(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.txt"
        path.write_text(text, encoding="utf-8")
        runs = [started(path) for _ in range(5)]
    wall, processor, memory = min(r[0] for r in runs), min(r[1] for r in runs), max(r[2] for r in runs)
    print(f"cold start of sayso extract: {wall:.2f} s wall, {processor:.2f} s of processor time (best of five)")
    print(f"peak memory of sayso extract, its largest process: {memory:.0f} MB")


# Runs a command and prints wall seconds, processor seconds and peak memory in MB. In a process of its own, since a child
# begins with the memory of its parent, and that would be taken for its peak.
WATCH = """
import os, subprocess, sys, time
begun = time.perf_counter()
with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL) as process:
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
print(time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)
sys.exit(process.returncode)
"""


def started(path: Path) -> tuple[float, float, float]:
    """(wall seconds, processor seconds, peak memory in MB) of one `sayso extract` in a process of its own."""
    command = [str(Path(sys.executable).with_name("sayso")), "extract", str(path)]
    watched = subprocess.run([sys.executable, "-c", WATCH, *command], capture_output=True, text=True)
    if watched.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {watched.returncode}\n{watched.stderr}")
    wall, processor, memory = map(float, watched.stdout.split())
    return wall, processor, memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=HERE.parents[1] / "shared" / "data" / "polnear" / "dev")
    parser.add_argument("--spacy", default="en_core_web_sm", help="name or folder of spaCy's English model")
    parser.add_argument("--texts", type=int, help="how many texts to take for the speed (default: all)")
    parser.add_argument("--stream", type=int, metavar="N", help="stream N documents of one line, and nothing else")
    args = parser.parse_args()
    if args.stream:
        stream(args.stream)
        return
    print_quality(args.folder)
    other_layers(args.folder)
    texts = [p.read_bytes().decode() for p in sorted((args.folder / "text").glob("*.txt"))][: args.texts]
    middling = sorted(texts, key=words)[len(texts) // 2]
    speed(texts, args.spacy)
    latency(middling)
    cold_start(middling)


if __name__ == "__main__":
    main()
