"""What kind of speaker a description is, and names that are kept whole."""

from collections.abc import Callable

import pytest

from sayso.records import Statement

Link = Callable[..., list[Statement]]


def who(found: list[Statement]) -> list[tuple[str | None, str]]:
    return [(s.speaker.name, s.speaker.kind) for s in found]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("Forty-one percent of tenants", "group"),
        ("Nearly seven in ten tenants", "group"),
        ("A third of tenants", "group"),
        ("A 54% majority of tenants", "group"),
        ("A lot of people", "group"),
        ("An average of 12 percent of tenants", "group"),
        ("Nobody", "group"),
        ("Each side", "group"),
        ("The Chinese", "group"),
        ("The homeless", "group"),
        ("Saudis", "group"),
        ("The ferry’s salespeople", "group"),
        ("The mayor and her staff", "group"),
        ("My husband and I", "group"),
        ("Media reports", "publication"),
        ("A number of polls", "publication"),
        ("The printed ballot card", "publication"),
        ("The party’s platform", "publication"),
        ("Someone in the hall", "unnamed"),
        ("A third witness", "unnamed"),
        ("A half-brother", "unnamed"),
        ("One of two suspects", "unnamed"),
        ("A source involved in the sale", "unnamed"),
        ("An official she met on the quay", "unnamed"),
        ("One user", "unnamed"),
        ("A commission appointed by the mayor", "organization"),
        # and what stays as it was
        ("A newly elected senator", "unnamed"),
        ("The committee", "organization"),
        ("The river’s bend", "none"),
        ("Six ferries", "group"),
    ],
)
def test_a_description_has_the_kind_of_what_it_describes(statements: Link, source: str, kind: str) -> None:
    text = f"It rained in spring. {source} said that the quay had to close."
    assert statements(text, (source, "said", "that the quay had to close"))[0].speaker.kind == kind


def test_someone_is_no_man_to_be_taken_up_as_he(statements: Link) -> None:
    text = "Peter Lund spoke. Someone in the hall shouted that it was late. He said that he would go on."
    rows = [("Someone in the hall", "shouted", "that it was late"), ("He", "said", "that he would go on")]
    assert who(statements(text, *rows, mentions=[("Peter Lund", "person")]))[1] == ("Peter Lund", "person")


@pytest.mark.parametrize(
    ("source", "name"),
    [("federal prosecutors in", "federal prosecutors"), ("a majority of that village", "majority of that village")],
)
def test_a_source_cut_short_is_named_by_its_words(statements: Link, source: str, name: str) -> None:
    text = f"It rained. Later {source} Tarn said that the quay had to close."
    assert statements(text, (source, "said", "that the quay had to close"))[0].speaker.name == name


@pytest.mark.parametrize(
    ("text", "source", "cue", "speaker"),
    [
        # a surname that is a common word, a title or a nation, once somebody bears it in full
        ("Peter King came late. Mr. King said that the quay had to close.", "Mr. King", "said", ("Peter King", "person")),
        # what belongs to a body's name, and what does not
        ("An ad from Our Harbours PAC ran. Our Harbours PAC said that the quay had to close.", "Our Harbours PAC", "said",
         ("Our Harbours PAC", "organization")),
        ("The Tarn County Coroner’s Office said that the quay had to close.", "The Tarn County Coroner’s Office", "said",
         ("Tarn County Coroner’s Office", "organization")),
        ("The Club for Rivers said that the quay had to close.", "The Club for Rivers", "said",
         ("Club for Rivers", "organization")),
        ("It is a pact of the United States. The United States said that the quay had to close.", "The United States", "said",
         ("United States", "organization")),
        ("Chancellor Angela Brandt of Tarn said that the quay had to close.", "Chancellor Angela Brandt of Tarn", "said",
         ("Angela Brandt", "person")),
        ("Harbour ranking Democrat Nina Holt said that the quay had to close.", "Harbour ranking Democrat Nina Holt", "said",
         ("Nina Holt", "person")),
        # headlines and capitals swallowed
        ("TALKS FAIL IN LATE NIGHT VOTE The Kelda Port Authority said that the quay had to close.", "The Kelda Port Authority",
         "said", ("Kelda Port Authority", "organization")),
        # and what stays as it was
        ("George Will spoke first. Cuban officials said that the quay had to close.", "Cuban officials", "said",
         ("Cuban officials", "group")),
        ("Mark Cuban came late. The Cuban minister said that the quay had to close.", "The Cuban minister", "said",
         ("Cuban minister", "unnamed")),
    ],
)  # fmt: skip
def test_a_name_has_all_its_words_and_no_others(
    statements: Link, text: str, source: str, cue: str, speaker: tuple[str, str]
) -> None:
    seen = [(speaker[0], "person")] if speaker[1] == "person" else []
    assert who(statements(text, (source, cue, "that the quay had to close"), mentions=seen)) == [speaker]


