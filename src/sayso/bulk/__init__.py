"""Extraction at scale: what `sayso extract` does, on archives of any size, by one process or by a Ray cluster, to Parquet.

`bulk` is the verb. In: WARC, WACZ, JSONL, Parquet, files and folders, here or at any fsspec URL. Out: OUT/{documents,
attributions, items, statements, failures}/*.parquet. It uses the pipeline and no store; a desk takes OUT in by `sayso load`.
"""

from sayso.bulk.kit import Kit
from sayso.bulk.output import Output
from sayso.bulk.run import Stopped, Summary, bulk
from sayso.bulk.work import Limits

__all__ = ["Kit", "Limits", "Output", "Stopped", "Summary", "bulk"]
