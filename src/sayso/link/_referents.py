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
from sayso.link._runs import bare, plain
from sayso.records import Attribution, SpeakerKind

_LIST_GAP = re.compile(r"^[\s,&]*(?:(?:and|the|or|both)\b[\s,&]*)*(?P<roles>(?:[\w’'-]+\.?\s+){0,4})$")
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
    """Names joined by commas and "and" up to the end of the phrase."""
    if len(found) < 2:
        return None
    for left, right in itertools.pairwise(found):
        gap = masked(text[left[1] : right[0]])
        match = _LIST_GAP.match(gap)
        if not match or not re.search(r"\band\b|&|,", gap):
            return None
        roles = [plain(w) for w in match["roles"].split()]
        if any(w not in lex.TITLES | lex.PERSON_NOUNS | {"former", "presidential", "house", "the"} for w in roles):
            return None
        if roles and roles[0] in lex.ARTICLES:
            return None  # "Smith, the senator from Ohio": an apposition
    if not re.search(r"\band\b|&", text[found[0][1] : found[-1][0]]):
        return None
    if _AFTER.sub("", masked(text[found[-1][1] : end])).strip(" ,.'’s"):
        return None
    kept = list(dict.fromkeys(m[2].name for m in found))
    if len(kept) < 2:
        return None
    names = ", ".join(kept[:-1]) + " and " + kept[-1]
    kinds = {m[2].kind for m in found}
    return Referent(names, "organization" if kinds == {"organization"} else "group", plural=True, start=found[0][0])
