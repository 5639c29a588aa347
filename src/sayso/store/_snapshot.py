"""The columns of a large desk as a file beside it, so that a process which opens the desk need not read every statement.

In: columns, and the mark that the store has of them. Out: the file; or, of a file, mark and columns. A file is a help that
can be thrown away: one that is missing, damaged or of another sayso is as if there were none.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MARK = "columns:"  # how the mark of a snapshot begins among documents
FORMAT = 2  # another one: what stands in files of older ones is not taken up
Arrays = dict[str, NDArray[Any]]


def new_mark() -> str:
    """A name for one snapshot that no other has; fits into a document's id."""
    return MARK + secrets.token_hex(8)


def write(path: Path, about: dict[str, Any], arrays: Arrays) -> bool:
    """Write the file, which appears when it is complete; False where the folder cannot be written to."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    told = np.frombuffer(json.dumps({"format": FORMAT, **about}).encode(), np.uint8)
    everything: dict[str, Any] = {"about": told, **arrays}
    for left in path.parent.glob(f"{path.name}.*.part"):  # of a process that was killed while it wrote
        if not Path("/proc", left.name.split(".")[-3]).exists():
            left.unlink(missing_ok=True)
    with suppress(OSError):
        try:
            with draft.open("wb") as file:
                np.savez(file, **everything)
            draft.replace(path)
            return True
        finally:
            draft.unlink(missing_ok=True)
    return False


def read(path: Path) -> tuple[dict[str, Any], Arrays] | None:
    """What `write` was given, or None."""
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            if about.pop("format") != FORMAT:
                return None
            return about, {name: file[name] for name in file.files if name != "about"}
    except Exception:  # numpy and zipfile raise whatever damage makes of them
        return None
