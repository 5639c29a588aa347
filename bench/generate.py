"""Makes a desk of N statements that looks like one grown over years, for measuring: `python bench/generate.py DIR -n N`.

In: a number of statements and a seed. Out: a desk's folder (or its PostgreSQL database, with --store) with actors, outlets,
topics, codebook, pages, statements with chains, dates, topics and codes, copies, mentions and some codings by people.
Few actors, outlets and words make up most of it and many little (Zipf), as in real archives; every span is the words of
its page. Vectors and archived bytes are left out: no page shows them.
"""

# ruff: noqa: C408 (rows written as calls read like the tables)
from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import JSON, String, Table, Text

from sayso.desk import Desk, lines
from sayso.desk.progress import Silent
from sayso.records import Actor, Outlet
from sayso.store import schema

FIRST, DAYS = dt.date(2010, 1, 1), 365 * 15
LANGUAGES, LANGUAGE_SHARES = ("en", "de", "fr", "ar", "ru"), (0.7, 0.1, 0.1, 0.05, 0.05)
KINDS, KIND_SHARES = ("indirect", "direct", "mixed"), (0.6, 0.3, 0.1)
MEDIA = ("video", "magazine", "statement", "audio", "broadcast")
ACTORS, OUTLETS, TOPICS, WORDS = 2000, 300, 40, 30_000
A_PAGE = 10  # statements, on average
PAGES = 2000  # that are made at a time
SYLLABLES = [
    "ba",
    "ke",
    "lo",
    "mi",
    "ru",
    "sa",
    "te",
    "vo",
    "na",
    "pi",
    "do",
    "gu",
    "ha",
    "li",
    "mo",
    "ra",
    "si",
    "tu",
    "ve",
    "za",
    "chi",
    "ster",
    "ton",
    "burg",
    "mar",
    "lan",
    "der",
]
NOW = dt.datetime(2026, 1, 1)


@dataclass(frozen=True)
class World:
    """Who speaks where about what, and in which words; drawn once."""

    actors: list[str]
    outlets: list[str]
    topics: list[str]
    codes: list[str]
    family: str
    words: np.ndarray[Any, Any]
    actor_shares: np.ndarray[Any, Any]
    outlet_shares: np.ndarray[Any, Any]
    topic_shares: np.ndarray[Any, Any]
    word_shares: np.ndarray[Any, Any]


def zipf(number: int, power: float = 1.0) -> np.ndarray[Any, Any]:
    """Cumulated shares that fall with the rank."""
    shares = 1 / np.arange(1, number + 1) ** power
    return np.cumsum(shares / shares.sum())


def world(desk: Desk, random: np.random.Generator) -> World:
    """The desk's actors, outlets and topics, put into it, and the vocabulary."""
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(random.choice(SYLLABLES, random.integers(1, 5)))] = None
    words = np.array(list(made), dtype=object)
    actors = [f"actor-{number}" for number in range(ACTORS)]
    outlets = [f"outlet-{number}" for number in range(OUTLETS)]
    topics = [f"topic-{number}" for number in range(TOPICS)]
    names = [f"{words[-n - 1].title()} {words[-n - 2001].title()}" for n in range(ACTORS)]
    settings = desk.store.settings
    settings.put_actors([Actor(key, f"{name} {n}") for n, (key, name) in enumerate(zip(actors, names, strict=True))])
    settings.put_outlets([Outlet(key, f"Outlet {n}") for n, key in enumerate(outlets)])
    settings.put_topics(
        {key: {"id": key, "name": f"Topic {n}", "words": [str(words[n * 50])]} for n, key in enumerate(topics)}
    )
    family = desk.codebook.families[0]
    codes = [code.name for code in family]
    shares = (zipf(ACTORS), zipf(OUTLETS), zipf(TOPICS, 0.8), zipf(WORDS))
    return World(actors, outlets, topics, codes, family.name, words, *shares)


def key(*parts: object) -> str:
    """24 hexadecimal digits, as the store's ids."""
    return hashlib.md5(repr(parts).encode()).hexdigest()[:24]


