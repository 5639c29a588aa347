"""Fetching from a site on loopback: what is well behaved is fetched once, what is hostile is refused in bounds."""

import asyncio
import gzip
import ssl
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback_site import Reply, Request, Site, page, redirect

from sayso.collect import CollectSettings, gather
from sayso.collect._fetcher import Fetcher, Job
from sayso.collect._guard import GuardedTransport, is_public
from sayso.collect._http import Refused
from sayso.records import Failure, Fetched


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def quick(**changes: object) -> CollectSettings:
    """Settings with short limits, for hosts that misbehave."""
    values: dict = {
        "allow_private": True,
        "retries": 0,
        "connect_timeout": 1,
        "read_timeout": 0.5,
        "total_timeout": 1.5,
        "max_bytes": 200_000,
        **changes,
    }
    return CollectSettings(**values)


def one(url: str, settings: CollectSettings) -> Fetched | Failure:
    results = list(gather([url], settings))
    assert len(results) == 1
    return results[0]


def reason(url: str, settings: CollectSettings) -> str:
    result = one(url, settings)
    assert isinstance(result, Failure)
    assert "\n" not in result.reason
    return result.reason


def test_a_page_comes_with_what_was_asked_and_answered(site: Site) -> None:
    site.routes["/a"] = page("words")
    found = one(site.url("/a"), quick())
    assert isinstance(found, Fetched)
    assert found.data == page("words").body
    assert (found.path, found.status, found.media_type, found.ip) == (site.url("/a"), 200, "text/html", "127.0.0.1")
    assert found.protocol == "http/1.1"
    assert ("User-Agent", CollectSettings().user_agent) in found.request_headers
    assert any(name.lower() == "content-type" for name, _ in found.headers)


def test_tracking_parameters_and_fragments_are_not_asked_for(site: Site) -> None:
    site.routes["/a"] = page("words")
    found = one(site.url("/a?utm_source=x&id=3#part"), quick())
    assert isinstance(found, Fetched)
    assert found.url == site.url("/a?id=3")
    assert found.path == site.url("/a?utm_source=x&id=3#part")


def test_redirects_are_followed_and_recorded(site: Site) -> None:
    site.routes |= {"/old": redirect("/newer", 301), "/newer": redirect("/new", 307), "/new": page("words")}
    found = one(site.url("/old"), quick())
    assert isinstance(found, Fetched)
    assert (found.url, found.final_url) == (site.url("/old"), site.url("/new"))
    assert [(hop.url, hop.status) for hop in found.hops] == [(site.url("/old"), 301), (site.url("/newer"), 307)]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/loop", "redirect loop"),
        ("file:///etc/passwd", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("", "without saying where"),
        ("http://[bad", "not valid"),
    ],
)
def test_redirects_that_lead_nowhere_are_refused(site: Site, target: str, words: str) -> None:
    site.routes["/loop"] = redirect(target)
    assert words in reason(site.url("/loop"), quick())


def test_a_chain_of_redirects_ends(site: Site) -> None:
    site.fallback = lambda request: redirect(f"{request.path}x")
    assert "more than 8 redirects" in reason(site.url("/a"), quick(robots=False))


def test_gzip_is_undone(site: Site) -> None:
    body = page("words").body
    for coding, packed in (
        ("gzip", gzip.compress(body)),
        ("deflate", zlib.compress(body)),
        ("deflate", zlib.compress(body)[2:-4]),  # raw, as some servers send it
        ("gzip", gzip.compress(body[:20]) + gzip.compress(body[20:])),
    ):
        site.routes["/z"] = Reply(packed, headers={"Content-Encoding": coding})
        found = one(site.url("/z"), quick())
        assert isinstance(found, Fetched), found
        assert found.data == body


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(gzip.compress(bytes(60_000_000)), headers={"Content-Encoding": "gzip"}), "more than"),
        (Reply(gzip.compress(b"x" * 999)[:-9], headers={"Content-Encoding": "gzip"}), "breaks off"),
        (Reply(b"not gzip at all", headers={"Content-Encoding": "gzip"}), "broken"),
        (Reply(b"x", headers={"Content-Encoding": "br"}), "not asked for"),
        (Reply(b"x" * 300_000), "MB that [collect] max_bytes allows"),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"), "breaks"),
        (Reply(raw=b"this is no HTTP\r\n\r\n"), "breaks the protocol"),
        (Reply(raw=b""), "breaks"),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx"), "breaks"),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx"), "breaks"),
        (Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 100_000), "breaks"),
        (Reply(status=404), "HTTP 404 Not Found"),
        (Reply(status=410), "HTTP 410 Gone"),
        (Reply(status=500), "HTTP 500"),
        (Reply(status=999), "HTTP 999"),
    ],
)
def test_bad_answers_are_refused_in_one_line(site: Site, reply: Reply, words: str) -> None:
    site.routes["/bad"] = reply
    assert words in reason(site.url("/bad"), quick())


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"more and more " * 1000)
        await writer.drain()


