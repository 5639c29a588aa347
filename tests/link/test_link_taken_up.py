"""Who is taken up by a pronoun or a description: what the sentence itself rules out, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sayso.records import Statement

Link = Callable[..., list[Statement]]
Row = tuple[str | None, str, str]


def names(found: list[Statement]) -> list[str | None]:
    return [s.speaker.name for s in found]


@pytest.mark.parametrize(
    ("text", "rows", "speaker"),
    [
        (
            "Orla Finch asked Josef Brandl about the dam. “It could be ninety feet,” he told Finch.",
            [("he", "told", "“It could be ninety feet,”")],
            "Josef Brandl",
        ),
        (
            "Brandl has filled his speeches for Hugo Marsh with scripture. He has declared Marsh to be the next king.",
            [("He", "has declared", "Marsh to be the next king")],
            "Brandl",
        ),
        (
            "In describing Hugo Marsh, Josef Brandl said a dam needs care.\n\n“You have to adapt,” he said.",
            [("Josef Brandl", "said", "a dam needs care"), ("he", "said", "“You have to adapt,”")],
            "Josef Brandl",
        ),
        (
            "“Hugo Marsh is a candidate, and we cover Marsh,” said Josef Brandl.\n\n“We will not stop,” he said.",
            [
                ("Josef Brandl", "said", "“Hugo Marsh is a candidate, and we cover Marsh,”"),
                ("he", "said", "“We will not stop,”"),
            ],
            "Josef Brandl",
        ),
        (
            "Josef Brandl spoke of the dam.\n\nHugo Marsh via Getty Images.\n\n“It is safe,” he said.",
            [("he", "said", "“It is safe,”")],
            "Josef Brandl",
        ),
        (
            "On Monday Josef Brandl met Hugo Marsh in Tarn. He said rates would fall.",
            [("He", "said", "rates would fall")],
            "Josef Brandl",
        ),
        (
            "Hugo Marsh left early. “He (Brandl) knew of it,” Orla Finch said.",
            [("He (Brandl)", "knew of", "it")],
            "Brandl",
        ),
    ],
)
def test_a_pronoun_is_nobody_whom_its_own_sentence_rules_out(
    statements: Link, text: str, rows: list[Row], speaker: str
) -> None:
    assert statements(text, *rows)[-1].speaker.name == speaker


def test_who_says_that_he_is_ill_may_be_named_by_others_in_the_same_words(statements: Link) -> None:
    text = "Josef Brandl met the board. He said the Brandl campaign would go on."
    assert names(statements(text, ("He", "said", "the Brandl campaign would go on"))) == ["Josef Brandl"]


def test_who_behind_an_interruption_is_the_one_before_it(statements: Link) -> None:
    text = "“I look at somebody like Mary Hill,” Josef Brandl said, “who tells us it was a storm.”"
    found = statements(
        text,
        ("Josef Brandl", "said", ("“I look at somebody like Mary Hill,”", "“who tells us it was a storm.”")),
        ("who", "tells", "it was a storm"),
        parents={1: 0},
    )
    assert names(found) == ["Josef Brandl", "Mary Hill"]


def test_where_people_are_is_not_who_they_are(statements: Link) -> None:
    text = "Josef Brandl was there. There were dozens of farmers in Paris who said that they agreed."
    found = statements(text, ("who", "said", "that they agreed"), mentions=[("Paris", "location")])
    assert names(found) == ["farmers"]


@pytest.mark.parametrize(
    ("text", "source", "speaker"),
    [
        ("Senator Hugo Marsh praised the dam. {} said that it was over.", "The Democrat", "Hugo Marsh"),
        ("Mary Hill defended the plan. {} said that it was over.", "The Georgia senator", "Mary Hill"),
        ("Hugo Marsh won. Hugo Marsh met the crowd. {} said that it was over.", "The head of the Union", "head of the Union"),
        ("The video attacks Mary Hill. Hill has not answered. {} said that it was over.", "The ad’s narrator", "ad’s narrator"),
        ("Hugo Marsh spoke in Omaha. Marsh saw a crowd. {} said that it was over.", "The boy", "boy"),
        ("The Tory party met. {} said that it was over.", "The editorial board", "editorial board"),
        ("Mary Hill and Hugo Marsh wrote. {} said that it was over.", "The two lawmakers", "Mary Hill and Hugo Marsh"),
        ("Mary Hill and Hugo Marsh wrote. {} said that it was over.", "Both", "Mary Hill and Hugo Marsh"),
        ("Mary Hill asked for papers. {} said that it was over.", "The two", "two"),
        ("Ann Lee met Hugo Marsh. {} said that it was over.", "The billionaire", "billionaire"),
        ("Mary Hill and Hugo Marsh left. Two fans were held. {} said that it was over.", "Both", "Both"),
    ],
)  # fmt: skip
def test_a_description_means_whom_the_text_lets_it_mean(statements: Link, text: str, source: str, speaker: str) -> None:
    found = statements(text.format(source), (source, "said", "that it was over"))
    assert names(found) == [speaker]


def test_the_aide_of_whom_no_name_is_told_gets_nobodys(statements: Link) -> None:
    text = (
        "Hugo Marsh met Mary Hill. Marsh was tired. A palace official said that they had agreed. "
        "The aide said that the price was open."
    )
    found = statements(
        text,
        ("A palace official", "said", "that they had agreed"),
        ("The aide", "said", "that the price was open"),
    )
    assert [(s.speaker.kind, s.speaker.name) for s in found] == [("unnamed", "palace official")] * 2


def test_the_leader_of_a_nation_is_the_one_who_has_just_spoken(statements: Link) -> None:
    text = (
        "Mary Hill met Hugo Marsh. Mary Hill said that Hugo Marsh was a friend, and that she admired him. "
        "“We shall meet again,” the Norwegian leader said."
    )
    found = statements(
        text,
        ("Mary Hill", "said", "that Hugo Marsh was a friend"),
        ("the Norwegian leader", "said", "“We shall meet again,”"),
    )
    assert names(found) == ["Mary Hill", "Mary Hill"]


def test_those_are_told_by_what_is_said_of_them(statements: Link) -> None:
    text = "Thirty percent of voters were undecided, and of those describing themselves as poor half."
    assert names(statements(text, ("those", "describing", "themselves as poor"))) == [
        "those describing themselves as poor"
    ]


def test_the_paper_after_a_white_paper_is_no_newspaper(statements: Link) -> None:
    text = "Arduna sent out a white paper, a copy of which was seen by the Solvane Post. The paper notes that it rains."
    found = statements(text, ("The paper", "notes", "that it rains"))
    assert names(found) != ["Solvane Post"]


def test_a_participle_behind_a_comma_is_the_subjects(statements: Link) -> None:
    text = "This year, Hugo Marsh defended the president of the league, Josef Brandl, saying that he had been wronged."
    assert names(statements(text, (None, "saying", "that he had been wronged"))) == ["Hugo Marsh"]


@pytest.mark.parametrize(
    ("before", "source", "speaker"),
    [
        ("Hill’s press secretary, Josef Brandl, provided a written statement.", "the statement", "Josef Brandl"),
        ("A new ad from Hugo Marsh’s presidential campaign is out.", "The ad", "Hugo Marsh campaign"),
        ("Mary Hill and Hugo Marsh sent a letter to Brandl.", "The letter", "Mary Hill and Hugo Marsh"),
        ("Mary Hill has not read a letter on the dam.", "The letter", "letter"),
        ("Mary Hill published a letter from Hugo Marsh.", "The letter", "Hugo Marsh"),
        ("Critics of Hugo Marsh released a letter on Monday.", "The letter", "letter"),
        ("The widow of Hugo Marsh sent a letter to the board.", "The letter", "letter"),
    ],
)
def test_what_is_issued_speaks_for_whoever_issued_it(statements: Link, before: str, source: str, speaker: str) -> None:
    found = statements(f"{before} {source} says that it was over.", (source, "says", "that it was over"))
    assert names(found) == [speaker]


def test_it_may_be_a_letter_that_speaks_for_somebody(statements: Link) -> None:
    text = "Mary Hill sent a letter to the board. The letter says that it rains. It also says that it pours."
    found = statements(text, ("The letter", "says", "that it rains"), ("It", "also says", "that it pours"))
    assert names(found) == ["Mary Hill", "Mary Hill"]


def test_a_letter_that_an_editor_changed_makes_no_name(statements: Link) -> None:
    text = "“[W]e think of those at sea,” Mary Hill said."
    found = statements(
        text,
        ("Mary Hill", "said", "“[W]e think of those at sea,”"),
        ("[W]e", "think of", "those at sea"),
        parents={1: 0},
    )
    assert names(found) == ["Mary Hill", "Mary Hill"]


def test_the_party_is_the_one_that_was_spoken_of_though_another_has_party_in_its_name(statements: Link) -> None:
    text = "The Tea Party is loud. But the GOP has won before. The party says that it will win again."
    found = statements(
        text,
        ("The party", "says", "that it will win again"),
        mentions=[("Tea Party", "organization"), ("GOP", "organization")],
    )
    assert names(found) == ["GOP"]


@pytest.mark.parametrize(
    "before",
    [
        "The Post asked a campaign of Mary Hill whether it rained.",
        "The Post asked Mary Hill’s campaign whether it rained.",
    ],
)
def test_the_campaign_is_whose_campaign_was_spoken_of(statements: Link, before: str) -> None:
    found = statements(f"{before} But the campaign refused to say.", ("the campaign", "refused", "to say"))
    assert names(found) == ["Mary Hill campaign"]
    found = statements(
        f"{before} But the relief campaign refused to say.", ("the relief campaign", "refused", "to say")
    )
    assert names(found) == ["relief campaign"]


def test_who_opens_what_is_said_is_who_says_it(statements: Link) -> None:
    text = "The Harbour Bank closed. The Harbour Bank failed. Farmers said they heard that it would open again."
    found = statements(
        text,
        ("Farmers", "said", "they heard that it would open again"),
        ("they", "heard", "that it would open again"),
        parents={1: 0},
        mentions=[("Harbour Bank", "organization")],
    )
    assert names(found) == ["Farmers", "Farmers"]
    text = "Mary Hill met Orla Finch. John Marsh said she told the board that it would open again."
    found = statements(
        text,
        ("John Marsh", "said", "she told the board that it would open again"),
        ("she", "told", "that it would open again"),
        parents={1: 0},
    )
    assert found[1].speaker.name != "John Marsh"
