"""Texts that the tests of the stage share: plain English with attributions that nobody misses."""

from itertools import pairwise

from sayso.attribute import attribute
from sayso.records import Analysis, Attribution, Document

PARAGRAPHS = (
    "“The harbour will stay closed until the wreck is lifted,” said Amina Lund, the harbour master. "
    "A crane is on its way from Gdynia.",
    "The owner of the trawler told reporters that the engine had failed twice before. "
    "Two of the crew are in hospital.",
    "According to the coast guard, nobody had answered the radio for an hour.",
    "Fishermen believe that the sandbank has moved to the west since the storm. The chart is from 1998.",
    "“We asked for a buoy,” Lund said, “and we were sent a form.”",
    "The ministry announced that it would pay for the divers. The bill comes to two million kroner.",
)  # fmt: skip
ARTICLE = "\n\n".join(PARAGRAPHS)
GERMAN = (
    "Der Hafen bleibt geschlossen, sagte der Hafenmeister am Montag. „Wir warten auf den Kran“, erklärte er weiter. "
    "Nach Angaben der Küstenwache hatte eine Stunde lang niemand geantwortet."
)


def document(text: str, path: str = "text.txt", language: str = "en", **more: object) -> Document:
    return Document(path=path, text=text, sha256="", language=language, **more)  # type: ignore[arg-type]


def well_formed(text: str, analysis: Analysis) -> None:
    """Every promise that an analysis makes about its spans."""
    by_id = {a.id: a for a in analysis.attributions}
    assert len(by_id) == len(analysis.attributions)
    for a in analysis.attributions:
        assert a.cue and a.content
        assert 0 <= a.confidence <= 1
        for span in (*a.source, *a.cue, *a.content):
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end] == span.text
        for spans in (a.source, a.cue, a.content):
            assert all(x.end <= y.start for x, y in pairwise(spans))
        if a.parent is not None:
            holder = by_id[a.parent]
            assert holder.id != a.id
            for span in a.content:
                assert all(_inside(text, i, holder) for i in range(span.start, span.end))
    seen: list[tuple[int, int]] = []
    for a in analysis.attributions:
        if a.parent is None:
            for span in a.content:
                assert all(span.end <= s or e <= span.start for s, e in seen)
                seen.append((span.start, span.end))
    for span in (*analysis.sentences, *(m.span for m in analysis.mentions)):
        assert text[span.start : span.end] == span.text
    assert all(x.end <= y.start for x, y in pairwise(analysis.sentences))
    for mention, antecedent, probability in analysis.coreference:
        assert antecedent.start < mention.end and 0 <= probability <= 1


def _inside(text: str, i: int, holder: Attribution) -> bool:
    return text[i].isspace() or any(s.start <= i < s.end for s in holder.content)


def said(text: str) -> list[tuple[str, str]]:
    """Sources and contents of the text itself."""
    found = attribute(document(text))
    well_formed(text, found)
    return pairs(found)


def pairs(found: Analysis) -> list[tuple[str, str]]:
    """Sources and contents of what lies in no other."""
    return [
        (" ".join(s.text for s in a.source), " | ".join(s.text for s in a.content))
        for a in found.attributions
        if a.parent is None
    ]
