"""Turns of a transcript: who speaks stands at the head of a paragraph ("SMITH: …", "Q. …", "<ana> …", "S.O. — …").

The form alone tells it: labels of one style that come back, followed by sentences in which people speak of themselves, to each
other or ask; a list of fields ("Date: …") and minutes with headings have none of that. Where no label comes back nothing is
told here, and the encoder reads the text as any other.

A turn's further paragraphs are hard to tell from what stands between turns. They are its own up to the last one in which
somebody speaks, or that the encoder takes for its own; never stage directions, headings, or what begins as a label does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from sayso.attribute._candidates import Candidate, Range
from sayso.attribute._fields import is_field
from sayso.attribute._nested import tokens_of
from sayso.encoder import Tokens

SURE = 0.996  # for the encoder's own probabilities: calibrated 0.93; of the turns in texts that no rule saw 0.94 were right
_LEAST = 3  # labels of one style
_BACK = 0.3  # share of them whose speaker has another one
_SENTENCES = 0.6  # share of turns that end as sentences do
_TALK = 0.2  # share of turns in which somebody speaks of himself or to another, or asks
_WRAPPED = 110  # code points in a line: where none has more, a line break ends no paragraph
_FULL = 0.75  # of the longest: such a line was broken because it was full

_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ ]?[AaPp]\.?[Mm]\.?)?"
_STAMP = rf"(?:\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}},?[ ]+)?{_TIME}"
_LEAD = rf"[ \t>]*(?:\(?\d{{1,3}}[.)][ \t]+)?(?:[\[(]?{_STAMP}[\])]?[ \t]+(?:[-–][ \t]+)?)?[*_]*"  # before a name
_CAPITAL, _TITLE = r"[^\W\d_a-z]", r"(?:(?:The|Mr|Ms|Mrs|Miss|Dr|Hon|Sir|An)\.?[ \t])"
_SMALL = "of|the|de|di|da|del|la|le|van|von|der|den|el|al|bin|and|for|y"
_WORD = rf"(?:(?:{_CAPITAL}|\d)[\w'’&/-]*\.?|{_SMALL})"
_NAME = rf"(?:{_CAPITAL}|\d)[\w'’&/-]*\.?(?:{_CAPITAL}\.)*(?:[ \t]+{_WORD}){{0,6}}"
_BRACKET = r"[ \t]*[\[(](?!\d{1,2}[:.])[^\[\]()\n]{1,70}[\])]"
_OFFICE = rf"[^:.\n]{{0,60}}\b{_CAPITAL}[\w’'-]*"
_ROLE = rf"(?:,[ \t]{_OFFICE}|[ \t]+[—–-][ \t]+{_OFFICE})?(?:{_BRACKET}){{0,3}}"
_COLON = rf"(?:[ \t]*[\[(]{_STAMP}[\])])?(?P<mark>[*_]{{0,2}}:[*_]{{0,2}})(?=\s|$)"
_UPPER = rf"(?:Mc|Mac|De|Di|Le|La|Van|O[’'])?{_CAPITAL}{{2}}[\w’'-]*"
# a label's style: where its name ends, and where what is said begins
_STYLES = {
    "colon": re.compile(rf"{_LEAD}(?P<name>{_NAME}{_ROLE}){_COLON}"),
    "stop": re.compile(
        rf"{_LEAD}(?P<name>{_TITLE}*(?!(?i:mr|mrs|ms|dr|hon|sir)\.)"
        rf"(?:[QA]|(?:{_CAPITAL}[\w’'-]*[ \t])?{_UPPER}(?:[ \t]{_UPPER})*)"
        rf"(?:{_BRACKET}){{0,3}})"
        r"(?P<mark>[*_]{0,2}\.[*_]{0,2})(?=\s|$)"
    ),
    "dash": re.compile(
        rf"{_LEAD}(?P<name>(?:{_CAPITAL}\.-?){{1,4}}|{_TITLE}*{_CAPITAL}[\w’'-]*(?:[ \t]{_CAPITAL}[\w.’'-]*){{0,3}}"
        rf"(?:,[ \t][^:.\n—–]{{1,60}})?(?:{_BRACKET})?)[*_]{{0,2}}[ \t]*(?P<mark>[—–])(?=\s)"
    ),
    "old": re.compile(  # "Mr. Tulloch.—" of old records, "President. – " of Strasbourg
        rf"{_LEAD}(?P<name>{_TITLE}*{_CAPITAL}[\w’'-]*(?:[ \t]{_WORD}){{0,5}}(?:,[ \t][^:.\n—–]{{1,70}})?(?:{_BRACKET}){{0,2}})"
        r"(?P<mark>[*_]{0,2}\.[*_]{0,2}[ \t]?(?:—|–|--|\)))"
    ),
    "stamp": re.compile(  # a line of its own: "Lena Marsh  0:00", "Ali, [12.03.2024 14:02]"
        rf"[ \t]*[*_]{{0,2}}(?P<name>[^\W_][\w.'’@-]*(?:[ \t][\w.'’@-]+){{0,4}})[*_]{{0,2}}(?:,|[ \t][—–-])?[ \t]+"
        rf"(?P<mark>[\[(]?{_STAMP}[\])]?)[ \t:]*$"
    ),
    "nick": re.compile(rf"{_LEAD}<[@+%&~ ]?(?P<name>\w[\w.|-]{{0,29}})(?P<mark>>)(?=\s|$)"),
    "handle": re.compile(rf"{_LEAD}(?P<name>@?[\w.-]{{2,30}}(?:{_BRACKET})?){_COLON}"),
}  # fmt: skip
_CHAT = re.compile(rf"[ \t]*(?:[\[(]?{_STAMP}[\])]?[ \t]|<)")  # how a line of a chat begins
# among labels, "Second reporter:" and "Ms Hart, for the defence:" are some too
_VERBS = (
    "is|are|was|were|has|had|by|on|to|him|her|them|it|as|said|says|asked|asks|added|adds|answered|replied|told|wrote"
)
_AMONG = re.compile(
    rf"{_LEAD}(?P<name>(?!(?:Here|Photo|Related|Read)\b){_CAPITAL}[\w.'’-]*(?:[ \t](?!(?:{_VERBS})\b)[\w.'’-]+){{0,2}}"
    rf"(?:,[ \t][^:.\n]{{1,60}})?(?:{_BRACKET}){{0,3}}){_COLON}"
)
_ANY = re.compile(r"\S+(?:[ \t]\S+){0,3}:\s")  # perhaps a label, and so no part of the turn before
_INITIALS = re.compile(rf"(?:{_CAPITAL}\.-?)+")
# alone in its paragraph
_ASIDE = re.compile(
    rf"\s*(?:\[[^\]]*\]|\([^)]*\)|[*_]{{1,2}}[^*_\n]*[*_]{{1,2}}|#{{1,6}}[ \t].*|[-–—*_]{{3,}}"
    rf"|(?:[\[(]?{_STAMP}[\])]?[ \t]+)?\*[ \t].*)\s*"
)
_STOPS, _CLOSERS = ".?!…—–-", "\"'”’»)]*_"
_HEADING = 70  # code points, in a paragraph without a stop
_TALKS = re.compile(r"(?<!War )(?<!Article )(?<!Part )\b(?:I|[Ww]e|[Yy]ou|[Mm]y|[Oo]ur|me|us|[Yy]our|[Ll]et[’']s)\b")
_PROSE = re.compile(r"[a-z]")  # figures are no turn
Span = tuple[int, int]
Labels = dict[int, "re.Match[str]"]  # by the paragraph that each begins


@dataclass(frozen=True, slots=True)
class Turn:
    """Places in the text: the label, the mark after it, what is said in its paragraph, and the paragraphs up to the next
    label (or the end) that may go on with it, with whether somebody speaks in them."""

    label: Span
    mark: Span
    said: Span
    more: tuple[tuple[Span, bool], ...]


def turns(text: str) -> list[Turn]:
    """The turns of a transcript, or of the part of a text that is one, in order."""
    spans = _paragraphs(text)
    found: Labels = {}
    single: Labels = {}  # labels of a style that does not come back
    for style, pattern in _STYLES.items():
        labels = {
            i: m
            for i, span in enumerate(spans)
            if i not in found and (m := pattern.match(text, *_line(text, span))) and not is_field(m["name"])
        }
        speakers = _speakers(text, labels, spans, style)
        found |= speakers
        if not speakers and style in ("colon", "stop", "old"):
            single = labels | single
    for i in range(min(found, default=0), max(found, default=-1) + 1):
        m = single.get(i) or _AMONG.match(text, *_line(text, spans[i]))
        if i not in found and m and not is_field(m["name"]) and _sentence(text, m, spans, i):
            found[i] = m
    out = []
    order = sorted(found)
    alone = _one(found)  # what is between is asked by somebody else
    for i, after in zip(order, [*order[1:], len(spans)], strict=False):
        first = _said(text, found[i], spans, i)
        rest = spans[i + 1 if first[0] < spans[i][1] else i + 2 : after]
        more = () if alone else tuple((s, talks(text, s)) for s in _going_on(text, rest))
        if first[0] < first[1] and not _ASIDE.fullmatch(text, *first):
            out.append(Turn(found[i].span("name"), found[i].span("mark"), first, more))
    return out


def _paragraphs(text: str) -> list[Span]:
    """Paragraphs, parted also where a line begins with a label; none where labels are few."""
    lines = [m.span() for m in re.finditer(r"[^\r\n]+", text) if not m[0].isspace()]
    heads = [begins(text, line) for line in lines]
    if sum(heads) < _LEAST:
        return []
    widest = max(b - a for a, b in lines)
    out: list[Span] = []
    before = 0  # length of the line before
    for (a, b), head in zip(lines, heads, strict=True):
        if out and widest <= _WRAPPED and text.count("\n", out[-1][1], a) < 2 and not _ASIDE.fullmatch(text, a, b):
            # by its length alone
            broken = before > _FULL * widest and not stops(text, out[-1]) and not _CHAT.match(text, a, b)
            if not head or broken:
                out[-1] = trimmed(text, out[-1][0], b)
                before = b - a
                continue
        out.append(trimmed(text, a, b))
        before = b - a
    return out


def begins(text: str, span: Span) -> bool:
    """Whether a paragraph begins as a label does."""
    return any(pattern.match(text, *_line(text, span)) for pattern in _STYLES.values())


def _line(text: str, span: Span) -> Span:
    """The first line of a paragraph."""
    end = text.find("\n", *span)
    end = span[1] if end < 0 else end
    return span[0], end - (text[end - 1] == "\r")


def _speakers(text: str, labels: Labels, spans: Sequence[Span], style: str) -> Labels:
    """The labels of one style, if they are speakers: some come back, are more than one, and are followed by sentences in which
    people talk."""
    often = Counter(_known_by(m["name"]) for m in labels.values())
    back = sum(n for n in often.values() if n > 1)
    if len(labels) < _LEAST or back < 2 or back < _BACK * len(labels):
        return {}
    if _one(labels) and not all(_INITIALS.fullmatch(m["name"]) for m in labels.values()):
        return {}  # only answers with initials may have questions without a label
    prose = sum(_PROSE.search(text, *_said(text, m, spans, i)) is not None for i, m in labels.items())
    if style in ("nick", "stamp"):
        tags = not {m["name"] for m in labels.values()}.isdisjoint(re.findall(r"</([^<>\n]+)>", text))
        return labels if not tags and 2 * prose > len(labels) else {}
    if sum(talks(text, _said(text, m, spans, i)) for i, m in labels.items()) < _TALK * len(labels):
        return {}
    if style == "handle":  # of which none need have a stop
        return (
            labels if 2 * prose > len(labels) and any(re.search(r"[\d_@]", m["name"]) for m in labels.values()) else {}
        )
    sentences = {i for i, m in labels.items() if _sentence(text, m, spans, i)}
    if len(sentences) < _SENTENCES * len(labels):
        return {}
    kept = {i: m for i, m in labels.items() if i in sentences or often[_known_by(m["name"])] > 1}
    alone = _one(kept) and not _one(labels)
    return {} if len(kept) < _LEAST or alone else kept


def _one(labels: Labels) -> bool:
    """All labels are one speaker's: "OLE" and "DAGFINN OLE" are, "ANN SMITH" and "BOB SMITH" are not."""
    names = {tuple(re.sub(r"[\[(].*|,.*", "", m["name"]).casefold().split()) for m in labels.values()}
    longest = max(names, key=len, default=())
    return all(longest[len(longest) - len(name) :] == name for name in names)


