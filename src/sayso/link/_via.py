"""Through which item or outlet a speaker spoke.

In come an attribution, the items of the document and its names; out goes the `Via` with the words that name it: the
nearest item or outlet that the wording makes the carrier, else the one of the statement before if the same speaker plainly
goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sayso.link import _lexicon as lex
from sayso.link._items import Item, ItemMention, Items
from sayso.link._names import Names
from sayso.link._referents import Referent
from sayso.link._runs import bare, plain
from sayso.link._text import Stacked, Text
from sayso.link._voices import Voices
from sayso.records import Attribution

_POSTING = re.compile(r"\b(?:re)?tweet(?:ed|s|ing)?\b|\bposted\b", re.IGNORECASE)
_SPEECH = lex.words(
    "said say says saying told tell tells telling added adds adding continued continues wrote writes writing asked "
    "asks noted notes noting argued argues explained explains insisted replied responded concluded declared warned "
    "stated announced tweeted called claimed claims suggested suggests reported reports according described "
    "observed remarked shows showed found states quoted joked recalled admitted acknowledged criticized accused "
    "blasted warns promises promised vows vowed threatens threatened urges urged accuses calls denies denied praises boasts "
    "condemns announces admits insists demands demanded"
)
_LEAD = re.compile(
    r"(?:\b(?:in|on|during|at|from|via|by|through|with|wrote|sent|issued|released|filed|signed)|^)\s*(?:[“\"]\s*)?$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:told|tells?|telling|interview(?:ed)?\s+(?:with|by))\s+(?:the\s+)?(?:[\w.’']+\s+){0,2}(?:of\s+|from\s+)?$",
    re.I,
)
_WROTE = re.compile(r"\b(?:wrote|writes|writing|written)\b[^.;]{0,40}\b(?:for|in)\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)
# "who was not involved in the study", "who is named in the report": he did not speak in it
_APART = re.compile(
    r"\b(?:involved|named|mentioned|quoted|cited|featured|portrayed|accused|criticised|criticized|not\s[^,.;]{2,40})\s+in\s+$"
)
_HEARERS = re.compile(
    r"(?:told|tells|telling)\s+(?:(?:the|an?|his|her|their)\s)?(?:(?P<press>reporters|journalists|press\b|media\b|"
    r"forum\b|panel\b|lawmakers|jurors|jury\b|court\b|committee\b)|(?P<crowd>crowd\b|audience\b|supporters|delegates))?"
)
# When somebody spoke: another time is another occasion.
_WHEN = re.compile(
    r"\b(?:(?:last|earlier this|later (?:this|that)|the (?:previous|following|next)) "
    r"(?:week|month|year|day|night|spring|summer|fall|autumn|winter)|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|"
    r"in (?:January|February|March|April|May|June|July|August|September|October|November|December|(?:19|20)\d\d)|"
    r"\w+ (?:days|weeks|months|years) (?:ago|before|later|earlier)|at the time|(?:once|previously|earlier)(?=[\s,]))\b",
    re.IGNORECASE,
)
_BEFOREHAND = re.compile(
    r"\bhad(?:\s\w+ly|\salso|\sonce|\sbeen)*\s\w+(?:ed|en|id|ld|de)\b", re.IGNORECASE
)  # "had argued"
_WRITES = lex.words(
    "wrote writes writing written notes noted added adds adding continued continues concludes concluded argues argued recalls "
    "recalled describes described explains explained recounts recounted"
)
_PUT_IN = re.compile(r",\s(?:in|during|at|on)\s+$")
_OVER = re.compile(r"\s(?:over|about|around)\b")
_ON = re.compile(r"\bon\s+(?:the\s+)?$", re.IGNORECASE)
# "It released videos criticizing them": what the participle says stands in them.
_PUT_OUT = re.compile(
    r"\b(?:released|issued|published|posted|aired|broadcast|produced|distributed|sent|put out)\s+$", re.IGNORECASE
)
_SHOWS = re.compile(
    r"^[^.;“”\"]{0,25}?\b(?:with|has|had|have|shows?|showed|showing|featur\w+|in which|where|includ\w+|quot\w+|of)\s+"
    r"(?:an?\s+|the\s+|one\s+|its\s+)?(?:[A-Za-z-]+\s+){0,2}$",
    re.IGNORECASE,
)
_MADE = lex.words("sent wrote issued released filed signed posted published")
# Noun cues that only name the act: "his statements on taxes" is no piece that was published.
_ACTS = lex.words(
    "statement statements speech speeches remarks address disclosure assessment declaration poll polls data"
)
_ISSUED = lex.words("statement letter court-filing interview social-post report")
_HEARD = lex.words("interview broadcast testimony speech press-conference other")


_SPOKE_WITH = re.compile(r"\b(?:spoke|speaking|talked|talking|interviewed)\s(?:to|with|by)\s(?:the\s)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Carrier:
    """What a statement came through: the words [start, end), and the item if the text names one beyond its outlet."""

    start: int
    end: int
    medium: str
    outlet: str | None
    item: Item | None = None


class Carriers:
    """Finds the carrier of each attribution, in the order of the text."""

    def __init__(
        self,
        text: Text,
        names: Names,
        items: Items,
        speakers: Mapping[str, Referent],
        places: Mapping[str, tuple[int, int]],
        own: str = "",
        attributions: Iterable[Attribution] = (),
    ) -> None:
        self._text = text
        self._names = names
        self._items = items
        self._speakers = speakers
        self._places = places  # of the words that name who speaks
        self._own = bare(own)
        self._voices = Voices(text, names)
        self._attributions = tuple(attributions)
        self._last: dict[object, tuple[int, Carrier | None]] = {}

    def of(self, attribution: Attribution) -> Carrier | None:
        """The carrier of one attribution; call in the order of the text."""
        referent = self._speakers.get(attribution.id)
        found = self._shown(attribution) or self._said(attribution, referent)
        # What lies in another's words goes on there alone: an interview is not that of who is quoted in it.
        key: object = (referent.name, attribution.parent) if referent and referent.name else None
        anchor = attribution.cue[0] if attribution.cue else attribution.content[0]
        where = self._text.paragraph(anchor.start)
        if found is None and referent is not None and attribution.id in self._places:
            found = self._taken_up(attribution, referent)
        unnamed = referent is not None and referent.kind == "unnamed"
        if found is None and key is not None and key in self._last and (unnamed or self._speaks(attribution)):
            before, held = self._last[key]
            # An unnamed speaker exists in the item alone, however far on "the narrator" is taken up.
            near = where - before <= (12 if unnamed else 3)
            if held and near and (unnamed or self._goes_on(attribution, held)):
                found = held
        if key is not None and (found is not None or key in self._last):
            self._last[key] = (where, found)
        return found

    @cached_property
    def _contents(self) -> Stacked:
        """What is said, each stretch with the number of its attribution."""
        return Stacked((c.start, c.end, n) for n, a in enumerate(self._attributions) for c in a.content)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {a.id: n for n, a in enumerate(self._attributions)}

    def _tells(self, at: int, attribution: Attribution) -> bool:
        """Whether words at `at` are told by who tells the attribution: they stand in the same mouth as it."""
        above: list[int] = []
        number = self._numbers.get(attribution.parent or "")
        while number is not None and number not in above:
            above.append(number)
            number = self._numbers.get(self._attributions[number].parent or "")
        holding = self._contents.holding(at)
        return set(holding) <= set(above) and (not above or above[0] in holding)

    def _beside(self, at: int, attribution: Attribution) -> bool:
        """Whether words at `at` tell nothing of how the words came: they are said themselves, or only tell who speaks ("of the
        group that signed the letter"; but "the minister, in a letter,")."""
        if not self._tells(at, attribution):
            return True
        start, end = self._places.get(attribution.id, (0, 0))
        spans = [(start, end), *((s.start, s.end) for s in attribution.source)]
        return any(s <= at < e for s, e in spans) and not _PUT_IN.search(self._text.text, max(start, at - 12), at)

    def _elsewhere(self, attribution: Attribution, held: Carrier) -> bool:
        """Whether the cue names hearers of its own: "told reporters", "told the Courier"."""
        heard = _HEARERS.match(self._text.text, attribution.cue[0].start) if attribution.cue else None
        if heard is None:
            return False
        named = self._names.at(heard.end(), heard.end() + 60)[:1]
        crowd = bool(heard["crowd"]) and held.medium not in _HEARD
        return (
            bool(heard["press"]) or crowd or bool(named and named[0][0] == heard.end() and named[0][2].kind != "person")
        )

    def _goes_on(self, attribution: Attribution, held: Carrier) -> bool:
        """Whether somebody plainly goes on: the sentence tells of no other time ("had argued", "said last year") and no other
        hearers, nor of words that are spoken where those before were printed in a book."""
        if not attribution.cue or self._elsewhere(attribution, held):
            return not attribution.cue
        cue = attribution.cue[0]
        if _BEFOREHAND.search(" ".join(c.text for c in attribution.cue)):
            return False
        words = {plain(w) for c in attribution.cue for w in c.text.split()}
        if held.medium == "book" and not words & _WRITES:
            return False
        first, last = self._text.sentence_span(cue.start)
        if first <= held.start < last:
            return True
        low, high = max(first, cue.start - 120), min(last, cue.end + 60)
        aside = re.search(r",\swho\b", self._text.text[cue.end : high])
        high = cue.end + aside.start() if aside else high
        then = self._text.sentence_span(held.start)
        before = self._text.text[then[0] : then[1]].casefold()
        return not any(
            match[0].casefold() not in before and not self._contents.holding(match.start())
            for match in _WHEN.finditer(self._text.text, low, high)
        )

    def _speaks(self, attribution: Attribution) -> bool:
        words = {plain(w) for cue in attribution.cue for w in cue.text.split()}
        return attribution.kind != "indirect" or bool(words & _SPEECH)

    def _shown(self, attribution: Attribution) -> Carrier | None:
        """ "A video with a speaker who says": the item that the sentence shows the source in."""
        if attribution.id not in self._places:
            return None
        start = self._places[attribution.id][0]
        first = self._text.sentence_span(start)[0]
        for mention in reversed(self._items.within(first, start)):
            if not self._tells(mention.start, attribution):
                continue
            if mention.medium in lex.RECORDINGS and _SHOWS.match(self._text.text[mention.end : start]):
                return self._carrier(mention)
        return None

    def _taken_up(self, attribution: Attribution, referent: Referent) -> Carrier | None:
        """ "It says", "Its words": the item that the pronoun takes up, told by whose it is."""
        start, end = self._places[attribution.id]
        words = self._text.text[start:end].split()
        if plain(words[0] if words else "") not in lex.IT:
            return None
        here = self._text.sentence(start)
        for mention in reversed(self._items.within(max(0, start - 1500), start)):
            item = mention.item
            whose = item is not None and (
                item.outlet == referent.name is not None
                or item.outlet_entity is referent.entity is not None
                or (referent.kind == "publication" and referent.start == mention.start)
            )
            if whose and self._tells(mention.start, attribution) and here - self._text.sentence(mention.start) <= 4:
                return self._carrier(mention)
        return None

    def _said(self, attribution: Attribution, referent: Referent | None) -> Carrier | None:
        behind: Carrier | None = None
        if attribution.id in self._places:
            start, end = self._places[attribution.id]
            for mention in self._items.within(start, end):
                if self._voices.speaks_for(start, end, mention):
                    return self._carrier(mention)
            for name_start, name_end, entity in self._names.at(start, end):
                medium = self._items.outlet_medium(entity.name)
                if (
                    not medium
                    and entity.kind == "organization"
                    and self._voices.writes_for(attribution, start, name_start)
                ):
                    medium = "article"
                if medium and bare(entity.name) != self._own:
                    outlet = Carrier(name_start, name_end, medium, entity.name)
                    if _SPOKE_WITH.search(self._text.text, max(start, name_start - 24), name_start):
                        return Carrier(name_start, name_end, "interview", entity.name)
                    through = self._voices.through(attribution, (start, end), (name_start, name_end), medium)
                    if through == "itself":
                        return outlet
                    behind = behind or (outlet if through else None)
        for cue in attribution.cue:
            for mention in self._items.within(cue.start, cue.end + 3):
                made = bool({plain(w) for w in cue.text.split()} & _MADE)
                if mention.start < cue.end and (mention.noun not in _ACTS or mention.determiner in ("a", "an") or made):
                    return self._carrier(mention)
                if mention.start >= cue.end and made:
                    return self._carrier(mention)
            match = _POSTING.search(cue.text)
            if match:
                return Carrier(cue.start + match.start(), cue.start + match.end(), "social-post", None)
        return self._nearby(attribution) or behind

    def _nearby(self, attribution: Attribution) -> Carrier | None:
        if not attribution.cue:
            return None
        speaks = self._speaks(attribution)
        cue = attribution.cue[0]
        first, last = self._text.sentence_span(cue.start)
        text = self._text.text
        best: tuple[int, Carrier] | None = None

        def offer(at: int, carrier: Carrier, malus: int = 0) -> None:
            nonlocal best
            distance = abs(at - cue.start) + malus
            if best is None or distance < best[0]:
                best = (distance, carrier)

        for mention in self._items.within(first, last):
            if abs(mention.start - cue.start) > 160 or self._beside(mention.start, attribution):
                continue
            shown = mention.end <= cue.start and cue.text.rstrip().casefold().endswith("ing")
            if shown and _PUT_OUT.search(text[max(first, mention.start - 24) : mention.start]):
                offer(mention.start, self._carrier(mention))
                continue
            if not speaks and (
                mention.determiner not in ("a", "an", "his", "her", "their", "its") or mention.medium not in _ISSUED
            ):
                continue
            apart = _APART.search(text[max(first, mention.start - 60) : mention.start])
            if apart and not text.startswith(" as ", mention.end):  # "quoted in a report as saying"
                continue
            if mention.medium == "other" and _OVER.match(text, mention.end):
                continue  # "The debate over coal": nobody was heard there
            if mention.start <= first + 1 or _LEAD.search(text[max(first, mention.start - 14) : mention.start]):
                offer(mention.start, self._carrier(mention))
        for start, end, entity in self._names.at(first, last):
            if not speaks or bare(entity.name) == self._own or self._beside(start, attribution):
                continue
            lead = text[max(first, start - 60) : start]
            medium = self._items.outlet_medium(entity.name)
            camel = bool(re.search(r"[a-z][A-Z]", entity.name))
            told = _TOLD.search(lead[-40:])
            called = bool(words := lead.split()) and words[-1] in lex.OUTLET_NOUNS  # "told the agency Levant Wire"
            if told and (medium or camel or called) and medium != "social-post" and abs(start - cue.end) < 45:
                offer(start, Carrier(start, end, "interview", entity.name), 1)
            elif medium in ("broadcast", "social-post") and _ON.search(lead):
                offer(start, Carrier(start, end, medium, entity.name), 1)
            elif entity.kind == "organization" and _WROTE.search(lead):
                offer(start, Carrier(start, end, medium or "article", entity.name), 1)
        return best[1] if best else self._occasion(attribution) if speaks else None

    def _occasion(self, attribution: Attribution) -> Carrier | None:
        """Quoted words right after the occasion they were said on: "at a hearing in May. ... he said"."""
        if attribution.kind == "indirect":
            return None
        begin = min(attribution.content[0].start, attribution.cue[0].start)
        here = self._text.sentence(begin)
        low = self._text.sentences.spans[max(0, here - 2)][0] if self._text.sentences.spans else 0
        for mention in reversed(self._items.within(low, begin)):
            if mention.medium in _HEARD and self._text.paragraph(begin) - self._text.paragraph(mention.start) <= 1:
                lead = self._text.text[max(low, mention.start - 14) : mention.start]
                if re.search(r"\b(?:in|at|during|on|with)\s+$", lead) and self._tells(mention.start, attribution):
                    return self._carrier(mention)
        return None

    def _carrier(self, mention: ItemMention) -> Carrier:
        item = mention.item
        outlet = mention.outlet or (item.outlet if item else None)
        return Carrier(mention.start, mention.end, mention.medium, outlet, item)
