"""Items that several documents speak of, and items spoken of that the desk holds.

In come mentions of items with the words quoted from them, and the texts of held items; out go proposals that mentions in
different documents are one item, with what agrees, and links from a mention to a held item, each quotation compared with
the original. The results do not depend on the order of arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sayso.link._align import Word, connected, shingles, words
from sayso.link.actors import ActorIndex, exact_keys, loose_keys
from sayso.link.compare import Comparison, compare_words
from sayso.link.quotations import Quotation, find_witnesses
from sayso.records import DateValue

_LEAST = 5  # words below which a quotation found in a text proves nothing
_SIZE = 3


@dataclass(frozen=True, slots=True)
class MentionedPiece:
    """An item as one document speaks of it. `quotations` are (statement id, quoted words) that came through it."""

    key: str  # unique: the document's sha256 and the item's id
    document: str
    medium: str
    title: str | None = None
    outlet: str | None = None
    date: DateValue | None = None
    quotations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HeldPiece:
    """An item whose text the desk holds; `key` is the document's sha256."""

    key: str
    text: str
    medium: str = ""
    title: str = ""
    outlet: str = ""
    date: DateValue | None = None


@dataclass(frozen=True, slots=True)
class SameItem:
    """A proposal that mentions in several documents are one item, and what they agree in."""

    keys: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldLink:
    """A mention that a held item answers, with each quotation held against the original's text."""

    mention: str
    held: str
    evidence: tuple[str, ...]
    comparisons: tuple[tuple[str, Comparison], ...]


def propose_items(pieces: Iterable[MentionedPiece], actors: ActorIndex | None = None) -> tuple[SameItem, ...]:
    """Mentions in different documents that agree in medium, outlet and date, and in the title or in quoted words."""
    by_key = {p.key: p for p in pieces}
    shared = _shared_words(by_key)
    pairs: dict[tuple[str, str], tuple[str, ...]] = {}
    ordered = sorted(by_key.values(), key=lambda p: p.key)
    buckets: dict[str, list[MentionedPiece]] = {}
    for piece in ordered:
        buckets.setdefault(piece.medium, []).append(piece)
    for members in buckets.values():
        for i, one in enumerate(members):
            for other in members[i + 1 :]:
                evidence = _agreement(one, other, (one.key, other.key) in shared, actors)
                if evidence:
                    pairs[one.key, other.key] = evidence
    found = []
    for group in connected(pairs):
        inside = {e for pair, evidence in pairs.items() if pair[0] in group for e in evidence}
        found.append(SameItem(group, tuple(sorted(inside))))
    return tuple(found)


def _shared_words(by_key: dict[str, MentionedPiece]) -> set[tuple[str, str]]:
    owner: dict[str, str] = {}
    quotations = []
    for key, piece in by_key.items():
        for statement, text in piece.quotations:
            owner[statement] = key
            quotations.append(Quotation(statement, piece.document, text))
    found: set[tuple[str, str]] = set()
    for joined in find_witnesses(quotations):
        keys = sorted({owner[w.statement] for w in joined.witnesses})
        found.update((a, b) for i, a in enumerate(keys) for b in keys[i + 1 :])
    return found


def _agreement(
    one: MentionedPiece, other: MentionedPiece, same_words: bool, actors: ActorIndex | None
) -> tuple[str, ...]:
    """What two mentions agree in; empty where something contradicts or too little agrees."""
    if one.document == other.document:
        return ()
    titles = _titles_agree(one.title, other.title)
    outlets = _outlets_agree(one.outlet, other.outlet, actors)
    dates = dates_agree(one.date, other.date)
    if False in (titles, outlets, dates):
        return ()
    evidence = ["medium"]
    evidence += ["title"] if titles else []
    evidence += ["outlet"] if outlets else []
    evidence += ["date"] if dates else []
    evidence += ["quoted words"] if same_words else []
    strong = (titles and (outlets or dates or same_words)) or (same_words and (outlets or dates))
    return tuple(evidence) if strong else ()


def _titles_agree(one: str | None, other: str | None) -> bool | None:
    if not one or not other:
        return None
    return exact_keys([one]) == exact_keys([other])


def _outlets_agree(one: str | None, other: str | None, actors: ActorIndex | None) -> bool | None:
    if not one or not other:
        return None
    if loose_keys([one]) == loose_keys([other]):
        return True
    if actors is not None:
        a, b = actors.outlet(one), actors.outlet(other)
        if a and b:
            return a.id == b.id
        x, y = actors.match(one), actors.match(other)
        if x and y:
            return x.actor == y.actor or x.actor in actors.wholes(y.actor) or y.actor in actors.wholes(x.actor)
    short, long = sorted((loose_keys([one])[0].split(), loose_keys([other])[0].split()), key=len)
    return set(short) <= set(long) if short else None


def dates_agree(one: DateValue | None, other: DateValue | None) -> bool | None:
    """Whether two dates may be the same day; None where one is not known."""
    if one is None or other is None:
        return None
    return one.start <= other.end and other.start <= one.end


def link_held(
    pieces: Iterable[MentionedPiece], held: Iterable[HeldPiece], actors: ActorIndex | None = None
) -> tuple[HeldLink, ...]:
    """For each mention the held item that it speaks of, if one is the best by title or by quoted words."""
    items = sorted(held, key=lambda h: h.key)
    cut = {h.key: tuple(words(h.text)) for h in items}
    holders: dict[int, set[str]] = {}
    for item in items:
        for value in set(shingles(cut[item.key], _SIZE)):
            holders.setdefault(value, set()).add(item.key)
    links = []
    for piece in sorted(pieces, key=lambda p: p.key):
        best: tuple[int, HeldLink] | None = None
        likely = _likely(piece, holders)
        for item in items:
            titled = _titles_agree(piece.title, item.title)
            if item.key == piece.document or not (titled or item.key in likely):
                continue
            found = _answers(piece, item, cut[item.key], bool(titled), actors)
            if found and (best is None or found[0] > best[0]):
                best = found
        if best:
            links.append(best[1])
    return tuple(links)


def _likely(piece: MentionedPiece, holders: dict[int, set[str]]) -> set[str]:
    """Held items that share three words in a row with a quotation."""
    found: set[str] = set()
    for _, text in piece.quotations:
        for value in shingles(words(text), _SIZE):
            found |= holders.get(value, set())
    return found


def _answers(
    piece: MentionedPiece, item: HeldPiece, original: Sequence[Word], titled: bool, actors: ActorIndex | None
) -> tuple[int, HeldLink] | None:
    outlets = _outlets_agree(piece.outlet, item.outlet or None, actors)
    dates = dates_agree(piece.date, item.date)
    if outlets is False or dates is False:
        return None
    comparisons = tuple((statement, compare_words(text, original)) for statement, text in piece.quotations)
    told = [c for (_, text), (_, c) in zip(piece.quotations, comparisons, strict=True) if len(text.split()) >= _LEAST]
    found = sum(c.verdict != "not found" for c in told)
    if not (titled and (outlets or dates or found)) and not (found and (outlets or dates or found > 1)):
        return None
    evidence = ["title"] * titled + ["outlet"] * bool(outlets) + ["date"] * bool(dates) + ["quoted words"] * bool(found)
    score = 4 * titled + 2 * found + bool(outlets) + bool(dates)
    return score, HeldLink(piece.key, item.key, tuple(evidence), comparisons)
