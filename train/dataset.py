"""PolNeAR and its silver layers as training windows: folder in, `Window`s out.

A window is a run of at most `size` tokens. Gold spans are kept as token ranges of the document and cut to the window; what
lies outside is simply not asked for.
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sayso.encoder.tokens import Tokens, tokenize
from train.nesting import Annotated, wrap, written
from train.worn import joined, misread

KINDS = {
    "PERSON": 0,
    "ORGANIZATION": 1,
    "LOCATION": 2,
    "CITY": 2,
    "COUNTRY": 2,
    "STATE_OR_PROVINCE": 2,
    "DATE": 3,
}
# the cue's anchor is its last word that is not one of these
_LIGHT = {
    "to",
    "of",
    "by",
    "for",
    "that",
    "in",
    "on",
    "as",
    "with",
    "about",
    "from",
    "at",
    "against",
    "over",
    "out",
    "up",
}
_STYLES = (("“", "”", "‘", "’"), ('"', '"', "'", "'"), ("«", "»", "‹", "›"), ("„", "“", "‚", "‘"), ("”", "”", "’", "’"))


@dataclass
class Gold:
    """One attribution as token ranges [a, b); `anchor` is a token index."""

    anchor: int
    source: list[tuple[int, int]]
    cue: list[tuple[int, int]]
    content: list[tuple[int, int]]
    nested: bool = False


@dataclass
class Text:
    name: str
    text: str
    tokens: Tokens
    gold: list[Gold]
    sentences: list[tuple[int, int]] = field(default_factory=list)
    entities: list[tuple[int, int, int]] = field(default_factory=list)
    chains: list[list[tuple[int, int]]] = field(default_factory=list)
    wraps: list[tuple[int, int]] = field(default_factory=list)  # made-up contents: their own level is annotated
    known: list[tuple[int, int]] = field(default_factory=list)  # contents inside which everything is annotated
    doubtful: list[tuple[int, int]] = field(default_factory=list)  # cues in them that are neither cues nor none
    silver: bool = True  # sentences, entities and coreference are there
    labelled: bool = True  # attributions are there


def token_range(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    """Tokens that touch [start, end)."""
    a = int(np.searchsorted(tokens.end, start, side="right"))
    b = int(np.searchsorted(tokens.start, end, side="left"))
    return a, max(a, b)


def anchor_of(text: str, tokens: Tokens, cue: list[tuple[int, int]]) -> int | None:
    """The anchor token: the first piece of the cue's last word that carries meaning."""
    words = [(m.start() + s, m.end() + s) for s, e in cue for m in re.finditer(r"\w+(?:['’]\w+)*|[^\w\s]", text[s:e])]
    if not words:
        return None
    chosen = next((w for w in reversed(words) if text[w[0] : w[1]].lower() not in _LIGHT), words[-1])
    a, b = token_range(tokens, *chosen)
    return a if a < b else None


def restyle(text: str, rng: random.Random) -> str:
    """The same text with another style of quotation marks; no offset moves (every mark is one code point)."""
    style = rng.choice(_STYLES)
    text = re.sub(r"’(?=\w)(?<=\w’)", "\x00", text)
    text = text.translate(str.maketrans("“”‘’", "".join(style)))
    return text.replace("\x00", rng.choice("’'"))


ANNOTATED = Path(__file__).with_name("nested.jsonl")


@dataclass
class Inside:
    """What we annotated inside the contents of a text: attributions, and cues of which we are in doubt."""

    attributions: list[dict[str, list[tuple[int, int]]]]
    doubtful: list[tuple[int, int]]


def annotated() -> dict[str, Inside]:
    """The nested attributions of PolNeAR's training texts, by the text's name."""
    out = {}
    for row in map(json.loads, ANNOTATED.read_text(encoding="utf-8").splitlines()):
        found = [{k: [(s, e) for s, e in v] for k, v in x.items()} for x in row["attributions"]]
        out[row["text"]] = Inside(found, [(s, e) for x in row.get("doubtful", []) for s, e in x["cue"]])
    return out


