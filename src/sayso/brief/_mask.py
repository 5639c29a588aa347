"""Names of private people, taken out of a whole brief before any form of it is made.

In: a brief. Out: the same brief in which every person who spoke and is none of the desk's actors is "[person A]",
"[person B]" and so on, in quotations, context, titles, chains, chart data and addresses alike.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sayso.brief.contents import Brief

# Ids and hashes hold no names and must stay what they are, or nothing would point to anything any more.
_KEPT = frozenset({"id", "item", "sha256", "settings_sha256", "original_sha256", "statement", "original_item"})


def mask(brief: Brief, also: Collection[str] = ()) -> Brief:
    """The brief without the names of private people: speakers who are persons but not actors of the desk, and the names
    in `also`. A surname on its own is masked too, unless an actor of the desk bears it."""
    known: set[str] = {brief.actor.name, *brief.actor.aliases}
    private: dict[str, None] = dict.fromkeys(also)
    for statement in brief.statements:
        speaker = statement.speaker
        known.update(link.name for link in statement.chain if link.actor)
        if statement.target and statement.target.actor:
            known.add(statement.target.name)
        if speaker.actor:
            known.update(name for name in (speaker.name, speaker.alias) if name)
        elif speaker.kind == "person" and speaker.name:
            private[speaker.name] = None
    known_words = {word for name in known for word in name.split()}
    surnames = Counter(name.split()[-1] for name in private if name.split())
    rules: list[tuple[re.Pattern[str], str]] = []
    short: list[tuple[re.Pattern[str], str]] = []
    for place, name in enumerate(sorted(private)):
        parts = name.split()
        if not parts or name in known:
            continue
        label = f"[person {_letters(place)}]"
        spelled = r"(?:[\s\-_+.]|%20)+".join(map(re.escape, parts))
        rules.append((re.compile(rf"(?<!\w){spelled}(?!\w)", re.IGNORECASE), label))
        surname = parts[-1]
        if len(parts) > 1 and len(surname) > 2 and surname not in known_words:
            forms = "|".join(map(re.escape, (surname, surname.upper())))
            short.append((re.compile(rf"(?<!\w)(?:{forms})(?!\w)"), label if surnames[surname] == 1 else "[a person]"))
    rules.sort(key=lambda rule: -len(rule[0].pattern))
    masked: Brief = _walk(brief, [*rules, *short])
    return dataclasses.replace(masked, actor=brief.actor, masked=True)


def _letters(place: int) -> str:
    """0 A, 25 Z, 26 AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _walk(value: Any, rules: list[tuple[re.Pattern[str], str]]) -> Any:
    if isinstance(value, str):
        for pattern, label in rules:
            value = pattern.sub(label, value)
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {
            f.name: _walk(getattr(value, f.name), rules) for f in dataclasses.fields(value) if f.name not in _KEPT
        }
        return dataclasses.replace(value, **changes)
    if isinstance(value, tuple):
        return tuple(_walk(part, rules) for part in value)
    if isinstance(value, list):
        return [_walk(part, rules) for part in value]
    if isinstance(value, Mapping):
        return {key: _walk(part, rules) for key, part in value.items()}
    return value
