"""Contents and what quotes them: marks, paragraphs that each begin with one, block quotations, quoted mail, wrapped lines."""

import textwrap
from collections.abc import Callable
from itertools import pairwise

import pytest
from samples import ARTICLE, document, well_formed

from sayso.attribute import attribute
from sayso.attribute._candidates import Candidate
from sayso.attribute._quotations import over_paragraphs
from sayso.encoder import quoted_runs, tokenize
from sayso.read import read
from sayso.records import Analysis, Span

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
SAID = tuple(
    f"The harbour will be closed on {day} and nobody may leave the town before dawn. It is hard." for day in DAYS
)


def contents(analysis: Analysis) -> list[str]:
    return ["|".join(s.text for s in a.content) for a in analysis.attributions if a.parent is None]


@pytest.mark.parametrize(("opens", "closes"), [("“", "”"), ('"', '"'), ("«", "»"), ("„", "“")])
@pytest.mark.parametrize("number", [2, 5])
def test_a_quotation_over_paragraphs_is_one_content(opens: str, closes: str, number: int) -> None:
    quotation = "\n\n".join(opens + said for said in SAID[:number]) + closes
    before = attribute(document(f"The general said: {quotation}\n\nThe convoy waited."))
    after = attribute(document(f"{quotation} said the general.\n\nThe convoy waited."))
    assert contents(before) == contents(after) == [quotation]
    assert before.attributions[0].kind == after.attributions[0].kind == "direct"


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_paragraphs_of_a_quotation_may_be_boilerplate(kept: int) -> None:
    quotation = "\n\n".join("“" + said for said in SAID[:4]) + "”"
    text = f"The general said: {quotation}"
    start = len("The general said: ") + len("\n\n".join("“" + said for said in SAID[:kept]))
    found = attribute(document(text, boilerplate=(Span(start, len(text), text[start:]),)))
    well_formed(text, found)
    assert all(s.end <= start for a in found.attributions for s in a.content)


def test_two_speakers_keep_their_paragraphs() -> None:
    text = (
        "“We asked for a buoy,” said Amina Lund, the harbour master. “Nobody answered us.\n\n"
        "“We wrote twice.”\n\n"
        "“The letter is lost,” said a clerk of the ministry. “We are sorry.”"
    )
    found = contents(attribute(document(text)))
    assert found == [
        "“We asked for a buoy,”|“Nobody answered us.\n\n“We wrote twice.”", "“The letter is lost,”|“We are sorry.”",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "marks", ["“”", '""', "‘‘ ’’", "„“", "»«", "›‹", "«»", "❝❞", "＂＂"], ids=lambda marks: f"U+{ord(marks[0]):04X}"
)
def test_a_quotation_that_a_stop_ends_is_not_left(marks: str) -> None:
    opens, closes = marks.split() if " " in marks else marks
    text = f"The minister said: {opens}We will not leave.{closes} He then left."
    (found,) = attribute(document(text)).attributions
    assert (found.content[0].text, found.kind) == (f"{opens}We will not leave.{closes}", "direct")


def test_a_mark_after_a_comma_opens() -> None:
    (found,) = attribute(document('The general wrote,"we will not leave".')).attributions
    assert (found.content[0].text, found.kind) == ('"we will not leave"', "direct")


@pytest.mark.parametrize(("opens", "closes"), [("“", "”"), ('"', '"')])
def test_a_mark_that_nothing_closes_gives_no_words_to_another_speaker(opens: str, closes: str) -> None:
    text = (
        f"{opens}We will not leave, said the general. The convoy waited.\n\n"
        f"{opens}Nobody is here,{closes} said his aide."
    )
    found = contents(attribute(document(text)))
    assert f"{opens}Nobody is here,{closes}" in found[-1] and "We will not leave" not in found[-1]


def test_paragraphs_between_end_a_quotation() -> None:
    """A paragraph that begins with a mark is no part of a quotation three paragraphs before it."""
    text = (
        "The general said: “We will not leave.\n\n“We will stay.\n\nThe convoy waited in the rain.\n\nFor two days nothing "
        "came.\n\nA cook spoke up. “Nobody is here.”\n\n“We are alone,” said his aide."
    )
    (first,) = (each for each in contents(attribute(document(text))) if "We will not leave" in each)
    assert "Nobody" not in first


