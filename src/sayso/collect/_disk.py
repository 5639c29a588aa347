"""Files and folders as items. In: a path. Out: one `Fetched` or `Failure` for each file below it."""

from __future__ import annotations

import datetime as dt
import errno
import json
import mimetypes
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sayso.records import MEDIA, Failure, Fetched

SIDECAR = ".sidecar.json"
HINTS = frozenset(
    ("title", "published", "author", "outlet", "medium", "language", "translator", "translation_of")
)  # what a sidecar may say of its item
_SIDECAR_BYTES = 100_000
_DESK = "sayso.toml"  # whose folder is a desk: its settings, briefs and archive are no items
_TYPES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
    ".ttml": "application/ttml+xml",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".epub": "application/epub+zip",
    ".eml": "message/rfc822",
    ".mbox": "application/mbox",
    ".xhtml": "application/xhtml+xml",
    ".opml": "text/x-opml",
}


def shown(path: Path | str) -> str:
    """The path as text that every store can keep: bytes that are no UTF-8 are written as `\\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def absent(path: Path) -> bool:
    """Whether nothing lies at the path; where one may not look, something may."""
    try:
        path.stat()
    except OSError as error:
        return error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
    except ValueError:  # a null byte, which no name has
        return True
    return False


def files(folder: Path) -> Iterator[Path | Failure]:
    """All files below the folder, in order of their names; hidden ones, links to folders and desks are passed over."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield Failure(shown(folder), "collect", f"cannot be opened: {error.strerror}")
        return
    if any(entry.name == _DESK for entry in entries):
        yield Failure(shown(folder), "collect", "passed over, for it is a desk; name the items in it")
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name.endswith(SIDECAR):
            continue
        try:
            linked = entry.is_symlink() and entry.is_dir()
        except OSError as error:  # a link that leads round in a circle
            yield Failure(shown(entry.path), "collect", f"cannot be opened: {error.strerror}")
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from files(Path(entry.path))
        elif not linked:
            yield Path(entry.path)


def read_file(path: Path, max_bytes: int) -> Fetched | Failure:
    """One file. Its size is looked at before it is read."""
    name = shown(path)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return Failure(name, "collect", "not a regular file")
        if about.st_size > max_bytes:
            return Failure(name, "collect", too_large(about.st_size, max_bytes))
        with path.open("rb") as handle:
            data = handle.read(max_bytes + 1)
    except OSError as error:
        return Failure(name, "collect", f"cannot be read: {error.strerror}")
    if len(data) > max_bytes:
        return Failure(name, "collect", too_large(len(data), max_bytes))
    return Fetched(
        url=file_uri(path),
        data=data,
        fetched_at=dt.datetime.now(dt.UTC),
        path=name,
        media_type=media_type_of(path),
    )


def sidecar(path: Path) -> tuple[dict[str, str], Failure | None]:
    """What a file beside it (NAME.sidecar.json) says of an item, as hints; and why it cannot be understood, if so."""
    beside = _beside(path)
    if absent(beside):  # also where its name would be longer than names can be
        return {}, None
    try:
        with beside.open("rb") as handle:
            said = json.loads(handle.read(_SIDECAR_BYTES))
        if not isinstance(said, dict):
            raise ValueError("no object")
    except OSError as error:
        return {}, Failure(shown(beside), "collect", f"a sidecar that cannot be read: {error.strerror}")
    except (ValueError, RecursionError) as error:
        reason = f"a sidecar that cannot be understood ({' '.join(str(error).split())})"
        return {}, Failure(shown(beside), "collect", reason)
    told = {str(name): str(value) for name, value in said.items() if value not in (None, "")}
    wrong = {name: reason for name, value in told.items() if (reason := _wrong(name, value))}
    hints = {name: told[name] for name in sorted(told) if name not in wrong}
    if hints:
        hints["stated"] = " ".join(hints)  # a person's word, which stands above what the item says
    failure = Failure(shown(beside), "collect", f"a sidecar with {'; '.join(wrong.values())}") if wrong else None
    return hints, failure


def _wrong(name: str, value: str) -> str:
    """Why a sidecar's field is left out, "" where it is taken."""
    if name not in HINTS:
        return f"an unknown field: {name}"
    if name == "medium" and value not in MEDIA:
        return f"a medium that is none: {value!r} (one of {', '.join(MEDIA)})"
    if name == "published":
        try:
            day = dt.date.fromisoformat(value[:10])
        except ValueError:
            return f"a date that cannot be read: published {value!r} (write it as 2024-04-25)"
        if day > dt.datetime.now(dt.UTC).date():
            return f"a date in the future: published {value!r}"
    return ""


def changed_at(path: Path) -> float:
    """When the file, or what is said of it in its sidecar, was last changed (POSIX time). Raises `OSError`."""
    return max(each.stat().st_mtime for each in (path, _beside(path)) if each == path or not absent(each))


def _beside(path: Path) -> Path:
    return path.with_name(path.name + SIDECAR)


def file_uri(path: Path) -> str:
    """The file: URI of a path, made absolute; every byte of its name survives in it."""
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 (resolve() would follow links)


def media_type_of(path: Path) -> str:
    """The media type that the name promises; "" where it promises none."""
    return _TYPES.get(path.suffix.lower()) or mimetypes.guess_type("x" + path.suffix)[0] or ""


def too_large(size: int, limit: int) -> str:
    """Why an item of this size is refused."""
    return f"{size / 1e6:.1f} MB, more than the {limit / 1e6:.0f} MB that [collect] max_bytes allows"
