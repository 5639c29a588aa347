"""OUT read back: documents with all that was found in them, one at a time. In: an `Output`. Out: records."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sayso.bulk._needs import needs
from sayso.bulk.output import Output
from sayso.bulk.rows import Row
from sayso.bulk.sources import open_source
from sayso.errors import SaysoError
from sayso.packing import unpack
from sayso.records import Analysis, Coding, Document, Failure, Linked

_BATCH = 64  # documents in memory


@dataclass(frozen=True, slots=True)
class Kept:
    """One document of a run: `name` is its own in all tables, `captured` and `container` say where its bytes came from."""

    name: str
    document: Document
    analysis: Analysis
    linked: Linked
    codings: tuple[Coding, ...]
    signature: bytes
    captured: dt.date | None
    container: str
    size: int
    media_type: str


def documents(output: Output) -> Iterator[Kept]:
    """Every document of the partitions that are done, in their order."""
    for row in rows(output, "documents"):
        yield _kept(row)


def failures(output: Output) -> Iterator[Failure]:
    """Every page that was refused."""
    for row in rows(output, "failures"):
        yield Failure(row["path"], row["stage"], row["reason"])


def rows(output: Output, table: str, columns: list[str] | None = None) -> Iterator[Row]:
    """The rows of a table."""
    parquet = needs("pyarrow.parquet")
    for path in output.files(table):
        try:
            with open_source(path) as stream:
                for batch in parquet.ParquetFile(stream).iter_batches(batch_size=_BATCH, columns=columns):
                    yield from batch.to_pylist()
        except (OSError, ValueError) as error:
            raise damaged(output, path, error) from None


def damaged(output: Output, what: str, error: Exception) -> SaysoError:
    """What is said of a file of OUT that is gone or damaged."""
    why = (getattr(error, "strerror", None) or str(error)).strip().partition("\n")[0] or type(error).__name__
    return SaysoError(
        f"{what}: damaged or gone ({why}); take the partition's entry away ({output.path('manifest')}/PARTITION.json): "
        "the same `sayso bulk` makes it anew"
    )


def _kept(row: Row) -> Kept:
    text = row["text"]
    vectors = {
        each["owner"]: tuple(np.frombuffer(each["vector"], np.float16).astype(np.float32).tolist())
        for each in row["vectors"]
    }
    analysis = unpack(Analysis, _load(row["analysis"]), text)
    linked = unpack(Linked, _load(row["linked"]), text)
    return Kept(
        name=row["document"],
        document=unpack(Document, {**_load(row["record"]), "text": text}, text),
        analysis=replace(
            analysis,
            attributions=tuple(replace(a, embedding=vectors.get(a.id, ())) for a in analysis.attributions),
        ),
        linked=replace(
            linked,
            statements=tuple(
                replace(s, embedding=vectors.get(s.attribution.id if s.attribution else s.id, ()))
                for s in linked.statements
            ),
        ),
        codings=tuple(unpack(Coding, each, text) for each in _load(row["codings"])),
        signature=row["signature"],
        captured=row["captured"],
        container=row["container"] or "",
        size=row["bytes"],
        media_type=row["media_type"] or "",
    )


def _load(text: str) -> Any:
    return json.loads(text)
