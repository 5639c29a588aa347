"""Alerts leave the desk, each once: to an Atom file in its folder, to a webhook, by e-mail, as `[alerts]` says.

In: alerts that are new. Out: the file, the requests, the messages; and a note of one line for what did not work, which is
kept waiting and tried again by the next run. Nothing is sent that sayso.toml does not ask for.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import smtplib
import ssl
import uuid
from collections.abc import Callable, Iterable, Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import httpx

from sayso.errors import SaysoError
from sayso.store import Alert
from sayso.store.ids import stable_id

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

TIMEOUT = 10.0  # seconds, for webhook and mail server alike
LISTED = 200  # alerts that the feed lists, the newest
TOLD, WAITING, FEED_ID = "alerts.told", "alerts.waiting", "alerts.feed"  # what the store remembers under these names
ATOM = "http://www.w3.org/2005/Atom"
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Told = dict[str, Any]  # an alert as JSON


def note(desk: Desk, new: Iterable[Alert]) -> list[Alert]:
    """Remember alerts, and for whom they wait; gives those that were never told before. To be called in a transaction."""
    told = _told(desk)
    known = {each["id"] for each in told}
    waiting = _waiting(desk)
    news = []
    for alert in new:
        entry = _entry(desk, alert)
        if entry["id"] in known:
            continue
        known.add(entry["id"])
        told.append(entry)
        news.append(alert)
        for name in _senders(desk):
            waiting.setdefault(name, []).append(entry["id"])
    if news:
        desk.store.progress.remember(TOLD, json.dumps(told, ensure_ascii=False))
        desk.store.progress.remember(WAITING, json.dumps(waiting))
    return news


def deliver(desk: Desk) -> list[str]:
    """Write the feed and send what waits; gives a note of one line for each way that failed. Never raises for these."""
    told = _told(desk)
    notes = []
    if told and desk.settings.alerts.atom:
        try:
            _write(desk, told[-LISTED:])
        except OSError as error:
            notes.append(f"alerts could not be written to {desk.settings.alerts.atom}: {error.strerror or error}")
    waiting, senders = _waiting(desk), _senders(desk)
    left = {}
    for name, ids in waiting.items():
        entries = [each for each in told if each["id"] in ids]
        if name not in senders or not entries:
            continue  # no longer asked for
        try:
            senders[name](desk, entries)
        except (httpx.HTTPError, httpx.InvalidURL, smtplib.SMTPException, OSError, ValueError, SaysoError) as error:
            left[name] = ids
            why = " ".join(str(error).split()) or type(error).__name__
            notes.append(f"{len(entries)} alerts not sent by {name}, the next run tries again: {why}"[:300])
    if left != waiting:
        desk.store.progress.remember(WAITING, json.dumps(left))
    return notes


def _told(desk: Desk) -> list[Told]:
    return list(json.loads(desk.store.progress.recall(TOLD) or "[]"))


def _waiting(desk: Desk) -> dict[str, list[str]]:
    return dict(json.loads(desk.store.progress.recall(WAITING) or "{}"))


def _entry(desk: Desk, alert: Alert) -> Told:
    key = alert.line
    actor = desk.actors.get(key.actor)
    return {
        "id": stable_id(key.actor, key.topic, key.family, alert.date.isoformat()),
        "actor": key.actor,
        "actor_name": actor.name if actor else key.actor,
        "topic": key.topic,
        "topic_name": next((topic.name for topic in desk.topics if topic.id == key.topic), key.topic),
        "family": key.family,
        "date": alert.date.isoformat(),
        "probability": round(alert.probability, 4),
        "text": alert.text,
        "raised_at": dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat(),
    }


# --- the feed -----------------------------------------------------------------------------------------------------


def _write(desk: Desk, told: Sequence[Told]) -> None:
    """Replace the feed's file at once, so that no reader meets half a one."""
    text = _atom(desk, told)
    path = desk.folder / desk.settings.alerts.atom
    if path.is_file() and path.read_bytes() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(text)
    beside.replace(path)


def _atom(desk: Desk, told: Sequence[Told]) -> bytes:
    """The feed (RFC 4287), newest first. Its id is made once a desk; those of the entries follow from it."""
    own = desk.store.progress.recall(FEED_ID)
    if not own:
        own = str(uuid.uuid4())
        desk.store.progress.remember(FEED_ID, own)
    feed = ElementTree.Element("feed", xmlns=ATOM)

    def add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
        child = ElementTree.SubElement(parent, name)
        child.text = NOT_XML.sub("", text)
        return child

    add(feed, "title", f"{desk.name}: alerts")
    add(feed, "id", f"urn:uuid:{own}")
    add(feed, "updated", told[-1]["raised_at"])
    add(ElementTree.SubElement(feed, "author"), "name", desk.name)
    for each in reversed(told):
        entry = ElementTree.SubElement(feed, "entry")
        add(entry, "title", f"{each['actor_name']} on {each['topic_name']}: {each['date']}")
        add(entry, "id", f"urn:uuid:{uuid.uuid5(uuid.UUID(own), each['id'])}")
        add(entry, "updated", each["raised_at"])
        add(entry, "content", each["text"]).set("type", "text")
    ElementTree.indent(feed)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)) + b"\n"


# --- what is sent -------------------------------------------------------------------------------------------------


def _senders(desk: Desk) -> dict[str, Callable[[Desk, Sequence[Told]], None]]:
    """The ways that the desk's settings ask for."""
    alerts = desk.settings.alerts
    senders: dict[str, Callable[[Desk, Sequence[Told]], None]] = {}
    if alerts.webhook:
        senders["webhook"] = _post
    if alerts.email.server:
        senders["e-mail"] = _mail
    return senders


def _post(desk: Desk, entries: Sequence[Told]) -> None:
    response = httpx.post(
        desk.settings.alerts.webhook, json={"desk": desk.name, "alerts": list(entries)}, timeout=TIMEOUT
    )
    if not response.is_success:
        raise SaysoError(f"the webhook answered {response.status_code}")


def _mail(desk: Desk, entries: Sequence[Told]) -> None:
    email = desk.settings.alerts.email
    password = os.environ.get(email.password_variable, "") if email.password_variable else ""
    if email.user and not password:
        raise SaysoError(f"the environment variable {email.password_variable} holds no password")
    message = EmailMessage()
    alerts = "1 alert" if len(entries) == 1 else f"{len(entries)} alerts"
    message["Subject"] = " ".join(f"{desk.name}: {alerts}".split())
    message["From"] = email.sender
    message["To"] = ", ".join(email.to)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=email.sender.rpartition("@")[2].strip("> ") or "localhost")
    message.set_content("\n\n".join(each["text"] for each in entries) + "\n")
    name = "[127.0.0.1]"  # how we greet the server: the machine's own name is nobody's business
    secure = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(email.server, email.port, local_hostname=name, timeout=TIMEOUT, context=secure)
        if email.security == "tls"
        else smtplib.SMTP(email.server, email.port, local_hostname=name, timeout=TIMEOUT)
    ) as server:
        if email.security == "starttls":
            server.starttls(context=secure)
        if email.user:
            server.login(email.user, password)
        server.send_message(message)
