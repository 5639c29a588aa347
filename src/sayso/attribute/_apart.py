"""Words that stand in paragraphs of their own, apart from who says them: a quotation signed below it (“…” — Maria Holt, lawyer)
or several in a row, and unmarked words behind a line that ends in "said:", as press offices of states publish them. And
quotations right behind "X said:", which are no part of what somebody else says.

The encoder sees none of them well: news has them seldom. A line break between, or that they come back, is what tells them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sayso.attribute._candidates import Candidate
from sayso.attribute._nested import tokens_of, without
from sayso.attribute._turns import SURE, begins, stops, talks, token_range, trimmed
from sayso.encoder import OPENING, QuotedRuns, Tokens
from sayso.records import Document

Span = tuple[int, int]

_SIGNED = re.compile(
    r"[ \t]*(?:\r?\n[ \t>]*){0,2}(?P<mark>[—–―]|--?)[ \t]*"
    r"(?P<who>(?!(?i:and|but|or|so|then|he|she|it|they|we|i|you|not|that|which|who|when|as)\b)"
    r"\w[^\n\r\"“”]{1,90}?)[ \t]*(?=\r?\n|\Z)"
)
_SIGNATURE = re.compile(r"\n[ \t>]*(?:[—–―]|--?)")
_PARTED = re.compile(r"(?<!:)\n[ \t\r]*\n\s*\Z")  # behind "He said:" it is his
_PROSE = re.compile(
    r"\b(?!(?:the|and|for|with|from|into|over|upon)\b)[a-z]{3}"
)  # of which the title of a work has none
_SENTENCE = re.compile(r"[.!?…]$|\b(?:said|says|is|are|was|were|has|had)\b")
_INITIAL = re.compile(r"\b(?:[A-Z]|Jr|Sr|Inc|Ltd|Co)\.$")
_TITLE = r"(?:(?:Sen|Gov|Rep|Mr|Mrs|Ms|Dr|Prof|Pres|Lt|Gen|Col|Maj|Capt|Sgt|Rev|Fr|Hon|Sir|Dame|Cllr)\.?[ \t]+)"
_NAMED = r"(?:[^\W\d_a-z][\w’'-]+|[^\W\d_a-z]\.(?:[^\W\d_a-z]\.)*)"
_SMALL = r"(?:(?:de|da|di|del|la|le|van|von|der|den|el|al|bin|ibn|of|the)[ \t]+)"
_NAME = rf"{_TITLE}{{0,3}}(?!{_TITLE}){_NAMED}(?:[ \t]{{1,3}}{_SMALL}{{0,2}}{_NAMED}){{0,4}}"
# runs of spaces are bounded, so that a hostile line costs no square of them
_ROLE = r"(?:[ \t]{0,3}\([^()\n]{1,60}\)|,[ \t]{1,3}(?=\S)(?:[^.\n\"“”«»:;—–]|(?<=\b[A-Z])\.){1,70}?(?<=\S))?"
_BEHIND = re.compile(
    rf"[ \t]{{0,3}}(?P<mark>[—–―]|--|(?<=\s)-(?=\s))[ \t]{{0,3}}(?P<who>{_NAME}{_ROLE})"
    r"(?=\.(?:\s|\Z)|[ \t]{0,3}(?:\n|\Z|[“\"«]))"
)
_BELOW = re.compile(
    rf"[ \t]{{0,3}}\r?\n[ \t]{{0,3}}(?P<who>(?P<name>{_NAME})(?P<role>{_ROLE}))"
    r"[ \t]{0,3}(?=\r?\n[ \t]{0,3}\r?\n|\s{0,9}\Z)"
)
_VERBS = (
    r"said|says|added|adds|commented|comments|stated|states|replied|continued|declared|told\s[^:\n]{2,40}|"
    r"(?:wrote|writes|written)(?:\s(?:to|in)\s[^:\n]{2,60})?"
)
_SAID = re.compile(
    rf"\b(?P<cue>(?:has |have |had |also |then |further |later )*(?:{_VERBS})(?:\s(?:today|yesterday|on \w+))?:)$"
)
_SAYS = 80  # code points in which "who says" stands before the colon
_WORD = re.compile(r"\w")
_NOUN = re.compile(  # "The Almighty", "Ann Lee", "Fisheries spokesman Eamon Droy, who …," and no pronoun
    r"(?!(?:He|She|They|It|I|We|You|This|That|Who|And|But|One)\b)[^\W\d_a-z][\w.’'-]*(?:\s[\w.’'&-]+){0,6}(?:,\s[^,:\n]{1,60},)?"
)
_STOP = re.compile(
    r"(?<![A-Z])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z]{2})[.!?][\"”’')]*\s+(?=[^\W_a-z])"
)  # not after "Mr", "Sen"
_FIRST = re.compile(
    r"(?:Commenting|Speaking|Responding|Reacting|Welcoming|Announcing|Asked|Writing|In|On|At|After|Before|Following|During"
    r"|Today|Yesterday|Earlier)\b[^,\n]*,\s+"
)
_HEADING = 70  # code points, in a paragraph without a stop
_LONGEST = 300  # code points of the line that says who speaks
_LIST = re.compile(r"[-–—•*·▪►‣\d(]")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?"
_CREDITED = r"(?:Photo|Picture|Image|Video|Credit|Source|By|Follow|See|Via)\b"
_POSTED = re.compile(  # what a page makes of a post that it shows: "— Name (@name) September 1, 2016"
    rf"(?<![^\s>”\"’'.!?/])(?P<mark>[—–―]|--)[ \t]{{0,3}}(?P<who>(?![a-z]|{_CREDITED})[^\s()@\n]"
    r"[^()@\n]{0,60}[ \t]{1,3}\(@\w{1,30}\))"
    rf"[ \t]{{1,3}}(?:{_MONTH}[ \t]\d{{1,2}},[ \t]\d{{4}}|\d{{1,2}}[ \t]{_MONTH}[ \t]\d{{4}})"
)
_LINKS = re.compile(r"(?:\s{0,3}(?:https?://|pic\.twitter\.com/)[^\s/]{0,40}/?[\w/-]{1,80}){1,5}\Z")
_TAG = re.compile(r"<[^<>\n]{0,300}>")
_CLOSING_TAG = re.compile(r"(?:</[a-z]{1,12}>\s{0,3})+(?=\Z)", re.IGNORECASE)
_POST = 2000  # code points of a post's paragraph


@dataclass(frozen=True, slots=True)
class Apart:
    """Places in the text: who says it, the cue, and the paragraphs that are said."""

    who: Span
    cue: Span
    said: tuple[Span, ...]


def apart(text: str, runs: QuotedRuns, blocks: Sequence[Span] = ()) -> list[Apart]:
    """All such words of a text, in order; `blocks` are quoted without marks."""
    marked = runs.outermost()
    signed = [*_signed(text, [*marked, *blocks]), *_in_a_row(text, marked), *_below(text, marked)]
    return sorted([*{a.said: a for a in signed}.values(), *_unmarked(text), *_posts(text)], key=lambda a: a.cue)


def quoted_blocks(document: Document) -> list[Span]:
    """What the page quotes without marks, but for who signs it in the last line."""
    text, out = document.text, []
    for block in document.quoted_blocks:
        last = text.rfind("\n", block.start, block.end)
        signed = last >= 0 and _SIGNATURE.match(text, last, block.end)
        out.append((block.start, block.start + len(text[block.start : last].rstrip()) if signed else block.end))
    return out


def _signed(text: str, quoted: Sequence[Span]) -> Iterator[Apart]:
    for start, end in quoted:
        m = _SIGNED.match(text, end)
        if m is None or "\n" not in text[end : m.end() + 1]:
            continue
        if _WORD.search(text, text.rfind("\n", 0, start) + 1, start):
            continue  # words stand before it in its line
        if _SENTENCE.search(m["who"]) and not _INITIAL.search(m["who"]):
            continue
        yield Apart(m.span("who"), m.span("mark"), ((start, end),))


def _in_a_row(text: str, quoted: Sequence[Span]) -> Iterator[Apart]:
    """Several quotations in a row, each with a dash and a name behind it: “…” — Ann Lee. “…” — Theo Brand."""
    row: list[Apart] = []
    for start, end in quoted:
        m = _BEHIND.match(text, end)
        if row and (m is None or text[row[-1].who[1] : start].strip(" \t\r\n.-–•*")):
            yield from row if len(row) > 1 else ()
            row = []
        if m and _PROSE.search(text, start, end) and not _SENTENCE.search(m["who"].rstrip(".")):
            row.append(Apart(m.span("who"), m.span("mark"), ((start, end),)))
    yield from row if len(row) > 1 else ()


def _posts(text: str) -> Iterator[Apart]:
    """Posts that the page shows, each a paragraph that ends in who wrote it and when."""
    at = 0
    while (handle := text.find("(@", at)) >= 0:
        at = handle + 2
        start = text.rfind("\n", max(0, handle - _POST), handle) + 1
        if not start and handle > _POST:
            continue  # too long for one; and a hostile line must not be searched for each
        m = next(
            (m for k in range(65, 1, -1) if (m := _POSTED.match(text, max(start, handle - k))) and m.end() > handle),
            None,
        )
        if m is None or _TAG.sub("", text[m.end() : m.end() + _POST].split("\n", 1)[0]).strip(" \t\r."):
            continue
        tag = _TAG.match(text, start)
        closing = _CLOSING_TAG.search(text, start, m.start())
        start, end = trimmed(text, tag.end() if tag else start, closing.start() if closing else m.start())
        links = _LINKS.search(text[max(start, end - 500) : end])
        end -= len(links[0]) if links else 0
        if _PROSE.search(text, start, end):
            yield Apart(m.span("who"), m.span("mark"), ((start, end),))


def _below(text: str, quoted: Sequence[Span]) -> list[Apart]:
    """Quotations that are paragraphs, each with a line below it that is a name and perhaps a role, without a dash. One such
    line may be anything; two are not."""
    found = []
    for start, end in quoted:
        m = _BELOW.match(text, end)
        parted = start == 0 or _PARTED.search(text, max(0, start - 20), start) is not None
        named = m is not None and (m["role"] or len(m["name"].split()) > 1)  # "Advertisement" signs nothing
        if m and named and parted and _PROSE.search(text, start, end) and not _SENTENCE.search(m["who"]):
            at = m.end("role") - len(m["role"].lstrip())  # the comma, else the name: nothing else tells it
            found.append(Apart(m.span("who"), (at, at + 1) if m["role"] else m.span("name"), ((start, end),)))
    return found if len(found) > 1 else []


def _unmarked(text: str) -> Iterator[Apart]:
    spans = [m.span() for m in re.finditer(r"[^\s](?:[^\r\n]*[^\s])?", text)]
    i = 0
    while i + 1 < len(spans):
        span, i = spans[i], i + 1
        head = _says(text, *span)
        if head is None:
            continue
        who, cue = head
        said: list[Span] = []
        last = 0
        while i < len(spans) and _goes_on(text, spans[i]):
            said.append(spans[i])
            last = len(said) if talks(text, spans[i]) or len(said) == 1 else last
            i += 1
        if said and re.search(r"\w", text[slice(*who)]):
            yield Apart(who, cue, tuple(said[:last]))


def _says(text: str, start: int, end: int) -> tuple[Span, Span] | None:
    """Who speaks, and the cue, where [start, end) ends in "X said:"."""
    if text[end - 1 : end] != ":" or end - start > _LONGEST:
        return None
    cue = _SAID.search(text, max(start, end - _SAYS), end)
    if cue is None:
        return None
    start = max([start, *(m.end() for m in _STOP.finditer(text, start, cue.start()))])
    first = _FIRST.match(text, start, cue.start())
    return (first.end() if first else start, cue.start() - 1), cue.span("cue")


def introduced(text: str, quoted: Sequence[Span]) -> list[Apart]:
    """Quotations with "X says:" right before them, where X is named: they go on with nobody else's."""
    out = []
    before = 0
    for start, end in quoted:
        lead = trimmed(text, max(before, start - _LONGEST), start)[1]
        first, _ = trimmed(text, max(before, text.rfind("\n", before, lead) + 1), lead)
        head = _says(text, first, lead) if first < lead else None
        if head and _NOUN.fullmatch(text, *head[0]):
            out.append(Apart(*head, ((start, end),)))
        before = end
    return out


