"""The brief as PDF, typeset by Typst, whose wheel carries compiler and fonts: no system library is needed.

In: a `Brief`. Out: the file's bytes. The brief's words reach the template as data, never as Typst code.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import typst

from sayso.brief import _chart, _format
from sayso.brief._blocks import Block, Bullets, Chart, Heading, Paragraph, Quotation, Runs, Table, Writer
from sayso.brief._view import View
from sayso.brief.contents import Brief


def pdf(brief: Brief) -> bytes:
    """The brief as the bytes of a PDF file (A4, tagged, with bookmarks)."""
    view = View(brief)
    writer = Writer(view)
    data = {
        "title": _format.clean(view.title),
        "desk": _format.clean(brief.desk),
        "issued": _format.day(brief.issued_at.date()),
        "date": [brief.issued_at.year, brief.issued_at.month, brief.issued_at.day],
        "description": _format.clean(brief.topic_description),
        "version": brief.version,
        "headline": _runs(writer.headline()),
        "figures": [[figure, what] for figure, what, _, _ in view.summary()],
        "blocks": [_block(block) for block in writer.blocks()],
        "notes": [[note.label, ", ".join(note.statements + note.items)] for note in view.notes],
        "chart": _chart.standalone_svg({**brief.chart, "background": "transparent"}) if brief.chart else "",
    }
    template = (resources.files("sayso.brief") / "templates" / "brief.typ").read_bytes()
    made: bytes = typst.compile(template, sys_inputs={"data": json.dumps(data)})
    return made


def _runs(runs: Runs) -> list[list[str]]:
    return [[run.text, run.note] for run in runs]


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(level, text):
            return {"kind": "heading", "level": level, "text": text}
        case Paragraph(runs, style):
            return {"kind": "paragraph", "style": style, "runs": _runs(runs)}
        case Bullets(entries):
            return {"kind": "bullets", "entries": [_runs(entry) for entry in entries]}
        case Quotation(text, lines):
            return {"kind": "quotation", "text": text, "lines": list(lines)}
        case Chart(caption):
            return {"kind": "chart", "caption": caption}
        case Table(caption, header, rows, numbers, widths):
            return {
                "kind": "table",
                "caption": caption,
                "header": list(header),
                "rows": [[_runs(cell) for cell in row] for row in rows],
                "numbers": sorted(numbers),
                "widths": list(widths or [1 / len(header)] * len(header)),
            }