async def _drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.1)


async def _silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("stream", "words"), [(_endless, "more than"), (_drip, "took longer than 1.5 s"), (_silent, "fell silent")]
)
def test_nothing_hangs(site: Site, stream: object, words: str) -> None:
    site.routes["/slow"] = Reply(stream=stream)  # type: ignore[arg-type]
    assert words in reason(site.url("/slow"), quick())


def test_a_host_that_hangs_does_not_hold_up_others(site: Site) -> None:
    site.routes |= {"/slow": Reply(stream=_silent), "/a": page("words")}
    with Site({"/b": page("other words")}) as other:
        order = [result.path for result in gather([site.url("/slow"), other.url("/b")], quick())]
    assert order == [other.url("/b"), site.url("/slow")]


def test_broken_tls_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    curve = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command = ["openssl", "req", "-x509", "-newkey", *curve, "-nodes", "-subj", "/CN=wrong.example", "-days", "1"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Site({"/a": page("words")}, tls=context) as site:
        patient = quick(connect_timeout=30, read_timeout=30, total_timeout=60)
        assert "TLS" in reason(site.url("/a"), patient)


def test_only_addresses_with_a_host_over_http(site: Site) -> None:
    for url, words in (
        ("ftp://example.org/x", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("http://", "names no host"),
        ("http://user:secret@127.0.0.1/", "password"),
        ("http://127.0.0.1:99999/", "not a valid address"),
    ):
        assert words in reason(url, quick())


# -- the wall ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a",
        "http://127.1:{port}/a",
        "http://2130706433:{port}/a",
        "http://0.0.0.0:{port}/a",
        "http://localhost:{port}/a",
        "http://[::1]:{port}/a",
        "http://[::ffff:127.0.0.1]:{port}/a",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
    ],
)
def test_private_addresses_are_never_asked(site: Site, url: str) -> None:
    site.routes["/a"] = page("inside")
    assert "not in the public internet" in reason(url.format(port=site.port), quick(allow_private=False))
    assert site.log == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
    ],
)
def test_what_counts_as_public(address: str, public: bool) -> None:
    assert is_public(address) is public


class _Names:
    """A resolver with a mind of its own: each name's answers in turn."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        found = self.answers[host.partition(".")[0]]
        return [found.pop(0) if len(found) > 1 else found[0]]


def fetch_with(names: _Names, url: str, settings: CollectSettings) -> Fetched | Refused:
    transport = GuardedTransport(allow_private=settings.allow_private, per_host=2, resolve=names)
    with Fetcher(settings, transport) as fetcher:
        fetcher.submit(Job(url))
        return next(iter(fetcher))[1]


def test_the_address_that_was_checked_is_the_one_connected_to(site: Site) -> None:
    """DNS rebinding: the first answer is public, all later ones are loopback. The name is resolved once a connection."""
    site.routes["/a"] = page("inside")
    names = _Names(rebind=["198.18.0.1", "127.0.0.1"])  # a benchmark network: not public, not routed
    outcome = fetch_with(names, f"http://rebind.test:{site.port}/a", quick(allow_private=False, robots=False))
    assert isinstance(outcome, Refused)
    assert "198.18.0.1" in outcome.reason
    assert (names.asked, site.log) == (["rebind.test"], [])


def test_a_redirect_does_not_lead_inside(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first host passes as public; the one that it redirects to does not."""
    import sayso.collect._guard as guard

    site.routes |= {"/a": redirect(f"http://inner.test:{site.port}/secret"), "/secret": page("inside")}
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.1")
    names = _Names(outer=["127.0.0.1"], inner=["127.0.0.2"])
    outcome = fetch_with(names, f"http://outer.test:{site.port}/a", quick(allow_private=False, robots=False))
    assert isinstance(outcome, Refused)
    assert "inner.test is at 127.0.0.2" in outcome.reason
    assert [request.path for request in site.log] == ["/a"]


def test_names_that_do_not_resolve_are_named() -> None:
    assert "cannot be resolved" in reason("http://no-such-host.invalid/", quick())


# -- manners -------------------------------------------------------------------------------------------------------------


def test_robots_txt_is_asked_once_and_obeyed(site: Site) -> None:
    rules = b"User-agent: *\nDisallow: /all\n\nUser-agent: sayso\nDisallow: /private\n"
    site.routes |= {"/robots.txt": Reply(rules, "text/plain"), "/all": page("a"), "/private/x": page("b")}
    results = {result.path: result for result in gather([site.url("/all"), site.url("/private/x")], quick())}
    assert isinstance(results[site.url("/all")], Fetched)
    refused = results[site.url("/private/x")]
    assert isinstance(refused, Failure) and "robots.txt" in refused.reason
    assert (site.asked("/robots.txt"), site.asked("/private/x")) == (1, 0)
    assert isinstance(one(site.url("/private/x"), quick(robots=False)), Fetched)


