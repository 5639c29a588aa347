"""Turns of a transcript: who speaks stands at the head of a paragraph ("SMITH: …", "Q. …", "<ana> …", "S.O. — …").

The form alone tells it: labels of one style that come back, followed by sentences; a list of fields ("Date: …") has none of
both. Where no label comes back nothing is told here, and the encoder reads the text as any other. A turn's further
paragraphs are hard to tell from what stands between turns: they are its own where the encoder says so or somebody speaks of
himself or to another in them, up to the first of which neither holds (after the last label the encoder alone is not
believed); never stage directions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sayso.attribute._candidates import Candidate, Range
from sayso.attribute._nested import tokens_of
from sayso.encoder import Tokens

_SURE = 0.996  # for the encoder's own probabilities: calibrated 0.93, as many turns as are right
_LEAST = 3  # labels of one style
_BACK = 0.3  # share of them whose speaker has another one
_SENTENCES = 0.6  # share of turns that end as sentences do

_CLOCK = r"(?:[\[(]?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?[\])]?\s+)?"
_CAPITAL, _TITLE = r"[^\W\d_a-z]", r"(?:(?:The|Mr|Ms|Mrs|Dr|Hon|Sir|An)\.?[ \t])"
_WORD = rf"(?:(?:{_CAPITAL}|\d)[\w.'’&/-]*|of|the|de|di|da|del|la|van|von|der|den|el|al|bin|and|for|y)"
_NAME = rf"(?:{_CAPITAL}|\d)[\w.'’&/-]*(?:[ \t]+{_WORD}){{0,6}}"
_OFFICE = rf"[^:.\n]{{0,60}}\b{_CAPITAL}[\w’'-]*"
_ROLE = rf"(?:[ \t]*\([^()\n]{{1,60}}\)|,[ \t]{_OFFICE}|[ \t]+[—–-][ \t]+{_OFFICE})?"
_COLON = r"(?P<mark>[*_]{0,2}:[*_]{0,2})(?=\s)"
# a label's style: where its name ends, and where what is said begins
_STYLES = {
    "colon": re.compile(rf"[ \t>]*{_CLOCK}[*_]*(?P<name>{_NAME}{_ROLE}){_COLON}"),
    "stop": re.compile(
        rf"[ \t]*[*_]*(?P<name>{_TITLE}*(?:[QA]|(?:{_CAPITAL}[\w’'-]*[ \t])?{_CAPITAL}{{3}}[\w’'-]*"
        rf"(?:[ \t]{_CAPITAL}{{2}}[\w’'-]*)*)"
        r"(?:[ \t]*\([^()\n]{1,60}\))?)(?P<mark>[*_]{0,2}\.[*_]{0,2})(?=\s)"
    ),
    "dash": re.compile(
        rf"[ \t]*[*_]*(?P<name>(?:{_CAPITAL}\.-?){{1,4}}|{_TITLE}*{_CAPITAL}[\w’'-]*(?:[ \t]{_CAPITAL}[\w.’'-]*){{0,3}}"
        r"(?:,[ \t][^:.\n—–]{1,60}|[ \t]\([^()\n]{1,60}\))?)[*_]*[ \t]*(?P<mark>[—–])(?=\s)"
    ),
    "old": re.compile(  # "Mr. Tulloch.—" of old records
        rf"[ \t]*[*_]*(?P<name>{_TITLE}*{_CAPITAL}[\w’'-]*(?:[ \t](?:{_CAPITAL}[\w’'-]*|{_CAPITAL}\.)){{0,4}}"
        r"(?:[ \t]*\([^()\n]{1,60}\))?)(?P<mark>[*_]{0,2}\.[*_]{0,2}[ \t]?(?:—|–|--|\)))"
    ),
    "nick": re.compile(rf"[ \t]*{_CLOCK}<(?P<name>[^<>\s]{{1,30}})(?P<mark>>)(?=\s)"),
    "handle": re.compile(rf"[ \t]*{_CLOCK}(?P<name>@?[\w.-]{{2,30}}(?:[ \t]\([^()\n]{{1,40}}\))?)(?P<mark>:)(?=\s)"),
}  # fmt: skip
_CHAT = ("nick", "handle")  # where sentences have no stop
# among labels, "Second reporter:" and "Ms Hart, for the defence:" are some too
_AMONG = re.compile(
    rf"[ \t>]*{_CLOCK}[*_]*(?P<name>{_CAPITAL}[\w.'’-]*(?:[ \t][\w.'’-]+){{0,3}}"
    rf"(?:[ \t]*\([^()\n]{{1,60}}\)|,[ \t][^:.\n]{{1,60}})?){_COLON}"
)
_INITIALS = re.compile(rf"(?:{_CAPITAL}\.-?)+")
# alone in its paragraph
_ASIDE = re.compile(r"\s*(?:\[[^\]]*\]|\([^)]*\)|[*_]{1,2}[^*_\n]*[*_]{1,2}|#.*|[-–—*_]{3,})\s*")
_STOPS, _CLOSERS = ".?!…", "\"'”’»)]*_"
_SPOKEN = re.compile(r"\b(?:I|we|you|my|our|me|us|your|let[’']s)\b", re.IGNORECASE)
_PROSE = re.compile(r"[a-z]{2}")  # figures are no turn
# names of fields, which come back, too
_FIELDS = set[str]().union(
    (
        "date",
        "time",
        "place",
        "venue",
        "location",
        "name",
        "address",
        "tel",
        "telephone",
        "phone",
        "fax",
        "email",
        "e-mail",
    ),
    (
        "price",
        "note",
        "notes",
        "source",
        "photo",
        "caption",
        "picture",
        "image",
        "credit",
        "tags",
        "topics",
        "ingredients",
    ),
    (
        "contact",
        "website",
        "url",
        "http",
        "https",
        "subject",
        "from",
        "to",
        "cc",
        "re",
        "ref",
        "age",
        "warning",
        "tip",
        "hint",
    ),
    (
        "example",
        "caution",
        "important",
        "step",
        "update",
        "correction",
        "related",
        "more",
        "watch",
        "fact",
        "claim",
        "verdict",
    ),
    ("myth", "transcript", "present", "apologies", "agenda", "item", "summary", "conclusion", "attached"),
)

Span = tuple[int, int]
Labels = dict[int, "re.Match[str]"]  # by the line that each begins


@dataclass(frozen=True, slots=True)
class Turn:
    """Places in the text: the label, the mark after it, what is said in its paragraph, and the paragraphs up to the next
    label (or the end) with whether somebody speaks in them, of which the first ones may go on with it."""

    label: Span
    mark: Span
    said: Span
    more: tuple[tuple[Span, bool], ...]


def turns(text: str) -> list[Turn]:
    """The turns of a transcript, or of the part of a text that is one, in order."""
    lines = [m.span() for m in re.finditer(r"[^\n]+", text) if not m[0].isspace()]
    found: Labels = {}
    for style, pattern in _STYLES.items():
        labels = {
            i: m
            for i, (start, end) in enumerate(lines)
            if i not in found and (m := pattern.match(text, start, end)) and _known_by(m["name"]) not in _FIELDS
        }
        found |= _speakers(text, labels, lines, style)
    for i in range(min(found, default=0), max(found, default=0)):
        m = _AMONG.match(text, *lines[i])
        if i not in found and m and _known_by(m["name"]) not in _FIELDS and _sentence(text, m, lines[i]):
            found[i] = m
    out = []
    order = sorted(found)
    alone = len({_known_by(m["name"]) for m in found.values()}) == 1  # what is between is asked by somebody else
    for i, after in zip(order, [*order[1:], len(lines)], strict=False):
        first, *rest = (_trimmed(text, a, b) for a, b in [(found[i].end("mark"), lines[i][1]), *lines[i + 1 : after]])
        spoken = [s for s in rest if not _ASIDE.fullmatch(text, *s)]
        if first[0] == first[1] and spoken:  # the label stands in a line of its own
            first = spoken.pop(0)
        more = () if alone else tuple((s, _SPOKEN.search(text, *s) is not None) for s in spoken)
        if first[0] < first[1]:
            out.append(Turn(found[i].span("name"), found[i].span("mark"), first, more))
    return out


def _speakers(text: str, labels: Labels, lines: Sequence[Span], style: str) -> Labels:
    """The labels of one style, if they are speakers: some come back, are more than one, and are followed by sentences."""
    often = Counter(_known_by(m["name"]) for m in labels.values())
    back = sum(n for n in often.values() if n > 1)
    if len(labels) < _LEAST or back < 2 or back < _BACK * len(labels):
        return {}
    alone = len(often) == 1  # questions without a label, answers with initials
    if alone and not all(_INITIALS.fullmatch(m["name"]) for m in labels.values()):
        return {}
    if style in _CHAT:
        chatty = style == "nick" or any(re.search(r"[\d_@]", m["name"]) for m in labels.values())
        return labels if chatty else {}
    sentences = {i for i, m in labels.items() if _sentence(text, m, lines[i])}
    if len(sentences) < _SENTENCES * len(labels):
        return {}
    return {i: m for i, m in labels.items() if i in sentences or often[_known_by(m["name"])] > 1}


def _sentence(text: str, label: re.Match[str], line: Span) -> bool:
    start, end = _trimmed(text, label.end("mark"), line[1])
    last = text[max(start, end - 10) : end].rstrip(_CLOSERS)[-1:]
    return last != "" and last in _STOPS and _PROSE.search(text, start, end) is not None


def _known_by(label: str) -> str:
    """What a label is known by when it comes back shorter: "DAGFINN OLE (fisherman)" and "OLE"."""
    name = re.sub(r"\(.*|,.*|\s[—–-]\s.*", "", label).strip(" *_.")
    words: list[str] = re.findall(r"[\w.'’-]+", name) or [label]
    return words[-1].casefold()


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def with_turns(found: list[Candidate], told: Sequence[Turn], tokens: Tokens) -> list[Candidate]:
    """The candidates, with each turn in place of what the encoder made of its label."""
    if not told:
        return found
    by_anchor = {c.anchor: c for c in found}
    heads: set[int] = set()
    out: list[Candidate] = []
    for turn in told:
        label, mark, said = (_range(tokens, *s) for s in (turn.label, turn.mark, turn.said))
        if not label[0] < label[1] <= mark[0] < mark[1] or said[0] == said[1]:
            continue  # boilerplate, which is not read
        head = range(label[0], mark[1])
        heads |= set(head)
        encoder = tokens_of([r for i in head if i in by_anchor for r in by_anchor[i].content])
        own = [said]
        for span, speaks in turn.more:
            a, b = _range(tokens, *span)
            if not speaks and (turn is told[-1] or 2 * len(encoder & set(range(a, b))) <= b - a):
                break
            own = [*own[:-1], (own[-1][0], b)] if own[-1][1] == a else [*own, (a, b)]
        out.append(Candidate(mark[0], _SURE, _SURE, (label,), (mark,), tuple(own), _SURE, _SURE, _SURE))
    return [*(c for c in found if c.anchor not in heads), *out]


def _range(tokens: Tokens, start: int, end: int) -> Range:
    a = int(np.searchsorted(tokens.end, start, side="right"))
    return a, max(a, int(np.searchsorted(tokens.start, end, side="left")))
