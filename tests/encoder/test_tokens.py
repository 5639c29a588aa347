"""Word pieces: their offsets slice to the text given, whatever Unicode it holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.encoder import Tokens, tokenize

ODD = [
    "e\u0301",
    "👩‍👩‍👧",
    "🇪🇪",
    "אבג",
    "مرحبا",
    "\u202e",
    "\x00",
    "\x07",
    "\ufeff",
    "ß",
    "İ",
    "ﬁ",
    "漢字",
    "\ud7ff",
    "½",
    "\u200b",
]
TEXTS = st.lists(
    st.one_of(st.sampled_from([*ODD, " ", "\n", "“", "'", "word", "Word", "WORD", "2016"]), st.text(max_size=8))
)


def check(text: str, tokens: Tokens) -> None:
    n = len(tokens)
    assert tokens.features.shape == (n, 3)
    assert all(len(x) == n for x in (tokens.ids, tokens.start, tokens.end, tokens.paragraph, tokens.continues))
    assert np.all(tokens.start >= 0) and np.all(tokens.end <= len(text))
    assert np.all(tokens.start <= tokens.end)
    assert np.all(np.diff(tokens.start) >= 0) and np.all(np.diff(tokens.end) >= 0)
    assert np.all(np.diff(tokens.paragraph) >= 0)


@given(TEXTS.map("".join))
@settings(deadline=None)
def test_any_unicode_has_offsets_into_the_text(text: str) -> None:
    check(text, tokenize(text))


@given(TEXTS.map("".join))
@settings(deadline=None)
def test_every_latin_word_is_inside_some_token(text: str) -> None:
    tokens = tokenize(text)
    covered = {i for s, e in zip(tokens.start.tolist(), tokens.end.tolist(), strict=True) for i in range(s, e)}
    assert all(i in covered for i, c in enumerate(text) if c.isascii() and c.isalnum())


@pytest.mark.parametrize("odd", ODD)
def test_words_beside_odd_characters_keep_their_places(odd: str) -> None:
    text = f"Before {odd} the report says {odd}{odd} that it rained"
    tokens = tokenize(text)
    check(text, tokens)
    words = {text[s:e] for s, e in zip(tokens.start.tolist(), tokens.end.tolist(), strict=True)}
    assert {"report", "says", "that", "rained"} <= words


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\t \r\n ", "\u00a0\u2003", "\x00\x01\x02", "\u200b" * 40])
def test_a_text_without_words_has_no_tokens(text: str) -> None:
    assert len(tokenize(text)) == 0


def test_features_tell_case_quotation_and_paragraph() -> None:
    text = "NASA said “Go ‘now’ Bob”\n\nIn 2016 they"
    tokens = tokenize(text)
    of = {
        text[s:e]: f
        for s, e, f in zip(tokens.start.tolist(), tokens.end.tolist(), tokens.features.tolist(), strict=True)
    }
    assert [of[w][0] for w in ("NASA", "said", "Bob", "2016")] == [3, 0, 1, 4]
    assert [of[w][1] for w in ("said", "“", "Go", "now", "Bob", "In")] == [0, 2, 1, 3, 1, 0]
    assert [of[w][2] for w in ("said", "In")] == [0, 1]


def test_a_paragraph_of_any_length_is_tokenised_as_if_whole() -> None:
    """It is cut at spaces, so a word at a cut is not torn."""
    text = "internationalisation " * 3000
    tokens = tokenize(text)
    check(text, tokens)
    first = len(tokenize("internationalisation"))
    assert len(tokens) == 3000 * first
    assert tokens.paragraph.tolist() == [0] * len(tokens)
    assert tokens.features[:, 2].tolist() == [1] + [0] * (len(tokens) - 1)


def test_appended_paragraphs_change_no_earlier_token() -> None:
    head = "The mayor said “yes”.\n\nThe clerk wrote it down.\n"
    a, b = tokenize(head), tokenize(head + "\n“And then,” she said, “we left.”")
    for field in ("ids", "start", "end", "paragraph", "features", "continues"):
        assert np.array_equal(getattr(a, field), getattr(b, field)[: len(a)])


def test_select_keeps_what_is_asked_for() -> None:
    tokens = tokenize("one two three")
    kept = tokens.select(np.array([True, False, True]))
    assert len(kept) == 2 and kept.start.tolist() == [0, 8]
