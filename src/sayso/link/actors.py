"""Actors and outlets of a desk, found by any of their names.

In come the desk's `Actor` and `Outlet` records; out go matches from a name or an address to an id, with the alias that
matched, and the closure of `part_of`. Two keys a name: an exact one (NFKC, case, accents and punctuation folded) and a
loose one that also folds common transliterations (Al-Naba, Al-Naba', an-Naba); a loose key that two actors share finds
neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sayso.errors import SettingsError
from sayso.records import Actor, Outlet

KEYING = "1"  # another whenever names are folded otherwise: kept keys are then made anew

_MARKS = re.compile(  # combining accents and vowel points: Latin, Cyrillic, Hebrew, Arabic, variation selectors
    "["
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "]+"
)
_SILENT = "'’‘ʼʾʿ`´′\"“”„«».\u200b\u200c\u200d\u200e\u200f\u2060\ufeffـ"
_BREAKS = "-‐‑‒–—_/\\,;:()[]{}|+&!?\t\r\u00a0·•"
_FOLDS = {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"}
# The Arabic article before sun letters, written with a hyphen (an-Naba, ash-Sharq).
_SUN = ("an", "ar", "as", "ash", "at", "ath", "ad", "adh", "az", "el")
_LOOSE = {"ou": "u", "oo": "u", "ee": "i", "q": "k", **{2 * c: c for c in "bcdfghjklmnpqrstvwxyz"}}


def _replaced(blob: str, old: str, new: str) -> str:
    # A character that is not there costs one fast scan; str.translate would cost a look-up for every character.
    return blob.replace(old, new) if old in blob else blob


def _keys(blob: str, loose: bool) -> str:
    """Lines of names to lines of keys. Whole blobs at a time: half a million names take a fraction of a second."""
    if not blob.isascii():
        blob = unicodedata.normalize("NFKD", blob)
        for mark in sorted(c for c in set(blob) if not c.isascii() and _MARKS.match(c)):
            blob = blob.replace(mark, "")
        blob = unicodedata.normalize("NFC", blob)
        for old, new in _FOLDS.items():
            blob = _replaced(blob, old, new)
    blob = "\n" + blob.casefold() + "\n"
    if loose and ("-" in blob or "‑" in blob or "‐" in blob):
        blob = blob.replace("‑", "-").replace("‐", "-")
        for article in _SUN:
            blob = _replaced(_replaced(blob, f"\n{article}-", "\nal "), f" {article}-", " al ")
    for char in _SILENT:
        blob = _replaced(blob, char, "")
    for char in _BREAKS:
        blob = _replaced(blob, char, " ")
    while "  " in blob:
        blob = blob.replace("  ", " ")
    blob = blob.replace(" \n", "\n").replace("\n ", "\n").replace("\nthe ", "\n")
    if loose:
        for start in ("\n", " "):
            for article in ("al", "el"):
                blob = _replaced(blob, f"{start}{article} ", f"{start}al")
        blob = _replaced(_replaced(blob, "ah ", "a "), "ah\n", "a\n")
        for old, new in _LOOSE.items():
            blob = _replaced(blob, old, new)
    return blob[1:-1]


def exact_keys(names: Sequence[str]) -> list[str]:
    """The exact key of each name: NFKC, case, marks and punctuation folded, "the" dropped."""
    return _keys("\n".join(name.replace("\n", " ") for name in names), loose=False).split("\n") if names else []


def loose_keys(names: Sequence[str]) -> list[str]:
    """Keys that transliterations of one name share: article, doubled letters, final -ah, ou/u, q/k folded too."""
    return _keys("\n".join(name.replace("\n", " ") for name in names), loose=True).split("\n") if names else []


@dataclass(frozen=True, slots=True)
class Match:
    """An actor found by a name: its id, its own name and the alias that matched."""

    actor: str
    name: str
    alias: str


class ActorIndex:
    """A desk's actors and outlets, found by name.

    Raises SettingsError for duplicate ids, unknown or circular `part_of`, and aliases that two actors claim for
    overlapping times. `where(id)` may give the file and line of an actor for the message.
    """

    def __init__(
        self,
        actors: Iterable[Actor] = (),
        outlets: Iterable[Outlet] = (),
        *,
        where: Callable[[str], str] | None = None,
    ) -> None:
        self._where = where or (lambda key: "")
        self._actors: dict[str, Actor] = {}
        listed = list(actors)
        for actor in listed:
            if actor.id in self._actors:
                raise SettingsError(self._place(actor.id) + f"actor id {actor.id!r} is used twice; give one another id")
            self._actors[actor.id] = actor
        self._check_wholes()
        self._ids = [a.id for a in listed for _ in range(1 + len(a.aliases))]
        self._aliases = [name for a in listed for name in (a.name, *a.aliases)]
        self._names: dict[str, int] = {}  # key -> number of the name
        self._shared: dict[str, list[int]] = {}  # keys that several actors bear, at different times
        self._claim(exact_keys(self._aliases))
        self._loose: dict[str, int] | None = None
        self._parts: dict[str, list[str]] | None = None
        self._outlets: dict[str, Outlet] = {}
        self._outlet_names: dict[str, str] = {}
        self._outlet_loose: dict[str, str] = {}
        self._domains: dict[str, str] = {}
        for outlet in outlets:
            self._add_outlet(outlet)

    def _place(self, key: str) -> str:
        place = self._where(key)
        return f"{place}: " if place else ""

    def _check_wholes(self) -> None:
        done: set[str] = set()
        for start, actor in self._actors.items():
            if actor.part_of is None:
                continue
            seen: list[str] = []
            here: str | None = start
            while here is not None and here not in done:
                if here in seen:
                    ring = " > ".join([*seen[seen.index(here) :], here])
                    raise SettingsError(self._place(here) + f"part_of goes round in a circle: {ring}; break it")
                seen.append(here)
                above = self._actors[here].part_of
                if above is not None and above not in self._actors:
                    raise SettingsError(
                        self._place(here) + f"part_of of actor {here!r} names {above!r}, which is no actor's id"
                    )
                here = above
            done.update(seen)

    def _claim(self, keys: list[str]) -> None:
        numbers = range(len(keys))
        self._names = dict(zip(keys, numbers, strict=True))
        if len(self._names) < len(keys):
            # Only keys that occur twice are looked at one by one: of half a million there are few.
            for number in numbers:
                if self._names[keys[number]] != number or keys[number] in self._shared:
                    self._shared.setdefault(keys[number], [self._names[keys[number]]]).append(number)
            for key, found in list(self._shared.items()):
                self._shared[key] = kept = list({self._ids[n]: n for n in sorted(found, reverse=True)}.values())
                self._check_clash(sorted(kept))
                if len(kept) == 1:
                    self._names[key] = kept[0]  # the first of one actor's names that are alike
                    del self._shared[key]
        self._names.pop("", None)

    def _check_clash(self, numbers: list[int]) -> None:
        for at, number in enumerate(numbers):
            for other in numbers[:at]:
                one, two = self._ids[number], self._ids[other]
                if _overlap(self._actors[one], self._actors[two]):
                    raise SettingsError(
                        self._place(one)
                        + f"alias {self._aliases[number]!r} of actor {one!r} is also a name of {two!r} "
                        f"({self._aliases[other]!r}); drop it from one, or give them times that do not overlap"
                    )

    def _add_outlet(self, outlet: Outlet) -> None:
        if outlet.id in self._outlets:
            raise SettingsError(self._place(outlet.id) + f"outlet id {outlet.id!r} is used twice; give one another id")
        if outlet.actor is not None and self.get(outlet.actor) is None:
            raise SettingsError(
                self._place(outlet.id) + f"actor of outlet {outlet.id!r} is {outlet.actor!r}, which is no actor's id"
            )
        self._outlets[outlet.id] = outlet
        names = [outlet.name, *outlet.aliases]
        for name, exact, loose in zip(names, exact_keys(names), loose_keys(names), strict=True):
            other = self._outlet_names.setdefault(exact, outlet.id)
            if other != outlet.id:
                raise SettingsError(
                    self._place(outlet.id) + f"alias {name!r} of outlet {outlet.id!r} is also a name of {other!r}"
                )
            self._outlet_loose.setdefault(loose, outlet.id)
        for domain in outlet.domains:
            self._domains[domain.casefold().removeprefix("www.").rstrip(".")] = outlet.id

    def __len__(self) -> int:
        return len(self._actors)

    def actors(self) -> tuple[Actor, ...]:
        """All actors, in the order given."""
        return tuple(self._actors.values())

    def get(self, key: str) -> Actor | None:
        """The actor with this id."""
        return self._actors.get(key)

    def match(self, name: str, on: str | None = None) -> Match | None:
        """The actor that bears this name, `on` an ISO date if the name's validity matters; None if none or several."""
        key = exact_keys([name])[0]
        if not key:
            return None
        held = self._shared.get(key) or ([self._names[key]] if key in self._names else [])
        valid = [n for n in held if valid_on(self._actors[self._ids[n]], on)]
        if held:
            return self._found(valid[0]) if len(valid) == 1 else None
        if self._loose is None:
            self._loose = self._fold()
        number = self._loose.get(loose_keys([name])[0], -1)
        if number < 0 or not valid_on(self._actors[self._ids[number]], on):
            return None
        return self._found(number)

    def _found(self, number: int) -> Match:
        key = self._ids[number]
        return Match(key, self._actors[key].name, self._aliases[number])

    def _fold(self) -> dict[str, int]:
        """Loose keys; one that two actors share tells neither (-1)."""
        keys = loose_keys(self._aliases)
        folded = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
        if len(folded) < len(keys):
            for number, key in enumerate(keys):
                held = folded[key]
                if held >= 0 and self._ids[held] != self._ids[number]:
                    folded[key] = -1
        return folded

    def wholes(self, key: str) -> tuple[str, ...]:
        """What an actor is part of, from its own id upwards."""
        chain: list[str] = []
        here: str | None = key if key in self._actors else None
        while here is not None:
            chain.append(here)
            here = self._actors[here].part_of
        return tuple(chain)

    def parts(self, key: str) -> frozenset[str]:
        """An actor's id with the ids of everything that is part of it, however far down."""
        if self._parts is None:
            self._parts = {}
            for actor in self._actors.values():
                if actor.part_of is not None:
                    self._parts.setdefault(actor.part_of, []).append(actor.id)
        found: set[str] = set()
        open_ids = [key]
        while open_ids:
            here = open_ids.pop()
            found.add(here)
            open_ids.extend(self._parts.get(here, ()))
        return frozenset(found)

    def outlet(self, name: str) -> Outlet | None:
        """The outlet that bears this name, in any transliteration."""
        if not self._outlets or not name.strip():
            return None
        found = self._outlet_names.get(exact_keys([name])[0]) or self._outlet_loose.get(loose_keys([name])[0])
        return self._outlets[found] if found else None

    def outlet_at(self, address: str) -> Outlet | None:
        """The outlet whose domain an address lies in (the longest domain that fits)."""
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        while host:
            found = self._domains.get(host)
            if found:
                return self._outlets[found]
            host = host.partition(".")[2]
        return None


def valid_on(actor: Actor, on: str | None) -> bool:
    """Whether an actor's names are its own on an ISO date (None: whenever)."""
    if not on:
        return True
    return (not actor.valid_from or on >= actor.valid_from[: len(on)]) and (
        not actor.valid_until or on[: len(actor.valid_until)] <= actor.valid_until
    )


def _overlap(one: Actor, other: Actor) -> bool:
    return not (
        (one.valid_until and other.valid_from and one.valid_until < other.valid_from)
        or (other.valid_until and one.valid_from and other.valid_until < one.valid_from)
    )
