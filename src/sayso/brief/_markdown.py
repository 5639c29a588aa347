"""The brief as Markdown (GitHub's dialect): tables, and evidence notes as footnotes.

In: a `Brief`. Out: text. Whatever others wrote is escaped, so that no quotation can become a link, a heading or markup.
"""

from __future__ import annotations

import re

from sayso.brief import _format
from sayso.brief._blocks import Block, Bullets, Chart, Heading, Paragraph, Quotation, Runs, Table, Writer, words
from sayso.brief._view import View
from sayso.brief.contents import Brief

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$^-])")


def markdown(brief: Brief) -> str:
    """The brief as Markdown text that ends with a line break."""
    view = View(brief)
    writer = Writer(view)
    out = [
        f"# {_text(words(view.title))}",
        f"{_text(words(f'Brief of the desk {brief.desk}, {_format.day(brief.issued_at.date())}'))}",
        f"**{_text(writer.headline())}**",
    ]
    out += [_block(block) for block in writer.blocks()]
    out += [f"[^{note.label}]: {', '.join(note.statements + note.items)}" for note in view.notes]
    return "\n\n".join(part for part in out if part) + "\n"


def _text(runs: Runs) -> str:
    """Runs on one line, escaped, with their notes as footnote marks."""
    return "".join(_escape(run.text) + (f"[^{run.note}]" if run.note else "") for run in runs)


def _escape(text: str) -> str:
    text = re.sub(r"\s*\n\s*", " ", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _SPECIAL.sub(r"\\\1", text)
    return re.sub(r"^(\s*\d+)\.", r"\1\\.", text)


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * (level + 1)} {_escape(text)}"
        case Paragraph(runs, style):
            return f"> {_text(runs)}" if style == "remark" else _text(runs)
        case Bullets(entries):
            return "\n".join(f"- {_text(entry)}" for entry in entries)
        case Quotation(text, lines):
            return "\n>\n".join(f"> {_escape(line)}" for line in (text, *lines))
        case Chart(caption):
            return f"*{_escape(caption)} The chart itself is in the HTML and PDF forms.*"
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    rules = ["---:" if column in table.numbers else "---" for column in range(len(table.header))]
    rows = [[_escape(name) for name in table.header], rules, *([_text(cell) for cell in row] for row in table.rows)]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{_escape(table.caption)}\n\n{lines}" if table.caption else lines
