"""Copies of one dispatch among all documents of a run. In: OUT. Out: rows for OUT/copies, one a document that repeats another.

The rules are those of `sayso.link.copies`; the result is the same whether one process finds them or a cluster. On Ray they
are two shuffles of Ray Data: signatures by their MinHash bands, which gives the candidates, and then the texts of candidates
alone by the group that they belong to. Memory grows with the number of candidates, not with the texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sayso.bulk._needs import needs
from sayso.bulk.output import Output
from sayso.bulk.rows import Row
from sayso.bulk.sources import open_source
from sayso.link import Piece, connected
from sayso.link import find_copies as copies_among
from sayso.link.copies import bands, counts, paired

_COLUMNS = ["document", "text", "record", "signature"]


def find_copies(output: Output, ray: Any = None) -> list[Row]:
    """The rows of `copies`, sorted. With `ray` (the module, connected) the cluster finds them."""
    files = output.files("documents")
    found = _shuffled(ray, files) if ray is not None else _alone(files)
    return sorted(found, key=lambda row: (row["dispatch"], row["document"]))


def _alone(files: Iterable[str]) -> Iterator[Row]:
    files = list(files)
    buckets: dict[str, list[str]] = {}
    for path in files:
        for row in _bands(path):
            buckets.setdefault(row["band"], []).append(row["document"])
    group_of = _groups(pair for members in buckets.values() for pair in paired(sorted(members)))
    groups: dict[str, list[Row]] = {}
    for path in files:
        for row in _texts(path, group_of):
            groups.setdefault(row["group"], []).append(row)
    for rows in groups.values():
        yield from _copies(rows)


def _shuffled(ray: Any, files: list[str]) -> Iterator[Row]:
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    needs("pandas")
    listed = ray.data.from_items([{"path": path} for path in files], override_num_blocks=max(1, min(len(files), 200)))
    candidates = (
        listed.flat_map(lambda row: _bands(row["path"])).groupby("band").map_groups(_pairs, batch_format="pandas")
    )
    group_of = _groups((row["one"], row["other"]) for row in candidates.iter_rows())
    if not group_of:
        return
    known = ray.put(group_of)
    texts = listed.flat_map(lambda row: _texts(row["path"], ray.get(known)))
    for row in texts.groupby("group").map_groups(_copies_table, batch_format="pandas").iter_rows():
        yield json.loads(row["copy"])


def _bands(path: str) -> list[Row]:
    """(band, document) of each document in a file that is long enough to be a dispatch."""
    return [
        {"band": f"{number}:{part.hex()}", "document": row["document"]}
        for row in _read(path, ["document", "text", "signature"])
        if counts(row["text"])
        for number, part in bands(row["signature"])
    ]


def _pairs(bucket: Any) -> Any:
    """A bucket's documents, as a table, to its pairs of candidates."""
    pairs = list(paired(sorted(bucket["document"])))
    return needs("pandas").DataFrame(
        {"one": [one for one, _ in pairs], "other": [other for _, other in pairs]}, dtype=str
    )


def _groups(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Document -> the first document of its connected part."""
    return {key: part[0] for part in connected(pairs) for key in part}


def _texts(path: str, group_of: Mapping[str, str]) -> list[Row]:
    """The documents of a file that are in a group, with what tells copies."""
    return [
        {
            "group": group_of[row["document"]],
            "document": row["document"],
            "text": row["text"],
            "date": ((json.loads(row["record"]).get("published") or {}).get("value")) or "",
            "signature": row["signature"],
        }
        for row in _read(path, _COLUMNS)
        if row["document"] in group_of
    ]


def _copies(rows: Iterable[Row]) -> Iterator[Row]:
    """The copies in one group."""
    rows = list(rows)
    pieces = [Piece(row["document"], row["text"], row["date"]) for row in rows]
    for dispatch in copies_among(pieces, {row["document"]: row["signature"] for row in rows}):
        for carrier in dispatch.carriers:
            if carrier.key != dispatch.original:
                yield {
                    "document": carrier.key,
                    "dispatch": dispatch.original,
                    "share": carrier.share,
                    "added": [{"start": span.start, "end": span.end} for span in carrier.added],
                }


def _copies_table(group: Any) -> Any:
    found = [json.dumps(copy) for copy in _copies(group.to_dict("records"))]
    return needs("pandas").DataFrame({"copy": found}, dtype=str)


def _read(path: str, columns: list[str]) -> Iterator[Row]:
    parquet = needs("pyarrow.parquet")
    with open_source(path) as stream:
        for batch in parquet.ParquetFile(stream).iter_batches(batch_size=64, columns=columns):
            yield from batch.to_pylist()
