"""Through which item or outlet a speaker spoke.

In come an attribution, the items of the document and its names; out goes the `Via` with the words that name it: the
nearest item or outlet that the wording makes the carrier, else the one of the statement before if the same speaker plainly
goes on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sayso.link import _lexicon as lex
from sayso.link._antecedents import Referent
from sayso.link._items import Item, ItemMention, Items
from sayso.link._names import Names, plain
from sayso.link._text import WORD, Text
from sayso.records import Attribution

_POSTING = re.compile(r"\b(?:re)?tweet(?:ed|s|ing)?\b|\bposted\b", re.IGNORECASE)
_SPEECH = lex.words(
    "said say says saying told tell tells telling added adds adding continued continues wrote writes writing asked "
    "asks noted notes noting argued argues explained explains insisted replied responded concluded declared warned "
    "stated announced tweeted called claimed claims suggested suggests reported reports according described "
    "observed remarked shows showed found states quoted joked recalled admitted acknowledged criticized accused "
    "blasted"
)
_LEAD = re.compile(
    r"(?:\b(?:in|on|during|at|from|via|by|to|with|through|of|for|under|wrote|told|telling|sent|issued|released|filed|signed)|^)\s*(?:[“\"]\s*)?$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:told|tells|telling|tell|with|on|to|for|in|at|by)\s+(?:the\s+)?(?:\w+\s+of\s+)?$", re.IGNORECASE
)


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

    def __init__(self, text: Text, names: Names, items: Items, speakers: Mapping[str, Referent], own: str = "") -> None:
        self._text = text
        self._names = names
        self._items = items
        self._speakers = speakers
        self._own = own.casefold()
        self._last: dict[object, tuple[int, Carrier | None]] = {}

    def of(self, attribution: Attribution) -> Carrier | None:
        """The carrier of one attribution; call in the order of the text."""
        referent = self._speakers.get(attribution.id)
        found = self._said(attribution, referent)
        key: object = referent.name if referent and referent.name else None
        anchor = attribution.cue[0] if attribution.cue else attribution.content[0]
        where = self._text.paragraph(anchor.start)
        if found is None and key is not None and key in self._last and self._speaks(attribution):
            before, held = self._last[key]
            if held and where - before <= 3:
                found = held
        if key is not None and (found is not None or key in self._last):
            self._last[key] = (where, found)
        return found

    def _speaks(self, attribution: Attribution) -> bool:
        words = {plain(w) for cue in attribution.cue for w in cue.text.split()}
        return attribution.kind != "indirect" or bool(words & _SPEECH)

    def _said(self, attribution: Attribution, referent: Referent | None) -> Carrier | None:
        source = attribution.source
        if source:
            start, end = source[0].start, source[-1].end
            for mention in self._items.within(start, end):
                head = self._text.text[start : mention.start].strip()
                if len(head.split()) <= 2 or head.casefold().startswith(("the", "a ", "an ")):
                    if "," not in head:
                        return self._carrier(mention)
            for name_start, name_end, entity in self._names.at(start, end):
                medium = self._items.outlet_medium(entity.name)
                if medium and entity.name.casefold() != self._own:
                    return Carrier(name_start, name_end, medium, entity.name)
        for cue in attribution.cue:
            for mention in self._items.within(cue.start, cue.end + 1):
                return self._carrier(mention)
            match = _POSTING.search(cue.text)
            if match and attribution.cue:
                return Carrier(cue.start + match.start(), cue.start + match.end(), "social-post", None)
        return self._nearby(attribution)

    def _nearby(self, attribution: Attribution) -> Carrier | None:
        if not attribution.cue:
            return None
        cue = attribution.cue[0]
        first, last = self._text.sentence_span(cue.start)
        contents = [(c.start, c.end) for c in attribution.content]
        text = self._text.text
        best: tuple[int, Carrier] | None = None

        def offer(distance: int, carrier: Carrier) -> None:
            nonlocal best
            if best is None or distance < best[0]:
                best = (distance, carrier)

        for mention in self._items.within(first, last):
            if any(s <= mention.start < e for s, e in contents):
                continue
            lead = text[max(first, mention.start - 14) : mention.start]
            if not _LEAD.search(lead) and mention.start > first + 1:
                continue
            distance = abs(mention.start - cue.start)
            if distance < 160:
                offer(distance, self._carrier(mention))
        for start, end, entity in self._names.at(first, last):
            medium = self._items.outlet_medium(entity.name)
            if not medium or any(s <= start < e for s, e in contents) or entity.name.casefold() == self._own:
                continue
            lead = text[max(first, start - 24) : start]
            if _TOLD.search(lead):
                told = re.search(r"\b(?:told|tell\w*|with)\b", lead)
                offer(
                    abs(start - cue.start) + 1,
                    Carrier(start, end, "interview" if told and medium != "social-post" else medium, entity.name),
                )
        return best[1] if best else None

    def _carrier(self, mention: ItemMention) -> Carrier:
        item = mention.item
        outlet = mention.outlet or (item.outlet if item else None)
        return Carrier(mention.start, mention.end, mention.medium, outlet, item)


def words_of(text: str) -> list[str]:
    """Lower-case words of a stretch of text."""
    return [plain(m[0]) for m in WORD.finditer(text)]
