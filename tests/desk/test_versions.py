"""Edits and vanished pages as findings; originals and translations side by side; sidecars that say what files cannot."""

import datetime as dt
import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from small_engines import ENGINES

from sayso.cli import run
from sayso.desk import Desk, keeping, pairing, views
from sayso.desk.versions import fates, findings
from sayso.errors import UsageError
from sayso.records import Fetched

URL = "https://news.example/statement"
DAY = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
MakeDesk = Callable[[str], Desk]


def fetched(body: str, day: int, url: str = URL, **more: object) -> Fetched:
    """A page as it was fetched on a day."""
    data = f"<html><head><title>A statement</title></head><body><article>{body}</article></body></html>".encode()
    values: dict = {"media_type": "text/html", "headers": (("content-type", "text/html"),), "protocol": "http/1.1"}
    return Fetched(url, data, DAY + dt.timedelta(days=day), **(values | more))


FIRST = (
    "<h1>A statement</h1><p>The weather at the port was calm on the day before the talks began in the old hall.</p>"
    "<p>Harbour Union said that those who left will be punished without mercy.</p>"
    "<p>Port Authority said that the talks brought nothing new.</p>"
)
SECOND = FIRST.replace("will be punished without mercy", "can come back").replace(
    "<p>Port Authority said that the talks brought nothing new.</p>",
    "<p>Harbour Union said that all ships wait outside.</p>",
)


@pytest.fixture
def edited(make_desk: MakeDesk) -> Desk:
    desk = make_desk("desk")
    desk.keep([fetched(FIRST, 0), fetched(SECOND, 2)])
    desk.run(engines=ENGINES)
    return desk


def test_a_silent_edit_is_a_finding_with_its_words_and_statements(edited: Desk) -> None:
    (finding,) = findings(edited)
    assert (finding.kind, finding.url, finding.title) == ("edited", URL, "A statement")
    assert (finding.seen, finding.at) == (DAY, DAY + dt.timedelta(days=2))
    words = [(change.before.text, change.after.text) for change in finding.changes]
    assert ("will be punished without mercy.", "can come back.") in words
    told = {(fate.kind, fate.before): fate.after for fate in finding.statements}
    changed = [(before, after) for (kind, before), after in told.items() if kind == "changed"]
    assert any("punished" in before and "can come back" in after for before, after in changed)


def test_statements_stay_with_the_version_they_came_from(edited: Desk) -> None:
    older = next(key for key, document in edited.store.documents.each() if "punished" in document.text)
    kept = [words for _, words in edited.store.statements.words(older)]
    assert any("punished without mercy" in words for words in kept)
    assert list(edited.verify()) == []
    assert any(fate.kind == "changed" and "come back" in fate.after for fate in fates(edited, older).values())
    newer = next(key for key in edited.store.documents.ids() if key != older)
    assert fates(edited, newer) == {}


def test_spacing_is_no_edit(make_desk: MakeDesk) -> None:
    desk = make_desk("desk")
    desk.keep([fetched(FIRST, 0), fetched(FIRST.replace("<p>", "\n\n<p >  "), 2)])
    summary = desk.run(engines=ENGINES)
    assert list(findings(desk)) == []
    assert (summary.edited, summary.vanished) == (0, 0)


def test_a_page_that_vanished_and_came_back(make_desk: MakeDesk) -> None:
    desk = make_desk("desk")
    desk.keep([fetched(FIRST, 0), fetched("Gone.", 1, status=410, role="gone")])
    summary = desk.run(engines=ENGINES)
    assert (summary.read, summary.edited, summary.vanished) == (1, 0, 1)  # what says that it is gone is no item
    (finding,) = findings(desk)
    assert finding.kind == "vanished"
    assert {fate.kind for fate in finding.statements} == {"vanished"}
    (document,) = desk.store.documents.ids()
    assert len(fates(desk, document)) == len(finding.statements)
    desk.keep([fetched(FIRST, 5)])
    assert desk.run(engines=ENGINES).vanished == 0
    assert [finding.kind for finding in findings(desk)] == ["vanished", "returned"]
    assert list(desk.verify()) == []


def test_the_reader_gets_a_difference_word_by_word(edited: Desk) -> None:
    older = next(key for key, document in edited.store.documents.each() if "punished" in document.text)
    newer = next(key for key in edited.store.documents.ids() if key != older)
    shown = views.versions(edited, newer)
    assert shown["against"] == older
    texts = {key: edited.store.documents.get(key).text for key in (older, newer)}
    for key, left_out in ((newer, "removed"), (older, "added")):
        words = " ".join(piece["text"] for piece in shown["pieces"] if piece["kind"] != left_out)
        assert words.split() == texts[key].split()
    assert views.versions(edited, older)["pieces"] == []
    assert [state["document"] for state in shown["states"]] == [older, newer]


