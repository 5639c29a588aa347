"""Who speaks: pronouns, short names, descriptions and published things resolve to the fullest name."""

import unicodedata
from collections.abc import Callable

import pytest

from sayso.link import ActorIndex
from sayso.link._names import Names
from sayso.link._text import Text
from sayso.records import Actor, Span, Statement

Link = Callable[..., list[Statement]]


def names(found: list[Statement]) -> list[str | None]:
    return [s.speaker.name for s in found]


def test_a_pronoun_stands_for_the_one_who_spoke_before(statements: Link) -> None:
    text = (
        "Harbour master Martha Quell closed the port. “Nobody sails today,” she said. She warned that ice was coming."
    )
    found = statements(text, ("she", "said", "“Nobody sails today,”"), ("She", "warned", "that ice was coming"))
    assert names(found) == ["Martha Quell", "Martha Quell"]
    assert found[0].speaker.kind == "person"


def test_gender_decides_between_two(statements: Link) -> None:
    text = "Martha Quell met Peter Lang on Monday. The ice would go, he said. It would stay, she said."
    found = statements(text, ("he", "said", "The ice would go"), ("she", "said", "It would stay"))
    assert names(found) == ["Peter Lang", "Martha Quell"]


def test_a_last_name_is_given_its_full_form(statements: Link) -> None:
    text = "Peter Lang, who leads the pilots, was calm. Mr. Lang said the channel was clear."
    assert names(statements(text, ("Mr. Lang", "said", "the channel was clear"))) == ["Peter Lang"]


def test_an_acronym_is_given_its_full_form(statements: Link) -> None:
    text = "The Northern Pilots Association met. The NPA said that the channel was clear."
    found = statements(
        text,
        ("The NPA", "said", "that the channel was clear"),
        mentions=[("Northern Pilots Association", "organization")],
    )
    assert names(found) == ["Northern Pilots Association"]


def test_somebodys_office_is_not_the_body_that_was_named_last(statements: Link) -> None:
    text = "The Northern Front left the talks. The governor’s office said that it was sorry. The group did not answer."
    said, answered = statements(
        text,
        ("The governor’s office", "said", "that it was sorry"),
        ("The group", "did not answer", "."),
        mentions=[("Northern Front", "organization")],
    )
    assert (said.speaker.name, said.speaker.kind) == ("governor’s office", "organization")
    assert answered.speaker.name == "Northern Front"


@pytest.mark.parametrize(
    ("source", "name", "speaker"),
    [
        ("the first branch", "Ostrand Institute", "first branch"),  # nothing says that the institute is a branch
        ("the second committee", "Ostrand Committee", "Ostrand Committee"),
        ("the other party", "Northern Front", "other party"),
        ("the branch", "Harbour Branch", "Harbour Branch"),
        ("the group", "Northern Front", "Northern Front"),
    ],
)
def test_one_of_several_is_not_the_body_that_was_named_last(
    statements: Link, source: str, name: str, speaker: str
) -> None:
    text = f"The {name} has counted votes since May. Two weeks later {source} said that the strike would go on."
    found = statements(text, (source, "said", "that the strike would go on"), mentions=[(name, "organization")])
    assert names(found) == [speaker]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Nine men sat down in Kelda. The union has met there since March. It said that 64 had come.", "union"),
        ("Nine men sat down. The union is based in Kelda. It said that 64 had come.", "union"),
        ("The Tern Company closed two yards. The company is based in Kelda. It said that 64 had come.", "Tern Company"),
        ("The union wrote to Kelda. Kelda answered on Monday. It said that 64 had come.", "Kelda"),
    ],
)
def test_it_is_a_body_even_without_a_name_before_it_is_a_place(statements: Link, text: str, speaker: str) -> None:
    mentions = [("Kelda", "location"), ("Tern Company", "organization")]
    found = statements(text, ("It", "said", "that 64 had come"), mentions=[m for m in mentions if m[0] in text])
    assert names(found) == [speaker]


