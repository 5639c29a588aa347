"""Stage 2, archive: fetches in, captures out. Kept as WARC, found by SHA-256, chained by hashes, never changed."""

from sayso.archive.archive import Archive, Erased
from sayso.archive.backup import backup, restore
from sayso.archive.evidence import OtherText, write_evidence
from sayso.archive.export import export_wacz
from sayso.archive.timestamp import check_stamps, stamp
from sayso.archive.verify import Problem
from sayso.archive.versions import Change, changes

__all__ = [
    "Archive",
    "Change",
    "Erased",
    "OtherText",
    "Problem",
    "backup",
    "changes",
    "check_stamps",
    "export_wacz",
    "restore",
    "stamp",
    "write_evidence",
]
