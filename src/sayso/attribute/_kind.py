"""Direct, mixed or indirect, by typography alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.encoder import QuotedRuns
from sayso.records import Kind, Span

_OPENERS = ("“", "„", "«", "``", "''")
_WORD = re.compile(r"\w")


def kind_of(text: str, content: Sequence[Span], cue: Sequence[Span], runs: QuotedRuns, blocks: QuotedRuns) -> Kind:
    """Direct: every word of the content stands in quotation marks or a block quotation; mixed: some do.

    Marks that hold the cue as well are those of an outer speaker and do not count. A content that begins with an opening mark
    which nothing closes was meant to be quoted: pages lose marks. `blocks` are the page's block quotations.
    """
    touching = {r for s in content for r in runs.touching(s.start, s.end)}
    own = [(r.start, r.end) for r in touching if not any(r.start <= c.start and c.end <= r.end for c in cue)]
    own += [(s.start, s.end) for s in content if _odd_mark(text, s, runs)]
    around = {b for s in content for b in blocks.touching(s.start, s.end)}
    own += [(b.start, b.end) for b in around if not any(b.start <= c.start < b.end for c in cue)]
    own.sort()
    words = quoted = 0
    for s in content:
        words += len(_WORD.findall(text, s.start, s.end))
        at = s.start
        for a, b in own:
            a, b = max(a, at), min(b, s.end)
            if a < b:
                quoted += len(_WORD.findall(text, a, b))
                at = b
    if not words or not quoted:
        return "indirect"
    return "direct" if quoted == words else "mixed"


def _odd_mark(text: str, span: Span, runs: QuotedRuns) -> bool:
    """The span begins with a double opening mark, and nothing that is closed touches it."""
    opens = text.startswith(_OPENERS, span.start) or (
        text.startswith('"', span.start) and not text[max(0, span.start - 1) : span.start].strip()
    )
    return opens and not any(r.closed for r in runs.touching(span.start, span.end))
