"""What a definite description stands for: "the agency", "the 52-year-old", "Smith's lawyer", "the senators".

In come the names of the text with their roles and the sources resolved before; out goes a `Referent`, or None.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from math import log

from sayso.link import _lexicon as lex
from sayso.link._antecedents import Antecedents
from sayso.link._names import Entity, Names
from sayso.link._phrases import AGE, head_end, head_noun
from sayso.link._referents import Referent, of_entity
from sayso.link._text import Text, plain

_COUNTRY_NOUNS = lex.words("country nation regime government state kingdom republic")
_NEAR = 3  # sentences
# said of anybody, whatever the text calls him
_ANYBODY = lex.KIN | lex.words("widow player woman man pensioner native veteran star lady gentleman")
YOUNG = lex.words("boy girl child kid toddler teenager youngster baby infant")
_ANY_BODY = lex.words("organization organisation body group institution")
_SORTS = (
    lex.BODY_NOUNS | lex.OUTLET_NOUNS | lex.words("brigades times press institute mission post mirror")
) - lex.words("group company corporation")
_PRINTED = lex.words("newspaper paper magazine weekly daily journal tabloid broadsheet website blog outlet newswire")
# what has several of its kind beside it: only a name that says so is it
_PART_NOUNS = lex.words("branch chapter division section wing faction brigade battalion regiment")
# what every state has: another body is not called so for being named before it
_POWERS = lex.words(
    "army navy military police court tribunal parliament congress senate assembly legislature cabinet ministry government"
)
_PARTY_WORDS = lex.words("gop party democrats republicans tories labour")
# what newspapers call a person by, so as not to name him again
_EPITHETS = lex.words(
    "democrat republican conservative liberal socialist libertarian tory lawmaker politician billionaire mogul tycoon magnate "
    "candidate nominee front-runner frontrunner contender incumbent challenger"
)
_OF_PLACES = lex.words("senator congressman congresswoman governor mayor representative")  # "the Georgia senator"
_OTHERS = re.compile(
    r"(?<![Tt]he\s)\b(?:[Tt]wo|[Tt]hree|[Ff]our|[Ss]everal|[Ss]ome|[Mm]any)\s(?:[a-z]\w*\s){0,2}[a-z]\w+s\b"
)
_ITS_CAMPAIGN = re.compile(r"(?:[’']s?)?\s(?:[a-z]\w+\s)?campaign\b")
_CAMPAIGN_OF = re.compile(r"\bcampaign\sof\s(?:\w+\.?\s)?$")
_NAMELESS = lex.words("official aide source adviser advisor staffer insider person diplomat officer")
_ORDINALS = lex.words("first second third fourth fifth sixth seventh eighth ninth tenth other")
# said of a person or body whatever it is called otherwise: these do not tell one minister from another
_ANY_OF_THEM = lex.FUNCTION_WORDS - _ORDINALS | lex.words(
    "former ex late same latter then acting outgoing incoming new old young current longtime veteran retired embattled "
    "beleaguered troubled disgraced ousted outspoken popular powerful influential controversial top senior junior fellow "
    "local populist wealthy billionaire freshman newly hard-line hardline moderate famous well-known first-term second-term "
    "two-term tall bearded giant ailing loss-making fast-growing main"
)
_OF_WHAT = re.compile(r"\s(?:of|for|from|at)\s(.{2,60})")
_OF_NAME = re.compile(r"\s(?:of|for|at)\s(?:the\s)?[A-Z]")
_PARTIES = lex.NATIONS | lex.words("labour conservative liberal socialist green independent opposition")
# bodies of which there are many kinds
_KINDS_OF_BODY = lex.words(
    "agency ministry authority department bureau office regulator commission committee council institute watchdog trust "
    "service board panel"
)
# "As far as Hill is angry, the senator said", "Hill left after the senator had spoken": another clause may be about the same
_FRONTED = re.compile(
    r"\b(?:as|if|when|while|although|though|because|since|after|before|whether|despite|asked|that|where|until)\b",
    re.IGNORECASE,
)
_RESTRICTED = re.compile(r"\s(?:who|whom|that)\b")
_OWNER = re.compile(r"['’]s?$")
_SAME_ROLES = (
    lex.words("lawyer attorney counsel"),
    lex.words("judge justice"),
    lex.words("candidate nominee standard-bearer contender hopeful front-runner frontrunner"),
    lex.words("spokesman spokeswoman spokesperson"),
    lex.words("doctor physician"),
    lex.words("chairman chairwoman chair"),
    lex.words("adviser advisor aide"),
)


def _same_roles(role: str) -> frozenset[str]:
    """The nouns by which a text may call one who is called by `role`."""
    return next((roles for roles in _SAME_ROLES if role in roles), frozenset((role,)))


def _distinctive(core: str, noun: str) -> set[str]:
    """The words of a description that tell one of a kind from another: "finance" of "the finance minister", "Dell" of "the
    lawyer for Dell"."""
    head, of = core[: head_end(core)], _OF_WHAT.match(core, head_end(core))
    words = {plain(w) for w in [*head.split(), *(of[1].split() if of else ())]}
    return {w for w in words if w != noun and w not in _ANY_OF_THEM and not w[:1].isdecimal()}


