"""Where documents come from: feeds and how they fare, pages edited or vanished after they were captured, translations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_engines import ENGINES
from team import Browser, copy_of, team

from sayso.desk import Desk


@pytest.fixture(scope="module")
def own(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The small desk with a page that was edited, a folder to watch and a feed that cannot be reached."""
    root = tmp_path_factory.mktemp("origins")
    page, watched = root / "note.txt", root / "watched"
    watched.mkdir()
    (watched / "one.txt").write_text("Harbour Union said that those who left can come back.\n", encoding="utf-8")
    copy_of(desk, root / "desk").close()
    with (root / "desk" / "sayso.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[[feeds]]\nurl = "{watched}"\nid = "<b>folder</b>"\n')
        settings.write(f'\n[[feeds]]\nurl = "{root / "nothing"}"\nid = "gone folder"\n')
    with Desk.open(root / "desk") as opened:
        for mood in ("will be expelled", "can come back"):
            page.write_text(f"The note\n\nHarbour Union said that those who left {mood}.\n", encoding="utf-8")
            opened.add([str(page)])
            opened.run(engines=ENGINES)
        opened.collect()
        opened.collect()
        opened.run(engines=ENGINES)
        yield opened


@pytest.fixture(scope="module")
def people(own: Desk) -> dict[str, Browser]:
    return team(own)


def test_a_feed_shows_its_looks_what_it_brought_and_what_ails_it(people: dict[str, Browser]) -> None:
    ailing, well = people["Rea"].json("/feeds.json")["feeds"]
    assert ailing["id"] == "gone folder" and ailing["ailing"] and ailing["looks"][0]["reason"]
    assert [each["path"].endswith("one.txt") for each in well["brought"]] == [True]
    assert [look["new"] for look in well["looks"]] == [0, 1] and well["ailing"] == []
    page = people["Rea"].page("/feeds")
    assert (
        "&lt;b&gt;folder" in page
        and "<b>folder" not in page
        and ailing["ailing"][0].split(":")[1].split(",")[0] in page
    )


def test_an_edited_page_is_listed_with_its_words_and_the_statements_that_they_touch(people: dict[str, Browser]) -> None:
    content = people["Rea"].json("/changes.json")
    (finding,) = content["findings"]
    assert finding["kind"] == "edited" and content["counts"] == {"edited": 1, "vanished": 0}
    assert "expelled" in " ".join(each["before"] for each in finding["changes"])
    assert [each["kind"] for each in finding["statements"]] == ["changed"]
    page = people["Rea"].page("/changes")
    assert f"/documents/{finding['after']}?beside={finding['before']}" in page
    assert people["Rea"].json("/changes.json?kind=vanished")["findings"] == []
    assert people["Rea"].status("/changes.json?kind=odd") == 400


ARABIC = (
    "بيان النقابة\n\nقالت نقابة عمال الميناء إن من يوقع عقدا فرديا سيطرد من النقابة وإن القرار لا رجعة فيه.\n\n"
    "وأضاف البيان أن الاتفاق الجماعي ما زال ساريا منذ ثلاثة أجيال، وأن الرصيف ملك للجميع.\n"
)
ENGLISH = (
    "The union's statement\n\nHarbour Union said that whoever signs a contract of their own will be expelled for good.\n\n"
    "The statement added nothing but that the common agreement has held for three generations of dockers.\n"
)


def test_a_translation_stands_beside_its_original_passage_by_passage(
    people: dict[str, Browser], own: Desk, tmp_path: Path
) -> None:
    for name, text in (("2024-05-01-bayan.txt", ARABIC), ("2024-05-02-statement.txt", ENGLISH)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        own.add([str(tmp_path / name)])
    own.run(engines=ENGINES)
    rea, edda = people["Rea"], people["Edda"]
    ids = {each["path"].rpartition("/")[2]: each["id"] for each in rea.json("/documents.json")["documents"]}
    arabic, english = ids["2024-05-01-bayan.txt"], ids["2024-05-02-statement.txt"]
    edda.send("/pairs", original=arabic, translation=english)

    page = rea.page(f"/documents/{english}?beside={arabic}")
    aside = page.partition('<aside class="beside"')[2].partition("</aside>")[0]
    assert 'dir="rtl"' in aside and "Original:" in aside
    (statement,) = rea.json(f"/documents/{english}.json")["statements"]
    assert re.search(r'data-s="1">قالت نقابة عمال الميناء', aside)  # the passage is lit with the statement
    assert "data-s" not in aside.partition("وأضاف البيان")[2]

    back = rea.page(f"/documents/{arabic}?beside={english}")
    assert "Translation:" in back and "whoever signs a contract" in back
    own_page = rea.page(f"/statements/{statement['id']}")
    assert "In the original" in own_page and "قالت نقابة عمال الميناء" in own_page
    (beside,) = rea.json(f"/statements/{statement['id']}.json")["beside"]
    assert beside["role"] == "original" and beside["document"] == arabic
    assert edda.send("/pairs/undo", translation=english).status_code == 303


def test_an_editor_joins_a_translation_and_takes_it_back(people: dict[str, Browser], own: Desk) -> None:
    edda = people["Edda"]
    first, second = (each["id"] for each in edda.json("/documents.json")["documents"][:2])
    asked = {"original": first, "translation": second, "translator": "Ada <i>"}
    assert people["Cora"].send("/pairs", **asked).status_code == 403
    assert edda.send("/pairs", **asked).headers["location"] == f"/documents/{second}?beside={first}"
    (pair,) = people["Rea"].json("/pairs.json")["pairs"]
    assert (pair["original"]["document"], pair["translation"]["document"]) == (first, second)
    assert (pair["joined_by"], pair["translator"]) == ("Edda", "Ada <i>")
    assert "Ada &lt;i&gt;" in edda.page("/pairs")
    wrong = edda.send("/pairs", original=first, translation="no such document")
    assert wrong.status_code == 400 and "no such document" in wrong.text and f'value="{first}"' in wrong.text
    assert edda.send("/pairs/undo", translation=second).status_code == 303
    assert people["Rea"].json("/pairs.json")["pairs"] == []
    assert edda.send("/pairs/undo", translation=second).status_code == 400
    log = [each["action"] for each in people["Ada"].json("/log.json")["entries"]]
    assert log[:2] == ["undo pair", "pair"]


def test_empty_pages_say_what_would_stand_there(client: object) -> None:
    for address, words in (("/feeds", "no feeds"), ("/changes", "No page has"), ("/pairs", "No pair yet")):
        assert words in client.get(address).text, address  # type: ignore[attr-defined]