_STANDS = 0.4  # probability of a candidate that will hardly be passed over


def with_introduced(found: Sequence[Candidate], told: Sequence[Apart], tokens: Tokens) -> list[Candidate]:
    """The candidates, with each of these quotations taken from those whose cue stands elsewhere; where the encoder gave it to
    them alone, it is whom it is introduced by who says it."""
    heads: dict[int, int] = {}  # token -> the quotation that is introduced with it
    words: dict[int, int] = {}  # token -> the quotation in which it stands
    made: list[Candidate] = []
    for each in told:
        who, cue, said = (token_range(tokens, *s) for s in (each.who, each.cue, each.said[0]))
        if who[0] < who[1] <= cue[0] < cue[1] <= said[0] < said[1]:  # else boilerplate, which is not read
            heads.update(dict.fromkeys(range(who[0], cue[1]), len(made)))
            words.update(dict.fromkeys(range(*said), len(made)))
            made.append(Candidate(cue[0], SURE, SURE, (who,), (cue,), (said,), SURE, SURE, SURE))
    out: list[Candidate] = []
    lost: set[int] = set()
    own: set[int] = set()  # that the encoder gave to the cue before them
    for c in found:
        content = tokens_of(c.content)
        held = Counter(words[i] for i in content if i in words)
        around = {heads[i] for i in content if i in heads}
        mine = heads.get(c.anchor, words.get(c.anchor))
        if max(c.top, c.any) >= _STANDS:
            whole = {n for n, size in held.items() if 2 * size > len(tokens_of(made[n].content))}
            own |= whole & {heads.get(c.anchor)}
        taken = held.keys() - around - {mine}
        lost |= taken if max(c.top, c.any) >= _STANDS else set()
        out.append(
            replace(c, content=without(c.content, {i for i in content if words.get(i) in taken})) if taken else c
        )
    new = lost - own
    kept = (c for c in out if c.content and heads.get(c.anchor) not in new)
    return [*kept, *(made[n] for n in sorted(new))]


