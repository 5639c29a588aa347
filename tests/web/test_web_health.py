"""What watches over the workbench: health, figures, and the log as JSON lines."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from postgres_server import Server
from sayso.desk import Desk
from sayso.desk.accounts import add_account
from sayso.desk.workers import Workers
from sayso.web import create_app
from sayso.web.pages.health import Traffic

LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"{}\n]*"(,[a-z]+="[^"{}\n]*")*\})? -?[0-9.e+-]+')


def test_health_and_figures_of_ones_own_desk(desk: Desk) -> None:
    client = TestClient(create_app(desk), base_url="http://127.0.0.1")
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/nowhere").status_code == 404
    client.get("/actors")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert all(line.startswith(("# HELP ", "# TYPE ")) or LINE.fullmatch(line) for line in lines)
    assert f"sayso_documents {desk.store.documents.count()}" in lines
    assert 'sayso_http_requests_total{method="GET",status="200"} 2' in lines
    assert 'sayso_http_requests_total{method="GET",status="404"} 1' in lines
    assert 'sayso_http_request_seconds_bucket{le="+Inf"} 3' in lines
    assert not any(word in answer.text for word in ("Harbour", "union", "report", str(desk.folder)))


def test_figures_that_take_long_are_counted_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("sayso.web.pages.health.time.monotonic", lambda: now[0])
    counted: list[float] = []

    def count() -> list[str]:
        now[0] += 5  # seconds that it takes
        counted.append(now[0])
        return [f"figure {len(counted)}"]

    traffic = Traffic()
    assert traffic.figures(count) == ["figure 1"]
    for _ in range(9):
        now[0] += 10
        assert traffic.figures(count) == ["figure 1"]
    now[0] += 10
    assert traffic.figures(count) == ["figure 2"]


def test_strangers_get_health_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAYSO_METRICS_TOKEN", raising=False)
    with Desk.create(tmp_path / "desk") as desk:
        add_account(desk, "Ada", "admin", "a password that is long")
        client = TestClient(create_app(desk, local=False, hosts=["desk.example"]), base_url="http://desk.example")
        assert client.get("/healthz").status_code == 200
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 401
        monkeypatch.setenv("SAYSO_METRICS_TOKEN", "s3cret")
        assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/metrics", headers={"authorization": "Bearer s3cret"}).status_code == 200


def test_a_store_that_does_not_answer_is_no_health(tmp_path: Path) -> None:
    with Desk.create(tmp_path / "desk") as desk:
        client = TestClient(create_app(desk), base_url="http://127.0.0.1")
        with desk.store.transaction() as connection:
            connection.exec_driver_sql("ALTER TABLE state RENAME TO away")
        assert client.get("/healthz").status_code == 503


def test_a_server_that_is_away_is_told_and_comes_back(
    tmp_path: Path, postgresql: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SAYSO_METRICS_TOKEN", "s3cret")
    place = postgresql.migrated()
    Desk.create(tmp_path / "desk").close()
    settings = tmp_path / "desk" / "sayso.toml"
    settings.write_text(settings.read_text().replace('store = ""', f'store = "{place}"'))
    token = {"authorization": "Bearer s3cret"}
    with Desk.open(tmp_path / "desk") as desk, TestClient(create_app(desk), base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").json()["status"] == "ok"
        assert "sayso_store_up 1" in client.get("/metrics", headers=token).text.splitlines()
        with postgresql.away(place):
            answer = client.get("/healthz")
            assert (answer.status_code, answer.json()) == (503, {"status": "the store does not answer"})
            figures = client.get("/metrics", headers=token)
            lines = figures.text.splitlines()
            assert (figures.status_code, figures.headers["cache-control"]) == (200, "no-store")
            assert "sayso_store_up 0" in lines and not any(line.startswith("sayso_documents") for line in lines)
            assert 'sayso_http_requests_total{method="GET",status="503"} 1' in lines
            page = client.get("/actors")
            assert (page.status_code, page.headers["retry-after"]) == (503, "5") and "Try again" in page.text
        assert client.get("/healthz").status_code == 200
        assert client.get("/actors").status_code == 200


def test_jobs_of_a_store_that_is_away_are_two_lines_in_the_log(
    tmp_path: Path, postgresql: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for pause in ("TICK", "AWAY"):
        monkeypatch.setattr(f"sayso.desk.workers.{pause}", 0.001)
    place = postgresql.migrated()
    Desk.create(tmp_path / "desk").close()
    settings = tmp_path / "desk" / "sayso.toml"
    settings.write_text(settings.read_text().replace('store = ""', f'store = "{place}"'))
    looks: list[str] = []

    def told() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == "sayso.jobs"]

    with Desk.open(tmp_path / "desk") as desk:
        waiting = desk.store.jobs.waiting
        monkeypatch.setattr(desk.store.jobs, "waiting", lambda kinds: (looks.append(""), waiting(kinds))[1])
        workers = Workers(desk)
        workers.start()
        with postgresql.away(place):
            while not told() or len(looks) < 20:
                os.sched_yield()
        while len(told()) < 2:
            os.sched_yield()
        workers.stop()
    assert told()[0].startswith("the jobs cannot be looked at: postgresql://")
    assert told()[-1] == "the jobs can be looked at again"
    assert all(record.exc_info is None for record in caplog.records)


def test_log_lines_and_a_graceful_stop(tmp_path: Path) -> None:
    Desk.create(tmp_path / "desk").close()
    command = [sys.executable, "-c", "from sayso.cli import main; main()", "serve", "--port", "0", "--log", "json"]
    command += ["--desk", str(tmp_path / "desk")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process, ExitStack() as stack:
        stack.callback(process.kill)
        assert process.stderr
        first = process.stderr.readline()
        address = re.search(r"http://\S+", first)
        assert address
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{address.group()}/actors?q=secret-words", timeout=10) as answer:
                    assert answer.status == 200
                break
            except urllib.error.URLError as error:
                assert not isinstance(error, urllib.error.HTTPError), error
                os.sched_yield()
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=60)
    assert process.returncode == 0
    lines = [json.loads(line) for line in [first, *rest.splitlines()] if line.strip()]
    (seen,) = [line for line in lines if line["logger"] == "sayso.access"]
    assert (seen["method"], seen["route"], seen["status"]) == ("GET", "/actors", 200)
    assert "secret-words" not in rest
