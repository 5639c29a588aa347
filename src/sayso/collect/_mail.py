"""Mailboxes. In: the path of an mbox file. Out: one item a message, its bytes as they stand in the file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from email import policy
from email.parser import BytesHeaderParser
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

from sayso.collect._disk import file_uri, shown, too_large
from sayso.records import Failure, Fetched

_BEGINS = re.compile(rb"^From .*\d\d:\d\d.*\d{4}")  # a sentence may begin with "From", too, and not all is escaped
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def from_mbox(path: Path, max_bytes: int) -> Iterator[Fetched | Failure]:
    """The messages of an mbox file (RFC 4155), read one at a time."""
    try:
        for number, message in enumerate(_messages(path, max_bytes), 1):
            name = f"{shown(path)}#{number}"
            if len(message) > max_bytes:
                yield Failure(name, "collect", too_large(len(message), max_bytes))
            else:
                yield _item(path, number, _ESCAPED_FROM.sub(rb"\1", message), name)
    except OSError as error:
        yield Failure(shown(path), "collect", f"cannot be read: {error.strerror}")


def _messages(path: Path, max_bytes: int) -> Iterator[bytes]:
    """The messages without their `From ` lines; one that is too large is cut one byte over the limit."""
    parts: list[bytes] = []
    size, blank, begun = 0, True, False
    with path.open("rb") as handle:
        while line := handle.readline(1 << 20):
            if blank and (_BEGINS.match(line) or (not begun and line.startswith(b"From "))):
                if begun:
                    yield b"".join(parts)[: max_bytes + 1]
                parts, size, begun = [], 0, True
                continue
            blank = line in (b"\n", b"\r\n")
            if begun and size <= max_bytes:
                parts.append(line)
                size += len(line)
    if begun:
        yield b"".join(parts)[: max_bytes + 1]


def _item(path: Path, number: int, message: bytes, name: str) -> Fetched:
    hints, message_id = _about(message)
    return Fetched(
        url=f"{file_uri(path)}#{quote(message_id or str(number), safe='@.')}",
        data=message,
        fetched_at=dt.datetime.now(dt.UTC),
        path=name,
        media_type="message/rfc822",
        hints=hints,
        origin={"container": file_uri(path), "locator": f"message {number}"},
    )


def _about(message: bytes) -> tuple[dict[str, str], str]:
    try:
        head = BytesHeaderParser(policy=policy.default).parsebytes(message[: 1 << 18])
        known = {"title": str(head["subject"] or ""), "author": "".join(parseaddr(str(head["from"] or ""))[:1])}
        if head["date"]:
            known["published"] = parsedate_to_datetime(str(head["date"])).isoformat()
        message_id = str(head["message-id"] or "").strip().strip("<>")
    except Exception:  # the standard library's header parser raises many things on broken headers
        return {"medium": "letter"}, ""
    return {"medium": "letter", **{key: value for key, value in known.items() if value}}, message_id
