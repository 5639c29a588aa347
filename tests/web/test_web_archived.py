"""Archived pages in their frame: whatever a stranger's page holds, what is shown runs, loads, leads and sends nothing."""

from __future__ import annotations

import html.parser
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from sayso.desk import Desk
from sayso.web import _archived, create_app

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<a href=javascript:alert(1)>x</a>",
    "<a href=https://evil.example/>x</a>", "<iframe src=//evil.example></iframe>", "<base href=//evil.example/>",
    '<meta http-equiv=refresh content="0;url=//evil.example">', "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'; body{background:url(//evil.example)}</style>",
    '<p style="background:url(//evil.example)">x</p>', "<form action=//evil.example><input name=x><button>x</button></form>",
    "<object data=//evil.example></object>", "<embed src=//evil.example>", "<video src=//evil.example autoplay></video>",
    "<audio src=//evil.example></audio>", "<img srcset='//evil.example 1x'>", "<body background=//evil.example>",
    "<table background=//evil.example><tr><td background=//evil.example>x</table>", "<template><script>1</script></template>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "<noscript><p title='</noscript><script>1</script>'>",
    "<svg><style><![CDATA[</style><script>alert(1)</script>]]>", "<a ping=//evil.example href=#x id=token>x</a>",
    "<input type=hidden name=token>", "<isindex action=//evil.example>", "<link rel=prefetch href=//evil.example>",
    "<portal src=//evil.example>", "<details ontoggle=alert(1) open>x</details>", "<q cite=//evil.example>x</q>",
    "<marquee onstart=alert(1)>x</marquee>", "<x-y onclick=alert(1)>x</x-y>", "<b/onmouseover=alert(1)>x</b>",
]  # fmt: skip


class Seen(html.parser.HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def check(markup: str) -> None:
    found = _archived.shown(markup, "https://page.example/<script>")
    assert found is not None
    elements = Seen(found).elements
    allowed = {"html", "head", "meta", "title", "style", "body"} | _archived._KEPT
    assert {tag for tag, _ in elements} <= allowed
    assert [tag for tag, _ in elements].count("style") == [tag for tag, _ in elements].count("meta") == 1
    names = {name for tag, attrs in elements if tag != "meta" for name in attrs}
    assert names <= {"dir", "lang", "alt", "colspan", "rowspan", "datetime", "start"}


@pytest.mark.parametrize("markup", HOSTILE)
def test_nothing_that_runs_loads_leads_or_sends_is_left(markup: str) -> None:
    check(f"<p>before</p>{markup}<p>after")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(HOSTILE) | st.text("<>/=\"' abcsriptonload!-[]&;\0", max_size=30), max_size=8))
def test_nor_of_any_mixture(parts: list[str]) -> None:
    check("".join(parts))


def test_turned_writing_is_written_out() -> None:
    found = _archived.shown("<p>a&#x202e;txt.exe \u2066b", "x\u202e")
    assert found and "\u202e" not in found and found.count("⟦U+202E⟧") == 2


def test_words_lists_tables_and_the_direction_of_writing_stay() -> None:
    found = _archived.shown(
        "<h1>Title</h1><ul><li>one<li>two</ul><table><td colspan=2>cell</table><p dir=rtl lang=ar>قال", ""
    )
    assert found and "<h1>Title</h1>" in found and found.count("<li>") == 2
    assert '<td colspan="2">cell</td>' in found and 'dir="rtl"' in found


@pytest.mark.parametrize("markup", ["<div>" * 300_000, "<!--" * 500_000, "<script>" * 300_000, "<b>" * 1_000_000])
def test_a_page_made_to_be_slow_is_not_shown_or_at_once(markup: str) -> None:
    began = time.process_time()
    found = _archived.shown(markup, "")
    assert found is None or "<body>" in found
    assert time.process_time() - began < 20


def test_the_frame_is_sandboxed_and_its_page_allows_nothing(client: TestClient) -> None:
    found = next(d for d in client.get("/documents.json").json()["documents"] if d["path"].endswith("markup.html"))
    page = client.get(f"/captures/{found['sha256']}").text
    frame = page[page.index("<iframe") : page.index("</iframe>")]
    assert ' sandbox src="/captures/' in frame and "allow-" not in frame
    answer = client.get(f"/captures/{found['sha256']}/page")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and policy.endswith("; sandbox")
    assert "unsafe" not in policy and "frame-ancestors 'self'" in policy
    assert "<script" not in answer.text and "expelled tomorrow" in answer.text


def test_text_is_shown_as_text_and_what_is_no_page_not_at_all(tmp_path: Path) -> None:
    Desk.create(tmp_path / "desk").close()
    (tmp_path / "a.txt").write_text("<b>not bold</b>\n")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 nothing")
    with Desk.open(tmp_path / "desk") as desk:
        desk.add([str(tmp_path / "a.txt"), str(tmp_path / "b.pdf")])
        client = TestClient(create_app(desk), base_url="http://127.0.0.1")
        pages = {desk.store.captures.of(each)[0].url[-5:]: each for each in desk.store.captures.contents()}
        assert "<pre>&lt;b&gt;not bold&lt;/b&gt;" in client.get(f"/captures/{pages['a.txt']}/page").text
        assert client.get(f"/captures/{pages['b.pdf']}/page").status_code == 404
        assert "<iframe" not in client.get(f"/captures/{pages['b.pdf']}").text
