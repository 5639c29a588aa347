"""Statements as files: JSON Lines, CSV, or a workbook for spreadsheets.

In: statements as `sayso statements --format jsonl` prints them. Out: one file, which appears when it is complete.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from sayso.desk.progress import Advance

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = {  # what a workbook of one sheet has beside the sheet (ECMA-376, part 1)
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
    'vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Statements" sheetId="1" '
    'r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_CELL = 32_767  # characters that a cell of a spreadsheet holds
_ROWS = 1_048_576  # rows that a sheet holds


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A file to write that takes its place when all is written, and is gone when something fails."""
    draft = path.with_name(path.name + ".part")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write(path: Path, form: str, objects: Iterable[dict[str, Any]], advance: Advance) -> int:
    """Write the statements in a form ("csv", "jsonl", "xlsx"); gives their number."""
    from sayso.desk.views.search import export_rows

    written = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal written
        for each in objects:
            yield each
            written += 1
            advance(1)

    if form == "xlsx":
        _workbook(path, export_rows(counted(), tame=False))
        return written
    with path.open("w", encoding="utf-8", newline="") as out:
        if form == "csv":
            csv.writer(out, lineterminator="\n").writerows(export_rows(counted()))
        else:
            for each in counted():
                out.write(json.dumps(each, ensure_ascii=False) + "\n")
    return written


def _workbook(path: Path, rows: Iterable[list[Any]]) -> None:
    """One sheet, written as it comes: text cells hold text whatever they begin with, so nothing in them is a formula."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in _PARTS.items():
            package.writestr(name, _XML + text)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for number, row in enumerate(rows, 1):
                if number > _ROWS:
                    break
                sheet.write(f'<row r="{number}">{"".join(map(_cell, row))}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"<c><v>{value}</v></c>"
    text = "".join(c for c in str(value) if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text[:_CELL])}</t></is></c>'
