"""Transcripts: labels that come back are speakers, and each has its turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import document, well_formed

from sayso.attribute import attribute
from sayso.attribute._turns import turns
from sayso.records import Analysis

QUESTIONS = ("Will the dam be opened this month?", "And the compensation?", "Did anybody object?")
ANSWERS = ("When it is safe.", "The forms are out. Forty per cent is paid at once.", "Not that I recall.")


def told(analysis: Analysis) -> list[tuple[str, str]]:
    """Sources and contents of the text itself."""
    return [
        (" ".join(s.text for s in a.source), " | ".join(s.text for s in a.content))
        for a in analysis.attributions
        if a.parent is None
    ]


@pytest.mark.parametrize(
    ("form", "asks", "answers"),
    [
        ("{who}: {what}", "MS OYELARAN", "CAPT. HELLEBUST"),
        ("{who}: {what}", "Interviewer", "Witness 6"),
        ("{who}: {what}", "Senator Philippa Ngata", "Henrik Åsberg (Chief Engineer)"),
        ("**{who}:** {what}", "Ulla Rask", "Åse Berg, Director"),
        ("{who}. {what}", "Q", "A"),
        ("{who}. {what}", "The CHAIRPERSON", "Mr. NAKAGAWA-PELL (Harbour Users)"),
        ("{who} — {what}", "Mr Strand", "Ms Leclerc-Bauer, for the company"),
        ("{who}.—{what}", "The Convener", "Mr. Tulloch"),
        ("[21:02] <{who}> {what}", "joy_m", "kazimir"),
        ("{who}: {what}", "coach_benny_77", "ritva"),
        ("[00:01:14] {who}: {what}", "Brónagh", "Tunde"),
    ],
)
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_each_speaker_has_the_turn(form: str, asks: str, answers: str, between: str) -> None:
    pairs = [(who, what) for q, a in zip(QUESTIONS, ANSWERS, strict=True) for who, what in ((asks, q), (answers, a))]
    text = "The hearing began at nine.\n\n" + between.join(form.format(who=who, what=what) for who, what in pairs)
    found = attribute(document(text))
    well_formed(text, found)
    assert [x for x in told(found) if x[0] in (asks, answers)] == pairs


def test_a_speaker_may_come_once_among_others() -> None:
    text = (
        "Lt. Gov. Brill: The bridge is safe.\n\nReporter: Sir, the inspector found cracks.\n\nBrill: Hairline, sir.\n\n"
        "Second reporter: Then why is it closed to trucks?\n\nBrill: For a test.\n\nReporter: Thank you."
    )
    assert ("Second reporter", "Then why is it closed to trucks?") in told(attribute(document(text)))


def test_stage_directions_and_what_the_page_tells_between_turns_are_not_said() -> None:
    text = (
        "HOST: Is it meant to do that?\n\nCHEF: In my house, yes.\n\n[Laughter]\n\nHOST: So we have the onions.\n\n"
        "CHEF: I never cry. My mother told me that onions cry first.\n\nI still believe her.\n\n"
        "The pan was taken away by a man of the fire brigade.\n\nHOST: Thank you.\n\nThe show is on every Friday at eight."
    )
    found = attribute(document(text))
    assert told(found)[:5] == [
        ("HOST", "Is it meant to do that?"),
        ("CHEF", "In my house, yes."),
        ("HOST", "So we have the onions."),
        ("CHEF", "I never cry. My mother told me that onions cry first.\n\nI still believe her."),
        ("HOST", "Thank you."),
    ]
    inside = [a for a in found.attributions if a.parent is not None]
    assert ("My mother", "that onions cry first") in [(a.source[0].text, a.content[0].text) for a in inside if a.source]


def test_answers_with_initials_are_turns_and_the_questions_between_are_not() -> None:
    text = (
        "What did you take along?\n\nO.D.-S. — A second stove. Everybody laughs at it.\n\nAnd in February?\n\n"
        "O.D.-S. — They knock at my door.\n\nWill drones do that work?\n\nO.D.-S. — A drone cannot dig."
    )
    assert [c for s, c in told(attribute(document(text))) if s == "O.D.-S."] == [
        "A second stove. Everybody laughs at it.", "They knock at my door.", "A drone cannot dig.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Date: 4 May.\nPlace: Kelda.\nDate: 5 May.\nPlace: Tarn.",
        "Name: Lund\nAge: 41\nName: Berg\nAge: 39",
        "Clinton: 1,769.\nSanders: 1,501.\nClinton: 547.\nSanders: 46.",
        "Note: Unplug it first.\nWarning: The pan is hot.\nNote: Keep children away.\nWarning: Use gloves.",
        "Flour: a pound.\nSugar: a cup.\nEggs: three.",
        "Lang, his manager, stated: “We stay.”\n\nLang then added: “For now.”\n\nOle said: “No.”\n\nOle said: “Go.”",
        "KELDA — The strike went on.\n\nTARN — Snow fell.",
    ],
)
def test_fields_and_reports_are_no_transcripts(text: str) -> None:
    assert turns(text) == []


@given(st.text(alphabet="AQ.:—<>*[]() \nabSMITH12’,-", max_size=300))
def test_turns_are_in_order_and_apart_whatever_the_text(text: str) -> None:
    at = 0
    for turn in turns(text):
        for start, end in (turn.label, turn.mark, turn.said, *(span for span, _ in turn.more)):
            assert at <= start < end <= len(text)
            at = end