def test_the_command_gives_findings_and_states_as_json(edited: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(edited.folder)
    edited.close()
    assert run(["versions", "--desk", folder]) == 0
    (finding,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (finding["kind"], finding["url"]) == ("edited", URL)
    assert run(["versions", URL, "--desk", folder]) == 0
    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert first["changes"] == []
    assert {change["kind"] for change in second["changes"]} == {"replaced"}
    assert run(["versions", "https://news.example/never", "--desk", folder]) == 2


# -- originals and translations ----------------------------------------------------------------------------------------

ORIGINAL = (
    "Der Hafen lag still am Tag vor den Gesprächen.\n\n"
    "Die Gewerkschaft erklärte, dass alle, die gegangen sind, zurückkommen können, ohne bestraft zu werden, und dass "
    "niemand sie fragen wird, wo sie gewesen sind.\n\nDie Behörde schwieg.\n"
)
TRANSLATION = (
    "The port lay still on the day before the talks.\n\n"
    "The union said that all those who left can come back without being punished, and that nobody will ask them where "
    "they have been.\n\nThe authority kept silent.\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "texts"
    place.mkdir()
    (place / "rede.txt").write_text(ORIGINAL)
    (place / "speech.txt").write_text(TRANSLATION)
    return place


def test_a_person_joins_an_original_and_its_translation(make_desk: MakeDesk, folder: Path) -> None:
    desk = make_desk("desk")
    desk.add([str(folder)])
    desk.run(engines=ENGINES)
    original, translation = pairing.pair(
        desk, str(folder / "rede.txt"), str(folder / "speech.txt"), translator="Jane Roe", person="ada"
    )
    (other,) = pairing.beside(desk, translation)
    assert (other.role, other.document_id, other.translator, other.person) == ("original", original, "Jane Roe", "ada")
    assert [each.role for each in pairing.beside(desk, original)] == ["translation"]
    statement = next(s for s in desk.store.statements.linked(translation, other.document).statements if s.attribution)
    (found,) = pairing.cited(desk, translation, desk.store.statements.load([statement.id])[0].statement)
    assert [span.text.split()[:2] for span in found.passages] == [["Die", "Gewerkschaft"]]
    assert views.cited_in(desk, statement.id)[0]["passages"][0]["text"].startswith("Die Gewerkschaft")
    bundle = desk.folder / "evidence.zip"
    keeping.export_evidence(desk, statement.id, bundle)
    with zipfile.ZipFile(bundle) as package:
        assert package.read("original-1.txt").decode() == ORIGINAL
        assert "translated by Jane Roe" in package.read("index.html").decode()
        told = json.loads(package.read("statement.json"))["other_texts"][0]
        assert told["passages"][0]["text"].startswith("Die Gewerkschaft")
        held = gzip.decompress(package.read("capture.warc.gz"))
        assert ORIGINAL.encode() in held
        assert TRANSLATION.encode() in held
    assert pairing.unpair(desk, translation)
    assert pairing.beside(desk, translation) == []
    with pytest.raises(UsageError, match="own translation"):
        pairing.pair(desk, original, original, person="ada")
    with pytest.raises(UsageError, match="no document"):
        pairing.pair(desk, original, "nothing", person="ada")


def test_a_sidecar_says_what_a_file_is_a_translation_of(make_desk: MakeDesk, folder: Path) -> None:
    about = {"translation_of": "rede.txt", "translator": "Jane Roe", "outlet": "The Hook", "published": "2024-05-01"}
    (folder / "speech.txt.sidecar.json").write_text(json.dumps(about))
    desk = make_desk("desk")
    assert desk.add([str(folder)]).new == 2
    desk.run(engines=ENGINES)
    ((original, other),) = pairing.pairs(desk)
    assert desk.store.documents.get(original).path.endswith("rede.txt")
    assert (other.translator, other.document.outlet, other.person) == ("Jane Roe", "The Hook", "")
    assert other.document.published
    assert other.document.published.value == "2024-05-01"


def test_a_sidecar_that_comes_later_is_taken_up(make_desk: MakeDesk, folder: Path) -> None:
    desk = make_desk("desk")
    path, beside = folder / "speech.txt", folder / "speech.txt.sidecar.json"

    def outlet() -> str:
        desk.run(engines=ENGINES)
        return next(found.outlet for _, found in desk.store.documents.each() if found.path == str(path))

    assert desk.add([str(folder)]).new == 2
    assert outlet() == ""
    for said in ("The Hook", "Kelda Courier"):
        beside.write_text(json.dumps({"outlet": said}))
        assert desk.add([str(folder)]).told == "0 new, 1 changed, 1 unchanged, 0 refused"
        assert outlet() == said
        before = desk.store.fingerprint()
        assert desk.add([str(folder)]).told == "0 new, 2 unchanged, 0 refused"
        assert outlet() == said
        assert desk.store.fingerprint() == before
    beside.unlink()
    assert desk.add([str(path)]).changed == 1
    assert outlet() == ""
    assert list(desk.verify()) == []


def test_a_watched_files_sidecar_is_taken_up(make_desk: MakeDesk, folder: Path) -> None:
    desk = make_desk("desk")
    with (desk.folder / "sayso.toml").open("a") as settings:
        settings.write(f'\n[[feeds]]\nurl = "{folder}"\noutlet = "The Hook"\n')
    with Desk.open(desk.folder) as watching:
        assert watching.collect().added.new == 2
        assert watching.add([str(folder)]).told == "0 new, 2 unchanged, 0 refused"
        (folder / "speech.txt.sidecar.json").write_text(json.dumps({"author": "Jane Roe"}))
        assert watching.collect().added.told == "0 new, 1 changed, 0 unchanged, 0 refused"
        assert watching.add([str(folder)]).told == "0 new, 2 unchanged, 0 refused"
        (capture,) = (each for each in watching.archive.captures() if each.hints.get("author"))
        assert (capture.hints["outlet"], capture.url) == ("The Hook", (folder / "speech.txt").as_uri())


def test_a_damaged_sidecar_is_named_and_the_file_taken_in(make_desk: MakeDesk, folder: Path) -> None:
    (folder / "speech.txt.sidecar.json").write_text("{")
    added = make_desk("desk").add([str(folder)])
    assert added.new == 2
    assert [failure.path.endswith("speech.txt.sidecar.json") for failure in added.refused] == [True]


def test_what_a_sidecar_states_stands_above_what_the_file_says(make_desk: MakeDesk, folder: Path) -> None:
    (folder / "speech.txt").write_text("Kelda, 19 March 2024\n\nThe union said that the harbour is closed.\n")
    about = {"title": "The speech", "published": "2024-03-25", "medium": "speech"}
    (folder / "speech.txt.sidecar.json").write_text(json.dumps(about))
    desk = make_desk("desk")
    desk.add([str(folder)])
    desk.run(engines=ENGINES)
    (found,) = (d for _, d in desk.store.documents.each() if d.path.endswith("speech.txt"))
    assert (found.title, found.medium) == ("The speech", "speech")
    assert found.published and found.published.value == "2024-03-25"


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"published": "25.04.2024"}, "write it as 2024-04-25"),
        ({"published": "2099-04-25"}, "in the future"),
        ({"medium": "statment"}, "a medium that is none: 'statment'"),
        ({"publisher": "The Hook"}, "an unknown field: publisher"),
    ],
)
def test_what_a_sidecar_gets_wrong_is_named(
    make_desk: MakeDesk, folder: Path, about: dict[str, str], reason: str
) -> None:
    (folder / "speech.txt.sidecar.json").write_text(json.dumps(about))
    (refused,) = make_desk("desk").add([str(folder)]).refused
    assert refused.path.endswith("speech.txt.sidecar.json")
    assert reason in refused.reason


