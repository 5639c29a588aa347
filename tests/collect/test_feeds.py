"""Feeds: what is new is fetched once, what is known is not, and a feed that goes wrong is named."""

import datetime as dt
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback_site import Reply, Request, Site, page, redirect
from pydantic import ValidationError

from sayso.archive import Archive
from sayso.collect import (
    CollectSettings,
    Feed,
    FeedLog,
    FeedReport,
    collect,
    due,
    feeds_toml,
    gather,
    health,
    opml_feeds,
)
from sayso.records import Failure, Fetched

SETTINGS = CollectSettings(allow_private=True, retries=0)
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        running.routes |= {f"/{number}": page(f"The words of page {number}.") for number in range(1, 9)}
        yield running


@pytest.fixture
def desk(tmp_path: Path) -> Iterator["Desk"]:
    with Archive(tmp_path / "archive") as archive:
        yield Desk(archive, FeedLog(tmp_path / "feeds.jsonl"))


class Desk:
    """As much of a desk as collecting needs."""

    def __init__(self, archive: Archive, log: FeedLog) -> None:
        self.archive = archive
        self.log = log

    def collect(self, *feeds: Feed, stop_after: int | None = None) -> tuple[list[Fetched], list[Failure], list]:
        items: list[Fetched] = []
        failures: list[Failure] = []
        reports: list[FeedReport] = []
        for number, result in enumerate(collect(feeds, SETTINGS, self.archive, self.log)):
            if isinstance(result, Fetched):
                self.archive.put(result)
                if result.role == "item":
                    items.append(result)
            elif isinstance(result, Failure):
                failures.append(result)
            else:
                reports.append(result)
            if number == stop_after:
                break
        return items, failures, reports


def feed(url: str, **more: str) -> Feed:
    return Feed.model_validate({"url": url, **more})


def rss(site: Site, *numbers: int) -> Reply:
    items = "".join(
        f"<item><title>Story {n}</title><link>{site.url(f'/{n}')}?utm_source=rss</link>"
        f"<pubDate>Mon, 0{n} Jun 2026 10:00:00 GMT</pubDate></item>"
        for n in numbers
    )
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><language>en-GB</language>{items}'
    return Reply(f"{text}</channel></rss>".encode(), "application/rss+xml", headers={"ETag": f'"{numbers}"'})


def conditional(reply: Reply) -> object:
    """The reply, or 304 for who has it."""

    def answer(request: Request) -> Reply:
        same = request.headers.get("if-none-match") == reply.headers["ETag"]
        return Reply(status=304, headers=reply.headers) if same else reply

    return answer


def paths(items: list[Fetched]) -> set[str]:
    return {item.url.rpartition("/")[2] for item in items}


def test_what_is_new_is_fetched_once(site: Site, desk: Desk) -> None:
    site.routes["/feed"] = rss(site, 1, 2)
    here = feed(site.url("/feed"), outlet="The News", medium="editorial")
    items, failures, (report,) = desk.collect(here)
    assert (paths(items), failures) == ({"1", "2"}, [])
    assert (report.listed, report.new, report.refused, report.ok) == (2, 2, 0, True)
    first = min(items, key=lambda item: item.url)
    assert first.hints == {
        "title": "Story 1",
        "published": "2026-06-01T10:00:00Z",
        "language": "en",
        "outlet": "The News",
        "medium": "editorial",
    }
    site.routes["/feed"] = rss(site, 1, 2, 3)
    items, _, (report,) = desk.collect(here)
    assert (paths(items), report.listed, report.new) == ({"3"}, 3, 1)
    assert [site.asked(f"/{number}") for number in (1, 2, 3)] == [1, 1, 1]


def test_a_feed_that_did_not_change_is_not_sent_again(site: Site, desk: Desk) -> None:
    site.routes["/feed"] = conditional(rss(site, 1))  # type: ignore[assignment]
    desk.collect(feed(site.url("/feed")))
    items, failures, (report,) = desk.collect(feed(site.url("/feed")))
    assert (items, failures, report.unchanged, report.ok) == ([], [], True, True)
    assert list(desk.archive.verify()) == []


