"""`sayso.extract` and `sayso.extract_many`: any string is a text, and a stream of them gives the same as one by one."""

from __future__ import annotations

import gc
import itertools
import json
import tracemalloc
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sayso
from sayso.read._reading import MAX_TEXT

RAIN = "The harbour master said that it rained in May."
TEXTS = [RAIN, "", "Nobody came.", "According to Lund, the pier is closed.", "“Go,” said the\r\npilot.", "\x00", RAIN]


def contents(found: dict[str, Any]) -> list[str]:
    return [each["content"][0]["text"] for each in found["attributions"]]


@pytest.mark.parametrize("before", [
    "\ufeff", "WEBVTT\n\n00:01.000 --> 00:03.000\n", "%PDF-1.7 ", "PK\x03\x04 ", "{\\rtf1 ", "\x00 ", "",
])  # fmt: skip
def test_a_string_is_a_text_whatever_it_looks_like(before: str) -> None:
    text = before + RAIN
    (found,) = sayso.extract(text)["attributions"]
    for span in (found["source"], found["cue"], *found["content"]):
        assert text[span["start"] : span["end"]] == span["text"]
    assert found["content"][0]["text"] == "that it rained in May"


PIECES = [*"aT .\n“”\"'", "\ufeff", "\x00", "\ud800", "😀", "said ", "The minister "]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_string_is_refused_and_no_place_is_moved(text: str) -> None:
    found = sayso.extract(text, with_text=True)
    json.dumps(found, ensure_ascii=False).encode()
    kept = found["document"]["text"]
    assert [b for a, b in zip(text, kept, strict=True) if a != b] == ["\ufffd"] * text.count("\ud800")
    assert bool(found["document"]["notes"]) >= ("\ud800" in text)


@pytest.mark.parametrize("text", ["", " \n", "“”", "…", "\x00"])
def test_a_text_without_words_has_no_attributions(text: str) -> None:
    found = sayso.extract(text)
    assert found["attributions"] == [] and found["document"]["characters"] == len(text)


def test_what_is_no_string_is_told_so() -> None:
    with pytest.raises(TypeError, match="not bytes"):
        sayso.extract(RAIN.encode())  # type: ignore[arg-type]


def test_what_is_too_long_is_refused_and_costs_a_stream_only_itself() -> None:
    long = "x" * (MAX_TEXT + 1)
    with pytest.raises(sayso.SaysoError, match="too long"):
        sayso.extract(long)
    first, refused, last = sayso.extract_many([RAIN, long, RAIN])
    assert first == last == sayso.extract(RAIN)
    assert refused["attributions"] == [] and "too long" in refused["document"]["notes"][0]


@pytest.mark.parametrize("setting", [
    *({"threshold": wrong} for wrong in (-0.1, 2, float("nan"), "0.5")), *({"threads": wrong} for wrong in (0, 1.5, "2")),
], ids=str)  # fmt: skip
def test_settings_out_of_range_are_refused_before_anything_is_read(setting: dict[str, Any]) -> None:
    with pytest.raises(sayso.SaysoError, match="give"):
        sayso.extract(RAIN, **setting)
    with pytest.raises(sayso.SaysoError, match="give"):
        sayso.extract_many(iter([RAIN]), **setting)
    for workers in (0, "2"):
        with pytest.raises(sayso.SaysoError, match="workers"):
            sayso.extract_many([RAIN], workers=workers)  # type: ignore[arg-type]


def test_the_threshold_is_the_least_confidence() -> None:
    assert contents(sayso.extract(RAIN)) == ["that it rained in May"]
    assert contents(sayso.extract(RAIN, threshold=1)) == []
    assert [contents(found) for found in sayso.extract_many(TEXTS, threshold=1)] == [[]] * len(TEXTS)


def test_one_process_gives_what_extract_gives() -> None:
    assert list(sayso.extract_many(TEXTS)) == [sayso.extract(text) for text in TEXTS]


def test_processes_and_threads_give_the_same_in_order() -> None:
    """Also after a pass of several threads here, which must not leave the workers waiting for threads that they lack."""
    sayso.extract(RAIN, threads=2)
    assert list(sayso.extract_many(iter(TEXTS), workers=2, threads=2)) == [sayso.extract(text) for text in TEXTS]


@pytest.mark.parametrize(("workers", "most"), [(1, 1), (2, 8)])
def test_a_stream_is_taken_as_it_is_needed(workers: int, most: int) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield RAIN

    results = sayso.extract_many(endless(), workers=workers)
    assert taken == 0
    assert next(results) == sayso.extract(RAIN)
    assert taken <= most
    del results


def test_a_stream_leaves_nothing_behind() -> None:
    results = sayso.extract_many(itertools.cycle(TEXTS))
    take = partial(deque, maxlen=0)
    tracemalloc.start()
    try:
        take(itertools.islice(results, 100))  # what is loaded and remembered once
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        take(itertools.islice(results, 140))
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 140 * 300  # bytes; the object of one document takes some 3,000
