"""Shared fixtures: where the measuring data lies, and what happens when it does not."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# In CI the same examples every time, so that a change is judged by what it changes; at home new ones in every run.
settings.register_profile("ci", derandomize=True, database=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

SHARED = Path(os.environ.get("SAYSO_SHARED_DIR", Path(__file__).resolve().parents[2] / "shared"))


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
