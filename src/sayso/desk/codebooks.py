"""The codebook as people edit it: one code at a time or as a whole, never over somebody else's edit, every version kept.

In: the desk and what a form asks. Out: the codebook with its fingerprint, older versions, what changed between two.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from sayso.code import Codebook, Family
from sayso.errors import SaysoError, UsageError
from sayso.store.ids import stable_id

if TYPE_CHECKING:
    from sayso.desk.desk import Desk

LINES = ("include", "exclude", "words", "examples", "aliases")  # keys of a code that hold one entry a line
_MARK = " → "  # in a counter-example: between the text and the code that it belongs to
LARGEST = 400_000  # characters of a codebook


class Conflict(SaysoError):
    """Somebody saved the codebook after the form was opened."""


@dataclass(frozen=True, slots=True)
class Book:
    """The current codebook. `stamp` changes with every character of it: a form that saves must name it."""

    book: Codebook
    text: str
    stamp: str


def current(desk: Desk) -> Book:
    """The desk's codebook as it stands in the store."""
    text = desk.store.settings.codebook() or ""
    return Book(Codebook.parse(text), text, stable_id("codebook", text))


def edition(desk: Desk, version: str) -> Book | None:
    """An older (or the current) version of it; None where there is none of that name."""
    text = desk.store.reviews.edition(version)
    return None if text is None else Book(Codebook.parse(text), text, stable_id("codebook", text))


def version_of(text: str) -> str:
    """The version that this text is of. Raises `SettingsError` for a wrong text, `UsageError` for too long a one."""
    if len(text) > LARGEST:
        raise UsageError(f"a codebook has at most {LARGEST:,} characters")
    return Codebook.parse(text).version


def save(desk: Desk, text: str, stamp: str) -> str:
    """Make this text the codebook; gives its version. Call it in the transaction that also notes who did it.

    Raises `Conflict` where the codebook is no longer the one that `stamp` names, `SettingsError` for a wrong text.
    """
    version = version_of(text)
    if current(desk).stamp != stamp:
        raise Conflict("somebody else has saved the codebook since you opened it")
    desk.store.settings.put_codebook(version, text)
    desk.__dict__.pop("codebook", None)
    return version


def with_code(book: Codebook, family: str, name: str, fields: Mapping[str, Any]) -> str:
    """The text of the codebook with a code changed, or added where `name` is "". Raises `SettingsError`."""
    plain = book.to_dict()
    codes = _codes(plain, book.family(family))
    entry = {key: value for key, value in fields.items() if value not in ("", None, [], ())}
    if not name:
        codes.append(entry)
    else:
        place = _place(codes, family, name)
        old = codes[place]["name"]
        codes[place] = entry
        if entry.get("name") != old:  # what pointed to the code by name points to its new one
            for each in codes:
                if each.get("parent") == old:
                    each["parent"] = entry.get("name")
                for counter in each.get("counter_examples", ()):
                    if counter.get("code") == old:
                        counter["code"] = entry.get("name")
    return _text(plain)


def without_code(book: Codebook, family: str, name: str) -> str:
    """The text of the codebook without a code; codes under it lose their parent."""
    plain = book.to_dict()
    codes = _codes(plain, book.family(family))
    del codes[_place(codes, family, name)]
    for each in codes:
        if each.get("parent") == name:
            each.pop("parent")
        for counter in each.get("counter_examples", ()):
            if counter.get("code") == name:
                counter.pop("code")
    return _text(plain)


def moved_code(book: Codebook, family: str, name: str, step: int) -> str:
    """The text of the codebook with a code moved up (-1) or down (1) in its family."""
    plain = book.to_dict()
    codes = _codes(plain, book.family(family))
    place = _place(codes, family, name)
    there = max(0, min(len(codes) - 1, place + step))
    codes.insert(there, codes.pop(place))
    return _text(plain)


def with_family(book: Codebook, name: str, fields: Mapping[str, Any]) -> str:
    """The text of the codebook with a family's own keys changed, or with a new one of a first code."""
    plain = book.to_dict()
    families = plain.setdefault("families", [])
    entry = {key: value for key, value in fields.items() if value not in ("", None)}
    for place, each in enumerate(families):
        if name and each["name"] == name:
            families[place] = {**entry, "codes": each["codes"]}
            return _text(plain)
    if name:
        raise UsageError(f"the codebook has no family {name!r}")
    families.append({**entry, "codes": [{"name": "other", "definition": "None of the other codes."}]})
    return _text(plain)


def fields_of(family: Family, name: str) -> dict[str, str]:
    """A code as the texts of a form: lists as one entry a line."""
    code = next((each for each in family if each.name == name), None)
    if code is None:
        raise UsageError(f"family {family.name!r} has no code {name!r}")
    counters = [f"{each.text}{_MARK}{each.code}" if each.code else each.text for each in code.counter_examples]
    return {
        "name": code.name,
        "title": code.title,
        "definition": code.definition,
        **{key: "\n".join(getattr(code, key)) for key in LINES},
        "counter_examples": "\n".join(counters),
        "parent": code.parent or "",
        "quadrant": code.quadrant,
        "value": "" if code.value is None else f"{code.value:g}",
        "color": code.color,
    }


def read_fields(asked: Mapping[str, str]) -> dict[str, Any]:
    """What the form of a code says, as the codebook has it. Raises `UsageError` for a value that is no number."""
    fields: dict[str, Any] = {key: asked[key].strip() for key in ("name", "title", "definition", "quadrant", "color")}
    fields |= {key: _lines(asked[key]) for key in LINES}
    fields["counter_examples"] = [_counter(line) for line in _lines(asked["counter_examples"])]
    fields["parent"] = asked["parent"].strip() or None
    if asked["value"].strip():
        try:
            fields["value"] = float(asked["value"].replace("−", "-").replace(",", "."))
        except ValueError:
            raise UsageError("value: a number, or nothing") from None
        if not -1e6 <= fields["value"] <= 1e6:
            raise UsageError("value: between -1,000,000 and 1,000,000")
    return fields


def difference(before: str, after: str) -> list[dict[str, str]]:
    """What changed between two texts, line by line: op is "same", "left out" or "added"; long same stretches are cut."""
    rows = []
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2):
        if line.startswith(("---", "+++")):
            continue
        op = {"+": "added", "-": "left out", "@": "place"}.get(line[:1], "same")
        rows.append({"op": op, "text": "" if op == "place" else line[1:]})
    return rows


def _codes(plain: dict[str, Any], family: Family) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(each for each in plain["families"] if each["name"] == family.name)["codes"]
    return found


def _place(codes: Sequence[Mapping[str, Any]], family: str, name: str) -> int:
    for place, each in enumerate(codes):
        if each["name"] == name:
            return place
    raise UsageError(f"family {family!r} has no code {name!r}: somebody may have renamed it")


def _text(plain: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(plain), sort_keys=False, allow_unicode=True, width=110)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _counter(line: str) -> dict[str, str]:
    text, _, code = line.partition(_MARK.strip())
    return {"text": text.strip(), **({"code": code.strip()} if code.strip() else {})}
