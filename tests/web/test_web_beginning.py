"""A desk with nothing in it: every page says what is missing and leads to where it is mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_engines import ENGINES
from starlette.testclient import TestClient
from team import PASSWORD, PEOPLE, team

from sayso.desk import Desk, accounts
from sayso.web import create_app


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Desk]:
    Desk.create(tmp_path / "desk").close()
    with Desk.open(tmp_path / "desk") as opened:
        yield opened


@pytest.fixture
def alone(new: Desk) -> TestClient:
    made = TestClient(create_app(new), base_url="http://127.0.0.1:8350", raise_server_exceptions=False)
    made.headers["x-sayso-token"] = made.get("/session.json").json()["token"]
    return made


def test_the_first_page_of_a_new_desk_leads_through_the_first_steps(
    alone: TestClient, new: Desk, tmp_path: Path
) -> None:
    page = alone.get("/").text
    assert "The first steps" in page
    for address in ("/add", "/new/actor", "/new/topic"):
        assert f'href="{address}"' in page
    assert "Shifts of line" not in page  # nothing that could only be empty

    text = "Harbour Union said that those who left will be expelled for crossing the line.\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    new.add([str(tmp_path / "a.txt")])
    assert "1 item" in alone.get("/").text and 'href="/add"' not in alone.get("/").text
    alone.post("/new/actor.json", json={"name": "Harbour Union"})
    alone.post("/new/topic.json", json={"name": "Leavers", "words": "left"})
    new.run(engines=ENGINES)
    page = alone.get("/").text
    assert "The first steps" not in page and "Shifts of line" in page


def test_items_by_month_name_the_year_wherever_it_changes(alone: TestClient, new: Desk, tmp_path: Path) -> None:
    months = ["2023-03", "2023-07", "2024-11", "2026-11"]
    for month in months:
        page = tmp_path / f"{month}-05-report.txt"
        page.write_text(f"Harbour Union said in {month} that the crane stood still.\n", encoding="utf-8")
        new.add([str(page)])
    new.run(engines=ENGINES)
    bars = re.findall(r"<g><title>(\d{4}-\d\d): (.*?)</g>", alone.get("/").text, re.DOTALL)
    assert [month for month, _ in bars] == months
    assert [re.findall(r'class="year"[^>]*>(\d{4})<', bar) for _, bar in bars] == [["2023"], [], ["2024"], ["2026"]]


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("/documents", "/add"),
        ("/search", "/documents"),
        ("/lines", "/topics"),
        ("/topics", "/new/topic"),
        ("/coding", "/new/topic"),
        ("/issued", "/new/actor"),
        ("/feeds", "/add"),
    ],
)
def test_an_empty_page_leads_on(alone: TestClient, address: str, leads: str) -> None:
    main = alone.get(address).text.partition("<main")[2].partition("</main>")[0]
    assert f'href="{leads}"' in main


def test_an_empty_queue_does_not_say_that_everything_is_coded(alone: TestClient) -> None:
    page = alone.get("/coding/approach").text
    assert "You have coded everything" not in page and "no statement to code yet" in page


def test_who_may_not_set_up_the_desk_is_told_that_it_is_being_set_up(new: Desk) -> None:
    for name, role in PEOPLE.items():
        new.store.accounts.add(name, role, accounts._hash(PASSWORD))
    page = team(new)["Rea"].page("/")
    assert "The desk is being set up" in page and 'href="/add"' not in page and 'href="/new/topic"' not in page


def test_what_is_not_there_is_told_in_a_sentence_that_leads_on(alone: TestClient) -> None:
    gone = alone.get("/documents/nope")
    assert gone.status_code == 404 and "There is no document nope" in gone.text
    assert "Search for words of it" in gone.text


def test_a_search_that_asks_for_nothing_says_so(client: TestClient) -> None:
    assert client.get("/search.json?q=-union").json()["nothing_asked"] is True
    assert "add one that must be there" in client.get("/search?q=-union").text
    assert "add one that must be there" not in client.get("/search?q=no-such-word").text
    assert "so far down the list" in client.get("/search?offset=90000").text
