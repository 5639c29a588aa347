"""E-mail messages (RFC 5322, .eml): the body's text, with sender, subject and date from the headers.

In comes one message (a mailbox is split where it is collected); out comes its plain text, or else its HTML read as a page.
What it quotes of earlier mail is marked as quoted, the signature as boilerplate; attachments are named in a note.
"""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from sayso.errors import Unreadable
from sayso.read._boilerplate import boilerplate_spans
from sayso.read._dates import DateRefused, FoundDate, accept
from sayso.read._decode import decode
from sayso.read._html import read_markup
from sayso.read._medium import medium_of
from sayso.read._reading import Job, Reading

_QUOTED = re.compile(r"^[ \t]*>[^\n]*(?:\n[ \t]*>[^\n]*)*", re.MULTILINE)
_SIGNATURE = re.compile(r"^-- ?\n[\s\S]{1,2000}\Z", re.MULTILINE)


def read_mail(job: Job) -> Reading:
    """One message.

    Raises:
        Unreadable: no message, or one without text (attachments alone).
    """
    data = re.sub(rb"\AFrom [^\n]*\n", b"", job.data.lstrip())  # the envelope line of a mailbox
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        reading = _body(message, job)
        headers = {name: _header(message, name) for name in ("subject", "from", "list-id", "content-language")}
        attachments = [
            part.get_filename() or part.get_content_type() for part in message.walk() if part.is_attachment()
        ]
        sent = _sent(message)
    except Unreadable:
        raise
    except Exception as error:  # the e-mail package raises whatever a broken header leads to
        raise Unreadable(f"damaged e-mail: {' '.join(str(error).split())[:80] or type(error).__name__}") from None
    name, address = parseaddr(headers["from"])
    reading.title = headers["subject"] or reading.title
    reading.author = name or address
    reading.outlet = re.sub(r"\s*<[^>]*>", "", headers["list-id"]).strip('" ') or reading.outlet
    reading.language = headers["content-language"] or reading.language
    reading.format = "email"
    medium = medium_of(title=reading.title)
    reading.medium = medium if medium != "article" else "letter"
    if attachments:
        reading.notes.append(f"{len(attachments)} attachments not read: {', '.join(attachments)[:200]}")
    reading.published = None
    if sent is not None:
        try:
            reading.published = accept(sent, "metadata", job.today)
            reading.notes.append(f"published: {reading.published.value}, from the Date header")
        except DateRefused as refusal:
            reading.notes.append(f"published date refused (Date header): {refusal}")
    return reading


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).replace("\x00", "").split())[:500]


def _sent(message: EmailMessage) -> FoundDate | None:
    header: Any = message["date"]
    moment = getattr(header, "datetime", None)
    if moment is None:
        return None
    utc = (moment - moment.utcoffset()).date() if moment.utcoffset() is not None else None
    return FoundDate(0, 0, moment.year, moment.month, moment.day, zone_day=utc)


def _body(message: EmailMessage, job: Job) -> Reading:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        raise Unreadable("e-mail without text (attachments alone)")
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    markup = part.get_content_type() == "text/html"
    text, notes = decode(data, declared=part.get_content_charset() or "", markup=markup)
    if markup:
        page = read_markup(text, job, notes)
        page.notes = [note for note in page.notes if not note.startswith(("published", "updated"))]
        page.updated = None
        return page
    text = text.replace("\r\n", "\n")
    if not text.strip():
        raise Unreadable("e-mail without text")
    reading = Reading(text, "email", notes=notes, boilerplate=boilerplate_spans(text))
    if signature := _SIGNATURE.search(text):
        start, end = signature.start(), len(text.rstrip())
        reading.boilerplate = [span for span in reading.boilerplate if span[1] <= start] + [(start, end)]
    reading.quoted_blocks = [match.span() for match in _QUOTED.finditer(text)]
    return reading
