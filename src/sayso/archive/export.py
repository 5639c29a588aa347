"""Export as WACZ 1.1.1, the package that web-archive replayers open (ReplayWeb.page, pywb).

In: an archive, the hashes of the captures wanted (or all), the titles by hash where they are known. Out: a zip with the
WARC records, an index, the list of pages and a manifest of hashes; and the archive's journal, so that the chain can be
checked from the package alone.
"""

from __future__ import annotations

import hashlib
import json
import struct
import tempfile
import time
import zipfile
from collections.abc import Collection, Iterator, Mapping
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from sayso.archive import _journal, _warc
from sayso.archive._journal import Line
from sayso.archive.archive import Archive

_WARC = "archive/captures.warc.gz"
_LARGE = 2_000_000_000  # bytes from which on a member of a zip may need its zip64 field


def export_wacz(
    archive: Archive, out: Path, wanted: Collection[str] | None = None, *, titles: Mapping[str, str] | None = None
) -> int:
    """Writes the captures whose SHA-256 is wanted (None: all that were not erased) to `out`; gives the number of pages.

    The file appears when it is complete. A capture that only says "the same bytes again" brings the record that holds
    them.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    index: list[str] = []
    pages: list[str] = []
    draft = out.with_name(out.name + ".part")
    with tempfile.TemporaryFile(dir=out.parent) as warc, zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as package:
        for line in _chosen(archive, wanted):
            index += _write_group(warc, archive.stored(line))
            # "Not modified" (304) has nothing to replay: the state before it is what a replayer shows for its time.
            replays = line["kind"] == "capture" and line["role"] != "feed" and line["status"] != 304
            if replays:
                page = {"id": line["hash"][:20], "url": line["url"], "ts": line["at"]}
                if title := (titles or {}).get(line["sha256"]):
                    page["title"] = title
                pages.append(json.dumps(page))
        head = '{"format": "json-pages-1.0", "id": "pages", "title": "All captures"}'
        resources = [
            _add(package, _WARC, warc),
            _add(package, "indexes/index.cdx", BytesIO("".join(f"{row}\n" for row in sorted(index)).encode())),
            _add(package, "pages/pages.jsonl", BytesIO("".join(f"{row}\n" for row in [head, *pages]).encode())),
            _add(package, "sayso/journal.jsonl", BytesIO(b"".join(_journal.encode(line) for line in archive.lines()))),
        ]
        manifest = {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "software": "Say-so (sayso)",
            "title": "Captures of a Say-so desk",
            "resources": resources,
        }
        data = json.dumps(manifest, indent=1).encode()
        _add(package, "datapackage.json", BytesIO(data))
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
        _add(package, "datapackage-digest.json", BytesIO(json.dumps(digest).encode()))
    draft.replace(out)
    return len(pages)


def _chosen(archive: Archive, wanted: Collection[str] | None) -> Iterator[Line]:
    """The first warcinfo record, then the captures wanted with the entries that hold their bytes, in order."""
    erased = {seq for line in archive.lines() if line["kind"] == "erasure" for seq in line["replaced"]}
    begun = False
    for line in archive.lines():
        if line["kind"] == "file" and not begun:
            begun = True
            yield line
        chosen = wanted is None or line.get("sha256") in wanted
        if line["kind"] == "capture" and chosen and line["seq"] not in erased:
            yield line


def _write_group(warc: BinaryIO, raw: bytes) -> list[str]:
    """Copies a group's records; gives the index's rows for those that replay."""
    rows = []
    start = warc.tell()
    for record in _warc.scan(BytesIO(raw)):
        if record.type in ("response", "resource", "revisit") and b" 304 " not in record.block[:16]:
            rows.append(_row(record, start + record.offset))
    warc.write(raw)
    return rows


def _row(record: _warc.Record, offset: int) -> str:
    url = record.headers["warc-target-uri"]
    stamp = "".join(char for char in record.headers["warc-date"][:19] if char.isdigit())
    about: dict[str, Any] = {"url": url, "filename": Path(_WARC).name, "offset": offset, "length": record.length}
    about["digest"] = record.headers.get("warc-payload-digest", "")
    if record.headers.get("content-type", "").startswith("application/http"):
        head = record.block.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").split("\r\n")
        about["status"] = int(head[0].split(" ")[1])
        kinds = [line.partition(":")[2].strip() for line in head if line.lower().startswith("content-type:")]
        about["mime"] = kinds[0].partition(";")[0].strip() if kinds else "unk"
    else:
        about["status"], about["mime"] = 200, record.headers.get("content-type", "unk")
    if record.type == "revisit":
        about["mime"] = "warc/revisit"
    return f"{_surt(url)} {stamp} {json.dumps(about)}"


def _surt(url: str) -> str:
    """The address in the order in which indexes sort: org,example)/path?query."""
    parts = urlsplit(url)
    if not parts.hostname:
        return url.replace(" ", "%20")
    host = ",".join(reversed(parts.hostname.removeprefix("www.").split(".")))
    port = f":{parts.port}" if parts.port else ""
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    return f"{host}{port}){parts.path.lower() or '/'}" + (f"?{query}" if query else "")


def _member(name: str, size: int) -> zipfile.ZipInfo:
    """A member of the package.

    ReplayWeb.page takes a member that has no extra field in the zip's directory to have none at its own head either. So
    no zip64 field stands where none is needed, and a large member, which has one, says so in the directory, too.
    """
    member = zipfile.ZipInfo(name, time.gmtime()[:6])
    member.external_attr = 0o644 << 16
    member.file_size = size
    if size > _LARGE:
        member.extra = struct.pack("<HHBI", 0x5455, 5, 1, int(time.time()))  # the extended time stamp of Info-ZIP
    return member


def _add(package: zipfile.ZipFile, name: str, source: BinaryIO) -> dict[str, Any]:
    digest, size = hashlib.sha256(), source.seek(0, SEEK_END)
    source.seek(0)
    with package.open(_member(name, size), "w") as target:
        while piece := source.read(1 << 20):
            digest.update(piece)
            target.write(piece)
    return {"name": Path(name).name, "path": name, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}
