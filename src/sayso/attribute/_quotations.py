"""Contents and quotation marks: a content that ends next to a mark takes it in, and a long quotation is taken whole.

The encoder sees at most one window. Where a content reaches the window's edge inside a quotation, the quotation goes on to
its closing mark, and over following paragraphs that each begin with an opening mark. A turn in a transcript has no marks: it
ends where the next speaker's begins.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sayso.attribute._candidates import Candidate, Range
from sayso.attribute._turns import begins, tokens_from
from sayso.attribute._windows import Window
from sayso.encoder import CLOSING, Quoted, QuotedRuns, Tokens

_NEAR = 2  # tokens between a content's edge and the mark that it is taken to
_STOPS = ".!?…"
_ODD = 0.5  # probability of a cue from which it tells that a mark was never closed
_SIGNS = "*_#>~|"  # of Markdown; a span neither begins nor ends with one that stands for itself
_WORD = re.compile(r"\w")
_NEXT = re.compile(r"[^\S\n]*(\S)")  # what comes next in a paragraph
_GOES_ON = re.compile(r"[\d,;:()&/–—-]")  # and belongs to the same sentence, as a word in lower case does


def snap(c: Candidate, text: str, tokens: Tokens, runs: QuotedRuns, window: Window) -> Candidate:
    """The candidate with its contents' edges moved to the quotation marks that they all but reach.

    A content that begins with a quotation ends with it, if a stop stands inside the closing mark, a new sentence begins after
    it, and nothing quoted follows. One that has but the first word or two of a quotation that is a paragraph leaves it out.
    """
    if not runs:
        return c
    content = []
    for a, b in c.content:
        start, end = int(tokens.start[a]), int(tokens.end[b - 1])
        touching = runs.touching(start, end)
        for r in touching:
            first, last = tokens_from(tokens, r.start, r.end)
            if first <= c.anchor < last:
                continue
            inside = min(b, last) - max(a, first)
            if a < first < b and inside <= _NEAR < last - first - inside and tokens.features[first, 2]:
                b = first  # a word or two of the next paragraph
                continue
            if a > first and (a - first <= _NEAR or first < window.start) and inside > _NEAR:
                a = first
            if b < last and (last - b <= _NEAR or b >= window.end - 1) and inside > _NEAR:
                b = last
            if a == first and b > last > a and _ends_sentence(text, r) and not any(o.start >= r.end for o in touching):
                b = last
        content.append((a, b))
    return replace(c, content=_merged(content, c))


def _ends_sentence(text: str, r: Quoted) -> bool:
    """A sentence ends inside the closing mark: a stop stands there, and what follows begins with a capital ("the U.S." does
    not end one before "would")."""
    last = text[r.start : r.end].rstrip(CLOSING)[-1:]
    if not (r.closed and last and last in _STOPS):
        return False
    following = _NEXT.match(text, r.end)
    return following is None or not (following[1].islower() or _GOES_ON.match(following[1]))


def whole_block(c: Candidate, text: str, tokens: Tokens, blocks: Sequence[Range]) -> Candidate:
    """A content that begins with a block quotation of the page, which its cue or a colon introduces, is all of it, and else
    only what stands in marks. The blocks are in order and apart."""
    for a, b in c.content:
        for first, last in blocks[bisect_left(blocks, (a - _NEAR, 0)) : bisect_left(blocks, (b, 0))]:
            colon = first > 0 and text[tokens.start[first - 1]] == ":"
            if (
                (first - _NEAR <= a <= first + _NEAR or (colon and a < first))
                and a < last
                and not first <= c.anchor < last
            ):
                others = [r for r in c.content if (r[1] <= first or r[0] >= last) and tokens.features[r[0], 1] > 0]
                return replace(c, content=_merged([*others, (first, last)], c))
    return c


def over_paragraphs(found: list[Candidate], tokens: Tokens, runs: QuotedRuns) -> list[Candidate]:
    """The candidates, with quotations followed over paragraphs that each begin with an opening mark.

    Print leaves a quotation open at a paragraph's end where the same speaker goes on. So a paragraph of such a quotation has
    the speaker whose cue stands in it, else the one of the paragraph before, else one who already has it, else the one after.
    """
    chains = runs.over_paragraphs()
    if not chains:
        return found
    near: dict[int, set[int]] = defaultdict(set)  # a paragraph -> the candidates with an anchor or content in it
    for i, c in enumerate(found):
        near[int(tokens.paragraph[c.anchor])].add(i)
        for a, b in c.content:
            for paragraph in range(int(tokens.paragraph[a]), int(tokens.paragraph[b - 1]) + 1):
                near[paragraph].add(i)
    for chain in chains:
        read = [(a, b) for a, b in (tokens_from(tokens, r.start, r.end) for r in chain) if a < b]  # boilerplate is not
        for ranges in _unbroken(read, found, tokens, near):
            _share(ranges, found, tokens, near)
    return [c for c in found if c.content]


def _unbroken(
    ranges: Sequence[Range], found: Sequence[Candidate], tokens: Tokens, near: Mapping[int, set[int]]
) -> list[list[Range]]:
    """A quotation's paragraphs without those whose mark seems never to have been closed, since what it opens has its cue right
    there ("“We stay, said the general. He left."): rather a paragraph too few than another's words."""
    out: list[list[Range]] = [[]]
    for a, b in ranges:
        cues = (found[i] for i in near[int(tokens.paragraph[a])])
        if any(c.content and a <= c.anchor < b and c.content[0][0] - a in (0, 1) and c.any > _ODD for c in cues):
            out.append([])
        else:
            out[-1].append((a, b))
    return [part for part in out if len(part) > 1]


