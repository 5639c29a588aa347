"""PDF, Word, transcripts, e-mail, e-books and pictures: what their text is, and what is refused."""

import datetime as dt
import io
import random
import shutil
import struct
import zipfile
import zlib

import docx
import pypdfium2 as pdfium
import pytest
import typst
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

from sayso.read import Unreadable, read
from sayso.read.children import Job, Readers
from sayso.records import Document

WORDS = [
    "the",
    "port",
    "authority",
    "said",
    "that",
    "dockers",
    "would",
    "return",
    "to",
    "work",
    "after",
    "negotiations",
    "about",
    "compensation",
    "and",
    "harbour",
    "regulations",
    "which",
    "international",
    "observers",
    "described",
    "as",
    "extraordinarily",
    "constructive",
    "in",
    "principle",
]


def prose(seed: int, paragraphs: int) -> list[str]:
    chance = random.Random(seed)

    def sentence() -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(7, 18))).capitalize() + "."

    return [" ".join(sentence() for _ in range(4)) for _ in range(paragraphs)]


def pdf(paragraphs: list[str], columns: int = 1, style: ParagraphStyle | None = None, **properties: str) -> bytes:
    file = io.BytesIO()
    document = BaseDocTemplate(file, pagesize=A4, **properties)
    width = 490 / columns - (20 if columns > 1 else 0)

    def furniture(canvas: Canvas, page: BaseDocTemplate) -> None:
        canvas.drawString(72, 812, "The Harbour Weekly")
        canvas.drawString(300, 20, f"Page {page.page}")

    frames = [Frame(50 + n * (width + 30), 60, width, 720) for n in range(columns)]
    document.addPageTemplates([PageTemplate(frames=frames, onPage=furniture)])
    document.build([Paragraph(text, style or getSampleStyleSheet()["BodyText"]) for text in paragraphs])
    return file.getvalue()


@pytest.mark.parametrize("columns", [1, 2])
def test_pdf_columns_are_read_in_order_without_headers_and_page_numbers(columns):
    paragraphs = prose(3, 24)
    document = read(pdf(paragraphs, columns, title="On the port", author="A. Berg"), "a.pdf")
    assert document.text.split("\n\n") == paragraphs
    assert (document.title, document.author, document.format) == ("On the port", "A. Berg", "pdf")


def test_pdf_indented_paragraphs():
    style = ParagraphStyle("book", fontName="Times-Roman", fontSize=11, leading=13, firstLineIndent=14, alignment=4)
    paragraphs = prose(5, 20)
    found = read(pdf(paragraphs, 2, style), "a.pdf").text.split("\n\n")
    assert sum(paragraph in paragraphs for paragraph in found) >= 18
    assert " ".join(found) == " ".join(paragraphs)


def test_pdf_words_split_at_line_ends_are_mended():
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    lines = [
        "The negotia-",
        "tions on the long-term plan went on, and the long-",
        "term plan held, said the Franco-",
        "German council.",
    ]
    for number, line in enumerate(lines):
        canvas.drawString(72, 700 - 14 * number, line)
    canvas.save()
    assert (
        read(file.getvalue(), "a.pdf").text
        == "The negotiations on the long-term plan went on, and the long-term plan held, said the Franco-German council."
    )


