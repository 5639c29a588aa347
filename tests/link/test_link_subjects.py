"""Who speaks where the source is missing, cut, or stands elsewhere than it says; items' issuers; what dates an utterance."""

from collections.abc import Callable

import pytest

from sayso.link import ActorIndex
from sayso.records import Actor, Linked, Outlet, Statement

Link = Callable[..., list[Statement]]


@pytest.mark.parametrize(
    ("text", "cue", "content", "speaker"),
    [
        ("Peter Lang again refused to name the pilots.", "refused", "to name the pilots", "Peter Lang"),
        ("“The ice is thin,” said Captain Peter Lang.", "said", "“The ice is thin,”", "Peter Lang"),
        ("Peter Lang was accused of lying.", "was accused of", "lying", None),
        ("Martha Quell met Peter Lang. She also wants a vote.", "wants", "a vote", "Martha Quell"),
    ],
)
def test_a_source_that_was_lost_is_found_beside_the_cue(
    statements: Link, text: str, cue: str, content: str, speaker: str | None
) -> None:
    assert statements(text, (None, cue, content))[0].speaker.name == speaker


def test_a_teller_of_what_a_pronoun_said_stands_in_the_chain(statements: Link) -> None:
    text = (
        "The Harbour Union put out a statement. The lists were closed, it announced.\n\n"
        "The ships would burn, Kelda Watch reports it said."
    )
    found = statements(
        text,
        ("it", "announced", "The lists were closed"),
        ("Kelda Watch", "said", "The ships would burn"),
        mentions=[("Harbour Union", "organization"), ("Kelda Watch", "organization")],
    )
    assert found[0].speaker.name == "Harbour Union"
    last = next(s for s in found if s.content[0].text.startswith("The ships"))
    assert last.speaker.name == "Harbour Union"
    assert "Kelda Watch" in [link.name for link in last.chain]
    assert last.depth == 2


def test_who_is_shown_in_a_video_speaks_and_not_the_video(statements: Link) -> None:
    text = "One video had a pilot expressing surprise that the quay was empty."
    (found,) = statements(text, ("One video", "expressing surprise", "that the quay was empty"))
    assert (found.speaker.name, found.speaker.kind) == ("pilot", "unnamed")
    assert found.via is not None
    assert (found.via.item, found.via.medium) == ("One video", "video")


def test_a_source_cut_out_of_an_items_phrase_is_the_item(statements: Link) -> None:
    text = "Another video, published by Red Quay Media two weeks later, warns that ships will burn."
    (found,) = statements(
        text,
        ("Red Quay Media two weeks later,", "warns", "that ships will burn"),
        mentions=[("Red Quay Media", "organization")],
    )
    assert found.speaker.name == "Red Quay Media"
    assert found.via is not None
    assert found.via.medium == "video"


def test_a_report_on_something_is_not_by_it(linked: Callable[..., Linked]) -> None:
    text = "The institute said so in its spring report on the Brenholt dispute. A video on YouTube shows it."
    items = linked(text, mentions=[("Brenholt", "location"), ("YouTube", "organization")]).items
    assert [(i.medium, i.outlet) for i in items] == [("report", None), ("video", "YouTube")]


def test_a_document_on_somebodys_website_is_theirs(statements: Link) -> None:
    text = "A document on the Harbour Union's website states that the lists are closed."
    (found,) = statements(
        text,
        ("A document on the Harbour Union's website", "states", "that the lists are closed"),
        mentions=[("Harbour Union", "organization")],
    )
    assert found.speaker.name == "Harbour Union"


def test_a_commentary_is_an_editorial(linked: Callable[..., Linked]) -> None:
    assert linked("A commentary in the weekly Al-Sabah says so.").items[0].medium == "editorial"


@pytest.mark.parametrize(
    ("text", "row", "date"),
    [
        (
            "“On 13 January we will walk out,” Peter Lang said.",
            ("Peter Lang", "said", "“On 13 January we will walk out,”"),
            "2015-02-01",
        ),
        (
            "In a statement, Peter Lang said that on 13 January the pilots would walk out.",
            ("Peter Lang", "said", "that on 13 January the pilots would walk out"),
            "2015-02-01",
        ),
        (
            "Peter Lang, who was elected in 2011, said the ice was thin.",
            ("Peter Lang", "said", "the ice was thin"),
            "2015-02-01",
        ),
        (
            "Since 2009, Peter Lang has said that the ice is thin.",
            ("Peter Lang", "said", "that the ice is thin"),
            "2015-02-01",
        ),
        ("On 13 January Peter Lang said the ice was thin.", ("Peter Lang", "said", "the ice was thin"), "2015-01-13"),
    ],
)
def test_what_is_said_does_not_date_the_saying(
    statements: Link, text: str, row: tuple[str, str, str], date: str
) -> None:
    (found,) = statements(text, row, published="2015-02-01")
    assert found.date is not None
    assert found.date.value == date