def _goes_on(text: str, span: Span) -> bool:
    """An unmarked paragraph of sentences: no heading, list, label, quotation or another line that says who speaks."""
    if text[span[0]] in OPENING or _LIST.match(text, *span) or begins(text, span):
        return False
    if _SAID.search(text, max(span[0], span[1] - _SAYS), span[1]):
        return False
    return stops(text, span) or span[1] - span[0] > _HEADING


def with_apart(found: Sequence[Candidate], told: Sequence[Apart], tokens: Tokens) -> list[Candidate]:
    """The candidates, with each of these in place of what the encoder made of its words."""
    heads: set[int] = set()
    whose: dict[int, int] = {}  # token -> the cue of whom it belongs to
    made = []
    for each in told:
        who, cue = token_range(tokens, *each.who), token_range(tokens, *each.cue)
        said = tuple(r for s in each.said if (r := token_range(tokens, *s))[0] < r[1])
        if not said or who[0] >= who[1] or cue[0] >= cue[1]:
            continue  # boilerplate, which is not read
        heads.update(range(min(who[0], cue[0]), max(who[1], cue[1])))
        whose.update((i, cue[0]) for i in tokens_of(said))
        made.append(Candidate(cue[0], SURE, SURE, (who,), (cue,), said, SURE, SURE, SURE))
    out = []
    for c in found:
        # what lies in somebody's words takes in no other words, and what lies outside none of them
        lost = {i for i in tokens_of(c.content) if i in heads or whose.get(i) != whose.get(c.anchor)}
        content = without(c.content, lost) if lost else c.content
        if c.anchor not in heads and content:
            out.append(replace(c, content=content))
    return [*out, *made]
