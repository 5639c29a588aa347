"""The stage: documents in, analyses out. One encoder pass gives attributions, sentences, entities and coreference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from sayso.attribute._assemble import assemble
from sayso.attribute._candidates import Candidate, Range, candidates
from sayso.attribute._kind import kind_of
from sayso.attribute._nested import Chosen
from sayso.attribute._quotations import over_paragraphs, own_turn, snap, tidy, whole_block
from sayso.attribute._reading import Gathered
from sayso.attribute._windows import plan
from sayso.encoder import Encoder, QuotedRuns, Tokens, quoted_runs, tokenize
from sayso.encoder.model import model_hash
from sayso.records import Analysis, Attribution, Document, Producer, Span

VERSION = "4"
LANGUAGES = ("", "en")  # "" is a text too short or too mixed to be sure of


ATTRIBUTOR = Producer("attribute", VERSION, model_hash())


def attribute(document: Document, *, threshold: float | None = None, threads: int = 1) -> Analysis:
    """Find every attribution in an English document.

    `threshold` is the least confidence (0 to 1) of an attribution that is given; the default is the one with the best F1
    on the development texts. A document in another language gives an empty analysis with a note that names it.
    """
    if document.language not in LANGUAGES:
        note = f"language is {document.language}: attribution is for English, nothing was attributed"
        return Analysis(notes=(note,), producer=ATTRIBUTOR)
    return decide(document, read(document, threads=threads), threshold)


@dataclass(frozen=True)
class Read:
    """What one pass over a document gives before anything is decided between candidates."""

    tokens: Tokens
    runs: QuotedRuns
    candidates: list[Candidate]
    gathered: Gathered


def read(document: Document, *, threads: int = 1) -> Read:
    """The encoder pass: every window's candidates, sentences, entities and coreference."""
    text = document.text
    runs = quoted_runs(text)
    tokens = tokenize(text, runs)
    if document.boilerplate and len(tokens):
        keep = np.ones(len(tokens), dtype=bool)
        for b in document.boilerplate:
            keep &= (tokens.end <= b.start) | (tokens.start >= b.end)
        tokens = tokens.select(keep)
    encoder = Encoder.load(threads)
    gathered = Gathered(text, tokens)
    found: list[Candidate] = []
    for window in plan(tokens, text):
        reading = encoder.read(tokens, window.start, window.end)
        here = candidates(encoder, text, tokens, window, reading)
        gathered.add(window, reading, here)
        found += [own_turn(snap(c, text, tokens, runs, window), text, tokens) for c in here]
    found = over_paragraphs([whole_block(c, tokens, document.quoted_blocks) for c in found], tokens, runs)
    return Read(tokens, runs, [t for c in found if (t := tidy(c, text, tokens))], gathered)


def decide(document: Document, pass_: Read, threshold: float | None = None) -> Analysis:
    """Which candidates stand, as records."""
    chosen = assemble(pass_.candidates, threshold)
    return Analysis(
        attributions=tuple(_record(i, c, document, pass_.tokens, pass_.runs) for i, c in enumerate(chosen)),
        sentences=pass_.gathered.sentences(),
        mentions=pass_.gathered.mentions(),
        coreference=pass_.gathered.coreference(),
        producer=ATTRIBUTOR,
    )


def attribute_many(
    documents: Iterable[Document], *, threshold: float | None = None, workers: int = 1, threads: int = 1
) -> Iterator[Analysis]:
    """`attribute` over a stream, in order, with flat memory; `workers` processes of `threads` threads each."""
    if workers <= 1:
        for document in documents:
            yield attribute(document, threshold=threshold, threads=threads)
        return
    with ProcessPoolExecutor(workers) as pool:
        waiting = []
        for document in documents:
            waiting.append(pool.submit(attribute, document, threshold=threshold, threads=threads))
            if len(waiting) >= 4 * workers:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _record(i: int, c: Chosen, document: Document, tokens: Tokens, runs: QuotedRuns) -> Attribution:
    text = document.text
    content = _spans(text, tokens, c.candidate.content)
    cue = _spans(text, tokens, c.candidate.cue)
    return Attribution(
        id=f"a{i}",
        parent=None if c.parent is None else f"a{c.parent}",
        source=_spans(text, tokens, c.candidate.source),
        cue=cue,
        content=content,
        kind=kind_of(text, content, cue, runs, document.quoted_blocks),
        confidence=round(c.confidence, 4),
    )


def _spans(text: str, tokens: Tokens, ranges: Sequence[Range]) -> tuple[Span, ...]:
    """Token ranges as spans; ranges with nothing but space between are one."""
    out: list[tuple[int, int]] = []
    for a, b in ranges:
        start, end = int(tokens.start[a]), int(tokens.end[b - 1])
        if out and not text[out[-1][1] : start].strip():
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return tuple(Span(s, e, text[s:e]) for s, e in out)
