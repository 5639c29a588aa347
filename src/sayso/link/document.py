"""From attributions to statements within one document: `link`.

In come a `Document`, its `Analysis` and the desk's actors; out goes `Linked`: statements with speaker, via, chain, depth,
target and date, and the items that the document speaks of. A function of its arguments alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sayso.link import _chain, _own
from sayso.link import _lexicon as lex
from sayso.link._items import Item, Items
from sayso.link._minds import told_with_parents
from sayso.link._names import Names
from sayso.link._nesting import lifted, parents, within_parents
from sayso.link._phrases import head_of
from sayso.link._referents import Referent
from sayso.link._speakers import Speakers
from sayso.link._targets import Aim, target_in, target_of
from sayso.link._text import Text
from sayso.link._times import Times
from sayso.link._via import Carrier, Carriers
from sayso.link.actors import ActorIndex
from sayso.records import (
    Analysis,
    Attribution,
    DateValue,
    Document,
    Linked,
    MentionedItem,
    Producer,
    Span,
    Speaker,
    SpeakerKind,
    Statement,
    Target,
    Via,
)

LINKER = Producer("link", "10")
_NO_ACTORS = ActorIndex()


def statement_id(sha256: str, attribution: Attribution) -> str:
    """The id of a statement: the same for the same bytes and spans, whatever else changes."""
    spans = [(s.start, s.end) for s in attribution.content], [(s.start, s.end) for s in attribution.cue]
    return hashlib.sha256(f"{sha256}|{spans[0]}|{spans[1]}".encode()).hexdigest()[:20]


def link(
    document: Document, analysis: Analysis, actors: ActorIndex | None = None, *, captured: dt.date | None = None
) -> Linked:
    """Resolve a document's attributions into statements. `captured` bounds every date from above."""
    index = actors or _NO_ACTORS
    text = Text(_blanked(document), analysis.sentences)
    names = Names(text, analysis.mentions)
    sources = [a.source[0] for a in analysis.attributions if len(a.source) == 1]
    cues = [c for a in analysis.attributions for c in a.cue]
    items = Items(text, names, lambda name: _outlet_medium(index, name), sources, cues)
    parent_of = parents(analysis.attributions, document.text)
    attributions = within_parents(analysis.attributions, parent_of, document.text)
    parent_of = {a.id: a.parent for a in attributions}
    author = _own.author(document, index)
    resolver = Speakers(text, names, items, attributions, parent_of, analysis.coreference, author)
    referents = resolver.resolve()
    idle = told_with_parents(attributions, parent_of, referents)
    parent_of = lifted(parent_of, idle)
    attributions = [replace(a, parent=parent_of[a.id]) for a in attributions if a.id not in idle]
    times = Times(
        text, names, document.published or document.updated, captured, [c for a in attributions for c in a.content]
    )
    dated = {id(item): times.of_item(item) for item in items.items}
    ids = {id(item): f"i{n}" for n, item in enumerate(items.items, 1)}
    carriers = Carriers(text, names, items, referents, resolver.places, document.outlet, attributions)
    ordered = sorted(attributions, key=lambda a: a.cue[0].start if a.cue else a.content[0].start)
    carried: dict[str, Carrier | None] = {a.id: carriers.of(a) for a in ordered}
    whose = _own.owner(document, index) if len(index) else None
    speakers = {a.id: _speaker(referents[a.id], a, index, whose) for a in attributions}
    by_id = {a.id: a for a in attributions}
    tellers = {key: _speaker(told, by_id[key], index, whose) for key, told in resolver.tellers.items() if key in by_id}
    chain = _chain.Chains(document, attributions, speakers, carried, items, index, tellers)
    statements = []
    orders = _orders(times, attributions, carried)
    keys = {a.id: statement_id(document.sha256, a) for a in attributions}
    for attribution in attributions:
        carrier = carried[attribution.id]
        target = _target(attribution, text, names, resolver, index)
        links, depth = chain.of(attribution)
        statements.append(
            Statement(
                id=keys[attribution.id],
                content=attribution.content,
                speaker=speakers[attribution.id],
                chain=links,
                depth=depth,
                attribution=attribution,
                parent=keys.get(attribution.parent) if attribution.parent else None,
                target=target,
                via=_via(carrier, document.text, ids) if carrier else None,
                date=_date(times, attribution, carrier, dated, document),
                kind=attribution.kind,
                confidence=attribution.confidence,
                order=orders[attribution.id],
                embedding=attribution.embedding,
            )
        )
    own = [
        replace(s, target=_aimed(aim.words, aim, index)) if aim else s
        for s in _own.statements(document, text, attributions, index)
        for aim in (target_in(s.content[0].start, s.content[0].end, text, names, author),)
    ]
    used = {id(c.item) for c in carried.values() if c is not None}
    kept = [item for item in items.items if id(item) in used or not item.general]
    mentioned = tuple(_mentioned(item, ids[id(item)], dated[id(item)], times, document.text) for item in kept)
    return Linked((*statements, *own), mentioned, chain.notes, LINKER)