def test_who_loses_all_to_others_is_gone() -> None:
    text = (
        "According to the minister, the general said: “We will not leave the town.\n\n“We will stay here.”\n\n"
        "The army said: “We saw it all on the day of the storm.\n\n“We were there and we will be there again.” The end."
    )
    for threshold in (None, 0.0):
        well_formed(text, attribute(document(text), threshold=threshold))


@pytest.mark.parametrize("said", [
    "“the U.S.” would be leaving the accord in May", '"Robert Downey Jr." had nothing to do with the theft of the car',
    "“Who’s Afraid of Virginia Woolf?” would open in the spring",
    "“it was the work of Smith & Co.” that destroyed the town", "“Yahoo!” had cancelled his account",
])  # fmt: skip
def test_a_stop_that_ends_no_sentence_ends_no_content(said: str) -> None:
    assert contents(attribute(document(f"The spokesman said {said}."))) == [said]


def test_following_quotations_costs_no_more_than_their_number(
    executed_lines: Callable[[Callable[[], object]], int],
) -> None:
    """Every other paragraph goes on with a quotation and has a cue of its own."""

    def follow(number: int) -> int:
        text = "“We will not go.\n\n“He left,” said Ann.\n\n" * number
        tokens, runs = tokenize(text), quoted_runs(text)
        cues = [i for i, start in enumerate(tokens.start) if text.startswith("said", start)]
        found = [Candidate(i, 0.9, 0.9, ((i + 1, i + 2),), ((i, i + 1),), ((i - 5, i),), 1, 1, 1) for i in cues]
        lines = executed_lines(lambda: over_paragraphs(found, tokens, runs))
        assert sum(len(c.content) for c in over_paragraphs(found, tokens, runs)) == 2 * number
        return lines

    assert follow(300) < 15 * follow(30)


def test_an_odd_mark_does_not_pair_with_one_far_away() -> None:
    """In a text of one line a straight mark would else quote all up to the next odd one."""
    head = 'The port was "closed on Monday. ' + " ".join(ARTICLE.split("\n\n"))
    far = head + " The ferry leaves at nine and comes back at noon, and it carries bicycles." * 20
    plain, odd = attribute(document(far + " It was over.")), attribute(document(far + ' It was over".'))
    assert len(plain.attributions) >= 5 and odd.attributions == plain.attributions


# --- block quotations and quoted mail ---------------------------------------------------------------------------------

PAGE = (
    "<html><body><article><h1>Convoy stays in town</h1><p>The Northern Front published a statement on Monday. It reads:</p>"
    "<blockquote><p>We will not leave the town.</p><p>The port is closed, and the ferry stays where it is.</p></blockquote>"
    "<p>The army did not answer.</p></article></body></html>"
)
MAIL = """On Monday, Ines Duarte wrote:
> The harbour will stay closed until the wreck is lifted, and the crane that
> is on its way from Gdynia will not be here before Friday. We have asked the
> ministry for a buoy twice.
>
> We will tell you more on Sunday.

That is not what the ministry says.
"""


@pytest.mark.parametrize(("data", "name", "ends"), [
    (PAGE, "page.html", ("We will", "where it is.")),
    (MAIL, "mail.txt", ("The harbour", "on Sunday.")),
    (MAIL.replace("wrote:\n", "wrote:\n\n"), "mail.md", ("The harbour", "on Sunday.")),
])  # fmt: skip
def test_a_block_quotation_is_one_content_of_who_it_is_given_to(data: str, name: str, ends: tuple[str, str]) -> None:
    found = attribute(read(data.encode(), name))
    (quoted,) = [a for a in found.attributions if a.kind == "direct"]
    assert len(quoted.content) == 1
    assert quoted.content[0].text.startswith(ends[0]) and quoted.content[0].text.endswith(ends[1])


