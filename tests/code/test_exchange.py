"""Files of other programs: what goes out comes back the same, and what is broken is refused in one line."""

import csv
import datetime as dt
import io
import sqlite3
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from refi_rules import CODEBOOK, PROJECT, breaches

from sayso.code import Code, Codebook, Family
from sayso.code._table import Table
from sayso.code.codebook import CounterExample
from sayso.code.dna import read_dna
from sayso.code.exchange import Passage, Project, Source, codings_from_csv, codings_to_csv, web_annotations
from sayso.code.refi import read_codebook, read_project, write_codebook, write_project
from sayso.errors import SaysoError
from sayso.records import Coding

BOOK = Codebook(
    families=(
        Family(
            name="tone", description="How it sounds.", multiple=True, unsure_below=0.5, scale="cold to warm",
            codes=(
                Code(name="warm", title="Warm", definition="Speaks kindly.\n\nAlso of friends.", value=1.5, color="#ff0000",
                     include=("thanks",), words=("dear", "lov*"), examples=('"We love them," she said.', "[sic] friends")),
                Code(name="very warm", parent="warm", aliases=("hot",)),
                Code(name="cold", exclude=("a cold day",), counter_examples=(
                    CounterExample(text="We love => them.", code="warm"), CounterExample(text="plain"))),
            ),
        ),
        Family(name="topic", codes=(Code(name="port"),)),
    )
)  # fmt: skip
TEXT = "Zoë — 🙂 said:\n“We love them.” Nobody\telse did."
AT = dt.datetime(2026, 3, 1, 12, 30, tzinfo=dt.UTC)
PROJECT_MADE = Project(
    BOOK,
    (
        Source("a.txt", TEXT, (
            Passage(14, 29, (Coding("s1", "tone", "warm", "ann", 1.0, "v1", AT, "a memo\nof two lines"),
                             Coding("s1", "tone", "cold", "model:fast", 0.625, "v1", AT, unsure=True)), {"speaker": "Zoë"}),
            Passage(30, 36, (Coding("s2", "topic", "port", "bob & co"),))), dt.date(2026, 2, 3), {"author": "N. N."}),
        Source("b.txt", "", ()),
    ),
)  # fmt: skip


def test_codebook_round_trip_and_schema():
    for book in (BOOK, Codebook.default()):
        data = write_codebook(book)
        assert breaches(etree.fromstring(data), CODEBOOK, "urn:QDA-XML:codebook:1.0") == []
        again = read_codebook(data)
        assert again == book and again.version == book.version


def test_project_round_trip_and_schema():
    data = write_project(PROJECT_MADE)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("project.qde"))
        selection = root.find(".//{*}PlainTextSelection")
        path = root.find(".//{*}TextSource").get("plainTextPath").removeprefix("internal://")
        text = archive.read(f"Sources/{path}").decode()
    assert breaches(root, PROJECT, "urn:QDA-XML:project:1.0") == []
    assert text[int(selection.get("startPosition")) : int(selection.get("endPosition"))] == "“We love them.”"
    assert read_project(data) == PROJECT_MADE
    assert write_project(PROJECT_MADE) == data


def test_codebook_of_another_program():
    data = b"""<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>
      <Code guid="{11111111-1111-1111-1111-111111111111}" name="Anger" isCodable="true" color="#f00">
        <Description>rage</Description>
        <Code guid="21111111-1111-1111-1111-111111111111" name="Fury" isCodable="true"/></Code>
      <Code guid="31111111-1111-1111-1111-111111111111" name="Joy" isCodable="true">
        <Code guid="41111111-1111-1111-1111-111111111111" name="fury" isCodable="true"/></Code>
      </Codes></CodeBook>"""
    family = read_codebook(data).family("imported")
    assert [(c.name, c.parent) for c in family] == [
        ("Anger", None),
        ("Fury", "Anger"),
        ("Joy", None),
        ("fury (2)", "Joy"),
    ]
    assert family.find("Anger").color == "#ff0000" and family.find("Anger").definition == "rage"


