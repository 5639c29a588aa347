"""Worn texts: paragraphs run together and letters misread, as careless copies and scanned pages give them."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from train.nesting import Annotated

_LOWEST, _HIGHEST = 0.002, 0.03  # share of a text's code points that are misread: a clean scan, a bad one
# what recognition makes of what: signs of like shape, pairs that run together, stops and marks too small to see
_READ_AS = {
    "rn": ["m"], "m": ["rn", "in"], "cl": ["d"], "d": ["cl"], "li": ["h"], "h": ["li", "b"], "vv": ["w"], "w": ["vv"],
    "l": ["1", "I", "i", "|"], "I": ["l", "1", "|"], "1": ["l", "I"], "i": ["l", ";", "j"], "t": ["f", "l"], "f": ["t"],
    "e": ["c", "o"], "c": ["e", "o"], "o": ["0", "c"], "O": ["0", "Q"], "0": ["O", "o"], "a": ["o", "n"], "u": ["n", "ii"],
    "n": ["u", "ri"], "s": ["a", "8"], "g": ["q", "9"], "y": ["v"], "v": ["y"], "b": ["h", "6"], "S": ["5"], "5": ["S"],
    "B": ["8"], "8": ["B"], "D": ["O"], "T": ["I"], ",": [".", ""], ".": [",", ""], "-": ["~", ""], ":": [";"], ";": [":"],
    " ": ["", "  "], "’": ["'", "`", ""], "'": ["’", "`", ""],
    "“": ['"', "''", "*", "“ ", ""], "”": ['"', "''", "*", " ”", ""], '"': ["''", "*", "“", "”", ""],
}  # fmt: skip
_MARKS = set("“”\"’'")
_OFTEN = 4.0  # a mark is misread as much more often than a letter
_PIECE = re.compile("|".join(re.escape(k) for k in sorted(_READ_AS, key=len, reverse=True)))


def joined(text: str) -> str:
    """The text with its paragraphs run together; no offset moves."""
    return re.sub(r"[\r\n]", " ", text)


def misread(a: Annotated, rng: random.Random) -> Annotated:
    """`a` with letters and marks as a scanned page is read, at a rate drawn anew for each text; every span keeps what
    became of its words."""
    rate = _LOWEST * (_HIGHEST / _LOWEST) ** rng.random()
    parts: list[str] = []
    place: list[int] = []  # of each old code point, in the new text
    at = length = 0
    for m in _PIECE.finditer(a.text):
        if rng.random() >= rate * len(m[0]) * (_OFTEN if m[0] in _MARKS else 1):
            continue
        before, after = a.text[at : m.start()], rng.choice(_READ_AS[m[0]])
        place += range(length, length + len(before))
        length += len(before)
        place += [length] * len(m[0])  # what becomes of a pair belongs to whatever holds its first letter
        length += len(after)
        parts += [before, after]
        at = m.end()
    parts.append(a.text[at:])
    place += range(length, length + len(a.text) - at + 1)

    def moved(span: tuple[int, int]) -> tuple[int, int]:
        return place[span[0]], place[span[1]]

    return replace(
        a,
        text="".join(parts),
        attributions=[{role: [moved(s) for s in spans] for role, spans in x.items()} for x in a.attributions],
        wraps=[moved(s) for s in a.wraps],
        known=[moved(s) for s in a.known],
        doubtful=[moved(s) for s in a.doubtful],
        sentences=[moved(s) for s in a.sentences],
        entities=[(*moved((s, e)), k) for s, e, k in a.entities],
        chains=[[moved(s) for s in c] for c in a.chains],
    )
