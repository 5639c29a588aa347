"""Alerts leave the desk once each: in the feed, to a webhook, by e-mail; what fails is noted and tried again."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_string
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from sayso.cli._app import app
from sayso.desk import Desk, Engines, lines
from sayso.desk.settings import Settings, template
from sayso.errors import SettingsError
from sayso.records import Point, Shift
from sayso.store import Alert, LineKey
from sayso.track import segment

MakeDesk = Callable[[str], Desk]
NS = {"a": "http://www.w3.org/2005/Atom"}


class Hook(http.server.ThreadingHTTPServer):
    """Keeps what is posted, and answers `status`."""

    status = 204

    def __init__(self) -> None:
        self.bodies: list[dict] = []  # type: ignore[type-arg]
        super().__init__(("127.0.0.1", 0), _Post)


class _Post(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


class Sink(socketserver.ThreadingTCPServer):
    """As much of a mail server as a message needs; keeps (from, to, text)."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, list[str], str]] = []
        super().__init__(("127.0.0.1", 0), _Session)


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        sender, to = "", []
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self.wfile.write(b"354 go on\r\n")
                text = []
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    text.append(part.decode())
                self.server.messages.append((sender, to, "".join(text)))
            elif verb == "MAIL":
                sender = line
            elif verb == "RCPT":
                to.append(line)
            self.wfile.write(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")
            if verb == "QUIT":
                return


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def hook() -> Iterator[tuple[Hook, int]]:
    server = Hook()
    with serving(server) as port:
        yield server, port


def configured(desk: Desk, old: str, new: str) -> Desk:
    """The desk with a changed sayso.toml, opened again."""
    desk.close()
    path = desk.folder / "sayso.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return Desk.open(desk.folder)


def eager(make_desk: MakeDesk, clippings: Path, old: str = 'atom = "alerts.xml"', new: str | None = None) -> Desk:
    """A desk with items, that announces what is as likely as not."""
    desk = configured(make_desk("desk"), "alert = 0.9", "alert = 0.5")
    desk = configured(desk, old, old if new is None else new)
    desk.add([str(clippings)])
    return desk


def entries(folder: Path) -> list[str]:
    root = ElementTree.parse(folder / "alerts.xml").getroot()
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert all(root.find(f"a:{name}", NS) is not None for name in ("id", "title", "updated", "author"))
    for entry in root.findall("a:entry", NS):
        assert all(entry.findtext(f"a:{name}", namespaces=NS) for name in ("id", "title", "updated", "content"))
    return [entry.findtext("a:id", namespaces=NS) or "" for entry in root.findall("a:entry", NS)]


def test_the_feed_has_one_entry_an_alert_with_an_id_that_stays(
    make_desk: MakeDesk, clippings: Path, engines: Engines
) -> None:
    with eager(make_desk, clippings) as desk:
        first = desk.run(engines=engines)
        ids = entries(desk.folder)
        assert len(first.alerts) == len(ids) == len(set(ids)) >= 1 and first.notes == ()
        feed = (desk.folder / "alerts.xml").read_bytes()
        assert desk.run(engines=engines).alerts == ()
        assert (desk.folder / "alerts.xml").read_bytes() == feed
        (desk.folder / "alerts.xml").unlink()
        desk.run(engines=engines)
        assert entries(desk.folder) == ids


def test_a_webhook_gets_each_alert_once(
    make_desk: MakeDesk, clippings: Path, engines: Engines, hook: tuple[Hook, int]
) -> None:
    server, port = hook
    with eager(make_desk, clippings, 'webhook = ""', f'webhook = "http://127.0.0.1:{port}/x"') as desk:
        alerts = desk.run(engines=engines).alerts
        assert [[each["text"] for each in body["alerts"]] for body in server.bodies] == [list(alerts)]
        assert server.bodies[0]["alerts"][0]["actor"] == "union"
        desk.run(engines=engines)
        assert len(server.bodies) == 1


def test_a_failing_webhook_is_noted_and_tried_again(
    make_desk: MakeDesk, clippings: Path, engines: Engines, hook: tuple[Hook, int]
) -> None:
    server, port = hook
    server.status = 503
    with eager(make_desk, clippings, 'webhook = ""', f'webhook = "http://127.0.0.1:{port}/x"') as desk:
        summary = desk.run(engines=engines)
        assert len(summary.notes) == 1 and "503" in summary.notes[0] and "\n" not in summary.notes[0]
        server.status = 200
        again = desk.run(engines=engines)
        assert again.notes == () and again.alerts == ()
        assert len(server.bodies) == 2 and server.bodies[0] == server.bodies[1]
        desk.run(engines=engines)
        assert len(server.bodies) == 2


def test_alerts_go_by_email(make_desk: MakeDesk, clippings: Path, engines: Engines) -> None:
    sink = Sink()
    with serving(sink) as port:
        desk = eager(
            make_desk,
            clippings,
            "[alerts.email]\n",
            "[alerts.email]\n",
        )
        for old, new in (
            ('server = ""', 'server = "127.0.0.1"'),
            ("port = 587", f"port = {port}"),
            ('security = "starttls"', 'security = "none"'),
            ('from = ""', 'from = "desk@example.org"'),
            ("to = []", 'to = ["a@example.org", "b@example.org"]'),
        ):
            path = desk.folder / "sayso.toml"
            text = path.read_text(encoding="utf-8")
            assert text.count(f"\n{old}\n") == 1
            path.write_text(text.replace(f"\n{old}\n", f"\n{new}\n"), encoding="utf-8")
        desk.close()
        with Desk.open(desk.folder) as desk:
            summary = desk.run(engines=engines)
            desk.run(engines=engines)
    assert summary.notes == () and len(sink.messages) == 1
    sender, to, text = sink.messages[0]
    assert "desk@example.org" in sender and len(to) == 2
    body = message_from_string(text).get_payload(decode=True)
    assert isinstance(body, bytes)
    assert all(alert in body.decode() for alert in summary.alerts) and summary.alerts


@pytest.mark.parametrize(
    "table",
    [
        'atom = "../alerts.xml"',
        'atom = "sayso.toml"',
        'webhook = "ftp://example.org/"',
        'email = {server = "mail.example.org"}',
        'email = {server = "m", from = "a@b", to = ["c@d"], user = "u", password_variable = "P", security = "none"}',
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, table: str) -> None:
    path = tmp_path / "sayso.toml"
    path.write_text(f"[alerts]\n{table}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"sayso\.toml:2: alerts\.{table.split()[0]}"):
        Settings.load(path)


def test_a_new_desk_explains_every_key_and_sends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sayso.toml"
    path.write_text(template("desk"), encoding="utf-8")
    assert Settings.load(path).alerts == Settings().alerts
    text = path.read_text()
    assert all(
        f"\n{key} = " in text for key in ("atom", "webhook", "server", "port", "from", "to", "password_variable")
    )
    assert not Settings().alerts.webhook and not Settings().alerts.email.server


def test_the_same_change_told_of_another_day_is_no_new_alert(make_desk: MakeDesk) -> None:
    desk, key, day = make_desk("desk"), LineKey("union", "leavers", "tone"), dt.date(2024, 5, 1)
    end = dt.date(2024, 12, 31)
    assert len(desk.store.lines.raise_alerts([Alert(key, day, 0.9, "changed", (day, end))])) == 1
    surer = Alert(key, day - dt.timedelta(days=9), 0.95, "shift", (day - dt.timedelta(days=20), end))
    assert desk.store.lines.raise_alerts([surer]) == []
    later = Alert(key, dt.date(2025, 2, 1), 0.9, "again", (dt.date(2025, 1, 1), dt.date(2025, 12, 31)))
    assert desk.store.lines.raise_alerts([surer, later]) == [later]


def test_a_change_that_no_sure_shift_tells_of_is_announced(make_desk: MakeDesk) -> None:
    """Two codes that change places: with its shift held back, the detector has to see it."""
    desk = make_desk("desk")
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=7 * n) for n in range(60)]
    points = [
        Point(day, day, {"threaten" if n < 40 else "promise": 1.0}, f"i{n}", f"s{n}", "", "", 0)
        for n, day in enumerate(days)
    ]
    key = LineKey("union", "leavers", "tone")
    line = segment(points)
    assert [alert.date for alert in lines._alerts(desk, key, line, points)] == [line.shifts[0].date]
    shift = line.shifts[0]
    unsure = Shift(shift.date, shift.interval, 0.6, shift.before, shift.after)
    alerts = lines._alerts(desk, key, replace(line, shifts=(unsure,)), points)
    assert len(alerts) == 1 and alerts[0].probability >= 0.9
    assert days[40] <= alerts[0].date <= days[46] and "has changed" in alerts[0].text
    surest = Shift(shift.date, shift.interval, 0.9999, shift.before, shift.after)
    (told,) = lines._alerts(desk, key, replace(line, shifts=(surest,)), points)
    assert "probability >0.99" in told.text  # never a rounded 1
    one_day = replace(surest, interval=(shift.date, shift.date))
    (told,) = lines._alerts(desk, key, replace(line, shifts=(one_day,)), points)
    assert f"shifts on {shift.date} (" in told.text
    steady = points[:40]
    assert lines._alerts(desk, key, segment(steady), steady) == []


def test_what_alerts_cost_is_told_on_demand(make_desk: MakeDesk, clippings: Path, engines: Engines) -> None:
    with eager(make_desk, clippings) as desk:
        desk.run(engines=engines)
    asked = ["shifts", "--actor", "union", "--topic", "leavers", "--desk", str(desk.folder)]
    plain = CliRunner().invoke(app(), asked)
    costed = CliRunner().invoke(app(), [*asked, "--alert-cost"])
    assert plain.exit_code == costed.exit_code == 0
    assert costed.stdout.startswith(plain.stdout.rstrip()) and "false alarms a year" in costed.stdout
    assert "false alarms" not in plain.stdout
    figures = json.loads(CliRunner().invoke(app(), [*asked, "--alert-cost", "--format", "json"]).stdout)["alert_cost"]
    assert figures["threshold"] == 0.5 and figures["false_a_year"] >= 0
