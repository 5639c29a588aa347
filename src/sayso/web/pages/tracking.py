"""Lines and briefs: how an actor's line on a topic ran, and the report of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from markupsafe import Markup

from sayso.desk import views
from sayso.desk.views import printing
from sayso.errors import UsageError
from sayso.web._memory import Memory
from sayso.web._render import Content, html, page
from sayso.web._safety import BRIEF_CSP
from sayso.web.pages._desk import Text, TheDesk

router = APIRouter()
KEPT = 32  # lines and briefs that are kept in memory
FORMS: dict[str, tuple[Any, str]] = {
    "pdf": (printing.pdf, "application/pdf"),
    "docx": (printing.docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "md": (printing.markdown, "text/markdown; charset=utf-8"),
}
Without = Annotated[list[str], Query(max_length=20, description="outlets to leave out")]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line's content and its chart: as a specification, and drawn for both themes."""

    content: Content
    spec: dict[str, Any] | None
    light: Markup
    dark: Markup


@page(router, "/lines", "lines.html")
def lines(desk: TheDesk) -> Content:
    """Every actor × topic with statements, and the shifts of the last run."""
    return views.lines(desk)


def drawn(
    request: Request,
    desk: TheDesk,
    actor: str,
    topic: str,
    codes: Text = "",
    since: Text = "",
    until: Text = "",
    without: Without = [],  # noqa: B006 (FastAPI copies defaults)
) -> Drawn:
    """The line that the address asks for."""
    left_out = tuple(each for each in without if each)

    def make() -> Drawn:
        content, light, dark = views.line(
            desk,
            actor,
            topic,
            family=codes,
            since=views.day_of("since", since),
            until=views.day_of("until", until, last=True),
            without=left_out,
        )
        return Drawn(content, light, _inline(light, "l-"), _inline(dark, "d-"))

    return kept(request).get(("line", actor, topic, codes, since, until, left_out), make)


TheLine = Annotated[Drawn, Depends(drawn)]


@router.get("/lines/{actor}/{topic}.json", tags=["pages"], response_class=JSONResponse, operation_id="line")
def line_json(found: TheLine) -> Response:
    """One actor's line on one topic: periods, shifts, what carries them, every statement, the chart as Vega-Lite."""
    return JSONResponse(found.content | {"chart": found.spec})


@router.get("/lines/{actor}/{topic}", include_in_schema=False)
def line(request: Request, found: TheLine) -> Response:
    """The same as a page."""
    return html(request, "line.html", found.content | {"light": found.light, "dark": found.dark})


def printed(request: Request, desk: TheDesk, actor: str, topic: str, codes: Text = "") -> printing.Brief:
    """The brief that the address asks for. It is made anew when the desk has changed."""
    if desk.actors.get(actor) is None:
        raise views.Missing(f"there is no actor {actor}")
    try:
        return kept(request).get(("brief", actor, topic, codes), lambda: desk.brief(actor, topic, family=codes))
    except UsageError as error:
        raise views.Missing(str(error)) from None


TheBrief = Annotated[printing.Brief, Depends(printed)]


@router.get("/briefs/{actor}/{topic}.json", tags=["pages"], response_class=JSONResponse, operation_id="brief")
def brief_json(found: TheBrief) -> Response:
    """What the brief of a line says, as data."""
    return Response(printing.dump(found), media_type="application/json")


@router.get("/briefs/{actor}/{topic}.{form}", tags=["export"], response_class=Response, operation_id="brief_file")
def brief_file(found: TheBrief, actor: str, form: str) -> Response:
    """The brief as a file: pdf, docx or md."""
    if form not in FORMS:
        raise views.Missing("a brief is printed as .pdf, .docx or .md")
    write, media_type = FORMS[form]
    headers = {"content-disposition": f'attachment; filename="brief.{form}"'}
    return Response(write(found), media_type=media_type, headers=headers)


@router.get("/briefs/{actor}/{topic}", include_in_schema=False)
def brief(found: TheBrief) -> Response:
    """The brief as it would be issued today: one page with everything inside."""
    return HTMLResponse(printing.render(found), headers={"content-security-policy": BRIEF_CSP})


def kept(request: Request) -> Memory:
    """What is dear to compute, kept until the desk changes: lines and briefs."""
    state = request.app.state
    if not hasattr(state, "memory"):
        state.memory = Memory(state.desk.store.state, KEPT)
    memory: Memory = state.memory
    return memory


def _inline(spec: dict[str, Any] | None, prefix: str) -> Markup:
    """The chart as an element of the page: without styles in attributes, which the page's policy forbids, and with ids
    apart from those of the other theme's chart."""
    if spec is None:
        return Markup("")
    text = printing.svg({**spec, "background": "transparent"})
    text = text[text.index("<svg") :]
    text = re.sub(r'\sstyle="[^"]*"', "", text)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", text)
    text = re.sub(r' xlink:href="#([^"]+)"', rf' xlink:href="#{prefix}\1"', text)
    return Markup(re.sub(r'<svg([^>]*?) width="[^"]*" height="[^"]*"', r"<svg\1", text, count=1))