def test_own_words_have_the_actor_and_a_target(linked: Callable[..., Linked]) -> None:
    index = ActorIndex(
        [Actor("union", "Dockers Union"), Actor("board", "Port Board")],
        [Outlet("site", "union.example", domains=("union.example",), actor="union")],
    )
    text = "We condemn those who crossed the line. We call on the Port Board to open the lists. We said it was over."
    found = linked(text, ("We", "said", "it was over"), actors=index, canonical_url="https://union.example/a")
    by_words = {s.content[0].text[:14]: s for s in found.statements}
    assert {s.speaker.actor for s in found.statements} == {"union"}
    assert by_words["it was over"].speaker.kind == "author"
    targets = [s.target.name if s.target else None for s in found.statements if s.attribution is None]
    assert "those who crossed the line" in targets
    assert any(s.target and s.target.actor == "board" for s in found.statements)


def test_who_is_called_by_the_first_name_is_not_meant_by_the_last_name_alone(statements: Link) -> None:
    text = (
        "Peter Lang leads the pilots. Martha Lang, his sister, keeps the books. Martha says she is tired. "
        "But Lang said the ice was thin."
    )
    assert statements(text, (None, "said", "the ice was thin"))[0].speaker.name == "Peter Lang"


def test_kin_with_the_same_last_name(statements: Link) -> None:
    text = "Peter Lang spoke first. Martha Lang was there too. His wife said the ice was thin."
    assert statements(text, ("His wife", "said", "the ice was thin"))[0].speaker.name == "Martha Lang"


def test_who_after_a_body_is_the_person_before_it(statements: Link) -> None:
    text = "They named Peter Lang, a clerk at the Port Authority who told his crew to stay silent."
    (found,) = statements(
        text, ("who", "told", "to stay silent"), mentions=[("Port Authority", "organization"), ("Peter Lang", "person")]
    )
    assert found.speaker.name == "Peter Lang"


def test_what_a_participle_says_stands_in_the_videos_that_were_put_out(statements: Link) -> None:
    text = "The union released videos mocking the crews."
    (found,) = statements(text, ("The union", "mocking", "the crews"))
    assert found.via is not None
    assert (found.via.item, found.via.medium, found.speaker.name) == ("videos", "video", "union")


def test_they_in_quoted_words_are_those_of_whom_the_words_speak(statements: Link) -> None:
    text = "The Harbour Union met. “Those who left are brothers, and they hope for a word,” Peter Lang said."
    found = statements(
        text,
        ("Peter Lang", "said", "“Those who left are brothers, and they hope for a word,”"),
        ("they", "hope", "for a word"),
        parents={1: 0},
        mentions=[("Harbour Union", "organization"), ("Peter Lang", "person")],
    )
    nested = next(s for s in found if s.parent)
    assert nested.speaker.kind == "group"


def test_the_object_of_an_act_is_no_name_further_on(statements: Link) -> None:
    text = "“We condemn them before the Port Board,” Peter Lang said."
    (found,) = statements(
        text,
        ("Peter Lang", "said", "“We condemn them before the Port Board,”"),
        mentions=[("Port Board", "organization"), ("Peter Lang", "person")],
    )
    assert found.target is None


def test_those_are_the_ones_that_the_words_after_tell_of(statements: Link) -> None:
    text = "Peter Lang leads the union. Those leaving now want a pardon."
    (found,) = statements(text, ("Those", "want", "a pardon"), mentions=[("Peter Lang", "person")])
    assert (found.speaker.name, found.speaker.kind) == ("those leaving now", "group")


def test_who_stands_for_words_of_the_same_content(statements: Link) -> None:
    text = "Mary Hill said the song ‘You Were Free’ reproaches union members who chose to leave."
    found = statements(
        text,
        ("Mary Hill", "said", "the song ‘You Were Free’ reproaches union members who chose to leave"),
        ("the song ‘You Were Free’", "reproaches", "union members who chose to leave"),
        ("who", "chose", "to leave"),
        parents={1: 0, 2: 1},
        mentions=[("Mary Hill", "person")],
    )
    assert found[2].speaker.name == "union members"


@pytest.mark.parametrize("named", ["the Quran", "the Charter [i.e. that of the Western Islands]"])
def test_they_are_neither_a_scripture_nor_what_an_editor_explains(statements: Link, named: str) -> None:
    text = f"Some of the believers left. The board quoted {named}. They hope for a pardon."
    found = statements(text, ("They", "hope", "for a pardon"), mentions=[("The board", "organization")])
    assert found[0].speaker.name not in ("Quran", "Western Islands")


