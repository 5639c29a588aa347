"""Files, folders and files that hold many items: each item comes, with what is known of it; what is broken is named."""

import json
import os
import stat
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from sayso.archive import Archive, export_wacz
from sayso.collect import CollectSettings, gather
from sayso.collect._json import arrays
from sayso.link import ActorIndex
from sayso.pipeline import process
from sayso.records import Actor, Failure, Fetched

SETTINGS = CollectSettings(max_bytes=1_000_000)


def items(*paths: Path) -> list[Fetched]:
    found = list(gather([str(path) for path in paths], SETTINGS))
    assert all(isinstance(item, Fetched) for item in found), found
    return [item for item in found if isinstance(item, Fetched)]


def one_failure(path: Path) -> Failure:
    (found,) = gather([str(path)], SETTINGS)
    assert isinstance(found, Failure)
    return found


def test_folders_are_taken_with_all_below_them_but_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a/deep/c.html", "a/.git/config", ".hidden.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "loop").symlink_to(tmp_path)
    found = items(tmp_path)
    assert [Path(item.path).relative_to(tmp_path).as_posix() for item in found] == ["a/deep/c.html", "b.txt"]
    assert [item.media_type for item in found] == ["text/html", "text/plain"]


def test_a_desk_below_a_folder_is_passed_over_and_named(tmp_path: Path) -> None:
    for name in ("desk/sayso.toml", "desk/brief.html", "desk/items/c.txt", "a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    item, failure = gather([str(tmp_path)], SETTINGS)
    assert item.path == str(tmp_path / "a.txt")
    assert failure == Failure(str(tmp_path / "desk"), "collect", "passed over, for it is a desk; name the items in it")
    assert [found.data for found in items(tmp_path / "desk" / "brief.html")] == [b"desk/brief.html"]
    assert [found.data for found in items(tmp_path / "desk" / "items")] == [b"desk/items/c.txt"]


def test_names_with_newlines_and_odd_bytes_survive(tmp_path: Path) -> None:
    names = [b"two\nlines.txt", b"latin-\xe9.txt", "schön.txt".encode(), b"a#b?c%20.txt", b"-n.txt"]
    for name in names:
        (tmp_path / os.fsdecode(name)).write_bytes(name)
    found = items(tmp_path)
    assert sorted(item.data for item in found) == sorted(names)
    for item in found:
        item.path.encode("utf-8")
        assert unquote_to_bytes(item.url.removeprefix("file://")).endswith(b"/" + item.data)
    with Archive(tmp_path / "archive") as archive:
        captures = [archive.put(item) for item in found]
        assert list(archive.captures()) == captures
        assert list(archive.verify()) == []


def test_large_files_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as handle:
        handle.truncate(10**12)  # a terabyte of nothing: reading it would not end
    assert "1000000.0 MB, more than the 1 MB" in one_failure(path).reason


def test_a_name_as_long_as_names_can_be_has_no_sidecar(tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 251}.txt"
    path.write_text("words")
    (found,) = items(path)
    assert (found.path, found.hints) == (str(path), {})


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert one_failure(tmp_path / "pipe").reason == "not a regular file"
    assert one_failure(tmp_path / "gone").reason == "no such file or folder"
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


# -- web archives --------------------------------------------------------------------------------------------------------


def write_warc(path: Path, pages: dict[str, bytes], kind: str = "text/html", status: str = "200 OK") -> None:
    with path.open("wb") as handle:
        writer = WARCWriter(handle, gzip=True)
        for url, body in pages.items():
            head = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            about = {"WARC-Date": "2024-02-03T04:05:06Z"}
            record = writer.create_warc_record(
                url, "response", payload=BytesIO(body), http_headers=head, warc_headers_dict=about
            )
            writer.write_record(record)


def test_a_warc_of_others(tmp_path: Path) -> None:
    write_warc(tmp_path / "x.warc.gz", {"http://e.org/1": b"<p>one</p>", "http://e.org/2": b"<p>two</p>"})
    found = items(tmp_path / "x.warc.gz")
    assert [(item.url, item.data) for item in found] == [
        ("http://e.org/1", b"<p>one</p>"),
        ("http://e.org/2", b"<p>two</p>"),
    ]
    assert found[0].fetched_at.isoformat() == "2024-02-03T04:05:06+00:00"
    assert found[0].origin["container"] == (tmp_path / "x.warc.gz").as_uri()


def test_addresses_that_others_left_unescaped_are_escaped(tmp_path: Path) -> None:
    """warcio writes what it is given; replayers look for the escaped form."""
    write_warc(tmp_path / "x.warc.gz", {"https://münchen.example/ä?q=ö": b"<p>one</p>"})
    assert items(tmp_path / "x.warc.gz")[0].url == "https://xn--mnchen-3ya.example/%C3%A4?q=%C3%B6"


@pytest.mark.parametrize(
    ("kind", "status", "url"),
    [
        ("image/png", "200 OK", "http://e.org/1"),
        ("text/css", "200 OK", "http://e.org/1"),
        ("text/html", "404 Not Found", "http://e.org/1"),
        ("text/html", "301 Moved", "http://e.org/1"),
        ("text/plain", "200 OK", "http://e.org/robots.txt"),
    ],
)
def test_what_is_no_item_in_a_warc_is_passed_over(tmp_path: Path, kind: str, status: str, url: str) -> None:
    write_warc(tmp_path / "x.warc.gz", {url: b"x"}, kind, status)
    assert "nothing in it" in one_failure(tmp_path / "x.warc.gz").reason
    write_warc(tmp_path / "page.warc.gz", {"http://e.org/2": b"<p>two</p>"})
    with (tmp_path / "x.warc.gz").open("ab") as handle:
        handle.write((tmp_path / "page.warc.gz").read_bytes())
    assert [item.url for item in items(tmp_path / "x.warc.gz")] == ["http://e.org/2"]


def test_a_warc_that_breaks_off_gives_what_is_whole_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    write_warc(path, {f"http://e.org/{number}": os.urandom(500) for number in range(4)})
    path.write_bytes(path.read_bytes()[:-300])
    found = list(gather([str(path)], SETTINGS))
    assert len([item for item in found if isinstance(item, Fetched)]) >= 3
    write_warc(path, {"http://e.org/1": bytes(2_000_000)})
    assert "MB, more than the 1 MB" in one_failure(path).reason


@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc", "x.wacz"])
def test_junk_under_the_name_of_a_web_archive_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\xffjunk" * 100)
    assert one_failure(tmp_path / name).path == str(tmp_path / name)


def test_a_desks_own_export_can_be_taken_in_again(tmp_path: Path) -> None:
    write_warc(tmp_path / "x.warc.gz", {"http://e.org/1": b"<p>one</p>", "http://e.org/2": b"<p>two</p>"})
    first = items(tmp_path / "x.warc.gz")
    with Archive(tmp_path / "archive") as archive:
        for item in first:
            archive.put(item)
        assert export_wacz(archive, tmp_path / "out.wacz") == 2
    again = items(tmp_path / "out.wacz")
    assert [(item.url, item.data, item.fetched_at) for item in again] == [
        (item.url, item.data, item.fetched_at) for item in first
    ]


# -- mail ----------------------------------------------------------------------------------------------------------------

MAIL = """From a@e.org Mon Jun  1 10:00:00 2026
From: "A. Writer" <a@e.org>
Subject: =?utf-8?q?Erkl=C3=A4rung?=
Date: Mon, 01 Jun 2026 10:00:00 +0200
Message-ID: <one@e.org>

The union rejects the offer.
>From now on we strike.

From b@e.org Mon Jun  1 11:00:00 2026
Subject: second

From the quay.
"""


def test_a_mailbox_gives_its_messages(tmp_path: Path) -> None:
    (tmp_path / "list.mbox").write_text(MAIL)
    first, second = items(tmp_path / "list.mbox")
    assert first.media_type == "message/rfc822"
    assert b"\nFrom now on we strike.\n" in first.data
    assert first.hints == {
        "medium": "letter",
        "title": "Erklärung",
        "author": "A. Writer",
        "published": "2026-06-01T10:00:00+02:00",
    }
    assert first.url.endswith("list.mbox#one@e.org")
    assert second.data.startswith(b"Subject: second")


@given(st.binary(max_size=400))
@settings(deadline=None, max_examples=30)
def test_no_bytes_break_a_mailbox(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.mbox"
        path.write_bytes(b"From x\n" + data + b"\n\nFrom y Mon Jun  1 10:00:00 2026\nSubject: z\n\nwords\n")
        assert len(items(path)) >= 2


# -- exports -------------------------------------------------------------------------------------------------------------


def telegram(*messages: dict) -> dict:
    return {"name": "The Union", "type": "public_channel", "id": 1001234, "messages": list(messages)}


def message(number: int, text: object, **more: object) -> dict:
    return {"id": number, "type": "message", "date_unixtime": "1780000000", "from": "The Union", "text": text, **more}


def test_a_telegram_export_gives_its_posts(tmp_path: Path) -> None:
    mixed = ["We ", {"type": "bold", "text": "reject"}, " it & <all> of it."]
    export = telegram(
        {"id": 1, "type": "service", "action": "create_channel"},
        message(2, mixed),
        message(3, "", photo="photos/1.jpg"),
        message(4, 'A "messages": [1, 2] trap', forwarded_from="Port Watch"),
    )
    (tmp_path / "result.json").write_text(json.dumps(export, indent=1))
    first, empty, forwarded = gather([str(tmp_path / "result.json")], SETTINGS)
    assert isinstance(first, Fetched) and isinstance(forwarded, Fetched)
    assert first.url == "https://t.me/c/1001234/2"
    assert "We reject it &amp; &lt;all&gt; of it." in first.data.decode()
    assert (first.hints["medium"], first.hints["outlet"]) == ("social-post", "The Union")
    assert first.hints["published"].startswith("2026-05-28T")
    assert json.loads(first.origin["original"])["id"] == 2
    assert isinstance(empty, Failure) and "without words (photo)" in empty.reason
    assert "<p>Port Watch wrote:</p>\n<blockquote>" in forwarded.data.decode()
    assert forwarded.hints["title"] == "Post by The Union 2026-05-28 forwarded from Port Watch"


def test_forwarded_words_are_those_of_whom_they_came_from(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(
        json.dumps(telegram(message(4, "The army has shelled the bridge.", forwarded_from="Port Watch")))
    )
    (found,) = items(tmp_path / "result.json")
    union = ActorIndex([Actor("union", "The Union")])
    (said,) = process(found.data, found.url, actors=union).linked.statements
    assert (said.speaker.name, said.depth) == ("Port Watch", 1)
    assert [span.text for span in said.content] == ["The army has shelled the bridge."]


def test_a_whole_telegram_account(tmp_path: Path) -> None:
    other = {"name": "Port Watch", "type": "public_channel", "id": 77, "messages": [message(5, "Quiet today.")]}
    export = {"about": "x", "chats": {"about": "y", "list": [telegram(message(2, "We reject it.")), other]}}
    (tmp_path / "result.json").write_text(json.dumps(export))
    assert [(item.url, item.hints["outlet"]) for item in items(tmp_path / "result.json")] == [
        ("https://t.me/c/1001234/2", "The Union"),
        ("https://t.me/c/77/5", "Port Watch"),
    ]


def test_posts_with_the_same_words_are_different_items(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps(telegram(message(2, "Strike!"), message(3, "Strike!"))))
    first, second = items(tmp_path / "result.json")
    assert first.data != second.data


def test_an_x_archive(tmp_path: Path) -> None:
    tweet = {
        "id_str": "99",
        "created_at": "Wed Oct 10 20:19:24 +0000 2018",
        "full_text": "We &amp; they agree https://t.co/x",
        "lang": "en",
        "entities": {"urls": [{"url": "https://t.co/x", "expanded_url": "https://e.org/long"}]},
    }
    account = [{"account": {"username": "union", "accountDisplayName": "The Union"}}]
    with zipfile.ZipFile(tmp_path / "twitter.zip", "w") as bundle:
        bundle.writestr("data/account.js", "window.YTD.account.part0 = " + json.dumps(account))
        bundle.writestr("data/tweets.js", "window.YTD.tweets.part0 = " + json.dumps([{"tweet": tweet}]))
        bundle.writestr("data/like.js", "window.YTD.like.part0 = []")
    (found,) = items(tmp_path / "twitter.zip")
    assert found.url == "https://x.com/union/status/99"
    assert "We &amp; they agree https://e.org/long" in found.data.decode()
    assert (found.hints["published"], found.hints["author"]) == ("2018-10-10T20:19:24+00:00", "The Union")
    with zipfile.ZipFile(tmp_path / "twitter.zip") as bundle:
        bundle.extractall(tmp_path / "unpacked")
    assert [item.url for item in items(tmp_path / "unpacked")] == [found.url]


def test_a_mastodon_archive(tmp_path: Path) -> None:
    note = {
        "id": "https://m.example/users/u/1",
        "url": "https://m.example/@u/1",
        "type": "Note",
        "published": "2026-06-01T10:00:00Z",
        "content": "<p>We reject<br>the offer.</p><p>All of it.</p>",
        "contentMap": {"en": "x"},
    }
    outbox = {
        "orderedItems": [{"type": "Create", "object": note}, {"type": "Announce", "object": "https://o.example/2"}]
    }
    actor = {"name": "The Union", "preferredUsername": "union"}
    with tarfile.open(tmp_path / "archive.tar.gz", "w:gz") as bundle:
        for name, value in (("outbox.json", outbox), ("actor.json", actor)):
            data = json.dumps(value).encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            bundle.addfile(info, BytesIO(data))
    post, boost = gather([str(tmp_path / "archive.tar.gz")], SETTINGS)
    assert isinstance(post, Fetched)
    assert "<p>We reject</p>\n<p>the offer.</p>\n<p>All of it.</p>" in post.data.decode()
    assert (post.url, post.hints["author"], post.hints["language"]) == (note["url"], "The Union", "en")
    assert isinstance(boost, Failure) and "another's post" in boost.reason


def test_facebook_and_instagram_archives(tmp_path: Path) -> None:
    posts = [{"timestamp": 1780000000, "data": [{"post": "Wir sch\u00c3\u00bctzen den Hafen."}]}]
    pictures = [{"media": [{"title": "The quay", "creation_timestamp": 1780000000}]}]
    with zipfile.ZipFile(tmp_path / "meta.zip", "w") as bundle:
        bundle.writestr("posts/your_posts_1.json", json.dumps(posts))
        bundle.writestr("content/posts_1.json", json.dumps(pictures))
    found = items(tmp_path / "meta.zip")
    assert any("Wir schützen den Hafen." in item.data.decode() for item in found)
    assert any("The quay" in item.data.decode() for item in found)
    assert len({item.url for item in found}) == 2
    with zipfile.ZipFile(tmp_path / "meta.zip") as bundle:
        bundle.extractall(tmp_path / "unpacked")
    assert len(items(tmp_path / "unpacked")) == 2


def test_a_zip_that_is_no_archive_is_an_item_like_any_other(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as bundle:
        bundle.writestr("something.txt", "words")
    assert [item.media_type for item in items(tmp_path / "x.zip")] == ["application/zip"]


def test_an_export_that_breaks_off_gives_what_is_whole_and_is_named(tmp_path: Path) -> None:
    text = json.dumps(telegram(*(message(number, "words") for number in range(2, 9))))
    (tmp_path / "result.json").write_text(text[:-80])
    found = list(gather([str(tmp_path / "result.json")], SETTINGS))
    assert len(found) > 4
    assert isinstance(found[-1], Failure) and "breaks off" in found[-1].reason


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=8), st.sampled_from([None, 0, 2]))
@settings(deadline=None, max_examples=40)
def test_array_elements_come_as_json_would_give_them(values: list, indent: int | None) -> None:
    text = json.dumps({"a": "x", "items": values, "z": 1}, indent=indent)
    assert [element for _, element in arrays(BytesIO(text.encode()), "items")] == values


# -- tables --------------------------------------------------------------------------------------------------------------


def test_a_media_cloud_export_names_what_to_fetch(tmp_path: Path) -> None:
    """The addresses are loopback ones: that each is refused shows that each was taken up."""
    rows = "id,title,publish_date,url,media_name\n1,Strike,2026-06-01,http://127.0.0.1:9/1,The News\n2,,,,\n"
    (tmp_path / "mc.csv").write_text(rows)
    found = list(gather([str(tmp_path / "mc.csv")], SETTINGS))
    assert [(item.path, type(item)) for item in found] == [("http://127.0.0.1:9/1", Failure)]
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert "without a column of addresses" in one_failure(tmp_path / "other.csv").reason
    (tmp_path / "some.urls").write_text("# mine\nhttp://127.0.0.1:9/2\n\nftp://e.org/\n")
    assert {item.path for item in gather([str(tmp_path / "some.urls")], SETTINGS)} == {
        "http://127.0.0.1:9/2",
        "ftp://e.org/",
    }


@pytest.mark.parametrize(
    ("name", "text", "encoding"),
    [
        ("excel.csv", "url\ttitle\nhttp://127.0.0.1:9/1\tHafen\n", "utf-16"),
        ("european.csv", "title;url\n" + "x" * 200_000 + ";http://127.0.0.1:9/1\n", "utf-8"),
        ("tabs.tsv", "title\turl\nStreik\thttp://127.0.0.1:9/1\n", "utf-8-sig"),
        ("notepad.urls", "http://127.0.0.1:9/1\n", "utf-16"),
    ],
)
def test_tables_and_lists_as_offices_write_them(tmp_path: Path, name: str, text: str, encoding: str) -> None:
    (tmp_path / name).write_bytes(text.encode(encoding))
    found = list(gather([str(tmp_path / name)], SETTINGS))
    assert [item.path for item in found] == ["http://127.0.0.1:9/1"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("chats.json", '{"chats": {"list": []}}'), ("empty.csv", "url,title\n"), ("none.urls", "# nothing\n")],
)
def test_what_holds_nothing_is_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert one_failure(tmp_path / name).reason == "nothing in it that could be taken in"


def test_a_link_that_leads_round_in_a_circle_is_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text.")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    found = list(gather([str(tmp_path)]))
    refused = [each for each in found if isinstance(each, Failure)]
    assert len(found) == 2
    assert [Path(each.path).name for each in refused] == ["round"]


def test_the_archive_of_a_desk_of_files_is_a_web_archive_like_others(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The union said that all is well.\n")
    with Archive(tmp_path / "archive") as archive:
        for fetched in gather([str(tmp_path / "note.txt")], SETTINGS):
            assert isinstance(fetched, Fetched)
            archive.put(fetched)
    (warc,) = (tmp_path / "archive").glob("*.warc.gz")
    (page,) = gather([str(warc)], SETTINGS)
    assert isinstance(page, Fetched)
    assert (page.data, page.url) == (fetched.data, fetched.url)
