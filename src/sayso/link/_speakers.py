"""Who speaks: the speaker that each attribution's source denotes.

In come the text, the names and the attributions (with parents); out goes a `Referent` for each attribution's id. Sources
are resolved in the order of the text, so that a pronoun may stand for an unnamed group that spoke before. The weights
were set by hand on two thirds of a small annotated set (docs/link.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

from sayso.link import _lexicon as lex
from sayso.link._names import Entity, Names, plain
from sayso.link._text import WORD, Text
from sayso.records import Attribution, Span, SpeakerKind

_CUT = re.compile(r",|\(|\[|;|\s[-–—]\s|—|\s(?:who|whom|which|that|whose|where)\b|:")
_PREPOSITION = re.compile(
    r"\s(?:of|in|for|from|at|on|with|to|by|about|against|behind|near|inside|among|within|like|including)\s"
)
_AND = re.compile(r",?\s+(?:and|&)\s+(?:the\s+)?", re.IGNORECASE)
_AGE = re.compile(r"^\d{1,3}-year-old$")
_NO_ONE = frozenset(["no-one", "nobody", "none"])


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


def head_of(words: str) -> str:
    """A noun phrase without what follows its head: the first comma, bracket, relative clause or preposition ends it."""
    cut = _CUT.search(words, 1)
    return (words[: cut.start()] if cut else words).strip(" \t\n\"“”‘’'")


def head_noun(words: str) -> str:
    """The head noun of a phrase, lower-case."""
    core = head_of(words)
    cut = _PREPOSITION.search(core)
    tokens = [plain(m[0]) for m in WORD.finditer(core[: cut.start()] if cut else core)]
    return tokens[-1] if tokens else ""


class Speakers:
    """Resolves the sources of one document."""

    def __init__(
        self,
        text: Text,
        names: Names,
        attributions: Sequence[Attribution],
        parents: Mapping[str, str | None],
        coreference: Sequence[tuple[Span, Span, float]] = (),
        publications: Mapping[int, Referent] | None = None,
        narrator: Referent = Referent(None, "author"),
    ) -> None:
        self._text = text
        self._names = names
        self._parents = parents
        self._by_id = {a.id: a for a in attributions}
        self._order = sorted(attributions, key=_place)
        self._links: dict[int, list[tuple[Span, float]]] = {}
        for mention, antecedent, probability in coreference:
            self._links.setdefault(mention.start, []).append((antecedent, probability))
        self._publications = publications or {}
        self._narrator = narrator
        self._spoken: list[tuple[int, int, Attribution, Referent]] = []
        self.found: dict[str, Referent] = {}

    def resolve(self) -> dict[str, Referent]:
        """The referent of every attribution, by id."""
        for attribution in self._order:
            referent = self._one(attribution)
            self.found[attribution.id] = referent
            if attribution.source and referent.kind not in ("none", "author"):
                first = attribution.source[0].start
                self._spoken.append((first, self._text.sentence(first), attribution, referent))
        # What a missing source is may only show in what follows it in its sentence.
        for attribution in self._order:
            if not attribution.source and self.found[attribution.id].kind == "none":
                self.found[attribution.id] = self._missing(attribution, after=True)
        return self.found

    def _one(self, attribution: Attribution) -> Referent:
        if not attribution.source:
            return self._missing(attribution, after=False)
        start, end = attribution.source[0].start, attribution.source[-1].end
        return self.denotes(start, end, attribution)

    # What a stretch of words denotes

    def denotes(self, start: int, end: int, attribution: Attribution) -> Referent:
        """The referent of the noun phrase [start, end)."""
        words = self._text.text[start:end]
        stripped = words.strip(" \t\n\"“”‘’'.,:;")
        low = re.sub(r"[’']s$", "", stripped.casefold())
        if low in lex.PRONOUNS or low.split("’")[0].split("'")[0] in lex.PRONOUNS:
            return self._pronoun(low.split("’")[0].split("'")[0], start, attribution)
        parts = low.split()
        if parts and parts[-1] in ("whom", "which") and len(parts) <= 4:
            return self._relative(parts[-1], start, attribution)
        if len(parts) <= 3 and parts and parts[-1] in ("himself", "herself", "themselves"):
            return self.denotes(start, start + words.rindex(words.split()[-1]), attribution)
        return self._phrase(start, end, attribution)

    def _phrase(self, start: int, end: int, attribution: Attribution) -> Referent:
        words = self._text.text[start:end]
        core = head_of(words)
        offset = start + words.find(core) if core else start
        stop = offset + len(core)
        named = self._names.at(offset, stop)
        named = [m for m in named if m[2].kind != "location" or m[1] >= stop - 2]
        preposition = _PREPOSITION.search(core)
        head_end = offset + preposition.start() if preposition else stop
        heads = [m for m in named if m[0] < head_end]
        several = self._several(heads, head_end)
        if several:
            return several
        if heads:
            first, last = heads[0], heads[-1]
            tail = self._text.text[last[1] : head_end].strip(" .,'’")
            tail = re.sub(r"^(?:s|’s|'s)\b", "", tail).strip()
            if not tail or (tail.casefold() in ("jr", "sr")):
                whole = last[2]
                lead = self._text.text[offset : last[0]]
                # "MSNBC host Chris Matthews", "Clinton spokesman Jesse Lehrich": the last name is the head.
                if whole.kind == "person" or first is last or not lead.strip():
                    return self._of(whole, last[0])
                return self._of(whole, last[0])
            if tail.split()[-1].casefold().strip("’'") in lex.BODY_NOUNS | {"campaign"} and first[2].kind != "location":
                expanded = f"{last[2].name} {tail}"
                return Referent(expanded, "organization", last[2], plural=True, start=last[0])
            possessive = self._text.text[last[1] - 2 : last[1] + 2]
            if "’s" in possessive or "'s" in possessive or possessive.endswith(("s’", "s'")):
                role = self._by_role(tail, start, last[2])
                if role:
                    return role
        if offset in self._publications and not heads:
            return self._publications[offset]
        return self._nominal(core, words, offset, attribution)

    def _several(self, heads: Sequence[tuple[int, int, Entity]], stop: int) -> Referent | None:
        if len(heads) < 2:
            return None
        kept = [heads[0][2]]
        for left, right in zip(heads, heads[1:], strict=False):
            gap = self._text.text[left[1] : right[0]]
            if not re.fullmatch(
                r"(?:,|\s|and|&|the|[Ss]enators?|[Rr]eps?\.?|[Mm]rs?\.?|President)+", gap
            ) or not re.search(r"and|&|,", gap):
                return None
            kept.append(right[2])
        if self._text.text[heads[-1][1] : stop].strip(" ,.'’"):
            return None
        names = " and ".join(e.name for e in kept)
        kinds = {e.kind for e in kept}
        return Referent(names, "organization" if kinds == {"organization"} else "group", plural=True, start=heads[0][0])

    def _of(self, entity: Entity, start: int) -> Referent:
        name = entity.name
        kind: SpeakerKind = "person" if entity.kind == "person" else "organization"
        if name.casefold().removeprefix("the ") in lex.KNOWN_OUTLETS and entity.kind != "person":
            kind = "publication"
        return Referent(name, kind, entity, entity.gender, kind != "person", start)

    # Pronouns

    def _pronoun(self, word: str, start: int, attribution: Attribution) -> Referent:
        if word in lex.RELATIVE and word != "that":
            return self._relative(word, start, attribution)
        if word == "that":
            before = self._text.text[max(0, start - 30) : start].rstrip()
            if before and (before[-1].isalpha() or before[-1] == ","):
                return self._relative(word, start, attribution)
        if word in lex.FIRST:
            return self._speaker_around(start, attribution)
        if word in lex.SECOND:
            return self._addressee(attribution)
        return self._antecedent(word, start, attribution) or Referent(None, "none")

    def _speaker_around(self, start: int, attribution: Attribution) -> Referent:
        """First person: whoever speaks the words around it, else the document's own author."""
        parent = self._parents.get(attribution.id)
        if parent and parent in self.found:
            return self.found[parent]
        for other in self._order:
            if other.id != attribution.id and any(c.start <= start < c.end for c in other.content):
                return self.found.get(other.id) or self._one(other)
        return self._narrator

    def _addressee(self, attribution: Attribution) -> Referent:
        """Second person: whom the words around it are said to."""
        parent = self._by_id.get(self._parents.get(attribution.id) or "")
        if parent is None or not parent.cue:
            return NOBODY
        speaker = self.found.get(parent.id)
        edge = parent.cue[0].start
        best: Referent | None = None
        for start, _, entity in self._names.before(edge, 12):
            if speaker and entity is speaker.entity:
                continue
            if entity.kind == "person" and self._text.sentence(edge) - self._text.sentence(start) <= 2:
                best = self._of(entity, start)
                break
        return best or NOBODY

    def _relative(self, word: str, start: int, attribution: Attribution) -> Referent:
        """who, which, that: what stands right before it, else the nearest fitting name of its sentence."""
        source = self._text.text
        first = self._text.sentence_span(start)[0]
        before = source[first:start].rstrip(" ,—–-(")
        edge = first + len(before)
        for name_start, name_end, entity in self._names.before(start, 8):
            if name_start < first:
                break
            between = source[name_end:start].strip(" ,—–-'’s(")
            if word in ("who", "whom", "whose") and entity.kind != "person" and between:
                continue
            if not between or (
                between.startswith(("R-", "D-", "the ", "a ", "an ", "his ", "her ")) and "," in source[name_end:start]
            ):
                return self._of(entity, name_start)
        match = re.search(r"((?:\b[^\W_][\w’'.-]*\s+){0,5}[^\W_][\w’'-]*)$", before)
        if match:
            phrase = _noun_phrase(match[1])
            if phrase:
                at = edge - len(phrase)
                noun = head_noun(phrase)
                if at in self._publications:
                    return self._publications[at]
                if noun in lex.PERSON_NOUNS | lex.BODY_NOUNS | lex.GROUP_NOUNS or noun.endswith("s"):
                    return self._nominal(phrase, phrase, at, attribution)
        return self._antecedent("he" if word in ("who", "whom", "whose") else "it", start, attribution) or NOBODY

    def _antecedent(self, word: str, start: int, attribution: Attribution) -> Referent | None:
        """The best candidate before a personal pronoun."""
        sentence = self._text.sentence(start)
        first = self._text.sentence_span(start)[0]
        in_quote = self._text.quoted.holds(start)
        around = self._around(start, attribution)
        scores: dict[object, tuple[float, Referent]] = {}

        def offer(referent: Referent, score: float) -> None:
            if not _agrees(word, referent):
                return
            key: object = (
                id(referent.entity)
                if referent.entity and referent.kind == "person"
                else (referent.name or "").casefold()
            )
            if key not in scores or score > scores[key][0]:
                scores[key] = (score, referent)

        speaker_ids = {id(r.entity) for r in around if r.entity}
        for name_start, name_end, entity in self._names.before(start):
            distance = sentence - self._text.sentence(name_start)
            if distance > 9:
                break
            score = -0.75 * distance
            begin = self._text.sentence_span(name_start)[0]
            ahead = self._names.at(begin, name_start)
            score += 0.9 if not ahead else 0.35 if len(ahead) == 1 else 0.0
            score += 0.25 * log(1 + entity.count_before(start))
            if self._text.quoted.holds(name_start) and not in_quote:
                score -= 1.5
            if self._text.text[name_end : name_end + 2] in ("’s", "'s") or self._text.text[name_end - 2 : name_end] in (
                "’s",
                "'s",
            ):
                score -= 0.5
            if id(entity) in speaker_ids:
                score -= 2.5  # inside somebody's words, "he" is rarely that somebody
            if distance == 0 and name_start > first:
                lead = self._text.text[max(0, name_start - 9) : name_start].split()
                if lead and lead[-1].casefold() in ("of", "by", "with", "against", "for", "about", "to", "from", "on"):
                    score -= 0.4
            offer(self._of(entity, name_start), score)
        for at, where, other, referent in reversed(self._spoken[-14:]):
            if other.id == attribution.id or at >= start or any(c.start <= start < c.end for c in other.content):
                continue
            distance = sentence - where
            if distance > 9:
                break
            score = (
                0.9
                - 0.5 * distance
                + (0.0 if self._parents.get(other.id) == self._parents.get(attribution.id) else -0.9)
            )
            score += 0.25 * log(1 + (referent.entity.count_before(start) if referent.entity else 1))
            if referent.entity and id(referent.entity) in speaker_ids:
                score -= 2.5
            offer(referent, score)
        for antecedent, probability in self._links.get(start, ()):
            for name_start, _, entity in self._names.at(antecedent.start, antecedent.end)[:1]:
                offer(self._of(entity, name_start), 2.5 * probability)
        if word in lex.IT or word in lex.THEY:
            for at, referent in self._publications.items():
                if at < start and word in lex.IT:
                    distance = sentence - self._text.sentence(at)
                    if distance <= 4:
                        offer(referent, 0.3 - 0.6 * distance)
        if not scores:
            return None
        return max(scores.values(), key=lambda pair: pair[0])[1]

    def _around(self, start: int, attribution: Attribution) -> list[Referent]:
        found: list[Referent] = []
        parent = self._parents.get(attribution.id)
        while parent and parent in self.found and len(found) < 6:
            found.append(self.found[parent])
            parent = self._parents.get(parent)
        return found

    # Descriptions

    def _by_role(self, role_words: str, start: int, owner: Entity | None) -> Referent | None:
        role = plain(role_words.split()[-1]) if role_words.split() else ""
        if role not in lex.PERSON_NOUNS:
            return None
        same = {role} | ({"lawyer", "attorney", "counsel"} if role in ("lawyer", "attorney", "counsel") else set())
        best = None
        for entity in self._names.entities:
            if (
                entity.kind == "person"
                and entity is not owner
                and entity.roles & same
                and entity.mentions[0][0] < start + 400
            ):
                if best is None or abs(entity.mentions[0][0] - start) < abs(best.mentions[0][0] - start):
                    best = entity
        return self._of(best, start) if best else None

    def _nominal(self, core: str, words: str, start: int, attribution: Attribution) -> Referent:
        noun = head_noun(core)
        first = plain(core.split()[0]) if core.split() else ""
        described = _described(core if len(core.split()) > 1 or noun not in lex.GROUP_NOUNS else core)
        age = any(_AGE.match(w.casefold()) for w in core.split())
        plural = (
            first in lex.PLURAL_DETERMINERS
            or (noun.endswith("s") and not noun.endswith("ss") and noun not in lex.BODY_NOUNS)
            or noun in lex.GROUP_NOUNS
        )
        definite = first in ("the", "this", "that") or first in (lex.HE | lex.SHE | lex.IT | lex.THEY)
        if definite and not plural:
            if first in ("his", "her", "their", "its") and noun in lex.PERSON_NOUNS:
                found = self._by_role(noun, start, None)
            else:
                found = self._definite(noun, start, attribution, age)
            if found:
                return found
        if noun in lex.MEDIUM_OF or noun in lex.OUTLET_NOUNS:
            return Referent(described, "publication", start=start)
        if plural:
            return Referent(described, "group", plural=True, start=start)
        if noun in lex.BODY_NOUNS:
            return Referent(described, "organization", plural=True, start=start)
        if noun in lex.PERSON_NOUNS or age or noun in lex.TITLES:
            gender = "f" if noun in lex.FEMALE_NOUNS else "m" if noun in lex.MALE_NOUNS else ""
            return Referent(described, "unnamed", gender=gender, start=start)
        return Referent(described or None, "none", start=start)

    def _definite(self, noun: str, start: int, attribution: Attribution, age: bool) -> Referent | None:
        """ "the agency", "the senator", "the 52-year-old": the nearest name that may be called so."""
        if noun in lex.OUTLET_NOUNS or noun in lex.BODY_NOUNS:
            wanted = "organization"
        elif noun in lex.PERSON_NOUNS or noun in lex.TITLES or age:
            wanted = "person"
        else:
            return None
        sentence = self._text.sentence(start)
        gender = "f" if noun in lex.FEMALE_NOUNS else "m" if noun in lex.MALE_NOUNS else ""
        around = {id(r.entity) for r in self._around(start, attribution) if r.entity}
        best: tuple[float, Referent] | None = None
        for name_start, _, entity in self._names.before(start):
            distance = sentence - self._text.sentence(name_start)
            if distance > 12:
                break
            if entity.kind != wanted or (gender and entity.gender and gender != entity.gender):
                continue
            score = -0.6 * distance + (3.0 if noun in entity.roles or noun in entity.words else 0.0)
            score -= 2.5 if id(entity) in around else 0.0
            score += 0.2 * log(1 + entity.count_before(start))
            if self._text.quoted.holds(name_start) and not self._text.quoted.holds(start):
                score -= 1.0
            if best is None or score > best[0]:
                best = (score, self._of(entity, name_start))
        for at, where, other, referent in reversed(self._spoken[-6:]):
            if other.id == attribution.id or referent.entity is None or referent.entity.kind != wanted:
                continue
            score = 0.8 - 0.5 * (sentence - where) + (3.0 if noun in referent.entity.roles else 0.0)
            if (
                at < start
                and best is not None
                and score > best[0]
                and not (gender and referent.gender and gender != referent.gender)
            ):
                best = (score, referent)
        return best[1] if best and best[0] > -4.0 else None

    # Missing sources

    def _missing(self, attribution: Attribution, *, after: bool) -> Referent:
        """A source that is not said: certain only for a further cue of the same speaker, or a quotation that goes on."""
        cue = attribution.cue[0] if attribution.cue else attribution.content[0]
        first, last = self._text.sentence_span(cue.start)
        previous = None
        for at, where, other, referent in self._spoken:
            if other.id == attribution.id or self._parents.get(other.id) != self._parents.get(attribution.id):
                continue
            if first <= other.cue[0].start < last and (at < cue.start or after):
                previous = referent if at < cue.start else previous or referent
            elif not after and attribution.kind == "direct" and where == self._text.sentence(cue.start) - 1:
                previous = referent
        if previous is None:
            return NOBODY
        between = cue.text.casefold().split()
        if any(w in ("by", "was", "were", "been", "be", "is", "are") for w in between):
            return NOBODY  # a passive hides somebody else
        return replace(previous)