def test_a_run_that_was_killed_misses_nothing(site: Site, desk: Desk) -> None:
    """The feed was captured, its items were not: "not modified" must not be believed yet."""
    site.routes["/feed"] = conditional(rss(site, 1, 2, 3, 4))  # type: ignore[assignment]
    killed, _, _ = desk.collect(feed(site.url("/feed")), stop_after=1)
    items, _, _ = desk.collect(feed(site.url("/feed")))
    assert paths(killed) | paths(items) == {"1", "2", "3", "4"}
    assert not paths(killed) & paths(items)


def test_items_that_failed_are_tried_again_though_the_feed_did_not_change(site: Site, desk: Desk) -> None:
    site.routes["/feed"] = conditional(rss(site, 1, 9))  # type: ignore[assignment]
    _, failures, (report,) = desk.collect(feed(site.url("/feed")))
    assert (len(failures), report.refused) == (1, 1)
    site.routes["/9"] = page("late")
    items, failures, _ = desk.collect(feed(site.url("/feed")))
    assert (paths(items), failures) == ({"9"}, [])


def test_a_silent_edit_is_found_by_rechecking(site: Site, desk: Desk) -> None:
    site.routes["/feed"] = rss(site, 1, 2)
    here = feed(site.url("/feed"), recheck="3d")
    desk.collect(here)
    site.routes["/1"] = page("The words of page 1, edited.")
    items, _, (report,) = desk.collect(here)
    assert (report.new, report.rechecked) == (0, 2)
    versions = desk.archive.versions(site.url("/1"))
    assert [b"edited" in desk.archive.get(version.sha256) for version in versions] == [False, True]
    unchanged = desk.archive.versions(site.url("/2"))
    assert len({version.sha256 for version in unchanged}) == 1
    assert len(items) == 2


def test_an_item_that_left_the_list_is_looked_at_again(site: Site, desk: Desk) -> None:
    """A feed names only its newest items: those it named before can be edited just as well."""
    site.routes["/feed"] = rss(site, 1)
    here = feed(site.url("/feed"), recheck="3d")
    desk.collect(here)
    site.routes |= {"/feed": rss(site, 2), "/1": page("The words of page 1, edited.")}
    items, _, (report,) = desk.collect(here)
    assert (report.new, report.rechecked) == (1, 1)
    again = next(item for item in items if b"edited" in item.data)
    assert again.hints["title"] == "Story 1"


def test_a_page_is_not_asked_for_again_when_it_is_old(site: Site, desk: Desk) -> None:
    site.routes["/feed"] = rss(site, 1)
    desk.collect(feed(site.url("/feed"), recheck="0d"))
    _, _, (report,) = desk.collect(feed(site.url("/feed"), recheck="0d"))
    assert (report.rechecked, site.asked("/1")) == (0, 1)


def test_a_page_that_vanished_is_kept_as_a_finding(site: Site, desk: Desk) -> None:
    site.routes["/feed"] = rss(site, 1, 2)
    here = feed(site.url("/feed"), recheck="3d")
    desk.collect(here)
    site.routes["/1"] = Reply(b"<p>We have taken this down.</p>", status=410)
    items, failures, (report,) = desk.collect(here)
    assert (failures, paths(items), report.gone) == ([], {"2"}, 1)
    was, gone = desk.archive.versions(site.url("/1"))
    assert (was.role, gone.role, gone.status) == ("item", "gone", 410)
    assert desk.archive.get(gone.sha256) == b"<p>We have taken this down.</p>"
    _, failures, (report,) = desk.collect(here)  # told once
    assert (failures, report.gone, len(desk.archive.versions(site.url("/1")))) == ([], 0, 2)
    site.routes["/1"] = page("The words of page 1.")
    items, _, _ = desk.collect(here)
    assert [version.role for version in desk.archive.versions(site.url("/1"))] == ["item", "gone", "item"]
    assert list(desk.archive.verify()) == []


def test_an_address_that_never_gave_anything_is_a_failure_and_no_finding(site: Site, desk: Desk) -> None:
    site.routes["/feed"] = rss(site, 77)
    _, failures, (report,) = desk.collect(feed(site.url("/feed"), recheck="3d"))
    assert [failure.reason for failure in failures] == ["HTTP 404 Not Found"]
    assert (report.gone, report.refused) == (0, 1)