def test_a_senator_of_a_state_is_described_and_not_named_by_it(statements: Link) -> None:
    text = "Nina Holt came late. Nina Holt spoke. The South Tarn Republican said that the quay had to close."
    found = statements(text, ("The South Tarn Republican", "said", "that the quay had to close"))
    assert who(found) == [("Nina Holt", "person")]


@pytest.mark.parametrize("name", ["George Will", "Mark Cuban", "Martin Baron", "Peter King", "G.K. Moss"])
def test_a_surname_that_is_a_common_word_is_a_name_once_somebody_bears_it(statements: Link, name: str) -> None:
    last = name.split()[-1]
    text = f"{name} said that it rained. {last} wrote that the quay had to close."
    rows = [(name, "said", "that it rained"), (last, "wrote", "that the quay had to close")]
    assert who(statements(text, *rows, mentions=[(name, "person")]))[1] == (name, "person")


def test_a_common_word_at_the_beginning_is_no_name_for_that(statements: Link) -> None:
    text = "Mark Cuban said that it rained. Cuban officials said that the quay had to close."
    rows = [("Mark Cuban", "said", "that it rained"), ("Cuban officials", "said", "that the quay had to close")]
    assert who(statements(text, *rows, mentions=[("Mark Cuban", "person")]))[1] == ("Cuban officials", "group")


@pytest.mark.parametrize(
    ("source", "seen", "speaker"),
    [
        ("The Kelda Examiner", "person", ("Kelda Examiner", "publication")),
        ("The Tarn Daily News", "organization", ("Tarn Daily News", "publication")),
        ("Politico", "person", ("Politico", "publication")),
        ("CraneTangle", "person", ("CraneTangle", "organization")),
        ("A Kelda University Poll", "person", ("Kelda University", "organization")),
        # and what stays as it was
        ("Nina McHolt", "person", ("Nina McHolt", "person")),
        ("The Tarn Dockers Union", "organization", ("Tarn Dockers Union", "organization")),
        ("Carlos Fox", "person", ("Carlos Fox", "person")),
    ],
)
def test_what_publishes_is_a_publication(statements: Link, source: str, seen: str, speaker: tuple[str, str]) -> None:
    name = source.removeprefix("The ").removeprefix("A ")
    text = f"It rained, {source} reported in May, and the quay had to close."
    found = statements(text, (source, "reported", "the quay had to close"), mentions=[(name, seen)])
    assert who(found) == [speaker]


def test_a_body_that_the_text_calls_a_newspaper_publishes(statements: Link) -> None:
    text = "It rained. The Kelda Lantern, a weekly newspaper, reported that the quay had to close."
    row = ("The Kelda Lantern", "reported", "that the quay had to close")
    assert who(statements(text, row, mentions=[("Kelda Lantern", "organization")])) == [
        ("Kelda Lantern", "publication")
    ]


@pytest.mark.parametrize(
    ("source", "speaker"),
    [
        ("The Lunds", ("Lunds", "group")),
        ("Woods", ("Woods", "person")),
        ("The Kelda Ravens", ("Kelda Ravens", "organization")),
    ],
)
def test_a_family_is_several(statements: Link, source: str, speaker: tuple[str, str]) -> None:
    text = f"It rained in May. Later {source} said that the quay had to close."
    seen = [(speaker[0], "organization" if speaker[1] == "organization" else "person")]
    assert who(statements(text, (source, "said", "that the quay had to close"), mentions=seen)) == [speaker]


