"""What a pronoun stands for: the best of the candidates before it.

In come the place of the words, the names of the text and the sources that were resolved before; out goes a `Referent`.
Candidates are scored by distance, place in the sentence, how often they are named, whether they spoke just before, and the
encoder's coreference. Most weights were found by coordinate search on two thirds of a small annotated set (docs/link.md).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import log
from typing import TypeVar

from sayso.link import _lexicon as lex
from sayso.link._names import Entity, Names
from sayso.link._phrases import described, head_end, head_of, last_phrase
from sayso.link._referents import Referent, Spoken, agrees, of_entity
from sayso.link._text import WORD, Text, plain
from sayso.records import Attribution, Span

Found = TypeVar("Found")
_REACH = 9  # sentences that a pronoun looks back
_OBLIQUE = lex.words("of by with against for about to from on over at in")
_WHERE = lex.words("in at near outside inside around across throughout")
_THOSE = re.compile(
    r"\bthose\s(?:(?:who|that|whose)\s(?:(?!(?:as|because|when|if|while|and|or|but|since|until|so)\b)"
    r"[\w’'-]+\s?){1,5}|(?:in|of)\s[\w’'-]+)",
    re.IGNORECASE,
)
_FRONTED = re.compile(
    r"[“\"]?(?:in|during|after|before|at|on|asked|told|by|like|unlike|with|without|responding|speaking|referring|despite|following|"
    r"against|for|from|since|under|among|besides|echoing|describing|quoting|citing|joining)\s",
    re.IGNORECASE,
)
_ROLE = re.compile(r"(?:\s[a-z][\w-]*){1,4}\s")
# "When pressed by Hill about it, his answer": he is whom Hill pressed
_BY = re.compile(
    r"[“\"]?(?:(?:when|if|once|after|before|while|though|although)\s+)?(?:being\s+)?(?P<by>[a-z]+ed\s+by\s+)(?:[\w.’'-]+\s+){0,3}",
    re.IGNORECASE,
)
_GOVERNING = _OBLIQUE | {"than", "like"}
_SUBJECTS = lex.words("he she")
_OPENERS = lex.words("he she they it")
_CLAUSE_ENDS = re.compile(r"[,;:.!?“”\"(\n]|$")
_CALLED = re.compile(
    r"\b(?:them|him|her|us|me|you|it|themselves)\sas\s$", re.IGNORECASE
)  # "describes them as traitors"
_PEOPLE = lex.PERSON_NOUNS | lex.KIN
_SAYS_OF_SELF = re.compile(
    r"\s(?:said|says|thought|thinks|believed|believes|added|insisted|hoped|hopes|denied|denies)\s(?:that\s)?(he|she)\b"
)
_SAYS_WHO = re.compile(r"\b(?:I,|I am|I[’']m|[Mm]y name is|[Tt]his is)\s[A-Z]")
_HEADS = lex.PERSON_NOUNS | lex.GROUP_NOUNS | lex.BODY_NOUNS | lex.OUTLET_NOUNS


@dataclass(slots=True)
class Weights:
    """What a candidate's score is made of; a candidate in the same sentence, named once, begins at 0."""

    sentence: float = -0.6  # for each sentence between
    first: float = 1.2  # first name of its sentence
    second: float = 0.95
    owner: float = -0.5  # "Hill's": a mere owner
    oblique: float = 0.2  # after a preposition, in the pronoun's own sentence
    modifier: float = -1.0  # "a U.S. senator": stands before the noun that it tells more of
    unknown: float = -0.7  # a name of which nothing tells the kind
    named: float = 0.375  # times the log of how often it was named
    quoted: float = -1.5  # stands in quotation marks, the pronoun does not
    unquoted: float = -0.8  # the other way round, for "they": quoted words seldom take up who is named outside them
    speaking: float = -0.8  # speaks the words that the pronoun stands in
    reported: float = -0.4  # speaks the words that the pronoun stands in, without quotation marks
    place: float = -0.8  # a country or town
    located: float = -1.2  # … where something is: "in Rome"
    spoke: float = 0.75  # was the source of an attribution
    spoke_sentence: float = -0.5
    elsewhere: float = -1.35  # and that one lies at another level of nesting
    coreference: float = 1.4  # times the encoder's probability
    group_first: float = 1.35  # a plural noun at the beginning of its sentence
    group: float = 0.2
    thing_first: float = 0.9  # a published thing at the beginning of its sentence
    thing: float = 0.0
    called_first: float = 0.9  # a body without its name at the beginning of its sentence: "The union"
    called: float = 0.0
    label: float = -1.5  # stands as a label before a turn: whom others speak of is seldom one who speaks, too
    body: float = -0.5  # one organization taken up as "they"
    unnamed_first: float = 1.01  # an unnamed person who spoke at the beginning of a sentence: "A spokeswoman said"
    # The last four were set by hand, every row that they change on 290 texts read.
    spoken_of: float = -2.5  # named in what the pronoun's own verb governs: "he told Hill", "he said that Hill left"
    governed: float = -0.6  # before the subject: "In describing Hill, Lang said"; half of it after other prepositions
    opening: float = 1.5  # says what begins with the pronoun: "Hill said that she …"
    running: float = 0.8  # spoke last, and nobody was named since but in his own words


