"""The issued report: one self-contained page, and the same as PDF, DOCX and Markdown."""

from sayso.brief._docx import docx
from sayso.brief._html import render
from sayso.brief._markdown import markdown
from sayso.brief._mask import mask
from sayso.brief._pdf import pdf
from sayso.brief.contents import (
    SECTIONS,
    Agreement,
    Brief,
    Comparison,
    Count,
    Difference,
    Item,
    LeftOut,
    Phrase,
    Piece,
    Quoted,
    Remark,
    Retest,
    Section,
    Turn,
    dump,
    fingerprint,
    load,
)

__all__ = [
    "SECTIONS",
    "Agreement",
    "Brief",
    "Comparison",
    "Count",
    "Difference",
    "Item",
    "LeftOut",
    "Phrase",
    "Piece",
    "Quoted",
    "Remark",
    "Retest",
    "Section",
    "Turn",
    "docx",
    "dump",
    "fingerprint",
    "load",
    "markdown",
    "mask",
    "pdf",
    "render",
]