def pages(there: World, total: int, random: np.random.Generator) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The rows of some pages at a time, by table, until `total` statements are made."""
    number = statements = 0
    while statements < total:
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ORDER}
        for _ in range(PAGES):
            if statements >= total:
                break
            count = min(1 + int(random.poisson(A_PAGE - 1)), total - statements)
            _page(there, number, statements, count, random, rows)
            number, statements = number + 1, statements + count
        for name, found in rows.items():
            others = {each: value for each, value in EMPTY[name].items() if found and each not in found[0]}
            for row in found:
                row |= others
        yield rows


def _empty(table: Table) -> dict[str, Any]:
    """What stands in columns of which nothing is known."""
    values = {JSON: [], Text: "", String: ""}
    return {
        column.name: next((value for kind, value in values.items() if isinstance(column.type, kind)), None)
        for column in table.c
        if not column.nullable and column.name != "key"
    }


ORDER = ("captures", "items", "documents", "analyses", "attributions", "statements", "copies", "witnesses",
         "statement_topics", "machine_codings", "human_codings", "done")  # fmt: skip


EMPTY = {name: _empty(schema.metadata.tables[name]) for name in ORDER}


def _page(
    there: World,
    number: int,
    first: int,
    count: int,
    random: np.random.Generator,
    rows: dict[str, list[dict[str, Any]]],
) -> None:
    sha256 = hashlib.sha256(f"page {number}".encode()).hexdigest()
    document, item = key("document", number), key("item", number)
    outlet = int(np.searchsorted(there.outlet_shares, random.random()))
    day = FIRST + dt.timedelta(days=int(DAYS * random.random() ** 0.7))
    language = LANGUAGES[int(np.searchsorted(np.cumsum(LANGUAGE_SHARES), random.random()))]
    actors = np.searchsorted(there.actor_shares, random.random(count))
    topics = np.searchsorted(there.topic_shares, random.random(count))
    kinds = np.searchsorted(np.cumsum(KIND_SHARES), random.random(count))
    depths = np.searchsorted((0.05, 0.7, 0.95), random.random(count))
    lengths = random.integers(8, 26, count)
    words = there.words[np.searchsorted(there.word_shares, random.random(int(lengths.sum())))]
    chance = random.random((count, 6))
    copied = number > 10 and random.random() < 0.05
    mentioned = key("mention", number) if random.random() < 0.3 else ""
    date = dict(
        date_value=day.isoformat(), date_granularity="day", date_origin="metadata", date_start=day, date_end=day
    )
    text = f"{words[0].title()} {words[1]} {words[2]}\n\n"
    title, at = text.strip(), 0
    for n in range(count):
        said = " ".join(words[at : at + lengths[n]])
        at += lengths[n]
        name = f"Speaker {actors[n]}"
        start = len(text)
        text += f"{name} said that {said}.\n"
        cue, content = start + len(name) + 1, start + len(name) + 11
        statement, known = key("statement", first + n), chance[n, 0] < 0.75
        actor = there.actors[actors[n]]
        medium = mentioned if mentioned and chance[n, 1] < 0.3 else ""
        local = f"a{n + 1}"
        rows["attributions"].append(
            dict(document_id=document, local=local, parent=None, source=[[start, cue - 1]], cue=[[cue, cue + 4]],
                 content=[[content, content + len(said)]], kind=KINDS[kinds[n]], confidence=0.9)
        )  # fmt: skip
        when = date if chance[n, 2] < 0.93 else dict.fromkeys(date)
        rows["statements"].append(
            dict(id=statement, document_id=document, parent=None, attribution=local, source=[[start, cue - 1]],
                 cue=[[cue, cue + 4]], content=[[content, content + len(said)]], text=said, start=content,
                 end=content + len(said), kind=KINDS[kinds[n]], confidence=0.9, speaker_name=name,
                 speaker_kind="group", speaker_actor=actor if known else None, speaker_alias=name if known else "",
                 target_name=None, target_actor=None,
                 via=dict(item="a video", medium=MEDIA[number % 5], outlet=None, start=0, end=1) if medium else None,
                 chain=[[title, "document", None], [f"Outlet {outlet}", "outlet", None], [name, "speaker", actor]][
                     0 if depths[n] > 1 else 1 :],
                 depth=int(depths[n]), **when, date_of="item", item_id=medium or item, rejected=bool(chance[n, 3] < 0.005),
                 machine={}, witness_of=key("statement", n) if copied else None)
        )  # fmt: skip
        if copied:
            rows["witnesses"].append(dict(statement_id=statement, of=key("statement", n), differences=[]))
        if chance[n, 4] < 0.6:
            rows["statement_topics"].append(dict(statement_id=statement, topic_id=there.topics[topics[n]]))
        if chance[n, 5] < 0.9:
            # What an actor does by speaking changes every few years: lines have shifts to find.
            turn = int(actors[n]) + (day.year - 2010) // 4
            code = there.codes[(turn + (int(chance[n, 1] * 10) if chance[n, 3] < 0.5 else 0)) % len(there.codes)]
            rows["machine_codings"].append(
                dict(statement_id=statement, family=there.family, code=code, coder="model:fast", probability=0.7,
                     codebook_version="1", unsure=bool(chance[n, 4] < 0.15), others={there.codes[0]: 0.1}, reasons=[])
            )  # fmt: skip
        if chance[n, 3] > 0.998 and chance[n, 5] < 0.9:
            said_by_person = code if chance[n, 2] < 0.88 else there.codes[n % 3]  # people mostly agree with the model
            rows["human_codings"].append(
                dict(id=key("human", first + n), statement_id=statement, family=there.family, code=said_by_person,
                     coder="ana", codebook_version="1", coded_at=NOW, memo="", undone_at=None, sha256=sha256,
                     spans=[[content, content + len(said)]], text=said, anchor="exact", proposal=None)
            )  # fmt: skip
    url, path = f"https://outlet-{outlet}.example/{number}", f"https://outlet-{outlet}.example/{number}"
    rows["captures"].append(
        dict(id=key("capture", number), sha256=sha256, url=url, fetched_at=NOW + dt.timedelta(seconds=number), size=len(text),
             media_type="text/html", headers={}, status=200, final_url="", role="item", feed="", hints={}, origin={},
             seq=number, file="x.warc.gz", offset=0)
    )  # fmt: skip
    rows["items"].append(
        dict(id=item, held=True, document_id=None, url=url, medium="article", title=title, outlet=f"Outlet {outlet}",
             outlet_id=there.outlets[outlet], **date, mentions=[], joined=None)
    )  # fmt: skip
    if mentioned:
        rows["items"].append(
            dict(id=mentioned, held=False, document_id=document, url="", medium=MEDIA[number % 5], title=None,
                 outlet=f"Outlet {number % len(there.outlets)}",
                 outlet_id=there.outlets[number % len(there.outlets)], **dict.fromkeys(date),
                 mentions=[[0, len(title)]], joined=None)
        )  # fmt: skip
    published = {name.replace("date", "published"): value for name, value in date.items()}
    updated = {name.replace("date", "updated"): None for name in date}
    rows["documents"].append(
        dict(id=document, sha256=sha256, item_id=item, path=path, text=text, characters=len(text), title=title,
             language=language, **published, **updated, author="", outlet=f"Outlet {outlet}", canonical_url=url,
             medium="article", format="html", boilerplate=[], quoted_blocks=[], segments=[], notes=[],
             producer="read bench", signature=b"", current=True)
    )  # fmt: skip
    rows["analyses"].append(
        dict(document_id=document, sentences=[], mentions=[], coreference=[], notes=[], producer="attribute bench")
    )
    if copied:
        rows["copies"].append(dict(document_id=document, dispatch=key("document", 0), shared=1.0))
    rows["done"].extend(
        dict(stage=stage, subject=sha256 if stage == "read" else document, producer=f"{stage} bench")
        for stage in ("read", "attribute", "link", "topics", "code")
    )


def generate(folder: Path, total: int, *, seed: int = 1, store: str = "", tracked: bool = True) -> dict[str, float]:
    """Makes the desk; gives seconds (of the process's own time for tracking) and statements a second.

    `tracked`: its lines are tracked as at the end of a run.
    """
    Desk.create(folder).close()
    if store:
        settings = folder / "sayso.toml"
        settings.write_text(settings.read_text().replace('store = ""', f"store = {json.dumps(store)}"))
        (folder / "desk.sqlite").unlink()
    random = np.random.default_rng(seed)
    with Desk.open(folder) as desk:
        there = world(desk, random)
        desk.export_settings(force=True)
        began, made = time.perf_counter(), 0.0
        with desk.store.bulk_load() as load:
            before = time.perf_counter()
            for rows in pages(there, total, random):
                made += time.perf_counter() - before
                for name in ORDER:
                    load.rows(name, rows[name])
                before = time.perf_counter()
        seconds = time.perf_counter() - began
        desk.store.analyze()
        tracking = time.process_time()
        if tracked:
            lines.track(desk, Silent())
        tracking = time.process_time() - tracking
        desk.store.progress.end_run(desk.store.progress.begin_run(), {})
    loading = seconds - made
    return {"seconds": seconds, "making": made, "loading": loading, "rate": total / loading, "tracking": tracking}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-n", type=int, default=10_000, help="statements")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", default="", help="postgresql://… in place of a file")
    parser.add_argument("--untracked", action="store_true", help="leave its lines to the pages that show them")
    given = parser.parse_args()
    took = generate(given.folder, given.n, seed=given.seed, store=given.store, tracked=not given.untracked)
    print(f"{given.n} statements in {took['seconds']:.0f} s: {took['making']:.0f} s to make the rows, "
          f"{took['loading']:.0f} s to load them ({took['rate']:.0f} statements/s), "
          f"{took['tracking']:.0f} s of CPU for its lines")  # fmt: skip


if __name__ == "__main__":
    main()
