"""Stage 2, archive: fetches in, captures out. Kept as WARC, found by SHA-256, chained by hashes, never changed."""

from sayso.archive.archive import Archive, Erased
from sayso.archive.verify import Problem

__all__ = ["Archive", "Erased", "Problem"]