def test_pdf_date_line_and_refusals():
    data = pdf(["Brussels, 4 May 2020", *prose(1, 2)])
    document = read(data, "a.pdf")
    assert document.published is not None and (document.published.value, document.published.origin) == (
        "2020-05-04",
        "text",
    )
    for broken in (data[: len(data) // 2], data[:-200], b"%PDF-1.7 " + b"x" * 4000 + b"%%EOF"):
        with pytest.raises(Unreadable, match="PDF"):
            read(broken, "a.pdf")


def test_a_pdf_printed_by_a_browser():
    """Paragraphs of two lines each, below a byline; the moment of printing and the address stand in the margins."""
    paragraphs = [f"{'The port authority said that the dockers would return to work. ' * 2}{n}." for n in range(8)]
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.setFont("Times-Roman", 12)
    canvas.drawString(30, 825, "30.11.2026, 12:21")
    canvas.drawString(30, 15, "https://gazette.example/talks")
    canvas.drawString(60, 750, "By Mira Oldham, 5 April 2024")
    for number, paragraph in enumerate(paragraphs):
        canvas.drawString(60, 720 - 45 * number, paragraph[:81])
        canvas.drawString(60, 705 - 45 * number, paragraph[82:])
    canvas.save()
    document = read(file.getvalue(), "a.pdf")
    assert document.text.split("\n\n") == ["By Mira Oldham, 5 April 2024", *paragraphs]
    assert document.published is not None and document.published.value == "2024-04-05"


def test_a_day_in_the_files_name_comes_before_the_day_the_file_was_made():
    printed = read(pdf(prose(1, 2)), "in/talks-2024-04-05.pdf")
    written = read(word_file(created=dt.datetime(2025, 5, 4)), "2024-04-05 talks.docx")
    for document in (printed, written):
        assert document.published is not None and document.published.value == "2024-04-05"
        assert "published: 2024-04-05, from the file name" in document.notes


def test_pdf_encrypted_or_empty_or_a_bomb():
    file = io.BytesIO()
    canvas = Canvas(file, encrypt="secret")
    canvas.drawString(72, 700, "hidden")
    canvas.save()
    with pytest.raises(Unreadable, match="encrypted"):
        read(file.getvalue(), "a.pdf")
    empty = io.BytesIO()
    canvas = Canvas(empty)
    canvas.showPage()
    canvas.save()
    with pytest.raises(Unreadable, match="scan"):
        read(empty.getvalue(), "a.pdf")
    packed = zlib.compress(b" " * 160_000_000)
    with pytest.raises(Unreadable, match="bomb"):
        read(
            b"%PDF-1.4\n4 0 obj<</Filter/FlateDecode>>stream\n" + packed + b"\nendstream\nstartxref\n0\n%%EOF", "a.pdf"
        )


def word_file(**properties: object) -> bytes:
    document = docx.Document()
    document.add_heading("Port rejects talks", 1)
    document.add_paragraph("The authority said no.")
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("second", style="List Bullet")
    document.add_paragraph("They lied to us.", style="Quote")
    table = document.add_table(2, 2)
    for number, text in enumerate(("Terminal", "Stops", "One", "at six")):
        table.cell(number // 2, number % 2).text = text
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_word_files():
    document = read(word_file(author="A. Berg", created=dt.datetime(2020, 5, 4)), "a.docx")
    assert document.text == (
        "Port rejects talks\n\nThe authority said no.\n\nfirst\nsecond\n\nThey lied to us.\n\nTerminal | Stops\nOne | at six"
    )
    assert [s.text for s in document.quoted_blocks] == ["They lied to us."]
    assert (document.title, document.author) == ("Port rejects talks", "A. Berg")
    assert document.published is not None and document.published.value == "2020-05-04"
    assert read(word_file(), "a.docx").published is None  # the template's own date


def test_word_bombs_and_damage():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 100_000_000)
    for data in (bomb.getvalue(), word_file()[:3000], b"PK\x03\x04" + b"word/" * 20, b"PK\x03\x04nothing"):
        with pytest.raises(Unreadable):
            read(data, "a.docx")


SRT = """1
00:00:01,000 --> 00:00:03,500
ANNA BERG: We will not

2
00:00:03,500 --> 00:00:05,000
give in <i>ever</i>.

3
00:00:05,000 --> 00:00:06,000
[applause]

4
00:00:06,000 --> 00:00:07,000
- Really?
- Yes.
"""
VTT = """WEBVTT

00:01.000 --> 00:04.000
<v Anna Berg>We will not give in.</v>

00:05.000 --> 00:06.000
<v Bo Li>We will see.

00:06.000 --> 00:07.250
<v Bo Li>Soon.
"""
TTML = """<?xml version="1.0" encoding="UTF-8"?><tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
 xmlns:ttm="http://www.w3.org/ns/ttml#metadata" ttp:tickRate="10"><head><metadata><ttm:agent xml:id="a1" type="person">
<ttm:name type="full">Anna Berg</ttm:name></ttm:agent></metadata></head><body><div>
<p begin="10t" end="00:00:04" ttm:agent="a1">We will<br/>not give in.</p><p begin="5s" dur="1.5s">Soon.</p></div></body></tt>"""


def segments(document):
    return [(document.text[s.start : s.end], s.begin_s, s.end_s, s.speaker) for s in document.segments]


def test_srt_keeps_time_codes_and_speakers():
    document = read(SRT.encode(), "a.srt")
    assert document.text == "ANNA BERG: We will not give in ever.\n\nReally?\n\nYes."
    assert segments(document) == [
        ("We will not", 1.0, 3.5, "ANNA BERG"),
        ("give in ever.", 3.5, 5.0, "ANNA BERG"),
        ("Really?", 6.0, 7.0, ""),
        ("Yes.", 6.0, 7.0, ""),
    ]


def test_vtt_voices():
    document = read(VTT.encode(), "talk", media_type="text/vtt")
    assert document.text == "Anna Berg: We will not give in.\n\nBo Li: We will see. Soon."
    assert segments(document)[2] == ("Soon.", 6.0, 7.25, "Bo Li")
    assert (document.format, document.medium) == ("vtt", "video")


def test_what_captioning_tools_get_wrong_is_mended():
    """Loose time codes, captions out of order, styling commands of other formats, times of single words."""
    loose = (
        "2\r\n00:00:05,000 --> 00:00:07,000\r\nSecond line.\r\n\r\n1\r\n0:01 --> 0:03.5\r\n{\\an8}<i>First</i> line.\r\n\r\n"
        "3\r\n00:00:08.5 --> 00:00:09\r\nANNA BERG: We\r\nwill stay.\r\n"
    )
    document = read(b"\xef\xbb\xbf" + loose.encode(), "a.srt")
    assert document.text == "First line. Second line.\n\nANNA BERG: We will stay."
    assert [(s.begin_s, s.end_s) for s in document.segments] == [(1.0, 3.5), (5.0, 7.0), (8.5, 9.0)]
    words = "we<00:00:00.320><c> will</c><00:00:00.500><c> never</c>"
    rolling = (
        f"WEBVTT\nKind: captions\n\n00:00:00.000 --> 00:00:02.000 align:start\n \n{words}\n\n"
        "00:00:02.000 --> 00:00:02.010 align:start\nwe will never\n \n\n"
        "00:00:02.010 --> 00:00:04.000\nwe will never\nsurrender<00:00:02.900><c> the</c><00:00:03.000><c> port</c>\n"
    )
    document = read(rolling.encode(), "a.vtt")
    assert document.text == "we will never surrender the port"
    assert [(s.begin_s, s.end_s) for s in document.segments] == [(0.0, 2.0), (2.01, 4.0)]


def test_footnote_numbers_in_a_pdf_are_no_words():
    style = getSampleStyleSheet()["Normal"]
    words = "The union will reconsider.<super size=6>12</super> It also said that ships wait."
    text = read(pdf([*prose(1, 3), words, *prose(2, 3)], style=style), "a.pdf").text
    assert "The union will reconsider. It also said" in text


def test_ttml_agents_and_ticks():
    document = read(TTML.encode(), "a.xml")
    assert segments(document)[0] == ("We will not give in.", 1.0, 4.0, "Anna Berg")
    assert segments(document)[1][1:3] == (5.0, 6.5)


@pytest.mark.parametrize(
    ("data", "path"), [(b"no captions here", "a.srt"), (b"WEBVTT\n\n", "a.vtt"), (b"<tt></tt>", "a.ttml")]
)
def test_transcripts_without_captions_are_refused(data, path):
    with pytest.raises(Unreadable):
        read(data, path)


MAIL = """From: Anna Berg <anna@union.example>
To: press@gazette.example
Subject: =?utf-8?q?Press_release=3A_strike_on_Monday?=
Date: Mon, 4 May 2020 23:30:00 -0500
MIME-Version: 1.0
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: 8bit

The union will strike on Monday, its café committee said.

> Will you really strike?
> We must know.

-- 
Anna Berg
Press office
"""


def test_mail():
    document = read(MAIL.encode("latin-1"), "a.eml")
    assert document.title == "Press release: strike on Monday"
    assert (document.author, document.medium, document.format) == ("Anna Berg", "statement", "email")
    assert document.published is not None and document.published.value == "2020-05-04"
    assert "café committee" in document.text
    assert [s.text for s in document.quoted_blocks] == ["> Will you really strike?\n> We must know."]
    assert [s.text for s in document.boilerplate] == ["-- \nAnna Berg\nPress office"]


def test_html_mail_and_mail_without_text():
    html = MAIL.replace("text/plain", "text/html").replace("The union will", "<p>The union will")
    assert read(html.encode("latin-1"), "a.eml").text.startswith("The union will strike")
    with pytest.raises(Unreadable):
        read(b"From: a@b.c\nTo: d@e.f\nSubject: x\nContent-Type: image/png\n\nabc", "a.eml")


def book(chapters: list[str]) -> bytes:
    file = io.BytesIO()
    names = [f"c{n}.xhtml" for n in range(len(chapters))]
    items = "".join(f'<item id="i{n}" href="{name}"/>' for n, name in enumerate(names))
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(names)))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml", '<container><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></container>'
        )
        archive.writestr(
            "O/b.opf",
            '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The Port</dc:title><dc:creator>A. Berg'
            f"</dc:creator><dc:date>2019-05</dc:date></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
        )
        for name, chapter in zip(names, chapters, strict=True):
            archive.writestr(f"O/{name}", f"<?xml version='1.0' encoding='utf-8'?><html><body>{chapter}</body></html>")
    return file.getvalue()


