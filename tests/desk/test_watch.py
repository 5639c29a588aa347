"""`sayso watch`: it collects and runs when feeds are due, alone on its desk, through failures, until it is told to stop."""

import asyncio
import datetime as dt
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from loopback_site import Reply, Request, Site, page
from small_engines import ENGINES

from sayso.collect import FeedLog, FeedReport
from sayso.desk import Desk
from sayso.desk.watching import Stopped, Watch, watching
from sayso.errors import UsageError
from sayso.records import Failure

PATIENCE = 120.0  # seconds that a busy machine is given
MakeDesk = Callable[[str], Desk]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site({"/list": page("nothing yet")}) as running:
        yield running


def listed(site: Site, *numbers: int) -> None:
    """Has the site list these pages, and hold them."""
    site.routes["/list"] = Reply("\n".join(site.url(f"/{number}") for number in numbers).encode(), "text/plain")
    for number in numbers:
        site.routes[f"/{number}"] = page(f"Harbour Union said that on day {number} they can come back and be welcome.")


def with_feeds(desk: Desk, *urls: str, every: str = "1h") -> Path:
    """The desk's folder, with a feed for each address in its settings."""
    settings = desk.folder / "sayso.toml"
    text = (
        settings.read_text()
        .replace("allow_private = false", "allow_private = true")
        .replace("retries = 2", "retries = 0")
    )
    for url in urls:
        kind = "files" if "://" not in url else "list"
        text += f'\n[[feeds]]\nurl = "{url}"\nkind = "{kind}"\nevery = "{every}"\n'
    settings.write_text(text)
    desk.close()
    return desk.folder


def looked(folder: Path, feed: str, ago: dt.timedelta) -> None:
    """A look at a feed so long ago."""
    FeedLog(folder / "feeds.jsonl").add(FeedReport(feed, dt.datetime.now(dt.UTC) - ago, listed=1))


def stopping(watch: Watch, reply: object) -> Callable[[Request], Reply]:
    """The reply, and a stop as soon as it is asked for."""

    def answer(_request: Request) -> Reply:
        watch.stop()
        assert isinstance(reply, Reply)
        return reply

    return answer


