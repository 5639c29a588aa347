"""Which attribution lies in which: the parent of every attribution.

In come attributions, some with a parent from the model; out goes the parent's id for each. Where the model names none, an
attribution whose spans all lie in one content of another is its child; the smallest such content wins. A nested one's
content is cut to its parent's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sayso.records import Attribution, Span


def parents(attributions: Sequence[Attribution], text: str) -> dict[str, str | None]:
    """Parent ids by attribution id; never a circle, never an unknown id."""
    by_id = {a.id: a for a in attributions}
    found: dict[str, str | None] = {}
    wide = sorted(
        ((min(s.start for s in a.content), max(s.end for s in a.content), a) for a in attributions if a.content),
        key=lambda w: (w[0], -w[1]),
    )[::-1]  # the next one last
    open_: list[tuple[int, int, Attribution]] = []
    holder: dict[str, str | None] = {}
    for start, end, inner in sorted(((*_hull(a), a) for a in attributions), key=lambda w: (w[0], -w[1])):
        while wide and wide[-1][0] <= start:
            open_.append(wide.pop())
        open_ = [w for w in open_ if w[1] > start]
        best: tuple[int, Attribution] | None = None
        for low, high, outer in open_:
            if outer.id == inner.id or high - low > 20_000:
                continue
            holds = low <= start and end <= high and _size(outer) > _size(inner) and _inside(inner, outer, text)
            if holds and (best is None or _size(outer) < best[0]):
                best = (_size(outer), outer)
        holder[inner.id] = best[1].id if best else None
    for attribution in attributions:
        given = attribution.parent
        found[attribution.id] = given if given in by_id and given != attribution.id else holder.get(attribution.id)
    for key in found:
        seen = {key}
        above = found[key]
        while above is not None:
            if above in seen:
                found[key] = None
                break
            seen.add(above)
            above = found[above]
    return found


def within_parents(
    attributions: Sequence[Attribution], parent_of: dict[str, str | None], text: str
) -> list[Attribution]:
    """The attributions with their parents set and their contents cut to their parents' (top ones first)."""
    by_id = {a.id: a for a in attributions}
    done: dict[str, Attribution] = {}

    def settle(key: str) -> Attribution:
        if key in done:
            return done[key]
        attribution = by_id[key]
        above = parent_of.get(key)
        if above is not None:
            outer = settle(above)
            cut = tuple(
                Span(max(s.start, o.start), min(s.end, o.end), text[max(s.start, o.start) : min(s.end, o.end)])
                for s in attribution.content
                for o in outer.content
                if max(s.start, o.start) < min(s.end, o.end)
            )
            attribution = replace(attribution, parent=above if cut else None, content=cut or attribution.content)
        elif attribution.parent is not None:
            attribution = replace(attribution, parent=None)
        done[key] = attribution
        return attribution

    return [settle(a.id) for a in attributions]


def lifted(parent_of: Mapping[str, str | None], gone: Collection[str]) -> dict[str, str | None]:
    """Parents by attribution id once some are gone: what lay in those lies in what they lay in."""

    def standing(key: str | None) -> str | None:
        while key is not None and key in gone:
            key = parent_of[key]
        return key

    return {key: standing(above) for key, above in parent_of.items() if key not in gone}


def _hull(attribution: Attribution) -> tuple[int, int]:
    spans = (*attribution.source, *attribution.cue, *attribution.content)
    return min(s.start for s in spans), max(s.end for s in spans)


def _size(attribution: Attribution) -> int:
    return sum(s.end - s.start for s in attribution.content)


def _inside(inner: Attribution, outer: Attribution, text: str) -> bool:
    for span in (*inner.source, *inner.cue, *inner.content):
        if not any(o.start <= span.start and span.end <= o.end for o in _joined(outer.content, text)):
            return False
    return True


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    """Spans that touch, or have only white space or quotation marks between them, count as one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and not text[out[-1].end : span.start].strip(" \t\n\"“”‘’'"):
            out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return out
