"""The carrier that stands beside a cue, or in a sentence right before quoted words.

In come an attribution and who speaks; out goes the nearest item, outlet or occasion that the wording makes the carrier of his
words: "in a letter", "told Sky News", "at an investors conference".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sayso.link import _lexicon as lex
from sayso.link._items import EVENTS, ItemMention, Items
from sayso.link._mouths import HEARERS, Carrier, Mouths, carrier_of, other_time
from sayso.link._names import Entity, Names
from sayso.link._referents import Referent
from sayso.link._text import Text, bare, plain
from sayso.records import Attribution, Span

_LEAD = re.compile(
    r"(?:\b(?:in|on|during|at|from|via|by|through|with|wrote|sent|issued|released|filed|signed))\s+(?:[“\"]\s*)?$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:told|tells?|telling|interview(?:ed)?\s+(?:with|by))\s+(?:the\s+)?(?:[\w.’'-]+\s+){0,3}(?:of\s+|from\s+)?$",
    re.IGNORECASE,
)
# Verbs with "to" or "with": "complained to CBS", "speaking with Reuters".
_SAID_TO = re.compile(
    r"\b(?:said|complained|confirmed|admitted|explained|boasted|spoke|speaking|talked|talking|"
    r"(?:sat|sitting) down)\s+(?:to|with)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"\b(?:told|tells|telling|interview(?:ed)?\s+(?:with|by))\s+(?:[\w’'-]+\s+){0,4}"
    r"(?:host|co-host|anchor|moderator|presenter|broadcaster|interviewer)\s+$"
)
_DAY = re.compile(r"\s(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$")
_WITH_THE = lex.words(
    "hague gambia bahamas netherlands philippines vatican kremlin pentagon"
)  # no papers, though "The" is big
_PAPERS = lex.PAPERS | lex.words(  # where somebody is told something, these too: nobody's surname in question there
    "dispatch register standard bulletin press review independent enquirer advertiser argus echo record bee daily weekly "
    "monitor mercury today"
)
_WROTE = re.compile(r"\b(?:wrote|writes|writing|written)\b[^.;]{0,40}\b(?:for|in)\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)
# "who was not involved in the study", "who is named in the report": he did not speak in it
_APART = re.compile(
    r"\b(?:involved|named|mentioned|quoted|cited|featured|portrayed|accused|criticised|criticized|not\s[^,.;]{2,40})\s+in\s+$"
)
_TO = re.compile(r"\b(?:told|tells|telling|to|before|addressing|addressed|with)\s+$", re.IGNORECASE)
_AT = re.compile(r"\b(?:at|in|during|on|to|addressing)\s+$", re.IGNORECASE)
_HELD = re.compile(r"\b(?:in|at|during|on|with|gave|giving|gives)\s+$", re.IGNORECASE)
_MET_AT = re.compile(
    r"\b(?:in|at|during|on|(?:deliver|open|begin|end|conclud|finish|clos)(?:s|ed|ing|e|es)?|gave|giving|gives|began|used|using)\s+$",
    re.IGNORECASE,
)
_IN = re.compile(r"^\s*in\s+$", re.IGNORECASE)
_PRINTED = lex.words("statement letter article editorial court-filing social-post")
_WROTE_TO = re.compile(r"\b(?:wrote|writes|writing|written) to\b")
_OVER = re.compile(r"\s(?:over|about|around)\b")
_ON = re.compile(
    r"(?:\bon\s+(?:(?:the|his|her|their|its|an?)\s+)?(?:(?:cable|news|business|radio|television|TV|social|media|network|channel|show|"
    r"program|programme|station|podcast|site|website|platform)\s+){0,4}|\b(?:took|taking|takes|turned|turning)\s+to\s+)$",
    re.IGNORECASE,
)
# "On “Meet the Press”": what somebody speaks on is on the air.
_SHOW = re.compile(r"\bon\s+(?:the\s+)?(?:“|‘|\"|'')(?P<show>[A-Z][^“”‘\".\n]{2,40}?)[.,]?(?:”|’|\"|'')")
# Where people meet to hear somebody; words too common elsewhere to stand for an item of their own.
_SCENE = re.compile(
    r"\b(?:(?:[Aa]t|[Dd]uring)\s+(?P<held>(?:(?:the|an?|his|her|its|their|this)\s|[A-Z][\w.]*(?:\s[A-Z][\w.]*){0,2}[’']s\s)"
    r"(?:(?!of\b|in\b|on\b|at\b|for\b|to\b|and\b|with\b|that\b|who\b|by\b|from\b)[\w.&’'-]+\s){0,5}?"
    r"(?:conference|panel|session|summit|gathering|luncheon|breakfast|dinner|roundtable|ceremony|symposium|seminar|retreat|"
    r"banquet|gala)\b)"
    r"|(?:on|from)\s(?P<floor>the\s(?:[A-Z]\w*\s){1,2}floor|the\sfloor\sof\sthe\s(?:[A-Z]\w*\s?){1,2})\b"
    r"|[Ii]n\s(?P<order>(?:the|an?|his|her)\s(?:new\s)?executive\sorder)\b)"
)
# "It released videos criticizing them": what the participle says stands in them.
_PUT_OUT = re.compile(
    r"\b(?:released|issued|published|posted|aired|broadcast|produced|distributed|sent|put out)\s+$", re.IGNORECASE
)
_ISSUED = lex.words("statement letter court-filing interview social-post report")
HEARD = lex.words("interview broadcast testimony speech press-conference other")


class Nearby:
    """Finds the carriers beside cues."""

    def __init__(self, text: Text, names: Names, items: Items, mouths: Mouths, own: str) -> None:
        self._text = text
        self._names = names
        self._items = items
        self._mouths = mouths
        self._own = own

    def of(self, attribution: Attribution, referent: Referent | None, speaks: bool) -> Carrier | None:
        """The nearest carrier; `speaks` says whether the cue is a verb of speech, after which an outlet counts, too."""
        if not attribution.cue:
            return None
        cue = attribution.cue[0]
        first, last = self._text.sentence_span(cue.start)
        best: tuple[int, Carrier] | None = None
        for carrier in self._by_items(attribution, referent, speaks):
            distance = abs(carrier.start - cue.start)
            if best is None or distance < best[0]:
                best = (distance, carrier)
        if speaks:
            for at, carrier in self._by_outlets(attribution, cue, first, last):
                inside = best and best[1].item and any(m.start <= at < m.end for m in best[1].item.mentions)
                distance = abs(at - cue.start) + 1
                if not inside and (best is None or distance < best[0]):
                    best = (distance, carrier)  # "in an interview with CNN": the whole phrase has it
        if best is not None:
            return best[1]
        wrote = _WROTE_TO.search(self._text.text, max(first, cue.start - 60), min(last, cue.end + 4))
        if wrote and not self._mouths.beside(wrote.start(), attribution):
            return Carrier(wrote.start(), wrote.end(), "letter", None)
        if not speaks:
            return None
        return self._scene(attribution, cue, first, last) or self._occasion(attribution, referent)

    def _by_items(self, attribution: Attribution, referent: Referent | None, speaks: bool) -> Iterator[Carrier]:
        text, cue = self._text.text, attribution.cue[0]
        first, last = self._text.sentence_span(cue.start)
        for mention in self._items.within(first, last):
            if abs(mention.start - cue.start) > 160 or self._mouths.beside(mention.start, attribution):
                continue
            shown = mention.end <= cue.start and cue.text.rstrip().casefold().endswith("ing")
            if shown and _PUT_OUT.search(text[max(first, mention.start - 24) : mention.start]):
                yield carrier_of(mention, text)
                continue
            if not speaks and (
                mention.determiner not in ("a", "an", "his", "her", "their", "its") or mention.medium not in _ISSUED
            ):
                continue
            apart = _APART.search(text[max(first, mention.start - 60) : mention.start])
            if apart and not text.startswith(" as ", mention.end):  # "quoted in a report as saying"
                continue
            if self._carries(mention, cue, text[max(first, mention.start - 24) : mention.start], referent):
                yield carrier_of(mention, text)

    def _by_outlets(self, attribution: Attribution, cue: Span, first: int, last: int) -> Iterator[tuple[int, Carrier]]:
        for start, end, entity in self._names.at(first, last):
            if bare(entity.name) == self._own:
                continue
            lead = self._text.text[max(first, start - 70) : start]
            at, end, name, medium = self.outlet(start, end, entity)
            found: Carrier | None = None
            near = start - cue.end < 90
            if near and (_TOLD.search(lead[-60:]) or (medium and _SAID_TO.search(lead[-40:]))):
                if medium != "social-post" and (medium or self._paper(first, start, name, entity, lead)):
                    found = Carrier(at, end, "interview", name)
                elif entity.kind == "person" and _HOST.search(lead):
                    found = Carrier(start, end, "interview", None)
            elif medium in ("broadcast", "social-post") and _ON.search(lead):
                found = Carrier(at, end, medium, name)
            elif entity.kind == "organization" and _WROTE.search(lead):
                found = Carrier(start, end, medium or "article", name)
            if found and not self._mouths.beside(start, attribution):
                yield start, found

    def outlet(self, start: int, end: int, entity: Entity) -> tuple[int, int, str, str | None]:
        """Where an outlet's name begins and ends, without a day behind it ("told CNN Tuesday"), the name, the medium."""
        name = entity.name
        day = _DAY.search(self._text.text, start, end) if self._text.text[end - 3 : end] == "day" else None
        if day:
            end = day.start()
            name = self._text.text[start:end]
        medium = self._items.outlet_medium(name)
        if medium is None and self._text.text[max(0, start - 4) : start] == "The ":  # "The Hill" is no hill
            medium = lex.KNOWN_OUTLETS.get(f"the {name.casefold()}")
            if medium:
                return start - 4, end, f"The {name}", medium
        return start, end, name, medium

    def _paper(self, first: int, start: int, name: str, entity: Entity, lead: str) -> bool:
        """Whether somebody who is told something is an outlet that nobody knows: "told The Star-Ledger", "told the agency
        Levant Wire", "told InsideSources", "told the Washington Examiner"."""
        if entity.kind == "location":
            return False
        if re.search(r"[a-z][A-Z]", name) and " " not in name:
            return True
        if (words := lead.split()) and words[-1] in lex.OUTLET_NOUNS:
            return True
        if lead.endswith(" The ") and start - 4 > first:
            return plain(name.split()[0]) not in _WITH_THE
        return entity.kind != "person" and " " in name and plain(name.split()[-1]) in _PAPERS

    def _scene(self, attribution: Attribution, cue: Span, first: int, last: int) -> Carrier | None:
        """Beside the cue or before everything: "said at an investors conference", "on “Meet the Press”"."""
        best: tuple[int, Carrier] | None = None
        for pattern in (_SCENE, _SHOW):
            for match in pattern.finditer(self._text.text, max(first, cue.start - 120), min(last, cue.end + 100)):
                if cue.start > match.start() > first + 2:
                    continue
                group = match.lastgroup or "show"
                medium = {"show": "broadcast", "order": "document"}.get(group, "speech")
                start, end = match.span(group)
                titled = group != "show" or sum(w[:1].isupper() for w in match[group].split()) > 1
                distance = abs(start - cue.start)
                near = best is None or distance < best[0]
                if titled and near and not self._mouths.beside(match.start(), attribution):
                    best = distance, Carrier(start, end, medium, None)
        return best[1] if best else None

    def _carries(self, mention: ItemMention, cue: Span, lead: str, referent: Referent | None) -> bool:
        """Whether an item stands where the carrier of words does ("in a letter"), and can carry those of this speaker."""
        words = self._text.text[mention.start : mention.end]
        if mention.noun in HEARERS:
            # "told the crowd", not "someone in the crowd"
            return -2 <= mention.start - cue.end < 14 and bool(_TO.search(lead))
        if mention.noun in EVENTS and mention.noun not in lex.MEDIUM_OF:
            return bool(_AT.search(lead)) and not words.endswith(("’s", "'s"))  # "on the convention's first day"
        if mention.medium == "other" and _OVER.match(self._text.text, mention.end):
            return False  # "The debate over coal": nobody was heard there
        if mention.medium == "poll" and referent is not None and referent.kind == "person":
            return False  # who leads in polls was not asked in them
        if mention.noun == "investigation" and mention.outlet is None:
            return False  # an event, till somebody publishes it
        if mention.medium == "book" and mention.start - cue.end > 40:
            return False  # "revealed that they will print it in a book"
        return bool(_LEAD.search(lead))

    def _occasion(self, attribution: Attribution, referent: Referent | None) -> Carrier | None:
        """Quoted words right after the occasion they were said on: "at a hearing in May. ... he said"."""
        if attribution.kind == "indirect" or not (attribution.source or (referent and referent.name)):
            return None
        told = attribution.cue[0].text.casefold().startswith(("told", "tells", "telling"))  # to somebody's face
        begin = min(attribution.content[0].start, attribution.cue[0].start)
        here = self._text.sentence(begin)
        low = self._text.sentences.spans[max(0, here - 2)][0] if self._text.sentences.spans else 0
        for mention in reversed(self._items.within(low, begin)):
            if mention.noun in HEARERS or self._text.paragraph(begin) - self._text.paragraph(mention.start) > 1:
                continue
            first = self._text.sentence_span(mention.start)[0]
            lead = self._text.text[max(first, mention.start - 24) : mention.start]
            held = mention.medium in HEARD and (_HELD if mention.medium == "interview" else _MET_AT).search(lead)
            opens = not told and mention.medium in _PRINTED and mention.start - first <= 4 and _IN.search(lead)
            if (
                (held or opens)
                and self._mouths.tells(mention.start, attribution)
                and self._acts(mention.start, referent)
            ):
                other = other_time(self._text, self._mouths, attribution.cue[0], mention.start, days=False)
                return None if other else carrier_of(mention, self._text.text)
        return None

    def _acts(self, at: int, referent: Referent | None) -> bool:
        """Whether the sentence that names an occasion tells of this speaker: names him, or people only by pronouns."""
        if referent is None or referent.entity is None or referent.kind != "person":
            return True
        first, last = self._text.sentence_span(at)
        first, last = max(first, at - 300), min(last, at + 300)
        people = [e for s, _, e in self._names.at(first, last) if e.kind == "person" and not self._mouths.said(s)]
        if not people or any(e is referent.entity for e in people):
            return True
        return any(w.casefold() in ("he", "she") for w in self._text.text[first:last].split())
