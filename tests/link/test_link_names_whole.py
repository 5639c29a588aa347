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