def test_in_a_transcript_labels_stand_for_themselves_and_turns_speak_of_others(statements: Link) -> None:
    text = (
        "MS. LUND: What does the minister say?\n\nTHE WITNESS: He says that the river is dry.\n\n"
        "The Minister for Roads (Claire Berg): The finance minister told us to wait.\n\nMR. COHEN: I do not."
    )
    found = statements(
        text,
        ("MS. LUND", ":", "What does the minister say?"),
        ("THE WITNESS", ":", "He says that the river is dry."),
        ("He", "says", "that the river is dry"),
        ("The Minister for Roads (Claire Berg)", ":", "The finance minister told us to wait."),
        ("The finance minister", "told", "to wait"),
        ("MR. COHEN", ":", "I do not."),
        parents={2: 1, 4: 3},
    )
    speakers = [(s.speaker.name, s.speaker.kind) for s in found]
    assert speakers[0][0] == "LUND" and speakers[5][0] == "COHEN"
    assert speakers[1] == ("WITNESS", "unnamed") and speakers[3] == ("Claire Berg", "person")
    assert not {speakers[2][0], speakers[4][0]} & {"LUND", "WITNESS", "Claire Berg", "COHEN"}


def test_a_greeting_is_no_part_of_a_name(statements: Link) -> None:
    text = "Lena: Welcome. Hi Tomas, thanks for coming.\n\nTomas: Hello Lena, good to be here."
    found = statements(
        text,
        ("Lena", ":", "Welcome. Hi Tomas, thanks for coming."),
        ("Tomas", ":", "Hello Lena, good to be here."),
        mentions=[("Hi Tomas", "person"), ("Hello Lena", "person")],
    )
    assert names(found) == ["Lena", "Tomas"]


def test_unnamed_sources_stay_unnamed(statements: Link) -> None:
    text = "Peter Lang denied it. But a senior official said that the harbour was bankrupt."
    found = statements(text, ("a senior official", "said", "that the harbour was bankrupt"))
    assert found[0].speaker.kind == "unnamed"
    assert found[0].speaker.name == "senior official"


def test_a_missing_source_in_a_passive_is_nobody(statements: Link) -> None:
    text = "Peter Lang spoke first. It was alleged that the harbour was bankrupt."
    found = statements(text, (None, "was alleged", "that the harbour was bankrupt"))
    assert (found[0].speaker.name, found[0].speaker.kind) == (None, "none")


def test_a_second_cue_of_one_sentence_keeps_its_speaker(statements: Link) -> None:
    text = "Peter Lang said the channel was clear and added that ice was coming."
    found = statements(text, ("Peter Lang", "said", "the channel was clear"), (None, "added", "that ice was coming"))
    assert names(found) == ["Peter Lang", "Peter Lang"]


def test_two_names_are_a_group(statements: Link) -> None:
    text = "Martha Quell and Peter Lang said the channel was clear."
    found = statements(text, ("Martha Quell and Peter Lang", "said", "the channel was clear"))
    assert found[0].speaker.name == "Martha Quell and Peter Lang"
    assert found[0].speaker.kind == "group"


def test_the_name_after_a_description_is_the_speaker(statements: Link) -> None:
    text = "A lawyer for the crew, Mary Hill, said the ship was safe."
    assert names(statements(text, ("A lawyer for the crew, Mary Hill,", "said", "the ship was safe"))) == ["Mary Hill"]


def test_first_person_in_a_quotation_is_its_speaker(statements: Link) -> None:
    text = "“I have always said that the channel is clear,” Peter Lang told the board."
    found = statements(
        text,
        ("Peter Lang", "told", "“I have always said that the channel is clear,”"),
        ("I", "have always said", "that the channel is clear"),
        parents={1: 0},
    )
    assert names(found) == ["Peter Lang", "Peter Lang"]