def _said(text: str, label: re.Match[str], spans: Sequence[Span], i: int) -> Span:
    """What is said in the label's paragraph, or in the next where the label stands alone."""
    start, end = trimmed(text, label.end("mark"), spans[i][1])
    if start == end and i + 1 < len(spans) and not begins(text, spans[i + 1]):
        return spans[i + 1]
    return start, end


def _sentence(text: str, label: re.Match[str], spans: Sequence[Span], i: int) -> bool:
    span = _said(text, label, spans, i)
    return stops(text, span) and _PROSE.search(text, *span) is not None


def stops(text: str, span: Span) -> bool:
    """It ends as a sentence does."""
    last = text[max(span[0], span[1] - 10) : span[1]].rstrip(_CLOSERS)[-1:]
    return last != "" and last in _STOPS


def talks(text: str, span: Span) -> bool:
    """Somebody speaks of himself or to another, or asks."""
    return text[max(span[0], span[1] - 3) : span[1]].rstrip(_CLOSERS).endswith("?") or (
        _TALKS.search(text, *span) is not None
    )


def _going_on(text: str, rest: Sequence[Span]) -> list[Span]:
    """The paragraphs after a turn's first that may be its own: stage directions are left out, and a heading or what begins as
    a label does ends it."""
    out = []
    for span in rest:
        if _ASIDE.fullmatch(text, *span):
            continue
        if begins(text, span) or _ANY.match(text, *span) or (not stops(text, span) and span[1] - span[0] <= _HEADING):
            break
        out.append(span)
    return out


