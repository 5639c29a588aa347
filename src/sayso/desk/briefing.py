"""What the desk knows of an actor's line on a topic, put together as the `Brief` that every printed form reads.

In: the desk, an actor, a topic. Out: a `Brief`: finding, line, statements with their chains, items, denominators, method.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import sayso
from sayso.brief import Agreement, Brief, Comparison, Count, Difference, LeftOut, Phrase, Quoted, Retest, Turn
from sayso.brief import Item as BriefItem
from sayso.code.agreement import agreement
from sayso.desk.caveats import caveats
from sayso.desk.lines import points_of
from sayso.desk.tracked import tracked
from sayso.link._align import DifferenceKind
from sayso.link.compare import compare
from sayso.records import Point, Producer
from sayso.store import LineKey
from sayso.store.ids import stable_id
from sayso.track import Carriers, Line, chart, headline, members

if TYPE_CHECKING:
    from sayso.desk.desk import Desk
    from sayso.store import Found

CONTEXT = 400  # characters on either side of a quotation
OPS: dict[DifferenceKind, Literal["omitted", "added", "replaced"]] = {
    "left out": "omitted",
    "added": "added",
    "changed": "replaced",
}
HOLDS = 0.5  # a re-tested shift stands from this probability on
METHOD = (
    "Every item was archived as it was fetched, with the SHA-256 of its bytes, and read into a text whose positions every "
    "quotation of this brief refers to. A model that is part of the program marks who says what (source, cue and content of "
    "each attribution); sources, items and dates were then resolved within each document, and speakers matched with the "
    "desk's actors by name.",
    "Depth counts retellings: 0 is the speaker's own item, 1 a page that quotes the speaker, 2 a page that quotes somebody "
    "who does. Copies of one dispatch, found by MinHash and compared paragraph by paragraph, count once.",
    "Periods and shifts come from an exact Bayesian segmentation of the coded statements (Fearnhead 2006; Rigaill, Lebarbier "
    "and Robin 2012). It allows for statements of one item being alike, for codings being uncertain and for dates being known "
    "only roughly. A shift's interval is the shortest span of dates that holds 90% of its probability.",
)


def brief_of(
    desk: Desk,
    actor: str,
    topic: str,
    *,
    family: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Brief:
    """The brief of an actor's line on a topic. Raises `UsageError` for an unknown actor, topic or family."""
    ids = desk.actor_ids(actor)
    watched, codes = desk.topic(topic), desk.codebook.family(desk.family(family))
    found = points_of(desk, ids[0], watched.id, codes.name, since=since, until=until)
    known = tracked(desk, LineKey(ids[0], watched.id, codes.name), found.points) if found.points else None
    line, moved = (known.line, known.carriers) if known else (None, ())
    statements = desk.store.statements.load([point.statement for point in found.points])
    quoted = [_quoted(each, desk) for each in statements]
    who = desk.actors.get(ids[0])
    assert who is not None
    turns = tuple(_turn(each) for each in moved)
    return Brief(
        actor=who,
        topic=watched.name,
        desk=desk.name,
        issued_at=dt.datetime.now(dt.UTC).replace(microsecond=0),
        headline=_headline(line, found.points),
        version=sayso.__version__,
        topic_description=watched.description,
        family=codes.name,
        codes={code.name: code.definition for code in codes},
        since=since,
        until=until,
        periods=line.periods if line else (),
        members=tuple(
            tuple(point.statement for point in inside) for inside in (members(line, found.points) if line else ())
        ),
        turns=turns,
        chart=chart(line, found.points, codebook=codes.colours) if line else None,
        chart_dark=chart(line, found.points, theme="dark", codebook=codes.colours) if line else None,
        statements=tuple(quoted),
        comparisons=tuple(_comparisons(desk, statements)),
        items=tuple(_items(desk, statements, ids)),
        counts=_counts(desk, [each.id for each in quoted], found.left_out),
        agreement=tuple(_agreement(desk, codes.name)),
        method=METHOD,
        producers=tuple(_producers(desk)),
        codebook_version=desk.codebook.version,
        settings_sha256=stable_id(desk.actors_version, desk.topics_version, desk.settings.model_dump_json()),
        limits=(*_limits(line, statements), *caveats(desk, watched.id, codes.name)),
    )


def _headline(line: Line | None, points: Sequence[Point]) -> tuple[Phrase, ...]:
    if line is None:
        return (Phrase("No dated and coded statement of this actor on this topic: nothing can be said of a line."),)
    return tuple(Phrase(part.text, part.statements) for part in headline(line, points))


