"""A copy of the small desk with an account of each role, and browsers that are logged in."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from starlette.testclient import TestClient

from sayso.desk import Desk, accounts
from sayso.desk.desk import DATABASE
from sayso.web import create_app

PASSWORD = "a long enough one"
BASE = "http://127.0.0.1:8350"
PEOPLE = {"Rea": "reader", "Cora": "coder", "Cole": "coder", "Edda": "editor", "Egon": "editor", "Ada": "admin"}


def copy_folder(desk: Desk, folder: Path) -> Path:
    """The folder of an open desk again. The database is copied by SQLite itself: whoever opens and closes its file by other
    means lets go of all locks that this process holds on it, and another process then takes the journal away."""
    shutil.copytree(desk.folder, folder, ignore=shutil.ignore_patterns(f"{DATABASE}*"))
    with closing(sqlite3.connect(desk.folder / DATABASE)) as live, closing(sqlite3.connect(folder / DATABASE)) as copy:
        live.backup(copy)
    return folder


def copy_of(desk: Desk, folder: Path) -> Desk:
    """The desk again, in another folder, with people."""
    opened = Desk.open(copy_folder(desk, folder))
    hashed = accounts._hash(PASSWORD)
    for name, role in PEOPLE.items():
        opened.store.accounts.add(name, role, hashed)
    return opened


class Browser:
    """Somebody at the workbench."""

    def __init__(self, app: object, name: str) -> None:
        self.client = TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)  # type: ignore[arg-type]
        token = self.client.get("/login.json").json()["token"]
        asked = {"name": name, "password": PASSWORD}
        self.token = self.client.post("/login.json", json=asked, headers={"X-Sayso-Token": token}).json()["token"]

    def get(self, address: str) -> object:
        return self.client.get(address)

    def page(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.text[:300])
        return answer.text

    def json(self, address: str) -> dict:  # type: ignore[type-arg]
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.text[:300])
        return answer.json()

    def status(self, address: str) -> int:
        return self.client.get(address).status_code

    def send(self, address: str, **asked: object):  # type: ignore[no-untyped-def]
        """The form at this address, sent."""
        return self.client.post(address, data={"token": self.token, **asked})

    def post(self, address: str, **asked: object):  # type: ignore[no-untyped-def]
        """The same as JSON."""
        return self.client.post(f"{address}.json", json=asked, headers={"X-Sayso-Token": self.token})


def team(desk: Desk) -> dict[str, Browser]:
    """A browser for each of the people, at one workbench."""
    app = create_app(desk)
    return {name: Browser(app, name) for name in PEOPLE}


def hidden(page: str, name: str) -> list[str]:
    """The values of a form's hidden fields of this name."""
    return re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