@pytest.mark.parametrize(
    "data", [b"", b"<a>", b"PK\x03\x04junk", b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"]
)
def test_broken_files_are_refused(data):
    for read in (read_codebook, read_project):
        with pytest.raises(SaysoError) as caught:
            read(data, "broken.file")
        assert str(caught.value).startswith("broken.file") and "\n" not in str(caught.value)


G = "{}1111111-1111-1111-1111-111111111111".format
CODED = f'<Coding guid="{G(4)}" creatingUser="{G(5)}" creationDateTime="WHEN"><CodeRef targetGUID="{G(1)}"/></Coding>'


def of_another_program(sources: str, when: str = "2020-01-01T00:00:00.1234567Z") -> bytes:
    """A project as other programs write it, with two texts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "project.qde",
            f'''<Project xmlns="urn:QDA-XML:project:1.0" name="p"><Users><User guid="{G(5)}" name="Ann"/></Users>
            <CodeBook><Codes><Code guid="{G(1)}" name="Anger" isCodable="true"/></Codes></CodeBook>
            <Sources>{sources.replace("CODED", CODED).replace("WHEN", when)}</Sources></Project>''',
        )
        archive.writestr("Sources/a.txt", "We will strike tomorrow.")
        archive.writestr("Sources/b.txt", "They stay away.")
    return out.getvalue()


def test_texts_of_pdf_are_read_and_what_is_no_words_is_counted():
    project = read_project(
        of_another_program(
            """<TextSource guid="a" name="speech" plainTextPath="internal://a.txt">
              <PlainTextSelection guid="s" startPosition="0" endPosition="14">CODED</PlainTextSelection>CODED</TextSource>
            <PDFSource guid="p" name="paper.pdf" path="internal://paper.pdf">
              <PDFSelection guid="q" page="0">CODED</PDFSelection>
              <Representation guid="r" plainTextPath="internal://b.txt">
                <PlainTextSelection guid="t" startPosition="0" endPosition="14">CODED</PlainTextSelection>
                <PlainTextSelection guid="u" startPosition="0" endPosition="4">
                  <Coding guid="v"><CodeRef targetGUID="nowhere"/></Coding></PlainTextSelection></Representation></PDFSource>
            <PictureSource guid="i" name="i.png"><PictureSelection guid="j">CODED</PictureSelection></PictureSource>"""
        )
    )
    found = [
        (s.name, s.text[p.start : p.end], c.code, c.coder)
        for s in project.sources
        for p in s.passages
        for c in p.codings
    ]
    assert found == [("speech", "We will strike", "Anger", "Ann"), ("paper.pdf", "They stay away", "Anger", "Ann")]
    assert project.left_out == {
        "of a whole source, not of a passage": 1,
        "of a picture, a recording or a place on a page, not of words": 2,
        "with a code that the file does not define": 1,
    }


def test_odd_dates_of_other_programs_cost_no_coding_and_odd_places_are_named():
    text = (
        '<TextSource guid="a" name="speech" plainTextPath="internal://a.txt"><Description>[date] soon</Description>'
        '<PlainTextSelection guid="s" startPosition="0" endPosition="END">CODED</PlainTextSelection></TextSource>'
    )
    (source,) = read_project(of_another_program(text.replace("END", "7"), "yesterday")).sources
    assert source.date is None and source.passages[0].codings[0].coded_at is None
    with pytest.raises(SaysoError, match=r"x\.qdpx: a selection in 'speech' has no numbers .*'end'"):
        read_project(of_another_program(text.replace("END", "end")), "x.qdpx")


def test_selection_outside_of_its_text_is_refused():
    bad = Project(BOOK, (Source("a", "short", (Passage(0, 99, (Coding("s", "topic", "port", "x"),)),)),))
    with pytest.raises(SaysoError, match="outside"):
        read_project(write_project(bad))


words = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)


@given(st.lists(words, min_size=1, max_size=4, unique_by=str.casefold), words, st.lists(words, max_size=2))
@settings(max_examples=40, deadline=None)
def test_any_codebook_survives(names, definition, examples):
    book = Codebook(
        families=(
            Family(name="f", codes=tuple(Code(name=n, definition=definition, examples=tuple(examples)) for n in names)),
        )
    )
    if not definition.startswith("["):
        assert read_codebook(write_codebook(book)) == book


def test_csv_round_trip(tmp_path):
    codings = [c for s in PROJECT_MADE.sources for p in s.passages for c in p.codings]
    path = tmp_path / "codings.csv"
    path.write_text(
        "".join(codings_to_csv((c, {"text": 'a "b", c\nd', "depth": 2}) for c in codings)), encoding="utf-8"
    )
    assert list(codings_from_csv(Table(path), BOOK)) == codings
    with path.open(newline="") as file:
        row = next(csv.DictReader(file))
    assert row["text"] == 'a "b", c\nd' and row["depth"] == "2"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("statement,code,coder\ns1,hot dog,ann\n", "no code 'hot dog'"),
        ("statement,code,coder,family\ns1,warm,ann,mood\n", "no family 'mood'"),
        ("statement,code\ns1,warm\n", "no coder"),
        ("statement,coder\ns1,ann\n", "no column 'code'"),
        ("statement,code,coder,coded_at\ns1,warm,ann,yesterday\n", "yesterday"),
        ("statement,code,coder\ns1,warm,ann,extra\n", "4 fields"),
        ("statement,code,coder,probability\ns1,warm,ann,nan\n", "'nan' is not between 0 and 1"),
        ("", "empty"),
    ],
)
def test_csv_messages_name_the_row(tmp_path, text, what):
    path = tmp_path / "c.csv"
    path.write_text(text)
    book = Codebook(families=BOOK.families[:1])
    with pytest.raises(SaysoError) as caught:
        list(codings_from_csv(Table(path), book))
    assert what in str(caught.value)


def test_aliases_are_understood_in_csv(tmp_path):
    (tmp_path / "c.tsv").write_text("statement\tcode\tfamily\ns1\tHOT\ttone\n")
    assert next(codings_from_csv(Table(tmp_path / "c.tsv"), BOOK, "ann")).code == "very warm"


def test_web_annotations_select_the_words():
    page = web_annotations(PROJECT_MADE.sources, BOOK)
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld" and len(page["items"]) == 3
    first, second, _ = page["items"]
    quote, position = first["target"]["selector"]
    assert quote["exact"] == "“We love them.”" == TEXT[position["start"] : position["end"]]
    assert TEXT.endswith(quote["suffix"]) and quote["prefix"] == TEXT[:14]
    assert first["creator"] == {"type": "Person", "name": "ann"} and second["creator"]["type"] == "Software"
    assert len({item["id"] for item in page["items"]}) == 3


def dna(path, version: int) -> None:
    db = sqlite3.connect(path)
    short = {
        3: "CREATE TABLE DATASHORTTEXT (ID INTEGER PRIMARY KEY, StatementId INTEGER, VariableId INTEGER, Entity INTEGER)",
        2: "CREATE TABLE DATASHORTTEXT (ID INTEGER PRIMARY KEY, StatementId INTEGER, VariableId INTEGER, Value TEXT)",
    }
    db.executescript(f"""
        CREATE TABLE CODERS (ID INTEGER PRIMARY KEY, Name TEXT);
        CREATE TABLE DOCUMENTS (ID INTEGER PRIMARY KEY, Title TEXT, Text TEXT, Coder INTEGER, Author TEXT, Source TEXT,
            Section TEXT, Notes TEXT, Type TEXT, Date INTEGER);
        CREATE TABLE STATEMENTTYPES (ID INTEGER PRIMARY KEY, Label TEXT, Red INTEGER, Green INTEGER, Blue INTEGER);
        CREATE TABLE VARIABLES (ID INTEGER PRIMARY KEY, Variable TEXT, DataType TEXT, StatementTypeId INTEGER);
        CREATE TABLE ENTITIES (ID INTEGER PRIMARY KEY, VariableId INTEGER, Value TEXT);
        CREATE TABLE STATEMENTS (ID INTEGER PRIMARY KEY, StatementTypeId INTEGER, DocumentId INTEGER, Start INTEGER,
            Stop INTEGER, Coder INTEGER);
        CREATE TABLE DATABOOLEAN (ID INTEGER PRIMARY KEY, StatementId INTEGER, VariableId INTEGER, Value INTEGER);
        {short[version]};
        INSERT INTO CODERS VALUES (1, 'Admin'), (2, 'Ann');
        INSERT INTO DOCUMENTS VALUES (1, 'A speech', 'The tax must rise. I said so.', 1, 'Bo', 'Daily', '', '', '',
            {1_500_000_000 if version == 3 else 1_500_000_000_000});
        INSERT INTO STATEMENTTYPES VALUES (1, 'DNA Statement', 0, 0, 0);
        INSERT INTO VARIABLES VALUES (1, 'person', 'short text', 1), (2, 'organization', 'short text', 1),
            (3, 'concept', 'short text', 1), (4, 'agreement', 'boolean', 1);
        INSERT INTO ENTITIES VALUES (1, 1, 'Bo Berg'), (2, 2, 'Ministry'), (3, 3, 'Raise taxes');
        INSERT INTO STATEMENTS VALUES (7, 1, 1, 0, 18, 2);
        INSERT INTO DATABOOLEAN VALUES (1, 7, 4, 0);
    """)
    for variable, value in ((1, "Bo Berg"), (2, "Ministry"), (3, "Raise taxes")):
        db.execute(
            "INSERT INTO DATASHORTTEXT VALUES (?, 7, ?, ?)", (variable, variable, variable if version == 3 else value)
        )
    db.commit()
    db.close()


@pytest.mark.parametrize("version", [2, 3])
def test_dna_import(tmp_path, version):
    dna(tmp_path / "x.dna", version)
    project = read_dna(tmp_path / "x.dna")
    (source,) = project.sources
    (passage,) = source.passages
    assert source.date == dt.date(2017, 7, 14) and source.attributes["author"] == "Bo"
    assert source.text[passage.start : passage.end] == "The tax must rise."
    assert passage.attributes == {"person": "Bo Berg", "organization": "Ministry", "agreement": "no"}
    said = "person: Bo Berg; organization: Ministry; agreement: no"
    assert passage.codings == (Coding("dna:7", "DNA Statement", "Raise taxes", "Ann", memo=said),)
    assert project.codebook.family("DNA Statement").names == ("Raise taxes",)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE DATABOOLEAN SET Value = 'perhaps'",
        "ALTER TABLE DOCUMENTS RENAME COLUMN Title TO Headline",
        "UPDATE STATEMENTS SET Start = NULL",
        "DROP TABLE DOCUMENTS",
    ],
)
def test_damaged_dna_databases_are_refused_in_one_line(tmp_path, damage):
    dna(tmp_path / "x.dna", 3)
    with sqlite3.connect(tmp_path / "x.dna") as db:
        db.execute(damage)
    with pytest.raises(SaysoError, match=r"x\.dna: is no DNA database"):
        read_dna(tmp_path / "x.dna")


def test_other_files_are_no_dna(tmp_path):
    (tmp_path / "a.dna").write_bytes(b"no")
    sqlite3.connect(tmp_path / "b.dna").execute("CREATE TABLE x (y)").connection.close()
    for name in ("a.dna", "b.dna", "none.dna"):
        with pytest.raises(SaysoError, match=name):
            read_dna(tmp_path / name)
