"""Sources that the attribution lacks, or that stand elsewhere than it says: where the one who speaks is named instead.

In come an attribution and the text around it; out goes the place [start, end) of the words that name who speaks, or None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from sayso.link import _lexicon as lex
from sayso.link._items import Items
from sayso.link._names import Names
from sayso.link._phrases import head_noun, is_plural, last_phrase
from sayso.link._text import Text, plain
from sayso.records import Attribution, Span

Place = tuple[int, int]

_SUBJECTS = lex.words("he she it they who i we you")
_OWNERS = lex.words("his her its their my our your whose")
_PASSIVE = re.compile(r"\b(?:was|were|been|being|be|is|are|by)\b", re.IGNORECASE)
# What may stand between a subject and the verb that the encoder took for the cue.
_ADVERBS = re.compile(
    r"(?:\s+(?:\w+ly|also|again|once|then|now|even|still|just|first|later|has|have|had|will|would|could|did|does|do|"
    r"never|always|often|further|in turn|too))+\s*$",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"\s*(?:has|had|shows?|showed|showing|features?|featured|featuring|with|quotes?|quoted)\s+"
    r"(?P<who>(?:an?|one|the|its|some|several|two|three)\s[^,.;:“”\"]{2,60})",
    re.IGNORECASE,
)
_PREPOSITIONS = lex.words("in on at by to of from with for during about against after before via through into")
_NOBODYS = re.compile(
    r"(?:(?:has|have|had|would|may|might|also|still|even|not|never|often|only|now|long|widely|it|[’']s|is|best|better)\s)*"
    r"(?:seem(?:s|ed|ing|ingly)?|appear(?:s|ed|ing)?|known\sas|titled|entitled|dubbed|assumed|assuming|supposedly|presumably|"
    r"considered|likely|unlikely|unclear|no\s(?:surprise|doubt|wonder)|faced?\scriticism)\b",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"(?:(?:an?|the|any|some|many|more|most|much|such|these|those|this|that|no|few|several|other|new|old|initial|early|recent|"
    r"continued|strong|growing|widespread|public|repeated|further|frequent|similar|among|amid|following|despite|after|with|"
    r"in|response|to|perceived|\w+[’']s?)\s){0,4}"
    r"(?:questions?|criticisms?|complaints?|concerns?|requests?|reports?|notions?|ideas?|allegations?|accusations?|claims?|"
    r"rumou?rs?|speculation|suggestions?|calls?|fears?|reviews?|references?|disagreements?|debates?|statements?|revelations?|"
    r"disclosures?|information|suspicions?|doubts?|expectations?|perceptions?|news|word|talk|arguments?|theory|theories|"
    r"impression|assumptions?|demands?)"
    r"(?:\s(?:about|of|for|over|on|against|that|to|from|surrounding|regarding|around|as))?",
    re.IGNORECASE,
)
_VERBS_TOO = lex.words(
    "questions question claims claim reports report requests request calls fears fear doubts doubt demands demand debates "
    "debate reviews"
)
_OWNED = re.compile(r"(?:\b(?:his|her|its|their|my|our|your|whose)|\w[’']s?)\s(?:\w+\s)?$", re.IGNORECASE)
_PARTICIPLE = re.compile(r"\w{3,}ing\b")
_LEAD = re.compile(r"(?:(?:And|But|So|Then|Still|Yet)\s)?(?:(?:This|Last|On|In|At)\s[^,.;:“”\"]{2,40},\s)?")
_WORDS = re.compile(r"\w+")
_SAID = re.compile(
    r"\b(?:said|says|wrote|writes|added|adds|asked|asks|noted|notes|argued|explained|explains|warned|warns|replied|"
    r"continued|declared|tweeted|recalled|insisted|concluded)$",
    re.IGNORECASE,
)


_RESOLVES = re.compile(
    r"[ \t]*((?:The|This|That this|We, the)[ \t][^\W\d_a-z][^,.;:\n]{2,80}),[ \t]*\r?$", re.MULTILINE
)
_CLAUSE_OF = re.compile(r"[ \t]*(?:\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)][ \t]+)?[^\W\d_a-z]")
_ASKED = re.compile(r"(?:asked|pressed|questioned|quizzed|challenged)\b", re.IGNORECASE)
_CLOSED = re.compile(
    r"(?:[A-Z][\w’'-]+,\s(?:an?|the|his|her|its|who|which|\d\d)\b[^,.;]{2,80}|"
    r"\b(?:[Tt]he|[Aa]n?)\s[\w\s’'-]{2,40},\s[A-Z][\w\s.’'-]+),\s$"
)
_CLAUSE = re.compile(r"(?:^[\s\"“‘'(]*|,\s|\b(?:when|if|while|once)\s)$", re.IGNORECASE)
_LOOK = 200  # code points before a cue that may name who speaks
_ASIDE = re.compile(
    r",\s(?:an?|the|published|released|issued|posted|broadcast|written|made|which|who)\s[^,.;:“”\"]{2,80},$"
)


class Subjects:
    """Looks beside the cues of one document."""

    def __init__(self, text: Text, names: Names, items: Items) -> None:
        self._text = text
        self._names = names
        self._items = items

    def hidden(self, attribution: Attribution) -> bool:
        """Whether the cue hides who speaks: a passive ("was told"; "Asked for comment, she said"), a noun ("questions about")
        or what seems so to nobody in particular."""
        cue = (attribution.cue or attribution.content)[0]
        if _PASSIVE.search(cue.text) or _NOBODYS.match(cue.text):
            return True
        if _NOUN.fullmatch(cue.text) and not _OWNED.search(self._text.text, max(0, cue.start - 40), cue.start):
            return True
        before = self._text.text[self._text.sentence_span(cue.start)[0] : cue.start]
        if not (_ASKED.match(cue.text) and _CLAUSE.search(before[-20:])):
            return False
        after = self._text.text[cue.end : self._text.sentence_span(cue.start)[1]]
        return not (_CLOSED.search(before) and "," not in after)  # "The judge, Ada Lorne, asked whether …"

    def beside(self, attribution: Attribution, parent: Attribution | None) -> Place | None:
        """The subject right before the cue (or the name right after "said") of an attribution without a source."""
        if not attribution.cue or not re.search(r"\w", attribution.cue[0].text):
            return None
        cue = attribution.cue
        verb = cue[0].text.casefold() in _VERBS_TOO  # "Hill claims that"; where nobody stands before it, it is a noun
        if not verb and self.hidden(attribution):
            return None
        if _PARTICIPLE.match(cue[0].text) and self._text.text[max(0, cue[0].start - 2) : cue[0].start].startswith(","):
            place = self._main(cue[0].start)  # "He defended the president of the league, Ada Lorne, saying …"
        else:
            place = self._resolving(cue[0].start) or self._before(cue[0].start) or self._after(cue[-1].end)
        return place if place and self._fits(place, attribution, parent) else None

    def _resolving(self, cue: int) -> Place | None:
        """Who decides in a resolution ("The Committee,"), where a clause of it begins with the cue ("1. Notes that …")."""
        paragraphs = self._text.paragraphs
        at = paragraphs.index(cue)
        if not _CLAUSE_OF.fullmatch(self._text.text, paragraphs.spans[at][0], cue + 1):
            return None
        return next((place for number, place in reversed(self._bodies) if number < at), None)

    @cached_property
    def _bodies(self) -> list[tuple[int, Place]]:
        """The paragraphs that name who resolves, and where: "The General Assembly,"."""
        found = ((i, _RESOLVES.match(self._text.text, *span)) for i, span in enumerate(self._text.paragraphs.spans))
        return [(i, m.span(1)) for i, m in found if m]

    def nearer(self, attribution: Attribution, parent: Attribution | None) -> Place | None:
        """ "The monitor reports it said": the pronoun right before the cue, where the source stands further off."""
        if not attribution.cue or not attribution.source:
            return None
        cue, source = attribution.cue[0], attribution.source[-1]
        place = self._pronoun(cue.start) if cue.start > source.end else None
        if place is None or place[0] < source.end or not re.search(r"\w", self._text.text[source.end : place[0]]):
            return None
        return place if self._fits(place, attribution, parent) else None

    def whole(self, start: int) -> int:
        """Where the item's phrase begins that a source stands in: "[another video, published by] the union"."""
        first = self._text.sentence_span(start)[0]
        for mention in self._items.within(max(first, start - _LOOK), start):
            if mention.end <= start:
                continue
            lead = self._text.text[max(first, mention.start - _LOOK) : mention.start].split()
            if not lead or plain(lead[-1]) not in _PREPOSITIONS:
                return mention.start
        return start

    def shown(self, start: int, end: int, attribution: Attribution) -> tuple[int, int] | None:
        """ "One video had a pilot saying": not the video speaks, but the one whom it shows."""
        if not attribution.cue or not any(m.start == start for m in self._items.within(start, end)):
            return None
        found = _SHOWN.fullmatch(self._text.text[end : max(end, attribution.cue[0].start)])
        phrase = found["who"].strip() if found else ""
        if found is None or head_noun(phrase) not in lex.PERSON_NOUNS | lex.GROUP_NOUNS:
            return None
        return end + found.start("who"), end + found.start("who") + len(phrase)

    def _fits(self, place: Place, attribution: Attribution, parent: Attribution | None) -> bool:
        if _inside(place, attribution.content):
            return False
        return parent is None or any(c.start <= place[0] and place[1] <= c.end for c in parent.content)

    def _before(self, cue: int) -> Place | None:
        first, end = self._text.sentence_span(cue)[0], self._end(cue)
        low = max(first, end - _LOOK)
        aside = _ASIDE.search(self._text.text[low:end])
        if aside:  # "a second video, published in May, accuses"
            end = low + aside.start()
        for mention in self._items.within(max(first, end - 80), end):
            if mention.end == end and aside:
                return mention.start, end
        marks = "’'s ," if _CLOSED.search(self._text.text, low, cue) else "’'s "  # "The judge, Ada Lorne, asked"
        for name_start, name_end, _ in self._names.at(max(first, end - 80), end + 2):
            if 0 <= end - name_end <= 2 and not self._text.text[name_end:end].strip(marks):
                return name_start, name_end
        found = self._pronoun(cue)
        if found:
            return found
        lead = self._text.text[max(first, end - _LOOK) : end]
        owner = re.search(r"\b(\w+)$", lead)
        if owner and owner[1].casefold() in _OWNERS:
            return end - len(owner[1]), end
        match = re.search(r"((?:[^\W_][\w’'-]*\s+){0,4}[^\W_][\w’'-]*)$", lead)
        phrase = last_phrase(match[1]) if match else ""
        nouns = lex.GROUP_NOUNS | lex.PERSON_NOUNS | lex.BODY_NOUNS
        if phrase and head_noun(phrase) in nouns and (is_plural(phrase) or len(phrase.split()) > 1):
            return end - len(phrase), end
        return None

    def _main(self, cue: int) -> Place | None:
        """The subject with which the sentence of a participle begins, where that is a pronoun or a name."""
        first = self._text.sentence_span(cue)[0]
        lead = _LEAD.match(self._text.text, first, cue)
        start = lead.end() if lead else first
        word = _WORDS.match(self._text.text, start, cue)
        if word and word[0].casefold() in _SUBJECTS:
            return start, word.end()
        named = self._names.at(start, cue)[:1]
        titled = named and all(
            w.strip(".").casefold() in lex.TITLES for w in self._text.text[start : named[0][0]].split()
        )
        return named[0][:2] if named and titled else None

    def _end(self, cue: int) -> int:
        """Where the words end that stand before the cue, adverbs and auxiliaries left out."""
        first = self._text.sentence_span(cue)[0]
        first = max(first, cue - _LOOK)
        lead = self._text.text[first:cue].rstrip()
        adverbs = _ADVERBS.search(lead)
        return first + (adverbs.start() if adverbs else len(lead))

    def _pronoun(self, cue: int) -> Place | None:
        first, end = self._text.sentence_span(cue)[0], self._end(cue)
        match = re.search(r"(?<![\w’'])(\w+)$", self._text.text[max(first, end - _LOOK) : end])
        if match and match[1].casefold() in _SUBJECTS:
            return end - len(match[1]), end
        return None

    def _after(self, cue: int) -> Place | None:
        if not _SAID.search(self._text.text[max(0, cue - 20) : cue]):
            return None
        for name_start, name_end, entity in self._names.at(cue, cue + 90)[:1]:
            lead = self._text.text[cue:name_start]
            titled = all(w.strip(".").casefold() in lex.TITLES for w in lead.split())
            if titled and entity.kind in ("person", "organization"):
                return name_start, name_end
        return None


def _inside(place: Place, spans: Sequence[Span]) -> bool:
    return any(s.start <= place[0] < s.end for s in spans)
