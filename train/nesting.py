"""Nesting for a flat corpus: attributions inside contents, annotated by us, and paragraphs put into somebody's mouth.

PolNeAR's gold is flat: what stands inside a content is not annotated. `nested.jsonl` beside this file holds what we found
there (language models read the contents by the rules of the chains' guidelines; offsets alone, no text; what a second, stricter
reader threw out is kept as doubtful, of which nothing is learned). And a whole
annotated paragraph becomes the content of a new outer attribution ("The report said that …", "“…,” officials explained."),
so its own attributions are known to be nested ones. Sources of the outer layer are drawn from the corpus itself.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

Ranges = list[tuple[int, int]]

_CUES = (
    "said", "said", "said", "said", "told reporters", "explained", "added", "wrote", "argued", "noted", "reported",
    "stated", "claimed", "recalled", "testified", "insisted", "warned", "tweeted", "writes", "says", "says",
)  # fmt: skip
_PUBLISHERS = (
    "the report",
    "the statement",
    "the newspaper",
    "the video",
    "the letter",
    "the agency",
    "a memo",
    "the article",
)


@dataclass
class Annotated:
    """A text with character-level annotations; `nested` marks attributions inside another one of the list."""

    text: str
    attributions: list[dict[str, Ranges]]
    nested: list[bool]
    wraps: Ranges = field(default_factory=list)  # contents of made-up outer attributions
    known: Ranges = field(default_factory=list)  # contents inside which every attribution is annotated
    doubtful: Ranges = field(default_factory=list)  # cues inside them of which readers did not agree
    sentences: Ranges = field(default_factory=list)
    entities: list[tuple[int, int, str]] = field(default_factory=list)
    chains: list[Ranges] = field(default_factory=list)


def wrap(a: Annotated, sources: list[str], share: float, rng: random.Random) -> Annotated:
    """`a` with about `share` of its fit paragraphs wrapped. A paragraph fits if
    it has attributions and none crosses its edges."""
    made: list[tuple[int, int, str, dict[str, str]]] = []
    for m in re.finditer(r"[^\n]+", a.text):
        begin, end = m.start(), m.end()
        while end > begin and a.text[end - 1].isspace():
            end -= 1
        while begin < end and a.text[begin].isspace():
            begin += 1
        if end - begin < 30 or end - begin > 700 or rng.random() > share:
            continue
        touching = [x for x in a.attributions if any(s < end and begin < e for k in x for s, e in x[k])]
        if not touching or any(s < begin or e > end for x in touching for k in x for s, e in x[k]):
            continue
        made.append((begin, end, *_frame(a, begin, end, sources, rng)))
    out_text: list[str] = []
    at = 0
    shifts: list[tuple[int, int]] = [(0, 0)]
    new: list[dict[str, Ranges]] = []
    wraps: Ranges = []
    length = 0

    def emit(s: str) -> None:
        nonlocal length
        out_text.append(s)
        length += len(s)

    starts: dict[int, int] = {}
    for begin, end, form, parts in made:
        emit(a.text[at:begin])
        body = _inner_quotes(a.text[begin:end]) if "“" in form else a.text[begin:end]
        stop = body[-1:] in ".!?"
        before, after = form.split("{body}")
        base = length
        starts[begin] = base
        emit(before)
        shifts.append((begin, length - begin))
        content_from = length - (1 if before.endswith("“") else 0)
        if before.endswith("that "):
            content_from = length - 5
        if after.startswith(",”") and body.endswith("."):
            body = body[:-1] + ","
            after = after[1:]
        elif after.startswith(",”"):
            after = after[1:]
        emit(body)
        content_to = length + (1 if after.startswith("”") else 0)
        if not after.startswith("”") and stop:
            content_to = length - 1
        emit(after)
        shifts.append((end, length - end))
        outer = {"content": [(content_from, content_to)]}
        whole = "".join(out_text[-3:])
        for role, words in parts.items():
            place = before.find(words) if words in before else -1
            outer[role] = (
                [(base + place, base + place + len(words))]
                if place >= 0
                else [
                    (
                        base + len(before) + len(body) + after.find(words),
                        base + len(before) + len(body) + after.find(words) + len(words),
                    )
                ]
            )
        assert all(whole[s - base : e - base] == parts[r] for r in parts for s, e in outer[r]), (whole, outer, parts)
        new.append(outer)
        wraps.append((content_from, content_to))
        at = end
    emit(a.text[at:])

    def move(i: int) -> int:
        shift = 0
        for where, by in shifts:
            if where > i:
                break
            shift = by
        return i + shift

    def moved(r: tuple[int, int]) -> tuple[int, int]:
        return move(r[0]), move(r[1] - 1) + 1

    inside = [any(b <= x["content"][0][0] < e for b, e, *_ in made) for x in a.attributions]
    return Annotated(
        text="".join(out_text),
        attributions=[{k: [moved(s) for s in v] for k, v in x.items()} for x in a.attributions] + new,
        nested=[n or i for n, i in zip(a.nested, inside, strict=True)] + [False] * len(new),
        wraps=wraps,
        known=[moved(r) for r in a.known],
        doubtful=[moved(r) for r in a.doubtful],
        sentences=[(starts.get(s, move(s)), move(e - 1) + 1) for s, e in a.sentences],
        entities=[(*moved((s, e)), k) for s, e, k in a.entities],
        chains=[[moved(r) for r in c] for c in a.chains],
    )


def _frame(a: Annotated, begin: int, end: int, sources: list[str], rng: random.Random) -> tuple[str, dict[str, str]]:
    """A form with {body} in it, and the words of source and cue."""
    source = rng.choice(_PUBLISHERS) if rng.random() < 0.3 else rng.choice(sources)
    cue = rng.choice(_CUES)
    if re.fullmatch(r"(?i)(he|she|it|they|we|i|you|who|which|that|his|her|their|its|my|our)", source):
        source = rng.choice(_PUBLISHERS)
    one = a.text[begin:end].count(". ") == 0
    choice = rng.random()
    capital = source[:1].upper() + source[1:]
    if one and choice < 0.35:
        return f"{capital} {cue} that {{body}}", {"source": capital, "cue": cue}
    if one and choice < 0.45:
        return f"According to {source}, {{body}}", {"source": source, "cue": "According to"}
    if choice < 0.8:
        return f"“{{body}},” {source} {cue}.", {"source": source, "cue": cue}
    return f"{capital} {cue}: “{{body}}”", {"source": capital, "cue": cue}


def _inner_quotes(body: str) -> str:
    """Double marks inside become single ones, as print has it; no length changes."""
    return re.sub(r'"(?=\w)', "‘", body).replace('"', "’").replace("“", "‘").replace("”", "’")


def written(marked: str) -> Annotated:
    """A text of our own with its attributions marked in it: `{1s:She} {1c:said} {1q:that {2s:he} {2c:knew} {2q:it}}.`

    A number joins source (s), cue (c) and content (q); what stands inside another's content is nested. Raises `ValueError`
    for marks that do not match, and for an attribution without cue or content.
    """
    text: list[str] = []
    length = 0
    open_marks: list[tuple[str, str, int]] = []
    found: dict[str, dict[str, Ranges]] = {}
    for m in re.finditer(r"\{(\d+)([scq]):|\}|[^{}]+", marked):
        if m[1]:
            open_marks.append((m[1], {"s": "source", "c": "cue", "q": "content"}[m[2]], length))
        elif m[0] == "}":
            number, role, start = open_marks.pop()
            found.setdefault(number, {"source": [], "cue": [], "content": []})[role].append((start, length))
        else:
            text.append(m[0])
            length += len(m[0])
    if open_marks or any(not x["cue"] or not x["content"] for x in found.values()):
        raise ValueError(f"marks that do not match: {marked[:60]}")
    attributions = [{k: sorted(v) for k, v in x.items() if v} for x in found.values()]
    contents = [(x["content"][0][0], x["content"][-1][1]) for x in attributions]
    nested = [
        any(s <= x["cue"][0][0] and x["cue"][-1][1] <= e for i, (s, e) in enumerate(contents) if i != j)
        for j, x in enumerate(attributions)
    ]
    return Annotated("".join(text), attributions, nested, known=contents)
