"""What the workbench must not do: run strangers' words, answer strangers, write, tell its inside, leave its folder."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from sayso.cli._app import app as program
from sayso.desk import Desk
from sayso.web import create_app
from sayso.web.app import PAGES


@pytest.fixture(scope="module")
def pages(client: TestClient) -> dict[str, str]:
    """Every page that shows words of strangers."""
    found = client.get("/documents.json").json()["documents"]
    addresses = ["/", "/documents", "/search", "/search?q=alert", "/actors", "/actors/union", "/items", "/outlets"]
    for each in found:
        addresses += [f"/documents/{each['id']}", f"/captures/{each['sha256']}"]
    addresses += [f"/statements/{s['id']}" for s in client.get("/search.json").json()["statements"]]
    asked = quote("<script>alert(3)</script>")
    addresses += [f"/search?{name}={asked}" for name in ("q", "actor", "outlet", "topic", "code", "item")]
    addresses += [
        f"/{kind}/{quote('<script>alert(4)</script>', safe='')}" for kind in ("documents", "outlets", "actors")
    ]
    return {address: client.get(address).text for address in addresses}


def test_words_of_strangers_are_never_markup(pages: dict[str, str]) -> None:
    seen = 0
    for address, text in pages.items():
        scripts = re.findall(r"<script[^>]*>", text)
        assert scripts and all(
            re.fullmatch(r'<script src="/static/[a-z]+\.js" type="module">', each) for each in scripts
        )
        assert not re.search(r"<img|<object|\son\w+\s*=\s*[\"']|javascript:", text), address
        frames = re.findall(r"<iframe[^>]*>", text)
        assert all(re.match(r'<iframe class="archived" sandbox src="/captures/[0-9a-f]{64}/page"', f) for f in frames)
        seen += text.count("&lt;script&gt;")
    assert seen >= 5  # they are shown, as words


def test_direction_controls_are_written_out(pages: dict[str, str]) -> None:
    assert all("\u202e" not in text for text in pages.values())
    assert any("⟦U+202E⟧" in text for text in pages.values())


@pytest.mark.parametrize("address", ["/", "/nope", "/.json", "/static/workbench.css", "/documents/nope"])
def test_every_answer_binds_the_browser(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_pages_hold_no_inline_style_and_nothing_from_elsewhere(pages: dict[str, str]) -> None:
    for address, text in pages.items():
        assert "style=" not in text and "<style" not in text, address
        assert not re.search(r'(src|action)="(https?:)?//', text), address
        assert re.findall(r'<link[^>]+href="([^"]+)"', text)[:2] == ["/static/favicon.svg", "/static/workbench.css"]


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8350", "10.0.0.1", "", "[::1]x", "0.0.0.0"],
)
def test_only_this_machines_own_names_are_answered(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421 and "Harbour" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8350", "[::1]:8350", "127.0.0.1:80", "LOCALHOST"])
def test_its_own_names_are(client: TestClient, host: str) -> None:
    assert client.get("/.json", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_no_other_methods(client: TestClient, desk: Desk, method: str) -> None:
    before = desk.store.fingerprint()
    for address in ("/", "/documents", "/search.csv", "/people/add"):
        assert client.request(method, address).status_code == 405
    assert desk.store.fingerprint() == before


def posts() -> list[str]:
    """Every address that takes POST, with words for its parameters."""
    routes = [route for module in PAGES for route in module.router.routes]
    return [re.sub(r"{[^}]*}", "1", r.path) for r in routes if "POST" in r.methods]  # type: ignore[attr-defined]


def test_every_post_without_its_token_is_refused_before_anything_else(client: TestClient, desk: Desk) -> None:
    before, log = desk.store.fingerprint(), desk.store.accounts.log_size()
    addresses = posts()
    assert len(addresses) >= 8
    for address in addresses:
        for body in ({"data": {"name": "x"}}, {"data": {"token": "0" * 64}}, {"headers": {"X-Sayso-Token": "x"}}):
            answer = client.post(address, **body)
            assert answer.status_code in (400, 403), (address, answer.status_code)
    assert desk.store.fingerprint() == before and desk.store.accounts.log_size() == log


@pytest.mark.parametrize("headers", [
    {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9999"},
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
])  # fmt: skip
def test_a_form_sent_from_elsewhere_is_refused_though_its_token_is_right(
    client: TestClient, headers: dict[str, str]
) -> None:
    token = client.get("/session.json").json()["token"]
    answer = client.post("/people/add", data={"token": token, "name": "x"}, headers=headers)
    assert answer.status_code == 403 and "another site" in answer.text


def test_only_forms_and_json_are_taken_and_no_more_than_they_may_hold(client: TestClient) -> None:
    token = client.get("/session.json").json()["token"]
    headers = {"X-Sayso-Token": token, "content-type": "text/plain"}
    assert client.post("/people/add.json", content="{}", headers=headers).status_code == 415
    large = client.post("/people/add", data={"token": token, "name": "x" * 1_100_000})
    assert large.status_code == 413

    def parts() -> Iterator[bytes]:  # without a Content-Length
        yield b"name="
        for _ in range(20):
            yield b"x" * 100_000

    kind = {"content-type": "application/x-www-form-urlencoded", "X-Sayso-Token": token}
    assert client.post("/people/add", content=parts(), headers=kind).status_code == 413


def test_what_is_not_there_is_a_page_that_says_so(client: TestClient) -> None:
    nothing = "0" * 64
    for address in (
        *(
            "/nope",
            "/documents/x",
            "/statements/x",
            "/actors/x",
            "/outlets/x",
            "/items/x",
            "/lines/x/y",
            "/lines/union/x",
        ),
        *("/briefs/x/y", "/briefs/union/leavers.exe", "/lines/union/leavers?codes=x"),
        *(f"/captures/{nothing}", f"/captures/{nothing}/raw", "/captures/zz"),
    ):
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert "<h1>Not found</h1>" in answer.text, address
    assert client.get("/documents/x.json").json() == {"error": "there is no document x"}


@pytest.mark.parametrize("path", [
    "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/passwd",
    "/captures/..%2f..%2fsayso.toml/raw",
    "/captures/../sayso.toml", "/documents/..%2f..%2fetc%2fpasswd", "/static/..\\app.py",
    "/outlets/../../sayso.toml", "/static/%00",
])  # fmt: skip
def test_no_path_leads_out(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "create_app" not in answer.text and "root:" not in answer.text and "[desk]" not in answer.text


def test_captured_bytes_are_a_file_to_keep_and_never_shown(client: TestClient) -> None:
    page = next(d for d in client.get("/documents.json").json()["documents"] if d["path"].endswith("markup.html"))
    raw = client.get(f"/captures/{page['sha256']}/raw")
    assert raw.headers["content-type"] == "application/octet-stream"
    assert re.fullmatch(r'attachment; filename="capture-[0-9a-f]{16}\.html"', raw.headers["content-disposition"])
    assert "sandbox" in raw.headers["content-security-policy"] and b"<article>" in raw.content


def test_what_breaks_tells_the_browser_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret path /root/secret")

    monkeypatch.setattr("sayso.desk.views.actors", broken)
    answer = TestClient(create_app(desk), base_url="http://127.0.0.1", raise_server_exceptions=False).get("/actors")
    assert answer.status_code == 500
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org", "::", ""])
def test_serve_refuses_other_hosts_with_one_clear_line(desk: Desk, host: str) -> None:
    result = CliRunner().invoke(program(), ["serve", "--desk", str(desk.folder), "--host", host])
    assert result.exit_code != 0
    assert "without accounts" in str(result.exception) and "sayso accounts add" in str(result.exception)


def test_serve_tells_a_port_that_is_taken(desk: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(program(), ["serve", "--desk", str(desk.folder), "--port", port])
    assert "choose another with --port" in str(result.exception)


def test_a_query_far_too_long_is_refused(client: TestClient) -> None:
    assert client.get("/search", params={"q": "x" * 301}).status_code == 400
    assert client.get("/search?offset=-1").status_code == 400
    assert client.get("/search?offset=99999999999999999999").status_code == 400
