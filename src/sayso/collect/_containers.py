"""Files that hold many items. In: a path. Out: the items in it, or the addresses and feeds it names; None for a plain
file."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path

from sayso.collect._accounts import from_account, is_account
from sayso.collect._disk import shown
from sayso.collect._listing import Entry, NoList, opml_feeds
from sayso.collect._mail import from_mbox
from sayso.collect._telegram import from_telegram, is_telegram
from sayso.collect._webarchives import from_wacz, from_warc
from sayso.collect.feeds import Feed
from sayso.records import Failure, Fetched

Found = Iterator[Fetched | Failure | Entry | Feed]

_URL_COLUMNS = ("url", "story_url", "link")
_TITLE_COLUMNS = ("title", "headline")
_DATE_COLUMNS = ("publish_date", "published", "date", "pub_date")
_OUTLET_COLUMNS = ("media_name", "media_url", "source", "outlet")
_ACCOUNT_MARKS = (
    "data/tweets.js",
    "data/tweet.js",
    "outbox.json",
    "posts/your_posts*.json",
    "your_*/posts/your_posts*.json",
    "content/posts_*.json",
    "your_*/content/posts_*.json",
    "your_*/media/posts_*.json",
)
_OPML_LIMIT = 20_000_000
_HEADER_LIMIT = 100_000


def unpacked(path: Path, max_bytes: int) -> Found | None:
    """What the file holds, if it is a container; None if it is an item itself."""
    name = path.name.lower()
    if name.endswith((".warc", ".warc.gz")):
        return from_warc(path, max_bytes)
    if name.endswith(".wacz"):
        return from_wacz(path, max_bytes)
    if name.endswith(".mbox"):
        return from_mbox(path, max_bytes)
    if name.endswith(".opml"):
        return _from_opml(path)
    if name.endswith((".csv", ".tsv")):
        return _from_table(path)
    if name.endswith(".urls"):
        return _from_list(path)
    if name.endswith(".json") and is_telegram(_head(path)):
        return from_telegram(path)
    if name.endswith((".zip", ".tar.gz", ".tgz")) and is_account(path):
        return from_account(path)
    if name.endswith(".zip") and _is_wacz(path):
        return from_wacz(path, max_bytes)
    if name in ("outbox.json", "tweets.js", "tweet.js") and is_account(path):
        return from_account(path)
    return None


def folder_account(path: Path) -> Found | None:
    """The posts, if the folder is an unpacked account archive; None for an ordinary folder."""
    return from_account(path) if any(next(path.glob(mark), None) for mark in _ACCOUNT_MARKS) else None


def _head(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return handle.read(4096).decode("utf-8", "replace")
    except OSError:
        return ""


def _is_wacz(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as bundle:
            return "datapackage.json" in bundle.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _from_opml(path: Path) -> Found:
    try:
        with path.open("rb") as handle:
            found = opml_feeds(handle.read(_OPML_LIMIT))
    except OSError as error:
        yield Failure(shown(path), "collect", f"cannot be read: {error.strerror}")
    except NoList as error:
        yield Failure(shown(path), "collect", str(error))
    else:
        if not found:
            yield Failure(shown(path), "collect", "an OPML file that names no feeds")
        yield from found


def _from_list(path: Path) -> Found:
    try:
        with path.open(encoding=_encoding(path), errors="replace") as handle:
            for line in handle:
                if line.strip() and not line.startswith("#"):
                    yield Entry(line.split()[0])
    except OSError as error:
        yield Failure(shown(path), "collect", f"cannot be read: {error.strerror}")


def _from_table(path: Path) -> Found:
    """The rows of a Media Cloud export (or any table with a column of addresses) as addresses with title and date."""
    csv.field_size_limit(10_000_000)  # some tables hold whole texts beside the address
    try:
        with path.open(encoding=_encoding(path), errors="replace", newline="") as handle:
            rows = csv.DictReader(handle, delimiter=_delimiter(path, handle.readline(_HEADER_LIMIT)))
            handle.seek(0)
            columns = {str(name).strip().lower(): name for name in rows.fieldnames or ()}
            url = next((columns[name] for name in _URL_COLUMNS if name in columns), None)
            if url is None:
                yield Failure(shown(path), "collect", f"a table without a column of addresses ({_URL_COLUMNS[0]})")
                return
            for row in rows:
                address = (row.get(url) or "").strip()
                if address:
                    yield Entry(
                        address,
                        _cell(row, columns, _TITLE_COLUMNS),
                        _cell(row, columns, _DATE_COLUMNS),
                        language=_cell(row, columns, ("language",))[:2].lower(),
                        outlet=_cell(row, columns, _OUTLET_COLUMNS),
                        translator=_cell(row, columns, ("translator",)),
                        translation_of=_cell(row, columns, ("translation_of",)),
                    )
    except OSError as error:
        yield Failure(shown(path), "collect", f"cannot be read: {error.strerror}")
    except csv.Error as error:
        yield Failure(shown(path), "collect", f"a broken table: {error}")


def _encoding(path: Path) -> str:
    """Excel writes "Unicode text" as UTF-16, always with a byte-order mark."""
    with path.open("rb") as handle:
        return "utf-16" if handle.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _delimiter(path: Path, header: str) -> str:
    """What parts the columns so that one holds addresses: commas, tabs, or the semicolons of countries with decimal commas."""
    marks = "\t,;" if path.suffix.lower() in (".tsv", ".tab") else ",;\t"

    def names(mark: str) -> set[str]:
        return {name.strip().lower() for name in next(csv.reader([header], delimiter=mark), [])}

    return next((mark for mark in marks if not names(mark).isdisjoint(_URL_COLUMNS)), marks[0])


def _cell(row: dict[str, str], columns: dict[str, str], names: tuple[str, ...]) -> str:
    return next((str(row.get(columns[name]) or "").strip() for name in names if name in columns), "")
