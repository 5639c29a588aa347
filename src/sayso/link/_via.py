"""Through which item or outlet a speaker spoke.

In come an attribution, the items of the document and its names; out goes the `Via` with the words that name it: the
nearest item or outlet that the wording makes the carrier, else the one of the statement before if the same speaker plainly
goes on.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping

from sayso.link import _lexicon as lex
from sayso.link._items import Items
from sayso.link._mouths import Carrier, Mouths, carrier_of, other_time
from sayso.link._names import Names
from sayso.link._nearby import HEARD, Nearby
from sayso.link._referents import Referent
from sayso.link._text import Text, bare, plain
from sayso.link._voices import Voices
from sayso.records import Attribution, Span

__all__ = ["Carrier", "Carriers"]

_POSTING = re.compile(r"\b(?:re)?tweet(?:ed|s|ing)?\b|\bposted\b", re.IGNORECASE)
_SPEECH = lex.words(
    "said say says saying told tell tells telling added adds adding continued continues wrote writes writing asked "
    "asks noted notes noting argued argues explained explains insisted replied responded concluded declared warned "
    "stated announced tweeted called claimed claims suggested suggests reported reports according described "
    "observed remarked shows showed found states quoted joked recalled admitted acknowledged criticized accused "
    "blasted warns promises promised vows vowed threatens threatened urges urged accuses calls denies denied praises boasts "
    "condemns announces admits insists demands demanded complained complains reminded reminds testified testifies revealed "
    "reveals emphasized emphasised emphasizes stressed stresses confirmed confirms disclosed assured cautioned lamented "
    "predicted predicts proposed mused quipped vowed attacked mocked slammed ripped dismissed rejected rejects defended shouted"
)
_HEARERS = re.compile(
    r"(?:told|tells|telling)\s+(?:(?:the|an?|his|her|their)\s)?(?:(?P<press>reporters|journalists|press\b|media\b|forum\b)|"
    r"(?P<crowd>crowd\b|audience\b|supporters|delegates|panel\b|lawmakers|jurors|jury\b|court\b|committee\b))?"
)
# "had argued": before the saying told last
_BEFOREHAND = re.compile(r"\bhad(?:\s\w+ly|\salso|\sonce|\sbeen){0,3}\s\w+(?:ed|en|id|ld|de)\b", re.IGNORECASE)
_PERHAPS = re.compile(r"(?:would|will|could|might|may|should)\s(?!not\b)", re.IGNORECASE)
_WRITES = lex.words(
    "wrote writes writing written notes noted added adds adding continued continues concludes concluded argues argued recalls "
    "recalled describes described explains explained recounts recounted"
)
_AGAIN = ("the crowd", "the audience")
_BLOGGED = re.compile(r"\bblogged\b", re.IGNORECASE)
_LEAKS = lex.words("released leaked published posted releases publishes leaks")
_PAGE = re.compile(
    r"\b(?:Twitter|Facebook|Instagram|Telegram|YouTube)\b|\b(?:on|to)\s[^.;]{0,40}\b(?:page|account|feed|profile|blog)\b",
    re.IGNORECASE,
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
_SPOKE_WITH = re.compile(r"\b(?:spoke|speaking|talked|talking|interviewed)\s(?:to|with|by)\s(?:the\s)?$", re.IGNORECASE)


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
        self._mouths = Mouths(text, tuple(attributions), places)
        self._nearby = Nearby(text, names, items, self._mouths, self._own)
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
        words = " ".join(c.text for c in attribution.cue)
        if found is None and (_BEFOREHAND.search(words) or _PERHAPS.match(words)):
            return None  # "had argued", "would say": at another time; what was carried goes on after it
        if found is None and key is not None and key in self._last and (unnamed or self._speaks(attribution)):
            before, held = self._last[key]
            # An unnamed speaker exists in the item alone, however far on "the narrator" is taken up.
            near = where - before <= (12 if unnamed else 3)
            if held and near and (unnamed or self._goes_on(attribution, held)):
                found = held
        elif found and found.item and key in self._last and self._text.text[found.start : found.end] in _AGAIN:
            found = self._within(found, key, where, HEARD)  # "at a rally ... he told the crowd"
        elif found and found.medium == "interview" and not (found.outlet or found.item):
            # "on MSNBC ... he told the host Ann Lee"
            found = self._within(found, key, where, ("interview", "broadcast"))
        if key is not None and (found is not None or key in self._last):
            self._last[key] = (where, found)
        return found

    def _within(self, found: Carrier, key: object, where: int, media: Container[str]) -> Carrier:
        """The occasion before, if it is one of these media and hearers named now are there."""
        before, held = self._last.get(key, (0, None))
        return held if held and held.medium in media and where - before <= 3 else found

    def _elsewhere(self, attribution: Attribution, held: Carrier) -> bool:
        """Whether the cue names hearers of its own: "told reporters", "told the Courier"."""
        heard = _HEARERS.match(self._text.text, attribution.cue[0].start) if attribution.cue else None
        if heard is None:
            return False
        named = self._names.at(heard.end(), heard.end() + 60)[:1]
        crowd = bool(heard["crowd"]) and held.medium not in HEARD
        return (
            bool(heard["press"]) or crowd or bool(named and named[0][0] == heard.end() and named[0][2].kind != "person")
        )

    def _goes_on(self, attribution: Attribution, held: Carrier) -> bool:
        """Whether somebody plainly goes on: the sentence tells of no other time ("said last year") and no other hearers, nor
        of words that are spoken where those before were printed in a book."""
        if not attribution.cue or self._elsewhere(attribution, held):
            return not attribution.cue
        cue = attribution.cue[0]
        words = {plain(w) for c in attribution.cue for w in c.text.split()}
        if held.medium == "book" and not words & _WRITES:
            return False
        if held.medium == "social-post" and self._text.paragraph(cue.start) != self._text.paragraph(held.start):
            return bool(words & _WRITES)  # a post is short
        return not other_time(self._text, self._mouths, cue, held.start)

    def _speaks(self, attribution: Attribution) -> bool:
        words = {plain(w) for cue in attribution.cue for w in cue.text.split()}
        return attribution.kind != "indirect" or bool(words & _SPEECH)

    def _shown(self, attribution: Attribution) -> Carrier | None:
        """ "A video with a speaker who says": the item that the sentence shows the source in."""
        if attribution.id not in self._places:
            return None
        start = self._places[attribution.id][0]
        first = self._text.sentence_span(start)[0]
        for mention in reversed(self._items.within(max(first, start - 600), start)):
            if start - mention.end > 150 or not self._mouths.tells(mention.start, attribution):
                continue
            if mention.medium in lex.RECORDINGS and _SHOWS.match(self._text.text[mention.end : start]):
                return carrier_of(mention, self._text.text)
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
            if (
                whose
                and self._mouths.tells(mention.start, attribution)
                and here - self._text.sentence(mention.start) <= 4
            ):
                return carrier_of(mention, self._text.text)
        return None

    def _said(self, attribution: Attribution, referent: Referent | None) -> Carrier | None:
        behind: Carrier | None = None
        if attribution.id in self._places:
            start, end = self._places[attribution.id]
            for mention in self._items.within(start, end):
                if self._voices.speaks_for(start, end, mention):
                    return carrier_of(mention, self._text.text)
            for name_start, name_end, entity in self._names.at(start, end):
                at, name_end, name, medium = self._nearby.outlet(name_start, name_end, entity)
                if (
                    not medium
                    and entity.kind == "organization"
                    and self._voices.writes_for(attribution, start, name_start)
                ):
                    medium = "article"
                if medium and bare(entity.name) != self._own:
                    outlet = Carrier(at, name_end, medium, name)
                    if _SPOKE_WITH.search(self._text.text, max(start, name_start - 24), name_start):
                        return Carrier(at, name_end, "interview", name)
                    through = self._voices.through(attribution, (start, end), (name_start, name_end), medium)
                    if through == "itself":
                        return outlet
                    behind = behind or (outlet if through else None)
        for cue in attribution.cue:
            for mention in self._items.within(cue.start, cue.end + 3):
                verbs = {plain(w) for w in cue.text.split()}
                made = bool(verbs & _MADE)
                if mention.medium == "letter" and mention.noun.endswith("s") and verbs & _LEAKS:
                    continue  # "released the emails": of others
                if mention.start < cue.end and (mention.noun not in _ACTS or mention.determiner in ("a", "an") or made):
                    return carrier_of(mention, self._text.text)
                if mention.start >= cue.end and plain((cue.text.split() or [""])[-1]) in _MADE:
                    return carrier_of(mention, self._text.text)
            match = _POSTING.search(cue.text)
            if match and (match[0].casefold() != "posted" or self._posted(attribution, cue)):
                return Carrier(cue.start + match.start(), cue.start + match.end(), "social-post", None)
            if blogged := _BLOGGED.search(cue.text):
                return Carrier(cue.start + blogged.start(), cue.start + blogged.end(), "article", None)
        return self._nearby.of(attribution, referent, self._speaks(attribution)) or behind

    def _posted(self, attribution: Attribution, cue: Span) -> bool:
        """Whether "posted" tells of words: quoted, in a clause, or on a page of his; not "posted a cache of cables"."""
        if attribution.kind != "indirect" or attribution.content[0].text.casefold().startswith("that "):
            return True
        first, last = self._text.sentence_span(cue.start)
        return bool(_PAGE.search(self._text.text, max(first, cue.start - 200), min(last, cue.end + 200)))