@pytest.mark.parametrize("source", ["[Hill]", "Hill]", "[Hill"])
def test_an_editors_brackets_are_no_part_of_a_name(statements: Link, source: str) -> None:
    text = "Mary Hill met the board. “[Hill] said the port would stay open,” Peter Lang said. She smiled."
    (found,) = statements(text, (source, "said", "the port would stay open"), mentions=[("Mary Hill", "person")])
    assert found.speaker.name == "Mary Hill"


def test_a_pronoun_is_aimed_at_somebody_else_than_the_speaker(statements: Link) -> None:
    text = "The deserters fled. The movement released a song. It denounced them as traitors."
    (found,) = statements(text, ("It", "denounced", "them as traitors"))
    assert found.target is not None
    assert found.target.name == "deserters"


def test_who_accuses_is_the_video_before_the_clause_about_it(statements: Link) -> None:
    text = "The report says a second video, published in May, accuses the signers of treason."
    found = statements(
        text,
        ("The report", "says", "a second video, published in May, accuses the signers of treason"),
        (None, "accuses", "the signers of treason"),
        parents={1: 0},
    )
    nested = next(s for s in found if s.parent)
    assert (nested.speaker.name, nested.speaker.kind) == ("second video", "publication")
    assert nested.via is not None
    assert nested.via.medium == "video"


@pytest.mark.parametrize(
    ("source", "name", "kind"),
    [
        ("anyone who", "anyone", "unnamed"),
        ("112 of the 118", "112 of the 118", "group"),
        ("A lasher", "lasher", "unnamed"),
    ],
)
def test_sources_without_a_name_say_what_they_are(statements: Link, source: str, name: str, kind: str) -> None:
    text = f"Peter Lang spoke. {source} wants to leave."
    words = "who" if source.endswith("who") else source
    found = statements(text, (words, "wants", "to leave"), mentions=[("Peter Lang", "person")])
    assert (found[0].speaker.name, found[0].speaker.kind) == (name, kind)


def test_what_lies_in_others_words_is_told_at_their_step(linked: Callable[..., Linked]) -> None:
    text = "At first Mary Hill spoke. Now the union said it would strike.\n\nThose offending can expect a fine, Peter Lang said"
    found = linked(
        text,
        ("the union", "said", "it would strike"),
        ("Peter Lang", "said", "Those offending can expect a fine"),
        ("Those offending", "can expect", "a fine"),
        parents={2: 1},
        mentions=[("Peter Lang", "person")],
    ).statements
    assert len({s.order for s in found if s.attribution and s.attribution.id != "a0"}) == 1


@pytest.mark.parametrize("mark", ["1. ", "(a) ", "ii) ", ""])
def test_a_clause_of_a_resolution_is_said_by_whom_it_names_first(statements: Link, mark: str) -> None:
    text = f"The Security Council,\n\nRecalling its resolutions,\n\n{mark}Demands that all parties leave."
    found = statements(text, (None, "Recalling", "its resolutions"), (None, "Demands", "that all parties leave"))
    assert [s.speaker.name for s in found] == ["Security Council", "Security Council"]


def test_who_asks_is_no_target(statements: Link) -> None:
    text = "Asked by the coroner whether she would have suffered, Dr Sethi said no."
    (found,) = statements(text, ("the coroner", "Asked", "whether she would have suffered"))
    assert found.target is None


def test_a_report_is_linked_behind_somebody_whom_only_the_text_around_a_cue_names(statements: Link) -> None:
    text = "The harbour council warned that the port would close. The report says so."
    found = statements(text, (None, "warned", "that the port would close"), ("The report", "says", "so"))
    assert [s.speaker.name for s in found] == ["harbour council", "report"]


@pytest.mark.parametrize(
    ("text", "cue", "content"),
    [
        ("and it seemed that the ice was thin.", "seemed", "that the ice was thin"),
        ("amid questions about the ice.", "questions about", "the ice"),
        ("amid growing fears that it would break.", "growing fears", "that it would break"),
        ("and faced criticism for the deal.", "faced criticism for", "the deal"),
        ("not on the bill known as the Ice Act.", "known as", "the Ice Act"),
    ],
)
def test_nobody_near_says_what_only_seems_so_or_what_a_noun_reports(
    statements: Link, text: str, cue: str, content: str
) -> None:
    first = ("Peter Lang", "said", "that he would speak")
    found = statements(f"Peter Lang said that he would speak {text}", first, (None, cue, content))
    assert [s.speaker.name for s in found] == ["Peter Lang", None]


def test_who_stands_before_a_word_that_may_be_a_verb_says_it(statements: Link) -> None:
    text = "Martha Quell claims that the ice was thin."
    assert statements(text, (None, "claims", "that the ice was thin"))[0].speaker.name == "Martha Quell"


def test_a_noun_that_somebody_owns_is_his(statements: Link) -> None:
    text = "Peter Lang was heard. Anna Orr rejected his claims that the ice was thin."
    assert statements(text, (None, "claims", "that the ice was thin"))[0].speaker.name == "Peter Lang"
