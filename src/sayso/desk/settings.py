"""`sayso.toml`: the desk's own settings, each key explained where it is defined and in the file of a new desk.

In: the text of the file. Out: `Settings`; a mistake is named with file, line and key.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticUndefined

from sayso.collect.feeds import Feed
from sayso.collect.settings import CollectSettings
from sayso.errors import SettingsError
from sayso.yaml_lines import dotted, explain

FILE = "sayso.toml"


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DeskTable(_Table):
    """What the desk is called, and whose it is."""

    name: str = Field("", description="the desk's name, as briefs show it; empty: the folder's name")
    person: str = Field(
        "",
        max_length=64,
        description="who works in the workbench of a desk without accounts; empty: the login's name",
    )


class ReadTable(_Table):
    """How items are read. Each is read in a process of its own kind, so that a hostile file takes nothing else down."""

    workers: int = Field(2, ge=1, le=64, description="processes that read at the same time")
    memory: int = Field(400, ge=150, description="MB that one of them may use; an item that needs more is refused")
    seconds: float = Field(60, gt=0, description="an item that takes longer to read is refused")


class AttributeTable(_Table):
    """What counts as an attribution. Another threshold attributes every document anew at the next run."""

    threshold: float = Field(
        0,
        ge=0,
        le=1,
        description="least confidence of an attribution; 0: the one that was best on the development texts. A higher one gives "
        "fewer and surer statements: docs/benchmarks.md has what it costs",
    )


class LinkTable(_Table):
    """What linking looks up besides actors and outlets."""

    references: str = Field(
        "references",
        description="folder in the desk's folder with texts (.txt, .md) whose quotations are marked with their place: "
        "scripture, a treaty, a programme; empty: none",
    )

    @field_validator("references")
    @classmethod
    def _inside(cls, value: str) -> str:
        path = PurePosixPath(value)
        if value and (path.is_absolute() or ".." in path.parts):
            raise ValueError("name a folder in the desk's folder")
        return value


class CodeTable(_Table):
    """Who codes. Without an endpoint the package's own coders do, and nothing leaves the machine."""

    endpoint: str = Field(
        "", description="address of an OpenAI-compatible server, up to /v1; it then codes; empty: none"
    )
    model: str = Field("", description="the model that the endpoint is asked for")
    key_variable: str = Field("", description="environment variable that holds the endpoint's key, if it wants one")
    per_minute: int = Field(60, ge=1, description="requests to the endpoint in a minute, at most")


class TrackTable(_Table):
    """How lines and their shifts are watched."""

    alert: float = Field(
        0.9, ge=0.5, le=1, description="a shift or change is announced by `sayso run` from this probability on"
    )
    fewest: int = Field(8, ge=2, description="lines with fewer statements are not watched")


class EmailTable(_Table):
    """Alerts by e-mail: through which server, from and to whom."""

    server: str = Field("", description="name of the mail server (SMTP); empty: no e-mail is sent")
    port: int = Field(587, ge=1, le=65535, description="its port: 587 for starttls, 465 for tls")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="starttls, tls, or none (only for a server that asks for no password)"
    )
    sender: str = Field("", alias="from", description="address that the messages come from")
    to: tuple[str, ...] = Field((), description="addresses that they go to")
    user: str = Field("", description="name to log in with; empty: no log-in")
    password_variable: str = Field("", description="environment variable that holds the password")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.server and not (self.sender and self.to):
            raise ValueError("a server needs the addresses from and to")
        if self.user and not self.password_variable:
            raise ValueError("a user needs password_variable, the environment variable that holds the password")
        if self.user and self.security == "none":
            raise ValueError('no password is sent with security = "none"')
        return self


class AlertsTable(_Table):
    """Where alerts go besides the summary of `sayso run` and the workbench."""

    atom: str = Field(
        "alerts.xml", description="Atom feed with the alerts, a file in the desk's folder (.xml or .atom); empty: none"
    )
    webhook: str = Field(
        "",
        description="address (http or https) that gets new alerts as JSON by POST, again after a failure; empty: none",
    )
    email: EmailTable = Field(EmailTable(), description="Alerts by e-mail.")  # type: ignore[call-arg]

    @field_validator("atom")
    @classmethod
    def _inside(cls, value: str) -> str:
        path = PurePosixPath(value)
        if value and (path.is_absolute() or ".." in path.parts or path.suffix not in (".xml", ".atom")):
            raise ValueError("name a file in the desk's folder that ends in .xml or .atom")
        return value

    @field_validator("webhook")
    @classmethod
    def _web(cls, value: str) -> str:
        if value and not re.match(r"https?://[^/\s]", value):
            raise ValueError("an address begins with https:// or http://")
        return value


