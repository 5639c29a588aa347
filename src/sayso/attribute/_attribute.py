"""The stage: documents in, analyses out. One encoder pass gives attributions, sentences, entities and coreference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sayso.attribute._apart import apart, introduced, quoted_blocks, with_apart, with_introduced
from sayso.attribute._assemble import assemble
from sayso.attribute._candidates import Candidate, Range, candidates
from sayso.attribute._edges import edged
from sayso.attribute._english import may_be_english
from sayso.attribute._fields import headed
from sayso.attribute._going_on import going_on
from sayso.attribute._inner import inner
from sayso.attribute._kind import kind_of
from sayso.attribute._nested import Chosen
from sayso.attribute._quotations import over_paragraphs, own_turn, snap, tidy, whole_block
from sayso.attribute._reading import Gathered, parted
from sayso.attribute._second_look import second_look
from sayso.attribute._sources import led_in, once, sourced
from sayso.attribute._turns import turns, with_turns
from sayso.attribute._windows import plan
from sayso.encoder import Encoder, Quoted, QuotedRuns, Tokens, quoted_runs, tokenize
from sayso.encoder.model import model_hash
from sayso.errors import UsageError
from sayso.records import Analysis, Attribution, Document, Producer, Span

VERSION = "9"
_QUOTING = re.compile(r"^[ \t]{0,3}(>(?:[ \t]?>)*)", re.MULTILINE)  # signs of a quoted mail, not said by anybody
LANGUAGES = ("", "en")  # "" is a text too short or too mixed to be sure of


ATTRIBUTOR = Producer("attribute", VERSION, model_hash())


def attribute(document: Document, *, threshold: float | None = None, threads: int = 1) -> Analysis:
    """Find every attribution in an English document.

    `threshold` is the least confidence (0 to 1) of an attribution that is given. By default those of the text itself and
    nested ones have each the threshold that was best on the development texts; one that is given holds for both, but is never
    lower than that default for nested ones. `threads` are those of one pass; they change no result. A document in another
    language gives an empty analysis with a note that names it.
    """
    check_settings(threshold, threads)
    if document.language not in LANGUAGES:
        note = f"language is {document.language}: attribution is for English, nothing was attributed"
        return Analysis(notes=(note,), producer=attributor(threshold))
    if not document.language and not may_be_english(document.text):
        note = "the language is not known and it is not English: attribution is for English, nothing was attributed"
        return Analysis(notes=(note,), producer=attributor(threshold))
    return decide(document, read(document, threads=threads), threshold)


def attributor(threshold: float | None = None) -> Producer:
    """Who attributes under a threshold ("8@0.7"): records made under another one are another's."""
    return ATTRIBUTOR if threshold is None else replace(ATTRIBUTOR, version=f"{VERSION}@{threshold:g}")


def check_settings(threshold: float | None, threads: int) -> None:
    """Raises UsageError for what is no probability, or no number of threads."""
    if threshold is not None and not (isinstance(threshold, (int, float)) and 0 <= threshold <= 1):
        raise UsageError(f"threshold {threshold!r}: give a confidence from 0 to 1")
    if not isinstance(threads, int) or threads < 1:
        raise UsageError(f"threads {threads!r}: give 1 or more")


@dataclass(frozen=True)
class Read:
    """What one pass over a document gives before anything is decided between candidates."""

    tokens: Tokens
    runs: QuotedRuns
    candidates: list[Candidate]
    gathered: Gathered
    breaks: list[int]  # tokens before which the page itself says something

    def inner(self, c: Candidate) -> Candidate:
        """A candidate that lies in another's content, which ends as such ones do."""
        return inner(c, self.gathered.text, self.tokens, self.runs, self.gathered.begins())


