"""Who is not who: people of one office, one surname or one sort of body, whose words a text keeps apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sayso.records import Statement

Link = Callable[..., list[Statement]]


def names(found: list[Statement]) -> list[str | None]:
    return [s.speaker.name for s in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A company spokesman", "The union spokesman"),
        ("The defence minister", "The finance minister"),
        ("The first witness", "The second witness"),
        ("A Russian diplomat", "The American diplomat"),
        ("The representative of Arduna", "The representative of Solvane"),
        ("The lawyer for Dell", "The lawyer for Marsh"),
        ("The mother of the victim", "The mother of the suspect"),
        ("The older man", "The younger man"),
    ],
)
def test_unnamed_ones_of_one_noun_are_told_apart_by_what_is_said_of_them(
    statements: Link, one: str, other: str
) -> None:
    text = f"{one} said that it was over. {other} said that it had just begun."
    found = statements(text, (one, "said", "that it was over"), (other, "said", "that it had just begun"))
    assert names(found) == [each.split(" ", 1)[1] for each in (one, other)]


@pytest.mark.parametrize(
    "again", ["The spokesman", "The former union spokesman", "The outspoken spokesman", "The union spokesman"]
)
def test_an_unnamed_one_is_taken_up_by_less_and_by_what_tells_nothing(statements: Link, again: str) -> None:
    text = f"A union spokesman said that it was over. {again} said that it had just begun."
    found = statements(
        text, ("A union spokesman", "said", "that it was over"), (again, "said", "that it had just begun")
    )
    assert names(found) == ["union spokesman", "union spokesman"]


@pytest.mark.parametrize(
    ("text", "source", "cue", "content", "speaker"),
    [
        (
            "Interior minister Josef Brandl said the dam was safe. The finance minister said it was not.",
            "The finance minister", "said", "it was not", "finance minister",
        ),
        (
            "Interior minister Josef Brandl said the dam was safe. The minister said it would hold.",
            "The minister", "said", "it would hold", "Josef Brandl",
        ),
        (
            "Texas senator Mary Hill spoke first. The Republican senator said it would pass.",
            "The Republican senator", "said", "it would pass", "Mary Hill",
        ),
        ("Lind will leave. Lind is tired, the chairman said.", "the chairman", "said", "Lind is tired", "chairman"),
        (
            "Tom Hill is ill. Hill will not come. The doctor who treats him said he was weak.",
            "The doctor who treats him", "said", "he was weak", "doctor",
        ),
        (
            "Greenpeace said the river was poisoned. The environment agency said it was not.",
            "The environment agency", "said", "it was not", "environment agency",
        ),
        (
            "Hallgarth Brewing Company denied it. The insurance company said it would not pay.",
            "The insurance company", "said", "it would not pay", "insurance company",
        ),
    ],
)  # fmt: skip
def test_a_description_that_names_another_sort_is_nobodys_who_has_a_name(
    statements: Link, text: str, source: str, cue: str, content: str, speaker: str
) -> None:
    kinds = [(w, "organization") for w in ("Greenpeace", "Hallgarth Brewing Company") if w in text]
    assert names(statements(text, (source, cue, content), mentions=kinds)) == [speaker]


def test_she_is_the_unnamed_one_who_has_just_spoken(statements: Link) -> None:
    text = (
        "Joanne Reyes said the pilots were tired.\n\nA spokeswoman for the airline said that was false. She said the "
        "rosters had been checked."
    )
    found = statements(
        text,
        ("Joanne Reyes", "said", "the pilots were tired"),
        ("A spokeswoman for the airline", "said", "that was false"),
        ("She", "said", "rosters had been checked"),
    )
    assert names(found)[2] == "spokeswoman for the airline"


def test_a_pronoun_is_nobody_of_whom_its_own_quotation_speaks(statements: Link) -> None:
    text = "A neighbour came to the door. “Hamid was my brother,” he said."
    assert names(statements(text, ("he", "said", "“Hamid was my brother,”"))) == [None]
    text = "A man came to the door. “I, Hamid, was his brother,” he said."
    assert names(statements(text, ("he", "said", "“I, Hamid, was his brother,”"))) == ["Hamid"]


def test_who_says_she_of_herself_is_not_taken_up_as_he(statements: Link) -> None:
    text = "Mira Holub said she saw no change. He said it was late."
    found = statements(text, ("Mira Holub", "said", "she saw no change"), ("He", "said", "it was late"))
    assert names(found) == ["Mira Holub", None]


def test_a_name_of_women_and_men_tells_neither(statements: Link) -> None:
    text = "Tom Hill was happy. The director, Robin Ashe, said the song was bad. He said it had been banned."
    found = statements(
        text, ("The director, Robin Ashe,", "said", "the song was bad"), ("He", "said", "it had been banned")
    )
    assert names(found) == ["Robin Ashe", "Robin Ashe"]


def test_of_two_with_one_surname_the_one_just_named_in_full_is_meant(statements: Link) -> None:
    text = "Anna Berg said the school would close. Erik Berg, the mayor, said it would not. Berg said he had the money."
    found = statements(
        text,
        ("Anna Berg", "said", "the school would close"),
        ("Erik Berg, the mayor,", "said", "it would not"),
        ("Berg", "said", "he had the money"),
    )
    assert names(found) == ["Anna Berg", "Erik Berg", "Erik Berg"]


def test_who_rejects_a_claim_does_not_make_it(statements: Link) -> None:
    text = "Paul Hill spoke on Sunday. Tom Berg rejected his claim that the dam was safe."
    found = statements(
        text,
        ("Tom Berg", "rejected", "his claim that the dam was safe"),
        ("his", "claim", "that the dam was safe"),
        parents={1: 0},
    )
    assert names(found) == ["Tom Berg", "Paul Hill"]
    assert found[1].depth == 2


def test_critics_of_two_are_not_the_two(statements: Link) -> None:
    text = "Critics of Tom Hill and Mary Dunn said the law was bad."
    found = statements(text, ("Critics of Tom Hill and Mary Dunn", "said", "the law was bad"))
    assert names(found) == ["Critics of Tom Hill and Mary Dunn"]


@pytest.mark.parametrize(
    ("source", "speaker", "kind"),
    [
        ("Colin Marsh of Frontier Rights Monitor", "Colin Marsh", "person"),
        ("Mr Gale of Church Lane", "Gale", "person"),
        ("Helena Voss KC", "Helena Voss", "person"),
        ("Eamon Droy MP", "Eamon Droy", "person"),
        ("The local MP, Fran Tolley,", "Fran Tolley", "person"),
        ("A Labour MP", "Labour MP", "unnamed"),
        ("The National Farmers’ Union", "National Farmers’ Union", "organization"),
        ("The Ministry for the Sea", "Ministry for the Sea", "organization"),
        ("The Ministry of the Interior", "Ministry of the Interior", "organization"),
        ("Secretary of State John Kerry", "John Kerry", "person"),
        ("The Ledger", "Ledger", "organization"),
    ],
)  # fmt: skip
def test_names_end_where_they_end(statements: Link, source: str, speaker: str, kind: str) -> None:
    text = f"It had rained all day. {source} said that the river was rising."
    seen = [("John Kerry", "person")] if "Kerry" in source else []
    (found,) = statements(text, (source, "said", "that the river was rising"), mentions=seen)
    assert (found.speaker.name, found.speaker.kind) == (speaker, kind)


def test_father_and_son_are_two_and_the_surname_alone_is_one_of_them(statements: Link) -> None:
    text = "Karl Brandt Jr. said it was fine. Karl Brandt said it was bad."
    found = statements(text, ("Karl Brandt Jr.", "said", "it was fine"), ("Karl Brandt", "said", "it was bad"))
    assert len(set(names(found))) == 2
    text = "Chief Justice Karl Brandt Jr. spoke. Mr. Brandt said it was bad."
    assert names(statements(text, ("Mr. Brandt", "said", "it was bad"))) == ["Karl Brandt Jr"]


@pytest.mark.parametrize(
    ("text", "rows", "mention", "speakers"),
    [
        (
            "Kari Lake said the vote was rigged. She said it would be close.",
            [("Kari Lake", "said", "the vote was rigged"), ("She", "said", "it would be close")],
            ("Kari Lake", "person"), ["Kari Lake", "Kari Lake"],
        ),
        (
            "The authors of the study, Tom Hill and Mary Dunn, said it was sound.",
            [("The authors of the study, Tom Hill and Mary Dunn,", "said", "it was sound")],
            None, ["Tom Hill and Mary Dunn"],
        ),
        (
            "It was sound, said senators such as Tom Hill and Mary Dunn.",
            [("such as Tom Hill and Mary Dunn", "said", "It was sound")], None, ["Tom Hill and Mary Dunn"],
        ),
        (
            "Other unions, including the Northern League and the Southern League, said it was sound.",
            [("Other unions, including the Northern League and the Southern League,", "said", "it was sound")],
            None, ["Other unions"],
        ),
        (
            "The director of communications for Mary Hill said she would appeal.",
            [("The director of communications for Mary Hill", "said", "she would appeal")],
            None, ["director of communications for Mary Hill"],
        ),
        (
            "A driver was arrested on Monday. Mira Holub said he had been drunk. She said the car was stolen.",
            [("Mira Holub", "said", "he had been drunk"), ("She", "said", "the car was stolen")],
            None, ["Mira Holub", "Mira Holub"],
        ),
        (
            "Opposition leader Mary Hill said no. The party leader said it would be voted down.",
            [("The party leader", "said", "it would be voted down")], None, ["Mary Hill"],
        ),
        (
            "Republican candidate Mary Hill said no. The presidential candidate said it would be voted down.",
            [("The presidential candidate", "said", "it would be voted down")], None, ["Mary Hill"],
        ),
        (
            "Former finance minister Tom Hill said no. The ex-finance minister said it would be voted down.",
            [("The ex-finance minister", "said", "it would be voted down")], None, ["Tom Hill"],
        ),
        (
            "The crane operator, Tom Hill, said the rope broke.",
            [("The crane operator, Tom Hill,", "said", "the rope broke")], ("Tom Hill", "person"), ["Tom Hill"],
        ),
        (
            "The Prophet said that the road is long. He said that it ends.",
            [("The Prophet", "said", "that the road is long"), ("He", "said", "that it ends")],
            ("Prophet", "person"), ["Prophet", "Prophet"],
        ),
        (
            "Anna Berg runs the school and knows Erik Berg. Mayor Berg said he had the money.",
            [("Mayor Berg", "said", "he had the money")], None, ["Anna Berg"],
        ),
        (
            "It rained. A worker at McDonald’s said the roof leaked.",
            [("A worker at McDonald’s", "said", "the roof leaked")], None, ["worker at McDonald’s"],
        ),
        (
            "It rained. The Charlotte Chamber of Commerce said the roof leaked.",
            [("The Charlotte Chamber of Commerce", "said", "the roof leaked")],
            ("Charlotte Chamber of Commerce", "organization"), ["Charlotte Chamber of Commerce"],
        ),
        (
            "It rained. Radio DJ Tom Hill said the roof leaked.",
            [("Radio DJ Tom Hill", "said", "the roof leaked")], ("Tom Hill", "person"), ["Tom Hill"],
        ),
        (
            "The Odrin Institute unveiled the report, saying that rivers rise. The report says that towns must move.",
            [("The Odrin Institute", "unveiled the report", "rivers rise"), ("The report", "says", "that towns must move")],
            ("Odrin Institute", "organization"), ["Odrin Institute", "Odrin Institute"],
        ),
    ],
)  # fmt: skip
def test_rules_that_tell_apart_do_not_part_what_is_one(
    statements: Link,
    text: str,
    rows: list[tuple[str, str, str]],
    mention: tuple[str, str] | None,
    speakers: list[str],
) -> None:
    assert names(statements(text, *rows, mentions=[mention] if mention else [])) == speakers


def test_who_is_quoted_in_a_report_spoke_through_it(statements: Link) -> None:
    text = "Tom Hill was quoted in a report as saying that the dam was safe."
    (found,) = statements(text, ("Tom Hill", "saying", "that the dam was safe"))
    assert found.via is not None and found.via.item == "a report"


def test_her_telling_of_her_own_thought_is_no_second_mouth(statements: Link) -> None:
    text = "She said that she believed that the dam was safe."
    found = statements(
        text,
        ("She", "said", "that she believed that the dam was safe"),
        ("she", "believed", "that the dam was safe"),
        parents={1: 0},
    )
    assert [s.depth for s in found] == [1, 1]


def test_an_aide_of_somebody_is_not_he(statements: Link) -> None:
    text = "It had rained all day. The mother of Tom Hill said that the river was rising."
    assert names(statements(text, ("The mother of Tom Hill", "said", "that the river was rising"))) == [
        "mother of Tom Hill"
    ]


def test_a_river_is_no_council(statements: Link) -> None:
    text = "The bridge over the Tamar River fell on Monday. The council said it had been warned."
    found = statements(text, ("The council", "said", "it had been warned"), mentions=[("Tamar River", "organization")])
    assert names(found) == ["council"]


def test_who_asks_behind_an_apposition_is_no_one_asked(statements: Link) -> None:
    text = "The judge, Ada Lorne, asked whether the firm would pay. Mary Hill, the chair, asked why nobody had called."
    found = statements(text, (None, "asked", "whether the firm would pay"), (None, "asked", "why nobody had called"))
    assert names(found) == ["Ada Lorne", "Mary Hill"]


@pytest.mark.parametrize(
    ("text", "row", "via"),
    [
        (
            "The minister rejected reports that he had fled.",
            ("The minister", "rejected", "reports that he had fled"), None,
        ),
        (
            "The ministry said in a statement: “We reject this.”",
            ("The ministry", "said", "“We reject this.”"), "a statement",
        ),
        (
            "Ann Lee, who was not involved in the study, said it was weak.",
            ("Ann Lee, who was not involved in the study,", "said", "it was weak"), None,
        ),
        (
            "In one song, “My Mother's Rifle”, a singer says that they will win.",
            ("a singer", "says", "that they will win"), "one song, “My Mother's Rifle”",
        ),
        (
            "In the second video, a fighter warns that deserters will burn.",
            ("a fighter", "warns", "that deserters will burn"), "the second video",
        ),
        (
            "Abu Layth told the agency Levant Wire that the drone had come.",
            ("Abu Layth", "told", "that the drone had come"), "Levant Wire",
        ),
        (
            "Jodie Marsh told Radio Tamar that the minister had ignored her.",
            ("Jodie Marsh", "told", "that the minister had ignored her"), "Radio Tamar",
        ),
    ],
)  # fmt: skip
def test_through_what_somebody_spoke(statements: Link, text: str, row: tuple[str, str, str], via: str | None) -> None:
    (found,) = statements(text, row)
    assert (found.via.item if found.via else None) == via


def test_what_is_told_to_reporters_no_longer_comes_through_the_letter(statements: Link) -> None:
    text = (
        "In a letter to members, Colonel Teth said the war was over.\n\n“We are tired,” Teth told reporters in Odrin.\n\n"
        "“We will rest,” Teth told his readers."
    )
    rows = [
        ("Colonel Teth", "said", "the war was over"), ("Teth", "told", "“We are tired,”"), ("Teth", "told", "“We will rest,”"),
    ]  # fmt: skip
    one, other, last = statements(text, *rows)
    assert one.via is not None and one.via.item == "a letter"
    assert other.via is None and last.via is None


def test_a_teller_without_a_name_is_a_mouth(statements: Link) -> None:
    text = "She said that the minister had told her he would resign."
    found = statements(
        text,
        ("She", "said", "that the minister had told her he would resign"),
        ("the minister", "had told", "he would resign"),
        parents={1: 0},
    )
    assert [s.depth for s in found] == [1, 2]


def test_a_word_of_time_behind_two_names_takes_neither_away(statements: Link) -> None:
    text = "The Harbour Authority and the Dockers’ Union today agreed to end the strike."
    found = statements(text, ("The Harbour Authority and the Dockers’ Union today", "agreed", "to end the strike"))
    assert names(found) == ["Harbour Authority and Dockers’ Union"]
