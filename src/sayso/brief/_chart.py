"""The timeline chart as SVG or PNG, drawn from its Vega-Lite specification without a browser or a network.

In: a specification with its data in it. Out: an `<svg>` element that scales to its place on the page, an SVG file for
typesetting, or PNG bytes for documents that take no SVG.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import vl_convert


def svg(spec: Mapping[str, Any], prefix: str) -> str:
    """An inline `<svg>` element on the page's own background. `prefix` keeps its ids apart from other charts'."""
    drawn = standalone_svg({**spec, "background": "transparent"})
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', drawn)
    drawn = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", drawn)
    drawn = re.sub(r' xlink:href="#([^"]+)"', rf' xlink:href="#{prefix}\1"', drawn)
    return re.sub(r'<svg([^>]*?) width="[^"]*" height="[^"]*"', r"<svg\1", drawn, count=1)


def standalone_svg(spec: Mapping[str, Any]) -> str:
    """The chart as an SVG file. Data that the specification does not hold itself is not fetched."""
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(spec), allowed_base_urls=[])
    return drawn


def png(spec: Mapping[str, Any]) -> bytes:
    """The chart as PNG, at twice the screen's resolution."""
    drawn: bytes = vl_convert.vegalite_to_png(json.dumps(spec), scale=2.0, allowed_base_urls=[])
    return drawn