def test_what_a_redirect_leads_to_is_fetched_once(site: Site, desk: Desk) -> None:
    """Feeds name addresses that count clicks and lead on: what was asked is known as well as what it led to."""
    site.routes |= {"/go/1": redirect(site.url("/1")), "/list": Reply(site.url("/go/1").encode(), "text/plain")}
    desk.collect(feed(site.url("/list"), kind="list"))
    items, _, (report,) = desk.collect(feed(site.url("/list"), kind="list"))
    assert (items, report.new, site.asked("/go/1")) == ([], 0, 1)


def test_a_page_is_rechecked_at_its_own_address(site: Site, desk: Desk) -> None:
    """A redirect such as "/latest" once led to the page; another day it leads elsewhere."""
    site.routes |= {"/latest": redirect("/1"), "/list": Reply(site.url("/latest").encode(), "text/plain")}
    desk.collect(feed(site.url("/list"), kind="list"))
    site.routes |= {"/latest": redirect("/2"), "/feed": rss(site, 1)}
    for _ in range(2):
        items, _, _ = desk.collect(feed(site.url("/feed"), recheck="3d"))
        assert [item.url for item in items] == [site.url("/1")]
    assert (site.asked("/latest"), site.asked("/1"), site.asked("/2")) == (1, 3, 0)


def test_collecting_stops_when_it_is_told_to(site: Site, desk: Desk) -> None:
    site.routes["/feed"] = rss(site, 1, 2, 3, 4)
    seen: list[object] = []
    for result in collect([feed(site.url("/feed"))], SETTINGS, desk.archive, desk.log, lambda: len(seen) >= 2):
        if isinstance(result, Fetched):
            desk.archive.put(result)
        seen.append(result)
    assert len(seen) < 6
    assert desk.log.reports() == {}  # so the feed is due as before
    items, _, _ = desk.collect(feed(site.url("/feed")))
    assert paths(items) <= {"1", "2", "3", "4"}
    assert len(items) + len([each for each in seen if isinstance(each, Fetched) and each.role == "item"]) == 4


def test_variants_of_an_address_are_one_item(site: Site, desk: Desk) -> None:
    links = [site.url("/1"), site.url("/1/"), site.url("/1?utm_medium=x"), site.url("/1#a"), site.url("/1/amp")]
    site.routes["/list"] = Reply("\n".join(links).encode(), "text/plain")
    items, _, _ = desk.collect(feed(site.url("/list"), kind="list"))
    assert len(items) == 1


