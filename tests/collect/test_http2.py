"""HTTP/2, against a real server on loopback: spoken where the host has it, on few connections, and recorded."""

import asyncio
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config

from sayso.archive import Archive
from sayso.collect import CollectSettings, gather
from sayso.records import Failure, Fetched

SETTINGS = CollectSettings(allow_private=True, retries=0)
BODY = b"<html><body><p>%s</p></body></html>"


class Server:
    """hypercorn in a thread of its own; remembers who asked for what, in which version of the protocol."""

    def __init__(self, folder: Path) -> None:
        self.seen: list[tuple[str, str, int]] = []  # path, version, the client's port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        key, self.certificate = folder / "key.pem", folder / "certificate.pem"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
        made = [*command, *names, "-keyout", str(key), "-out", str(self.certificate)]
        subprocess.run(made, check=True, capture_output=True)
        self._config = Config()
        self._config.certfile, self._config.keyfile = str(self.certificate), str(key)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._config.bind = [f"127.0.0.1:{self._port}"]
        self._config.errorlog = None

    def url(self, path: str) -> str:
        return f"https://127.0.0.1:{self._port}{path}"

    def __enter__(self) -> "Server":
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()

        async def until_stopped() -> None:
            self._ready.set()
            await self._stop.wait()

        await serve(self._answer, self._config, shutdown_trigger=until_stopped)  # type: ignore[arg-type]

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        path = scope["path"]
        self.seen.append((path, scope["http_version"], scope["client"][1]))
        status, headers, body = 200, [(b"content-type", b"text/html"), (b"etag", b'"1"')], BODY % path.encode()
        if path == "/robots.txt":
            status, body = 404, b""
        elif path == "/go":
            status, headers = 302, [(b"location", b"/led")]
        elif any(name == b"if-none-match" for name, _ in scope["headers"]):
            status, body = 304, b""
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))  # the authority that this machine trusts
        yield running


def test_pages_come_over_http2_on_few_connections(server: Server, tmp_path: Path) -> None:
    found = list(gather([*(server.url(f"/{number}") for number in range(20)), server.url("/go")], SETTINGS))
    assert [each for each in found if isinstance(each, Failure)] == []
    pages = {each.url: each for each in found if isinstance(each, Fetched)}
    assert {each.protocol for each in pages.values()} == {"h2"}
    assert {version for _, version, _ in server.seen} == {"2"}
    assert len({port for _, _, port in server.seen}) <= SETTINGS.per_host
    assert pages[server.url("/7")].data == BODY % b"/7"
    led = pages[server.url("/go")]
    assert (led.final_url, [hop.status for hop in led.hops]) == (server.url("/led"), [302])
    with Archive(tmp_path / "archive") as archive:
        captures = [archive.put(each) for each in pages.values()]
        assert list(archive.verify()) == []
        stored = b"".join(archive.stored(line) for line in archive.lines())
        assert {capture.status for capture in captures} == {200}
    assert stored.count(b"\x1f\x8b") >= 20


def test_an_authority_that_nobody_trusts_is_refused_over_http2_too(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    (refused,) = gather([server.url("/1")], SETTINGS)
    assert isinstance(refused, Failure)
    assert "TLS" in refused.reason
    assert server.seen == []
