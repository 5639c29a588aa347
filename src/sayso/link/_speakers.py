"""Who speaks: the speaker that each attribution's source denotes.

In come the text, the names, the items and the attributions (with parents); out goes a `Referent` for each attribution's
id. Sources are resolved in the order of the text, so that a pronoun may stand for an unnamed group that spoke before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from sayso.link import _lexicon as lex
from sayso.link._antecedents import Antecedents
from sayso.link._capitals import LETTERS
from sayso.link._descriptions import YOUNG, Descriptions
from sayso.link._issuers import Issuers
from sayso.link._items import Items
from sayso.link._names import Entity, Names
from sayso.link._phrases import (
    ENDING,
    described,
    head_end,
    head_noun,
    head_of,
    is_indefinite,
    is_plural,
    kind_of,
    last_phrase,
    masked,
)
from sayso.link._referents import NOBODY, Referent, Spoken, joined_names, of_entity
from sayso.link._subjects import Subjects
from sayso.link._targets import Aim, target_of
from sayso.link._text import Stacked, Text, plain
from sayso.records import Attribution, Span, SpeakerKind

_OF_THEM = re.compile(
    r"\b(?:of|for|at|from|in|by|to|with|against)\b[^,]*\Z|\w\W+(?:which|who|whose|includ\w+|such as)\b"
)  # "critics of Hill and Dunn" are neither
_WHOSE = lex.words("his her its their")
_OF_ANOTHER = lex.words(
    "rejected rejects reject rejecting dismissed dismisses dismiss dismissing disputed disputes dispute disputing denied "
    "denies deny denying contradicted contradicts echoed echoes echo backed backs endorsed endorses"
)
# "Secretary of State", "the minister of defence": the name behind it is the holder's
_OFFICE_OF = re.compile(
    r"(?:[\w’'-]+\s)*(?:(?:under)?secretary|minister|chief|head|director|speaker|commissioner)\sof\s(?:the\s)?"
    r"(?!(?:president|senator|minister|governor|mayor|mr|mrs|ms|dr|king|queen|prince|sir)\b)[\w’'-]+(?:\s(?!(?:for|to|of|with|at|in|from|by)\b)[\w’'-]+){0,5}\s",
    re.IGNORECASE,
)
_EDITED = re.compile(r"\[?(\w{1,3})\](\w{0,4})")
_SAID_WHO = re.compile(r"(?i:he|she|they|it)\s[(\[]([A-Z][^()\[\]]{1,60})[)\]]")  # "He (Hill) said"
_TWO = re.compile(
    r"(?:the\s(?:two|pair|duo)|both)(?:\s(?:men|women|leaders|lawmakers|senators|politicians))?\Z",
    re.I,
)
_LINKING = lex.words("of for to with at in from by on against about like who and")
# "two generals -- most of them retired -- who said": what stands between dashes is not who is meant
_DASHES = re.compile(r"\s(?:--|[—–])\s[^.!?“”\"—–-]{3,120}\s(?:--|[—–])\s$")
_TWO_WORDS = re.compile(r"\w+\s[\w’-]+")
_CALLED = re.compile(r"\s(?:called|named|known\sas)\s(?P<quoted>[“\"‘'])?")
_APPOSED = re.compile(r",\s(?:now\s|once\s)?(?:an?|the|his|her|former|then)\s[^,.;]{3,90}")


class Speakers:
    """Resolves the sources of one document. `narrator` is who says "I" outside all quotations."""

    def __init__(
        self,
        text: Text,
        names: Names,
        items: Items,
        attributions: Sequence[Attribution],
        parents: Mapping[str, str | None],
        coreference: Sequence[tuple[Span, Span, float]] = (),
        narrator: Referent = Referent(None, "author"),
    ) -> None:
        self._text = text
        self._names = names
        self._items = items
        self._parents = parents
        self._by_id = {a.id: a for a in attributions}
        self._order = sorted(attributions, key=self._rank)
        self._contents = Stacked((c.start, c.end, k) for k, a in enumerate(self._order) for c in a.content)
        self._labelled = {a.id for a in attributions if _is_label(a)}  # turns of a transcript
        self._before = Antecedents(text, names, coreference, [a.source[0] for a in attributions if _is_label(a)])
        self._in_sentence: dict[int, list[Spoken]] = {}  # by the sentence of the cue
        self._narrator = narrator
        self._subjects = Subjects(text, names, items)
        self.places: dict[str, tuple[int, int]] = {}  # of the words that name who speaks, where not as the source says
        self.tellers: dict[str, Referent] = {}  # who tells of what the speaker said, though no content holds the words
        self._issuers = Issuers(text, names, items, self._before)
        self._described = Descriptions(text, names, self._before)
        self.found: dict[str, Referent] = {}

    def aimed(self, aim: Aim, attribution: Attribution) -> Referent | None:
        """Whom a pronoun that is a target stands for: not the speaker."""
        word = aim.words.casefold()
        speaker = self.found.get(attribution.id, NOBODY)
        parent = self._parents.get(attribution.id)
        around = [speaker, *self._around(attribution)]
        found = self._before.pronoun(word, aim.start, attribution, parent, around, speaker)
        return found if found and found.name and found.name != speaker.name else None

    def _rank(self, attribution: Attribution) -> tuple[tuple[int, int], int, tuple[int, int]]:
        """Order of the text, but whoever speaks the words around an attribution comes before it."""
        top, depth = attribution, 0
        while (above := self._by_id.get(self._parents.get(top.id) or "")) is not None:
            top, depth = above, depth + 1
        return _position(top), depth, _position(attribution)

    def resolve(self) -> dict[str, Referent]:
        """The referent of every attribution, by id."""
        for attribution in self._order:
            self._before.meet(attribution)
            place = self._place(attribution)
            if place:
                self.places[attribution.id] = place
            referent = self.denotes(*place, attribution) if place else NOBODY
            if not attribution.source and referent.name is None:
                referent, place = self._missing(attribution), None
            self.found[attribution.id] = referent
            if place and referent.name is not None:
                first = place[0]
                parent = self._parents.get(attribution.id)
                spoken = Spoken(first, self._text.sentence(first), attribution, referent, parent)
                self._before.spoke(spoken)
                if attribution.cue:
                    self._in_sentence.setdefault(self._text.sentence(attribution.cue[0].start), []).append(spoken)
                self._issuers.issue(attribution, referent)
        # What a missing source is may only show in what follows it in its sentence.
        for attribution in self._order:
            if not attribution.source and self.found[attribution.id].name is None:
                self.found[attribution.id] = self._missing(attribution, after=True)
        return self.found

    def _place(self, attribution: Attribution) -> tuple[int, int] | None:
        """Where the words stand that name who speaks; None where nothing does."""
        parent = self._by_id.get(self._parents.get(attribution.id) or "")
        if not attribution.source:
            return self._subjects.beside(attribution, parent)
        start, end = attribution.source[0].start, attribution.source[-1].end
        nearer = self._subjects.nearer(attribution, parent)
        if nearer:
            teller = self.denotes(start, end, attribution)
            self.tellers[attribution.id] = teller
            return nearer
        start = self._subjects.whole(start)
        return self._subjects.shown(start, end, attribution) or (start, end)

    def denotes(self, start: int, end: int, attribution: Attribution) -> Referent:
        """The referent of the noun phrase [start, end). Square brackets around it are an editor's: "[Hill] said"."""
        edited = _EDITED.fullmatch(self._text.text, start, end)  # "[W]e will stay"
        if edited and (low := (edited[1] + edited[2]).casefold()) in lex.PRONOUNS:
            return self._pronoun(low, start, attribution)
        while start < end - 1 and self._text.text[start] in "[(":
            start += 1
        while (
            start < end - 1 and self._text.text[end - 1] in "])" and not re.search(r"[\[(]", self._text.text[start:end])
        ):
            end -= 1
        words = self._text.text[start:end]
        if attribution.id in self._labelled and (inside := self._bracketed(start, end)):
            return inside
        stripped = words.strip(" \t\n\"“”‘’'.,:;")
        low = re.sub(r"[’'](?:s|d|re|ve|ll|m)?$", "", stripped.casefold())
        if low == "those" and attribution.cue:
            # "those leaving": the words after it tell which, even where the source is cut short
            clause = re.match(
                r"those(?:\s[\w’'-]+){1,6}", self._text.text[start : attribution.cue[0].start], re.IGNORECASE
            )
            if clause:
                return Referent(clause[0][:1].lower() + clause[0][1:], "group", plural=True, start=start)
            if attribution.cue[0].start - end <= 1 and attribution.content[0].start > attribution.cue[0].start:
                said = attribution.content[0]  # "those identifying with the movement": the cue itself tells which
                if said.start - attribution.cue[-1].end <= 2 and len(said.text.split()) <= 8:
                    clause_words = self._text.text[start : said.end]
                    return Referent(clause_words[:1].lower() + clause_words[1:], "group", plural=True, start=start)
        named = _SAID_WHO.fullmatch(self._text.text, start, end)
        if named:
            return self.denotes(named.start(1), named.end(1), attribution)
        if low in lex.ARTICLES:  # a source cut short
            longer = _TWO_WORDS.match(self._text.text, start)
            return self._phrase(start, longer.end(), attribution) if longer else NOBODY
        if low in lex.PRONOUNS:
            return self._pronoun(low, start, attribution)
        parts = low.split()
        published = [m for m in self._items.within(start, end) if m.determiner == "another" and m.start == start]
        if published and len(parts) <= 2:
            return self._issuers.of(published[0])
        if len(parts) <= 4 and parts and parts[-1] in ("whom", "which"):
            if parts[-2:-1] and parts[-2].endswith(","):  # "The United Nations, which"
                return self._phrase(start, start + words.rindex(","), attribution)
            return self._relative(parts[-1], start, attribution)
        if len(parts) == 2 and parts[-1] in ("himself", "herself", "themselves", "itself"):
            return self.denotes(start, start + words.rindex(words.split()[-1]), attribution)
        return self._phrase(start, end, attribution)

    def _bracketed(self, start: int, end: int) -> Referent | None:
        """The name in a label's brackets, where none stands before them: "The Minister for Roads (Claire Lund): …"."""
        bracket = self._text.text.find("(", start, end)
        if bracket < 0 or any(m[2].kind == "person" for m in self._names.at(start, bracket)):
            return None
        people = [m for m in self._names.at(bracket, end) if m[2].kind == "person"]
        return of_entity(people[0][2], people[0][0]) if len(people) == 1 else None

    # Phrases

    def _phrase(self, start: int, end: int, attribution: Attribution) -> Referent:
        words = masked(self._text.text[start:end])
        core = head_of(words)
        if core.casefold().endswith("those"):
            core = re.split(r"[,;:(“\"]", words)[0].strip()  # "many of those who retreated": the clause tells which
        offset = start + max(0, words.find(core))
        core_end = offset + len(core)
        heads_end = offset + head_end(core)
        # "the Bank of England": a name ends where it ends
        heads_end = max([heads_end, *(b for a, b, _ in self._names.at(offset, core_end) if a < heads_end)])
        named = self._names.at(start, end)
        cut = None if named else self._names.around(start, end)
        if cut and cut[0] == start and cut[2].kind == "person":
            return of_entity(cut[2], start)  # "Nina" of "Nina Holt": a source cut short
        listed = joined_names(self._text.text, self._listed(core_end, end), end) if is_plural(core) else None
        if listed:  # "two senators from Tarn, Nina Holt and Erik Berg"
            return listed
        several = joined_names(self._text.text, named, end)
        if several and not _OF_THEM.search(self._text.text[start : named[0][0]]):
            return several
        published = self._published(offset, core, heads_end, attribution)
        if published:
            return published
        heads = self._names.at(offset, heads_end + 2)
        holder = named[-1] if named and named[-1][1] == core_end and named[-1][2].kind == "person" else None
        if holder and self._leads_to(offset, holder[0]):
            return of_entity(holder[2], holder[0])
        if heads:
            first, last = heads[0], heads[-1]
            tail = re.sub(r"^(?:s|’s|'s)\b", "", self._text.text[last[1] : heads_end].strip(" .,'’–-")).strip()
            if (
                not tail
                or tail.casefold() in ("jr", "sr")
                or tail == "Poll"
                or all(word in LETTERS for word in tail.split())
            ):
                return of_entity(last[2], last[0])
            noun = plain(tail.split()[-1])
            owned = self._text.text[last[1] - 2 : last[1] + 2]
            possessive = "’s" in owned or "'s" in owned or owned.endswith(("s’", "s'"))
            apposed = self._apposed(core_end, end) if noun in lex.PERSON_NOUNS | {"mate"} else None
            if apposed:
                return apposed
            if possessive and noun in lex.PERSON_NOUNS:
                found = self._described.by_role(noun, last[2], start)
                return found or Referent(described(core), "unnamed")
            if noun in lex.BODY_NOUNS | {"campaign", "team", "camp"} and first[2].kind != "location":
                return Referent(f"{last[2].name} {tail}", "organization", last[2], plural=True, start=last[0])
            if is_plural(core) or noun in lex.PERSON_NOUNS:
                return self._nominal(core, offset, attribution)
        body = (noun := head_noun(core)) in lex.BODY_NOUNS or noun in lex.OUTLET_NOUNS
        if body and (called := self._called(heads_end, end, noun in lex.OUTLET_NOUNS or "news" in core.split())):
            return called
        apposed = self._apposed(core_end, end, ("organization", "")) if body else None
        return apposed or self._apposed(core_end, end) or self._nominal(core, offset, attribution)

    def _listed(self, start: int, end: int) -> list[tuple[int, int, Entity]]:
        """The names right after a description of several."""
        rest = self._names.at(start, end)
        people = bool(rest) and rest[0][2].kind == "person"
        return (
            rest
            if people and re.fullmatch(r"[\s,:–—-]*(?:[A-Z][a-z]{1,4}\.\s)?", self._text.text[start : rest[0][0]])
            else []
        )

    def _leads_to(self, start: int, name: int) -> bool:
        """Whether words before a name only say what its bearer is: "former State planning director", "Secretary of State"."""
        before = self._text.text[start:name]
        for first, last, _ in reversed(self._names.at(start, name)):  # "Bank of England governor"
            before = before[: first - start] + before[last - start :]
        words = [plain(w) for w in before.split()]
        held = bool(words) and words[-1] in lex.PERSON_NOUNS | lex.TITLES and not _LINKING & set(words)
        return held or _OFFICE_OF.fullmatch(self._text.text, start, name) is not None

    def _called(self, start: int, end: int, press: bool) -> Referent | None:
        """ "A group called Open Hands", "a newspaper called “The Lantern”": the body that is named so."""
        match = _CALLED.match(self._text.text, start, end)
        named = self._names.at(match.end(), end) if match else []
        if match is None or not named:
            return None
        begin, after, entity = named[0]
        if self._text.text[match.end() : begin].casefold().strip() not in ("", "the"):
            return None
        found = of_entity(entity, begin)
        kind: SpeakerKind = "publication" if press else "organization" if found.kind == "person" else found.kind
        name = self._text.text[match.end() : after] if match["quoted"] else found.name  # “The Lantern”
        return replace(found, name=name, kind=kind, gender="", plural=True)

    def _apposed(self, start: int, end: int, kinds: tuple[str, ...] = ("person",)) -> Referent | None:
        """ "An attorney for the family, Mary Hill", "The charity, Open Hands": the name right after the description."""
        rest = [m for m in self._names.at(start, end) if m[2].kind in kinds]
        if rest:
            between = masked(self._text.text[start : rest[0][0]])
            if re.fullmatch(r"[\s,–—-]*(?:[A-Z][\w.]*\s+){0,4}", between):
                return of_entity(rest[0][2], rest[0][0])
        return None

    def _published(self, offset: int, core: str, heads_end: int, attribution: Attribution) -> Referent | None:
        for mention in self._items.within(offset, heads_end):
            noun_end = mention.start + self._text.text[mention.start : mention.end].casefold().find(mention.noun)
            lead = self._text.text[offset : mention.start]
            if (
                len(lead.split()) > 2
                or max(noun_end + len(mention.noun), mention.end * bool(mention.title)) < heads_end - 2
            ):
                continue
            first = plain(core.split()[0])
            if first in lex.HE | lex.SHE | lex.THEY | lex.IT:
                return self._pronoun(first, offset, attribution)
            issuer = self._issuers.of(mention)
            if issuer.kind == "publication" and mention.medium in lex.ISSUED and first in ("the", "this"):
                issuer = self._issuers.told_before(mention, offset) or issuer
            # "The paper notes" after "a white paper" is that one, no newspaper
            known = mention.noun == "paper" and mention.item is not None and mention.item.mentions[0] is not mention
            if mention.noun in lex.OUTLET_NOUNS and first in ("the", "this", "that") and not known:
                found = self._described.definite(mention.noun, core, offset, self._around(attribution))
                if found and (found.kind == "publication" or issuer.kind == "publication"):
                    return found
            if (
                issuer.kind == "publication"
                and issuer.entity is None
                and mention.determiner not in ("the", "this", "that")
            ):
                return replace(issuer, name=described(core))
            return issuer
        return None

    # Pronouns

    def _pronoun(self, word: str, start: int, attribution: Attribution) -> Referent:
        if word == "that":
            before = self._text.text[max(0, start - 30) : start].rstrip()
            word = "which" if before and (before[-1].isalnum() or before[-1] in ',”"') else "this"
        if word in lex.RELATIVE:
            return self._relative(word, start, attribution)
        following = re.match(r"its\s+(\w+)", self._text.text[start : start + 30], re.IGNORECASE)
        if word == "its" and following and following[1].casefold() in lex.WORDING:
            found = self._before.thing(start)
            if found:
                return found
        if word in lex.FIRST:
            return self._first_person(start, attribution)
        if word in lex.SECOND:
            return self._addressee(attribution)
        parent = self._parents.get(attribution.id)
        # in a turn nobody speaks of himself as "he"
        barred = self.tellers.get(attribution.id) or self._turn_of(attribution) or self._rejecting(word, start, parent)
        return self._before.pronoun(word, start, attribution, parent, self._around(attribution), barred) or NOBODY

    def _rejecting(self, word: str, start: int, parent: str | None) -> Referent | None:
        """Who rejects or shares a claim: "rejected his claim" is another's."""
        above = self._by_id.get(parent or "")
        if above is None or word not in _WHOSE or not 0 <= start - above.content[0].start <= 4:
            return None
        cue = {plain(w) for c in above.cue for w in c.text.split()}
        return self.found.get(above.id) if cue & _OF_ANOTHER else None

    def _turn_of(self, attribution: Attribution) -> Referent | None:
        """Whose turn of a transcript holds it."""
        above = self._parents.get(attribution.id)
        while above is not None and above not in self._labelled:
            above = self._parents.get(above)
        return self.found.get(above) if above is not None else None

    def _first_person(self, start: int, attribution: Attribution) -> Referent:
        """Whoever speaks the words around it, else the document's own author."""
        parent = self._parents.get(attribution.id)
        if parent and parent in self.found:
            return self.found[parent]
        around = [k for k in self._contents.holding(start) if self._order[k].id != attribution.id]
        return self.found.get(self._order[min(around)].id, NOBODY) if around else self._narrator

    def _addressee(self, attribution: Attribution) -> Referent:
        """Second person: whom the words around it are said to."""
        parent = self._by_id.get(self._parents.get(attribution.id) or "")
        if parent is None or not parent.cue:
            return NOBODY
        speaker = self.found.get(parent.id, NOBODY)
        target = target_of(parent, self._text, self._names, speaker)
        if target and target.entity is not None:
            return of_entity(target.entity)
        edge = parent.cue[0].start
        for start, _, entity in self._names.before(edge, 12):
            near = self._text.sentence(edge) - self._text.sentence(start) <= 3 and not self._text.quoted.holds(start)
            if near and entity.kind == "person" and entity is not speaker.entity:
                return of_entity(entity, start)
        return NOBODY

    def _relative(self, word: str, start: int, attribution: Attribution) -> Referent:
        """who, which, that: what stands right before it, else the nearest fitting name of its sentence."""
        source = self._text.text
        first = self._text.sentence_span(start)[0]
        above = self._by_id.get(self._parents.get(attribution.id) or "")
        for content in above.content if above else ():
            if content.start < start - 2 < content.end:
                first = max(first, content.start)  # who is spoken of stands in the same words
        at = start
        for piece, after in pairwise(above.content if above else ()):
            if after.start <= start <= after.start + 2 and piece.end < start:
                # “Somebody like Hill,” he said, “who …”: the words between the pieces are not the speaker's
                at = piece.end - len(piece.text) + len(piece.text.rstrip(" ,”\"’'"))
                first = max(self._text.sentence_span(piece.end - 1)[0], piece.start)
        first = max(first, at - 600)
        aside = _DASHES.search(source, first, at)
        at = aside.start() if aside else at
        lead = re.sub(
            r"\b(?:some|many|most|all|both|several|one|none|each|few|two|three)\s+of\s*$", "", source[first:at]
        )
        before = lead.rstrip(" ,—–-(")
        there = self._names.at(first, first + len(before))[-1:]
        if word in ("who", "whom") and there and there[0][2].kind == "location" and there[0][1] == first + len(before):
            # "the Democrats on Capitol Hill who": where they are is not who they are
            before = re.sub(r"\s(?:in|on|at|from|near|outside)\s(?:the\s)?$", "", source[first : there[0][0]])
        for name_start, name_end, entity in self._names.before(at, 8):
            if name_start < first:
                break
            # "Mary Hill, a former army doctor who ..."
            apposed = _APPOSED.fullmatch(source[name_end:at].rstrip(" ,"))
            if apposed and word in ("who", "whom", "whose") and entity.kind == "person":
                return of_entity(entity, name_start)
            between = masked(source[name_end : first + len(lead)])
            bare = between.strip(" ,—–-'’s(")
            if not bare or re.fullmatch(r",\s(?:an?|the|his|her|their|its)\s[^,]{3,60},\s*", between):
                if word in ("who", "whom") and entity.kind in ("location", "organization"):
                    continue  # "a clerk at the State Department who ..."
                return of_entity(entity, name_start)
        match = ENDING.search(before)
        if match and (last := match[1].split()[-1].casefold()) in lex.INDEFINITE:
            return Referent(last, "unnamed")
        phrase = last_phrase(match[1]) if match else ""
        if phrase:
            at = first + len(before) - len(phrase)
            noun = head_noun(phrase)
            for mention in self._items.within(at, at + len(phrase)):
                return self._issuers.of(mention)
            if noun in lex.PERSON_NOUNS | lex.BODY_NOUNS | lex.GROUP_NOUNS or is_plural(phrase) or noun in YOUNG:
                longer = re.search(r"((?:\b[^\W_][\w’'./-]*\s+){1,4})of\s+$", source[first:at])
                if longer and head_noun(longer[1]) in lex.GROUP_NOUNS and (word != "which" or is_plural(phrase)):
                    outer = last_phrase(longer[1].rstrip())
                    return Referent(described(f"{outer} of {phrase}"), "group", plural=True)
                return self._nominal(phrase, at, attribution)
        parent = self._parents.get(attribution.id)
        stands = "he" if word in ("who", "whom", "whose") else "it"
        return self._before.pronoun(stands, start, attribution, parent, self._around(attribution)) or NOBODY

    def _around(self, attribution: Attribution) -> list[Referent]:
        found: list[Referent] = []
        parent = self._parents.get(attribution.id)
        while parent and parent in self.found and len(found) < 6:
            found.append(self.found[parent])
            parent = self._parents.get(parent)
        return found

    # Descriptions

    def _nominal(self, core: str, start: int, attribution: Attribution) -> Referent:
        noun = head_noun(core)
        first = plain(core.split()[0]) if core.split() else ""
        name = described(core)
        around = self._around(attribution)
        plural = is_plural(core)
        if first in lex.HE | lex.SHE | lex.THEY | lex.IT and len(core.split()) > 1:
            return self._owned(first, noun, core, start, attribution)
        if _TWO.match(core):
            found = self._described.both(start)
            if found:
                return found
        if plural and (first == "the" or (len(core.split()) == 1 and core.islower())):
            found = self._described.group_before(noun, start)
            if found:
                return found
        if not plural and first in ("the", "this", "that") and attribution.id not in self._labelled:
            found = self._described.campaign(core, start) if noun == "campaign" else None
            found = found or self._described.definite(noun, core, start, around)
            if found:
                return found
        if noun in lex.OFFICES and not plural:
            found = self._described.holder(noun, start)
            if found:
                return found
        kind = kind_of(core, noun)
        gender = "f" if noun in lex.FEMALE_NOUNS else "m" if noun in lex.MALE_NOUNS else ""
        several = plural or kind in ("group", "organization") or is_indefinite(core)  # "someone" is no "he", but "they"
        return Referent(name or None, kind, gender="" if several else gender, plural=several, start=start)

    def _owned(self, pronoun: str, noun: str, core: str, start: int, attribution: Attribution) -> Referent:
        """ "her campaign", "his lawyer"."""
        if pronoun == "its" and noun in lex.WORDING:
            found = self._before.thing(start)
            if found:
                return found
        owner = self._pronoun(pronoun, start, attribution)
        rest = " ".join(core.split()[1:])
        if rest.startswith("and "):  # "she and her aides"
            return Referent(
                f"{owner.name} {rest}" if owner.name else described(core), "group", plural=True, start=start
            )
        if noun in lex.PERSON_NOUNS and not is_plural(rest):
            found = self._described.by_role(noun, owner.entity, start)
            if found:
                return found
        if owner.name is None:
            return Referent(described(core), "group" if is_plural(rest) else "unnamed", plural=is_plural(rest))
        if (noun in lex.OUTLET_NOUNS and owner.kind == "organization") or noun in lex.MEDIUM_OF:
            return owner  # what is published speaks for who publishes it
        if noun in lex.BODY_NOUNS | {"campaign", "team"}:
            return Referent(f"{owner.name} {rest}", "organization", owner.entity, plural=True, start=start)
        if is_plural(rest):
            return Referent(rest, "group", plural=True, start=start)
        kind = kind_of(rest, noun)
        return Referent(f"{owner.name}’s {rest}", kind, plural=kind in ("group", "organization"), start=start)

    # Missing sources

    def _missing(self, attribution: Attribution, *, after: bool = False) -> Referent:
        """A source that is not said: certain only for a further cue of the same speaker, or a quotation that goes on."""
        cue = attribution.cue[0] if attribution.cue else attribution.content[0]
        if self._subjects.hidden(attribution):
            return NOBODY  # somebody else
        first, last = self._text.sentence_span(cue.start)
        parent = self._parents.get(attribution.id)
        previous: Referent | None = None
        here = self._text.sentence(cue.start)
        for spoken in self._in_sentence.get(here, []) if after else self._before.spoken[-40:]:
            if spoken.attribution.id == attribution.id or spoken.parent != parent or not spoken.attribution.cue:
                continue
            if first <= spoken.attribution.cue[0].start < last:
                if spoken.start < cue.start or (after and previous is None):
                    previous = spoken.referent
            elif not after and attribution.kind == "direct" and spoken.sentence == self._text.sentence(cue.start) - 1:
                previous = spoken.referent
        return previous or NOBODY


def _is_label(attribution: Attribution) -> bool:
    """It is a turn of a transcript: a label, a mark without a word, and what is said."""
    source, cue, content = attribution.source, attribution.cue, attribution.content
    return (
        len(source) == len(cue) == 1
        and source[0].end <= cue[0].start
        and cue[0].end <= content[0].start
        and not re.search(r"[^\W\d_]{3}", cue[0].text)
    )


def _position(attribution: Attribution) -> tuple[int, int]:
    spans = attribution.source or attribution.cue or attribution.content
    return spans[0].start, -attribution.content[-1].end