def _share(ranges: Sequence[Range], found: list[Candidate], tokens: Tokens, near: Mapping[int, set[int]]) -> None:
    """Give each paragraph of a quotation to one of the candidates, as `over_paragraphs` says."""
    about = sorted(set().union(*(near[int(tokens.paragraph[a])] for a, _ in ranges)))
    outside = [i for i in about if not any(a <= found[i].anchor < b for a, b in ranges)]
    outside.sort(key=lambda i: -found[i].top)
    held = {i: _held(found[i], ranges) for i in outside}
    holders: list[int | None] = []
    for k, (first, _) in enumerate(ranges):
        mine = [i for i in outside if k in held[i]]
        own = next((i for i in mine if tokens.paragraph[found[i].anchor] == tokens.paragraph[first]), None)
        before = holders[-1] if holders else None
        holders.append(own if own is not None else before if before is not None else next(iter(mine), None))
    for k in range(len(ranges) - 2, -1, -1):
        if holders[k] is None:
            holders[k] = holders[k + 1]
    for i in outside:
        lost = [r for r, holder in zip(ranges, holders, strict=True) if holder not in (i, None)]
        gained = [r for r, holder in zip(ranges, holders, strict=True) if holder == i]
        if gained or held[i]:
            content = [piece for r in found[i].content for piece in _outside(r, lost)]
            found[i] = replace(found[i], content=_merged([*content, *gained], found[i]))


def _outside(r: Range, others: Sequence[Range]) -> list[Range]:
    """What of a range lies in none of the others (which are in order and apart)."""
    out = []
    a, b = r
    for x, y in others:
        if x < b and a < y:
            if a < x:
                out.append((a, x))
            a = min(b, y)
    return [*out, (a, b)] if a < b else out


def _held(c: Candidate, ranges: Sequence[Range]) -> list[int]:
    """Which of the ranges a content has at least half of."""
    return [
        k for k, (first, last) in enumerate(ranges)
        if 2 * sum(max(0, min(b, last) - max(a, first)) for a, b in c.content) >= last - first
    ]  # fmt: skip


def tidy(c: Candidate, text: str, tokens: Tokens) -> Candidate | None:
    """The candidate without what is no part of anything said: pieces without a word, signs of Markdown at an edge, a word or
    two of the paragraph beside. None where no content is left."""
    content = [_trimmed(r, text, tokens) for r in (_within_paragraphs(r, tokens) for r in c.content)]
    content = [r for r in content if _has_word(r, text, tokens)]
    if not content:
        return None
    source = tuple(r for r in (_trimmed(r, text, tokens) for r in c.source) if _has_word(r, text, tokens))
    return replace(c, content=tuple(content), source=source)


def _has_word(r: Range, text: str, tokens: Tokens) -> bool:
    return r[0] < r[1] and _WORD.search(text, int(tokens.start[r[0]]), int(tokens.end[r[1] - 1])) is not None


def _within_paragraphs(r: Range, tokens: Tokens) -> Range:
    a, b = r
    begins = tokens.features[:, 2]
    if b < len(tokens) and not begins[b]:
        b = next((i for i in range(b - 1, max(a, b - 1 - _NEAR), -1) if begins[i]), b)
    if not begins[a]:
        a = next((i for i in range(a + 1, min(b, a + 1 + _NEAR)) if begins[i]), a)
    return a, b


def _trimmed(r: Range, text: str, tokens: Tokens) -> Range:
    """Without signs at the edges; "#" and ">" that a word follows at once ("#harbour") are the word's."""
    a, b = r
    while a < b and (sign := text[tokens.start[a]]) in _SIGNS:
        if sign in "#>" and text[tokens.end[a] : tokens.end[a] + 1].isalnum():
            break
        a += 1
    while a < b and text[tokens.start[b - 1]] in _SIGNS:
        b -= 1
    return a, b


def own_turn(c: Candidate, text: str, tokens: Tokens) -> Candidate:
    """In a transcript ("SMITH: …") a speaker's turn ends where a paragraph begins with the next speaker's name; what else
    stands behind a colon, without marks, ends with its paragraph ("NASA: Asteroid will miss Earth")."""
    if text[tokens.start[c.cue[0][0]] : tokens.end[c.cue[-1][1] - 1]] != ":" or c.content[0][0] < c.anchor:
        return c
    content = []
    for a, b in c.content:
        paragraphs = np.flatnonzero(tokens.features[a + 1 : b, 2]) + a + 1
        marked = tokens.features[a, 1] > 0
        end = next((int(i) for i in paragraphs if not marked or begins(text, (int(tokens.start[i]), len(text)))), b)
        content.append((a, end))
        if end < b:
            break
    return replace(c, content=tuple(content))


def united(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Ranges in order; those that overlap are one."""
    out: list[Range] = []
    for a, b in sorted(ranges):
        if out and a < out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return tuple(out)


def _merged(ranges: Sequence[Range], c: Candidate) -> tuple[Range, ...]:
    """Ranges that came to overlap are one; the cue and the source stay outside."""
    out = united(ranges)
    blocked = {i for x, y in (*c.cue, *c.source) for i in range(x, y)}
    return out if not any(i in blocked for a, b in out for i in range(a, b)) else c.content
