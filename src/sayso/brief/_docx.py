"""The brief as a Word document (DOCX), with headings, tables and the chart as a picture.

In: a `Brief`. Out: the file's bytes, the same for the same brief but for the time stamps inside the package.
"""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from sayso.brief import _chart, _format
from sayso.brief._blocks import Block, Bullets, Chart, Heading, Paragraph, Quotation, Runs, Table, Writer, words
from sayso.brief._view import View
from sayso.brief.contents import Brief

_SERIF, _SANS = "Cambria", "Calibri"
_ACCENT, _MUTED = RGBColor(0x1D, 0x4E, 0x63), RGBColor(0x5D, 0x66, 0x70)
_LINE = 170  # mm between the margins


def docx(brief: Brief) -> bytes:
    """The brief as the bytes of a DOCX file."""
    view = View(brief)
    writer = Writer(view)
    document = Document()
    _page(document, view.title, brief)
    _add(document, words(f"Say-so brief of the desk {brief.desk}, {_format.day(brief.issued_at.date())}"), 9, _MUTED)
    title = document.add_paragraph(style="Title")
    title.add_run(_format.clean(view.title))
    _add(document, writer.headline(), 14)
    for block in writer.blocks():
        _block(document, block, brief)
    for note in view.notes:
        _add(document, words(f"{note.label}: {', '.join(note.statements + note.items)}"), 8.5, _MUTED)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Any, title: str, brief: Brief) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - _LINE) / 2)
    section.top_margin = section.bottom_margin = Mm(22)
    properties = document.core_properties
    properties.title, properties.author = _format.clean(title)[:255], _format.clean(brief.desk)[:255]
    properties.comments = f"Say-so {brief.version}"
    issued = brief.issued_at.replace(tzinfo=None)
    properties.created = properties.modified = issued
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _SERIF, Pt(10.5)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.15
    for name, size in (("Title", 28), ("Heading 1", 17), ("Heading 2", 13)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = _SERIF, Pt(size), True
        style.font.color.rgb = _ACCENT
        style.element.rPr.rFonts.set(qn("w:asciiTheme"), "")
        fonts = style.element.rPr.rFonts
        for key in list(fonts.attrib):
            if key.endswith("Theme"):
                del fonts.attrib[key]


def _add(document: Any, runs: Runs, size: float = 10.5, colour: RGBColor | None = None) -> Any:
    paragraph = document.add_paragraph()
    _runs(paragraph, runs, size, colour)
    return paragraph


def _runs(paragraph: Any, runs: Runs, size: float, colour: RGBColor | None = None, font: str = "") -> None:
    for run in runs:
        for text, raised in ((run.text, False), (run.note, True)):
            if text:
                added = paragraph.add_run(text)
                added.font.size, added.font.superscript = Pt(size), raised
                if font:
                    added.font.name = font
                if colour is not None:
                    added.font.color.rgb = colour


def _block(document: Any, block: Block, brief: Brief) -> None:
    match block:
        case Heading(level, text):
            document.add_heading(text, level)
        case Paragraph(runs, style):
            paragraph = _add(document, runs, 10.5, _MUTED if style == "remark" else None)
            if style == "remark":
                paragraph.paragraph_format.left_indent = Mm(6)
        case Bullets(entries):
            for entry in entries:
                _runs(document.add_paragraph(style="List Bullet"), entry, 10.5)
        case Quotation(text, lines):
            quoted = _add(document, words(text), 12)
            quoted.paragraph_format.left_indent = Mm(6)
            quoted.paragraph_format.keep_with_next = True
            for line in lines:
                credit = _add(document, words(line), 9, _MUTED)
                credit.paragraph_format.left_indent, credit.paragraph_format.space_after = Mm(6), Pt(1)
            credit.paragraph_format.space_after = Pt(12)
        case Chart(caption):
            if brief.chart:
                document.add_picture(io.BytesIO(_chart.png(brief.chart)), width=Mm(_LINE))
            _add(document, words(caption), 9, _MUTED)
        case Table():
            _table(document, block)


def _table(document: Any, block: Table) -> None:
    if block.caption:
        caption = _add(document, words(block.caption), 9, _MUTED)
        caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1, cols=len(block.header))
    table.autofit = False
    widths = block.widths or (1 / len(block.header),) * len(block.header)
    for row, cells in [(table.rows[0], tuple(words(name) for name in block.header))] + [
        (table.add_row(), cells) for cells in block.rows
    ]:
        for column, (cell, runs) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = Mm(_LINE * widths[column])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            if column in block.numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _runs(paragraph, runs, 8.5, _MUTED if row is table.rows[0] else None, _SANS)
        _rule(row)
    repeated = table.rows[0]._tr.get_or_add_trPr()
    repeated.append(OxmlElement("w:tblHeader"))
    document.add_paragraph().paragraph_format.space_after = Pt(4)


def _rule(row: Any) -> None:
    """A hairline under every cell: Word's own table styles come with boxes."""
    for cell in row.cells:
        borders = OxmlElement("w:tcBorders")
        line = OxmlElement("w:bottom")
        for key, value in (("val", "single"), ("sz", "4"), ("color", "C9C5BB")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
        cell._tc.get_or_add_tcPr().append(borders)
