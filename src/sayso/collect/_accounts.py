"""Account archives as social networks hand them out: X (Twitter), Mastodon, Facebook, Instagram.

In: the archive (a folder, a zip or a tar.gz, or the file with the posts itself). Out: one item a post.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

from lxml import etree, html

from sayso.collect._disk import file_uri, shown
from sayso.collect._json import arrays
from sayso.collect._post import Post, post_item
from sayso.records import Failure, Fetched

_X = re.compile(r"(?:^|/)data/tweets?(?:-part\d+)?\.js$")
_MASTODON = re.compile(r"(?:^|/)outbox\.json$")
_FACEBOOK = re.compile(r"(?:^|/)your_posts[^/]*\.json$")
_INSTAGRAM = re.compile(r"(?:^|/)posts_\d+\.json$")

Open = Callable[[str], Any]  # gives a binary stream
_ACCOUNT_LIMIT = 1_000_000


def is_account(path: Path) -> bool:
    """Whether the path is an account archive, or a file out of one."""
    try:
        with _bundle(path) as (names, _):
            return any(_kind(name) for name in names)
    except (OSError, tarfile.TarError, zipfile.BadZipFile):
        return False


def from_account(path: Path) -> Iterator[Fetched | Failure]:
    """The posts of an account archive."""
    try:
        with _bundle(path) as (names, open_member):
            for name in names:
                if reader := _kind(name):
                    yield from reader(path, name, names, open_member)
    except (OSError, tarfile.TarError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        yield Failure(shown(path), "collect", f"account archive: {' '.join(str(error).split())}")
    except ValueError as error:
        yield Failure(shown(path), "collect", f"account archive: {error}")


def _kind(name: str) -> Callable[[Path, str, list[str], Open], Iterator[Fetched | Failure]] | None:
    for pattern, reader in ((_X, _x), (_MASTODON, _mastodon), (_FACEBOOK, _facebook), (_INSTAGRAM, _instagram)):
        if pattern.search(name):
            return reader
    return None


@contextmanager
def _bundle(path: Path) -> Iterator[tuple[list[str], Open]]:
    """The names of the files in it, and how to open one."""
    if path.is_dir():
        found = {file.relative_to(path).as_posix(): file for file in path.glob("**/*.js*") if file.is_file()}
        yield sorted(found), lambda name: found[name].open("rb")
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as bundle:
            yield sorted(bundle.namelist()), lambda name: bundle.open(name)
    elif path.name.endswith((".tar.gz", ".tgz", ".tar")):
        with tarfile.open(path) as tar:
            members = {member.name: member for member in tar if member.isfile()}
            yield sorted(members), lambda name: tar.extractfile(members[name])
    else:
        name = f"data/{path.name}" if path.suffix == ".js" else path.name
        yield [name], lambda _: path.open("rb")


def _small(names: list[str], open_member: Open, ending: str) -> Any:
    """A small JSON (or X's JavaScript) file of the archive that tells whose it is; None without it."""
    for name in names:
        if name.endswith(ending):
            with open_member(name) as handle:
                text = handle.read(_ACCOUNT_LIMIT).decode("utf-8", "replace")
            try:
                return json.loads(text.partition("=")[2] if ending.endswith(".js") else text)
            except ValueError:
                return None
    return None


def _x(path: Path, name: str, names: list[str], open_member: Open) -> Iterator[Fetched | Failure]:
    found = _small(names, open_member, "data/account.js")
    account = found[0].get("account", {}) if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    user = str(account.get("username") or "")
    with open_member(name) as handle:
        for _, element in arrays(handle):
            tweet = element.get("tweet", element) if isinstance(element, dict) else {}
            number = str(tweet.get("id_str") or tweet.get("id") or "")
            if not number:
                continue
            text = str(tweet.get("full_text") or tweet.get("text") or "")
            for link in (tweet.get("entities") or {}).get("urls") or []:
                if link.get("url") and link.get("expanded_url"):
                    text = text.replace(link["url"], link["expanded_url"])
            yield _post(
                path,
                f"{name}: {number}",
                f"https://x.com/{user or 'i/web'}/status/{number}",
                unescape(text),
                _x_date(str(tweet.get("created_at", ""))),
                str(account.get("accountDisplayName") or user),
                f"@{user}" if user else "X",
                tweet,
                str(tweet.get("lang") or ""),
            )


def _mastodon(path: Path, name: str, names: list[str], open_member: Open) -> Iterator[Fetched | Failure]:
    actor = _small(names, open_member, "actor.json")
    actor = actor if isinstance(actor, dict) else {}
    user = str(actor.get("preferredUsername") or "")
    with open_member(name) as handle:
        for _, activity in arrays(handle, "orderedItems"):
            note = activity.get("object") if isinstance(activity, dict) else None
            if not isinstance(note, dict):
                if isinstance(note, str):
                    yield Failure(note, "collect", "a boost of another's post, not the account's own words")
                continue
            url = str(note.get("url") or note.get("id") or "")
            language = next(iter(note.get("contentMap") or {}), "")
            who = user or str(note.get("attributedTo") or "").rpartition("/")[2]
            yield _post(
                path,
                f"{name}: {note.get('id', '')}",
                url,
                _words(str(note.get("content") or "")),
                _iso_date(str(note.get("published") or activity.get("published") or "")),
                str(actor.get("name") or who),
                f"@{who}",
                note,
                language,
            )


def _facebook(path: Path, name: str, names: list[str], open_member: Open) -> Iterator[Fetched | Failure]:
    about = _small(names, open_member, "profile_information.json")
    profile = about.get("profile_v2", {}) if isinstance(about, dict) else {}
    author = _mended(str((profile.get("name") or {}).get("full_name") or ""))
    with open_member(name) as handle:
        for number, (_, post) in enumerate(arrays(handle), 1):
            if isinstance(post, dict):
                parts = [item.get("post", "") for item in post.get("data") or [] if isinstance(item, dict)]
                text = _mended("\n".join(part for part in parts if isinstance(part, str)))
                url = f"{file_uri(path)}#{name}:{number}"
                when = _unix_date(post.get("timestamp"))
                yield _post(path, f"{name}: {number}", url, text, when, author, author or "Facebook", post)


def _instagram(path: Path, name: str, names: list[str], open_member: Open) -> Iterator[Fetched | Failure]:
    with open_member(name) as handle:
        for number, (_, post) in enumerate(arrays(handle), 1):
            if isinstance(post, dict):
                media = next((item for item in post.get("media") or [] if isinstance(item, dict)), {})
                text = _mended(str(post.get("title") or media.get("title") or ""))
                when = _unix_date(post.get("creation_timestamp") or media.get("creation_timestamp"))
                url = f"{file_uri(path)}#{name}:{number}"
                yield _post(path, f"{name}: {number}", url, text, when, "", "Instagram", post)


def _post(
    path: Path,
    locator: str,
    url: str,
    text: str,
    published: dt.datetime | None,
    author: str,
    outlet: str,
    original: Any,
    language: str = "",
) -> Fetched | Failure:
    if not text.strip():
        return Failure(url, "collect", "a post without words")
    return post_item(Post(url, text, published, author, outlet, original, language), path, locator)


def _words(content: str) -> str:
    """The text of a post that is kept as HTML, one paragraph a line."""
    if not content.strip():
        return ""
    try:
        page = html.fragment_fromstring(content, create_parent="div")
    except etree.ParserError:
        return ""
    for tag in page.iter("br"):
        tag.tail = "\n" + (tag.tail or "")
    for tag in page.iter("p"):
        tag.tail = "\n" + (tag.tail or "")
    return str(page.text_content())


def _mended(text: str) -> str:
    """Meta's exports write each byte of UTF-8 as a character of its own."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _x_date(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")
    except ValueError:
        return None


def _iso_date(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _unix_date(value: Any) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(int(value), dt.UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
