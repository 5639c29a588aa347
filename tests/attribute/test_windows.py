"""Windows: their cores partition a text's tokens, none is longer than the encoder's reach, and a plan never looks back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sayso.attribute._windows import LEFT, LEFT_LEAST, RIGHT, RIGHT_LEAST, WINDOW, plan
from sayso.encoder import Tokens

PARAGRAPHS = st.lists(st.integers(1, 700), max_size=8)


def words(lengths: list[int], stops: int) -> tuple[str, Tokens]:
    """A text of one-letter words in paragraphs of these lengths, a full stop after every `stops`-th word, as tokens."""
    text, starts, paragraphs, breaks = "", [], [], []
    for number, length in enumerate(lengths):
        for i in range(length):
            starts.append(len(text))
            paragraphs.append(number)
            breaks.append(i == 0)
            text += ". " if stops and i % stops == stops - 1 else "w "
        text += "\n"
    start = np.array(starts, dtype=np.int64)
    features = np.zeros((len(start), 3), dtype=np.int64)
    features[:, 2] = breaks
    ids, cont = np.full(len(start), 1037, dtype=np.int64), np.zeros(len(start), dtype=bool)
    return text, Tokens(ids, start, start + 1, np.array(paragraphs, dtype=np.int64), features, cont)


@given(PARAGRAPHS, st.integers(0, 30))
def test_cores_partition_the_tokens_inside_windows_that_fit(lengths: list[int], stops: int) -> None:
    text, tokens = words(lengths, stops)
    at = 0
    for w in plan(tokens, text):
        assert w.first == at < w.last
        assert 0 <= w.start <= w.first and w.last <= w.end <= len(tokens)
        assert w.end - w.start <= WINDOW
        at = w.last
    assert at == len(tokens)


@given(PARAGRAPHS, st.integers(0, 30))
def test_every_core_has_context_on_both_sides(lengths: list[int], stops: int) -> None:
    text, tokens = words(lengths, stops)
    for w in plan(tokens, text):
        assert min(LEFT_LEAST, w.first) <= w.first - w.start <= LEFT
        assert w.start > 0 or w.first <= LEFT
        new_paragraph = w.last < len(tokens) and tokens.features[w.last, 2]
        assert w.end - w.last == min(RIGHT_LEAST if new_paragraph else RIGHT, len(tokens) - w.last)


@given(PARAGRAPHS, PARAGRAPHS, st.integers(0, 30))
def test_text_appended_changes_no_window_that_ended_before_it(a: list[int], b: list[int], stops: int) -> None:
    text, tokens = words(a, stops)
    longer_text, longer = words([*a, *b], stops)
    before = [w for w in plan(tokens, text) if w.end < len(tokens)]
    assert list(plan(longer, longer_text))[: len(before)] == before


@given(st.lists(st.integers(1, 80), min_size=10, max_size=30))
def test_cuts_fall_between_paragraphs_where_they_are_short(lengths: list[int]) -> None:
    text, tokens = words(lengths, 7)
    assert all(tokens.features[w.first, 2] for w in plan(tokens, text))


def test_no_tokens_no_windows() -> None:
    text, tokens = words([], 0)
    assert list(plan(tokens, text)) == []
