"""What is told once stands once: a shorter content with a longer cue is no second attribution."""

import pytest
from samples import document, well_formed

from sayso.attribute import attribute
from sayso.attribute._candidates import Candidate
from sayso.attribute._nested import nest


def rows(text: str) -> list[tuple[str, str]]:
    """Sources and contents, nested ones too."""
    found = attribute(document(text))
    well_formed(text, found)
    return [(" ".join(s.text for s in a.source), " | ".join(s.text for s in a.content)) for a in found.attributions]


@pytest.mark.parametrize(("text", "row"), [
    ("The harbour board is refusing to call the strike illegal.", ("The harbour board", "to call the strike illegal")),
    (
        "Lund expressed a desire to sell the trawler before winter.",
        ("Lund", "a desire to sell the trawler before winter"),
    ),
    ("Berg declined to discuss the price of the harbour.", ("Berg", "to discuss the price of the harbour")),
    (
        "The fishermen want to believe that the sandbank has moved.",
        ("The fishermen", "to believe that the sandbank has moved"),
    ),
])  # fmt: skip
def test_the_longer_content_stands_alone(text: str, row: tuple[str, str]) -> None:
    assert rows(text) == [row]


def test_inside_another_too() -> None:
    found = rows("The board has refused to say that the dam is safe, the minister said on Monday.")
    assert [who for who, _ in found] == ["The board", "the minister"]
    assert found[0][1] == "to say that the dam is safe"


@pytest.mark.parametrize(("text", "inner"), [
    ("Lund said she had promised to sell the trawler.", ("she", "to sell the trawler")),
    ("The bishop defended his call to close the chapel.", ("his", "to close the chapel")),
    ("The minister said the mayor had demanded that the dam be closed.", ("the mayor", "that the dam be closed")),
])  # fmt: skip
def test_what_somebody_tells_inside_stays(text: str, inner: tuple[str, str]) -> None:
    found = rows(text)
    assert len(found) == 2 and inner in found


def candidate(source: tuple[int, int], cue: tuple[int, int], content: tuple[int, int]) -> Candidate:
    return Candidate(cue[1] - 1, 0.9, 0.9, (source,) if source[0] < source[1] else (), (cue,), (content,), 1, 1, 1)


@pytest.mark.parametrize(("source", "cue", "stays"), [
    ((0, 1), (1, 4), False),  # "Lund | vowed to oppose"
    ((0, 1), (3, 4), False),  # "Lund | oppose"
    ((4, 5), (3, 4), True),  # somebody else
    ((0, 0), (3, 4), True),  # of nobody: others' claims that he rejects
    ((0, 1), (5, 6), True),  # further in
])  # fmt: skip
def test_one_source_and_cues_that_touch(source: tuple[int, int], cue: tuple[int, int], stays: bool) -> None:
    outer = candidate((0, 1), (1, 2), (2, 12))
    chosen = nest([(0.9, outer)], [(0.8, candidate(source, cue, (7, 12)))])
    assert len(chosen) == 1 + stays
