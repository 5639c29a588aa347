"""Items, via, chain, depth, targets, nesting, own words and stable ids."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.link import ActorIndex, link
from sayso.records import Actor, Analysis, Attribution, Document, Linked, Outlet, Span, Statement

Link = Callable[..., list[Statement]]


def test_a_page_that_quotes_a_person_is_depth_one(statements: Link) -> None:
    found = statements("Peter Lang said the channel was clear.", ("Peter Lang", "said", "the channel was clear"))
    assert found[0].depth == 1
    assert [(c.name, c.role) for c in found[0].chain] == [("page.txt", "document"), ("Peter Lang", "speaker")]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a study of its messages since May", ["study of its messages since May"]),
        ("the report of the inspectors", None),
        ("the Times of Kelda", None),
    ],
)
def test_an_item_that_speaks_itself_is_one_mouth(statements: Link, source: str, names: list[str] | None) -> None:
    text = f"The union had nothing but threats for them, according to {source}."
    found = statements(text, (source, "according to", "The union had nothing but threats for them"))
    after = [c.name for c in found[0].chain][1:]
    assert after == (names or after)
    # nothing is said twice, and no speaker is lost
    assert found[0].speaker.name == after[-1] and len({n.casefold().removeprefix("the ") for n in after}) == len(after)
    assert found[0].depth == 1


def test_a_nested_speaker_is_one_retelling_further(statements: Link) -> None:
    text = "The Harbour Monitor said that Peter Lang had warned of ice."
    found = statements(
        text,
        ("The Harbour Monitor", "said", "that Peter Lang had warned of ice"),
        ("Peter Lang", "had warned of", "ice"),
    )
    assert found[1].parent == found[0].id
    assert (found[0].depth, found[1].depth) == (1, 2)
    assert [c.name for c in found[1].chain][1:] == ["Harbour Monitor", "Peter Lang"]


def test_telling_of_ones_own_words_is_no_retelling(statements: Link) -> None:
    text = "“I have always said that ice is coming, and she warned of it too,” Peter Lang told the board."
    found = statements(
        text,
        ("Peter Lang", "told", "“I have always said that ice is coming, and she warned of it too,”"),
        ("I", "have always said", "that ice is coming"),
        ("she", "warned", "of it"),
        parents={1: 0, 2: 0},
    )
    assert [s.depth for s in found] == [1, 1, 2]


def test_recordings_are_no_retelling_but_other_peoples_articles_are(statements: Link) -> None:
    text = (
        "Peter Lang told Sky News that ice was coming. "
        "Martha Quell was quoted in an article in the Washington Post as saying it was thin."
    )
    found = statements(
        text,
        ("Peter Lang", "told", "that ice was coming"),
        ("Martha Quell", "was quoted in an article in the Washington Post as saying", "it was thin"),
        mentions=[("Washington Post", "organization")],
    )
    assert found[0].via is not None
    assert (found[0].via.medium, found[0].via.outlet, found[0].depth) == ("interview", "Sky News", 1)
    assert found[1].via is not None
    assert found[1].depth == 2


def test_who_tells_of_items_stands_between_them_and_the_page(linked: Callable[..., Linked]) -> None:
    text = (
        "According to the Harbour Watch Institute, a recent video shows pilots burning their cards.\n\n"
        "“It released videos that mock the crews,” the Harbour Watch Institute reported.\n\n"
        "Another video, published by Red Quay Media two weeks later, warns that ships will burn."
    )
    found = linked(
        text,
        ("the Harbour Watch Institute", "According to", "a recent video shows pilots burning their cards"),
        ("the Harbour Watch Institute", "reported", "“It released videos that mock the crews,”"),
        ("Another video, published by Red Quay Media two weeks later,", "warns", "that ships will burn"),
        mentions=[("Harbour Watch Institute", "organization"), ("Red Quay Media", "organization")],
    )
    last = found.statements[2]
    assert last.depth == 2
    assert [c.name for c in last.chain][1] == "Harbour Watch Institute"
    assert last.speaker.name == "Red Quay Media"
    assert found.notes


def test_several_mentions_of_one_item_are_one_item(linked: Callable[..., Linked]) -> None:
    text = "The group put out a song, “The Long Quay”. The song mocks the crews. This song is loud. Another song praises them."
    items = linked(text).items
    assert [(i.medium, i.title, len(i.mentions)) for i in items] == [("song", "The Long Quay", 3), ("song", None, 1)]
    assert all(m.text == text[m.start : m.end] for i in items for m in i.mentions)


def test_via_goes_on_while_the_speaker_goes_on(statements: Link) -> None:
    text = "Peter Lang said in an interview with Sky News that ice was coming. “It is thick,” he added."
    found = statements(text, ("Peter Lang", "said", "that ice was coming"), ("he", "added", "“It is thick,”"))
    assert [s.via.medium if s.via else None for s in found] == ["interview", "interview"]


def test_tweets_and_letters_are_carriers(statements: Link) -> None:
    text = "Peter Lang tweeted that ice was coming. In a letter to the board, Martha Quell wrote that it was thin."
    found = statements(
        text, ("Peter Lang", "tweeted", "that ice was coming"), ("Martha Quell", "wrote", "that it was thin")
    )
    assert [s.via.medium if s.via else None for s in found] == ["social-post", "letter"]


def test_targets_are_whom_the_act_aims_at(statements: Link) -> None:
    text = (
        "Martha Quell accused Peter Lang of lying. She told the Pilots Association that ice was coming. "
        "She condemned those who fled."
    )
    found = statements(
        text,
        ("Martha Quell", "accused", "Peter Lang of lying"),
        ("She", "told", "that ice was coming"),
        ("She", "condemned", "those who fled"),
        mentions=[("Pilots Association", "organization")],
    )
    assert [s.target.name if s.target else None for s in found] == [
        "Peter Lang",
        "Pilots Association",
        "those who fled",
    ]


def test_own_words_of_a_primary_item(linked: Callable[..., Linked]) -> None:
    index = ActorIndex(
        [Actor("union", "Dockers Union")], [Outlet("site", "union.example", domains=("union.example",), actor="union")]
    )
    text = "We will strike on Monday. Peter Lang said the channel was clear. All posts are moderated here."
    start = text.index("All posts")
    found = linked(
        text,
        ("Peter Lang", "said", "the channel was clear"),
        actors=index,
        canonical_url="https://union.example/strike",
        boilerplate=(Span(start, len(text)),),
    ).statements
    own = [s for s in found if s.attribution is None]
    assert [s.content[0].text for s in own] == ["We will strike on Monday."]
    assert (own[0].depth, own[0].speaker.actor) == (0, "union")
    again = linked(text, actors=index, canonical_url="https://union.example/strike").statements
    assert own[0].id in {s.id for s in again}


def own_words(linked: Callable[..., Linked], text: str, **fields: object) -> list[str]:
    index = ActorIndex([Actor("front", "Northern Shield Front")])
    found = linked(text, actors=index, author="Northern Shield Front", **fields).statements
    return [s.content[0].text for s in found if s.attribution is None]


def test_what_is_quoted_as_a_block_is_nobodys_own_words(linked: Callable[..., Linked]) -> None:
    text = "Tarn Watch:\n\nThe army has shelled the bridge.\n\nWe will answer."
    start = text.index("The army")
    block = Span(start, text.index("\n\nWe"))
    assert own_words(linked, text, quoted_blocks=(block,)) == ["We will answer."]


@pytest.mark.parametrize(
    "line",
    [
        "10 May 2024",
        "Tarn, 10 May 2024.",
        "By Will Oldham, 5 April 2024",
        "Command of the Northern Shield Front",
        "Media office of the Northern Shield Front",
        "Yours sincerely, Idris Vael",
        "To the people of Tarn:",
        "Forwarded from Tarn Watch:",
    ],
)
def test_dates_and_signatures_are_nobodys_statements(linked: Callable[..., Linked], line: str) -> None:
    assert own_words(linked, f"{line}\n\nThe army must leave.\n\n{line}\n") == ["The army must leave."]


@pytest.mark.parametrize(
    "line",
    [
        "We will not sign",
        "WE WILL NOT SIGN",
        "The army shelled the bridge again",
        "Long live the free valley",
        "The siege goes on 💪",
        "Free Tarn Now!",
        "14 men fell.",
    ],
)
def test_slogans_and_posts_without_a_stop_are_statements(linked: Callable[..., Linked], line: str) -> None:
    assert own_words(linked, line) == [line]


def test_a_child_is_cut_to_its_parent_and_circles_are_broken() -> None:
    text = "A said B said C came home"
    one = Attribution("a", (Span(2, 6),), (Span(7, 25),), "indirect", 1.0, (Span(0, 1),), "b")
    two = Attribution("b", (Span(9, 13),), (Span(14, 25),), "indirect", 1.0, (Span(7, 8),), "a")
    found = link(Document(path="x", text=text, sha256="s"), Analysis((one, two))).statements
    assert sum(s.parent is None for s in found) >= 1


@given(st.text(max_size=200), st.data())
def test_any_text_keeps_its_offsets(text: str, data: st.DataObject) -> None:
    cut = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=6, max_size=6)))
    spans = [Span(a, b, text[a:b]) for a, b in zip(cut[::2], cut[1::2], strict=True)]
    made = Attribution("a", (spans[1],), (spans[2],), "indirect", 0.5, (spans[0],))
    result = link(Document(path="x", text=text, sha256="s"), Analysis((made,)))
    for statement in result.statements:
        assert all(text[c.start : c.end] == c.text for c in statement.content)
        if statement.via:
            assert text[statement.via.start : statement.via.end] == statement.via.item
    assert all(text[m.start : m.end] == m.text for i in result.items for m in i.mentions)


def test_ids_depend_on_bytes_and_spans_alone(statements: Link) -> None:
    text = "Peter Lang said the channel was clear."
    row = ("Peter Lang", "said", "the channel was clear")
    plain, dated = statements(text, row)[0], statements(text, row, published="2020-01-01")[0]
    assert plain.id == dated.id
    assert statements(text, row, sha256="1" * 64)[0].id != plain.id


def test_what_an_actor_says_in_its_own_item_is_depth_nought(statements: Link) -> None:
    index = ActorIndex(
        [Actor("union", "Dockers Union")], [Outlet("site", "union.example", domains=("union.example",), actor="union")]
    )
    text = "The Dockers Union said it would strike. Peter Lang said the channel was clear."
    found = statements(
        text,
        ("The Dockers Union", "said", "it would strike"),
        ("Peter Lang", "said", "the channel was clear"),
        actors=index,
        canonical_url="https://union.example/strike",
    )
    assert [s.depth for s in found if s.attribution] == [0, 1]


@pytest.mark.parametrize(
    "source",
    [
        "Audio engineer Paul Strang",
        "The ruling party",
        "Report author Tim Wills",
        "The vice president of Sudan’s ruling council",
    ],
)
def test_a_word_that_says_what_kind_of_person_follows_is_no_item(statements: Link, source: str) -> None:
    (found,) = statements(f"{source} said that the edit was crude.", (source, "said", "that the edit was crude"))
    assert found.via is None


@pytest.mark.parametrize("words", ["Recording a verdict", "Hearing her case", "Briefing the council"])
def test_what_somebody_does_is_no_item(statements: Link, words: str) -> None:
    text = f"{words}, judge Ann Lee said that it was over."
    (found,) = statements(text, ("judge Ann Lee", "said", "that it was over"), mentions=[("Ann Lee", "person")])
    assert (found.via, found.speaker.name) == (None, "Ann Lee")


def test_reports_as_a_verb_is_no_item(statements: Link) -> None:
    (found,) = statements("Doctors report that cases fell.", ("Doctors", "report", "that cases fell"))
    assert found.via is None
    (found,) = statements("The report says that cases fell.", ("The report", "says", "that cases fell"))
    assert found.via is not None


def test_another_is_no_further_letter_where_there_were_several(statements: Link) -> None:
    text = "The letters were burnt. A clerk wept. Another said that it was cold."
    (found,) = statements(text, ("Another", "said", "that it was cold"))
    assert "letter" not in (found.speaker.name or "") and found.via is None


def test_a_statement_is_named_once_in_the_chain(statements: Link) -> None:
    text = "A spokesman issued the following statement on Sunday: “We declare that our forces will respond.”"
    whole, inner = statements(
        text,
        ("A spokesman", "issued the following statement on Sunday", "“We declare that our forces will respond.”"),
        ("We", "declare", "that our forces will respond"),
        parents={1: 0},
    )
    assert [c.name for c in whole.chain] == [c.name for c in inner.chain]
    assert len({c.name for c in inner.chain}) == len(inner.chain)


def test_an_outlet_is_named_once_with_or_without_its_article(statements: Link) -> None:
    text = "Idris Vael told the Lakeside Herald that the dam would hold."
    (found,) = statements(
        text,
        ("Idris Vael", "told", "that the dam would hold"),
        mentions=[("Idris Vael", "person"), ("Lakeside Herald", "organization")],
        outlet="The Lakeside Herald",
    )
    assert [c.name for c in found.chain] == ["The Lakeside Herald", "Idris Vael"]


@pytest.mark.parametrize("words", ["[ ]", "[\u00a0]", "[]"])
def test_an_empty_bracket_is_nobodys_target(statements: Link, words: str) -> None:
    (found,) = statements(f"Lund told {words} that it would close.", ("Lund", "told", "that it would close"))
    assert found.target is None


def test_whom_a_pronoun_is_told_to_hangs_on_nothing_behind_it(statements: Link) -> None:
    text = "A fisherman said that the harbour was closed. The board told him that it would open. "
    rows = [("A fisherman", "said", "that the harbour was closed"), ("The board", "told", "that it would open")]
    targets = []
    for times in (0, 14):
        found = statements(
            text + "Lund said that it rains. " * times, *rows, *[("Lund", "said", "that it rains")] * times
        )
        targets.append(found[1].target)
    assert targets[0] is not None and targets[0].name == "fisherman"
    assert targets[0] == targets[1]
