"""Where sources and contents begin and end by the form of the text, and words that stand apart from who says them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import document, pairs, said, well_formed

from sayso.attribute import attribute
from sayso.read import read


@pytest.mark.parametrize(
    "opening",
    [
        "3/ ", "4/7 ", "(5) ", "14:20 ", "10:31 GMT - ", "BREAKING - ", "AFP - ", "/TASS/ ", "❗️ ", "► ", "#Breaking ", "§ 4 ",
        "a) ", "Madam Speaker, ", "GENEVA (Reuters) - ", "KYIV, March 3 (AP) — ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("source", ["Some residents", "Defence minister Oleg Sidorov"])
def test_what_opens_a_paragraph_is_no_part_of_who_speaks(opening: str, source: str) -> None:
    found = said(f"The market was full.\n\n{opening}{source} said that the road was closed.\n\nIt rained.")
    assert (source, "that the road was closed") in found


@pytest.mark.parametrize("source", ["2 residents", "48 detainees"])
def test_a_number_that_counts_stays(source: str) -> None:
    assert [s for s, _ in said(f"{source} said that the road was closed.")] == [source]


def test_a_list_belongs_to_the_demand_that_introduces_it() -> None:
    items = "that the company:\n- reinstate the sacked workers\n\n- raise pay by 5%"
    assert said(f"The union demands {items}\n\nThe company has not replied.")[0] == ("The union", items)


def test_an_item_of_a_list_holds_no_other_item() -> None:
    found = said(
        "- Lund said that the ferry has two problems:\n- Berg said that the port is closed.\n- Holt said that it rains."
    )
    assert [s for s, _ in found] == ["Lund", "Berg", "Holt"]
    assert "Berg" not in found[0][1]
    found = said("1. The ferry:\n  a. Lund said that it has two problems:\n2. Berg said that the port is closed.")
    assert all("Berg" not in content for _, content in found)


@pytest.mark.parametrize("address", ["press@corvid.example", "www.corvid.example/press", "https://corvid.example/a-b"])
def test_an_address_is_whole(address: str) -> None:
    words = said(f"The company said that questions should be sent to {address} by noon.")[0][1]
    assert words.removesuffix(" by noon").endswith(f" {address}")


def test_a_headline_ends_with_its_line() -> None:
    found = said("Minister: The plan is dead\n\nThe next step\n\nParliament will vote on Friday.")
    assert found == [("Minister", "The plan is dead")]


@pytest.mark.parametrize("dash", ["— ", "– ", "-- ", "—"])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_quotation_is_signed_below_it(dash: str, between: str) -> None:
    signed = [
        ("“It is only a comma.”", "Maria Holt, lawyer"),
        ('"The best time was twenty years ago."', "John Adeyemi, forester"),
    ]
    text = (
        "Words of the week\n\n"
        + "\n\n".join(f"{words}{between}{dash}{who}" for words, who in signed)
        + "\n\nIt rained."
    )
    assert said(text) == [(who, words) for words, who in signed]


@pytest.mark.parametrize("below", ["— He left the room.", "— and then it rained", "The band played on."])
def test_what_follows_a_quotation_need_not_sign_it(below: str) -> None:
    text = f"Ann Lee looked up.\n\n“I will stay,” she said.\n\n“You will not.”\n\n{below}"
    assert below.strip("— .") not in [s for s, _ in said(text)]


@pytest.mark.parametrize("before", ["", "What they're saying: ", "Words of the week. "])
@pytest.mark.parametrize("dash", ["—", "–", "--", "-"])
@pytest.mark.parametrize("after", ["", " It rained on Monday.", "\n\nIt rained."])
def test_quotations_in_a_row_are_signed_behind_each(before: str, dash: str, after: str) -> None:
    signed = [
        ("Ann Lee", '"We are tired of waiting."'),
        ("Sen. Judy Pallas, R-Ohio", '"This is a victory"'),
        ("Theo van Brand (porter)", '"It\'s a tantrum"'),
    ]
    found = said(before + " ".join(f"{words} {dash} {who}." for who, words in signed) + after)
    assert [each for each in found if each != ("they", "What")] == signed


@pytest.mark.parametrize("row", ["“Alien” — Ridley Scott. “Solaris” — Stanisław Lem.", "“We go” — Ann Lee."])
def test_titles_of_works_and_one_name_behind_a_dash_are_no_row(row: str) -> None:
    signers = {"Ridley Scott", "Stanisław Lem", "Ann Lee"}
    assert not [s for s, _ in said(f"Seen and read this week: {row} It rained.") if s in signers]


def test_a_clause_behind_a_dash_signs_nothing() -> None:
    found = said("“We stay” — Sen. Judy Pallas said so twice. “We go” — Theo Brand told reporters.")
    assert not {"Sen", "Sen.", "Judy Pallas said so twice"} & {source for source, _ in found}


def test_quotations_have_names_below_them_without_a_dash() -> None:
    signed = [
        ("Nadine Osei, nurse", "“We had to wait for two hours.”"),
        ("Theo Brand", "“I was told nothing.”"),
        ("Rosa Whitby (cleaner)", "“We want to be treated like people.”"),
    ]
    assert said("Voices\n\n" + "\n\n".join(f"{words}\n{who}" for who, words in signed) + "\n\nIt rained.") == signed


def test_words_below_quotations_that_name_nobody_sign_nothing() -> None:
    text = "“We had to wait for two hours.”\nAdvertisement\n\n“I was told nothing.”\nAdvertisement\n\nIt rained."
    assert "Advertisement" not in [s for s, _ in said(text)]


def test_a_hostile_line_behind_a_quotation_signs_nothing() -> None:
    text = "“We had to wait here.” — Ann Lee," + " " * 20_000 + "x\n\n“We go on.”\nAnn Lee," + " " * 20_000 + "x"
    assert not [s for s, _ in said(text) if s.endswith("x")]


def test_one_line_below_a_quotation_may_be_anything_and_names_may_stand_above() -> None:
    assert said("“We had to wait for two hours.”\nSecond Part\n\nIt rained.") == []
    above = (
        "Nadine Osei, nurse\n“We had to wait for two hours.”\n\nTheo Brand, porter\n“I was told nothing.”\n\nIt rained."
    )
    assert ("Theo Brand, porter", "“We had to wait for two hours.”") not in said(above)


@pytest.mark.parametrize("first", ["The commander", "He"])
@pytest.mark.parametrize(
    "second", ["The Almighty", "Ann Lee", "The head of the council", "Minister Theo Brand, who was there,"]
)
@pytest.mark.parametrize("cue", ["says", "said", "added", "wrote"])
def test_a_quotation_is_whose_it_is_introduced_by(first: str, second: str, cue: str) -> None:
    found = said(f'{first} said: "The road is long." {second} {cue}: "We made you nations." It rained.')
    assert [(who.rstrip(","), words) for who, words in found] == [
        (first, '"The road is long."'),
        (second.rstrip(","), '"We made you nations."'),
    ]


def test_who_is_quoted_in_a_quotation_takes_nothing_out_of_it() -> None:
    words = "\"The road is long. The Almighty says: 'We made you nations.' So we go.\""
    assert said(f"The commander said: {words} It rained.") == [("The commander", words)]


def test_unmarked_statements_of_a_press_release() -> None:
    text = (
        "Transport Secretary Sam Pratt said:\n\nThis new line will bring jobs to the region. We promised it.\n\n"
        "I am grateful to all who worked on it.\n\nCommenting on the opening, Network Rail chief executive Ann Vale said:\n\n"
        "We are delighted to open the line. Our teams worked through the winter.\n\n"
        "The line was closed in 1964.\n\nNotes to editors\n\nIt is long."
    )
    assert said(text) == [
        (
            "Transport Secretary Sam Pratt",
            "This new line will bring jobs to the region. We promised it.\n\nI am grateful to all who worked on it.",
        ),
        (
            "Network Rail chief executive Ann Vale",
            "We are delighted to open the line. Our teams worked through the winter.",
        ),
    ]


@pytest.mark.parametrize("to", ["wrote to its customers:", "wrote in a letter to its customers:", "said:"])
def test_an_unmarked_letter(to: str) -> None:
    letter = "We have found glass in bottles of one batch. Please do not drink them.\n\nBring them back to us."
    found = said(f"The Hollan brewery {to}\n\n{letter}\n\nThe batch was filled on 3 May.")
    assert found == [("The Hollan brewery", letter)]


PIECES = [
    "“We stay.”",
    "\n",
    "\n\n",
    "— Ann Lee",
    "Theo Brand, porter",
    " — Sen. Theo Brand. ",
    "Ann Lee said:",
    "I go.",
    "It rained",
    "- pay",
    "3/ ",
    "On it: ",
    "www.a.b",
    " ",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_spans_are_well_formed_whatever_stands_apart(text: str) -> None:
    well_formed(text, attribute(document(text)))


@pytest.mark.parametrize("text", ["[", "the [", "He said the", "“", "Lund said: “"])
def test_nothing_is_said_by_a_mark_or_an_article(text: str) -> None:
    found = attribute(document(f"Anna Lund met the board of the port.\n\n{text}\n\nThe ships left."), threshold=0.0)
    for content in (" ".join(s.text for s in a.content).strip(" “”[") for a in found.attributions):
        assert content.casefold() not in ("", "the", "a", "an", "to", "of")


PAGE = (
    "<html><body><article><h1>Words of the week</h1><p>These were said this week, by people who had thought about them for a "
    "long time.</p>{}<p>It rained for the rest of the week, and the ships stayed in the port until the spring.</p></article>"
    "</body></html>"
)


@pytest.mark.parametrize(
    "quoted",
    [
        "<blockquote><p>It is only a comma.</p><footer>— Maria Holt, lawyer</footer></blockquote>",
        "<blockquote>It is only a comma.</blockquote><p>— Maria Holt, lawyer</p>",
        "<figure><blockquote>It is only a comma.</blockquote><figcaption>— Maria Holt, lawyer</figcaption></figure>",
    ],
)
def test_a_block_quotation_is_signed_in_it_or_below_it(quoted: str) -> None:
    found = attribute(read(PAGE.format(quoted).encode(), "page.html"))
    assert ("Maria Holt, lawyer", "It is only a comma.") in pairs(found)
    assert found.attributions[0].kind == "direct"


def test_a_signed_quotation_of_markdown() -> None:
    found = attribute(read("# Words\n\n> It is only a comma.\n> — Maria Holt, lawyer\n\nIt rained.".encode(), "a.md"))
    assert pairs(found) == [("Maria Holt, lawyer", "It is only a comma.")]
