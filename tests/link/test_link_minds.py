"""What a speaker thinks, wants or fears as he says so is no statement beside the one in which he says it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sayso.records import Linked, Statement


@pytest.mark.parametrize(
    ("text", "outer", "inner"),
    [
        (
            "Mary Hill said she wants to attack four of the rules.",
            ("Mary Hill", "said", "she wants to attack four of the rules"),
            ("she", "wants", "to attack four of the rules"),
        ),
        (
            "Officials said they were concerned that papers might be forged.",
            ("Officials", "said", "they were concerned that papers might be forged"),
            ("they", "were concerned", "that papers might be forged"),
        ),
        (
            "“I must tell you that the port will close,” said Josef Brandl.",
            ("Josef Brandl", "said", "“I must tell you that the port will close,”"),
            ("I", "must tell", "that the port will close"),
        ),
    ],
)
def test_the_speakers_own_state_of_mind_is_told_with_his_words(
    statements: Callable[..., list[Statement]],
    text: str,
    outer: tuple[str, str, str],
    inner: tuple[str, str, str],
) -> None:
    found = statements(text, outer, inner, parents={1: 0})
    assert [s.content[0].text for s in found] == [outer[2]]


@pytest.mark.parametrize(
    ("text", "outer", "inner"),
    [
        (
            "Mary Hill said Josef Brandl wants to attack four of the rules.",
            ("Mary Hill", "said", "Josef Brandl wants to attack four of the rules"),
            ("Josef Brandl", "wants", "to attack four of the rules"),
        ),
        (
            "Mary Hill condemned what she called a hoped-for war.",
            ("Mary Hill", "condemned", "what she called a hoped-for war"),
            ("she", "called", "a hoped-for war"),
        ),
        (
            "Mary Hill said she had told the board of her hopes.",
            ("Mary Hill", "said", "she had told the board of her hopes"),
            ("she", "had told", "of her hopes"),
        ),
        (
            "Mary Hill said she had expressed concern about the rules.",
            ("Mary Hill", "said", "she had expressed concern about the rules"),
            ("she", "had expressed concern about", "the rules"),
        ),
        (
            "The ministry said it determined that the rules were broken.",
            ("The ministry", "said", "it determined that the rules were broken"),
            ("it", "determined", "that the rules were broken"),
        ),
        (
            "Mary Hill said Josef Brandl knew that he wants the rules.",
            ("Mary Hill", "said", "Josef Brandl knew that he wants the rules"),
            ("Josef Brandl", "knew", "that he wants the rules"),
        ),
    ],
)
def test_others_minds_and_what_the_speaker_said_at_another_time_stand(
    statements: Callable[..., list[Statement]],
    text: str,
    outer: tuple[str, str, str],
    inner: tuple[str, str, str],
) -> None:
    found = statements(text, outer, inner, parents={1: 0})
    assert [s.content[0].text for s in found] == [outer[2], inner[2]]
    assert found[1].parent == found[0].id


def test_what_lay_in_such_a_state_of_mind_lies_in_what_is_said(linked: Callable[..., Linked]) -> None:
    text = "Mary Hill said she believes that Josef Brandl said the port would close."
    found = linked(
        text,
        ("Mary Hill", "said", "she believes that Josef Brandl said the port would close"),
        ("she", "believes", "that Josef Brandl said the port would close"),
        ("Josef Brandl", "said", "the port would close"),
        parents={1: 0, 2: 1},
    ).statements
    assert [s.speaker.name for s in found] == ["Mary Hill", "Josef Brandl"]
    assert found[1].parent == found[0].id
