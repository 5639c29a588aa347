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


@pytest.mark.parametrize(
    ("text", "row", "via"),
    [
        ("He said the main issue will be rent.", ("He", "said", "the main issue will be rent"), None),
        (
            "Ada Lorne, who spoke on the issue in May, said it was late.",
            ("Ada Lorne", "said", "it was late"), None,
        ),
        (
            "In the May issue of Harbour Watch, Ada Lorne said it was late.",
            ("Ada Lorne", "said", "it was late"), "the May issue",
        ),
        ("In his assessment of the mayor, Hugo Dale said he was vain.", ("Hugo Dale", "said", "he was vain"), None),
        ("In a risk assessment, Hugo Dale said it was late.", ("Hugo Dale", "said", "it was late"), "a risk assessment"),
        ("In his security briefing, Hugo Dale said it was late.", ("Hugo Dale", "said", "it was late"), None),
        ("At a briefing, Hugo Dale said it was late.", ("Hugo Dale", "said", "it was late"), "a briefing"),
        ("In his brief tenure, Hugo Dale said that it was late.", ("Hugo Dale", "said", "that it was late"), None),
        ("In an ad hominem attack, Hugo Dale said that Lorne lied.", ("Hugo Dale", "said", "that Lorne lied"), None),
        ("In a radio ad, Hugo Dale said that Lorne lied.", ("Hugo Dale", "said", "that Lorne lied"), "a radio ad"),
        (
            "Hugo Dale, who leads in most polls, said that Lorne lied.",
            ("Hugo Dale", "said", "that Lorne lied"), None,
        ),
        ("Hugo Dale posted a heap of old maps.", ("Hugo Dale", "posted", "a heap of old maps"), None),
        ("Hugo Dale posted a warning on his page.", ("Hugo Dale", "posted", "a warning"), "posted"),
        ("The group released the emails.", ("The group", "released the emails", "the emails"), None),
        ("Emerging from a meeting, Hugo Dale said it was late.", ("Hugo Dale", "said", "it was late"), None),
        ("At a meeting, Hugo Dale said it was late.", ("Hugo Dale", "said", "it was late"), "a meeting"),
        ("On the convention's first day, Hugo Dale said it was late.", ("Hugo Dale", "said", "it was late"), None),
        ("The verdict hit Hugo Dale, whose lawyers argued it was late.", ("lawyers", "argued", "it was late"), None),
        (
            "The proof seen during the investigation show it was late.",
            ("The proof seen during the investigation", "show", "it was late"), None,
        ),
        ("Three television networks said it was late.", ("Three television networks", "said", "it was late"), None),
        ("Ada Lorne told friends at a rally broadcast live it was late.", ("Ada Lorne", "told", "it was late"), "a rally"),
    ],
)  # fmt: skip
def test_a_word_in_another_sense_carries_nothing(statements: Link, text: str, row: Row, via: str | None) -> None:
    assert vias(statements(text, row)) == [via]


@pytest.mark.parametrize(
    ("text", "row", "via", "medium"),
    [
        ("Ada Lorne told CNN Tuesday that it was late.", ("Ada Lorne", "told", "that it was late"), "CNN", "interview"),
        ("Ada Lorne told The Hill that it was late.", ("Ada Lorne", "told", "that it was late"), "The Hill", "interview"),
        (
            "Ada Lorne told The Star-Ledger last week that it was late.",
            ("Ada Lorne", "told", "that it was late"), "Star-Ledger", "interview",
        ),
        (
            "Ada Lorne told the Odrin Examiner that it was late.",
            ("Ada Lorne", "told", "that it was late"), "Odrin Examiner", "interview",
        ),
        (
            "Ada Lorne told the morning host Hugo Dale that it was late.",
            ("Ada Lorne", "told", "that it was late"), "Hugo Dale", "interview",
        ),
        ("Ada Lorne complained to CBS that it was late.", ("Ada Lorne", "complained", "that it was late"), "CBS", "interview"),
        (
            "Speaking on the cable channel CNBC, Ada Lorne said it was late.",
            ("Ada Lorne", "said", "it was late"), "CNBC", "broadcast",
        ),
        ("“It is late,” Ada Lorne said on “Quay Talk.”", ("Ada Lorne", "said", "“It is late,”"), "Quay Talk", "broadcast"),
        ("Ada Lorne took to Twitter to say it was late.", ("Ada Lorne", "to say", "it was late"), "Twitter", "social-post"),
        (
            "Ada Lorne said at an investors conference that it was late.",
            ("Ada Lorne", "said", "that it was late"), "an investors conference", "speech",
        ),
        (
            "“It is late,” Ada Lorne said from the Senate floor.",
            ("Ada Lorne", "said", "“It is late,”"), "the Senate floor", "speech",
        ),
        ("“It is late,” Ada Lorne told a crowd.", ("Ada Lorne", "told", "“It is late,”"), "a crowd", "speech"),
        ("In hearings in June, Ada Lorne said it was late.", ("Ada Lorne", "said", "it was late"), "hearings", "testimony"),
        (
            "Ada Lorne wrote to members, telling them it was late.",
            ("Ada Lorne", "telling", "it was late"), "wrote to", "letter",
        ),
        ("“It is late,” Ada Lorne blogged.", ("Ada Lorne", "blogged", "“It is late,”"), "blogged", "article"),
        (
            "In an executive order, Ada Lorne said it was late.",
            ("Ada Lorne", "said", "it was late"), "an executive order", "document",
        ),
    ],
)  # fmt: skip
def test_what_the_wording_plainly_tells(statements: Link, text: str, row: Row, via: str, medium: str) -> None:
    (found,) = statements(text, row)
    assert found.via is not None
    assert (found.via.item, found.via.medium) == (via, medium)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Ada Lorne told the Harbour Board that it was late.", ("Ada Lorne", "told", "that it was late")),
        ("Someone in the crowd clapped when Ada Lorne said it was late.", ("Ada Lorne", "said", "it was late")),
        (
            "Those who met at a summit were late, Ada Lorne said.",
            ("Ada Lorne", "said", "Those who met at a summit were late"),
        ),
        ("Ada Lorne said the vote on “Plan B” was late.", ("Ada Lorne", "said", "the vote on “Plan B” was late")),
    ],
)  # fmt: skip
def test_what_is_told_to_a_board_or_of_a_summit_came_through_nothing(statements: Link, text: str, row: Row) -> None:
    assert vias(statements(text, row)) == [None]


