"""What is sent to an address that the settings name: a question to a time-stamping authority, through the same wall."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sayso.collect import CollectSettings, post
from sayso.errors import SaysoError

SETTINGS = CollectSettings(allow_private=True, read_timeout=5, total_timeout=10)


class Asked(ThreadingHTTPServer):
    """Answers as its attributes say, and keeps what it was asked."""

    status = 200
    answer = b"the reply"
    location = ""
    got: list[tuple[str, dict[str, str], bytes]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/tsa"


class _Handler(BaseHTTPRequestHandler):
    server: Asked

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def authority() -> Iterator[Asked]:
    with Asked(("127.0.0.1", 0), _Handler) as server:
        server.got = []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_question_arrives_and_the_answer_comes_back(authority: Asked) -> None:
    assert post(authority.url, b"\x30\x00question", "application/timestamp-query", SETTINGS) == b"the reply"
    ((path, headers, body),) = authority.got
    assert (path, body) == ("/tsa", b"\x30\x00question")
    assert headers["content-type"] == "application/timestamp-query"
    assert headers["user-agent"] == SETTINGS.user_agent
    assert not {"cookie", "authorization"} & set(headers)


@pytest.mark.parametrize("status", [302, 404, 500])
def test_any_other_status_is_an_error_and_no_redirect_is_followed(authority: Asked, status: int) -> None:
    authority.status, authority.location = status, authority.url
    with pytest.raises(SaysoError, match=f"HTTP {status}"):
        post(authority.url, b"question", "text/plain", SETTINGS)
    assert len(authority.got) == 1


def test_an_endless_answer_is_cut_off(authority: Asked) -> None:
    authority.answer = b"x" * 2_000_000
    with pytest.raises(SaysoError, match="too long"):
        post(authority.url, b"question", "text/plain", SETTINGS)


def test_private_addresses_are_not_asked(authority: Asked) -> None:
    with pytest.raises(SaysoError, match="not in the public internet"):
        post(authority.url, b"question", "text/plain", CollectSettings())
    assert authority.got == []


@pytest.mark.parametrize("url", ["ftp://e.org/", "http://", "http://u:p@e.org/", "http://127.0.0.1:1/nobody"])
def test_what_cannot_be_asked_is_said_in_one_line(url: str) -> None:
    with pytest.raises(SaysoError) as refusal:
        post(url, b"question", "text/plain", SETTINGS)
    assert str(refusal.value).startswith(url)
    assert "\n" not in str(refusal.value)
