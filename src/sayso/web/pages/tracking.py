"""Lines and briefs: how an actor's line on a topic ran, two lines side by side, and the report of one."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from markupsafe import Markup

from sayso.desk import views
from sayso.desk.views import comparing, printing
from sayso.errors import UsageError
from sayso.web import _address
from sayso.web._blind import cleaned, open_eyes, open_family
from sayso.web._memory import Memory
from sayso.web._render import Content, back_from_brief, html, page
from sayso.web._safety import BRIEF_CSP
from sayso.web._shapes import LinePage
from sayso.web.pages._desk import Text, TheDesk

router = APIRouter()
KEPT = 32  # lines and briefs that are kept in memory
FORMS: dict[str, tuple[Any, str]] = {
    "pdf": (printing.pdf, "application/pdf"),
    "docx": (printing.docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "md": (printing.markdown, "text/markdown; charset=utf-8"),
}
_LISTED = re.compile(r"<dd><code>(/[^<\"]*)</code></dd>")
Without = Annotated[list[str], Query(max_length=20, description="outlets to leave out")]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line's content and its chart: as a specification, and drawn for both themes."""

    content: Content
    spec: dict[str, Any] | None
    spec_dark: dict[str, Any] | None
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
        return Drawn(content, light, dark, *_both(light, dark))

    return kept(request).get(("line", actor, topic, codes, since, until, left_out), make)


TheLine = Annotated[Drawn, Depends(drawn)]


@router.get(
    "/lines/{actor}/{topic}.json",
    tags=["pages"],
    response_class=JSONResponse,
    response_model=LinePage,
    operation_id="line",
)
def line_json(request: Request, found: TheLine) -> Response:
    """One actor's line on one topic: periods, shifts, what carries them, every statement, the chart as Vega-Lite."""
    content = cleaned(request, found.content)
    charts = (None, None) if content["hidden"] else (found.spec, found.spec_dark)
    return JSONResponse(content | {"chart": charts[0], "chart_dark": charts[1]})


@router.get("/lines/{actor}/{topic}", include_in_schema=False)
def line(request: Request, desk: TheDesk, found: TheLine) -> Response:
    """The same as a page."""
    threading.Thread(target=_library, daemon=True).start()  # so that it is there when the page's script asks for it
    content = cleaned(request, found.content)
    charts = (Markup(""), Markup("")) if content["hidden"] else (found.light, found.dark)
    shown = {
        "light": charts[0],
        "dark": charts[1],
        "choices": comparing.choices(desk, content["topic"], content["actor"]),
    }
    return html(request, "line.html", content | shown)


@page(router, "/lines/{actor}/{topic}/beside", "beside.html")
def beside(
    request: Request,
    desk: TheDesk,
    actor: str,
    topic: str,
    other: Text = "",
    on: Text = "",
    codes: Text = "",
    since: Text = "",
    until: Text = "",
) -> Content:
    """The line beside another one: of the actor `other`, or on the topic `on`, in the same codes and time."""

    def make() -> tuple[Content, Markup, Markup]:
        content, light, dark = comparing.beside(
            desk,
            (actor, topic),
            (other or actor, on or topic),
            family=codes,
            since=views.day_of("since", since),
            until=views.day_of("until", until, last=True),
        )
        return content | {"chart": light}, *_both(light, dark)

    open_family(request, codes or desk.family(""))
    other = other or (comparing.likely(desk, actor, topic) if not on or on == topic else "")
    asked = ("beside", actor, topic, other, on, codes, since, until)
    content, light, dark = kept(request).get(asked, make)
    return content | {"light": light, "dark": dark, "choices": comparing.choices(desk, topic, actor, other)}


@router.get("/static/vega.js", include_in_schema=False)
def chart_library(request: Request) -> Response:
    """The chart library, as the package that draws our charts carries it; only the line page loads it."""
    data, packed, tag = _library()
    headers = {"etag": tag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="text/javascript", headers={**headers, "content-encoding": "gzip"})
    return Response(data, media_type="text/javascript", headers=headers)


_making = threading.Lock()


def _library() -> tuple[bytes, bytes, str]:
    with _making:
        return _packed()