def test_a_statement_speaks_for_who_issued_it(statements: Link) -> None:
    text = "The Pilots Association issued a statement calling for calm. The statement said the channel was clear."
    found = statements(
        text,
        ("The Pilots Association", "issued a statement calling for", "calm"),
        ("The statement", "said", "the channel was clear"),
        mentions=[("Pilots Association", "organization")],
    )
    assert names(found) == ["Pilots Association", "Pilots Association"]


def test_the_narrator_of_a_video_is_taken_up_again(statements: Link) -> None:
    text = (
        "The group released a video with a narrator who says ships will burn.\n\n"
        "The narrator then mocks the crews. “They hide,” he says."
    )
    found = statements(
        text,
        ("a narrator who", "says", "ships will burn"),
        ("The narrator", "mocks", "the crews"),
        ("he", "says", "“They hide,”"),
    )
    assert names(found) == ["narrator", "narrator", "narrator"]
    assert [s.via.medium for s in found if s.via] == ["video"] * 3


def test_the_desks_actor_is_found_with_the_alias_that_matched(statements: Link) -> None:
    index = ActorIndex([Actor("npa", "Northern Pilots Association", aliases=("the pilots",))])
    text = "The strike goes on. The pilots said that the channel was closed."
    found = statements(text, ("The pilots", "said", "that the channel was closed"), actors=index)
    assert (found[0].speaker.actor, found[0].speaker.alias) == ("npa", "the pilots")


@pytest.mark.parametrize("headline", ["Quell Warns Pilots Over Ice As Harbour Closes", "QUELL WARNS PILOTS"])
def test_headlines_make_no_names(statements: Link, headline: str) -> None:
    text = f"{headline}\n\nMartha Quell closed the port. She said that ice was coming."
    assert names(statements(text, ("She", "said", "that ice was coming"))) == ["Martha Quell"]


@pytest.mark.parametrize(
    ("accuser", "noun"),
    [("Harbour Union", "army"), ("Reuters", "bank"), ("Northern Front", "police"), ("Ostrand Institute", "ministry")],
)
def test_who_is_accused_is_not_the_one_who_accused_him(statements: Link, accuser: str, noun: str) -> None:
    text = f"{accuser} said that the {noun} had closed the quay. The {noun} denied that it had."
    found = statements(
        text,
        (accuser, "said", f"that the {noun} had closed the quay"),
        (f"The {noun}", "denied", "that it had"),
        mentions=[(accuser, "organization")],
    )
    assert names(found) == [accuser, noun]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Justice Department", "Defense Department"),
        ("Republican Guard", "National Guard"),
        ("Democratic Party", "Labour Party"),
        ("General Motors", "Foreign Ministry"),
        ("General Electric", "Captain Cook Society"),
        ("Prime Minister’s Office", "Attorney General’s Office"),
    ],
)
def test_a_title_in_a_bodys_name_is_part_of_it(statements: Link, one: str, other: str) -> None:
    text = f"On Monday the {one} said that ships may sail. On Friday the {other} said that they may not."
    found = statements(
        text,
        (f"the {one}", "said", "that ships may sail"),
        (f"the {other}", "said", "that they may not"),
        mentions=[(one, "organization"), (other, "organization")],
    )
    assert names(found) == [one, other]


def test_what_the_page_itself_says_is_nobodys_name(statements: Link) -> None:
    notice = "© 2024 The Harbour Times. All rights reserved."
    text = f"The ships are late this year.\n\n{notice}\n\nIt said that the ice would go."
    row = ("It", "said", "that the ice would go")
    assert names(statements(text, row)) == ["Harbour Times"]
    start = text.index(notice)
    assert names(statements(text, row, boilerplate=(Span(start, start + len(notice)),))) == [None]