WEIGHTS = Weights()


class Antecedents:
    """Candidates of one document."""

    def __init__(
        self,
        text: Text,
        names: Names,
        coreference: Sequence[tuple[Span, Span, float]] = (),
        labels: Sequence[Span] = (),
    ) -> None:
        self.labels = {i for span in labels for i in range(span.start, span.end)}
        self._text = text
        self._names = names
        self._links: dict[int, list[tuple[Span, float]]] = {}
        for mention, antecedent, probability in coreference:
            self._links.setdefault(mention.start, []).append((antecedent, probability))
        self._genders(coreference)
        self.spoken: list[Spoken] = []
        self._met: dict[str, int] = {}  # how many had spoken, by attribution
        self._said_at: dict[int, Referent] = {}
        self.things: list[tuple[int, Referent]] = []  # published things, by where they stand
        # whose name stands behind "the union"; the descriptions of the text set it, which look back at who spoke
        self.called: Callable[[str, str, int, Sequence[Referent]], Referent | None] = lambda *_: None

    def _genders(self, coreference: Sequence[tuple[Span, Span, float]]) -> None:
        """Let he and she, where the encoder joins them to a name, tell its gender."""
        votes: dict[int, float] = {}
        entities: dict[int, Entity] = {}
        for mention, antecedent, probability in coreference:
            word = self._text.text[mention.start : mention.end].casefold()
            sign = 1.0 if word in lex.HE else -1.0 if word in lex.SHE else 0.0
            named = self._head(antecedent) if sign else None
            for entity in (named[2],) if named else ():
                if entity.kind == "person" and not entity.gender:
                    votes[id(entity)] = votes.get(id(entity), 0.0) + sign * probability
                    entities[id(entity)] = entity
        for key, vote in votes.items():
            if abs(vote) > 0.5:
                entities[key].gender = "m" if vote > 0 else "f"
        before: Entity | None = None
        for start, end, entity in self._names.mentions:
            # "Mira Holub said she saw no change", with nobody else near
            alone = before is None or before is entity or before.kind != "person"
            before = entity
            said = _SAYS_OF_SELF.match(self._text.text, end)
            if said is None or not alone or entity.kind != "person" or entity.gender:
                continue
            if start == self._text.sentence_span(start)[0] and not self._somebody(start):
                entity.gender = "m" if said[1] == "he" else "f"

    def _somebody(self, start: int) -> bool:
        """Whether the two sentences before speak of somebody without a name, who may be meant, too."""
        first = self._text.sentences.spans[max(0, self._text.sentence(start) - 2)][0]
        return any(plain(w[0]) in _PEOPLE for w in WORD.finditer(self._text.text, max(first, start - 600), start))

    @cached_property
    def _groups(self) -> list[tuple[int, Referent]]:
        """Plural nouns for people: "Republicans", "the senators", "a group of doctors"."""
        source = self._text.text
        found = []
        for match in WORD.finditer(source):
            noun = plain(match[0])
            if (
                noun not in lex.GROUP_NOUNS
                or noun in ("some", "many", "others", "police")
                or self._text.headlines.holds(match.start())
            ):
                continue
            first = self._text.sentence_span(match.start())[0]
            if _CALLED.search(source, max(first, match.start() - 20), match.start()):
                continue
            phrase = last_phrase(source[max(first, match.start() - 60) : match.end()]) or match[0]
            found.append((match.end() - len(phrase), Referent(described(phrase), "group", plural=True)))
        for match in _THOSE.finditer(source):
            found.append((match.start(), Referent(match[0].strip(), "group", plural=True)))
        return sorted(found, key=lambda pair: pair[0])

    @cached_property
    def _bodies(self) -> list[tuple[int, tuple[str, str]]]:
        """Bodies without their name, as (place, (words, noun)): "the union", "the agency"."""
        source = self._text.text
        found = []
        for match in WORD.finditer(source):
            noun = match[0]
            if noun not in lex.BODY_NOUNS or self._text.headlines.holds(match.start()):
                continue
            first = self._text.sentence_span(match.start())[0]
            phrase = last_phrase(source[max(first, match.start() - 60) : match.end()])
            after = WORD.match(source, match.end() + 1) if source[match.end() : match.end() + 1] == " " else None
            start = match.end() - len(phrase)
            if (
                phrase[:4].casefold() == "the "
                and not (after and (after[0] in _HEADS or after[0][0].isupper()))
                and not self._owns(start, match.end())
                and not self._names.at(start, match.end())
            ):
                found.append((start, (phrase, noun)))
        return found

    @cached_property
    def pairs(self) -> list[tuple[int, Referent]]:
        """Names joined by "and": they may be taken up as "they"."""
        found = []
        people = [m for m in self._names.mentions if m[2].kind == "person"]
        for left, right in pairwise(people):
            gap = self._text.text[left[1] : right[0]]
            joined = (
                len(gap) < 60 and re.search(r"(?:^|,)\s*and\s", gap) and gap.count(",") <= 3 and "." not in gap[:-6]
            )
            if joined and left[2] is not right[2]:
                name = f"{left[2].name} and {right[2].name}"
                found.append((left[0], Referent(name, "group", plural=True)))
        return found

    def pronoun(
        self,
        word: str,
        start: int,
        attribution: Attribution,
        parent: str | None,
        around: Sequence[Referent],
        barred: Referent | None = None,
    ) -> Referent | None:
        """The best candidate before a third-person pronoun at `start` but the one `barred`; None if none fits."""
        scored = self.candidates(word, start, attribution, parent, around)
        scored = [each for each in scored if barred is None or each[1].name != barred.name]
        if not scored:
            return None
        score, best = max(scored, key=lambda pair: pair[0])
        entity = best.entity
        if entity is not None and entity.kind == "person" and not entity.gender and score > 0:
            entity.gender = "m" if word in lex.HE else "f" if word in lex.SHE else ""
        return best

    def candidates(
        self, word: str, start: int, attribution: Attribution, parent: str | None, around: Sequence[Referent]
    ) -> list[tuple[float, Referent]]:
        """Whom a third-person pronoun may stand for, each with its score."""
        text = self._text
        sentence = text.sentence(start)
        first = text.sentence_span(start)[0]
        in_quote = text.quoted.holds(start)
        aside = text.asides.holds(start)
        speaking = {id(r.entity) for r in around if r.entity}
        scores: dict[object, tuple[float, Referent]] = {}
        begin = text.sentence_span(start)[0]
        by = _BY.match(text.text, begin, start)
        pressing = {id(name[2]) for name in self._names.at(by.end("by"), by.end() + 1)} if by else set()
        # In somebody's quoted words "he" is rarely that somebody; in reported ones often.
        unlike = (WEIGHTS.speaking if in_quote else WEIGHTS.reported) * (2 if word in lex.IT and in_quote else 1)

        def offer(referent: Referent, score: float, *, speaks: bool = False) -> None:
            # what speaks for somebody is an "it" itself
            if not (speaks or agrees(word, referent)) or (text.asides.holds(referent.start) and not aside):
                return
            if id(referent.entity) in pressing:
                return
            key: object = id(referent.entity) if referent.entity else (referent.name or "").casefold()
            if key not in scores or score > scores[key][0]:
                scores[key] = (score, referent)

        def common(at: int, referent: Referent) -> float:
            """What every candidate is judged by, whatever its form."""
            score = WEIGHTS.sentence * (sentence - text.sentence(at))
            score += WEIGHTS.label if at in self.labels else 0.0
            if text.quoted.holds(at) and not in_quote:
                score += WEIGHTS.quoted
            if in_quote and word in lex.THEY and not text.quoted.holds(at):
                score += WEIGHTS.unquoted
            if referent.entity is not None:
                score += WEIGHTS.named * log(1 + referent.entity.count_before(start))
                if id(referent.entity) in speaking:
                    score += unlike
                score += WEIGHTS.spoken_of if id(referent.entity) in spoken_of else 0.0
            return score

        own = _own_words(text.text, attribution, start)
        spoken_of = self._spoken_of(word, start, attribution)
        running = self._running(start, attribution, parent)
        for name_start, name_end, entity in self._names.before(start):
            if sentence - text.sentence(name_start) > _REACH:
                break
            if any(s <= name_start < e for s, e in own):
                continue
            referent = of_entity(entity, name_start)
            score = common(name_start, referent) + self.prominence(name_start, name_end)
            if not entity.kind:
                score += WEIGHTS.unknown
                if word in lex.IT | lex.THEY and referent.kind != "publication":
                    referent = replace(referent, kind="organization", plural=True)
            if word in lex.THEY:
                score += WEIGHTS.body
            if entity.kind == "location":
                score += WEIGHTS.place + (WEIGHTS.located if self._located(name_start) else 0.0)
            if text.sentence(name_start) == sentence and name_start > first:
                lead = text.text[max(first, name_start - 9) : name_start].split()
                score += WEIGHTS.oblique if lead and lead[-1].casefold() in _OBLIQUE else 0.0
            elif entity.kind == "person":
                lead = text.text[max(0, name_start - 12) : name_start].split()
                score += WEIGHTS.governed / 2 if lead and lead[-1].casefold() in _GOVERNING else 0.0
            offer(referent, score)
        for spoken in reversed(self._lately(attribution, 14)):
            if spoken.start >= start or spoken.attribution.id == attribution.id:
                continue
            if sentence - spoken.sentence > _REACH:
                break
            if any(c.start <= start < c.end for c in spoken.attribution.content):
                continue
            score = WEIGHTS.spoke + WEIGHTS.spoke_sentence * (sentence - spoken.sentence)
            score += 0.0 if spoken.parent == parent else WEIGHTS.elsewhere
            score += WEIGHTS.label if spoken.start in self.labels else 0.0
            if spoken.referent.entity is None and word in lex.HE | lex.SHE:
                early = spoken.start - text.sentence_span(spoken.start)[0] <= 5
                score += WEIGHTS.unnamed_first if early else 0.0
            if spoken.referent.entity is not None:
                score += WEIGHTS.named * log(1 + spoken.referent.entity.count_before(start))
                score += unlike if id(spoken.referent.entity) in speaking else 0.0
                score += WEIGHTS.spoken_of if id(spoken.referent.entity) in spoken_of else 0.0
            score += WEIGHTS.running if spoken is running else 0.0
            offer(spoken.referent, score)
        for at, referent, probability in self._joined(start):
            if any(s <= at < e for s, e in own):
                continue
            score = WEIGHTS.coreference * probability + self._owner(at, referent)
            score += unlike if id(referent.entity) in speaking else 0.0
            score += WEIGHTS.spoken_of if id(referent.entity) in spoken_of else 0.0
            if referent.entity and referent.entity.kind == "location" and self._located(at):
                score += WEIGHTS.located
            offer(referent, score)
        teller = next((s for s in reversed(self._lately(attribution, 14)) if s.attribution.id == parent), None)
        if teller and not in_quote and word in _OPENERS and 0 <= start - teller.attribution.content[0].start <= 5:
            offer(teller.referent, WEIGHTS.opening)
        if word in lex.THEY:
            for at, referent in [
                *self._near(self._groups, start, sentence, 3),
                *self._near(self.pairs, start, sentence, 3),
            ]:
                early = at - text.sentence_span(at)[0] <= 5
                offer(referent, common(at, referent) + (WEIGHTS.group_first if early else WEIGHTS.group))
        if word in lex.IT:
            for at, referent in self._near(self.things, start, sentence, 4):
                early = at - text.sentence_span(at)[0] <= 5
                offer(referent, common(at, referent) + (WEIGHTS.thing_first if early else WEIGHTS.thing), speaks=True)
            for at, (phrase, noun) in self._near(self._bodies, start, sentence, 3):
                early = at - text.sentence_span(at)[0] <= 5
                referent = self.called(noun, phrase, at, around) or Referent(
                    described(phrase), "organization", plural=True, start=at
                )
                offer(referent, common(at, referent) + (WEIGHTS.called_first if early else WEIGHTS.called))
        return list(scores.values())

    def _spoken_of(self, word: str, start: int, attribution: Attribution) -> set[int]:
        """Entities that a pronoun cannot stand for, since they are named in what its own verb governs."""
        if word not in _SUBJECTS or not attribution.cue:
            return set()
        cue = attribution.cue[-1].end
        stop = _CLAUSE_ENDS.search(self._text.text, max(cue, start), max(cue, start) + 80)
        stretches = [(c.start, c.end) for c in attribution.content]
        if stop and cue > start:
            stretches.append((start, stop.start()))
        found = set()
        for begin, end in stretches:
            for name_start, name_end, entity in self._names.at(begin, end):
                short = " " not in self._text.text[name_start:name_end]
                if short and attribution.kind != "direct" and self._text.quoted.holds(name_start):
                    continue  # "he spoke of “get Hill” questions"
                after = WORD.match(self._text.text, name_end + 1)
                if not (after and self._text.text[name_end] == " " and after[0] in _HEADS):
                    found.add(id(entity))
        return found

    def _asked(self, at: int) -> bool:
        """Whether a place stands in a question that the text itself asks."""
        end = self._text.sentence_span(at)[1]
        return self._text.text[at:end].rstrip().endswith("?") and not self._text.quoted.holds(at)

    def _running(self, start: int, attribution: Attribution, parent: str | None) -> Spoken | None:
        """Whoever spoke last, if the text has named nobody since but in quoted words."""
        begin = min([start, *(c.start for c in attribution.content)])
        for spoken in reversed(self._lately(attribution, 4)):
            if spoken.parent != parent or spoken.attribution.kind == "indirect":
                continue
            ends = [s.end for s in (*spoken.attribution.source, *spoken.attribution.cue, *spoken.attribution.content)]
            if max(ends) > begin or begin - max(ends) > 600:
                return None
            since = self._names.at(max(*ends, self._text.sentence_span(spoken.start)[1]), begin)
            named = [m[0] for m in since if m[2].kind == "person"]
            return spoken if all(self._text.quoted.holds(at) or self._asked(at) for at in named) else None
        return None

    def _joined(self, start: int, depth: int = 0) -> Iterator[tuple[int, Referent, float]]:
        """What the encoder's coreference leads to: names and sources, through pronouns that it joined before."""
        for antecedent, probability in self._links.get(start, ()):
            if self._text.datelines.holds(antecedent.start):
                continue
            named = self._head(antecedent)
            if named is not None:
                yield named[0], of_entity(named[2], named[0]), probability
            elif antecedent.start in self._said_at:
                yield antecedent.start, self._said_at[antecedent.start], probability
            elif depth < 6 and antecedent.start < start:
                for at, referent, further in self._joined(antecedent.start, depth + 1):
                    yield at, referent, probability * further

    def _owner(self, start: int, referent: Referent) -> float:
        """The malus of a name that merely owns something: "Hill's"."""
        named = self._names.at(start, start + 80)[:1] if referent.entity else ()
        return WEIGHTS.owner if named and named[0][0] == start and self._owns(start, named[0][1]) else 0.0

    def _located(self, start: int) -> bool:
        """Whether the name of a place tells where something is."""
        lead = self._text.text[max(0, start - 12) : start].split()
        return bool(lead) and lead[-1].casefold() in _WHERE

    def _owns(self, start: int, end: int) -> bool:
        return self._text.text[end : end + 2] in ("’s", "'s") or self._text.text[end - 2 : end] in ("’s", "'s")

    def meet(self, attribution: Attribution) -> None:
        """Note who has spoken when this attribution's turn comes: nobody after it decides whom its pronouns mean."""
        self._met[attribution.id] = len(self.spoken)

    def _lately(self, attribution: Attribution, number: int) -> list[Spoken]:
        met = self._met.get(attribution.id, len(self.spoken))
        return self.spoken[max(0, met - number) : met]

    def spoke(self, spoken: Spoken) -> None:
        """Keep a source that was resolved; call in the order of the text."""
        self.spoken.append(spoken)
        self._said_at[spoken.start] = spoken.referent

    def _head(self, span: Span) -> tuple[int, int, Entity] | None:
        """The name that a mention of the encoder is about: "Hill campaign spokesman Peter Lang" is about Lang."""
        words = self._text.text[span.start : span.end]
        core = head_of(words)
        offset = span.start + max(0, words.find(core))
        heads = self._names.at(offset, offset + head_end(core) + 1)
        if not heads or self._text.text[heads[-1][1] : offset + head_end(core)].strip(" .,’'s"):
            return None
        return heads[-1]

    def prominence(self, start: int, end: int) -> float:
        """First name of its sentence, and no mere owner of something."""
        first = self._text.sentence_span(start)[0]
        ahead = self._names.at(first, start)
        fronted = _FRONTED.match(self._text.text, first, start)
        score = WEIGHTS.first if not ahead else WEIGHTS.second if len(ahead) == 1 else 0.0
        if fronted:
            # "In describing Hill, Lang said": Lang is the subject
            comma = self._text.text.find(",", fronted.end(), start)
            if comma > 0:
                score = WEIGHTS.first if ahead and not self._names.at(comma, start) else score
            elif self._text.text.find(",", end, end + 80) > 0:  # else "On Monday Hill met Lang"
                score += WEIGHTS.governed
        score += WEIGHTS.owner if self._owns(start, end) else 0.0
        return score + (WEIGHTS.modifier if self._modifies(end) else 0.0)

    def _modifies(self, end: int) -> bool:
        """Whether a name only tells whose or which what follows is: "Hill campaign", "Hill press officer Peter Lang"."""
        text = self._text.text
        after = WORD.match(text, end + 1) if text[end : end + 1] == " " else None
        if after is None or after[0] in _HEADS:
            return after is not None
        behind = self._names.at(end, end + 45)[:1]
        words = text[end : behind[0][0]] if behind else ""
        return _ROLE.fullmatch(words) is not None and words.split()[-1] in lex.TITLES | lex.PERSON_NOUNS

    def _near(
        self, found: Sequence[tuple[int, Found]], start: int, sentence: int, reach: int
    ) -> list[tuple[int, Found]]:
        at = bisect_left(found, start, key=lambda f: f[0])
        return [f for f in found[max(0, at - 40) : at] if 0 <= sentence - self._text.sentence(f[0]) <= reach]

    def thing(self, start: int) -> Referent | None:
        """The published thing that was spoken of last."""
        at = bisect_left(self.things, start, key=lambda t: t[0])
        return self.things[at - 1][1] if at else None


def _own_words(text: str, attribution: Attribution, at: int) -> list[tuple[int, int]]:
    """The quoted words of an attribution, in which who is named at `at`, outside them, does not speak of himself by name,
    unless he says who he is."""
    spans = [(c.start, c.end) for c in attribution.content]
    if attribution.kind != "direct" or any(s <= at < e for s, e in spans):
        return []
    return [(s, e) for s, e in spans if not _SAYS_WHO.search(text, s, e)]
