"""Direct, mixed or indirect, by typography alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.encoder import Quoted
from sayso.records import Kind, Span

_OPENERS = ("“", "„", "«", "``", "''")
_WORD = re.compile(r"\w")


def kind_of(
    text: str, content: Sequence[Span], cue: Sequence[Span], runs: Sequence[Quoted], blocks: Sequence[Span]
) -> Kind:
    """Direct: every word of the content stands in quotation marks or a block quotation; mixed: some do.

    Marks that hold the cue as well are those of an outer speaker and do not count. A content that begins with an opening mark
    which nothing closes was meant to be quoted: pages lose marks.
    """
    own = [
        (r.start, r.end)
        for r in runs
        if not any(r.start <= c.start and c.end <= r.end for c in cue)
        and any(r.start < s.end and s.start < r.end for s in content)
    ]
    own += [(s.start, s.end) for s in content if _odd_mark(text, s, runs)]
    own += [(b.start, b.end) for b in blocks if not any(b.start <= c.start < b.end for c in cue)]
    words = quoted = 0
    for s in content:
        for m in _WORD.finditer(text, s.start, s.end):
            words += 1
            quoted += any(a <= m.start() < b for a, b in own)
    if not words or not quoted:
        return "indirect"
    return "direct" if quoted == words else "mixed"


def _odd_mark(text: str, span: Span, runs: Sequence[Quoted]) -> bool:
    """The span begins with a double opening mark, and no quoted run touches it."""
    opens = text.startswith(_OPENERS, span.start) or (
        text.startswith('"', span.start) and not text[max(0, span.start - 1) : span.start].strip()
    )
    return opens and not any(r.start < span.end and span.start < r.end for r in runs)
