"""When something was said or published, as far as the text tells.

In come the text, the page's date and the capture's; out go dates of utterances and items, with granularity and origin.
"Two weeks later" counts from the item told before, everything else from the page's date; without an anchor there is none.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

from sayso.link._dates import Expression, anchored, clipped, expressions
from sayso.link._items import Item
from sayso.link._names import Names
from sayso.link._text import Text
from sayso.records import Attribution, DateValue, Span

_FIRST = re.compile(r"\b(?:at first|initially|to begin with|in the beginning|at the outset)\b", re.IGNORECASE)
_LATER = re.compile(
    r"(?:^|(?<=[.!?]\s)|(?<=\n))[“\"]?(?:now|then|later|after that|afterwards|eventually|finally|next|subsequently|recently|"
    r"when (?:that|this|several|these|such)|since then)\b",
    re.IGNORECASE | re.MULTILINE,
)
_ELSE = re.compile(
    r"\b(?:since|until|till|by|before|after)\s+(?:the\s+)?$"
    r"|\b(?:who|which|that|where|when|born|founded|elected|appointed|arrested|killed|due|scheduled|planned|will|would)\b"
    r"[^,;:.“”\"()]{0,50}$",
    re.IGNORECASE,
)
_NEAR = 80  # characters between a time expression and the words it dates


def _in_name(expression: Expression, names: Names) -> bool:
    """ "Sunday Times", "May Corporation": a body's name that has a word for a time."""
    near = names.at(expression.start - 60, expression.end + 60)
    return any(
        start <= expression.start and expression.end <= end and entity.kind == "organization"
        for start, end, entity in near
    )


class Times:
    """Dates of one document."""

    def __init__(
        self,
        text: Text,
        names: Names,
        page: DateValue | None,
        captured: dt.date | None = None,
        contents: Iterable[Span] = (),
    ) -> None:
        self.text = text
        self._contents = sorted((c.start, c.end) for c in contents)
        self._reach = list(accumulate((end for _, end in self._contents), max))  # the furthest end up to each
        self._limit = captured
        self.page = clipped(
            DateValue(page.value, page.granularity, "metadata", page.start, page.end) if page else None, captured
        )
        self._found: list[Expression] = [e for e in expressions(text.text) if not _in_name(e, names)]
        self._starts = [e.start for e in self._found]
        self._told: DateValue | None = None  # of the item told before

    def of_item(self, item: Item) -> DateValue | None:
        """The date that stands in an item's own words or right beside a mention; call in the order of the text."""
        for mention in item.mentions:
            first, last = self.text.sentence_span(mention.start)
            low, high = max(first, mention.start - 30), min(last, mention.end + _NEAR)
            for expression in self._between(low, high):
                if expression.start < high and self._beside(expression, mention.start):
                    found = self._anchor(expression)
                    if found:
                        self._told = found
                        return found
        return None

    def of_utterance(self, attribution: Attribution) -> DateValue | None:
        """The date that stands with the cue, outside the content."""
        if not attribution.cue:
            return None
        cue = attribution.cue[0]
        first, last = self.text.sentence_span(cue.start)
        best: tuple[int, DateValue] | None = None
        for expression in self._between(first, max(last, cue.end)):
            if not self._beside(expression, cue.start) or self._tells_else(expression, first):
                continue
            distance = max(cue.start - expression.end, expression.start - attribution.cue[-1].end, 0)
            if distance > _NEAR:
                continue
            found = self._anchor(expression)
            if found and (best is None or distance < best[0]):
                best = (distance, found)
        return best[1] if best else None

    def _beside(self, expression: Expression, offset: int) -> bool:
        """Whether every content that holds an expression holds the offset too: what is said dates no saying."""
        quoted = self.text.quoted
        if quoted.holds(expression.start) and not quoted.holds(offset):
            return False
        first = bisect_right(self._reach, expression.start)  # all before end before the expression
        last = bisect_right(self._contents, (expression.start, len(self.text.text)))
        return all(start <= offset < end or end <= expression.start for start, end in self._contents[first:last])

    def _tells_else(self, expression: Expression, first: int) -> bool:
        """ "The union, which was founded in 1911, said"; "since 2009"; "is to end on Friday": dates of other things."""
        lead = self.text.text[max(first, expression.start - 60) : expression.start]
        own = self.text.text[expression.start : expression.end].split()[0].casefold()
        return own in ("since", "by", "until") or bool(_ELSE.search(lead))

    def order(self, offset: int) -> int | None:
        """Which step of what the text tells an offset belongs to, where it tells an order without dates, else None."""
        at = bisect_right(self._steps, (offset, len(self.text.text)))
        return self._steps[at - 1][1] if at else None

    @cached_property
    def _steps(self) -> list[tuple[int, int]]:
        """(where it begins, its number) of each stretch of what the text tells in order; none unless a first and a later
        step are named. "Two weeks later" orders its own paragraph alone: what is told after it need not be later."""
        source, paragraphs = self.text.text, self.text.paragraphs
        first = _FIRST.search(source)
        if first is None:
            return []
        asides = {self.text.sentence_span(e.start)[0] for e in self._found if e.previous and e.start > first.end()}
        later = {self.text.sentence_span(m.start())[0] for m in _LATER.finditer(source, first.end())}
        steps = [(self.text.sentence_span(first.start())[0], 1)]
        base = highest = 1
        before = steps[0][0]
        for at in sorted(asides | later):
            if at <= before or paragraphs.index(at) == paragraphs.index(before):
                continue
            before, highest = at, highest + 1
            steps.append((at, highest))
            if at in later:
                base = highest
            else:
                steps.append((paragraphs.spans[paragraphs.index(at)][1], base))
        return steps if highest > 1 else []

    def _between(self, start: int, end: int) -> list[Expression]:
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return [e for e in self._found[low:high] if e.end <= end]

    def _anchor(self, expression: Expression) -> DateValue | None:
        return anchored(expression, self._told if expression.previous else self.page, self._limit)