@pytest.mark.parametrize(
    ("text", "source", "seen", "speaker"),
    [
        # the first name that the encoder lost
        ("City Attorney Bram Holt said that it rained.", "City Attorney Bram Holt", ["Holt"], "Bram Holt"),
        ("Rep. G.K. Moss said that it rained.", "Rep. G.K. Moss", ["Moss"], "G.K. Moss"),
        # the word that begins the sentence is no part of a name that the text has without it
        ("He met Nina Holt. Rival Nina Holt said that it rained.", "Rival Nina Holt", [], "Nina Holt"),
        (
            "He met Marsh Coal. Unlike Marsh Coal, six mines shut. Marsh Coal said that it rained.",
            "Marsh Coal",
            [],
            "Marsh Coal",
        ),
        ("He met Young Tarn. Young Tarn said that it rained.", "Young Tarn", [], "Young Tarn"),
    ],
)
def test_a_name_begins_with_its_first_name(
    statements: Link, text: str, source: str, seen: list[str], speaker: str
) -> None:
    text = f"It was dry. {text}"
    found = statements(text, (source, "said", "that it rained"), mentions=[(name, "person") for name in seen])
    assert [s.speaker.name for s in found] == [speaker]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (
            "Harbour Committee Chairman Bram Holt (R-Utah) and Roads Committee Chairman Nina Berg (R-Va.)",
            "Bram Holt and Nina Berg",
        ),
        ("Sens. Bram Holt of Tarn and Nina Berg of Kelda", "Bram Holt and Nina Berg"),
        ("Sens. Bram Holt (Ky.) and Nina Berg (Fla.)", "Bram Holt and Nina Berg"),
        ("Bram Holt (R), who wants to stay, and Nina Berg (D)", "Bram Holt and Nina Berg"),
        ("Bram Holt and Nina Berg, who both live in Tarn,", "Bram Holt and Nina Berg"),
        ("Two senators from Tarn, Bram Holt and Nina Berg,", "Bram Holt and Nina Berg"),
        ("Gov. Bram Holt and Sen. Nina Berg as well as former Gov. Ada Moss", "Bram Holt, Nina Berg and Ada Moss"),
        ("Peter and Nina Berg", "Peter Berg and Nina Berg"),
        ("Ada Moss’s son Bram Holt and his wife, Nina Berg,", "Bram Holt and Nina Berg"),
    ],
)
def test_all_who_are_joined_speak(statements: Link, source: str, name: str) -> None:
    text = f"It rained. {source} said that the quay had to close."
    people, places = ("Bram Holt", "Nina Berg", "Ada Moss", "Peter"), ("Tarn", "Kelda")
    seen = [(n, "person") for n in people if n in source] + [(n, "location") for n in places if n in source]
    found = statements(text, (source, "said", "that the quay had to close"), mentions=seen)
    assert who(found) == [(name, "group")]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Bram Holt, a friend of Nina Berg and Ada Moss,", "Bram Holt"),
        ("Harbour Committee Chairman Bram Holt", "Bram Holt"),
        ("Former Secretary of State and leading candidate Nina Berg", "Nina Berg"),
    ],
)
def test_one_who_is_told_more_of_stays_one(statements: Link, source: str, name: str) -> None:
    text = f"It rained. {source} said that the quay had to close."
    seen = [(n, "person") for n in ("Bram Holt", "Nina Berg", "Ada Moss") if n in source]
    assert who(statements(text, (source, "said", "that the quay had to close"), mentions=seen)) == [(name, "person")]


@pytest.mark.parametrize(
    ("source", "speaker"),
    [
        ("A group called Occupy Kelda", ("Occupy Kelda", "organization")),
        ("A news organization called “The Lantern”", ("The Lantern", "publication")),
        ("Lund’s close friends and allies", ("Lund’s close friends and allies", "group")),
        ("A source close to Lund", ("source close to Lund", "unnamed")),
        ("Members of Our Harbour", ("Members of Our Harbour", "group")),
    ],
)
def test_who_is_described_with_a_name(statements: Link, source: str, speaker: tuple[str, str]) -> None:
    text = f"Aron Lund spoke of Our Harbour. {source} said that the quay had to close."
    row = (source, "said", "that the quay had to close")
    assert who(statements(text, row, mentions=[("Aron Lund", "person")])) == [speaker]