def _turn(carrier: Carriers) -> Turn:
    mix = next((each for each in carrier.composition if each.only_mix), None)
    if mix:
        sentence = f"Only the mix by {mix.by} seems to have changed: it explains {mix.mix:.0%} of the change."
    elif carrier.composition:
        most = max(carrier.composition, key=lambda each: each.mix)
        sentence = (
            f"The line itself changed: of the change, at most {max(0.0, most.mix):.0%} is explained by another mix "
            f"(by {most.by})."
        )
    else:
        sentence = ""
    return Turn(
        shift=carrier.shift,
        moved=tuple((each.code, each.before, each.after) for each in carrier.moved),
        typical_before=carrier.typical_before,
        typical_after=carrier.typical_after,
        retests=tuple(
            Retest(each.part, each.name, each.probability, each.probability >= HOLDS) for each in carrier.without
        ),
        composition=sentence,
    )


def _quoted(found: Found, desk: Desk) -> Quoted:
    statement, text = found.statement, found.document.text
    start = min(span.start for span in statement.content)
    end = max(span.end for span in statement.content)
    own = desk.store.items.of_documents(found.carriers)
    quotes = desk.store.quoted_places.of([statement.id]).get(statement.id, ())
    return Quoted(
        id=statement.id,
        text=" … ".join(span.text for span in statement.content),
        item=own[found.document_id],
        document=found.document.path,
        sha256=found.document.sha256,
        start=start,
        end=end,
        speaker=statement.speaker,
        chain=statement.chain,
        depth=statement.depth,
        kind=statement.kind,
        target=statement.target,
        date=statement.date,
        date_of="utterance" if found.date_of == "utterance" else "item",
        codes=found.codings,
        before=_before(text, start),
        after=_after(text, end),
        confidence=statement.confidence,
        carriers=tuple(dict.fromkeys(own[key] for key in found.carriers)),
        quotes=tuple(f"{', '.join(filter(None, (q.work, q.section)))} ({q.verdict})" for q in quotes),
    )


def _before(text: str, start: int) -> str:
    first = max(0, start - CONTEXT)
    cut = text[first:start]
    if first:
        ends = [cut.find(mark) for mark in (". ", ".\n", "\n\n") if mark in cut]
        cut = cut[min(ends) + 1 :] if ends else cut[cut.find(" ") + 1 :]
    return cut.lstrip()


def _after(text: str, end: int) -> str:
    last = min(len(text), end + CONTEXT)
    cut = text[end:last]
    if last < len(text):
        ends = [cut.rfind(mark) for mark in (". ", ".\n", "\n\n") if mark in cut]
        cut = cut[: max(ends) + 1] if ends else cut[: cut.rfind(" ")]
    return cut.rstrip()


def _items(desk: Desk, statements: Sequence[Found], actor_ids: Sequence[str]) -> list[BriefItem]:
    """The items that carry the statements, those they were spoken in, and their copies."""
    spoken: dict[str, set[str]] = defaultdict(set)
    documents = {key for each in statements for key in each.carriers}
    owners = desk.store.items.of_documents(documents)
    for each in statements:
        spoken[owners[each.document_id]].add(each.statement.id)
        spoken[each.item_id].add(each.statement.id)
    kept = desk.store.items.get([*owners.values(), *spoken])
    kept |= desk.store.items.get([each.joined for each in kept.values() if each.joined])
    copy_of: dict[str, str] = {}
    for copy, (dispatch, _) in desk.store.joins.copies().items():
        pair = desk.store.items.of_documents([copy, dispatch])
        if pair.get(copy) in kept and pair.get(dispatch) in kept:
            copy_of[pair[copy]] = pair[dispatch]
    result = []
    for item in kept.values():
        if not item.held and item.joined:
            continue  # it is listed as the item that it is
        document = desk.store.documents.get(item.document_id) if item.held else None
        captured = desk.store.captures.of(document.sha256) if document else []
        outlet = desk.actors.outlet(item.outlet) if item.outlet else None
        mentioned_by = desk.store.items.of_documents([item.document_id]).values() if not item.held else ()
        own = {s for key, of in spoken.items() if key == item.id or kept[key].joined == item.id for s in of}
        result.append(
            BriefItem(
                id=item.id,
                title=item.title or "",
                medium=item.medium,
                outlet=item.outlet or "",
                date=item.date,
                held=item.held,
                url=item.url,
                sha256=document.sha256 if document else "",
                captured_at=captured[0].fetched_at if captured else None,
                primary=bool(outlet and outlet.actor in actor_ids),
                statements=len(own),
                copies=tuple(sorted(copy for copy, of in copy_of.items() if of == item.id)),
                copy_of=copy_of.get(item.id),
                mentioned_by=tuple(mentioned_by),
            )
        )
    return sorted(result, key=lambda item: (item.date.start if item.date else dt.date.max, item.id))


