"""Quotations that go on with what was said before, without a cue of their own: behind a clause that only adds how or what else
(“…,” Lund said, adding that she was tired. “…”), and alone in a paragraph (“…,” Lund said. ¶ “…”; Lund said that …. ¶ “…”).

In come a document's candidates; out come the same, with such quotations given to whoever says them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sayso.attribute._candidates import Candidate, Range
from sayso.attribute._nested import tokens_of
from sayso.attribute._quotations import united
from sayso.attribute._turns import begins as begins_turn
from sayso.attribute._turns import tokens_from
from sayso.encoder import CLOSING, OPENING, Quoted, QuotedRuns, Tokens

_STANDS = 0.5  # probability of a candidate that will hardly be passed over
_CLAIMS = 0.3  # … and of one that has a quotation which it will hardly lose
_LEAST = 4  # words of a paragraph that is nothing but a quotation: fewer are a heading
_PARTICIPLE = re.compile(r"\w+ing\b")
_RELATIVE = frozenset(("which", "that", "who"))
_STOPS = ".!?…—-"
# an answer is not the asker's
_ASKS = re.compile(
    r"\b(?:ask|wants?\sto\sknow|wanted\sto\sknow|demand|wonder|question|inquir|enquir|quiz|press)", re.IGNORECASE
)
_SAYS = re.compile(
    r"\b(?:said|says|told|tells|adds|added|explain(?:s|ed)|insist(?:s|ed)|argue[sd]|warn(?:s|ed)|assure[sd]|note[sd]|recall(?:s|ed)|"
    r"continue[sd]|wrote|writes|state[sd]|claim(?:s|ed)|conclude[sd]|admit(?:s|ted)|acknowledge[sd])\b",
    re.IGNORECASE,
)
# what is quoted between two paragraphs is seldom a paper's
_PAPERS = re.compile(
    r"\b(?:reports?|polls?|surveys?|study|studies|charter|law|statement|letter|documents?|review|analysis|paper|data|figures|"
    r"records|rules?|notice|sign)\Z",
    re.IGNORECASE,
)
_ANOTHERS = re.compile(
    r"\s*(?:Those (?:were|are)|That (?:is|was) (?:how|what)|This (?:is|was) (?:how|what)|So (?:said|ran|wrote|went))\b"
)


def going_on(
    found: Sequence[Candidate], text: str, tokens: Tokens, runs: QuotedRuns, begins: Sequence[int]
) -> list[Candidate]:
    """The candidates; `begins` are the tokens with which sentences begin, in order."""
    return _alone(_main_clause(found, text, tokens, runs, begins), text, tokens, runs, begins)


def _main_clause(
    found: Sequence[Candidate], text: str, tokens: Tokens, runs: QuotedRuns, begins: Sequence[int]
) -> list[Candidate]:
    """What is quoted behind the sentence “…,” X said, adding that …, is said and not added. Of 34 such quotations in PolNeAR's
    training texts the annotators gave 25 to the verb of the main clause."""
    out = list(found)
    said = sorted((c.anchor, i) for i, c in enumerate(found) if c.top > _STANDS and c.content[0][1] <= c.anchor)
    for i, c in enumerate(found):
        first = c.cue[0][0]
        if c.content[0][0] < first or _PARTICIPLE.match(text, int(tokens.start[first])) is None:
            continue
        k = bisect_right(begins, first)
        sentence = begins[k - 1] if k else 0
        before = [n for _, n in said[bisect_left(said, (sentence, 0)) : bisect_left(said, (first, 0))] if n != i]
        whose = max(before, key=lambda n: found[n].top, default=None)
        end = c.content[-1][1]
        after = (begins[j] for j in range(k, bisect_left(begins, end)))
        later = next((x for x in after if text[tokens.start[x]] in OPENING), end)
        if whose is None or not c.content[0][0] < later < end:
            continue
        if c.source and not tokens_of(c.source) & tokens_of(found[whose].source):
            continue
        out[i] = replace(c, content=tuple((a, min(b, later)) for a, b in c.content if a < later))
        more = [_whole((max(a, later), b), tokens, runs) for a, b in c.content if b > later]
        out[whose] = replace(out[whose], content=united([*out[whose].content, *more]))
    return out


def _whole(r: Range, tokens: Tokens, runs: QuotedRuns) -> Range:
    """Up to the end of the quotation that it begins with."""
    start = int(tokens.start[r[0]])
    end = max((run.end for run in runs.touching(start, start + 1) if run.start == start and run.closed), default=0)
    return r[0], max(r[1], int(np.searchsorted(tokens.start, end)))


def _alone(
    found: list[Candidate], text: str, tokens: Tokens, runs: QuotedRuns, begins: Sequence[int]
) -> list[Candidate]:
    """A paragraph that is nothing but a quotation, and that nobody has, goes on with the words of whoever is quoted, or says
    something, in the last sentence before it. Of 17 such paragraphs in PolNeAR that have a speaker 15 have who stands
    there; who asks, and reported words before a row of quotations or before another's, are left out on top of that."""
    quoted = [(run, r) for run in runs if (r := _paragraph(run, text, tokens))]
    alone = [r for _, r in quoted]
    if not alone:
        return found
    has: dict[int, list[int]] = defaultdict(list)  # a token in or before such a paragraph -> who has it
    places = sorted({i for a, b in alone for i in (a + (b - a) // 2, a - 1, a - 2)})
    # an anchor in the quotation itself claims nothing of it, if its mark is closed: else “Go, said Lund. She left.” is one
    within = {a + (b - a) // 2: range(a, b) for run, (a, b) in quoted if run.closed}
    for n, c in enumerate(found):
        if max(c.top, c.any) >= _CLAIMS:
            for a, b in c.content:
                for i in places[bisect_left(places, a) : bisect_left(places, b)]:
                    if c.anchor not in within.get(i, ()):
                        has[i].append(n)
    by_anchor = sorted((c.anchor, n) for n, c in enumerate(found))
    for k, (run, (a, b)) in enumerate(quoted):
        middle = a + (b - a) // 2
        if has[middle] or _ANOTHERS.match(text, int(tokens.end[b - 1])):
            continue
        before = [q for q, r in quoted[max(0, k - 1) : k] if q.closed and r[1] == a]
        row = before + [q for q, r in quoted[k + 1 : k + 2] if run.closed and r[0] == b]
        if row and any("?" in text[each.end - 3 : each.end] for each in (run, *row)):
            continue  # several people's, who ask and answer
        last = begins[bisect_left(begins, a) - 1]
        there = [n for _, n in by_anchor[bisect_left(by_anchor, (last, 0)) : bisect_left(by_anchor, (a, 0))]]
        marked = [i for i in (a - 1, a - 2) if i >= 0 and tokens.features[i, 1] > 0]
        held = [n for i in marked for n in has[i] if found[n].top > _STANDS and found[n].source]
        chosen = _speaking([found[n] for n in there], text, tokens) if there else None
        whose = there[chosen] if chosen is not None else held[0] if held else None
        if whose is None:
            continue
        if not _quotes(found[whose], tokens) and (row or _others(by_anchor, found, whose, b, begins)):
            continue
        found[whose] = replace(found[whose], content=united([*found[whose].content, (a, b)]))
        for i in (middle, b - 1, b - 2):
            has[i].append(whose)
    return found


def _speaking(there: Sequence[Candidate], text: str, tokens: Tokens) -> int | None:
    """Who goes on, of those who speak in a sentence: who stands behind his words (“…,” Lund said), else the last one. Not who
    speaks in another's words or is only told of ("the letter, which said …"), nor anybody in a title."""
    inside = tokens_of([r for c in there if max(c.top, c.any) >= _CLAIMS for r in c.content])
    may, behind = [], []
    for n, c in enumerate(there):
        source, cue = (text[tokens.start[r[0][0]] : tokens.end[r[-1][1] - 1]] for r in (c.source or c.cue, c.cue))
        if c.top <= _STANDS or not c.source or c.anchor in inside or source in _RELATIVE or _ASKS.search(cue):
            continue
        if c.content[0][0] < c.anchor and _quotes(c, tokens):
            behind.append(n)
        elif _SAYS.search(cue) and not _PAPERS.search(source):
            may.append(n)
    if behind:
        return behind[0]
    return may[-1] if may and tokens.paragraph[there[may[-1]].anchor] != tokens.paragraph[0] else None


def _quotes(c: Candidate, tokens: Tokens) -> bool:
    """Whether somebody's words are given as they were said."""
    return any(tokens.features[a, 1] > 0 or tokens.features[b - 1, 1] > 0 for a, b in c.content)


def _others(
    by_anchor: Sequence[tuple[int, int]], found: Sequence[Candidate], whose: int, end: int, begins: Sequence[int]
) -> bool:
    """Whether the sentence behind a quotation tells of what another says or thinks: it may be his."""
    k = bisect_right(begins, end)
    last = begins[k] if k < len(begins) else end + 100
    after = by_anchor[bisect_left(by_anchor, (end, 0)) : bisect_left(by_anchor, (last, 0))]
    return any(found[n].source and found[n].top > _CLAIMS and n != whose for _, n in after)


def _paragraph(run: Quoted, text: str, tokens: Tokens) -> Range | None:
    """The tokens of a quotation that is a paragraph of sentences by itself, behind another one."""
    a, b = tokens_from(tokens, run.start, run.end)
    if run.single or a == 0 or b <= a or not tokens.features[a, 2] or text.count(" ", run.start, run.end) < _LEAST - 1:
        return None
    if b < len(tokens) and tokens.paragraph[b] == tokens.paragraph[a]:
        return None
    if begins_turn(text, (run.start + len(run.mark), run.end)):
        return None  # who speaks stands in it
    if run.closed and text[run.start : run.end].rstrip(CLOSING)[-1:] not in _STOPS:
        return None
    return a, b
