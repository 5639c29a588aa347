"""Full text: what a person types finds the same statements on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_store import document, keep, statement

from sayso.store import Query, Store
from sayso.store._fulltext import fts5, terms
from sayso.store.search import Search, Searches

PAGE = (
    "Häfen: The union said that ships will wait at the École quay. The board said “nothing will wait”. "
    "The crew said that e-mails from union.example threatened strikers.\n"
)


@pytest.fixture
def words(store: Store) -> dict[str, str]:
    page = document(PAGE)
    found = [
        statement(page, "ships will wait at the École quay"),
        statement(page, "nothing will wait", "board"),
        statement(page, "e-mails from union.example threatened strikers", "crew"),
    ]
    keep(store, page, *found)
    return {each.id: each.content[0].text.split()[0] for each in found}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("wait", ["ships", "nothing"]),
        ("WAIT ships", ["ships"]),
        ("wait -ships", ["nothing"]),
        ('"will wait at"', ["ships"]),
        ('"wait will"', []),
        ("threat*", ["e-mails"]),
        ('"nothing wi*', ["nothing"]),
        ("ecole", ["ships"]),
        ("École", ["ships"]),
        ("crew", ["e-mails"]),  # the speaker's name is searched too
        ("the", ["ships"]),
        ("e-mails", ["e-mails"]),
        ("example", ["e-mails"]),
        ("-wait", []),
        ("?!", []),
        ("' OR 1=1; --", []),
        ("absent", []),
        ("wait\x00ships", ["ships"]),
        ('"will wait\x00at*', ["ships"]),
        ("\x00", []),
    ],
)
def test_words_find_statements(store: Store, words: dict[str, str], asked: str, expected: list[str]) -> None:
    searches = Searches(store)
    assert [words[key] for key in searches.page(Search(words=asked))] == expected
    assert searches.count(Search(words=asked)) == len(expected)
    assert [words[key] for key in store.statements.ids(Query(words=asked))] == expected


def test_a_corrected_name_is_found_and_the_old_one_no_longer(store: Store, words: dict[str, str]) -> None:
    (key,) = Searches(store).page(Search(words="crew"))
    value = {"speaker_name": "Pilots", "speaker_kind": "group", "speaker_actor": None}
    store.people.correct(key, "speaker", value, "ana")
    assert Searches(store).page(Search(words="pilots")) == [key]
    assert Searches(store).page(Search(words="crew")) == []


def test_what_is_gone_is_not_found(store: Store, words: dict[str, str]) -> None:
    store.documents.discard("ab" * 32)
    assert Searches(store).page(Search(words="wait")) == []
    assert Searches(store).passages("wait") == []


def test_passages_mark_the_words(store: Store, words: dict[str, str]) -> None:
    (found,) = Searches(store).passages("ships quay")
    assert "\x02ships\x03" in found["place"] and "\x02quay\x03" in found["place"]


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_postgresql_finds_other_forms_in_the_language_of_the_page(store: Store) -> None:
    english = replace(document("The union said that it threatened nobody.\n"), language="en")
    german = replace(
        document("Die Gewerkschaft said dass die Häfen threatened sind.\n"),
        language="de",
        sha256="cd" * 32,
        path="b.txt",
    )
    other = replace(document("Unia said threatened.\n"), language="xx", sha256="ef" * 32, path="c.txt")
    kept = [statement(english, "it threatened nobody"), statement(german, "dass die Häfen threatened sind")]
    keep(store, english, kept[0])
    keep(store, german, kept[1])
    keep(store, other, statement(other, "threatened"))
    searches = Searches(store)
    assert searches.page(Search(words="threatens")) == [kept[0].id]
    assert searches.page(Search(words="Hafen")) == [kept[1].id]
    assert searches.count(Search(words="threatened")) == 3


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_text_with_very_many_words_is_kept_and_found(store: Store) -> None:
    page = document("said first " + " ".join(f"w{number:x}ord" for number in range(120_000)) + "\n")
    keep(store, page, statement(page, "first"))
    assert [row["title"] for row in Searches(store).passages("w10ord")] == [""]


@given(st.text())
def test_any_typing_is_understood_or_asks_for_nothing(typed: str) -> None:
    asked = terms(typed)
    assert bool(asked) == any(term.wanted for term in asked)
    if asked:
        assert fts5(asked).count('"') % 2 == 0
        assert all(any(c.isalnum() for c in term.phrase) for term in asked)
