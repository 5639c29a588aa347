"""The chain from the page to the speaker, and its depth.

In come attributions with parents, speakers and carriers; out go, for each attribution, the links from the document to the
speaker and the number of retellings. A recording or the speaker's own item is no retelling (DESIGN section 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sayso.link import _lexicon as lex
from sayso.link._items import Items
from sayso.link._own import owner
from sayso.link._text import bare, plain
from sayso.link._via import Carrier
from sayso.link.actors import ActorIndex
from sayso.records import Attribution, ChainLink, ChainRole, Document, Speaker

_REPORTS = lex.words(
    "report reports reported reporting said says explained found finds describes described notes noted"
)
_TOLD_OF = lex.words("video audio song editorial magazine social-post statement speech broadcast article")
_WROTE = lex.words("wrote writes writing penned tweeted posted published")


class Chains:
    """Chains of one document."""

    def __init__(
        self,
        document: Document,
        attributions: Sequence[Attribution],
        speakers: Mapping[str, Speaker],
        carried: Mapping[str, Carrier | None],
        items: Items,
        index: ActorIndex,
        tellers: Mapping[str, Speaker] | None = None,
    ) -> None:
        self._tellers = tellers or {}
        self._document = document
        self._by_id = {a.id: a for a in attributions}
        self._speakers = speakers
        self._carried = carried
        self._items = items
        self._index = index
        name = document.outlet or document.title or document.path
        found = index.match(name) if len(index) and name else None
        whose = owner(document, index) if len(index) else None
        self._owner = whose[0] if whose else None
        self._page = ChainLink(name, "document", self._owner or (found.actor if found else None))
        self._guide, self._from = self._find_guide(attributions)
        self._guided = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of how chains were made."""
        if self._guide is None or not self._guided:
            return ()
        return (f"items without a teller of their own are taken as told by {self._guide.name}",)

    def _find_guide(self, attributions: Sequence[Attribution]) -> tuple[Speaker | None, int]:
        """Who tells the page of the items it speaks of: a named body cited at least twice, once on such an item.

        A news text that is built on a monitor's report goes on describing the monitor's items without naming it in every
        sentence. Only a body that reports on items of others (never the outlet of one) is taken for such a guide.
        """
        outlets = {i.outlet for i in self._items.items if i.outlet and i.medium in lex.RECORDINGS}
        cited: dict[str, list[int]] = {}
        on_items: set[str] = set()
        for attribution in attributions:
            speaker = self._speakers[attribution.id]
            if attribution.parent or not speaker.name or speaker.kind not in ("organization", "publication"):
                continue
            if speaker.name in outlets or _same(self._page.name, speaker.name):
                continue
            cue = {plain(w) for c in attribution.cue for w in c.text.split()}
            inside = [m for c in attribution.content for m in self._items.within(c.start, c.end)]
            if cue & _REPORTS or "according" in cue:
                cited.setdefault(speaker.name, []).append(attribution.cue[0].start)
                if any(m.medium in _TOLD_OF for m in inside):
                    on_items.add(speaker.name)
        best = max((name for name in on_items if len(cited[name]) > 1), key=lambda n: (len(cited[n]), n), default=None)
        if best is None:
            return None, 0
        return next(s for s in self._speakers.values() if s.name == best), min(cited[best])

    def of(self, attribution: Attribution) -> tuple[tuple[ChainLink, ...], int]:
        """The links from the document to the speaker, and the depth."""
        links: list[ChainLink] = [self._page]
        line = [attribution]
        while line[0].parent and line[0].parent in self._by_id and len(line) < 20:
            line.insert(0, self._by_id[line[0].parent])
        first = self._speakers[line[0].id]
        # What somebody says in an item of their own is told by nobody else.
        depth = 0 if first.kind == "author" or (self._owner and first.actor == self._owner) else 1
        depth += self._through_guide(links, line)
        mouth: str | None = None  # who speaks the words so far: their telling of their own words is no retelling
        for i, step in enumerate(line):
            speaker = self._speakers[step.id]
            last = i == len(line) - 1
            depth += self._told(links, step)
            depth += self._carrier(links, step, speaker)
            if mouth is not None and speaker.name != mouth and (speaker.name is not None or (last and mouth)):
                depth += 1
            if speaker.name is None:
                if mouth is None and step.source and speaker.kind != "author":
                    mouth = ""  # "She said that the minister had told her": whoever she is, she tells it
                continue
            mouth = speaker.name
            if self._said(links, speaker):
                continue
            role: ChainRole = "outlet" if not last and speaker.kind == "publication" else "speaker"
            links.append(ChainLink(speaker.name, role, speaker.actor))
        return tuple(links), depth

    def _through_guide(self, links: list[ChainLink], line: Sequence[Attribution]) -> int:
        carrier = self._carried.get(line[0].id)
        guide = self._guide
        if guide is None or guide.name is None or carrier is None or carrier.item is None:
            return 0
        at = (line[0].cue or line[0].content)[0].start
        if carrier.medium not in _TOLD_OF or at < self._from or _same(carrier.outlet, self._page.name):
            return 0
        if any(self._speakers[step.id].name == guide.name for step in line):
            return 0
        links.append(ChainLink(guide.name, "speaker", guide.actor))
        self._guided = True
        return 1

    def _told(self, links: list[ChainLink], step: Attribution) -> int:
        """ "The monitor reports it said": the monitor stands between, though no content holds the words; 1 if so."""
        teller = self._tellers.get(step.id)
        if teller is None or teller.name is None or any(link.name == teller.name for link in links):
            return 0
        links.append(ChainLink(teller.name, "speaker", teller.actor))
        return 1

    def _said(self, links: Sequence[ChainLink], speaker: Speaker) -> bool:
        return bool(links) and links[-1].role == "speaker" and links[-1].name == speaker.name

    def _carrier(self, links: list[ChainLink], step: Attribution, speaker: Speaker) -> int:
        """Add what the step came through; 1 if that is a retelling by somebody else."""
        carrier = self._carried.get(step.id)
        if carrier is None:
            return 0
        outlet = carrier.outlet
        own = outlet is None or _same(outlet, speaker.name)
        own = own or (speaker.kind == "publication" and bare(outlet or "") in bare(speaker.name or ""))
        words = self._document.text[carrier.start : carrier.end]
        if outlet and not own and not _same(outlet, self._page.name):
            found = self._index.match(outlet) if len(self._index) else None
            links.append(ChainLink(outlet, "outlet", found.actor if found else None))
        item = ChainLink(words, "item")
        if words != outlet and item not in links and not _speaks_itself(words, speaker):
            links.append(item)
        cue = {plain(w) for c in step.cue for w in c.text.split()}
        return int(not own and carrier.medium not in lex.RECORDINGS and not cue & _WROTE)


def _same(one: str | None, other: str | None) -> bool:
    """Two names are one but for an article: "The Lakeside Herald" and "Lakeside Herald"."""
    return bare(one or "") == bare(other or "") != ""


def _speaks_itself(item: str, speaker: Speaker) -> bool:
    """The item has no other speaker than itself: "a study" of which it says "according to a study of its messages"."""
    if item == speaker.name:
        return True
    core, name = (
        [w for w in words.split() if w.casefold() not in lex.DETERMINERS] for words in (item, speaker.name or "")
    )
    # a name in capitals is another's: "the Times" is not the Times of Israel
    return speaker.kind == "publication" and bool(core) and core[-1].islower() and name[: len(core)] == core
