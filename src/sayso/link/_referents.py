"""What a source denotes, and which pronouns may stand for it.

In come the entities of the text; out go `Referent` and `Spoken` records that the resolvers of speakers hand to each other.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sayso.link import _lexicon as lex
from sayso.link._names import Entity
from sayso.link._phrases import masked
from sayso.link._text import bare, plain
from sayso.records import Attribution, SpeakerKind

_LIST_GAP = re.compile(
    r"^[\s,&]*(?:(?:and|the|or|both|as well as)\b[\s,&]*)*(?P<roles>(?:[\w’'-]+\.?\s+|(?:his|her)\s\w+,\s){0,4})$"
)
_HELD = lex.TITLES | lex.PERSON_NOUNS
_IN_ROLES = _HELD | lex.words("former presidential house the his her")
# "Holt of Tarn (Kelda), who is 40, and Berg": what is said of the one before "and"
_ASIDE = re.compile(
    r"\([^()]{1,40}\)|\s(?:of|from)\s[A-Z][^\s,]*(?:\s[A-Z][^\s,]*){0,2}|,\swho\s[^,;]{2,60}(?=,\sand\s)"
)
_OF_ALL = re.compile(r"\s*,?\s*(?:who|whose|both|the|two|three)\b|\s*,\s(?:all|former)\b")  # behind the last of them
_AFTER = re.compile(r"\b(?:today|yesterday|tonight|now|both|jointly|together)\b", re.IGNORECASE)  # belongs to the verb


@dataclass(frozen=True, slots=True)
class Referent:
    """What a source denotes: name or description, kind, and the entity if it is a named one."""

    name: str | None
    kind: SpeakerKind
    entity: Entity | None = None
    gender: str = ""
    plural: bool = False
    start: int = -1  # where it was last named


NOBODY = Referent(None, "none")


def of_entity(entity: Entity, start: int = -1) -> Referent:
    """The referent of a named one."""
    if entity.kind == "group":
        return Referent(entity.name, "group", entity, plural=True, start=start)
    kind: SpeakerKind = "person" if entity.kind in ("person", "") else "organization"
    if entity.kind == "person" and entity.name.isupper() and len(entity.words) > 1:
        return Referent(entity.name.title(), kind, entity, entity.gender, False, start)  # a transcript's "DANA QUILL"
    plain_name = bare(entity.name)
    if plain_name.rpartition(" ")[2] in lex.SCRIPTURES:
        return Referent(entity.name, "publication", entity, start=start)
    if kind != "person" and (
        entity.outlet or plain_name in lex.KNOWN_OUTLETS or f"the {plain_name}" in lex.KNOWN_OUTLETS
    ):
        kind = "publication"
    return Referent(entity.name, kind, entity, entity.gender, kind != "person", start)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A source that was resolved: where it stands and what it denotes."""

    start: int
    sentence: int
    attribution: Attribution
    referent: Referent
    parent: str | None


def agrees(word: str, referent: Referent) -> bool:
    """Whether a pronoun may stand for a referent."""
    if word in lex.HE | lex.SHE:
        known = (
            referent.entity.gender if referent.entity and referent.kind == "person" else ""
        )  # since it was named, too
        other = "f" if word in lex.HE else "m"
        return referent.kind in ("person", "unnamed") and (known or referent.gender) != other and not referent.plural
    if word in lex.IT:
        return referent.kind in ("organization", "publication")
    if word in lex.THEY or word in ("those", "these"):
        return referent.plural or referent.kind in ("group", "organization", "unnamed")
    return referent.kind != "none"


