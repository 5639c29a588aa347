"""Quotations from a desk's reference texts: scripture, a treaty, a programme, earlier speeches.

In come a folder of texts and quoted words; out go the places they are taken from: work and section, or chapter and verse.
A quotation is found through an editor's brackets and ellipses and through light paraphrase (70% of the words, in order).
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sayso.link._align import Word, words
from sayso.link._text import Text
from sayso.link.compare import Comparison, Verdict, compare_words
from sayso.records import Statement

_LEAST = 4  # words below which a quotation is not looked for
_WINDOW = 60  # words around a likely place that are compared
_PAIRS = 0.3  # part of the quotation's pairs of neighbouring words that a likely place has
_TRIED = 4  # likely places that are compared
_ALTERED = 7  # words from which a quotation may be found in other words than its own
_SUFFIXES = (".txt", ".md")
_VERSE = re.compile(r"^\s*(?P<place>\d{1,3}[:.]\d{1,3})[.)\]]?\s+", re.MULTILINE)
# "3. The quay is held in common.": a numbered sentence; a heading has no stop at its end.
_NUMBERED = re.compile(r"^[ \t]*(?P<place>\d{1,3}(?:\.\d{1,3})*)[.)][ \t]+(?=\S)", re.MULTILINE)
_HEADING = re.compile(
    r"^(?:#{1,6}\s+(?P<mark>[^\n]+)|(?P<word>(?:Article|Art\.|Section|Sec\.|§|Chapter|Part|Title|Clause|Paragraph|Surah?|Book)"
    r"\s*[\dIVXLC]+[a-z]?(?:[.:][^\n]{0,80})?)|(?P<number>\d{1,3}(?:\.\d{1,3})*\.?\s+[^\n]{1,70}))\s*$",
    re.MULTILINE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quotation stands: the work's name, its section or chapter:verse ("" if it has none), and how it was quoted."""

    work: str
    section: str
    verdict: Verdict
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Work:
    name: str
    text: str
    words: tuple[Word, ...]
    marks: tuple[int, ...]
    labels: tuple[str, ...]

    def section(self, offset: int) -> str:
        at = bisect_right(self.marks, offset)
        return self.labels[at - 1] if at else ""


class References:
    """The reference texts of a desk, indexed by the words they use."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._works = [_work(name, text) for name, text in sorted(texts.items())]
        self._holders: dict[str, list[tuple[int, int]]] = {}
        for number, work in enumerate(self._works):
            for at, (one, two) in enumerate(zip(work.words, work.words[1:], strict=False)):
                self._holders.setdefault(f"{one.text} {two.text}", []).append((number, at))

    @classmethod
    def from_folder(cls, folder: Path) -> References:
        """All .txt and .md files of a folder and what lies below it; a work is named by its path without the ending."""
        return cls(read_texts(folder))

    def __len__(self) -> int:
        return len(self._works)

    def find(self, quotation: str) -> Place | None:
        """The place that quoted words are taken from, None if no reference text has them."""
        wanted = [w.text for w in words(re.sub(r"\[[^\]]*\]", " ", quotation))]
        if len(wanted) < _LEAST:
            return None
        best: tuple[tuple[int, int], Place] | None = None
        for number, low, high in self._likely(wanted):
            work = self._works[number]
            found = compare_words(quotation, work.words[low:high])
            if found.start is None or found.end is None or (found.verdict == "altered" and len(wanted) < _ALTERED):
                continue
            rank = (_RANK[found.verdict], len(found.differences))
            if best is None or rank < best[0]:
                best = (rank, _placed(work, found, found.start, found.end))
        return best[1] if best else None

    def _likely(self, wanted: list[str]) -> Iterator[tuple[int, int, int]]:
        """Stretches of works that hold many of the wanted pairs of words, the fullest first."""
        held: Counter[tuple[int, int]] = Counter()
        reach = len(wanted) + _WINDOW
        for one, two in itertools.pairwise(wanted):
            places = self._holders.get(f"{one} {two}", ())
            for number, block in {(number, at // reach) for number, at in places[:2000]}:
                held[number, block] += 1
        both = {(n, b): count + held.get((n, b + 1), 0) for (n, b), count in held.items()}
        least = max(1, round(_PAIRS * (len(wanted) - 1)))
        ranked = sorted((pair for pair in both.items() if pair[1] >= least), key=lambda item: (-item[1], item[0]))
        for (number, block), _ in ranked[:_TRIED]:
            size = len(self._works[number].words)
            yield number, max(0, block * reach - _WINDOW), min(size, (block + 2) * reach + _WINDOW)

    def mark(self, text: str, statements: Iterable[Statement]) -> dict[str, tuple[Place, ...]]:
        """The places that a document's statements quote, by statement; `text` is the document's."""
        quoted = Text(text).quoted.spans if self._works else ()
        found = {}
        for statement in statements:
            places: list[Place] = []
            for words_ in _quoted_words(text, statement, quoted):
                place = self.find(words_)
                if place is not None and place not in places:
                    places.append(place)
            if places:
                found[statement.id] = tuple(places)
        return found


def _quoted_words(text: str, statement: Statement, quoted: Sequence[tuple[int, int]]) -> Iterator[str]:
    """What a statement may quote: stretches in quotation marks within it, else the whole of a direct one."""
    inside = False
    for span in statement.content:
        for start, end in quoted:
            low, high = max(start, span.start), min(end, span.end)
            if low < high:
                inside = True
                yield text[low:high]
    if statement.kind == "direct" and not inside:
        yield " … ".join(span.text for span in statement.content)


def read_texts(folder: Path) -> dict[str, str]:
    """The reference texts of a folder by name."""
    return {name: path.read_text(encoding="utf-8-sig", errors="replace") for name, path in texts_in(folder)}


def texts_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """The reference texts of a folder, each with the work's name."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and path.suffix.casefold() in _SUFFIXES:
            yield path.relative_to(folder).with_suffix("").as_posix().replace("_", " ").replace("-", " "), path


_RANK: dict[Verdict, int] = {"identical": 0, "shortened": 1, "edited": 2, "altered": 3, "not found": 4}


def _placed(work: _Work, found: Comparison, start: int, end: int) -> Place:
    return Place(work.name, work.section(start), found.verdict, start, end, work.text[start:end])


def _work(name: str, text: str) -> _Work:
    marks: list[tuple[int, str]] = []
    for match in _HEADING.finditer(text):
        if match["number"] and match["number"].rstrip()[-1] in ".!?;,":
            continue  # a numbered sentence
        label = next(g for g in (match["mark"], match["word"], match["number"]) if g)
        marks.append((match.start(), " ".join(label.split()).rstrip(".: ")))
    marks.extend((m.start(), m["place"].replace(".", ":")) for m in _VERSE.finditer(text))
    taken = {start for start, _ in marks}
    marks.extend((m.start(), m["place"]) for m in _NUMBERED.finditer(text) if m.start() not in taken)
    marks.sort()
    # A heading is no part of what can be quoted, but its words do no harm between two sections.
    return _Work(name, text, tuple(words(text)), tuple(m[0] for m in marks), tuple(m[1] for m in marks))
