"""The bundled collection is what the demo says it is: readable, dated, in many formats, with the republished dispatch."""

import datetime as dt
from importlib import resources
from pathlib import Path

import pytest

from sayso.desk.files import parse_actors, parse_outlets, parse_topics
from sayso.read import read

ITEMS = sorted(Path(str(resources.files("sayso.demo") / "items")).iterdir())
SETTINGS = resources.files("sayso.demo") / "settings"
BOILERPLATE = (
    "cookie", "Accept all", "Share this", "Most read", "Subscribe", "Sign up", "community guidelines", "Log in",
    "Blogroll", "free articles left", "Press office", "Your privacy matters", "Freedom of information",
)  # fmt: skip


def test_collection_has_many_items_in_many_formats() -> None:
    assert len(ITEMS) >= 26
    assert {item.suffix for item in ITEMS} == {".html", ".txt", ".md", ".pdf", ".docx", ".srt", ".vtt"}


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_every_item_is_read_with_its_date_and_without_boilerplate(item: Path) -> None:
    document = read(item.read_bytes(), item.name)
    assert len(document.text) > 400
    assert document.language == "en"
    assert document.published is not None
    assert document.published.start == dt.date.fromisoformat(item.name[:10])
    if item.suffix == ".html":
        assert [words for words in BOILERPLATE if words in document.text] == []


def test_settings_are_valid() -> None:
    actors = parse_actors((SETTINGS / "actors.yaml").read_text(encoding="utf-8"))
    parse_outlets((SETTINGS / "outlets.yaml").read_text(encoding="utf-8"), actors)
    topics = parse_topics((SETTINGS / "topics.yaml").read_text(encoding="utf-8"), actors)
    assert {topic.id for topic in topics} == {"individual-contracts", "automation"}


def test_charter_holds_the_articles_that_items_quote() -> None:
    charter = (resources.files("sayso.demo") / "charter.txt").read_text(encoding="utf-8")
    assert "he who sells his place upon it sells his neighbour's" in charter
    assert charter.count("\n\n") >= 12