async def _silent(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


def documents(folder: Path) -> int:
    with Desk.open(folder) as desk:
        return desk.store.documents.count()


def test_a_round_collects_what_is_due_and_runs_on_it(site: Site, make_desk: MakeDesk) -> None:
    listed(site, 1, 2)
    folder = with_feeds(make_desk("desk"), site.url("/list"))
    said: list[str] = []
    watch = Watch(folder, said.append, ENGINES)
    watch.once()
    assert documents(folder) == 2
    assert any(line == f"{site.url('/list')}: 2 listed, 2 new" for line in said)
    assert any("2 documents, 2 statements" in line for line in said)
    asked = site.asked("/list")
    watch.once()
    assert site.asked("/list") == asked  # not due yet


def test_a_feed_is_looked_at_when_its_time_has_come(site: Site, make_desk: MakeDesk) -> None:
    listed(site, 1)
    folder = with_feeds(make_desk("desk"), site.url("/list"), every="6h")
    looked(folder, site.url("/list"), dt.timedelta(hours=5))
    Watch(folder, print, ENGINES).once()
    assert site.asked("/list") == 0
    (folder / "feeds.jsonl").unlink()
    looked(folder, site.url("/list"), dt.timedelta(hours=7))
    Watch(folder, print, ENGINES).once()
    assert site.asked("/list") == 1


def test_a_feed_that_fails_stops_neither_the_others_nor_the_run(
    site: Site, make_desk: MakeDesk, tmp_path: Path
) -> None:
    listed(site, 1)
    nowhere = str(tmp_path / "no such folder")
    folder = with_feeds(make_desk("desk"), "http://127.0.0.1:9/nobody", nowhere, site.url("/list"))
    said: list[str] = []
    Watch(folder, said.append, ENGINES).once()
    assert documents(folder) == 1
    assert any(line.startswith("http://127.0.0.1:9/nobody: cannot be read") for line in said)
    assert any(line.startswith(f"{nowhere}: cannot be read: no such file or folder") for line in said)


def test_what_fails_is_told_and_tried_again(site: Site, make_desk: MakeDesk) -> None:
    folder = with_feeds(make_desk("desk"), site.url("/list"))
    settings = (folder / "sayso.toml").read_text()
    (folder / "sayso.toml").write_text("[collect\n")
    said: list[str] = []

    def tell(sentence: str) -> None:
        said.append(sentence)
        if sentence.startswith("failed"):
            watch.stop()

    watch = Watch(folder, tell, ENGINES)
    watch.forever()
    assert "not valid TOML" in said[0]
    assert said[0].endswith("again in 1 min")
    assert said[1:] == ["stopped"]
    (folder / "sayso.toml").write_text(settings)


def test_one_process_watches_a_desk(site: Site, make_desk: MakeDesk) -> None:
    listed(site, 1)
    folder = with_feeds(make_desk("desk"), site.url("/list"))
    refusals: list[str] = []

    def tell(_sentence: str) -> None:
        with pytest.raises(UsageError) as refusal:
            Watch(folder, print, ENGINES).once()
        refusals.append(str(refusal.value))

    Watch(folder, tell, ENGINES).once()
    assert f"is watched already, by process {os.getpid()}" in refusals[0]
    Watch(folder, print, ENGINES).once()  # let go of afterwards


def test_a_stop_waits_for_the_item_at_hand_and_the_next_round_goes_on(site: Site, make_desk: MakeDesk) -> None:
    listed(site, *range(1, 7))
    folder = with_feeds(make_desk("desk"), site.url("/list"))
    watch = Watch(folder, print, ENGINES)
    site.routes["/3"] = stopping(watch, site.routes["/3"])
    with pytest.raises(Stopped):
        watch.once()
    with Desk.open(folder) as desk:
        assert list(desk.verify()) == []
        assert (watching(desk) or {})["doing"] == ""
        kept = [number for number in range(1, 7) if desk.archive.known(site.url(f"/{number}"))]
    Watch(folder, print, ENGINES).once()
    assert documents(folder) == 6
    assert len(kept) < 6
    assert all(site.asked(f"/{number}") == 1 for number in kept)


def test_a_hung_host_does_not_hold_a_stop_up(site: Site, make_desk: MakeDesk) -> None:
    """The answer never comes: the watch ends long before the host's time is over."""
    folder = with_feeds(make_desk("desk"), site.url("/list"))
    settings = folder / "sayso.toml"
    settings.write_text(
        settings.read_text().replace("_timeout = 20.0", "_timeout = 900.0").replace("= 60.0", "= 900.0")
    )
    watch = Watch(folder, print, ENGINES)
    site.routes["/list"] = stopping(watch, Reply(stream=_silent))
    ended: list[str] = []
    thread = threading.Thread(target=lambda: (watch.forever(), ended.append("yes")), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert ended == ["yes"]


def test_the_command_says_what_it_does_and_stops_when_asked(site: Site, make_desk: MakeDesk) -> None:
    folder = with_feeds(make_desk("desk"), str(folder_of(make_desk)), every="1h")
    command = [sys.executable, "-c", "from sayso.cli import main; main()", "watch", "--desk", str(folder)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert until(process, "0 listed, 0 new")
        with Desk.open(folder) as desk:
            state = watching(desk)
        assert state and state["alive"]
        process.send_signal(signal.SIGTERM)
        out, told = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 0
    assert out == ""
    assert told.endswith("stopped\n")
    with Desk.open(folder) as desk:
        assert (watching(desk) or {})["alive"] is False


def folder_of(make_desk: MakeDesk) -> Path:
    """An empty folder to watch."""
    folder = make_desk("other").folder.parent / "watched"
    folder.mkdir()
    return folder


def until(process: subprocess.Popen[str], words: str) -> bool:
    """Whether the process says these words before patience ends."""
    assert process.stderr
    said, deadline = "", time.monotonic() + PATIENCE
    while words not in said and time.monotonic() < deadline:
        ready, _, _ = select.select([process.stderr], [], [], 1.0)
        if ready:
            said += os.read(process.stderr.fileno(), 10_000).decode()
    return words in said


def test_run_and_overview_tell_which_feeds_ail(make_desk: MakeDesk) -> None:
    folder = with_feeds(make_desk("desk"), "https://news.example/feed", every="1h")
    log = FeedLog(folder / "feeds.jsonl")
    now = dt.datetime.now(dt.UTC)
    for hours in (3, 2, 1):
        log.add(FeedReport("https://news.example/feed", now - dt.timedelta(hours=hours), reason="HTTP 500"))
    from sayso.desk.views import overview

    with Desk.open(folder) as desk:
        (sentence,) = desk.run(engines=ENGINES).ailing
        assert "failing, 3 looks in a row" in sentence
        (feed,) = overview(desk)["feeds"]
        assert feed["id"] == "https://news.example/feed"
        assert feed["ailing"] == [sentence]
        assert feed["last"] == (now - dt.timedelta(hours=1)).isoformat()
        assert json.dumps(overview(desk)["watch"]) == "null"
        assert not [each for each in desk.run(engines=ENGINES).refused if isinstance(each, Failure)]
