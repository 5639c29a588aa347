"""The forms in which a line leaves the desk: its chart drawn, its brief printed."""

from sayso.brief import Brief, docx, dump, markdown, mask, pdf, render
from sayso.track import svg

__all__ = ["Brief", "docx", "dump", "markdown", "mask", "pdf", "render", "svg"]