class Settings(_Table):
    """All of `sayso.toml`."""

    store: str = Field(
        "",
        repr=False,  # it may hold a password
        description="where the records lie: empty: in a file of this folder (SQLite); for a team: "
        "postgresql://USER@HOST:PORT/DATABASE (the password is better kept in ~/.pgpass or PGPASSWORD)",
    )
    desk: DeskTable = Field(DeskTable(), description="What the desk is called, and whose it is.")  # type: ignore[call-arg]
    collect: CollectSettings = Field(
        CollectSettings(),  # type: ignore[call-arg]
        description="How pages are fetched, by `sayso add` and `sayso collect`.",
    )
    read: ReadTable = Field(
        ReadTable(),  # type: ignore[call-arg]
        description="How items are read: in processes of their own, so that a hostile file takes nothing else down.",
    )
    attribute: AttributeTable = Field(AttributeTable(), description="What counts as an attribution.")  # type: ignore[call-arg]
    link: LinkTable = Field(LinkTable(), description="What linking looks up.")  # type: ignore[call-arg]
    code: CodeTable = Field(CodeTable(), description="Who codes statements.")  # type: ignore[call-arg]
    track: TrackTable = Field(TrackTable(), description="How lines and their shifts are watched.")  # type: ignore[call-arg]
    alerts: AlertsTable = Field(
        AlertsTable(),  # type: ignore[call-arg]
        description="Where alerts go besides the summary of a run. Nothing is sent unless an address stands here.",
    )
    feeds: tuple[Feed, ...] = Field((), description="Where `sayso collect` looks for new items.")

    @field_validator("store")
    @classmethod
    def _postgresql(cls, value: str) -> str:
        if value and not re.match(r"postgres(ql)?://", value):
            raise ValueError("an address begins with postgresql:// (or is empty, for a file in the desk's folder)")
        return value

    @field_validator("feeds")
    @classmethod
    def _each_its_own(cls, value: tuple[Feed, ...]) -> tuple[Feed, ...]:
        twice = [name for name, number in Counter(feed.id for feed in value).items() if number > 1]
        if twice:
            raise ValueError(f"two feeds are called {twice[0]!r}: give each an `id` of its own")
        return value

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read the file. Raises `SettingsError` naming file, line and key."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: cannot be read: {error}") from None
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"\(at line (\d+)", str(error))
            line = place.group(1) if place else text.count("\n") + 1
            raise SettingsError(f"{path}:{line}: not valid TOML: {str(error).split(' (at ')[0]}") from None
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            key = [str(step) for step in error.errors()[0]["loc"]]
            raise SettingsError(f"{path}:{_line(text, key)}: {dotted(key)}: {explain(error)}") from None


def template(name: str) -> str:
    """The `sayso.toml` of a new desk: every key with its default and what it means."""
    lines = [
        "# A Say-so desk. Every key stands here with its default; delete what you do not change.",
        "# Actors, outlets, topics and the codebook have files of their own beside this one.",
    ]
    for key, field in Settings.model_fields.items():  # keys without a table stand before all tables
        if field.annotation is str:
            lines += ["", *_comment(field.description or ""), f"{key} = {json.dumps(field.default)}"]
    for table, field in Settings.model_fields.items():
        model = field.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue  # the feeds, which have no defaults
        lines += ["", *_comment(field.description or ""), f"[{table}]"]
        inner: list[str] = []  # tables of a table stand after its keys
        for key, value, description in _keys(model):
            if isinstance(value, BaseModel):
                inner += ["", *_comment(description), f"[{table}.{key}]"]
                for each, default, meaning in _keys(type(value)):
                    inner += [*_comment(meaning), f"{each} = {json.dumps(default)}"]
                continue
            lines += [
                *_comment(description),
                f"{key} = {json.dumps(name if (table, key) == ('desk', 'name') else value)}",
            ]
        lines += inner
        if table == "collect":
            lines += [
                "# Settings for single hosts stand in tables of their own, e.g.",
                '# [collect.hosts."example.org"]',
                "# delay = 5          # seconds between two requests",
                '# cookies = { consent = "yes" }',
            ]
    lines += ["", *_comment(Settings.model_fields["feeds"].description or ""), "# One table each, e.g."]
    lines += ["# [[feeds]]", '# url = "https://example.org/feed.xml"']
    for key, value, description in _keys(Feed):
        lines += _comment(f"  {key} = {json.dumps(value)}: {description}")
    return "\n".join(lines) + "\n"


def _keys(model: type[BaseModel]) -> Iterator[tuple[str, object, str]]:
    for key, field in model.model_fields.items():
        if field.default is not PydanticUndefined:
            yield field.alias or key, field.default, field.description or ""


def _comment(text: str) -> list[str]:
    words, lines = " ".join(text.split()), []
    while words:
        cut = len(words) if len(words) <= 110 else words.rfind(" ", 0, 110)
        lines.append("# " + words[:cut])
        words = words[cut:].strip()
    return lines


def _line(text: str, path: Sequence[str]) -> int:
    """The line of a key (or of its table) in a TOML text."""
    table: list[str] = []
    best, depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+([^\]]+)\]+", line)
        if header:
            table = [part.strip(" \"'") for part in re.findall(r'"[^"]*"|\'[^\']*\'|[^.]+', header.group(1))]
            here = table
        elif key := re.match(r"""\s*("[^"]*"|'[^']*'|[\w-]+)\s*[=.]""", line):
            here = [*table, key.group(1).strip("\"'")]
        else:
            continue
        if here == list(path[: len(here)]) and len(here) > depth:
            best, depth = number, len(here)
    return best
