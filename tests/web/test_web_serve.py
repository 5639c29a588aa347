"""`sayso serve` and `sayso accounts` as people start them: a real server, a real kill, a real restart."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from sayso.cli._app import app as program
from sayso.desk import Desk

PASSWORD = "a long enough one"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Desk.create(tmp_path / "desk").close()
    return tmp_path / "desk"


def accounts(folder: Path, *arguments: str, typed: str = "") -> tuple[str, str]:
    result = CliRunner().invoke(program(), ["accounts", *arguments, "--desk", str(folder)], input=typed)
    return result.stdout, str(result.exception or "")


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`sayso serve` on a free port, and its address."""
    command = [sys.executable, "-c", "from sayso.cli import main; main()", "serve", "--port", "0", *options]
    process = subprocess.Popen([*command, "--desk", str(folder)], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr
        told = process.stderr.readline()
        found = re.search(r"https?://\S+:(\d+)", told)
        assert found, told
        address = f"http://127.0.0.1:{found[1]}"
        end = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{address}/login.json")
                break
            except httpx.TransportError:
                assert process.poll() is None and time.monotonic() < end
        yield process, address
    finally:
        process.kill()
        process.wait()


def test_accounts_are_made_changed_listed_and_removed(folder: Path) -> None:
    assert accounts(folder, "add", "Ada", "--role", "admin", typed=PASSWORD + "\n")[1] == ""
    assert accounts(folder, "add", "Bob", typed=PASSWORD + "\n")[1] == ""
    assert "already" in accounts(folder, "add", "ada", typed=PASSWORD + "\n")[1]
    assert "10 to 500" in accounts(folder, "add", "Eve", typed="short\n")[1]
    assert "no role" in accounts(folder, "role", "Bob", "owner")[1]
    assert accounts(folder, "role", "Bob", "coder")[1] == ""
    assert accounts(folder, "password", "Bob", typed=PASSWORD + "!\n")[1] == ""
    listed = [line.split("\t")[:2] for line in accounts(folder, "list")[0].splitlines()]
    assert listed == [["Ada", "admin"], ["Bob", "coder"]]
    assert "last admin" in accounts(folder, "remove", "Ada")[1]
    assert accounts(folder, "remove", "Bob")[1] == accounts(folder, "remove", "Ada")[1] == ""
    with Desk.open(folder) as desk:
        assert [each.action for each in desk.store.accounts.log()][::-1] == [
            *("add account", "add account", "change role", "change password", "remove account", "remove account")
        ]
        with desk.store.reading() as connection:
            kept = repr(connection.exec_driver_sql("SELECT * FROM audit").all())
    assert PASSWORD not in kept


def test_with_accounts_it_opens_to_other_machines_under_its_names_alone(folder: Path) -> None:
    accounts(folder, "add", "Ada", "--role", "admin", typed=PASSWORD + "\n")
    with serving(folder, "--host", "0.0.0.0", "--name", "desk.example") as (_, address):
        named = httpx.get(f"{address}/", headers={"host": "desk.example"})
        assert (named.status_code, named.headers["location"]) == (303, "/login")
        assert httpx.get(f"{address}/", headers={"host": "other.example"}).status_code == 421
        assert "server" not in named.headers


def test_what_a_killed_server_was_doing_is_interrupted_when_it_comes_back(folder: Path) -> None:
    with serving(folder) as (process, address), Desk.open(folder) as desk:
        client = httpx.Client(base_url=address)
        token = client.get("/session.json").json()["token"]
        asked = {"addresses": ["http://192.0.2.1/never-answers"], "run": False}
        key = client.post("/add.json", json=asked, headers={"X-Sayso-Token": token}).json()["id"]
        end = time.monotonic() + 60
        while (job := desk.store.jobs.get(key)) is None or job.state != "running":
            assert time.monotonic() < end
        process.send_signal(signal.SIGKILL)
        process.wait()
    with serving(folder) as (_, address):
        end = time.monotonic() + 60
        while (job := httpx.get(f"{address}/jobs/{key}.json").json())["state"] == "running":
            assert time.monotonic() < end
        assert (job["state"], job["may_retry"]) == ("interrupted", True)
