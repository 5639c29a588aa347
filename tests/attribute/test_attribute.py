"""The stage from outside: spans that slice, results that depend on nothing but the text, and any text at all."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from robustness_set import load
from samples import ARTICLE, GERMAN, PARAGRAPHS, document, well_formed

from sayso.attribute import ATTRIBUTOR, attribute
from sayso.records import Attribution, Document, Span

ODD = [
    "e\u0301",
    "👩‍👩‍👧",
    "אבג",
    "\u202e",
    "\x00",
    "\x1b",
    "\ufeff",
    "İ",
    "ﬁ",
    "漢字",
    "“",
    "”",
    "'",
    "»",
    "\n",
    "\n\n",
    "\r\n",
    " ",
]
SENTENCES = [*PARAGRAPHS, *(case.document.text for case in load())]
TEXTS = st.lists(st.one_of(st.sampled_from(SENTENCES), st.sampled_from(ODD), st.text(max_size=12)), max_size=5).map(
    "".join
)


def spoken(found: tuple[Attribution, ...]) -> list[tuple[str, str]]:
    """(cue, content) of each attribution; the addressee is no part of the cue, but a cue with it is no error here."""
    return [
        (" ".join(s.text for s in a.cue).removesuffix(" reporters"), " … ".join(s.text for s in a.content))
        for a in found
    ]


# --- what it finds ---


def test_a_plain_article_gives_its_attributions() -> None:
    analysis = attribute(document(ARTICLE))
    well_formed(ARTICLE, analysis)
    top = tuple(a for a in analysis.attributions if a.parent is None)
    assert spoken(top) == [
        ("said", "“The harbour will stay closed until the wreck is lifted,”"),
        ("told", "that the engine had failed twice before"),
        ("According to", "nobody had answered the radio for an hour"),
        ("believe", "that the sandbank has moved to the west since the storm"),
        ("said", "“We asked for a buoy,” … “and we were sent a form.”"),
        ("announced", "that it would pay for the divers"),
    ]
    assert [a.kind for a in top] == ["direct", *["indirect"] * 3, "direct", "indirect"]
    assert [a.source[0].text for a in top][1:5] == [
        "The owner of the trawler",
        "the coast guard",
        "Fishermen",
        "Lund",
    ]
    assert analysis.producer == ATTRIBUTOR and ATTRIBUTOR.model


@pytest.mark.parametrize(
    "heading", ["Outlook", "Dividend", "Outlook for 2026", "Article 5", "Explainer", "Bottom line"]
)
def test_a_heading_before_a_colon_says_nothing(heading: str) -> None:
    text = (
        "Norvik reported its figures.\n\n{}: the company expects flat sales in 2026.\n\nThe shares rose by 2 per cent."
    )
    sources = [s.text for a in attribute(document(text.format(heading))).attributions for s in a.source]
    assert heading not in sources and "the company" in sources
    assert "Minister" in [s.text for a in attribute(document(text.format("Minister"))).attributions for s in a.source]


def test_sentences_entities_and_antecedents_come_from_the_same_pass() -> None:
    analysis = attribute(document(ARTICLE))
    assert "A crane is on its way from Gdynia." in [s.text for s in analysis.sentences]
    assert ("Amina Lund", "person") in [(m.span.text, m.kind) for m in analysis.mentions]
    assert ("Gdynia", "location") in [(m.span.text, m.kind) for m in analysis.mentions]


def test_a_higher_threshold_gives_fewer_and_surer_attributions() -> None:
    all_of_them = attribute(document(ARTICLE), threshold=0.0).attributions
    sure = attribute(document(ARTICLE), threshold=0.8).attributions
    assert len(all_of_them) >= len(attribute(document(ARTICLE)).attributions) >= len(sure) > 0
    assert all(a.confidence >= 0.8 for a in sure)
    assert attribute(document(ARTICLE), threshold=1.0).attributions == ()


def test_a_quotation_longer_than_a_window_is_one_content() -> None:
    long = "“" + "The tide came in and the boats went out again. " * 60 + "That was all,”"
    text = f"The pier is 300 metres long.\n\n{long} said the harbour master, Amina Lund.\n\n{PARAGRAPHS[5]}"
    found = attribute(document(text)).attributions
    assert [a.content[0].text for a in found if a.parent is None and a.kind == "direct"] == [long]


def test_a_sentence_behind_boilerplate_is_one() -> None:
    text = "***\n\nPhoto: Reuters\n\nLund said that it rains."
    analysis = attribute(Document("a", text, "", language="en", boilerplate=(Span(5, 19),)))
    assert [s.text for s in analysis.sentences] == ["Lund said that it rains."]


def test_entities_and_sentences_are_whole_words() -> None:
    """Names that the encoder has to spell out in pieces come back in one."""
    text = "Szczepan Wójcikiewicz of Przemyśl told the Gdynia Observer that Kołobrzeg was flooded. Nobody was hurt in Ustka."
    analysis = attribute(document(text))
    assert analysis.mentions
    for span in (*analysis.sentences, *(m.span for m in analysis.mentions)):
        assert span.start == 0 or not (text[span.start - 1].isalnum() and text[span.start].isalnum())
        assert span.end == len(text) or not (text[span.end - 1].isalnum() and text[span.end].isalnum())


# --- what it depends on ---


@pytest.mark.parametrize("threads", [1, 2])
def test_results_do_not_depend_on_order_or_threads(threads: int) -> None:
    documents = [*(case.document for case in load()[:24]), document(ARTICLE)]
    alone = {d.path: attribute(d) for d in documents}
    shuffled = documents[:]
    random.Random(5).shuffle(shuffled)
    for d in shuffled:
        again = attribute(d, threads=threads)
        assert again == alone[d.path]
        assert [a.embedding for a in again.attributions] == [a.embedding for a in alone[d.path].attributions]


def test_what_follows_beyond_a_windows_reach_changes_nothing_before_it() -> None:
    """One window holds 318 tokens, so what ends that far before the addition stands."""
    head = "\n\n".join(PARAGRAPHS * 5)
    reach = len("\n\n".join(PARAGRAPHS * 2)) + 300  # code points of more than 318 tokens
    before = attribute(document(head))
    after = attribute(
        document(head + "\n\n“Nothing of this is true,” said the minister. " + "He denied it all. " * 200)
    )

    def early(spans: tuple[Span, ...]) -> bool:
        return spans[-1].end < len(head) - reach

    kept = [a for a in before.attributions if early(a.content) and early(a.cue)]
    assert len(kept) >= 12
    assert list(after.attributions[: len(kept)]) == kept
    sentences = [s for s in before.sentences if early((s,))]
    assert list(after.sentences[: len(sentences)]) == sentences
    mentions = [m for m in before.mentions if early((m.span,))]
    assert list(after.mentions[: len(mentions)]) == mentions


def test_what_stands_far_before_changes_nothing_after_it_but_places() -> None:
    plain = "The ferry leaves at nine and comes back at noon, and it carries bicycles. "
    found = attribute(document(plain * 60 + "\n\n" + ARTICLE)).attributions
    assert spoken(found) == spoken(attribute(document(ARTICLE)).attributions)


# --- what it leaves alone ---


def test_boilerplate_is_never_attributed() -> None:
    text = (
        ARTICLE
        + "\n\nThe editors said that comments are closed. “Share this story,” said the site.\n\n"
        + PARAGRAPHS[0]
    )
    start = text.index("The editors")
    end = text.index("site.") + len("site.")
    marked = attribute(document(text, boilerplate=(Span(start, end, text[start:end]),)))
    well_formed(text, marked)
    spans = [s for a in marked.attributions for s in (*a.source, *a.cue, *a.content)] + list(marked.sentences)
    assert sum(a.parent is None for a in marked.attributions) == 7
    assert all(s.end <= start or end <= s.start for s in spans)
    assert any(start < s.start < end for a in attribute(document(text)).attributions for s in a.content)


@pytest.mark.parametrize("between", ["\n\n", "\n", " "])
def test_no_span_goes_over_boilerplate(between: str) -> None:
    notice = "Subscribe to our newsletter"
    said = "General Lund said that the army would hold the line whatever it cost, and"
    text = f"{said}{between}{notice}{between}that it would not leave the town before the winter had come."
    start = text.index(notice)
    found = attribute(document(text, boilerplate=(Span(start, start + len(notice), notice),)))
    well_formed(text, found)
    assert found.attributions
    for span in [s for a in found.attributions for s in (*a.source, *a.cue, *a.content)] + list(found.sentences):
        assert span.end <= start or start + len(notice) <= span.start


def test_a_text_that_is_boilerplate_throughout_gives_nothing() -> None:
    marked = attribute(document(ARTICLE, boilerplate=(Span(0, len(ARTICLE), ARTICLE),)))
    assert marked.attributions == () and marked.sentences == ()


@pytest.mark.parametrize("language", ["de", "fr", "ar", "zh"])
def test_another_language_gives_a_note_that_names_it_and_nothing_invented(language: str) -> None:
    analysis = attribute(document(GERMAN, language=language))
    assert analysis.attributions == () and analysis.mentions == ()
    assert len(analysis.notes) == 1 and language in analysis.notes[0]
    assert analysis.producer == ATTRIBUTOR


def test_english_gives_no_note() -> None:
    assert attribute(document(ARTICLE)).notes == ()


# --- any text ---


@given(TEXTS)
@settings(deadline=None, max_examples=60)
def test_any_text_gives_well_formed_analyses(text: str) -> None:
    well_formed(text, attribute(document(text)))


@given(TEXTS)
@settings(deadline=None, max_examples=30)
def test_a_low_threshold_gives_well_formed_analyses_too(text: str) -> None:
    """Candidates that would not stand otherwise come into each other's way."""
    well_formed(text, attribute(document(text), threshold=0.01))


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", " \t\r\n", "\x00\x01\x02\x1b", "\u200b\ufeff", "\u00a0"])
def test_a_text_without_words_gives_nothing(text: str) -> None:
    analysis = attribute(document(text))
    assert analysis.attributions == () and analysis.sentences == () and analysis.mentions == ()


@pytest.mark.parametrize("text", ['"' * 600, "“”" * 300, "''" * 300, "«»" * 200, "“\n" * 200, "„“" * 200, "'" * 501])
def test_only_quotation_marks_give_nothing(text: str) -> None:
    assert attribute(document(text)).attributions == ()


def test_control_characters_inside_a_text_move_no_span() -> None:
    text = "\x00\x07“The harbour will stay closed,”\x0b said\x00 Amina Lund, the harbour master.\x1b\n\n" + ARTICLE
    analysis = attribute(document(text))
    well_formed(text, analysis)
    assert len(analysis.attributions) >= 7


def test_one_line_of_200_kb() -> None:
    """Without a space to cut at, and of long words: the attribution at its end is found where it stands."""
    for filler in ("x" * 200_000, "institutionalisation " * 9_500):
        text = filler + ". According to the coast guard, nobody had answered the radio for an hour."
        analysis = attribute(document(text))
        well_formed(text, analysis)
        assert ("According to", "nobody had answered the radio for an hour") in spoken(analysis.attributions)
