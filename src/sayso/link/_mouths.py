"""What carries words, and whose mouth each stretch of a text stands in.

In come the attributions with the words that name who speaks; out goes whether what stands at a place is told by who tells an
attribution, so that an item named there may carry it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sayso.link import _lexicon as lex
from sayso.link._items import Item, ItemMention
from sayso.link._text import Stacked, Text
from sayso.records import Attribution, Span

# When somebody spoke: another time is another occasion.
_WHEN = re.compile(
    r"\b(?:(?:last|earlier this|later (?:this|that)|the (?:previous|following|next)) "
    r"(?:week|month|year|day|night|spring|summer|fall|autumn|winter)|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|"
    r"in (?:January|February|March|April|May|June|July|August|September|October|November|December|(?:19|20)\d\d)|"
    r"\w+ (?:days|weeks|months|years) (?:ago|before|later|earlier)|at the time|(?:once|previously|earlier)(?=[\s,]))\b",
    re.IGNORECASE,
)
_RELEASED = re.compile(
    r"\b(?:released|releases|posted|posts|published|publishes|issued|issues|aired|airs|launched|sent)\Z", re.I
)
_FAR = 300  # code points: no sentence is read whole for each attribution
_PUT_IN = re.compile(r",\s(?:in|during|at|on)\s+$")
HEARERS = lex.words("audience crowd")
_AIR = lex.words("radio television tv")


@dataclass(frozen=True, slots=True)
class Carrier:
    """What a statement came through: the words [start, end), and the item if the text names one beyond its outlet."""

    start: int
    end: int
    medium: str
    outlet: str | None
    item: Item | None = None


def carrier_of(mention: ItemMention, text: str) -> Carrier:
    """The carrier that an item's mention is; hearers on the air make a broadcast."""
    item = mention.item
    outlet = mention.outlet or (item.outlet if item else None)
    medium = mention.medium
    if mention.noun in HEARERS:
        words = text[mention.start : mention.end].casefold().split()
        medium = "other" if "debate" in words else "broadcast" if _AIR & set(words) else medium
    return Carrier(mention.start, mention.end, medium, outlet, item)


class Mouths:
    """Tells who tells what stands at a place."""

    def __init__(self, text: Text, attributions: Sequence[Attribution], places: Mapping[str, tuple[int, int]]) -> None:
        self._text = text
        self._places = places
        self._attributions = attributions
        self._numbers = {a.id: n for n, a in enumerate(attributions)}
        self._contents = Stacked((c.start, c.end, n) for n, a in enumerate(attributions) for c in a.content)

    @cached_property
    def _described(self) -> Stacked:
        """What stands far enough in a source to be only told of somebody."""
        return Stacked((s + 12, e, n) for n, (s, e) in enumerate(self._sources) if e > s + 12)

    @cached_property
    def _sources(self) -> list[tuple[int, int]]:
        return [(s.start, s.end) for a in self._attributions for s in a.source]

    def said(self, at: int) -> bool:
        """Whether a place is in what somebody says."""
        return bool(self._contents.holding(at))

    def tells(self, at: int, attribution: Attribution) -> bool:
        """Whether words at `at` are told by who tells the attribution: they stand in the same mouth as it."""
        above: list[int] = []
        number = self._numbers.get(attribution.parent or "")
        while number is not None and number not in above:
            above.append(number)
            number = self._numbers.get(self._attributions[number].parent or "")
        holding = [n for n in self._contents.holding(at) if not self._released(n, attribution)]
        return set(holding) <= set(above) and (not above or above[0] in holding)

    def _released(self, number: int, attribution: Attribution) -> bool:
        """Whether a content is what the same one released, and no word of his: "It released videos criticizing them, describing
        them as deserters"."""
        one = self._attributions[number]
        same = one.source == attribution.source and one.id != attribution.id and bool(one.source)
        return same and bool(one.cue) and _RELEASED.search(one.cue[-1].text) is not None

    def beside(self, at: int, attribution: Attribution) -> bool:
        """Whether words at `at` tell nothing of how the words came: they are said themselves, or only tell who speaks ("of the
        group that signed the letter"; but "the minister, in a letter,")."""
        if not self.tells(at, attribution):
            return True
        start, end = self._places.get(attribution.id, (0, 0))
        spans = [(start, end), *((s.start, s.end) for s in attribution.source)]
        spans += [self._sources[n] for n in self._described.holding(at)]
        return any(s <= at < e for s, e in spans) and not _PUT_IN.search(self._text.text, max(start, at - 12), at)


def other_time(text: Text, mouths: Mouths, cue: Span, at: int, days: bool = True) -> bool:
    """Whether the sentence of a cue names a time that the sentence at `at` does not; with or without days of the week."""
    first, last = text.sentence_span(cue.start)
    if first <= at < last:
        return False
    low, high = max(first, cue.start - 120), min(last, cue.end + 60)
    aside = re.search(r",\swho\b", text.text[cue.end : high])
    high = cue.end + aside.start() if aside else high
    then = text.sentence_span(at)
    before = text.text[max(then[0], at - _FAR) : min(then[1], at + _FAR)].casefold()
    return any(
        (days or not match[0].endswith("day")) and match[0].casefold() not in before and not mouths.said(match.start())
        for match in _WHEN.finditer(text.text, low, high)
    )