def _comparisons(desk: Desk, statements: Sequence[Found]) -> list[Comparison]:
    """Quotations laid beside the originals that the desk holds."""
    spoken_in = desk.store.items.get([each.item_id for each in statements])
    originals = desk.store.items.get([item.joined for item in spoken_in.values() if item.joined])
    result = []
    for each in statements:
        item = spoken_in.get(each.item_id)
        original = originals.get(item.joined or "") if item else None
        if original is None or not original.held or each.statement.kind == "indirect":
            continue
        document = desk.store.documents.get(original.document_id)
        words = " ".join(span.text for span in each.statement.content)
        found = compare(words, document.text)
        result.append(
            Comparison(
                statement=each.statement.id,
                original_item=original.id,
                original_sha256=document.sha256,
                verdict=found.verdict,
                differences=tuple(Difference(OPS[d.kind], d.original, d.other) for d in found.differences),
                start=found.start or 0,
                end=found.end or 0,
            )
        )
    return result


def _counts(desk: Desk, on_line: Sequence[str], left_out: dict[str, int]) -> tuple[Count, ...]:
    from sayso.desk.summary import summarize

    figures = summarize(desk)
    reasons: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for failure in figures.refused:
        reasons[failure.stage][failure.reason].append(failure.path)

    def refused(stage: str) -> tuple[LeftOut, ...]:
        by_reason = sorted(reasons[stage].items())
        return tuple(LeftOut(why, len(paths), tuple(paths[:5]), "/#refused") for why, paths in by_reason)

    def left(*given: tuple[str, int, str]) -> tuple[LeftOut, ...]:
        return tuple(LeftOut(why, number, where=where) for why, number, where in given if number)

    stage = "/search?stage="
    return (
        Count("collected", figures.collected, "items", refused("collect"), where="/items?show=held"),
        Count(
            "read",
            figures.read,
            "documents",
            (*refused("read"), *left(("copies of another", figures.copies, "/documents"))),
            where="/documents",
        ),
        Count(
            "attributed",
            figures.statements,
            "statements",
            left(
                ("speaker is no actor of the desk", figures.unknown_speakers, f"{stage}unknown"),
                ("repeated by copies", figures.repeated, f"{stage}repeated"),
                ("without a date", figures.undated, f"{stage}undated"),
            ),
            where=f"{stage}attributed",
        ),
        Count(
            "coded",
            figures.coded,
            "statements",
            left(("below the coder's threshold", figures.unsure, f"{stage}unsure")),
            where=f"{stage}coded",
        ),
        Count(
            "on the line", len(on_line), "statements", left(*((*each, "") for each in left_out.items())), tuple(on_line)
        ),
    )


def _agreement(desk: Desk, family: str) -> list[Agreement]:
    human = desk.store.codings.human()
    if not human:
        return []
    seen = {coding.statement for coding in human}
    both = agreement([*human, *desk.store.codings.machine(seen)], desk.codebook.family(family))
    return [
        Agreement(family, pair.coders, "Krippendorff's alpha", pair.alpha, pair.units)
        for pair in both.pairs
        if pair.alpha is not None
    ]


def _producers(desk: Desk) -> list[Producer]:
    found = []
    for key in desk.store.progress.producers():
        stage, version, model = (*key.split(" "), "")[:3]
        model = "" if "=" in model else model  # what follows a name is the settings that it worked with
        if stage in ("read", "attribute", "link", "code"):
            found.append(Producer(stage, version, model))
    return list(dict.fromkeys(found))


def _limits(line: Line | None, statements: Sequence[Found]) -> list[str]:
    limits = list(line.notes) if line else []
    by_model = sum(all(c.coder.startswith("model:") for c in each.codings) for each in statements)
    if by_model:
        limits.append(f"{by_model} of {len(statements)} statements were coded by the model alone.")
    unchecked = sum(not each.corrected for each in statements)
    if unchecked:
        limits.append(
            f"The speaker, chain and date of {unchecked} statements are the program's reading, not corrected."
        )
    return limits
