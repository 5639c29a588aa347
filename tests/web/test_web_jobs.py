"""Jobs: what people start in the workbench and how it ends, whatever happens meanwhile; saved searches; taking items in."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from sayso.desk import Desk, accounts, jobs, uploads
from sayso.desk._job_child import work_at
from sayso.desk.workers import Workers
from sayso.errors import SaysoError, UsageError
from sayso.web import create_app

BASE = "http://127.0.0.1:8350"
PASSWORD = "a long enough one"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Desk]:
    Desk.create(tmp_path / "desk").close()
    with Desk.open(tmp_path / "desk") as opened:
        yield opened


def post(client: TestClient, address: str, **asked: Any) -> Any:
    token = client.get("/session.json").json()["token"]
    return client.post(f"{address}.json", json=asked, headers={"X-Sayso-Token": token})


def until(holds: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found


def here(client: TestClient, desk: Desk, answer: Any) -> Any:
    """The job that was asked for, carried out in this very process."""
    key = answer.json()["id"]
    assert desk.store.jobs.start(key)
    work_at(desk, key)
    return client.get(f"/jobs/{key}.json").json()


def over(client: TestClient, key: int) -> Any:
    """The job once it is over."""

    def ended() -> Any:
        job = client.get(f"/jobs/{key}.json").json()
        return job if job["state"] not in ("waiting", "running") else None

    return until(ended)


# --- exports ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_an_export_is_exactly_what_the_search_shows(client: TestClient, desk: Desk, form: str) -> None:
    query = "actor=union&q=expelled&order=newest"
    shown = [each["id"] for each in client.get(f"/search.json?{query}").json()["statements"]]
    job = here(client, desk, post(client, "/jobs/export", query=query, form=form))
    assert job["state"] == "done" and job["outcome"] == f"{len(shown)} statements"
    answer = client.get(f"/jobs/{job['id']}/file")
    assert answer.headers["content-disposition"].startswith("attachment")
    if form == "csv":
        ids = [row["id"] for row in csv.DictReader(io.StringIO(answer.text))]
    elif form == "jsonl":
        ids = [json.loads(line)["id"] for line in answer.text.splitlines()]
    else:
        sheet = zipfile.ZipFile(io.BytesIO(answer.content)).read("xl/worksheets/sheet1.xml")
        rows = ElementTree.fromstring(sheet).iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}row")
        ids = ["".join(row[0].itertext()) for row in rows][1:]
    assert ids == shown != []


def test_an_export_of_what_cannot_be_asked_is_refused_at_once(client: TestClient) -> None:
    before = client.get("/jobs.json").json()["page"]["total"]
    assert post(client, "/jobs/export", query="since=yesterday").status_code == 400
    assert post(client, "/jobs/export", form="exe").status_code == 400
    assert client.get("/jobs.json").json()["page"]["total"] == before


# --- the other kinds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["md", "html", "docx"])
def test_a_brief_is_printed(client: TestClient, desk: Desk, form: str) -> None:
    job = here(client, desk, post(client, "/jobs/brief", actor="union", topic="leavers", form=form, mask=True))
    assert job["state"] == "done" and job["file"]["name"] == f"brief.{form}"
    assert form == "docx" or "Harbour Union" in client.get(f"/jobs/{job['id']}/file").text
    assert post(client, "/jobs/brief", actor="nobody", topic="leavers").status_code == 400


def test_a_backup_holds_the_desk_and_not_what_jobs_wrote(client: TestClient, desk: Desk) -> None:
    job = here(client, desk, post(client, "/jobs", kind="backup"))
    names = zipfile.ZipFile(io.BytesIO(client.get(f"/jobs/{job['id']}/file").content)).namelist()
    assert "sayso.toml" in names and "desk.sqlite" in names and not any(name.startswith("jobs/") for name in names)


def test_verifying_says_that_every_link_holds(desk: Desk) -> None:
    # who works goes with the test: the jobs of the others are carried out `here`, or wait
    with TestClient(create_app(desk, work=True), base_url=BASE) as client:
        job = over(client, post(client, "/jobs", kind="verify").json()["id"])
    assert (job["state"], job["outcome"]) == ("done", "every link of evidence holds")


def test_collecting_needs_feeds(client: TestClient) -> None:
    answer = post(client, "/jobs", kind="collect")
    assert answer.status_code == 400 and "no feeds" in answer.json()["error"]


def test_an_upload_is_archived_and_read_and_shown_where_it_came_in(empty: Desk) -> None:
    with TestClient(create_app(empty, work=True), base_url=BASE, follow_redirects=False) as client:
        token = client.get("/session.json").json()["token"]
        text = b"The harbour master said that the bridge will stay closed until spring.\n" * 3
        name = "../../<img src=x onerror=alert(1)>\u202efdp.txt"
        answer = client.post("/add", data={"token": token, "run": "true"}, files={"files": (name, text, "text/plain")})
        job = over(client, int(answer.headers["location"].rsplit("/", 1)[1]))
        assert job["state"] == "done" and job["outcome"].startswith("1 new")
        document = client.get("/documents.json").json()["documents"][0]
        assert document["path"].endswith("/img src=x onerror=alert(1)fdp.txt")
        assert "<img" not in client.get("/documents").text + client.get(f"/jobs/{job['id']}").text
        assert not list((empty.folder / "jobs" / "uploads").glob("*/*"))


def test_an_address_of_this_machine_is_not_asked(empty: Desk) -> None:
    addresses = ["http://127.0.0.1:1/x", "http://[::1]/x", "http://169.254.169.254/latest", "http://localhost/x"]
    client = TestClient(create_app(empty), base_url=BASE)
    job = here(client, empty, post(client, "/add", addresses=addresses, run=False))
    assert job["state"] == "failed" and job["outcome"] == "0 new, 0 unchanged, 4 refused"
    assert len([line for line in job["log"] if "refused" in line["text"]]) == 4
    assert empty.store.captures.contents() == []


@pytest.mark.parametrize(
    "address", ["/etc/passwd", "file:///etc/passwd", "ftp://x.example/", "gopher://x", "sayso.toml"]
)
def test_only_web_addresses_are_added(client: TestClient, address: str) -> None:
    answer = post(client, "/add", addresses=[address])
    assert answer.status_code == 400 and "no web address" in answer.json()["error"]


# --- uploads ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "data", "why"), [
    ("page.html", b"\x7fELF\x02\x01\x01" + b"\0" * 60, "a program"),
    ("notes.txt", b"MZ\x90\x00\x03" + b"\0" * 60, "a program"),
    ("pages.warc.gz", b"<html><script>", "something else"),
    ("pages.wacz", b"\x1f\x8b\x08", "something else"),
    ("list.csv", b"url\0", "no text"),
    ("x.txt", b"a\0b\0c", "no text"),
    ("x.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9, "old Office"),
    ("nothing.txt", b"", "empty"),
])  # fmt: skip
def test_what_an_upload_is_tells_its_content_not_its_name(empty: Desk, name: str, data: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        uploads.take(empty, name, io.BytesIO(data))
    assert not [path for path in empty.folder.glob("jobs/uploads/*") if path.is_file()]


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd", "passwd"), ("C:\\Users\\x\\report.pdf", "report.pdf"), ("..", "upload"), ("", "upload"),
    (".bashrc", "bashrc"), ("a\u202efdp.exe", "afdp.exe"), ("a\nb\x1b[31m.txt", "ab[31m.txt"),
    ("x" * 500 + ".warc.gz", "x" * 112 + ".warc.gz"), ("-rf", "rf"), ("<b>.html", "b.html"),
])  # fmt: skip
def test_names_of_uploads_are_made_harmless(name: str, kept: str) -> None:
    assert uploads.harmless(name) == kept


def test_a_refused_upload_is_told_with_its_name_as_words(client: TestClient) -> None:
    token = client.get("/session.json").json()["token"]
    files = {"files": ("<script>x.html", b"\x7fELF\0\0", "text/html")}
    answer = client.post("/add", data={"token": token}, files=files)
    assert answer.status_code == 400 and "a program, not a text" in answer.text
    assert "<script>x" not in answer.text


def test_an_upload_larger_than_all_may_be_is_cut_off(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token = client.get("/session.json").json()["token"]
    length = {"content-length": str(uploads.MOST + 1), "content-type": "multipart/form-data; boundary=x"}
    assert client.post("/add", content=b"", headers=length | {"X-Sayso-Token": token}).status_code == 413


# --- cancelling, failing, restarting ----------------------------------------------------------------------------


def test_a_job_that_waits_is_cancelled_at_once_and_can_be_tried_again(desk: Desk) -> None:
    client = TestClient(create_app(desk), base_url=BASE)  # nobody works here
    key = post(client, "/jobs/export", query="q=cancelled").json()["id"]
    assert post(client, f"/jobs/{key}/cancel").status_code == 200
    assert client.get(f"/jobs/{key}.json").json()["state"] == "cancelled"
    again = post(client, f"/jobs/{key}/retry").json()["id"]
    job = client.get(f"/jobs/{again}.json").json()
    assert (job["retry_of"], job["state"], job["about"]) == (key, "waiting", "csv: words=cancelled")
    assert post(client, f"/jobs/{again}/retry").status_code == 400
    assert post(client, f"/jobs/{again}/cancel").status_code == 200


def test_a_job_that_runs_stops_at_its_next_step_when_asked_to(desk: Desk) -> None:
    key = jobs.ask(desk, accounts.local_person(desk), "verify", {})
    working = jobs.Working(desk, key)
    assert desk.store.jobs.start(key)
    with pytest.raises(jobs.Cancelled), working.stage("Evidence", 10) as advance:
        desk.store.jobs.ask_to_stop(key)
        until(lambda: advance(1))
    desk.store.jobs.finish(key, "cancelled", "")


def test_a_long_export_is_cancelled_while_it_runs_and_leaves_nothing(empty: Desk) -> None:
    workers = Workers(empty)
    key = empty.store.jobs.add("add", {"addresses": ["http://192.0.2.1/never-answers"], "uploads": []}, "x")
    workers.start()
    try:
        until(lambda: empty.store.jobs.get(key).state == "running")  # type: ignore[union-attr]
        empty.store.jobs.ask_to_stop(key)
        workers._lanes[0].cancelled_at = 1.0  # as if it had been asked long ago
        until(lambda: empty.store.jobs.get(key).state in ("cancelled", "failed"))  # type: ignore[union-attr]
    finally:
        workers.stop()
    assert empty.store.jobs.get(key).state == "cancelled"  # type: ignore[union-attr]


def test_a_job_whose_process_is_killed_has_failed(empty: Desk) -> None:
    workers = Workers(empty)
    key = empty.store.jobs.add("add", {"addresses": ["http://192.0.2.1/never-answers"], "uploads": []}, "x")
    workers.start()
    try:
        process = until(lambda: workers._lanes[0].process)
        os.kill(process.pid, signal.SIGKILL)
        until(lambda: empty.store.jobs.get(key).state == "failed")  # type: ignore[union-attr]
    finally:
        workers.stop()
    assert "ended without a word" in empty.store.jobs.get(key).outcome  # type: ignore[union-attr]


def test_what_ran_when_the_server_stopped_is_interrupted_and_can_be_tried_again(empty: Desk) -> None:
    workers = Workers(empty)
    key = empty.store.jobs.add("add", {"addresses": ["http://192.0.2.1/never-answers"], "uploads": []}, "x")
    workers.start()
    process = until(lambda: workers._lanes[0].process)
    workers.stop()
    assert process.poll() is not None
    client = TestClient(create_app(empty), base_url=BASE)
    job = client.get(f"/jobs/{key}.json").json()
    assert job["state"] == "interrupted" and job["may_retry"]


def test_what_a_killed_server_left_running_is_interrupted_by_the_next_one(empty: Desk) -> None:
    key = empty.store.jobs.add("verify", {}, "x")
    assert empty.store.jobs.start(key)
    workers = Workers(empty)
    workers.start()
    until(lambda: empty.store.jobs.get(key).state == "interrupted")  # type: ignore[union-attr]
    second = Workers(empty)
    second.start()
    assert workers.at_work and not second.at_work
    second.stop()
    workers.stop()


def test_a_job_that_is_over_is_removed_with_its_file(empty: Desk) -> None:
    client = TestClient(create_app(empty), base_url=BASE, follow_redirects=False)  # where nobody else works
    answer = post(client, "/jobs/export", query="q=crossing")
    assert post(client, f"/jobs/{answer.json()['id']}/remove").status_code == 400  # it still waits
    job = here(client, empty, answer)
    assert (empty.folder / "jobs" / str(job["id"])).exists()
    assert post(client, f"/jobs/{job['id']}/remove").status_code == 200
    assert client.get(f"/jobs/{job['id']}").status_code == 404
    assert not (empty.folder / "jobs" / str(job["id"])).exists()


@pytest.mark.parametrize(("upload", "why"), [
    ("0123/gone.txt", "no longer there, since they were taken in before: gone.txt"),
    ("../../sayso.toml", "an upload lies elsewhere"), ("/etc/passwd", "an upload lies elsewhere"),
])  # fmt: skip
def test_a_job_that_cannot_be_done_says_why(empty: Desk, upload: str, why: str) -> None:
    key = empty.store.jobs.add("add", {"uploads": [upload], "addresses": []}, "x")
    assert empty.store.jobs.start(key)
    work_at(empty, key)
    job = empty.store.jobs.get(key)
    assert job and (job.state, job.outcome) == ("failed", why)


@pytest.mark.parametrize("file", ["../sayso.toml", "/etc/passwd", "..", "", "1/../../desk.sqlite"])
def test_no_jobs_file_lies_outside_the_folder_of_jobs(client: TestClient, desk: Desk, file: str) -> None:
    key = desk.store.jobs.add("export", {"search": {}, "form": "csv"}, "x")
    desk.store.jobs.finish(key, "done", "", file)
    assert client.get(f"/jobs/{key}/file").status_code == 404


# --- who may what -----------------------------------------------------------------------------------------------


def test_roles_decide_who_starts_cancels_and_fetches_what(empty: Desk) -> None:
    hashed = accounts._hash(PASSWORD)
    clients = {}
    for role in accounts.ROLES:
        empty.store.accounts.add(role, role, hashed)
        clients[role] = client = TestClient(create_app(empty), base_url=BASE, follow_redirects=False)
        token = client.get("/login.json").json()["token"]
        asked = {"name": role, "password": PASSWORD}
        assert client.post("/login.json", json=asked, headers={"X-Sayso-Token": token}).status_code == 200
    assert [post(clients[role], "/jobs", kind="run").status_code for role in accounts.ROLES] == [403, 403, 200, 200]
    assert [post(clients[role], "/jobs", kind="backup").status_code for role in accounts.ROLES] == [403, 403, 400, 200]
    assert [clients[role].get("/add").status_code for role in accounts.ROLES] == [403, 403, 200, 200]
    key = post(clients["reader"], "/jobs/export").json()["id"]
    assert post(clients["coder"], f"/jobs/{key}/cancel").status_code == 400
    assert post(clients["editor"], f"/jobs/{key}/cancel").status_code == 200
    backup = empty.store.jobs.add("backup", {}, "admin")
    (empty.folder / "jobs" / str(backup)).mkdir(parents=True)
    (empty.folder / "jobs" / str(backup) / "backup.zip").write_bytes(b"PK")
    empty.store.jobs.finish(backup, "done", "", f"{backup}/backup.zip")
    answers = [clients[role].get(f"/jobs/{backup}/file").status_code for role in accounts.ROLES]
    assert set(answers[:3]) <= {403, 404} and answers[3] == 200


# --- saved searches ---------------------------------------------------------------------------------------------


def test_a_saved_search_finds_the_same_and_counts_what_is_new(client: TestClient, desk: Desk) -> None:
    query = "actor=union&q=%22come+back%22&evil=%3Cscript%3E"
    key = post(client, "/saved", name="<script>alert(1)</script>", query=query).json()["id"]
    (found,) = [each for each in client.get("/saved.json").json()["searches"] if each["id"] == key]
    total = client.get(f"/search.json?{query}").json()["page"]["total"]
    assert (found["statements"], found["new"]) == (total, 0) and found["query"] == {
        "actor": "union",
        "q": '"come back"',
    }
    desk.store.saved_searches.seen(key, total - 2)
    page = client.get("/saved").text
    assert "<script>alert" not in page and ">2</strong>" in page
    assert post(client, f"/saved/{key}/seen").status_code == 200
    assert client.get("/saved.json").json()["searches"][0]["new"] == 0
    assert post(client, f"/saved/{key}/remove").status_code == 200
    assert post(client, f"/saved/{key}/remove").status_code == 404


def test_an_unknown_kind_of_job_is_refused_by_the_desk(desk: Desk) -> None:
    with pytest.raises(SaysoError):
        jobs.ask(desk, accounts.local_person(desk), "format the disk", {})
