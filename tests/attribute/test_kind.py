"""Kind by typography: direct, mixed, indirect."""

import pytest
from robustness_set import Case, load

from sayso.attribute._kind import kind_of
from sayso.encoder import Quoted, QuotedRuns, quoted_runs
from sayso.records import Span


def spans(text: str, ranges: list[tuple[int, int]]) -> list[Span]:
    return [Span(a, b, text[a:b]) for a, b in ranges]


@pytest.mark.parametrize("case", [c for c in load() if c.expected], ids=lambda c: c.id)
def test_kind_of_the_expected_spans(case: Case) -> None:
    """With the right spans the kind follows from the marks alone, for every text of the robustness set."""
    text = case.document.text
    blocks = QuotedRuns(Quoted(b.start, b.end, "") for b in case.document.quoted_blocks)
    found = {
        n: kind_of(text, spans(text, e.content), spans(text, e.cue), quoted_runs(text), blocks)
        for n, e in case.expected.items()
    }
    assert found == {n: e.kind for n, e in case.expected.items()}


def kind(text: str, content: str, cue: str) -> str:
    at, c = text.index(content), text.index(cue)
    return kind_of(text, [Span(at, at + len(content))], [Span(c, c + len(cue))], quoted_runs(text), QuotedRuns())


def test_marks_of_an_outer_speaker_do_not_count() -> None:
    text = "“My father said that it was late,” she wrote."
    assert kind(text, "that it was late", "said") == "indirect"
    assert kind(text, "“My father said that it was late,”", "wrote") == "direct"


def test_a_mark_that_is_never_closed_still_quotes_its_content() -> None:
    assert kind("“We sailed at four, said the skipper.", "“We sailed at four", "said") == "direct"
    assert kind('"We sailed at four, said the skipper.', '"We sailed at four', "said") == "direct"


def test_a_measure_is_no_quotation() -> None:
    assert kind('She said the pipe was 6" wide and 3" deep.', 'the pipe was 6" wide and 3" deep', "said") == "indirect"


def test_a_content_without_words_is_indirect() -> None:
    assert kind("She said: “…”", "“…”", "said") == "indirect"
