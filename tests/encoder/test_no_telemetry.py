"""The model's runtime keeps to itself: it reports nothing to its maker, and leaves nothing in the user's home."""

import os
import subprocess
import sys
from pathlib import Path

EXTRACT = (
    "import sayso; print(sayso.extract('“We will not sign,” the union said on Friday.')['attributions'][0]['kind'])"
)


def test_the_runtime_reports_nothing_to_its_maker(tmp_path: Path) -> None:
    """Unless told not to, onnxruntime keeps a database of events under the cache folder and uploads it."""
    unset = ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    done = subprocess.run(
        [sys.executable, "-c", EXTRACT],
        env=environment | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "direct"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
