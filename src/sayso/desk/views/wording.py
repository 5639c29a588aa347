"""How dates, depths, numbers and words of others are written: the same on a page of the workbench as in a brief."""

from sayso.brief._format import (
    clean,
    day,
    depth_text,
    number,
    one_line,
    percent,
    said,
    stretch,
    web_address,
)
from sayso.figures import probability

__all__ = [
    "clean",
    "day",
    "depth_text",
    "number",
    "one_line",
    "percent",
    "probability",
    "said",
    "stretch",
    "web_address",
]
