"""Where a source and a content begin and end, as the form of the text tells it: what opens a paragraph and is no part of it,
lists that a colon introduces, addresses.

In comes a candidate; out goes the same candidate, its spans mended.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from sayso.attribute._candidates import Candidate, Range
from sayso.encoder import Tokens

_ZONE = r"(?:\s?(?:GMT|UTC|BST|CES?T|E[SD]?T|P[SD]?T|IST|[AaPp]\.?[Mm]\b\.?))"
_PLACE = r"[A-Z][A-Z'’. ]{1,30}[A-Z]"
# of a thread, a live blog, a list, a wire, a letter
_OPENING = re.compile(
    rf"""(?:
      [-–—*]\s+
    | \(?\d{{1,3}}(?:/(?:\d{{1,3}})?\)?|[.)])\s+             # 3/, 3/7, 3., (3)
    | \(?[a-z]\)\s+
    | §\s*\d+\.?\s+
    | \d{{1,2}}(?:[:h]\d{{2}}{_ZONE}?|\.\d{{2}}{_ZONE})\s*[-–—:|]?\s+
    | \#\w+:?\s+
    | /[A-Z]{{2,12}}/\s+
    | {_PLACE}(?:/{_PLACE})?(?:,\s[^–—\n-]{{1,20}})?(?:\s?\([A-Za-z ]{{2,20}}\))?\s[-–—]{{1,2}}\s+(?=["“'‘A-Z])
    | RT\s+(?=@)
    | [^\w\s"'“‘”’«»„‚‹›(\[{{@\#$€£¥<*_~–—-]+\s*            # emoji, bullets
    | (?:Sirs?|Madam|(?:Mr|Madam)\s(?:Speaker|President|Chair)|Dear(?:\s[\w.]+){{1,3}})[,:]\s+
    )+""",
    re.VERBOSE,
)
_CHAIR = re.compile(r"(?:Mr|Madam)\s(?:Speaker|President|Chair)")
_ITEM = re.compile(r"[ \t]*(?:[-–—•*·▪►‣]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]+\S")
_INTRODUCES = re.compile(r"[ \t]*:?[ \t]*\r?\n")
_REST = re.compile(r"\S{1,300}")
_ADDRESS = re.compile(r"@|://|^\W*www\.")
_STOPS = ".,;:!?)]}”\"'’»>"


def edged(c: Candidate, text: str, tokens: Tokens) -> Candidate | None:
    """The candidate with the edges that the form of the text tells; None where no content is left."""
    content = tuple(r for r in (_closed(_opened(r, text, tokens), text, tokens) for r in c.content) if r[0] < r[1])
    if all(text[tokens.start[i] : tokens.end[i]].casefold() in _NOTHING for a, b in content for i in range(a, b)):
        return None
    source = c.source
    if not _is_the_chair(c, text, tokens):
        source = tuple(r for r in (_opened(r, text, tokens) for r in source) if r[0] < r[1])
    out: list[Range] = []
    for r in content:
        if not out or r[0] >= out[-1][1]:  # else an item of the list that the piece before has taken in
            out.append(_with_list(_with_address(r, text, tokens), text, tokens))
    return replace(c, source=source, content=tuple(out))


def _is_the_chair(c: Candidate, text: str, tokens: Tokens) -> bool:
    """ "Mr Speaker: Order." is the chair's turn; "Mr Speaker, I said that …" calls the chair."""
    if not c.source or text[tokens.start[c.cue[0][0]]] != ":":
        return False
    return _CHAIR.fullmatch(text, int(tokens.start[c.source[0][0]]), int(tokens.end[c.source[-1][1] - 1])) is not None


def _opened(r: Range, text: str, tokens: Tokens) -> Range:
    """Without what opens its paragraph: the number of a thread, the time of a live blog, an agency's dateline, "Sir,"."""
    begins = np.flatnonzero(tokens.features[max(0, r[0] - _NEAR) : r[0] + 1, 2])
    if not len(begins):
        return r
    start = int(tokens.start[max(0, r[0] - _NEAR) + int(begins[-1])])
    opening = _OPENING.match(text, start)
    first = int(np.searchsorted(tokens.start, opening.end())) if opening else r[0]
    return max(r[0], min(first, r[1])), r[1]


_NOTHING = frozenset(
    ("the", "a", "an", "to", "of", "about", "in", "on", "for", "and", "by", "with", "at")
)  # of which nothing is said
_OPENERS = frozenset("([{")
_NEAR = 20  # tokens from the beginning of a paragraph
_LONGEST = 5000  # code points of a list


def _closed(r: Range, text: str, tokens: Tokens) -> Range:
    """Without a bracket at its end that opens what follows."""
    a, b = r
    while a < b and text[tokens.start[b - 1] : tokens.end[b - 1]] in _OPENERS:
        b -= 1
    return a, b


def _with_address(r: Range, text: str, tokens: Tokens) -> Range:
    """A content that ends in an address ("press@example.org", a link) ends behind it."""
    end = int(tokens.end[r[1] - 1])
    start = max(text.rfind(space, int(tokens.start[r[0]]), end) for space in " \n\t") + 1
    rest = _REST.match(text, end)
    if rest is None or not _ADDRESS.search(text[max(start, int(tokens.start[r[0]])) : rest.end()]):
        return r
    stop = end + len(rest[0].rstrip(_STOPS))
    return r[0], max(r[1], int(np.searchsorted(tokens.end, stop, "right")))


def _level(item: re.Match[str]) -> tuple[int, str]:
    """How far an item of a list is indented, and by which mark it begins: "1" for any number, "a" for any letter."""
    mark = item[0][:-1].strip()
    return len(item[0]) - len(item[0].lstrip()), next(("1" if c.isdigit() else "a" for c in mark if c.isalnum()), mark)


def _with_list(r: Range, text: str, tokens: Tokens) -> Range:
    """A content that introduces a list ("that the company:") goes on through its items."""
    end = int(tokens.end[r[1] - 1])
    introduces = _INTRODUCES.match(text, end)
    if introduces is None or (text[end - 1] != ":" and ":" not in introduces[0]):
        return r
    at, stop = introduces.end(), end
    own = _ITEM.match(text, text.rfind("\n", 0, end) + 1)
    while at < len(text) and at < end + _LONGEST:
        line_end = text.find("\n", at)
        line_end = len(text) if line_end < 0 else line_end
        if text[at:line_end].strip():
            item = _ITEM.match(text, at, line_end)
            if item is None or (own and (_level(item)[0] < _level(own)[0] or _level(item) == _level(own))):
                break  # or the next item of the list that the content itself is an item of
            stop = line_end
        at = line_end + 1
    return r[0], max(r[1], int(np.searchsorted(tokens.end, stop, "right")))