@pytest.mark.parametrize("path", ["http://[x", "//[crawl/page.txt"])
def test_an_address_that_is_none_belongs_to_nobody(statements: Link, path: str) -> None:
    text = "Mary Hill said that the ice would go."
    found = statements(text, ("Mary Hill", "said", "that the ice would go"), path=path, canonical_url=path)
    assert names(found) == ["Mary Hill"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bank of England", "Bank of Japan"),
        ("Ministry of Defence", "Ministry of Justice"),
        ("Department for Transport", "Department for Education"),
        ("Council of Europe", "Council on Foreign Relations"),
        ("Association of Chief Police Officers", "Association of Directors"),
        ("Committee to Protect Journalists", "Committee on Climate Change"),
        ("Islamic State", "Ministry of Health"),
    ],
)
@pytest.mark.parametrize("seen", [True, False])
def test_bodies_that_share_a_noun_are_two(statements: Link, one: str, other: str, seen: bool) -> None:
    text = f"The {one} said that trains were late. The {other} said that schools were open."
    found = statements(
        text,
        (f"The {one}", "said", "that trains were late"),
        (f"The {other}", "said", "that schools were open"),
        mentions=[(one, "organization"), (other, "organization")] if seen else (),
    )
    assert names(found) == [one, other]


@pytest.mark.parametrize(
    ("before", "source"),
    [
        ("Al-Quds Brigades shelled soldiers east of the camp.", "The occupation army"),
        ("Sir Keith Denholm resigned on Monday.", "The transport secretary"),
        ("A source told Amaq Agency that two vehicles burned.", "The company"),
        ("Rob Castle called twice.", "The contractor"),
    ],
)
def test_a_description_that_nothing_joins_to_a_name_stays_one(statements: Link, before: str, source: str) -> None:
    (found,) = statements(f"{before} {source} said that it was over.", (source, "said", "that it was over"))
    assert found.speaker.name == source.removeprefix("The ")


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("The Times says taxes will rise. The Irish Times says rain will come.", ["Times", "Irish Times"]),
        ("The Washington Post says rain will come. The Post says taxes will rise.", ["Washington Post"] * 2),
    ],
)
def test_a_papers_short_name_stands_for_the_long_one_before_it(
    statements: Link, text: str, speakers: list[str]
) -> None:
    first, second = (part.strip().split(" says ") for part in text.split(".")[:2])
    found = statements(text, (first[0], "says", first[1]), (second[0], "says", second[1]))
    assert names(found) == speakers


@pytest.mark.parametrize("dateline", ["GAZA CITY (AP) — ", "(Reuters) - ", "HALDANE — ", "PARIS, March 3 (AFP) - "])
def test_nobody_is_taken_up_from_a_dateline(statements: Link, dateline: str) -> None:
    text = f"{dateline}Fighters left the town on Monday. The group said that it was ready."
    (found,) = statements(
        text,
        ("The group", "said", "that it was ready"),
        mentions=[(m, "organization") for m in ("AP", "Reuters", "HALDANE", "AFP") if m in dateline],
    )
    assert found.speaker.name == "group"


@pytest.mark.parametrize("title", ["Lady Justice", "Baroness", "Mrs Justice", "Dame"])
def test_a_lady_is_not_he(statements: Link, title: str) -> None:
    text = f"{title} Farrant said that the man was held. At trial he claimed that it was late."
    found = statements(
        text,
        (f"{title} Farrant", "said", "that the man was held"),
        ("he", "claimed", "that it was late"),
        mentions=[("Farrant", "person")],
    )
    assert found[1].speaker.name != found[0].speaker.name


@pytest.mark.parametrize("words", ["Asked for comment", "When pressed on the date", "Questioned about it"])
def test_who_answers_did_not_ask(statements: Link, words: str) -> None:
    cue = next(w for w in words.split() if w.endswith("ed"))
    text = f"{words}, a spokesman said: “We stay.”"
    asked, answered = statements(text, (None, cue, words.split(cue)[1].strip()), ("a spokesman", "said:", "“We stay.”"))
    assert (asked.speaker.name, answered.speaker.name) == (None, "spokesman")


@pytest.mark.parametrize("source", ["A few participants", "A number of members", "A couple of the guests"])
def test_a_few_are_several(statements: Link, source: str) -> None:
    (found,) = statements(f"{source} said that it was over.", (source, "said", "that it was over"))
    assert found.speaker.kind == "group"


