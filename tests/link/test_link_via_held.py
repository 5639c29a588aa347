"""Through what somebody spoke: what carries his words, what is only named beside them, and how far it holds."""

from collections.abc import Callable

import pytest

from sayso.records import Statement

Link = Callable[..., list[Statement]]
Row = tuple[str | None, str, str]


def vias(found: list[Statement]) -> list[str | None]:
    return [s.via.item if s.via else None for s in found]


def test_who_is_quoted_in_an_interview_did_not_give_it(statements: Link) -> None:
    text = "“The mayor says the quay is sinking,” Ada Lorne said in an interview."
    rows = [
        ("Ada Lorne", "said", "“The mayor says the quay is sinking,”"),
        ("The mayor", "says", "the quay is sinking"),
    ]
    assert vias(statements(text, *rows, parents={1: 0})) == ["an interview", None]


def test_an_occasion_that_somebody_speaks_of_is_not_that_of_his_words(statements: Link) -> None:
    text = "Hugo Dale said the mayor never answers, as at Tuesday's news conference. “That is wrong,” Dale said."
    rows = [
        ("Hugo Dale", "said", "the mayor never answers, as at Tuesday's news conference"),
        ("Dale", "said", "“That is wrong,”"),
    ]
    assert vias(statements(text, *rows)) == [None, None]


@pytest.mark.parametrize(
    ("goes_on", "row", "holds"),
    [
        ("She added that the quay was old.", ("She", "added", "that the quay was old"), True),
        ("The boats, noted Ms. Lorne, who sails on Monday, are old.", ("Ms. Lorne", "noted", "The boats"), True),
        ("She had argued that the quay was old.", ("She", "had argued", "that the quay was old"), False),
        ("Last year, she warned that the quay was old.", ("she", "warned", "that the quay was old"), False),
        ("She told the committee that the quay was old.", ("She", "told", "that the quay was old"), False),
    ],
)
def test_another_time_or_other_hearers_end_what_was_carried(
    statements: Link, goes_on: str, row: Row, holds: bool
) -> None:
    text = f"“We will dig,” Ada Lorne said in a letter. {goes_on}"
    found = statements(text, ("Ada Lorne", "said", "“We will dig,”"), row)
    assert vias(found) == ["a letter", "a letter" if holds else None]


def test_who_tells_the_crowd_at_a_rally_is_still_at_the_rally(statements: Link) -> None:
    text = "“We will dig,” Ada Lorne said at a rally. She told the crowd that the quay was old."
    rows = [("Ada Lorne", "said", "“We will dig,”"), ("She", "told", "that the quay was old")]
    assert vias(statements(text, *rows)) == ["a rally", "a rally"]


def test_a_book_is_not_what_its_writer_says_today(statements: Link) -> None:
    text = "Ada Lorne wrote in her memoir that the quay was sinking. “Nobody read it,” Lorne said."
    rows = [("Ada Lorne", "wrote in her memoir", "that the quay was sinking"), ("Lorne", "said", "“Nobody read it,”")]
    assert vias(statements(text, *rows)) == ["her memoir", None]


@pytest.mark.parametrize(
    ("text", "row", "via"),
    [
        (
            "Ada Lorne, the Courier's managing editor, explained why the quay sinks.",
            ("Ada Lorne, the Courier's managing editor,", "explained", "why the quay sinks"), None,
        ),
        (
            "Ada Lorne, head of drama at NBC, said it was late.",
            ("Ada Lorne, head of drama at NBC,", "said", "it was late"), None,
        ),
        ("The BBC's new owner said it was late.", ("The BBC's new owner", "said", "it was late"), None),
        ("Facebook's policy chief said it was late.", ("Facebook's policy chief", "said", "it was late"), None),
        ("A Twitter user wrote that it was late.", ("A Twitter user", "wrote", "that it was late"), "Twitter"),
        ("The BBC's Ada Lorne said it was late.", ("The BBC's Ada Lorne", "said", "it was late"), "BBC's"),
        ("The BBC reporter Ada Lorne said it was late.", ("The BBC reporter Ada Lorne", "said", "it was late"), "BBC"),
        ("The BBC said it was late.", ("The BBC", "said", "it was late"), "BBC"),
        (
            "Two officials who spoke with the BBC said it was late.",
            ("Two officials who spoke with the BBC", "said", "it was late"), "BBC",
        ),
        ("The organizer of a rally said it was late.", ("The organizer of a rally", "said", "it was late"), None),
        ("The audience shouted that it was late.", ("The audience", "shouted", "that it was late"), None),
        (
            "“It is late,” said Ada Lorne, of a group which signed the letter.",
            ("Ada Lorne, of a group which signed the letter", "said", "“It is late,”"), None,
        ),
        ("The author of the report said it was late.", ("The author of the report", "said", "it was late"), "the report"),
        ("A man in the video said it was late.", ("A man in the video", "said", "it was late"), "the video"),
        (
            "The first results of the poll show that it was late.",
            ("The first results of the poll", "show", "that it was late"), "the poll",
        ),
        (
            "Ada Lorne, a columnist for the Harbour Mirror, wrote that it was late.",
            ("Ada Lorne, a columnist for the Harbour Mirror,", "wrote", "that it was late"), "Harbour Mirror",
        ),
    ],
)  # fmt: skip
def test_what_tells_who_speaks_is_not_what_he_spoke_through(
    statements: Link, text: str, row: Row, via: str | None
) -> None:
    mentions = [("Harbour Mirror", "organization")] if "Mirror" in text else []
    assert vias(statements(text, row, mentions=mentions)) == [via]
