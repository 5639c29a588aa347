"""The brief as one self-contained HTML page.

In: a `Brief`. Out: a page as a string: style, fonts and chart are in it, nothing is loaded from anywhere and no script
runs. Every word of others is escaped, set apart from the direction of the page's own writing, and every number leads
to a note that lists what it rests on.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sayso.brief import _chart, _format
from sayso.brief._view import View
from sayso.brief.contents import Brief, Turn, fingerprint
from sayso.figures import probability

_FONTS = (
    ("Source Serif 4", "normal", "200 900", "source-serif-4.woff2"),
    ("Source Serif 4", "italic", "200 900", "source-serif-4-italic.woff2"),
    ("Source Sans 3", "normal", "200 900", "source-sans-3.woff2"),
)
_ROLES = {"document": "page", "outlet": "outlet", "item": "item", "speaker": "speaker"}


def render(brief: Brief) -> str:
    """The brief as one HTML page that needs no other file, no server and no network.

    The same brief gives the same page, byte for byte.
    """
    view = View(brief)

    def n(text: str, statements: Sequence[str] = (), items: Sequence[str] = ()) -> Markup:
        """A number that leads to the note of what it rests on."""
        text, note = _format.clean(text), view.note(statements, items)
        if note is None:
            return escape(text)
        return Markup('<a class="n" href="#{}">{}</a>').format(note.label.lower(), text)

    return (
        _environment()
        .get_template("page.html")
        .render(
            brief=brief,
            view=view,
            n=n,
            style=Markup(_style()),
            charts=_charts(brief),
            fingerprint=fingerprint(brief),
            roles=_ROLES,
            label=lambda statement: view.statement_labels[statement.id],
            moved_statements=lambda turn, code: _moved(view, turn, code),
        )
    )


def _charts(brief: Brief) -> list[tuple[str, Markup]]:
    """The chart for each theme, with the class of the place that shows it."""
    if not brief.chart:
        return []
    light = Markup(_chart.svg(brief.chart, "l-"))
    if not brief.chart_dark:
        return [("any", light)]
    return [("light", light), ("dark", Markup(_chart.svg(brief.chart_dark, "d-")))]


def _moved(view: View, turn: Turn, code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The statements with this code in the period before a shift and in the one after it."""
    sides: list[tuple[str, ...]] = [(), ()]
    for place, period in enumerate(view.brief.periods):
        if period.start == turn.shift.date and place > 0:
            sides = [view.coded(view.members[place - 1], code), view.coded(view.members[place], code)]
    return sides[0], sides[1]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sayso.brief"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda value: _format.clean(value) if type(value) is str else value,
    )
    environment.filters.update(
        day=_format.day,
        date=_format.date_text,
        percent=_format.percent,
        probability=probability,
        depth=_format.depth_text,
        line=lambda text, limit=0: _format.one_line(_format.clean(text), limit),
        web=_format.web_address,
        count=_format.number,
        signed=_format.signed,
    )
    environment.globals["stretch"], environment.globals["said"] = _format.stretch, _format.said
    return environment


@cache
def _style() -> str:
    folder = resources.files("sayso.brief")
    faces = []
    for family, style, weight, name in _FONTS:
        data = base64.b64encode((folder / "fonts" / name).read_bytes()).decode("ascii")
        faces.append(
            f'@font-face{{font-family:"{family}";font-style:{style};font-weight:{weight};'
            f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
        )
    return (folder / "templates" / "page.css").read_text(encoding="utf-8") + "\n".join(faces)
