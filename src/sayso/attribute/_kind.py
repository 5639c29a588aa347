"""Direct, mixed or indirect, by typography alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.encoder import Quoted
from sayso.records import Kind, Span

_WORD = re.compile(r"\w")


def kind_of(
    text: str, content: Sequence[Span], cue: Sequence[Span], runs: Sequence[Quoted], blocks: Sequence[Span]
) -> Kind:
    """Direct: every word of the content stands in quotation marks or a block quotation; mixed: some do.

    Marks that hold the cue as well are those of an outer speaker and do not count.
    """
    own = [
        (r.start, r.end)
        for r in runs
        if not any(r.start <= c.start and c.end <= r.end for c in cue)
        and any(r.start < s.end and s.start < r.end for s in content)
    ]
    own += [(b.start, b.end) for b in blocks if not any(b.start <= c.start < b.end for c in cue)]
    words = quoted = 0
    for s in content:
        for m in _WORD.finditer(text, s.start, s.end):
            words += 1
            quoted += any(a <= m.start() < b for a, b in own)
    if not words or not quoted:
        return "indirect"
    return "direct" if quoted == words else "mixed"