def joined_names(text: str, found: Sequence[tuple[int, int, Entity]], end: int) -> Referent | None:
    """Names joined by commas and "and" up to the end of the phrase, or to what is said of them all behind the last of them."""
    if len(found) < 2:
        return None
    found, spare = _heads(text, found)
    joined = False
    for i, (left, right) in enumerate(itertools.pairwise(found), 1):
        gap = _plain_gap(text, left[1], right[0], spare)
        last = re.search(r"\band\b|&|\bas well as\b", gap) is not None
        if not _joins(gap) or (joined and not last):
            found = found[:i]
            break
        joined = joined or last
    if not joined:
        return None
    tail = _AFTER.sub("", _plain_gap(text, found[-1][1], end))
    if tail.strip(" ,.'’s–—-") and not _OF_ALL.match(tail):
        return None
    kept = list(dict.fromkeys(_name(text, found, i) for i in range(len(found))))
    if len(kept) < 2:
        return None
    names = ", ".join(kept[:-1]) + " and " + kept[-1]
    kinds = {m[2].kind for m in found}
    return Referent(names, "organization" if kinds == {"organization"} else "group", plural=True, start=found[0][0])


def _name(text: str, found: Sequence[tuple[int, int, Entity]], i: int) -> str:
    """The name of one of several joined; in "Nina and Erik Holt" she has his last name."""
    start, end, entity = found[i]
    if i + 1 < len(found) and text[end : found[i + 1][0]] == " and " and text[start:end].isalpha():
        after = found[i + 1][2]
        whole = text[found[i + 1][0] : found[i + 1][1]].endswith(after.name) and len(after.words) > 1
        called = plain(text[start:end])
        first = called == entity.words[0] and (called != entity.words[-1] or called in lex.FIRST_NAMES)
        if whole and after.kind == "person" and first:
            return f"{text[start:end]} {after.name.split()[-1]}"
    return entity.name


def _joins(gap: str) -> bool:
    """Whether words between two names join them."""
    match = _LIST_GAP.match(gap)
    if not match or not re.search(r"\band\b|&|,|\bas well as\b", gap):
        return False
    words = match["roles"].replace(",", "").split()
    roles = [plain(w) for w in words]
    holds = bool(roles) and roles[-1] in _HELD  # "and Roads Committee Chairman"
    if any(
        role not in _IN_ROLES and not (holds and word[0].isupper()) for word, role in zip(words, roles, strict=True)
    ):
        return False
    return not roles or roles[0] not in lex.ARTICLES  # "Smith, the senator from Ohio": an apposition


def _plain_gap(text: str, start: int, end: int, spare: Sequence[tuple[int, int]] = ()) -> str:
    """The words between two names without what only tells more of them: "(R-Utah) and Harbour Committee Chairman"."""
    words = text[start:end]
    for first, last in reversed(spare):
        if start <= first < end:
            words = words[: first - start] + words[last - start :]
    return _ASIDE.sub(" ", masked(words))


def _heads(
    text: str, found: Sequence[tuple[int, int, Entity]]
) -> tuple[list[tuple[int, int, Entity]], list[tuple[int, int]]]:
    """The names of a phrase but for those that only tell more of another, where he is from ("Nina Holt of Tarn (Kelda)") and
    what he leads ("Harbour Committee Chairman Erik Berg"); and where the latter stand."""
    heads: list[tuple[int, int, Entity]] = []
    leading: list[tuple[int, int]] = []
    for i in range(len(found) - 1, -1, -1):
        start, end, entity = found[i]
        before = text[found[i - 1][1] if i else start : start]
        if i and (
            (entity.kind == "location" and before.strip() in ("of", "from")) or before.count("(") > before.count(")")
        ):
            continue
        after = text[end : found[i + 1][0]] if i + 1 < len(found) else ","
        roles = [plain(w) for w in after.split() if w not in ("’s", "'s")]
        owns = text[start:end].endswith(("’s", "'s"))  # "Holt’s daughter Nina"
        known = all(w in _HELD for w in roles) and (entity.kind != "person" or owns)
        person = i + 1 < len(found) and found[i + 1][2].kind == "person"
        if known and ((roles and person) or (not roles and leading and leading[-1][0] == found[i + 1][0])):
            leading.append((start, end))
        else:
            heads.append(found[i])
    return heads[::-1], leading[::-1]
