"""OUT: the folder of a bulk run, and what makes its output exactly-once.

    OUT/manifest.json                 what is run: inputs, size of a partition, producers. Another run is refused
    OUT/manifest/PARTITION.json       one entry for each partition that is done
    OUT/{documents,attributions,items,statements,failures}/PARTITION.parquet
    OUT/copies/copies.parquet         made at the end of all documents together (see `copies`)

A partition is written under OUT/.work, its files are moved to their names, which depend on nothing but the partition, and
then its entry is. A worker that dies in between leaves nothing that counts; who does the partition again writes the same
rows under the same names; two who do it at once cannot add up. `tidy` takes away what has no entry.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from sayso.bulk._needs import needs
from sayso.bulk.rows import TABLES, Row, clean, copies_schema, schemas
from sayso.bulk.sources import filesystem
from sayso.errors import SaysoError, UsageError

FORMAT = 1
_CHARACTERS = 4_000_000  # of text in memory before rows are written
_WORK = ".work"


class Output:
    """The folder at `url`: a path, or anything fsspec can write."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/") or "/"
        self._local = "://" not in url or url.startswith("file://")
        if self._local:
            self.url = str(Path(url.removeprefix("file://")).absolute())

    def path(self, *parts: str) -> str:
        """A path in the folder."""
        return "/".join((self.url, *parts))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While one command runs here, another is refused: each would take the other's work in hand for what a dead one
        left. Only in folders; an object store has no locks. Raises `UsageError`."""
        if not self._local or not Path(self.url).is_dir():
            yield
            return
        folder = os.open(self.url, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(folder)
            raise UsageError(f"{self.url}: another `sayso bulk` writes there; wait for its end, or stop it") from None
        except OSError:
            pass  # some network file systems lock no folder
        try:
            yield
        finally:
            os.close(folder)

    # --- the manifest ---------------------------------------------------------------------------------------------

    def header(self) -> dict[str, Any] | None:
        """What is run here; None for a folder without a run. Raises `UsageError` where the header is no JSON."""
        return self._json(self.path("manifest.json"))

    def begin(self, header: dict[str, Any]) -> None:
        """Note what is run; a run of which anything is done must be the same. Raises `UsageError` where it is not."""
        known = self.header()
        if known is None and self._names("") - {_WORK}:
            raise UsageError(f"{self.url} holds other files and no bulk run; name a new folder")
        if known is None or not self._names("manifest"):
            if known != header:
                self.tidy(notes=True)  # notes on pages that killed a worker are of those inputs
            self._write(self.path("manifest.json"), header)
            return
        for name, what in (
            ("format", "was written by another version of sayso"),
            ("listing", "was made from other inputs, or they have changed since"),
            ("pages", "was cut into partitions of another size"),
            ("producers", "was made by other models or versions"),
            ("kit", "was made with another desk, or its actors or coders have changed since"),
        ):
            if known.get(name) != header.get(name):
                raise UsageError(f"{self.url} {what}; write to a new folder (or take that one away)")

    def make(self) -> None:
        """See that the folder is there. Raises `UsageError` where that cannot be."""
        if not self._local:
            return
        try:
            Path(self.url).mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise UsageError(f"{self.url} is a file; name a folder to write to") from None
        except OSError as error:
            raise UsageError(f"{self.url}: no folder can be made there: {error.strerror}") from None

    def entries(self) -> dict[str, dict[str, Any]]:
        """Partition -> its entry, of all that are done."""
        names = sorted(name for name in self._names("manifest") if name.endswith(".json"))
        found = {name.removesuffix(".json"): self._json(self.path("manifest", name)) for name in names}
        return {name: entry for name, entry in found.items() if entry}

    def entry(self, partition: str) -> dict[str, Any] | None:
        """The entry of a partition; None while it is not done."""
        return self._json(self.path("manifest", f"{partition}.json"))

    def commit(self, partition: str, entry: dict[str, Any]) -> None:
        """From here on the partition is done."""
        self._write(self.path("manifest", f"{partition}.json"), entry)

    def files(self, table: str) -> list[str]:
        """The files of a table, of the partitions that are done, in order."""
        return [self.path(table, f"{name}.parquet") for name in self.entries()]

    # --- notes on the work in hand ------------------------------------------------------------------------------------

    def note(self, partition: str) -> dict[str, Any]:
        """What is noted of the attempts at a partition."""
        try:
            return self._json(self.path(_WORK, f"{partition}.json")) or {}
        except SaysoError:
            return {}

    def set_note(self, partition: str, note: dict[str, Any]) -> None:
        self._write(self.path(_WORK, f"{partition}.json"), note)

    def clear_note(self, partition: str) -> None:
        self._remove(self.path(_WORK, f"{partition}.json"))

    def tidy(self, *, notes: bool) -> None:
        """Take away what died in the making: files without an entry, and with `notes` all notes on attempts."""
        done = self.entries()
        for table in TABLES:
            for name in self._names(table):
                if name.removesuffix(".parquet") not in done:
                    self._remove(self.path(table, name))
        if self._local:
            for path in Path(self.url, _WORK).glob("*"):
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                elif notes:
                    path.unlink(missing_ok=True)
            with suppress(OSError):
                Path(self.url, _WORK).rmdir()
        elif notes:
            for name in self._names(_WORK):
                self._remove(self.path(_WORK, name))

    # --- tables ---------------------------------------------------------------------------------------------------------

    @contextmanager
    def writing(self, partition: str) -> Iterator[Writer]:
        """A writer of one partition's rows. Its files get their names when the block ends without an error."""
        with _written(self.url):
            if self._local:
                folder = Path(self.url, _WORK, f"{partition}-{uuid4().hex[:8]}")
                folder.mkdir(parents=True)
            else:
                folder = Path(tempfile.mkdtemp(prefix="sayso-bulk-"))
        try:
            writer = Writer(folder)
            try:
                yield writer
            except BaseException:
                writer.abandon()
                raise
            writer.close()
            for table in TABLES:
                self._place(folder / f"{table}.parquet", self.path(table, f"{partition}.parquet"))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _place(self, file: Path, path: str) -> None:
        with _written(path):
            if self._local:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                file.replace(path)
            else:
                fs, name = filesystem(path)
                fs.makedirs(name.rpartition("/")[0], exist_ok=True)
                fs.put_file(str(file), name)

    def copies_of(self) -> int:
        """Among the documents of how many partitions copies were looked for; -1 for not at all."""
        note = self._json(self.path("copies.json"))
        return int(note["partitions"]) if note else -1

    def put_copies(self, rows: list[Row]) -> None:
        """Keep the copies, in place of older ones."""
        pa, parquet = needs("pyarrow"), needs("pyarrow.parquet")
        with _written(self.path("copies")), tempfile.TemporaryDirectory(prefix="sayso-") as folder:
            path = Path(folder, "copies.parquet")
            parquet.write_table(pa.Table.from_pylist(rows, schema=copies_schema()), path)
            if self._local:
                shutil.move(path, Path(self.url, ".copies.part"))
                path = Path(self.url, ".copies.part")
            self._place(path, self.path("copies", "copies.parquet"))
        self._write(self.path("copies.json"), {"partitions": len(self.entries()), "copies": len(rows)})

    # --- files ----------------------------------------------------------------------------------------------------------

    def _json(self, path: str) -> dict[str, Any] | None:
        try:
            if self._local:
                data = Path(path).read_bytes()
            else:
                fs, name = filesystem(path)
                data = fs.cat_file(name)
            found: dict[str, Any] = json.loads(data)
            return found
        except (FileNotFoundError, NotADirectoryError):
            return None
        except ValueError:
            raise UsageError(f"{path}: not as sayso writes it; take the folder away and run again") from None
        except SaysoError:
            raise
        except Exception as error:  # of each driver its own
            raise SaysoError(f"{path}: cannot be read: {_why(error)}") from None

    def _write(self, path: str, value: dict[str, Any]) -> None:
        data = json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "backslashreplace")
        with _written(path):
            if self._local:
                target = Path(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                part = target.with_name(f".{target.name}.{os.getpid()}")
                part.write_bytes(data)
                part.replace(target)
            else:
                fs, name = filesystem(path)
                fs.makedirs(name.rpartition("/")[0], exist_ok=True)
                fs.pipe_file(name, data)

    def _names(self, folder: str) -> set[str]:
        path = self.path(folder) if folder else self.url
        if self._local:
            try:
                names = {each.name for each in Path(path).iterdir()}
                return {name for name in names if not name.startswith(".") or name == _WORK}
            except FileNotFoundError:
                return set()
        fs, name = filesystem(path)
        try:
            return {each.rstrip("/").rpartition("/")[2] for each in fs.ls(name, detail=False)}
        except FileNotFoundError:
            return set()
        except Exception as error:
            raise SaysoError(f"{path}: cannot be read: {_why(error)}") from None

    def _remove(self, path: str) -> None:
        if self._local:
            Path(path).unlink(missing_ok=True)
        else:
            fs, name = filesystem(path)
            with suppress(FileNotFoundError):
                fs.rm_file(name)


@contextmanager
def _written(path: str) -> Iterator[None]:
    """What keeps something from being written (a full disk, no permission) is told in one line."""
    try:
        yield
    except SaysoError:
        raise
    except Exception as error:  # of each driver its own
        why = _why(error)
        raise SaysoError(f"{path}: cannot be written: {why}; when that is mended, the same command goes on") from None


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:  # what Arrow raises has the number and a text of its own
        return os.strerror(error.errno)
    return " ".join(str(error).split()) or type(error).__name__


class Writer:
    """The tables of one partition: rows come in the order of the pages, and are written when there are many."""

    def __init__(self, folder: Path) -> None:
        parquet = needs("pyarrow.parquet")
        self._schemas = schemas()
        self._folder = folder
        self._files: dict[str, Any] = {}
        with _written(str(folder)):
            for table, schema in self._schemas.items():
                self._files[table] = parquet.ParquetWriter(str(folder / f"{table}.parquet"), schema, compression="zstd")
        self._rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        self._characters = 0
        self.counts = dict.fromkeys(TABLES, 0)

    def add(self, rows: dict[str, list[Row]]) -> None:
        """Take the rows of one page."""
        for table, found in rows.items():
            self._rows[table] += found
            self.counts[table] += len(found)
        self._characters += sum(row["characters"] for row in rows.get("documents", ()))
        if self._characters >= _CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        pa = needs("pyarrow")
        tables = {
            table: pa.Table.from_pylist(clean(rows), schema=self._schemas[table])
            for table, rows in self._rows.items()
            if rows
        }
        with _written(str(self._folder)):
            for table, made in tables.items():
                self._files[table].write_table(made)
        self._rows = {table: [] for table in TABLES}
        self._characters = 0

    def close(self) -> None:
        """Write the rest. Raises `SaysoError` where that cannot be done."""
        try:
            self._flush()
            with _written(str(self._folder)):
                for file in self._files.values():
                    file.close()
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Leave the files as they are: nobody will read them."""
        for file in self._files.values():
            with suppress(Exception):
                file.close()
            file.is_open = False  # or it is tried again, and said so, when the object goes