def test_a_host_whose_robots_txt_fails_is_left_alone(site: Site) -> None:
    site.routes |= {"/robots.txt": Reply(status=503), "/a": page("words")}
    assert "robots.txt cannot be had" in reason(site.url("/a"), quick())
    assert site.asked("/a") == 0


def test_crawl_delay_spaces_the_requests(site: Site) -> None:
    site.routes |= {"/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 0.5\n", "text/plain")}
    site.routes |= {f"/{number}": page("words") for number in range(4)}
    results = list(gather([site.url(f"/{number}") for number in range(4)], quick()))
    assert all(isinstance(result, Fetched) for result in results)
    times = sorted(request.at for request in site.log if request.path != "/robots.txt")
    assert times[-1] - times[0] > 1.0  # three pauses, less what a busy machine added to the first


def test_a_crawl_delay_that_is_too_long_is_left_for_the_next_run(site: Site) -> None:
    site.routes |= {"/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 600\n", "text/plain")}
    site.routes |= {f"/{number}": page("words") for number in range(5)}
    results = list(gather([site.url(f"/{number}") for number in range(5)], quick()))
    assert sum(isinstance(result, Fetched) for result in results) == 1
    assert any("asks for 600 s" in result.reason for result in results if isinstance(result, Failure))


def test_no_more_than_two_at_a_time_to_one_host(site: Site) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    site.fallback = lambda request: Reply(stream=slow)
    results = list(gather([site.url(f"/{number}") for number in range(12)], quick(robots=False)))
    assert len(results) == 12
    assert site.busiest == 2


def test_a_429_storm_is_waited_out_when_it_is_short(site: Site) -> None:
    def busy(request: Request) -> Reply:
        first = sum(each.path == request.path for each in site.log) == 1
        return Reply(status=429, headers={"Retry-After": "1"}) if first else page("words")

    site.routes["/a"] = busy
    found = one(site.url("/a"), quick(retries=2))
    assert isinstance(found, Fetched)
    first, second = (request.at for request in site.log if request.path == "/a")
    assert second - first > 0.9


def test_a_429_storm_is_left_alone_when_it_is_long(site: Site) -> None:
    site.fallback = lambda request: Reply(status=429, headers={"Retry-After": "3600"})
    results = list(gather([site.url(f"/{number}") for number in range(200)], quick(robots=False, retries=2)))
    assert len(results) == 200
    assert all(isinstance(result, Failure) for result in results)
    assert any("asks to wait for 3600 s" in result.reason for result in results)
    assert len(site.log) <= 4  # not one request for each of the 200


def test_a_rest_holds_for_those_who_wait_for_their_turn_already(site: Site) -> None:
    """While the first request is out, the second waits for the crawl-delay: it must hear of the 429, too."""

    def busy(request: Request) -> Reply:
        return Reply(status=429, headers={"Retry-After": "2"}) if site.asked("/1") == 1 else page("words")

    site.routes |= {"/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 0.2\n", "text/plain")}
    site.routes |= {"/1": busy, "/2": page("words")}
    results = list(gather([site.url("/1"), site.url("/2")], quick(retries=2)))
    assert all(isinstance(result, Fetched) for result in results)
    first, *later = (request.at for request in site.log if request.path != "/robots.txt")
    assert len(later) == 2 and min(later) - first > 1.9


def test_a_dead_host_is_given_up_after_a_few_failures(site: Site) -> None:
    site.fallback = lambda request: Reply(raw=b"")
    results = list(gather([site.url(f"/{number}") for number in range(100)], quick(robots=False)))
    assert len(results) == 100
    assert any("times in a row" in result.reason for result in results if isinstance(result, Failure))
    assert len(site.log) < 20


def test_credentials_go_to_their_host_alone(site: Site) -> None:
    site.routes |= {"/a": redirect(f"http://localhost:{site.port}/b"), "/b": page("words")}
    own = {"cookies": {"session": "geheim"}, "username": "u", "password": "p", "headers": {"X-Key": "k"}}
    found = one(site.url("/a"), quick(robots=False, hosts={"127.0.0.1": own}))
    first, second = site.log
    assert (first.headers["cookie"], first.headers["x-key"]) == ("session=geheim", "k")
    assert first.headers["authorization"].startswith("Basic ")
    assert not {"cookie", "authorization", "x-key"} & set(second.headers)
    assert "geheim" not in repr(found)


def test_cookies_that_a_host_sets_are_not_sent_back(site: Site) -> None:
    site.routes |= {
        "/a": Reply(status=302, headers={"Location": "/b", "Set-Cookie": "spy=1"}),
        "/b": page("words"),
    }
    one(site.url("/a"), quick())
    assert all("cookie" not in request.headers for request in site.log)


def test_the_environment_has_no_say(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    site.routes["/a"] = page("words")
    assert isinstance(one(site.url("/a"), quick()), Fetched)


def test_stopping_early_ends_all_requests(site: Site) -> None:
    site.fallback = lambda request: page("words")
    results = gather([site.url(f"/{number}") for number in range(500)], quick())
    next(results)
    results.close()
    assert len(site.log) < 500