def test_e_books():
    document = read(
        book(["<h1>One</h1><p>First <i>words</i>.</p>", "<blockquote><p>They lied.</p></blockquote>"]), "a.epub"
    )
    assert document.text == "One\n\nFirst words.\n\nThey lied."
    assert [s.text for s in document.quoted_blocks] == ["They lied."]
    assert (document.title, document.author, document.medium) == ("The Port", "A. Berg", "book")
    assert document.published is not None and (document.published.value, document.published.granularity) == (
        "2019-05",
        "month",
    )
    with pytest.raises(Unreadable):
        read(book([]), "a.epub")


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def test_pictures_need_an_engine(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unreadable, match="tesseract"):
        read(PNG, "a.png")


def test_what_an_engine_finds_is_marked_as_ocr(tmp_path, monkeypatch):
    """A stand-in for tesseract that prints its table: the format is fixed, the engine is not always there."""
    engine = tmp_path / "tesseract"
    rows = ["level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"]
    rows += [
        f"5\t1\t1\t{paragraph}\t1\t1\t0\t0\t1\t1\t{conf}\t{word}"
        for paragraph, conf, word in ((1, 90, "Port"), (1, 80, "closed"), (2, 70, "Soon"))
    ]
    engine.write_text("#!/bin/sh\ncat > /dev/null\nprintf '%s\\n' " + " ".join(f"'{row}'" for row in rows) + "\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    document = read(PNG, "a.png")
    assert document.text == "Port closed\n\nSoon"
    assert (document.format, document.notes) == ("ocr", ("OCR by tesseract (1 page), mean word confidence 80 of 100",))


SCAN = """
#set page(width: 14cm, height: 12cm, margin: 1cm)
#set text(size: 11pt)
#text(size: 18pt, weight: "bold")[Statement of the Union]

The Harbour Union said on Monday that those who left the port can come back without being punished by anybody.

Nobody will be asked where they have been, the union added, and all ships wait outside.
"""


def scanned(words: str) -> tuple[bytes, bytes]:
    """A picture (PNG) of a set page, and a PDF of two pages that holds nothing but that picture."""
    page = pdfium.PdfDocument(typst.compile(words.encode()))[0].render(scale=2.5, grayscale=True)
    rows = bytes(page.buffer)
    lines = b"".join(b"\0" + rows[row * page.stride : row * page.stride + page.width] for row in range(page.height))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", page.width, page.height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    ]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    picture = b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 340))
    for _ in range(2):
        canvas.drawImage(ImageReader(io.BytesIO(picture)), 0, 0, 400, 340)
        canvas.showPage()
    canvas.save()
    return picture, out.getvalue()


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_pictures_and_scans_are_read_by_the_real_engine():
    """Also within the limits of a reader's child, which are narrower than what the engine needs."""
    picture, scan = scanned(SCAN)
    document = read(picture, "scan.png")
    heading, first, second = document.text.split("\n\n")
    assert heading == "Statement of the Union"
    assert (
        first
        == "The Harbour Union said on Monday that those who left the port can come back without being punished by anybody."
    )
    assert second.startswith("Nobody will be asked")
    (note,) = document.notes
    assert int(note.rpartition("confidence ")[2].split()[0]) > 80
    with Readers(1, 400, 60) as readers:
        ((_, found),) = readers.read([Job("a", scan, "scan.pdf")])
    assert isinstance(found, Document), found
    assert found.text.count("The Harbour Union said on Monday") == 2
    assert found.format == "ocr"
    assert any(note.startswith("OCR by tesseract (2 pages), mean word confidence") for note in found.notes)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_a_damaged_picture_is_refused():
    with pytest.raises(Unreadable):
        read(PNG, "a.png")


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\x1f\x8b", "gzip"),
        (b"PK\x03\x04", "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        (b"\x7fELF", "program"),
        (b"OggS", "recording"),
    ],
)
def test_other_files_are_named_and_refused(start, words):
    with pytest.raises(Unreadable, match=words):
        read(start + b"x" * 100, "a.txt")
