"""Jobs: starting, watching, cancelling and trying them again; taking items in; what jobs wrote, as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, UploadFile
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from pydantic import Field

from sayso.desk import Desk, jobs, uploads, views
from sayso.desk.accounts import Person, audit
from sayso.errors import UsageError
from sayso.store._jobs import Job
from sayso.web._blind import OpenEyes
from sayso.web._forms import Again, Asked, Done, action, writing
from sayso.web._people import TheUser, needs
from sayso.web._render import Content, html, page
from sayso.web._safety import RAW_CSP
from sayso.web._shapes import Acted
from sayso.web.pages._desk import Offset, TheDesk

router = APIRouter()
Key = Annotated[int, Path(ge=1, le=2**53)]
Short = Annotated[str, Field(max_length=300)]
LARGER = {"/add": uploads.MOST}  # addresses that take more bytes than others
ADDRESSES = 200  # that one form may name


class Start(Asked):
    """A job to start."""

    kind: Literal["run", "collect", "verify", "backup"]


class Export(Asked):
    """An export: the search page's query as it stands in its address, and the form."""

    query: Annotated[str, Field(max_length=4000)] = ""
    form: Literal["csv", "jsonl", "xlsx"] = "csv"


class Print(Asked):
    """A brief to print."""

    actor: Annotated[str, Field(min_length=1, max_length=300)]
    topic: Annotated[str, Field(min_length=1, max_length=300)]
    codes: Short = ""
    since: Annotated[str, Field(max_length=10)] = ""
    until: Annotated[str, Field(max_length=10)] = ""
    form: Literal["html", "pdf", "docx", "md"] = "pdf"
    mask: bool = False


class Addresses(Asked):
    """Web addresses to take in, and whether to run the stages afterwards."""

    addresses: Annotated[list[Annotated[str, Field(max_length=4000)]], Field(max_length=ADDRESSES)]
    run: bool = True


@page(router, "/jobs", "jobs.html", tags=["jobs"])
def jobs_(
    request: Request, desk: TheDesk, user: TheUser, state: Annotated[str, Query(max_length=12)] = "", offset: Offset = 0
) -> Content:
    """Everything that runs, waits or has run, the newest first; `state` "open" for what is not over."""
    return {**views.jobs(desk, user, state=state, offset=offset), "at_work": _at_work(request)}


@page(router, "/jobs/{key}", "job.html", tags=["jobs"])
def job(request: Request, desk: TheDesk, user: TheUser, key: Key) -> Content:
    """One job: how far it is, its log, what came of it."""
    return {**views.job(desk, user, key), "at_work": _at_work(request)}


@router.get("/jobs/{key}/file", tags=["jobs"], response_class=FileResponse, operation_id="job_file")
def file(desk: TheDesk, user: TheUser, key: Key, eyes: OpenEyes) -> Response:
    """What the job wrote, as a file to keep."""
    found = desk.store.jobs.get(key)
    path = jobs.file_of(desk, found) if found else None
    if found is None or path is None:
        raise views.Missing(f"job {key} has no file")
    needs_role = jobs.kind_of(found).role
    if not user.may(needs_role):
        raise views.Missing(f"job {key} has no file for you")
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=f"{found.kind}-{found.id}-{path.name}",
        headers={"content-security-policy": RAW_CSP},
    )


@action(router, "/jobs", role="editor", tags=["jobs"])
def start(request: Request, desk: TheDesk, user: TheUser, asked: Start) -> Done | Again:
    """Start a run, collecting, a check of the evidence, or a backup."""
    kind = jobs.KINDS[asked.kind]
    if not user.may(kind.role):
        raise UsageError(f"{kind.title} needs the role {kind.role}")
    if asked.kind == "collect" and not desk.settings.feeds:
        raise UsageError("the desk has no feeds: name them in sayso.toml, in [[feeds]] tables")
    return _asked(request, desk, user, asked.kind, {})


@action(router, "/jobs/export", role="reader", tags=["jobs"])
def export(request: Request, desk: TheDesk, user: TheUser, asked: Export, eyes: OpenEyes) -> Done | Again:
    """Export exactly the statements that a search finds, in the background."""
    search = views.asked_of(asked.query)
    views.search_of(desk, **search)  # what it does not understand is told now
    return _asked(request, desk, user, "export", {"search": search, "form": asked.form})


@action(router, "/jobs/brief", role="reader", tags=["jobs"])
def print_brief(request: Request, desk: TheDesk, user: TheUser, asked: Print) -> Done | Again:
    """Print the brief of a line in the background."""
    desk.actor_ids(asked.actor)
    desk.topic(asked.topic)
    if asked.codes:
        desk.family(asked.codes)
    for name, value in (("since", asked.since), ("until", asked.until)):
        views.day_of(name, value)
    return _asked(request, desk, user, "brief", asked.model_dump())


