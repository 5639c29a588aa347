"""A statement down to its bytes: the statement's page, the capture's, the archived page, and the bytes as a file."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from sayso.desk import views
from sayso.web import _archived
from sayso.web._render import Content, page
from sayso.web._safety import RAW_CSP
from sayso.web.pages._desk import TheDesk

router = APIRouter()
SUFFIXES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "text/markdown": ".md",
    "application/pdf": ".pdf", "text/vtt": ".vtt", "application/x-subrip": ".srt", "application/json": ".json",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx", "message/rfc822": ".eml",
    "application/epub+zip": ".epub",
}  # fmt: skip


@page(router, "/statements/{key}", "statement.html")
def statement(desk: TheDesk, key: str) -> Content:
    """One statement: words, speaker, chain, codes, and the evidence down to the capture."""
    return views.statement(desk, key)


@page(router, "/captures/{sha256}", "capture.html")
def capture(desk: TheDesk, sha256: str) -> Content:
    """Captured bytes: where and when they were fetched, where they lie in the archive, what was read from them."""
    return views.capture(desk, sha256)


@router.get("/captures/{sha256}/page", tags=["pages"], response_class=HTMLResponse, operation_id="capture_page")
def archived(desk: TheDesk, sha256: str) -> Response:
    """The archived page to look at, in the sandboxed frame of the capture's page: words and structure, nothing else."""
    text, is_markup, url = views.captured_page(desk, sha256)
    found = (_archived.shown if is_markup else _archived.shown_text)(text, url)
    if found is None:
        raise views.Missing("this page is too large, or too deeply nested, to be shown; download it instead")
    headers = {"content-security-policy": _archived.CSP, "x-frame-options": "SAMEORIGIN"}
    return HTMLResponse(found.encode("utf-8", "replace"), headers=headers)


@router.get("/captures/{sha256}/raw", tags=["export"], response_class=Response, operation_id="capture_raw")
def raw(desk: TheDesk, sha256: str) -> Response:
    """The bytes as they were fetched, as a file to keep: nothing in them is ever shown or run by this server."""
    data, media_type = views.capture_bytes(desk, sha256)
    name = f"capture-{sha256[:16]}{SUFFIXES.get(media_type.partition(';')[0].strip(), '.bin')}"
    return Response(
        data,
        media_type="application/octet-stream",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": RAW_CSP,
            "x-sha256": sha256,
        },
    )
