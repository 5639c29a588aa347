"""Overview, documents, reader, search and its export."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse

from sayso.desk import views
from sayso.web._blind import open_eyes
from sayso.web._render import Content, page
from sayso.web.pages._desk import Offset, Text, TheDesk

router = APIRouter()
Part = Annotated[
    int, Query(ge=0, le=1_000_000, description="which part of a long document; 0: that of `s`, or the first")
]


@page(router, "/", "overview.html")
def overview(desk: TheDesk) -> Content:
    """What came in, what changed, and what was left out and why."""
    return views.overview(desk)


@page(router, "/documents", "documents.html")
def documents(desk: TheDesk, q: Text = "", outlet: Text = "", language: Text = "", offset: Offset = 0) -> Content:
    """The desk's documents, the newest first; `q` for words in their text."""
    return views.documents(desk, words=q, outlet=outlet, language=language, offset=offset)


@page(router, "/documents/{key}", "reader.html")
def document(desk: TheDesk, key: str, beside: Text = "", part: Part = 0, s: Text = "") -> Content:
    """One document with its text and everything that was found in it; `beside` names what stands beside it.

    A long document comes in parts: `part` says which (1, 2 …), or `s` the statement that it should hold."""
    return views.document(desk, key, beside=beside, part=part, statement=s)


def asked(
    desk: TheDesk,
    q: Text = "",
    actor: Text = "",
    outlet: Text = "",
    medium: Text = "",
    topic: Text = "",
    code: Text = "",
    depth: Text = "",
    language: Text = "",
    kind: Text = "",
    made: Text = "",
    by: Text = "",
    stage: Text = "",
    since: Text = "",
    until: Text = "",
    order: Text = "",
    item: Text = "",
) -> views.Search:
    """The search that the address asks for."""
    return views.search_of(
        desk, words=q, actor=actor, outlet=outlet, medium=medium, topic=topic, code=code, depth=depth,
        language=language, kind=kind, made=made, by=by, stage=stage, since=since, until=until, order=order, item=item,
    )  # fmt: skip


Asked = Annotated[views.Search, Depends(asked)]


@page(router, "/search", "search.html")
def search(desk: TheDesk, found: Asked, actor: Text = "", offset: Offset = 0) -> Content:
    """Statements by words and facets, with the number of statements behind each facet's values."""
    return views.search(desk, found, actor=actor, offset=offset)


@router.get(
    "/search.csv",
    tags=["export"],
    response_class=StreamingResponse,
    operation_id="search_csv",
    dependencies=[Depends(open_eyes)],
)
def search_csv(desk: TheDesk, found: Asked) -> Response:
    """Every statement that the query finds, as CSV."""
    return _download(_csv(desk, found), "text/csv; charset=utf-8", "statements.csv")


@router.get(
    "/search.jsonl",
    tags=["export"],
    response_class=StreamingResponse,
    operation_id="search_jsonl",
    dependencies=[Depends(open_eyes)],
)
def search_jsonl(desk: TheDesk, found: Asked) -> Response:
    """Every statement that the query finds, one JSON object a line, as `sayso statements --format jsonl` prints it."""
    lines = (json.dumps(each, ensure_ascii=False) + "\n" for each in views.exported(desk, found))
    return _download(lines, "application/x-ndjson; charset=utf-8", "statements.jsonl")


def _csv(desk: TheDesk, found: views.Search) -> Iterator[str]:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for row in views.export_rows(views.exported(desk, found)):
        writer.writerow(row)
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _download(parts: Iterator[str], media_type: str, name: str) -> Response:
    return StreamingResponse(
        parts, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'}
    )
