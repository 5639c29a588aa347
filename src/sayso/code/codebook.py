"""The codebook: families of codes as content analysis knows them. A dict or YAML text comes in, a `Codebook` goes out.

Every message about a wrong codebook names file, line and key. A version is the hash of what coding depends on
(names, definitions, rules, examples, values), so a new colour is no new version and a new definition is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sayso.errors import SettingsError
from sayso.yaml_lines import Yaml

Quadrant = Literal[
    "verbal-cooperation", "material-cooperation", "verbal-conflict", "material-conflict", "neutral", ""
]  # fmt: skip
TOPIC = "topic:"  # before a topic's id: the name of the family in which people say what belongs to it
NAME = re.compile(r"[^\s\x00-\x1f](?:[^\x00-\x1f\x7f]{0,198}[^\s\x00-\x1f])?")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class CounterExample(_Part):
    """A text that does not belong to the code; `code` names the one it does belong to, if any."""

    text: str = Field(min_length=1)
    code: str = ""


class Code(_Part):
    """One code. `value` is its place on the family's scale, `parent` a broader code of the same family."""

    name: str
    title: str = ""
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # words and phrases that speak for the code; * stands for any ending
    examples: tuple[str, ...] = ()
    counter_examples: tuple[CounterExample, ...] = ()
    aliases: tuple[str, ...] = ()  # other names by which files that come in may call it
    parent: str | None = None
    quadrant: Quadrant = ""
    value: float | None = Field(default=None, allow_inf_nan=False)
    color: str = Field(default="", pattern=r"^(#[0-9a-fA-F]{6})?$")

    @field_validator("name")
    @classmethod
    def _named(cls, name: str) -> str:
        if not NAME.fullmatch(name):
            raise ValueError("must be one line of 1 to 200 characters")
        return name

    @field_validator("examples", "words")
    @classmethod
    def _not_empty(cls, examples: tuple[str, ...]) -> tuple[str, ...]:
        if any(not text.strip(" *") for text in examples):
            raise ValueError("an entry is empty")
        return examples

    @field_validator("counter_examples", mode="before")
    @classmethod
    def _plain_text(cls, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [{"text": v} if isinstance(v, str) else v for v in value]
        return value


class Family(_Part):
    """Codes that answer one question about a statement: one of them (exclusive), or any number (`multiple`)."""

    name: str = Field(min_length=1)
    title: str = ""
    description: str = ""
    multiple: bool = False
    unsure_below: float = Field(default=0.35, ge=0, le=1)
    floor: float = Field(default=0.4, ge=-1, le=1)
    scale: str = ""
    codes: tuple[Code, ...] = Field(min_length=1)

    def __iter__(self) -> Iterator[Code]:  # type: ignore[override]
        return iter(self.codes)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(code.name for code in self.codes)

    @property
    def colours(self) -> dict[str, str]:
        """Code -> its colour, "" where it has none; a chart then gives it one by its place."""
        return {code.name: code.color for code in self.codes}

    @property
    def ordinal(self) -> bool:
        """Whether every code has a value on the scale."""
        return all(code.value is not None for code in self.codes)

    def find(self, name: str) -> Code | None:
        """The code of that name or alias, letter case aside."""
        wanted = name.strip().casefold()
        for code in self.codes:
            if wanted == code.name.casefold():
                return code
        for code in self.codes:
            if wanted in (alias.casefold() for alias in code.aliases) or wanted == code.title.casefold():
                return code
        return None

    def children(self, name: str) -> tuple[Code, ...]:
        return tuple(code for code in self.codes if code.parent == name)

    @cached_property
    def version(self) -> str:
        """12 hex digits; changes with whatever coding depends on."""
        meaning = self.model_dump(mode="json", exclude={"title", "description", "floor", "unsure_below", "scale"})
        for code in meaning["codes"]:
            for key in ("color", "title", "aliases"):
                code.pop(key)
        meaning["codes"].sort(key=lambda code: code["name"])
        return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()[:12]


class Codebook(_Part):
    """The codebook of a desk."""

    families: tuple[Family, ...] = ()

    @cached_property
    def version(self) -> str:
        """12 hex digits over all families."""
        return hashlib.sha256(",".join(sorted(f"{f.name}={f.version}" for f in self.families)).encode()).hexdigest()[
            :12
        ]

    def family(self, name: str) -> Family:
        """Raises `SettingsError` for a family that the codebook does not have."""
        for family in self.families:
            if family.name == name:
                return family
        have = ", ".join(f.name for f in self.families) or "none"
        raise SettingsError(f"the codebook has no family {name!r} (it has: {have})")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without keys that stand at their default."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True, width=110)

    @classmethod
    def default(cls) -> Codebook:
        """The codebook that a new desk gets: the family "approach"."""
        return cls.parse(default_yaml(), "codebook.yaml")

    @classmethod
    def load(cls, path: str | Path) -> Codebook:
        """Read a YAML file. Raises `SettingsError` naming file, line and key."""
        path = Path(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: cannot be read: {error}") from error
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, source: str = "codebook.yaml") -> Codebook:
        """A codebook from YAML text. Raises `SettingsError` naming `source`, line and key."""
        given = Yaml.parse(text, source)
        book = cls._checked(given)
        for f, family in enumerate(book.families):
            if family.name.startswith(TOPIC):
                raise given.fail(("families", f, "name"), f"names that begin with {TOPIC!r} are those of topics")
        return book

    @classmethod
    def from_dict(cls, data: Any, source: str = "codebook") -> Codebook:
        """A codebook from plain values. Raises `SettingsError` naming `source` and key."""
        return cls._checked(Yaml(data, source, None))

    @classmethod
    def _checked(cls, given: Yaml) -> Codebook:
        data = {} if given.values is None else given.values
        if not isinstance(data, Mapping):
            raise given.fail((), "must be a mapping with the key 'families'")
        try:
            book = cls.model_validate(data)
        except ValidationError as error:
            raise given.fail_validation(error) from None
        for path, what in _contradictions(book):
            raise given.fail(path, what)
        return book


def default_yaml() -> str:
    """The text of the default codebook, with its comments."""
    return resources.files("sayso.code").joinpath("codebook.yaml").read_text(encoding="utf-8")


def _contradictions(book: Codebook) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What each key alone cannot show: names used twice, parents and codes that do not exist, circles."""
    seen: set[str] = set()
    for f, family in enumerate(book.families):
        if family.name in seen:
            yield ("families", f, "name"), f"family {family.name!r} stands twice"
        seen.add(family.name)
        called: dict[str, str] = {}
        for c, code in enumerate(family.codes):
            at: tuple[str | int, ...] = ("families", f, "codes", c)
            for key, name in (("name", code.name), *(("aliases", alias) for alias in code.aliases)):
                if name.casefold() in called:
                    yield (*at, key), f"{name!r} already names code {called[name.casefold()]!r}"
                called[name.casefold()] = code.name
        parents = {code.name: code.parent for code in family.codes}
        for c, code in enumerate(family.codes):
            at = ("families", f, "codes", c)
            for n, counter in enumerate(code.counter_examples):
                if counter.code and counter.code not in parents:
                    yield (*at, "counter_examples", n, "code"), f"no code {counter.code!r} in family {family.name!r}"
                if counter.code == code.name:
                    yield (*at, "counter_examples", n, "code"), "names the very code it is to counter"
            above, steps = code.parent, 0
            while above is not None:
                if above not in parents:
                    yield (*at, "parent"), f"no code {above!r} in family {family.name!r}"
                    break
                above, steps = parents[above], steps + 1
                if steps > len(parents):
                    yield (*at, "parent"), "codes are their own parents in a circle"
                    break