# --- what is no part of a span ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    "‹No,› said Marie. »We said it.«",
    "The club said on Friday that it had sold its captain 🚨⚽️",
    "''We have no plan,'' Mr. Reed said. ''None at all.''",
    "“Go.” “No.” (Why?) He left, she said.\n\n***\n\nIt ended. \"Yes.\"",
    "**Anna Koch:** We lost the ship.\n\n**Ben Moor:** I do not know where it is.",
    "# Army says bridge is closed\n\n> The army said the bridge is closed.",
])  # fmt: skip
@pytest.mark.parametrize("threshold", [None, 0.05])
def test_no_span_and_no_sentence_is_without_a_word(text: str, threshold: float | None) -> None:
    found = attribute(document(text), threshold=threshold)
    well_formed(text, found)
    for a in found.attributions:
        assert all(any(c.isalnum() for c in s.text) for s in (*a.source, *a.content))
        assert all(s.text[0] not in "*#>" and s.text[-1] not in "*#>" for s in (*a.source, *a.content))
    assert all(any(c.isalnum() for c in s.text) for s in found.sentences)
    assert all(x.text[-1] not in "“‘«(" for x, _ in pairwise(found.sentences))


def test_a_sentence_has_its_opening_mark() -> None:
    text = "''We have no plan,'' Mr. Reed said. ''None at all.''"
    assert [s.text for s in attribute(document(text)).sentences] == [text[:35], text[36:]]


def test_a_content_takes_no_word_of_the_next_paragraph() -> None:
    text = (
        "The Northern Front says it shot down drone\n\nThe Northern Front claimed that it had shot a drone down at sea."
    )
    assert contents(attribute(document(text)))[0] == "it shot down drone"


# --- wrapped lines ----------------------------------------------------------------------------------------------------


def wrapped(text: str, width: int) -> str:
    """The text with spaces replaced by line breaks, as mail programs do it."""
    return "\n\n".join("\n".join(textwrap.wrap(p, width, break_on_hyphens=False)) for p in text.split("\n\n"))


@pytest.mark.parametrize("width", [60, 72, 100])
def test_wrapped_text_gives_what_the_same_text_gives(width: int) -> None:
    text = wrapped(ARTICLE, width)
    assert text.count("\n") > ARTICLE.count("\n") and len(text) == len(ARTICLE)

    def spans(found: tuple[Span, ...]) -> list[tuple[int, int]]:
        return [(s.start, s.end) for s in found]

    def places(analysis: Analysis) -> list[tuple[object, ...]]:
        return [(a.kind, spans(a.source), spans(a.cue), spans(a.content)) for a in analysis.attributions]

    assert places(attribute(document(text))) == places(attribute(document(ARTICLE)))


# --- other languages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    "Rossi: “Non ce ne andiamo”", "Lula: “Não vamos sair”", "Президент: «Мы не уйдём»", "Juan: «No nos vamos»",
    "Premier: „Nie odejdziemy”", "大統領は「行かない」と言った。", "Macron: « On ne part pas »",
])  # fmt: skip
def test_a_short_text_that_is_not_english_gives_a_note_and_nothing(text: str) -> None:
    found = attribute(document(text, language=""))
    assert found.attributions == () and "not English" in found.notes[0]


@pytest.mark.parametrize(
    "text", ["“No,” says Die Zeit", "El Pais says no", "Mayor: bridge closed", "“Go,” said Łukasz"]
)
def test_a_short_text_that_may_be_english_is_read(text: str) -> None:
    found = attribute(document(text, language=""))
    assert found.attributions and not found.notes


def test_english_that_quotes_another_language_is_english() -> None:
    text = (
        "The minister said the bridge would stay closed, adding: “Nous n’avons pas d’argent pour le pont, et nous n’en "
        "aurons pas non plus cette année.” The union protested."
    )
    assert read(text.encode(), "x.txt").language == "en"
    german = '"Wir bleiben hier, sagte der Bürgermeister am Abend." ' * 12
    notice = "By the use of this site you agree that we and our partners may store what you do and what you have read."
    assert read((german + notice).encode(), "x.txt").language != "en"
