"""Telegram Desktop's JSON export. In: the path of a result.json. Out: one item a message."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sayso.collect._disk import shown
from sayso.collect._json import arrays
from sayso.collect._post import Post, post_item
from sayso.records import Failure, Fetched


def is_telegram(head: str) -> bool:
    """Whether a JSON file that begins like this is such an export (of one chat, or of a whole account)."""
    return '"chats"' in head or all(f'"{key}"' in head for key in ("messages", "type", "name"))


def from_telegram(path: Path) -> Iterator[Fetched | Failure]:
    """The messages of all chats in the file."""
    try:
        with path.open("rb") as handle:
            for before, message in arrays(handle, "messages"):
                if isinstance(message, dict) and message.get("type", "message") == "message":
                    yield _item(path, before, message)
    except ValueError as error:
        yield Failure(shown(path), "collect", f"Telegram export: {error}")
    except OSError as error:
        yield Failure(shown(path), "collect", f"cannot be read: {error.strerror}")


def _item(path: Path, before: str, message: dict[str, Any]) -> Fetched | Failure:
    chat, number = _said(before, "name"), str(message.get("id", ""))
    channel = _said(before, "id")
    url = f"https://t.me/c/{channel}/{number}" if channel else f"{path.absolute().as_uri()}#{number}"
    text = _text(message.get("text", ""))
    if not text.strip():
        kind = message.get("media_type") or ("photo" if "photo" in message else "media")
        return Failure(url, "collect", f"a post without words ({kind})")
    return post_item(
        Post(
            url=url,
            text=text,
            published=_date(message),
            author=str(message.get("from") or message.get("author") or chat),
            outlet=chat,
            original=message,
            forwarded_from=str(message.get("forwarded_from") or ""),
        ),
        path,
        f"message {number} of {chat}",
    )


def _said(before: str, key: str) -> str:
    """The last value of a key in the text before the messages: the chat's own."""
    found = re.findall(rf'"{key}"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+)', before)
    return str(json.loads(found[-1])).removeprefix("-100") if found else ""


def _text(text: Any) -> str:
    if isinstance(text, str):
        return text
    parts = text if isinstance(text, list) else []
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in parts if part)


def _date(message: dict[str, Any]) -> dt.datetime | None:
    try:
        if "date_unixtime" in message:
            return dt.datetime.fromtimestamp(int(message["date_unixtime"]), dt.UTC)
        return dt.datetime.fromisoformat(str(message["date"]))
    except (KeyError, ValueError, OverflowError, OSError):
        return None