def read(document: Document, *, threads: int = 1) -> Read:
    """The encoder pass: every window's candidates, sentences, entities and coreference."""
    text = document.text
    runs = quoted_runs(text)
    tokens = tokenize(text, runs)
    unread = [(b.start, b.end) for b in document.boilerplate]
    unread += [m.span(1) for b in document.quoted_blocks for m in _QUOTING.finditer(text, b.start, b.end)]
    quoted = quoted_blocks(document)
    if unread and len(tokens):
        keep = np.ones(len(tokens), dtype=bool)
        for start, end in unread:
            keep[np.searchsorted(tokens.end, start, "right") : np.searchsorted(tokens.start, end)] = False
        tokens = tokens.select(keep)
    blocks: list[Range] = []  # the outermost
    for block in quoted:
        a, b = map(int, np.searchsorted(tokens.start, block))
        tokens.features[a:b, 1] = np.maximum(tokens.features[a:b, 1], 1)  # the page quotes it, with or without marks
        if a < b and (not blocks or a >= blocks[-1][1]):
            blocks.append((a, b))
    breaks = sorted({int(np.searchsorted(tokens.start, b.start)) for b in document.boilerplate})
    encoder = Encoder.load(threads)
    gathered = Gathered(text, tokens, breaks)
    found: list[Candidate] = []
    for window in plan(tokens, text):
        reading = encoder.read(tokens, window.start, window.end)
        here = candidates(encoder, text, tokens, window, reading)
        here = second_look(encoder, text, tokens, window, reading, here, runs)
        here = [c for c in here if not headed(c, text, tokens)]
        gathered.add(window, reading, here)
        found += [own_turn(snap(c, text, tokens, runs, window), text, tokens) for c in here]
    told = turns(text)
    found = with_turns(found, told, tokens) if told else with_apart(found, apart(text, runs, quoted), tokens)
    found = with_introduced(found, introduced(text, runs.outermost()), tokens)
    found = going_on([whole_block(c, text, tokens, blocks) for c in found], text, tokens, runs, gathered.begins())
    found = over_paragraphs(found, tokens, runs)
    tidied = (t for c in found if (t := tidy(c, text, tokens)))
    edges = [e for c in tidied if (e := edged(c, text, tokens))]
    names = gathered.somebody()
    found = led_in(once([sourced(c, text, tokens, names) for c in edges], text, tokens), text, tokens)
    return Read(tokens, runs, found, gathered, breaks)


def decide(document: Document, pass_: Read, threshold: float | None = None) -> Analysis:
    """Which candidates stand, as records."""
    chosen = assemble(pass_.candidates, threshold, pass_.inner)
    blocks = QuotedRuns(Quoted(start, end, "") for start, end in quoted_blocks(document))
    return Analysis(
        attributions=tuple(_record(i, c, document.text, pass_, blocks) for i, c in enumerate(chosen)),
        sentences=pass_.gathered.sentences(),
        mentions=pass_.gathered.mentions(),
        coreference=pass_.gathered.coreference(),
        producer=attributor(threshold),
    )


def _record(i: int, c: Chosen, text: str, pass_: Read, blocks: QuotedRuns) -> Attribution:
    content = _spans(text, pass_, c.candidate.content)
    cue = _spans(text, pass_, c.candidate.cue)
    return Attribution(
        id=f"a{i}",
        parent=None if c.parent is None else f"a{c.parent}",
        source=_spans(text, pass_, c.candidate.source),
        cue=cue,
        content=content,
        kind=kind_of(text, content, cue, pass_.runs, blocks),
        confidence=round(c.confidence, 4),
    )


def _spans(text: str, pass_: Read, ranges: Sequence[Range]) -> tuple[Span, ...]:
    """Token ranges as spans; ranges with nothing but space between are one, and none goes over what the page itself says."""
    out: list[tuple[int, int]] = []
    tokens = pass_.tokens
    for a, b in (part for r in ranges for part in parted(r, pass_.breaks)):
        start, end = int(tokens.start[a]), int(tokens.end[b - 1])
        if out and not text[out[-1][1] : start].strip():
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return tuple(Span(s, e, text[s:e]) for s, e in out)
