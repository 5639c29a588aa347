"""Who a source is by the form of its sentence, and where it ends."""

import pytest
from samples import said


@pytest.mark.parametrize("hearers", ["Directors", "Residents", "The court", "Passengers"])
@pytest.mark.parametrize("cue", ["were told", "have been warned", "had been informed"])
def test_who_is_told_something_does_not_say_it(hearers: str, cue: str) -> None:
    assert said(f"{hearers} {cue} that billions were missing.") == [("", "that billions were missing")]


def test_who_is_asked_does_not_ask() -> None:
    found = said(
        'A spokesperson for Stump, asked whether the governor had meant the judge, said, "It speaks for itself."'
    )
    assert ("A spokesperson for Stump", '"It speaks for itself."') in found
    assert [s for s, content in found if content.startswith("whether")] in ([], [""])


def test_a_topic_before_a_colon_says_nothing() -> None:
    found = said(
        "Zeller on Zeller\nOn winning: “It is only the absence of losing.”\nOn journalists: “They know everything.”"
    )
    assert all(source in ("", "Zeller") for source, _ in found)


@pytest.mark.parametrize("chair", ["Mr Speaker", "Madam Speaker", "Madam President", "Mr Chair"])
def test_the_chair_speaks_in_a_transcript(chair: str) -> None:
    text = f"{chair}: Order. I hope he will sit down.\n\nMr Bain: I will.\n\n{chair}: I call Mr Pryor."
    assert [source for source, _ in said(text)] == [chair, "Mr Bain", chair]


@pytest.mark.parametrize("cue", ["were told", "were warned", "had been informed"])
@pytest.mark.parametrize(
    "teller", ["officials", "the clinic", "two doctors from the clinic", "the king", "King Osric", "Dr. Lee"]
)
def test_who_it_is_told_by_says_it(teller: str, cue: str) -> None:
    found = said(f"Ministers {cue} by {teller} that half of the fleet could be tied up.")
    assert found == [(teller, "that half of the fleet could be tied up")]


def test_a_teller_ends_where_the_time_is_told() -> None:
    found = said("Ministers were warned by the industry in June that half of the fleet could be tied up by Christmas.")
    assert [source for source, _ in found] == ["the industry"]


def test_a_teller_ends_with_its_sentence() -> None:
    found = said("The road was closed, ministers were told by officials. The bridge over the river stayed open.")
    assert found == [("officials", "The road was closed")]


@pytest.mark.parametrize(
    "how",
    [
        "phone",
        "letter",
        "Friday",
        "the end of May",
        "an e-mail",
        "noon",
        "text message",
        "video link",
        "registered post",
    ],
)
def test_how_or_when_it_is_told_says_nothing(how: str) -> None:
    found = said(f"Residents were told by {how} that the water was unsafe.")
    assert [source for source, _ in found] == [""]


@pytest.mark.parametrize("above", ["Power latest", "Nadine Osei"])
def test_a_source_begins_with_its_paragraph(above: str) -> None:
    found = said(f"{above}\n\nWestern Grid says homes west of Odrin are without power.")
    assert ("Western Grid", "homes west of Odrin are without power") in found


def test_a_source_ends_with_its_bracket_and_its_name() -> None:
    assert (
        said("Mr Loomis (Letters, 1 May) thinks that cyclists should pay road tax.")[0][0]
        == "Mr Loomis (Letters, 1 May)"
    )
    found = said(
        'A column by Toby Raine said that Councillor Joan Mott had "refused" to meet residents. '
        "Councillor Mott has asked us to make clear that she was never invited."
    )
    assert found[-1][0] == "Councillor Mott"


def test_a_source_does_not_end_with_who_or_which() -> None:
    found = said(
        "Analysts at Brodie & Wells said the closure could cut exports by a fifth if it lasted beyond a month.\n\n"
        "The United Nations, which helped to negotiate the truce, urged both sides to show restraint."
    )
    assert found[-1][0] in ("The United Nations", "The United Nations, which helped to negotiate the truce")


@pytest.mark.parametrize("opening", ["Commenting on the decision", "Responding to the report", "Reacting to the vote"])
def test_what_a_speaker_comments_on_is_not_said_too(opening: str) -> None:
    words = '"They did nothing for the fleet."'
    found = said(f"{opening}, fisheries spokesman Eamon Droy said: {words} It rained.")
    assert found == [("fisheries spokesman Eamon Droy", words)]


@pytest.mark.parametrize("label", ["RESOLVED", "Resolved", "AGREED"])
def test_what_minutes_resolve_is_said_by_nobody_of_that_name(label: str) -> None:
    found = said(f"The proposal was seconded by Cllr Hobbs. {label}: that the Council object to the application.")
    assert [source for source, _ in found if source] == []


def test_who_is_accused_says_nothing() -> None:
    found = said(
        "Holloway is accused of buying guns for the two men.\n\nThe mayor was briefed on the situation at noon."
    )
    assert found and all(source == "" for source, _ in found)
