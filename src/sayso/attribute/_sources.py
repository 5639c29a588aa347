"""Who a source is by the form of its sentence: whoever is told something does not tell it, whoever it is told by does; a source
ends with its paragraph, its bracket and its name.

In comes a candidate; out goes the same candidate, its source mended or none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from sayso.attribute._candidates import Candidate, Range
from sayso.attribute._fields import is_decision
from sayso.attribute._turns import token_range
from sayso.encoder import Tokens

_TOLD = (
    r"(?:told|warned|asked|instructed|advised|promised|ordered|informed|assured|urged|reminded|notified|briefed|accused|blamed|"
    r"criticised|criticized|condemned|mocked|rebuked)(?:\s(?:of|for|on|over|as))?"
)
_HEARS = re.compile(
    rf"\b(?:is|are|was|were|be|been|being|am|[’']re|[’']m)\s+(?:\w+ly\s+|also\s+|not\s+)?{_TOLD}$", re.IGNORECASE
)
_ASIDE = re.compile(r",\s*(?:when\s+)?$", re.IGNORECASE)
_ASKED = re.compile(r"(?:asked|pressed|questioned|quizzed)\b", re.IGNORECASE)
# by what somebody is told something, who does not tell it: "by phone", "by registered post"
_BY = (
    r"(?:phone|telephone|call|letter|e-?mail|mail|post|text|sms|fax|cable|radio|telegram|message|notice|announcement|video|link|app|"
    r"whatsapp|tannoy|loudspeaker|signal|hand)s?"
)
_MEANS = re.compile(rf"\b{_BY}$", re.IGNORECASE)
# who follows "told by": up to what tells when, where or what
_TELLER = re.compile(
    rf"""\s+by\s+(?P<who>
      (?!(?:(?:the|his|her|their|an?)\s)?(?:{_BY}|(?:way|mistake|word|noon|midnight|night|day|dawn|end|time|next|last|early|late|mid)s?)\b)
      (?!(?:[a-z]+ing|then|now|today|tomorrow|yesterday|\w+day|January|February|March|April|May|June|July|August|September
        |October|November|December)\b)(?=[^\W\d_])
      (?:(?!(?:that|to|in|on|at|about|who|whom|which|whose|when|while|where|if|whether|not|what|how|why|as|because|there|during
        |after|before|over|via|through|until|since|last|this|earlier|later|today|yesterday|tomorrow|by|for\s\w+ing)\b)
        (?:(?:Dr|Mrs?|Ms|St|Sen|Rep|Gov|Gen|Lt|Col|Prof|Sgt|Rev|[A-Z])\.(?:[A-Z]\.)*|[\w&’'-]+)(?:\s|(?!\w))){{1,12}}
    )""",
    re.VERBOSE,
)
_COMMENTING = re.compile(r"(?:Commenting|Responding|Reacting|Speaking)(?:\s(?:on|to|about|of))?")
_LEADING = re.compile(r"[A-Z]\w+ing\b")
_SURE = 0.5  # probability of a cue that makes another one of its source needless
_RELATIVE = re.compile(r",\s+(?:which|who|whose|whom)$")
_FAR = 100  # code points between two words of different lines or columns
_ON = re.compile(r"\W*On\s[^.:]{1,60}")
_BLANK = re.compile(r"\n[ \t\r]*\n")
_BRACKET = re.compile(r"[^()\n]{0,80}\)")


def sourced(c: Candidate, text: str, tokens: Tokens, names: Sequence[Range]) -> Candidate:
    """The candidate with the source that the form of its sentence tells; `names` are mentions of somebody, in order."""
    if _topic(c, text, tokens):
        return replace(c, source=())
    if _decided(c, text, tokens):
        return replace(c, source=(), cue=((c.source[0][0], c.cue[-1][1]),))
    teller = _teller(c, text, tokens)
    if not c.source or _hears(c, text, tokens) or (teller and c.source[0][0] in range(*teller[0])):
        return replace(c, source=teller)
    source = _with_name(_in_paragraph(c, text, tokens), c, text, tokens, names)
    return replace(c, source=(_ended(source, c, text, tokens),))


def once(found: Sequence[Candidate], text: str, tokens: Tokens) -> list[Candidate]:
    """The candidates without "Commenting on the decision" where the same source says something with another cue."""
    says = {c.source for c in found if c.source and c.top > _SURE and not _comments(c, text, tokens)}
    return [c for c in found if c.source not in says or not _comments(c, text, tokens)]


def led_in(found: Sequence[Candidate], text: str, tokens: Tokens) -> list[Candidate]:
    """The candidates, and "Claiming that …, X told …" is what X claims, too, where nobody was found for it. Of 9 such cues in
    PolNeAR that have no source here the annotators gave 9 to the subject of the main clause."""
    speakers = {c.source[0][0]: c.source for c in found if c.source and c.top > _SURE}
    out = []
    for c in found:
        first, after = c.cue[0][0], c.content[-1][1]
        leads = not c.source and first < c.content[0][0] and after + 1 in speakers and text[tokens.start[after]] == ","
        leads = leads and _LEADING.match(text, int(tokens.start[first])) is not None
        out.append(replace(c, source=speakers[after + 1]) if leads else c)
    return out


def _comments(c: Candidate, text: str, tokens: Tokens) -> bool:
    cue = text[tokens.start[c.cue[0][0]] : tokens.end[c.cue[-1][1] - 1]]
    return c.cue[0][0] < min(c.source, default=(0, 0))[0] and _COMMENTING.fullmatch(cue) is not None


def _decided(c: Candidate, text: str, tokens: Tokens) -> bool:
    """ "RESOLVED: that …" in minutes."""
    if len(c.source) != 1 or c.source[0][1] != c.cue[0][0] or text[tokens.start[c.cue[0][0]]] != ":":
        return False
    return is_decision(text[tokens.start[c.source[0][0]] : tokens.end[c.source[0][1] - 1]])


def _hears(c: Candidate, text: str, tokens: Tokens) -> bool:
    """What was taken for the source is told or asked something ("Directors were told that …"; "A spokesman, asked whether …,
    said …"): who says it is left open, unless it is told by somebody. Of 43 such cues in PolNeAR 36 have no source."""
    if not c.source or c.source[0][0] >= c.cue[0][0]:
        return False
    start = int(tokens.start[c.cue[0][0]])
    if _passive(c, text, tokens, int(tokens.start[c.source[0][0]])):
        return True
    between = text[int(tokens.end[c.source[-1][1] - 1]) - 1 : start]
    return _ASKED.match(text, start) is not None and _ASIDE.search(between) is not None


def _passive(c: Candidate, text: str, tokens: Tokens, first: int) -> bool:
    """The cue is "was told" or the like; `first` is where its clause may begin."""
    start, end = int(tokens.start[c.cue[0][0]]), int(tokens.end[c.cue[-1][1] - 1])
    return _HEARS.search(text[max(first, start - 30) : end].rstrip(" :,")) is not None


def _teller(c: Candidate, text: str, tokens: Tokens) -> tuple[Range, ...]:
    """By whom something is told, right after the cue ("Ministers were told by officials that …"), not how or when."""
    if not _passive(c, text, tokens, 0):
        return ()
    m = _TELLER.match(text, int(tokens.end[c.cue[-1][1] - 1]))
    if m is None or _MEANS.search(m["who"].rstrip()):
        return ()
    a, b = token_range(tokens, m.start("who"), m.start("who") + len(m["who"].rstrip()))
    b = min([b, *(x for x, y in c.content if y > a)])
    return ((a, b),) if a < b else ()


def _topic(c: Candidate, text: str, tokens: Tokens) -> bool:
    """ "On journalists: “They know everything.”": what it is about, not who says it."""
    cue = int(tokens.start[c.cue[0][0]])
    if text[cue] != ":":
        return False
    begin = text.rfind("\n", max(0, cue - 80), cue) + 1
    return (begin > 0 or cue <= 80) and _ON.fullmatch(text, begin, cue) is not None


def _in_paragraph(c: Candidate, text: str, tokens: Tokens) -> Range:
    """The part of the source that stands in the cue's paragraph, where one ends inside it; else the part nearest to the cue."""
    a, b = c.source[0][0], c.source[-1][1]
    gaps = ((i, int(tokens.end[i - 1]), int(tokens.start[i])) for i in range(a + 1, b))
    cuts = [i for i, end, start in gaps if start - end > _FAR or _BLANK.search(text, end, start)]
    if not cuts:
        return a, b
    parts = list(pairwise([a, *cuts, b]))
    at = tokens.paragraph[c.cue[0][0]]
    own = [r for r in parts if tokens.paragraph[r[0]] <= at <= tokens.paragraph[r[1] - 1]] or parts
    return own[-1 if b <= c.cue[0][0] else 0]


def _with_name(r: Range, c: Candidate, text: str, tokens: Tokens, names: Sequence[Range]) -> Range:
    """With the whole of a name that begins or ends on the cue's side of it: "Councillor" of "Councillor Mott"."""
    a, b = r
    if _is_name(c.cue[0][0], text, tokens):
        return r  # a headline, whose words all look like names
    if b <= c.cue[0][0]:
        k = bisect_right(names, (b, len(tokens))) - 1  # the last that begins in it or right behind it
        if k >= 0 and b < names[k][1] <= c.cue[0][0] and _is_name(b, text, tokens) and not tokens.features[b, 2]:
            return a, names[k][1]
    elif a >= c.cue[-1][1]:
        k = bisect_right(names, (a - 1, len(tokens))) - 1
        if k >= 0 and c.cue[-1][1] <= names[k][0] < a < names[k][1] and _is_name(a - 1, text, tokens):
            return names[k][0], b
    return r


def _is_name(i: int, text: str, tokens: Tokens) -> bool:
    return text[tokens.start[i]].isupper()


def _ended(r: Range, c: Candidate, text: str, tokens: Tokens) -> Range:
    """Up to the end of a bracket that it opens, and without the "which" of a clause that it leaves out, or a comma."""
    a, b = r
    while b - a > 1 and text[tokens.start[b - 1]] == ",":
        b -= 1
    start, end = int(tokens.start[a]), int(tokens.end[b - 1])
    said = text[start:end]
    if said.count("(") > said.count(")") and (rest := _BRACKET.match(text, end)):
        last = int(np.searchsorted(tokens.end, rest.end(), "right"))
        if not any(x < last and b < y for x, y in (*c.cue, *c.content)):
            return a, last
    relative = _RELATIVE.search(said)
    if relative and relative.start():
        b = max(a + 1, int(np.searchsorted(tokens.end, start + relative.start(), "right")))
    return a, b
