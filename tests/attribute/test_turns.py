"""Transcripts: labels that come back are speakers, and each has its turn."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import document, well_formed

from sayso.attribute import attribute
from sayso.attribute._turns import turns
from sayso.records import Analysis, Span

QUESTIONS = ("Will the dam be opened this month?", "And the compensation?", "Did anybody object?")
ANSWERS = ("When it is safe.", "The forms are out. Forty per cent is paid at once.", "Not that I recall.")


def told(analysis: Analysis) -> list[tuple[str, str]]:
    """Sources and contents of the text itself."""
    return [
        (" ".join(s.text for s in a.source), " | ".join(s.text for s in a.content))
        for a in analysis.attributions
        if a.parent is None
    ]


def said(text: str) -> list[tuple[str, str]]:
    """Labels, and what is said in their paragraphs."""
    return [(text[slice(*t.label)], text[slice(*t.said)]) for t in turns(text)]


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
        ("2:02 PM {who}: {what}", "Smith", "Jones"),
        ("7. {who}: {what}", "SMITH", "Mr McDONALD"),
        ("{who} [00:14]: {what}", "Lena", "Omar Diab"),
        ("{who}. {what}", "Mr. SCHUMER", "Mr. McCONNELL"),
        ("{who}: {what}", "Mr. Kyslytsya (Ukraine)", "Mr. Nebenzia (Russian Federation) (spoke in Russian)"),
        ("{who}. – {what}", "President", "Ursula von der Leyen, President of the Commission"),
        ("{who}: {what}", "QUESTION", "MR. PRICE"),
        ("{who}: {what}", "ANN SMITH", "BOB SMITH"),
        ("{who}:\n{what}", "SMITH", "JONES"),
        ("{who}  0:07\n{what}", "Lena Marsh", "Omar Diab"),
        ("{who}, [12.03.2024 14:05]\n{what}", "Ali", "Brigade Press"),
        ("[2024-03-12 14:02] <@{who}> {what}", "brigade", "ali"),
        ("12/03/2024, 15:20 - {who}: {what}", "Brigade Press", "Ali"),
        ("{who}  0:07\r\n{what}", "Lena Marsh", "Omar Diab"),
    ],
)
@pytest.mark.parametrize("between", ["\n\n", "\n", "\r\n"])
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


def test_turns_of_hard_wrapped_text_are_whole() -> None:
    said = [
        (
            "SENATOR NGATA",
            "I should like to begin with the letter that your deputy wrote on the ninth of May about the gate.",
        ),
        ("COL. WHITLOCK", "He wrote what he believed to be true on that day. We have found the list since, in a boot."),
        (
            "SENATOR NGATA",
            "Who told you that it was the list and not another paper, since the guards had burned all of them?",
        ),
        (
            "COL. WHITLOCK",
            "The clerk did, who had hidden it there on the evening before, when nobody was in the office.",
        ),
    ]
    text = "\n\n".join(textwrap.fill(f"{who}: {what}", 60) for who, what in said)
    found = told(attribute(document(text)))
    assert [(who, " ".join(what.split())) for who, what in found] == said


@pytest.mark.parametrize(
    ("between", "came"),
    [
        ("al-Hariri: I do not think so.", None),  # no label that is known, but none of the guest's words
        ("The minister answered him: We will not go.", None),
        ("MR. COHEN: Objection, your Honor.", ("MR. COHEN", "Objection, your Honor.")),
        ("Mr. COHEN. Objection, your Honor.", ("Mr. COHEN", "Objection, your Honor.")),
        ("Editor’s note: We asked the authority.", None),
        ("What our readers say", None),
        ("The US army took the town in May.", None),
    ],
)
def test_what_comes_between_is_not_said_by_the_one_before(between: str, came: tuple[str, str] | None) -> None:
    text = f"HOST: Is it cold?\n\nGUEST: It is.\n\n{between}\n\nHOST: Why?\n\nGUEST: I froze.\n\nHOST: Thank you."
    found = told(attribute(document(text)))
    assert [x for x in found if x[0] in ("HOST", "GUEST")] == [
        ("HOST", "Is it cold?"), ("GUEST", "It is."), ("HOST", "Why?"), ("GUEST", "I froze."), ("HOST", "Thank you."),
    ]  # fmt: skip
    assert said(text)[2:-3] == ([came] if came else [])


def test_paragraphs_before_the_last_one_in_which_somebody_speaks_belong_to_the_turn() -> None:
    turn = "I have two things.\n\nThe Secretary landed in Nairobi.\n\nI can also announce new sanctions."
    text = f"MR MILLER: {turn}\n\nQUESTION: Which ones?\n\nMR MILLER: Ask the Treasury. You know them.\n\nQUESTION: Thanks."
    assert ("MR MILLER", turn) in told(attribute(document(text)))


def test_a_stage_direction_alone_is_no_turn() -> None:
    text = "HOST: Is it cold?\n\nGUEST: [Laughs]\n\nHOST: Well?\n\nGUEST: I froze.\n\nHOST: (smiles)"
    assert said(text) == [("HOST", "Is it cold?"), ("HOST", "Well?"), ("GUEST", "I froze.")]


@given(st.data())
def test_boilerplate_is_in_no_turn(data: st.DataObject) -> None:
    lines = [
        "HOST: Is it cold?",
        "GUEST: “It is cold there.",
        "“I go on,” he said.",
        "You can read our rules.",
        "HOST: So?",
    ]
    lines += ["[Laughter]", "GUEST: I like it.", "Page 3", "I do.", "HOST: Thank you.", "Follow us on Twitter"]
    text = "\n\n".join(lines)
    chosen = data.draw(st.sets(st.integers(0, len(lines) - 1)))
    places = [(start := text.index(lines[i]), start + len(lines[i])) for i in sorted(chosen)]
    found = attribute(document(text, boilerplate=tuple(Span(a, b, text[a:b]) for a, b in places)))
    well_formed(text, found)
    for span in (s for x in found.attributions for s in (*x.source, *x.content)):
        assert not any(a < span.end and span.start < b for a, b in places)


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
        "Decision: The board adopts it.\nAction: The clerk writes.\nDecision: None.\nAction: The chair calls.",
        "Fishing: The boats stayed in.\n\nFarming: It rained.\n\n“We cannot go on,” Lund said.\n\nFishing: The boats left.",
        "4 May: Fighters seize the dam.\n\n6 May: We do not know.\n\n2 June: They leave.\n\n9 June: You are free.",
        "Figure 1: The dam, as we saw it.\n\nTable 1: Prices.\n\nFigure 2: What you see.\n\nTable 2: Ours.",
        "2015: The party is founded.\n2016: We vote.\n2016: It splits.",
        "key_1: value one\nkey_2: value two\nkey_1: value three\n",
        "<p> We stay.\n<li> I go.\n<p> You stay.</p></li>",
        "Pros: You get a good screen.\nCons: We missed a jack.\n\nPros: You can open it.\nCons: You may not want it.",
        "What: Join us.\nWhen: We meet on Saturday.\n\nWhat: Mend your nets.\nWhen: You may come late.",
        "Monday: We open at nine. You can swim.\nTuesday: We are closed.\n\nMonday: You can swim.\nTuesday: We are closed.",
        "SMITH: “We stay.”\nJONES: “We leave.”\nBERG: “I do not know.”",
        "if x:\n    f(x)\nelse:\n    g(x)\nif y:\n    f(y)\nelse:\n    g(y)\n",
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


@pytest.mark.parametrize("line", ["A" + "_" * 200_000, "A" + "*" * 200_000, '"aa" ' * 100_000])
def test_a_long_line_of_marks_is_no_turn(line: str) -> None:
    assert said(line) == []