def _known_by(label: str) -> str:
    """What a label is known by when it comes back shorter: "DAGFINN OLE (fisherman)" and "OLE"."""
    name = re.sub(r"[\[(].*|,.*|\s[—–-]\s.*", "", label).strip(" *_.")
    words: list[str] = re.findall(r"[\w.'’-]+", name) or [label]
    return words[-1].casefold()


def trimmed(text: str, start: int, end: int) -> Span:
    """A span without the space at its edges."""
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
        label, mark, said = (token_range(tokens, *s) for s in (turn.label, turn.mark, turn.said))
        if not label[0] < label[1] <= mark[0] < mark[1] or said[0] == said[1]:
            continue  # boilerplate, which is not read
        head = range(label[0], mark[1])
        heads |= set(head)
        encoder = tokens_of([r for i in head if i in by_anchor for r in by_anchor[i].content])
        content = (said, *_own(turn, tokens, encoder, last=turn is told[-1]))
        out.append(Candidate(mark[0], SURE, SURE, (label,), (mark,), content, SURE, SURE, SURE))
    return [*(c for c in found if c.anchor not in heads), *out]


def _own(turn: Turn, tokens: Tokens, encoder: frozenset[int], *, last: bool) -> list[Range]:
    """The further paragraphs that are a turn's own; `encoder` are the tokens that the encoder gives to it. Nothing but both
    signs together tells where the last turn ends."""
    ranges: list[Range] = []
    mine: list[bool] = []
    for span, talks in turn.more:
        a, b = token_range(tokens, *span)
        if a < b:  # else boilerplate
            held = 2 * len(encoder & set(range(a, b))) > b - a
            ranges.append((a, b))
            mine.append(talks and held if last else talks or held)
    if last:
        return [r for r, _ in takewhile(lambda x: x[1], zip(ranges, mine, strict=True))]
    return ranges[: max((i + 1 for i, own in enumerate(mine) if own), default=0)]


def token_range(tokens: Tokens, start: int, end: int) -> Range:
    """The tokens of a span, with one that it begins inside."""
    a = int(np.searchsorted(tokens.end, start, side="right"))
    return a, max(a, int(np.searchsorted(tokens.start, end, side="left")))


def tokens_from(tokens: Tokens, start: int, end: int) -> Range:
    """The tokens that begin in a span."""
    return int(np.searchsorted(tokens.start, start)), int(np.searchsorted(tokens.start, end))