def test_pages_that_name_their_original_are_joined_to_it(make_desk: MakeDesk) -> None:
    desk = make_desk("desk")
    german, english = ("".join(f"<p>{line}</p>" for line in text.split("\n\n")) for text in (ORIGINAL, TRANSLATION))
    link = '<link rel="alternate" hreflang="de" href="/de/1"><link rel="alternate" hreflang="en" href="/en/1">'
    named = f"<html lang=en><head>{link}</head><body><article>{english}<p>Translated by Jane Roe</p></article></body></html>"
    translated = fetched("", 0, "https://news.example/en/1")
    desk.keep(
        [
            fetched(german, 0, "https://news.example/de/1"),
            Fetched(translated.url, named.encode(), DAY, media_type="text/html", protocol="http/1.1"),
        ]
    )
    desk.run(engines=ENGINES)
    ((original, other),) = pairing.pairs(desk)
    assert desk.store.documents.get(original).path == "https://news.example/de/1"
    assert (other.translator, other.document.translation_of) == ("Jane Roe", "https://news.example/de/1")


def test_the_command_joins_and_lists_pairs(
    make_desk: MakeDesk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = make_desk("desk")
    desk.add([str(folder)])
    desk.run(engines=ENGINES)
    place = str(desk.folder)
    desk.close()
    names = [str(folder / "rede.txt"), str(folder / "speech.txt")]
    assert run(["pair", *names, "--translator", "Jane Roe", "--desk", place]) == 0
    assert run(["pair", "--desk", place]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed["original"]["path"], listed["translation"]["path"]) == tuple(names)
    assert listed["translator"] == "Jane Roe"
    assert run(["pair", names[1], "--undo", "--desk", place]) == 0
    assert run(["pair", names[1], "--undo", "--desk", place]) == 2
    assert run(["pair", names[0], "--desk", place]) == 2