@action(router, "/jobs/{key}/cancel", role="reader", tags=["jobs"])
def cancel(request: Request, desk: TheDesk, user: TheUser, key: Key) -> Done | Again:
    """Cancel a job: one that waits at once, one that runs at its next step."""
    _may_touch(desk, user, key)
    with writing(desk, user, "cancel job", str(key)):
        desk.store.jobs.ask_to_stop(key)
    _wake(request)
    return Done(f"/jobs/{key}", {"id": key})


@action(router, "/jobs/{key}/retry", role="reader", tags=["jobs"])
def retry(request: Request, desk: TheDesk, user: TheUser, key: Key) -> Done | Again:
    """Try a job again that failed, was cancelled or interrupted."""
    found = _may_touch(desk, user, key)
    if found.state in ("waiting", "running", "done") or found.kind not in jobs.KINDS:
        raise UsageError(f"job {key} is {found.state}; only what failed, was cancelled or interrupted is tried again")
    return _asked(request, desk, user, found.kind, dict(found.asked), retry_of=key)


@action(router, "/jobs/{key}/remove", role="reader", tags=["jobs"])
def remove(desk: TheDesk, user: TheUser, key: Key) -> Done | Again:
    """Forget a job that is over, with its log and its file."""
    found = _may_touch(desk, user, key)
    with writing(desk, user, "remove job", str(key), {"kind": found.kind}):
        jobs.remove(desk, found)
    return Done("/jobs", {"id": key})


@page(router, "/add", "add.html", role="editor", tags=["jobs"])
def add_page(desk: TheDesk) -> Content:
    """The form to take items in: files and web addresses."""
    return _add_content(desk)


@router.post("/add", include_in_schema=False, dependencies=[Depends(needs("editor"))])
def add(
    request: Request,
    desk: TheDesk,
    user: TheUser,
    files: Annotated[Sequence[UploadFile], File()] = (),
    addresses: Annotated[str, Form(max_length=400_000)] = "",
    run: Annotated[bool, Form()] = False,
) -> Response:
    """Take in files and addresses, by the form. What is refused at once is told; nothing is taken in then."""
    errors: dict[str, str] = {}
    wanted: list[str] = []
    try:
        wanted = _checked(addresses.split())
    except UsageError as error:
        errors["addresses"] = str(error)
    kept: list[str] = []
    for each in files:
        if each.filename or each.size:
            try:
                kept.append(uploads.take(desk, each.filename or "upload", each.file))
            except UsageError as error:
                errors["files"] = "; ".join(filter(None, (errors.get("files"), str(error))))
    if not errors and not kept and not wanted:
        errors[""] = "Choose files, or name addresses."
    if errors:
        told = {**_add_content(desk), "errors": errors, "addresses": addresses[:20_000]}
        return html(request, "add.html", told, 400)
    done = _asked(request, desk, user, "add", {"uploads": kept, "addresses": wanted, "run": run})
    return RedirectResponse(done.to, 303)


@router.post(
    "/add.json",
    tags=["jobs"],
    response_class=JSONResponse,
    response_model=Acted,
    operation_id="add",
    dependencies=[Depends(needs("editor"))],
)
def add_json(request: Request, desk: TheDesk, user: TheUser, asked: Addresses) -> Response:
    """Take in what lies at web addresses."""
    wanted = _checked(asked.addresses)
    if not wanted:
        raise UsageError("no address is named")
    done = _asked(request, desk, user, "add", {"uploads": [], "addresses": wanted, "run": asked.run})
    return JSONResponse({**done.content, "at": done.to})


def _add_content(desk: Desk) -> Content:
    return {"most": uploads.MOST, "item": desk.settings.collect.max_bytes, "errors": {}, "addresses": ""}


def _checked(addresses: Sequence[str]) -> list[str]:
    """Web addresses only: never a path of the server's own disk, nor another scheme."""
    wanted = list(dict.fromkeys(each.strip() for each in addresses if each.strip()))
    for each in wanted:
        if not each.lower().startswith(("http://", "https://")) or not each.isprintable() or len(each) > 4000:
            raise UsageError(f"{each[:100]!r} is no web address (https://… or http://…)")
    if len(wanted) > ADDRESSES:
        raise UsageError(f"{len(wanted)} addresses at once; at most {ADDRESSES}")
    return wanted


def _asked(
    request: Request, desk: Desk, user: Person, kind: str, asked: Content, *, retry_of: int | None = None
) -> Done:
    with desk.store.transaction():
        key = jobs.ask(desk, user, kind, asked, retry_of=retry_of)
        audit(desk, user, f"start {kind}", str(key), {"again": retry_of} if retry_of else {})
    _wake(request)
    return Done(f"/jobs/{key}", {"id": key})


def _may_touch(desk: Desk, user: Person, key: int) -> Job:
    found = desk.store.jobs.get(key)
    if found is None:
        raise views.Missing(f"there is no job {key}")
    if not jobs.may_touch(found, user):
        raise UsageError(f"job {key} is {found.person}'s; that needs the role editor, and the one that the job needs")
    return found


def _wake(request: Request) -> None:
    if (workers := request.app.state.workers) is not None:
        workers.wake()


def _at_work(request: Request) -> bool:
    """Whether this server, or another one, works at jobs."""
    return request.app.state.workers is not None
