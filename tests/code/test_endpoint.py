"""The coder over an OpenAI-compatible endpoint, against a server of our own on loopback."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sayso.code import Code, Family, Unit
from sayso.code.endpoint import Endpoint, EndpointCoder
from sayso.errors import SaysoError, UsageError

FAMILY = Family(name="tone", codes=(Code(name="warm", definition="Speaks kindly"), Code(name="cold"), Code(name="wry")))


class Server:
    """Answers with what `answers` holds, in turn, and keeps what it was asked."""

    def __init__(self):
        self.asked: list[dict] = []
        self.answers: list[object] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append({**body, "path": self.path, "key": self.headers.get("Authorization")})
                content = outer.answers.pop(0)
                data = (
                    content
                    if isinstance(content, bytes)
                    else json.dumps({"choices": [{"message": {"content": content}}]}).encode()
                )
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"


@pytest.fixture
def server():
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


class Clock:
    now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def coder(server, tmp_path, clock=None, **options) -> EndpointCoder:
    clock = clock or Clock()
    return EndpointCoder(
        FAMILY, Endpoint(server.url, "tiny-model", **options), tmp_path / "answers.db", clock=clock, sleep=clock.sleep
    )


def test_codes_and_caches(server, tmp_path):
    server.answers = ['{"code": "cold", "probability": 0.8}']
    with coder(server, tmp_path, key="secret") as first:
        (seen,) = first.predict([Unit("We hate them", "We", "them")])
        assert first.name.startswith("tiny-model@") and first.name.endswith(first.prompt_hash)
    assert (seen.code, seen.probability, seen.unsure) == ("cold", 0.8, False)
    assert sum(seen.probabilities.values()) == pytest.approx(1)
    asked = server.asked[0]
    assert asked["path"] == "/v1/chat/completions" and asked["key"] == "Bearer secret"
    assert "Speaks kindly" in asked["messages"][0]["content"] and "We hate them" in asked["messages"][1]["content"]
    assert asked["response_format"]["json_schema"]["schema"]["properties"]["code"]["enum"] == ["warm", "cold", "wry"]
    with coder(server, tmp_path) as second:
        assert second.predict([Unit("We hate them", "We", "them")]) == [seen]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "bad", ["no json", '{"code": "hot", "probability": 1}', '{"code": "cold", "probability": 7}', "[1]", "null"]
)
def test_answers_outside_the_codebook_are_asked_again_then_left(server, tmp_path, bad):
    server.answers = [bad, '{"code": "wry", "probability": 0.9}', bad, bad]
    with coder(server, tmp_path) as made:
        assert made.predict([Unit("one")])[0].code == "wry"
        lost = made.predict([Unit("two")])[0]
    assert lost.unsure and lost.probability == 0


def test_requests_are_spaced(server, tmp_path):
    server.answers = ['{"code": "wry", "probability": 0.9}'] * 4
    clock = Clock()
    with coder(server, tmp_path, clock, per_minute=30) as made:
        made.predict([Unit(str(n)) for n in range(4)])
    assert clock.now == pytest.approx(6)


def test_failures_are_one_line(server, tmp_path):
    server.answers, server.status = ["x"], 500
    with coder(server, tmp_path) as made, pytest.raises(SaysoError, match="500"):
        made.predict([Unit("one")])
    server.answers, server.status = [b"not json"], 200
    with coder(server, tmp_path) as made, pytest.raises(SaysoError, match="no chat completion"):
        made.predict([Unit("one")])
    server.http.shutdown()
    server.http.server_close()
    with coder(server, tmp_path) as made, pytest.raises(SaysoError, match="cannot be reached"):
        made.predict([Unit("one")])


def test_families_of_multiple_codes_are_refused(server, tmp_path):
    with pytest.raises(UsageError, match="several codes"):
        EndpointCoder(FAMILY.model_copy(update={"multiple": True}), Endpoint(server.url, "m"), tmp_path / "a.db")
