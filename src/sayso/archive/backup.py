"""Backup of a whole desk while it runs, and restore.

In: the desk's folder. Out: one zip with everything in it and a manifest of hashes; or a desk again, every hash
checked. The database is copied first (SQLite's own backup: a consistent state), then the archive, which only grows:
so whatever the database speaks of is in the copy.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from sayso.archive.archive import Archive
from sayso.errors import SaysoError, UsageError

_MANIFEST = "manifest.json"
_FORMAT = "sayso-backup-1"
_LEFT_OUT = ("-wal", "-shm", "-journal", ".index", ".part", ".lock")  # made anew, or held inside what is copied
_JOBS = "jobs"  # the folder of files that jobs of the workbench wrote
_DATABASE = ".sqlite"
_CHUNK = 1 << 20
_HEAD = 100  # bytes of a manifest that tell its format
# what reading a damaged zip, or a database out of one, raises
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    sqlite3.DatabaseError,
    KeyError,
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
)


def backup(desk: Path, out: Path) -> int:
    """Writes the desk to one zip file, which appears when it is complete; gives the number of files in it."""
    draft = out.with_name(out.name + ".part")
    try:
        if out.exists():
            raise UsageError(f"{out}: exists already; name another file")
        try:
            hashes = _write(desk, draft, out)
            draft.replace(out)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise SaysoError(f"the backup cannot be written to {out}: {error.strerror or error}") from None
    return len(hashes)


def _write(desk: Path, draft: Path, out: Path) -> dict[str, str]:
    """Writes the desk to `draft`, which is to become `out`; gives the SHA-256 of each file in it."""
    hashes: dict[str, str] = {}
    folder = desk / "archive"
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        others = [path for path in _files(desk) if not path.is_relative_to(folder) and not _is_backup(path)]
        for path in sorted(others, key=lambda path: (not _is_sqlite(path), path)):
            if path.resolve() not in (draft.resolve(), out.resolve()):
                hashes[path.relative_to(desk).as_posix()] = _add_file(package, path, path.relative_to(desk))
        if folder.is_dir():
            with Archive(folder) as archive:
                _add_archive(package, archive, desk, hashes)
        package.writestr(_MANIFEST, json.dumps({"format": _FORMAT, "sha256": hashes}, indent=1))
    return hashes


def _add_archive(package: zipfile.ZipFile, archive: Archive, desk: Path, hashes: dict[str, str]) -> None:
    """The archive as it stands; whoever wants to put or erase something has to wait for as long as this takes."""
    with archive.still() as sizes:
        for name, size in sorted(sizes.items()):
            relative = (archive.folder / name).relative_to(desk)
            with (archive.folder / name).open("rb") as source:
                hashes[relative.as_posix()] = _add(package, relative, source, size)


def restore(package_path: Path, desk: Path) -> int:
    """Makes the desk again from a backup; gives the number of files. Nothing is left behind where a check fails.

    Checked: each file's hash against the manifest, the database's own integrity, the archive by `verify`.
    """
    try:
        if desk.exists() and any(desk.iterdir()):
            raise UsageError(f"{desk}: not empty; restore into a new folder")
        desk.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".restore-", dir=desk.parent))
    except OSError as error:
        raise SaysoError(f"no desk can be made in {desk}: {error.strerror}") from None
    try:
        with zipfile.ZipFile(package_path) as package:
            manifest = json.loads(package.read(_MANIFEST))
            if manifest.get("format") != _FORMAT:
                raise SaysoError(f"{package_path}: not a backup of a desk")
            for name, expected in manifest["sha256"].items():
                _extract(package, name, draft, expected)
        _check(draft)
        if desk.exists():
            desk.rmdir()
        draft.replace(desk)
    except _DAMAGE as error:
        raise SaysoError(
            f"{package_path}: damaged or not a backup of a desk ({' '.join(str(error).split())})"
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return len(manifest["sha256"])


def _extract(package: zipfile.ZipFile, name: str, draft: Path, expected: str) -> None:
    target = draft / name
    if not target.resolve().is_relative_to(draft.resolve()):
        raise SaysoError(f"{name!r}: a file that would lie outside the desk")
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with package.open(name) as source, target.open("wb") as out:
        while piece := source.read(_CHUNK):
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != expected:
        raise SaysoError(f"{name}: its bytes are not those that were backed up")


def _check(desk: Path) -> None:
    for path in _files(desk):
        if _is_sqlite(path):
            with closing(sqlite3.connect(path)) as database:
                told = database.execute("PRAGMA integrity_check").fetchone()[0]
            if told != "ok":
                raise SaysoError(f"{path.name}: the database is damaged ({told})")
    if (desk / "archive").is_dir():
        with Archive(desk / "archive") as archive:
            for problem in archive.verify():
                raise SaysoError(f"the archive in the backup is damaged: {problem}")


def _files(desk: Path) -> Iterator[Path]:
    for path in sorted(desk.rglob("*")):
        if path.relative_to(desk).parts[0] == _JOBS:
            continue  # exports and earlier backups: made from what is copied, and not evidence
        if path.is_file() and not path.is_symlink() and not path.name.endswith(_LEFT_OUT):
            yield path


def _is_sqlite(path: Path) -> bool:
    """By its name: to open and close the file ourselves would let go of every lock that this process holds on it (POSIX),
    and another process would then take the journal of a desk that is open here for an abandoned one."""
    return path.suffix == _DATABASE


def _is_backup(path: Path) -> bool:
    """Whether it is what `backup` wrote, of this desk or another: each copy would hold all those before it."""
    if _is_sqlite(path) or not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as package, package.open(_MANIFEST) as manifest:
            return _FORMAT.encode() in manifest.read(_HEAD)
    except _DAMAGE:
        return False  # not for us to say: it is copied as it is


def _add_file(package: zipfile.ZipFile, path: Path, name: Path) -> str:
    if not _is_sqlite(path):
        with path.open("rb") as source:
            return _add(package, name, source, path.stat().st_size)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        with closing(sqlite3.connect(path, timeout=60)) as live, closing(sqlite3.connect(copy)) as target:
            try:
                live.backup(target)
            except sqlite3.DatabaseError as error:
                if not os.access(path.parent, os.W_OK):  # a database is asked through files that stand beside it
                    raise SaysoError(
                        f"you may not write in {path.parent}: {name} cannot be copied from there"
                    ) from None
                raise SaysoError(f"{name}: the database is damaged ({error})") from None
        with copy.open("rb") as source:
            return _add(package, name, source, copy.stat().st_size)


def _add(package: zipfile.ZipFile, name: Path, source: BinaryIO, size: int) -> str:
    """Copies `size` bytes into the zip; what is compressed already is stored as it is. Gives the SHA-256."""
    info = zipfile.ZipInfo(name.as_posix())
    info.compress_type = zipfile.ZIP_STORED if name.suffix == ".gz" else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    digest = hashlib.sha256()
    with package.open(info, "w", force_zip64=True) as target:
        while size and (piece := source.read(min(_CHUNK, size))):
            digest.update(piece)
            target.write(piece)
            size -= len(piece)
    return digest.hexdigest()
