"""The issued report: one self-contained page, and the same as PDF, DOCX and Markdown."""

from sayso.brief._mask import mask
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
    Quoted,
    Remark,
    Retest,
    Section,
    Turn,
    dump,
    fingerprint,
    load,
)
from sayso.brief.html import render

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
    "Quoted",
    "Remark",
    "Retest",
    "Section",
    "Turn",
    "dump",
    "fingerprint",
    "load",
    "mask",
    "render",
]