@pytest.mark.parametrize(
    ("where", "body"),
    [("the Army to Kyiv", "Army"), ("the Senate on Iran", "Senate"), ("the Party against Lund", "Party")],
)
def test_where_a_body_goes_is_no_part_of_its_name(where: str, body: str) -> None:
    entities = Names(Text(f"Nobody knew why they had called {where} that day.")).entities
    assert body in [e.name for e in entities] and not any(" " in e.name for e in entities)


def test_the_properties_of_a_file_sign_nothing(statements: Link) -> None:
    row = ("We", "believe", "that the ice will go")
    text = "We believe that the ice will go."
    signed = {
        form: names(statements(text, row, author="J. Clerk", format=form)) for form in ("text", "html", "pdf", "docx")
    }
    assert signed == {"text": ["J. Clerk"], "html": ["J. Clerk"], "pdf": [None], "docx": [None]}


def test_a_title_is_no_person_and_whose_it_is_one(statements: Link) -> None:
    text = "In a song “Dark Water” by Nina Holt, a fisherman drowns. She said that it was true."
    (found,) = statements(text, ("She", "said", "that it was true"))
    assert found.speaker.name == "Nina Holt"


def test_a_name_is_whole_in_either_form_of_unicode(statements: Link) -> None:
    text = unicodedata.normalize("NFD", "José Muñoz said that it rains. He left, he said.")
    name = unicodedata.normalize("NFD", "José Muñoz")
    found = statements(text, (name, "said", "that it rains"), ("he", "said", "He left"), mentions=((name, "person"),))
    assert [s.speaker.name for s in found] == [name, name]


def test_a_nations_government_is_no_other_country(statements: Link) -> None:
    text = (
        "The United States said no. The Saudi government denied it. The Chinese government, which said it rains, left."
    )
    rows = (
        ("The United States", "said", "no"),
        ("The Saudi government", "denied", "it"),
        ("which", "said", "it rains"),
    )
    found = statements(text, *rows, mentions=(("United States", "location"),))
    assert [s.speaker.name for s in found] == ["United States", "Saudi government", "Chinese government"]


def test_what_stands_between_dashes_is_not_who_is_meant(statements: Link) -> None:
    text = "Marsh named two admirals -- most of whom had worked for Nina Holt -- who praised her years at sea."
    (found,) = statements(text, ("who", "praised", "her years at sea"), mentions=(("Nina Holt", "person"),))
    assert found.speaker.name == "two admirals"


def test_he_is_not_by_whom_he_is_pressed(statements: Link) -> None:
    text = "Tom Varga spoke first. When pressed by Josef Brandl about the money, his answer was that nobody had asked."
    rows = (("Tom Varga", "spoke", "first"), ("his", "answer", "that nobody had asked"))
    found = statements(text, *rows, mentions=(("Tom Varga", "person"), ("Josef Brandl", "person")))
    assert found[1].speaker.name == "Tom Varga"


def test_she_is_the_press_officer_not_whose_she_is(statements: Link) -> None:
    text = (
        "Hill won the vote. Hill lost the next one. Hill was tired.\n\n"
        "Hill press officer Jennifer Lang said Varga is rude. “He is running for mayor,” she said."
    )
    rows = (
        ("Hill press officer Jennifer Lang", "said", "Varga is rude"),
        ("she", "said", "“He is running for mayor,”"),
    )
    found = statements(text, *rows, mentions=(("Hill", "person"), ("Jennifer Lang", "person")))
    assert names(found) == ["Jennifer Lang", "Jennifer Lang"]


@pytest.mark.parametrize("words", ["This government", "The government"])
def test_this_government_is_the_one_that_was_named(statements: Link, words: str) -> None:
    rows = (("The United States", "said", "no"), (words, "denied", "it"))
    found = statements(
        f"The United States said no. {words} denied it.", *rows, mentions=(("United States", "location"),)
    )
    assert found[1].speaker.name == "United States"
