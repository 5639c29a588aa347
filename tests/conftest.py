"""Shared fixtures: where the measuring data lies, and what happens when it does not."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import settings

from postgres_server import Server

# In CI the same examples every time, so that a change is judged by what it changes; at home new ones in every run. No example
# fails for the time it takes: the machine does other things, too.
settings.register_profile("ci", derandomize=True, database=None, deadline=None)
settings.register_profile("home", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "home")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that hold long tests come first: the suite is over when the last file is, and one file is one process's."""
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in long)


SHARED = Path(os.environ.get("SAYSO_SHARED_DIR", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(scope="session")
def executed_lines() -> Callable[[Callable[[], object]], int]:
    """How many lines of Python a piece of work executes: what it costs, whatever else the machine does."""

    def counted(work: Callable[[], object]) -> int:
        lines = 0

        def count(frame: FrameType, event: str, arg: object) -> object:
            nonlocal lines
            lines += 1
            return count

        sys.settrace(count)
        try:
            work()
        finally:
            sys.settrace(None)
        return lines

    return counted


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """`../shared/data`; without it the test is skipped, or failed when SAYSO_SHARED=1 says that it must be there."""
    if not (SHARED / "data").is_dir():
        message = f"needs the measuring data in {SHARED / 'data'}"
        if os.environ.get("SAYSO_SHARED") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return SHARED / "data"


@pytest.fixture(scope="session")
def shared_bench(shared_data: Path) -> Path:
    """`../shared/bench`, the scorers."""
    return shared_data.parent / "bench"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server, started when the first test asks for it."""
    # Not below pytest's own folder, which only its user may enter: as root, the server runs as another user.
    with tempfile.TemporaryDirectory(prefix="sayso-postgresql-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        yield server
        server.stop()