def _blanked(document: Document) -> str:
    """The text with spaces for what the page itself says ("Photo: Reuters", "Share on Facebook"): nobody speaks there."""
    text, parts, at = document.text, [], 0
    for span in sorted(document.boilerplate, key=lambda s: s.start):
        if span.end > at:
            first = max(at, span.start)
            parts += [text[at:first], re.sub(r"[^\r\n]", " ", text[first : span.end])]
            at = span.end
    return "".join(parts) + text[at:]


def _outlet_medium(index: ActorIndex, name: str) -> str | None:
    outlet = index.outlet(name)
    return outlet.medium if outlet else None


def _speaker(referent: Referent, attribution: Attribution, index: ActorIndex, whose: tuple[str, str] | None) -> Speaker:
    """A referent as a speaker; the desk's actor is sought by the source's own words first, then by the resolved name.

    `whose` is the actor whose own voice the document is, with the alias that told.
    """
    if not len(index):
        return Speaker(referent.name, referent.kind)
    if referent.kind == "author":
        return Speaker(referent.name, "author", *(whose or (None, "")))
    words = " ".join(s.text for s in attribution.source).strip(' \t\n"“”,.;:')
    if words.casefold() in lex.PRONOUNS or referent.name is None:
        words = ""
    for name in (words, head_of(words), referent.name or ""):
        found = index.match(name) if name else None
        if found:
            actor = index.get(found.actor)
            kind: SpeakerKind = referent.kind
            if actor is not None and kind != "publication":
                kind = _KINDS.get(actor.kind, kind)
            return Speaker(found.name, kind, found.actor, found.alias)
    return Speaker(referent.name, referent.kind)


_KINDS: dict[str, SpeakerKind] = {
    "person": "person",
    "group": "group",
    "organization": "organization",
    "office": "organization",
}


def _target(attribution: Attribution, text: Text, names: Names, resolver: Speakers, index: ActorIndex) -> Target | None:
    speaker = resolver.found[attribution.id]
    aim = target_of(attribution, text, names, speaker)
    if aim is None and attribution.kind == "direct":
        spans = attribution.content
        aim = next((t for c in spans if (t := target_in(c.start, c.end, text, names, speaker))), None)
    if aim is None:
        return None
    name: str | None = aim.words
    if aim.pronoun:
        meant = resolver.aimed(aim, attribution)
        name = meant.name if meant else None
    return _aimed(name, aim, index)


def _aimed(name: str | None, aim: Aim, index: ActorIndex) -> Target | None:
    if name is None:
        return None
    found = (index.match(name) or index.match(aim.words)) if len(index) else None
    return Target(name, found.actor if found else None)


def _via(carrier: Carrier, text: str, ids: dict[int, str]) -> Via:
    item_id = ids.get(id(carrier.item)) if carrier.item else None
    return Via(text[carrier.start : carrier.end], carrier.medium, carrier.outlet, carrier.start, carrier.end, item_id)


def _date(
    times: Times,
    attribution: Attribution,
    carrier: Carrier | None,
    dated: dict[int, DateValue | None],
    document: Document,
) -> DateValue | None:
    """Of the utterance, else of its item, else the page's own."""
    found = times.of_utterance(attribution)
    if found is None and carrier is not None and carrier.item is not None:
        found = dated.get(id(carrier.item))
    return found or times.page


def _orders(
    times: Times, attributions: Sequence[Attribution], carried: Mapping[str, Carrier | None]
) -> dict[str, int | None]:
    """For each attribution the step in which its item is first told of, else that of the words that hold it, else that of
    its own place."""
    by_id = {a.id: a for a in attributions}
    found: dict[str, int | None] = {}

    def order(attribution: Attribution) -> int | None:
        if attribution.id not in found:
            carrier, parent = carried[attribution.id], by_id.get(attribution.parent or "")
            item = carrier.item if carrier else None
            told = times.order(item.mentions[0].start) if item else None
            held = order(parent) if parent else None
            found[attribution.id] = told or held or times.order((attribution.cue or attribution.content)[0].start)
        return found[attribution.id]

    for attribution in attributions:
        order(attribution)
    return found


def _mentioned(item: Item, key: str, date: DateValue | None, times: Times, text: str) -> MentionedItem:
    spans = tuple(Span(m.start, m.end, text[m.start : m.end]) for m in item.mentions)
    return MentionedItem(key, item.medium, item.title, item.outlet, date, spans, times.order(spans[0].start))