@pytest.mark.parametrize(
    ("text", "row", "via"),
    [
        ("Ada Lorne delivered a speech. “It is late,” she said.", ("she", "said", "“It is late,”"), "a speech"),
        (
            "In her statement, Ada Lorne went further. “It is late,” she said.",
            ("she", "said", "“It is late,”"),
            "her statement",
        ),
        (
            "At a rally in Odrin, Hugo Dale sang. “It is late,” Ada Lorne said.",
            ("Ada Lorne", "said", "“It is late,”"),
            None,
        ),
        (
            "At a rally in Odrin, Ada Lorne sang. In 2009 she said: “It is late.”",
            ("she", "said", "“It is late.”"),
            None,
        ),
    ],
)
def test_quoted_words_behind_an_occasion_are_of_it_if_it_is_the_speakers(
    statements: Link, text: str, row: Row, via: str | None
) -> None:
    assert vias(statements(text, row)) == [via]


def test_what_was_said_before_does_not_end_an_interview(statements: Link) -> None:
    text = (
        "“We will dig,” Ada Lorne said in an interview. She had warned that the quay was old. “It is late,” she said, before "
        "Lorne told the host Hugo Dale that boats would wait."
    )
    rows = [
        ("Ada Lorne", "said", "“We will dig,”"), ("She", "had warned", "that the quay was old"),
        ("she", "said", "“It is late,”"), ("Lorne", "told", "that boats would wait"),
    ]  # fmt: skip
    assert vias(statements(text, *rows)) == ["an interview", None, "an interview", "an interview"]


def test_a_post_is_short(statements: Link) -> None:
    text = "Ada Lorne tweeted, “We will dig.” She added, “Soon.”\n\n“It is late,” she said."
    rows = [
        ("Ada Lorne", "tweeted", "“We will dig.”"), ("She", "added", "“Soon.”"), ("she", "said", "“It is late,”"),
    ]  # fmt: skip
    assert vias(statements(text, *rows)) == ["tweeted", "tweeted", None]


@pytest.mark.parametrize(
    ("text", "row", "via"),
    [
        (
            "At the daily press briefing, Orla Finch said it was over.",
            ("Orla Finch", "said", "it was over"),
            "press-conference",
        ),
        ("The board told the Czech Republic that it was over.", ("The board", "told", "that it was over"), None),
        (
            "The king said on television late Friday that it was over.",
            ("The king", "said", "that it was over"),
            "broadcast",
        ),
        ("In its assessment, the Fund said it was over.", ("the Fund", "said", "it was over"), "report"),
    ],
)
def test_what_a_word_means_beside_its_neighbours(
    statements: Callable[..., list[Statement]], text: str, row: tuple[str, str, str], via: str | None
) -> None:
    found = statements(text, row, mentions=[("Czech Republic", "location")] if "Czech" in text else ())
    assert (found[0].via.medium if found[0].via else None) == via


def test_what_somebody_released_carries_how_it_describes(statements: Callable[..., list[Statement]]) -> None:
    words = "“The front released videos harshly blaming them, describing them as traitors,”"
    found = statements(
        f"{words} the monitor said.",
        ("the monitor", "said", words),
        ("The front", "released", "videos harshly blaming them"),
        ("The front", "describing", "them as traitors"),
        parents={1: 0, 2: 0},
    )
    assert found[2].via is not None and found[2].via.medium == "video"
    other = statements(
        "The front released videos harshly blaming them, and officials warned of riots.",
        ("The front", "released", "videos harshly blaming them"),
        ("officials", "warned", "of riots"),
    )
    assert other[1].via is None