def _place(attribution: Attribution) -> tuple[int, int]:
    spans = attribution.source or attribution.cue or attribution.content
    return spans[0].start, -attribution.content[-1].end


def _agrees(word: str, referent: Referent) -> bool:
    if word in lex.HE:
        return referent.kind in ("person", "unnamed") and referent.gender != "f" and not referent.plural
    if word in lex.SHE:
        return referent.kind in ("person", "unnamed") and referent.gender != "m" and not referent.plural
    if word in lex.IT:
        return referent.kind in ("organization", "publication", "none")
    if word in lex.THEY:
        return referent.plural or referent.kind in ("group", "organization", "unnamed")
    return referent.kind != "none"


def _described(words: str) -> str:
    cleaned = re.sub(r"\s+", " ", words).strip(" ,.;:'’\"“”")
    return re.sub(r"^(?:the|a|an)\s+(?=\S)", "", cleaned, flags=re.IGNORECASE)


def _noun_phrase(words: str) -> str:
    """The noun phrase at the end of some words: from the last determiner or preposition on."""
    tokens = words.split()
    start = 0
    for i, token in enumerate(tokens):
        low = plain(token)
        if low in lex.DETERMINERS and i < len(tokens) - 1:
            start = i
        elif low in (
            "of",
            "in",
            "by",
            "to",
            "for",
            "with",
            "and",
            "from",
            "on",
            "at",
            "is",
            "are",
            "was",
            "were",
            "has",
            "have",
            "as",
        ):
            start = i + 1
    phrase = " ".join(tokens[start:])
    return phrase if phrase and words.endswith(phrase) else ""
