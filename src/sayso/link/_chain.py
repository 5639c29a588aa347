"""The chain from the page to the speaker, and its depth.

In come attributions with parents, speakers and carriers; out go, for each attribution, the links from the document to the
speaker and the number of retellings. A recording or the speaker's own item is no retelling (DESIGN section 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sayso.link import _lexicon as lex
from sayso.link._antecedents import Referent
from sayso.link._items import Items
from sayso.link._names import plain
from sayso.link._via import Carrier
from sayso.link.actors import ActorIndex
from sayso.records import Attribution, ChainLink, Document, Speaker

_WROTE = lex.words("wrote writes writing penned tweeted posted published")


class Chains:
    """Chains of one document."""

    def __init__(
        self,
        document: Document,
        attributions: Sequence[Attribution],
        referents: Mapping[str, Referent],
        speakers: Mapping[str, Speaker],
        carried: Mapping[str, Carrier | None],
        items: Items,
        index: ActorIndex,
    ) -> None:
        self._document = document
        self._by_id = {a.id: a for a in attributions}
        self._referents = referents
        self._speakers = speakers
        self._carried = carried
        self._items = items
        self._index = index
        self.notes: tuple[str, ...] = ()
        name = document.outlet or document.title or document.path
        found = index.match(name) if len(index) and name else None
        self._page = ChainLink(name, "document", found.actor if found else None)

    def of(self, attribution: Attribution) -> tuple[tuple[ChainLink, ...], int]:
        """The links from the document to the speaker, and the depth."""
        links: list[ChainLink] = [self._page]
        depth = 1
        line = [attribution]
        while line[0].parent and line[0].parent in self._by_id and len(line) < 20:
            line.insert(0, self._by_id[line[0].parent])
        for i, step in enumerate(line):
            speaker = self._speakers[step.id]
            last = i == len(line) - 1
            depth += self._carrier(links, step, speaker)
            if speaker.name is None:
                continue
            if self._said(links, speaker):
                continue
            role = "speaker" if last else "outlet" if speaker.kind == "publication" else "speaker"
            links.append(ChainLink(speaker.name, role, speaker.actor))  # type: ignore[arg-type]
            if not last:
                depth += 1
        return tuple(links), depth

    def _said(self, links: Sequence[ChainLink], speaker: Speaker) -> bool:
        return bool(links) and links[-1].role == "speaker" and links[-1].name == speaker.name

    def _carrier(self, links: list[ChainLink], step: Attribution, speaker: Speaker) -> int:
        """Add what the step came through; 1 if that is a retelling by somebody else."""
        carrier = self._carried.get(step.id)
        if carrier is None:
            return 0
        outlet = carrier.outlet
        own = outlet is None or outlet == speaker.name
        words = self._document.text[carrier.start : carrier.end]
        if outlet and not own and outlet != self._page.name:
            found = self._index.match(outlet) if len(self._index) else None
            links.append(ChainLink(outlet, "outlet", found.actor if found else None))
        if words != outlet and words != speaker.name:
            links.append(ChainLink(words, "item"))
        cue = {plain(w) for c in step.cue for w in c.text.split()}
        return int(not own and carrier.medium not in lex.RECORDINGS and not cue & _WROTE)