def test_a_name_with_a_number_is_shortened_to_the_last_name(statements: Link) -> None:
    text = "Aron Lund III said that it rained. Lund said that the quay had to close."
    rows = [("Aron Lund III", "said", "that it rained"), ("Lund", "said", "that the quay had to close")]
    assert who(statements(text, *rows, mentions=[("Aron Lund III", "person")]))[1] == ("Aron Lund III", "person")


@pytest.mark.parametrize(
    ("source", "speaker"),
    [
        ("former Tarn planning director Nina Holt", ("Nina Holt", "person")),
        ("Bank of Kelda governor Nina Holt", ("Nina Holt", "person")),
        ("the Holt camp", ("Nina Holt camp", "organization")),
        ("the museum", ("museum", "organization")),
        ("the photo", ("photo", "publication")),
        ("a Kelda Examiner poll last week", ("Kelda Examiner", "publication")),
        ("a Kelda Examiner poll published Monday", ("Kelda Examiner", "publication")),
        ("only one of the 25 delegates", ("only one of the 25 delegates", "unnamed")),
        ("her playbook", ("Nina Holt’s playbook", "publication")),
        ("her staff", ("Nina Holt’s staff", "group")),
        # and what stays as it was
        ("someone like Nina Holt", ("someone like Nina Holt", "unnamed")),
        ("a spokesman for candidate Nina Holt", ("spokesman for candidate Nina Holt", "unnamed")),
    ],
)
def test_what_stands_around_a_name_or_noun_does_not_hide_it(
    statements: Link, source: str, speaker: tuple[str, str]
) -> None:
    text = f"Nina Holt read the Kelda Examiner in May. Later {source} said that the quay had to close."
    seen = [("Nina Holt", "person"), ("Kelda Examiner", "organization")]
    assert who(statements(text, (source, "said", "that the quay had to close"), mentions=seen)) == [speaker]


def test_a_well_known_outlet_that_begins_a_sentence_is_one(statements: Link) -> None:
    text = "Nina Holt slept. Politico reported that the quay had to close."
    row = ("Politico", "reported", "that the quay had to close")
    assert who(statements(text, row, mentions=[("Nina Holt", "person")])) == [("Politico", "publication")]


def test_a_family_is_several_whatever_the_encoder_takes_it_for(statements: Link) -> None:
    text = "Nina Lund came late. It rained. The Lunds said that the quay had to close."
    seen = [("Nina Lund", "person"), ("Lunds", "organization")]
    row = ("The Lunds", "said", "that the quay had to close")
    assert who(statements(text, row, mentions=seen)) == [("Lunds", "group")]


def test_a_place_before_a_name_is_no_part_of_it(statements: Link) -> None:
    text = "It rained in Kelda. Holt came. Many stood outside a Kelda Holt rally. Later Holt said that the quay had to close."
    seen = [("Kelda", "location"), ("Holt", "person")]
    row = ("Holt", "said", "that the quay had to close")
    assert who(statements(text, row, mentions=seen)) == [("Holt", "person")]


def test_she_and_her_aides_are_named_by_her(statements: Link) -> None:
    text = "Nina Holt came late. She and her aides said that the quay had to close."
    row = ("She and her aides", "said", "that the quay had to close")
    assert who(statements(text, row, mentions=[("Nina Holt", "person")])) == [("Nina Holt and her aides", "group")]


def test_a_title_names_people_whom_the_text_has(statements: Link) -> None:
    text = (
        "Holt Just Closed The Old Quay In The Worst Way!\n\nNina Holt came late. It rained. "
        "Many asked Nina Holt. The mayor said that Holt was late."
    )
    found = statements(text, ("Holt", "Just Closed", "The Old Quay"), mentions=[("Nina Holt", "person")])
    assert who(found) == [("Nina Holt", "person")]
