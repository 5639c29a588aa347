"""Copies, witnesses, items in several documents and held originals: the same whatever comes first."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.link import (
    ActorIndex,
    HeldPiece,
    MentionedPiece,
    Piece,
    Quotation,
    References,
    compare,
    find_copies,
    find_witnesses,
    link_held,
    propose_items,
    quoted_words,
)
from sayso.records import Outlet

WORDS = "the pilots of the northern channel met again on the cold quay and spoke of ice and wages"
STORY = "\n\n".join(" ".join(f"{w}{p}" for w in WORDS.split()) for p in range(6))
OWN = "Our own reporter stood on the quay all night and saw none of the ships that were said to have come in from the north."
ORIGINAL = "The members of the union shall not leave the quay before the bell has rung, and whoever leaves shall answer for it."


def test_a_copy_with_paragraphs_of_its_own_is_the_copy_plus_those() -> None:
    pieces = [
        Piece("a", STORY, "2020-01-01"),
        Piece("b", f"{STORY}\n\n{OWN}", "2020-01-02"),
        Piece("c", f"{OWN} {OWN}", "2020-01-03"),
    ]
    for order in permutations(pieces):
        (dispatch,) = find_copies(order)
        assert dispatch.original == "a"
        assert [(c.key, c.share) for c in dispatch.carriers] == [("a", 1.0), ("b", 1.0)]  # c shares nothing with a
        assert [s.text for s in dispatch.carriers[1].added] == [OWN]


def test_pieces_about_the_same_are_no_copies() -> None:
    assert find_copies([Piece("a", STORY), Piece("b", " ".join(reversed(STORY.split())))]) == ()


@pytest.mark.parametrize(
    ("quotation", "verdict"),
    [
        ("“shall not leave the quay before the bell has rung”", "identical"),
        ("[W]hoever leaves shall answer for it", "identical"),
        ("The members … shall not leave the quay", "shortened"),
        ("The members of the union ... shall answer for it", "shortened"),
        ("whoever leaves [the quay] shall answer for it", "edited"),
        ("whoever [goes] shall answer for it", "edited"),
        ("whoever runs shall answer for it", "altered"),
        ("the captain sleeps in his own bed tonight", "not found"),
        ("", "not found"),
    ],
)
def test_a_quotation_against_its_original(quotation: str, verdict: str) -> None:
    assert compare(quotation, ORIGINAL).verdict == verdict


def test_differences_name_the_words() -> None:
    (found,) = compare("whoever runs shall answer for it", ORIGINAL).differences
    assert (found.kind, found.original, found.other) == ("changed", "leaves", "runs")


@given(st.integers(0, 15), st.integers(3, 12))
def test_any_stretch_of_the_original_is_identical(start: int, size: int) -> None:
    words = ORIGINAL.split()[start : start + size]
    found = compare(" ".join(words), ORIGINAL)
    assert found.verdict == "identical"
    assert found.start is not None
    assert ORIGINAL[found.start : found.end].split()[0].strip(",.") == words[0].strip(",.")


@settings(max_examples=60)
@given(st.text(max_size=60), st.text(max_size=120))
def test_any_quotation_and_text_compare(quotation: str, original: str) -> None:
    found = compare(quotation, original)
    assert (found.start is None) == (found.verdict == "not found")
    if found.start is not None and found.end is not None:
        assert 0 <= found.start < found.end <= len(original)


def test_near_identical_quotations_are_witnesses_of_one() -> None:
    quotations = [
        Quotation("s1", "d1", "we will never leave the quay before the bell rings", "Hill"),
        Quotation("s2", "d2", "We will never leave the quay until the bell rings!", "Mary Hill"),
        Quotation("s3", "d3", "we will never leave the quay before the bell rings", "Peter Lang"),
        Quotation("s4", "d4", "an entirely different saying about ice and ships at sea", "Hill"),
    ]
    for order in permutations(quotations):
        (found,) = find_witnesses(order)
        assert {w.statement for w in found.witnesses} == {"s1", "s2"}
        assert [d.kind for w in found.witnesses for d in w.differences] == ["changed"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "that they “will never leave the quay before the bell rings”",
            "will never leave the quay before the bell rings",
        ),
        (
            "they would “never leave the quay” and “wait until the bell rings”",
            "never leave the quay … wait until the bell rings",
        ),
        (
            "that the quay is theirs and they would never, as long as they live, “leave it to the harbour board” again",
            "",
        ),
        ("that the “quay” is theirs", ""),
    ],
)
def test_what_is_mostly_quoted_is_known_by_its_quoted_words(text: str, words: str) -> None:
    assert quoted_words(text) == words


def test_partly_quoted_statements_are_witnesses_too() -> None:
    full = Quotation("s1", "d1", "we will never leave the quay before the evening bell rings for the last time", "Hill")
    partly = quoted_words(
        "that they “will never leave the quay” and stay until “the evening bell rings for the last time”"
    )
    (found,) = find_witnesses([full, Quotation("s2", "d2", partly, "Mary Hill")])
    assert found.statement == "s1"
    assert [w.statement for w in found.witnesses] == ["s1", "s2"]


def test_mentions_of_one_item_are_proposed_with_what_agrees() -> None:
    one = MentionedPiece(
        "d1:i1",
        "d1",
        "video",
        None,
        "as-Sabah",
        None,
        (("s1", "the ships of the north will burn at the quay tonight"),),
    )
    two = MentionedPiece(
        "d2:i4", "d2", "video", None, "Al-Sabah", None, (("s2", "the ships of the north will burn at the quay"),)
    )
    other = MentionedPiece(
        "d3:i1", "d3", "video", None, "Red Quay", None, (("s3", "the ships of the north will burn at the quay"),)
    )
    for order in permutations([one, two, other]):
        (found,) = propose_items(order)
        assert found.keys == ("d1:i1", "d2:i4")
        assert set(found.evidence) == {"medium", "outlet", "quoted words"}


def test_a_held_item_answers_the_mention_and_shows_the_drift() -> None:
    index = ActorIndex([], [Outlet("m", "The Morning", aliases=("Morning weekly",))])
    mention = MentionedPiece(
        "d1:i1",
        "d1",
        "editorial",
        None,
        "Morning weekly",
        None,
        (("s1", "whoever leaves [the quay] shall answer for it"), ("s2", "whoever runs shall answer for it")),
    )
    held = [
        HeldPiece("h1", ORIGINAL, "editorial", "On duty", "The Morning"),
        HeldPiece("h2", "Quite another text.", "editorial", "", "The Morning"),
    ]
    (found,) = link_held([mention], held, index)
    assert found.held == "h1"
    assert [(s, c.verdict) for s, c in found.comparisons] == [("s1", "edited"), ("s2", "altered")]


def test_reference_texts_are_found_with_their_place() -> None:
    references = References(
        {
            "charter": f"# Charter\n\nArticle 1. Name\n\nWe are the union of the quay.\n\nArticle 2. Duties\n\n{ORIGINAL}",
            "book": "2:14 He went out of the city by night.\n"
            "2:15 Whoever turns his back on that day, save to fight again, returns with anger upon him.",
        }
    )
    found = references.find("whoever turns his back on that day, [save] to fight again, has returned with anger")
    assert found is not None
    assert (found.work, found.section) == ("book", "2:15")
    found = references.find("shall not leave the quay … and whoever leaves shall answer")
    assert found is not None
    assert (found.work, found.section, found.verdict) == ("charter", "Article 2. Duties", "shortened")
    assert references.find("nothing like this stands in any of them") is None


def test_reference_texts_of_a_folder(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "acts").mkdir()
    (tmp_path / "acts" / "port_act.txt").write_text(ORIGINAL, encoding="utf-8")
    (tmp_path / "note.bin").write_bytes(b"\0\1")
    found = References.from_folder(tmp_path).find("shall not leave the quay before the bell")
    assert found is not None
    assert found.work == "acts/port act"


@pytest.mark.parametrize("copies", [39, 60, 130])
def test_a_dispatch_that_many_carry_is_one(copies: int) -> None:
    pieces = [
        Piece(f"{i * 7919 % 997:03d}", f"{STORY}\n\nOutlet {i} adds a line.", "2024-05-01") for i in range(copies)
    ]
    (dispatch,) = find_copies(pieces)
    assert sorted(c.key for c in dispatch.carriers) == sorted(p.key for p in pieces)


def test_a_word_with_an_editors_letter_is_the_word_as_often_as_it_comes() -> None:
    assert compare("we are un[a]ble to go on today", "We are unable to go on today").verdict == "identical"
    assert compare("[T]he ship " * 1500, "The ship " * 1500).verdict == "identical"
    assert compare("the docker[s] left the town", "the docker left the town").verdict == "edited"
