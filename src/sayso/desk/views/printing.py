"""The forms in which a line leaves the desk: its chart drawn, its brief printed."""

from sayso.brief import Brief, docx, dump, markdown, mask, pdf, render
from sayso.track.drawing import artist, library

__all__ = ["Brief", "artist", "docx", "dump", "library", "markdown", "mask", "pdf", "render"]
