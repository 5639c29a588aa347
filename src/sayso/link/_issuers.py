"""Published things speak for their issuers: a report for the council that issued it, a poll for the pollster.

In come mentions of items and the sources resolved before; out goes the `Referent` for which an item speaks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace

from sayso.link import _lexicon as lex
from sayso.link._antecedents import Antecedents
from sayso.link._items import Item, ItemMention, Items
from sayso.link._names import Names
from sayso.link._phrases import described
from sayso.link._referents import Referent, joined_names, of_entity
from sayso.link._text import Text
from sayso.records import Attribution

_OWN = ("a", "an", "his", "her", "its", "their", "our", "my")
_ISSUES = re.compile(
    r"\b(?:issu|releas|publish|sen[dt]\b|wr[io]t|post(?:ed|s|ing)?\b|sign(?:ed|s|ing)?\b|fil(?:e|ed|es|ing)\b|draft|put out\b|"
    r"unveil|present|launch|submit|lodg|circulat|read\b)",
    re.IGNORECASE,
)


_SPEAKING = ("statement", "letter", "report", "court-filing", "social-post", "document", "editorial")
_ADVERTS = lex.words(
    "ad ads advert adverts advertisement advertisements commercial commercials spot spots op-ed column essay memoir"
)
_GOVERNED = re.compile(
    r"\b(?:of|for|at|in|to|from|by|with|on|near|against|about|than|like)\s(?:(?:the|an?|[A-Z]\w{0,8}\.?|former|president)\s){0,3}$"
)
_ISSUED = re.compile(
    r"(?:,?\s(?:\w+ly|also|has|have|had|then|later|recently|jointly|on\s\w+day))*,?\s"
    r"(?:issued|released|published|sent|wrote|written|posted|signed|filed|drafted|put\sout|unveiled|launched|submitted|circulated|"
    r"provided|distributed|aired|ran)\s(?:(?:him|her|them|us|reporters)\s)?",
    re.IGNORECASE,
)
_FROM = re.compile(r"\s(?:from|by|signed\sby|written\sby|issued\sby|released\sby|published\sby)\s(?:the\s)?")
_BODY = re.compile(r"[’']?s?\s(?:\w+\s)?(campaign|team|office|administration|government)\b")


class Issuers:
    """The issuers of one document's items; `before` knows who spoke, and hears of the items."""

    def __init__(self, text: Text, names: Names, items: Items, before: Antecedents) -> None:
        self._text = text
        self._names = names
        self._items = items
        self._before = before
        self._known: dict[int, Referent] = {}  # by id of the item
        for mention in items.mentions:
            if mention.item is not None and mention.item.mentions[0] is mention and self._may_speak(mention.item):
                self._told_with(mention, mention.item)
        for mention in items.mentions:
            before.things.append((mention.start, self.of(mention)))

    def _may_speak(self, item: Item) -> bool:
        """Whether an item speaks for whoever issued it, and for no outlet that is known."""
        speaks = item.medium in _SPEAKING or item.mentions[0].noun in _ADVERTS
        return speaks and not (item.outlet or item.outlet_entity or id(item) in self._known)

    def _told_with(self, mention: ItemMention, item: Item) -> None:
        """Who issued an item, as its first mention tells: "Hill sent a letter", "an ad from Hill’s campaign"."""
        text = self._text.text
        behind = _FROM.match(text, mention.end)
        if behind:
            for start, end, entity in self._names.at(behind.end(), behind.end() + 60)[:1]:
                lead = text[behind.end() : start].split()
                if all(w.strip(".").casefold() in lex.TITLES | {"former"} for w in lead):
                    body = _BODY.match(text, end)
                    name = f"{entity.name} {body[1]}" if body else entity.name
                    issuer = of_entity(entity, start)
                    self._known[id(item)] = replace(issuer, name=name, kind="organization") if body else issuer
                    return
        if mention.determiner not in _OWN or text[mention.start - 1 : mention.start] != " ":
            return
        first = self._text.sentence_span(mention.start)[0]
        named = self._names.at(first, mention.start)
        if not named or not _ISSUED.fullmatch(text, named[-1][1], mention.start):
            return
        joined = joined_names(text, named[-2:], named[-1][1]) if len(named) > 1 else None
        begins, entity = (named[-2][0] if joined else named[-1][0]), named[-1][2]
        if entity.kind not in ("person", "organization") or _GOVERNED.search(text, max(first, begins - 60), begins):
            return  # "Critics of Hill sent a letter": not hers
        self._known[id(item)] = joined or of_entity(entity, begins)

    def told_before(self, mention: ItemMention, offset: int) -> Referent | None:
        """ "the report", spoken of for the first time after a body was cited: that body's."""
        if mention.item is None or mention.item.mentions[0] is not mention:
            return None
        for spoken in reversed(self._before.spoken[-4:]):
            if self._text.sentence(offset) - spoken.sentence > 6:
                break
            source = spoken.attribution.source
            at = self._names.at(source[0].start, source[-1].end) if source else []
            named = [m[2] for m in at if m[2].kind == "organization"]
            if named:
                self._known[id(mention.item)] = of_entity(named[-1], offset)
                return self._known[id(mention.item)]
        return None

    def of(self, mention: ItemMention) -> Referent:
        item = mention.item
        if item is not None and id(item) in self._known:
            return self._known[id(item)]
        entity = mention.outlet_entity or (item.outlet_entity if item else None)
        outlet = mention.outlet or (item.outlet if item else None)
        if entity is not None and (outlet is None or outlet == entity.name):
            return of_entity(entity, mention.start)
        if outlet:
            return Referent(outlet, "organization", entity, start=mention.start)
        words = described(self._text.text[mention.start : mention.end])
        if mention.determiner == "another" and len(words.split()) == 1:
            words = f"{words} {mention.noun}"
        return Referent(words, "publication", start=mention.start)

    def issue(self, attribution: Attribution, referent: Referent) -> None:
        """ "The council issued a statement": the statement speaks for the council from here on."""
        if not attribution.cue:
            return
        for mention in self._items.within(attribution.cue[0].start, attribution.cue[-1].end + 12):
            item: Item | None = mention.item
            if item is None or not self._may_speak(item):
                continue
            inside = mention.start < attribution.cue[-1].end
            if (
                not inside
                and mention.determiner not in _OWN
                and not any(_ISSUES.search(c.text) for c in attribution.cue)
            ):
                continue  # "noted published reports", "rejected the report": another's
            self._known[id(item)] = referent
            for place in item.mentions:
                at = bisect_left(self._before.things, place.start, key=lambda t: t[0])
                self._before.things[at] = (place.start, referent)