def _same_description(core: str, noun: str, name: str | None) -> bool:
    """Whether a description may take up an unnamed one of the same noun: it says nothing that the other did not say."""
    return head_noun(name or "") == noun and _distinctive(core, noun) <= {plain(w) for w in (name or "").split()}


def _another(core: str, noun: str, entity: Entity, role: str) -> bool:
    """Whether a description is of somebody else with the same role: "the finance minister" is no interior minister. Of places
    it is not known whose they are: "the Vermont senator" may be any."""
    words = core.split()
    if words[-1:] and not words[-1][:1].isupper():
        core = " ".join(w for w in words if not w[:1].isupper() or plain(w) in _PARTIES or w == words[0])
    said, held = _distinctive(core, noun), entity.roles.get(role, set()) - _ANY_OF_THEM - {role}
    if not held and role in entity.words:  # "the insurance company" is no Brewing Company
        held = set(entity.words) - {role}
        said -= _ORDINALS
    said, held = ({w.removeprefix("ex-") for w in words} - {"party"} for words in (said, held))
    if said - _PARTIES or held - _PARTIES:  # "the Republican senator" may well be the Texas senator
        said, held = said - _PARTIES, held - _PARTIES
    return bool(said and held) and not said & (held | set(entity.words))


class Descriptions:
    """Descriptions of one document; `before` knows who spoke."""

    def __init__(self, text: Text, names: Names, before: Antecedents) -> None:
        self._text = text
        self._names = names
        self._before = before
        before.called = self.definite

    def definite(self, noun: str, core: str, start: int, around: Sequence[Referent]) -> Referent | None:
        """ "the agency", "the senator", "the 52-year-old": the nearest name that may be called so."""
        age = any(AGE.match(w.casefold()) for w in core.split())
        if noun in lex.PERSON_NOUNS or noun in lex.TITLES or age:
            wanted: tuple[str, ...] = ("person",)
        elif noun in _COUNTRY_NOUNS:
            wanted = ("location", "organization") if noun in ("government", "state") else ("location",)
        elif noun in lex.OUTLET_NOUNS or noun in lex.BODY_NOUNS:
            wanted = ("organization",)
        else:
            return None
        text = self._text
        sentence = text.sentence(start)
        gender = "f" if noun in lex.FEMALE_NOUNS else "m" if noun in lex.MALE_NOUNS else ""
        speaking = {id(r.entity) for r in around if r.entity}
        details = {plain(w) for w in core.split()} - lex.FUNCTION_WORDS - {noun}
        same = _same_roles(noun)
        whose = set()  # "the Saudi government" is no other country's
        if noun in _COUNTRY_NOUNS:
            whose = {plain(w) for w in core.split()[:-1] if w[:1].isupper()} - lex.FUNCTION_WORDS
        owned = wanted == ("organization",) and any(_OWNER.search(w) for w in core.split()[:-1])
        one_of_many = noun in _PART_NOUNS or (
            wanted == ("organization",) and _ORDINALS & {plain(w) for w in core.split()}
        )
        best: tuple[float, Referent] | None = None
        for spoken in reversed(self._before.spoken[-30:]):
            # "The narrator": the narrator who spoke before, if nobody has a name
            if (
                spoken.start < start
                and spoken.referent.kind == "unnamed"
                and _same_description(core, noun, spoken.referent.name)
            ):
                return spoken.referent
        just = [s for s in self._before.spoken[-1:] if s.start < start and sentence - s.sentence <= 2]
        last = just[0].referent.entity if just else None
        nameless = self._nameless(noun, core, start)
        if nameless:
            return nameless
        for name_start, name_end, entity in self._names.before(start):
            distance = sentence - text.sentence(name_start)
            if distance > 14:
                break
            if entity.kind not in wanted or (gender and entity.gender and gender != entity.gender):
                continue
            if whose and not {noun, *whose} <= set(entity.words):
                continue
            score = (
                -0.5 * distance
                + 0.2 * log(1 + entity.count_before(start))
                + 0.5 * self._before.prominence(name_start, name_end)
            )
            called = next((n for n in (noun, *same) if n in entity.roles or n in entity.words), "")
            if noun == "party" and entity.words[-1] in _PARTY_WORDS:
                called = noun
            if called and _another(core, noun, entity, called):
                continue
            if not called and self._told_apart(noun, core, entity, start):
                continue
            if (owned or one_of_many) and not called:  # "the governor's office" is no body that had another name
                continue
            if not (called or age) and self._unlikely(noun, core, entity, start, distance):
                continue
            if (id(entity) in speaking or name_start in self._before.labels) and not called:
                continue  # nobody speaks by a role that he does not have of himself, or of whoever talks with him
            if called:
                score += 3.0 + len(details & (entity.roles.get(called, set()) | set(entity.words)))
            if noun in lex.OUTLET_NOUNS and of_entity(entity).kind == "publication":
                score += 2.0
            elif noun in _PRINTED and not called:
                continue
            elif wanted == ("person",) and entity.roles.keys() & lex.OFFICES:
                score -= 1.0  # the mayor is seldom "the candidate" if nobody calls him so
            if entity is last and wanted == ("person",) and details & lex.NATIONS:
                score += 1.0  # "the Russian leader": of several who lead, the one who has just spoken
            score -= 2.5 if id(entity) in speaking else 0.0
            if text.quoted.holds(name_start) and not text.quoted.holds(start):
                score -= 1.0
            if best is None or score > best[0]:
                best = (score, of_entity(entity, name_start))
        if best and best[1].entity and noun not in best[1].entity.roles:
            for spoken in reversed(self._before.spoken[-30:]):
                # "The narrator": the narrator who spoke before, as nobody with a name is called so
                unnamed = spoken.start < start and spoken.referent.kind == "unnamed"
                if unnamed and _same_description(core, noun, spoken.referent.name):
                    return spoken.referent
        return best[1] if best and best[0] > -4.0 else None

    def campaign(self, core: str, start: int) -> Referent | None:
        """ "The campaign", after "Hill’s campaign" or "a campaign of Mary Hill": hers."""
        if _distinctive(core, "campaign"):
            return None  # "the relief campaign"
        text, sentence = self._text.text, self._text.sentence(start)
        for spoken in reversed(self._before.spoken[-4:]):
            near = spoken.start < start and sentence - spoken.sentence <= _NEAR
            if near and (spoken.referent.name or "").endswith(" campaign"):
                return spoken.referent
        for name_start, name_end, entity in self._names.before(start, 20):
            if sentence - self._text.sentence(name_start) > _NEAR:
                break
            if _ITS_CAMPAIGN.match(text, name_end) or _CAMPAIGN_OF.search(text, max(0, name_start - 20), name_start):
                return Referent(f"{entity.name} campaign", "organization", entity, plural=True, start=start)
        return None

    def _nameless(self, noun: str, core: str, start: int) -> Referent | None:
        """ "The aide", right after what an official said who is not named: that official, whoever else has a name."""
        spoken = self._before.spoken[-1:]
        if noun not in _NAMELESS or not spoken or spoken[0].start >= start or spoken[0].referent.kind != "unnamed":
            return None
        last = spoken[0]
        end = max(s.end for s in (*last.attribution.source, *last.attribution.cue, *last.attribution.content))
        name = last.referent.name or ""
        near = self._text.sentence(start) - last.sentence <= 2 and head_noun(name) in _NAMELESS
        near = near and _distinctive(core, noun) <= {plain(w) for w in name.split()}
        since = [m for m in self._names.at(end, start) if m[2].kind == "person" and not self._text.quoted.holds(m[0])]
        return last.referent if near and not since else None

    def _told_apart(self, noun: str, core: str, entity: Entity, start: int) -> bool:
        """Whether the words themselves say that a name that is not called so is not meant: a person who is named first in the
        sentence ("Hill is tired, the chairman said") or a description that tells itself which one ("the doctor who treats
        him"); a body of another sort ("the environment agency")."""
        if entity.kind == "person":
            first = self._text.sentence_span(start)[0]
            named = self._names.at(first, start)
            opens = bool(named and named[0][2] is entity) and not _FRONTED.search(self._text.text, first, start)
            # "the head of the Dockers' Union"; "the secretary of state" may be anybody who was one
            whose = noun not in ("secretary", "minister", "speaker") and bool(_OF_NAME.match(core, head_end(core)))
            whose |= any(_OWNER.search(w) and w[:1].islower() for w in core.split()[:-1])  # "the ad's narrator"
            return opens or noun in YOUNG or whose or bool(_RESTRICTED.match(self._text.text, start + len(core)))
        sort = _distinctive(core, noun) if entity.kind == "organization" and noun in _KINDS_OF_BODY else set()
        return bool(sort) and not sort & set(entity.words).union(*entity.roles.values())

    def _unlikely(self, noun: str, core: str, entity: Entity, start: int, distance: int) -> bool:
        """A name that nothing in the text joins to the noun; `distance` is in sentences. It has to be near, a person named
        more than once or of whom the text has just spoken, and a body none whose own name says what it is."""
        if entity.kind == "person":
            if noun in _ANYBODY:
                return False
            return distance > _NEAR or (
                entity.count_before(start) < 2 and not self._just_spoken_of(core, noun, entity, start)
            )
        if entity.kind != "organization" or noun in lex.OUTLET_NOUNS:
            return False
        if noun in _POWERS or distance > _NEAR:
            return True  # "Amnesty said that the army had shelled it. The army denied it."
        if entity.words[-1] in _PARTY_WORDS:
            return noun != "party" and noun not in _ANY_BODY
        sort = of_entity(entity).kind == "publication" or entity.words[-1] in _SORTS
        return sort and noun not in _ANY_BODY

    def _just_spoken_of(self, core: str, noun: str, entity: Entity, start: int) -> bool:
        """Whether somebody is called by a name's stead ("the Democrat", "the Georgia senator") who spoke last or with whom the
        sentence before begins."""
        placed = any(w[:1].isupper() for w in core[: head_end(core)].split()[1:-1])
        if noun not in _EPITHETS and not (noun in _OF_PLACES and placed):
            return False
        spoken = self._before.spoken[-1:]
        if spoken and spoken[0].start < start and spoken[0].referent.entity is entity:
            return True
        here = self._text.sentence_span(start)[0]
        ahead = self._text.sentence_span(here - 1)[0] if here else here
        named = [m for m in self._names.at(ahead, here) if m[2].kind == "person"]
        if noun in _OF_PLACES and named and named[0][2] is entity:
            return True
        return bool(named) and all(m[2] is entity for m in named)  # of two any may be "the challenger"

    def by_role(self, role: str, owner: Entity | None, start: int) -> Referent | None:
        """ "Smith's lawyer": somebody whom the text calls a lawyer, and Smith's."""
        same = _same_roles(role)
        for entity in self._names.entities:
            if entity.kind != "person" or entity is owner:
                continue
            for noun in same & entity.roles.keys():
                if owner is None or entity.roles[noun] & set(owner.words):
                    return of_entity(entity, start)
        if owner is None or role not in lex.KIN:
            return None
        # "his ex-wife": the only one with his last name whose gender fits
        gender = "f" if role in lex.FEMALE_NOUNS else "m" if role in lex.MALE_NOUNS else ""
        kin = [e for e in self._names.entities if e is not owner and e.kind == "person" and len(e.words) > 1]
        kin = [e for e in kin if e.words[-1] == owner.words[-1] and (not gender or e.gender in ("", gender))]
        return of_entity(kin[0], start) if len(kin) == 1 else None

    def holder(self, role: str, start: int, reach: int = 8) -> Referent | None:
        """ "A New York judge", named in the next sentences: the only one whom the text calls a judge."""
        same = _same_roles(role)
        holders = [e for e in self._names.entities if e.kind == "person" and same & e.roles.keys()]
        if len(holders) == 1:
            first = holders[0].mentions[0][0]
            if first > start and self._text.sentence(first) - self._text.sentence(start) <= reach:
                return of_entity(holders[0], start)
        return None

    def both(self, start: int) -> Referent | None:
        """ "The two", "both lawmakers": the two people whom the text joined last, or the only two of the sentence before."""
        sentence = self._text.sentence(start)
        at = bisect_left(self._before.pairs, start, key=lambda pair: pair[0])
        for place, pair in reversed(self._before.pairs[max(0, at - 1) : at]):
            if sentence - self._text.sentence(place) <= _NEAR and not _OTHERS.search(self._text.text, place, start):
                return pair
        here = self._text.sentence_span(start)[0]
        ahead = self._text.sentence_span(here - 1)[0] if here else here
        people = list(dict.fromkeys(m[2].name for m in self._names.at(ahead, start) if m[2].kind == "person"))
        return Referent(" and ".join(people), "group", plural=True, start=start) if len(people) == 2 else None

    def group_before(self, noun: str, start: int) -> Referent | None:
        """ "the senators" after two named senators, or after "several Republican senators"."""
        for spoken in reversed(self._before.spoken[-20:]):
            name = spoken.referent.name or ""
            parts = name.split()
            same = spoken.referent.kind == "group" and len(parts) > 1 and plain(parts[-1]) == noun
            if same and spoken.start < start and plain(parts[0]) not in lex.PLURAL_DETERMINERS:
                return spoken.referent
        at = bisect_left(self._names.mentions, start, key=lambda m: m[0])
        for (first, _, one), (_, _, other) in reversed(list(pairwise(self._names.mentions[max(0, at - 100) : at]))):
            role = noun.removesuffix("s")
            if (
                one is not other
                and (noun in one.roles or role in one.roles)
                and (noun in other.roles or role in other.roles)
            ) and any(pair[0] == first for pair in self._before.pairs):
                return Referent(f"{one.name} and {other.name}", "group", plural=True)
        return None
