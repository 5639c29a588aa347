"""A small desk with hostile guests, and the workbench over it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

sys.path.append(str(Path(__file__).parents[1] / "desk"))  # the small engines live with the tests of the desk

from browsing import address, browser, page  # noqa: F401  (fixtures of whoever needs a browser)
from small_engines import ENGINES
from web_items import SETTINGS, write_items

from sayso.desk import Desk
from sayso.web import create_app


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    root = tmp_path_factory.mktemp("web")
    items = root / "items"
    items.mkdir()
    write_items(items)
    Desk.create(root / "desk").close()
    for name, text in SETTINGS.items():
        (root / "desk" / f"{name}.yaml").write_text(text, encoding="utf-8")
    settings = root / "desk" / "sayso.toml"
    settings.write_text(settings.read_text().replace("workers = 2", "workers = 1").replace("fewest = 8", "fewest = 4"))
    with Desk.open(root / "desk") as opened:
        opened.add([str(items)])
        opened.run(engines=ENGINES)
        yield opened


@pytest.fixture(scope="session")
def client(desk: Desk) -> TestClient:
    return TestClient(create_app(desk), base_url="http://127.0.0.1:8350", raise_server_exceptions=False)
