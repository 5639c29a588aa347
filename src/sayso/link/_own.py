"""A primary item's own words: what its outlet or author says in it without attributing it to anybody else.

In come a document and the desk's actors; out go statements of depth 0, one for each sentence outside attributions. What
the page quotes as a block is another's, and a date line or a signature is no sentence.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from sayso.link._referents import Referent
from sayso.link._text import WORD, Ranges, Text
from sayso.link.actors import ActorIndex
from sayso.records import Attribution, ChainLink, Document, Span, Speaker, SpeakerKind, Statement

_SHORT = 12  # words; a longer line is a sentence, whatever it ends with
_END = re.compile(r"[.!?…。؟।][^\w\s]*$")
# Words that hardly stand in a line without a verb. As they are written: "Will" is a name, and "May" a month.
_TELLS = re.compile(
    r"\b(?:I|[Ww]e|[Yy]ou|[Tt]hey|[Hh]e|[Ss]he|[Ii]t|[Tt]here|[Ll]et|is|are|was|were|has|have|had|does|did|will|would"
    r"|shall|should|can|cannot|could|must|not|\w+n['’]t)\b"
)


def owner(document: Document, index: ActorIndex) -> tuple[str, str] | None:
    """The actor whose own voice a document is, with the alias that told: by its author, outlet or address."""
    if document.author:
        found = index.match(document.author)
        if found:
            return found.actor, found.alias
    if document.outlet:
        found = index.match(document.outlet)
        if found:
            return found.actor, found.alias
        outlet = index.outlet(document.outlet)
        if outlet and outlet.actor:
            return outlet.actor, document.outlet
    for address in (document.canonical_url, document.path):
        host = _host(address)
        outlet = index.outlet_at(address) if host else None
        if outlet and outlet.actor:
            return outlet.actor, host
    return None


def _host(address: str) -> str:
    """The host of a web address, "" where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:  # "http://[x"
        return ""
    return (parts.hostname or "") if parts.scheme in ("http", "https") else ""


def author(document: Document, index: ActorIndex) -> Referent:
    """Who says "I" in the document's own voice: the desk's actor whose item it is, else whoever signs it. The properties of
    a PDF or Word file sign nothing: they name whoever typed it."""
    found = owner(document, index)
    actor = index.get(found[0]) if found else None
    signed = document.author if document.format not in ("pdf", "docx") else ""
    return Referent(actor.name if actor else signed or None, "author")


def statements(
    document: Document, text: Text, attributions: Sequence[Attribution], index: ActorIndex
) -> Iterator[Statement]:
    """The sentences of a primary item outside what it attributes to others."""
    found = owner(document, index)
    actor = index.get(found[0]) if found else None
    if found is None or actor is None:
        return
    kind: SpeakerKind = "person" if actor.kind == "person" else "group" if actor.kind == "group" else "organization"
    speaker = Speaker(actor.name, kind, actor.id, found[1])
    chain = (
        ChainLink(document.title or document.path, "document", actor.id),
        ChainLink(actor.name, "speaker", actor.id),
    )
    taken = [s for a in attributions for s in (*a.source, *a.cue, *a.content)]
    said = Ranges(_merged([(s.start, s.end) for s in taken]))
    boilerplate = Ranges((s.start, s.end) for s in document.boilerplate)
    headings = Ranges((s.start, s.end) for s in document.headings)
    quoted = Ranges(_merged([(s.start, s.end) for s in document.quoted_blocks]))
    for start, end in text.sentences.spans:
        words = document.text[start:end]
        if boilerplate.holds(start) or boilerplate.holds(max(start, end - 1)) or quoted.holds(start):
            continue
        if headings.holds(start) and headings.holds(max(start, end - 1)):
            continue
        covered = _covered(said, start, end)
        if covered > 0.2 * (end - start) or not _is_sentence(words):
            continue
        key = hashlib.sha256(f"{document.sha256}|own|{start}|{end}".encode()).hexdigest()[:20]
        yield Statement(
            id=key,
            content=(Span(start, end, words),),
            speaker=speaker,
            chain=chain,
            depth=0,
            date=document.published,
            kind="direct",
        )


def _is_sentence(line: str) -> bool:
    """Whether a line says something: dates, places, signatures and salutations are names and figures without a verb."""
    words = WORD.findall(line)
    if len(line.split()) < 3 or not words:
        return False
    if len(words) > _SHORT or _TELLS.search(line.lower() if line.isupper() else line):
        return True
    figures = sum(word[0].isdigit() for word in words)
    small = sum(not word[0].isupper() for word in words) - figures
    if _END.search(line):
        return small > 0 or not figures  # "Tarn, 10 May 2024."
    return line[-1] not in ":," and 2 * small > len(words)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _covered(at: Ranges, start: int, end: int) -> int:
    total = 0
    for number in range(at.index(start), len(at.spans)):
        low, high = at.spans[number]
        if low >= end:
            break
        total += max(0, min(end, high) - max(start, low))
    return total
