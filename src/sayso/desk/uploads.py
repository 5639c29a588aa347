"""Files that people send to the desk: looked at, given a harmless name, and put where the job `add` takes them from.

In: a name as somebody's browser gives it, and the bytes. Out: a path below DESK/jobs/uploads/. What is refused is told
with the reason, before anything is kept.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sayso.desk.jobs import FOLDER
from sayso.errors import SaysoError, UsageError
from sayso.read._sniff import sniff

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

MOST = 250_000_000  # bytes that one form may bring
LONGEST = 120  # characters of a file's name
_HEAD = 262_144
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_CONTAINERS = {  # suffix: how such a file begins ("" for any text)
    ".warc": (b"WARC/",), ".warc.gz": (_GZIP,), ".wacz": (_ZIP,), ".zip": (_ZIP,), ".tgz": (_GZIP,), ".tar.gz": (_GZIP,),
    ".mbox": (b"From ",), ".opml": (), ".csv": (), ".tsv": (), ".urls": (), ".json": (), ".js": (),
}  # fmt: skip


def take(desk: Desk, name: str, file: BinaryIO) -> str:
    """Keep an upload; gives its path below the folder of uploads, to ask the job `add` for.

    Equal bytes under an equal name lie at one place, so that sending a file twice adds it once. Raises `UsageError` for
    what no reader or container takes, told by its content.
    """
    kept = harmless(name)
    head = file.read(_HEAD)
    if not head:
        raise UsageError(f"{kept}: empty")
    _check(kept, head)
    folder = desk.folder / FOLDER / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(head)
    limit = desk.settings.collect.max_bytes
    try:
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as draft:
            size = draft.write(head)
            while piece := file.read(1 << 20):
                size += draft.write(piece)
                digest.update(piece)
        if size > limit and not _container(kept):
            raise UsageError(f"{kept}: {size / 1e6:.1f} MB, more than the {limit / 1e6:.0f} MB of an item")
        place = folder / digest.hexdigest()[:16]
        place.mkdir(exist_ok=True)
        shutil.move(draft.name, place / kept)
    except OSError as error:
        raise SaysoError(f"{kept} cannot be kept: {error.strerror}") from None
    finally:
        Path(draft.name).unlink(missing_ok=True)
    return f"{place.name}/{kept}"


def harmless(name: str) -> str:
    """The last part of a name, without what steers terminals, writing direction or paths, and not too long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in ':*?"<>|')
    plain = " ".join(plain.split()).lstrip(".-~ ").rstrip(". ")
    stem, suffix = _split(plain)
    room = LONGEST - len(suffix)
    while len((stem[:room] + suffix).encode()) > 240:
        room -= 1
    return (stem[:room] or "upload") + suffix


def _split(name: str) -> tuple[str, str]:
    lower = name.lower()
    for double in (".warc.gz", ".tar.gz"):
        if lower.endswith(double):
            return name[: -len(double)], double
    path = Path(name)
    return (path.stem, path.suffix) if len(path.suffix) <= 10 else (name, "")


def _container(name: str) -> bool:
    return _split(name)[1].lower() in _CONTAINERS


def _check(name: str, head: bytes) -> None:
    suffix = _split(name)[1].lower()
    if suffix in _CONTAINERS:
        begins = _CONTAINERS[suffix]
        if begins and not head.startswith(begins):
            raise UsageError(f"{name}: named {suffix}, but its content is something else")
        if not begins and b"\0" in head:
            raise UsageError(f"{name}: named {suffix}, but its content is no text")
        return
    try:
        kind = sniff(head, name)
    except SaysoError as error:
        raise UsageError(f"{name}: {error}") from None
    if kind == "text" and b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UsageError(f"{name}: no text, page or document that can be read")
