"""Numbers of the whole desk, counted in the columns: who speaks how often, which lines there are, how many a month.

In: an `Image`. Out: plain rows as pages and summaries show them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.store._image import HUMAN, MACHINE, NONE, REJECTED, UNSURE, Image

Row = dict[str, Any]


def counts(image: Image) -> dict[str, int]:
    """Denominators: statements, rejected, on a topic, coded, coded but unsure only, undated, of unknown speakers."""
    flags = image["flags"]
    rejected = _number(flags & REJECTED)
    return {
        "statements": image.size - rejected,
        "rejected": rejected,
        "on_topic": _number(np.bincount(image.topic_row, minlength=1)),
        "coded": _number(flags & (MACHINE | HUMAN)),
        "unsure": _number((flags & (UNSURE | HUMAN)) == UNSURE),
        "undated": _number(image["since"] == NONE),
        "unknown_speakers": _number(image["actor"] == -1),
    }


def depths(image: Image) -> dict[int, int]:
    """Depth -> number of statements."""
    numbers = np.bincount(image["depth"])
    return {depth: int(number) for depth, number in enumerate(numbers) if number}


def speakers(image: Image) -> dict[str, Row]:
    """actor -> statements that count, documents, those at first hand, first and last date of what it says."""
    rows = np.flatnonzero(image.counting & (image["actor"] >= 0))
    actors = image["actor"][rows]
    pairs = np.unique(np.stack((actors.astype(np.int64), image["document"][rows])), axis=1)[0]
    pages = np.bincount(pairs, minlength=1)
    return {
        image.names["actor"].names[actor]: {**row, "documents": int(pages[actor])}
        for actor, row in _groups(image, rows, actors).items()
    }


def lines(image: Image) -> dict[tuple[str, str], Row]:
    """(actor, topic) -> statements that count, first and last date."""
    here = image.counting[image.topic_row] & (image["actor"][image.topic_row] >= 0)
    rows, topics = image.topic_row[here], image.topic[here]
    wide = len(image.names["topic"].names) + 1
    found = _groups(image, rows, image["actor"][rows].astype(np.int64) * wide + topics)
    actors, named = image.names["actor"].names, image.names["topic"].names
    return {(actors[both // wide], named[both % wide]): row for both, row in found.items()}


def on_topics(image: Image) -> dict[str, int]:
    """topic -> statements that count."""
    names = image.names["topic"].names
    counts = np.bincount(image.topic[image.counting[image.topic_row]], minlength=len(names))
    return dict(zip(names, counts.tolist(), strict=True))


def speakers_on(image: Image, topic: str) -> dict[str, int]:
    """actor -> statements on the topic that count."""
    rows = image.topic_row[image.topic == image.names["topic"].known(topic)]
    actors = image["actor"][rows[image.counting[rows]]]
    counts = np.bincount(actors[actors >= 0])
    names = image.names["actor"].names
    return {names[n]: int(counts[n]) for n in np.flatnonzero(counts).tolist()}


def line_sizes(image: Image) -> dict[tuple[str, str], int]:
    """(actor, topic) -> statements, those too that do not count."""
    speakers = image["actor"][image.topic_row]
    wide = len(image.names["topic"].names) + 1
    both = speakers[speakers >= 0].astype(np.int64) * wide + image.topic[speakers >= 0]
    actors, named = image.names["actor"].names, image.names["topic"].names
    found = np.bincount(both, minlength=1)
    return {(actors[n // wide], named[n % wide]): int(found[n]) for n in np.flatnonzero(found).tolist()}


def months(image: Image) -> dict[str, int]:
    """YYYY-MM -> statements that count, by the dates of the pages that they stand in."""
    found = image["month"][image.counting]
    numbers = np.bincount(found[found >= 0])
    return {f"{month // 12:04}-{month % 12 + 1:02}": int(n) for month, n in enumerate(numbers) if n}


def _groups(image: Image, rows: NDArray[Any], groups: NDArray[Any]) -> dict[int, Row]:
    """For each group of rows: statements, first_hand, first and last day."""
    if not len(rows):
        return {}
    order = np.argsort(groups, kind="stable")
    rows, groups = rows[order], groups[order]
    begins = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    sizes = np.diff(np.r_[begins, len(groups)])
    first = np.minimum.reduceat(image["since"][rows], begins)
    until = image["until"][rows]
    last = np.maximum.reduceat(np.where(until == NONE, 0, until), begins)
    own = np.add.reduceat((image["depth"][rows] == 0).astype(np.int64), begins)
    return {
        int(group): {
            "statements": int(size),
            "first_hand": int(hand),
            "first": None if one == NONE else dt.date.fromordinal(int(one)),
            "last": dt.date.fromordinal(int(other)) if other else None,
        }
        for group, size, hand, one, other in zip(groups[begins], sizes, own, first, last, strict=True)
    }


def _number(which: NDArray[Any]) -> int:
    return int(np.count_nonzero(which))
