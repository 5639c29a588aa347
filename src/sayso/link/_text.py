"""A document's text cut up once for linking: sentences, paragraphs, words and what stands in quotation marks.

In come the text and, where the encoder gave them, its sentences; all offsets are code points of the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate

from sayso.encoder import quoted_runs
from sayso.records import Span

# letters with the marks that stand on them: "José" may be written in five or four characters
_LETTERS = r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*"
WORD = re.compile(rf"{_LETTERS}(?:[.&'’‐‑-]{_LETTERS}|(?<=\d)/(?=\d)\d+)*(?:(?<=\b[A-Z])\.)?")
_PARAGRAPH = re.compile(r"\n\s*\n|\n")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]+[\"”’»)\]']*\s+(?=[\"“‘«(\[']*[^\W_a-z])|\n\s*\n|\n(?=\s*\S)")
_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sen|Sens|Rep|Reps|Gov|Gen|Lt|Col|Capt|Sgt|Prof|Jr|Sr|St|vs|Inc|Corp|Co|No|Jan|Feb|Mar|Apr|"
    r"Aug|Sept|Oct|Nov|Dec|Del|Rev|Hon|[A-Z]|[A-Z]\.[A-Z])\.$"
)
_DATELINE = re.compile(
    r"\s*(?:[A-Z][A-Z'’. -]{2,30}(?:,\s[^()–—\n]{1,30})?(?:\s?\([^()\n]{2,30}\))?|\([A-Z][\w .]{1,25}\))\s*(?:[–—]|--?\s)"
)
_CREDIT = re.compile(
    r"\s*(?:\(?(?i:(?:file\s)?(?:photo(?:graph)?s?|pictures?|images?|credit))\b\s?(?i:by\b|:|courtesy of\b)[^\n]{2,60}"
    r"|\(?(?:[A-Z][\w’'.-]{1,20}\s?){1,4}(?:\s?/\s?|\svia\s)(?:AP|AFP|EPA|Reuters|Getty|Bloomberg|Shutterstock|Flickr|iStock|Alamy)\b[^\n]{0,30})\s*"
)
_EXPLAINS = re.compile(
    r"i\.?e\b|e\.?g\b|that is|meaning|namely|refer|an? (?:reference|allusion)|(?:\S+\s+){6}", re.IGNORECASE
)


@lru_cache(maxsize=1 << 15)
def plain(word: str) -> str:
    """A word without possessive and full stops, lower-case, in Unicode's composed form."""
    word = unicodedata.normalize("NFC", word).casefold()
    for ending in ("’s", "'s", "s’", "s'"):
        if word.endswith(ending):
            word = word[: -len(ending)] + ("s" if ending.startswith("s") else "")
            break
    return word.strip(".'’")


def bare(name: str) -> str:
    """A name without its article, lower-case: by what outlets are compared."""
    return name.casefold().removeprefix("the ").strip()


def split_sentences(text: str) -> tuple[Span, ...]:
    """Sentences by full stops and line breaks: what linking falls back on when the encoder gave none."""
    spans: list[Span] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end = match.start() + len(match[0].rstrip())
        if "\n" not in match[0] and _ABBREVIATION.search(text[max(0, start, end - 12) : end]):
            continue
        if text[start:end].strip():
            spans.append(Span(start, end))
        start = match.end()
    if text[start:].strip():
        spans.append(Span(start, len(text.rstrip())))
    return tuple(Span(s.start + _lead(text, s), s.end) for s in spans)


def _lead(text: str, span: Span) -> int:
    words = text[span.start : span.end]
    return len(words) - len(words.lstrip())


class Ranges:
    """Sorted stretches of text and the question which of them holds an offset."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.spans: list[tuple[int, int]] = sorted(spans)
        self._starts = [start for start, _ in self.spans]

    def index(self, offset: int) -> int:
        """Index of the last stretch that begins at or before `offset` (0 if none does)."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def holds(self, offset: int) -> bool:
        """Whether a stretch holds this offset."""
        if not self.spans:
            return False
        start, end = self.spans[self.index(offset)]
        return start <= offset < end


class Stacked:
    """Stretches (start, end, number) that may lie in each other, and the question which of them hold an offset."""

    def __init__(self, stretches: Iterable[tuple[int, int, int]]) -> None:
        self._stretches = sorted(stretches)
        self._starts = [start for start, _, _ in self._stretches]
        self._reach = list(accumulate((end for _, end, _ in self._stretches), max))  # the furthest end up to each

    def holding(self, offset: int) -> list[int]:
        """The numbers of those that hold it."""
        first, last = bisect_right(self._reach, offset), bisect_right(self._starts, offset)
        return [number for _, end, number in self._stretches[first:last] if end > offset]


class Text:
    """One document's text with its parts."""

    def __init__(self, text: str, sentences: Sequence[Span] = ()) -> None:
        self.text = text
        self._given = sentences

    @cached_property
    def sentences(self) -> Ranges:
        """The encoder's, else those that `split_sentences` finds."""
        return Ranges((s.start, s.end) for s in self._given or split_sentences(self.text))

    @cached_property
    def paragraphs(self) -> Ranges:
        """Stretches between line breaks."""
        starts = [0, *(m.end() for m in _PARAGRAPH.finditer(self.text))]
        return Ranges(zip(starts, [*starts[1:], len(self.text)], strict=True))

    @cached_property
    def quoted(self) -> Ranges:
        """What stands in quotation marks, marks included."""
        return Ranges(quoted_runs(self.text).outermost())

    @cached_property
    def asides(self) -> Ranges:
        """What an editor explains in square brackets ("[i.e. those of the north]"); "[the board]" is no aside."""
        found = (m.span() for m in re.finditer(r"\[[^\[\]\n]{3,300}\]", self.text))
        return Ranges((start, end) for start, end in found if _EXPLAINS.match(self.text, start + 1, end))

    @cached_property
    def datelines(self) -> Ranges:
        """Where a report was written and by which agency, before its first words: "GAZA CITY (AP) —"; and who took a picture,
        in a line of its own."""
        lines = self.paragraphs.spans
        found = [_DATELINE.match(self.text, start, end) for start, end in lines]
        found += [_CREDIT.fullmatch(self.text, start, end) for start, end in lines if end - start < 100]
        return Ranges(m.span() for m in found if m)

    @cached_property
    def headlines(self) -> Ranges:
        """Lines without a full stop in which most words have capitals: capitals tell nothing there."""
        found = []
        for start, end in self.paragraphs.spans:
            line = self.text[start:end].strip()
            if not line or len(line) > 200 or line[-1] in "!?\"”’'," or ". " in line:
                continue
            tokens = WORD.findall(line)
            long = [t for t in tokens if len(t) > 3]
            capitals = sum(t[:1].isupper() for t in long)
            if len(tokens) >= 3 and long and capitals >= (0.8 if line[-1] == "." else 0.65) * len(long):
                found.append((start, end))
        return Ranges(found)

    def sentence(self, offset: int) -> int:
        """Number of the sentence at or before an offset."""
        return self.sentences.index(offset)

    def sentence_span(self, offset: int) -> tuple[int, int]:
        """Start and end of that sentence."""
        if not self.sentences.spans:
            return 0, len(self.text)
        start, end = self.sentences.spans[self.sentence(offset)]
        return start, max(end, offset)

    def paragraph(self, offset: int) -> int:
        """Number of the paragraph at an offset."""
        return self.paragraphs.index(offset)

    def span(self, start: int, end: int) -> Span:
        """A span with its words."""
        return Span(start, end, self.text[start:end])
