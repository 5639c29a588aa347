"""Stores for tests, each on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postgres_server import Server
from sayso.store import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_place(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Path | str]:
    """Gives a place for another store on the engine of this test."""
    numbers = iter(range(1000))
    if engine_name == "sqlite":
        return lambda: tmp_path / f"desk-{next(numbers)}.sqlite"
    server: Server = request.getfixturevalue("postgresql")
    return server.migrated


@pytest.fixture
def store(new_place: Callable[[], Path | str]) -> Iterator[Store]:
    made = Store(new_place())
    yield made
    made.close()