@cache
def _packed() -> tuple[bytes, bytes, str]:
    data = printing.library()
    return data, gzip.compress(data, 6, mtime=0), f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def printed(request: Request, desk: TheDesk, actor: str, topic: str, codes: Text = "") -> printing.Brief:
    """The brief that the address asks for. It is made anew when the desk has changed."""
    if desk.actors.get(actor) is None:
        raise views.Missing(f"there is no actor {actor}")
    try:
        return kept(request).get(("brief", actor, topic, codes), lambda: desk.brief(actor, topic, family=codes))
    except UsageError as error:
        raise views.Missing(str(error)) from None


TheBrief = Annotated[printing.Brief, Depends(printed)]


@router.get(
    "/briefs/{actor}/{topic}.json",
    tags=["pages"],
    response_class=JSONResponse,
    operation_id="brief",
    dependencies=[Depends(open_eyes)],
)
def brief_json(found: TheBrief) -> Response:
    """What the brief of a line says, as data."""
    return Response(printing.dump(found), media_type="application/json")


@router.get(
    "/briefs/{actor}/{topic}.{form}",
    tags=["export"],
    response_class=Response,
    operation_id="brief_file",
    dependencies=[Depends(open_eyes)],
)
def brief_file(found: TheBrief, actor: str, form: str) -> Response:
    """The brief as a file: pdf, docx or md."""
    if form not in FORMS:
        raise views.Missing("a brief is printed as .pdf, .docx or .md")
    write, media_type = FORMS[form]
    headers = {"content-disposition": f'attachment; filename="brief.{form}"'}
    return Response(write(found), media_type=media_type, headers=headers)


@router.get("/briefs/{actor}/{topic}", include_in_schema=False, dependencies=[Depends(open_eyes)])
def brief(found: TheBrief, actor: str, topic: str, codes: Text = "") -> Response:
    """The brief as it would be issued today: one page with everything inside."""
    # Where the workbench lists what a denominator counts: an address in print, a link here.
    page = _LISTED.sub(r'<dd><a href="\1"><code>\1</code></a></dd>', printing.render(found))
    ways = (_address.line(actor, topic, codes=codes), "← The line"), ("/issued", "Briefs")
    return HTMLResponse(back_from_brief(page, *ways), headers={"content-security-policy": BRIEF_CSP})


def kept(request: Request) -> Memory:
    """What is dear to compute, kept until the desk changes: lines and briefs."""
    state = request.app.state
    if not hasattr(state, "memory"):
        state.memory = Memory(state.desk.store.state, KEPT)
    memory: Memory = state.memory
    return memory


def _both(light: dict[str, Any] | None, dark: dict[str, Any] | None) -> tuple[Markup, Markup]:
    """The chart for the light and the dark theme: drawn once where they differ in nothing but colours."""
    if light is None or dark is None:
        return Markup(""), Markup("")
    drawn = _drawn(light)
    colours = _colours(light, dark)
    if colours is None:
        return _inline(drawn, "l-"), _inline(_drawn(dark), "d-")
    return _inline(drawn, "l-"), _inline(
        _COLOURED.sub(lambda found: colours.get(found[0].lower(), found[0]), drawn), "d-"
    )


_COLOURED = re.compile(r'(?<==")#[0-9a-fA-F]{6}(?=")')
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")


def _colours(light: Any, dark: Any) -> dict[str, str] | None:
    """Each colour of the light specification with the one that stands in its place in the dark one; None where anything
    else differs, or one colour stands for several."""
    found: dict[str, str] = {}
    pairs = [(light, dark)]
    while pairs:
        one, other = pairs.pop()
        if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
            pairs += [(one[key], other[key]) for key in one]
        elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
            pairs += zip(one, other, strict=True)
        elif isinstance(one, str) and isinstance(other, str) and _COLOUR.fullmatch(one) and _COLOUR.fullmatch(other):
            if found.setdefault(one.lower(), other) != other:
                return None
        elif one != other:
            return None
    return found


def _drawn(spec: dict[str, Any]) -> str:
    """The chart as an element of the page: without styles in attributes, which the page's policy forbids."""
    text = printing.artist().svg({**spec, "background": "transparent"})
    text = re.sub(r'\sstyle="[^"]*"', "", text[text.index("<svg") :])
    return re.sub(r'<svg([^>]*?) width="[^"]*" height="[^"]*"', r"<svg\1", text, count=1)


def _inline(drawn: str, prefix: str) -> Markup:
    """A drawing with ids apart from those of the other theme's."""
    drawn = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', drawn)
    drawn = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", drawn)
    return Markup(re.sub(r' xlink:href="#([^"]+)"', rf' xlink:href="#{prefix}\1"', drawn))