def test_atom_and_json_feeds(site: Site, desk: Desk) -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title>One</title>
    <link href="/1"/><author><name>A. Writer</name></author><updated>2026-06-01T09:00:00Z</updated></entry></feed>"""
    site.routes["/atom"] = Reply(atom.encode(), "application/atom+xml")
    found = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "2", "url": "/2", "title": "Two", "authors": [{"name": "B."}]}],
    }
    site.routes["/json"] = Reply(json.dumps(found).encode(), "application/feed+json")
    items, failures, _ = desk.collect(feed(site.url("/atom")), feed(site.url("/json")))
    assert (paths(items), failures) == ({"1", "2"}, [])
    assert {item.hints["author"] for item in items} == {"A. Writer", "B."}


def test_sitemaps_of_all_kinds(site: Site, desk: Desk) -> None:
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    news = f"""<urlset {space} xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{site.url("/1")}</loc>
    <n:news><n:publication><n:name>The News</n:name><n:language>en</n:language></n:publication>
    <n:publication_date>2026-05-30</n:publication_date><n:title>Strike</n:title></n:news></url></urlset>"""
    plain = f"<urlset {space}><url><loc>{site.url('/2')}</loc></url><url><loc>{site.url('/3')}</loc></url></urlset>"
    index = f"""<sitemapindex {space}><sitemap><loc>{site.url("/news.xml")}</loc></sitemap>
    <sitemap><loc>{site.url("/plain.xml.gz")}</loc></sitemap><sitemap><loc>{site.url("/index.xml")}</loc></sitemap>
    </sitemapindex>"""
    site.routes |= {
        "/index.xml": Reply(index.encode(), "application/xml"),
        "/news.xml": Reply(news.encode(), "text/xml"),
        "/plain.xml.gz": Reply(gzip.compress(plain.encode()), "application/gzip"),
    }
    items, failures, (report,) = desk.collect(feed(site.url("/index.xml"), match=r"/[12]$"))
    assert (paths(items), failures, report.listed) == ({"1", "2"}, [], 2)
    hints = next(item.hints for item in items if item.url.endswith("/1"))
    assert (hints["title"], hints["published"]) == ("Strike", "2026-05-30")
    assert site.asked("/index.xml") == 1  # an index that names itself does not go round


def test_listing_pages_with_a_selector(site: Site, desk: Desk) -> None:
    body = """<html><body><nav><a href="/8">About</a></nav><div class="teaser"><h2><a href="/1">One</a></h2></div>
    <div class="teaser"><h2><a href="/2">Two</a></h2><a href="/8">comments</a></div></body></html>"""
    site.routes["/news"] = Reply(body.encode())
    items, _, _ = desk.collect(feed(site.url("/news"), selector=".teaser"))
    assert paths(items) == {"1", "2"}
    site.routes["/news"] = page("rebuilt")
    _, failures, (report,) = desk.collect(feed(site.url("/news"), selector=".teaser"))
    assert "finds no links" in report.reason
    assert len(failures) == 1


def test_a_page_that_names_its_feed(site: Site, desk: Desk) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    site.routes |= {"/": Reply(f"<html><head>{link}</head><body></body></html>".encode()), "/feed": rss(site, 1)}
    items, _, _ = desk.collect(feed(site.url("/")))
    assert paths(items) == {"1"}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<rss><channel>", "application/rss+xml"),
        Reply(b"<urlset", "application/xml"),
        Reply(b'{"version": "https://jsonfeed.org/version/1", "items": 7}', "application/json"),
        Reply(b"\x1f\x8b\x08\x00broken", "application/gzip"),
        Reply(gzip.compress(bytes(70_000_000)), "application/gzip"),
        Reply(b"\x00\x01\x02", "application/octet-stream"),
        Reply(b"", "text/html"),
        Reply(b"<html><body>no feed here</body></html>"),
        Reply(status=404),
    ],
)
def test_lists_that_are_none_are_named_and_stop_nothing(site: Site, desk: Desk, reply: Reply) -> None:
    site.routes |= {"/bad": reply, "/feed": rss(site, 1)}
    items, failures, reports = desk.collect(feed(site.url("/bad")), feed(site.url("/feed")))
    assert paths(items) == {"1"}
    assert [failure.path for failure in failures] == [site.url("/bad")]
    assert {report.feed: report.ok for report in reports} == {site.url("/bad"): False, site.url("/feed"): True}


def test_an_entity_bomb_in_a_list_is_harmless(site: Site, desk: Desk) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><urlset><url><loc>&a11;</loc></url></urlset>'
    )
    site.routes |= {"/bomb": Reply(bomb.encode(), "application/xml"), "/feed": rss(site, 1)}
    items, _, _ = desk.collect(feed(site.url("/bomb")), feed(site.url("/feed")))
    assert paths(items) == {"1"}


def test_a_watched_folder(tmp_path: Path, desk: Desk) -> None:
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("words")
    (folder / "deep" / "b.html").write_text("<p>more words</p>")
    (folder / ".hidden").write_text("x")
    here = feed(str(folder))
    items, _, (report,) = desk.collect(here)
    assert ({Path(item.path).name for item in items}, report.new) == ({"a.txt", "b.html"}, 2)
    (folder / "c.txt").write_text("new words")
    items, _, (report,) = desk.collect(here)
    assert ([Path(item.path).name for item in items if item.path.endswith("c.txt")], report.new) == (["c.txt"], 1)
    _, failures, (report,) = desk.collect(feed(str(tmp_path / "gone"), kind="files"))
    assert (len(failures), report.reason) == (1, "no such file or folder")


def test_a_feed_given_to_gather_gives_its_items(site: Site) -> None:
    site.routes["/feed"] = rss(site, 1, 2)
    found = [result for result in gather([site.url("/feed")], SETTINGS) if isinstance(result, Fetched)]
    assert (found[0].role, found[0].url) == ("feed", site.url("/feed"))
    assert paths([item for item in found if item.role == "item"]) == {"1", "2"}


def test_opml_is_imported(site: Site, tmp_path: Path) -> None:
    text = f"""<?xml version="1.0"?><opml version="2.0"><body><outline text="Papers"><outline type="rss" text="The News"
    xmlUrl="{site.url("/feed")}"/><outline text="Again" xmlUrl="{site.url("/feed")}"/></outline></body></opml>"""
    (found,) = opml_feeds(text.encode())
    assert (found.url, found.outlet) == (site.url("/feed"), "The News")
    site.routes["/feed"] = rss(site, 1)
    (tmp_path / "feeds.opml").write_text(text)
    results = list(gather([str(tmp_path / "feeds.opml")], SETTINGS))
    assert paths([item for item in results if isinstance(item, Fetched) and item.role == "item"]) == {"1"}


def test_feeds_as_toml_can_be_read_again() -> None:
    import tomllib

    feeds = [
        feed("https://e.org/feed", outlet='The "Daily"\\News', expects="2–15 items a week"),
        feed("in", id="Folder", kind="files"),
    ]
    assert [Feed.model_validate(table) for table in tomllib.loads(feeds_toml(feeds))["feeds"]] == feeds


@pytest.mark.parametrize(
    ("key", "value"), [("expects", "many"), ("every", "sometimes"), ("match", "("), ("kind", "x"), ("colour", "red")]
)
def test_a_wrong_feed_is_refused(key: str, value: str) -> None:
    with pytest.raises(ValidationError, match=key):
        feed("https://e.org/", **{key: value})


# -- health --------------------------------------------------------------------------------------------------------------


def history(*new: int, days: int = 1, until: dt.datetime = NOW) -> list[FeedReport]:
    """One report every so many days, the last one at `until`."""
    return [
        FeedReport("f", until - dt.timedelta(days=days * (len(new) - 1 - n)), new=count) for n, count in enumerate(new)
    ]


@pytest.mark.parametrize(
    ("expects", "new", "words"),
    [
        ("2-15 a week", [40, 1, 1, 1, 1, 0, 1, 1, 1], []),
        ("2-15 a week", [40, 0, 0, 0, 0, 0, 0, 0, 1], ["quiet"]),
        ("2-15 a week", [40, 9, 9, 9, 9], ["doubled"]),
        ("2-15 a week", [40], []),  # what had piled up is no measure
        ("1 a day", [5, 0], ["quiet"]),
        ("", [9, *[1] * 70], []),
        ("", [9, *[1] * 60, *[0] * 15], ["quiet"]),
        ("", [9, *[1] * 70, 30], ["doubled"]),
    ],
)
def test_feeds_that_go_quiet_or_double_are_reported(expects: str, new: list[int], words: list[str]) -> None:
    found = health(feed("f", expects=expects), history(*new), NOW)
    assert [word in sentence for word, sentence in zip(words, found, strict=True)] == [True] * len(words)


def test_a_feed_that_fails_is_reported() -> None:
    reports = [FeedReport("f", NOW, reason="HTTP 500"), FeedReport("f", NOW, reason="HTTP 404 Not Found")]
    (sentence,) = health(feed("f"), reports, NOW)
    assert "failing, 2 looks in a row (HTTP 404 Not Found)" in sentence
    assert health(feed("f"), [*reports, FeedReport("f", NOW)], NOW) == []


def test_a_feed_is_due_when_its_time_has_come() -> None:
    assert due(feed("f", every="1d"), [], NOW)
    assert not due(feed("f", every="1d"), history(1, until=NOW - dt.timedelta(hours=23)), NOW)
    assert due(feed("f", every="1d"), history(1, until=NOW - dt.timedelta(hours=24)), NOW)


def test_a_log_cut_short_by_a_crash_is_read_on(tmp_path: Path) -> None:
    log = FeedLog(tmp_path / "feeds.jsonl")
    first, second = history(1, 2)
    log.add(first)
    log.add(second)
    log.path.write_bytes(log.path.read_bytes()[:-20])
    log.add(second)
    assert log.reports() == {"f": [first, second]}
