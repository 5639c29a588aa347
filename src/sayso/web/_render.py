"""From content to an answer: the page in HTML, its twin in JSON, and the pages for what went wrong.

Every word that comes from outside is escaped by the template engine, and cleaned of control characters and of controls
that turn the direction of writing (see `wording.clean`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

import sayso
from sayso.desk.views import wording
from sayso.web import _address
from sayso.web._blind import cleaned
from sayso.web._marks import Paragraph, paragraphs
from sayso.web._nav import navigation
from sayso.web._people import doors, needs, visit_of
from sayso.web._shapes import SHAPES
from sayso.web._strip import strip

Content = dict[str, Any]
_RTL = frozenset(("ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "ku"))


def page(
    router: APIRouter, path: str, template: str, *, role: str = "reader", tags: list[str] | None = None
) -> Callable[[Any], Any]:
    """Registers a function that gives a page's content under its address and, with `.json` added, as JSON.

    People with a lesser role than `role` get neither.
    """

    def register(view: Callable[..., Content]) -> Callable[..., Content]:
        def as_json(request: Request, content: Content = Depends(view)) -> Response:
            return JSONResponse(cleaned(request, content))

        def as_html(request: Request, content: Content = Depends(view)) -> Response:
            return html(request, template, cleaned(request, content))

        words = (view.__doc__ or "").strip()
        router.add_api_route(
            "/.json" if path == "/" else f"{path}.json",
            as_json,
            methods=["GET"],
            name=f"{view.__name__}_json",
            operation_id=view.__name__,
            summary=words.splitlines()[0] if words else view.__name__,
            response_class=JSONResponse,
            response_model=SHAPES.get(path, Content),
            tags=list(tags or ["pages"]),
            dependencies=[Depends(needs(role))],
        )
        router.add_api_route(
            path,
            as_html,
            methods=["GET"],
            name=view.__name__,
            include_in_schema=False,
            dependencies=[Depends(needs(role))],
        )
        return view

    return register


def html(request: Request, template: str, content: Content, status: int = 200) -> HTMLResponse:
    """The page that a template makes of the content."""
    desk, visit = request.app.state.desk, visit_of(request)
    text = (
        environment()
        .get_template(template)
        .render(
            content,
            content=content,
            desk_name=desk.name,
            here=request.url.path,
            twin=_address.twin(request.url.path, request.url.query),
            query_string=request.url.query,
            user=visit.person,
            token=doors(request).token(visit),
            navigation=navigation(visit.person, request.url.path),
            may=lambda role: visit.person is not None and visit.person.may(role),
        )
    )
    return HTMLResponse(text, status)


def back_from_brief(page: str, *ways: tuple[str, str]) -> str:
    """A brief's page with ways (address, label) back into the workbench above it; print leaves them out."""
    links = Markup("").join(Markup('<li><a href="{}">{}</a></li>').format(address, label) for address, label in ways)
    bar = Markup('<nav class="contents" aria-label="Workbench"><ol>{}</ol></nav>').format(links)
    return page.replace("<body>", f"<body>\n{bar}", 1)


def wants_json(request: Request) -> bool:
    """Whether the address is that of a JSON twin or of an export."""
    return request.url.path.endswith((".json", ".jsonl", ".csv"))


def failed(request: Request, status: int, title: str, why: str) -> Response:
    """What a person or program gets instead of a page."""
    if wants_json(request):
        return JSONResponse({"error": wording.clean(why)}, status)
    return html(request, "error.html", {"title": title, "why": why, "status": status}, status)


@cache
def environment() -> Environment:
    """The templates, with escaping and cleaning always on."""
    made = Environment(
        loader=PackageLoader("sayso.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda value: wording.clean(value) if type(value) is str else value,
    )
    made.filters.update(
        line=lambda text, limit=0: wording.one_line(wording.clean(text), limit),
        percent=wording.percent,
        points=_points,
        probability=wording.probability,
        depth=wording.depth_text,
        count=wording.number,
        web=wording.web_address,
        day=lambda value: wording.day(_date(value)) if value else "",
        short_day=lambda value: _short(_date(value)) if value else "",
        date=_date_text,
        size=_size,
        direction=lambda language: "rtl" if language in _RTL else "auto",
        month=lambda value: f"{_date(value + '-01'):%b}",
        clock=_clock,
        dumps=lambda value: json.dumps(value, ensure_ascii=True, sort_keys=True),
    )
    made.globals.update(
        to=_address.to,
        line_address=_address.line,
        brief_address=_address.brief,
        search_address=_address.search,
        with_query=_address.with_query,
        paragraphs=paragraphs,
        marked=marked,
        strip_of=strip,
        stretch=lambda start, end: wording.stretch(_date(start), _date(end)),
        said=wording.said,
        sayso_version=sayso.__version__,
        bar=bar,
    )
    return made


def marked(paragraph: Paragraph) -> Markup:
    """A paragraph's runs, each with its marks."""
    out = []
    for run in paragraph.runs:
        words = str(escape(wording.clean(run.text)))
        if run.plain and not run.boilerplate:
            out.append(words)
        else:
            names = f"{run.classes} grey" if run.boilerplate else run.classes
            of = f' data-s="{" ".join(map(str, run.numbers))}"' if run.numbers else ""
            out.append(f'<span class="{names.strip()}"{of}>{words}</span>')
    return Markup("".join(out))


def bar(share: float, kind: str = "") -> Markup:
    """A share as a bar; drawn, because the page's policy allows no style in elements."""
    width = f"{max(0.0, min(1.0, share)) * 100:.1f}"
    return Markup(
        '<svg class="bar {}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="8"/><rect class="part" width="{}" height="8"/></svg>'
    ).format(kind, width)


def _points(change: float) -> str:
    """A change of a share in points of a hundred, with its sign; none for what rounds to nothing."""
    whole = round(change * 100)
    return f"{whole:+}".replace("-", "−") if whole else "0"


def _date(value: str | dt.date) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value[:10])


def _short(day: dt.date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def _date_text(date: Content | None) -> str:
    """A date of the contract in words, as far as it is known."""
    if not date:
        return "undated"
    start, end = _date(date["start"]), _date(date["end"])
    if date["granularity"] == "day":
        return _short(start)
    if date["granularity"] == "month":
        return f"{start:%b} {start.year}"
    if date["granularity"] == "year":
        return str(start.year)
    if date["granularity"] == "week":
        return f"week of {_short(start)}"
    return wording.stretch(start, end)


def _size(size: int) -> str:
    amount = float(size)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return (
        f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}" if whole >= 3600 else f"{whole // 60}:{whole % 60:02}"
    )
