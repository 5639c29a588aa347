"""Search with facets: whatever is asked and whatever changes, it finds and counts what plain SQL finds and counts."""

from __future__ import annotations

import datetime as dt
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from sql_search import SlowSearches
from sqlalchemy import select

from sayso.records import Coding
from sayso.store import Store
from sayso.store.schema import statements
from sayso.store.search import FACETS, Search, Searches

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import generate


@pytest.fixture
def filled(store: Store) -> Store:
    """A store of 1200 statements with everything that a search can ask for."""
    draw = np.random.default_rng(5)
    words = np.array([f"word{number}" for number in range(300)], dtype=object)
    there = generate.World(
        [f"actor-{n}" for n in range(40)], [f"outlet-{n}" for n in range(12)], [f"topic-{n}" for n in range(5)],
        ["accuse", "threaten", "promise", "inform"], "approach", words, generate.zipf(40), generate.zipf(12),
        generate.zipf(5), generate.zipf(300),
    )  # fmt: skip
    with store.bulk_load() as load:
        for rows in generate.pages(there, 1200, draw):
            for name in generate.ORDER:
                load.rows(name, rows[name])
    return store


def searches(seed: int, number: int) -> list[Search]:
    """What people may ask: one to three things at once, often none."""
    chance = random.Random(seed)
    parts = {
        "words": lambda: chance.choice(["word1", "word2 word3", "word1 -word2", "word9*", "absent", "?"]),
        "actors": lambda: tuple(f"actor-{chance.randrange(6)}" for _ in range(chance.randint(1, 3))),
        "outlets": lambda: tuple(f"Outlet {chance.randrange(5)}" for _ in range(chance.randint(1, 2))),
        "medium": lambda: chance.choice(["article", "video", "song"]),
        "topic": lambda: f"topic-{chance.randrange(6)}",
        "code": lambda: chance.choice(["accuse", "promise", "none"]),
        "depth": lambda: chance.randrange(4),
        "language": lambda: chance.choice(["en", "de", "xx"]),
        "kind": lambda: chance.choice(["direct", "indirect"]),
        "made": lambda: chance.choice(["machine", "corrected", "person"]),
        "by": lambda: chance.choice(["person", "model"]),
        "since": lambda: dt.date(2010 + chance.randrange(14), 5, 1),
        "until": lambda: dt.date(2012 + chance.randrange(14), 5, 1),
        "document": lambda: generate.key("document", chance.randrange(100)),
        "item": lambda: generate.key("item", chance.randrange(100)),
        "order": lambda: "newest",
    }
    return [
        Search(**{name: parts[name]() for name in chance.sample(list(parts), chance.randrange(4))})  # type: ignore[arg-type]
        for _ in range(number)
    ]


def compare(store: Store, asked: Search) -> None:
    fast, slow = Searches(store), SlowSearches(store)
    assert fast.count(asked) == slow.count(asked), asked
    assert fast.page(asked, 3, 20) == slow.page(asked, 3, 20), asked
    ours, theirs = fast.facets(asked), slow.facets(asked)
    for name in FACETS:
        # Of the values that the list just has no room for, the two may leave out others.
        least = theirs[name][-1].statements if len(theirs[name]) > 28 else 0
        mine = {v.value: v.statements for v in ours[name] if v.statements > least}
        assert mine == {v.value: v.statements for v in theirs[name] if v.statements > least}, (name, asked)
        if name != "depth":
            assert [v.statements for v in ours[name]] == sorted((v.statements for v in ours[name]), reverse=True)


def test_it_finds_what_plain_sql_finds(filled: Store) -> None:
    compare(filled, Search())
    for asked in searches(1, 60):
        compare(filled, asked)


def statement_ids(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(select(statements.c.id).order_by(statements.c.id)).scalars())


def test_every_change_is_seen_at_once(filled: Store) -> None:
    chance = random.Random(2)
    Searches(filled).count(Search())
    ids = statement_ids(filled)
    undo = [filled.people.code(Coding(chance.choice(ids), "approach", "accuse", "ana")) for _ in range(5)]
    changes = [
        lambda: filled.people.code(Coding(chance.choice(ids), "approach", "promise", "ana")),
        lambda: filled.people.undo(undo.pop()),
        lambda: filled.people.correct(chance.choice(ids), "rejected", {"rejected": True}, "ana"),
        lambda: filled.people.correct(
            chance.choice(ids),
            "speaker",
            {"speaker_name": "New", "speaker_kind": "group", "speaker_actor": "actor-1"},
            "ana",
        ),
        lambda: filled.people.correct(
            chance.choice(ids),
            "date",
            {
                "date_value": "2018",
                "date_granularity": "year",
                "date_origin": "text",
                "date_start": "2018-01-01",
                "date_end": "2018-12-31",
                "date_of": "utterance",
            },
            "ana",
        ),
        lambda: filled.codings.put_topics(generate.key("document", chance.randrange(100)), []),
        lambda: filled.codings.put(generate.key("document", chance.randrange(100)), []),
        lambda: filled.joins.put(copied={}, witnessed={ids[n]: (ids[n + 1], []) for n in range(0, 40, 2)}, joined={}),
    ]
    for number, asked in enumerate(searches(3, 24)):
        changes[number % len(changes)]()
        if number % 6 == 0:
            with filled.reading() as connection:
                row = connection.execute(select(statements.c.document_id).limit(1).offset(number)).scalar_one()
            filled.documents.discard(filled.documents.get(row).sha256)
            ids = statement_ids(filled)
        compare(filled, Search())
        compare(filled, asked)
