"""What a crash left half done is finished or cut off, at the next opening; what is damaged is left for `verify` to name.

In: the log of an archive, its lock held and its journal's lines indexed. Out: the same log, whole. An entry that stands
whole in a WARC file but has no line in the journal is taken in; one that is not whole is cut off; erasures are redone.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sayso.archive import _journal
from sayso.archive._groups import entry_follows, groups

if TYPE_CHECKING:
    from sayso.archive._log import Log


def mend(log: Log) -> None:
    """Takes in whole entries that lie behind the last line, cuts off what is incomplete, redoes erasures."""
    _mend_journal(log)
    tail, offset = log.tail()
    for path in log.files():
        if path.name >= tail:
            end = _mend_file(log, path, offset if path.name == tail else 0)
            if path.exists():
                log.switch(path.name, end)
    if log.file and log.warc_size() != log.end:
        log.switch("", 0)  # damaged: what is new goes into a new file
    for line, _ in log.index.after(0, -1, "erasure"):
        log.overwrite(line)


def _mend_journal(log: Log) -> None:
    """Cuts off a line that a crash left incomplete. A whole line with a damaged end stays, for `verify` to name."""
    end = log.index.journal_end
    rest = os.pread(log.journal_fd, os.fstat(log.journal_fd).st_size - end, end)
    if rest and _journal.decode(rest[:-1]) is None:
        os.ftruncate(log.journal_fd, end)
    elif rest:
        os.write(log.journal_fd, b"\n")
        log.index.begin()
        log.index.journal_end += len(rest) + 1
        log.index.commit()


def _mend_file(log: Log, path: Path, offset: int) -> int:
    """Takes in the entries from `offset` on that follow the chain, cuts off a broken tail; returns the end."""
    if 0 < path.stat().st_size <= offset:
        return offset
    for group in groups(path, offset):
        if group.line is None:  # incomplete: no line was ever written for it
            if not entry_follows(path, group.offset):  # else it is damage, and not the end that a crash left
                os.truncate(path, group.offset)
            break
        if group.line["prev"] != log.index.head or group.line["offset"] != group.offset:
            return offset  # not the next entry of this chain: left as it is, for `verify` to name
        log.write_line(group.line, group.extra)
        offset = group.offset + group.length
    if not path.stat().st_size:
        path.unlink()  # not even its first entry was written
    return offset