def load(
    folder: Path,
    scorer: Path,
    *,
    restyled: float = 0.0,
    nested: float = 0.0,
    run_together: float = 0.0,
    scanned: float = 0.0,
    inner: bool = False,
    seed: int = 0,
) -> list[Text]:
    """All texts of a PolNeAR split, tokenised, with gold and silver.

    With `inner` the attributions annotated inside contents are added. A share `restyled` of the texts gets other quotation
    marks; about the share `nested` of the paragraphs is put into somebody's mouth (`train.nesting`). The paragraphs of a share
    `run_together` are run together, and a share `scanned` is misread (`train.worn`).
    """
    sys.path.insert(0, str(scorer.parent))
    import score

    rng = random.Random(seed)
    gold = score.read_gold(str(folder))
    insides = annotated() if inner else {}
    sources = [text[s:e] for text, found in gold.values() for a in found for s, e in a["source"][:1] if e - s < 60]
    out = []
    for name, (text, attributions) in gold.items():
        inside = insides.get(name, Inside([], []))
        found = attributions + inside.attributions
        a = Annotated(text, found, [False] * len(attributions) + [True] * len(inside.attributions))
        if name in insides:
            a.doubtful = inside.doubtful
            a.known = [(x["content"][0][0], x["content"][-1][1]) for x in attributions if x["content"]]
        silver = folder / "silver" / f"{name}.json"
        if silver.exists():
            d = json.loads(silver.read_text(encoding="utf-8"))
            a.sentences = [(s, e) for s, e in d["sentences"]]
            a.entities = [(s, e, k) for s, e, k in d["entities"] if k in KINDS]
            a.chains = [[(s, e) for s, e in c] for c in d["coreference"]]
        if nested:
            a = wrap(a, sources, nested, rng)
        if rng.random() < restyled:
            a.text = restyle(a.text, rng)
        if rng.random() < run_together:
            a.text = joined(a.text)
        if rng.random() < scanned:
            a = misread(a, rng)
        t = tokenised(name, a)
        t.silver = silver.exists()
        out.append(t)
    return out


WRITTEN = Path(__file__).with_name("written")  # learned from
WRITTEN_DEV = Path(__file__).with_name("written_dev")  # others of the same kinds, to measure with


def marked(folder: Path) -> list[tuple[str, str]]:
    """(kind, text with its marks) of our own texts in a folder: a file for each kind, texts parted by `---`."""
    return [
        (path.stem, text)
        for path in sorted(folder.glob("*.txt"))
        for text in path.read_text(encoding="utf-8").strip().split("\n---\n")
    ]


def own_texts(*, restyled: float = 0.0, seed: int = 0) -> list[Text]:
    """Short texts of our own, of kinds that PolNeAR lacks (armed groups, transcripts, central banks, courts, science, sport,
    politics elsewhere, authors who speak themselves, texts without any attribution), annotated at every level; without
    silver layers."""
    rng = random.Random(seed)
    out = []
    for i, (_, text) in enumerate(marked(WRITTEN)):
        a = written(text)
        if rng.random() < restyled:
            a.text = restyle(a.text, rng)
        t = tokenised(f"written-{i}", a)
        t.silver = False
        out.append(t)
    return out


def other_texts(patterns: list[str]) -> list[Text]:
    """Texts without any annotation, from which a teacher's judgements alone are learned. Tables give their column
    `sentence`, ten sentences a text."""
    found = {p: list(Path(Path(p).anchor).glob(str(Path(p).relative_to(Path(p).anchor)))) for p in patterns}
    if missing := [pattern for pattern, paths in found.items() if not paths]:
        sys.exit(f"no texts without annotation in {', '.join(missing)}")
    out = []
    for path in sorted(path for paths in found.values() for path in paths):
        text = path.read_text(encoding="utf-8", errors="replace")
        parts = [text]
        if path.suffix == ".tsv":
            rows = [
                row["sentence"] for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
            ]
            parts = ["\n".join(rows[i : i + 10]) for i in range(0, len(rows), 10)]
        for i, part in enumerate(parts):
            t = tokenised(f"{path.stem}-{i}", Annotated(part, [], []))
            t.silver, t.labelled = False, False
            out.append(t)
    return out


def tokenised(name: str, a: Annotated) -> Text:
    tokens = tokenize(a.text)

    def ranges(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        return [token_range(tokens, *s) for s in spans]

    gold = []
    for x, nested in zip(a.attributions, a.nested, strict=True):
        anchor = anchor_of(a.text, tokens, x["cue"]) if x.get("cue") else None
        if anchor is not None:
            gold.append(Gold(anchor, ranges(x.get("source", [])), ranges(x["cue"]), ranges(x["content"]), nested))
    return Text(
        name, a.text, tokens, gold, ranges(a.sentences),
        [(*token_range(tokens, s, e), KINDS[k]) for s, e, k in a.entities], [ranges(c) for c in a.chains],
        ranges(a.wraps), ranges(a.known), ranges(a.doubtful),
    )  # fmt: skip


def windows(item: Text, size: int, rng: random.Random | None) -> list[tuple[int, int]]:
    """Token ranges that cover a text: from paragraph to paragraph, with a random first cut and an overlap of an eighth."""
    n = len(item.tokens)
    if n <= size:
        return [(0, n)] if n else []
    starts = np.flatnonzero(item.tokens.features[:, 2] > 0)
    out = []
    at = 0
    first = rng.randrange(size // 3, size) if rng else size
    while True:
        end = min(n, at + (first if not out else size))
        out.append((at, end))
        if end >= n:
            return out
        back = end - size // 8
        near = starts[(starts > at) & (starts >= back - size // 8) & (starts <= back + size // 8)]
        at = int(near[0]) if len(near) else max(at + 1, back)
