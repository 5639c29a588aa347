"""The timeline chart as SVG or PNG, drawn from its Vega-Lite specification without a browser or a network.

In: a specification with its data in it. Out: an `<svg>` element whose inks are the page's (so that it follows the
page's light and dark colours), or PNG bytes for documents that take no SVG.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import vl_convert

INK, MUTED, RULE = "#1c2126", "#5d6670", "#dcd8cf"
_FONT = "Source Sans 3, Liberation Sans, Helvetica, Arial, sans-serif"
_CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "titleColor": MUTED, "domainColor": RULE, "gridColor": RULE, "tickColor": RULE,
        "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
    },
    "legend": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12, "orient": "top"},
    "title": {"color": INK, "fontSize": 13, "anchor": "start"},
}  # fmt: skip
_VARIABLES = {INK: "var(--ink)", MUTED: "var(--muted)", RULE: "var(--rule)"}


def svg(spec: Mapping[str, Any]) -> str:
    """An inline `<svg>` element: no script, no address but SVG's own, scaled to the width of its place."""
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(spec), config=_CONFIG, allowed_base_urls=[])
    drawn = drawn[drawn.index("<svg") :]
    for colour, variable in _VARIABLES.items():
        drawn = re.sub(rf'(fill|stroke)="{colour}"', rf'\1="{colour}" style="\1:{variable}"', drawn)
    return re.sub(r'<svg([^>]*?) width="[^"]*" height="[^"]*"', r"<svg\1", drawn, count=1)


def standalone_svg(spec: Mapping[str, Any]) -> str:
    """The same as a file of its own, with fixed colours, for typesetting."""
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(spec), config=_CONFIG, allowed_base_urls=[])
    return drawn


def png(spec: Mapping[str, Any]) -> bytes:
    """The chart as PNG on white, at twice the screen's resolution."""
    config = {**_CONFIG, "background": "white"}
    drawn: bytes = vl_convert.vegalite_to_png(json.dumps(spec), config=config, scale=2.0, allowed_base_urls=[])
    return drawn
